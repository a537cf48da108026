"""The values that settings have, and how each is written: parsed from text, and shown as text again."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from datetime import timedelta
from importlib import import_module
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, SecretStr
from pydantic_settings import NoDecode

from omnilens.settings.share import Share

_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(s|m|h|d)")
_DURATION_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_SIZE = re.compile(r"(\d+)\s*(|b|kb|mb)", re.IGNORECASE)
_SIZE_UNITS = {"": 1, "b": 1, "kb": 1024, "mb": 1024 * 1024}
_RATE = re.compile(r"(\d+)\s*/\s*(second|minute|hour)")
_RATE_UNITS = {"second": 1.0, "minute": 60.0, "hour": 3600.0}
_REPOSITORY = re.compile(
    r"(?P<owner>\*|[A-Za-z0-9](?:[A-Za-z0-9_-]*[A-Za-z0-9])?)/(?P<name>\*|[A-Za-z0-9._-]+)(?:=(?P<slug>.*))?"
)
_ADDRESS = re.compile(r"[^@\s<>,;\"]{1,64}@[A-Za-z0-9.-]{1,255}")
_LOGIN = re.compile(r"(?:org:)?[A-Za-z0-9](?:[A-Za-z0-9_-]*[A-Za-z0-9])?(?:\[bot\])?")
SHORTEST_KEY = 32
ALERTS = (
    "webhook-success",
    "latency",
    "connection-success",
    "invalid-signatures",
    "connections",
    "throughput",
    "memory",
    "failed-authentication",
    "rate-limit-hits",
    "rollback-errors",
    "rollback-performance",
    "rollback-reports",
)
"""The names of all alerts; a test compares them with the rules."""
SLUG = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


@dataclass(frozen=True, slots=True)
class Rate:
    """So many events in a window of seconds."""

    count: int
    seconds: float


@dataclass(frozen=True, slots=True)
class RepositoryPattern:
    """An entry of ``OMNILENS_REPOSITORIES``."""

    owner: str
    """A login, or ``*``."""
    name: str
    """A repository's name, or ``*``."""
    slug: str | None = None

    @property
    def wildcard(self) -> bool:
        return "*" in (self.owner, self.name)


@dataclass(frozen=True, slots=True)
class Sources:
    """Where deliveries may come from; the default is everywhere."""

    github: bool = False
    """From the networks that GitHub names."""
    networks: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...] = ()


def _split(value: Any) -> Any:
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


