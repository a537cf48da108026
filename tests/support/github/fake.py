"""The whole of it: who asks, whether they may, what they get, and what they did wrong.

    with FakeGitHub() as github:
        repository = github.add_repository("octo-org/octo-repo")
        repository.add_run()
        …  # ask at github.url with github.token
        assert len(github.requests) == 1

Every request is held to GitHub's description, and so is every answer of ours; what is not as described fails the test
on leaving. Calls that GitHub said must not be made yet are noted in ``too_early``.
"""

from __future__ import annotations

import hashlib
import json
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

from support.github import about_hooks, about_itself, about_login, about_runs, permissions
from support.github.about_login import LoginPage
from support.github.asked import Asked, Refuse, Reply
from support.github.description import Description, Name, Operation, description
from support.github.faults import Fault
from support.github.outgoing import send
from support.github.people import Account, App, Installation
from support.github.server import Answered, Edge, Received
from support.github.state import Delivery, Json, Repository, State

TOKEN = "github_pat_11ABCDEFG0abcdefghijkl"
API_VERSIONS = {None, "2022-11-28"}
QUIET = timedelta(seconds=60)
"""How long a secondary limit lasts that does not say so."""

_HANDLERS = {**about_runs.HANDLERS, **about_hooks.HANDLERS, **about_itself.HANDLERS}


@dataclass
class Seen:
    """A request that came, and the status that it was answered with."""

    method: str
    path: str
    query: dict[str, str]
    headers: Mapping[str, str]
    body: bytes
    at: datetime
    status: int = 0
    counted: bool = False
    """Whether it counted against the primary limit."""


