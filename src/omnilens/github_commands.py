"""The commands that ask GitHub. Exit code 1 says that something is not as it should be, 2 is a bad configuration."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console

from omnilens.commands import BAD_CONFIGURATION, EnvFile, load
from omnilens.settings import Settings

hooks = typer.Typer(
    no_args_is_help=True,
    help="Look after the webhooks at GitHub: those of everything on the board that lead to "
    "OMNILENS_PUBLIC_URL. Those of others are never touched.",
    epilog="They need GITHUB_TOKEN or a GitHub App that may administer webhooks. No server need run.",
)


@hooks.command("list")
def list_hooks(env_file: EnvFile = Path(".env")) -> None:
    """List the webhooks that lead here, how the last delivery went, and what is not as it should be.

    Exit code 1 if anything is not.
    """
    from omnilens import hooks_cli

    _ask(env_file, hooks_cli.show_list)


@hooks.command("sync")
def sync_hooks(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be done, and change nothing.")] = False,
    write_secret: Annotated[
        bool,
        typer.Option(
            "--write-secret", help="Write the secret into all of them: GitHub does not tell whether it is right."
        ),
    ] = False,
    env_file: EnvFile = Path(".env"),
) -> None:
    """Make every webhook what it should be, and change nothing where all is well.

    What is missing is made. What has the wrong address, content type or
    events, does not check certificates, has no secret or is paused is repaired.
    owner/* gets one webhook of the organisation; its repositories need none.

    Exit code 1 if something is not possible, with the reason.
    """
    from omnilens import hooks_cli

    _ask(env_file, lambda loaded: hooks_cli.sync(loaded, dry_run, write_secret))


@hooks.command("pause")
def pause_hooks(env_file: EnvFile = Path(".env")) -> None:
    """Have GitHub deliver nothing more, until resume or sync. What happens meanwhile it does not keep for later."""
    from omnilens import hooks_cli

    _ask(env_file, lambda loaded: hooks_cli.every(loaded, "pause"))


@hooks.command("resume")
def resume_hooks(env_file: EnvFile = Path(".env")) -> None:
    """Have GitHub deliver again."""
    from omnilens import hooks_cli

    _ask(env_file, lambda loaded: hooks_cli.every(loaded, "resume"))


@hooks.command("remove")
def remove_hooks(
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False, env_file: EnvFile = Path(".env")
) -> None:
    """Remove every webhook that leads here. With another OMNILENS_PUBLIC_URL: those that lead to that one."""
    from omnilens import hooks_cli

    if not yes:
        typer.confirm("GitHub will deliver nothing more, and forget what it delivered. Go on?", abort=True)
    _ask(env_file, lambda loaded: hooks_cli.every(loaded, "remove"))


@hooks.command("rotate")
def rotate_secret(env_file: EnvFile = Path(".env")) -> None:
    """Write a new secret into every webhook, with not one delivery refused.

    First put the new secret before the old one, GITHUB_WEBHOOK_SECRET=new,old,
    and restart the server, which then accepts both. Then call this: each
    webhook gets the new one and is tried with a ping, and you are told from
    when on the old one may be dropped.

    If the server refuses the first ping, that webhook gets the old secret back,
    and nothing else is touched.
    """
    from omnilens import hooks_cli

    def two(loaded: Settings) -> Coroutine[Any, Any, bool]:
        if len(loaded.webhook_secrets) < 2:
            _refuse(
                "GITHUB_WEBHOOK_SECRET has one secret. Put a new one before it (new,old), restart the server, "
                "and call this again."
            )
        return hooks_cli.change_secret(loaded)

    _ask(env_file, two)


def doctor(
    repositories: Annotated[
        list[str] | None,
        typer.Argument(metavar="OWNER/NAME", help="Repositories. [default: all on the board]"),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    env_file: EnvFile = Path(".env"),
) -> None:
    """Look at all that live updates depend on, and say what is wrong and what to do. It changes nothing.

    The webhook of each repository and what came of its deliveries, what the
    token may do and until when, limits, clock, database, Redis and disk. No
    server need run, and the server is not asked.

    Exit code 1 if there is a problem.
    """
    from omnilens import doctor_cli

    names = repositories or []
    if bad := [name for name in names if not doctor_cli.is_name(name)]:
        raise typer.BadParameter(f"{bad[0]!r} is not owner/name.")
    _run(load(env_file), lambda loaded: doctor_cli.show(loaded, names, as_json))


def _ask(env_file: Path, work: Callable[[Settings], Coroutine[Any, Any, bool]]) -> None:
    """Do something at GitHub. Exit code 1 says that it did not go well, 2 that nobody is set up to ask."""
    loaded = load(env_file)
    if not loaded.may_ask_github:
        _refuse("GitHub tells nobody about webhooks: set GITHUB_TOKEN, or GITHUB_APP_ID with its key.")
    if not loaded.repositories:
        _refuse("OMNILENS_REPOSITORIES is empty: name repositories (owner/name) or organisations (owner/*).")
    _run(loaded, work)


def _run(loaded: Settings, work: Callable[[Settings], Coroutine[Any, Any, bool]]) -> NoReturn:
    from omnilens.github.rest import GitHubError
    from omnilens.operations import logs

    doing = work(loaded)
    logs.configure("warning", loaded.log_format)
    try:
        well = asyncio.run(doing)
    except GitHubError as error:
        Console(stderr=True).print(f"[bold red]Not done:[/] {error}", highlight=False, soft_wrap=True)
        raise typer.Exit(1) from error
    raise typer.Exit(0 if well else 1)


def _refuse(sentence: str) -> NoReturn:
    Console(stderr=True).print(sentence, highlight=False, soft_wrap=True, markup=False)
    raise typer.Exit(BAD_CONFIGURATION)
