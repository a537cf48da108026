"""What commands have in common: where settings come from, and what an exit code means."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from omnilens import settings
from omnilens.settings import Settings, SettingsError

BAD_CONFIGURATION = 2
FAILED_START = 3

EnvFile = Annotated[Path, typer.Option("--env-file", help="Where to read settings from, below the environment.")]


def load(env_file: Path, host: str | None = None, port: int | None = None, **others: Any) -> Settings:
    """The settings for a command; if they cannot be used, every problem is named and it ends with exit code 2."""
    try:
        return settings.load(env_file, host=host, port=port, **others)
    except SettingsError as error:
        console = Console(stderr=True)
        console.print("[bold red]The configuration cannot be used:[/]")
        for problem in error.problems:
            console.print(f"  • {problem}", highlight=False, soft_wrap=True, markup=False)
        console.print("[dim]omnilens default-env lists every setting.[/]")
        raise typer.Exit(BAD_CONFIGURATION) from error


def work(env_file: Path, do: Callable[[Settings], Coroutine[Any, Any, bool]]) -> None:
    """Do something with the database. Exit code 1 says that it did not go well, 3 that there is no database."""
    from omnilens.database import BackupError, SchemaTooNew
    from omnilens.errors import StorageUnavailable
    from omnilens.operations import logs

    loaded = load(env_file)
    console = Console(stderr=True)
    if loaded.database is None:
        sentence = "With OMNILENS_DATABASE_URL=memory nothing is kept: set it to a database, or leave it out."
        console.print(sentence, highlight=False, soft_wrap=True)
        raise typer.Exit(BAD_CONFIGURATION)
    logs.configure("error", loaded.log_format)
    try:
        well = asyncio.run(do(loaded))
    except (StorageUnavailable, SchemaTooNew) as error:
        console.print(f"[bold red]Not done:[/] {error}", highlight=False, soft_wrap=True)
        raise typer.Exit(FAILED_START) from error
    except BackupError as error:
        console.print(f"[bold red]Not done:[/] {error}", highlight=False, soft_wrap=True)
        raise typer.Exit(1) from error
    raise typer.Exit(0 if well else 1)
