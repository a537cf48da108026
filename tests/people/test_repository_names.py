"""What people paste into the field."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnilens.people.repository_names import parse


@pytest.mark.parametrize(
    "text",
    [
        "octo-org/octo-repo",
        "  octo-org/octo-repo\n",
        "octo-org/octo-repo/",
        "octo-org/octo-repo.git",
        "github.com/octo-org/octo-repo",
        "https://github.com/octo-org/octo-repo",
        "HTTPS://GitHub.com/octo-org/octo-repo/",
        "http://www.github.com/octo-org/octo-repo",
        "https://github.com:443/octo-org/octo-repo",
        "https://github.com/octo-org/octo-repo.git",
        "https://github.com/octo-org/octo-repo/actions",
        "https://github.com/octo-org/octo-repo/actions/runs/5?check_suite_focus=true#step:3:1",
        "https://github.com/octo-org/octo-repo/tree/main/src",
        "https://github.com/octo-org/octo-repo?tab=readme",
        "git+https://github.com/octo-org/octo-repo.git",
        "git@github.com:octo-org/octo-repo.git",
        "github.com:octo-org/octo-repo",
        "ssh://git@github.com/octo-org/octo-repo.git",
        "ssh://git@ssh.github.com:443/octo-org/octo-repo.git",
        "git://github.com/octo-org/octo-repo.git",
    ],
)
def test_every_form_that_github_shows(text: str) -> None:
    assert parse(text, "github.com") == "octo-org/octo-repo"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "octo-repo",
        "/",
        "octo-org/",
        "octo-org/..",
        "octo-org/octo repo",
        "octo-org/octo-repo/actions",
        "-octo/repo",
        "octo-org/réponse",
        "осто-org/octo-repo",
        "octo-org\u200b/octo-repo",
        "octo-org/octo-repo\x00",
        "https://gitlab.com/octo-org/octo-repo",
        "https://github.com.evil.example/octo-org/octo-repo",
        "https://github.com@evil.example/octo-org/octo-repo",
        "https://user:secret@github.com/octo-org/octo-repo",
        "https://evil.example/github.com/octo-org/octo-repo",
        "https://github.com:8443/octo-org/octo-repo",
        "https://github.com/octo-org",
        "https://github.com/octo-org/%2e%2e",
        "https://[github.com/octo-org/octo-repo",
        "https:///octo-org/octo-repo",
        "git@evil.example:octo-org/octo-repo.git",
        "ssh://git:secret@github.com/octo-org/octo-repo",
        "javascript:alert(1)//octo-org/octo-repo",
        "file://github.com/octo-org/octo-repo",
        "octo-org/" + "x" * 101,
        "https://github.com/octo-org/octo-repo?" + "x" * 500,
    ],
)
def test_what_is_none_or_somewhere_else(text: str) -> None:
    assert parse(text, "github.com") is None


@pytest.mark.parametrize(
    "text", ["https://git.corp.example:8443/a/b", "git.corp.example:8443/a/b", "git@git.corp.example:a/b", "a/b"]
)
def test_a_server_of_ones_own(text: str) -> None:
    assert parse(text, "git.corp.example:8443") == "a/b"


@pytest.mark.parametrize("text", ["https://github.com/a/b", "https://git.corp.example/a/b"])
def test_only_that_one(text: str) -> None:
    assert parse(text, "git.corp.example:8443") is None


@given(st.text(max_size=60) | st.from_regex(r"[a-z]{0,5}:?/{0,2}[!-~]{0,40}", fullmatch=True))
def test_nothing_breaks_it_and_what_comes_out_is_a_name(text: str) -> None:
    found = parse(text, "github.com")
    if found is not None:
        owner, name = found.split("/")
        assert owner.replace("-", "").replace("_", "").isalnum()
        assert parse(found, "github.com") == found or name.lower().endswith(".git")
