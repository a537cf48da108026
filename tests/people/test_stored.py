"""What is stored about people is what the documentation says, column by column."""

from __future__ import annotations

import re
from pathlib import Path

from omnilens.database.tables import metadata
from omnilens.people.exporting import owner_column
from omnilens.people.stored import NOTHING_ABOUT_PEOPLE, OF_NOBODY_KNOWN, OF_RUNS, OTHER_COLUMNS, STORED

PAGE = (Path(__file__).parents[2] / "docs/privacy.md").read_text(encoding="utf-8")


def test_every_column_of_every_table_is_accounted_for() -> None:
    """A new column fails here until it is said whether it can hold something about somebody, and why."""
    assert STORED.keys().isdisjoint(NOTHING_ABOUT_PEOPLE)
    assert {table.name for table in metadata.tables.values()} == STORED.keys() | NOTHING_ABOUT_PEOPLE.keys()
    for name, columns in STORED.items():
        others = OTHER_COLUMNS.get(name, set())
        assert others.isdisjoint(columns)
        assert {column.name for column in metadata.tables[name].c} == columns.keys() | others, name


def test_the_page_has_the_same_table() -> None:
    found = re.findall(r"^\| `(\w+)` \| `(\w+)` \| (.*) \| (.*) \| (.*) \|$", PAGE, flags=re.MULTILINE)
    assert found == [
        (table, column, about.what + (" (never shown)" if about.secret else ""), about.why, about.until)
        for table, columns in STORED.items()
        for column, about in columns.items()
    ]
    named = re.findall(r"^\| `(\w+)` \| ([^|`]+) \|$", PAGE, flags=re.MULTILINE)
    assert named == list(NOTHING_ABOUT_PEOPLE.items())


def test_what_says_whose_a_row_is_can_be_found_and_removed() -> None:
    for name in STORED.keys() - OF_RUNS - OF_NOBODY_KNOWN:
        assert owner_column(metadata.tables[name]), f"nobody can tell whose a row of {name} is"


def test_nothing_that_lets_somebody_in_is_shown() -> None:
    for name, columns in STORED.items():
        for column, about in columns.items():
            lets_in = column.endswith(("key", "token")) or (name, column) == ("push_subscriptions", "auth")
            assert about.secret == lets_in, f"{name}.{column}"
