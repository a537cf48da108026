"""The one way to GitHub's API: each call in its turn, when the limits allow it, tried again where that may help.

Calls of one account are made one after another, as GitHub asks for. What decides is pure and elsewhere: ``budget.py``
when the next call may be made, ``answers.py`` what an answer says, ``failures.py`` what one means that is none.
https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api
"""

from __future__ import annotations

import asyncio
import math
import ssl
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urljoin

import httpx2
import msgspec

from omnilens import __version__
from omnilens.github.rest.answers import Answer, is_json, next_link, told, within
from omnilens.github.rest.budget import BETWEEN_CHANGES, Budget, answered, called, lost, opens_at, seen_at
from omnilens.github.rest.calls import Authorisation, Call, Reply, T
from omnilens.github.rest.clock import Clock
from omnilens.github.rest.errors import GitHubUnavailable, RateLimited, UnexpectedAnswer
from omnilens.github.rest.etags import ETag
from omnilens.github.rest.failures import (
    ATTEMPTS,
    ENTERPRISE_HINT,
    REFUSALS,
    Broken,
    elsewhere,
    is_outage,
    pause,
    problem,
    result,
)
from omnilens.github.rest.observing import BudgetView, Observer

API_VERSION = "2022-11-28"
"""The one that all supported Enterprise Servers know: https://docs.github.com/en/rest/about-the-rest-api/api-versions"""
WITHIN = 60.0
"""Seconds for one exchange as a whole, so that an answer that trickles in ends."""
TIMEOUTS = httpx2.Timeout(30.0, connect=10.0)
REDIRECTS = frozenset({301, 302, 307, 308})
MAX_REDIRECTS = 3
SHORTEST_WAIT = 0.01


class _Lane:
    """The calls of one account, one after another."""

    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self.budget = Budget()


