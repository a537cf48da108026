"""What a token must have for what it asks, and what it is told if it has not.

https://docs.github.com/en/rest/authentication/permissions-required-for-fine-grained-personal-access-tokens
"""

from __future__ import annotations

from typing import Any, Literal

from support.github.asked import Need, Refuse
from support.github.description import Operation
from support.github.people import Account

_READ_HOOKS = frozenset({"admin:repo_hook", "write:repo_hook", "read:repo_hook"})


def _need(operation: Operation) -> Need | None:
    where, _, name = operation.id.partition("/")
    level: Literal["read", "write"] = "read" if operation.method == "GET" else "write"
    if "webhook" in name and where == "repos":
        return Need("repository_hooks", level, _READ_HOOKS if level == "read" else frozenset({"admin:repo_hook"}))
    if "webhook" in name and where == "orgs":
        return Need("organization_hooks", level, frozenset({"admin:org_hook"}))
    return None


def needed(operation: Operation) -> dict[str, str]:
    """The headers that tell what an operation needs."""
    need = _need(operation)
    if need is None:
        return {}
    permissions = f"{need.permission}={need.level}"
    return {"x-accepted-github-permissions": permissions, "x-accepted-oauth-scopes": ", ".join(sorted(need.scopes))}


def check(operation: Operation, account: Account | None) -> None:
    """Who lacks a scope is told that nothing is there, who lacks a permission that it may not be reached."""
    if account is not None and account.sso:
        link = "required; url=https://github.com/orgs/octo-org/sso?authorization_request=A"
        raise Refuse(403, "Resource protected by organization SAML enforcement.", x_github_sso=link)
    need = _need(operation)
    if need is None or (account is not None and account.may(need.permission, need.level, need.scopes)):
        return
    named: dict[str, Any] = {name.replace("-", "_"): value for name, value in needed(operation).items()}
    if account is None or account.scopes is not None:
        raise Refuse(404, "Not Found", **named)
    kind = "integration" if account.installation else "personal access token"
    raise Refuse(403, f"Resource not accessible by {kind}", **named)
