"""What GitHub's REST API says, as far as we read it. Where it agrees with the webhooks, these are their structs.

Whatever else is in an answer is skipped by the parser, so that GitHub may add to it.
https://docs.github.com/en/rest
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec
from msgspec import Struct

from omnilens.github.payloads import (
    Count,
    Id,
    Moment,
    RepositoryFields,
    StepFields,
    WorkflowJobFields,
    WorkflowRunFields,
)
from omnilens.github.rest.calls import path, repository_path
from omnilens.github.rest.etags import ETag


class RunFields(WorkflowRunFields, kw_only=True):
    """https://docs.github.com/en/rest/actions/workflow-runs"""

    name: str | None = None
    """Not promised here, as it is in a webhook."""


class RunsPage(Struct, frozen=True, kw_only=True):
    """A page of runs, newest first."""

    runs: tuple[RunFields, ...]
    total_count: int
    """Of the whole search; GitHub finds at most 1,000 by date."""
    unreadable: int = 0
    """Runs that were left out, since they are not as GitHub describes them."""
    etag: ETag | None = None
    """To be put away when this page and all after it are stored."""


class JobsPage(Struct, frozen=True, kw_only=True):
    """A page of jobs."""

    jobs: tuple[WorkflowJobFields[StepFields], ...]
    total_count: int
    unreadable: int = 0


class UserFields(Struct):
    """https://docs.github.com/en/rest/users/users#get-the-authenticated-user"""

    id: Id
    login: str
    name: str | None = None
    avatar_url: str | None = None


class MembershipFields(Struct):
    """https://docs.github.com/en/rest/orgs/members#get-an-organization-membership-for-the-authenticated-user"""

    state: str
    """``active`` or ``pending``."""


class OwnerFields(Struct):
    login: str
    type: str | None = None
    """``Organization`` or ``User``."""


class PermissionFields(Struct):
    admin: bool = False
    push: bool = False
    pull: bool = False


class RepoFields(RepositoryFields, kw_only=True):
    """https://docs.github.com/en/rest/repos/repos#get-a-repository"""

    owner: OwnerFields
    archived: bool = False
    disabled: bool = False
    permissions: PermissionFields | None = None
    """Of whoever asks; nothing if that is nobody."""


class Place(Struct, frozen=True):
    """What has webhooks: a repository or an organisation."""

    owner: str
    name: str | None = None
    """Nothing for an organisation."""

    @classmethod
    def of(cls, name: str) -> Place:
        """The repository ``owner/name``, or the organisation ``owner``."""
        owner, slash, repository = name.partition("/")
        place = cls(owner, repository if slash else None)
        place.path()  # refuses what is no name
        return place

    def path(self, *parts: str | int) -> str:
        """The path of it, or of something in it.

        Raises:
            ValueError: it has no name that could be one.
        """
        if self.name is not None:
            return repository_path(str(self), *parts)
        if self.owner in {"", ".", ".."}:
            raise ValueError(f"{self.owner!r} is not the name of an organisation")
        return path("orgs", self.owner, *parts)

    def __str__(self) -> str:
        return self.owner if self.name is None else f"{self.owner}/{self.name}"


class HookConfig(Struct):
    url: str | None = None
    content_type: str | None = None
    """``json`` or ``form``, which is the default."""
    insecure_ssl: str | float | None = None
    secret: str | None = None
    """Asterisks if there is one: GitHub never tells it."""

    @property
    def verifies_tls(self) -> bool:
        return str(self.insecure_ssl or 0) in {"0", "0.0"}


class HookResponse(Struct):
    """How the last delivery went."""

    code: int | None = None
    status: str | None = None
    message: str | None = None


class Hook(Struct):
    """https://docs.github.com/en/rest/repos/webhooks"""

    id: Id
    active: bool
    events: tuple[str, ...]
    config: HookConfig
    name: str = "web"
    created_at: Moment = None
    updated_at: Moment = None
    last_response: HookResponse | None = None
    """Not for organisations."""


class HookSettings(Struct, frozen=True, kw_only=True):
    """A webhook as we want it. Always JSON, always with the certificate checked."""

    url: str
    secret: str
    events: tuple[str, ...]
    active: bool = True

    def __repr__(self) -> str:
        return f"HookSettings(url={self.url!r}, events={self.events!r}, active={self.active!r})"


class HookDelivery(Struct, kw_only=True):
    """One attempt at a delivery: those with the same `guid` are of the same event.

    https://docs.github.com/en/rest/repos/webhooks#list-deliveries-for-a-repository-webhook
    """

    id: Id
    guid: str
    delivered_at: datetime
    redelivery: bool = False
    duration: float = 0.0
    """Seconds."""
    status: str = ""
    """``OK``, or what went wrong."""
    status_code: int = 0
    event: str = ""
    action: str | None = None
    installation_id: Id | None = None
    repository_id: Id | None = None
    throttled_at: datetime | None = None

    @property
    def succeeded(self) -> bool:
        return self.status == "OK"


class DeliveryRequest(Struct):
    headers: dict[str, str] | None = None
    payload: msgspec.Raw = msgspec.Raw(b"null")
    """The event's JSON, although not byte for byte what was signed."""


class DeliveryResponse(Struct):
    headers: dict[str, str] | None = None
    payload: str | None = None


class HookDeliveryDetail(HookDelivery, kw_only=True):
    """https://docs.github.com/en/rest/repos/webhooks#get-a-delivery-for-a-repository-webhook"""

    url: str | None = None
    request: DeliveryRequest
    response: DeliveryResponse


class Meta(Struct):
    """https://docs.github.com/en/rest/meta/meta#get-github-meta-information"""

    hooks: tuple[str, ...] = ()
    """The networks that webhooks come from. Enterprise Server does not say."""
    installed_version: str | None = None
    """Of an Enterprise Server."""


class RateLimit(Struct):
    """https://docs.github.com/en/rest/rate-limit/rate-limit"""

    limit: Count
    remaining: Count
    used: Count
    reset: Count
    """Seconds since 1970."""


class Installation(Struct):
    """https://docs.github.com/en/rest/apps/apps"""

    id: Id
    account: OwnerFields | None = None
    permissions: dict[str, str] = {}
    """``read`` or ``write`` by what it is for: ``actions``, ``repository_hooks``, …"""
    events: tuple[str, ...] = ()
    suspended_at: Moment = None


class Access(Struct, frozen=True, kw_only=True):
    """Who we are for GitHub, and what we may do as far as it says."""

    kind: Literal["none", "classic token", "token", "app"]
    """``token`` is fine-grained, or another kind that says no scopes."""
    login: str | None = None
    scopes: frozenset[str] | None = None
    """Of a classic token."""
    permissions: dict[str, str] | None = None
    """Of an app."""
    expires: str | None = None
    """When the token does, in GitHub's writing; nothing if it does not, or is an app's."""
