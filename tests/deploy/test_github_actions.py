"""The workflows of GitHub Actions: valid, pinned, with few rights, and made of commands that there are."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
WORKFLOWS = sorted((ROOT / ".github/workflows").iterdir())
TOOLS = ROOT / ".setup/shipping/bin"
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
TARGETS = set(re.findall(r"^([a-z]+):", MAKEFILE, flags=re.MULTILINE))
PARTS = ("INTEGRATION_TESTS", "BROWSER_TESTS", "SECURITY_TESTS")


def read(path: Path) -> dict[str, Any]:
    described: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return described


def tool(name: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([TOOLS / name, *arguments], capture_output=True, text=True, check=False)


def named_on_the_way(value: Any) -> list[str]:
    """Every string in what YAML has read."""
    if isinstance(value, str):
        return [value]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for each in inner for text in named_on_the_way(each)]


def test_they_are_what_github_reads() -> None:
    checked = tool("check-jsonschema", "--builtin-schema", "vendor.github-workflows", *WORKFLOWS)
    assert checked.returncode == 0, checked.stdout
    checked = tool("check-jsonschema", "--builtin-schema", "custom.github-workflows-require-timeout", *WORKFLOWS)
    assert checked.returncode == 0, checked.stdout


def test_compose_files_are_what_compose_reads() -> None:
    files = sorted((ROOT / "deploy").glob("compose*.yaml"))
    checked = tool("check-jsonschema", "--builtin-schema", "vendor.compose-spec", *files)
    assert (checked.returncode, len(files)) == (0, 2), checked.stdout


def test_nothing_in_them_is_known_to_be_dangerous() -> None:
    audited = tool("zizmor", "--offline", "--no-progress", *WORKFLOWS)
    assert audited.returncode == 0, audited.stdout


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_actions_are_pinned_and_rights_are_few(path: Path) -> None:
    described = read(path)
    for used in re.findall(r"uses: (\S+)(.*)", path.read_text(encoding="utf-8")):
        assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", used[0]), used
        assert re.fullmatch(r"  # v\d+\.\d+\.\d+", used[1]), used
    assert described["permissions"] in ({}, {"contents": "read"})
    assert "concurrency" in described


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_what_they_make_can_be_made(path: Path) -> None:
    said = "\n".join(named_on_the_way(read(path)["jobs"]))
    for targets in re.findall(r"^make ([a-z ]+)$", said, flags=re.MULTILINE):
        assert set(targets.split()) <= TARGETS, targets
    for script in re.findall(r"(?:scripts|deploy)/[\w./-]+", said):
        assert (ROOT / script).exists() or script == "deploy/.env", script


def test_ci_runs_every_part_of_the_tests() -> None:
    said = "\n".join(named_on_the_way(read(ROOT / ".github/workflows/ci.yml")["jobs"]))
    for target in ("check", "unit", "integration", "browser", "security", "audit", "bench", "docs", "package"):
        assert re.search(rf"^make (?:\w+ )*{target}\b", said, flags=re.MULTILINE), target


def test_the_parts_are_all_tests_and_no_test_is_in_two() -> None:
    folders = [
        folder for part in PARTS for folder in re.findall(rf"^{part} := (.+)$", MAKEFILE, re.MULTILINE)[0].split()
    ]
    assert all((ROOT / folder).is_dir() for folder in folders)
    assert len(folders) == len(set(folders))
    (ignored,) = re.findall(r"--ignore=,(.+?)\)\)?$", MAKEFILE, re.MULTILINE)
    assert re.findall(r"\$\((\w+)\)", ignored + ")") == list(PARTS)


def test_the_release_is_built_with_what_we_build_with() -> None:
    (pinned,) = re.findall(r"^UV_VERSION := (\S+)$", MAKEFILE, re.MULTILINE)
    assert f"uv=={pinned}" in (ROOT / ".github/workflows/release.yml").read_text(encoding="utf-8")
