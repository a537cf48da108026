"""What make check says of lock files that do not hold."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


def checked(folder: Path) -> subprocess.CompletedProcess[str]:
    command = ["node", str(ROOT / "scripts/pinned.mjs"), str(folder)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture
def lock_files(tmp_path: Path) -> Path:
    for folder in ("web", "benchmarks"):
        (tmp_path / folder).mkdir()
        for name in ("package.json", "package-lock.json"):
            shutil.copy(ROOT / folder / name, tmp_path / folder)
    return tmp_path


def change(path: Path, how: Callable[[Any], object]) -> None:
    read = json.loads(path.read_text(encoding="utf-8"))
    how(read)
    path.write_text(json.dumps(read), encoding="utf-8")


def test_ours_hold(lock_files: Path) -> None:
    assert checked(lock_files).returncode == 0


def test_a_package_that_is_not_locked_is_seen(lock_files: Path) -> None:
    change(lock_files / "web/package.json", lambda read: read["dependencies"].update({"left-pad": "1.3.0"}))
    said = checked(lock_files)
    assert said.returncode == 1
    assert "cd web && npm install" in said.stderr


def test_a_package_without_a_hash_is_seen(lock_files: Path) -> None:
    change(lock_files / "web/package-lock.json", lambda read: read["packages"]["node_modules/react"].pop("integrity"))
    said = checked(lock_files)
    assert (said.returncode, said.stderr) == (1, "web/package-lock.json has no hash of node_modules/react\n")
