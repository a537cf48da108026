"""Every resource, in the order in which they are documented."""

from __future__ import annotations

from omnilens.api import (
    alerts,
    badge,
    claims,
    docs,
    doctor,
    github,
    health,
    lists,
    login,
    notifications,
    overview,
    privacy,
    push,
    report,
    repos,
    runs,
    tokens,
    workflows,
)

_BOARD = (repos, runs, claims, overview, workflows, report, badge, github, doctor)
_PERSONAL = (lists, notifications, push, login, tokens, privacy)

EVERY = tuple(part.router for part in (*_BOARD, *_PERSONAL, health, alerts, docs))
