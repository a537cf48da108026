"""Everything an operator can set: from the environment and ``.env`` to one frozen object, every error named at once.

Each field is one setting: its name in the environment, its default and one sentence. ``omnilens default-env``, the
configuration page of the documentation and its test are made from these fields.
"""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, EnvSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict
from pydantic_settings.sources import DotenvType

from omnilens.settings.values import (
    Duration,
    Networks,
    Origin,
    PerAddress,
    PrivateKey,
    Rate,
    RepositoryPatterns,
    Secrets,
    Size,
    Sources,
    Token,
    WebhookSources,
)

IN_MEMORY = "memory"
WEBHOOK_PATH = "/api/webhooks/github"
"""Where deliveries are taken."""
LOOPBACK_NAMES = ("127.0.0.1", "localhost", "[::1]")


def _data_dir() -> Path:
    """https://specifications.freedesktop.org/basedir/latest/"""
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local/share") / "omnilens"


def _database_url(url: SecretStr) -> SecretStr:
    written = url.get_secret_value()
    if written != IN_MEMORY and not written.startswith(("sqlite:///", "postgresql://", "postgres://")):
        raise ValueError("should be sqlite:///PATH, postgresql://USER:PASSWORD@HOST/NAME or memory")
    return url


def _redis_url(url: SecretStr) -> SecretStr:
    if not url.get_secret_value().startswith(("redis://", "rediss://", "unix://")):
        raise ValueError("should be redis://:PASSWORD@HOST:6379/0")
    return url


class SettingsError(Exception):
    """The configuration cannot be used: one sentence for each thing that is wrong."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


class Settings(BaseSettings):
    """Everything an operator can set. Frozen: a running server never changes its mind."""

    model_config = SettingsConfigDict(
        frozen=True,
        extra="ignore",
        env_file=".env",
        env_ignore_empty=True,
        populate_by_name=True,
        validate_default=True,
    )

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
    auth: Literal["none"] = Field(
        default="none",
        alias="OMNILENS_AUTH",
        description="Who may look: none (everybody who reaches the port, so it only listens on loopback).",
    )
    host: str = Field(default="127.0.0.1", alias="OMNILENS_HOST", description="The address to listen on.")
    port: int = Field(default=8000, ge=0, le=65535, alias="OMNILENS_PORT", description="The port to listen on.")
    public_url: Origin | None = Field(
        default=None,
        alias="OMNILENS_PUBLIC_URL",
        description="Where people open the board: the one allowed origin. Default: http://127.0.0.1 with the port.",
    )
    event_retention: Duration = Field(
        default=timedelta(minutes=30),
        gt=timedelta(0),
        alias="OMNILENS_EVENT_RETENTION",
        description="How long updates are kept for clients that were away; older deliveries are stale.",
    )
    stale_deliveries: Literal["reject", "history"] = Field(
        default="reject",
        alias="OMNILENS_STALE_DELIVERIES",
        description="What happens to deliveries older than that: reject (400), or history (taken in silently).",
    )
    history_retention: Duration = Field(
        default=timedelta(days=90),
        gt=timedelta(0),
        alias="OMNILENS_HISTORY_RETENTION",
        description="How long runs are kept after their last change.",
    )
    backfill: Duration = Field(
        default=timedelta(days=30),
        ge=timedelta(0),
        alias="OMNILENS_BACKFILL",
        description="How much of the past is fetched from GitHub for a repository that is new on the board; 0d for "
        "nothing. It takes a token and a database.",
    )
    data_dir: Path | None = Field(
        default=None,
        alias="OMNILENS_DATA_DIR",
        description="The folder for what must survive a restart. Default: ~/.local/share/omnilens.",
    )
    database_url: Annotated[SecretStr, AfterValidator(_database_url)] | None = Field(
        default=None,
        alias="OMNILENS_DATABASE_URL",
        description="Where accepted deliveries and the history are kept: sqlite:///PATH, "
        "postgresql://USER:PASSWORD@HOST/NAME, or memory, which forgets everything with the process. "
        "Default: the file omnilens.db in the data folder.",
    )
    redis_url: Annotated[SecretStr, AfterValidator(_redis_url)] | None = Field(
        default=None,
        alias="OMNILENS_REDIS_URL",
        description="redis://:PASSWORD@HOST:6379/0 (rediss:// with TLS): accepted deliveries go there, for several "
        "machines that serve one board. The history stays in the database, which they should then share.",
    )
    webhook_rate_limit: PerAddress = Field(
        default=Rate(60, 60.0),
        alias="OMNILENS_WEBHOOK_RATE_LIMIT",
        description="How many deliveries without a valid signature one address may send; signed ones always pass.",
    )
    webhook_sources: WebhookSources = Field(
        default=Sources(),
        alias="OMNILENS_WEBHOOK_SOURCES",
        description="Where deliveries may come from, besides being signed: any, or github (the networks that it names) "
        "and addresses or networks of your own, separated by commas.",
    )
    connections_per_user: int = Field(
        default=10,
        gt=0,
        alias="OMNILENS_CONNECTIONS_PER_USER",
        description="How many sockets one user may have open. Without a login a user is an address; this machine's own "
        "is held to it only when you set it.",
    )
    max_connections: int = Field(
        default=10_000,
        gt=0,
        alias="OMNILENS_MAX_CONNECTIONS",
        description="How many sockets may be open at once; one more is told that the server is full.",
    )
    handshake_rate: PerAddress = Field(
        default=Rate(100, 1.0),
        alias="OMNILENS_HANDSHAKE_RATE",
        description="How often one address may open a socket. This machine's own is held to it only when you set it.",
    )
    idle_timeout: Duration = Field(
        default=timedelta(minutes=5),
        gt=timedelta(0),
        alias="OMNILENS_IDLE_TIMEOUT",
        description="How long a socket may stay open that watches nothing.",
    )
    trusted_proxies: Networks = Field(
        default=(),
        alias="OMNILENS_TRUSTED_PROXIES",
        description="Addresses or networks of your proxies, separated by commas: what they say in X-Forwarded-For is "
        "believed, and nobody else.",
    )
    max_body: Size = Field(
        default=25 * 1024 * 1024,
        gt=0,
        alias="OMNILENS_MAX_BODY",
        description="The largest delivery that is read. GitHub sends at most 25MB.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", alias="OMNILENS_LOG_LEVEL", description="The least important line that is logged."
    )
    log_format: Literal["auto", "json", "console"] = Field(
        default="auto",
        alias="OMNILENS_LOG_FORMAT",
        description="json, console, or auto: console on a terminal, JSON lines otherwise.",
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

    @field_validator("host")
    @classmethod
    def _only_loopback_without_login(cls, host: str, info: ValidationInfo) -> str:
        if info.data.get("auth") == "none" and not is_loopback(host):
            raise ValueError(
                f"is {host}, which others can reach, but OMNILENS_AUTH=none lets everybody in; "
                "listen on 127.0.0.1 and put a proxy with a login in front"
            )
        return host

    @property
    def database(self) -> str | None:
        """The database's URL; nothing if everything stays in memory."""
        if self.database_url is None:
            return f"sqlite:///{(self.data_dir or _data_dir()).absolute() / 'omnilens.db'}"
        url = self.database_url.get_secret_value()
        return None if url == IN_MEMORY else url

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
    def origin(self) -> str:
        return self.public_url or f"http://127.0.0.1:{self.port}"

    @property
    def webhook_url(self) -> str:
        """The address that GitHub is to deliver to."""
        return self.origin + WEBHOOK_PATH

    @property
    def allowed_origins(self) -> frozenset[str]:
        """The public URL's origin; the names of this very machine count as one."""
        parts = urlsplit(self.origin)
        if parts.hostname not in {name.strip("[]") for name in LOOPBACK_NAMES}:
            return frozenset({self.origin})
        port = f":{parts.port}" if parts.port else ""
        return frozenset(f"{parts.scheme}://{name}{port}" for name in LOOPBACK_NAMES)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, _Completed(settings_cls, env_settings, dotenv_settings)


