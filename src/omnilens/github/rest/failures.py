"""What an answer that is none means, in words; and whether and when to try again. Pure.

https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api
"""

from __future__ import annotations

from typing import Any

from omnilens.github.rest.answers import Answer, is_json, message, missing, quoted
from omnilens.github.rest.calls import Authorisation, Call
from omnilens.github.rest.errors import Forbidden, GitHubError, NotFound, Rejected, Unauthorized, UnexpectedAnswer

ATTEMPTS = 5
"""Times that a call is made at most when GitHub does not answer it."""
REFUSALS = 5
"""Times that one call may be refused for there being too many, before it is given up."""
FIRST_PAUSE = 1.0
LONGEST_PAUSE = 60.0

ENTERPRISE_HINT = "Is GITHUB_API_URL right? Enterprise Server's ends with /api/v3."


class Broken(Exception):
    """No answer, or half of one. `sent` says whether GitHub may have received the call."""

    def __init__(self, reason: str, *, sent: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.sent = sent


def pause(failures: int, chance: float) -> float:
    """Seconds until the next attempt after so many failures: doubling, and each time anywhere between half and whole,
    so that those who failed together do not come back together."""
    return min(FIRST_PAUSE * 2.0 ** (failures - 1), LONGEST_PAUSE) * (0.5 + chance / 2)


def is_outage(answer: Answer) -> bool:
    """Whether GitHub, or what stands in front of it, is in trouble; that passes."""
    return answer.status >= 500 or answer.status == 408


def result(answer: Answer, refused: bool) -> str:
    """The answer in one of a few words, for counting."""
    if refused:
        return "rate-limited"
    if is_outage(answer):
        return "unavailable"
    names = {
        304: "unchanged",
        401: "unauthorized",
        403: "forbidden",
        404: "not-found",
        410: "not-found",
        451: "forbidden",
    }
    if answer.status in names:
        return names[answer.status]
    if 300 <= answer.status < 400:
        return "redirected"
    return "ok" if 200 <= answer.status < 300 else "rejected"


def problem(call: Call[Any], answer: Answer, by: Authorisation) -> GitHubError | None:
    """What is wrong, if this is no answer to be glad about. Limits and outages are not for here."""
    if 200 <= answer.status < 300 or answer.status == 304:
        return None
    if not is_json(answer):
        return UnexpectedAnswer(f"What answered {answer.status} to {call.path} is not GitHub's API. {ENTERPRISE_HINT}")
    if answer.status == 401:
        return _unauthorized(call, answer, by)
    if answer.status in {403, 451}:
        return _forbidden(call, answer, by)
    if answer.status in {404, 410}:
        return _not_found(call, answer, by)
    return Rejected(f"GitHub refuses to {call.wants} ({answer.status}){_because(answer)}.")


def _unauthorized(call: Call[Any], answer: Answer, by: Authorisation) -> Unauthorized:
    if by.setting is None:
        return Unauthorized(f"To {call.wants}, GitHub wants to know who asks. Set GITHUB_TOKEN.")
    return Unauthorized(
        f"GitHub does not accept {by.setting}{_because(answer)}. It may have expired or been revoked: make a new one."
    )


def _forbidden(call: Call[Any], answer: Answer, by: Authorisation) -> Forbidden:
    lacks = missing(answer)
    sentence = f"{_who(by)} may not {call.wants}{_because(answer)}."
    if "required" in answer.headers.get("x-github-sso", ""):
        sentence += " Authorise the token for the organisation's single sign-on."
    return Forbidden(sentence + _needs(lacks), lacks)


def _not_found(call: Call[Any], answer: Answer, by: Authorisation) -> NotFound:
    lacks = missing(answer)
    sentence = f"GitHub finds nothing to {call.wants}: it is not there, or {_who(by)} may not see it."
    return NotFound(sentence + (" Set GITHUB_TOKEN." if by.setting is None else _needs(lacks)), lacks)


def _who(by: Authorisation) -> str:
    return by.setting or "nobody without a token"


def _needs(lacks: tuple[str, ...]) -> str:
    return f" Needed: {' or '.join(lacks)}." if lacks else ""


def _because(answer: Answer) -> str:
    words = message(answer)
    return f": {words}" if words else ""


def elsewhere(call: Call[Any], location: str) -> UnexpectedAnswer:
    """Asked here, we are sent to another host, where the token must not go."""
    other = quoted(location)
    return UnexpectedAnswer(f"Asked to {call.wants}, GitHub points away from its API, which is not followed: {other}")
