"""What ``omnilens backfill`` does: it asks GitHub, and writes to the database, whether or not a server runs."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from omnilens.app import OmniLens
from omnilens.github.payloads import RepositoryFields
from omnilens.model import Repository
from omnilens.pipeline.mapping import RepositoryMap
from omnilens.settings import Settings
from omnilens.sync.backfill import Backfill, Filling
from omnilens.sync.day_history import Progress
from omnilens.sync.day_plan import days_before, is_kept
from omnilens.sync.days import Days

REDRAWN_EVERY = 0.2
"""Seconds."""


async def backfill(loaded: Settings, name: str, count: int) -> bool:
    """Fetch today and the `count` days before it, show how far it is, and return whether all of them are here."""
    async with _opened(loaded) as (omnilens, filler, days):
        repository = named(name, omnilens.repositories)
        if repository is None:
            print(f"{name} is not on the board: add it to OMNILENS_REPOSITORIES.", file=sys.stderr)
            return False
        wanted = days_before(_now(), count)
        kept = [day for day in wanted if is_kept(day, _now(), loaded.history_retention)]
        if left_out := len(wanted) - len(kept):
            print(f"{left_out} days are left out, which OMNILENS_HISTORY_RETENTION does not keep.", file=sys.stderr)
        filler.fill(repository, count)
        await _shown(filler, days, repository)
        filling = filler.filling(repository.slug)
        fetched = omnilens.storage.fetched_days
        known = await fetched.between(repository.slug, kept[-1], kept[0]) if fetched else {}
        print(told(repository.full_name, len(known), len(kept), sum(day.runs for day in known.values())))
        if filling.problem:
            print(filling.problem, file=sys.stderr)
        return len(known) == len(kept)


def told(name: str, here: int, wanted: int, runs: int) -> str:
    """What there is in the end, in one line."""
    of = "" if here == wanted else f" of {wanted}"
    return f"{name}: {here}{of} days are here, with {runs:,} runs."


def named(name: str, repositories: RepositoryMap) -> Repository | None:
    """The repository on the board that is meant by its name or its slug; one that a wildcard admits is put on it."""
    for known in repositories.all():
        if name.lower() in {known.full_name.lower(), known.slug.lower()}:
            return known
    resolved = repositories.resolve(RepositoryFields(full_name=name)) if "/" in name else None
    if resolved is not None:
        repositories.learn(resolved)
    return resolved


def doing(filling: Filling, standing: Callable[[date], object]) -> str:
    """What is being done at the moment, in a few words."""
    if filling.waiting_until:
        return f"waiting until {filling.waiting_until.astimezone():%H:%M:%S}: {filling.problem}"
    if filling.day is None:
        return ""
    progress = standing(filling.day)
    runs = f", {progress.done:,} runs" if isinstance(progress, Progress) and progress.done else ""
    return f"{filling.day}{runs}"


async def _shown(filler: Backfill, days: Days, repository: Repository) -> None:
    """Work off what is wanted, with a bar on a terminal."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TaskProgressColumn())
    with Bar(
        *columns,
        TimeElapsedColumn(),
        TextColumn("{task.fields[now]}"),
        console=console,
        disable=not console.is_terminal,
    ) as bar:
        row = bar.add_task(repository.full_name, total=filler.filling(repository.slug).total, now="")
        working = asyncio.create_task(filler.work())
        try:
            while not working.done():
                await asyncio.wait({working}, timeout=REDRAWN_EVERY)
                filling = filler.filling(repository.slug)
                now = doing(filling, lambda day: days.standing(repository.slug, day))
                bar.update(row, total=filling.total, completed=filling.done, now=now)
        finally:
            working.cancel()
        await working


@asynccontextmanager
async def _opened(loaded: Settings) -> AsyncIterator[tuple[OmniLens, Backfill, Days]]:
    """The parts of a server that fetch days, with nothing served."""
    omnilens = OmniLens(loaded)
    try:
        await omnilens.recover()  # so that repositories have the names that the server knows them by
        asking = omnilens.asking
        assert asking.backfill and asking.days  # noqa: S101 - there is a database, and something to ask with
        yield omnilens, asking.backfill, asking.days
    finally:
        await omnilens.close()


def _now() -> datetime:
    return datetime.now(UTC)
