"""The last half hour of a board over real HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from omnilens.api import rewind
from omnilens.api.schemas import Rewind
from omnilens.model import Repository, RunDetail
from omnilens.pipeline.earlier import Recording
from omnilens.pipeline.journal import Entry
from omnilens.pipeline.store import Store
from support.changes import at, origin, run_reported
from support.payloads import ago, job_payload, run_payload
from support.server import LiveServer

PATH = "/api/repos/octo-repo/rewind"


@pytest.fixture
def server() -> Iterator[LiveServer]:
    with LiveServer(repositories="octo-org/octo-repo") as live:
        yield live


def test_it_has_every_update_and_what_was_before_them(server: LiveServer) -> None:
    assert server.get(PATH)["updates"] == []
    server.post("workflow_run", run_payload("in_progress", id=1))
    server.post("workflow_job", job_payload("in_progress", run_id=1))
    server.post("workflow_run", run_payload(id=1, conclusion="failure"))
    answer = server.get(PATH)
    assert [update["type"] for update in answer["updates"]] == ["workflow_started", "job_started", "workflow_failed"]
    assert (answer["runs"], answer["begins_seq"]) == ([], 0)
    assert answer["begins_at"] == answer["updates"][0]["timestamp"]
    assert (answer["seq"], answer["epoch"]) == (answer["updates"][-1]["seq"], server.get("/api/health")["epoch"])
    assert [each["prev"] for each in answer["updates"]] == [0, *(each["seq"] for each in answer["updates"][:-1])]


def test_what_is_no_longer_kept_was_there_at_the_beginning(server: LiveServer) -> None:
    step = {"number": 1, "name": "Run tests", "status": "completed", "conclusion": "success"}
    server.post("workflow_run", run_payload("in_progress", id=1))
    server.post("workflow_job", job_payload(run_id=1, steps=[step]))

    async def forget() -> None:
        server.omnilens.store.forget(datetime.now(UTC), timedelta(0))

    server.call(forget())
    server.post("workflow_run", run_payload(id=1))
    answer = server.get(PATH)
    (run,) = answer["runs"]
    assert (run["status"], [job["steps"] for job in run["jobs"]]) == ("in_progress", [[]])
    assert [update["type"] for update in answer["updates"]] == ["workflow_completed"]
    assert answer["updates"][0]["prev"] == answer["begins_seq"] == 2
    assert answer["begins_at"] > ago(60)


def test_it_is_the_same_without_compression(server: LiveServer) -> None:
    server.post("workflow_run", run_payload(id=1))
    packed, plain = server.http.get(PATH), server.http.get(PATH, headers={"accept-encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.json() == plain.json()
    assert plain.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/api/repos/elsewhere/rewind", 404, "repository-not-found"),
        (f"{PATH}?tz=Mars/Olympus", 400, "invalid-parameter"),
    ],
)
def test_what_cannot_be_answered_is_said(server: LiveServer, path: str, status: int, code: str) -> None:
    answer = server.http.get(path)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


class TestTheAnswer:
    """What of a recording is told."""

    def recorded(self, *seconds: float) -> Recording:
        """A run each, received in these seconds."""
        store = Store()
        for seq, second in enumerate(seconds, start=1):
            store.apply(Entry(seq, replace(run_reported(id=seq), origin=origin(second))))
        return store.recording("api")

    def told(self, recording: Recording, now: float) -> Rewind:
        repository = Repository(slug="api", full_name="acme/api")
        return rewind.rewound(repository, "UTC", recording, seq=9, epoch="e", now=at(now))

    def test_it_goes_back_half_an_hour(self) -> None:
        answer = self.told(self.recorded(0, 10, 1900), now=2000)
        assert [update.seq for update in answer.updates] == [3]
        assert sorted(run.id for run in answer.runs) == [1, 2]
        assert (answer.begins_at, answer.begins_seq) == (at(200), 2)

    def test_there_is_a_most_to_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(rewind, "MAX_UPDATES", 2)
        answer = self.told(self.recorded(0, 10, 20, 30), now=100)
        assert [update.seq for update in answer.updates] == [3, 4]
        assert (answer.begins_at, answer.begins_seq) == (at(10), 2)

    def test_a_quiet_board_looked_as_it_does_now(self) -> None:
        answer = self.told(self.recorded(0), now=100_000)
        assert (answer.begins_at, len(answer.runs), answer.updates) == (at(100_000 - 1800), 1, ())
        assert isinstance(answer.runs[0], RunDetail)
