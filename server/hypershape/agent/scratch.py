"""The agent's folder for temporary files, which is removed though the agent may be killed: by the next one."""

from __future__ import annotations

import glob
import os
import sys
import tempfile
from contextlib import contextmanager
from typing import Iterator

from . import kernel

_PREFIX = "hypershape-"
_LOCK = ".lock"


@contextmanager
def folder() -> Iterator[str]:
    """A new folder, held by a lock that ends with this process and all that it forks."""
    sweep()
    path = tempfile.mkdtemp(prefix=_PREFIX)
    try:
        with _held(path):
            yield path
            if sys.platform != "win32":
                # Who sweeps meanwhile does not meet half of it.
                _remove(path)
    finally:
        _remove(path)


@contextmanager
def _held(path: str) -> Iterator[None]:
    if sys.platform == "win32":
        # What is open cannot be removed there: that is the lock.
        with open(os.path.join(path, _LOCK), "w", encoding="ascii"):
            yield
        return
    # Under its name the lock is seen when it is held, not before: others may sweep just now.
    early = os.path.join(path, _LOCK + "-")
    with open(early, "w", encoding="ascii") as lock:
        if _lock(lock.fileno(), wait=True):
            os.rename(early, os.path.join(path, _LOCK))
        yield


def sweep() -> None:
    """Removes the folders that killed agents of this user have left."""
    for path in glob.glob(os.path.join(glob.escape(tempfile.gettempdir()), _PREFIX + "*")):
        lock = os.path.join(path, _LOCK)
        try:
            if sys.platform == "win32":
                os.remove(lock)
                _remove(path)
            elif hasattr(os, "geteuid") and os.lstat(path).st_uid == os.geteuid():
                _remove_unheld(path, lock)
        except OSError:
            # Its agent lives, or it is no agent's.
            continue


def _remove_unheld(path: str, lock: str) -> None:
    descriptor = os.open(lock, os.O_RDWR | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0))
    try:
        if _lock(descriptor, wait=False):
            _remove(path)
    finally:
        os.close(descriptor)


def _lock(descriptor: int, wait: bool) -> bool:
    """Takes the lock of an open file; False where this Python has no locks. Raises OSError where another holds it."""
    if sys.platform == "win32":
        return False
    try:
        import fcntl
    except ImportError:
        return False
    fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    return True


def _remove(path: str) -> None:
    for each in os.listdir(path) if os.path.isdir(path) else ():
        kernel.clear(os.path.join(path, each))
    kernel.clear(path)
