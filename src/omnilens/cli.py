"""The command line. Each command's help says what it does; exit code 2 is a bad configuration, 3 a failed start."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from omnilens import __version__, delivery_commands, github_commands, operations_commands, people_commands, settings
from omnilens.commands import BAD_CONFIGURATION, FAILED_START, EnvFile, work
from omnilens.commands import load as _load
from omnilens.settings import Settings

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    epilog="Settings come from the environment and .env; omnilens default-env lists them all.",
)

app.add_typer(delivery_commands.deliveries, name="deliveries")
app.add_typer(people_commands.tokens, name="tokens")
app.add_typer(operations_commands.flags, name="flags")
app.add_typer(operations_commands.alerts, name="alerts")
app.add_typer(people_commands.privacy, name="privacy")
app.add_typer(github_commands.hooks, name="hooks")
app.command("doctor")(github_commands.doctor)
app.command("trace")(operations_commands.trace)
app.command("profile")(operations_commands.profile)
app.command("healthz")(operations_commands.healthz)

Host = Annotated[str | None, typer.Option("--host", "-h", help="The address to listen on. [default: 127.0.0.1]")]
Port = Annotated[int | None, typer.Option("--port", "-p", help="The port to listen on. [default: 8000]")]


def main() -> None:
    """The command ``omnilens``."""
    app()


def _say_version(wanted: bool) -> None:
    if wanted:
        version()
        raise typer.Exit


@app.callback()
def options(
    _: Annotated[
        bool, typer.Option("--version", callback=_say_version, is_eager=True, help="Print the version, and end.")
    ] = False,
) -> None:
    """OmniLens: a self-hosted, real-time dashboard for GitHub Actions."""


@app.command()
def serve(
    host: Host = None,
    port: Port = None,
    ssl_certfile: Annotated[
        Path | None, typer.Option(help="A certificate in PEM: speak TLS. Read anew when it changes.")
    ] = None,
    ssl_keyfile: Annotated[Path | None, typer.Option(help="Its key, where that is not in the same file.")] = None,
    env_file: EnvFile = Path(".env"),
) -> None:
    """Run the server: webhooks in, live board out."""
    _run(_load(env_file, host, port, ssl_certfile=ssl_certfile, ssl_keyfile=ssl_keyfile))


@app.command()
def demo(
    host: Host = None,
    port: Port = None,
    seed: Annotated[
        int | None, typer.Option(help="A number that stands for a day; the same one gives the same scenes.")
    ] = None,
) -> None:
    """Run the real server with three repositories and signed webhooks that look like a busy day. No GitHub needed."""
    from omnilens.demo import run  # only here: serving must not pay for it

    _guarded(lambda: run.demo(host, port, seed))


@app.command()
def send(
    event: Annotated[str, typer.Argument(help="workflow_run, workflow_job or ping.")] = "workflow_run",
    action: Annotated[str | None, typer.Argument(help="requested, queued, waiting, in_progress or completed.")] = None,
    conclusion: Annotated[str, typer.Option(help="How it ended, where the action is completed.")] = "success",
    repository: Annotated[
        str | None, typer.Option("--repo", help="owner/name. [default: the first in your settings]")
    ] = None,
    workflow: Annotated[str, typer.Option(help="The workflow's name.")] = "CI",
    run_id: Annotated[int | None, typer.Option(help="The run's id; a new one if left out.")] = None,
    attempt: Annotated[int, typer.Option(min=1, help="The run attempt.")] = 1,
    url: Annotated[str, typer.Option(help="The server. [default: the port on this machine]")] = "",
    show: Annotated[bool, typer.Option("--show", help="Print the payload instead of sending it.")] = False,
    env_file: EnvFile = Path(".env"),
) -> None:
    """Post a signed example of an event to a running server, to see whether it arrives."""
    from omnilens.demo import example
    from omnilens.nearby import address_of, trusted_by

    loaded = _load(env_file, None, None)
    named = [f"{pattern.owner}/{pattern.name}" for pattern in loaded.repositories if not pattern.wildcard]
    repository = repository or next(iter(named), "octo-org/octo-repo")
    payload = example.payload(event, action, conclusion, repository, workflow, run_id, attempt)
    if show:
        Console().print_json(data=payload)
        return
    secret = loaded.webhook_secrets[0].get_secret_value().encode()
    try:
        answer = example.post(url or address_of(loaded), event, payload, secret, bool(url) or trusted_by(loaded))
    except example.Unreachable as error:
        Console(stderr=True).print(f"[bold red]Not sent:[/] {error}", highlight=False, soft_wrap=True)
        raise typer.Exit(1) from error
    Console().print(f"{answer.status_code} {answer.text}", highlight=False, soft_wrap=True, markup=False)
    raise typer.Exit(0 if answer.is_success else 1)


@app.command()
def watch(
    repository: Annotated[str, typer.Argument(metavar="OWNER/NAME", help="A repository on the board, or its slug.")],
    url: Annotated[
        str, typer.Option(envvar="OMNILENS_URL", help="The server.", show_default=True)
    ] = "http://127.0.0.1:8000",
    token: Annotated[
        str | None,
        typer.Option(
            envvar="OMNILENS_TOKEN",
            help="An access token, where people log in. Others on this machine see "
            "options; they do not see the environment.",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print each update as one line of JSON.")] = False,
    once: Annotated[bool, typer.Option("--once", help="Show how everything is, and end.")] = False,
    until_done: Annotated[
        int | None, typer.Option(metavar="RUN", min=0, help="End when the run with this id is done.")
    ] = None,
) -> None:
    """Watch a repository live in the terminal: what is broken, what runs and how far it is, and the rest.

    Where the output is no terminal, each update is one line.
    When the live link breaks, it says so and goes on from where it was.

    Exit codes of --until-done: 0 the run passed, 1 it ended otherwise. 3 it could not be watched.
    """
    from omnilens.watching import command

    if once and until_done is not None:
        raise typer.BadParameter("Take --once or --until-done, not both.")
    raise typer.Exit(command.watch(repository, url.rstrip("/"), token or None, as_json, once, until_done))


@app.command()
def backfill(
    repository: Annotated[str, typer.Argument(metavar="OWNER/NAME", help="A repository on the board, or its slug.")],
    days: Annotated[int, typer.Option(min=0, max=3650, help="How many days before today to fetch as well.")] = 30,
    env_file: EnvFile = Path(".env"),
) -> None:
    """Fetch the runs of past days from GitHub. Exit code 1 says that a day is missing.

    Today first, then one day after another, back to the oldest.
    A running server shows what was fetched. It takes a token or an app.

    A day costs one call for each hundred runs; one that is here, none.
    A fifth of GitHub's limit is left for the server: it waits for more.

    Stop it at any time: what was fetched is kept.
    The same command goes on from there.
    """
    from omnilens import backfill_cli

    console = Console(stderr=True)
    if not _load(env_file, None, None).may_ask_github:
        sentence = "There is nothing to ask GitHub with: set GITHUB_TOKEN, or GITHUB_APP_ID and its key."
        console.print(sentence, highlight=False, soft_wrap=True)
        raise typer.Exit(BAD_CONFIGURATION)
    try:
        work(env_file, lambda loaded: backfill_cli.backfill(loaded, repository, days))
    except KeyboardInterrupt:
        console.print("Stopped. What was fetched is kept; the same command goes on from there.", highlight=False)
        raise typer.Exit(1) from None


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(help="The file to write, say omnilens.backup.")],
    env_file: EnvFile = Path(".env"),
) -> None:
    """Write everything that is kept into a file, as one moment had it. A running server is not disturbed."""
    from omnilens import backups

    work(env_file, lambda loaded: backups.backup(loaded, file))


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="A file that omnilens backup wrote, from either kind of database.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    env_file: EnvFile = Path(".env"),
) -> None:
    """Put what a backup has in the place of what the database has.

    A running server goes on from there, and what it knew besides stays. Clients fetch everything anew.
    """
    from omnilens import backups

    if not yes:
        typer.confirm("Everything in the database is replaced. Go on?", abort=True)
    work(env_file, lambda loaded: backups.restore(loaded, file))


@app.command("check-config")
def check_config(host: Host = None, port: Port = None, env_file: EnvFile = Path(".env")) -> None:
    """Check the settings without starting, and show what they come to. Exit code 2 if something is wrong."""
    loaded = _load(env_file, host, port)
    table = Table("setting", "value", box=None, pad_edge=False, header_style="dim")
    for name, field in Settings.model_fields.items():
        table.add_row(str(field.alias), _shown(loaded, name))
    Console().print(table)
    for unknown in settings.unknown_names(env_file):
        Console(stderr=True).print(f"[yellow]warning:[/] {unknown}", highlight=False)


@app.command("default-env")
def default_env() -> None:
    """Print every setting with its default, in the form of a .env file."""
    sys.stdout.write(settings.as_env_file())


@app.command()
def openapi() -> None:
    """Print the OpenAPI document of the REST interface."""
    import json

    from omnilens.app import OmniLens

    described = OmniLens(
        settings.load(None, webhook_secrets=("unused",), database_url=settings.IN_MEMORY)
    ).api.openapi()
    sys.stdout.write(json.dumps(described, indent=2, ensure_ascii=False) + "\n")


@app.command()
def version() -> None:
    """Print the version."""
    sys.stdout.write(f"{__version__}\n")


def _run(loaded: Settings) -> None:
    from omnilens.operations import logs
    from omnilens.serve import serve as serve_until_signal

    logs.configure(loaded.log_level, loaded.log_format)
    _guarded(lambda: serve_until_signal(loaded))


def _guarded(start: Callable[[], None]) -> None:
    from omnilens.listening import StartError

    try:
        start()
    except StartError as error:
        Console(stderr=True).print(f"[bold red]Not started:[/] {error}", highlight=False, soft_wrap=True)
        raise typer.Exit(FAILED_START) from error
    except KeyboardInterrupt:
        raise typer.Exit(0) from None


def _shown(loaded: Settings, name: str) -> str:
    value = getattr(loaded, name)
    if settings.is_secret(Settings.model_fields[name]):
        return f"({len(value) if isinstance(value, tuple) else int(value is not None)} set)"
    return settings.as_text(value)
