"""Every resource, in the order in which they are documented."""

from __future__ import annotations

from omnilens.api import (
    alerts,
    badge,
    claims,
    deliveries,
    docs,
    doctor,
    flags,
    github,
    health,
    lists,
    login,
    marks,
    notifications,
    operations,
    overview,
    privacy,
    problems,
    profile,
    push,
    report,
    repos,
    rewind,
    runs,
    tokens,
    workflows,
)

_BOARD = (repos, runs, rewind, claims, overview, workflows, report, badge, github, doctor)
_PERSONAL = (lists, marks, notifications, push, login, tokens, privacy)
_OPERATIONS = (health, alerts, flags, operations, problems, deliveries, profile, docs)

EVERY = tuple(part.router for part in (*_BOARD, *_PERSONAL, *_OPERATIONS))
