"""How much memory this process has, and how much it may have. Linux' own words; elsewhere nothing is known."""

from __future__ import annotations

import os
from pathlib import Path

_PAGE = os.sysconf("SC_PAGE_SIZE")
_GROUP = Path("/sys/fs/cgroup")
"""https://docs.kernel.org/admin-guide/cgroup-v2.html#memory-interface-files"""


def used() -> int | None:
    """Bytes that are in memory, https://man7.org/linux/man-pages/man5/proc_pid_statm.5.html"""
    try:
        return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * _PAGE
    except (OSError, ValueError, IndexError):
        return None


def limit(group: Path = _GROUP) -> int | None:
    """Bytes that there may be: what the container grants, or what the machine has."""
    machine = os.sysconf("SC_PHYS_PAGES") * _PAGE
    try:
        return min(int((group / "memory.max").read_text(encoding="ascii")), machine)
    except (OSError, ValueError):  # there is no container, or it grants "max"
        return machine
