"""OmniLens' Socket.IO server with nothing around it: a POST becomes one frame for everybody in a room."""

from __future__ import annotations

import sys
from typing import Any
from urllib.parse import parse_qs

import uvicorn

from omnilens.serve import spare_the_collector
from omnilens.socketio import Connection, Limits, Server, raw_event_frame

ROOM = "octo-repo"

sockets = Server(Limits(max_connections=20_000), allowed_origins=None)


def subscribe(connection: Connection, _slug: str) -> dict[str, Any]:
    sockets.enter(connection, ROOM)
    return {"ok": True}


sockets.on("subscribe-repo", subscribe)


async def app(scope: Any, receive: Any, send: Any) -> None:
    """POST /updates?n=1: so many updates, all with the body as their argument."""
    if scope["type"] != "http":
        return
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    if scope["path"] == "/updates":
        times = int(parse_qs(scope["query_string"].decode()).get("n", ["1"])[0])
        for _ in range(times):
            sockets.send(ROOM, raw_event_frame("workflow-update", body))
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})


def main() -> None:
    spare_the_collector()
    uvicorn.run(
        app,
        port=int(sys.argv[1]),
        ws=sockets.protocol,  # type: ignore[arg-type]  # a factory does as well as a class
        http="httptools",
        lifespan="off",
        log_level="warning",
        access_log=False,
        backlog=4096,
    )


if __name__ == "__main__":
    main()
