"""The events of one client, handled one after the other.

A plain function is called where the event arrives. A coroutine function costs a task, for as long as there is
something to wait for; events that arrive meanwhile wait behind it, so that nothing overtakes.
"""

import asyncio
import inspect
import logging
from collections import deque
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from math import inf
from typing import Final

from .connection import Connection
from .frames import RawJSON, packet_frame, raw_ack_frame
from .options import Observer
from .packets import Ack, Event
from .payload import JSON

Answer = JSON | RawJSON
EventHandler = Callable[..., Answer | Awaitable[Answer]]

logger = logging.getLogger("omnilens.socketio")

# What a waiting event takes besides its text, about: many small ones are not free.
EVENT_OVERHEAD: Final = 1024


@dataclass(frozen=True, slots=True)
class Handler:
    """A handler, and how many arguments it takes: their number is the client's choice, and no cause for a traceback."""

    call: EventHandler
    fewest: int
    most: float

    @classmethod
    def of(cls, call: EventHandler) -> "Handler":
        positional = inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD
        parameters = inspect.signature(call).parameters.values()
        own = [parameter for parameter in parameters if parameter.kind in positional]
        fewest = sum(parameter.default is parameter.empty for parameter in own)
        variable = any(parameter.kind is parameter.VAR_POSITIONAL for parameter in parameters)
        # The connection comes first and is not the client's.
        return cls(call, fewest - 1, inf if variable else len(own) - 1)

    def takes(self, arguments: int) -> bool:
        return self.fewest <= arguments <= self.most


class Inbox:
    __slots__ = ("_connection", "_handlers", "_observer", "_task", "_waiting", "_weight")

    def __init__(self, connection: Connection, handlers: MutableMapping[str, Handler], observer: Observer) -> None:
        self._connection = connection
        self._handlers = handlers
        self._observer = observer
        self._task: asyncio.Task[None] | None = None
        # Only while a handler is at work: an empty deque is as large as all the rest that is known of a client.
        self._waiting: deque[tuple[Event, int]] | None = None
        self._weight = 0

    def receive(self, event: Event, size: int) -> asyncio.Task[None] | None:
        """Handle an event now, or when its turn comes. Returns the task, if it took to start one."""
        if self._task is not None:
            if self._waiting is None:
                self._waiting = deque()
            self._waiting.append((event, size))
            self._weight += size + EVENT_OVERHEAD
            return None
        pending = self._call(event)
        if pending is None:
            return None
        self._task = asyncio.get_running_loop().create_task(self._work(event, pending))
        return self._task

    @property
    def weight(self) -> int:
        """About how many bytes of events are waiting."""
        return self._weight

    def clear(self) -> None:
        """The client is gone: forget what waits. The handler that is at work is left to finish."""
        self._waiting = None
        self._weight = 0

    async def _work(self, event: Event, pending: Awaitable[Answer]) -> None:
        try:
            await self._settle(event, pending)
            while self._waiting:
                event, size = self._waiting.popleft()
                self._weight -= size + EVENT_OVERHEAD
                following = self._call(event)
                if following is not None:
                    await self._settle(event, following)
        finally:
            self._task = self._waiting = None

    def _call(self, event: Event) -> Awaitable[Answer] | None:
        """Call the handler. What it leaves to wait for is returned; otherwise the event is done with."""
        handler = self._handlers.get(event.name)
        known = handler is not None and handler.takes(len(event.args))
        self._observer.received(known)
        if handler is None or not known:
            return None
        try:
            result = handler.call(self._connection, *event.args)
            if inspect.isawaitable(result):
                return result
            self._acknowledge(event, result)
        except Exception:
            logger.exception("The handler of %r failed", event.name)
            self._observer.failed()
        return None

    async def _settle(self, event: Event, pending: Awaitable[Answer]) -> None:
        try:
            self._acknowledge(event, await pending)
        except Exception:
            logger.exception("The handler of %r failed", event.name)
            self._observer.failed()

    def _acknowledge(self, event: Event, result: Answer) -> None:
        if event.ack is None:
            return
        if isinstance(result, RawJSON):
            self._connection.send(raw_ack_frame(event.ack, result, event.namespace))
        else:
            values = result if isinstance(result, tuple) else () if result is None else (result,)
            self._connection.send(packet_frame(Ack(event.ack, values, event.namespace)))
