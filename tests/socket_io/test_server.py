"""Events, rooms and ends: the server as an application uses it, on both event loops."""

import asyncio
import contextlib
import gc
import itertools
import json
import socket
import ssl
import subprocess
from pathlib import Path

import pytest
import uvicorn
from websockets.exceptions import InvalidStatus

from omnilens.socketio import Connection, RawJSON, Refused, event_frame, raw_event_frame
from omnilens.socketio.link import Link
from omnilens.socketio.outbox import send_to_all
from omnilens.socketio.way import NO_FILE, Nowhere
from support.sites import (
    HANDSHAKE,
    ON_BOTH_LOOPS,
    Site,
    connected,
    eventually,
    make_server,
    masked,
    opened,
    raw,
    read_until,
    serve,
)

pytestmark = [pytest.mark.anyio, ON_BOTH_LOOPS]


# Events and acks


async def test_acks(site: Site) -> None:
    site.server.on("nothing", lambda connection: None)
    site.server.on("several", lambda connection: (1, [2]))
    async with connected(site) as client:
        await client.send('427["echo",{"a":[1,null]},"\\ud83d"]', '428["nothing"]', '429["unknown"]', '4210["several"]')
        assert json.loads((await client.receive()).removeprefix("437")) == [[{"a": [1, None]}, "\ud83d"]]
        assert await client.receive() == "438[]"
        assert await client.receive() == "4310[1,[2]]"
        assert (site.tally["known"], site.tally["unknown"]) == (3, 1)


