"""``omnilens privacy``: what is kept about a person, and forgetting them. Works whether or not a server runs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from rich.console import Console

from omnilens.app import OmniLens
from omnilens.people.users import User
from omnilens.settings import Settings


async def export(settings: Settings, name: str) -> bool:
    """Print all that is kept about a user, as JSON. Returns whether there is one."""
    async with _opened(settings) as omnilens:
        user = await _only(omnilens, name)
        if user is not None:
            print((await omnilens.privacy.export(user)).decode())
    return user is not None


async def forget(settings: Settings, name: str) -> bool:
    """Leave nothing of a user. Returns whether there was one."""
    async with _opened(settings) as omnilens:
        user = await _only(omnilens, name)
        if user is not None:
            # What nobody has made notices of yet is made use of first, since the journal is pruned.
            keeping = asyncio.create_task(omnilens.telling.keeper.run(), name="make notices")
            await omnilens.privacy.forget(user)
            keeping.cancel()
            _say("Forgotten. Backups made before still have what was in them.")
    return user is not None


async def _only(omnilens: OmniLens, name: str) -> User | None:
    found = await omnilens.privacy.named(name)
    if len(found) == 1:
        return found[0]
    if not found:
        _say(f"There is no user {name!r}.")
    else:
        _say("Several are called that; say which:")
        for user in found:
            _say(f"  {user.profile.provider}:{user.profile.login}, or {user.id}")
    return None


def _say(sentence: str) -> None:
    Console(stderr=True).print(sentence, highlight=False, soft_wrap=True, markup=False)


@asynccontextmanager
async def _opened(settings: Settings) -> AsyncIterator[OmniLens]:
    omnilens = OmniLens(settings)
    try:
        await omnilens.recover()
        yield omnilens
    finally:
        await omnilens.close()
