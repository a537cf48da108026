"""The commands about people: the access tokens that an operator gives, and what is kept about somebody."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from omnilens.commands import EnvFile, work

tokens = typer.Typer(
    no_args_is_help=True,
    help="Access tokens: what wallboards and scripts come in with, where people log in.",
    epilog="These commands use the database of your settings, whether or not a server runs.",
)


@tokens.command("create")
def create_token(
    name: Annotated[str, typer.Argument(help="What it is for: say, hallway.")],
    repositories: Annotated[
        list[str] | None, typer.Option("--repo", help="The slug of a repository that it sees; may be repeated.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="It sees every repository on the board.")] = False,
    days: Annotated[int, typer.Option(min=1, max=3650, help="How long it counts.")] = 90,
    env_file: EnvFile = Path(".env"),
) -> None:
    """Make an access token, and print it: this once, since only a hash of it is kept.

    A browser comes in with it at /login, a script by the header Authorization: Bearer TOKEN,
    and a Socket.IO client by auth: {token: TOKEN}.
    """
    from omnilens import tokens_cli

    if bool(repositories) == every:
        raise typer.BadParameter("Name repositories by --repo, or all of them by --all.")
    slugs = repositories or []
    work(env_file, lambda loaded: tokens_cli.make(loaded, name, slugs, days))


@tokens.command("list")
def list_tokens(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, with exact times.")] = False,
    env_file: EnvFile = Path(".env"),
) -> None:
    """List the access tokens: who made them, what they see, until when. Not what they are, which nobody knows."""
    from omnilens import tokens_cli

    work(env_file, lambda loaded: tokens_cli.show_list(loaded, as_json))


@tokens.command("revoke")
def revoke_tokens(
    ids: Annotated[list[str], typer.Argument(metavar="ID", help="Ids, as omnilens tokens list shows them.")],
    env_file: EnvFile = Path(".env"),
) -> None:
    """Let access tokens count no more. What came in with them is closed within seconds. Exit code 1 if one is none."""
    from omnilens import tokens_cli

    work(env_file, lambda loaded: tokens_cli.revoke(loaded, ids))


privacy = typer.Typer(
    no_args_is_help=True,
    help="What people may ask for: all that is kept about them, and to be forgotten.",
    epilog="USER is a login, an id, or provider:login. These commands work whether or not a server runs.",
)
User = Annotated[str, typer.Argument(metavar="USER", help="A login, an id, or provider:login as in github:octocat.")]


@privacy.command("export")
def export_user(user: User, env_file: EnvFile = Path(".env")) -> None:
    """Print all that is kept about a user as one JSON document, without secrets."""
    from omnilens import privacy_cli

    work(env_file, lambda loaded: privacy_cli.export(loaded, user))


@privacy.command("forget")
def forget_user(
    user: User,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    env_file: EnvFile = Path(".env"),
) -> None:
    """Leave nothing of a user but that somebody was forgotten, and when.

    Their list, sessions, tokens and notices go, and their name from runs that they triggered.
    Repositories that nobody else has on a list leave the board.
    It takes some seconds, since other servers have to know.
    """
    from omnilens import privacy_cli

    if not yes:
        typer.confirm(f"Everything about {user} is removed, and cannot be brought back. Go on?", abort=True)
    work(env_file, lambda loaded: privacy_cli.forget(loaded, user))