async def test_a_failing_handler_is_logged_and_the_connection_lives(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail_later(connection: Connection) -> None:
        raise RuntimeError("later")

    site.server.on("fail", lambda connection: 1 / 0)
    site.server.on("fail-later", fail_later)
    site.server.on("unspeakable", lambda connection: object())
    async with connected(site) as client:
        await client.send('421["fail"]', '422["fail-later"]', '423["unspeakable"]', '424["echo"]')
        assert await client.receive() == "434[[]]"
    assert [record.exc_info is not None for record in caplog.records] == [True] * 3
    assert site.tally["failed"] == 3


async def test_a_wrong_number_of_arguments_is_no_reason_for_a_traceback(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    site.server.on("pair", lambda connection, first, second=None: [first, second])
    async with connected(site) as client:
        await client.send('421["pair"]', '422["pair",1,2,3]', '423["pair",1]', '424["pair",1,2]')
        assert await client.receive() == "433[[1,null]]"
        assert await client.receive() == "434[[1,2]]"
    assert not caplog.records
    assert site.tally["unknown"] == 2


async def test_events_of_one_client_stay_in_order(site: Site) -> None:
    gate = asyncio.Event()

    async def slow(connection: Connection) -> str:
        await gate.wait()
        return "slow"

    site.server.on("slow", slow)
    async with connected(site) as client, connected(site) as other:
        await client.send('421["slow"]', '422["echo"]', '423["slow"]', '424["echo"]')
        await eventually(lambda: site.tally["known"])
        await other.send('421["echo"]')
        assert await other.receive() == "431[[]]"
        gate.set()
        answers = [await client.receive() for _ in range(4)]
        assert answers == ['431["slow"]', "432[[]]", '433["slow"]', "434[[]]"]
    await site.deserted()


async def test_events_that_pile_up_behind_a_handler_are_bounded(site: Site) -> None:
    gate = asyncio.Event()

    async def slow(connection: Connection) -> None:
        await gate.wait()
        site.server.enter(connection, "room")
        connection.emit("late")

    site.server.on("slow", slow)
    async with connected(site) as client:
        await client.send('42["slow"]', *['42["echo"]'] * 2000)
        assert await client.closed() == 1008
        assert site.tally["closed: too many events"] == 1
        await eventually(lambda: not site.server.connections)
        gate.set()
        await site.deserted()


# Rooms


async def test_rooms(site: Site) -> None:
    async with connected(site) as first, connected(site) as second, connected(site) as third:
        await first.send('421["enter","a"]', '422["enter","a"]', '423["enter","b"]')
        await second.send('421["enter","a"]')
        for client, acks in (first, 3), (second, 1):
            for _ in range(acks):
                await client.receive()
        server = site.server
        rooms = [connection.rooms for connection in server.connections]
        assert rooms == [{"a", "b"}, {"a"}, frozenset()]
        assert (server.room_size("a"), server.room_size("b"), server.room_size("c")) == (2, 1, 0)
        assert server.emit("a", "news", 1) == 2
        assert server.send("b", raw_event_frame("raw", b"[1]")) == 1
        assert server.send("c", event_frame("nobody")) == 0
        assert await first.event() == ["news", 1]
        assert await first.event() == ["raw", [1]]
        assert await second.event() == ["news", 1]
        await first.send('42["leave","a"]', '421["leave","never"]')
        await first.receive()
        assert server.emit("a", "news", 2) == 1
        assert await second.event() == ["news", 2]
        await third.send('421["echo"]')
        assert await third.receive() == "431[[]]"
        assert site.tally["sent"] == 4 + 6  # events and acks
    await site.deserted()


async def test_order_is_kept_across_rooms_clients_and_changes_of_membership(site: Site) -> None:
    server = site.server
    async with connected(site) as client, connected(site) as other:
        one, two = server.connections
        server.enter(one, "a")
        server.emit("a", "first")
        one.emit("second")
        server.emit("a", "third")
        server.enter(two, "a")  # from here on
        server.emit("a", "fourth")
        server.leave(one, "a")
        server.emit("a", "fifth")
        one.emit("sixth")
        names = [(await client.event())[0] for _ in range(5)]
        assert names == ["first", "second", "third", "fourth", "sixth"]
        assert [(await other.event())[0] for _ in range(2)] == ["fourth", "fifth"]


async def test_updates_of_one_turn_go_out_in_one_write(site: Site) -> None:
    async with connected(site):
        (connection,) = site.server.connections
        site.server.enter(connection, "room")
        writes: list[bytes] = []

        class Recorded(Nowhere):
            def write(self, data: bytes, /) -> None:
                writes.append(data)

        connection.link.way = Recorded()
        site.server.rerouted(connection)
        for number in range(10):
            site.server.emit("room", "news", number)
        await eventually(lambda: writes)
        assert writes == [b"".join(event_frame("news", number) for number in range(10))]


async def test_a_slow_client_is_cut_and_the_others_are_not(site: Site) -> None:
    server = site.server
    reasons: list[str] = []
    server.on_disconnect(lambda connection, reason: reasons.append(reason))
    async with (
        connected(site) as before,
        raw(site, HANDSHAKE + b"\r\n" + masked(b"40")) as (reader, writer),
        connected(site) as after,
    ):
        writer.transport.pause_reading()  # type: ignore[attr-defined]
        await eventually(lambda: len(server.connections) == 3)
        for connection in server.connections:
            server.enter(connection, "room")
        frame = event_frame("news", "x" * 60_000)
        sent = 0
        while not reasons:
            assert sent < 1000, "nobody was cut"
            server.send("room", frame)
            sent += 1
            for client in before, after:
                assert len(await client.event()) == 2
        assert reasons == ["slow consumer"]
        assert len(server.connections) == 2
        assert server.send("room", event_frame("end")) == 2
        assert await before.event() == await after.event() == ["end"]
        # It wakes up while the server still waits for it: whole frames, and why they end.
        transport = writer.transport
        transport.resume_reading()  # type: ignore[attr-defined]
        received = await asyncio.wait_for(reader.read(), 5)
        assert received.endswith(b"\x88\x0f" + (1013).to_bytes(2, "big") + b"slow consumer")
    assert site.tally["closed: slow consumer"] == 1
    await site.deserted()


async def test_a_client_that_pauses_is_given_whole_frames_in_their_order(site: Site) -> None:
    """Behind what its socket did not take its transport keeps the rest; once that is out, the socket is next again."""
    pong = b"\x8a\x00"
    async with raw(site, HANDSHAKE + b"\r\n" + masked(b"40")) as (reader, writer):
        await read_until(reader, b'"}')
        await eventually(lambda: site.server.connections)
        (connection,) = site.server.connections
        site.server.enter(connection, "room")
        way, numbers = connection.link.way, itertools.count()

        async def emit(padding: int = 0) -> bytes:
            frame = event_frame("news", next(numbers), "x" * padding)
            site.server.send("room", frame)
            await asyncio.sleep(0)
            return frame

        for _ in range(3):
            writer.transport.pause_reading()  # type: ignore[attr-defined]
            sent = b""
            while way.socket.fileno() != NO_FILE:
                sent += await emit(padding=30_000)
            for _ in range(3):
                writer.write(masked(b"", head=0x89))  # a pong comes between two frames, and not into one
                sent += await emit()
            writer.transport.resume_reading()  # type: ignore[attr-defined]
            received = await asyncio.wait_for(reader.readexactly(len(sent) + 3 * len(pong)), 5)
            assert received.replace(pong, b"") == sent
            last = await emit()
            assert await asyncio.wait_for(reader.readexactly(len(last)), 5) == last
            assert way.socket.fileno() != NO_FILE


async def test_who_is_dropped_hears_nothing_behind_the_goodbye(site: Site) -> None:
    async with raw(site, HANDSHAKE + b"\r\n" + masked(b"40")) as (reader, writer), connected(site) as other:
        await read_until(reader, b'"}')
        await eventually(lambda: len(site.server.connections) == 2)
        for connection in site.server.connections:
            site.server.enter(connection, "room")
        site.server.emit("room", "before")
        await read_until(reader, b'["before"]')
        site.server.emit("room", "after")
        next(iter(site.server.connections)).drop("enough")
        assert await asyncio.wait_for(reader.readexactly(10), 5) == b"\x88\x08" + (1000).to_bytes(2, "big") + b"enough"
        writer.write(masked((1000).to_bytes(2, "big"), head=0x88))
        assert await asyncio.wait_for(reader.read(), 5) == b""
        assert [await other.event() for _ in range(2)] == [["before"], ["after"]]


async def test_who_is_refused_hears_nothing_behind_the_goodbye(site: Site) -> None:
    """Not what the handler had sent before it refused, nor what it entered a room for."""

    def refuse(connection: Connection) -> None:
        site.server.enter(connection, "room")
        connection.emit("secret", 1)
        site.server.emit("room", "secret", 2)
        raise Refused("Not you", "unknown")

    site.server.on_connect(refuse)
    async with raw(site, HANDSHAKE + b"\r\n" + masked(b"40")) as (reader, writer):
        await read_until(reader, b"\x88\x02" + (1008).to_bytes(2, "big"))
        await asyncio.sleep(0)  # the turn in which what was sent goes out
        site.server.emit("room", "secret", 3)
        writer.write(masked((1008).to_bytes(2, "big"), head=0x88))
        assert await asyncio.wait_for(reader.read(), 5) == b""
    await site.deserted()


async def test_the_socket_of_who_is_gone_is_nobody_elses(site: Site) -> None:
    """The next connection has its number; who kept the socket must not write to that."""
    async with connected(site):
        (connection,) = site.server.connections
        kept = connection.link.way.socket
        number = kept.fileno()
        assert number != NO_FILE
    await site.deserted()
    async with contextlib.AsyncExitStack() as others:
        clients = [await others.enter_async_context(connected(site)) for _ in range(5)]
        assert number in {connection.link.way.socket.fileno() for connection in site.server.connections}
        assert send_to_all([kept], event_frame("news", "for somebody else")) == [0]
        for client in clients:
            await client.send('421["echo"]')
            assert await client.receive() == "431[[]]"


@pytest.fixture
def tls(tmp_path: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """What a server and a client need to trust each other."""
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    request = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    subprocess.run([*request, "-subj", "/CN=x", "-keyout", key, "-out", certificate], check=True, capture_output=True)
    server, client = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    server.load_cert_chain(certificate, key)
    client.load_verify_locations(certificate)
    client.check_hostname = False
    return server, client


async def test_nothing_bypasses_tls(tls: tuple[ssl.SSLContext, ssl.SSLContext]) -> None:
    """The socket takes what the transport has encrypted, and nothing else."""
    theirs, ours = tls
    async with serve(make_server(), theirs) as site:
        reader, writer = await asyncio.open_connection("127.0.0.1", site.port, ssl=ours)
        writer.write(HANDSHAKE + b"\r\n" + masked(b"40"))
        await read_until(reader, b'"}')
        (connection,) = site.server.connections
        site.server.enter(connection, "room")
        for number in range(3):
            site.server.emit("room", "news", number)
        assert await read_until(reader, b'42["news",2]')
        writer.close()
        await site.deserted()


# Ends


async def test_the_application_disconnects_a_client(site: Site) -> None:
    reasons: list[str] = []
    site.server.on_disconnect(lambda connection, reason: reasons.append(reason))
    async with connected(site) as client:
        (connection,) = site.server.connections
        connection.emit("goodbye")
        connection.disconnect()
        connection.disconnect("again")
        connection.emit("too late")
        assert not site.server.connections
        assert await client.receive() == '42["goodbye"]'
        assert await client.receive() == "41"
        assert await client.closed() == 1000
        await site.deserted()
    assert reasons == ["server namespace disconnect"]


async def test_a_broken_disconnect_handler_is_logged(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    site.server.on_disconnect(lambda connection, reason: print(1 / 0))
    async with connected(site):
        pass
    await eventually(lambda: site.tally["failed"])
    await site.deserted()
    assert [record.getMessage() for record in caplog.records] == ["The disconnect handler failed"]


@pytest.mark.parametrize("end", ["packet", "frame", "tcp", "reset"])
async def test_the_client_goes_away(site: Site, end: str) -> None:
    reasons: list[str] = []
    site.server.on_disconnect(lambda connection, reason: reasons.append(reason))
    async with raw(site, HANDSHAKE + b"\r\n" + masked(b"40")) as (_, writer):
        await eventually(lambda: site.server.connections)
        if end == "packet":
            writer.write(masked(b"1"))
        elif end == "frame":
            writer.write(masked((1001).to_bytes(2, "big"), head=0x88))
        elif end == "tcp":
            writer.write_eof()
        else:
            linger = bytes([1, 0, 0, 0, 0, 0, 0, 0])
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            writer.transport.abort()
        await site.deserted()
    assert reasons == ["transport error" if end == "reset" else "transport close"]


async def test_closing_the_server_ends_everything_in_bounded_time() -> None:
    server = make_server(close_timeout=0.3)
    reasons: list[str] = []
    server.on_disconnect(lambda connection, reason: reasons.append(reason))

    async def hang(connection: Connection) -> None:
        await asyncio.Event().wait()

    server.on("hang", hang)
    async with serve(server) as site, connected(site) as client, raw(site, HANDSHAKE + b"\r\n" + masked(b"40")):
        await client.send('42["hang"]')
        await eventually(lambda: len(server.connections) == 2 and site.tally["known"])
        listening = asyncio.create_task(client.closed())
        await asyncio.wait_for(server.close(), 1)  # the other client never answers
        assert await listening == 1001
        await site.deserted()
        assert reasons == ["server shutting down"] * 2
        with pytest.raises(InvalidStatus) as refusal:
            async with opened(site):
                pass
        assert refusal.value.response.status_code == 503


async def test_uvicorn_shuts_down_in_bounded_time() -> None:
    async with serve(make_server(close_timeout=0.3)) as site:
        async with connected(site) as client, raw(site, HANDSHAKE + b"\r\n" + masked(b"40")):
            await eventually(lambda: len(site.server.connections) == 2)
            for connection in tuple(site.state.connections):
                connection.shutdown()
            assert await client.closed() == 1012
            await eventually(lambda: not site.state.connections, within=1)
        await site.deserted()


async def test_who_was_refused_does_not_disturb_the_shutdown() -> None:
    async with serve(make_server()) as site:
        site.server.turn_away()
        async with raw(site, HANDSHAKE + b"\r\n") as (reader, _):
            assert (await reader.readline()).startswith(b"HTTP/1.1 503")
            (refused,) = site.state.connections  # the client has not closed its half
            refused.shutdown()
            await eventually(lambda: not site.state.connections, within=1)
        await site.deserted()


async def test_a_whole_uvicorn_stops_in_bounded_time() -> None:
    server = make_server(close_timeout=0.3)
    config = uvicorn.Config(server.http_app, ws=server.protocol, log_config=None, lifespan="off")  # type: ignore[arg-type]
    process = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        running = asyncio.create_task(process.serve([listener]))
        await eventually(lambda: process.started)
        site = Site(server, listener.getsockname()[1], process.server_state)
        async with connected(site) as client, raw(site, HANDSHAKE + b"\r\n" + masked(b"40")):
            await eventually(lambda: len(server.connections) == 2)
            process.should_exit = True
            assert await client.closed() == 1012
            await asyncio.wait_for(running, 2)
    await site.deserted()


async def test_churn_leaves_nothing_behind(site: Site) -> None:
    async def come_and_go(number: int) -> None:
        async with opened(site) as (client, _):
            if number % 3:
                await client.connect()
                await client.send(f'421["enter","room {number % 5}"]')
                await client.receive()
            if number % 2:
                client.socket.transport.abort()

    for _ in range(5):
        await asyncio.gather(*map(come_and_go, range(20)))
    await site.deserted()
    assert site.tally["opened"] == 100
    assert sum(count for name, count in site.tally.items() if name.startswith("closed")) == 100
    gc.collect()
    assert not [thing for thing in gc.get_objects() if isinstance(thing, Link | Connection)]


@pytest.mark.parametrize("namespace", ["/", "/custom"])
async def test_an_answer_that_is_encoded_already(namespace: str) -> None:
    server = make_server()
    server.namespace(namespace).on("raw", lambda connection: RawJSON(b'{"a":[1]}'))
    prefix = "" if namespace == "/" else namespace + ","
    async with serve(server) as site, opened(site) as (client, _):
        await client.send(f"40{prefix}")
        await client.receive()
        await client.send(f'42{prefix}["raw"]', f'42{prefix}7["raw"]')
        assert await client.receive() == f'43{prefix}7[{{"a":[1]}}]'
