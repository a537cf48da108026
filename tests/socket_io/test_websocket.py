"""The server on a real socket, spoken to packet by packet, on both event loops."""

import asyncio
import json
import logging
import random
import time

import pytest
from websockets.exceptions import InvalidStatus

from omnilens.socketio import Connection, Refused, Server
from support.sites import (
    HANDSHAKE,
    ON_BOTH_LOOPS,
    ORIGIN,
    QUERY,
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


# Handshake


async def test_the_greeting(site: Site) -> None:
    async with opened(site) as (client, greeting):
        assert len(greeting.pop("sid")) == 20
        assert greeting == {"upgrades": [], "pingInterval": 10000, "pingTimeout": 10000, "maxPayload": 65536}
        assert client.socket.response
        assert "Sec-WebSocket-Extensions" not in client.socket.response.headers


@pytest.mark.parametrize("path", ["/socket.io/", "/socket.io"])
async def test_the_path_with_and_without_a_slash(site: Site, path: str) -> None:
    async with opened(site, path=path) as (client, _):
        await client.connect()


@pytest.mark.parametrize(
    ("path", "query", "status", "code"),
    [
        ("/", QUERY, 404, 3),
        ("/other/", QUERY, 404, 3),
        ("/socket.io//", QUERY, 404, 3),
        ("/socket.io/x", QUERY, 404, 3),
        ("/socket.io/", "", 400, 0),
        ("/socket.io/", "?EIO=4", 400, 0),
        ("/socket.io/", "?EIO=4&transport=polling", 400, 0),
        ("/socket.io/", "?EIO=4&transport=__proto__", 400, 0),
        ("/socket.io/", "?transport=websocket", 400, 5),
        ("/socket.io/", "?EIO=3&transport=websocket", 400, 5),
        ("/socket.io/", "?EIO=abc&transport=websocket", 400, 5),
        ("/socket.io/", QUERY + "&sid=unknown", 400, 1),
    ],
)
async def test_requests_that_are_no_handshake(site: Site, path: str, query: str, status: int, code: int) -> None:
    with pytest.raises(InvalidStatus) as refusal:
        async with opened(site, query=query, path=path):
            pass
    assert refusal.value.response.status_code == status
    assert json.loads(refusal.value.response.body or b"")["code"] == code
    await site.deserted()
    assert site.tally["opened"] == 0


@pytest.mark.parametrize(
    "origin", ["null", "https://evil.example", "https://dashboard.example.evil", "http://dashboard.example"]
)
async def test_pages_of_other_origins_are_kept_out(site: Site, origin: str) -> None:
    with pytest.raises(InvalidStatus) as refusal:
        async with opened(site, origin=origin):
            pass
    assert refusal.value.response.status_code == 403
    assert site.tally == {"refused: Forbidden": 1}


async def test_our_own_page_is_let_in(site: Site) -> None:
    async with opened(site, origin=ORIGIN) as (client, _):
        await client.connect()


async def test_origins_may_be_decided_by_a_function() -> None:
    server = Server(allowed_origins=lambda origin: origin.endswith(".example"))
    async with serve(server) as site:
        async with opened(site, origin="https://any.example"):
            pass
        with pytest.raises(InvalidStatus):
            async with opened(site, origin="https://any.other"):
                pass


async def test_too_many_connections() -> None:
    async with serve(make_server(max_connections=1)) as site:
        async with connected(site):
            with pytest.raises(InvalidStatus) as refusal:
                async with opened(site):
                    pass
            assert refusal.value.response.status_code == 503
        await site.deserted()
        async with connected(site):
            pass


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        (HANDSHAKE.replace(b": Upgrade", b": keep-alive, Upgrade").replace(b": websocket", b": WebSocket"), b"101"),
        (HANDSHAKE + b"X-Name: \xff\xfe\r\nCookie: \x80=1\r\n", b"101"),
        (HANDSHAKE + b"Sec-WebSocket-Protocol: \xe9\r\n", b"101"),
        (HANDSHAKE + b"Origin: \xff\r\n", b"403"),
        (HANDSHAKE + f"Origin: {ORIGIN}\r\nOrigin: https://evil.example\r\n".encode(), b"403"),
        (HANDSHAKE.replace(b"dGhl", b"\xff\xff"), b"400"),
        (HANDSHAKE.replace(b"dGhl", b""), b"400"),
        (HANDSHAKE.replace(b": 13", b": 12"), b"426"),
        (HANDSHAKE + b"Sec-WebSocket-Version: 13\r\n", b"426"),
        (HANDSHAKE + b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", b"400"),
        (HANDSHAKE.replace(b"GET", b"POST"), b"405"),
        (HANDSHAKE + b"Sec-WebSocket-Extensions: permessage-deflate\r\n", b"101"),
    ],
)
async def test_handshakes_by_hand(site: Site, headers: bytes, status: bytes) -> None:
    async with raw(site, headers + b"\r\n") as (reader, _):
        head = await read_until(reader, b"\r\n\r\n")
        assert head.split()[1] == status
        assert b"permessage-deflate" not in head
    await site.deserted()


