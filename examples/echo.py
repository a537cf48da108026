"""The server that the official protocol test suites want: everything comes back.

    python examples/echo.py 3000 --engine    Engine.IO at /engine.io/: every message comes back
    python examples/echo.py 3000 --socket    Socket.IO at /socket.io/, with the namespaces / and /custom

The suites are in https://github.com/socketio/socket.io, docs/engine.io-protocol/v4-test-suite and
docs/socket.io-protocol/v5-test-suite: `npm install && npm test`.
"""

import argparse
import asyncio
from math import inf

import uvicorn

from omnilens.socketio import Connection, Limits, Namespace, Server
from omnilens.socketio.engine import Send
from omnilens.socketio.session import Session

PING_INTERVAL = 0.3
PING_TIMEOUT = 0.2
CONNECT_TIMEOUT = 1.1  # one case counts three heartbeats, and never connects
MAX_PAYLOAD = 1_000_000
A_MOMENT = 0.03


class EchoSession(Session):
    """Engine.IO without Socket.IO on top."""

    def message(self, data: str | bytes, now: float) -> Send:
        return Send(data, binary=True) if isinstance(data, bytes) else Send(b"4" + data.encode())


class EngineServer(Server):
    def new_session(self, now: float) -> EchoSession:
        return EchoSession(self.limits, self.namespaces, now)


def engine_server() -> Server:
    limits = Limits(PING_INTERVAL, PING_TIMEOUT, connect_timeout=inf, max_message=MAX_PAYLOAD)
    return EngineServer(limits, allowed_origins=None, path="/engine.io/")


def socket_server() -> Server:
    limits = Limits(PING_INTERVAL, PING_TIMEOUT, connect_timeout=CONNECT_TIMEOUT, max_message=MAX_PAYLOAD)
    server = Server(limits, allowed_origins=None)
    for namespace in server, server.namespace("/custom"):
        serve_echo(namespace)
    return server


def serve_echo(namespace: Namespace) -> None:
    namespace.on_connect(greet)
    namespace.on("message", lambda connection, *args: echo(connection, args))
    namespace.on("message-with-ack", lambda connection, *args: args)


def greet(connection: Connection) -> None:
    # A moment after the answer to CONNECT, since the suite misses what its WebSocket reads together with that.
    asyncio.get_running_loop().call_later(A_MOMENT, connection.emit, "auth", connection.auth or {})


def echo(connection: Connection, args: tuple[object, ...]) -> None:
    connection.emit("message-back", *args)


def main() -> None:
    parser = argparse.ArgumentParser(description="An echo server for the protocol test suites.")
    parser.add_argument("port", type=int)
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--engine", action="store_const", dest="make", const=engine_server, help="plain Engine.IO")
    which.add_argument("--socket", action="store_const", dest="make", const=socket_server, help="Socket.IO")
    options = parser.parse_args()
    server: Server = options.make()
    uvicorn.run(
        server.http_app,
        ws=server.protocol,  # type: ignore[arg-type]  # a factory does as well as a class
        port=options.port,
        lifespan="off",
        log_level="warning",
        timeout_graceful_shutdown=1,
    )


if __name__ == "__main__":
    main()
