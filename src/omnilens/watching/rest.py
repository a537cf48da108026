"""What is asked of a server by REST: which repository is meant, the runs of two days, and one run."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from urllib.parse import quote

import httpx2
import msgspec
from msgspec import Struct

from omnilens.model import Repository, RunDetail
from omnilens.watching.socket import Lost, Refused
from omnilens.watching.view import Claim, Snapshot, View, view_of

T = TypeVar("T")

PATIENCE = 30.0
"""Seconds for an answer."""


class _Repositories(Struct):
    repos: tuple[Repository, ...]


class _OneRun(Struct):
    run: RunDetail


class _Claims(Struct):
    claims: tuple[Claim, ...]


class Rest:
    """A server's answers. Raises ``Lost`` where there is none, and ``Refused`` where it is a no."""

    def __init__(self, url: str, token: str | None) -> None:
        headers = {"authorization": f"Bearer {token}"} if token else {}
        self._http = httpx2.AsyncClient(base_url=url, headers=headers, timeout=PATIENCE)

    async def close(self) -> None:
        await self._http.aclose()

    async def slug(self, wanted: str) -> str:
        """The slug of the repository that is called so: ``owner/name``, or a slug already."""
        if "/" not in wanted:
            return wanted
        for path in ("/api/repos", "/api/repos/suggestions"):
            for each in (await self._get(path, _Repositories)).repos:
                if each.full_name.lower() == wanted.lower():
                    return each.slug
        raise Refused(f"There is no repository {wanted} on this board, or you may not see it.", "repository-not-found")

    async def view(self, slug: str) -> View:
        """The runs of today and yesterday, or a board would be empty after midnight."""
        today = datetime.now(UTC).date()
        days = (today - timedelta(days=1), today)
        path = f"/api/repos/{quote(slug, safe='')}/runs"
        return view_of([await self._get(path, Snapshot, date=day.isoformat()) for day in days])

    async def run(self, slug: str, run_id: int) -> RunDetail:
        """One run, of whatever day."""
        return (await self._get(f"/api/repos/{quote(slug, safe='')}/runs/{run_id}", _OneRun)).run

    async def claims(self, slug: str) -> tuple[Claim, ...]:
        """Who is on what fails; nobody, as far as a server knows that is older than claims."""
        try:
            return (await self._get(f"/api/repos/{quote(slug, safe='')}/claims", _Claims)).claims
        except Refused as refused:
            if refused.code == "not-found":
                return ()
            raise

    async def _get(self, path: str, shape: type[T], **query: str) -> T:
        try:
            answer = await self._http.get(path, params=query)
        except httpx2.TransportError as error:
            raise Lost(f"{self._http.base_url} cannot be reached: {error}") from error
        if answer.status_code >= 500:
            raise Lost(f"The server answers {answer.status_code}.")
        if answer.status_code != 200:
            raise _refusal(answer)
        try:
            return msgspec.json.decode(answer.content, type=shape)
        except msgspec.DecodeError as error:
            raise Refused(
                f"What answers at {self._http.base_url} is no OmniLens that we know: {error}", None
            ) from error


def _refusal(answer: httpx2.Response) -> Refused:
    try:
        said: Any = answer.json()
    except ValueError:
        said = {}
    said = said if isinstance(said, dict) else {}
    return Refused(str(said.get("error", f"The server answers {answer.status_code}.")), said.get("code"))
