"""Everything by which somebody on call learns how the server is: measured, looked after, and told to operators live."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime

from omnilens.flags import Flags
from omnilens.oncall.oncall import OnCall
from omnilens.operations.metrics import Metrics
from omnilens.operations.process import Process
from omnilens.operations.suspects import Suspects
from omnilens.pipeline.flow import Flow
from omnilens.pipeline.storage import Storage
from omnilens.realtime.live import Live
from omnilens.settings import Settings


def on_call(
    settings: Settings,
    storage: Storage,
    flags: Flags,
    flow: Flow,
    live: Live,
    suspects: Suspects,
    metrics: Metrics,
    now: Callable[[], datetime],
) -> OnCall:
    """The parts, connected."""
    journal, operators = storage.journal, live.operators
    metrics.journal_waiting.set_function(lambda: max(0, journal.last_seq - flow.applied))
    process = Process(
        metrics,
        time.monotonic,
        connections=lambda: len(live.sockets.connections),
        watching=live.watching,
        suspicious=suspects.count,
    )
    oncall = OnCall(settings, storage.people, flags, metrics, process, flow.times, now, time.monotonic, operators.tell)
    operators.follow(oncall.alerts, settings.server)
    oncall.reports.on_report(lambda: operators.changed("problems"))

    async def flags_changed() -> None:
        operators.changed("flags")

    flags.on_change(flags_changed)
    return oncall