async def test_frames_in_the_segment_of_the_handshake(site: Site) -> None:
    data = HANDSHAKE + b"\r\n" + masked(b"40") + masked(b'421["echo","early"]')
    async with raw(site, data) as (reader, _):
        assert b" 101 " in await read_until(reader, b"\r\n\r\n")
        received = await read_until(reader, b'431[["early"]]')
        assert received.index(b'0{"sid"') < received.index(b'40{"sid"')


# The namespace


async def test_connecting_and_what_the_application_knows() -> None:
    server = make_server()
    seen: list[Connection] = []
    server.on_connect(seen.append)
    async with serve(server) as site:
        async with opened(site, additional_headers={"X-Token": "t"}) as (client, greeting):
            sid = await client.connect({"user": 1})
            (connection,) = seen
            assert connection.sid == sid != greeting["sid"]
            assert connection.auth == {"user": 1}
            assert connection.headers["X-Token"] == "t"
            assert connection.client == "127.0.0.1"
            assert connection.connected
            assert list(server.connections) == [connection]
        await site.deserted()
        assert not connection.connected


async def test_nothing_arrives_before_the_answer_to_connect() -> None:
    server = make_server()

    def greet(connection: Connection) -> None:
        server.enter(connection, "all")
        assert not connection.connected
        assert server.emit("all", "news") == 1
        connection.emit("welcome", 1)

    server.on_connect(greet)
    async with serve(server) as site, opened(site) as (client, _):
        await client.send("40")
        assert (await client.receive())[:2] == "40"
        assert await client.event() == ["news"]
        assert await client.event() == ["welcome", 1]


async def test_refused_clients_learn_why_and_get_nothing_else() -> None:
    server = make_server()
    disconnects: list[str] = []

    def refuse(connection: Connection) -> None:
        server.enter(connection, "all")
        connection.emit("secret")
        raise Refused("Too many tabs", "too-many", limit=10)

    server.on_connect(refuse)
    server.on_disconnect(lambda connection, reason: disconnects.append(reason))
    async with serve(server) as site, opened(site) as (client, _):
        await client.send("40")
        packet = await client.receive()
        assert packet[:2] == "44"
        assert json.loads(packet[2:]) == {"message": "Too many tabs", "data": {"code": "too-many", "limit": 10}}
        assert server.room_size("all") == 0
        assert await client.closed() == 1008
        await site.deserted()
        assert disconnects == []
        assert site.tally["refused: too-many"] == site.tally["closed: refused"] == 1
        assert site.tally["connected"] == 0


async def test_a_broken_connect_handler_lets_nobody_in(caplog: pytest.LogCaptureFixture) -> None:
    server = make_server()
    server.on_connect(lambda connection: print(1 / 0))
    async with serve(server) as site, opened(site) as (client, _):
        await client.send("40")
        assert json.loads((await client.receive())[2:])["data"] == {"code": "internal"}
        assert await client.closed() == 1008
    assert [record.exc_info is not None for record in caplog.records] == [True]


async def test_a_client_that_does_not_connect_is_closed() -> None:
    async with serve(make_server(connect_timeout=0.3, ping_interval=0.1, ping_timeout=0.1)) as site:
        async with opened(site) as (client, _):
            start = time.monotonic()
            assert await client.closed() == 1008
            assert 0.2 < time.monotonic() - start < 0.6
        await site.deserted()
        assert site.tally == {"opened": 1, "closed: connect timeout": 1}


async def test_unknown_namespaces(site: Site) -> None:
    async with connected(site) as client:
        await client.send("40/admin,")
        assert await client.receive() == '44/admin,{"message":"Invalid namespace"}'
        await client.send('421["echo"]')
        assert await client.receive() == "431[[]]"


async def test_a_client_that_leaves_may_come_back(site: Site) -> None:
    reasons: list[str] = []
    site.server.on_disconnect(lambda connection, reason: reasons.append(reason))
    async with connected(site) as client:
        await client.send('42["enter","room"]', "41")
        await eventually(lambda: reasons)
        assert reasons == ["client namespace disconnect"]
        assert site.server.room_size("room") == 0
        await client.connect()
        assert len(site.server.connections) == 1


