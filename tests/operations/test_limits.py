"""How often an address may try."""

from __future__ import annotations

from pytest import MonkeyPatch

from omnilens.operations import limits
from omnilens.operations.limits import RateLimiter
from omnilens.settings import Rate


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_so_many_at_once_and_then_one_at_a_time() -> None:
    clock = Clock()
    limiter = RateLimiter(Rate(3, 60), clock)
    for _ in range(3):
        assert limiter.wait("a") == 0
        limiter.count("a")
    assert limiter.wait("a") == 20
    clock.now = 19.5
    assert limiter.wait("a") == 1
    clock.now = 20
    assert limiter.wait("a") == 0
    limiter.count("a")
    assert limiter.wait("a") == 20


def test_addresses_do_not_share() -> None:
    limiter = RateLimiter(Rate(1, 60), Clock())
    limiter.count("a")
    assert limiter.wait("a") > 0
    assert limiter.wait("b") == 0


def test_a_long_rest_saves_nothing_up() -> None:
    clock = Clock()
    limiter = RateLimiter(Rate(2, 60), clock)
    limiter.count("a")
    clock.now = 10_000
    limiter.count("a")
    limiter.count("a")
    assert limiter.wait("a") > 0


def test_memory_is_bounded(monkeypatch: MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_ADDRESSES", 2)
    limiter = RateLimiter(Rate(1, 60), Clock())
    for address in "abc":
        limiter.count(address)
    assert [limiter.wait(address) > 0 for address in "abc"] == [False, True, True]
