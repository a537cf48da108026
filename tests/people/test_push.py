"""Web Push against a push service of our own, over real HTTP: what arrives can be read by that one browser, once."""

from __future__ import annotations

import json
import threading
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import http_ece
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jwt
from joserfc.jwk import ECKey

from omnilens.people.notices import push, subscriptions
from omnilens.people.notices.envelope import Sender
from omnilens.people.notices.notice import Kind, Notice
from omnilens.people.notices.post import Post
from omnilens.people.notices.push import messages
from omnilens.people.notices.reachable import Refused
from support.changes import at
from support.github import FakeGitHub
from support.named import BY_NAME, HEADER
from support.notice_client import notice_client
from support.payloads import run_payload
from support.server import LiveServer
from support.visitors import logged_in, with_login
from support.waiting import eventually

pytestmark = pytest.mark.timeout(60)


class Browser:
    """One that subscribed: it alone can read what is sent to it."""

    def __init__(self, endpoint: str) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._auth = b"0123456789abcdef"
        self.endpoint = endpoint

    def subscription(self) -> dict[str, Any]:
        point = self._key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return {"endpoint": self.endpoint, "keys": {"p256dh": encoded(point), "auth": encoded(self._auth)}}

    def read(self, body: bytes) -> dict[str, Any]:
        text = http_ece.decrypt(body, private_key=self._key, auth_secret=self._auth, version="aes128gcm")
        message: dict[str, Any] = json.loads(text)
        return message


