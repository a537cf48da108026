"""A board for Grafana, with every figure that the operators' page plots. Pure.

https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from omnilens.operations.alerts.exporting import expressions
from omnilens.operations.alerts.rules import Rule
from omnilens.operations.alerts.watch import section_of
from omnilens.operations.series import EVERY_SERIES, Group, Series

GROUPS: dict[Group, str] = {
    "critical": "Critical",
    "important": "Important",
    "nice": "For analysis",
    "rollback": "What triggers a rollback",
    "server": "The server itself",
}
UNITS = {"%": "percent", "s": "s", "KB": "kbytes", "/s": "cps"}
"""What Grafana calls them; the others are plain numbers."""
ACROSS, WIDE, HIGH = 3, 8, 8


def grafana_board(rules: Iterable[Rule], capacity: int, runbook: str) -> dict[str, Any]:
    """A panel for each figure, and where an alert looks at it, its threshold as a line and a link into the runbook."""
    alerts = {rule.name: rule for rule in rules}
    measured = expressions(capacity)
    panels: list[dict[str, Any]] = []
    row = 0
    for group, figures in groupby(EVERY_SERIES, lambda each: each.group):
        panels.append(_heading(GROUPS[group], row))
        for number, each in enumerate(figures):
            place = {"x": WIDE * (number % ACROSS), "y": row + 1 + HIGH * (number // ACROSS), "w": WIDE, "h": HIGH}
            panels.append(_panel(each, measured[each.name], place, alerts.get(each.name), runbook))
        row = panels[-1]["gridPos"]["y"] + HIGH
    source = {"name": "source", "type": "datasource", "query": "prometheus", "label": "Prometheus"}
    return {
        "uid": "omnilens",
        "title": "OmniLens",
        "schemaVersion": 39,
        "refresh": "30s",
        "time": {"from": "now-6h", "to": "now"},
        "templating": {"list": [source]},
        "panels": [{"id": number, **panel} for number, panel in enumerate(panels, 1)],
    }


def _heading(title: str, row: int) -> dict[str, Any]:
    place = {"x": 0, "y": row, "w": ACROSS * WIDE, "h": 1}
    return {"type": "row", "title": title, "collapsed": False, "panels": [], "gridPos": place}


def _panel(series: Series, expression: str, place: dict[str, int], rule: Rule | None, runbook: str) -> dict[str, Any]:
    defaults: dict[str, Any] = {"unit": UNITS.get(series.unit, "short")}
    if rule:
        wrong, right = ("red", "green") if not rule.limits.below else ("green", "red")
        steps = [{"color": right, "value": None}, {"color": wrong, "value": rule.limits.threshold}]
        defaults["thresholds"] = {"mode": "absolute", "steps": steps}
        defaults["custom"] = {"thresholdsStyle": {"mode": "line"}}
    return {
        "type": "timeseries",
        "title": series.title,
        "description": f"{series.name}: {rule.to_do}" if rule else series.name,
        "links": [{"title": "Runbook", "url": section_of(runbook, rule.name), "targetBlank": True}] if rule else [],
        "datasource": {"type": "prometheus", "uid": "${source}"},
        "gridPos": place,
        "targets": [{"refId": "A", "expr": expression, "legendFormat": f"{{{{instance}}}} {series.title}"}],
        "fieldConfig": {"defaults": defaults, "overrides": []},
    }
