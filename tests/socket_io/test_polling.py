"""Long-polling and the change to a WebSocket, request by request, on both event loops."""

import asyncio
import contextlib
import json
from base64 import b64encode
from collections.abc import AsyncIterator

import aiohttp
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from omnilens.socketio import Connection, Refused, event_frame
from omnilens.socketio.way import NO_FILE
from support.polling import POLLING, Poller, poller, polling, probing, turned_away
from support.sites import ON_BOTH_LOOPS, ORIGIN, Client, Site, connected, eventually, make_server, opened, raw, serve

pytestmark = [pytest.mark.anyio, ON_BOTH_LOOPS]


@contextlib.asynccontextmanager
async def inside(site: Site) -> AsyncIterator[Poller]:
    """A client of the default namespace."""
    async with polling(site) as client:
        await client.connect()
        yield client


def waiting(site: Site) -> bool:
    """A poll waits."""
    return any(link.transport.waiting for link in site.server._links.values())  # type: ignore[attr-defined]


# Requests


async def test_the_answers_headers(site: Site) -> None:
    async with polling(site) as client:
        await client.send("40")
        answer = await client.get()
        assert answer.headers["Content-Type"] == "text/plain; charset=UTF-8"
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Access-Control-Allow-Origin" not in answer.headers
        answer = await client.post('421["echo"]')
        assert (answer.text, answer.headers["Content-Type"]) == ("ok", "text/html")


@pytest.mark.parametrize(
    ("method", "query", "status", "code"),
    [
        ("GET", "", 400, 0),
        ("GET", "EIO=4", 400, 0),
        ("GET", "EIO=4&transport=constructor", 400, 0),
        ("GET", "EIO=4&transport=websocket", 400, 3),
        ("GET", "transport=polling", 400, 5),
        ("GET", "EIO=3&transport=polling", 400, 5),
        ("POST", POLLING, 400, 2),
        ("HEAD", POLLING, 400, None),
        ("OPTIONS", POLLING, 400, 2),
        ("GET", POLLING + "&sid=unknown", 400, 1),
        ("POST", POLLING + "&sid=unknown", 400, 1),
        ("GET", POLLING + "&sid=", 400, 1),
    ],
)
async def test_requests_that_are_refused(site: Site, method: str, query: str, status: int, code: int | None) -> None:
    async with poller(site) as client:
        answer = await client.request(method, query)
        assert answer.status == status
        if code is not None:
            assert answer.code == code
            assert list(json.loads(answer.text)) == ["code", "message"]
    assert sum(site.tally.values()) == 1
    await site.deserted()


async def test_another_method_in_a_session(site: Site) -> None:
    async with inside(site) as client:
        assert (await client.request("PUT")).status == 400
        await client.send('421["echo"]')
        assert await client.receive() == ["431[[]]"]


@pytest.mark.parametrize("path", ["/other/", "/socket.io/x", "/socket.io//"])
async def test_another_path(site: Site, path: str) -> None:
    async with poller(site, path) as client:
        assert (await client.request("GET")).status == 404


async def test_the_path_without_a_slash(site: Site) -> None:
    async with polling(site, "/socket.io") as client:
        await client.connect()


async def test_sessions_are_bounded() -> None:
    async with serve(make_server(max_connections=1)) as site, polling(site), poller(site) as client:
        answer = await client.request("GET")
        assert (answer.status, answer.code) == (503, 4)


# Origins


async def test_a_page_of_another_origin_learns_nothing(site: Site) -> None:
    async with poller(site) as client:
        for method in "GET", "OPTIONS":
            answer = await client.request(method, headers={"Origin": "https://evil.example"})
            assert answer.status >= 400
            assert not [name for name in answer.headers if name.startswith("Access-Control")]
    assert site.tally["opened"] == 0
    assert site.tally["refused: Forbidden"] == 1


