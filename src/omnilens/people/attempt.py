"""A login under way, and what can become of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from msgspec import Struct

CALLBACK_PATH = "/auth/callback"
WITHIN = timedelta(minutes=10)
"""How long a login may take from the first click until GitHub sends the browser back."""

Why = Literal["expired", "denied", "not-allowed", "refused", "unreachable"]


class LoginFailed(Exception):
    """Nobody was logged in."""

    def __init__(self, why: Why, sentence: str) -> None:
        super().__init__(sentence)
        self.why: Why = why
        """What the page tells whoever tried; the sentence is for the log."""


class Attempt(Struct, frozen=True):
    """A login under way, as it is sealed into the browser's cookie."""

    state: str
    verifier: str
    back_to: str


def local_path(address: str) -> str:
    """An address to go back to after a login: only ever a page of ours, whatever a link says."""
    plain = address.isascii() and address.isprintable() and "\\" not in address
    return address if plain and address.startswith("/") and not address.startswith("//") else "/"
