"""Where GitHub delivers from, asked at the start and once a day: it moves now and then.

https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/about-githubs-ip-addresses
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from omnilens.github.rest import GitHubError
from omnilens.operations import logs
from omnilens.operations.metrics import Metrics
from omnilens.pipeline.sources import Gate

if TYPE_CHECKING:
    from omnilens.github.rest.client import GitHub

log = logs.get(__name__)

DAY = 24 * 3600.0
AGAIN_AFTER = 3600.0
"""Seconds until GitHub is asked again, when it did not say; so long the last known ones stay."""


async def keep_learning(
    gate: Gate, github: GitHub, metrics: Metrics, sleep: Callable[[float], Awaitable[None]]
) -> None:
    """Keep the gate's knowledge of GitHub's networks fresh, for as long as this is not cancelled."""
    while gate.asks_github:
        try:
            well = await learn(gate, github, metrics)
        except Exception:  # what is known already still does
            log.exception("sources.failed")
            well = False
        await sleep(DAY if well else AGAIN_AFTER)


async def learn(gate: Gate, github: GitHub, metrics: Metrics) -> bool:
    """Ask GitHub once. Returns whether it said."""
    try:
        meta = await github.about.meta()
    except GitHubError as error:
        reason, well = error.message, False
    else:
        # Enterprise Servers do not: https://docs.github.com/en/enterprise-server/rest/meta/meta
        reason = "It names none. Name your server's own networks in OMNILENS_WEBHOOK_SOURCES."
        well = gate.learn(meta.hooks)
    metrics.webhook_networks.set(len(gate.allowed))
    if not well:
        meanwhile = "those known last" if gate.allowed else "everywhere, if signed"
        log.warning("sources.unknown", reason=reason, deliveries_from=meanwhile)
    return well