async def test_a_page_of_an_allowed_origin_may_read(site: Site) -> None:
    async with polling(site) as client:
        for answer in (
            await client.request("GET", POLLING, headers={"Origin": ORIGIN}),
            await client.request("GET", POLLING + "&sid=unknown", headers={"Origin": ORIGIN}),
        ):
            assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
            assert answer.headers["Access-Control-Allow-Credentials"] == "true"
            assert answer.headers["Vary"] == "Origin"


async def test_a_preflight(site: Site) -> None:
    async with poller(site) as client:
        headers = {"Origin": ORIGIN, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "x-a"}
        answer = await client.request("OPTIONS", headers=headers)
        assert (answer.status, answer.text) == (204, "")
        assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
        assert answer.headers["Access-Control-Allow-Methods"] == "GET,POST"
        assert answer.headers["Access-Control-Allow-Headers"] == "x-a"


async def test_everybody_may_be_allowed() -> None:
    server = make_server()
    server._allowed_origins = None
    async with serve(server) as site, poller(site) as client:
        answer = await client.request("GET", headers={"Origin": "https://any.example"})
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in answer.headers


# Bodies


async def test_the_largest_body_and_one_byte_more(site: Site) -> None:
    async with inside(site) as client:
        message = '42["void","' + "x" * (65536 - 13) + '"]'
        assert len(message) == 65536
        await client.send(message)
        assert (await client.post(message + " ")).status == 413
        await client.send('421["echo"]')
        assert await client.receive() == ["431[[]]"]


async def test_a_body_in_chunks_is_counted(site: Site) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield b"x" * 1000

    async with inside(site) as client:
        with contextlib.suppress(aiohttp.ClientError):  # it may be told while it still sends
            assert (await client.request("POST", data=chunks())).status == 413


def head(client: Poller, *lines: str) -> bytes:
    return "\r\n".join([f"POST /socket.io/?{client.query} HTTP/1.1", "Host: localhost", *lines, "", ""]).encode()


async def test_a_body_that_does_not_come() -> None:
    async with serve(make_server(body_timeout=0.1)) as site, inside(site) as client:
        async with raw(site, head(client, "Content-Length: 10") + b"4") as (reader, _):
            assert b" 408 " in await asyncio.wait_for(reader.readline(), 1)
        assert (await client.get()).status == 400
        assert site.tally["closed: transport error"] == 1


async def test_a_body_that_is_broken_off(site: Site) -> None:
    async with inside(site) as client:
        async with raw(site, head(client, "Content-Length: 10") + b"4"):
            await eventually(lambda: any(link.transport.posting for link in site.server._links.values()))  # type: ignore[attr-defined]
        await eventually(lambda: site.tally["closed: transport close"])
        assert (await client.get()).status == 400


async def test_two_posts_at_once_close(site: Site) -> None:
    async with inside(site) as client, raw(site, head(client, "Content-Length: 10") + b"4"):
        await eventually(lambda: any(link.transport.posting for link in site.server._links.values()))  # type: ignore[attr-defined]
        answer = await client.post('42["echo"]')
        assert (answer.status, answer.code) == (400, 3)
        assert site.tally["closed: overlapping requests"] == 1


@pytest.mark.parametrize("body", ["", "abc", "\x1e", '42["void"]\x1e', "b", "b!", "2probe", "5", "4\x1e4", "40"])
async def test_nonsense_closes(site: Site, body: str) -> None:
    async with inside(site) as client:
        answer = await client.post(body)
        assert (answer.status, answer.code) == (400, 3)
        assert (await client.get()).code == 1
    await site.deserted()
    assert site.tally["closed: parse error"] == 1


async def test_a_body_that_is_not_utf8(site: Site) -> None:
    async with inside(site) as client:
        assert (await client.request("POST", data=b"4\xff")).status == 400
        await site.deserted()


async def test_a_flood_is_stopped() -> None:
    async with serve(make_server(max_rate=10, max_burst=100)) as site, inside(site) as client:
        assert (await client.post(*["3"] * 101)).status == 400
        await site.deserted()
        assert site.tally["closed: too many messages"] == 1