# Heartbeat


async def test_a_client_that_answers_stays() -> None:
    async with serve(make_server(ping_interval=0.3, ping_timeout=0.2)) as site, opened(site) as (client, greeting):
        assert (greeting["pingInterval"], greeting["pingTimeout"]) == (300, 200)
        await client.connect()
        for _ in range(3):
            assert await asyncio.wait_for(client.socket.recv(), 0.5) == "2"
            await client.send("3")


async def test_a_client_that_does_not_answer_is_closed() -> None:
    server = make_server(ping_interval=0.3, ping_timeout=0.2)
    reasons: list[str] = []
    server.on_disconnect(lambda connection, reason: reasons.append(reason))
    async with serve(server) as site:
        async with connected(site) as client:
            start = time.monotonic()
            assert await client.socket.recv() == "2"
            await asyncio.wait_for(client.socket.wait_closed(), 1)
            assert 0.4 < time.monotonic() - start < 0.8
        await site.deserted()
        assert reasons == ["ping timeout"]
        assert site.tally["closed: ping timeout"] == 1


async def test_a_half_open_connection_is_noticed() -> None:
    """A peer that is gone without a word reads nothing and answers nothing, not even the close."""
    async with serve(make_server(ping_interval=0.2, ping_timeout=0.1, close_timeout=0.1)) as site:
        async with raw(site, HANDSHAKE + b"\r\n" + masked(b"40")):
            await eventually(lambda: site.server.connections)
            await eventually(lambda: not site.state.connections, within=1)
        await site.deserted()


async def test_a_connection_that_owes_an_answer_is_unhealthy_until_it_gives_it() -> None:
    async with (
        serve(make_server(ping_interval=0.1, ping_timeout=5)) as site,
        raw(site, HANDSHAKE + b"\r\n" + masked(b"40")) as (reader, writer),
    ):
        await read_until(reader, b"\x81\x012")
        assert site.server.unhealthy_connections() == 0
        await eventually(lambda: site.server.unhealthy_connections() == 1)
        writer.write(masked(b"3"))
        await eventually(lambda: site.server.unhealthy_connections() == 0)


async def test_clients_do_not_pay_for_a_server_that_was_held_up() -> None:
    """The pong is there in time, and read too late."""
    async with serve(make_server(ping_interval=0.2, ping_timeout=0.2)) as site:
        async with raw(site, HANDSHAKE + b"\r\n" + masked(b"40")) as (reader, writer):
            await read_until(reader, b"\x81\x012")
            writer.write(masked(b"3"))
            hold_up(0.5)
            await read_until(reader, b"\x81\x012")
            assert site.server.connections
        assert site.tally["closed: ping timeout"] == 0


def hold_up(seconds: float) -> None:
    time.sleep(seconds)


async def test_pongs_that_nobody_asked_for_cost_nothing(site: Site) -> None:
    async with connected(site) as client:
        tasks, timers = len(asyncio.all_tasks()), len(site.server.wheel)
        await client.send(*["3"] * 10_000, '421["echo"]')
        assert await client.receive() == "431[[]]"
        assert (len(asyncio.all_tasks()), len(site.server.wheel)) == (tasks, timers)


@pytest.mark.parametrize("frame", [masked(b"3"), masked(b"", head=0x89), masked(b"", head=0x8A), masked(b"6")])
async def test_a_flood_is_stopped(frame: bytes) -> None:
    async with serve(make_server(max_rate=10, max_burst=100)) as site:
        async with raw(site, HANDSHAKE + b"\r\n" + masked(b"40")) as (reader, writer):
            writer.write(frame * 101)
            received = await asyncio.wait_for(reader.read(), 1)
            assert (1008).to_bytes(2, "big") + b"too many messages" in received
        await site.deserted()
        assert site.tally["closed: too many messages"] == 1


async def test_websocket_pings_are_answered(site: Site) -> None:
    async with connected(site) as client:
        await asyncio.wait_for(await client.socket.ping(), 5)


# Malformed


