"""Whether a server on this machine is ready: ``omnilens healthz``, and ``python -m omnilens.healthz`` for supervisors.

Those ask every few seconds, so this takes nothing but Python itself.
"""

from __future__ import annotations

import http.client
import os
import ssl

PATIENCE = 2.0
"""Seconds for an answer, in either way."""
_ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  # what is listened on, and not asked


def reached_at(host: str) -> str:
    """Where to ask on this machine what listens there."""
    host = host.strip("[]")
    return _ANYWHERE.get(host, host)


def is_ready(host: str, port: int, tls: bool) -> bool:
    """Whether it takes traffic. `tls` is what to try first: a certificate may also be named where only it can see."""
    return any(_answers(host, port, way) for way in (tls, not tls))


def _answers(host: str, port: int, tls: bool) -> bool:
    at = reached_at(host)
    server = (
        http.client.HTTPSConnection(at, port, timeout=PATIENCE, context=_whoever())
        if tls
        else http.client.HTTPConnection(at, port, timeout=PATIENCE)
    )
    try:
        server.request("GET", "/readyz")
        return server.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        server.close()


def _whoever() -> ssl.SSLContext:
    """It is on this machine, nothing is told to it, and its certificate is for another name."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def main(environment: os._Environ[str] = os.environ) -> int:
    """The exit code, by the settings in the environment: 0 where it is ready."""
    host, port = environment.get("OMNILENS_HOST") or "127.0.0.1", environment.get("OMNILENS_PORT") or "8000"
    return 0 if is_ready(host, int(port), tls=bool(environment.get("OMNILENS_SSL_CERTFILE"))) else 1


if __name__ == "__main__":
    raise SystemExit(main())
