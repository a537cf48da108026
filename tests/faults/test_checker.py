"""The checker of the fault tests finds each fault that it is there for."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from support import checker
from support.checker import Answer, Posted
from support.heard import Heard, Snapshot, Subscribed, Updated, view_of
from support.load import posted
from support.payloads import job_payload, run_payload

NOW = datetime.now(UTC)


def run(run_id: int = 1, status: str = "in_progress", attempt: int = 1) -> dict[str, Any]:
    return {"id": run_id, "run_attempt": attempt, "status": status}


def job(job_id: int = 7, status: str = "in_progress") -> dict[str, Any]:
    times = {"created_at": "2026-01-01T00:00:00Z", "started_at": None}
    return {"id": job_id, "run_attempt": 1, "status": status, "conclusion": None, "steps": [], **times}


def update(seq: int, prev: int | None = None, about: Any = None, **more: Any) -> dict[str, Any]:
    about = about or run()
    before = seq - 1 if prev is None else prev
    return {"seq": seq, "prev": before, "workflowId": about["id"], "runData": about, **more}


def begun(seq: int = 0) -> Subscribed:
    return Subscribed({"epoch": "e", "seq": seq, "updates": []}, fresh=True)


def resumed(seq: int, *missed: Any, epoch: str = "e") -> Subscribed:
    return Subscribed({"epoch": epoch, "seq": seq, "updates": list(missed)}, fresh=False)


def reset(seq: int, epoch: str = "e") -> Subscribed:
    return Subscribed({"epoch": epoch, "seq": seq, "reset": True}, fresh=False)


def snapshot(seq: int, *runs: Any, epoch: str = "e") -> Snapshot:
    return Snapshot({"epoch": epoch, "seq": seq, "runs": [{"jobs": [], **each} for each in runs]})


ORDERLY: list[Heard] = [
    begun(),
    Updated(update(1)),
    Updated(update(4, 1)),
    resumed(9, update(6, 4), update(9, 6)),
    reset(20),
    Updated(update(21, about=run(2, "completed"))),
    snapshot(20, run(), run(2)),
    Updated(update(23, 21)),
    reset(2, "f"),
    snapshot(3, run(1, "completed"), epoch="f"),
]


def test_an_orderly_history_has_no_fault() -> None:
    assert checker.chain(ORDERLY) == checker.ranks(ORDERLY) == []


@pytest.mark.parametrize(
    ("history", "fault"),
    [
        ([begun(), Updated(update(2))], "a hole"),
        ([begun(), Updated(update(1)), Updated(update(1))], "came again"),
        ([begun(), Updated(update(1)), resumed(1, update(1))], "came again"),
        ([begun(), Updated(update(1)), resumed(3, update(3, 2))], "a hole"),
        ([begun(), Updated(update(1)), resumed(2)], "end at 1"),
        ([begun(), resumed(0, epoch="f")], "without a reset"),
        ([begun(5), Updated(update(5, 4))], "came again"),
        ([reset(5), snapshot(4)], "a snapshot at 4"),
        ([reset(5), snapshot(5), Updated(update(7, 6))], "a hole"),
    ],
)
def test_a_broken_chain(history: list[Heard], fault: str) -> None:
    (found,) = checker.chain(history)
    assert fault in found


@pytest.mark.parametrize(
    ("history", "fault"),
    [
        ([Updated(update(1, about=run(1, "completed"))), Updated(update(2))], "run 1"),
        ([Updated(update(1, about=run(1, attempt=2))), Updated(update(2, about=run(1, "completed")))], "run 1"),
        ([Updated(update(1, jobData=job(7))), Updated(update(2, jobData=job(7, "queued")))], "job 7"),
        ([Updated(update(1, about=run(1, "completed"))), reset(1), snapshot(1, run())], "run 1"),
        ([begun(), resumed(2, update(1, about=run(1, "completed")), update(2))], "run 1"),
    ],
)
def test_what_goes_back(history: list[Heard], fault: str) -> None:
    (found,) = checker.ranks(history)
    assert f"{fault} went back" in found


def test_the_next_attempt_begins_anew() -> None:
    history = [Updated(update(1, about=run(1, "completed"))), Updated(update(2, about=run(1, "queued", attempt=2)))]
    assert checker.ranks(history) == []


def delivery(*answers: Answer, name: str = "d1", payload: Any = None) -> Posted:
    one = posted("workflow_run", payload or run_payload(id=1), name)
    one.answers += answers
    return one


def took(seq: int = 1, *, duplicate: bool = False, run_id: int = 1) -> Answer:
    return Answer(200, {"seq": seq, "duplicate": duplicate, "runId": run_id})


CUT, BUSY = Answer(None), Answer(503, {"code": "journal-unavailable"})


@pytest.mark.parametrize(
    "answers", [[took()], [CUT, took()], [CUT, took(duplicate=True)], [BUSY, CUT, took(), took(duplicate=True)]]
)
def test_what_was_taken_once(answers: list[Answer]) -> None:
    assert checker.deliveries([delivery(*answers)], 1) == []


@pytest.mark.parametrize(
    ("answers", "fault"),
    [
        ([CUT, BUSY], "never accepted"),
        ([took(), took()], "for new 2 times"),
        ([took(duplicate=True)], "a duplicate of nothing"),
        ([BUSY, took(duplicate=True)], "a duplicate of nothing"),
        ([took(), took(2, duplicate=True)], "several places"),
    ],
)
def test_what_was_not(answers: list[Answer], fault: str) -> None:
    found = checker.deliveries([delivery(*answers)])
    assert len(found) == 1
    assert fault in found[0]


def test_a_journal_has_what_was_accepted_and_nothing_else() -> None:
    assert "[2]" in checker.deliveries([delivery(took())], 2)[0]
    assert "[1]" in checker.deliveries([delivery(took())], 0)[0]
    assert "given 2 times" in checker.deliveries([delivery(took()), delivery(took(), name="d2")])[0]


def test_what_was_accepted_and_is_not_seen() -> None:
    seen: list[Heard] = [begun(), Updated(update(1))]
    assert checker.visible([delivery(took())], seen) == []
    assert checker.visible([delivery(took()), delivery(took(2, run_id=2))], seen) == [
        "run 2 was accepted and is not seen"
    ]
    assert "comes from no delivery" in checker.visible([delivery(took(2))], seen)[0]


def test_a_board_is_made_from_deliveries_in_any_order() -> None:
    payloads = [run_payload("in_progress", updated_at="2026-01-01T00:00:00Z"), run_payload()]
    whole = [
        *(delivery(took(), name=f"d{number}", payload=payload) for number, payload in enumerate(payloads)),
        posted("workflow_job", job_payload(), "j"),
        posted("workflow_run", run_payload(id=2), "elsewhere", "other"),
    ]
    board = checker.board_from(whole[:3], "octo-repo", NOW)
    assert board == checker.board_from(reversed(whole[:3]), "octo-repo", NOW)
    assert (board[1]["status"], [each["id"] for each in board[1]["jobs"]]) == ("completed", [21])
    assert checker.same("one", board, checker.board_from(whole[:2], "octo-repo", NOW)) != []
    assert checker.same("one", None, board) == ["one: never got its snapshot"]


def test_the_view_of_a_client_that_was_told_to_reset() -> None:
    view = view_of([begun(), Updated(update(1, about=run(9))), reset(3)])
    assert view is None
    view = view_of([reset(3), Updated(update(4, about=run(4))), Updated(update(5, about=run(5))), snapshot(4, run(1))])
    assert view is not None
    assert sorted(view) == [1, 5]  # the fourth is older than the snapshot, which does not have its run


def test_jobs_of_an_earlier_attempt_are_gone() -> None:
    first, second = update(1, jobData=job(7)), update(2, about=run(attempt=2))
    assert (view_of([begun(), Updated(first)]) or {})[1]["jobs"][0]["id"] == 7
    assert (view_of([begun(), Updated(first), Updated(second)]) or {})[1]["jobs"] == []


def test_counters_that_do_not_add_up() -> None:
    answers = [took(), took(duplicate=True), BUSY, CUT]
    counted = {"accepted": 1.0, "duplicate": 1.0, "journal-unavailable": 1.0}
    assert checker.counters(counted, answers) == []
    assert checker.counters({**counted, "duplicate": 2.0}, answers) == ["duplicate: 2 counted, 1 answered"]
    assert checker.counters({**counted, "stale-delivery": 1.0}, answers) == ["stale-delivery: 1 counted, 0 answered"]
    assert checker.counters({"accepted": 1.0}, answers) != []
    text = 'omnilens_webhook_deliveries_total{event="workflow_run",result="accepted"} 3.0\n# a comment\n'
    assert checker.counted_in(text) == {"accepted": 3}


def test_secrets_and_errors_in_a_log() -> None:
    assert checker.secrets('{"event":"x"}\n', "hush") == checker.quiet('{"event":"x"}\n') == []
    assert checker.secrets('{"event":"hush"}\n', "hush") != []
    assert checker.quiet('{"event":"x","exception":"Traceback (most recent call last)"}\n') != []
    assert checker.quiet('{"event":"x","level":"error"}\n', "y") != []
    assert checker.quiet('{"event":"x","level":"error"}\n', "y", "x") == []


def test_everything_that_was_found_is_told() -> None:
    checker.nothing_wrong([], [])
    with pytest.raises(AssertionError, match="seed 5\none\ntwo"):
        checker.nothing_wrong(["one"], ["two"], about="seed 5")
