"""The alerts that the settings ask for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from omnilens.operations.alerts.channel import Webhook
from omnilens.operations.alerts.rules import rules
from omnilens.operations.alerts.watch import Alerts, Keep, Tell
from omnilens.operations.metrics import Metrics
from omnilens.operations.process import Process
from omnilens.settings import Settings


def alerts_of(
    settings: Settings,
    metrics: Metrics,
    now: Callable[[], datetime],
    clock: Callable[[], float],
    tell: Sequence[Tell] = (),
    process: Process | None = None,
    keep: Keep | None = None,
) -> Alerts:
    """All rules, with the thresholds and the channels of the settings, and whom else to tell."""
    channels: list[Tell] = []  # first, since they keep nobody waiting
    if settings.alert_webhook:
        channels.append(Webhook(settings.alert_webhook.get_secret_value(), settings.origin).tell)
    if settings.smtp and settings.alert_email:
        from omnilens.operations.alerts.mail import Mail  # only here: few have it sent

        channels.append(Mail(settings.smtp.get_secret_value(), settings.alert_email, settings.origin).tell)
    return Alerts(
        rules(settings.max_connections, settings.alerts),
        metrics,
        now,
        clock,
        [*channels, *tell],
        process,
        settings.runbook,
        settings.server,
        keep,
    )