def encoded(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


class Service:
    """A push service that remembers what it was given."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.status = 201
        self.posted: list[tuple[str, dict[str, str], bytes]] = []


@contextmanager
def a_service() -> Iterator[Service]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            told.posted.append((self.path, {name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(told.status)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        told = Service(server.server_address[1])
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield told
        server.shutdown()
        thread.join()


@pytest.fixture
def service() -> Iterator[Service]:
    with a_service() as service:
        yield service


@pytest.fixture
def people(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[LiveServer]:
    monkeypatch.setattr(push, "LOOK_EVERY", 0.02)
    monkeypatch.setattr(subscriptions, "GRACE", timedelta(milliseconds=300))
    settings: dict[str, Any] = {"data_dir": str(tmp_path), "database_url": f"sqlite:///{tmp_path}/data.db", **BY_NAME}
    with LiveServer(repositories="octo-org/octo-repo", **settings) as server:
        yield server


def subscribe(server: LiveServer, user: str, subscription: dict[str, Any], status: int = 200) -> Any:
    headers = {HEADER: user, "origin": server.url}
    answer = server.http.post("/api/push", json=subscription, headers=headers)
    assert answer.status_code == status, answer.text
    return answer.json()


def fails(server: LiveServer, run_id: int = 1, **fields: Any) -> None:
    server.post("workflow_run", run_payload(id=run_id, conclusion="failure", **fields))


def test_whoever_has_no_page_open_is_sent_it_once_and_only_that_browser_can_read_it(
    people: LiveServer, service: Service
) -> None:
    browser = Browser(f"{service.url}/send/ada")
    key = subscribe(people, "ada", browser.subscription())["key"]
    fails(people)
    (path, headers, body) = eventually(lambda: service.posted)[0]
    assert path == "/send/ada"
    assert browser.read(body) == {
        "title": "CI failed",
        "body": "octo-org/octo-repo · main",
        "url": "/dashboard/octo-repo/runs/1",
        "tag": "octo-repo/1.1",
    }
    assert (headers["content-encoding"], headers["ttl"], headers["urgency"]) == ("aes128gcm", "86400", "high")
    assert is_signed(headers["authorization"], key)["aud"] == service.url
    fails(people, 2, workflow_id=12)
    eventually(lambda: len(service.posted) == 2)
    assert browser.read(service.posted[1][2])["url"].endswith("/runs/2")
    eventually(lambda: people.count("omnilens_pushes_total", result="sent") == 2)


def is_signed(authorization: str, key: str) -> dict[str, Any]:
    """What a message claims, if it was signed with the key that browsers are given."""
    scheme, _, rest = authorization.partition(" ")
    said = dict(part.split("=", 1) for part in rest.split(","))
    assert (scheme, said["k"]) == ("vapid", key)
    point = urlsafe_b64decode(key + "==")
    public = ECKey.import_key({"kty": "EC", "crv": "P-256", "x": encoded(point[1:33]), "y": encoded(point[33:])})
    claims: dict[str, Any] = jwt.decode(said["t"], public, algorithms=["ES256"]).claims
    return claims


@pytest.mark.node
def test_nothing_is_sent_to_whoever_has_a_page_open(
    people: LiveServer, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subscriptions, "GRACE", timedelta(hours=1))
    for user in ("ada", "bob"):
        subscribe(people, user, Browser(f"{service.url}/send/{user}").subscription())
    with notice_client(people.url, "ada") as ada:
        ada.watching()
        fails(people)
        ada.told_of("broke")
        ada.some("confirmed")
        monkeypatch.setattr(subscriptions, "GRACE", timedelta(0))  # which is over now
        eventually(lambda: service.posted)
        assert [path for path, _, _ in service.posted] == ["/send/bob"]


@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_is_gone_is_forgotten(people: LiveServer, service: Service, status: int) -> None:
    subscribe(people, "ada", Browser(f"{service.url}/send/ada").subscription())
    service.status = status
    fails(people)
    eventually(lambda: people.count("omnilens_pushes_total", result="gone"))
    service.status = 201
    subscribe(people, "ada", Browser(f"{service.url}/send/other").subscription())
    fails(people, 2, workflow_id=12)
    eventually(lambda: people.count("omnilens_pushes_total", result="sent"))
    assert [path for path, _, _ in service.posted] == ["/send/ada", "/send/other"]


def test_a_service_that_fails_is_counted_and_keeps_nothing_from_the_others(
    people: LiveServer, service: Service
) -> None:
    with a_service() as gone:
        pass
    subscribe(people, "ada", Browser(f"{gone.url}/send/ada").subscription())
    subscribe(people, "ada", Browser(f"{service.url}/send/ada").subscription())
    fails(people)
    eventually(lambda: people.count("omnilens_pushes_total", result="sent"))
    eventually(lambda: people.count("omnilens_pushes_total", result="unreachable"))


def test_a_browser_that_wants_no_more_gets_no_more(people: LiveServer, service: Service) -> None:
    browser = Browser(f"{service.url}/send/ada")
    subscribe(people, "ada", browser.subscription())
    for user in ("bob", "ada"):
        headers = {HEADER: user, "origin": people.url}
        people.http.request("DELETE", "/api/push", json={"endpoint": browser.endpoint}, headers=headers)
        if user == "bob":  # whose it is not
            fails(people)
            eventually(lambda: len(service.posted) == 1)
    subscribe(people, "bob", Browser(f"{service.url}/send/bob").subscription())
    fails(people, 2, workflow_id=12)
    eventually(lambda: len(service.posted) == 2)
    assert service.posted[1][0] == "/send/bob"


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://push.example/send",
        "https://10.0.0.1/send",
        "https://192.168.1.1:8443/send",
        "https://169.254.169.254/latest/meta-data",
        "https://[fd00::1]/send",
        "https://[::ffff:10.0.0.1]/send",
        "https://100.64.0.1/send",
        "https://user:password@1.1.1.1/send",
        "file:///etc/passwd",
        "https:///send",
        "https://1.1.1.1:99999/send",
        "",
    ],
)
def test_nothing_is_sent_into_our_own_network(people: LiveServer, endpoint: str) -> None:
    said = subscribe(people, "ada", Browser(endpoint).subscription(), status=400)
    assert said["code"] == "invalid-parameter"


@pytest.mark.anyio
async def test_not_even_to_this_machine_where_people_come_from_elsewhere() -> None:
    post = Post(loopback=False)
    for endpoint in ("http://127.0.0.1/send", "https://127.0.0.1/send", "https://localhost/send", "https://[::1]/send"):
        with pytest.raises(Refused):
            await post.target(endpoint)
    assert await post.target("https://1.1.1.1/send") == ("https://1.1.1.1:443/send", "1.1.1.1")
    await post.close()


@pytest.mark.parametrize("said", [{}, {"endpoint": "https://1.1.1.1/x"}, {"endpoint": "https://1.1.1.1/x", "keys": {}}])
def test_what_is_no_subscription_is_refused(people: LiveServer, said: dict[str, Any]) -> None:
    subscribe(people, "ada", said, status=400)


def test_the_key_is_the_same_after_a_restart_and_on_every_server_that_shares_the_secret(tmp_path: Path) -> None:
    keys = set()
    for _ in range(2):
        with LiveServer(data_dir=str(tmp_path), database_url=f"sqlite:///{tmp_path}/data.db") as server:
            keys.add(server.get("/api/push")["key"])
    assert len(keys) == 1
    assert Sender("one", "https://a.example").public_key == Sender("one", "https://b.example").public_key
    assert Sender("one", "https://a.example").public_key != Sender("two", "https://a.example").public_key


def test_a_burst_is_one_message_and_the_last_word_of_an_incident_counts() -> None:
    def notice(number: int, kind: Kind = "broke", incident: str = "") -> Notice:
        return Notice(
            key=f"k{number}{kind}",
            incident=incident or f"i{number}",
            kind=kind,
            repo_slug="api",
            repo="acme/api",
            workflow=f"W{number}",
            branch="main",
            run_id=number,
            run_attempt=1,
            at=at(0),
            since=at(0),
        )

    assert [each.title for each in messages([notice(1), notice(2, "fixed", "i1")])] == ["W2 passes again"]
    (burst,) = messages([notice(1), notice(2), notice(3, "waits")])
    assert (burst.title, burst.body) == ("2 failed, 1 waiting", "api / W1, api / W2, api / W3")
    assert messages([]) == []


@pytest.mark.node
def test_a_browser_that_is_logged_out_is_told_no_more(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, service: Service
) -> None:
    """Whoever sits at it next is somebody else."""
    monkeypatch.setattr(push, "LOOK_EVERY", 0.02)
    monkeypatch.setattr(subscriptions, "GRACE", timedelta(seconds=0.1))
    with FakeGitHub() as github:
        repository = github.add_repository("octo-org/octo-repo")
        kept = {"data_dir": tmp_path, "database_url": f"sqlite:///{tmp_path}/db"}
        with with_login(github, repositories="octo-org/octo-repo", **kept) as server:
            alice = github.add_user("alice")
            laptop, phone = logged_in(server, github, alice), logged_in(server, github, alice)
            for visitor, name in ((laptop, "laptop"), (phone, "phone")):
                browser = Browser(f"{service.url}/{name}").subscription()
                assert visitor.http.post("/api/push", json=browser).status_code == 200
            assert laptop.http.post("/auth/logout", json={}).status_code == 204
            named = {"id": repository.id, "full_name": "octo-org/octo-repo"}
            server.post("workflow_run", {**run_payload(conclusion="failure"), "repository": named})
            eventually(lambda: service.posted)
            assert phone.http.post("/auth/logout", json={"everywhere": True}).status_code == 204
            server.post("workflow_run", {**run_payload(id=2, conclusion="success"), "repository": named})
            eventually(lambda: server.count("omnilens_notices_total", kind="fixed") == 1)
    assert {path for path, _, _ in service.posted} == {"/phone"}
