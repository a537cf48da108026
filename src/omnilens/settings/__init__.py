"""Settings: what an operator can set, and how it is written."""

from omnilens.settings.env_file import as_env_file, unknown_names
from omnilens.settings.loading import SettingsError, load
from omnilens.settings.settings import IN_MEMORY, WEBHOOK_PATH, Settings
from omnilens.settings.share import EVERYBODY, NOBODY, Share
from omnilens.settings.sources import is_secret
from omnilens.settings.values import (
    SLUG,
    Rate,
    RepositoryPattern,
    Sources,
    as_text,
    is_loopback,
)

__all__ = [
    "EVERYBODY",
    "IN_MEMORY",
    "NOBODY",
    "SLUG",
    "WEBHOOK_PATH",
    "Rate",
    "RepositoryPattern",
    "Settings",
    "SettingsError",
    "Share",
    "Sources",
    "as_env_file",
    "as_text",
    "is_loopback",
    "is_secret",
    "load",
    "unknown_names",
]