async def test_a_million_separators_cost_little(site: Site) -> None:
    async with inside(site) as client:
        async with asyncio.timeout(1):
            assert (await client.post("\x1e" * 65_535)).status == 400


# Events


async def test_what_waits_comes_in_one_answer_and_in_order(site: Site) -> None:
    async with inside(site) as client:
        (connection,) = site.server.connections
        site.server.enter(connection, "room")
        site.server.emit("room", "one", "é")
        connection.emit("two", b"\x01\x02")
        site.server.emit("room", "three")
        await eventually(lambda: site.tally["sent"] == 3)
        answer = await client.get()
        assert answer.text.split("\x1e") == [
            '42["one","é"]',
            '451-["two",{"_placeholder":true,"num":0}]',
            "bAQI=",
            '42["three"]',
        ]


async def test_a_poll_is_answered_when_there_is_something(site: Site) -> None:
    async with inside(site) as client:
        poll = asyncio.create_task(client.get())
        await eventually(lambda: waiting(site))
        (connection,) = site.server.connections
        connection.emit("now")
        connection.emit("too")
        assert (await poll).text == '42["now"]\x1e42["too"]'


async def test_an_answer_is_no_larger_than_a_client_expects(site: Site) -> None:
    async with inside(site) as client:
        (connection,) = site.server.connections
        packet = event_frame("news", "x" * 30_000)
        for _ in range(5):
            connection.send(packet)
        sizes = [len(await client.receive()) for _ in range(3)]
        assert sizes == [2, 2, 1]


async def test_an_answer_holds_no_more_packets_than_the_python_client_takes(site: Site) -> None:
    async with inside(site) as client:
        (connection,) = site.server.connections
        for number in range(20):
            connection.emit("news", number)
        await eventually(lambda: site.tally["sent"] == 20)
        answers = [(await client.get()).text.split("\x1e") for _ in range(2)]
        assert list(map(len, answers)) == [16, 4]


async def test_members_of_a_room_by_both_transports(site: Site) -> None:
    async with inside(site) as one, inside(site) as two, connected(site) as three:
        for connection in site.server.connections:
            site.server.enter(connection, "room")
        assert site.server.emit("room", "news", b"x") == 3
        packets = ['451-["news",{"_placeholder":true,"num":0}]', "b" + b64encode(b"x").decode()]
        assert await one.receive() == await two.receive() == packets
        assert await three.receive() == packets[0]
        assert await three.socket.recv() == b"x"


async def test_a_client_that_does_not_fetch_is_cut() -> None:
    async with serve(make_server(max_pending_bytes=100_000)) as site, inside(site) as client:
        (connection,) = site.server.connections
        reasons: list[str] = []
        site.server.on_disconnect(lambda connection, reason: reasons.append(reason))
        for _ in range(10):
            connection.emit("news", "x" * 20_000)
        await eventually(lambda: reasons)
        assert reasons == ["slow consumer"]
        assert (await client.get()).status == 400
        await site.deserted()


async def test_what_the_application_knows(site: Site) -> None:
    seen: list[Connection] = []
    site.server.on_connect(seen.append)
    async with poller(site) as client:
        client.http.headers["X-Token"] = "t"
        await client.open()
        sid = await client.connect({"user": 1})
        (connection,) = seen
        assert (connection.sid, connection.auth, connection.headers["x-token"]) == (sid, {"user": 1}, "t")
        assert connection.client == "127.0.0.1"


async def test_a_refused_client_learns_why_and_nothing_else(site: Site) -> None:
    def refuse(connection: Connection) -> None:
        connection.emit("secret")
        raise Refused("No", "no")

    site.server.on_connect(refuse)
    async with polling(site) as client:
        await client.send("40")
        assert (await client.get()).text == '44{"message":"No","data":{"code":"no"}}\x1e1'
        assert (await client.get()).status == 400
    await site.deserted()


