"""``omnilens demo``: the real server, a day of history, and then one scene after another."""

from __future__ import annotations

import asyncio
import secrets
import socket
from collections.abc import Coroutine, Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from rich.console import Console

from omnilens import settings
from omnilens.app import OmniLens
from omnilens.demo.caring import Caring
from omnilens.demo.director import Director
from omnilens.demo.plans import REPOSITORIES
from omnilens.demo.scenes import Shot
from omnilens.demo.sender import Sender
from omnilens.demo.stage import Stage
from omnilens.listening import StartError, listen
from omnilens.operations import logs
from omnilens.serve import Running, stop_on_signals
from omnilens.settings import Settings

log = logs.get(__name__)


def batched(shots: Sequence[Shot], size: int) -> Iterator[Sequence[Shot]]:
    """`shots` in groups of `size`, in order."""
    rest = iter(shots)
    while batch := list(islice(rest, size)):
        yield batch


async def play(director: Director, caring: Caring, sender: Sender) -> None:
    """Post a day of history, and then scene after scene, each in its own time, for ever."""
    started = datetime.now(UTC)
    history, trouble = director.history(started), director.trouble(started)
    for shot in trouble:
        caring.hear(shot, shot.at)
    for batch in batched([*history, *trouble], 20):
        await asyncio.gather(*(_post(sender, shot) for shot in batch))
    stage = Stage(director)
    stage.open(datetime.now(UTC))
    while True:
        for _, slug, workflow_id, branch, name in caring.due(datetime.now(UTC)):
            await sender.claim(slug, workflow_id, branch, name)
        shot = stage.next_shot()
        await asyncio.sleep(max(0.0, (shot.at - datetime.now(UTC)).total_seconds()))
        await _post(sender, shot)
        caring.hear(shot, datetime.now(UTC))
        stage.keep_busy(datetime.now(UTC))


async def _post(sender: Sender, shot: Shot) -> None:
    answer = await sender.send(shot.event, shot.payload, shot.delivery_id)
    if answer.status_code != 200:
        log.warning("demo.refused", status=answer.status_code, answer=answer.text)


def demo(host: str | None, port: int | None, seed: int | None) -> None:
    """Serve and play until a signal ends it.

    Raises:
        StartError: the port is taken, or the server did not start.
    """
    secret = secrets.token_hex(16)
    loaded = settings.load(
        env_file=None,
        host=host,
        port=port,
        webhook_secrets=(secret,),
        repositories=REPOSITORIES,
        stale_deliveries="history",
        database_url=settings.IN_MEMORY,
    )
    # GitHub knows nothing of what is played here, and need not be asked with a token that happens to be around.
    loaded = loaded.model_copy(update={"github_token": None, "app_id": None, "app_private_key": None})
    logs.configure("warning", loaded.log_format)
    listening, loaded = listen(loaded)
    url = loaded.origin
    Console().print(f"OmniLens demo at [bold]{url}[/] with made-up runs. Ctrl+C ends it.", soft_wrap=True)
    stop_on_signals()
    sender = Sender(url, secret.encode())
    seed = seed or secrets.randbelow(2**32)
    server = Staged(OmniLens(loaded), loaded, play(Director(seed), Caring(seed), sender))
    with asyncio.Runner(loop_factory=server.config.get_loop_factory()) as runner:
        runner.run(server.serve(sockets=[listening]))
        runner.run(sender.close())
    if not server.started:
        raise StartError("The server did not start.")


class Staged(Running):
    """A server with a play, which begins when the server has started and ends before it stops."""

    def __init__(self, omnilens: OmniLens, settings: Settings, scenes: Coroutine[Any, Any, None]) -> None:
        super().__init__(omnilens, settings)
        self._scenes = scenes
        self._playing: asyncio.Task[None] | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._playing = asyncio.create_task(self._scenes)
        self._playing.add_done_callback(_report)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        if self._playing is not None:
            self._playing.cancel()
            await asyncio.gather(self._playing, return_exceptions=True)
        await super().shutdown(sockets)


def _report(playing: asyncio.Task[None]) -> None:
    """A play has no end of its own: if it stopped, people should know why nothing moves any more."""
    if not playing.cancelled() and (error := playing.exception()):
        log.error("demo.failed", exc_info=error)
