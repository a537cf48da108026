"""What is known of the weaknesses of what we build on, and what happens where nobody can tell."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
SOUND = {"dependencies": [{"name": "msgspec", "version": "0.20.0", "vulns": []}]}
WEAK = {"dependencies": [{"name": "msgspec", "version": "0.20.0", "vulns": [{"id": "PYSEC-2026-1"}]}]}
UNKNOWN = {"dependencies": [{"name": "msgspec", "skip_reason": "Dependency not found and could not be audited"}]}
NPM_SOUND: dict[str, Any] = {"auditReportVersion": 2, "vulnerabilities": {}}
NPM_WEAK = {"auditReportVersion": 2, "vulnerabilities": {"vite": {"severity": "high"}}}
NPM_AWAY = {"message": "405 Method Not Allowed", "statusCode": 405}


@pytest.mark.parametrize(
    ("python", "page", "code", "strictly", "said"),
    [
        (SOUND, NPM_SOUND, 0, 0, ""),
        (WEAK, NPM_SOUND, 1, 1, "Known weakness: msgspec 0.20.0: PYSEC-2026-1\n"),
        (SOUND, NPM_WEAK, 1, 1, "Known weakness: vite: high\n"),
        (UNKNOWN, NPM_SOUND, 0, 1, "Not audited: 1 Python packages: not on the list\n"),
        (SOUND, NPM_AWAY, 0, 1, "Not audited: the page's packages: no answer\n"),
        (None, NPM_SOUND, 0, 1, "Not audited: the Python packages: no answer\n"),
        (None, NPM_WEAK, 1, 1, "Known weakness: vite: high\nNot audited: the Python packages: no answer\n"),
    ],
)
def test_a_weakness_fails_and_no_answer_only_where_it_has_to(
    tmp_path: Path, python: object, page: object, code: int, strictly: int, said: str
) -> None:
    pip_audit = stand_in(tmp_path / "pip-audit", python)
    stand_in(tmp_path / "npm", page)
    command = [sys.executable, "scripts/audit.py", "requirements.txt", "--pip-audit", str(pip_audit)]
    environment = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    for more, expected in (([], code), (["--strict"], strictly)):
        run = subprocess.run([*command, *more], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        assert (run.returncode, run.stderr) == (expected, said)


def stand_in(path: Path, answer: object) -> Path:
    """A command that prints an answer, and fails as the real ones do where they have found something."""
    path.write_text(f"#!/bin/sh\ncat <<'END'\n{json.dumps(answer) if answer else 'No network.'}\nEND\nexit 1\n")
    path.chmod(0o755)
    return path
