"""What an operator can set about running a server: whom to tell, and who has live updates."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from pydantic import AliasChoices, Field
from pydantic_settings import BaseSettings

from omnilens.settings.collector import Collector
from omnilens.settings.share import EVERYBODY, Share
from omnilens.settings.values import (
    Addresses,
    Duration,
    PageAddress,
    Provider,
    ServerName,
    Shared,
    SmtpServer,
    Thresholds,
    Token,
)


class OperationsSettings(BaseSettings):
    """A base of ``Settings``, since pydantic has the fields of one level only."""

    server_name: ServerName | None = Field(
        default=None,
        alias="OMNILENS_SERVER_NAME",
        description="What alerts call this server, where several share a database. Default: the machine's name and the "
        "port.",
    )
    alerts: Thresholds = Field(
        default={},
        alias="OMNILENS_ALERTS",
        description="Thresholds of alerts that you want others for, such as latency=5,throughput=500.",
    )
    alert_webhook: Token | None = Field(
        default=None,
        alias="OMNILENS_ALERT_WEBHOOK",
        description="Where alerts are posted, as Slack and Mattermost take them: the address of an incoming webhook.",
    )
    alert_email: Addresses = Field(
        default=(),
        alias="OMNILENS_ALERT_EMAIL",
        description="Addresses that alerts are mailed to, separated by commas, by way of OMNILENS_SMTP.",
    )
    smtp: SmtpServer | None = Field(
        default=None,
        alias="OMNILENS_SMTP",
        description="The mail server: smtp://USER:PASSWORD@HOST:587 (with STARTTLS, unless it is on this machine) or "
        "smtps://USER:PASSWORD@HOST:465.",
    )
    runbook_url: PageAddress | None = Field(
        default=None,
        alias="OMNILENS_RUNBOOK_URL",
        description="A runbook of your own for alerts to link to: a page with a section of each one's name. "
        "Default: the one that comes with the server, at /manual/runbooks/alerts.md.",
    )
    otel_endpoint: Collector | None = Field(
        default=None,
        alias="OMNILENS_OTEL_ENDPOINT",
        validation_alias=AliasChoices("OMNILENS_OTEL_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"),
        description="Where traces of deliveries are sent, by OTLP over HTTP: the address of a collector, such as "
        "http://127.0.0.1:4318. OTEL_EXPORTER_OTLP_ENDPOINT is read too. It takes the extra otel.",
    )
    otel_sample: Shared = Field(
        default=Share(1_000),
        alias="OMNILENS_OTEL_SAMPLE",
        description="Of how many deliveries traces are sent: a percentage, on or off.",
    )
    realtime: Shared = Field(
        default=EVERYBODY,
        alias="OMNILENS_REALTIME",
        description="Who has live updates: on, off or a percentage of the users, such as 25%. The others ask every ten "
        "seconds, and their page says so. omnilens flags changes it while the server runs, also by repository.",
    )
    rollback: Literal["auto", "dry-run", "off"] = Field(
        default="auto",
        alias="OMNILENS_ROLLBACK",
        description="What happens when a rollback alert fires: auto (live updates are switched off), dry-run (it is "
        "only logged what would) or off.",
    )
    rollback_cooldown: Duration = Field(
        default=timedelta(minutes=30),
        ge=timedelta(0),
        alias="OMNILENS_ROLLBACK_COOLDOWN",
        description="How long nothing is switched off by itself after somebody has decided by hand.",
    )
    flag_provider: Provider | None = Field(
        default=None,
        alias="OMNILENS_FLAG_PROVIDER",
        description="An OpenFeature provider, package.module:Class, that is asked for the flag realtime before that.",
    )
