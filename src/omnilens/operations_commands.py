"""The commands for who operates a server: who has live updates, and its alerts."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from omnilens.commands import EnvFile, load, work
from omnilens.settings import Share

flags = typer.Typer(
    no_args_is_help=True,
    help="Live updates: on, off, or for a share of the users; for all repositories or one by one.",
    epilog="Whoever has no live updates asks every ten seconds, and their page says so. "
    "These commands use the database of your settings; a running server follows within a second.",
)
Repo = Annotated[
    str | None, typer.Option("--repo", help="The slug of a repository. [default: all without a decision of their own]")
]
Why = Annotated[str, typer.Option("--why", help="For the log, and shown to whoever looks.", prompt="Why")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON, with exact times.")]


def _share(text: str) -> Share:
    try:
        return Share.of(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


@flags.command("list")
def list_flags(as_json: Json = False, env_file: EnvFile = Path(".env")) -> None:
    """Show who has live updates of what, and who decided it."""
    from omnilens import flags_cli

    work(env_file, lambda loaded: flags_cli.show_list(loaded, as_json))


@flags.command("set")
def set_flag(
    live: Annotated[Share, typer.Argument(metavar="LIVE", parser=_share, help="on, off, or a percentage: 25%.")],
    why: Why,
    repository: Repo = None,
    env_file: EnvFile = Path(".env"),
) -> None:
    """Decide who has live updates.

    Of a percentage it are always the same users, whatever the repository; whoever is in at 25% is in at 50%.
    """
    from omnilens import flags_cli

    work(env_file, lambda loaded: flags_cli.change(loaded, repository, live, why))


@flags.command("reset")
def reset_flag(why: Why, repository: Repo = None, env_file: EnvFile = Path(".env")) -> None:
    """Take back what was decided, so that what is decided for all repositories, or in the settings, counts again."""
    from omnilens import flags_cli

    work(env_file, lambda loaded: flags_cli.change(loaded, repository, None, why))


@flags.command("log")
def log_flags(as_json: Json = False, env_file: EnvFile = Path(".env")) -> None:
    """Show who decided what, when and why, the newest first."""
    from omnilens import flags_cli

    work(env_file, lambda loaded: flags_cli.show_log(loaded, as_json))


Url = Annotated[
    str, typer.Option("--url", envvar="OMNILENS_URL", help="The server. [default: the port on this machine]")
]


def trace(
    delivery: Annotated[
        str, typer.Argument(metavar="DELIVERY", help="A delivery's id, as GitHub and the log have it.")
    ],
    url: Url = "",
    as_json: Json = False,
    env_file: EnvFile = Path(".env"),
) -> None:
    """Show the way of a delivery with its times: at GitHub, received, in the journal, on the board, in browsers.

    It asks a running server, which remembers its last deliveries; of older ones the journal tells when they came.

    Exit code 1: nothing is known of it. 3: there was no answer.
    """
    from omnilens import trace_cli

    raise typer.Exit(trace_cli.trace(load(env_file), delivery, url, as_json))


def profile(
    seconds: Annotated[float, typer.Option(min=0.1, max=60, help="How long to look.")] = 10.0,
    out: Annotated[
        Path, typer.Option("--out", "-o", help="The file to write: .svg, or .txt for other programs to draw from.")
    ] = Path("omnilens-profile.svg"),
    url: Url = "",
    env_file: EnvFile = Path(".env"),
) -> None:
    """Write a flame graph of a running server: what it spends its processor time on.

    The server looks at its own threads, a hundred times a second, and goes on meanwhile.
    It takes no other program, and no rights.

    Exit code 3: there was no answer.
    """
    from omnilens import profile_cli

    raise typer.Exit(profile_cli.profile(load(env_file), seconds, out, url))


def healthz(env_file: EnvFile = Path(".env")) -> None:
    """Say whether the server of these settings is ready for traffic, over TLS where it speaks that.

    Exit code 1: it is not. python -m omnilens.healthz is the same for supervisors that ask often:
    it reads the environment alone, and starts in a fraction of the time.
    """
    from omnilens.healthz import is_ready

    loaded = load(env_file)
    ready = is_ready(loaded.host, loaded.port, tls=loaded.ssl_certfile is not None)
    typer.echo("ready" if ready else "not ready")
    raise typer.Exit(0 if ready else 1)


alerts = typer.Typer(no_args_is_help=True, help="Alerts about the server itself: what there are, and for Prometheus.")


@alerts.command("list")
def list_alerts(env_file: EnvFile = Path(".env")) -> None:
    """Show every alert with its threshold (OMNILENS_ALERTS). Whether one fires is on the page, at /operations."""
    from omnilens import alerts_cli

    alerts_cli.show_list(load(env_file))


@alerts.command("export")
def export_alerts(
    grafana: Annotated[bool, typer.Option("--grafana", help="A board for Grafana instead.")] = False,
    env_file: EnvFile = Path(".env"),
) -> None:
    """Print the same alerts as rules for Prometheus, or as a board for Grafana, with your thresholds."""
    from omnilens import alerts_cli

    typer.echo(alerts_cli.export(load(env_file), grafana), nl=False)
