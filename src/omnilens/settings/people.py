"""What an operator can set about people: how they come in, and what is remembered of that."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings

from omnilens.settings.values import Allowed, Duration, Key, Token


class PeopleSettings(BaseSettings):
    """A base of ``Settings``, since pydantic has the fields of one level only."""

    auth: Literal["none", "github", "proxy"] = Field(
        default="none",
        alias="OMNILENS_AUTH",
        description="Who may look: none (everybody who reaches the port, so it only listens on loopback), github (who "
        "logs in there; they see what they may read there) or proxy (whom your proxy names; they see everything).",
    )
    oauth_client_id: str | None = Field(
        default=None,
        pattern=r"^[A-Za-z0-9._-]{1,100}$",
        alias="GITHUB_OAUTH_CLIENT_ID",
        description="The client id of the OAuth app or GitHub App that people log in with. Its callback address is "
        "/auth/callback at OMNILENS_PUBLIC_URL.",
    )
    oauth_client_secret: Token | None = Field(
        default=None, alias="GITHUB_OAUTH_CLIENT_SECRET", description="A client secret of that app."
    )
    oauth_scope: str = Field(
        default="repo",
        pattern=r"^[a-z:_]*( [a-z:_]+)*$",
        alias="GITHUB_OAUTH_SCOPE",
        description="What is asked of those who log in: repo is what an OAuth app needs to see their private "
        "repositories. A GitHub App has permissions instead.",
    )
    allowed_users: Allowed = Field(
        default=(),
        alias="OMNILENS_ALLOWED_USERS",
        description="Who may log in: logins, and org:NAME for the members of an organisation, separated by commas. "
        "Default: everybody whom GitHub or the proxy knows.",
    )
    operators: Allowed = Field(
        default=(),
        alias="OMNILENS_OPERATORS",
        description="Logins of those who may also see and change what is the server's own, separated by commas. "
        "Without a login everybody may.",
    )
    user_header: str = Field(
        default="X-Forwarded-User",
        pattern=r"^[A-Za-z0-9-]{1,100}$",
        alias="OMNILENS_PROXY_USER_HEADER",
        description="The header in which a trusted proxy names the user, with OMNILENS_AUTH=proxy.",
    )
    session_lifetime: Duration = Field(
        default=timedelta(days=30),
        gt=timedelta(0),
        alias="OMNILENS_SESSION_LIFETIME",
        description="How long somebody stays logged in.",
    )
    inactive_retention: Duration = Field(
        default=timedelta(days=365),
        gt=timedelta(0),
        alias="OMNILENS_INACTIVE_RETENTION",
        description="How long a user is remembered who does not come back.",
    )
    repositories_per_user: int = Field(
        default=50,
        gt=0,
        alias="OMNILENS_REPOSITORIES_PER_USER",
        description="How many repositories one user may add on the page, besides those of OMNILENS_REPOSITORIES.",
    )
    access_cache: Duration = Field(
        default=timedelta(minutes=5),
        ge=timedelta(seconds=1),
        alias="OMNILENS_ACCESS_CACHE",
        description="How long GitHub's word about what somebody may read counts. A right that is withdrawn there ends "
        "here within that time.",
    )
    public_badges: bool = Field(
        default=False,
        alias="OMNILENS_PUBLIC_BADGES",
        description="Whether badges and /cctray.xml show public repositories to everybody, without a login: true or "
        "false.",
    )
    secret_key: Key | None = Field(
        default=None,
        alias="OMNILENS_SECRET_KEY",
        description="What GitHub's tokens are sealed with before they are stored: at least 32 characters. Default: one "
        "that is made at the first start, in secret.key in the data directory.",
    )

    @field_validator("oauth_client_id", "oauth_client_secret")
    @classmethod
    def _needed_for_the_login(cls, value: str | SecretStr | None, info: ValidationInfo) -> str | SecretStr | None:
        if value is None and info.data.get("auth") == "github":
            raise ValueError("is required with OMNILENS_AUTH=github. Register an OAuth app at GitHub to get one")
        return value

    @field_validator("operators")
    @classmethod
    def _operators_are_people(cls, operators: tuple[str, ...]) -> tuple[str, ...]:
        if any(entry.startswith("org:") for entry in operators):
            raise ValueError("takes logins only, not organisations")
        return operators

    @field_validator("allowed_users")
    @classmethod
    def _organisations_are_githubs(cls, allowed: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        if info.data.get("auth") == "proxy" and any(entry.startswith("org:") for entry in allowed):
            raise ValueError("names an organisation, but OMNILENS_AUTH=proxy does not know their members")
        return allowed
