"""A report as tables, and tables as CSV that a spreadsheet may open without running what is in it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Literal

from omnilens.insights.report_shapes import Counts, Report, ReportJob, Spread

Table = Literal["days", "workflows", "durations", "jobs", "flaky", "waiting", "minutes"]

Cell = str | int | float | None
Row = Sequence[Cell]

_COUNTS = ("runs", "passed", "failed", "other", "success_rate")
_SPREAD = ("p50_seconds", "p95_seconds")
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")


def csv_of(report: Report, table: Table) -> str:
    """One table of a report, as RFC 4180 has it."""
    head, rows = _table(report, table)
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(head)
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return written.getvalue()


def harmless(cell: Cell) -> Cell:
    """A text that a spreadsheet takes for one: names of workflows and branches are anybody's words.

    https://owasp.org/www-community/attacks/CSV_Injection
    """
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_DANGEROUS) else cell


def _table(report: Report, table: Table) -> tuple[Row, Iterable[Row]]:
    match table:
        case "days":
            return ("date", *_COUNTS), ((day.date, *_counts(day)) for day in report.by_day)
        case "workflows":
            return ("workflow", *_COUNTS, "flaky_commits", *_SPREAD), (
                (each.name, *_counts(each), each.flaky, *_spread(each.seconds)) for each in report.workflows
            )
        case "durations":
            return ("workflow", "date", "passed", *_SPREAD), (
                (each.name, day.date, day.count, *_spread(day)) for each in report.workflows for day in each.by_day
            )
        case "jobs":
            jobs = {(job.workflow, job.name): job for job in (*report.slowest_jobs, *report.failing_jobs)}
            head = ("workflow", "job", "runs", "failed", "failure_rate", *_SPREAD)
            return head, map(_job, jobs.values())
        case "flaky":
            return ("workflow", "commit", "branch", "by", "run", "passed_at"), (
                (each.workflow, each.head_sha, each.head_branch, each.by, each.run_id, each.at.isoformat())
                for each in report.flaky
            )
        case "waiting":
            return ("labels", "jobs", *_SPREAD), (
                (each.labels, each.seconds.count, *_spread(each.seconds)) for each in report.waiting
            )
        case "minutes":
            return ("runner", "jobs", "minutes", "multiplier", "billable_minutes"), (
                (each.runner, each.jobs, each.minutes, each.multiplier, each.billable) for each in report.billable
            )


def _counts(counts: Counts) -> Row:
    rate = counts.success_rate
    return (counts.runs, counts.passed, counts.failed, counts.other, None if rate is None else round(rate, 4))


def _spread(spread: Spread | None) -> Row:
    return (spread.p50, spread.p95) if spread else (None, None)


def _job(job: ReportJob) -> Row:
    return (job.workflow, job.name, job.runs, job.failed, round(job.failure_rate, 4), *_spread(job.seconds))