def _duration(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if not (match := _DURATION.fullmatch(value.strip())):
        raise ValueError("should be a duration such as 30s, 30m, 12h or 90d")
    return timedelta(**{_DURATION_UNITS[match[2]]: float(match[1])})


def _size(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if not (match := _SIZE.fullmatch(value.strip())):
        raise ValueError("should be a size such as 512KB or 25MB")
    return int(match[1]) * _SIZE_UNITS[match[2].lower()]


def _rate(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if not (match := _RATE.fullmatch(value.strip())) or int(match[1]) == 0:
        raise ValueError("should be a rate such as 60/minute")
    return Rate(int(match[1]), _RATE_UNITS[match[2]])


def _repositories(entries: Any) -> Any:
    return tuple(_repository(entry) if isinstance(entry, str) else entry for entry in _split(entries))


def _repository(entry: str) -> RepositoryPattern:
    match = _REPOSITORY.fullmatch(entry)
    if not match or match["name"] in {".", ".."} or (match["owner"] == "*" and match["name"] != "*"):
        raise ValueError(f"{entry!r} should be owner/name, owner/name=slug, owner/* or */*")
    pattern = RepositoryPattern(match["owner"], match["name"], match["slug"])
    if pattern.slug is not None:
        if pattern.wildcard:
            raise ValueError(f"{entry!r} cannot have a slug, since it can match several repositories")
        if not SLUG.fullmatch(pattern.slug):
            raise ValueError(
                f"{entry!r}: a slug has letters, digits, '.', '_' and '-' and starts with a letter or digit"
            )
    return pattern


def _origin(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path.strip("/") or parts.query:
        raise ValueError("should be an address such as https://ci.example.com, without a path")
    return f"{parts.scheme}://{parts.netloc}".lower()


def _server_name(value: str) -> str:
    if not re.fullmatch(r"[\w.:-]{1,100}", value):
        raise ValueError("should be up to 100 letters, digits, '.', ':', '_' and '-'")
    return value


def _page(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.fragment:
        raise ValueError("should be the address of a page, such as https://wiki.example.com/runbook, without a #")
    return value


def _networks(value: Any) -> Any:
    return tuple(_network(entry) if isinstance(entry, str) else entry for entry in _split(value))


def _network(entry: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    try:
        return ipaddress.ip_network(entry)
    except ValueError:
        raise ValueError(f"{entry!r} should be an address such as 127.0.0.1, or a network such as 10.0.0.0/8") from None


def _sources(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    entries = [entry.lower() for entry in _split(value)]
    if "any" in entries:
        if len(entries) > 1:
            raise ValueError("is any, and something else besides")
        return Sources()
    return Sources("github" in entries, tuple(_network(entry) for entry in entries if entry != "github"))


def _thresholds(value: Any) -> Any:
    return dict(map(_threshold, _split(value))) if isinstance(value, str) else value


def _threshold(entry: str) -> tuple[str, float]:
    name, _, number = (part.strip() for part in entry.partition("="))
    if name not in ALERTS:
        raise ValueError(f"{name!r} is no alert; there are {', '.join(ALERTS)}")
    try:
        return name, float(number)
    except ValueError:
        raise ValueError(f"{entry!r} should be {name}=NUMBER") from None


def _share(value: Any) -> Any:
    return Share.of(value) if isinstance(value, str) else value


def _importable(name: str) -> str:
    module, colon, attribute = name.partition(":")
    try:
        found = getattr(import_module(module), attribute) if colon else None
    except Exception as error:
        raise ValueError(f"cannot be used: {type(error).__name__}: {error}") from error
    if not callable(getattr(found, "resolve_boolean_details", None)):
        raise ValueError("should be a provider of OpenFeature, package.module:Class")
    return name


def _addresses(value: Any) -> Any:
    entries = _split(value)
    if wrong := next((entry for entry in entries if not _ADDRESS.fullmatch(entry)), None):
        raise ValueError(f"{wrong!r} should be an address such as oncall@example.com")
    return tuple(entries)


def _smtp(url: SecretStr) -> SecretStr:
    parts = urlsplit(url.get_secret_value())
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise ValueError("should be smtp://USER:PASSWORD@HOST:587 or smtps://USER:PASSWORD@HOST:465")
    return url


def _allowed(value: Any) -> Any:
    return tuple(_login(entry) for entry in _split(value)) if isinstance(value, str) else value


def _login(entry: str) -> str:
    if not _LOGIN.fullmatch(entry):
        raise ValueError(f"{entry!r} should be a login, or org:NAME for an organisation's members")
    return entry.lower()


def _secrets(value: Any) -> Any:
    if isinstance(value, OSError | UnicodeDecodeError):
        raise ValueError(f"cannot be read from its file: {value}")
    secrets = [secret.strip() for secret in value.split(",")] if isinstance(value, str) else value
    if not all(secrets):
        raise ValueError("has an empty secret in it; anybody could sign with that")
    return secrets


def _readable(value: Any) -> Any:
    if isinstance(value, OSError | UnicodeDecodeError):
        raise ValueError(f"cannot be read from its file: {value}")
    return value


def _token(token: SecretStr) -> SecretStr:
    # Whatever complained about such a header later would quote it.
    if not re.fullmatch(r"[!-~]{1,1000}", token.get_secret_value()):
        raise ValueError("has a character in it that no token has")
    return token


def _key(key: SecretStr) -> SecretStr:
    if len(key.get_secret_value()) < SHORTEST_KEY:
        raise ValueError(f"is shorter than {SHORTEST_KEY} characters. Make one with: openssl rand -hex 32")
    return key


def _private_key(value: SecretStr) -> SecretStr:
    # Here and not above: it takes longer to import than all else here, and few have an app.
    from joserfc.errors import JoseError  # noqa: PLC0415
    from joserfc.jwk import RSAKey  # noqa: PLC0415

    key = value.get_secret_value().replace("\\n", "\n").strip() + "\n"
    try:
        usable = "PRIVATE KEY-----" in key and RSAKey.import_key(key).is_private
    except (ValueError, TypeError, JoseError):
        usable = False
    if not usable:
        raise ValueError("should be a private RSA key in PEM format, as GitHub made it")
    return SecretStr(key)


def _distinct(patterns: tuple[RepositoryPattern, ...]) -> tuple[RepositoryPattern, ...]:
    slugs = [pattern.slug.lower() for pattern in patterns if pattern.slug is not None]
    if twice := sorted({slug for slug in slugs if slugs.count(slug) > 1}):
        raise ValueError(f"gives the slug {twice[0]!r} to several repositories")
    return patterns


Duration = Annotated[timedelta, BeforeValidator(_duration)]
"""Written ``30s``, ``30m``, ``12h`` or ``90d``."""
Size = Annotated[int, BeforeValidator(_size)]
"""Bytes, written ``512KB`` or ``25MB``."""
PerAddress = Annotated[Rate, NoDecode, BeforeValidator(_rate)]
"""Written ``60/minute``."""
Networks = Annotated[tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...], NoDecode, BeforeValidator(_networks)]
"""Addresses and networks, separated by commas."""
WebhookSources = Annotated[Sources, NoDecode, BeforeValidator(_sources)]
"""``any``, or ``github``, addresses and networks, separated by commas."""
Thresholds = Annotated[dict[str, float], NoDecode, BeforeValidator(_thresholds)]
"""Names of alerts with numbers, ``latency=5,throughput=500``."""
Shared = Annotated[Share, NoDecode, BeforeValidator(_share)]
"""``on``, ``off``, or a percentage."""
Provider = Annotated[str, AfterValidator(_importable)]
"""A class that can be imported, ``package.module:Class``."""
ServerName = Annotated[str, AfterValidator(_server_name)]
"""A word for people to know a server by."""
Addresses = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_addresses)]
"""Addresses of e-mail, separated by commas."""
SmtpServer = Annotated[SecretStr, BeforeValidator(_readable), AfterValidator(_smtp)]
"""Where e-mail is given to be sent."""
Key = Annotated[SecretStr, BeforeValidator(_readable), AfterValidator(_key)]
"""What cannot be guessed: 32 characters or more."""
Allowed = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_allowed)]
"""Logins, and organisations as ``org:NAME``, separated by commas."""
Secrets = Annotated[tuple[SecretStr, ...], NoDecode, BeforeValidator(_secrets)]
"""One or several, separated by commas; none of them empty."""
Token = Annotated[SecretStr, BeforeValidator(_readable), AfterValidator(_token)]
"""One word."""
PrivateKey = Annotated[SecretStr, BeforeValidator(_readable), AfterValidator(_private_key)]
"""PEM; its line ends may be written ``\\n``."""
RepositoryPatterns = Annotated[
    tuple[RepositoryPattern, ...], NoDecode, BeforeValidator(_repositories), AfterValidator(_distinct)
]
"""``owner/name``, ``owner/name=slug``, ``owner/*`` or ``*/*``, separated by commas; no slug twice."""
Origin = Annotated[str, AfterValidator(_origin)]
"""Scheme, host and port of an address."""
PageAddress = Annotated[str, AfterValidator(_page)]
"""A page somewhere else, to which ``#section`` is added."""


def as_text(value: Any) -> str:
    """A setting's value the way it would be written in ``.env``."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, timedelta):
        units = {"d": timedelta(days=1), "h": timedelta(hours=1), "m": timedelta(minutes=1), "s": timedelta(seconds=1)}
        unit, length = next((unit, length) for unit, length in units.items() if not value % length or unit == "s")
        return f"{value / length:g}{unit}"
    if isinstance(value, Rate):
        return f"{value.count}/{next(unit for unit, seconds in _RATE_UNITS.items() if seconds == value.seconds)}"
    if isinstance(value, dict):
        return ",".join(f"{name}={number:g}" for name, number in value.items())
    if isinstance(value, tuple):
        return ",".join(map(as_text, value))
    if isinstance(value, Sources):
        return ",".join([*(["github"] if value.github else []), *map(as_text, value.networks)]) or "any"
    if isinstance(value, RepositoryPattern):
        return f"{value.owner}/{value.name}" + (f"={value.slug}" if value.slug else "")
    if isinstance(value, ipaddress.IPv4Network | ipaddress.IPv6Network):
        return str(value.network_address if value.num_addresses == 1 else value)
    return str(value)


def is_loopback(host: str) -> bool:
    """Whether an address to listen on can only be reached from this machine."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"
