"""What is sealed is opened by nobody else, not for ever, and not when it was touched."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnilens.errors import StorageUnavailable
from omnilens.people.sealing import Broken, Seal, key_in

KEY = "0123456789abcdef" * 4


@given(st.binary(), st.text(min_size=1), st.text(min_size=1))
def test_only_the_key_that_closed_it_opens_it(content: bytes, key: str, other: str) -> None:
    sealed = Seal(key).close(content)
    assert Seal(key).open(sealed) == content
    if other != key:
        with pytest.raises(Broken):
            Seal(other).open(sealed)


@given(st.binary(), st.integers(0))
def test_what_was_touched_is_not_opened(content: bytes, place: int) -> None:
    sealed = bytearray(Seal(KEY).close(content))
    at = place % len(sealed)
    sealed[at] = ord("A") if sealed[at] != ord("A") else ord("B")
    with suppress(Broken):
        assert Seal(KEY).open(bytes(sealed)) == content  # the last characters of base64 may mean the same


@given(st.binary())
def test_what_is_no_seal_is_not_opened(content: bytes) -> None:
    with pytest.raises(Broken):
        Seal(KEY).open(content)


def test_it_can_be_too_old() -> None:
    sealed = Seal(KEY).close(b"x")
    assert Seal(KEY).open(sealed, timedelta(minutes=1)) == b"x"
    with pytest.raises(Broken):
        Seal(KEY).open(sealed, timedelta(seconds=-1))


def test_servers_that_start_together_make_one_key(tmp_path: Path) -> None:
    file = tmp_path / "new" / "secret.key"
    with ThreadPoolExecutor(16) as threads:
        keys = set(threads.map(lambda _: key_in(file), range(64)))
    assert len(keys) == 1
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [each.name for each in file.parent.iterdir()] == ["secret.key"]
    assert key_in(file) in keys


def test_a_key_that_cannot_be_had_is_said(tmp_path: Path) -> None:
    (tmp_path / "secret.key").write_text("\n")
    with pytest.raises(StorageUnavailable, match="empty"):
        key_in(tmp_path / "secret.key")
    (tmp_path / "file").touch()
    with pytest.raises(StorageUnavailable, match="cannot be read or made"):
        key_in(tmp_path / "file" / "secret.key")
