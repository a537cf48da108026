"""Who may see which repository."""

from __future__ import annotations

from typing import Protocol

from omnilens.model import Repository
from omnilens.people.viewer import Viewer


class Access(Protocol):
    """Decides what somebody may see."""

    def known(self, viewer: Viewer, repository: Repository) -> bool | None:
        """Whether `viewer` may see it, as far as that is known at this moment."""

    async def may_read(self, viewer: Viewer, repository: Repository, at_most: float = 1.0) -> bool:
        """The same, found out where it is not known. What cannot be found out is not allowed.

        An answer is taken that is no older than the share `at_most` of the time that it counts.
        """


class Scoped:
    """Whoever was let in may see everything, but that a token may be for some repositories only."""

    def known(self, viewer: Viewer, repository: Repository) -> bool | None:
        return viewer.covers(repository.slug)

    async def may_read(self, viewer: Viewer, repository: Repository, at_most: float = 1.0) -> bool:
        return viewer.covers(repository.slug)
