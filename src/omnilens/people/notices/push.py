"""Web Push: what no page of a user has confirmed in time is sent to their browsers, which show it by themselves."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime

from omnilens.errors import StorageUnavailable
from omnilens.looking import Trouble
from omnilens.operations import logs
from omnilens.operations.metrics import Metrics
from omnilens.people.access import Access
from omnilens.people.notices.envelope import Message, Sender
from omnilens.people.notices.notice import Kind, Notice
from omnilens.people.notices.post import Post, Unreachable
from omnilens.people.notices.reachable import Refused, Subscription
from omnilens.people.notices.subscriptions import Subscriptions
from omnilens.people.users import Users
from omnilens.people.viewer import Viewer
from omnilens.pipeline.mapping import RepositoryMap

log = logs.get(__name__)

LOOK_EVERY = 2.0
"""Seconds between two looks at what is due."""
AT_ONCE = 8
"""Messages on their way at the same time."""
MOST_MESSAGES = 2
"""More notices than these are one message, for one user at one time."""
GONE = frozenset({404, 410})
"""What a service answers of a browser that is not to be reached any more."""

_VERBS: dict[Kind, str] = {
    "failing": "is failing",
    "broke": "failed",
    "still_fails": "still fails",
    "fixed": "passes again",
    "waits": "waits for approval",
}
_COUNTED: dict[Kind, str] = {**_VERBS, "failing": "failed", "fixed": "fixed", "waits": "waiting"}


class Pusher:
    """Sends what is due, again and again."""

    def __init__(
        self,
        make_sender: Callable[[], Sender],
        subscriptions: Subscriptions,
        users: Users,
        access: Access,
        repositories: RepositoryMap,
        metrics: Metrics,
        now: Callable[[], datetime],
        post: Post,
    ) -> None:
        """`make_sender` may read or make a file, and is called by ``open``."""
        self._make_sender = make_sender
        self.sender: Sender | None = None
        """Who we are to push services; nothing where that cannot be said."""
        self.subscriptions = subscriptions
        self._users = users
        self._access = access
        self._repositories = repositories
        self._metrics = metrics
        self._now = now
        self.post = post
        self._turns = asyncio.Semaphore(AT_ONCE)

    def open(self) -> None:
        """Get ready. Without a key all else goes on, so that is no reason not to start."""
        try:
            self.sender = self._make_sender()
        except StorageUnavailable as error:
            log.warning("push.impossible", reason=str(error))

    async def run(self) -> None:
        """Send what becomes due, until cancelled."""
        trouble = Trouble("push", LOOK_EVERY)
        try:
            while self.sender:
                await asyncio.sleep(LOOK_EVERY)
                try:
                    await self.look()
                    trouble.over()
                except StorageUnavailable as error:
                    trouble.note(str(error))
                except Exception:
                    log.exception("push.failed")
        finally:
            await self.post.close()

    async def look(self) -> None:
        """Send what is due now, and wait until all of it was sent or could not be."""
        for due in await self.subscriptions.due():
            user = await self._users.get(due.user)
            if user is None:
                continue
            allowed = [notice for notice in due.notices if await self._may_read(user.viewer, notice)]
            sending = [
                self._send(message, subscription) for message in messages(allowed) for subscription in due.subscriptions
            ]
            await asyncio.gather(*sending)

    async def _may_read(self, viewer: Viewer, notice: Notice) -> bool:
        repository = self._repositories.find(notice.repo_slug)
        return repository is not None and await self._access.may_read(viewer, repository)

    async def _send(self, message: Message, subscription: Subscription) -> None:
        async with self._turns:
            result = await self._try(self.sender, message, subscription) if self.sender else "failed"
        self._metrics.pushes.labels(result).inc()
        if result in {"gone", "refused"}:
            await self.subscriptions.remove(subscription.endpoint)
        if result != "sent":
            log.warning("push.not_sent", result=result)

    async def _try(self, sender: Sender, message: Message, subscription: Subscription) -> str:
        """What became of one message, in one word."""
        try:
            # In a thread: what it takes is only loaded with the first one, and that lasts.
            envelope = await asyncio.to_thread(sender.envelope, message, subscription, self._now())
            status = await self.post.send(subscription.endpoint, envelope)
        except (Refused, ValueError):
            return "refused"
        except Unreachable:
            return "unreachable"
        if status in GONE:
            return "gone"
        return "sent" if 200 <= status < 300 else "failed"


def messages(notices: Sequence[Notice]) -> list[Message]:
    """What is sent of `notices`, in their order: a burst is one message, and of an incident the last word counts."""
    latest = list({notice.incident: notice for notice in notices}.values())
    if len(latest) <= MOST_MESSAGES:
        return [_message(notice) for notice in latest]
    counted = Counter(_COUNTED[notice.kind] for notice in latest)
    title = ", ".join(f"{count} {word}" for word, count in counted.items())
    names = ", ".join(dict.fromkeys(f"{notice.repo_slug} / {notice.workflow}" for notice in latest))
    return [Message(title, names, "/notifications", "several")]


def _message(notice: Notice) -> Message:
    place = " · ".join(filter(None, (notice.job, notice.step)))
    body = " · ".join(filter(None, (notice.repo, notice.branch, place)))
    url = f"/dashboard/{notice.repo_slug}/runs/{notice.run_id}"
    return Message(f"{notice.workflow} {_VERBS[notice.kind]}", body, url, notice.incident)
