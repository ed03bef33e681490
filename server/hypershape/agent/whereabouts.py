"""Which machine, and which numbers of processes, this process is among: what its server may have in common with it."""

from __future__ import annotations

import os
import platform
import sys


def here() -> dict[str, str]:
    """`machine` and `processes` are the same for two processes that see the same machine and each other's numbers."""
    return {
        "machine": _text("/proc/sys/kernel/random/boot_id") or platform.node(),
        "processes": _link("/proc/self/ns/pid"),
        "host": platform.node(),
        "system": sys.platform,
    }


def _text(path: str) -> str:
    try:
        with open(path, encoding="ascii") as file:
            return file.read().strip()
    except (OSError, ValueError):
        return ""


def _link(path: str) -> str:
    try:
        return os.readlink(path)
    except OSError:
        return ""
