"""What a client missed, encoded once for all who missed the same: when a network fails, that is everybody."""

from __future__ import annotations

from collections import OrderedDict

from omnilens.model import to_json
from omnilens.pipeline.store import Store

MAX_UPDATES = 500
"""A client that missed more is served faster by a fresh snapshot."""
CAPACITY = 32
"""Answers kept; one can have half a megabyte."""


class Replay:
    """Looks up missed updates."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._kept: OrderedDict[tuple[str, int, int], bytes | None] = OrderedDict()

    def since(self, slug: str, seq: int) -> bytes | None:
        """The updates of a repository after `seq` as a JSON array, or nothing if they are too many or forgotten."""
        question = (slug, seq, self._store.version(slug))
        if question not in self._kept:
            self._kept[question] = self._encode(slug, seq)
            if len(self._kept) > CAPACITY:
                self._kept.popitem(last=False)
        self._kept.move_to_end(question)
        return self._kept[question]

    def _encode(self, slug: str, seq: int) -> bytes | None:
        missed = self._store.since(slug, seq)
        if missed is None or len(missed) > MAX_UPDATES:
            return None
        return b"[%b]" % b",".join(map(to_json, missed))
