"""Everything an operator can set: from the environment and ``.env`` to one frozen object, every error named at once.

Each field is one setting: its name in the environment, its default and one sentence. ``omnilens default-env``, the
configuration page of the documentation and its test are made from these fields.
"""

from __future__ import annotations

import os
import socket
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from omnilens.settings.github import GitHubSettings
from omnilens.settings.operations import OperationsSettings
from omnilens.settings.people import PeopleSettings
from omnilens.settings.sources import Completed
from omnilens.settings.values import (
    Duration,
    Networks,
    Origin,
    PerAddress,
    Rate,
    Size,
    Sources,
    WebhookSources,
    is_loopback,
)

IN_MEMORY = "memory"
WEBHOOK_PATH = "/api/webhooks/github"
"""Where deliveries are taken."""
RUNBOOK_PATH = "/manual/runbooks/alerts.md"
"""What to do about each alert, in the manual that comes with the server."""
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


class Settings(OperationsSettings, PeopleSettings, GitHubSettings):
    """Everything an operator can set. Frozen: a running server never changes its mind."""

    model_config = SettingsConfigDict(
        frozen=True,
        extra="ignore",
        env_file=".env",
        env_ignore_empty=True,
        populate_by_name=True,
        validate_default=True,
    )

    host: str = Field(default="127.0.0.1", alias="OMNILENS_HOST", description="The address to listen on.")
    port: int = Field(default=8000, ge=0, le=65535, alias="OMNILENS_PORT", description="The port to listen on.")
    ssl_certfile: Path | None = Field(
        default=None,
        alias="OMNILENS_SSL_CERTFILE",
        description="A certificate in PEM, to speak TLS without a proxy; read anew when it changes.",
    )
    ssl_keyfile: Path | None = Field(
        default=None,
        alias="OMNILENS_SSL_KEYFILE",
        description="Its key in PEM, where that is not in the same file.",
    )
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

    @field_validator("host")
    @classmethod
    def _only_loopback_without_login(cls, host: str, info: ValidationInfo) -> str:
        if info.data.get("auth") == "none" and not is_loopback(host):
            raise ValueError(
                f"is {host}, which others can reach, but OMNILENS_AUTH=none lets everybody in. Set OMNILENS_AUTH to "
                "github or proxy; or listen on 127.0.0.1 and put a proxy with a login in front"
            )
        return host

    @field_validator("ssl_keyfile")
    @classmethod
    def _no_key_alone(cls, key: Path | None, info: ValidationInfo) -> Path | None:
        if key is not None and info.data.get("ssl_certfile") is None:
            raise ValueError("belongs to a certificate: set OMNILENS_SSL_CERTFILE too")
        return key

    @field_validator("public_url")
    @classmethod
    def _logins_need_tls(cls, url: str | None, info: ValidationInfo) -> str | None:
        if info.data.get("auth") == "github" and url and not (url.startswith("https://") or _is_at_home(url)):
            raise ValueError("should begin with https://, or what people log in with would be sent for all to read")
        return url

    @field_validator("trusted_proxies")
    @classmethod
    def _needed_to_believe_a_proxy(cls, proxies: Networks, info: ValidationInfo) -> Networks:
        if info.data.get("auth") == "proxy" and not proxies:
            raise ValueError("is required with OMNILENS_AUTH=proxy: only from there is the user's header believed")
        return proxies

    @field_validator("database_url")
    @classmethod
    def _key_for_several_servers(cls, url: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        shared = url is not None and url.get_secret_value().startswith("postgres")
        if shared and info.data.get("auth") == "github" and info.data.get("secret_key", "") is None:
            raise ValueError(
                "is PostgreSQL, where other servers have to open what this one sealed: set OMNILENS_SECRET_KEY too. "
                "Make one with: openssl rand -hex 32"
            )
        return url

    @property
    def database(self) -> str | None:
        """The database's URL; nothing if everything stays in memory."""
        if self.database_url is None:
            return f"sqlite:///{(self.data_dir or _data_dir()).absolute() / 'omnilens.db'}"
        url = self.database_url.get_secret_value()
        return None if url == IN_MEMORY else url

    @property
    def secret_key_file(self) -> Path:
        """Where the key is that no setting gives."""
        return (self.data_dir or _data_dir()).absolute() / "secret.key"

    @property
    def origin(self) -> str:
        return self.public_url or f"{'https' if self.ssl_certfile else 'http'}://127.0.0.1:{self.port}"

    @property
    def server(self) -> str:
        """What this server is called beside others."""
        return self.server_name or f"{socket.gethostname()}:{self.port}"[-100:]

    @property
    def runbook(self) -> str:
        """The address of the page that has a section for each alert."""
        return self.runbook_url or f"{self.origin}{RUNBOOK_PATH}"

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
        return init_settings, Completed(settings_cls, env_settings, dotenv_settings)


def _is_at_home(url: str) -> bool:
    return is_loopback(urlsplit(url).hostname or "")
