"""Feeds a target with bytes, led by what they reach: ``run.py TARGET [libFuzzer's options] FOLDER``; see ``make fuzz``.

https://github.com/google/atheris and https://llvm.org/docs/LibFuzzer.html#options
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["omnilens.socketio", "omnilens.github", "omnilens.errors", "fuzz"]):
    target = importlib.import_module(f"fuzz.{sys.argv[1]}")

if __name__ == "__main__":
    folder = Path(sys.argv[-1])
    folder.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(target.SEEDS):
        (folder / f"seed-{number}").write_bytes(seed)
    atheris.Setup([sys.argv[0], *sys.argv[2:]], target.read)
    atheris.Fuzz()
