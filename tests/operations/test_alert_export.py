"""The alerts for Prometheus and Grafana are those that the server looks after itself."""

from __future__ import annotations

import json
import re
from typing import Any

import yaml

from omnilens.operations.alerts.exporting import expressions, prometheus_rules
from omnilens.operations.alerts.grafana import GROUPS, grafana_board
from omnilens.operations.alerts.rules import rules
from omnilens.operations.metrics import Metrics
from omnilens.operations.series import EVERY_SERIES
from support.process import omnilens

CAPACITY = 1000
RUNBOOK = "https://wiki.example.com/runbook"
CHANGED = {"latency": 5.0, "webhook-success": 95.0}
SECRET = {"GITHUB_WEBHOOK_SECRET": "secret"}


def exported() -> list[dict[str, Any]]:
    (group,) = yaml.safe_load(prometheus_rules(rules(CAPACITY, CHANGED), CAPACITY, RUNBOOK))["groups"]
    found: list[dict[str, Any]] = group["rules"]
    return found


def test_each_alert_has_the_same_threshold_and_for_time() -> None:
    known = rules(CAPACITY, CHANGED)
    assert [rule["alert"] for rule in exported()] == [rule.name for rule in known]
    for said, rule in zip(exported(), known, strict=True):
        sign = "<" if rule.limits.below else ">"
        assert said["expr"].endswith(f") {sign} {rule.limits.threshold:g}")
        assert float(said.get("for", "0s")[:-1]) == rule.limits.for_time.total_seconds()
        assert said["labels"]["severity"] == rule.level
        assert (said["annotations"]["summary"], said["annotations"]["description"]) == (rule.title, rule.to_do)
        assert said["annotations"]["runbook_url"] == f"{RUNBOOK}#{rule.name}"


def test_every_metric_that_is_asked_for_is_counted() -> None:
    known = {name for family in Metrics().registry.collect() for name in (family.name, f"{family.name}_total")}
    for expression in expressions(CAPACITY).values():
        named = re.findall(r"omnilens_\w+", expression)
        assert named
        assert {re.sub(r"_(bucket|sum|count)$", "", name) for name in named} <= known
        assert expression.count("(") == expression.count(")")


def test_every_label_that_is_asked_for_is_there() -> None:
    for metric, label in re.findall(r"(omnilens_\w+?)(?:_total)?\{(\w+)=~", " ".join(expressions(CAPACITY).values())):
        collector: Any = Metrics().registry._names_to_collectors[f"{metric}_total"]
        assert label in collector._labelnames


def test_the_board_has_a_panel_for_each_figure_and_the_alerts_thresholds() -> None:
    every = grafana_board(rules(CAPACITY, CHANGED), CAPACITY, RUNBOOK)["panels"]
    headings = [panel["title"] for panel in every if panel["type"] == "row"]
    assert headings == list(GROUPS.values())
    panels = [panel for panel in every if panel["type"] != "row"]
    assert [panel["title"] for panel in panels] == [each.title for each in EVERY_SERIES]
    by_name = {panel["description"].partition(":")[0]: panel for panel in panels}
    assert list(by_name) == [each.name for each in EVERY_SERIES]
    assert {name: panel["targets"][0]["expr"] for name, panel in by_name.items()} == expressions(CAPACITY)
    for rule in rules(CAPACITY, CHANGED):
        panel = by_name.pop(rule.name)
        assert panel["fieldConfig"]["defaults"]["thresholds"]["steps"][1]["value"] == rule.limits.threshold
        assert panel["links"][0]["url"] == f"{RUNBOOK}#{rule.name}"
    assert all("thresholds" not in panel["fieldConfig"]["defaults"] for panel in by_name.values())
    covered = [cell for panel in every for cell in cells(panel["gridPos"])]
    assert len(covered) == len(set(covered))  # none lies over another
    assert [panel["id"] for panel in every] == list(range(1, len(every) + 1))


def cells(place: dict[str, int]) -> list[tuple[int, int]]:
    columns, rows = range(place["x"], place["x"] + place["w"]), range(place["y"], place["y"] + place["h"])
    return [(column, row) for column in columns for row in rows]


def test_the_commands_print_them_with_the_thresholds_of_the_settings() -> None:
    done = omnilens("alerts", "export", OMNILENS_ALERTS="latency=5", **SECRET)
    assert done.returncode == 0, done.stderr
    said = {rule["alert"]: rule["expr"] for rule in yaml.safe_load(done.stdout)["groups"][0]["rules"]}
    assert said["latency"].endswith("> 5")
    board = json.loads(omnilens("alerts", "export", "--grafana", **SECRET).stdout)
    assert len(board["panels"]) == len(EVERY_SERIES) + len(GROUPS)
    assert said.keys() < {panel["description"].partition(":")[0] for panel in board["panels"] if "targets" in panel}
    listed = omnilens("alerts", "list", **SECRET).stdout
    assert all(name in listed for name in said)