# Heartbeat and ends


async def test_a_client_that_answers_stays() -> None:
    async with serve(make_server(ping_interval=0.1, ping_timeout=0.2)) as site, inside(site) as client:
        for _ in range(4):
            assert (await client.get()).text == "2"
            await client.send("3")


@pytest.mark.parametrize("polls", [True, False])
async def test_a_client_that_does_not_answer_is_given_up(polls: bool) -> None:
    async with serve(make_server(ping_interval=0.1, ping_timeout=0.1)) as site, inside(site) as client:
        if polls:
            assert (await client.get()).text == "2"
            assert (await client.get()).text == "1"
        await site.deserted()
        assert site.tally["closed: ping timeout"] == 1
        assert (await client.get()).code == 1


async def test_the_application_disconnects_a_client(site: Site) -> None:
    async with inside(site) as client:
        poll = asyncio.create_task(client.get())
        await eventually(lambda: waiting(site))
        (connection,) = site.server.connections
        connection.emit("goodbye")
        connection.disconnect()
        connection.emit("too late")
        packets = (await poll).text.split("\x1e")
        if packets[-1] != "1":
            packets += (await client.get()).text.split("\x1e")
        assert packets == ['42["goodbye"]', "41", "1"]
    await site.deserted()


async def test_a_client_that_hangs_up_is_gone(site: Site) -> None:
    reasons: list[str] = []
    site.server.on_disconnect(lambda connection, reason: reasons.append(reason))
    async with inside(site) as client:
        poll = asyncio.create_task(client.get())
        await eventually(lambda: waiting(site))
        poll.cancel()
        await eventually(lambda: reasons)
    assert reasons == ["transport close"]
    await site.deserted()


async def test_closing_the_server_answers_who_waits(site: Site) -> None:
    async with inside(site) as client, inside(site):
        poll = asyncio.create_task(client.get())
        await eventually(lambda: waiting(site))
        await asyncio.wait_for(site.server.close(), 1)  # the other one never comes
        assert (await poll).text == "1"
        answer = await client.request("GET", POLLING)
        assert (answer.status, answer.code) == (503, 4)
        await site.deserted()


async def test_churn_leaves_nothing_behind(site: Site) -> None:
    async def come_and_go(number: int) -> None:
        async with polling(site) as client:
            if number % 4:
                await client.connect()
            if number % 3 == 1:
                await client.send("1")
            if number % 3 == 2:
                async with probing(site, client) as socket:
                    if number % 2:
                        await socket.send("5")
            if number % 5 == 0:
                await client.post("abc")

    await asyncio.gather(*map(come_and_go, range(60)))
    await site.server.close()
    await site.deserted()
    assert site.tally["opened"] == 60
    assert sum(count for name, count in site.tally.items() if name.startswith("closed")) == 60


# Upgrade


async def test_an_upgrade_loses_nothing(site: Site) -> None:
    async with inside(site) as client:
        (connection,) = site.server.connections
        site.server.enter(connection, "room")
        site.server.emit("room", "zero")
        assert await client.receive() == ['42["zero"]']
        poll = asyncio.create_task(client.get())
        await eventually(lambda: waiting(site))
        async with probing(site, client) as socket:
            assert (await poll).text == "6"
            connection.emit("one", b"x")
            site.server.emit("room", "two")
            await eventually(lambda: site.tally["sent"] == 3)
            await socket.send("5")
            await socket.send('421["echo","three"]')
            received = [await asyncio.wait_for(socket.recv(), 1) for _ in range(4)]
            assert received == [
                '451-["one",{"_placeholder":true,"num":0}]',
                b"x",
                '42["two"]',
                '431[["three"]]',
            ]
            site.server.emit("room", "four")
            assert await Client(socket).event() == ["four"]
            assert list(site.server.connections) == [connection]
            (directly,) = site.server._rooms["room"].everyone.sockets
            assert directly.fileno() != NO_FILE
    await site.deserted()
    assert site.tally["opened"] == site.tally["closed: transport close"] == 1


