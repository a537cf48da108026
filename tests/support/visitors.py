"""People at their browsers: they log in at a server with the fake GitHub, and look around."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import httpx2

from omnilens.people.attempt import CALLBACK_PATH
from support.github import FakeGitHub
from support.github.about_login import CLIENT_ID, CLIENT_SECRET
from support.github.people import Account
from support.server import LiveServer


def with_login(github: FakeGitHub, **settings: Any) -> LiveServer:
    """A server where people log in with this GitHub."""
    return LiveServer(
        auth="github",
        oauth_client_id=CLIENT_ID,
        oauth_client_secret=CLIENT_SECRET,
        api_url=github.url,
        **settings,
    )


class Visitor:
    """One browser, with its cookies."""

    def __init__(self, server: LiveServer, session_id: str | None = None) -> None:
        """With the session that a browser has from before, if it has one."""
        self.url = server.url
        client = httpx2.Client(base_url=server.url, timeout=10, trust_env=False, headers={"origin": server.url})
        self.http = server.visits.enter_context(client)
        if session_id is not None:
            self.http.cookies.set("omnilens", session_id)

    def go_to_login(self, back_to: str = "/") -> str:
        """Begin a login. Returns where GitHub is to be asked."""
        answer = self.http.get("/auth/login", params={"next": back_to})
        assert answer.status_code == 303, answer.text
        return answer.headers["location"]

    def come_back(self, github: FakeGitHub, account: Account | None, address: str) -> str:
        """Say yes at GitHub as `account` (or no, as nobody). Returns the address that GitHub sends the browser to."""
        github.login.at_the_browser = account
        said = httpx2.get(address, trust_env=False)
        assert said.status_code == 302, said.text
        return said.headers["location"]

    def log_in(self, github: FakeGitHub, account: Account | None, back_to: str = "/") -> httpx2.Response:
        """All of it. Returns the last answer, which says where the browser goes."""
        back = urlsplit(self.come_back(github, account, self.go_to_login(back_to)))
        assert back.path == CALLBACK_PATH
        return self.http.get(f"{back.path}?{back.query}")

    @property
    def cookies(self) -> dict[str, str]:
        """What the browser sends with everything, sockets too."""
        return {"Cookie": "; ".join(f"{name}={value}" for name, value in self.http.cookies.items())}

    def me(self) -> dict[str, Any]:
        answer = self.http.get("/api/me")
        assert answer.status_code == 200, answer.text
        said: dict[str, Any] = answer.json()
        return said

    def repos(self) -> list[str]:
        """The slugs of the visitor's board."""
        answer = self.http.get("/api/repos")
        assert answer.status_code == 200, answer.text
        return [each["slug"] for each in answer.json()["repos"]]

    def status(self, path: str) -> int:
        return self.http.get(path).status_code


def logged_in(server: LiveServer, github: FakeGitHub, account: Account) -> Visitor:
    """Somebody who is in."""
    visitor = Visitor(server)
    answer = visitor.log_in(github, account)
    assert answer.headers["location"] == "/", answer.text
    return visitor
