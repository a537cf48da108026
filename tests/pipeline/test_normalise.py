"""From GitHub's words to ours."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnilens.github.deliveries import Delivery
from omnilens.github.payloads import WorkflowJobPayload, WorkflowRunPayload, read
from omnilens.model import Conclusion, Job, Repository, Run, Status, to_json
from omnilens.pipeline.change import JobReported, RunReported, decode, encode
from omnilens.pipeline.normalise import MAX_STEPS, normalise
from support.payloads import examples, job_payload, run_payload

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
REPOSITORY = Repository(slug="octo-repo", full_name="octo-org/octo-repo")
RETENTION = timedelta(minutes=30)


def reported(event: str, payload: Any, now: datetime = NOW) -> RunReported | JobReported:
    body = json.dumps(payload).encode()
    delivery = Delivery("id", event, body, "signature", now)
    payload = read(event, body)
    assert isinstance(payload, WorkflowRunPayload | WorkflowJobPayload)
    return normalise(payload, REPOSITORY, delivery, "github.com", RETENTION)


def run_of(**fields: Any) -> Run:
    return reported("workflow_run", run_payload(**fields)).run


def job_of(**fields: Any) -> Job:
    change = reported("workflow_job", job_payload(**fields))
    assert isinstance(change, JobReported)
    return change.job


@pytest.mark.node
def test_githubs_run_examples() -> None:
    seen = []
    for example in examples()["workflow_run"]:
        run = reported("workflow_run", example).run
        assert run.html_url == example["workflow_run"]["html_url"]
        seen.append((example["action"], run.status, run.conclusion))
    assert seen == [
        ("completed", Status.COMPLETED, Conclusion.UNKNOWN),  # the odd one: its status says queued
        ("completed", Status.COMPLETED, Conclusion.SUCCESS),
        ("completed", Status.COMPLETED, Conclusion.SUCCESS),
        ("requested", Status.QUEUED, None),
        ("requested", Status.COMPLETED, Conclusion.ACTION_REQUIRED),
    ]


@pytest.mark.node
def test_githubs_job_examples() -> None:
    for example in examples()["workflow_job"]:
        change = reported("workflow_job", example)
        given = example["workflow_job"]
        assert isinstance(change, JobReported)
        assert (change.job.status, change.job.name) == (given["status"], given["name"])
        assert [step.name for step in change.job.steps] == [step["name"] for step in given["steps"]]
        assert change.run.id == given["run_id"]
        assert change.run.html_url == given["html_url"].partition("/job")[0]


def test_a_name_is_found_for_every_workflow() -> None:
    assert run_of(name="", path=".github/workflows/deploy-all.yml").name == "deploy-all"
    assert run_of(name=None, path=None).name == "Unnamed workflow"
    assert run_of(name="", path=".github/workflows/build.release.yml").name == "build.release"
    assert run_of(name="", path="build").name == "build"


def test_markup_and_foreign_links_are_neutralised() -> None:
    run = run_of(name='<script>alert("xss")</script>', html_url='javascript:alert("xss")', display_title="\u202ea<b>")
    assert (run.name, run.html_url, run.display_title) == ('alert("xss")', None, "a")


@pytest.mark.parametrize("status", ["requested", "queued", "pending", "waiting", "in_progress", "completed"])
def test_every_status(status: str) -> None:
    assert run_of(action="in_progress", status=status).status == status


@pytest.mark.parametrize("conclusion", [each for each in Conclusion if each is not Conclusion.UNKNOWN])
def test_every_conclusion(conclusion: Conclusion) -> None:
    assert run_of(conclusion=conclusion.value).conclusion is conclusion


def test_words_of_the_future_are_unknown_rather_than_refused() -> None:
    assert run_of(action="in_progress", status="levitating").status is Status.UNKNOWN
    assert run_of(conclusion="glorious").conclusion is Conclusion.UNKNOWN


def test_what_has_not_completed_has_no_conclusion() -> None:
    assert run_of(action="in_progress", conclusion="success").conclusion is None


@pytest.mark.parametrize(
    ("action", "status"), [("requested", "queued"), ("in_progress", "in_progress"), ("completed", "completed")]
)
def test_a_delivery_without_a_status_says_it_by_its_action(action: str, status: str) -> None:
    assert run_of(action=action, status=None).status == status


def test_times_that_are_missing_are_now() -> None:
    nothing = dict.fromkeys(("created_at", "run_started_at", "updated_at"))
    run = run_of(**nothing)
    assert (run.run_started_at, run.updated_at, run.created_at) == (NOW, NOW, None)


def test_times_far_ahead_are_now() -> None:
    assert run_of(updated_at="2026-11-22T12:05:00Z").updated_at == NOW + timedelta(minutes=5)
    assert run_of(updated_at="9999-01-01T00:00:00Z").updated_at == NOW


def test_who_runs_it_again_is_its_actor() -> None:
    assert run_of(actor={"login": "ada"}, triggering_actor={"login": "grace"}).actor.login == "grace"  # type: ignore[union-attr]
    assert run_of(actor={"login": "ada", "avatar_url": "javascript:x"}).actor.avatar_url is None  # type: ignore[union-attr]


PLAIN_STEP = {
    "number": 1,
    "name": "Set up job",
    "status": "completed",
    "conclusion": "success",
    "started_at": "2026-11-22T11:00:00Z",
    "completed_at": "2026-11-22T11:01:00Z",
}
STRANGE_TIMES = [
    None,
    "2026-11-22T11:00:00",
    "2026-11-22T12:00:00+01:00",
    "2026-11-22T12:05:00Z",
    "2027-01-01T00:00:00Z",
    "0001-01-01T00:00:00Z",
]
strangeness = st.one_of(
    st.just({}),
    st.just({"status": "in_progress", "conclusion": None}),
    st.fixed_dictionaries({"name": st.sampled_from(["<b>bold</b>", " run", "a|b", "x" * 300, "", None])}),
    st.fixed_dictionaries({"status": st.sampled_from(["in_progress", "queued", "levitating", None])}),
    st.fixed_dictionaries({"conclusion": st.sampled_from(["skipped", "exploded", None])}),
    st.fixed_dictionaries({"started_at": st.sampled_from(STRANGE_TIMES)}),
    st.fixed_dictionaries({"completed_at": st.sampled_from(STRANGE_TIMES)}),
)
steps = strangeness.map(lambda strange: {**PLAIN_STEP, **strange})


@given(st.lists(steps, max_size=3))
def test_steps_that_the_parser_made_are_those_that_we_would_have_made(steps: list[dict[str, Any]]) -> None:
    change = reported("workflow_job", job_payload(steps=steps))
    strange = {"number": 9, "name": "Strange", "status": "levitating"}
    slowly = reported("workflow_job", job_payload(steps=[*steps, strange]))  # none is taken as it is written
    assert isinstance(change, JobReported)
    assert isinstance(slowly, JobReported)
    assert change.job.steps == slowly.job.steps[:-1]
    times = [each for step in change.job.steps for each in (step.started_at, step.completed_at) if each]
    assert all(each.tzinfo is UTC for each in times)


def test_the_newest_time_of_a_job_counts_its_deployment() -> None:
    earlier = "2026-11-22T11:00:00Z"
    job = job_payload("queued", created_at=earlier, started_at=earlier)
    payload = {**job, "deployment": {"updated_at": "2026-11-22T11:59:59Z"}}
    change = reported("workflow_job", payload)
    assert isinstance(change, JobReported)
    assert change.job.updated_at == NOW - timedelta(seconds=1)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-11-22T11:00:00Z", datetime(2026, 11, 22, 11, tzinfo=UTC)),
        ("2026-11-23T01:00:00.5+14:00", datetime(2026, 11, 22, 11, 0, 0, 500_000, tzinfo=UTC)),
        ("2026-11-22T11:00:00", datetime(2026, 11, 22, 11, tzinfo=UTC)),
        ("0001-01-01T00:00:00Z", None),
        ("9999-12-31T23:59:59-14:00", None),
        (None, None),
    ],
)
def test_times_come_out_in_utc_or_not_at_all(written: str | None, meant: datetime | None) -> None:
    created = run_of(created_at=written).created_at
    assert created == meant
    assert created is None or created.tzinfo is UTC


def test_what_is_stored_is_bounded() -> None:
    steps = [{"number": number, "name": "x" * 5000, "status": "queued"} for number in range(5000)]
    job = job_of(steps=steps, labels=["y" * 500] * 500, name="z" * 5000)
    assert len(job.steps) == MAX_STEPS
    assert len(to_json(job)) < 100_000
    pulls = run_of(pull_requests=[{"number": n} for n in range(1000)]).pull_requests
    assert [pull.number for pull in pulls] == list(range(20))


def test_older_than_the_retention_is_history() -> None:
    def historic(**fields: Any) -> bool:
        return reported("workflow_run", run_payload(**fields)).origin.historic

    assert historic(updated_at="2026-11-22T11:29:59Z")
    assert not historic(updated_at="2026-11-22T11:30:00Z")
    assert not historic(updated_at=None)


def test_a_change_survives_being_written_down() -> None:
    for event, payload in (("workflow_run", run_payload()), ("workflow_job", job_payload())):
        change = reported(event, payload)
        assert decode(encode(change)) == change
