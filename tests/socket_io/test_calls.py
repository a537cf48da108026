"""Questions to clients, bytes in events, and namespaces, on both event loops."""

import asyncio
import json
from typing import Any

import pytest

from omnilens.socketio import Connection, Disconnected, Refused, TooManyCalls
from support.sites import ON_BOTH_LOOPS, Client, Site, connected, eventually, make_server, opened, serve

pytestmark = [pytest.mark.anyio, ON_BOTH_LOOPS]


def only(site: Site) -> Connection:
    (connection,) = site.server.connections
    return connection


# Questions


@pytest.mark.parametrize(
    ("ack", "expected"),
    [("430[]", None), ("430[1]", 1), ("430[[1]]", [1]), ('430[1,"é"]', (1, "é"))],
)
async def test_a_client_answers(site: Site, ack: str, expected: Any) -> None:
    async with connected(site) as client:
        call = asyncio.create_task(only(site).call("question", 1))
        assert await client.receive() == '420["question",1]'
        await client.send(ack)
        assert await call == expected
        await client.send(ack, '421["echo"]')  # once more is harmless
        assert await client.receive() == "431[[]]"


async def test_bytes_both_ways(site: Site) -> None:
    async with connected(site) as client:
        call = asyncio.create_task(only(site).call("question", {"deep": [b"\x01"]}))
        assert await client.receive() == '451-0["question",{"deep":[{"_placeholder":true,"num":0}]}]'
        assert await client.socket.recv() == b"\x01"
        await client.send('461-0[{"a":{"_placeholder":true,"num":0}}]', b"\x02")
        assert await call == {"a": b"\x02"}
        await client.send('451-1["echo",{"_placeholder":true,"num":0}]', b"\x03")
        assert await client.receive() == '461-1[[{"_placeholder":true,"num":0}]]'
        assert await client.socket.recv() == b"\x03"


async def test_answers_that_are_late_or_never_come(site: Site) -> None:
    async with connected(site) as client:
        with pytest.raises(TimeoutError):
            await only(site).call("question", timeout=0.02)
        assert await client.receive() == '420["question"]'
        await client.send("430[]", '421["echo"]')
        assert await client.receive() == "431[[]]"
        assert not only(site).calls


@pytest.mark.parametrize("ack", ["430[]", "431[]", '460-["x"]'])
async def test_answers_to_what_was_never_asked_close(site: Site, ack: str) -> None:
    async with connected(site) as client:
        await client.send(ack)
        assert await client.closed(0.2) == 1008


async def test_a_client_that_goes_does_not_answer(site: Site) -> None:
    async with connected(site) as client:
        connection = only(site)
        call = asyncio.create_task(connection.call("question"))
        assert await client.receive() == '420["question"]'
        await client.send("41")
        with pytest.raises(Disconnected):
            await call
        with pytest.raises(Disconnected):
            await connection.call("question")
    await site.deserted()


async def test_a_client_owes_a_bounded_number_of_answers() -> None:
    async with serve(make_server(max_calls=2)) as site, connected(site) as client:
        calls = [asyncio.create_task(only(site).call("question")) for _ in range(2)]
        assert await client.receive() == '420["question"]'
        with pytest.raises(TooManyCalls):
            await only(site).call("question")
        await client.send("430[]", "431[]")
        await asyncio.gather(*calls)


async def test_a_handler_may_ask_its_own_client(site: Site) -> None:
    async def ask(connection: Connection) -> Any:
        return await connection.call("question")

    site.server.on("ask-me", ask)
    async with connected(site) as client:
        await client.send('427["ask-me"]')
        assert await client.receive() == '420["question"]'
        await client.send('430["because"]')
        assert await client.receive() == '437["because"]'


# Attachments


@pytest.mark.parametrize(
    ("messages", "code"),
    [
        (['451-["echo"]', '42["echo"]'], 1008),
        (['452-["echo"]', b"x", "41"], 1008),
        (['4511-["echo"]'], 1009),
        (['452-["echo"]', bytes(40_000), bytes(40_000)], 1009),
        ([b"x"], 1003),
        (['451-["echo"]', b"x", b"y"], 1003),
    ],
)
async def test_attachments_that_nobody_sends(site: Site, messages: list[str | bytes], code: int) -> None:
    async with connected(site) as client:
        await client.send(*messages)
        assert await client.closed(0.2) == code
    await site.deserted()


async def test_attachments_that_do_not_come_are_forgotten_with_the_client(site: Site) -> None:
    async with connected(site) as client:
        await client.send('452-["echo"]', bytes(1000), "6")
        (link,) = site.server._links.values()
        await eventually(lambda: link._session._partial and link._session._partial.attachments)
    await site.deserted()
    assert link._session._partial is None


