"""The page about hostile input names what is there: each case once, each with tests that exist, or a reason."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROWS = re.findall(
    r"^\| ([A-Z]-\d\d) \| (.+?) \| (.+?) \| (.+) \|$", (ROOT / "docs/hostile-input.md").read_text(), flags=re.MULTILINE
)
GROUPS = {
    "A": 24,
    "B": 15,
    "C": 12,
    "D": 14,
    "P": 20,
    "F": 15,
    "G": 8,
    "H": 8,
    "I": 4,
    "J": 10,
    "K": 8,
    "L": 12,
    "M": 7,
    "R": 14,
}
"""How many cases there are of each kind; who takes one away has to say so here."""


@cache
def source(path: str) -> str:
    file = ROOT / path if path.startswith("web/") else ROOT / "tests" / path
    return file.read_text(encoding="utf-8")


def test_every_case_is_there_once() -> None:
    assert [each for each, *_ in ROWS] == [
        f"{kind}-{number:02}" for kind, count in GROUPS.items() for number in range(1, count + 1)
    ]
    assert max(Counter(what for _, what, *_ in ROWS).values()) == 1


@pytest.mark.parametrize(("case", "shown"), [(row[0], row[3]) for row in ROWS])
def test_what_shows_it_is_there(case: str, shown: str) -> None:
    if shown == "no test":
        assert case == "C-12"
        return
    for reference in shown.split(", "):
        assert reference[0] == reference[-1] == "`", reference
        path, _, name = reference.strip("`").partition("::")
        assert not name or f"def {name}(" in source(path), reference
        assert source(path)
