"""Somebody who is to be forgotten."""

from __future__ import annotations

from typing import NamedTuple


class Person(NamedTuple):
    """What is needed to find all that is known of them."""

    user_id: int
    login: str | None
    """At GitHub; nothing if they are nobody there."""
