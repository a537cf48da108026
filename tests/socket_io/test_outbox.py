"""The way out: order, joining, portions. And the wheel: who is due, and when."""

import asyncio
import socket
from collections.abc import Callable, Sequence
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnilens.socketio.outbox import CROWDED, PORTION, Batch, Outbox
from omnilens.socketio.way import NO_SOCKET, Way
from omnilens.socketio.wheel import Wheel
from support.sites import eventually

pytestmark = pytest.mark.anyio


class Recipient:
    """One that has no socket, and is its own way."""

    socket: Final = NO_SOCKET

    def __init__(self) -> None:
        self.received: list[bytes] = []
        self.write: Callable[[bytes], object] = self.received.append

    @property
    def way(self) -> Way:
        return self


class Pipe:
    """One end of a pair of sockets, and what gets to the other."""

    def __init__(self) -> None:
        self._here, self.there = socket.socketpair()
        self._here.setblocking(False)
        self.socket: socket.SocketType = self._here
        self.left: list[bytes] = []

    @property
    def way(self) -> Way:
        return self

    def write(self, data: bytes, /) -> None:
        self.left.append(data)

    def close(self) -> None:
        self._here.close()
        self.there.close()


class Audience:
    def __init__(self, *recipients: Recipient | Pipe) -> None:
        self.recipients: Sequence[Recipient | Pipe] = recipients
        self.sockets = [recipient.socket for recipient in recipients]


async def next_turn() -> None:
    await asyncio.sleep(0)


async def test_nothing_is_written_before_the_next_turn() -> None:
    outbox, one = Outbox(), Recipient()
    outbox.put(Audience(one), b"a")
    assert one.received == []
    await next_turn()
    assert one.received == [b"a"]
    outbox.put(Audience(one), b"b")
    await next_turn()
    assert one.received == [b"a", b"b"]


async def test_what_follows_each_other_to_the_same_is_joined_and_nothing_overtakes() -> None:
    outbox, one, two = Outbox(), Recipient(), Recipient()
    both = Audience(one, two)
    outbox.put(both, b"a")
    outbox.put(both, b"b")
    outbox.put(Audience(one), b"c")
    outbox.put(both, b"d")
    await next_turn()
    assert one.received == [b"ab", b"c", b"d"]
    assert two.received == [b"ab", b"d"]


async def test_a_large_room_is_written_to_in_portions_and_later_frames_are_joined() -> None:
    outbox, room = Outbox(), [Recipient() for _ in range(2 * PORTION + 1)]
    everyone = Audience(*room)
    outbox.put(everyone, b"a")
    await next_turn()
    assert sum(bool(recipient.received) for recipient in room) == PORTION
    outbox.put(everyone, b"b")
    await next_turn()
    outbox.put(everyone, b"c")
    await next_turn()
    await eventually(lambda: room[-1].received == [b"a", b"bc"])
    assert all(recipient.received == [b"a", b"bc"] for recipient in room)


async def test_who_can_wait_is_told_when_it_is_behind() -> None:
    outbox, room = Outbox(), [Recipient() for _ in range(PORTION)]
    await asyncio.wait_for(outbox.caught_up(), 1)
    for number in range(CROWDED + 2):
        outbox.put(Audience(*room), b"%d " % number)
    waiting = [asyncio.create_task(outbox.caught_up()) for _ in range(2)]
    await next_turn()
    assert not any(task.done() for task in waiting)
    waiting[0].cancel()
    await asyncio.wait_for(waiting[1], 5)
    assert len(room[0].received) >= 2
    await eventually(lambda: len(room[-1].received) == CROWDED + 2)
    assert b"".join(room[0].received).split() == [b"%d" % number for number in range(CROWDED + 2)]


async def test_a_recipient_may_send_while_it_is_written_to() -> None:
    outbox, one = Outbox(), Recipient()

    def write(frame: bytes) -> None:
        one.received.append(frame)
        if len(one.received) < 3:
            outbox.put(Audience(one), b"next")

    one.write = write
    outbox.put(Audience(one), b"first")
    await eventually(lambda: len(one.received) == 3)
    assert one.received == [b"first", b"next", b"next"]


def written(frame: bytes, portion: int, *recipients: Recipient | Pipe) -> None:
    batch = Batch(Audience(*recipients))
    batch.frames.append(frame)
    while not batch.done:
        assert 0 < batch.write(portion) <= portion


