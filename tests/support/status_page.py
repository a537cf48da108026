"""A Statuspage over real HTTP, which says what a test wants it to."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

OPERATIONAL = {"Git Operations": "operational", "Actions": "operational", "Webhooks": "operational"}


def incident(id: str = "abc123def456", name: str = "Delays of Actions", **fields: Any) -> dict[str, Any]:  # noqa: A002
    told = {"status": "investigating", "started_at": "2026-11-22T13:00:00.000Z", "components": [{"name": "Actions"}]}
    return {"id": id, "name": name, "impact": "major", "shortlink": "https://stspg.io/x", **told, **fields}


def summary(*incidents: dict[str, Any], **components: str) -> bytes:
    told = [{"name": name, "status": status} for name, status in {**OPERATIONAL, **components}.items()]
    return json.dumps({"page": {"name": "GitHub"}, "components": told, "incidents": incidents}).encode()


class StatusPage:
    """Runs while it is entered."""

    def __init__(self) -> None:
        self.body = b""
        self.status = 200
        self.asked: list[str] = []
        """What each question had as ``If-None-Match``."""
        self.say()
        page = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                page.asked.append(self.headers.get("if-none-match", ""))
                etag = f'W/"{hash(page.body)}"'
                known = etag == page.asked[-1]
                self.send_response(304 if known else page.status if self.path == "/api/v2/summary.json" else 404)
                self.send_header("etag", etag)
                self.send_header("content-length", str(0 if known else len(page.body)))
                self.end_headers()
                if not known:
                    self.wfile.write(page.body)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def say(self, *incidents: dict[str, Any], **components: str) -> None:
        """These components are so, and all others are operational."""
        self.body = summary(*incidents, **components)

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, name="status page", daemon=True).start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()
