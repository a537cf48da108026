"""Telling somebody by e-mail, through a mail server of the operator's.

Over TLS wherever the server is not on this machine: by ``smtps``, or by STARTTLS, which is then required.
https://www.rfc-editor.org/rfc/rfc8314
"""

from __future__ import annotations

import asyncio
import smtplib
import ssl
from collections.abc import Awaitable, Callable, Sequence
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from urllib.parse import unquote, urlsplit

from omnilens.operations import logs
from omnilens.operations.alerts.channel import ATTEMPTS, BETWEEN, TIMEOUT, text_of
from omnilens.operations.alerts.standing import Turn
from omnilens.operations.alerts.watch import Alert
from omnilens.settings import is_loopback

log = logs.get(__name__)

_PORTS = {"smtp": 587, "smtps": 465}


class Mail:
    """Sends to some addresses. Nobody waits for it."""

    def __init__(
        self,
        server: str,
        to: Sequence[str],
        board: str,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        """`server` is ``smtp://USER:PASSWORD@HOST:PORT`` or ``smtps://…``; `board` the address of the board."""
        self._server = urlsplit(server)
        self._to = to
        self._board = board
        self._sleep = sleep
        self._sending: set[asyncio.Task[None]] = set()

    async def tell(self, alert: Alert, turn: Turn) -> None:
        """Have it sent."""
        task = asyncio.create_task(self._send(message(alert, turn, self._to, self._board)), name="mail an alert")
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)

    async def _send(self, mail: EmailMessage) -> None:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                await asyncio.to_thread(self._deliver, mail)
            except (smtplib.SMTPException, OSError) as error:
                # What a server answers may quote the password that it did not like.
                log.warning("alert.not_mailed", attempt=attempt, reason=type(error).__name__)
                await self._sleep(BETWEEN * attempt)
            else:
                return

    def _deliver(self, mail: EmailMessage) -> None:
        at, host = self._server, self._server.hostname or ""
        port = at.port or _PORTS[at.scheme]
        tls = ssl.create_default_context()
        with (
            smtplib.SMTP_SSL(host, port, timeout=TIMEOUT, context=tls)
            if at.scheme == "smtps"
            else smtplib.SMTP(host, port, timeout=TIMEOUT)
        ) as smtp:
            if at.scheme == "smtp" and not is_loopback(host):
                smtp.starttls(context=tls)
            if at.username:
                smtp.login(unquote(at.username), unquote(at.password or ""))
            smtp.send_message(mail)


def message(alert: Alert, turn: Turn, to: Sequence[str], board: str) -> EmailMessage:
    """What is sent."""
    host = urlsplit(board).hostname or "localhost"
    mail = EmailMessage()
    mail["From"] = f"OmniLens <omnilens@{host}>"
    mail["To"] = ", ".join(to)
    mail["Subject"] = f"[OmniLens] {'Resolved' if turn == 'resolved' else alert.level.capitalize()}: {alert.title}"
    mail["Date"] = formatdate()
    mail["Message-ID"] = make_msgid(domain=host)
    mail["Auto-Submitted"] = "auto-generated"  # https://www.rfc-editor.org/rfc/rfc3834
    mail.set_content(f"{text_of(alert, turn, f'{board}/operations')}\n")
    return mail
