"""Each user's own list: which repositories of the board it has, and in which order. See ``added.py`` for the board.

It has what the settings name, unless the user took it off, and what the user added. Without a login everybody is one
user, who has also what wildcards let in.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from functools import partial

import msgspec
from sqlalchemy import Connection, insert, select, update

from omnilens.database import Conflict, Database
from omnilens.database.list_schema import added_repositories
from omnilens.database.people_schema import users
from omnilens.database.tables import to_ticks
from omnilens.errors import InvalidParameter, NotForTokens, RequestError, StorageUnavailable
from omnilens.github.payloads import RepositoryFields
from omnilens.model import Repository, to_json
from omnilens.people import marks
from omnilens.people.access import Access
from omnilens.people.added import Added
from omnilens.people.marks import ByDefault, Mark, Marks, is_listed, listed
from omnilens.people.viewer import LOCAL_USER, Viewer
from omnilens.pipeline.mapping import RepositoryMap

ALREADY = "Repository already exists in dashboard"
MAX_KEPT = 1_000
"""Users whose marks are kept in memory."""
ASKED_AT_ONCE = 16
"""Repositories that GitHub is asked about at the same time, whether a viewer may read them."""
ATTEMPTS = 5
"""Times that a slug is chosen anew because another server was faster."""

_DECODE = msgspec.json.Decoder(Repository).decode


class AlreadyListed(RequestError):
    status = 409
    code = "repository-already-listed"


class TooManyRepositories(RequestError):
    code = "too-many-repositories"


class NotListed(RequestError):
    status = 404
    code = "repository-not-found"


class Lists:
    """The lists of all users, in the database that all servers share."""

    def __init__(
        self,
        database: Database,
        repositories: RepositoryMap,
        added: Added,
        access: Access,
        now: Callable[[], datetime],
        *,
        limit: int,
        login: bool,
    ) -> None:
        """`limit` is how many repositories a user may add; `login` whether users are told apart."""
        self._database = database
        self._repositories = repositories
        self._added = added
        self._access = access
        self._now = now
        self._limit = limit
        self._login = login
        self._kept: dict[int, Marks] = {}
        added.on_change(self._forget)

    async def of(self, viewer: Viewer) -> list[Repository]:
        """What a viewer has on the list and may read, in its order. That of a limited token is what it is limited to.

        Raises:
            StorageUnavailable: it cannot be looked up.
        """
        everything = self._repositories.all()
        if viewer.user is None or viewer.is_token:
            return await self._readable(viewer, everything)
        return await self._readable(viewer, listed(everything, await self._marks(viewer.user), self._default(viewer)))

    async def others(self, viewer: Viewer) -> list[Repository]:
        """What is on the board and may be read, but is not on the list: what one may want to add."""
        if viewer.user is None or viewer.is_token:
            return []
        on_list = {repository.slug for repository in await self.of(viewer)}
        return await self._readable(viewer, (each for each in self._repositories.all() if each.slug not in on_list))

    async def followers(self, repository: Repository) -> list[int]:
        """The users who have a repository on their list. Whether each may still read it is not looked at here."""
        named = self._repositories.names(repository.slug)
        return await self._database.read(partial(_followers, repository.slug.lower(), named, self._login))

    async def add(self, viewer: Viewer, fields: RepositoryFields) -> Repository:
        """Put a repository on the viewer's list, and on the board if it is not there.

        Raises:
            AlreadyListed, TooManyRepositories, NotForTokens: it was not.
            StorageUnavailable: it cannot be written.
        """
        user = self.owner(viewer)
        for _ in range(ATTEMPTS):
            await self._added.look()
            marked = await self._marks(user)
            proposed = self._repositories.proposed(fields)  # no sooner: while we wait, others take slugs
            here = self._repositories.find(proposed.slug) is not None
            if here and is_listed(proposed, marked, self._default(viewer)):
                raise AlreadyListed(ALREADY)
            named = self._repositories.names(proposed.slug)
            try:
                await self._database.write(partial(_add, user, proposed, named, self._limit, to_ticks(self._now())))
            except Conflict:
                continue
            await self._added.look()  # by which it is learnt here as everywhere
            return self._repositories.find(proposed.slug) or proposed
        raise StorageUnavailable("The list is being changed by too many at once.")

    async def take_off(self, viewer: Viewer, slug: str) -> Repository:
        """Take a repository off the viewer's list, and off the board if it was the last one who had added it.

        Raises:
            NotListed, NotForTokens: it is not there.
            StorageUnavailable: it cannot be written.
        """
        user = self.owner(viewer)
        await self._added.look()
        repository = self._repositories.find(slug)
        if repository is None or not is_listed(repository, await self._marks(user), self._default(viewer)):
            raise NotListed("Repository not found in dashboard")
        stays = self._repositories.lets_in(repository)
        default = stays if viewer.user == LOCAL_USER else self._default(viewer)(repository)
        work = partial(
            _take_off, user, repository.slug.lower(), default, viewer.user == LOCAL_USER, to_ticks(self._now())
        )
        await self._database.write(work)
        await self._added.look()
        return repository

    async def order(self, viewer: Viewer, slugs: Sequence[str]) -> None:
        """Put the viewer's list into this order. What is not named keeps its order behind what is.

        Raises:
            NotListed, InvalidParameter, NotForTokens: the order stays as it was.
            StorageUnavailable: it cannot be written.
        """
        user = self.owner(viewer)
        wanted = [slug.lower() for slug in slugs]
        if len(set(wanted)) < len(wanted):
            raise InvalidParameter("slugs: each may be there once.")
        await self._added.look()
        present = [repository.slug.lower() for repository in await self.of(viewer)]
        if not set(wanted) <= set(present):
            raise NotListed("Repository not found in dashboard")
        ordered = [*wanted, *(slug for slug in present if slug not in set(wanted))]
        await self._database.write(partial(_order, user, ordered))
        await self._added.look()

    def proposed(self, fields: RepositoryFields) -> Repository:
        """What a repository is on the board, or would be."""
        return self._repositories.proposed(fields)

    def is_on_board(self, repository: Repository) -> bool:
        """Whether a repository is there already, on whosever list."""
        return self._repositories.find(repository.slug) is not None

    def owner(self, viewer: Viewer) -> int:
        """The user whose list a viewer may change.

        Raises:
            NotForTokens: there is none.
        """
        if viewer.user is None or viewer.is_token:
            raise NotForTokens("An access token can look, but has no list of its own. Log in to do this.")
        return viewer.user

    def _default(self, viewer: Viewer) -> ByDefault:
        """What is on the viewer's list without having been added."""
        if viewer.user == LOCAL_USER:
            return lambda repository: self._repositories.find(repository.slug) is not None
        return lambda repository: self._repositories.names(repository.slug)

    async def _readable(self, viewer: Viewer, repositories: Iterable[Repository]) -> list[Repository]:
        """Those that a viewer may read. What has to be found out at GitHub first is asked for several at a time."""
        allowed = {each: self._access.known(viewer, each) for each in repositories}
        unknown = [each for each, known in allowed.items() if known is None]
        for start in range(0, len(unknown), ASKED_AT_ONCE):
            some = unknown[start : start + ASKED_AT_ONCE]
            answers = await asyncio.gather(*(self._access.may_read(viewer, each) for each in some))
            allowed |= dict(zip(some, answers, strict=True))
        return [each for each, may in allowed.items() if may]

    async def _marks(self, user: int) -> Marks:
        kept = self._kept.get(user)
        if kept is None:
            version = self._added.version
            kept = await self._database.read(partial(marks.of_user, user))
            if self._added.version == version:  # else they may be older than what we were just told of
                if len(self._kept) >= MAX_KEPT:
                    self._kept.clear()
                self._kept[user] = kept
        return kept

    def _forget(self, changed: Collection[int]) -> None:
        for user in changed:
            self._kept.pop(user, None)


