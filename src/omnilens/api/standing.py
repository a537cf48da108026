"""How the workflows of a repository stand: what badges and CCTray tell, who come by without a board to look at.

A workflow stands as its last run ended that passed or failed: what was cancelled or skipped says nothing about it.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from typing import NamedTuple

from omnilens.model import Conclusion, Repository, Run
from omnilens.people.notices.lanes import branch_of
from omnilens.pipeline.history import History
from omnilens.pipeline.store import Store

LOOKED_AT = 300
"""Runs of the history that are looked at for a workflow that has not run lately."""
CAPACITY = 256
"""Repositories whose runs are kept as they were put together last."""


class Standing(NamedTuple):
    """One workflow."""

    newest: Run
    verdict: Run | None
    """The last run that passed or failed; nothing if none is known."""


def standings(runs: Iterable[Run], branch: str | None, workflow: str | None = None) -> list[Standing]:
    """The workflows of `runs` (newest first), by name: on a branch, or on all; all workflows, or one."""
    found: dict[int | str, Standing] = {}
    for run in runs:
        if not (_is_on(run, branch) and _is_of(run, workflow)):
            continue
        key = run.workflow_id or run.name
        known = found.get(key)
        if known is None:
            found[key] = Standing(run, run if _decides(run) else None)
        elif known.verdict is None and _decides(run):
            found[key] = known._replace(verdict=run)
    return sorted(found.values(), key=lambda each: (each.newest.name.casefold(), each.newest.workflow_id or 0))


class Standings:
    """The newest runs of each repository, put together once for each version of its board."""

    def __init__(self, store: Store, history: History | None) -> None:
        self._store = store
        self._history = history
        self._kept: OrderedDict[str, tuple[int, list[Run]]] = OrderedDict()

    async def of(
        self, repository: Repository, branch: str | None = None, workflow: str | None = None
    ) -> list[Standing]:
        """How a repository's workflows stand: on its default branch, as far as that is known, or on another one."""
        return standings(await self._runs(repository.slug), branch or repository.default_branch, workflow)

    async def _runs(self, slug: str) -> list[Run]:
        version = self._store.version(slug)
        kept = self._kept.get(slug)
        if kept is None or kept[0] != version:
            kept = (version, await self._gathered(slug))
            self._kept[slug] = kept
        self._kept.move_to_end(slug)
        if len(self._kept) > CAPACITY:
            self._kept.popitem(last=False)
        return kept[1]

    async def _gathered(self, slug: str) -> list[Run]:
        past = await self._history.newest(slug, LOOKED_AT) if self._history else []
        runs = {each.run.id: each.run for each in past} | {each.run.id: each.run for each in self._store.all_runs(slug)}
        return sorted(runs.values(), key=lambda run: (run.run_started_at, run.id), reverse=True)


def _decides(run: Run) -> bool:
    return run.failed or run.conclusion is Conclusion.SUCCESS


def _is_on(run: Run, branch: str | None) -> bool:
    return branch is None or branch_of(run) == branch


def _is_of(run: Run, workflow: str | None) -> bool:
    """By its name or by its file's, as it stands in ``.github/workflows``."""
    if workflow is None:
        return True
    file = (run.path or "").partition("@")[0].rpartition("/")[2]
    return workflow.casefold() in {run.name.casefold(), file.casefold()}