@pytest.mark.parametrize(
    ("message", "code"),
    [
        *(
            (message, 1008)
            for message in [
                "", "abc", "9", "0", "2", "2probe", "5", "4", "4abc", "4true", "4null", "47", "40", "42{}", "42[",
                "42[]", "42[1]", '42["connect"]', '42["disconnecting"]', "43[]", '431["x"]', '44{"message":"x"}',
                "4" + "2" * 102 + '["echo"]', "42" + "[" * 60_000, '42["echo",NaN]', '42/admin,["echo"]', "41/admin,",
            ]
        ),
        ('451-["echo",{"_placeholder":true,"num":1}]', 1008),
        ('4511-["echo",{"_placeholder":true,"num":0}]', 1009),
        ('4599999999999-["echo"]', 1009),
        (b"\x04binary", 1003),
    ],
)  # fmt: skip
async def test_nonsense_closes_at_once_and_quietly(
    message: str | bytes, code: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "omnilens.socketio")
    async with serve(make_server(ping_interval=0.05)) as site:
        async with connected(site) as client:
            await client.send(message)
            assert await client.closed(within=0.2) == code
        await site.deserted()
        assert site.tally["closed: parse error"] == 1
    lines = [record for record in caplog.records if record.name.startswith("omnilens")]
    assert len(lines) <= 1
    assert all(record.levelno == logging.DEBUG and not record.exc_info for record in lines)


@pytest.mark.parametrize("message", ['42["echo"]', "41", '421["echo"]'])
async def test_events_before_connecting_close(site: Site, message: str) -> None:
    async with opened(site) as (client, _):
        await client.send(message)
        assert await client.closed(within=0.2) == 1008


@pytest.mark.parametrize(
    ("frames", "code"),
    [
        (b"\x81\x02hi", 1002),  # not masked
        (masked(b"hi", head=0xC1), 1002),  # RSV1 without compression
        (masked(b"hi", head=0x83), 1002),  # reserved opcode
        (masked(b"hi", head=0x09), 1002),  # fragmented ping
        (masked(b"p" * 126, head=0x89), 1002),  # long ping
        (masked(b"hi", head=0x80), 1002),  # continuation of nothing
        (masked((1005).to_bytes(2, "big"), head=0x88), 1002),  # a code that is never sent
        (masked(b"\xff"), 1007),
        (b"\x81\xff" + (2**62).to_bytes(8, "big") + bytes(4), 1009),
        (b"\x81\xff" + (65537).to_bytes(8, "big") + bytes(4), 1009),
        (masked(b"4", head=0x01) + masked(b"x" * 40_000, head=0x00) * 2, 1009),
        (masked(b"4", head=0x01) + masked(b"", head=0x00) * 10_000, 1009),
        (masked(b"4", head=0x01) + masked(b"x", head=0x00) * 10_000, 1009),
        (masked(b"4", head=0x02) + masked(b"", head=0x80), 1003),
    ],
)
async def test_frames_against_rfc_6455(site: Site, frames: bytes, code: int) -> None:
    async with raw(site, HANDSHAKE + b"\r\n") as (reader, writer):
        await read_until(reader, b"maxPayload")
        writer.write(frames)
        rest = await asyncio.wait_for(reader.read(), 1)
        assert b"\x88" in rest
        close = rest[rest.index(b"\x88") + 2 :]
        assert int.from_bytes(close[:2], "big") == code
    await site.deserted()
    assert site.tally["closed: parse error"] == 1


@pytest.mark.parametrize("seed", range(5))
async def test_random_bytes_harm_nobody_else(site: Site, seed: int, caplog: pytest.LogCaptureFixture) -> None:
    chance = random.Random(seed)

    async def misbehave() -> None:
        noise = chance.randbytes(chance.randrange(1, 300))
        text = masked(chance.choice([b"4", b"42", b"40", b"41", b"3", b"1"]) + noise[:100])
        data = HANDSHAKE + b"\r\n" + chance.choice([masked(b"40"), b""]) + chance.choice([noise, text, text + noise])
        async with raw(site, data) as (reader, writer):
            writer.write_eof()
            await asyncio.wait_for(reader.read(), 5)

    async with connected(site) as witness:
        await asyncio.gather(*(misbehave() for _ in range(40)))
        await witness.send('421["echo"]')
        assert await witness.receive() == "431[[]]"
    await site.deserted()
    assert not caplog.records


async def test_an_oversized_message_is_told_why_while_it_is_still_being_sent(site: Site) -> None:
    async with connected(site) as client:
        await client.send("4" + "x" * 1_000_000)
        assert await client.closed() == 1009


async def test_a_message_in_fragments_is_one_message(site: Site) -> None:
    async with connected(site) as client:
        await client.socket.send(['421["ec', 'ho","\u20ac', '"]'])
        assert await client.receive() == '431[["\u20ac"]]'


async def test_the_largest_message_is_allowed(site: Site) -> None:
    async with connected(site) as client:
        message = '42["void","' + "x" * (65536 - 13) + '"]'
        assert len(message) == 65536
        await client.send(message, '421["echo"]')
        assert await client.receive() == "431[[]]"
