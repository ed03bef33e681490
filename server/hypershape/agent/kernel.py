"""What the Linux kernel offers to keep a probe's hands off the user's files, by plain system calls.

Two devices, both applied in the child of one job before any of the user's code runs, and neither needs a right that
a user does not have:

- a **layer** over the folder of the user's file (overlayfs in a mount namespace of its own): what is written there
  is read back there, and goes with the job. A build function that makes `logs/` or saves its model works as ever,
  and no file of the user's changes.
- a **fence** (Landlock): writes, deletes, renames and links happen in that layer and in the job's scratch folder or
  not at all, also those of TensorFlow, HDF5 and SQLite, which no hook in Python sees. Modes, owners, times and
  attributes it does not know: all but those places is mounted read-only, too.

Where a kernel has none of them, each function says so, and the audit hook of `guard` stands alone.
Numbers and structures: https://docs.kernel.org/userspace-api/landlock.html, unshare(2), mount(2)
"""

from __future__ import annotations

import ctypes
import glob
import os
import shutil
import struct
import sys
from typing import Iterable, Optional

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
"""System calls: the same numbers on every architecture that Python runs on."""
_ASK_VERSION = 1
_BENEATH = 1
_NO_NEW_PRIVILEGES = 38

_WRITE_FILE, _TRUNCATE = 1 << 1, 1 << 14
_FILE = _WRITE_FILE | _TRUNCATE
"""The rights that a rule may give on something that is no folder."""
_CHANGES = sum(1 << bit for bit in (1, 4, 5, 6, 7, 8, 9, 10, 11, 12))
"""Writing, removing, making: what the first version of Landlock knows beside reading and executing."""
_CHANGES_SINCE = {2: 1 << 13, 3: _TRUNCATE}
"""Links and renames between folders since the second version, truncation by name since the third."""
_CONNECTS = (1 << 0) | (1 << 1)
_SIGNALS = (1 << 0) | (1 << 1)
"""Signals to processes outside of the fence, and connections to their sockets that have no name in the file system."""
SIGNALS_SINCE = 6

_NEW_MOUNTS, _NEW_USERS = 0x00020000, 0x10000000
_RECURSIVE_PRIVATE = 0x4000 | 0x40000
_BIND, _READ_ONLY, _RECURSIVE, _HERE, _MOUNT_SETATTR = 0x1000, 1, 0x8000, -100, 442
_SHARED = "/dev/shm"

DEVICES = (
    "/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/tty", "/dev/shm", "/dev/nvidia*",
    "/dev/dri", "/dev/kfd", "/dev/dxg", "/proc/self",
)  # fmt: skip
"""What a backend opens for writing and that is no file of anybody's."""


def fence_version() -> int:
    """The version of Landlock that this kernel has switched on; 0 where there is none."""
    if not sys.platform.startswith("linux"):
        return 0
    return max(0, _call(_CREATE_RULESET, None, 0, _ASK_VERSION))


def raise_fence(places: Iterable[str]) -> bool:
    """From now on this process and its children change files only below `places`, and connect to nobody.

    Reading stays as it is. Returns whether the fence stands. It cannot be taken down again, and processes outside
    of it (the agent, the server) cannot be signalled from within.
    """
    version = fence_version()
    if not version:
        return False
    changes = _CHANGES | sum(bit for since, bit in _CHANGES_SINCE.items() if version >= since)
    handled = struct.pack("=Q", changes)
    if version >= 4:
        handled += struct.pack("=Q", _CONNECTS)
    if version >= SIGNALS_SINCE:
        handled += struct.pack("=Q", _SIGNALS)
    ruleset = _call(_CREATE_RULESET, handled, len(handled), 0)
    if ruleset < 0:
        return False
    try:
        for place in places:
            _allow(ruleset, place, changes)
        return _libc().prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) == 0 and _call(_RESTRICT_SELF, ruleset, 0) == 0
    finally:
        os.close(ruleset)


