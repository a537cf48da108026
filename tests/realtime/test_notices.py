"""Notices to the clients people really use: each gets each once, and whoever was away gets it on return."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from omnilens.model import Repository
from omnilens.people.viewer import Viewer
from support.named import BY_NAME, HEADER
from support.notice_client import notice_client
from support.payloads import ago, job_payload, run_payload
from support.server import LiveServer
from support.waiting import eventually

pytestmark = pytest.mark.node


@pytest.fixture
def people() -> Iterator[LiveServer]:
    """A server that knows Ada, Bob and Cyd: they were here before."""
    with LiveServer(repositories="octo-org/octo-repo", **BY_NAME) as server:
        for name in ("ada", "bob", "cyd"):
            inbox(server, name)
        yield server


def fails(server: LiveServer, run_id: int, **fields: Any) -> None:
    answer = server.post("workflow_run", run_payload(id=run_id, conclusion="failure", **fields))
    assert answer.status_code == 200


def inbox(server: LiveServer, user: str, **query: str) -> dict[str, Any]:
    answer = server.http.get("/api/notifications", headers={HEADER: user}, params=query)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def read(server: LiveServer, user: str, **said: Any) -> int:
    headers = {HEADER: user, "origin": server.url}
    answer = server.http.post("/api/notifications/read", json=said, headers=headers)
    assert answer.status_code == 200, answer.text
    unread: int = answer.json()["unread"]
    return unread


def test_each_of_three_gets_each_notice_once_and_whoever_is_away_on_return(people: LiveServer) -> None:
    with notice_client(people.url, "ada") as ada, notice_client(people.url, "bob") as bob:
        for client in (ada, bob):
            assert client.watching()["pending"] == []
        fails(people, 1)
        fails(people, 2)  # the same incident
        people.post("workflow_run", run_payload(id=3))
        for client in (ada, bob):
            client.told_of("broke", "fixed")
        with notice_client(people.url, "cyd") as cyd:
            waiting = cyd.watching()
            assert [notice["kind"] for notice in waiting["pending"]] == ["fixed", "broke"]
            assert waiting["unread"] == 2
            eventually(lambda: cyd.everything("confirmed"))
            with notice_client(people.url, "cyd") as again:
                answer = again.watching()
                assert (answer["pending"], answer["unread"]) == ([], 2)
        assert ada.kinds() == bob.kinds() == ["broke", "fixed"]


def test_nothing_is_sent_to_a_client_before_it_asked(people: LiveServer) -> None:
    with notice_client(people.url, "ada") as ada:
        ada.watching()
        fails(people, 1)
        eventually(lambda: ada.kinds() == ["broke"])
        assert next(said["what"] for said in ada.told) == "watching"


def test_a_connection_that_was_cut_hears_what_it_missed(people: LiveServer) -> None:
    with notice_client(people.url, "ada") as ada:
        ada.watching()
        fails(people, 1)
        eventually(lambda: ada.everything("confirmed"))
        people.cut_connections()
        people.post("workflow_run", run_payload(id=2))
        ada.watching(2)
        eventually(lambda: sorted(ada.kinds()) == ["broke", "fixed"])


def test_two_tabs_get_the_same_and_what_is_read_in_one_is_read_in_the_other(people: LiveServer) -> None:
    with (
        notice_client(people.url, "ada") as one,
        notice_client(people.url, "ada") as two,
        notice_client(people.url, "bob") as bob,
    ):
        for client in (one, two, bob):
            client.watching()
        fails(people, 1)
        eventually(lambda: one.kinds() == two.kinds() == bob.kinds() == ["broke"])
        (notice,) = inbox(people, "ada")["notifications"]
        assert read(people, "ada", ids=[notice["id"]]) == 0
        for tab in (one, two):
            assert tab.some("notifications-read") == [{"ids": [notice["id"]], "unread": 0}]
        assert inbox(people, "ada")["notifications"][0]["read"] is True
        assert inbox(people, "bob")["unread"] == 1
        assert bob.everything("notifications-read") == []


def test_a_job_that_fails_first_is_told_before_its_run_ends_and_only_changes_then(people: LiveServer) -> None:
    with notice_client(people.url, "ada") as ada:
        ada.watching()
        people.post("workflow_run", run_payload("in_progress", head_branch="main"))
        step = {"number": 2, "name": "Test", "status": "completed", "conclusion": "failure", "completed_at": ago(1)}
        people.post("workflow_job", job_payload("in_progress", steps=[step]))
        eventually(lambda: ada.kinds() == ["failing"])
        fails(people, 1, head_branch="main")
        (changed,) = eventually(lambda: ada.everything("notification-changed"))
        assert (changed["kind"], changed["job"], changed["step"]) == ("broke", "build", "Test")
        assert ada.kinds() == ["failing"]
        (listed,) = inbox(people, "ada")["notifications"]
        assert listed == changed


def test_what_waited_and_was_approved_needs_nobody_any_more(people: LiveServer) -> None:
    with notice_client(people.url, "ada") as ada:
        ada.watching()
        people.post("workflow_run", run_payload("in_progress"))
        people.post("workflow_job", job_payload("waiting", name="deploy"))
        eventually(lambda: ada.kinds() == ["waits"])
        assert inbox(people, "ada")["unread"] == 1
        people.post("workflow_job", job_payload("in_progress", name="deploy"))
        (changed,) = eventually(lambda: ada.everything("notification-changed"))
        assert (changed["outcome"], changed["read"]) == ("approved", True)
        assert eventually(lambda: ada.everything("notifications-read"))[0]["unread"] == 0


def test_a_redelivery_and_a_stale_event_tell_nobody(people: LiveServer) -> None:
    with notice_client(people.url, "ada") as ada:
        ada.watching()
        payload = run_payload(id=1, conclusion="failure")
        people.post("workflow_run", payload, "d1")
        people.post("workflow_run", payload, "d1")
        people.post("workflow_run", payload, "d2")
        fails(people, 1)  # another body that says the same
        assert (
            people.post("workflow_run", run_payload(id=2, conclusion="failure", updated_at=ago(7200))).status_code
            == 400
        )
        people.post("workflow_run", run_payload(id=9))
        eventually(lambda: ada.kinds() == ["broke", "fixed"])


def test_rights_are_asked_for_when_it_is_told(people: LiveServer) -> None:
    """Not when it was made: they may be withdrawn meanwhile."""
    access = Withdrawable()
    people.omnilens.telling.notices._access = access
    with notice_client(people.url, "ada") as ada, notice_client(people.url, "bob") as bob:
        for client in (ada, bob):
            client.watching()
        access.without = "ada"
        fails(people, 1)
        eventually(lambda: bob.kinds() == ["broke"])
        people.post("workflow_run", run_payload(id=2))
        eventually(lambda: bob.kinds() == ["broke", "fixed"])
        assert ada.kinds() == []
        assert inbox(people, "ada") == {"notifications": [], "unread": 0}
        with notice_client(people.url, "ada", confirms=False) as later:
            assert (later.watching()["pending"], later.watching()["unread"]) == ([], 0)
        access.without = ""
        assert inbox(people, "ada")["unread"] == 2


def test_a_wallboard_hears_of_it_and_leaves_it_to_its_owner(people: LiveServer) -> None:
    headers = {HEADER: "ada", "origin": people.url}
    made = people.http.post("/api/tokens", json={"name": "wall", "repos": ["octo-repo"]}, headers=headers).json()
    fails(people, 1)
    eventually(lambda: inbox(people, "ada")["unread"] == 1)
    with notice_client(people.url, f"token:{made['token']}") as wall:
        assert (wall.watching()["unread"], wall.watching()["pending"]) == (1, [])
        people.post("workflow_run", run_payload(id=2))
        wall.told_of("fixed")
        wall.some("confirmed")
    bearer = {"authorization": f"Bearer {made['token']}"}
    answer = people.http.post("/api/notifications/read", json={"through": 99}, headers=bearer)
    assert (answer.status_code, answer.json()["code"]) == (403, "not-for-tokens")
    assert people.http.get("/api/notifications", headers=bearer).json()["unread"] == 2
    with notice_client(people.url, "ada") as ada:
        assert [notice["kind"] for notice in ada.watching()["pending"]] == ["fixed", "broke"]


class Withdrawable:
    """Everybody may see everything, but for one."""

    without = ""

    def known(self, viewer: Viewer, repository: Repository) -> bool | None:
        return viewer.login != self.without

    async def may_read(self, viewer: Viewer, repository: Repository, at_most: float = 1.0) -> bool:
        return viewer.login != self.without


def test_the_inbox_is_paged_and_read_up_to_a_place(people: LiveServer) -> None:
    for number in range(1, 8):
        fails(people, number, workflow_id=number, name=f"W{number}")
    eventually(lambda: inbox(people, "ada")["unread"] == 7)
    first = inbox(people, "ada", limit="3")["notifications"]
    assert [notice["workflow"] for notice in first] == ["W7", "W6", "W5"]
    rest = inbox(people, "ada", before=str(first[-1]["id"]))["notifications"]
    assert [notice["workflow"] for notice in rest] == ["W4", "W3", "W2", "W1"]
    assert read(people, "ada", through=first[-1]["id"]) == 2
    assert read(people, "ada", ids=[first[0]["id"], 424242]) == 1
    assert inbox(people, "bob")["unread"] == 7


@pytest.mark.parametrize(
    "body", [b"", b"[]", b'{"ids": ["x"]}', b'{"ids": [-1]}', b"{" + b" " * 9000, b'{"all": true}']
)
def test_what_cannot_be_understood_marks_nothing(people: LiveServer, body: bytes) -> None:
    headers = {HEADER: "ada", "origin": people.url}
    answer = people.http.post("/api/notifications/read", content=body, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid-parameter")


def test_only_our_page_can_mark_as_read(people: LiveServer) -> None:
    headers = {HEADER: "ada", "origin": "https://evil.example"}
    answer = people.http.post("/api/notifications/read", json={"through": 9}, headers=headers)
    assert answer.json()["code"] == "forbidden-origin"
