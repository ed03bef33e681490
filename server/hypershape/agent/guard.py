"""Refuses what a probe must never do to the user's machine: write, delete, start programs, use the network."""

from __future__ import annotations

import os
import sys
from typing import Any

_WRITES = (
    "os.remove",
    "os.unlink",
    "os.rmdir",
    "os.rename",
    "os.mkdir",
    "os.truncate",
    "os.link",
    "os.symlink",
    "shutil.rmtree",
    "shutil.move",
)
_PROGRAMS = (
    "subprocess.Popen",
    "os.system",
    "os.exec",
    "os.posix_spawn",
    "os.spawn",
    "os.startfile",
    "pty.spawn",
)
_NETWORK = (
    "socket.connect",
    "socket.getaddrinfo",
    "socket.gethostbyname",
    "urllib.Request",
    "http.client.connect",
    "ftplib.connect",
    "smtplib.connect",
)


class Refused(PermissionError):
    """User code wanted to do something that a probe does not let it do."""


def install(scratch: str) -> None:
    """From now on this process writes nothing outside `scratch` and starts and reaches nothing."""
    allowed = (os.path.realpath(scratch) + os.sep, "/dev/", "/proc/self/")

    def watch(event: str, args: tuple[Any, ...]) -> None:
        if event == "open":
            path, mode, flags = args
            if (
                isinstance(path, (str, bytes))
                and _opens_for_writing(mode, flags)
                and not _inside(path, allowed)
            ):
                raise Refused(f"Hypershape does not let a probe write files: {os.fsdecode(path)}")
        elif event in _WRITES:
            if args and isinstance(args[0], (str, bytes)) and not _inside(args[0], allowed):
                raise Refused(f"Hypershape does not let a probe change files: {os.fsdecode(args[0])}")
        elif event in _PROGRAMS:
            raise Refused("Hypershape does not let a probe start programs")
        elif event in _NETWORK:
            raise Refused("Hypershape does not let a probe use the network")

    sys.addaudithook(watch)


def _opens_for_writing(mode: Any, flags: Any) -> bool:
    if isinstance(mode, str):
        return any(letter in mode for letter in "wax+")
    return bool(isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC))


def _inside(path: Any, places: tuple[str, ...]) -> bool:
    whole = os.path.realpath(os.fsdecode(path))
    return any((whole + os.sep).startswith(place) for place in places)
