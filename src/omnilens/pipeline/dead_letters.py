"""Deliveries that were signed and yet failed: kept as they came, tried again, and shown to whoever runs the server.

What this release cannot read the next one may, and a bug of ours is no reason to lose what GitHub said. Trying again
takes the way of a live delivery, but for the signature: it was verified, and the secret may be another one by now.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, Row, delete, func, insert, or_, select, update

from omnilens.database import Database
from omnilens.database.locks import Lock, hold
from omnilens.database.schema import dead_letters
from omnilens.database.tables import from_ticks, to_ticks
from omnilens.errors import Draining, JournalUnavailable, OmniLensError, StorageUnavailable
from omnilens.github.deliveries import Delivery
from omnilens.model import Timestamp
from omnilens.operations import logs
from omnilens.operations.metrics import Metrics
from omnilens.pipeline.failure import MAX_BYTES, Failure, failure, next_attempt, room
from omnilens.pipeline.receipt import Receipt

log = logs.get(__name__)

Take = Callable[[Delivery], Awaitable[Receipt]]


class DeadLetter(Struct, frozen=True, kw_only=True):
    """A kept delivery without its body."""

    delivery_id: str
    event: str
    signature: str
    received_at: Timestamp
    size: int
    """Bytes of the body."""
    code: str
    reason: str
    """Of the last failure."""
    attempts: int
    next_attempt_at: Timestamp | None
    """Nothing once it was tried often enough."""


class Summary(NamedTuple):
    deliveries: int
    oldest: datetime | None
    """When the oldest one was received."""


class _Failed(NamedTuple):
    """What a failure came to."""

    attempts: int
    next_attempt_at: datetime | None


class DeadLetters:
    """The failed deliveries in the database, which all processes share."""

    def __init__(self, database: Database, metrics: Metrics) -> None:
        self._database = database
        self._metrics = metrics

    async def keep(self, delivery: Delivery, error: Exception) -> None:
        """Keep a delivery that failed with `error`, or note that it failed again; if it cannot be, the log says so."""
        why = failure(error)
        if len(delivery.body) > MAX_BYTES:
            self._lose(delivery.id, "large", f"Its {len(delivery.body)} bytes are more than are ever kept.")
            return
        try:
            failed, dropped, count = await self._database.write(partial(_keep, delivery, why))
        except StorageUnavailable as unavailable:
            self._lose(delivery.id, "database", str(unavailable))
            return
        except Exception as another:  # the sender is told what is wrong with its delivery, not with this
            log.exception("delivery.not_kept", delivery=delivery.id, reason=str(another))
            self._metrics.dead_letters_lost.labels("database").inc()
            return
        about = {"event_name": delivery.event, "size": len(delivery.body), **why._asdict(), **failed._asdict()}
        log.warning("delivery.kept", delivery=delivery.id, **about)
        self._metrics.dead_letters_kept.labels(why.code).inc()
        self._metrics.dead_letters.set(count)
        for delivery_id in dropped:
            log.warning("delivery.dropped", delivery=delivery_id, reason="There is no room for more.")
            self._metrics.dead_letters_lost.labels("full").inc()

    async def all(self) -> list[DeadLetter]:
        """Every delivery that is kept, in the order in which they were received."""
        return await self._database.read(_all)

    async def find(self, delivery_id: str) -> tuple[DeadLetter, bytes] | None:
        """One delivery with its body."""
        return await self._database.read(partial(_find, delivery_id))

    async def summary(self) -> Summary:
        """How many there are, and since when."""
        found = await self._database.read(_summary)
        self._metrics.dead_letters.set(found.deliveries)
        return found

    async def retry(self, delivery_id: str, take: Take, now: datetime) -> Receipt | Failure | None:
        """Try a delivery again. One that is taken is kept no longer; nothing is returned for one that is not kept.

        Raises:
            Draining, JournalUnavailable, StorageUnavailable: the time is bad, for this one and for all others.
        """
        if (found := await self.find(delivery_id)) is None:
            return None
        letter, body = found
        try:
            receipt = await take(Delivery(letter.delivery_id, letter.event, body, letter.signature, letter.received_at))
        except (Draining, JournalUnavailable):
            raise
        except OmniLensError as error:
            return await self._put_off(delivery_id, failure(error), now)
        except Exception as error:
            log.exception("delivery.failed", delivery=delivery_id)
            return await self._put_off(delivery_id, failure(error), now)
        await self.drop(delivery_id)
        about = {"repo": receipt.repo_slug, "run": receipt.run_id, "seq": receipt.seq, "duplicate": receipt.duplicate}
        log.info("delivery.retried", delivery=delivery_id, **about, ignored=receipt.ignored or None)
        self._metrics.dead_letters_retried.labels("taken").inc()
        return receipt

    async def retry_due(self, take: Take, now: datetime) -> None:
        """Try all that are due; if the time is bad, they wait for the next round."""
        with suppress(Draining, JournalUnavailable, StorageUnavailable):
            for delivery_id in await self._database.read(partial(_due, to_ticks(now))):
                await self.retry(delivery_id, take, now)
            await self.summary()

    async def drop(self, delivery_id: str) -> bool:
        """Keep it no longer. Returns whether it was kept."""
        return await self._database.write(partial(_delete, dead_letters.c.delivery_id == delivery_id)) > 0

    async def prune(self, before: datetime) -> None:
        """Forget those that were received before."""
        old = await self._database.write(partial(_delete, dead_letters.c.received_at < to_ticks(before)))
        if old:
            log.warning("delivery.dropped", deliveries=old, reason="They are older than the history.")
            self._metrics.dead_letters_lost.labels("old").inc(old)

    async def _put_off(self, delivery_id: str, why: Failure, now: datetime) -> Failure:
        this = dead_letters.c.delivery_id == delivery_id
        if failed := await self._database.write(partial(_fail_again, this, why, now)):
            log.warning("delivery.retry_failed", delivery=delivery_id, **why._asdict(), **failed._asdict())
        self._metrics.dead_letters_retried.labels(why.code).inc()
        return why

    def _lose(self, delivery_id: str, label: str, reason: str) -> None:
        log.error("delivery.not_kept", delivery=delivery_id, reason=reason)
        self._metrics.dead_letters_lost.labels(label).inc()


def _keep(delivery: Delivery, why: Failure, connection: Connection) -> tuple[_Failed, list[str], int]:
    """Returns also which had to make room, and how many are kept now."""
    hold(connection, Lock.DEAD_LETTERS)  # no other process may keep the same delivery meanwhile
    same = or_(dead_letters.c.delivery_id == delivery.id, dead_letters.c.signature == delivery.signature)
    if again := _fail_again(same, why, delivery.received_at, connection):
        return again, [], _summary(connection).deliveries
    failed = _Failed(1, next_attempt(1, delivery.received_at))
    row = {
        "delivery_id": delivery.id,
        "signature": delivery.signature,
        "event": delivery.event,
        "received_at": to_ticks(delivery.received_at),
        "size": len(delivery.body),
        "body": delivery.body,
        **_state(why, failed),
    }
    connection.execute(insert(dead_letters).values(row))
    newest_first = select(dead_letters.c.delivery_id, dead_letters.c.size).order_by(dead_letters.c.received_at.desc())
    kept = connection.execute(newest_first).all()
    count = room(size for _, size in kept)
    dropped = [delivery_id for delivery_id, _ in kept[count:]]
    if dropped:
        _delete(dead_letters.c.delivery_id.in_(dropped), connection)
    return failed, dropped, count


def _fail_again(which: ColumnElement[bool], why: Failure, now: datetime, connection: Connection) -> _Failed | None:
    """Note one more failure; nothing if it is not kept, which after a retry means that somebody else had more luck."""
    attempts = connection.execute(select(func.max(dead_letters.c.attempts)).where(which)).scalar_one()
    if attempts is None:
        return None
    failed = _Failed(attempts + 1, next_attempt(attempts + 1, now))
    connection.execute(update(dead_letters).where(which).values(_state(why, failed)))
    return failed


def _state(why: Failure, failed: _Failed) -> dict[str, Any]:
    then = None if failed.next_attempt_at is None else to_ticks(failed.next_attempt_at)
    return {**why._asdict(), "attempts": failed.attempts, "next_attempt_at": then}


def _all(connection: Connection) -> list[DeadLetter]:
    columns = [column for column in dead_letters.c if column is not dead_letters.c.body]
    return [_letter(row) for row in connection.execute(select(*columns).order_by(dead_letters.c.received_at))]


def _find(delivery_id: str, connection: Connection) -> tuple[DeadLetter, bytes] | None:
    wanted = select(dead_letters).where(dead_letters.c.delivery_id == delivery_id)
    row = connection.execute(wanted).one_or_none()
    return None if row is None else (_letter(row), bytes(row.body))


def _letter(row: Row[Any]) -> DeadLetter:
    return DeadLetter(
        delivery_id=row.delivery_id,
        event=row.event,
        signature=row.signature,
        received_at=from_ticks(row.received_at),
        size=row.size,
        code=row.code,
        reason=row.reason,
        attempts=row.attempts,
        next_attempt_at=None if row.next_attempt_at is None else from_ticks(row.next_attempt_at),
    )


def _due(now: int, connection: Connection) -> list[str]:
    due = select(dead_letters.c.delivery_id).where(dead_letters.c.next_attempt_at <= now)
    return list(connection.execute(due.order_by(dead_letters.c.next_attempt_at)).scalars())


def _summary(connection: Connection) -> Summary:
    count, oldest = connection.execute(select(func.count(), func.min(dead_letters.c.received_at))).one()
    return Summary(count, None if oldest is None else from_ticks(oldest))


def _delete(which: ColumnElement[bool], connection: Connection) -> int:
    return connection.execute(delete(dead_letters).where(which)).rowcount