async def test_events_with_bytes_that_pile_up_are_bounded(site: Site) -> None:
    gate = asyncio.Event()

    async def slow(connection: Connection) -> None:
        await gate.wait()

    site.server.on("slow", slow)
    async with connected(site) as client:
        await client.send('42["slow"]')
        for _ in range(30):
            await client.send('451-["echo",{"_placeholder":true,"num":0}]', bytes(50_000))
        assert await client.closed() == 1008
        assert site.tally["closed: too many events"] == 1
        gate.set()
        await site.deserted()


# Namespaces


async def enter(client: Client, name: str) -> str:
    await client.send(f"40{name}")
    packet = await client.receive()
    assert packet.startswith(f"40{name},"), packet
    sid: str = json.loads(packet.removeprefix(f"40{name},"))["sid"]
    return sid


async def test_namespaces_are_worlds_of_their_own(site: Site) -> None:
    custom = site.server.namespace("/custom")
    custom.on("double", lambda connection, value: 2 * value)
    async with connected(site) as client:
        sid = await enter(client, "/custom")
        (other,) = custom.connections
        assert other.sid == sid != only(site).sid
        await client.send('42/custom,1["double",2]', '42/custom,2["echo"]', '423["double",2]', '424["echo"]')
        assert [await client.receive() for _ in range(2)] == ["43/custom,1[4]", "434[[]]"]
        site.server.enter(only(site), "room")
        custom.enter(other, "room")
        assert site.server.emit("room", "news", 1) == custom.emit("room", "news", 2) == 1
        assert await client.receive() == '42["news",1]'
        assert await client.receive() == '42/custom,["news",2]'
        call = asyncio.create_task(other.call("question"))
        assert await client.receive() == '42/custom,0["question"]'
        await client.send("43/custom,0[5]")
        assert await call == 5
        with pytest.raises(ValueError, match="another namespace"):
            custom.enter(only(site), "room")
    await site.deserted()


async def test_a_namespace_without_the_default_one(site: Site) -> None:
    site.server.namespace("/custom").on("echo", lambda connection: "here")
    async with opened(site) as (client, _):
        await enter(client, "/custom")
        assert not site.server.connections
        await client.send('42/custom,1["echo"]')
        assert await client.receive() == '43/custom,1["here"]'
        await client.send('42["echo"]')
        assert await client.closed(0.2) == 1008


async def test_being_dismissed_from_one_namespace_and_then_the_other(site: Site) -> None:
    custom = site.server.namespace("/custom")
    reasons: list[tuple[str, str]] = []
    for namespace in site.server, custom:
        namespace.on_disconnect(lambda connection, reason: reasons.append((connection.namespace, reason)))
    async with connected(site) as client:
        await enter(client, "/custom")
        (other,) = custom.connections
        other.emit("goodbye")
        other.disconnect()
        assert await client.receive() == '42/custom,["goodbye"]'
        assert await client.receive() == "41/custom,"
        await client.send('421["echo"]')
        assert await client.receive() == "431[[]]"
        await enter(client, "/custom")
        only(site).disconnect()
        assert await client.receive() == "41"
        (other,) = custom.connections
        other.disconnect()
        assert await client.receive() == "41/custom,"
        assert await client.closed() == 1000
    await site.deserted()
    assert reasons == [(name, "server namespace disconnect") for name in ("/custom", "/", "/custom")]


async def test_being_refused_by_one_namespace(site: Site) -> None:
    def refuse(connection: Connection) -> None:
        raise Refused("No", "no")

    site.server.namespace("/custom").on_connect(refuse)
    async with connected(site) as client:
        await client.send("40/custom")
        assert await client.receive() == '44/custom,{"message":"No","data":{"code":"no"}}'
        await client.send('421["echo"]')
        assert await client.receive() == "431[[]]"
        await client.send("40/custom")  # and again
        assert (await client.receive())[:2] == "44"
    await site.deserted()


async def test_a_handler_may_dismiss_a_client_it_is_asked_about(site: Site) -> None:
    custom = site.server.namespace("/custom")
    custom.on_connect(lambda connection: connection.disconnect())
    async with connected(site) as client:
        await client.send("40/custom")
        assert await client.receive() == "41/custom,"
        await client.send('421["echo"]')
        assert await client.receive() == "431[[]]"
    async with opened(site) as (client, _):
        await client.send("40/custom")
        assert await client.receive() == "41/custom,"
        assert await client.closed() == 1000
    await site.deserted()


async def test_a_lost_client_leaves_all_its_namespaces(site: Site) -> None:
    custom = site.server.namespace("/custom")
    async with connected(site) as client:
        await enter(client, "/custom")
        custom.enter(next(iter(custom.connections)), "room")
    await site.deserted()
    assert not custom.connections
