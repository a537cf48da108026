"""What every scenario is given: how long to measure, who is there, and a server with its load."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol, TypeVar

from catalogue import Peer
from driver import Load, LoadError
from samples import Sample
from servers import Cores, Running, running

Amount = TypeVar("Amount")


class Named(Protocol):
    """What takes turns: a peer, or a part of OmniLens that comes in several kinds."""

    @property
    def name(self) -> str: ...


Turn = TypeVar("Turn", bound=Named)


@dataclass(frozen=True, slots=True)
class Bench:
    """One run of the suite."""

    cores: Cores
    rounds: int
    quick: bool
    most_clients: int
    """How many clients the limit on open files leaves room for."""
    skipped: Mapping[str, str]
    """Peers that cannot be measured, and why."""

    def amount(self, full: Amount, quick: Amount) -> Amount:
        return quick if self.quick else full

    def sizes(self, *full: int) -> list[int]:
        """Numbers of subscribers, the smallest only when there is no time."""
        return [size for size in self.amount(full, full[:1]) if size <= self.most_clients]

    def turns(self, peers: Iterable[Turn], rounds: int | None = None) -> Iterator[Turn]:
        """Everybody who is installed, in turn, round by round: what disturbs the machine disturbs all alike."""
        for number in range(self.rounds if rounds is None else rounds):
            for peer in self.of(peers):
                say(f"  round {number + 1}: {peer.name}")
                yield peer

    def of(self, peers: Iterable[Turn]) -> list[Turn]:
        """Those that are installed."""
        return [peer for peer in peers if peer.name not in self.skipped]

    @contextmanager
    def server(self, peer: Peer) -> Iterator[tuple[Running, Load]]:
        with running(peer, self.cores.server) as server, Load(server, self.cores) as load:
            yield server, load


def attempt(scenario: str, case: str, peer: Named, measure: Callable[[], Mapping[str, float]]) -> Sample:
    """A sample, or why there is none: a peer that loses a message or does not keep up is shown as such."""
    try:
        return Sample(scenario, case, peer.name, measure())
    except LoadError as error:
        say(f"  {peer.name}, {case}: {error}")
        return Sample(scenario, case, peer.name, problem=str(error))


def settle(seconds: float = 1.0) -> None:
    """Let the server finish what nobody waits for, before its memory is read."""
    time.sleep(seconds)


def say(text: str) -> None:
    """Progress."""
    print(text, file=sys.stderr, flush=True)
