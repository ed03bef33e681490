"""Whether the machine runs on its battery."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

SUPPLIES = Path("/sys/class/power_supply")
"""Where Linux describes batteries and what charges them."""

PAUSE_SECONDS = 30.0
"""So often it is asked whether the machine was plugged in."""


def on_battery() -> bool:
    """False where the machine has no battery, or the system does not tell."""
    with suppress(OSError, ValueError, AttributeError, subprocess.SubprocessError):
        if sys.platform == "win32":
            return _windows()
        if sys.platform == "darwin":
            asked = subprocess.run(
                ["/usr/bin/pmset", "-g", "batt"], capture_output=True, encoding="utf-8", timeout=5
            )
            return "'Battery Power'" in asked.stdout
        return _linux(SUPPLIES)
    return False


def _linux(supplies: Path) -> bool:
    """Of the kernel's power supplies: some battery of the machine's own gives power, and nothing charges."""
    kinds = [(folder, _read(folder / "type")) for folder in supplies.iterdir()]
    # Mice and pens have batteries as well, whose scope is "Device".
    own = [folder for folder, kind in kinds if kind == "Battery" and _read(folder / "scope") != "Device"]
    plugged = any(_read(folder / "online") not in ("", "0") for folder, kind in kinds if kind != "Battery")
    return not plugged and any(_read(folder / "status") == "Discharging" for folder in own)


def _read(file: Path) -> str:
    """What a file of the kernel's says; nothing where there is none."""
    with suppress(OSError):
        return file.read_text("ascii", "replace").strip()
    return ""


def _windows() -> bool:
    """`ACLineStatus` of `SYSTEM_POWER_STATUS`, its first byte: 0 is offline, 1 online, 255 unknown."""
    if sys.platform != "win32":
        return False
    import ctypes

    status = ctypes.create_string_buffer(12)
    return bool(ctypes.windll.kernel32.GetSystemPowerStatus(status)) and status.raw[0] == 0


async def until_plugged(pause: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
    """Returns when the machine runs on its battery no more."""
    while await asyncio.to_thread(on_battery):
        await pause(PAUSE_SECONDS)
