"""The server on this machine that the settings are of: where it answers, and by what certificate it is known."""

from __future__ import annotations

import ssl

from omnilens.healthz import reached_at
from omnilens.settings import Settings


def address_of(settings: Settings) -> str:
    """Where it is asked."""
    host = reached_at(settings.host)
    return f"{'https' if settings.ssl_certfile else 'http'}://{f'[{host}]' if ':' in host else host}:{settings.port}"


def trusted_by(settings: Settings) -> ssl.SSLContext | bool:
    """What to believe it by: its own certificate, under whatever name that was made, and no other.

    Raises:
        OSError: it has one that cannot be read.
    """
    if settings.ssl_certfile is None:
        return True
    context = ssl.create_default_context(cafile=settings.ssl_certfile)
    context.check_hostname = False  # who asks on the machine itself asks by another name
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN  # its own, and not only those that vouch for it
    return context
