"""What a server may be told: its limits, who may come in, and who counts what happens."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import Protocol

Address = Callable[[str, Mapping[str, Sequence[str]]], str]
"""A client's address, from that of the transport and the headers (by lower-case name) of its request.

Only the operator knows which proxies tell the truth in X-Forwarded-For.
"""
Gate = Callable[[str], int]
"""Asked before each new session with the client's address: the seconds it has to wait, 0 to let it in."""


def transport_address(peer: str, headers: Mapping[str, Sequence[str]]) -> str:
    """Whoever is at the other end of the transport: behind a proxy, the proxy."""
    return peer


def open_gate(address: str) -> int:
    """Everybody may come in."""
    return 0


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on what one client, and all of them, can cost. Times are in seconds, sizes in bytes."""

    ping_interval: float = 10.0
    ping_timeout: float = 10.0
    connect_timeout: float = 10.0
    """From the handshake until the client has connected to a namespace."""
    idle_timeout: float = inf
    """How long a client may stay without being in a room of any namespace."""
    upgrade_timeout: float = 10.0
    """How long a WebSocket may take until it is one, and then to take over from long-polling."""
    body_timeout: float = 10.0
    """How long the body of a POST may take to arrive."""
    close_timeout: float = 2.0
    """How long a client may take to answer an orderly close before it is cut off."""
    max_message: int = 65_536
    """One message with its attachments; and the body of a POST."""
    max_attachments: int = 10
    max_fragments: int = 128
    """Frames of one message. Browsers send one; without a bound, empty fragments would add up for free."""
    max_rate: float = 1_000.0
    """Frames, polled packets and requests a second, in the long run.

    A client needs one in ten seconds, and each costs about ten microseconds.
    """
    max_burst: int = 20_000
    """As many at once, by a client that was quiet before."""
    max_pending_bytes: int = 1_048_576
    """What may wait for one client: bytes it does not read or fetch, or events its handlers have not got to."""
    max_calls: int = 100
    """Acks that one client may owe."""
    max_connections: int = 10_000

    def __post_init__(self) -> None:
        for name in self.__slots__:
            if getattr(self, name) <= 0:
                raise ValueError(f"{name} must be positive")


class Observer(Protocol):
    """Told what happens, for metrics. Called from the event loop, so it must be quick, and must not raise.

    Reasons are a few fixed words (those of `Connection.disconnect` and `Refused` are the application's own): nothing a
    client sends comes through here, so they may be a metric's label. A client is an address, and may not.
    """

    def opened(self) -> None:
        """A session began, by WebSocket or long-polling."""

    def connected(self) -> None:
        """A client was admitted to a namespace."""

    def refused(self, reason: str, client: str) -> None:
        """A request was answered with an error, or a client was not admitted: then the reason is the refusal's code."""

    def closed(self, reason: str, client: str) -> None:
        """A session ended, connected or not. Once for each `opened`."""

    def received(self, known: bool) -> None:
        """An event came in, and whether there is a handler for it."""

    def sent(self, messages: int) -> None:
        """An event or an ack was passed on, for so many clients."""

    def failed(self) -> None:
        """A handler raised."""


class Unobserved:
    """The default observer: nobody counts."""

    def opened(self) -> None:
        pass

    def connected(self) -> None:
        pass

    def refused(self, reason: str, client: str) -> None:
        pass

    def closed(self, reason: str, client: str) -> None:
        pass

    def received(self, known: bool) -> None:
        pass

    def sent(self, messages: int) -> None:
        pass

    def failed(self) -> None:
        pass
