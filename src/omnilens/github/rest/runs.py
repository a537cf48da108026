"""Runs and jobs.

https://docs.github.com/en/rest/actions/workflow-runs
https://docs.github.com/en/rest/actions/workflow-jobs
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from typing import TypeVar

import msgspec
from msgspec import Struct

from omnilens.github.payloads import StepFields, WorkflowJobFields
from omnilens.github.rest.asking import EACH_PAGE, Asking
from omnilens.github.rest.calls import Call, Reply, owner_of, repository_path
from omnilens.github.rest.spans import MOST, Span, halves, written
from omnilens.github.rest.values import JobsPage, RunFields, RunsPage

T = TypeVar("T")


class _RunsBody(Struct):
    total_count: int
    workflow_runs: list[msgspec.Raw]


class _JobsBody(Struct):
    total_count: int
    jobs: list[msgspec.Raw]


_RUNS = msgspec.json.Decoder(_RunsBody)
_JOBS = msgspec.json.Decoder(_JobsBody)
_RUN = msgspec.json.Decoder(RunFields)
_JOB = msgspec.json.Decoder(WorkflowJobFields[StepFields])


class Runs:
    """The runs of repositories. A repository is given as ``owner/name``."""

    def __init__(self, asking: Asking) -> None:
        self._asking = asking

    async def newest(self, repository: str, *, anew: bool = False) -> AsyncIterator[RunsPage]:
        """Pages of a hundred runs each, newest first: take as many as are needed.

        With `anew` there is no page at all if the first is as it was when its ETag was put away.

        Raises:
            GitHubError: as ``errors.py`` has them.
        """
        call = _runs_call(repository, None)
        first = await (self._asking.ask_anew(call) if anew else self._asking.ask(call))
        if first is not None:
            yield _page(first)
            async for reply in self._asking.following(call, first):
                yield _page(reply)

    async def created(self, repository: str, span: Span, *, anew: bool = False) -> AsyncIterator[RunsPage]:
        """All runs that were created in `span`, each once, in pages, newest first.

        The first page tells how many there are, unless there are more than a search finds: then that many, or more.
        With `anew` there is no page at all if the first is as it was when its ETag was put away. A run that was run
        again has a new ``updated_at`` and the same ``created_at``.

        Raises:
            GitHubError: as ``errors.py`` has them.
        """
        given: set[int] = set()
        async for page in self._created(repository, span, anew):
            runs = tuple(run for run in page.runs if run.id not in given)
            given |= {run.id for run in runs}
            yield msgspec.structs.replace(page, runs=runs)

    async def run(self, repository: str, run_id: int) -> RunFields:
        """One run, in its latest attempt.

        Raises:
            GitHubError: as ``errors.py`` has them.
        """
        return await self._one(repository, f"show the run {run_id} of {repository}", run_id)

    async def attempt(self, repository: str, run_id: int, attempt: int) -> RunFields:
        """One attempt of a run, counted from 1.

        Raises:
            GitHubError: as ``errors.py`` has them.
        """
        return await self._one(
            repository, f"show attempt {attempt} of the run {run_id} of {repository}", run_id, "attempts", attempt
        )

    async def jobs(self, repository: str, run_id: int, *, attempt: int | None = None, all_: bool = False) -> JobsPage:
        """The jobs of a run with their steps: of its latest attempt, of the given one, or of `all_`.

        Raises:
            GitHubError: as ``errors.py`` has them.
        """
        parts: tuple[str | int, ...] = (run_id,) if attempt is None else (run_id, "attempts", attempt)
        which = (("filter", "all" if all_ else "latest"),) if attempt is None else ()
        call = Call(
            kind="jobs",
            wants=f"list the jobs of the run {run_id} of {repository}",
            path=repository_path(repository, "actions", "runs", *parts, "jobs"),
            query=(*which, EACH_PAGE),
            reads=_JOBS,
            owner=owner_of(repository),
        )
        first = await self._asking.ask(call)
        written = list(first.value.jobs)
        async for page in self._asking.following(call, first):
            written += page.value.jobs
        jobs = _readable(_JOB, written)
        each_once = tuple({job.id: job for job in jobs}.values())
        return JobsPage(jobs=each_once, total_count=first.value.total_count, unreadable=len(written) - len(jobs))

    async def _created(self, repository: str, span: Span, anew: bool) -> AsyncIterator[RunsPage]:
        call = _runs_call(repository, span)
        first = await (self._asking.ask_anew(call) if anew else self._asking.ask(call))
        if first is None:
            return
        yield _page(first)
        parts = halves(span) if first.value.total_count >= MOST else None
        if parts is None:
            async for reply in self._asking.following(call, first):
                yield _page(reply)
            return
        for part in reversed(parts):
            async for page in self._created(repository, part, False):
                yield page

    async def _one(self, repository: str, wants: str, *parts: str | int) -> RunFields:
        where = repository_path(repository, "actions", "runs", *parts)
        call = Call(kind="runs", wants=wants, path=where, reads=_RUN, owner=owner_of(repository))
        return (await self._asking.ask(call)).value


def _runs_call(repository: str, span: Span | None) -> Call[_RunsBody]:
    return Call(
        kind="runs",
        wants=f"list the runs of {repository}",
        path=repository_path(repository, "actions", "runs"),
        query=(EACH_PAGE,) if span is None else (("created", written(span)), EACH_PAGE),
        reads=_RUNS,
        owner=owner_of(repository),
    )


def _page(reply: Reply[_RunsBody]) -> RunsPage:
    raw = reply.value.workflow_runs
    runs = _readable(_RUN, raw)
    return RunsPage(
        runs=tuple(runs), total_count=reply.value.total_count, unreadable=len(raw) - len(runs), etag=reply.etag
    )


def _readable(decoder: msgspec.json.Decoder[T], written: Iterable[msgspec.Raw]) -> list[T]:
    """What is as GitHub describes it; one that is not must not cost all the others."""
    found = []
    for each in written:
        try:
            found.append(decoder.decode(each))
        except msgspec.ValidationError:
            continue
    return found
