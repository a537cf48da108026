"""The commands about deliveries that failed: what is kept of them, and what to do with it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from omnilens.commands import EnvFile, work

deliveries = typer.Typer(
    no_args_is_help=True,
    help="Look after signed deliveries that failed: they are kept, and tried again for about a day.",
    epilog="These commands use the database of your settings, whether or not a server runs.",
)
DeliveryIds = Annotated[
    list[str] | None, typer.Argument(metavar="ID", help="Delivery ids, as omnilens deliveries list shows them.")
]
All = Annotated[bool, typer.Option("--all", help="All that are kept.")]


@deliveries.command("list")
def list_deliveries(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, with exact times.")] = False,
    env_file: EnvFile = Path(".env"),
) -> None:
    """List the deliveries that are kept: why each failed, and when it is tried again."""
    from omnilens import deliveries_cli

    work(env_file, lambda loaded: deliveries_cli.show_list(loaded, as_json))


@deliveries.command("show")
def show_delivery(
    delivery_id: Annotated[str, typer.Argument(metavar="ID", help="A delivery id.")], env_file: EnvFile = Path(".env")
) -> None:
    """Show one delivery: its headers, why it failed, and its body."""
    from omnilens import deliveries_cli

    work(env_file, lambda loaded: deliveries_cli.show_one(loaded, delivery_id))


@deliveries.command("replay")
def replay_deliveries(ids: DeliveryIds = None, every: All = False, env_file: EnvFile = Path(".env")) -> None:
    """Try deliveries again at once, as after an upgrade, and say what became of each. Exit code 1 if any failed.

    What is taken is kept no longer, and a running server shows it. What fails stays, with the new reason.
    What was taken before, since GitHub sent it again, changes nothing.
    """
    from omnilens import deliveries_cli

    named = _named(ids, every)
    work(env_file, lambda loaded: deliveries_cli.replay(loaded, named))


@deliveries.command("drop")
def drop_deliveries(ids: DeliveryIds = None, every: All = False, env_file: EnvFile = Path(".env")) -> None:
    """Keep deliveries no longer: they are not tried again, and nobody can show or replay them."""
    from omnilens import deliveries_cli

    named = _named(ids, every)
    work(env_file, lambda loaded: deliveries_cli.drop(loaded, named))


def _named(ids: list[str] | None, every: bool) -> list[str]:
    """The deliveries that are meant; none stands for all."""
    if bool(ids) == every:
        raise typer.BadParameter("Name deliveries by their ids, or all of them by --all.")
    return ids or []