class Transport:
    """Makes calls at one API. Everything belongs to one event loop."""

    def __init__(self, api: str, http: httpx2.AsyncClient, clock: Clock, observer: Observer) -> None:
        self.api = api.rstrip("/")
        self._http = http
        self._clock = clock
        self._observer = observer
        self._lanes: dict[str, _Lane] = {}

    async def send(
        self, call: Call[T], by: Authorisation, patience: float = math.inf, seen: str | None = None
    ) -> Reply[T] | None:
        """Make a call; nothing is returned if all is as it was when the ETag `seen` was given.

        `patience` is for how many seconds it may be put off, all in all, by limits and by failures.

        Raises:
            GitHubError: as ``errors.py`` has them.
        """
        left, failures, refusals, redirects = patience, 0, 0, 0
        while True:
            try:
                answer, refused, left = await self._in_turn(call, by, left, seen)
                if refused:
                    refusals += 1
                    if refusals == REFUSALS:
                        raise self._limited(call, by)
                    continue
                if answer.status in REDIRECTS:
                    redirects += 1
                    call = self._redirected(call, answer, redirects)
                    continue
                if error := problem(call, answer, by):
                    raise error
                return None if answer.status == 304 else self._reply(call, answer)
            except Broken as broken:
                failures += 1
                wait = pause(failures, self._clock.chance())
                if failures == ATTEMPTS or wait > left or (broken.sent and not call.repeatable):
                    raise self._unavailable(call, broken) from broken
                await self._clock.sleep(wait)
                left -= wait

    def budgets(self) -> list[BudgetView]:
        """The limits of every account that calls were made for."""
        return [self._view(account, lane.budget) for account, lane in self._lanes.items()]

    def forget(self, account: str) -> None:
        """An account that will not ask again."""
        self._lanes.pop(account, None)

    async def close(self) -> None:
        await self._http.aclose()

    async def _in_turn(
        self, call: Call[Any], by: Authorisation, left: float, seen: str | None
    ) -> tuple[Answer, bool, float]:
        """Wait until the call may be made, and make it. Returns also whether it was refused, and the patience left."""
        lane = self._lanes.setdefault(by.account, _Lane())
        while True:
            async with lane.lock:
                now = self._clock.monotonic()
                wait = opens_at(lane.budget, now, call.changes) - now
                if wait <= 0:
                    return *await self._exchange(lane, call, by, seen), left
            if wait > max(left, BETWEEN_CHANGES):
                raise self._limited(call, by)
            if wait > BETWEEN_CHANGES:
                self._observer.waiting(by.account, self._moment(now + wait), f"to {call.wants}")
            await self._clock.sleep(max(wait, SHORTEST_WAIT))
            left -= wait

    async def _exchange(self, lane: _Lane, call: Call[Any], by: Authorisation, seen: str | None) -> tuple[Answer, bool]:
        """One request and its answer, and whether it was refused for there being too many."""
        started = self._clock.monotonic()
        lane.budget = called(lane.budget, started, call.changes)
        outcome = "unavailable"
        try:
            answer = await self._request(call, by, seen)
            news = told(answer, self._clock.wall())
            outcome = result(answer, news.refusal is not None)
            lane.budget = answered(lane.budget, news, self._clock.monotonic())
        except BaseException:
            lane.budget = lost(lane.budget)
            raise
        finally:
            self._observer.called(call.kind, outcome, self._clock.monotonic() - started)
            self._tell_remaining()
        if is_outage(answer):
            raise Broken(f"it answers {answer.status}", sent=True)
        return answer, news.refusal is not None

    async def _request(self, call: Call[Any], by: Authorisation, seen: str | None) -> Answer:
        url, headers = self.api + call.address, _headers(call, by, seen)
        try:
            async with (
                asyncio.timeout(WITHIN),
                self._http.stream(
                    call.method, url, content=call.body, headers=headers, follow_redirects=False
                ) as response,
            ):
                body = await _read(response, call)
                return Answer(
                    response.status_code, {name.lower(): text for name, text in response.headers.items()}, body
                )
        except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout, httpx2.ProxyError) as error:
            raise Broken(_reason(error), sent=False) from error
        except (httpx2.TransportError, httpx2.DecodingError, TimeoutError) as error:
            raise Broken(_reason(error), sent=True) from error

    def _reply(self, call: Call[T], answer: Answer) -> Reply[T]:
        """Read a good answer.

        Raises:
            Broken: it is no JSON, or only the beginning of it.
            UnexpectedAnswer: it is JSON, but not what was asked for.
        """
        following = next_link(answer)
        if following is not None and (address := within(self.api, following)) is None:
            raise elsewhere(call, following)
        body = answer.body or b"null"
        if answer.body and not is_json(answer):
            raise Broken(f"what answers is not GitHub's API. {ENTERPRISE_HINT}", sent=True)
        try:
            value = call.reads.decode(body)
        except msgspec.ValidationError as error:
            raise UnexpectedAnswer(f"Asked to {call.wants}, GitHub sends something else: {error}.") from error
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise Broken("its answer is incomplete or damaged", sent=True) from error
        seen = answer.headers.get("etag")
        etag = ETag(call.address, seen) if seen and call.method == "GET" else None
        return Reply(value=value, answer=answer, next=None if following is None else address, etag=etag)

    def _redirected(self, call: Call[T], answer: Answer, redirects: int) -> Call[T]:
        """The same call at the address that a renamed repository has now; only ever at the same API.

        https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api#follow-redirects
        """
        location = answer.headers.get("location", "")
        address = within(self.api, urljoin(self.api + call.path, location))
        if address is None:
            raise elsewhere(call, location)
        if redirects > MAX_REDIRECTS:
            raise UnexpectedAnswer(f"Asked to {call.wants}, GitHub points from one address to the next without end.")
        return msgspec.structs.replace(call, path=address, query=())

    def _limited(self, call: Call[Any], by: Authorisation) -> RateLimited:
        now = self._clock.monotonic()
        until = self._moment(opens_at(self._lanes[by.account].budget, now, call.changes))
        hint = "" if by.setting else " With GITHUB_TOKEN there would be 5,000 calls an hour."
        return RateLimited(
            f"GitHub's rate limit is reached; it is not called before {until:%H:%M:%S} UTC.{hint}", until
        )

    def _unavailable(self, call: Call[Any], broken: Broken) -> GitHubUnavailable:
        doubt = " It may have been done all the same." if call.changes and broken.sent else ""
        return GitHubUnavailable(f"GitHub could not be asked to {call.wants}: {broken.reason}.{doubt}")

    def _moment(self, monotonic: float) -> datetime:
        return self._clock.wall() + timedelta(seconds=monotonic - self._clock.monotonic())

    def _view(self, account: str, budget: Budget) -> BudgetView:
        now = self._clock.monotonic()
        shown, opens = seen_at(budget, now), opens_at(budget, now)
        return BudgetView(
            account=account,
            limit=shown.limit,
            remaining=shown.remaining,
            used=shown.used,
            resets_at=self._moment(shown.renewed_at) if shown.renewed_at > now else None,
            closed_until=self._moment(opens) if opens > now else None,
        )

    def _tell_remaining(self) -> None:
        known = [view.remaining for view in self.budgets() if view.remaining is not None]
        if known:
            self._observer.remaining(min(known))


def _headers(call: Call[Any], by: Authorisation, seen: str | None) -> Mapping[str, str]:
    """https://docs.github.com/en/rest/using-the-rest-api/getting-started-with-the-rest-api#headers"""
    headers = {
        "accept": "application/vnd.github+json",
        "accept-encoding": "gzip",
        "user-agent": f"OmniLens/{__version__}",
        "x-github-api-version": API_VERSION,
    }
    if by.header is not None:
        headers["authorization"] = by.header
    if call.body is not None:
        headers["content-type"] = "application/json"
    if seen is not None:
        headers["if-none-match"] = seen
    return headers


async def _read(response: httpx2.Response, call: Call[Any]) -> bytes:
    """The body, as far as it is not larger than whatever GitHub would send."""
    parts, size = [], 0
    async for part in response.aiter_bytes():
        size += len(part)
        if size > call.largest:
            mib = call.largest // 2**20
            raise UnexpectedAnswer(f"Asked to {call.wants}, what answers sends more than {mib} MiB. {ENTERPRISE_HINT}")
        parts.append(part)
    return b"".join(parts)


def _reason(error: Exception) -> str:
    if isinstance(error, TimeoutError | httpx2.TimeoutException):
        return "it does not answer in time"
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, ssl.SSLError):
        cause = cause.__cause__ or cause.__context__
    if cause is not None:
        return f"its certificate or its TLS is not accepted ({cause})"
    return f"the connection fails ({str(error).rstrip('.') or type(error).__name__})"
