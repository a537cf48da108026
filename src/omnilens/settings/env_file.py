"""Settings for people: a file to start from, and names that are none of ours."""

from __future__ import annotations

import difflib
import os
import textwrap
from pathlib import Path

from dotenv import dotenv_values

from omnilens.settings.settings import Settings
from omnilens.settings.sources import is_secret
from omnilens.settings.values import as_text

PREFIX = "OMNILENS_"
CLIENTS = frozenset({"OMNILENS_URL", "OMNILENS_TOKEN"})
"""What `omnilens watch` reads, which is no server."""


def as_env_file() -> str:
    """Every setting with its sentence and its default, as a ``.env`` file to start from."""
    parts = ["# OmniLens settings. What is commented out shows the default.\n"]
    for field in Settings.model_fields.values():
        sentence = "\n".join(textwrap.wrap(str(field.description), 110, initial_indent="# ", subsequent_indent="# "))
        also = f"\n# Or {field.alias}_FILE=/path/to/a/file that holds it." if is_secret(field) else ""
        line = f"{field.alias}=" if field.is_required() else f"# {field.alias}={as_text(field.get_default())}"
        parts.append(f"{sentence}{also}\n{line}\n")
    return "\n".join(parts)


def unknown_names(env_file: Path) -> list[str]:
    """A sentence for each ``OMNILENS_`` name that is set but is none of ours: mostly a slip of the keyboard."""
    known = {str(field.alias) for field in Settings.model_fields.values()}
    known |= {f"{field.alias}_FILE" for field in Settings.model_fields.values() if is_secret(field)}
    ours = [name.removeprefix(PREFIX) for name in known if name.startswith(PREFIX)]
    sentences = []
    for name in sorted({name.upper() for name in {*os.environ, *dotenv_values(env_file)}} - known - CLIENTS):
        if name.startswith(PREFIX):
            close = difflib.get_close_matches(name.removeprefix(PREFIX), ours, n=1)
            sentences.append(f"{name} is not a setting" + (f"; is {PREFIX}{close[0]} meant?" if close else "."))
    return sentences
