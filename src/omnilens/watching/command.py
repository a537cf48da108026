"""What ``omnilens watch`` does: on a terminal a live table, elsewhere a line for each update."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime

from msgspec.structs import replace
from rich.console import Console
from rich.live import Live
from rich.text import Text

from omnilens.model import Conclusion, RunDetail, Update, to_json
from omnilens.watching import screen
from omnilens.watching.rest import Rest
from omnilens.watching.socket import Lost, Refused
from omnilens.watching.view import View
from omnilens.watching.watcher import ASK_EVERY, Watcher

WELL = frozenset({Conclusion.SUCCESS, Conclusion.NEUTRAL, Conclusion.SKIPPED})
"""Ends of a run that a script may go on after."""
REDRAWN_EACH = 1.0
"""Seconds; what changes is drawn at once."""


COULD_NOT = 3
"""The exit code where nothing could be watched."""
INTERRUPTED = 130


def watch(wanted: str, url: str, token: str | None, as_json: bool, only_once: bool, until_done: int | None) -> int:
    """All of it. Returns the exit code."""
    errors = Console(stderr=True, highlight=False, soft_wrap=True, markup=False)
    try:
        if only_once:
            asyncio.run(once(url, token, wanted, as_json))
            return 0
        return asyncio.run(follow(url, token, wanted, as_json, until_done))
    except Refused as refused:
        hint = " Give an access token by OMNILENS_TOKEN." if refused.code == "not-logged-in" else ""
        errors.print(f"{refused}{hint}")
    except Lost as lost:
        errors.print(str(lost))
    except KeyboardInterrupt:
        return INTERRUPTED
    return COULD_NOT


async def once(url: str, token: str | None, wanted: str, as_json: bool) -> None:
    """Show how everything is, and no more."""
    async with _rest(url, token) as rest:
        slug = await rest.slug(wanted)
        view = replace(await rest.view(slug), claims=await rest.claims(slug))
    if as_json:
        for run in view.runs.values():
            _say(run)
        return
    now = datetime.now(UTC)
    Console().print(screen.board(view, Text(f"as of {now:%H:%M:%S} UTC", style="dim"), now))


async def follow(url: str, token: str | None, wanted: str, as_json: bool, until_done: int | None) -> int:
    """Show everything, and what changes, until a run is done or for good. Returns the exit code."""
    async with _rest(url, token) as rest:
        slug = await rest.slug(wanted)
        awaited = Awaited(until_done, await rest.run(slug, until_done) if until_done is not None else None)
        audience = Show(as_json, awaited)
        watching = asyncio.create_task(Watcher(url, token, rest, audience).follow(slug))
        done = asyncio.create_task(awaited.done.wait())
        with audience:
            drawing = asyncio.create_task(audience.keep_drawing())
            try:
                await asyncio.wait([watching, done], return_when=asyncio.FIRST_COMPLETED)
                if watching.done():
                    watching.result()  # which it never ends with but by being refused
            finally:
                for task in (watching, done, drawing):
                    task.cancel()
                for task in (watching, done, drawing):
                    with suppress(asyncio.CancelledError, Exception):
                        await task
        return awaited.exit_code


class Awaited:
    """The run that somebody waits for, if there is one."""

    def __init__(self, run_id: int | None, known: RunDetail | None) -> None:
        self.done = asyncio.Event()
        self.exit_code = 0
        self._run_id = run_id
        self._look(known)

    def see(self, view: View) -> None:
        """Look whether it is done by now."""
        self._look(view.runs.get(self._run_id) if self._run_id is not None else None)

    def _look(self, run: RunDetail | None) -> None:
        if run is not None and run.completed:
            self.exit_code = 0 if run.conclusion in WELL else 1
            self.done.set()


class Show:
    """Whoever looks: at a terminal, or a program at the other end of a pipe."""

    def __init__(self, as_json: bool, awaited: Awaited) -> None:
        self._as_json = as_json
        self._awaited = awaited
        self._console = Console()
        self._errors = Console(stderr=True, highlight=False, soft_wrap=True, markup=False)
        self._live = Live(console=self._console, auto_refresh=False) if self._drawn else None
        self._view: View | None = None
        self._latest: datetime | None = None
        self._down: tuple[str, datetime] | None = None
        self._asks: str | None = None

    @property
    def _drawn(self) -> bool:
        return self._console.is_terminal and not self._as_json

    def __enter__(self) -> None:
        if self._live:
            self._live.start()

    def __exit__(self, *_: object) -> None:
        if self._live:
            self._live.stop()

    async def keep_drawing(self) -> None:
        """Time goes on also where nothing happens."""
        while True:
            self._draw()
            await asyncio.sleep(REDRAWN_EACH)

    def live(self, view: View, missed: list[Update]) -> None:
        if (self._down or self._asks) and not self._live:
            self._errors.print("Live again.")
        self._down = self._asks = None
        for update in missed:
            self._tell(update)
        self._see(view)

    def updated(self, view: View, update: Update) -> None:
        self._tell(update)
        self._see(view)

    def asked(self, view: View, reason: str) -> None:
        if self._asks is None and not self._live:
            self._errors.print(f"{reason} Asks every {ASK_EVERY:g} seconds instead.")
        self._down, self._asks = None, reason
        self._see(view)

    def claimed(self, view: View) -> None:
        self._see(view)

    def down(self, cause: str, retry_in: float) -> None:
        if self._down is None and not self._live:
            self._errors.print(f"Not live: {cause} Trying again.")
        since = self._down[1] if self._down else datetime.now(UTC)
        self._down = (cause, since)
        self._draw()

    def _see(self, view: View) -> None:
        self._view = view
        self._awaited.see(view)
        self._draw()

    def _tell(self, update: Update) -> None:
        self._latest = update.timestamp
        if self._as_json:
            _say(update)
        elif not self._live:
            self._console.print(screen.line(update), markup=False, highlight=False, soft_wrap=True)

    def _draw(self) -> None:
        if self._live is None:
            return
        now = datetime.now(UTC)
        status = screen.live(self._latest, now)
        if self._down:
            status = screen.down(*self._down, now)
        elif self._asks:
            status = screen.asks(self._asks, ASK_EVERY)
        drawn = screen.board(self._view, status, now) if self._view else status
        self._live.update(drawn, refresh=True)


@asynccontextmanager
async def _rest(url: str, token: str | None) -> AsyncIterator[Rest]:
    rest = Rest(url, token)
    try:
        yield rest
    finally:
        await rest.close()


def _say(what: RunDetail | Update) -> None:
    sys.stdout.write(to_json(what).decode() + "\n")
    sys.stdout.flush()  # whoever reads it wants it now
