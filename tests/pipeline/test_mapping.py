"""Which repositories are on the board, and what they are called there."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from omnilens.github.payloads import RepositoryFields
from omnilens.model import Repository
from omnilens.pipeline.mapping import RepositoryMap
from omnilens.settings import SLUG, load


def mapped(text: str) -> RepositoryMap:
    return RepositoryMap(load(None, webhook_secrets=("x",), repositories=text).repositories, "github.com")


def slug(repositories: RepositoryMap, full_name: str, id: int | None = None) -> str | None:  # noqa: A002
    found = repositories.resolve(RepositoryFields(full_name=full_name, id=id))
    if found:
        repositories.learn(found)
    return found.slug if found else None


def test_the_slug_is_the_name_or_what_was_asked_for() -> None:
    repositories = mapped("acme/api=backend, acme/web")
    assert slug(repositories, "acme/api") == "backend"
    assert slug(repositories, "acme/web") == "web"
    assert [each.slug for each in repositories.all()] == ["backend", "web"]


def test_names_that_collide_get_their_owner() -> None:
    repositories = mapped("acme/api, beta/api, gamma/web")
    assert [each.slug for each in repositories.all()] == ["acme-api", "beta-api", "web"]


def test_owner_and_name_cannot_be_shifted_into_each_other() -> None:
    repositories = mapped("a/b-c, x/b-c, a-b/c, y/c")
    assert len({each.slug for each in repositories.all()}) == 4


def test_what_was_asked_for_goes_before_what_is_default() -> None:
    repositories = mapped("acme/api, other/thing=api")
    assert slug(repositories, "other/thing") == "api"
    assert slug(repositories, "acme/api") == "acme-api"


def test_case_does_not_matter() -> None:
    repositories = mapped("Acme/API")
    assert slug(repositories, "acme/api") == "API"
    assert repositories.find("api") is repositories.find("API") is not None


def test_what_is_not_on_the_board_is_nothing() -> None:
    repositories = mapped("acme/api")
    assert slug(repositories, "acme/other") is None
    assert slug(mapped(""), "acme/api") is None


def test_wildcards() -> None:
    org = mapped("acme/*, beta/one")
    assert slug(org, "acme/anything") == "anything"
    assert slug(org, "beta/two") is None
    everything = mapped("*/*")
    assert slug(everything, "who/ever") == "ever"
    assert slug(everything, "someone/ever") == "someone-ever"
    assert slug(everything, "who/.github") == "github"
    assert slug(everything, "who/..") == "who-.."


def test_a_name_that_was_only_asked_about_is_not_on_the_board_but_its_slug_is_taken() -> None:
    repositories = mapped("*/*")
    asked = repositories.resolve(RepositoryFields(full_name="who/ever"))
    assert asked is not None
    assert repositories.all() == []
    assert slug(repositories, "someone/ever") == "someone-ever"
    assert slug(repositories, "who/ever") == asked.slug == "ever"


def test_a_renamed_repository_keeps_its_slug() -> None:
    repositories = mapped("acme/api")
    assert slug(repositories, "acme/api", 7) == "api"
    assert slug(repositories, "acme/backend", 7) == "api"
    assert slug(repositories, "other/backend", 7) == "api"
    assert repositories.find("api").full_name == "other/backend"  # type: ignore[union-attr]


def test_a_repository_that_was_deleted_and_made_again_keeps_it_too() -> None:
    repositories = mapped("acme/api")
    assert slug(repositories, "acme/api", 7) == "api"
    assert slug(repositories, "acme/api", 8) == "api"


@given(st.lists(st.from_regex(r"[A-Za-z0-9._-]{1,10}/[A-Za-z0-9._-]{1,10}", fullmatch=True), max_size=20, unique=True))
def test_slugs_never_collide(names: list[str]) -> None:
    repositories = mapped("*/*")
    slugs = {name.lower(): slug(repositories, name) for name in names}
    given = [each for each in slugs.values() if each]
    assert len(given) == len(slugs) == len({each.lower() for each in given})
    assert all(SLUG.fullmatch(each) for each in given)


def added(repositories: RepositoryMap, full_name: str, id: int | None = None) -> str:  # noqa: A002
    proposed = repositories.proposed(RepositoryFields(full_name=full_name, id=id))
    repositories.add(proposed)
    return proposed.slug


def test_what_was_added_is_on_the_board_until_it_leaves() -> None:
    repositories = mapped("acme/api, org/*")
    assert added(repositories, "beta/api", 8) == "beta-api"
    assert slug(repositories, "beta/api", 8) == "beta-api"
    repositories.leave("beta-api")
    assert slug(repositories, "beta/api", 8) is None
    assert repositories.find("beta-api") is None
    for kept in ("acme/api", "org/x"):
        repositories.leave(added(repositories, kept))
        assert slug(repositories, kept) is not None


def test_the_former_name_of_one_is_not_another() -> None:
    repositories = mapped("")
    assert added(repositories, "acme/api", 7) == "api"
    assert slug(repositories, "acme/backend", 7) == "api"
    assert added(repositories, "acme/api", 9) == "acme-api"
    assert slug(repositories, "acme/api", 9) == "acme-api"
    assert slug(repositories, "acme/backend", 7) == "api"


def test_a_slug_that_was_given_away_elsewhere_meanwhile_is_not_shared() -> None:
    repositories = mapped("org/*")
    assert slug(repositories, "org/api", 5) == "api"
    repositories.add(Repository(slug="api", full_name="beta/api", id=8))
    assert slug(repositories, "beta/api", 8) == "api"
    assert slug(repositories, "org/api", 5) == "org-api"


def test_what_is_no_longer_let_in_keeps_its_slug_for_its_history() -> None:
    repositories = mapped("")
    assert not repositories.admit(Repository(slug="api", full_name="acme/api", id=7))
    assert slug(repositories, "acme/api", 7) is None
    assert added(repositories, "beta/api", 8) == "beta-api"
    assert added(repositories, "acme/api", 7) == "api"


NAMES = st.builds(
    "{}/{}".format, st.sampled_from(["a", "b", "a-b", "B"]), st.sampled_from(["c", "b-c", "C", "a-c", "c.d"])
)
ENTRIES = NAMES | st.builds("{}={}".format, NAMES, st.sampled_from(["c", "a-c", "X"])) | st.just("a/*")
ACTS = st.tuples(st.sampled_from(["add", "leave", "deliver"]), NAMES) | st.tuples(
    st.just("restart"), st.lists(ENTRIES, max_size=5, unique_by=lambda entry: entry.partition("=")[2] or entry)
)


@given(st.lists(ACTS, max_size=25))
def test_slugs_never_collide_and_those_of_added_ones_never_change(acts: list[tuple[str, Any]]) -> None:
    repositories = mapped("")
    stored: dict[str, Repository] = {}
    on_board: set[str] = set()
    for act, what in acts:
        if act == "add":
            proposed = repositories.proposed(RepositoryFields(full_name=what))
            repositories.add(proposed)
            kept = stored.setdefault(what.lower(), proposed)
            assert proposed.slug.lower() == kept.slug.lower()
            on_board.add(what.lower())
        elif act == "leave" and what.lower() in on_board:
            repositories.leave(stored[what.lower()].slug)
            on_board.discard(what.lower())
        elif act == "deliver":
            slug(repositories, what)
        elif act == "restart":
            repositories = mapped(",".join(what))
            former = [each for name, each in stored.items() if name not in on_board]
            repositories.begin([stored[name] for name in on_board], former)
        everything = repositories.all()
        assert len({each.slug.lower() for each in everything}) == len({each.full_name.lower() for each in everything})
        for name in on_board:
            found = repositories.resolve(RepositoryFields(full_name=name))
            assert found is not None
            assert found.slug.lower() == stored[name].slug.lower()
