"""Run the server: an address to listen on, uvicorn around the application, and an orderly end."""

from __future__ import annotations

import asyncio
import gc
import resource
import signal
import socket
import sys
from functools import partial

import uvicorn

from omnilens.app import OmniLens
from omnilens.certificate import Certificate, Files, UnusableCertificate
from omnilens.database import SchemaTooNew
from omnilens.errors import StorageUnavailable
from omnilens.front import EveryAnswer, Hosts
from omnilens.listening import BACKLOG, StartError, is_handed_over, listen, notify
from omnilens.operations import logs
from omnilens.pipeline.exchange import DeliveryProtocol
from omnilens.settings import Settings

GRACE = 4
"""Seconds that requests under way may take after the signal to stop."""
ONLY_TLS_FOR = 365 * 24 * 3600
"""Seconds."""
ON_THE_WAY = 0.3
"""Seconds for requests on connections that were accepted just before a successor took over."""
SPARE_FILES = 100
"""What is open besides connections: the database, what is sent to others, and what the process itself needs."""

log = logs.get(__name__)


def default_headers(settings: Settings) -> list[tuple[str, str]]:
    """What every answer is sent with."""
    headers = [("x-content-type-options", "nosniff")]
    if settings.origin.startswith("https:"):
        # Browsers that were here once never ask in clear again, https://www.rfc-editor.org/rfc/rfc6797
        headers.append(("strict-transport-security", f"max-age={ONLY_TLS_FOR}"))
    return headers


class Running(uvicorn.Server):
    """uvicorn, saying goodbye to socket clients before it closes their connections."""

    def __init__(
        self,
        omnilens: OmniLens,
        settings: Settings,
        *,
        most_connections: int = sys.maxsize,
        handed_over: bool = False,
        certificate: Certificate | None = None,
    ) -> None:
        super().__init__(
            uvicorn.Config(
                omnilens,
                host=settings.host,
                port=settings.port,
                ws=omnilens.sockets.protocol,  # type: ignore[arg-type]  # a factory does as well as a class
                http=partial(  # type: ignore[arg-type]  # likewise
                    DeliveryProtocol,
                    intake=omnilens.intake,
                    # Whoever logs in is known by a cookie that browsers send to the one name only.
                    hosts=Hosts(settings.origin) if settings.auth == "none" else None,
                    refused=omnilens.refused,
                    most=most_connections,
                    every_answer=EveryAnswer(default_headers(settings), omnilens.now),
                ),
                lifespan="on",
                access_log=False,
                log_config=None,
                date_header=False,
                server_header=False,
                proxy_headers=False,
                backlog=BACKLOG,
                timeout_graceful_shutdown=GRACE,
            )
        )
        self._omnilens = omnilens
        self._handed_over = handed_over
        self._certificate = certificate
        self._freshness: asyncio.Task[None] | None = None
        self.problem = "The server did not start."

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        try:
            await self._omnilens.recover()
        except (StorageUnavailable, SchemaTooNew) as error:
            self.problem = str(error)
            self.should_exit = True
            return
        if self._certificate:
            self.config.ssl = self._certificate.context
            self._freshness = asyncio.create_task(
                self._certificate.keep_fresh(asyncio.sleep), name="look at the certificate"
            )
        await super().startup(sockets)
        if self.started:
            notify("READY=1")

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        notify("STOPPING=1")
        if self._freshness:
            self._freshness.cancel()
        if self._handed_over:  # a successor, here already or soon, accepts from the very same socket
            for server in self.servers:
                server.close()
            await asyncio.sleep(ON_THE_WAY)
        await self._omnilens.drain()
        await super().shutdown(sockets)


def stop_on_signals() -> None:
    """Make SIGTERM and SIGINT end the process with exit code 0.

    uvicorn raises the signal again when it has stopped; by then, being told to stop was obeyed.
    """
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: sys.exit(0))


def spare_the_collector() -> None:
    """Let the garbage collector look less often, and never at what the imports made.

    A board is a hundred thousand small values that live for half an hour: walking them all takes tens of milliseconds,
    in which nobody is served, and finds nothing, since none of them refer to each other in circles.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


def open_files() -> int:
    """Let this process open as many files, and so sockets, as it may at all. Returns how many that are.

    A shell gives 1,024 by default, for the sake of programs with an old interface that cannot count further.
    """
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    return most


def serve(settings: Settings) -> None:
    """Serve until a signal ends it.

    Raises:
        StartError: the address is taken, or the application did not start; the log says why.
    """
    certificate = certificate_of(settings)
    listening, settings = listen(settings)
    files = open_files()
    if files < settings.max_connections + SPARE_FILES:
        log.warning("server.few_files", limit=files, max_connections=settings.max_connections, hint="raise ulimit -n")
    spare_the_collector()
    stop_on_signals()
    omnilens = OmniLens(settings)
    omnilens.api.openapi()  # which looks at every route: else the first request would hold up all others for it
    server = Running(
        omnilens,
        settings,
        most_connections=max(files - SPARE_FILES, files // 2),
        handed_over=is_handed_over(),
        certificate=certificate,
    )
    server.run(sockets=[listening])
    if not server.started:
        raise StartError(server.problem)


def certificate_of(settings: Settings) -> Certificate | None:
    """What to speak TLS with, if anything.

    Raises:
        StartError: it cannot be used.
    """
    file = settings.ssl_certfile
    if file is None:
        return None
    try:
        return Certificate(Files(file, settings.ssl_keyfile or file))
    except UnusableCertificate as error:
        raise StartError(str(error)) from error
