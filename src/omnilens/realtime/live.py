"""Everything between the board and those who watch it, connected."""

from __future__ import annotations

import time

from omnilens.addresses import ClientAddresses
from omnilens.flags import Flags
from omnilens.operations.metrics import Metrics
from omnilens.operations.refusals import Refusals
from omnilens.operations.sockets import SocketMetrics
from omnilens.operations.suspects import Suspects
from omnilens.people.people import People
from omnilens.pipeline.mapping import RepositoryMap
from omnilens.pipeline.store import Store
from omnilens.pipeline.times import Times
from omnilens.realtime.admission import Admission, Allowance
from omnilens.realtime.fanout import Fanout
from omnilens.realtime.operators import Operators
from omnilens.realtime.rooms import Rooms
from omnilens.realtime.switch import Switch
from omnilens.realtime.vigil import Vigil
from omnilens.realtime.witnesses import Witnesses
from omnilens.settings import Settings
from omnilens.socketio import Limits, Server


class Live:
    """Who may connect, who listens to what, and the one way out to them."""

    def __init__(
        self,
        settings: Settings,
        people: People,
        repositories: RepositoryMap,
        store: Store,
        flags: Flags,
        addresses: ClientAddresses,
        metrics: Metrics,
        refusals: Refusals,
        suspects: Suspects,
        times: Times,
    ) -> None:
        allowance = Allowance.of(settings)
        admission = Admission(allowance, people.identity, time.monotonic)
        self.sockets = Server(
            Limits(max_connections=allowance.sockets, idle_timeout=settings.idle_timeout.total_seconds()),
            allowed_origins=settings.allowed_origins,
            observer=SocketMetrics(metrics, refusals, suspects),
            client_address=addresses.of,
            gate=admission.wait,
        )
        admission.guard(self.sockets)
        switch = Switch(self.sockets, repositories, flags, metrics)
        self.rooms = Rooms(self.sockets, repositories, people.access, store, metrics, refusals, switch)
        self.vigil = Vigil(self.sockets, people, repositories, metrics, settings.access_cache.total_seconds())
        self.fanout = Fanout(self.sockets)
        Witnesses(self.sockets, times, metrics)
        self.operators = Operators(self.sockets, people.is_operator)

    def watching(self) -> int:
        """How many watch something, live or not."""
        return sum(bool(connection.room_names) for connection in self.sockets.connections)
