"""What ``omnilens deliveries`` does. It asks the database, so that it works whether or not a server runs."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta

import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

from omnilens.app import OmniLens
from omnilens.database import Database
from omnilens.errors import OmniLensError
from omnilens.operations.metrics import Metrics
from omnilens.pipeline.dead_letters import DeadLetter, DeadLetters, Take
from omnilens.pipeline.failure import Failure
from omnilens.pipeline.receipt import Receipt
from omnilens.settings import Settings

WIDTH = 160
"""Columns of a table that goes to a file or another program."""
NONE_KEPT = "No failed delivery is kept."


async def show_list(loaded: Settings, as_json: bool) -> bool:
    """Print which are kept, and why."""
    async with _kept(loaded) as letters:
        kept = await letters.all()
    if as_json:
        print(msgspec.json.format(msgspec.json.encode(kept), indent=2).decode())
    elif kept:
        console = Console()
        console.width = console.width if console.is_terminal else max(console.width, WIDTH)
        console.print(_table(kept, datetime.now(UTC)))
    else:
        print(NONE_KEPT)
    return True


async def show_one(loaded: Settings, delivery_id: str) -> bool:
    """Print the headers of a delivery, why it failed, and its body. Returns whether it is kept."""
    async with _kept(loaded) as letters:
        found = await letters.find(delivery_id)
    if found is None:
        print(told(delivery_id, None), file=sys.stderr)
        return False
    letter, body = found
    then = f"the next one is due at {letter.next_attempt_at}" if letter.next_attempt_at else "the next one is yours"
    print(
        f"X-GitHub-Event: {letter.event}\n"
        f"X-GitHub-Delivery: {letter.delivery_id}\n"
        f"X-Hub-Signature-256: {letter.signature}\n"
        f"\nReceived at {letter.received_at}, {letter.size} bytes; attempts: {letter.attempts}, {then}.\n"
        f"{letter.code}: {letter.reason}\n\n{readable(body)}"
    )
    return True


async def replay(loaded: Settings, delivery_ids: Sequence[str]) -> bool:
    """Try deliveries at once, all if none is named, and print what became of each. Returns whether all were taken."""
    well = True
    async with _kept(loaded) as letters, _taking(loaded) as take:
        for delivery_id in await _named(letters, delivery_ids):
            try:
                outcome = await letters.retry(delivery_id, take, datetime.now(UTC))
            except OmniLensError as error:
                outcome = Failure(error.code, error.message)
            well &= isinstance(outcome, Receipt)
            print(told(delivery_id, outcome))
    return well


async def drop(loaded: Settings, delivery_ids: Sequence[str]) -> bool:
    """Keep deliveries no longer, all if none is named. Returns whether all of them were kept."""
    well = True
    async with _kept(loaded) as letters:
        for delivery_id in await _named(letters, delivery_ids):
            dropped = await letters.drop(delivery_id)
            well &= dropped
            print(f"{delivery_id}: dropped" if dropped else told(delivery_id, None))
    return well


def told(delivery_id: str, outcome: Receipt | Failure | None) -> str:
    """What became of a delivery, in one line."""
    match outcome:
        case None:
            what = "is not kept; omnilens deliveries list shows those that are"
        case Failure():
            what = f"failed: {outcome.code}: {outcome.reason}"
        case Receipt(ignored=str()):
            what = f"taken, but it changes nothing: {outcome.ignored}"
        case Receipt(duplicate=True):
            what = f"was taken before: run {outcome.run_id} of {outcome.repo_slug}"
        case Receipt():
            what = f"taken: run {outcome.run_id} of {outcome.repo_slug}"
    return f"{readable(delivery_id.encode(errors='replace'))}: {what}"


def readable(body: bytes) -> str:
    """A body for a terminal: indented if it is JSON, with nothing in it that a terminal would obey."""
    with suppress(msgspec.DecodeError, RecursionError):  # which may be just why it failed
        body = msgspec.json.format(body, indent=2)
    text = body.decode(errors="backslashreplace")
    return "".join(each if each.isprintable() or each in "\n\t" else ascii(each)[1:-1] for each in text)


def span(time: timedelta) -> str:
    """A length of time in its largest unit."""
    seconds = max(0, int(time.total_seconds()))
    units = ((86400, "d"), (3600, "h"), (60, "min"))
    return next((f"{seconds // length} {unit}" for length, unit in units if seconds >= length), f"{seconds} s")


def _table(kept: list[DeadLetter], now: datetime) -> Table:
    # Few and short columns: at eighty characters ids and codes are whole, which are there to be copied and looked up.
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("delivery", no_wrap=True)
    for heading in ("age", "tries", "next", "why"):
        table.add_column(heading)
    for letter in kept:
        then = letter.next_attempt_at
        following = "by hand" if then is None else span(then - now) if then > now else "now"
        cells = [letter.delivery_id, span(now - letter.received_at), str(letter.attempts), following]
        table.add_row(*map(Text, [*cells, f"{letter.code}: {letter.reason}"]))
    return table


async def _named(letters: DeadLetters, delivery_ids: Sequence[str]) -> list[str]:
    named = list(dict.fromkeys(delivery_ids)) or [letter.delivery_id for letter in await letters.all()]
    if not named:
        print(NONE_KEPT)
    return named


@asynccontextmanager
async def _kept(loaded: Settings) -> AsyncIterator[DeadLetters]:
    database = Database(loaded.database or "")
    try:
        await database.open()
        yield DeadLetters(database, Metrics())
    finally:
        await database.close()


@asynccontextmanager
async def _taking(loaded: Settings) -> AsyncIterator[Take]:
    """The way of a live delivery into the journal, which a running server reads as well."""
    omnilens = OmniLens(loaded)
    try:
        await omnilens.recover()  # so that repositories have the names that the server knows them by
        yield omnilens.flow.take
    finally:
        await omnilens.close()
