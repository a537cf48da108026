"""Both nodes behind a proxy are replaced under load: no delivery is refused, and every client has every update."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack
from pathlib import Path

import pytest

from support.crowd import Watcher, keep_sending
from support.nginx import nginx
from support.nodes import Nodes
from support.waiting import eventually_async

pytestmark = pytest.mark.anyio

CLIENTS = 100
BACK_WITHIN = 5.0


async def test_both_nodes_are_replaced_one_after_the_other(nodes: Nodes, tmp_path: Path) -> None:
    with ExitStack() as running:
        servers = [running.enter_context(nodes.node(number)) for number in (0, 1)]
        port = running.enter_context(nginx(tmp_path / "nginx", nodes.addresses))
        watchers = [Watcher(port, "octo-repo", f"browser {number}") for number in range(CLIENTS)]
        for watcher in watchers:
            watcher.stay()
        await asyncio.gather(*(watcher.connect() for watcher in watchers))
        await eventually_async(lambda: all(watcher.live for watcher in watchers))

        over = asyncio.Event()
        senders = [asyncio.create_task(keep_sending(port, lane, over)) for lane in range(4)]
        await eventually_async(lambda: all(watcher.seqs for watcher in watchers))
        for number, server in enumerate(servers):
            assert await asyncio.to_thread(server.stop) == 0
            await asyncio.to_thread(running.enter_context, nodes.node(number))
        over.set()
        sent = sum(await asyncio.gather(*senders))

        await eventually_async(lambda: all(watcher.seqs[-1] == sent for watcher in watchers), patience=20)
        assert sent > 50
        assert {tuple(watcher.seqs) for watcher in watchers} == {tuple(range(1, sent + 1))}
        assert not any(watcher.fresh for watcher in watchers)
        assert 0 < max(watcher.away for watcher in watchers) < BACK_WITHIN
        for watcher in watchers:
            watcher.close()
