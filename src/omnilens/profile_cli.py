"""``omnilens profile``: a flame graph of a running server."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from omnilens.asking_cli import COULD_NOT, NotAnswered, ask
from omnilens.operations.flamegraph import folded, svg
from omnilens.operations.profiling import Profile
from omnilens.settings import Settings

FOLDED = frozenset({".txt", ".folded"})
"""Endings of files that other programs draw from."""


def profile(settings: Settings, seconds: float, out: Path, url: str) -> int:
    """Have it look, and write what it saw. Returns the exit code."""
    console = Console(stderr=True, highlight=False, soft_wrap=True, markup=False)
    try:
        out.touch()  # rather before than after a minute of looking
        console.print(f"Looking for {seconds:g} seconds …")
        seen = ask(settings, url, "POST", "/api/profile", Profile, patience=seconds + 15, query={"seconds": seconds})
    except NotAnswered as error:
        console.print(str(error))
        return COULD_NOT
    except OSError as error:
        console.print(f"{out} cannot be written: {error.strerror}.")
        return COULD_NOT
    out.write_text(folded(seen) if out.suffix in FOLDED else svg(seen), encoding="utf-8")
    console.print(f"{out}: {seen.busy:.2f} s of processor time within {seen.seconds:.1f} s.")
    if not seen.stacks:
        console.print("The server had nothing to do. Try again while it is busy.")
    return 0
