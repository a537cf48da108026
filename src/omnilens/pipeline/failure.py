"""What the failure of a signed delivery means: whether it is worth keeping, why it failed, when to try it again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import accumulate, islice
from typing import NamedTuple

from omnilens.errors import IncompletePayload, MalformedPayload, OmniLensError
from omnilens.github import payloads
from omnilens.pipeline.text import clean

MAX_KEPT = 1_000
MAX_BYTES = 64 * 1024 * 1024
"""Of all bodies together: at least two of the largest that GitHub sends."""
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=1)
MAX_ATTEMPTS = 30
"""About a day of them. From then on it is tried again when somebody asks for it."""
REASON_LENGTH = 300


class Failure(NamedTuple):
    """Why a delivery failed."""

    code: str
    reason: str


def worth_keeping(event: str, error: Exception) -> bool:
    """Whether a delivery that failed with `error` would be lost. What is refused on purpose can be sent again."""
    mishap = isinstance(error, MalformedPayload | IncompletePayload) or not isinstance(error, OmniLensError)
    return mishap and payloads.is_known(event)


def failure(error: Exception) -> Failure:
    """What is remembered of `error`."""
    code, sentence = OmniLensError.code, f"{type(error).__name__}: {error}"
    if isinstance(error, OmniLensError):
        code, sentence = error.code, error.message
    storable = sentence.encode(errors="replace").decode()  # an exception can quote what is no valid text
    return Failure(code, clean(storable, REASON_LENGTH))


def next_attempt(attempts: int, failed_at: datetime) -> datetime | None:
    """When to try again what has failed so often; nothing if that is often enough."""
    if attempts >= MAX_ATTEMPTS:
        return None
    return failed_at + min(LONGEST_WAIT, FIRST_WAIT * (1 << (attempts - 1)))


def room(sizes: Iterable[int]) -> int:
    """How many of these bodies, newest first, there is room for."""
    return sum(total <= MAX_BYTES for total in islice(accumulate(sizes), MAX_KEPT))
