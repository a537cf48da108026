from collections.abc import AsyncIterator

import pytest
from socketio_harness import Site, make_server, serve


@pytest.fixture
def anyio_backend() -> object:
    return "asyncio"


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with serve(make_server()) as site:
        yield site