class FakeGitHub:
    """Starts on entering, answers over real HTTP from a thread of its own, and is gone on leaving."""

    def __init__(
        self,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        release: Name = "api.github.com",
        limits: bool | None = None,
    ) -> None:
        """`now` is the time at GitHub's; `limits` says whether there are any: on Enterprise Servers there are not."""
        self.now = now
        self.state = State(now)
        self.requests: list[Seen] = []
        self.violations: list[str] = []
        self.too_early: list[Seen] = []
        self.token = TOKEN
        self.account = Account("octocat", permissions={"actions": "read", "repository_hooks": "write"} | _ORGANISATION)
        self.anonymous = Account("anonymous", limit=60)
        self.app = App()
        self.tokens: dict[str, Account] = {TOKEN: self.account}
        self.login = LoginPage(self.tokens, now)
        self.caps_total = False
        """Whether the total of a search stops at 1,000 as well as its pages."""
        self._limits = release == "api.github.com" if limits is None else limits
        self._base = "" if release == "api.github.com" else "/api/v3"
        self._description: Description = description(release)
        self._faults: deque[tuple[str, Fault]] = deque()
        self._edge = Edge(self._answer)

    @property
    def url(self) -> str:
        """The address of the API: what `GITHUB_API_URL` should be."""
        return f"http://127.0.0.1:{self._edge.port}{self._base}"

    def __enter__(self) -> Self:
        self._edge.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._edge.stop()
        if kind is None:
            assert not self.violations, "\n".join(self.violations)

    def add_repository(self, full_name: str, *, private: bool = False) -> Repository:
        return self.state.add_repository(full_name, private)

    def add_user(self, login: str, *reads: Repository, organisations: set[str] | None = None) -> Account:
        """Somebody who can log in, and may see these private repositories, and all public ones."""
        names = {repository.full_name for repository in reads}
        return about_login.new_user(next(self.state.ids), login, names, organisations or set())

    def add_installation(self, login: str, kind: str = "Organization") -> Installation:
        """Install the app somewhere, with every permission that we ask for."""
        installation = Installation(next(self.state.ids), login, kind, dict(self.account.permissions or {}))
        self.app.installations.append(installation)
        return installation

    def fail(self, *faults: Fault, path: str = "") -> None:
        """Answer the next requests whose path has `path` in it with these faults, one each."""
        self._faults.extend((path, fault) for fault in faults)

    def exhaust(self, resets_in: float, account: Account | None = None) -> None:
        """Use up the primary limit of the usual token, or of another account."""
        (account or self.account).exhaust(resets_in, self.now())

    def emit(self, repository: Repository, event: str, payload: Json, *, lost: bool = False) -> list[Delivery]:
        """Tell every webhook that wants to know, signed, and wait for its answers. If `lost`, nobody is reached."""
        organisation = self.state.organisation(repository.owner)
        hooks = [hook for hook in (*repository.hooks, *organisation.hooks) if hook.active and event in hook.events]
        deliveries = [(hook, self.state.delivery(hook, event, payload, repository)) for hook in hooks]
        for hook, delivery in deliveries:
            if lost:
                delivery.status, delivery.status_code = "failed to connect to host", 502
            else:
                self._edge.call(send(hook, delivery))
        return [delivery for _, delivery in deliveries]

    @property
    def counted(self) -> int:
        """How many requests counted against a primary limit."""
        return sum(seen.counted for seen in self.requests)

    def asked(self, path: str) -> list[Seen]:
        """The requests whose path ends with this."""
        return [seen for seen in self.requests if seen.path.endswith(path)]

    def _answer(self, received: Received) -> Answered:
        """Answer a request; in the server's thread."""
        url = urlsplit(received.target)
        seen = Seen(
            received.method, url.path, dict(parse_qsl(url.query, True)), received.headers, received.body, self.now()
        )
        self.requests.append(seen)
        fault = self._fault(seen)
        if fault is None and seen.path.startswith("/login/"):
            answered = self.login.answer(seen.path, seen.query, seen.body, seen.headers.get("accept", ""))
            seen.status = answered.status
            return answered
        if fault is not None and fault.kind in {"answer", "stalled", "trickle"}:
            seen.status = fault.status
            return Answered(fault.status, dict(fault.headers), fault.body, fault.kind)
        account: Account | None = None
        try:
            account = self._account(seen)
            asked, reply = self._reply(seen, account, fault)
        except Refuse as refusal:
            asked, reply = None, refusal.reply
        except Exception as error:
            self.violations.append(f"{seen.method} {seen.path}: {error!r}")
            raise
        answered = self._encode(seen, account, reply)
        seen.status = answered.status
        answered.fault = fault.kind if fault and fault.kind in {"truncated", "dropped"} else "answer"
        answered.after = [send(hook, delivery) for hook, delivery in asked.outgoing] if asked else []
        return answered

    def _fault(self, seen: Seen) -> Fault | None:
        for index, (path, fault) in enumerate(self._faults):
            if path in seen.path:
                del self._faults[index]
                return fault
        return None

    def _account(self, seen: Seen) -> Account | None:
        """Whose token it is; nothing for nobody's.

        https://docs.github.com/en/rest/authentication/authenticating-to-the-rest-api
        """
        written = seen.headers.get("authorization")
        if written is None:
            return None
        scheme, _, token = written.partition(" ")
        if scheme.lower() not in {"bearer", "token"}:
            raise Refuse(401, "Bad credentials")
        if token.count(".") == 2:
            if why := self.app.why_not(token, self.now()):
                raise Refuse(401, why)
            return self.app.account
        account = self.tokens.get(token)
        if account is None or account.revoked or (account.expires_at and account.expires_at <= self.now()):
            raise Refuse(401, "Bad credentials")
        return account

    def _reply(self, seen: Seen, account: Account | None, fault: Fault | None) -> tuple[Asked | None, Reply]:
        self._check_limits(seen, account or self.anonymous, fault)
        operation, path, where = self._operation(seen)
        problems = operation.problems_of_request(path, seen.query, seen.body)
        if problems:
            self.violations += [f"{seen.method} {seen.path}: {problem}" for problem in problems]
            raise Refuse(422, "; ".join(problems))
        if seen.headers.get("x-github-api-version") not in API_VERSIONS:
            raise Refuse(400, "Unsupported API version")
        asked = Asked(
            state=self.state,
            description=self._description,
            api=self.url,
            account=account,
            app=self.app,
            path=path,
            query=seen.query,
            body=json.loads(seen.body) if seen.body else {},
            now=self.now(),
            rest=where,
            caps_total=self.caps_total,
        )
        permissions.check(operation, account)
        if operation.id == "apps/create-installation-access-token":
            reply = about_itself.make_token(asked, self.tokens.__setitem__)
        else:
            reply = _HANDLERS[operation.id](asked)
        found = operation.problems_of_answer(reply.status, reply.body)
        self.violations += [f"the answer to {seen.method} {seen.path}: {problem}" for problem in found]
        reply.headers |= permissions.needed(operation)
        return asked, reply

    def _operation(self, seen: Seen) -> tuple[Operation, dict[str, str], str]:
        """What is asked for, and the part of the address after the repository."""
        path = seen.path.removeprefix(self._base)
        parts = path.split("/")
        if path.startswith("/repositories/"):  # where renamed repositories are sent to
            for repository in self.state.repositories:
                if str(repository.id) == parts[2]:
                    path = "/".join(["/repos", repository.full_name, *parts[3:]])
        found = self._description.find(seen.method, path) if seen.path.startswith(f"{self._base}/") else None
        if found is None or found[0].id not in {*_HANDLERS, "apps/create-installation-access-token"}:
            self.violations.append(f"{seen.method} {seen.path} is not there")
            raise Refuse(404, "Not Found")
        rest = "".join(f"/{part}" for part in parts[4:])
        query = "&".join(f"{name}={value}" for name, value in seen.query.items())
        return *found, f"{rest}?{query}" if query else rest

    def _check_limits(self, seen: Seen, account: Account, fault: Fault | None) -> None:
        """https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api"""
        if not seen.headers.get("user-agent"):
            raise Refuse(
                403, "Request forbidden by administrative rules. Please make sure your request has a User-Agent header"
            )
        now = self.now()
        if self._limits:
            account.tick(now)
        if fault is not None and fault.kind == "secondary":
            quiet = QUIET if fault.retry_after is None else timedelta(seconds=fault.retry_after)
            account.quiet_until = now + quiet
            named: dict[str, Any] = {} if fault.retry_after is None else {"retry_after": str(fault.retry_after)}
            raise Refuse(fault.status, _SECONDARY, **named)
        if account.quiet_until is not None and now < account.quiet_until:
            self.too_early.append(seen)
            raise Refuse(403, _SECONDARY)
        if self._limits and not account.remaining and not seen.path.endswith("/rate_limit"):
            if account.told_empty:
                self.too_early.append(seen)
            raise Refuse(403, f"API rate limit exceeded for {account.name}.")

    def _encode(self, seen: Seen, account: Account | None, reply: Reply) -> Answered:
        """The reply with its headers; 304 for whoever has seen it."""
        payer = self.anonymous if account is None else account
        if self._limits:
            payer.tick(self.now())
        body = b"" if reply.body is None else json.dumps(reply.body, separators=(",", ":")).encode()
        headers = {"content-type": "application/json; charset=utf-8"} if body else {}
        headers |= {"date": format_datetime(self.now(), usegmt=True), "x-github-request-id": "C0FFEE"} | reply.headers
        status = reply.status
        if status == 200 and seen.method == "GET":
            mark = hashlib.sha256(body + seen.headers.get("authorization", "").encode()).hexdigest()
            headers["etag"] = f'W/"{mark}"'
            if seen.headers.get("if-none-match") == headers["etag"]:
                status, body = 304, b""
        free = status == 304 and account is not None
        if self._limits and not free and not seen.path.endswith("/rate_limit") and payer.remaining and status != 401:
            payer.used += 1
            seen.counted = True
        return Answered(status, headers | self._told(payer, account), body)

    def _told(self, payer: Account, account: Account | None) -> dict[str, str]:
        headers = {}
        if self._limits and payer.resets_at is not None:
            payer.told_empty |= payer.remaining == 0
            headers = {
                "x-ratelimit-limit": str(payer.limit),
                "x-ratelimit-remaining": str(payer.remaining),
                "x-ratelimit-used": str(payer.used),
                "x-ratelimit-reset": str(int(payer.resets_at.timestamp())),
                "x-ratelimit-resource": "core",
            }
        if account is not None and account.scopes is not None:
            headers["x-oauth-scopes"] = ", ".join(sorted(account.scopes))
        return headers


_ORGANISATION = {"organization_hooks": "write", "metadata": "read"}
_SECONDARY = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
