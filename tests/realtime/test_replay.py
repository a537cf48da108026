"""Who missed the same gets the same bytes, and never those of an older board."""

from __future__ import annotations

import json

import pytest

from omnilens.pipeline.journal import Entry
from omnilens.pipeline.store import Store
from omnilens.realtime import replay
from omnilens.realtime.replay import Replay
from support.changes import run_reported


def add(store: Store, *seqs: int) -> None:
    for seq in seqs:
        store.apply(Entry(seq, run_reported(id=seq)))


def seqs(answer: bytes | None) -> list[int] | None:
    return None if answer is None else [update["seq"] for update in json.loads(answer)]


def test_encoded_once_until_there_is_more() -> None:
    store = Store()
    add(store, 1, 2, 3)
    missed = Replay(store)
    first = missed.since("api", 1)
    assert seqs(first) == [2, 3]
    assert missed.since("api", 1) is first
    assert seqs(missed.since("api", 3)) == []
    add(store, 4)
    assert seqs(missed.since("api", 1)) == [2, 3, 4]


def test_no_more_answers_are_kept_than_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replay, "CAPACITY", 2)
    store = Store()
    add(store, 1, 2, 3)
    missed = Replay(store)
    first = missed.since("api", 0)
    missed.since("api", 1)
    assert missed.since("api", 0) is first
    missed.since("api", 2)
    assert missed.since("api", 0) is first
    again = missed.since("api", 1)
    assert seqs(again) == [2, 3]


def test_what_is_not_known_any_more() -> None:
    assert Replay(Store()).since("api", 5) is None
