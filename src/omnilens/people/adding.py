"""Adding a repository to one's list: what was written is understood, GitHub is asked whether it is there, and only
then it is on the list. The sentences of the errors are those that users of the dashboard before this one know."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from omnilens.errors import GitHubRefused, OperatorsOnly, RepositoryNotFound, RequestError
from omnilens.github.payloads import RepositoryFields
from omnilens.github.rest import Forbidden, GitHubError, NotFound, RateLimited
from omnilens.model import Repository
from omnilens.operations import logs
from omnilens.people.access import Access
from omnilens.people.lists import Lists
from omnilens.people.repository_names import parse
from omnilens.people.viewer import Viewer

if TYPE_CHECKING:
    from omnilens.github.rest.client import GitHub

log = logs.get(__name__)

ANSWER_WITHIN = 10.0
"""Seconds for GitHub to answer somebody who waits at a page."""

INVALID = "Invalid GitHub repository URL or format. Use owner/repo or a full GitHub URL."
NOT_FOUND = "Repository not found"
DENIED = "Repository access denied. Check your GitHub permissions."


class InvalidRepository(RequestError):
    code = "invalid-repository"


class RepositoryDenied(RequestError):
    status = 403
    code = "repository-denied"


class GitHubLimited(RequestError):
    status = 429
    code = "github-limited"


class NewlyListed(NamedTuple):
    repository: Repository
    checked: bool
    """Whether GitHub was asked about it: there may be nothing to ask with."""


class Adding:
    """Takes what somebody has written into the field."""

    def __init__(
        self,
        lists: Lists,
        access: Access,
        github_host: str,
        github_for: Callable[[Viewer], Awaitable[GitHub | None]],
        may_extend: Callable[[Viewer], bool],
    ) -> None:
        """`github_for` gives the GitHub that is asked in the name of a viewer, or else in ours; nothing if there is
        nothing to ask with. `may_extend` says whether somebody may add what is not on the board yet."""
        self._lists = lists
        self._access = access
        self._github_host = github_host
        self._github_for = github_for
        self._may_extend = may_extend

    async def add(self, viewer: Viewer, text: str) -> NewlyListed:
        """Put the repository that `text` means, a name or an address, on the viewer's list.

        Raises:
            RequestError: it was not; the sentence says why.
            StorageUnavailable: the list cannot be written.
        """
        full_name = parse(text, self._github_host)
        if full_name is None:
            raise InvalidRepository(INVALID)
        self._lists.owner(viewer)
        github = await self._github_for(viewer)
        fields = RepositoryFields(full_name=full_name)
        if github is not None:
            fields = await _asked(github, full_name)
        await self._check_access(viewer, fields)
        repository = await self._lists.add(viewer, fields)
        log.info("repository.listed", repo=repository.slug, viewer=viewer.key, checked=github is not None)
        return NewlyListed(repository, github is not None)

    async def _check_access(self, viewer: Viewer, fields: RepositoryFields) -> None:
        """What we may ask about, since we have a token, is not yet what the viewer may see.

        Where GitHub is not asked about viewers, the server's own token would show them all that it can see.
        """
        proposed = self._lists.proposed(fields)
        if not await self._access.may_read(viewer, proposed):
            raise RepositoryNotFound(NOT_FOUND)
        if not self._may_extend(viewer) and not self._lists.is_on_board(proposed):
            raise OperatorsOnly("It is not on the board yet. Only operators put repositories there.")


async def _asked(github: GitHub, full_name: str) -> RepositoryFields:
    """What GitHub says about a repository, under the name that it has now."""
    try:
        return await github.patient(ANSWER_WITHIN).about.repository(full_name)
    except NotFound as error:
        raise RepositoryNotFound(NOT_FOUND) from error
    except Forbidden as error:
        raise RepositoryDenied(DENIED) from error
    except RateLimited as error:
        wait = max(1, round((error.until - datetime.now(UTC)).total_seconds()))
        raise GitHubLimited(error.message, headers={"retry-after": str(wait)}) from error
    except GitHubError as error:
        raise GitHubRefused(error.message) from error
