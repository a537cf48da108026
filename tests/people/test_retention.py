"""What is forgotten by itself."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Table, func, insert, select, update

from omnilens.database import Database
from omnilens.database.list_schema import added_repositories, listed_repositories
from omnilens.database.people_schema import access_tokens, sessions, users
from omnilens.database.tables import to_ticks
from omnilens.people.retention import Retention
from omnilens.people.users import Profile, Users
from support.changes import at
from support.journals import database_at
from support.places import url_of

pytestmark = pytest.mark.anyio

DAY = 86400


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
async def test_what_is_over_goes_and_what_is_not_stays(
    request: pytest.FixtureRequest, kind: str, tmp_path: Path
) -> None:
    async with database_at(url_of(request, kind, tmp_path)) as database:
        known = Users(database, lambda: at(0))
        await known.enter(Profile("local", "local", "local"))
        ada, bob, eve = [(await known.enter(Profile("github", name, name))).id for name in ("ada", "bob", "eve")]
        await database.write(lambda each: each.execute(update(users).values(seen_at=to_ticks(at(-400 * DAY)))))
        await database.write(lambda each: each.execute(insert(sessions), [_session(ada, -1), _session(bob, 100)]))
        token = {"key": "t", "id": "t", "name": "wall", "user_id": eve, "scope": b"[]"}
        ends = {"created_at": 0, "expires_at": to_ticks(at(100))}
        await database.write(lambda each: each.execute(insert(access_tokens).values(**token, **ends)))
        rows = [_added("old", -91 * DAY), _added("new", -89 * DAY), {**_added("here", 0), "left_at": None}]
        await database.write(lambda each: each.execute(insert(added_repositories), rows))
        mark = {"user_id": ada, "slug": "here", "added_at": 1, "taken_off": False}
        await database.write(lambda each: each.execute(insert(listed_repositories).values(mark)))

        retention = Retention(database, timedelta(days=365), timedelta(days=90))
        await retention.prune(at(0))
        assert await _column(database, users, "login") == {"local", "bob", "eve"}
        assert await _column(database, added_repositories, "slug") == {"new", "here"}
        assert await _column(database, sessions, "user_id") == {bob}
        assert await _count(database, listed_repositories) == 0
        await retention.prune(at(200))
        assert await _column(database, users, "login") == {"local"}
        assert await _count(database, access_tokens) == 0


def _session(user: int, seconds: int) -> dict[str, object]:
    return {"key": f"s{user}", "user_id": user, "created_at": 0, "expires_at": to_ticks(at(seconds))}


def _added(slug: str, left: int) -> dict[str, object]:
    return {"slug": slug, "repository": b"{}", "added_at": 0, "left_at": to_ticks(at(left))}


async def _column(database: Database, table: Table, name: str) -> set[object]:
    return await database.read(lambda each: set(each.execute(select(table.c[name])).scalars()))


async def _count(database: Database, table: Table) -> int:
    return await database.read(lambda each: each.execute(select(func.count()).select_from(table)).scalar_one())
