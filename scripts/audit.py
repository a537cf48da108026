"""Known weaknesses of what we build on, as the services tell that keep lists of them.

    scripts/audit.py REQUIREMENTS             fails where one is known, and says what nobody could tell about
    scripts/audit.py REQUIREMENTS --strict    fails there too

REQUIREMENTS is a file of pinned Python packages; those of the page are in web/package-lock.json.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[1]
PIP_AUDIT = ROOT / ".setup/shipping/bin/pip-audit"
PATIENCE = 60
"""Seconds that a service may take; a network that swallows everything must not stop whoever checks their change."""


class Audited(NamedTuple):
    """What was found."""

    weak: list[str]
    """Packages with a known weakness, and which."""
    unknown: list[str]
    """What nobody could tell about, and why."""


def told(command: list[str], folder: Path = ROOT) -> Any:
    """The JSON that a command prints, whatever its exit code; nothing if it prints none in time."""
    try:
        run = subprocess.run(  # noqa: S603 - only what stands here
            command, cwd=folder, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
        return json.loads(run.stdout)
    except (OSError, subprocess.TimeoutExpired, ValueError):
        return None


def python_packages(pip_audit: str, requirements: str) -> Audited:
    """See https://pypi.org/project/pip-audit/: each package with its weaknesses, or why it was passed over."""
    arguments = ["--disable-pip", "--require-hashes", "--timeout", "15", "-f", "json", "-r", requirements]
    found = told([pip_audit, *arguments])
    if found is None:
        return Audited([], ["the Python packages: no answer"])
    weak = [
        f"{each['name']} {each['version']}: {', '.join(weakness['id'] for weakness in each['vulns'])}"
        for each in found["dependencies"]
        if each.get("vulns")
    ]
    passed_over = [each["name"] for each in found["dependencies"] if "skip_reason" in each]
    return Audited(weak, [f"{len(passed_over)} Python packages: not on the list"] if passed_over else [])


def page_packages() -> Audited:
    """See https://docs.npmjs.com/cli/commands/npm-audit: what is weak by its name, or why there is no answer."""
    found = told(["npm", "audit", "--json", "--fetch-retries=0", "--fetch-timeout=15000"], ROOT / "web")
    if not isinstance(found, dict) or "vulnerabilities" not in found:
        return Audited([], ["the page's packages: no answer"])
    return Audited([f"{name}: {each['severity']}" for name, each in found["vulnerabilities"].items()], [])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("requirements")
    parser.add_argument("--strict", action="store_true", help="what has not been audited is a failure")
    parser.add_argument("--pip-audit", default=str(PIP_AUDIT), help="which pip-audit to ask")
    wanted = parser.parse_args()
    audited = [python_packages(wanted.pip_audit, wanted.requirements), page_packages()]
    weak = [each for found in audited for each in found.weak]
    unknown = [each for found in audited for each in found.unknown]
    for each in weak:
        print(f"Known weakness: {each}", file=sys.stderr)
    for each in unknown:
        print(f"Not audited: {each}", file=sys.stderr)
    return int(bool(weak or (wanted.strict and unknown)))


if __name__ == "__main__":
    sys.exit(main())
