"""The agent's folder for temporary files, which is removed though the agent may be killed: by the next one."""

from __future__ import annotations

import fcntl
import glob
import os
import sys
import tempfile
from contextlib import contextmanager
from typing import Iterator

from . import kernel

# Imported where processes fork alone: see `loader.start`.
assert sys.platform != "win32"

_PREFIX = "hypershape-"
_LOCK = ".lock"


@contextmanager
def folder() -> Iterator[str]:
    """A new folder, held by a lock that ends with this process and all that it forks."""
    sweep()
    path = tempfile.mkdtemp(prefix=_PREFIX)
    # Under its name the lock is seen when it is held, not before: others may sweep just now.
    early = os.path.join(path, _LOCK + "-")
    with open(early, "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        os.rename(early, os.path.join(path, _LOCK))
        try:
            yield path
        finally:
            _remove(path)


def sweep() -> None:
    """Removes the folders that killed agents of this user have left."""
    for path in glob.glob(os.path.join(glob.escape(tempfile.gettempdir()), _PREFIX + "*")):
        lock = os.path.join(path, _LOCK)
        try:
            if os.lstat(path).st_uid != os.geteuid():
                continue
            descriptor = os.open(lock, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
        except OSError:
            continue
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            _remove(path)
        except OSError:
            # Its agent lives.
            pass
        finally:
            os.close(descriptor)


def _remove(path: str) -> None:
    for each in os.listdir(path):
        kernel.clear(os.path.join(path, each))
    kernel.clear(path)
