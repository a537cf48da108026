"""What the webhooks should be, compared with what they are."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnilens.api import openapi
from omnilens.demo import sender
from omnilens.github.rest import Hook, Place
from omnilens.github.rest.values import HookConfig
from omnilens.settings import RepositoryPattern, load
from omnilens.sync.hook_plan import EVENTS, Seen, Step, Target, differences, is_ours, looks_like_ours, plan, targets

URL = "https://ci.example.com/api/webhooks/github"


def hook(number: int = 1, url: str = URL, active: bool = True, events: tuple[str, ...] = EVENTS, **config: Any) -> Hook:
    given: dict[str, Any] = {"content_type": "json", "insecure_ssl": "0", "secret": "********", **config}
    return Hook(id=number, active=active, events=events, config=HookConfig(url=url, **given))


def seen(name: str, *hooks: Hook, wanted: bool = True, why: str | None = None) -> Seen:
    target = Target(name if "/" in name else f"{name}/*", Place.of(name), wanted)
    return Seen(target, hooks) if why is None else Seen(target, None, why)


def short(steps: list[Step]) -> list[tuple[str, str, int | None]]:
    return [(step.target.where, step.action, step.hook_id) for step in steps]


def patterns(written: str) -> tuple[RepositoryPattern, ...]:
    return load(None, webhook_secrets=("s",), repositories=written).repositories


def test_where_to_look() -> None:
    found = targets(patterns("acme/api,octo/*,*/*,acme/web=site,ACME/Api=again,octo/one"))
    assert [(each.where, str(each.place), each.wanted) for each in found] == [
        ("octo/*", "octo", True),
        ("*/*", "None", True),
        ("acme/*", "acme", False),
        ("acme/api", "acme/api", True),
        ("acme/web", "acme/web", True),
        ("octo/one", "octo/one", True),
    ]


@pytest.mark.parametrize(
    ("url", "ours"),
    [
        (URL, True),
        (f"{URL}/", True),
        ("http://CI.example.com/api/webhooks/github", True),
        ("https://ci.example.com:443/api/webhooks/github?x=1", True),
        ("https://ci.example.com:8443/api/webhooks/github", False),
        ("https://ci.example.com/api/webhooks", False),
        ("https://old.example.com/api/webhooks/github", False),
        ("https://ci.example.com:port/", False),
        ("", False),
    ],
)
def test_ours_are_recognised_by_their_address(url: str, ours: bool) -> None:
    assert is_ours(hook(url=url), URL) is ours
    assert looks_like_ours(hook(url=url), URL) is (url.endswith("/api/webhooks/github") and not ours)


def test_the_address_is_the_one_that_is_served() -> None:
    settings = load(None, webhook_secrets=("s",), public_url="https://ci.example.com")
    assert settings.webhook_url == URL == f"https://ci.example.com{openapi.WEBHOOK}"
    assert openapi.WEBHOOK == sender.PATH


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (hook(), []),
        (hook(url=f"{URL}/"), [f"address: {URL}/ → {URL}"]),
        (hook(content_type="form"), ["content type: form → json"]),
        (hook(content_type=None), ["content type: form → json"]),
        (hook(insecure_ssl="1"), ["TLS verification: off → on"]),
        (hook(insecure_ssl=1.0), ["TLS verification: off → on"]),
        (hook(secret=None), ["secret: none → written"]),
        (hook(events=("push",)), ["events: push → workflow_job, workflow_run"]),
        (hook(events=("*",)), ["events: * → workflow_job, workflow_run"]),
        (hook(events=tuple(reversed(EVENTS))), []),
        (hook(active=False), ["state: paused → active"]),
    ],
)
def test_each_difference_is_named(found: Hook, expected: list[str]) -> None:
    assert [str(each) for each in differences(found, URL)] == expected


def test_what_is_missing_is_made_and_what_is_there_is_kept_or_repaired() -> None:
    other = hook(9, "https://else.example.com/hook")
    steps = plan([seen("a/new", other), seen("a/fine", other, hook(2)), seen("a/off", hook(3, active=False))], URL)
    assert short(steps) == [("a/new", "create", None), ("a/fine", "keep", 2), ("a/off", "repair", 3)]
    assert [step.changes for step in steps] == [True, False, True]
    assert [step.why for step in steps] == ["there is none", "as it should be", "state: paused → active"]


def test_an_earlier_address_is_mentioned_and_left_alone() -> None:
    (step,) = plan([seen("a/b", hook(1, "https://old.example.com/api/webhooks/github"))], URL)
    assert (step.action, step.hook_id) == ("create", None)
    assert "https://old.example.com/api/webhooks/github is left alone" in step.why


def test_of_two_the_better_one_stays() -> None:
    steps = plan([seen("a/b", hook(1, active=False), hook(2), hook(3))], URL)
    assert short(steps) == [("a/b", "keep", 2), ("a/b", "remove", 3), ("a/b", "remove", 1)]
    assert "twice" in steps[1].why


def test_the_secret_is_written_on_demand() -> None:
    (step,) = plan([seen("a/b", hook())], URL, write_secret=True)
    assert (step.action, step.why) == ("repair", "secret: unknown → written")


def test_a_repository_whose_organisation_has_one_needs_none() -> None:
    for organisation, action in ((seen("a"), "create"), (seen("a", hook(7, active=False)), "repair")):
        steps = plan([organisation, seen("a/plain"), seen("A/twice", hook(8)), seen("a/closed", why="no")], URL)
        assert [each[:2] for each in short(steps)] == [
            ("a/*", action),
            ("a/plain", "keep"),
            ("A/twice", "remove"),
            ("a/closed", "keep"),
        ]
        assert steps[2].hook_id == 8
        assert "the webhook of a reports it" in steps[1].why


def test_one_of_the_organisation_that_nobody_asked_for_counts_too() -> None:
    assert short(plan([seen("a", wanted=False), seen("a/b")], URL)) == [("a/b", "create", None)]
    assert short(plan([seen("a", wanted=False, why="no"), seen("a/b")], URL)) == [("a/b", "create", None)]
    found = plan([seen("a", hook(7), wanted=False), seen("a/b")], URL)
    assert short(found) == [("a/*", "keep", 7), ("a/b", "keep", None)]


def test_without_the_organisations_consent_each_repository_gets_its_own() -> None:
    steps = plan([seen("a", why="GITHUB_TOKEN may not. Needed: admin:org_hook."), seen("a/b")], URL)
    assert short(steps) == [("a/*", "impossible", None), ("a/b", "create", None)]
    assert "admin:org_hook" in steps[0].why


def test_everything_is_not_a_place() -> None:
    (step,) = plan([Seen(Target("*/*", None))], URL)
    assert step.action == "impossible"
    assert "name repositories or organisations" in step.why


def test_where_github_cannot_deliver_nothing_is_possible() -> None:
    steps = plan([seen("a", wanted=False), seen("a/b", hook()), Seen(Target("*/*", None))], URL, "It is not there.")
    assert [(step.action, step.why) for step in steps] == [("impossible", "It is not there.")] * 2


HOOKS = st.builds(
    hook,
    st.integers(1, 99),
    st.sampled_from([URL, f"{URL}/", URL.replace("s:", ":", 1), "https://else.example.com/x"]),
    st.booleans(),
    st.sampled_from([EVENTS, ("push",), ("*",)]),
    content_type=st.sampled_from(["json", "form", None]),
    insecure_ssl=st.sampled_from(["0", "1"]),
    secret=st.sampled_from([None, "********"]),
)
PLACES = st.lists(st.lists(HOOKS, max_size=4, unique_by=lambda each: each.id), min_size=4, max_size=4)
NAMES = ("a", "a/b", "a/c", "d/e")


def carried_out(hooks: list[Hook], steps: list[Step]) -> list[Hook]:
    """What GitHub has then."""
    for step in steps:
        if step.action == "create":
            hooks = [*hooks, hook(100)]
        elif step.action == "repair":
            hooks = [hook(each.id) if each.id == step.hook_id else each for each in hooks]
        elif step.action == "remove":
            hooks = [each for each in hooks if each.id != step.hook_id]
    return hooks


@given(PLACES, st.booleans())
def test_after_the_steps_there_is_nothing_left_to_do_and_others_have_theirs(
    places: list[list[Hook]], all_: bool
) -> None:
    def look() -> list[Seen]:
        return [seen(name, *each, wanted=all_ or "/" in name) for name, each in zip(NAMES, places, strict=True)]

    before = [[each for each in hooks if not is_ours(each, URL)] for hooks in places]
    steps = plan(look(), URL)
    places = [
        carried_out(hooks, [step for step in steps if str(step.target.place) == name])
        for name, hooks in zip(NAMES, places, strict=True)
    ]
    assert [step for step in plan(look(), URL) if step.changes] == []
    assert [[each for each in hooks if not is_ours(each, URL)] for hooks in places] == before
    ours = [[each for each in hooks if is_ours(each, URL)] for hooks in places]
    assert all(differences(each, URL) == () for hooks in ours for each in hooks)
    whole, *single = (len(hooks) for hooks in ours)
    assert whole + single[0] == whole + single[1] == single[2] == 1