def test_what_a_socket_does_not_take_goes_the_other_way() -> None:
    wide, narrow, gone, absent = Pipe(), Pipe(), Pipe(), Recipient()
    data = bytes(range(256)) * 4096 * 4  # more than a socket takes
    gone.there.close()
    written(data, 3, absent, narrow, gone)
    written(b"short", 3, wide, narrow)
    assert absent.received == [data]
    assert gone.left == [data]
    assert wide.there.recv(100) == b"short"
    assert wide.left == []
    rest, behind = narrow.left
    taken = narrow.there.recv(len(data) - len(rest), socket.MSG_WAITALL)
    assert 0 < len(taken) < len(data)
    assert taken + rest == data
    assert behind == b"short"
    for pipe in (wide, narrow, gone):
        pipe.close()


@given(st.lists(st.sampled_from(["there", "absent", "gone"]), min_size=1), st.integers(1, 12))
def test_everyone_is_written_to_once_whoever_is_before_them(kinds: list[str], portion: int) -> None:
    recipients = [Recipient() if kind == "absent" else Pipe() for kind in kinds]
    for kind, recipient in zip(kinds, recipients, strict=True):
        if kind == "gone" and isinstance(recipient, Pipe):
            recipient.there.close()
    written(b"update", portion, *recipients)
    for kind, recipient in zip(kinds, recipients, strict=True):
        if isinstance(recipient, Recipient):
            assert recipient.received == [b"update"]
        elif kind == "gone":
            assert recipient.left == [b"update"]
        else:
            assert (recipient.there.recv(100), recipient.left) == (b"update", [])
        if isinstance(recipient, Pipe):
            recipient.close()


class Item:
    def __init__(self, do: Callable[["Item"], Any] = lambda item: None) -> None:
        self.slot: int | None = None
        self.expired: list[float] = []
        self._do = do

    def expire(self, now: float) -> None:
        self.expired.append(now)
        self._do(self)


async def test_items_expire_once_no_earlier_than_due_and_at_most_a_slot_later() -> None:
    wheel, now = Wheel(0.01), asyncio.get_running_loop().time()
    items = [Item() for _ in range(20)]
    for number, item in enumerate(items):
        wheel.schedule(item, now + number / 200)
    assert len(wheel) == 20
    await eventually(lambda: not len(wheel))
    for number, item in enumerate(items):
        (expired,) = item.expired
        assert now + number / 200 - 0.002 <= expired <= now + number / 200 + 0.05
        assert item.slot is None


async def test_an_item_has_one_time_and_may_be_taken_out() -> None:
    wheel, now = Wheel(0.01), asyncio.get_running_loop().time()
    later, sooner, never = Item(), Item(), Item()
    wheel.schedule(later, now)
    wheel.schedule(later, now + 0.05)
    wheel.schedule(sooner, now + 60)
    wheel.schedule(sooner, now + 0.02)
    wheel.schedule(never, now)
    wheel.cancel(never)
    wheel.cancel(never)
    assert len(wheel) == 2
    await eventually(lambda: later.expired)
    assert sooner.expired[0] < later.expired[0]
    assert later.expired[0] >= now + 0.045
    assert never.expired == []


async def test_an_item_that_fails_does_not_hold_up_the_others(caplog: pytest.LogCaptureFixture) -> None:
    wheel, due = Wheel(0.01), asyncio.get_running_loop().time() + 0.005
    items = [Item(lambda item: 1 / 0) for _ in range(3)]
    for item in items:
        wheel.schedule(item, due)
    await eventually(lambda: all(item.expired for item in items))
    assert [record.getMessage() for record in caplog.records] == ["A timer failed"] * 3


async def test_expiring_may_reschedule_and_cancel_others() -> None:
    wheel, loop = Wheel(0.01), asyncio.get_running_loop()
    others: list[Item] = []

    def again(item: Item) -> None:
        for other in others:
            wheel.cancel(other)
        if len(item.expired) < 3:
            wheel.schedule(item, loop.time() + 0.01)

    first, second = Item(again), Item(again)
    others += [first, second]
    due = loop.time() + 0.005
    wheel.schedule(first, due)
    wheel.schedule(second, due)
    await eventually(lambda: not len(wheel))
    # Whoever came first took the other out.
    assert sorted([len(first.expired), len(second.expired)]) == [0, 3]
