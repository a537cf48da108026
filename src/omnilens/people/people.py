"""Everything about people, in one place: who they are and what they may see."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from omnilens.people.access import Access, Scoped
from omnilens.people.identity import Everybody, Identity
from omnilens.people.users import Users
from omnilens.pipeline.storage import Storage
from omnilens.settings import Settings


class People:
    """The parts that know people, as the settings have them."""

    def __init__(self, settings: Settings, storage: Storage, now: Callable[[], datetime]) -> None:
        self.users = Users(storage.people, now)
        self.identity: Identity = Everybody(self.users)
        self.access: Access = Scoped()

    async def open(self) -> None:
        """Get ready, once the database is."""
        await self.identity.open()
