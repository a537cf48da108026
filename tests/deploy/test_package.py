"""What is published: it is built, installed where nothing else is, and shows the board."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tarfile
from pathlib import Path

import httpx2
import pytest

from omnilens import __version__
from support.process import free_port
from support.waiting import eventually

ROOT = Path(__file__).parents[2]
UV = ROOT / ".setup/uv/bin/uv"
EMPTY = {name: value for name, value in os.environ.items() if not name.startswith(("OMNILENS_", "GITHUB_", "PYTHON"))}


def uv(*arguments: str | Path, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    given = ["--no-progress", *arguments]
    return subprocess.run([UV, *given], cwd=cwd, env=EMPTY, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the sdist, and the wheel that was made of it."""
    folder = tmp_path_factory.mktemp("dist")
    made = uv("build", "--out-dir", folder)
    assert made.returncode == 0, made.stderr
    return folder


def get(url: str) -> httpx2.Response | None:
    try:
        return httpx2.get(url, trust_env=False)
    except httpx2.TransportError:
        return None


def test_the_wheel_shows_the_board_where_nothing_else_is_installed(built: Path, tmp_path: Path) -> None:
    (wheel,) = built.glob("*.whl")
    uv("venv", tmp_path / "venv", cwd=tmp_path)
    installed = uv("pip", "install", "--python", tmp_path / "venv", wheel, cwd=tmp_path)
    assert installed.returncode == 0, installed.stderr
    command, port = tmp_path / "venv/bin/omnilens", free_port()
    said = subprocess.run([command, "--version"], env=EMPTY, capture_output=True, text=True, check=True)
    assert said.stdout == f"{__version__}\n"
    url = f"http://127.0.0.1:{port}"
    with subprocess.Popen(
        [command, "demo", "--port", str(port)], cwd=tmp_path, env=EMPTY, stdout=subprocess.DEVNULL
    ) as demo:
        try:
            page = eventually(lambda: get(f"{url}/dashboard/api"))
            assert page is not None
            assert page.status_code == 200
            for asset in re.findall(r'(?:src|href)="(/[^"]+)"', page.text):
                assert httpx2.get(url + asset, trust_env=False).status_code == 200, asset
            runbook = httpx2.get(f"{url}/manual/runbooks/alerts.md", trust_env=False)
            assert '<h2 id="latency">' in runbook.text
            assert len(httpx2.get(f"{url}/api/repos", trust_env=False).json()["repos"]) == 3
        finally:
            demo.terminate()


def test_the_sdist_has_what_its_wheel_needs_and_nothing_of_the_rest(built: Path) -> None:
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {"LICENSE", "README.md", "pyproject.toml", "src/omnilens/web/index.html"} <= names
    folders = {name.partition("/")[0] for name in names if "/" in name}
    assert folders == {"src", "docs"}


def test_no_package_is_built_without_the_page(tmp_path: Path) -> None:
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, tmp_path)
    package = tmp_path / "src/omnilens"
    package.mkdir(parents=True)
    shutil.copy(ROOT / "src/omnilens/__init__.py", package)
    made = uv("build", cwd=tmp_path)
    assert made.returncode
    assert "src/omnilens/web/index.html" in made.stderr
