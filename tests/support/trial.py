"""A server with senders and clients, to make trouble for; and the check that none of it did any harm."""

from __future__ import annotations

import asyncio
import os
import random
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx2

from omnilens.demo.plans import REPOSITORIES as DEMO_REPOSITORIES
from support import checker
from support.heard import History, Said, board_of, view_of
from support.load import Load
from support.process import OMNILENS, Served, free_port
from support.sender import PATIENCE as SENDERS_WAIT
from support.server import SECRET
from support.waiting import eventually_async
from support.witness import Witness

REPOSITORIES = DEMO_REPOSITORIES[:2]
SEED = "OMNILENS_TEST_SEED"
PATIENCE = 30.0
"""Seconds for everybody to see everything after the trouble is over."""


class Trial:
    """One board through one kind of trouble, decided by a seed."""

    def __init__(
        self,
        folder: Path,
        *,
        program: Sequence[str] = OMNILENS,
        before: Callable[[], object] | None = None,
        patience: float = SENDERS_WAIT,
        **environment: str,
    ) -> None:
        """`patience` is how many seconds a sender waits for an answer; for the rest see ``Served``."""
        self.seed = int(os.environ.get(SEED) or random.randrange(1_000_000))
        self.chance = random.Random(self.seed)
        self.port = free_port()
        self.folder = folder
        self._program = program
        self._before = before
        self._environment = {"OMNILENS_REPOSITORIES": ",".join(REPOSITORIES), **environment}
        self._http = httpx2.AsyncClient(base_url=f"http://127.0.0.1:{self.port}", timeout=10, trust_env=False)
        self.load = Load(self.port, self.chance, REPOSITORIES, patience)
        self.witnesses: list[tuple[str, Witness]] = []
        self.start()

    def start(self) -> None:
        """Start a server, on what the last one left."""
        log = self.folder / "log"
        self.server = Served(self.port, log, program=self._program, before=self._before, **self._environment)

    @property
    def database(self) -> Path:
        return self.folder / "omnilens.db"

    @property
    def log(self) -> str:
        return self.server.log.read_text()

    @property
    def slugs(self) -> list[str]:
        return [repository.partition("/")[2] for repository in REPOSITORIES]

    def watch(self, slug: str, port: int | None = None, **options: Any) -> Witness:
        """One more client, until the end."""
        witness = Witness(port or self.port, slug, lambda: self.listed(slug), **options)
        self.witnesses.append((slug, witness))
        witness.start()
        return witness

    async def ready(self) -> None:
        """Wait until the server answers."""
        while (await self.get("/readyz")) is None:
            assert self.server.process.poll() is None, self.log[-2000:]
            await asyncio.sleep(0.02)

    async def get(self, path: str) -> httpx2.Response | None:
        """What the server answers, if it does."""
        try:
            answer = await self._http.get(path)
        except httpx2.TransportError:
            return None
        return answer if answer.status_code == 200 else None

    async def listed(self, slug: str) -> Said | None:
        """The runs of a repository."""
        answer = await self.get(f"/api/repos/{slug}/runs?tz={quote(_where_it_is_noon())}")
        listed: Said | None = answer.json() if answer else None
        return listed

    async def counted(self) -> dict[str, float]:
        """What the server has counted since its start: deliveries by their result."""
        answer = await self.get("/metrics")
        assert answer is not None
        return checker.counted_in(answer.text)

    async def sent(self, count: int) -> None:
        """Wait until so many more deliveries were accepted."""
        wanted = self.load.accepted + count

        def came() -> bool:
            self.load.unhindered()
            return self.load.accepted >= wanted

        await eventually_async(came, PATIENCE)

    async def check(self, *others: tuple[str, History], errors: Sequence[str] = ()) -> None:
        """Let everything that was begun come to its end, and decide whether anything is wrong.

        `others` are histories of other clients that watched a repository throughout; `errors` are expected in the log.
        """
        posted = self.load.posted
        faults = [checker.deliveries(posted, self._last_seq()), checker.secrets(self.log, SECRET)]
        faults.append(checker.quiet(self.log, *errors))
        for slug in self.slugs:
            listed = await self.listed(slug)
            assert listed is not None
            here = [each for each in posted if each.slug == slug]
            self.chance.shuffle(here)
            board = board_of(listed["runs"])
            # Which delivery came first is forgotten: that makes no difference.
            faults.append(
                checker.same(f"the server's {slug}", board, checker.board_from(here, slug, datetime.now(UTC)))
            )
            watching = [witness for watched, witness in self.witnesses if watched == slug]
            for number, witness in enumerate(watching):
                await self._arrive(witness, listed, f"client {number} of {slug}")
            histories = _different([witness.history for witness in watching])
            histories += [heard for name, heard in others if name == slug]
            for number, history in enumerate(histories):
                faults += [checker.chain(history), checker.ranks(history), checker.visible(here, history)]
                faults.append(checker.same(f"client {number} of {slug}", view_of(history), board))
        checker.nothing_wrong(*faults, about=f"{SEED}={self.seed}")

    async def _arrive(self, witness: Witness, listed: Said, name: str) -> None:
        try:
            await eventually_async(lambda: witness.at(listed["epoch"], listed["seq"]), PATIENCE)
        except TimeoutError:
            place = f"live: {witness.live}, at {witness.place} instead of {listed['epoch']} {listed['seq']}"
            raise AssertionError(f"{SEED}={self.seed}: {name} does not get there; {place}") from None

    def _last_seq(self) -> int:
        with closing(sqlite3.connect(self.database)) as connection:
            (last_seq,) = connection.execute("SELECT last_seq FROM journal_state").fetchone()
        return int(last_seq)

    async def close(self) -> None:
        await self.load.close()
        for _, witness in self.witnesses:
            await witness.stop()
        await self._http.aclose()
        self.server.kill()


@asynccontextmanager
async def trial(folder: Path, **options: Any) -> AsyncIterator[Trial]:
    """A trial whose server answers; everything is gone on leaving."""
    one = Trial(folder, **options)
    try:
        await one.ready()
        yield one
    finally:
        await one.close()


def _different(histories: Iterable[History]) -> list[History]:
    """Of those that heard the very same, only one: a thousand need not be judged a thousand times."""
    return list({tuple((type(heard), id(heard.said)) for heard in history): history for history in histories}.values())


def _where_it_is_noon() -> str:
    """A time zone in which no run of a test comes near midnight."""
    return f"Etc/GMT{datetime.now(UTC).hour - 12:+d}"
