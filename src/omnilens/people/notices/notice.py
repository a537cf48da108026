"""A notice: what somebody should know without having looked. Values only."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from omnilens.model import Timestamp

Kind = Literal["failing", "broke", "still_fails", "fixed", "waits"]
"""failing: a job of a run that still goes on failed, on a branch that was fine. broke: such a run has failed.
still_fails: so did a re-run of it. fixed: the branch passes again. waits: a run waits for somebody's approval."""

Outcome = Literal["fixed", "passed", "cancelled", "approved", "ended"]
"""What became of it. fixed: a later run passed; passed: this very run did, in spite of the job; cancelled and ended:
this very run was or did."""


class Notice(Struct, frozen=True, kw_only=True, gc=False):
    """One thing that happened to a workflow on a branch, and what became of it."""

    key: str
    """Names what happened; there is no other notice of it."""
    incident: str
    """The same for all notices of one incident, from the failure that began it to the fix."""
    kind: Kind
    repo_slug: str
    repo: str
    """``owner/name``."""
    workflow: str
    branch: str | None
    run_id: int
    run_attempt: int
    run_number: int | None = None
    run_title: str = ""
    """For most events the first line of the commit."""
    actor: str | None = None
    head_sha: str | None = None
    html_url: str | None = None
    """The run at GitHub."""
    job: str | None = None
    """The job that failed first, or that waits."""
    step: str | None = None
    """The step that failed first."""
    conclusion: str | None = None
    """How the run ended, once it has."""
    at: Timestamp
    """When it happened, by GitHub's clock."""
    since: Timestamp
    """When the incident began."""
    failures: int = 1
    """Runs of the incident that failed so far."""
    ended_at: Timestamp | None = None
    """When it was over; nothing while it lasts."""
    outcome: Outcome | None = None
    """Nothing while it lasts."""

    @property
    def over(self) -> bool:
        return self.outcome is not None
