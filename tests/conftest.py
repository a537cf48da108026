"""What all tests share."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
import structlog
from hypothesis import settings as hypothesis_settings

from support.server import LiveServer

pytest_plugins = ["support.sites", "support.browser", "support.postgres", "support.redis_server", "support.nodes"]

for name in [name for name in os.environ if name.startswith("GITHUB_")]:
    del os.environ[name]  # a token that happens to be around is not for us

# The default prints every local variable of a traceback, which takes seconds of the event loop's time.
plain = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
structlog.configure(processors=[*structlog.get_config()["processors"][:-1], plain])

hypothesis_settings.register_profile("omnilens", deadline=None, max_examples=100)
hypothesis_settings.load_profile("omnilens")


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def server() -> Iterator[LiveServer]:
    """A real server on a port of its own, with every signed repository on the board."""
    with LiveServer() as live:
        yield live
