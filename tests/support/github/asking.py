"""The real client, asking the GitHub of the tests."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import httpx2

from omnilens.github.rest import ETags
from omnilens.github.rest.client import GitHub, connect
from omnilens.settings import load
from support.clock import FakeClock
from support.github.fake import FakeGitHub


class Noted:
    """What the client reports."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, str]] = []
        """Kind and result of each."""
        self.left: list[int] = []
        self.waits: list[tuple[str, datetime]] = []

    def called(self, kind: str, result: str, seconds: float) -> None:
        assert seconds >= 0
        self.calls.append((kind, result))

    def remaining(self, calls: int) -> None:
        self.left.append(calls)

    def waiting(self, account: str, until: datetime, reason: str) -> None:
        self.waits.append((account, until))


@asynccontextmanager
async def asking(
    github: FakeGitHub,
    clock: FakeClock,
    *,
    observer: Noted | None = None,
    etags: ETags | None = None,
    patience: float = 10.0,
    **settings: Any,
) -> AsyncIterator[GitHub]:
    """The client as it is built for real, with `github.token` unless the settings say who asks instead.

    `patience`: seconds that it waits for bytes.
    """
    who = {} if {"github_token", "app_id"} & settings.keys() else {"github_token": github.token}
    given = load(None, **{"webhook_secrets": ("s",), "api_url": github.url, **who, **settings})
    http = httpx2.AsyncClient(timeout=patience, trust_env=False)
    async with connect(given, observer=observer or Noted(), etags=etags, clock=clock.clock(), http=http) as client:
        yield client


def as_app(github: FakeGitHub, installation: int | None = None) -> dict[str, Any]:
    """The settings that make the client ask as the app."""
    return {
        "app_id": github.app.id,
        "app_private_key": github.app.private_key,
        "app_installation_id": installation,
    }
