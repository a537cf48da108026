"""What a handler gets and gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from urllib.parse import urlencode

from support.github.description import Description
from support.github.people import Account, App
from support.github.state import Delivery, State, Webhook

DOCUMENTATION = "https://docs.github.com/rest"


@dataclass
class Reply:
    """An answer; no body for none."""

    status: int
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)


class Refuse(Exception):
    """An answer that is an error."""

    def __init__(self, status: int, message: str, errors: list[Any] | None = None, **headers: str) -> None:
        super().__init__(message)
        body = {"message": message, "documentation_url": DOCUMENTATION, "status": str(status)}
        self.reply = Reply(
            status,
            body if errors is None else {**body, "errors": errors},
            {name.replace("_", "-"): value for name, value in headers.items()},
        )


@dataclass(frozen=True)
class Need:
    """What a token must have for an operation."""

    permission: str
    level: Literal["read", "write"]
    scopes: frozenset[str]


@dataclass
class Asked:
    """A request that is as described."""

    state: State
    description: Description
    api: str
    """The address of the API."""
    account: Account | None
    """Nothing for somebody without a token."""
    app: App
    path: Mapping[str, str]
    query: Mapping[str, str]
    body: Any
    now: datetime
    rest: str
    """The path after the repository, with the query, for redirects."""
    caps_total: bool
    outgoing: list[tuple[Webhook, Delivery]] = field(default_factory=list)
    """What is to be sent to webhooks after the answer."""

    def page(self, total: int, where: str) -> tuple[int, int, dict[str, str]]:
        """From which to which of `total` entries this page goes, and the header with the others.

        https://docs.github.com/en/rest/using-the-rest-api/using-pagination-in-the-rest-api
        """
        size = min(100, max(1, int(self.query.get("per_page", 30))))
        number = max(1, int(self.query.get("page", 1)))
        last = max(1, -(-total // size))
        kept = {name: value for name, value in self.query.items() if name != "page"}
        links = {"next": number + 1, "last": last} if number < last else {}
        links |= {"prev": number - 1, "first": 1} if number > 1 else {}
        written = [f'<{self.link(where, kept | {"page": str(page)})}>; rel="{name}"' for name, page in links.items()]
        return (number - 1) * size, number * size, {"link": ", ".join(written)} if written else {}

    def link(self, where: str, query: Mapping[str, str]) -> str:
        """An absolute address in this API."""
        return f"{self.api}{where}?{urlencode(query)}"
