"""TLS of our own, for whoever has no proxy in front: a certificate that is looked at again when its files change.

What renews certificates writes new files and tells nobody who needs to know. New connections get the new certificate;
those that are open keep theirs until they end.
"""

from __future__ import annotations

import ssl
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import NamedTuple

from omnilens.operations import logs

log = logs.get(__name__)

LOOK_EVERY = 10.0
"""Seconds between two looks at the files."""

_Stamp = tuple[tuple[int, int], ...]


class UnusableCertificate(Exception):
    """A certificate or its key cannot be read, or they do not belong together."""


class Files(NamedTuple):
    """In PEM: a certificate followed by those that vouch for it, and its key."""

    certificate: Path
    key: Path


class Certificate:
    """A certificate in use."""

    def __init__(self, files: Files) -> None:
        """
        Raises:
            UnusableCertificate: there is nothing to begin with.
        """
        self._files = files
        self._loaded = _stamp(files)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        _load(self.context, files)

    async def keep_fresh(self, sleep: Callable[[float], Awaitable[object]]) -> None:
        """Use what is in the files as soon as it is there. Only cancelling it ends it."""
        while True:
            await sleep(LOOK_EVERY)
            self.look()

    def look(self) -> None:
        """Use what is in the files now; the one in use stays where that is impossible."""
        try:
            found = _stamp(self._files)
            if found == self._loaded:
                return
            # Tried elsewhere first: a context that has half of the new one could not shake hands with anybody.
            _load(ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), self._files)
            _load(self.context, self._files)
        except UnusableCertificate as error:  # perhaps only one of the files is written by now
            log.warning("certificate.not_renewed", reason=str(error))
        else:
            self._loaded = found
            log.info("certificate.renewed", file=str(self._files.certificate))


def _stamp(files: Files) -> _Stamp:
    try:
        return tuple((status.st_mtime_ns, status.st_ino) for status in (file.stat() for file in files))
    except OSError as error:
        raise UnusableCertificate(f"{error.filename} cannot be read: {error.strerror}.") from error


def _load(context: ssl.SSLContext, files: Files) -> None:
    try:
        context.load_cert_chain(files.certificate, files.key, password=_no_password)
    except ssl.SSLError as error:
        reason = f"{files.certificate} and {files.key} are no certificate in PEM with its key: {error.reason or error}."
        raise UnusableCertificate(reason) from error
    except OSError as error:
        raise UnusableCertificate(f"The certificate or its key cannot be read: {error.strerror}.") from error


def _no_password() -> str:
    raise UnusableCertificate("The key is locked with a password, and nobody is here to type it. Store it without one.")
