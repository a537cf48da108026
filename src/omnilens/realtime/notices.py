"""Notices to those who are connected, on whichever server they were made: ``watch-notifications``.

A connection is sent nothing before it asks. From then on every new notice comes to it as an event, once; what was made
before and no client of the user has confirmed is in the answer. A client confirms by ``notifications-seen``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from omnilens.errors import InvalidParameter, NotLoggedIn, OmniLensError, StorageUnavailable, Unavailable
from omnilens.model import Timestamp, to_json
from omnilens.operations import logs
from omnilens.operations.metrics import Metrics
from omnilens.people.access import Access
from omnilens.people.notices.inbox import Changes, Inbox, Notification, Told, notification
from omnilens.people.viewer import Viewer
from omnilens.pipeline.mapping import RepositoryMap
from omnilens.socketio import Connection, RawJSON, Server, raw_event_frame

log = logs.get(__name__)

LOOK_EVERY = 1.0
"""Seconds after which we look for what other servers did, as long as somebody here wants to know."""
MAX_SEEN = 200
"""Notices that a client can confirm at once."""


class Watch(Struct, frozen=True, forbid_unknown_fields=True):
    """What a client says when it asks for notices."""

    since: Annotated[int, Meta(ge=0, le=2**53)] = 0
    """The id of the newest one that it has."""


Seen = Annotated[list[Annotated[int, Meta(ge=0, le=2**53)]], Meta(max_length=MAX_SEEN)]
"""Ids."""


class Watching(Struct, frozen=True, kw_only=True):
    """The answer."""

    ok: bool = True
    unread: int
    newest: int
    """The id of the user's newest notice, 0 if there is none."""
    pending: tuple[Notification, ...]
    """What no client of the user has confirmed, newest first; the latest hundred."""
    now: Timestamp


