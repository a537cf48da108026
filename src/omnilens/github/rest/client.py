"""GitHub's REST API, as one object: what was configured, connected to the parts that ask.

async with connect(settings, observer=…) as github:
    async for page in github.runs.created("octo-org/octo-repo", span):
        …
    hurried = github.patient(5)  # fails with RateLimited rather than wait longer
"""

from __future__ import annotations

import math
from types import TracebackType
from typing import Self

import httpx2

from omnilens.github.rest.about import About
from omnilens.github.rest.app import App, AppKey
from omnilens.github.rest.asking import Asking
from omnilens.github.rest.clock import Clock
from omnilens.github.rest.credentials import Anonymous, Credentials, Token
from omnilens.github.rest.etags import ETag, ETags, MemoryETags
from omnilens.github.rest.hooks import Hooks
from omnilens.github.rest.observing import BudgetView, Observer
from omnilens.github.rest.runs import Runs
from omnilens.github.rest.transport import TIMEOUTS, Transport
from omnilens.settings import Settings


class GitHub:
    """One GitHub, in one name. Everything belongs to one event loop."""

    def __init__(self, asking: Asking) -> None:
        self._asking = asking
        self.runs = Runs(asking)
        self.hooks = Hooks(asking)
        self.about = About(asking)

    @property
    def anonymous(self) -> bool:
        """Whether nothing was configured to ask with: only what is public can be seen, 60 times an hour."""
        return isinstance(self._asking.credentials, Anonymous)

    def patient(self, seconds: float = math.inf) -> GitHub:
        """The same, but that its calls may be put off for so many seconds, by limits and by failures."""
        asking = self._asking
        return GitHub(Asking(asking.transport, asking.credentials, asking.etags, seconds))

    def budgets(self) -> list[BudgetView]:
        """The limits of every account that GitHub was asked for, for display."""
        return self._asking.transport.budgets()

    async def taken(self, etag: ETag | None) -> None:
        """What came with `etag` is stored: asked anew, GitHub need not send it again."""
        await self._asking.taken(etag)

    async def close(self) -> None:
        """Close the connections."""
        await self._asking.transport.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        await self.close()


def connect(
    settings: Settings,
    *,
    observer: Observer,
    etags: ETags | None = None,
    clock: Clock | None = None,
    http: httpx2.AsyncClient | None = None,
) -> GitHub:
    """The GitHub that the settings name; nothing is sent yet.

    Proxies (`HTTPS_PROXY`, `NO_PROXY`) and certificates (`SSL_CERT_FILE`) are taken from the environment.
    """
    clock = clock or Clock()
    transport = Transport(settings.api_url, http or httpx2.AsyncClient(timeout=TIMEOUTS), clock, observer)
    return GitHub(Asking(transport, _credentials(settings, transport, clock), etags or MemoryETags()))


def _credentials(settings: Settings, transport: Transport, clock: Clock) -> Credentials:
    if settings.app_id is not None and settings.app_private_key is not None:
        key = AppKey(settings.app_id, settings.app_private_key.get_secret_value())
        return App(key, transport, clock, settings.app_installation_id)
    if settings.github_token is not None:
        return Token(settings.github_token.get_secret_value())
    return Anonymous()
