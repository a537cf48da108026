"""A report for spreadsheets."""

from __future__ import annotations

import csv
import io
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnilens.insights.report_tables import Table, csv_of, harmless
from support.remembered import past_job, past_run
from support.reports import FAILED, on, report


def rows(table: Table, **run: Any) -> list[list[str]]:
    failed = past_run(1, on(2), head_sha="abc", **{**run, **FAILED})
    passed = past_run(2, on(3), head_sha="abc", **run)
    counted = report((failed, (past_job(11, failed, **FAILED),)), (passed, (past_job(21, passed),)))
    return list(csv.reader(io.StringIO(csv_of(counted, table))))


@pytest.mark.parametrize("table", get_args(Table))
def test_every_table_has_a_head_and_what_belongs_under_it(table: Table) -> None:
    head, *body = rows(table)
    assert body
    assert {len(row) for row in body} == {len(head)}


def test_the_days() -> None:
    head, *body = rows("days")
    assert head == ["date", "runs", "passed", "failed", "other", "success_rate"]
    assert body[2] == ["2026-11-03", "1", "0", "1", "0", "0.0"]
    assert body[0] == ["2026-11-01", "0", "0", "0", "0", ""]


@pytest.mark.parametrize("name", ['=HYPERLINK("x")', "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_nobody_can_name_a_workflow_so_that_a_spreadsheet_runs_it(name: str) -> None:
    for table in ("workflows", "durations", "jobs", "flaky"):
        assert rows(table, name=name)[1][0] == f"'{name}"


@given(st.text())
def test_no_text_is_a_formula(text: str) -> None:
    assert not str(harmless(text)).startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert str(harmless(text)).endswith(text)


def test_numbers_stay_numbers() -> None:
    assert [harmless(each) for each in (-1, 0.5, None)] == [-1, 0.5, None]
