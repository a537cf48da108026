"""What must hold whatever went wrong in between, decided from what clients heard and what senders were answered.

Each function returns what is wrong, one sentence each; nothing means that all is well.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import msgspec

from omnilens.github.deliveries import Delivery
from omnilens.github.payloads import WorkflowJobPayload, WorkflowRunPayload, read
from omnilens.model import Repository, RunDetail, to_json
from omnilens.pipeline.journal import Entry
from omnilens.pipeline.normalise import normalise
from omnilens.pipeline.store import Store
from support.heard import Board, Heard, History, Said, Snapshot, Subscribed, Updated, board_of, updates_of, view_of

EVER = (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))
AT_MOST = 10
"""Sentences of one kind: the first ones tell enough."""
_RANKS = {"in_progress": 1, "completed": 2}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a sender heard of one attempt."""

    status: int | None
    """Nothing if the connection broke before an answer came."""
    said: Said = field(default_factory=dict)

    @property
    def accepted(self) -> bool:
        return self.status == 200


@dataclass(slots=True)
class Posted:
    """A delivery, and what was answered each time it was posted."""

    id: str
    event: str
    body: bytes
    slug: str
    answers: list[Answer] = field(default_factory=list)

    @property
    def accepted(self) -> bool:
        return any(answer.accepted for answer in self.answers)

    @property
    def seq(self) -> int:
        """Its place in the journal, which every answer to it names."""
        return next(int(answer.said["seq"]) for answer in self.answers if answer.accepted)

    @property
    def run_id(self) -> int:
        return next(int(answer.said["runId"]) for answer in self.answers if answer.accepted)


def board_from(deliveries: Iterable[Posted], slug: str, received_at: datetime) -> Board:
    """The board that these deliveries make of themselves: no server, no journal, no clients."""
    store = Store()
    for number, posted in enumerate(deliveries, start=1):
        payload = read(posted.event, posted.body)
        assert isinstance(payload, WorkflowRunPayload | WorkflowJobPayload)
        repository = Repository(slug=posted.slug, full_name=posted.slug)
        delivery = Delivery(posted.id, posted.event, posted.body, posted.id, received_at)
        change = normalise(payload, repository, delivery, "github.com", timedelta(days=1))
        store.apply(Entry(number, change))
    views = store.runs(slug, *EVER)
    details = (RunDetail(**msgspec.structs.asdict(view.run), jobs=view.jobs) for view in views)
    return board_of(msgspec.json.decode(to_json(detail)) for detail in details)


def chain(history: History) -> list[str]:
    """No update is missing without a word, and none comes twice."""
    return _some(_chain(history))


def _chain(history: History) -> Iterator[str]:
    epoch, seq, named = "", 0, 0
    for heard in history:
        if isinstance(heard, Updated):
            yield from _follows(seq, heard.said)
            seq = heard.said["seq"]
        elif isinstance(heard, Snapshot):
            # Live updates may overtake a snapshot, so it may be older than the last of them.
            if heard.said["epoch"] == epoch and heard.said["seq"] < named:
                yield f"a snapshot at {heard.said['seq']} where the subscription had said {named}"
        elif heard.fresh or heard.reset:
            epoch, seq = heard.said["epoch"], heard.said["seq"]
            named = seq
        else:
            if heard.said["epoch"] != epoch:
                yield f"epoch {epoch} became {heard.said['epoch']} without a reset"
            for update in heard.missed:
                yield from _follows(seq, update)
                seq = update["seq"]
            if heard.said["seq"] != seq:
                yield f"the subscription says {heard.said['seq']}, its updates end at {seq}"
            epoch, seq = heard.said["epoch"], heard.said["seq"]


def _follows(seq: int, update: Said) -> Iterator[str]:
    if update["seq"] <= seq:
        yield f"update {update['seq']} came again after {seq}"
    elif update["prev"] != seq:
        yield f"update {update['seq']} follows {update['prev']}, but the client had {seq}: a hole"


class _Shown(NamedTuple):
    """The furthest that a run or job was seen to be."""

    attempt: int
    rank: int
    seq: int


def ranks(history: History) -> list[str]:
    """Within one attempt, no run and no job ever goes back in what a client is shown."""
    shown: dict[tuple[str, int], _Shown] = {}
    return _some(fault for heard in history for fault in _ranks(heard, shown))


