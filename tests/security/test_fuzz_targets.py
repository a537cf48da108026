"""What `make fuzz` runs for minutes holds for its seeds, and for whatever comes to mind within a second."""

from __future__ import annotations

from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fuzz import packets, payloads, websocket

TARGETS = [packets, websocket, payloads]


@pytest.mark.parametrize("target", TARGETS)
def test_its_seeds(target: ModuleType) -> None:
    for seed in target.SEEDS:
        target.read(seed)


@pytest.mark.parametrize("target", TARGETS)
@given(data=st.data())
@settings(max_examples=200)
def test_bytes_and_seeds_with_other_bytes_in_them(target: ModuleType, data: st.DataObject) -> None:
    seed = data.draw(st.sampled_from([b"", *target.SEEDS]))
    at = data.draw(st.integers(0, len(seed)))
    target.read(seed[:at] + data.draw(st.binary(max_size=30)) + seed[at + data.draw(st.integers(0, 10)) :])
