"""Which repositories are on the board, and what they are called there."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from omnilens.github.payloads import RepositoryFields
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
