"""Alerts by e-mail, taken by a mail server of the test's own."""

from __future__ import annotations

import smtplib
import socketserver
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from threading import Thread

import pytest

from omnilens.operations.alerts import channel, mail, watch
from omnilens.settings import SettingsError, load
from support.payloads import run_payload
from support.server import LiveServer
from support.waiting import eventually


class Postbox:
    """A mail server that is out of order as often as it is told to be."""

    def __init__(self) -> None:
        self.failures = 0
        self.mails: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.said: list[str] = []


@contextmanager
def a_postbox() -> Iterator[tuple[Postbox, str]]:
    box = Postbox()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.answer("220 here")
            while line := self.rfile.readline().decode().strip():
                box.said.append(line)
                word = line.split(" ")[0].upper()
                if word in {"EHLO", "HELO"}:
                    self.answer("250-here\r\n250 AUTH PLAIN")
                elif word == "AUTH":
                    self.answer("235 welcome")
                elif word == "MAIL" and box.failures > 0:
                    box.failures -= 1
                    self.answer("451 out of order")
                elif word == "DATA":
                    self.answer("354 go on")
                    body = b""
                    while not body.endswith(b"\r\n.\r\n"):
                        body += self.rfile.readline()
                    box.mails.append(message_from_bytes(body[:-3], policy=policy.default))
                    self.answer("250 taken")
                elif word == "QUIT":
                    self.answer("221 bye")
                    return
                else:
                    self.answer("250 fine")

        def answer(self, line: str) -> None:
            self.wfile.write(f"{line}\r\n".encode())

    class Threaded(socketserver.ThreadingTCPServer):
        daemon_threads = True
        allow_reuse_address = True

    with Threaded(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield box, f"127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "EVERY", 0.02)
    for module in (channel, mail):
        monkeypatch.setattr(module, "BETWEEN", 0.01)


@pytest.mark.parametrize("failures", [0, 2])
def test_it_is_mailed_once_to_everybody_and_tried_again(failures: int, capfd: pytest.CaptureFixture[str]) -> None:
    with a_postbox() as (box, address):
        box.failures = failures
        settings = {"alert_email": "oncall@example.com, ada@example.com", "smtp": f"smtp://user:pa%3Ass@{address}"}
        with LiveServer(**settings) as server:
            wrong = "sha256=" + "0" * 64
            assert server.post("workflow_run", run_payload(), x_hub_signature_256=wrong).status_code == 401
            eventually(lambda: box.mails)
        (sent,) = box.mails
    assert sent["To"] == "oncall@example.com, ada@example.com"
    assert sent["Subject"].startswith("[OmniLens] Critical: Deliveries that claim to be GitHub's")
    assert "GITHUB_WEBHOOK_SECRET" in sent.get_content()
    assert f"{server.url}/operations" in sent.get_content()
    assert sum(line.upper().startswith("RCPT") for line in box.said) >= 2
    assert "pa:ss" not in "".join(capfd.readouterr())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("alert_email", "nobody"),
        ("alert_email", "a@example.com\nBcc: b@example.com"),
        ("smtp", "http://example.com"),
        ("smtp", "smtp://"),
    ],
)
def test_what_cannot_be_mailed_to_is_refused_at_the_start(name: str, value: str) -> None:
    with pytest.raises(SettingsError):
        load(None, webhook_secrets=("secret",), **{name: value})


def test_another_machine_is_only_spoken_to_over_tls() -> None:
    """The server of this test offers none, and looks as if it were elsewhere."""
    with a_postbox() as (box, address):
        box_mail = mail.Mail(f"smtp://user:secret@{address}", ["a@example.com"], "http://127.0.0.1")
        with pytest.MonkeyPatch.context() as patch, pytest.raises(smtplib.SMTPNotSupportedError):
            patch.setattr(mail, "is_loopback", lambda host: False)
            box_mail._deliver(EmailMessage())
        assert not any(line.upper().startswith(("AUTH", "MAIL")) for line in box.said)
