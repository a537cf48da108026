"""From which addresses deliveries are taken: from all, or only from those that GitHub or the operator names.

That comes on top of the signature, never in its place: addresses can be shared, and a signature cannot be guessed.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

from omnilens.addresses import Network, parse, shortened
from omnilens.errors import ForbiddenSource
from omnilens.settings import Sources

MAX_NETWORKS = 1000
"""GitHub names about ten."""


def networks(written: Iterable[str]) -> tuple[Network, ...]:
    """The networks in somebody's writing, without what is none. Of nothing and of everything there is none."""
    found: list[Network] = []
    for each in written:
        try:
            network = ipaddress.ip_network(each, strict=False)
        except ValueError:
            continue
        if network.prefixlen:
            found.append(network)
    return tuple(found[:MAX_NETWORKS])


class Gate:
    """Turns away deliveries from elsewhere.

    GitHub's own networks have to be learnt. As long as they never were, they could be any, so everybody is let through
    to the check of the signature: a GitHub that cannot be asked must not cost the deliveries that it sends.
    """

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._learnt: tuple[Network, ...] = ()

    @property
    def asks_github(self) -> bool:
        """Whether GitHub's networks are wanted."""
        return self._sources.github

    @property
    def allowed(self) -> tuple[Network, ...]:
        """Where deliveries are taken from; empty if from everywhere."""
        if self._sources.github and not self._learnt:
            return ()
        return self._sources.networks + self._learnt

    def learn(self, written: Iterable[str]) -> bool:
        """Take these for GitHub's networks from now on. If they are none, those known before stay, and it is false."""
        if learnt := networks(written):
            self._learnt = learnt
        return bool(learnt)

    def check(self, client: str) -> None:
        """
        Raises:
            ForbiddenSource: deliveries of this client are not taken.
        """
        allowed = self.allowed
        if not allowed:
            return
        address = parse(client)
        if address is None or not any(address in network for network in allowed):
            raise ForbiddenSource(
                f"No deliveries are taken from {shortened(client)} (OMNILENS_WEBHOOK_SOURCES). If that is a proxy of "
                "yours, name it in OMNILENS_TRUSTED_PROXIES."
            )
