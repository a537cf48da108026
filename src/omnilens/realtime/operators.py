"""What operators are told live: alerts on every page, and the figures while they look at them: ``watch-operations``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from omnilens.errors import InvalidParameter, OmniLensError, OperatorsOnly
from omnilens.model import to_json
from omnilens.operations.alerts.standing import Turn
from omnilens.operations.alerts.watch import Alert, Alerts
from omnilens.operations.history import Point
from omnilens.people.viewer import Viewer
from omnilens.socketio import Connection, Server, raw_event_frame

ROOM = "operators"
FIGURES = "operators:figures"
"""Those who look at the figures just now."""


class WatchOperations(Struct, frozen=True, forbid_unknown_fields=True):
    """What a client asks for."""

    figures: bool = False
    """Whether every figure is to come as well, not only alerts."""


class AlertTold(Struct, frozen=True, kw_only=True):
    """What ``alert`` carries."""

    turn: Turn
    alert: Alert


class Figures(Struct, frozen=True, kw_only=True):
    """What ``operations`` carries, after each look."""

    alerts: tuple[Alert, ...]
    point: Point | None
    """The newest of the history, where it is time for one."""


class OperatorsWatching(Struct, frozen=True, kw_only=True):
    """The answer to ``watch-operations``."""

    ok: bool = True
    server: str
    """What the one that answers is called."""
    alerts: tuple[Alert, ...]


class Operators:
    """Answers operators, and tells them."""

    def __init__(self, server: Server, is_operator: Callable[[Viewer], bool]) -> None:
        self._server = server
        self._is_operator = is_operator
        self._name = ""
        self._alerts: Callable[[], Sequence[Alert]] = tuple
        server.on("watch-operations", self.watch)

    def follow(self, alerts: Alerts, name: str) -> None:
        """Tell of what these look at, on a server of that name."""
        self._name = name
        self._alerts = alerts.all
        alerts.on_look(self.looked)

    def watch(self, connection: Connection, *args: Any) -> dict[str, Any]:
        """Tell this connection from now on; or nothing but alerts any more."""
        try:
            wanted = _parse(args)
            if not self._is_operator(connection.data):
                raise OperatorsOnly("This is for operators of this board (OMNILENS_OPERATORS).")
        except OmniLensError as error:
            return {"ok": False, "error": error.message, "code": error.code}
        self._server.enter(connection, ROOM)
        (self._server.enter if wanted.figures else self._server.leave)(connection, FIGURES)
        answer: dict[str, Any] = msgspec.to_builtins(OperatorsWatching(server=self._name, alerts=tuple(self._alerts())))
        return answer

    async def tell(self, alert: Alert, turn: Turn) -> None:
        """An alert fired, or is over: at once to all of them."""
        self._send(ROOM, "alert", AlertTold(turn=turn, alert=alert))

    def looked(self, point: Point | None) -> None:
        """The figures are new."""
        if self._server.room_size(FIGURES):
            self._send(FIGURES, "operations", Figures(alerts=tuple(self._alerts()), point=point))

    def changed(self, what: str) -> None:
        """Something else that they look at is different: ``flags`` or ``problems``. They ask for it by REST."""
        if self._server.room_size(FIGURES):
            self._server.emit(FIGURES, "operations-changed", {"what": what})

    def _send(self, room: str, event: str, value: Struct) -> None:
        if self._server.room_size(room):
            self._server.send(room, raw_event_frame(event, to_json(value)))


def _parse(args: tuple[Any, ...]) -> WatchOperations:
    try:
        return msgspec.convert(args[0] if args else {}, WatchOperations)
    except msgspec.ValidationError as error:
        raise InvalidParameter("Send nothing, or {figures}.") from error
