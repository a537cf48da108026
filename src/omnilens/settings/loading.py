"""Settings, read and checked: all that is wrong is said at once."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError
from pydantic_settings.sources import DotenvType

from omnilens.settings.settings import Settings


class SettingsError(Exception):
    """The configuration cannot be used: one sentence for each thing that is wrong."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


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
