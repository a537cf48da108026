"""What ``omnilens doctor`` does: it examines, and prints what was found. The server is not asked, and need not run."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec
from msgspec import Struct
from rich.console import Console
from rich.text import Text

from omnilens.github.rest import Place
from omnilens.github.rest.client import connect
from omnilens.model import Timestamp, to_json
from omnilens.on_board import patterns_of
from omnilens.operations.calls import CallMetrics
from omnilens.operations.metrics import Metrics
from omnilens.settings import RepositoryPattern, Settings
from omnilens.sync.doctor import Doctor
from omnilens.sync.findings import Finding, Level, worst
from omnilens.sync.skew import Skew

PATIENCE = 10.0
"""Seconds that GitHub's limits may put off what is asked; beyond, the doctor says until when they last."""
SERVER = "this server"
_MARKS: dict[Level, tuple[str, str]] = {
    "ok": ("✓", "green"),
    "note": ("·", "dim"),
    "warning": ("!", "yellow"),
    "problem": ("✗", "bold red"),
}


class Patient(Struct, frozen=True):
    """Who was examined, and what was found."""

    name: str
    findings: tuple[Finding, ...]


class Report(Struct, frozen=True):
    """What ``--json`` prints."""

    at: Timestamp
    level: Level
    examined: tuple[Patient, ...]


async def show(loaded: Settings, names: Sequence[str], as_json: bool) -> bool:
    """Examine repositories, or all of the settings, and then the server. Returns whether there is no problem."""
    patients = await _examine(loaded, names)
    level = worst(finding for patient in patients for finding in patient.findings)
    if as_json:
        report = Report(datetime.now(UTC), level, tuple(patients))
        print(msgspec.json.format(to_json(report), indent=2).decode())
    else:
        console = Console(soft_wrap=True, highlight=False)
        for patient in patients:
            _print(console, patient)
    return level != "problem"


def is_name(name: str) -> bool:
    """Whether this is ``owner/name``."""
    try:
        return Place.of(name).name is not None
    except ValueError:
        return False


async def _examine(loaded: Settings, names: Sequence[str]) -> list[Patient]:
    skew = Skew()
    patients = []
    patterns = await patterns_of(loaded)
    async with connect(loaded, observer=CallMetrics(Metrics()), http=skew.client()) as github:
        doctor = Doctor(github.patient(PATIENCE), loaded, now=lambda: datetime.now(UTC), clock_ahead=lambda: skew.ahead)
        for pattern in [] if names else patterns:
            if pattern.name == "*" and pattern.owner != "*":
                found = await doctor.organisation(pattern.owner)
                patients.append(Patient(f"{pattern.owner}/*", found.findings))
        patients += [Patient(name, (await doctor.repository(name)).findings) for name in names or _named(patterns)]
        patients.append(Patient(SERVER, (await doctor.server()).findings))
    return patients


def _named(patterns: Sequence[RepositoryPattern]) -> list[str]:
    return [f"{pattern.owner}/{pattern.name}" for pattern in patterns if not pattern.wildcard]


def _print(console: Console, patient: Patient) -> None:
    console.print(Text(patient.name, style="bold"))
    for finding in patient.findings:
        mark, style = _MARKS[finding.level]
        console.print(Text.assemble(("  " + mark, style), " ", finding.what))
        if finding.do is not None:
            console.print(Text(f"    → {finding.do}", style="dim"))
    if not patient.findings:
        console.print(Text("    nothing was asked", style="dim"))
