"""Settings: what an operator can set, and how it is written."""

from omnilens.settings.env_file import as_env_file, unknown_names
from omnilens.settings.settings import IN_MEMORY, WEBHOOK_PATH, Settings, SettingsError, is_secret, load
from omnilens.settings.values import SLUG, Rate, RepositoryPattern, Sources, as_text

__all__ = [
    "IN_MEMORY",
    "SLUG",
    "WEBHOOK_PATH",
    "Rate",
    "RepositoryPattern",
    "Settings",
    "SettingsError",
    "Sources",
    "as_env_file",
    "as_text",
    "is_secret",
    "load",
    "unknown_names",
]
