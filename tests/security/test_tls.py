"""TLS without a proxy: certificates that are there, renewed, half written, broken or somebody else's."""

from __future__ import annotations

import asyncio
import ssl
from pathlib import Path

import pytest
from cryptography import x509
from websockets.sync.client import connect
from websockets.typing import Origin

from omnilens.certificate import Certificate, Files, UnusableCertificate
from omnilens.settings import SettingsError, load
from support.certificates import make
from support.payloads import run_payload
from support.process import omnilens
from support.server import SECRET, LiveServer

pytestmark = pytest.mark.anyio


def put(what: Files, into: Files) -> None:
    """Replace files as programs that renew certificates do: one after the other, each at once."""
    for new, old in zip(what, into, strict=True):
        new.replace(old)


def test_everything_goes_over_tls(tmp_path: Path) -> None:
    files = make(tmp_path, "board")
    with LiveServer(ssl_certfile=files.certificate, ssl_keyfile=files.key) as server:
        assert server.settings.origin.startswith("https://127.0.0.1:")
        page = server.http.get("/healthz")
        assert page.headers["strict-transport-security"] == "max-age=31536000"
        slug = server.post("workflow_run", run_payload("requested")).json()["repoSlug"]
        context = ssl.create_default_context(cafile=files.certificate)
        address = f"wss://127.0.0.1:{server.port}/socket.io/?EIO=4&transport=websocket"
        with connect(address, ssl=context, origin=Origin(server.settings.origin), proxy=None) as socket:
            socket.recv()
            socket.send("40")
            assert str(socket.recv()).startswith("40")
            socket.send(f'42["subscribe-repo","{slug}"]')
            server.post("workflow_run", run_payload("in_progress"))
            assert "workflow-update" in str(socket.recv())


def test_commands_find_the_server_of_their_settings_and_believe_no_other(tmp_path: Path) -> None:
    files, others = make(tmp_path, "board"), make(tmp_path, "other")
    with LiveServer(ssl_certfile=files.certificate, ssl_keyfile=files.key, data_dir=tmp_path) as server:
        given = {
            "GITHUB_WEBHOOK_SECRET": SECRET,
            "OMNILENS_PORT": str(server.port),
            "OMNILENS_DATA_DIR": str(tmp_path),
            "OMNILENS_SSL_CERTFILE": str(files.certificate),
            "OMNILENS_SSL_KEYFILE": str(files.key),
        }
        assert omnilens("send", "ping", **given).stdout.startswith("200 ")
        assert omnilens("healthz", **given).stdout == "ready\n"
        profiled = omnilens("profile", "--seconds", "0.1", "--out", str(tmp_path / "p.txt"), **given)
        assert profiled.returncode == 0, profiled.stderr
        given |= {"OMNILENS_SSL_CERTFILE": str(others.certificate), "OMNILENS_SSL_KEYFILE": str(others.key)}
        refused = omnilens("send", "ping", **given)
        assert (refused.returncode, refused.stdout) == (1, "")
        assert "certificate" in refused.stderr


def test_in_clear_nothing_is_said_about_tls() -> None:
    with LiveServer() as server:
        headers = server.http.get("/healthz").headers
    assert "strict-transport-security" not in headers
    assert headers["x-content-type-options"] == "nosniff"


def test_behind_a_proxy_with_tls_it_is_said_too() -> None:
    with LiveServer(public_url="https://ci.example") as server:
        assert "strict-transport-security" in server.http.get("/healthz").headers
        refusal = server.post("workflow_run", {}, X_Hub_Signature_256="sha256=0")
        assert "strict-transport-security" in refusal.headers
        assert SECRET not in refusal.text


async def presented(certificate: Certificate) -> str:
    """Whose certificate new connections are shown."""
    listener = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0, ssl=certificate.context)
    async with listener:
        anybody = ssl.create_default_context()
        anybody.check_hostname, anybody.verify_mode = False, ssl.CERT_NONE
        port = listener.sockets[0].getsockname()[1]
        _, writer = await asyncio.open_connection("127.0.0.1", port, ssl=anybody)
        shown = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
        writer.close()
    return x509.load_der_x509_certificate(shown).subject.rfc4514_string()


async def test_a_renewed_one_is_used_and_a_half_or_broken_one_is_not(tmp_path: Path) -> None:
    files = make(tmp_path, "first")
    certificate = Certificate(files)
    assert await presented(certificate) == "CN=first"

    second = make(tmp_path, "second")
    second.certificate.replace(files.certificate)
    certificate.look()  # in the moment between the two files
    assert await presented(certificate) == "CN=first"
    second.key.replace(files.key)
    certificate.look()
    assert await presented(certificate) == "CN=second"

    files.certificate.write_text("-----BEGIN NONSENSE-----")
    certificate.look()
    files.certificate.unlink()
    certificate.look()
    assert await presented(certificate) == "CN=second"
    put(make(tmp_path, "third"), files)
    certificate.look()
    assert await presented(certificate) == "CN=third"


async def test_it_looks_again_and_again(tmp_path: Path) -> None:
    files = make(tmp_path, "first")
    certificate = Certificate(files)
    turns = iter(range(3))

    async def sleep(_: float) -> None:
        turn = next(turns)
        if turn == 1:
            put(make(tmp_path, "second"), files)
        if turn == 2:
            raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await certificate.keep_fresh(sleep)
    assert await presented(certificate) == "CN=second"


def test_what_cannot_be_used_is_said_at_the_start(tmp_path: Path) -> None:
    good, other, locked = make(tmp_path, "a"), make(tmp_path, "b"), make(tmp_path, "c", b"password")
    for files, reason in [
        (Files(tmp_path / "gone", good.key), "gone cannot be read: No such file"),
        (Files(good.certificate, other.key), "are no certificate in PEM with its key"),
        (Files(good.key, good.key), "are no certificate in PEM with its key"),
        (locked, "locked with a password"),
    ]:
        with pytest.raises(UnusableCertificate, match=reason):
            Certificate(files)


def test_a_key_needs_a_certificate(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="OMNILENS_SSL_CERTFILE"):
        load(None, webhook_secrets=("s" * 20,), repositories="a/b", ssl_keyfile=tmp_path / "key")
