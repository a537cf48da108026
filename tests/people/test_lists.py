"""The lists of users, in a database that several servers share."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from omnilens.database import Database
from omnilens.errors import InvalidParameter, NotForTokens, StorageUnavailable
from omnilens.github.payloads import RepositoryFields
from omnilens.model import Repository
from omnilens.people.access import Scoped
from omnilens.people.added import Added
from omnilens.people.lists import AlreadyListed, Lists, NotListed, TooManyRepositories
from omnilens.people.users import Profile, Users
from omnilens.people.viewer import LOCAL, Viewer
from omnilens.pipeline.mapping import RepositoryMap
from omnilens.settings import load
from support.changes import at
from support.journals import database_at
from support.places import url_of

pytestmark = pytest.mark.anyio


class Server:
    """What one server has of it."""

    def __init__(self, database: Database, configured: str, *, limit: int = 50, login: bool = True) -> None:
        patterns = load(None, webhook_secrets=("x",), repositories=configured).repositories
        self.map = RepositoryMap(patterns, "github.com")
        self.added = Added(database, self.map)
        self.lists = Lists(database, self.map, self.added, Scoped(), lambda: at(0), limit=limit, login=login)
        self.changed: list[int] = []
        self.arrivals = 0
        self.added.on_change(self.changed.extend)
        self.added.on_arrival(self._arrived)

    async def _arrived(self, repositories: Sequence[Repository]) -> None:
        self.arrivals += len(repositories)

    async def add(self, viewer: Viewer, name: str, id: int | None = None) -> Repository:  # noqa: A002
        return await self.lists.add(viewer, RepositoryFields(full_name=name, id=id))

    async def of(self, viewer: Viewer) -> list[str]:
        return [repository.slug for repository in await self.lists.of(viewer)]

    @property
    def board(self) -> list[str]:
        return [repository.slug for repository in self.map.all()]


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return url_of(request, request.param, tmp_path)


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    async with database_at(url) as opened:
        yield opened


async def user(database: Database, login: str) -> Viewer:
    entered = await Users(database, lambda: at(0)).enter(Profile("github", login, login))
    return entered.viewer


async def started(database: Database, configured: str = "acme/web,acme/api", **options: object) -> Server:
    server = Server(database, configured, **options)  # type: ignore[arg-type]
    await server.added.begin()
    return server


async def test_two_users_have_different_lists(database: Database) -> None:
    server = await started(database)
    ada, bob = await user(database, "ada"), await user(database, "bob")
    await server.add(ada, "beta/tool")
    await server.lists.take_off(bob, "web")
    assert await server.of(ada) == ["api", "web", "tool"]
    assert await server.of(bob) == ["api"]
    assert [each.slug for each in await server.lists.others(bob)] == ["tool", "web"]
    assert server.board == ["api", "tool", "web"]
    assert await server.lists.followers(server.map.find("tool") or pytest.fail()) == [ada.user]
    assert await server.lists.followers(server.map.find("web") or pytest.fail()) == [ada.user]
    followers = await server.lists.followers(server.map.find("api") or pytest.fail())
    assert followers == sorted(each.user for each in (ada, bob) if each.user)


async def test_a_list_survives_a_restart_with_its_order(database: Database) -> None:
    first = await started(database)
    ada = await user(database, "ada")
    await first.add(ada, "beta/tool", 7)
    await first.add(ada, "beta/api", 8)
    await first.lists.order(ada, ["beta-api", "WEB", "tool"])
    assert await first.of(ada) == ["beta-api", "web", "tool", "api"]
    second = await started(database)
    assert await second.of(ada) == ["beta-api", "web", "tool", "api"]
    assert second.map.find("beta-api") == first.map.find("beta-api")


async def test_what_nobody_has_any_more_leaves_the_board_and_its_slug_stays_its_own(database: Database) -> None:
    server = await started(database, "acme/web")
    ada, bob = await user(database, "ada"), await user(database, "bob")
    await server.add(ada, "beta/tool", 7)
    await server.add(bob, "BETA/tool", 7)
    await server.lists.take_off(ada, "tool")
    assert server.board == ["tool", "web"]
    await server.lists.take_off(bob, "tool")
    assert server.board == ["web"]
    assert server.map.resolve(RepositoryFields(full_name="beta/tool", id=7)) is None
    assert (await server.add(bob, "gamma/tool", 9)).slug == "gamma-tool"
    for each in (server, await started(database, "acme/web, delta/tool")):
        assert (each.map.find("gamma-tool") or pytest.fail()).full_name == "gamma/tool"
        assert each.map.find("tool") is None
    assert (await server.add(ada, "beta/tool", 7)).slug == "tool"


async def test_a_slug_that_was_stored_goes_before_the_settings(database: Database) -> None:
    first = await started(database, "acme/web")
    ada = await user(database, "ada")
    assert (await first.add(ada, "beta/tool", 7)).slug == "tool"
    second = await started(database, "gamma/thing=tool, beta/tool=other")
    assert {each.full_name: each.slug for each in second.map.all()} == {
        "beta/tool": "tool",
        "gamma/thing": "gamma-thing",
    }
    assert await second.of(ada) == ["gamma-thing", "tool"]


async def test_another_server_finds_it_when_it_looks(database: Database) -> None:
    one, two = await started(database), await started(database)
    ada = await user(database, "ada")
    await one.add(ada, "beta/tool", 7)
    assert (one.arrivals, one.changed) == (1, [ada.user])
    assert "tool" not in two.board
    await two.added.look()
    assert "tool" in two.board
    assert (two.arrivals, two.changed) == (1, [ada.user])
    assert await two.of(ada) == ["api", "web", "tool"]
    await two.lists.take_off(ada, "tool")
    await one.added.look()
    assert one.board == two.board == ["api", "web"]
    assert await one.of(ada) == ["api", "web"]


async def test_two_servers_never_give_the_same_slug_away(database: Database) -> None:
    one, two = await started(database, ""), await started(database, "")
    ada, bob = await user(database, "ada"), await user(database, "bob")
    added = await asyncio.gather(one.add(ada, "a/tool", 1), two.add(bob, "b/tool", 2), two.add(ada, "c/tool", 3))
    assert len({each.slug for each in added}) == 3
    for server in (one, two):
        await server.added.look()
        assert {each.slug: each.full_name for each in server.map.all()} == {each.slug: each.full_name for each in added}


async def test_both_add_the_same_one(database: Database) -> None:
    one, two = await started(database, ""), await started(database, "")
    ada, bob = await user(database, "ada"), await user(database, "bob")
    added = await asyncio.gather(one.add(ada, "a/tool", 1), two.add(bob, "A/Tool", 1))
    assert {each.slug.lower() for each in added} == {"tool"}
    await one.added.look()
    assert len(one.map.all()) == 1


async def test_twice_is_an_error_and_so_is_too_many(database: Database) -> None:
    server = await started(database, limit=2)
    ada = await user(database, "ada")
    with pytest.raises(AlreadyListed):
        await server.add(ada, "ACME/web")
    await server.add(ada, "beta/one")
    with pytest.raises(AlreadyListed):
        await server.add(ada, "beta/One")
    await server.add(ada, "beta/two")
    with pytest.raises(TooManyRepositories, match="Maximum repository limit reached"):
        await server.add(ada, "beta/three")
    assert "three" not in server.board
    await server.lists.take_off(ada, "one")
    await server.add(ada, "beta/three")
    await server.lists.take_off(ada, "web")
    assert (await server.add(ada, "acme/web")).slug == "web"  # what the settings name counts for nobody


async def test_what_is_not_there_cannot_be_taken_off_or_ordered(database: Database) -> None:
    server = await started(database)
    ada, bob = await user(database, "ada"), await user(database, "bob")
    await server.add(bob, "beta/tool")
    for slug in ("nothing", "tool"):
        with pytest.raises(NotListed, match="Repository not found in dashboard"):
            await server.lists.take_off(ada, slug)
        with pytest.raises(NotListed):
            await server.lists.order(ada, ["web", slug])
    with pytest.raises(InvalidParameter):
        await server.lists.order(ada, ["web", "WEB"])
    assert await server.of(ada) == ["api", "web"]


async def test_an_access_token_sees_its_scope_and_has_no_list(database: Database) -> None:
    server = await started(database)
    ada = await user(database, "ada")
    await server.add(ada, "beta/tool")
    board, limited = Viewer(key="token:1", login="wall"), Viewer("token:2", "wall", ada.user, frozenset({"tool"}))
    assert await server.of(board) == ["api", "tool", "web"]
    assert await server.of(limited) == ["tool"]
    for viewer in (board, limited):
        with pytest.raises(NotForTokens):
            await server.add(viewer, "beta/more")


async def test_without_a_login_everything_on_the_board_is_on_the_list(database: Database) -> None:
    await Users(database, lambda: at(0)).enter(Profile("local", "local", "local"))
    server = await started(database, "acme/web,org/*", login=False)
    let_in = server.map.resolve(RepositoryFields(full_name="org/thing", id=5))
    assert let_in is not None
    server.map.learn(let_in)
    await server.add(LOCAL, "beta/tool")
    assert sorted(await server.of(LOCAL)) == ["thing", "tool", "web"]
    await server.lists.take_off(LOCAL, "thing")
    await server.lists.take_off(LOCAL, "tool")
    assert await server.of(LOCAL) == ["web"]
    assert server.board == ["thing", "web"]
    assert await server.lists.followers(let_in) == []
    await server.add(LOCAL, "org/thing", 5)
    assert await server.of(LOCAL) == ["web", "thing"]
    assert await server.lists.followers(let_in) == [LOCAL.user]


async def test_a_look_that_failed_is_tried_by_the_next_one_who_asks(database: Database) -> None:
    server, other = await started(database), await started(database)
    ada = await user(database, "ada")
    await other.add(ada, "beta/tool")
    read, failures = database.read, [StorageUnavailable("gone")]

    async def failing(transaction: object) -> object:
        if failures:
            raise failures.pop()
        return await read(transaction)  # type: ignore[arg-type]

    database.read = failing  # type: ignore[assignment]
    outcomes = await asyncio.gather(server.added.look(), server.added.look(), return_exceptions=True)
    assert [type(each) for each in outcomes] == [StorageUnavailable, type(None)]
    assert "tool" in server.board