def _ranks(heard: Heard, shown: dict[tuple[str, int], _Shown]) -> Iterator[str]:
    if isinstance(heard, Subscribed) and (heard.fresh or heard.reset):
        shown.update({key: each._replace(seq=0) for key, each in shown.items()})  # numbers may begin anew
    if isinstance(heard, Snapshot):
        parts = [("run", run, heard.said["seq"]) for run in heard.said["runs"]]
        parts += [("job", job, seq) for _, run, seq in list(parts) for job in run["jobs"]]
    else:
        parts = [
            (kind, update[name], update["seq"])
            for update in updates_of([heard])
            for kind, name in (("run", "runData"), ("job", "jobData"))
            if name in update
        ]
    for kind, said, seq in parts:
        now = _Shown(said["run_attempt"], _RANKS.get(said["status"], 0), seq)
        before = shown.get((kind, said["id"]))
        if before is None or now[:2] >= before[:2]:
            shown[kind, said["id"]] = now
        elif before.seq <= seq:
            yield f"{kind} {said['id']} went back from {before} to {now}"


def deliveries(posted: Sequence[Posted], last_seq: int | None = None) -> list[str]:
    """Every delivery was taken in once: not lost, not twice, and the journal has nothing else."""
    return _some(_deliveries(posted, last_seq))


def _deliveries(posted: Sequence[Posted], last_seq: int | None) -> Iterator[str]:
    for each in posted:
        accepted = [answer.said for answer in each.answers if answer.accepted]
        unanswered = sum(answer.status is None for answer in each.answers)
        first = sum(not said["duplicate"] for said in accepted)
        if not accepted:
            yield f"{each.id} was never accepted: {[answer.status for answer in each.answers]}"
        elif first > 1:
            yield f"{each.id} was taken for new {first} times"
        elif first == 0 and not unanswered:
            yield f"{each.id} was a duplicate of nothing"
        elif len({said["seq"] for said in accepted}) > 1:
            yield f"{each.id} has several places: {[said['seq'] for said in accepted]}"
    places = Counter(each.seq for each in posted if each.accepted)
    yield from (f"place {seq} was given {count} times" for seq, count in places.items() if count > 1)
    if last_seq is not None and (strange := set(range(1, last_seq + 1)) ^ set(places)):
        yield f"places that no delivery has, or the journal does not: {sorted(strange)[:AT_MOST]}"


def visible(posted: Sequence[Posted], history: History) -> list[str]:
    """Every accepted delivery's run is seen by this client, and each update comes from a delivery about its run."""
    view, runs = view_of(history) or {}, {each.seq: each.run_id for each in posted if each.accepted}
    missing = sorted({run for run in runs.values() if run not in view})
    strange = [said["seq"] for said in updates_of(history) if runs.get(said["seq"]) != said["workflowId"]]
    return _some(
        [
            *(f"run {run} was accepted and is not seen" for run in missing),
            *(f"update {seq} comes from no delivery about its run" for seq in strange),
        ]
    )


def same(name: str, found: Board | None, expected: Board) -> list[str]:
    """Two boards are one."""
    if found is None:
        return [f"{name}: never got its snapshot"]
    different = [run for run in {**found, **expected} if found.get(run) != expected.get(run)]
    return _some(f"{name}: run {run} is {found.get(run)}, not {expected.get(run)}" for run in different)


def counters(counted: Mapping[str, float], answers: Iterable[Answer]) -> list[str]:
    """The server counted what the senders were answered: accepted, duplicates and each refusal by its code."""
    told = Counter(_result(answer) for answer in answers if answer.status is not None)
    names = {*told, *(name for name, count in counted.items() if count)}
    return [
        f"{name}: {counted.get(name, 0):g} counted, {told[name]} answered"
        for name in sorted(names)
        if counted.get(name, 0) != told[name]
    ]


def _result(answer: Answer) -> str:
    if not answer.accepted:
        return str(answer.said["code"])
    return "duplicate" if answer.said["duplicate"] else str(answer.said.get("ignored", "accepted"))


def counted_in(metrics: str) -> dict[str, float]:
    """Deliveries by their result, in Prometheus' text format."""
    found: Counter[str] = Counter()
    for result, value in re.findall(
        r'^omnilens_webhook_deliveries_total\{.*result="([^"]+)".*\} (\S+)$', metrics, re.M
    ):
        found[result] += int(float(value))
    return dict(found)


def secrets(log: str, *secret: str) -> list[str]:
    """Nothing that must stay secret is in a log."""
    return [
        f"a secret is in the log: {line[:200]}" for line in log.splitlines() if any(each in line for each in secret)
    ]


def quiet(log: str, *expected: str) -> list[str]:
    """The server had no error but the expected ones."""
    lines = (line for line in log.splitlines() if "Traceback" in line or '"level":"error"' in line)
    return _some(line[:500] for line in lines if not any(f'"event":"{event}"' in line for event in expected))


def _some(faults: Iterable[str]) -> list[str]:
    return [fault for fault, _ in zip(faults, range(AT_MOST), strict=False)]


def nothing_wrong(*faults: Sequence[str], about: Any = "") -> None:
    """Fail with everything that was found."""
    found = [fault for each in faults for fault in each]
    assert not found, "\n".join([f"{about}", *found])
