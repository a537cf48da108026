"""What we ship to stand in front of a server lets everything through: deliveries, both transports, and who calls."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from omnilens.demo.sender import PATH, body_of, headers_of
from support.caddy import caddy
from support.nginx import nginx, nginx_with_tls
from support.payloads import run_payload
from support.process import free_port
from support.server import SECRET, LiveServer
from support.stock_client import WEBSOCKET_ONLY, stock_client
from support.waiting import eventually

pytestmark = pytest.mark.node

HOST = "ci.example.com"


def certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for the host that nginx-one.conf has, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    public, private = folder / "host.pem", folder / "host.key"
    public.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    plain = (serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    private.write_bytes(key.private_bytes(serialization.Encoding.PEM, *plain))
    return public, private


@contextmanager
def plain(front: Callable[[Path, list[str]], AbstractContextManager[int]], folder: Path, node: str) -> Iterator[str]:
    with front(folder, [node, node]) as port:
        yield f"http://127.0.0.1:{port}"


@contextmanager
def with_tls(folder: Path, node: str) -> Iterator[str]:
    folder.mkdir()
    with nginx_with_tls(folder / "nginx", node, *certificate(folder)) as port:
        yield f"https://127.0.0.1:{port}"


FRONTS: dict[str, Callable[[Path, str], AbstractContextManager[str]]] = {
    "nginx": lambda folder, node: plain(nginx, folder, node),
    "nginx-one": with_tls,
    "caddy": lambda folder, node: plain(caddy, folder, node),
}


@pytest.mark.parametrize("front", FRONTS)
def test_deliveries_and_both_transports_pass(front: str, server: LiveServer, tmp_path: Path) -> None:
    with FRONTS[front](tmp_path / "front", f"127.0.0.1:{server.port}") as url:
        assert post(url, run_payload(id=1)) == 200
        anybody = {"rejectUnauthorized": False}
        with (
            stock_client(url, "octo-repo", {**WEBSOCKET_ONLY, **anybody}) as one,
            stock_client(url, "octo-repo", anybody) as other,
        ):
            assert one.hears("subscribed")["data"]["ok"]
            first = [other.hears_next() for _ in range(2)]
            assert {each["what"] for each in first} == {"subscribed", "upgraded"}  # in whichever order
            assert post(url, run_payload(id=2)) == 200
            for client in (one, other):
                assert client.hears("workflow-update")["data"]["workflowId"] == 2
        assert post(url, run_payload(id=3, display_title="x" * 20_000_000)) == 200


def test_behind_caddy_a_delivery_waits_for_a_node_that_starts(tmp_path: Path) -> None:
    port = free_port()
    log = tmp_path / "caddy/log"
    with caddy(tmp_path / "caddy", [f"127.0.0.1:{port}"], ready=False) as front, ThreadPoolExecutor() as beside:
        eventually(lambda: "health_checker.active" in log.read_text(encoding="utf-8"))
        answer = beside.submit(post, f"http://127.0.0.1:{front}", run_payload(id=1))
        eventually(lambda: is_connected_to(front))
        with LiveServer(port=port):
            assert answer.result() == 200


def post(url: str, payload: Any) -> int:
    body = body_of(payload)
    headers = headers_of("workflow_run", body, SECRET.encode())
    answer = httpx2.post(url + PATH, content=body, headers=headers, verify=False, trust_env=False, timeout=20)
    return answer.status_code


def is_connected_to(port: int) -> bool:
    """Whether anybody on this machine has a connection to that port."""
    lines = Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]
    return any(line.split()[2].endswith(f":{port:04X}") and line.split()[3] == "01" for line in lines)
