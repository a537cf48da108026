"""``omnilens backup`` and ``omnilens restore``."""

from __future__ import annotations

import asyncio
import gzip
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from omnilens.database import Database
from omnilens.database.backup import dump
from support.journals import change, opened
from support.payloads import run_payload
from support.postgres import Postgres
from support.process import free_port, omnilens, served
from support.server import SECRET
from support.sockets import connected
from support.waiting import eventually_async

pytestmark = pytest.mark.anyio


def command(folder: Path, name: str, file: str, *options: str, url: str | None = None) -> CompletedProcess[str]:
    """Run the command with a file in `folder`, for the database there or at `url`."""
    database = {"OMNILENS_DATABASE_URL": url} if url else {"OMNILENS_DATA_DIR": str(folder)}
    return omnilens(name, str(folder / file), *options, GITHUB_WEBHOOK_SECRET=SECRET, **database)


async def fill(url: str, count: int) -> None:
    async with opened(url) as journal:
        await asyncio.gather(*(journal.append(change(number)) for number in range(count)))


async def rows(url: str) -> list[bytes]:
    """Everything in a database but for the epochs, which are new after a restore."""
    database = Database(url)
    await database.open()
    found = await database.read(lambda connection: list(dump(connection)))
    await database.close()
    return [line for line in found if b'"epoch"' not in line]


async def test_from_sqlite_to_postgresql_and_back(tmp_path: Path, postgres: Postgres) -> None:
    here, there = f"sqlite:///{tmp_path}/db", postgres.database()
    await fill(here, 1200)
    before = await rows(here)
    assert command(tmp_path, "backup", "one", url=here).returncode == 0
    assert (tmp_path / "one").stat().st_mode & 0o777 == 0o600
    restored = command(tmp_path, "restore", "one", "--yes", url=there)
    assert (restored.returncode, "1,201 rows" in restored.stdout) == (0, True)
    assert await rows(there) == before
    assert command(tmp_path, "backup", "two", url=there).returncode == 0
    await fill(here, 3000)
    assert command(tmp_path, "restore", "two", "--yes", url=here).returncode == 0
    assert await rows(here) == before


async def test_a_running_server_goes_on_from_what_was_restored(tmp_path: Path) -> None:
    with served(free_port(), tmp_path, OMNILENS_REPOSITORIES="octo-org/octo-repo") as server:
        server.post("workflow_run", run_payload(id=1))
        assert command(tmp_path, "backup", "here").returncode == 0
        async with connected(server.url) as browser:
            place = await browser.subscribe("octo-repo")
            server.post("workflow_run", run_payload(id=2))
            assert command(tmp_path, "restore", "here", "--yes").returncode == 0
            await eventually_async(lambda: not browser.client.connected)
        async with connected(server.url) as browser:
            again = await browser.subscribe({"slug": "octo-repo", "since": place["seq"], "epoch": place["epoch"]})
            assert again["reset"] is True
            server.post("workflow_run", run_payload(id=3))
            (update,) = await browser.updates(1)
            assert (update["workflowId"], update["seq"]) == (3, 2)
        assert [run["id"] for run in server.get("/api/repos/octo-repo/runs")["runs"]] == [3, 2, 1]


@pytest.mark.parametrize("damage", ["cut", "line", "end", "foreign", "newer", "missing"])
async def test_what_is_no_whole_backup_changes_nothing(tmp_path: Path, damage: str) -> None:
    url = f"sqlite:///{tmp_path}/omnilens.db"
    await fill(url, 50)
    assert command(tmp_path, "backup", "file").returncode == 0
    before = await rows(url)
    file = tmp_path / "file"
    whole = file.read_bytes()
    lines = gzip.decompress(whole).splitlines(keepends=True)
    if damage == "missing":
        file.unlink()
    else:
        harmed = {
            "cut": whole[: len(whole) // 2],
            "line": gzip.compress(b"".join([*lines[:9], b"{", *lines[9:]])),
            "end": gzip.compress(b"".join(lines[:-1])),
            "foreign": b"something else",
            "newer": gzip.compress(b"".join([lines[0].replace(b'"00', b'"90'), *lines[1:]])),
        }
        file.write_bytes(harmed[damage])
    result = command(tmp_path, "restore", "file", "--yes")
    assert result.returncode == 1
    assert result.stderr.startswith("Not done: ")
    assert await rows(url) == before


async def test_nothing_is_overwritten_by_mistake(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    result = command(tmp_path, "backup", "file")
    assert (result.returncode, "exists" in result.stderr) == (1, True)
    assert (tmp_path / "file").read_text() == "mine"
    result = command(tmp_path, "restore", "file")  # nobody there to say yes
    assert (result.returncode, "Aborted" in result.stderr) == (1, True)