def _allow(ruleset: int, place: str, changes: int) -> None:
    if sys.platform != "linux":
        return
    try:
        descriptor = os.open(place, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        rights = changes if os.path.isdir(place) else changes & _FILE
        _call(_ADD_RULE, ruleset, _BENEATH, struct.pack("=Qi", rights, descriptor), 0)
    finally:
        os.close(descriptor)


def lay_over(folder: str, scratch: str) -> bool:
    """Puts a layer in `scratch` over `folder`, for this process alone: writes there go into the layer.

    Returns whether it lies. A folder that holds the scratch folder or another file system cannot be covered, since
    the layer would hide what is mounted there. The process must have no second thread and not stand in `folder`.
    """
    folder, scratch = os.path.realpath(folder), os.path.realpath(scratch)
    if not sys.platform.startswith("linux") or not os.path.isdir(folder):
        return False
    if (scratch + os.sep).startswith(folder.rstrip(os.sep) + os.sep) or _has_mounts(folder):
        return False
    upper, work = os.path.join(scratch, "layer"), os.path.join(scratch, "work")
    if any(character in each for each in (folder, upper) for character in ",:\\"):
        return False
    os.makedirs(upper, exist_ok=True)
    os.makedirs(work, exist_ok=True)
    if not own_mounts():
        return False
    options = "lowerdir=%s,upperdir=%s,workdir=%s,userxattr" % (folder, upper, work)
    return _mount(b"overlay", folder, b"overlay", 0, os.fsencode(options))


def clear(scratch: str) -> None:
    """Removes the scratch folder of a process that has ended, with its layer."""
    try:
        # The kernel makes this one without any rights, for its owner too.
        os.chmod(os.path.join(scratch, "work", "work"), 0o700)
    except OSError:
        pass
    shutil.rmtree(scratch, ignore_errors=True)


def freeze(places: Iterable[str]) -> bool:
    """Mounts everything read-only for this process, but the folders in `places`.

    Shared memory is new and empty: what others hold in theirs stays as it is, and what is made goes with the job.
    Returns whether it did.
    """
    if not own_mounts():
        return False
    folders = [os.path.realpath(place) for place in places if os.path.isdir(place)]
    if not all(
        _mount(os.fsencode(each), each, None, _BIND, None) for each in folders if not os.path.ismount(each)
    ):
        return False
    if not _set_read_only("/", True):
        return False
    if os.path.isdir(_SHARED) and _mount(b"tmpfs", _SHARED, b"tmpfs", 0, b"mode=1777"):
        folders.append(_SHARED)
    # What a process may change there is about itself alone, and seen to by Landlock.
    _set_read_only("/proc", False)
    done = [_set_read_only(each, False) for each in folders]
    return all(done)


def _set_read_only(place: str, on: bool) -> bool:
    """Changes a mount: to read-only with all that are mounted below it, or back by itself."""
    wanted = struct.pack("=QQQQ", _READ_ONLY if on else 0, 0 if on else _READ_ONLY, 0, 0)
    flags = ctypes.c_uint(_RECURSIVE if on else 0)
    return _call(_MOUNT_SETATTR, _HERE, os.fsencode(place), flags, wanted, ctypes.c_size_t(len(wanted))) == 0


def own_mounts() -> bool:
    """A mount namespace for this process: by the right of root, or of a user namespace with the same numbers.

    The process must have no second thread.
    """
    if sys.platform != "linux":
        return False
    if _private_to != os.getpid():
        _unshare()
    return _private_to == os.getpid()


_private_to = 0
"""The process that has mounts of its own."""


def _unshare() -> None:
    if sys.platform != "linux":
        return
    global _private_to
    libc, user, group = _libc(), os.geteuid(), os.getegid()
    if libc.unshare(_NEW_MOUNTS):
        if libc.unshare(_NEW_MOUNTS | _NEW_USERS):
            return
        try:
            for name, text in (
                ("setgroups", "deny"),
                ("uid_map", "%d %d 1" % (user, user)),
                ("gid_map", "%d %d 1" % (group, group)),
            ):
                with open("/proc/self/" + name, "w", encoding="ascii") as file:
                    file.write(text)
        except OSError:
            return
    if _mount(b"none", "/", None, _RECURSIVE_PRIVATE, None):
        _private_to = os.getpid()


def _mount(source: bytes, place: str, kind: Optional[bytes], flags: int, options: Optional[bytes]) -> bool:
    return bool(_libc().mount(source, os.fsencode(place), kind, ctypes.c_ulong(flags), options) == 0)


def _has_mounts(folder: str) -> bool:
    """Whether another file system is mounted below a folder; True where the system does not tell."""
    try:
        with open("/proc/self/mountinfo", encoding="utf-8", errors="surrogateescape") as file:
            places = [line.split()[4].encode().decode("unicode_escape") for line in file]
    except (OSError, IndexError, UnicodeError):
        return True
    return any(place.startswith(folder.rstrip(os.sep) + os.sep) for place in places)


def devices() -> Iterable[str]:
    """The existing files and folders of `DEVICES`."""
    if sys.platform == "win32":
        return [os.devnull]
    return [place for pattern in DEVICES for place in glob.glob(pattern)]


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _call(number: int, *arguments: object) -> int:
    return int(_libc().syscall(ctypes.c_long(number), *arguments))
