"""``omnilens flags``: who has live updates, whether or not a server runs."""

from __future__ import annotations

from datetime import UTC, datetime

from rich.console import Console
from rich.table import Table

from omnilens.database import Database
from omnilens.flags import EVERYWHERE, FlagBook, FlagChange
from omnilens.settings import Settings, Share

_NOTHING_SEEN = (-1, -1)
LOGGED = 1_000


async def show_list(settings: Settings, as_json: bool) -> bool:
    """Print what counts."""
    async with _Opened(settings) as book:
        news = await book.news(_NOTHING_SEEN)
    decided = news[1] if news else {}
    if as_json:
        said = {
            scope: {"live": str(rule.share), "why": rule.why, "by": rule.by, "at": rule.at.isoformat()}
            for scope, rule in decided.items()
        }
        Console().print_json(data={"settings": str(settings.realtime), "decided": said})
        return True
    table = Table("repository", "live", "by", "since", "why", box=None, pad_edge=False, header_style="dim")
    for scope, rule in sorted(decided.items(), key=lambda each: (each[0] != EVERYWHERE, each[0])):
        table.add_row(_name(scope), str(rule.share), rule.by, _moment(rule.at), rule.why)
    table.add_row("everything else" if decided else "everything", str(settings.realtime), "OMNILENS_REALTIME", "", "")
    Console().print(table, highlight=False)
    return True


async def change(settings: Settings, repository: str | None, share: Share | None, why: str) -> bool:
    """Decide, or take back what was decided."""
    async with _Opened(settings) as book:
        await book.change(repository or EVERYWHERE, share, why, "command line")
    what = "decided nothing" if share is None else f"live updates {share}"
    Console(stderr=True).print(
        f"{_name(repository or EVERYWHERE)}: {what}. A running server follows within a second.", highlight=False
    )
    return True


async def show_log(settings: Settings, as_json: bool) -> bool:
    """Print who decided what, when and why, newest first."""
    async with _Opened(settings) as book:
        changes = await book.changes(LOGGED)
    if as_json:
        Console().print_json(data=[_plain(each) for each in changes])
        return True
    table = Table("when", "repository", "live", "by", "why", box=None, pad_edge=False, header_style="dim")
    for each in changes:
        table.add_row(_moment(each.at), _name(each.scope), str(each.share or "taken back"), each.by, each.why)
    Console().print(table if changes else "Nothing was ever decided.", highlight=False)
    return True


class _Opened:
    """What was decided, in the database of the settings."""

    def __init__(self, settings: Settings) -> None:
        self._database = Database(settings.database or "")

    async def __aenter__(self) -> FlagBook:
        await self._database.open()
        return FlagBook(self._database, lambda: datetime.now(UTC))

    async def __aexit__(self, *_: object) -> None:
        await self._database.close()


def _name(scope: str) -> str:
    return "all repositories" if scope == EVERYWHERE else scope


def _moment(at: datetime) -> str:
    return f"{at.astimezone():%Y-%m-%d %H:%M:%S}"


def _plain(change: FlagChange) -> dict[str, str | None]:
    share = None if change.share is None else str(change.share)
    return {
        "at": change.at.isoformat(),
        "repo": None if change.scope == EVERYWHERE else change.scope,
        "live": share,
        "by": change.by,
        "why": change.why,
    }
