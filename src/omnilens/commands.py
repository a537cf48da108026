"""What commands have in common: where settings come from, and what an exit code means."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from omnilens import settings
from omnilens.settings import Settings, SettingsError

BAD_CONFIGURATION = 2
FAILED_START = 3

EnvFile = Annotated[Path, typer.Option("--env-file", help="Where to read settings from, below the environment.")]


def load(env_file: Path, host: str | None = None, port: int | None = None) -> Settings:
    """The settings for a command; if they cannot be used, every problem is named and it ends with exit code 2."""
    try:
        return settings.load(env_file, host=host, port=port)
    except SettingsError as error:
        console = Console(stderr=True)
        console.print("[bold red]The configuration cannot be used:[/]")
        for problem in error.problems:
            console.print(f"  • {problem}", highlight=False, soft_wrap=True, markup=False)
        console.print("[dim]omnilens default-env lists every setting.[/]")
        raise typer.Exit(BAD_CONFIGURATION) from error