class _Completed(PydanticBaseSettingsSource):
    """The environment over ``.env``, with ``NAME_FILE`` read for secrets and ``GITHUB_REPO_n`` added to the list."""

    def __init__(self, settings_cls: type[BaseSettings], *sources: PydanticBaseSettingsSource) -> None:
        super().__init__(settings_cls)
        self._sources = sources

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        raise NotImplementedError  # __call__ answers for all fields at once

    def __call__(self) -> dict[str, Any]:
        names: dict[str, str] = {}
        values: dict[str, Any] = {}
        for source in reversed(self._sources):
            if isinstance(source, EnvSettingsSource):
                names |= {name.upper(): value for name, value in source.env_vars.items() if value}
            values |= source()
        for field in self.settings_cls.model_fields.values():
            if field.alias and is_secret(field) and field.alias not in values:
                path = names.get(f"{field.alias}_FILE")
                if path is not None:
                    values[field.alias] = _read_secret(path)
        if numbered := ",".join(_numbered_repositories(names)):
            listed = values.get("OMNILENS_REPOSITORIES")
            values["OMNILENS_REPOSITORIES"] = f"{listed},{numbered}" if listed else numbered
        return values


def _read_secret(path: str) -> str | OSError | UnicodeDecodeError:
    """The secret, or why it cannot be had: the field's validator says so beside all other problems."""
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        return error


def _numbered_repositories(names: Mapping[str, str]) -> Iterator[str]:
    found = [(int(name.removeprefix("GITHUB_REPO_")), value) for name, value in names.items() if _is_numbered(name)]
    for _, value in sorted(found):
        yield value


def _is_numbered(name: str) -> bool:
    return name.startswith("GITHUB_REPO_") and name.removeprefix("GITHUB_REPO_").isdecimal()


def is_secret(field: FieldInfo) -> bool:
    """Whether a setting is never printed and can be given as ``NAME_FILE``."""
    return "SecretStr" in repr(field.annotation)


def is_loopback(host: str) -> bool:
    """Whether an address to listen on can only be reached from this machine."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def load(env_file: DotenvType | None = ".env", **overrides: Any) -> Settings:
    """Read the settings; `overrides` (field names) win over the environment.

    Raises:
        SettingsError: with one sentence for each problem.
    """
    given = {name: value for name, value in overrides.items() if value is not None}
    try:
        return Settings(_env_file=env_file, **given)
    except ValidationError as error:
        raise SettingsError([_sentence(dict(problem)) for problem in error.errors(include_input=False)]) from error


def _sentence(problem: dict[str, Any]) -> str:
    message = str(problem["msg"]).removeprefix("Value error, ")
    if not problem["loc"]:
        return message
    name = str(problem["loc"][0])
    fields = Settings.model_fields
    name = str(fields[name].alias) if name in fields else name
    if problem["type"] == "missing":
        message = "is required. Make one with: openssl rand -hex 32" if "SECRET" in name else "is required"
    return f"{name} {message[0].lower()}{message[1:]}"
