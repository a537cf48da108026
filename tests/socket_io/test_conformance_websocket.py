"""Autobahn's cases for WebSocket servers, against our stack as uvicorn runs it; those of compression we do without.

https://github.com/crossbario/autobahn-testsuite, by a runner of today: https://github.com/curioswitch/kosoku. It raises
an error that names the cases which are neither OK nor NON-STRICT nor INFORMATIONAL.
"""

import pytest

from support.sites import ON_BOTH_LOOPS, serve
from support.websocket_echo import EchoServer

kosoku = pytest.importorskip("kosoku")

pytestmark = [pytest.mark.anyio, ON_BOTH_LOOPS]

COMPRESSION = ["12.*", "13.*"]
LIMITS = ["9.*"]


async def test_the_protocol() -> None:
    async with serve(EchoServer()) as site:
        results = await kosoku.run_fuzzingclient(
            f"ws://127.0.0.1:{site.port}", exclude_cases=COMPRESSION + LIMITS, concurrency=4
        )
        assert len(results) == 247
        await site.deserted()


async def test_large_messages() -> None:
    """By themselves: they keep one processor busy for seconds, and others of the cases wait for one second only."""
    async with serve(EchoServer()) as site:
        results = await kosoku.run_fuzzingclient(f"ws://127.0.0.1:{site.port}", cases=LIMITS, concurrency=4)
        assert len(results) == 54
        await site.deserted()
