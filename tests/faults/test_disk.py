"""A disk that is full, cannot be written, or has lost what was on it."""

from __future__ import annotations

import asyncio
import ctypes
import os
import resource
import signal
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest

from support.payloads import run_payload
from support.process import Served, free_port, served
from support.trial import Trial, trial
from support.waiting import eventually_async

pytestmark = pytest.mark.anyio

FAILED_START = 3
CAP_DAC_OVERRIDE, PR_CAPBSET_DROP = 1, 24


@pytest.mark.parametrize("room", ["the journal", "the journal and the log"])
async def test_a_full_disk_refuses_and_heals(tmp_path: Path, room: str) -> None:
    async with trial(tmp_path) as board:
        for slug in board.slugs * 2:
            board.watch(slug)
        board.load.start()
        for _ in range(2):
            await board.sent(60)
            seen = {slug: await board.listed(slug) for slug in board.slugs}
            # What SQLite and the log meet where a file may not grow is what they meet on a full disk.
            limit(board, wal(board).stat().st_size if room == "the journal" else 1)
            before = refused(board)
            await eventually_async(lambda before=before: refused(board) >= before + 6)  # type: ignore[misc]
            await said_of_the_journal(board, "degraded")
            for slug in board.slugs:
                listed = await board.listed(slug)
                assert listed is not None
                assert listed["seq"] >= (seen[slug] or {"seq": 0})["seq"]
            limit(board, resource.RLIM_INFINITY)
            await board.sent(60)
            await said_of_the_journal(board, "ok")
        await board.load.finish()
        await board.check(errors=["journal.failed"])
        if room == "the journal":
            # More often than the disk was full: what was moved from SQLite's log into its file makes room for a few.
            assert board.log.count('"journal.failed"') == board.log.count('"journal.recovered"') >= 2


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of a few megabytes, where one can be mounted."""
    mount = ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(tmp_path)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("only root can mount a disk")
    yield tmp_path
    subprocess.run(["umount", tmp_path], check=True)


async def test_a_disk_without_a_byte_left(small_disk: Path) -> None:
    async with trial(small_disk) as board:
        for slug in board.slugs:
            board.watch(slug)
        board.load.start()
        await board.sent(60)
        filling = small_disk / "filling"
        with suppress(OSError), filling.open("wb", buffering=0) as file:
            while file.write(bytes(4096)):
                pass
        await eventually_async(lambda: refused(board) >= 6)
        filling.unlink()
        await board.sent(60)
        await board.load.finish()
        await board.check(errors=["journal.failed"])


def limit(board: Trial, size: int) -> None:
    """How large a file the server may write."""
    resource.prlimit(board.server.process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


def wal(board: Trial) -> Path:
    return board.database.with_name(board.database.name + "-wal")


def refused(board: Trial) -> int:
    return sum(answer.said.get("code") == "journal-unavailable" for answer in board.load.answers)


async def said_of_the_journal(board: Trial, status: str) -> None:
    """Wait until the server says that its journal is so."""
    async with asyncio.timeout(10):
        while await journal_of(board) != status:
            pass  # asking takes time enough


async def journal_of(board: Trial) -> str:
    answer = await board.get("/api/health")
    assert answer is not None
    (status,) = [part["status"] for part in answer.json()["parts"] if part["name"] == "journal"]
    return str(status)


def like_anybody() -> None:
    """Give up root's privilege to write what it may not."""
    ctypes.CDLL(None).prctl(PR_CAPBSET_DROP, CAP_DAC_OVERRIDE, 0, 0, 0)


async def test_files_that_may_not_be_written_any_more(tmp_path: Path) -> None:
    """Whoever has them open goes on; the next one says what is wrong."""
    async with trial(tmp_path, before=like_anybody) as board:
        board.watch(board.slugs[0])
        board.load.start()
        await board.sent(20)
        writable(board, False)
        await board.sent(20)
        board.server.kill()
        board.start()
        assert board.server.ended() == FAILED_START
        sentence = f"The database {board.database} cannot be used: attempt to write a readonly database."
        assert said_last(board) == f"Not started: {sentence}"
        writable(board, True)
        board.start()
        await board.sent(20)
        await board.load.finish()
        await board.check()


def writable(board: Trial, allowed: bool) -> None:
    for path in (board.database, wal(board), wal(board).with_name(f"{board.database.name}-shm")):
        path.chmod(0o600 if allowed else 0o400)
    board.folder.chmod(0o700 if allowed else 0o500)


def said_last(board: Trial) -> str:
    return board.log.splitlines()[-1]


def garbage(size: int) -> bytes:
    return os.urandom(size)


def a_torn_frame(log: bytes) -> bytes:
    """A frame that was being written when the power failed: all of its head and half of its page."""
    page = int.from_bytes(log[8:12], "big")
    return log[32 : 32 + 24 + page // 2]


@pytest.mark.parametrize("tail", [lambda log: garbage(100), lambda log: garbage(10_000), a_torn_frame])
async def test_an_unfinished_end_of_the_journal_costs_nothing(tmp_path: Path, tail: Callable[[bytes], bytes]) -> None:
    async with trial(tmp_path) as board:
        board.watch(board.slugs[0])
        board.load.start()
        for _ in range(2):
            await board.sent(30)
            board.server.kill()
            with wal(board).open("ab") as file:
                file.write(tail(wal(board).read_bytes()))
            board.start()
        await board.sent(1)
        await board.load.finish()
        await board.check()


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A database that a server has left in good order."""
    folder = tmp_path_factory.mktemp("written")
    with served(free_port(), folder, OMNILENS_REPOSITORIES="octo-org/octo-repo") as server:
        for number in range(20):
            server.post("workflow_run", run_payload(id=number))
        server.signal(signal.SIGTERM)
        assert server.ended() == 0
    return (folder / "omnilens.db").read_bytes()


def the_beginning(database: Path) -> None:
    with database.open("r+b") as file:
        file.write(garbage(100))


def the_end(database: Path) -> None:
    os.truncate(database, database.stat().st_size // 2)


def all_of_it(database: Path) -> None:
    database.write_bytes(garbage(50_000))


def the_pages_of(table: str) -> Callable[[Path], None]:
    def damage(database: Path) -> None:
        with closing(sqlite3.connect(database)) as connection:
            (root,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", [table]).fetchone()
            (size,) = connection.execute("PRAGMA page_size").fetchone()
        with database.open("r+b") as file:
            file.seek((root - 1) * size)
            file.write(garbage(size))

    damage.__name__ = table
    return damage


@pytest.mark.parametrize(
    "damage",
    [the_beginning, the_end, all_of_it, *map(the_pages_of, ("journal", "journal_state", "alembic_version"))],
)
def test_a_damaged_database_is_not_started_with(tmp_path: Path, written: bytes, damage: Callable[[Path], None]) -> None:
    database = tmp_path / "omnilens.db"
    database.write_bytes(written)
    damage(database)
    server = Served(free_port(), tmp_path / "log", before=None)
    try:
        assert server.ended() == FAILED_START
    finally:
        server.kill()
    said = server.log.read_text()
    assert said.splitlines()[-1].startswith(f"Not started: The database {database} is damaged: ")
    assert "Restore a backup" in said
    assert "Traceback" not in said
