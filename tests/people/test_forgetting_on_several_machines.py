"""Being forgotten where the journal is in Redis, and everything else in PostgreSQL."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import String, cast, select

from omnilens.database.schema import dead_letters, runs
from omnilens.people import privacy
from omnilens.people.users import Profile
from support.payloads import ago, run_payload
from support.postgres import Postgres
from support.redis_server import RedisServer
from support.server import LiveServer
from support.waiting import eventually

LOGIN = "zaphod-beeblebrox"


@pytest.mark.timeout(90)
def test_nothing_is_left_there_either(
    redis_server: RedisServer, postgres: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(privacy, "OTHERS_KNOW_AFTER", 2.5)
    shared: dict[str, Any] = {
        "repositories": "octo-org/octo-repo",
        "database_url": postgres.database(),
        "redis_url": redis_server.url,
        "data_dir": tmp_path,
    }

    async def forget(server: LiveServer) -> None:
        user = await server.omnilens.people.users.enter(Profile("github", "42", LOGIN))
        await server.omnilens.privacy.forget(user)

    async def left(server: LiveServer) -> None:
        database = server.omnilens.storage.people
        states = await database.read(lambda each: each.execute(select(runs.c.state)).scalars().all())
        bodies = await database.read(
            lambda each: each.execute(select(cast(dead_letters.c.body, String))).scalars().all()
        )
        assert len(states) == 3
        assert not any(LOGIN.encode() in bytes(state) for state in states)
        assert not any(LOGIN in body for body in bodies)

    with LiveServer(**shared) as one, LiveServer(**shared) as two:
        for number in range(1, 4):
            named = run_payload(id=number, actor={"login": LOGIN.title()}, updated_at=ago(number))
            assert one.post("workflow_run", named).json()["seq"] == number
        eventually(lambda: len(two.runs("octo-repo")) == 3)
        assert LOGIN.title().encode() in str(redis_server.client.xrange("omnilens:journal")).encode()
        one.call(forget(one))
        one.call(left(one))
        assert redis_server.client.xrange("omnilens:journal") == []
        for server in (one, two):
            assert [run["actor"] for run in server.runs("octo-repo")] == [None] * 3
        assert two.post("workflow_run", run_payload(id=4)).json()["seq"] == 4
        eventually(lambda: len(one.runs("octo-repo")) == 4)
    with LiveServer(**shared) as again:
        assert [run["actor"] for run in again.runs("octo-repo")] == [None] * 4