def _add(user: int, repository: Repository, named: bool, limit: int, now: int, connection: Connection) -> None:
    marks.note_change(user, connection)
    slug = repository.slug.lower()
    known = connection.execute(select(added_repositories).where(added_repositories.c.slug == slug)).one_or_none()
    there = _DECODE(bytes(known.repository)) if known else None
    if there and not _same(there, repository):
        raise Conflict(f"The slug {slug} is {there.full_name}'s.")
    before = marks.of_user(user, connection).get(slug, Mark())
    if named:
        marks.put(user, slug, before._replace(taken_off=False), connection)
        return
    if before.added_at is not None and not before.taken_off:
        raise AlreadyListed(ALREADY)
    if marks.count_added(user, connection) >= limit:
        raise TooManyRepositories(f"Maximum repository limit reached. You can add {limit}: remove one first.")
    marks.put(user, slug, Mark(before.position, now, False), connection)
    row = {"slug": slug, "repository": to_json(repository), "added_by": user, "added_at": now, "left_at": None}
    if known is None:
        connection.execute(insert(added_repositories).values(row))
    elif known.left_at is not None:
        connection.execute(update(added_repositories).where(added_repositories.c.slug == slug).values(row))


def _same(one: Repository, other: Repository) -> bool:
    if one.id is not None and other.id is not None:
        return one.id == other.id
    return one.full_name.lower() == other.full_name.lower()


def _take_off(user: int, slug: str, default: bool, local: bool, now: int, connection: Connection) -> None:
    marks.note_change(user, connection)
    before = marks.of_user(user, connection).get(slug, Mark())
    marks.remove(user, slug, connection)
    marks.leave_if_nobodys(slug, now, connection)
    if default or (local and marks.added_by(slug, connection)):  # it would be there again without a mark
        marks.put(user, slug, Mark(before.position, None, True), connection)


def _order(user: int, slugs: Sequence[str], connection: Connection) -> None:
    marks.note_change(user, connection)
    before = marks.of_user(user, connection)
    for position, slug in enumerate(slugs):
        marks.put(user, slug, before.get(slug, Mark())._replace(position=position), connection)


def _followers(slug: str, named: bool, login: bool, connection: Connection) -> list[int]:
    added = marks.added_by(slug, connection)
    off = marks.taken_off_by(slug, connection)
    everybody = select(users.c.id).where((users.c.id != LOCAL_USER) if login else (users.c.id == LOCAL_USER))
    there = set(connection.execute(everybody).scalars())
    return sorted((there - off) if named or not login else there & set(added))
