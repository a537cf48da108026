"""The address of a collector of traces, and whether there is what it takes to send some."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator

NEEDED = "opentelemetry.exporter.otlp.proto.http"


def _collector(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("should be the address of a collector, such as http://127.0.0.1:4318")
    if not _installed():
        raise ValueError("takes the extra otel: pip install 'omnilens-dashboard[otel]', or leave it out")
    return url.rstrip("/")


def _installed() -> bool:
    try:
        return find_spec(NEEDED) is not None
    except ModuleNotFoundError:  # not even what it is a part of
        return False


Collector = Annotated[str, AfterValidator(_collector)]
"""``http://HOST:4318``, to which ``/v1/traces`` is added."""
