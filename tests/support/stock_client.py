"""The stock JavaScript client, as people really use it."""

from __future__ import annotations

import json
import queue
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from support.waiting import PATIENCE

WEBSOCKET_ONLY = {"transports": ["websocket"]}
CLIENT = Path(__file__).with_name("stock_client.mjs")


class StockClient:
    """The JavaScript client in a process of its own, and what it says."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._said: queue.Queue[dict[str, Any]] = queue.Queue()
        self._reader = threading.Thread(target=self._read, args=(process,), daemon=True)
        self._reader.start()

    def _read(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            self._said.put(json.loads(line))

    def ended(self) -> None:
        """Wait until all that it said has been read."""
        self._reader.join(PATIENCE)

    def hears_next(self) -> dict[str, Any]:
        """The next thing, whatever it is."""
        return self._said.get(timeout=PATIENCE)

    def hears(self, what: str) -> dict[str, Any]:
        """The next thing of that kind, passing over others."""
        while True:
            said = self.hears_next()
            if said["what"] == what:
                return said

    def heard(self) -> list[dict[str, Any]]:
        """Everything that it said and nobody has asked for yet."""
        return [self._said.get_nowait() for _ in range(self._said.qsize())]


@contextmanager
def stock_client(url: str, subscription: Any, options: Any = WEBSOCKET_ONLY) -> Iterator[StockClient]:
    process = subprocess.Popen(
        ["node", str(CLIENT), url, json.dumps(subscription), json.dumps(options)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        client = StockClient(process)
        try:
            yield client
        finally:
            process.kill()
            client.ended()  # nobody may read what is closed next