async def test_nothing_is_lost_or_out_of_order_while_events_go_on(site: Site) -> None:
    """Events before, during and after an upgrade, to a client that keeps polling until it has proved itself."""
    async with inside(site) as client:
        (connection,) = site.server.connections
        received: list[int] = []

        async def flow() -> None:
            for number in range(300):
                connection.emit("n", number)
                await asyncio.sleep(0.0005)

        def hear(packets: list[str]) -> None:
            received.extend(json.loads(packet[2:])[1] for packet in packets if packet.startswith("42"))

        flowing = asyncio.create_task(flow())
        while len(received) < 30:
            hear(await client.receive())
        poll = asyncio.create_task(client.receive())
        async with probing(site, client) as socket:
            hear(await poll)
            await socket.send("5")
            while len(received) < 300:
                hear([await Client(socket).receive()])
        await flowing
        assert received == list(range(300))


async def test_a_probe_that_is_given_up_costs_nothing(site: Site) -> None:
    async with inside(site) as client:
        async with probing(site, client):
            pass
        await eventually(lambda: all(link.probed is None for link in site.server._links.values()))
        await client.send('421["echo"]')
        assert await client.receive() == ["431[[]]"]
        poll = asyncio.create_task(client.get())
        await eventually(lambda: waiting(site))
        async with probing(site, client) as socket:  # the next may succeed
            assert (await poll).text == "6"
            await socket.send("5")
            await socket.send('422["echo"]')
            assert await Client(socket).receive() == "432[[]]"


@pytest.mark.parametrize("message", ["2", "2probe", "4", "40", "", "5x", b"2probe", "6"])
async def test_a_probe_that_says_something_else_is_closed(site: Site, message: str | bytes) -> None:
    async with inside(site) as client, probing(site, client) as socket:
        await socket.send(message)
        with pytest.raises(ConnectionClosed) as closed:
            await asyncio.wait_for(socket.recv(), 0.2)
        assert closed.value.rcvd
        assert closed.value.rcvd.code == 1008
        await client.send('421["echo"]')
        assert await client.receive() == ["431[[]]"]


async def test_an_upgrade_without_a_probe_is_closed(site: Site) -> None:
    async with inside(site) as client:
        async with connect(f"{site.url}{client.websocket_query}", compression=None, close_timeout=0.5) as socket:
            await socket.send("5")
            assert await Client(socket).closed(0.2) == 1008
        await client.send('421["echo"]')
        assert await client.receive() == ["431[[]]"]


async def test_a_probe_that_does_not_come_to_an_end_is_closed() -> None:
    async with serve(make_server(upgrade_timeout=0.1)) as site, inside(site) as client:
        async with probing(site, client) as socket:
            assert await Client(socket).closed(0.5) == 1001
        await client.send('421["echo"]')
        assert await client.receive() == ["431[[]]"]


async def test_there_is_one_probe_at_a_time(site: Site) -> None:
    async with inside(site) as client, probing(site, client) as socket:
        await turned_away(site, client)
        await socket.send("5")
        await socket.send('421["echo"]')
        assert await Client(socket).receive() == "431[[]]"


async def test_a_session_that_ends_takes_its_probe_along(site: Site) -> None:
    async with inside(site) as client, probing(site, client) as socket:
        await client.send("1")
        assert await Client(socket).closed(0.2) == 1001
    await site.deserted()


async def test_a_session_that_began_by_websocket_cannot_be_polled_or_taken(site: Site) -> None:
    async with opened(site) as (client, greeting), poller(site) as thief:
        await client.connect()
        answer = await thief.request("GET", f"{POLLING}&sid={greeting['sid']}")
        assert (answer.status, answer.code) == (400, 3)
        thief.sid = greeting["sid"]
        await turned_away(site, thief)
        await client.send('421["echo"]')
        assert await client.receive() == "431[[]]"
