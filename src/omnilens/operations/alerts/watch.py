"""Looks at what the server counts, again and again, and tells when an alert fires and when it is over."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from omnilens.operations import logs
from omnilens.operations.alerts.rules import WINDOW, Level, Rule
from omnilens.operations.alerts.standing import Standing, State, Turn, step
from omnilens.operations.alerts.windows import Window, reading_of
from omnilens.operations.history import History, Point
from omnilens.operations.metrics import Metrics
from omnilens.operations.process import Process

log = logs.get(__name__)

EVERY = 5.0
"""Seconds between two looks."""

Tell = Callable[["Alert", Turn], Awaitable[None]]
"""Tells somebody that an alert fired or was resolved. What it raises is logged, and the others are told anyhow."""
Keep = Callable[["Alert", Turn], Awaitable[bool]]
"""Keeps what happened before anybody is told, and says whether it is for this server to tell."""
Looked = Callable[[Point | None], None]
KEPT_WITHIN = 5.0
"""Seconds after which people are told all the same: a database that hangs may be what is wrong."""


class Alert(Struct, frozen=True, kw_only=True):
    """How one rule stands."""

    name: str
    level: Level
    title: str
    state: State
    value: float | None
    """What was measured last; nothing where that cannot be said."""
    unit: str
    threshold: float
    wrong_is: Literal["above", "below"]
    since: datetime | None
    """Since when it is wrong, or fires."""
    worst: float | None
    to_do: str
    runbook: str
    """Where to read what to do, step by step."""
    server: str | None
    """Which server is meant; nothing where it are all that share the database."""


class Alerts:
    """All rules, and how they stand."""

    def __init__(
        self,
        rules: Sequence[Rule],
        metrics: Metrics,
        now: Callable[[], datetime],
        clock: Callable[[], float],
        tell: Sequence[Tell] = (),
        process: Process | None = None,
        runbook: str = "",
        server: str = "",
        keep: Keep | None = None,
    ) -> None:
        """`runbook` is the address of a page with a section for each, by its name; `server` what this one is called."""
        self._rules = rules
        self._runbook = runbook
        self._server = server
        self._keep = keep
        self._metrics = metrics
        self._now = now
        self._clock = clock
        self._tell = tell
        self._process = process or Process(metrics, clock)
        self._window = Window(WINDOW)
        self.history = History()
        self._looked: Looked | None = None
        self._standing = {rule.name: Standing() for rule in rules}
        for rule in rules:
            metrics.alerts.labels(rule.name).set(0)

    def all(self) -> list[Alert]:
        """Every alert, in the order of the rules."""
        return [self._alert(rule, self._standing[rule.name]) for rule in self._rules]

    def on_look(self, looked: Looked) -> None:
        """Call `looked` after each look, with the newest point where there is one."""
        self._looked = looked

    async def run(self) -> None:
        """Look, until cancelled."""
        while True:
            try:
                await self.look()
            except Exception:  # it watches over the others, and nobody over it
                log.exception("alerts.failed")
            await asyncio.sleep(EVERY)

    async def look(self) -> None:
        """Measure, and tell what became different."""
        self._process.measure()
        self._window.add(reading_of(self._metrics.registry.collect(), self._clock()))
        now = self._now()
        for rule in self._rules:
            before = self._standing[rule.name]
            after, turn = step(before, rule.limits, rule.measure(self._window), now)
            self._standing[rule.name] = after
            if turn is not None:
                # What was resolved is told with what it had been.
                await self._say(self._alert(rule, after if turn == "fired" else before), turn)
        values = {name: standing.value for name, standing in self._standing.items()}
        point = self.history.add(self._window, values, now.timestamp())
        if self._looked:
            self._looked(point)

    def told_by(self, server: str, name: str, turn: Turn, at: datetime, value: float | None) -> Alert | None:
        """An alert as another server told it; nothing if it is none that is known here."""
        rule = next((rule for rule in self._rules if rule.name == name), None)
        if rule is None:
            return None
        standing = Standing("firing" if turn == "fired" else "quiet", at, value=value, worst=value)
        return replace(self._alert(rule, standing), server=None if rule.of_all else server)

    async def _say(self, alert: Alert, turn: Turn) -> None:
        ours = await self._is_ours(alert, turn)
        self._metrics.alerts.labels(alert.name).set(turn == "fired")
        if not ours:
            return
        say = log.error if turn == "fired" and alert.level == "critical" else log.warning
        value, worst = alert.value, alert.worst
        more = {"hint": alert.to_do, "runbook": alert.runbook}
        say(f"alert.{turn}", name=alert.name, title=alert.title, value=value, worst=worst, **more)
        for tell in self._tell:
            try:
                await tell(alert, turn)
            except Exception:
                log.exception("alert.not_told", name=alert.name)

    async def _is_ours(self, alert: Alert, turn: Turn) -> bool:
        if self._keep is None:
            return True
        try:
            async with asyncio.timeout(KEPT_WITHIN):
                return await self._keep(alert, turn)
        except Exception as error:  # noqa: BLE001  # told twice is better than not at all
            log.warning("alert.not_kept", name=alert.name, reason=f"{type(error).__name__}: {error}")
            return True

    def _alert(self, rule: Rule, standing: Standing) -> Alert:
        return Alert(
            name=rule.name,
            level=rule.level,
            title=rule.title,
            state=standing.state,
            value=standing.value,
            unit=rule.unit,
            threshold=rule.limits.threshold,
            wrong_is="below" if rule.limits.below else "above",
            since=standing.since,
            worst=standing.worst,
            to_do=rule.to_do,
            runbook=section_of(self._runbook, rule.name),
            server=None if rule.of_all else self._server,
        )


def section_of(runbook: str, alert: str) -> str:
    """The address of an alert's section in a runbook."""
    return f"{runbook}#{alert}"
