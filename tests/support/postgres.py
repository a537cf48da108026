"""A real PostgreSQL, started for the tests that need one and gone after them."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from support.process import free_port


class Postgres:
    """A server of its own, on a port of its own. Unless told so, it syncs nothing: it need not survive a power loss."""

    def __init__(self, folder: Path, *, synced: bool = False) -> None:
        self._data = folder / "data"
        self.port = free_port()
        self._command(
            [_program("initdb"), "-D", self._data, "-U", "omnilens", "-A", "trust", "-E", "UTF8", "--locale=C"]
        )
        self._options = f"-p {self.port} -k {folder} -c listen_addresses=127.0.0.1"
        if not synced:
            self._options += " -c fsync=off"
        self.start()

    def start(self) -> None:
        """Start it, and wait until it answers."""
        options = ["-o", self._options, "-l", self._data.parent / "log"]
        self._command([_program("pg_ctl"), "-D", self._data, "-w", *options, "start"])

    def stop(self) -> None:
        """Stop it at once, as a crash would."""
        self._command([_program("pg_ctl"), "-D", self._data, "-m", "immediate", "stop"])

    @property
    def pid(self) -> int:
        """Of the process that all others of it come from."""
        return int((self._data / "postmaster.pid").read_text().partition("\n")[0])

    def database(self) -> str:
        """The URL of a new, empty database."""
        name = f"test_{uuid4().hex}"
        self.execute(f"CREATE DATABASE {name}")
        return f"postgresql://omnilens@127.0.0.1:{self.port}/{name}"

    def execute(self, statement: str) -> None:
        """Run something as its superuser."""
        with psycopg.connect(
            host="127.0.0.1", port=self.port, user="omnilens", dbname="postgres", autocommit=True
        ) as it:
            it.execute(statement.encode())

    def _command(self, words: list[Any]) -> None:
        subprocess.run([*_as_nobody_special(), *map(str, words)], check=True, stdout=subprocess.DEVNULL, cwd="/")


def installed(name: str) -> str | None:
    """A program of PostgreSQL's, which Debian keeps out of the search path."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return str(found[-1]) if found else shutil.which(name)


def _program(name: str) -> str:
    program = installed(name)
    assert program, f"{name} is missing: PostgreSQL is needed. Install it with: sudo apt-get install postgresql"
    return program


def _as_nobody_special() -> list[str]:
    """PostgreSQL refuses to be run by root."""
    return ["setpriv", f"--reuid={_user()}", "--clear-groups"] if os.getuid() == 0 else []


def _user() -> str:
    try:
        return pwd.getpwnam("postgres").pw_name
    except KeyError:
        return "nobody"


@contextmanager
def postgres_running(*, synced: bool = False) -> Iterator[Postgres]:
    """A PostgreSQL in a folder of its own; neither is there afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="omnilens-postgres-"))
    if os.getuid() == 0:
        shutil.chown(folder, _user())
    server = Postgres(folder, synced=synced)
    yield server
    server.stop()
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A running PostgreSQL."""
    with postgres_running() as server:
        yield server
