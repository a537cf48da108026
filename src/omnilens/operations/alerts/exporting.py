"""The same alerts for a Prometheus of the operator's own, and what every figure is in its language. Pure.

https://prometheus.io/docs/prometheus/latest/configuration/alerting_rules/
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable

from omnilens.operations.alerts.baseline import NOTICED
from omnilens.operations.alerts.rules import FEWEST, LIMITED, NOT_OUR_FAULT, OURS, WELL, Rule
from omnilens.operations.alerts.watch import section_of

_DELIVERIES = "omnilens_webhook_deliveries_total"
_REFUSED = "omnilens_connections_refused_total"
_ADMITTED = "omnilens_connections_admitted_total"
_FANOUT = "omnilens_fanout_seconds"


def expressions(capacity: int) -> dict[str, str]:
    """What each figure is, in PromQL, by its name: those that rules measure, and the others that are plotted.

    `capacity` is how many connections there may be.
    """
    well, ours = _rise(_DELIVERIES, "5m", "result", WELL), _rise(_DELIVERIES, "5m", "result", OURS)
    webhooks = _share(well, f"({well} + {ours})")
    admitted, refused = _rise(_ADMITTED, "5m"), _rise(_REFUSED, "5m")
    tried = f"({admitted} + {refused} - {_rise(_REFUSED, '5m', 'reason', NOT_OUR_FAULT)})"
    connections = _share(admitted, tried)
    mean = f"sum(rate({_FANOUT}_sum[5m])) / sum(rate({_FANOUT}_count[5m]))"
    usual = f"quantile_over_time(0.5, ({mean})[1d:5m])"
    return {
        "webhook-success": webhooks,
        "github-latency": _late("omnilens_github_to_receipt_seconds"),
        "latency": _late(_FANOUT),
        "browser-latency": _late("omnilens_browser_seconds"),
        "connection-success": connections,
        "invalid-signatures": _rise("omnilens_webhook_forged_total", "5m"),
        "connections": f"100 * omnilens_connections / {capacity}",
        "throughput": "sum(rate(omnilens_messages_sent_total[1m]))",
        "memory-per-connection": "omnilens_memory_per_connection_bytes / 1024",
        "memory": "100 * omnilens_memory_bytes / omnilens_memory_limit_bytes",
        "failed-authentication": _rise("omnilens_authentication_failures_total", "1m"),
        "rate-limit-hits": f"{_rise(_DELIVERIES, '1m', 'result', LIMITED)} "
        f"+ {_rise(_REFUSED, '1m', 'reason', ['Too many handshakes'])}",
        "time-on-dashboard": "sum(rate(omnilens_watched_seconds_total[1m]))",
        "user-reports": "max(omnilens_reports_last_hour)",
        "suspicious-connections": "omnilens_suspicious_addresses",
        "cpu": "100 * rate(omnilens_cpu_seconds_total[1m])",
        "rollback-errors": f"100 - min({webhooks} or {connections})",
        "rollback-performance": f"100 * (({mean}) / ({usual}) - 1) and ({mean}) >= {NOTICED:g}",
        "rollback-reports": "max(omnilens_reports_last_hour)",
        "loop-lag": _late("omnilens_loop_lag_seconds"),
        "journal-waiting": "omnilens_journal_waiting",
        "cut-clients": _rise("omnilens_connections_closed_total", "1m", "reason", ["slow consumer"]),
        "dead-letters": "max(omnilens_dead_letters)",
        "github-budget": "omnilens_github_remaining >= 0",
    }


def prometheus_rules(rules: Iterable[Rule], capacity: int, runbook: str) -> str:
    """A file of alerting rules. `runbook` is the address of the page with a section for each."""
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
            f"          runbook_url: {_quoted(section_of(runbook, rule.name))}",
        ]
    return "\n".join(lines) + "\n"


def _rise(counter: str, window: str, label: str = "", values: Collection[str] = ()) -> str:
    """By how much a counter rose, all that have one of these values together; 0 where nothing was counted yet."""
    chosen = f'{{{label}=~"{"|".join(sorted(values))}"}}' if label else ""
    return f"(sum(increase({counter}{chosen}[{window}])) or vector(0))"


def _late(histogram: str) -> str:
    """What 95 % stayed within."""
    return f"histogram_quantile(0.95, sum by (le) (rate({histogram}_bucket[5m])))"


def _share(part: str, whole: str) -> str:
    return f"(100 * {part} / {whole} and {whole} >= {FEWEST})"


def _quoted(text: str) -> str:
    """Text as YAML, of which JSON is a part."""
    return json.dumps(text, ensure_ascii=False)
