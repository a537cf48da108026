"""``omnilens alerts``: the server's alerts, for an operator's own Prometheus and Grafana."""

from __future__ import annotations

import json

from rich.console import Console
from rich.table import Table

from omnilens.operations.alerts.exporting import prometheus_rules
from omnilens.operations.alerts.grafana import grafana_board
from omnilens.operations.alerts.rules import rules
from omnilens.settings import Settings


def show_list(settings: Settings) -> None:
    """Print every alert, with the thresholds of the settings."""
    table = Table("alert", "level", "fires", "for", "what", box=None, pad_edge=False, header_style="dim")
    for rule in rules(settings.max_connections, settings.alerts):
        bound = f"{'below' if rule.limits.below else 'above'} {rule.limits.threshold:g} {rule.unit}"
        table.add_row(rule.name, rule.level, bound, f"{rule.limits.for_time.total_seconds():g} s", rule.title)
    Console().print(table, highlight=False)


def export(settings: Settings, grafana: bool) -> str:
    """The rules for Prometheus, or a board for Grafana, with the thresholds of the settings."""
    capacity, runbook = settings.max_connections, settings.runbook
    known = rules(capacity, settings.alerts)
    if grafana:
        return json.dumps(grafana_board(known, capacity, runbook), indent=2) + "\n"
    return prometheus_rules(known, capacity, runbook)
