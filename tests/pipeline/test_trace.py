"""The way of a delivery: what is remembered of it, and what that comes to."""

from __future__ import annotations

from omnilens.pipeline.journal import Entry
from omnilens.pipeline.times import CONFIRMED_WITHIN, Shown, Taken, Times
from omnilens.pipeline.trace import Trace, trace_of
from support.changes import at
from support.clock import FakeClock
from support.journals import change


def taken(delivery: str = "d1", seq: int = 1, outcome: str = "accepted", answered: float = 5.0) -> Taken:
    return Taken(delivery, outcome, seq, at(-9), 1.0, 2.0, 3.0, 4.0, answered)


def shown(seq: int = 1, began: float = 6.0, subscribers: int = 2) -> Shown:
    return Shown(seq, "d1", began, began + 1, began + 2, subscribers, 0.5)


def way(trace: Trace | None) -> list[tuple[str, float | None]]:
    assert trace is not None
    return [(step.place, step.after) for step in trace.steps]


OFFSET = at(0).timestamp()


def test_everything_is_known_of_what_was_taken_here() -> None:
    about = shown()
    about.confirmed, about.first, about.last = 2, 8.25, 9.0
    trace = trace_of("d1", [taken(), taken(outcome="duplicate")], Entry(1, change(1)), about, OFFSET)
    assert way(trace) == [
        ("happened", None),
        ("received", 10),
        ("complete", 1),
        ("verified", 1),
        ("read", 1),
        ("journaled", 1),
        ("picked-up", 1),
        ("merged", 1),
        ("broadcast", 1),
        ("first-browser", 0.25),
        ("last-browser", 0.75),
    ]
    assert trace is not None
    assert (trace.came, trace.whole, trace.seq, trace.outcome) == (2, True, 1, "accepted")
    assert trace.steps[1].at == at(1)


def test_what_was_read_from_the_journal_was_there_already() -> None:
    """Whoever waits for the journal can be told after those who read it."""
    steps = dict(way(trace_of("d1", [taken(answered=7.0)], None, shown(began=6.5), OFFSET)))
    assert (steps["journaled"], steps["picked-up"]) == (2.5, 0)


def test_of_what_another_server_took_the_journal_tells_when() -> None:
    trace = trace_of("d1", [], Entry(1, change(1)), shown(subscribers=-1), OFFSET)
    assert [place for place, _ in way(trace)] == ["happened", "received", "picked-up", "merged", "broadcast"]
    assert trace is not None
    assert not trace.whole
    assert "changes nothing" in trace.steps[-1].detail


def test_a_later_duplicate_alone_is_told_by_the_journal() -> None:
    trace = trace_of("d1", [taken(outcome="duplicate")], Entry(1, change(1)), None, OFFSET)
    assert [place for place, _ in way(trace)] == ["happened", "received"]


def test_what_is_ignored_ends_with_its_answer() -> None:
    trace = trace_of("d1", [taken(seq=0, outcome="ping")], None, None, OFFSET)
    assert way(trace)[-1] == ("answered", 1)
    assert trace is not None
    assert (trace.outcome, trace.seq, trace.whole) == ("ping", None, True)


def test_nothing_is_known_of_a_stranger() -> None:
    assert trace_of("d1", [], None, None, OFFSET) is None


def test_only_the_last_are_remembered() -> None:
    times = Times(kept=3)
    for number in range(1, 6):
        times.note_taken(taken(f"d{number}", number))
        times.note_shown(shown(number))
    assert [bool(times.taken(f"d{number}")) for number in range(1, 6)] == [False, False, True, True, True]
    assert [times.shown(number) is not None for number in range(1, 6)] == [False, False, True, True, True]
    times.forget()
    assert times.shown(5) is None


def test_whoever_measures_gets_each_once_and_only_what_is_old_enough() -> None:
    times = Times(kept=4)
    for number in range(1, 4):
        times.note_taken(taken(f"d{number}", number, answered=number))
    count, found = times.since(0, until=3.0)
    assert [each.delivery for each in found] == ["d1", "d2"]
    for number in range(4, 9):
        times.note_taken(taken(f"d{number}", number, answered=number))
    _, found = times.since(count, until=99.0)
    assert [each.delivery for each in found] == ["d5", "d6", "d7", "d8"]  # the others had to make room


def test_a_browser_confirms_what_it_was_told_within_a_minute() -> None:
    clock = FakeClock()
    times = Times(clock=clock.monotonic)
    for seq, subscribers in ((1, 2), (2, -1)):
        times.note_shown(shown(seq, clock.monotonic() - 2, subscribers))
    clock.passed += 0.25
    assert times.confirm(1) == 0.75  # with the half second until it was handed out
    clock.passed += 1
    assert times.confirm(1) == 1.75
    found = times.shown(1)
    assert found is not None
    assert (found.confirmed, found.first, found.last) == (2, 1000.25, 1001.25)
    assert [times.confirm(2), times.confirm(3)] == [None, None]
    clock.passed += CONFIRMED_WITHIN
    assert times.confirm(1) is None
