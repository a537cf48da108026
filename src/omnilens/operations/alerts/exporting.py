"""The same alerts for a Prometheus of the operator's own, and a board for Grafana. Pure.

https://prometheus.io/docs/prometheus/latest/configuration/alerting_rules/
https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from typing import Any

from omnilens.operations.alerts.baseline import NOTICED
from omnilens.operations.alerts.rules import FEWEST, LIMITED, NOT_OUR_FAULT, OURS, WELL, Rule

_DELIVERIES = "omnilens_webhook_deliveries_total"
_REFUSED = "omnilens_connections_refused_total"
_ADMITTED = "omnilens_connections_admitted_total"
_FANOUT = "omnilens_fanout_seconds"


def expressions(capacity: int) -> dict[str, str]:
    """What each rule measures, in PromQL, by its name. `capacity` is how many connections there may be."""
    well, ours = _rise(_DELIVERIES, "5m", "result", WELL), _rise(_DELIVERIES, "5m", "result", OURS)
    webhooks = _share(well, f"({well} + {ours})")
    admitted, refused = _rise(_ADMITTED, "5m"), _rise(_REFUSED, "5m")
    tried = f"({admitted} + {refused} - {_rise(_REFUSED, '5m', 'reason', NOT_OUR_FAULT)})"
    connections = _share(admitted, tried)
    mean = f"sum(rate({_FANOUT}_sum[5m])) / sum(rate({_FANOUT}_count[5m]))"
    usual = f"quantile_over_time(0.5, ({mean})[1d:5m])"
    return {
        "webhook-success": webhooks,
        "latency": f"histogram_quantile(0.95, sum by (le) (rate({_FANOUT}_bucket[5m])))",
        "connection-success": connections,
        "invalid-signatures": _rise("omnilens_webhook_forged_total", "5m"),
        "connections": f"100 * omnilens_connections / {capacity}",
        "throughput": "sum(rate(omnilens_messages_sent_total[1m]))",
        "memory": "100 * omnilens_memory_bytes / omnilens_memory_limit_bytes",
        "failed-authentication": _rise("omnilens_authentication_failures_total", "1m"),
        "rate-limit-hits": f"{_rise(_DELIVERIES, '1m', 'result', LIMITED)} "
        f"+ {_rise(_REFUSED, '1m', 'reason', ['Too many handshakes'])}",
        "rollback-errors": f"100 - min({webhooks} or {connections})",
        "rollback-performance": f"100 * (({mean}) / ({usual}) - 1) and ({mean}) >= {NOTICED:g}",
        "rollback-reports": "max(omnilens_reports_last_hour)",
    }


def prometheus_rules(rules: Iterable[Rule], capacity: int) -> str:
    """A file of alerting rules."""
    measured = expressions(capacity)
    lines = ["groups:", "  - name: omnilens", "    rules:"]
    for rule in rules:
        sign = "<" if rule.limits.below else ">"
        seconds = int(rule.limits.for_time.total_seconds())
        lines += [
            f"      - alert: {_quoted(rule.name)}",
            f"        expr: {_quoted(f'({measured[rule.name]}) {sign} {rule.limits.threshold:g}')}",
            *([f"        for: {seconds}s"] if seconds else []),
            "        labels:",
            f"          severity: {rule.level}",
            "        annotations:",
            f"          summary: {_quoted(rule.title)}",
            f"          description: {_quoted(rule.to_do)}",
        ]
    return "\n".join(lines) + "\n"


def grafana_board(rules: Iterable[Rule], capacity: int) -> dict[str, Any]:
    """A board with a panel for each alert, and its threshold as a line."""
    measured = expressions(capacity)
    panels = [_panel(number, rule, measured[rule.name]) for number, rule in enumerate(rules)]
    source = {"name": "source", "type": "datasource", "query": "prometheus", "label": "Prometheus"}
    return {
        "uid": "omnilens",
        "title": "OmniLens",
        "schemaVersion": 39,
        "refresh": "30s",
        "time": {"from": "now-6h", "to": "now"},
        "templating": {"list": [source]},
        "panels": panels,
    }


def _panel(number: int, rule: Rule, expression: str) -> dict[str, Any]:
    wrong, right = ("red", "green") if not rule.limits.below else ("green", "red")
    steps = [{"color": right, "value": None}, {"color": wrong, "value": rule.limits.threshold}]
    return {
        "id": number + 1,
        "type": "timeseries",
        "title": rule.title,
        "description": rule.to_do,
        "datasource": {"type": "prometheus", "uid": "${source}"},
        "gridPos": {"x": 8 * (number % 3), "y": 8 * (number // 3), "w": 8, "h": 8},
        "targets": [{"refId": "A", "expr": expression, "legendFormat": rule.unit}],
        "fieldConfig": {
            "defaults": {
                "thresholds": {"mode": "absolute", "steps": steps},
                "custom": {"thresholdsStyle": {"mode": "line"}},
            },
            "overrides": [],
        },
    }


def _rise(counter: str, window: str, label: str = "", values: Collection[str] = ()) -> str:
    """By how much a counter rose, all that have one of these values together; 0 where nothing was counted yet."""
    chosen = f'{{{label}=~"{"|".join(sorted(values))}"}}' if label else ""
    return f"(sum(increase({counter}{chosen}[{window}])) or vector(0))"


def _share(part: str, whole: str) -> str:
    return f"(100 * {part} / {whole} and {whole} >= {FEWEST})"


def _quoted(text: str) -> str:
    """Text as YAML, of which JSON is a part."""
    return json.dumps(text, ensure_ascii=False)
