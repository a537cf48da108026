"""Everything that can be wrong with a request, each with its status, a stable code and a sentence."""

from __future__ import annotations

from typing import ClassVar

from msgspec import json


class OmniLensError(Exception):
    """The root: an expected failure that is answered, never a crash."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal-error"

    def __init__(self, message: str, *, headers: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.headers = headers or {}

    @property
    def body(self) -> bytes:
        """The answer that every client gets."""
        return json.encode({"error": self.message, "code": self.code})


class MalformedRequest(OmniLensError):
    """It is no HTTP."""

    status = 400
    code = "malformed-request"


class TooManyOpen(OmniLensError):
    """The process may open no more files, and needs some for itself."""

    status = 503
    code = "too-many-open"


class HeadTimeout(OmniLensError):
    status = 408
    code = "head-timeout"


class TargetTooLong(OmniLensError):
    status = 414
    code = "target-too-long"


class MisdirectedRequest(OmniLensError):
    """It asks for a server of another name."""

    status = 421
    code = "misdirected-request"


class HeadTooLarge(OmniLensError):
    status = 431
    code = "head-too-large"


class DeliveryError(OmniLensError):
    """A webhook delivery that is not accepted; nothing was changed by it."""

    status = 400


class MissingHeader(DeliveryError):
    code = "missing-header"


class InvalidHeader(DeliveryError):
    code = "invalid-header"


class MalformedPayload(DeliveryError):
    """The body is not the JSON object that it should be."""

    code = "malformed-payload"


class IncompletePayload(DeliveryError):
    """The body is JSON, but a field that we cannot do without is missing or of the wrong type."""

    code = "incomplete-payload"


class StaleDelivery(DeliveryError):
    """The event is older than the event retention."""

    code = "stale-delivery"


class MissingSignature(DeliveryError):
    status = 401
    code = "missing-signature"


class InvalidSignature(DeliveryError):
    status = 401
    code = "invalid-signature"


class ForbiddenSource(DeliveryError):
    """It comes from an address that deliveries are not taken from."""

    status = 403
    code = "forbidden-source"


class MethodNotAllowed(DeliveryError):
    status = 405
    code = "method-not-allowed"


class BodyTooLarge(DeliveryError):
    status = 413
    code = "body-too-large"


class BodyTimeout(DeliveryError):
    status = 408
    code = "body-timeout"


class UnsupportedContentType(DeliveryError):
    status = 415
    code = "unsupported-content-type"


class TooManyRequests(DeliveryError):
    status = 429
    code = "too-many-requests"


class Draining(DeliveryError):
    status = 503
    code = "draining"


class JournalUnavailable(DeliveryError):
    """The journal cannot take the change now; GitHub shows the delivery as failed and it can be sent again."""

    status = 503
    code = "journal-unavailable"


class StorageUnavailable(Exception):
    """What is kept outside of the process could not be reached, read or written. Asking again may help."""


class RequestError(OmniLensError):
    """A REST request or subscription that cannot be answered."""

    status = 400


class InvalidParameter(RequestError):
    code = "invalid-parameter"


class NotLoggedIn(RequestError):
    """Nobody knows who asks."""

    status = 401
    code = "not-logged-in"


class InvalidAccessToken(RequestError):
    """It is none, or it counts no more."""

    status = 401
    code = "invalid-access-token"


class NoSuchLogin(RequestError):
    """People come in in another way here."""

    status = 404
    code = "no-such-login"


class TokenNotFound(RequestError):
    status = 404
    code = "token-not-found"


class NotForTokens(RequestError):
    """An access token can look; this is for people."""

    status = 403
    code = "not-for-tokens"


class OperatorsOnly(RequestError):
    """It is the server's own business."""

    status = 403
    code = "operators-only"


class Unavailable(RequestError):
    """Something that the answer takes cannot be had at the moment."""

    status = 503
    code = "unavailable"


class RepositoryNotFound(RequestError):
    """Unknown and forbidden repositories look the same."""

    status = 404
    code = "repository-not-found"


class ForbiddenOrigin(RequestError):
    """What changes something is only done for the page of this server, not for another that is open beside it."""

    status = 403
    code = "forbidden-origin"


class GitHubRefused(RequestError):
    """GitHub could not be asked, or did not do what it was asked for."""

    status = 502
    code = "github-refused"


class NothingToAskWith(RequestError):
    """There is no token and no app."""

    status = 409
    code = "no-token"


class DeliveryNotFound(RequestError):
    """Nothing is known of it here, or not any more."""

    status = 404
    code = "delivery-not-found"


class ProfileRunning(RequestError):
    """One at a time."""

    status = 409
    code = "profile-running"


class RunNotFound(RequestError):
    status = 404
    code = "run-not-found"


class AttemptNotFound(RequestError):
    """There is no such attempt of a run, or nothing is known of it."""

    status = 404
    code = "attempt-not-found"
