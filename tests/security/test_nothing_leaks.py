"""A whole day in a few seconds, with everything that goes right and wrong; then all that came out of it is searched."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest
import socketio

from omnilens.demo.sender import PATH, body_of, headers_of
from support.github import FakeGitHub
from support.github.about_login import CLIENT_ID, CLIENT_SECRET
from support.github.faults import Fault
from support.github.people import Account
from support.payloads import job_payload, run_payload
from support.process import Served, free_port, served
from support.server import SECRET
from support.waiting import eventually

pytestmark = [pytest.mark.node, pytest.mark.anyio, pytest.mark.timeout(120)]

ADDRESSES = ("203.0.113.77", "198.51.100.23", "2001:db8:77:1::9")
"""Of clients, as the proxy in front says."""
KEY = "seal-0123456789abcdef0123456789abcdef"
PUSH_SECRET = "BTBZMqHH6r4Tts7J_aSIgg"


class Witness:
    """Everybody outside, who keeps what they got."""

    def __init__(self, server: Served, github: FakeGitHub) -> None:
        self.server = server
        self.github = github
        self.got: list[str] = []
        self.secrets: set[str] = {SECRET, CLIENT_SECRET, KEY, github.token, PUSH_SECRET}

    def ask(self, client: httpx2.Client, method: str, path: str, *, shown_once: bool = False, **rest: Any) -> Any:
        """Ask for something, and keep the answer; not where a secret is told to its owner, which it is once."""
        answer = client.request(method, path, **rest)
        headers = "\n".join(f"{name}: {value}" for name, value in answer.headers.items() if name != "set-cookie")
        self.got.append(f"{method} {path}\n{answer.status_code}\n{headers}\n{'' if shown_once else answer.text}")
        return answer

    def browser(self, address: str) -> httpx2.Client:
        headers = {"x-forwarded-for": address, "origin": self.server.url}
        return httpx2.Client(base_url=self.server.url, headers=headers, trust_env=False, timeout=10)

    def log_in(self, client: httpx2.Client, account: Account | None) -> httpx2.Response:
        address = self.ask(client, "GET", "/auth/login").headers["location"]
        self.github.login.at_the_browser = account
        back = urlsplit(httpx2.get(address, trust_env=False).headers["location"])
        self.secrets |= {part[5:] for part in back.query.split("&") if part.startswith("code=")}
        answer = client.get(f"{back.path}?{back.query}")
        self.secrets |= {value for name, value in client.cookies.items() if name == "omnilens"}
        self.got.append(answer.text)
        return answer


@pytest.fixture
def day(tmp_path: Path) -> Iterator[Witness]:
    with FakeGitHub() as github:
        github.add_repository("octo-org/octo-repo")
        github.login.expires_in = 30  # so that every token is refreshed at once
        settings = {
            "OMNILENS_AUTH": "github",
            "OMNILENS_LOG_LEVEL": "debug",
            "OMNILENS_REPOSITORIES": "octo-org/octo-repo",
            "OMNILENS_TRUSTED_PROXIES": "127.0.0.1",
            "OMNILENS_SECRET_KEY": KEY,
            "OMNILENS_ACCESS_CACHE": "1s",
            "OMNILENS_WEBHOOK_RATE_LIMIT": "5/minute",
            "GITHUB_API_URL": github.url,
            "GITHUB_TOKEN": github.token,
            "GITHUB_OAUTH_CLIENT_ID": CLIENT_ID,
            "GITHUB_OAUTH_CLIENT_SECRET": CLIENT_SECRET,
        }
        port = free_port()
        settings["OMNILENS_PUBLIC_URL"] = f"http://127.0.0.1:{port}"
        with served(port, tmp_path, **settings) as server:
            yield Witness(server, github)


async def test_no_secret_and_no_full_address_comes_out(day: Witness, tmp_path: Path) -> None:
    alice = day.github.add_user("alice")
    with day.browser(ADDRESSES[0]) as laptop, day.browser(ADDRESSES[1]) as stranger, day.browser(ADDRESSES[2]) as phone:
        await asyncio.to_thread(deliver, day, stranger)
        await asyncio.to_thread(come_in, day, laptop, phone, stranger, alice)
        token = await asyncio.to_thread(look_around, day, laptop)
        await listen(day, laptop, token)
        await asyncio.to_thread(go, day, laptop, phone, alice)
    day.secrets |= {token for token in day.github.tokens if token.startswith("gho_")} | {token}
    log = (tmp_path / "log").read_text()
    assert day.server.stop() == 0
    assert "delivery.accepted" in log
    assert "login.done" in log
    outside = "\n".join(day.got)
    assert len(day.got) > 40
    for secret in day.secrets:
        assert len(secret) > 6
        assert secret not in log, f"{secret!r} is in the log"
        assert secret not in outside, f"{secret!r} was told"
    for address in ADDRESSES:
        assert address not in log, f"{address} is in the log"
        assert address not in outside, f"{address} was told"
    assert "203.0.113.0/24" in log
    stored = await asyncio.to_thread(everything_stored, tmp_path)
    hidden = day.secrets - {PUSH_SECRET}  # which is needed as it is, to close messages with
    assert [secret for secret in hidden if secret.encode() in stored] == []


def everything_stored(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.name != "log")


def deliver(day: Witness, stranger: httpx2.Client) -> None:
    here = {"repository": {"id": day.github.state.repositories[0].id, "full_name": "octo-org/octo-repo"}}
    body = body_of({**run_payload(conclusion="failure"), **here})
    signed = headers_of("workflow_run", body, SECRET.encode())
    day.ask(stranger, "POST", PATH, content=body, headers=signed)
    day.ask(stranger, "POST", PATH, content=body, headers=signed)
    job = body_of({**job_payload("in_progress"), **here})
    day.ask(stranger, "POST", PATH, content=job, headers=headers_of("workflow_job", job, SECRET.encode()))
    for broken in (b"{", b'{"workflow_run": 5}', b"[" * 100_000):
        day.ask(stranger, "POST", PATH, content=broken, headers=headers_of("workflow_run", broken, SECRET.encode()))
    for signature in ("", "sha256=" + "0" * 64, f"sha256={SECRET}", signed["x-hub-signature-256"][:-1] + "x") * 3:
        day.ask(stranger, "POST", PATH, content=body, headers={**signed, "x-hub-signature-256": signature})


def come_in(day: Witness, laptop: httpx2.Client, phone: httpx2.Client, stranger: httpx2.Client, alice: Account) -> None:
    assert day.log_in(stranger, None).headers["location"] == "/login?problem=denied"
    day.github.fail(Fault.html(), path="/login/oauth/access_token")
    day.log_in(stranger, alice)
    day.ask(stranger, "GET", "/auth/callback?code=stolen-code&state=made-up")
    eventually(lambda: day.log_in(laptop, alice).headers["location"] == "/")
    eventually(lambda: day.log_in(phone, alice).headers["location"] == "/")
    for wrong in ("Bearer olt_wrong-token-0123456789", "Basic YTpi", "Bearer"):
        day.ask(stranger, "GET", "/api/repos", headers={"authorization": wrong})
    day.ask(stranger, "GET", "/api/repos?token=olt_in-an-address-0123456789")
    day.ask(stranger, "POST", "/auth/token", json={"token": "olt_guessed-0123456789abcdef"})


def look_around(day: Witness, laptop: httpx2.Client) -> str:
    for path in (
        "/",
        "/docs",
        "/openapi.json",
        "/healthz",
        "/readyz",
        "/metrics",
        "/api/metrics",
        "/api/health",
        "/api/me",
        "/api/github",
        "/api/tokens",
        "/api/notifications",
        "/api/push",
        "/api/repos",
        "/api/repos/octo-repo/runs",
        "/api/repos/octo-repo/runs/1",
        "/api/repos/octo-repo/rewind",
        "/api/repos/octo-repo/overview",
        "/api/repos/octo-repo/doctor",
        "/api/repos/nowhere/runs",
        "/api/repos/octo-repo/runs?date=never",
    ):
        day.ask(laptop, "GET", path)
    day.ask(laptop, "POST", "/api/repos", json={"repository": "octo-org/nothing"})
    day.ask(laptop, "POST", "/api/repos/octo-repo/doctor/webhook")
    browser = {"endpoint": "https://push.example.invalid/x", "keys": {"p256dh": "B" * 87, "auth": PUSH_SECRET}}
    day.ask(laptop, "POST", "/api/push", json=browser)
    made = {"name": "hallway", "repos": ["octo-repo"], "days": 1}
    token = str(day.ask(laptop, "POST", "/api/tokens", json=made, shown_once=True).json()["token"])
    assert token.startswith("olt_")
    day.ask(laptop, "GET", "/api/tokens")
    day.ask(laptop, "GET", "/api/me/export")
    return token


async def listen(day: Witness, laptop: httpx2.Client, token: str) -> None:
    cookie = "; ".join(f"{name}={value}" for name, value in laptop.cookies.items())
    ways: tuple[dict[str, Any], ...] = (
        {"headers": {"Cookie": cookie, "X-Forwarded-For": ADDRESSES[0]}},
        {"auth": {"token": token}, "headers": {"X-Forwarded-For": ADDRESSES[2]}},
        {"auth": {"token": token + "x"}, "headers": {"X-Forwarded-For": ADDRESSES[1]}},
        {"headers": {"Origin": "https://evil.example", "X-Forwarded-For": ADDRESSES[1]}},
    )
    for way in ways:
        client = socketio.AsyncClient(reconnection=False)
        client.on("*", lambda *said: day.got.append(repr(said)))
        client.on("connect_error", lambda said: day.got.append(repr(said)))
        with suppress(socketio.exceptions.ConnectionError):
            await client.connect(day.server.url, transports=["websocket"], **way)
            for event, said in (
                ("subscribe-repo", "octo-repo"),
                ("subscribe-repo", {"slug": "octo-repo", "since": 0, "epoch": "x"}),
                ("subscribe-repo", "nowhere"),
                ("subscribe-repo", {"token": token}),
                ("watch-notifications", {}),
                ("notifications-seen", [1]),
            ):
                day.got.append(repr(await client.call(event, said)))
            await asyncio.to_thread(deliver, day, laptop)
        await client.disconnect()


def go(day: Witness, laptop: httpx2.Client, phone: httpx2.Client, alice: Account) -> None:
    day.ask(laptop, "POST", "/auth/logout", json={})
    day.ask(laptop, "GET", "/api/repos")
    alice.revoked = True  # at GitHub, which is noticed within a second
    eventually(lambda: day.ask(phone, "GET", "/api/repos").status_code == 401)
