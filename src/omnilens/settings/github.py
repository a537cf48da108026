"""What an operator can set about GitHub: what it signs with, which repositories, and as whom it is asked."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings

from omnilens.settings.values import PrivateKey, RepositoryPatterns, Secrets, Token, is_loopback


class GitHubSettings(BaseSettings):
    """A base of ``Settings``, since pydantic has the fields of one level only."""

    webhook_secrets: Secrets = Field(
        alias="GITHUB_WEBHOOK_SECRET",
        description="The secret that GitHub signs deliveries with. Several, separated by commas, while you rotate it.",
    )
    repositories: RepositoryPatterns = Field(
        default=(),
        alias="OMNILENS_REPOSITORIES",
        description="What is on the board: owner/name, owner/name=slug, owner/* or */* (whatever is signed), "
        "separated by commas. GITHUB_REPO_1=owner/name, GITHUB_REPO_2, … are read too.",
    )
    api_url: Annotated[str, AfterValidator(lambda value: value.rstrip("/"))] = Field(
        default="https://api.github.com",
        alias="GITHUB_API_URL",
        pattern=r"^https?://[^/\s@?#]+(/api/v3)?/?$",
        description="GitHub's API: https://HOST/api/v3 for GitHub Enterprise Server, https://api.NAME.ghe.com for "
        "GHE.com. Links must lead to its host.",
    )
    github_token: Token | None = Field(
        default=None,
        alias="GITHUB_TOKEN",
        description="A personal access token, for what is asked of GitHub besides the deliveries that it sends. "
        "None is needed for live updates.",
    )
    app_id: str | None = Field(
        default=None,
        pattern=r"^[A-Za-z0-9.]{1,100}$",
        alias="GITHUB_APP_ID",
        description="The id or client id of a GitHub App that is asked as instead of with a token.",
    )
    app_private_key: PrivateKey | None = Field(
        default=None,
        alias="GITHUB_APP_PRIVATE_KEY",
        description="The private key of that app, in PEM format.",
    )
    app_installation_id: int | None = Field(
        default=None,
        gt=0,
        alias="GITHUB_APP_INSTALLATION_ID",
        description="The one installation of that app to use. Default: the one of whoever owns the repository.",
    )

    github_status_url: Annotated[str, AfterValidator(lambda value: value.rstrip("/"))] | None = Field(
        default=None,
        alias="OMNILENS_GITHUB_STATUS_URL",
        pattern=r"^https?://[^\s@?#]+$",
        description="GitHub's status page, https://www.githubstatus.com, to be asked while somebody looks whether "
        "Actions or webhooks are down, which the page then says. Default: nobody is asked.",
    )

    @field_validator("github_token", "app_private_key")
    @classmethod
    def _only_over_tls(cls, secret: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        api = urlsplit(info.data.get("api_url", ""))
        if secret is not None and api.scheme == "http" and not is_loopback(api.hostname or ""):
            raise ValueError("would be sent for all to read; GITHUB_API_URL should begin with https://")
        return secret

    @field_validator("app_id")
    @classmethod
    def _either_token_or_app(cls, app_id: str | None, info: ValidationInfo) -> str | None:
        if app_id is not None and info.data.get("github_token") is not None:
            raise ValueError("is set, and so is GITHUB_TOKEN; only one of them can be who asks")
        return app_id

    @field_validator("app_private_key")
    @classmethod
    def _app_with_its_key(cls, key: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        if "app_id" in info.data and (key is None) != (info.data["app_id"] is None):
            raise ValueError("is required with GITHUB_APP_ID" if key is None else "is set without GITHUB_APP_ID")
        return key

    @property
    def may_ask_github(self) -> bool:
        """Whether there is something to ask GitHub with."""
        return self.github_token is not None or self.app_id is not None

    @property
    def github_host(self) -> str:
        """The host that links must lead to, ``github.com`` for public GitHub."""
        api = urlsplit(self.api_url)
        return api.netloc if api.path else api.netloc.removeprefix("api.")

    @property
    def github_web(self) -> str:
        """Where people use GitHub, ``https://github.com`` for public GitHub."""
        return f"{urlsplit(self.api_url).scheme}://{self.github_host}"
