"""Strangers' text and links, made harmless."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from omnilens.pipeline.text import NAME_LENGTH, all_clean, clean, safe_url


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ('<script>alert("xss")</script>', 'alert("xss")'),
        ("<scr<script>ipt>x", "x"),
        ("<img src=x onerror=alert(1)>Build", "Build"),
        ("a < b and c > d", "a < b and c > d"),
        ("Build 🚀 für 3.11", "Build 🚀 für 3.11"),
        ("evil\u202egnp.exe\u2066", "evilgnp.exe"),
        ("a\x00b\x1b[31mc", "ab[31mc"),
        ("two\nlines\tand  more ", "two lines and more"),
        ("x" * 1000, "x" * (NAME_LENGTH - 1) + "…"),
        (None, ""),
        ("", ""),
    ],
)
def test_names_become_plain_text(given: str | None, kept: str) -> None:
    assert clean(given) == kept


@given(st.text(max_size=2000))
@example("<" * 100_000 + "a>" * 100_000)
def test_no_tag_and_nothing_invisible_is_ever_left(text: str) -> None:
    cleaned = clean(text)
    assert len(cleaned) <= NAME_LENGTH
    assert cleaned.isprintable() or all(not char.isspace() or char == " " for char in cleaned)
    assert "<script>" not in cleaned.lower()
    assert clean(cleaned) == cleaned


def test_a_link_to_github_stays_as_it_is() -> None:
    url = "https://github.com/octo-org/octo-repo/actions/runs/1?x=y#z"
    assert safe_url(url, "github.com") == url
    assert safe_url("https://ghe.example.com/a", "ghe.example.com")


@pytest.mark.parametrize(
    "url",
    [
        None,
        "",
        'javascript:alert("xss")',
        "JaVaScRiPt:alert(1)",
        "data:text/html,x",
        "http://github.com/a",
        "//github.com/a",
        "https://github.com.evil.com/a",
        "https://github.com@evil.com/a",
        "https://user@github.com/a",
        "https://github.com:444/a",
        "https://evil.com/github.com",
        "https://[github.com/a",
        " https://github.com/a",
        "https://github.com/\na",
        "https://gıthub.com/a",
        "https://github.com/" + "a" * 3000,
    ],
)
def test_every_other_link_is_dropped(url: str | None) -> None:
    assert safe_url(url, "github.com") is None


@given(st.lists(st.text(st.sampled_from("ab <>|\u202e\n"), max_size=4), max_size=4))
@example(["x" * NAME_LENGTH])
@example(["x" * (NAME_LENGTH + 1)])
@example(["<b>", "</b>"])
@example([""])
def test_what_is_clean_together_is_clean_one_by_one(texts: list[str]) -> None:
    if all_clean(texts):
        assert all(text and clean(text) == text for text in texts)
    else:
        assert any(not text or clean(text) != text or set(text) & set("|<") for text in texts)
