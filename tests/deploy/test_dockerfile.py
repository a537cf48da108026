"""The Dockerfile without a container engine: its commands work, in a folder with nothing but what it copies."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from omnilens import __version__
from support.certificates import make
from support.process import free_port
from support.server import LiveServer

ROOT = Path(__file__).parents[2]
DOCKERFILE = (ROOT / "deploy/Dockerfile").read_text(encoding="utf-8").replace("\\\n", "")
UV = ROOT / ".setup/uv/bin/uv"


def steps(instruction: str) -> list[str]:
    return re.findall(rf"^{instruction} (.+)$", DOCKERFILE, flags=re.MULTILINE)


def copied() -> list[str]:
    """What is taken from the repository."""
    return [source for step in steps("COPY") if not step.startswith("--from") for source in step.split()[:-1]]


def check_health(**environment: str) -> int:
    (said,) = steps("HEALTHCHECK")
    python, *arguments = json.loads(said.partition("CMD ")[2])
    assert python == "python"
    given = {**os.environ, **environment}
    return subprocess.run([sys.executable, *arguments], env=given, capture_output=True, check=False).returncode


def test_what_it_copies_is_there_and_not_ignored() -> None:
    ignored = (ROOT / "deploy/Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    for source in copied():
        assert (ROOT / source).exists()
        assert f"!{source.partition('/')[0]}" in ignored


def test_it_builds_with_what_we_build_with() -> None:
    (pinned,) = re.findall(r"^UV_VERSION := (\S+)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert f"uv=={pinned}" in DOCKERFILE


def test_what_it_installs_is_the_command_without_the_sources(tmp_path: Path) -> None:
    source, installed = tmp_path / "source", tmp_path / "installed"
    source.mkdir()
    for name in {name for name in copied() if not name.startswith("web")}:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, source)
    (sync,) = (step.split()[1:] for step in steps("RUN") if step.startswith("uv sync"))
    for costly in ("--compile-bytecode", "--no-cache"):
        sync.remove(costly)
    given = {**os.environ, "UV_PROJECT_ENVIRONMENT": str(installed), "UV_PYTHON": sys.executable}
    subprocess.run([UV, *sync, "--quiet"], cwd=source, env=given, check=True)
    shutil.rmtree(source)
    said = subprocess.run([str(installed / "bin/omnilens"), "version"], capture_output=True, text=True, check=True)
    assert said.stdout == f"{__version__}\n"
    assert list(installed.glob("lib/*/site-packages/omnilens/web/index.html"))
    assert list(installed.glob("lib/*/site-packages/omnilens/manual/runbooks/alerts.md"))
    assert not list(installed.glob("lib/*/site-packages/pytest"))


def test_it_runs_without_a_shell_and_without_root() -> None:
    final = DOCKERFILE.rpartition("\nFROM ")[2]
    for instruction in ("ENTRYPOINT", "CMD"):
        (said,) = re.findall(rf"^{instruction} (.+)$", final, flags=re.MULTILINE)
        assert isinstance(json.loads(said), list)
    (user,) = re.findall(r"^USER (\d+):(\d+)$", final, flags=re.MULTILINE)
    assert min(map(int, user)) >= 10000
    assert all(image.endswith("-slim") for image in re.findall(r"^FROM (\S+)", DOCKERFILE, flags=re.MULTILINE))


def test_a_node_is_healthy_while_it_is_ready(server: LiveServer) -> None:
    assert check_health(OMNILENS_HOST="127.0.0.1", OMNILENS_PORT=str(server.port)) == 0
    assert check_health(OMNILENS_HOST="0.0.0.0", OMNILENS_PORT=str(server.port)) == 0  # noqa: S104
    assert check_health(OMNILENS_HOST="127.0.0.1", OMNILENS_PORT=str(free_port())) == 1


def test_a_node_with_tls_of_its_own_is_too(tmp_path: Path) -> None:
    files = make(tmp_path, "board")
    with LiveServer(ssl_certfile=files.certificate, ssl_keyfile=files.key) as server:
        port = {"OMNILENS_PORT": str(server.port)}
        assert check_health(OMNILENS_SSL_CERTFILE=str(files.certificate), **port) == 0
        assert check_health(**port) == 0  # where it was said on the command line
        server.omnilens._ready = False
        assert check_health(OMNILENS_SSL_CERTFILE=str(files.certificate), **port) == 1
