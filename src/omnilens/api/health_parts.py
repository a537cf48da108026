"""How every part of the server is, a sentence each, for ``/api/health``."""

from __future__ import annotations

from datetime import UTC, datetime

from omnilens.api.board import Board
from omnilens.api.schemas import PartHealth
from omnilens.flags import EVERYWHERE
from omnilens.pipeline.dead_letters import Summary


def parts_of(board: Board, failed: Summary | None) -> list[PartHealth]:
    """All parts that this server has. `failed` is what the database says of deliveries that failed, if it answers."""
    parts = [_journal(board), _connections(board), _live_updates(board), _alerts(board), _github(board)]
    if board.dead_letters:
        parts += [_database(failed), _deliveries(failed)]
    return parts


def _journal(board: Board) -> PartHealth:
    if not board.ready():
        return _degraded("journal", "the server is starting or stopping")
    if board.journal.failing:
        return _degraded(
            "journal", "cannot be reached or written; deliveries are answered with 503, and the log says why"
        )
    return _ok("journal", "takes deliveries")


def _connections(board: Board) -> PartHealth:
    unhealthy, connections = board.sockets.unhealthy_connections(), len(board.sockets.connections)
    if unhealthy:
        return _degraded("connections", f"{unhealthy} of {connections} owe an answer to a heartbeat")
    return _ok("connections", f"{connections} open")


def _live_updates(board: Board) -> PartHealth:
    rules = board.flags.rules
    everywhere = rules.decided.get(EVERYWHERE)
    if everywhere and everywhere.by == "rollback":
        return _degraded("live-updates", "were switched off by themselves; see omnilens flags list")
    said = str(everywhere.share if everywhere else rules.default)
    own = sum(scope != EVERYWHERE for scope in rules.decided)
    more = f", and {own} repositories have a decision of their own" if own else ""
    return _ok("live-updates", f"are {said if said in {'on', 'off'} else f'on for {said} of the users'}{more}")


def _alerts(board: Board) -> PartHealth:
    firing = [alert for alert in board.oncall.alerts.all() if alert.state == "firing"]
    if not firing:
        return _ok("alerts", "none fires")
    detail = f"{len(firing)} fire; see /api/alerts"
    return (_degraded if any(alert.level == "critical" for alert in firing) else _ok)("alerts", detail)


def _github(board: Board) -> PartHealth:
    if outage := board.outages.status.outage:
        return _degraded("github", outage.says)
    if board.catch_up is None:
        return _ok("github", "is not asked, since there is no token and no app")
    now = datetime.now(UTC)
    closed = [each.closed_until for each in board.catch_up.budgets() if each.closed_until and each.closed_until > now]
    if closed:
        return _degraded("github", f"is not asked until {max(closed):%H:%M} UTC, since its limits are reached")
    return _ok("github", "is asked where deliveries do not tell")


def _database(failed: Summary | None) -> PartHealth:
    return _ok("database", "answers") if failed else _degraded("database", "does not answer; the log says why")


def _deliveries(failed: Summary | None) -> PartHealth:
    """A warning: the server takes the next ones all the same."""
    if failed is None:
        return _degraded("deliveries", "the database does not say whether any failed")
    if failed.oldest is None:
        return _ok("deliveries", "none that failed is kept")
    detail = (
        f"{failed.deliveries} failed, the first at {failed.oldest:%Y-%m-%d %H:%M} UTC; see omnilens deliveries list"
    )
    return _degraded("deliveries", detail)


def _ok(name: str, detail: str) -> PartHealth:
    return PartHealth(name=name, status="ok", detail=detail)


def _degraded(name: str, detail: str) -> PartHealth:
    return PartHealth(name=name, status="degraded", detail=detail)
