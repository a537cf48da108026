"""``omnilens tokens``: access tokens that the operator gives to wallboards and scripts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
from rich.console import Console
from rich.table import Table

from omnilens.database import Database
from omnilens.people.tokens import EVERYTHING, AccessToken, Tokens
from omnilens.settings import Settings


async def make(settings: Settings, name: str, slugs: list[str], days: int) -> bool:
    """Make a token, and print it alone, so that a script can take it. Without slugs it is for every repository."""
    async with _Opened(settings) as tokens:
        token_id, token = await tokens.make(name, slugs or [EVERYTHING], timedelta(days=days))
    Console(stderr=True).print(
        f"Access token {token_id} ({name}) sees {', '.join(slugs) or 'everything'} for {days} days. "
        "It is shown only now:",
        highlight=False,
        soft_wrap=True,
    )
    Console().print(token, highlight=False, soft_wrap=True)
    return True


async def show_list(settings: Settings, as_json: bool) -> bool:
    """Print what there is, without what the tokens are."""
    async with _Opened(settings) as tokens:
        found = await tokens.all()
    if as_json:
        Console().print(msgspec.json.encode(found).decode(), highlight=False, soft_wrap=True)
        return True
    table = Table("id", "name", "made by", "sees", "expires", "last used", box=None, pad_edge=False, header_style="dim")
    for token in found:
        table.add_row(
            token.id, token.name, token.owner or "operator", ", ".join(token.scope), _end(token), _day(token.used_at)
        )
    Console().print(table if found else "There are no access tokens.", highlight=False)
    return True


async def revoke(settings: Settings, ids: list[str]) -> bool:
    """Let tokens count no more. A running server closes what came in with them within seconds."""
    async with _Opened(settings) as tokens:
        outcomes = [(token_id, await tokens.revoke(token_id)) for token_id in ids]
    for token_id, found in outcomes:
        Console(stderr=True).print(f"{token_id}: {'revoked' if found else 'there is none'}", highlight=False)
    return all(found for _, found in outcomes)


class _Opened:
    """The tokens in the database of the settings."""

    def __init__(self, settings: Settings) -> None:
        self._database = Database(settings.database or "")

    async def __aenter__(self) -> Tokens:
        await self._database.open()
        return Tokens(self._database, lambda: datetime.now(UTC))

    async def __aexit__(self, *_: object) -> None:
        await self._database.close()


def _end(token: AccessToken) -> str:
    return f"{_day(token.expires_at)}{' (over)' if token.expires_at <= datetime.now(UTC) else ''}"


def _day(moment: datetime | None) -> str:
    return "never" if moment is None else f"{moment:%Y-%m-%d}"
