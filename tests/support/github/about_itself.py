"""Answers about GitHub, about who asks, and about apps."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from support.github.asked import Asked, Refuse, Reply
from support.github.people import Account, Installation
from support.github.state import Json, stamp


def get_meta(asked: Asked) -> Reply:
    body: Json = {**asked.description.sample("api-overview"), "verifiable_password_authentication": False}
    if asked.api.endswith("/api/v3"):
        return Reply(200, {**body, "installed_version": "3.19.1"})
    return Reply(200, {**body, "hooks": asked.state.webhook_networks})


def get_rate_limit(asked: Asked) -> Reply:
    account = asked.account or Account("anonymous", limit=60)
    if account.resets_at is None:
        raise Refuse(404, "Rate limiting is not enabled.")
    reset = int(account.resets_at.timestamp())
    rate = {"limit": account.limit, "used": account.used, "remaining": account.remaining, "reset": reset}
    resources = asked.description.sample("rate-limit-overview")["resources"]
    return Reply(200, {"resources": {**resources, "core": rate}, "rate": rate})


def get_user(asked: Asked) -> Reply:
    account = asked.account
    if account is None:
        raise Refuse(401, "Requires authentication")
    if account.installation:
        raise Refuse(403, "Resource not accessible by integration")
    expires = stamp(account.expires_at).replace("T", " ").replace("Z", " UTC") if account.expires_at else None
    headers = {"github-authentication-token-expiration": expires} if expires else {}
    who = {"login": account.name, "id": account.user_id, "name": account.display_name}
    return Reply(200, {**asked.description.sample("public-user"), **who}, headers)


def get_membership(asked: Asked) -> Reply:
    account = asked.account
    if account is None:
        raise Refuse(401, "Requires authentication")
    if asked.path["org"].lower() not in account.organisations:
        raise Refuse(404, "Not Found")
    return Reply(200, {**asked.description.sample("org-membership"), "state": "active"})


def _as_app(asked: Asked) -> None:
    if asked.account is not asked.app.account:
        raise Refuse(401, "A JSON web token could not be decoded")


def get_app(asked: Asked) -> Reply:
    _as_app(asked)
    permissions = {"actions": "read", "metadata": "read", "repository_hooks": "write"}
    return Reply(200, {**asked.description.sample("integration"), "slug": "omnilens", "permissions": permissions})


def find_installation(asked: Asked, kind: str, name: str) -> Reply:
    _as_app(asked)
    for installation in asked.app.installations:
        if installation.login.lower() == asked.path[name].lower() and installation.kind == kind:
            return Reply(200, _shown(asked, installation))
    raise Refuse(404, "Not Found")


def _shown(asked: Asked, installation: Installation) -> Json:
    sample: Json = asked.description.sample("installation")
    account = asked.description.sample("simple-user") | {"login": installation.login, "type": installation.kind}
    return {**sample, "id": installation.id, "account": account, "permissions": installation.permissions}


def make_token(asked: Asked, add: Callable[[str, Account], None]) -> Reply:
    """https://docs.github.com/en/rest/apps/apps#create-an-installation-access-token-for-an-app"""
    _as_app(asked)
    for installation in asked.app.installations:
        if str(installation.id) == asked.path["installation_id"]:
            break
    else:
        raise Refuse(404, "Not Found")
    if installation.suspended:
        raise Refuse(403, "This installation has been suspended")
    token = f"ghs_{secrets.token_hex(18)}"
    expires_at = asked.now + timedelta(hours=1)
    add(
        token,
        Account(
            f"installation-{installation.id}",
            permissions=dict(installation.permissions),
            owner=installation.login,
            installation=True,
            expires_at=expires_at,
        ),
    )
    return Reply(201, {"token": token, "expires_at": stamp(expires_at), "permissions": installation.permissions})


HANDLERS: dict[str, Callable[[Asked], Any]] = {
    "meta/get": get_meta,
    "rate-limit/get": get_rate_limit,
    "users/get-authenticated": get_user,
    "orgs/get-membership-for-authenticated-user": get_membership,
    "apps/get-authenticated": get_app,
    "apps/get-org-installation": lambda asked: find_installation(asked, "Organization", "org"),
    "apps/get-user-installation": lambda asked: find_installation(asked, "User", "username"),
}
