"""The socket to listen on: one of our own, or one that a supervisor holds for this process and its successors.

With a socket of systemd's no connection is ever refused: while one process ends and the next begins, those who connect
wait in the kernel, and two processes may accept from it at the same time.
See https://www.freedesktop.org/software/systemd/man/latest/sd_listen_fds.html and
https://www.freedesktop.org/software/systemd/man/latest/sd_notify.html.
"""

from __future__ import annotations

import ipaddress
import os
import socket
from collections.abc import Mapping

from omnilens.settings import Settings

BACKLOG = 16_384
"""Connections the kernel holds for us: everybody comes back at once after a restart."""
_FIRST_FD = 3


class StartError(Exception):
    """The server cannot start, and trying again will not help."""


def is_handed_over(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether a supervisor holds the listening socket, so that a successor may be there already when we go."""
    return environment.get("LISTEN_PID") == str(os.getpid())


def listen(settings: Settings) -> tuple[socket.socket, Settings]:
    """The listening socket, and the settings with the port it has: 0 finds a free one.

    Raises:
        StartError: the address is not to be had, or it is not one to listen on.
    """
    listening = _inherited(settings) if is_handed_over() else _own(settings)
    return listening, settings.model_copy(update={"port": listening.getsockname()[1]})


def notify(state: str, environment: Mapping[str, str] = os.environ) -> None:
    """Tell the supervisor, if it asked to be told, what becomes of us: ``READY=1``, ``STOPPING=1``."""
    if address := environment.get("NOTIFY_SOCKET"):
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as supervisor:
            supervisor.sendto(state.encode(), address.replace("@", "\0", 1) if address[0] == "@" else address)


def _own(settings: Settings) -> socket.socket:
    host = settings.host.strip("[]")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, settings.port), family=family, backlog=BACKLOG)
    except OSError as error:
        raise StartError(f"Cannot listen on {host}:{settings.port}: {error.strerror or error}.") from error


def _inherited(settings: Settings) -> socket.socket:
    if os.environ.get("LISTEN_FDS") != "1":
        raise StartError("Hand over one socket to listen on; there are more (LISTEN_FDS).")
    listening = socket.socket(fileno=_FIRST_FD)
    listening.set_inheritable(False)
    if listening.family not in {socket.AF_INET, socket.AF_INET6}:
        raise StartError("Hand over a TCP socket to listen on (ListenStream=127.0.0.1:8000).")
    address = listening.getsockname()[0]
    if settings.auth == "none" and not ipaddress.ip_address(address).is_loopback:
        raise StartError(
            f"The socket that was handed over listens on {address}, which others can reach, but OMNILENS_AUTH=none "
            "lets everybody in; have it listen on 127.0.0.1 and put a proxy with a login in front."
        )
    return listening
