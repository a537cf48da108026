"""The servers that are measured: how each is started, and what it needs."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

HERE = Path(__file__).parent
WORK = HERE.parent / ".setup" / "bench"
"""Programs and requests that are made while measuring."""
INTERPRETER = WORK / "venv" / "bin" / "python"
"""The interpreter of the servers: `make bench` makes it from the one that the distribution built, with optimisations.
Whoever compiled their own has most often left them out, and would measure that."""
MODULES = HERE / "node_modules"
SECRET = "a secret for measuring"
SOCKET_IO = "/socket.io/?EIO=4&transport=websocket"
NCHAN_MODULE = "ngx_nchan_module.so"
FILES = 20_000


@dataclass(frozen=True, slots=True)
class Peer:
    """One server. `missing` says what is not installed, or nothing."""

    name: str
    command: Callable[[int], list[str]]
    missing: Callable[[], str | None] = lambda: None
    protocol: Literal["socketio", "raw"] = "socketio"
    path: str = SOCKET_IO
    ready: str | None = "/readyz"
    """What it answers with 200 when it is ready; without one, when it accepts connections."""


def server_python() -> str:
    """What servers in Python are run with."""
    return str(INTERPRETER) if INTERPRETER.exists() else sys.executable


def environment() -> dict[str, str]:
    """What every server is told. Those of OmniLens that are unusual lift limits that protect it from one address."""
    return {
        **os.environ,
        "GITHUB_WEBHOOK_SECRET": SECRET,
        "OMNILENS_REPOSITORIES": "octo-org/octo-repo,octo-org/*",
        "OMNILENS_LOG_FORMAT": "json",
        "OMNILENS_DATABASE_URL": "memory",
        "OMNILENS_MAX_CONNECTIONS": str(FILES),
        "OMNILENS_CONNECTIONS_PER_USER": "100000",
        "OMNILENS_HANDSHAKE_RATE": "1000000/second",
        "NODE_ENV": "production",
        # To compile every library again would be most of what a start takes.
        "PYTHONDONTWRITEBYTECODE": "",
    }


def compile_c(source: Path) -> Path:
    """The program of a C file, made again when the file is newer."""
    program = WORK / source.stem
    sources = [source, *source.parent.glob("*.h")]
    if not program.exists() or program.stat().st_mtime < max(each.stat().st_mtime for each in sources):
        WORK.mkdir(parents=True, exist_ok=True)
        subprocess.run(["cc", "-O2", "-Wall", "-Wextra", "-o", program, source], check=True)
    return program


def _module(name: str) -> Callable[[int], list[str]]:
    return lambda port: [server_python(), str(HERE / "peers" / name), str(port)]


def _node(form: str) -> Callable[[int], list[str]]:
    return lambda port: ["node", str(HERE / "peers" / "node.mjs"), str(port), form]


def _no_node() -> str | None:
    if not shutil.which("node"):
        return "Node.js is not installed"
    return None if (MODULES / "socket.io").is_dir() else "npm's socket.io is not installed (make bench does it)"


def _bun() -> Path:
    return MODULES / "@oven" / "bun-linux-x64" / "bin" / "bun"


def _no_bun() -> str | None:
    if platform.machine() != "x86_64":
        return "npm's @oven/bun-linux-x64 is for x86-64"
    return None if _bun().exists() else "npm's @oven/bun-linux-x64 is not installed (make bench does it)"


def _nchan_module() -> Path | None:
    places = ("/usr/lib/nginx/modules", "/usr/lib64/nginx/modules", "/usr/share/nginx/modules")
    return next((Path(place, NCHAN_MODULE) for place in places if Path(place, NCHAN_MODULE).exists()), None)


def _nginx() -> str | None:
    return shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")


def _no_nchan() -> str | None:
    if not _nginx():
        return "nginx is not installed"
    return None if _nchan_module() else "nginx has no nchan (Debian: libnginx-mod-nchan)"


def _nchan(port: int) -> list[str]:
    folder = WORK / "nginx"
    folder.mkdir(parents=True, exist_ok=True)
    text = (HERE / "peers" / "nchan.conf").read_text(encoding="utf-8")
    user = "user root;" if os.geteuid() == 0 else ""
    filled = {"module": str(_nchan_module()), "user": user, "files": str(FILES), "port": str(port)}
    for name, value in filled.items():
        text = text.replace(f"{{{name}}}", value)
    (folder / "nginx.conf").write_text(text, encoding="utf-8")
    return [str(_nginx()), "-p", str(folder), "-c", "nginx.conf"]


def fresh_sqlite() -> str:
    """The URL of a file that is not there yet: else every delivery would be a duplicate of the last round's."""
    WORK.mkdir(parents=True, exist_ok=True)
    for left in WORK.glob("journal.db*"):
        left.unlink()
    return f"sqlite:///{WORK / 'journal.db'}"


def with_database(url: str, port: int) -> list[str]:
    """OmniLens with its journal there."""
    return ["env", f"OMNILENS_DATABASE_URL={url}", *OMNILENS.command(port)]


def no_compiler() -> str | None:
    return None if shutil.which("cc") else "there is no C compiler (cc)"


OMNILENS = Peer("OmniLens", lambda port: [server_python(), "-m", "omnilens", "serve", "--port", str(port)])
SQLITE = Peer("OmniLens, SQLite journal", lambda port: with_database(fresh_sqlite(), port))
UNMEASURED = Peer(
    "OmniLens, nothing measured",
    lambda port: [server_python(), str(HERE / "peers" / "unmeasured.py"), "serve", "--port", str(port)],
)
DELIVERY = Peer("OmniLens, delivery alone", _module("delivery.py"), ready="/")
NODE_LOOP = Peer("Node socket.io, loop", _node("loop"), _no_node, ready="/")
NODE_ROOM = Peer("Node socket.io, room", _node("room"), _no_node, ready="/")
PYTHON = Peer("python-socketio", _module("python_socketio.py"))
NCHAN = Peer("nginx + nchan", _nchan, _no_nchan, "raw", "/sub", ready="/")
BUN = Peer(
    "Bun publish",
    lambda port: [str(_bun()), str(HERE / "peers" / "bun.js"), str(port)],
    _no_bun,
    "raw",
    "/",
    ready="/",
)
FLOOR = Peer(
    "bare send(2) loop",
    lambda port: [str(compile_c(HERE / "peers" / "floor.c")), str(port)],
    no_compiler,
    "raw",
    "/",
    ready=None,
)
EVERYONE = (OMNILENS, SQLITE, UNMEASURED, DELIVERY, NODE_LOOP, NODE_ROOM, PYTHON, NCHAN, BUN, FLOOR)
WITH_WEBHOOKS = (OMNILENS, NODE_LOOP, NODE_ROOM, PYTHON)
"""Those that take GitHub's signed webhooks."""
DELIVERERS = tuple(peer for peer in EVERYONE if peer not in {SQLITE, UNMEASURED})
"""Those whose delivery is measured: where a change is written down makes no difference to it.

What measuring costs is a scenario of its own."""
