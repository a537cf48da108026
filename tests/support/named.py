"""Users without a login: whoever sends a name is that user. Also the command, run so in a process of its own."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from unittest.mock import patch

from omnilens.people.users import Profile, Users
from omnilens.people.viewer import Viewer

NAMED = (str(Path(__file__)),)
"""What Python runs for a server that knows people by their name."""
HEADER = "x-test-user"


class Named:
    """An identity that believes what it is told."""

    def __init__(self, users: Users) -> None:
        self.everybody: Viewer | None = None
        self._users = users
        self._known: dict[str, Viewer] = {}

    async def open(self) -> None:
        for name in ("ada", "bob", "cyd"):
            self._known[name] = (await self._users.enter(Profile("proxy", name, name))).viewer

    async def of(self, headers: Mapping[str, str], peer: str, token: str | None = None) -> Viewer | None:
        return self._known.get(headers.get(HEADER, ""))


def named() -> AbstractContextManager[object]:
    """While this is entered, servers that are made know Ada, Bob and Cyd by the header."""
    return patch("omnilens.people.people.Everybody", Named)


if __name__ == "__main__":
    from omnilens.cli import main

    with named():
        main()
