"""Asking a running server, by its operator's commands."""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, TypeVar

import httpx2
import msgspec
from msgspec import Struct

from omnilens.errors import StorageUnavailable
from omnilens.nearby import address_of, trusted_by
from omnilens.people import operator_pass
from omnilens.settings import Settings

T = TypeVar("T", bound=Struct)

COULD_NOT = 3
"""The exit code where there was no answer."""
PATIENCE = 10.0
"""Seconds for an answer."""


class NotAnswered(Exception):
    """There is no answer that helps. The sentence says what to do."""

    def __init__(self, sentence: str, code: str | None = None) -> None:
        super().__init__(sentence)
        self.code = code


def ask(
    settings: Settings,
    url: str,
    method: str,
    path: str,
    shape: type[T],
    patience: float = PATIENCE,
    query: Mapping[str, float] | None = None,
) -> T:
    """The answer of the server at `url`; by default, of the one on this machine that the settings are of.

    Raises:
        NotAnswered: there is none.
    """
    # Whoever is named is spoken to as their own page does; ours is at its public address.
    headers = {"origin": url.rstrip("/") or settings.origin, **_pass(settings, method, path)}
    try:
        trusted = True if url else trusted_by(settings)
        url = (url or address_of(settings)).rstrip("/")
        answer = httpx2.request(method, url + path, params=query, headers=headers, timeout=patience, verify=trusted)
    except (httpx2.TransportError, httpx2.InvalidURL, OSError) as error:
        raise NotAnswered(
            f"{url} cannot be reached: {error}. Is the server running there? --url names another."
        ) from error
    if answer.status_code != 200:
        raise _refusal(answer, url)
    try:
        return msgspec.json.decode(answer.content, type=shape)
    except msgspec.DecodeError as error:
        raise NotAnswered(f"What answers at {url} is no OmniLens of this release: {error}.") from error


def _pass(settings: Settings, method: str, path: str) -> dict[str, str]:
    with suppress(StorageUnavailable):  # then the server decides whether it lets us in anyhow
        if (key := operator_pass.key_of(settings)) is not None:
            return {operator_pass.HEADER: operator_pass.written(key, method, path, time.time())}
    return {}


def _refusal(answer: httpx2.Response, url: str) -> NotAnswered:
    try:
        said: Any = answer.json()
    except ValueError:
        said = None
    if not isinstance(said, dict) or "error" not in said:
        return NotAnswered(f"{url} answers {answer.status_code}: is it an OmniLens?")
    code = said.get("code")
    hint = ""
    if code in {"not-logged-in", "operators-only", "forbidden-origin"}:
        hint = " Call this with the settings of that server, on its machine: its key says that you operate it."
    elif code == "not-found":
        hint = " That server is of an older release."
    return NotAnswered(f"{said['error']}{hint}", code)
