"""A share of all users: how many have something, and how that is written."""

from __future__ import annotations

import re
from dataclasses import dataclass

_PERCENTAGE = re.compile(r"(\d{1,3}(?:\.\d{1,2})?)\s*%")


@dataclass(frozen=True, slots=True)
class Share:
    """A share of all users."""

    per_ten_thousand: int

    @classmethod
    def of(cls, text: str) -> Share:
        """
        Raises:
            ValueError: it is not ``on``, ``off`` or a percentage.
        """
        word = text.strip().lower()
        if word in {"on", "off"}:
            return EVERYBODY if word == "on" else NOBODY
        if not (match := _PERCENTAGE.fullmatch(word)) or float(match[1]) > 100:
            raise ValueError("should be on, off or a percentage such as 25%")
        return cls(round(float(match[1]) * 100))

    def __str__(self) -> str:
        if self in {EVERYBODY, NOBODY}:
            return "on" if self == EVERYBODY else "off"
        return f"{self.per_ten_thousand / 100:g}%"


EVERYBODY = Share(10_000)
NOBODY = Share(0)
