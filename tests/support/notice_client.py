"""The stock JavaScript client of one user, who watches notices."""

from __future__ import annotations

import subprocess
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from support.stock_client import StockClient
from support.waiting import eventually

CLIENT = Path(__file__).with_name("notice_client.mjs")


class NoticeClient(StockClient):
    """What one client was told, all of it in its order."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        super().__init__(process)
        self.told: list[dict[str, Any]] = []

    def everything(self, what: str) -> list[Any]:
        """All of that kind that was said until now."""
        self.told += self.heard()
        return [said["data"] for said in self.told if said["what"] == what]

    def watching(self, times: int = 1) -> dict[str, Any]:
        """The answer to its question for notices, the latest of so many."""
        answer: dict[str, Any] = eventually(lambda: self.everything("watching")[times - 1 : times])[0]
        return answer

    def some(self, what: str) -> list[Any]:
        """The same, once there is any."""
        return eventually(lambda: self.everything(what))

    def told_of(self, *kinds: str) -> None:
        """Wait until it got notices of these kinds, and no others."""
        eventually(lambda: self.kinds() == list(kinds))

    def told_of_all(self, kinds: Sequence[str]) -> None:
        """Wait until it got notices of these kinds, in whatever order, and no others."""
        eventually(lambda: sorted(self.kinds()) == sorted(kinds))

    def twice(self) -> list[int]:
        """The notices that it got more than once."""
        pending = [notice for answer in self.everything("watching") for notice in answer["pending"]]
        counted = Counter(notice["id"] for notice in (*self.everything("notification"), *pending))
        return [each for each, times in counted.items() if times > 1]

    def kinds(self) -> list[str]:
        """The kinds of all notices that it got, live or when it came back."""
        live = [notice["kind"] for notice in self.everything("notification")]
        return live + [notice["kind"] for answer in self.everything("watching") for notice in answer["pending"]]


@contextmanager
def notice_client(url: str, user: str = "", *, confirms: bool = True) -> Iterator[NoticeClient]:
    """A client of `user`; one that comes with an access token is called ``token:`` and what it is."""
    process = subprocess.Popen(
        ["node", str(CLIENT), url, user, "yes" if confirms else "no"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        client = NoticeClient(process)
        try:
            yield client
        finally:
            process.kill()
            client.ended()
