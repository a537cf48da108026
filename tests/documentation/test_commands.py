"""Every command line in the documentation can be run: the command is there, with those options and arguments."""

from __future__ import annotations

import io
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer import Context
from typer.core import TyperGroup
from typer.exceptions import TyperException
from typer.main import get_command

from omnilens.cli import app

ROOT = Path(__file__).parents[2]
TEXTS = [path for path in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")) if path.name != "commands.md"]
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
COMMAND = get_command(app)
START = re.compile(
    r"^(?:\$ )?(?:\w+=\S+ |sudo |\S*bin/|(?:docker compose|kubectl exec) .*?(?= omnilens ) ?)*omnilens (.+)$"
)
"""A line that runs us, whatever stands before it: settings, sudo, a folder, a container."""


def lines_of(path: Path) -> Iterator[str]:
    """Lines of code blocks, and code within lines."""
    text = path.read_text(encoding="utf-8")
    fenced = re.findall(r"^ *```\w*\n(.*?)^ *```$", text, flags=re.MULTILINE | re.DOTALL)
    for block in fenced:
        yield from (line.strip() for line in block.replace("\\\n", " ").splitlines())
    for code in re.findall(r"`([^`]+)`", re.sub(r"^ *```.*?^ *```$", "", text, flags=re.MULTILINE | re.DOTALL)):
        yield " ".join(code.split())


def calls() -> dict[str, list[str]]:
    """What follows `omnilens` in each text."""
    found = {}
    for path in TEXTS:
        lines = (START.match(re.sub(r"\s+#.*", "", line)) for line in lines_of(path))
        found[str(path.relative_to(ROOT))] = [called[1] for called in lines if called]
    return {path: lines for path, lines in found.items() if lines}


CALLS = calls()
PLACEHOLDERS = {"ID", "ID…", "USER", "FILE", "DELIVERY"}
"""What a sentence has in the place of arguments."""


def understood(line: str) -> None:
    """Parse a command line as it would be run.

    Raises:
        TyperException: there is no such command, or not with these options and arguments.
    """
    first = re.sub(r"\$\([^)]*\)", "today", line.partition(" | ")[0].partition(" > ")[0])
    arguments = [each for each in shlex.split(first) if each not in PLACEHOLDERS]
    shortened = len(arguments) <= len(shlex.split(first)) - 1
    command: Any = COMMAND
    context = Context(COMMAND)
    while isinstance(command, TyperGroup) and arguments and not arguments[0].startswith("-"):
        _, inner, arguments = command.resolve_command(context, arguments)
        assert inner is not None
        command, context = inner, Context(inner, parent=context)
    if not isinstance(command, TyperGroup):
        # A command that a sentence only names leaves its arguments out.
        context.resilient_parsing = shortened or not arguments
        command.parse_args(context, arguments)


@pytest.fixture(autouse=True)
def somebody_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Some commands ask for what they were not given."""
    monkeypatch.setattr("sys.stdin", io.StringIO("because\n" * 9))


@pytest.mark.parametrize("where", CALLS)
def test_commands_exist_with_their_options(where: str) -> None:
    for line in CALLS[where]:
        if re.match(r"[a-z]", line):
            try:
                understood(line)
            except TyperException as error:
                raise AssertionError(f"omnilens {line}: {error}") from error


def rows(command: Any = COMMAND, name: str = "omnilens") -> Iterator[str]:
    """A row of docs/commands.md for each command."""
    if isinstance(command, TyperGroup):
        for each, inner in command.commands.items():
            yield from rows(inner, f"{name} {each}")
    else:
        told = " ".join(command.help.split("\n\n")[0].split())
        given = [each for each in command.params if each.param_type_name == "argument"]
        names = [each.metavar or each.name.upper() for each in given]
        arguments = "".join(
            f" {name}" if each.required else f" [{name}]" for name, each in zip(names, given, strict=True)
        )
        yield f"| `{name}{arguments}` | {told} |"


def test_the_page_of_commands_has_each_with_its_own_words() -> None:
    page = (ROOT / "docs/commands.md").read_text(encoding="utf-8").splitlines()
    assert [row for row in rows() if row not in page] == []
    assert [line for line in page if line.startswith("| `omnilens ") and line not in set(rows())] == []


def test_targets_of_make_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", MAKEFILE, flags=re.MULTILINE)) | {"help"}
    for path in TEXTS:
        for line in lines_of(path):
            if called := re.fullmatch(r"(?:\w+=\S+ )*make ([a-z]+)(?: .*)?", line):
                assert called[1] in targets, f"{path.name}: {line}"


def test_the_form_is_found_wherever_it_stands() -> None:
    for line in ("sudo A=b /opt/omnilens/bin/omnilens doctor", ".venv/bin/omnilens doctor", "A=b omnilens doctor"):
        found = START.match(line)
        assert found is not None
        assert found[1] == "doctor"
    for line in (
        "docker compose -f deploy/compose.yaml exec node-1 omnilens doctor",
        "kubectl exec a -- omnilens doctor",
    ):
        found = START.match(line)
        assert found is not None, line


@pytest.mark.parametrize(
    "wrong", ["hooks sink", "flags set on --whyy x", "restore --yess x", "tokens create a b", "nonsense"]
)
def test_what_cannot_be_run_is_seen(wrong: str) -> None:
    with pytest.raises(TyperException):
        understood(wrong)