class Notices:
    """Sends notices, and keeps what clients say about them."""

    def __init__(
        self,
        server: Server,
        inbox: Inbox,
        access: Access,
        repositories: RepositoryMap,
        metrics: Metrics,
        now: Callable[[], datetime],
    ) -> None:
        self._server = server
        self._inbox = inbox
        self._access = access
        self._repositories = repositories
        self._metrics = metrics
        self._now = now
        self._told = 0
        self._viewers: dict[int, dict[str, Viewer]] = {}  # who watches, by user
        self._news = asyncio.Event()
        self._looking = asyncio.Lock()
        self._asked = self._looked = 0
        self._confirming: dict[int, set[int]] = {}
        self._writing = asyncio.Lock()
        server.on("watch-notifications", self.watch)
        server.on("notifications-seen", self.seen)

    async def open(self) -> None:
        """Find out what there is: nobody is told of that as new."""
        self._told = await self._inbox.version()

    def wake(self) -> None:
        """There may be something to tell."""
        self._news.set()

    async def run(self) -> None:
        """Tell those who watch, until cancelled."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_EVERY if self._viewers else None):
                    await self._news.wait()
            self._news.clear()
            try:
                await self.look()
            except StorageUnavailable as error:
                log.warning("notices.cannot_be_told", reason=str(error))
                await asyncio.sleep(LOOK_EVERY)
                self._news.set()
            except Exception:
                log.exception("notices.failed")
                await asyncio.sleep(LOOK_EVERY)

    def watching(self, user: int) -> bool:
        """Whether a client of this user is connected here, and watches."""
        return bool(self._present(user))

    async def look(self) -> None:
        """Tell those who watch what became different until now.

        Raises:
            StorageUnavailable: it cannot be looked up.
        """
        self._asked += 1
        asked = self._asked
        async with self._looking:
            if self._looked < asked:  # else somebody has done so for all who waited
                looked = self._asked
                while await self._tell():
                    pass
                self._looked = looked

    async def watch(self, connection: Connection, *args: Any) -> RawJSON | dict[str, Any]:
        """Send the viewer's notices to `connection` from now on, and answer with what is waiting."""
        try:
            since = _parse(args, Watch, "Send nothing, or {since}.").since if args else 0
            viewer, user = _user(connection)
            await self.look()
            # From here on to its room in one step: what is older is in the answer, what is newer comes as an event.
            through = self._told
            self._server.enter(connection, _room(viewer))
            self._viewers.setdefault(user, {})[viewer.key] = viewer
            self.wake()
            return RawJSON(to_json(await self._waiting(viewer, user, since, through)))
        except StorageUnavailable:
            return _refusal(Unavailable("Notices cannot be looked up now. Try again in a moment."))
        except OmniLensError as error:
            return _refusal(error)

    async def seen(self, connection: Connection, *args: Any) -> dict[str, Any]:
        """Note that a client has got notices. Those that come together are written together."""
        try:
            ids = _parse(args, Seen, f"Send the ids of notices, {MAX_SEEN} at most.")
            viewer, user = _user(connection)
            if viewer.is_token:
                return {"ok": True}  # a wallboard looks, but nobody has been told by that
            self._confirming.setdefault(user, set()).update(ids)
            async with self._writing:
                if seen := self._confirming:
                    self._confirming = {}
                    self._metrics.notices_confirmed.inc(await self._inbox.confirm(seen))
            return {"ok": True}
        except StorageUnavailable:
            return _refusal(Unavailable("This cannot be kept now. Try again in a moment."))
        except OmniLensError as error:
            return _refusal(error)

    async def allowed(self, viewer: Viewer, slugs: Iterable[str]) -> set[str]:
        """Those of the repositories that are on the board and that `viewer` may see."""
        return {slug for slug in slugs if await self._may_read(viewer, slug)}

    async def _waiting(self, viewer: Viewer, user: int, since: int, through: int) -> Watching:
        found = await self._inbox.waiting(user, since, through)
        allowed = await self.allowed(viewer, {*found.unread, *(each.repo_slug for each in found.pending)})
        return Watching(
            unread=sum(count for slug, count in found.unread.items() if slug in allowed),
            newest=found.newest,
            pending=() if viewer.is_token else tuple(each for each in found.pending if each.repo_slug in allowed),
            now=self._now(),
        )

    async def _tell(self) -> bool:
        """Look once. Returns whether there was anything."""
        changes = await self._inbox.changes(self._told)
        if changes.version == self._told:
            return False
        unread = {user: await self._inbox.unread(user) for user in changes.read if self.watching(user)}
        rights: dict[tuple[str, str], bool] = {}
        while unknown := self._unknown(changes, unread, rights):  # somebody may come while we ask
            for viewer, slug in unknown:
                rights[viewer.key, slug] = await self._may_read(viewer, slug)
        for told in changes.told:
            self._send_told(told, rights)
        for user, ids in changes.read.items():
            self._send_read(user, ids, unread.get(user, {}), rights)
        self._told = changes.version
        return True

    def _unknown(
        self, changes: Changes, unread: Mapping[int, Mapping[str, int]], rights: Mapping[tuple[str, str], bool]
    ) -> list[tuple[Viewer, str]]:
        """What has to be asked before anything can be sent."""
        pairs = {
            (viewer.key, slug): viewer
            for user, slugs in _concerned(changes, unread)
            for viewer in self._present(user)
            for slug in slugs
        }
        return [(viewer, slug) for (key, slug), viewer in pairs.items() if (key, slug) not in rights]

    def _send_told(self, told: Told, rights: Mapping[tuple[str, str], bool]) -> None:
        frames: dict[bool, bytes] = {}
        for user, read in told.users.items():
            for viewer in self._present(user):
                if not rights[viewer.key, told.notice.repo_slug]:
                    continue
                if read not in frames:
                    event = "notification" if told.new and not read else "notification-changed"
                    frames[read] = raw_event_frame(event, to_json(notification(told.id, told.notice, read)))
                sent = self._server.send(_room(viewer), frames[read])
                self._metrics.notices_told.inc(sent if told.new else 0)

    def _send_read(
        self, user: int, ids: Sequence[int], unread: Mapping[str, int], rights: Mapping[tuple[str, str], bool]
    ) -> None:
        for viewer in self._present(user):
            count = sum(number for slug, number in unread.items() if rights.get((viewer.key, slug)))
            self._server.emit(_room(viewer), "notifications-read", {"ids": list(ids), "unread": count})

    def _present(self, user: int) -> list[Viewer]:
        """Those who watch as this user; whoever has gone is forgotten."""
        known = self._viewers.get(user)
        if known is None:
            return []
        present = {key: viewer for key, viewer in known.items() if self._server.room_size(_room(viewer))}
        if present:
            self._viewers[user] = present
        else:
            del self._viewers[user]
        return list(present.values())

    async def _may_read(self, viewer: Viewer, slug: str) -> bool:
        repository = self._repositories.find(slug)
        return repository is not None and await self._access.may_read(viewer, repository)


def _concerned(changes: Changes, unread: Mapping[int, Mapping[str, int]]) -> Iterable[tuple[int, Collection[str]]]:
    """Users, and the repositories that they may hear of."""
    for told in changes.told:
        for user in told.users:
            yield user, (told.notice.repo_slug,)
    for user, counts in unread.items():
        yield user, counts.keys()


def _room(viewer: Viewer) -> str:
    """The room of a viewer. Prefixed, so that it is none of a repository."""
    return f"notices:{viewer.key}"


def _user(connection: Connection) -> tuple[Viewer, int]:
    viewer: Viewer = connection.data
    if viewer.user is None:
        raise NotLoggedIn("Notices are for people, and this access token belongs to none.")
    return viewer, viewer.user


def _parse(args: tuple[Any, ...], shape: Any, hint: str) -> Any:
    try:
        return msgspec.convert(args[0] if args else None, shape)
    except msgspec.ValidationError as error:
        raise InvalidParameter(hint) from error


def _refusal(error: OmniLensError) -> dict[str, Any]:
    return {"ok": False, "error": error.message, "code": error.code}
