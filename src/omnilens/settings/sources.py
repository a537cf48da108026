"""Where settings come from: the environment over ``.env``, with what both mean beyond single names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, EnvSettingsSource, PydanticBaseSettingsSource


class Completed(PydanticBaseSettingsSource):
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
