"""Refuses what a probe must never do to the user's machine: write, delete, start programs, use the network.

Two barriers stand together. An audit hook sees what CPython announces and names the path that it refuses, on every
system; what a C library does by itself it never sees. `kernel` sees all of that on Linux, and says little about it.
What either of them refuses is no failure of the user's code: `refusal` tells it from one.
"""

from __future__ import annotations

import errno
import functools
import os
import sys
import tempfile
from typing import Any, Callable, Dict, Iterable, Iterator, List, Optional, Tuple
from urllib.parse import parse_qsl, unquote, urlsplit

from . import kernel, seccomp
from .places import below

CHANGED: Dict[str, Tuple[Tuple[int, Optional[int], bool], ...]] = {
    "os.chflags": ((0, None, True),),
    "os.chmod": ((0, 2, True),),
    "os.chown": ((0, 3, True),),
    "os.link": ((0, 2, True), (1, 3, False)),
    "os.mkdir": ((0, 2, False),),
    "os.remove": ((0, 1, False),),
    "os.removexattr": ((0, None, True),),
    "os.rename": ((0, 2, False), (1, 3, False)),
    "os.rmdir": ((0, 1, False),),
    "os.setxattr": ((0, None, True),),
    "os.symlink": ((1, 2, False),),
    "os.truncate": ((0, None, True),),
    "os.utime": ((0, 3, True),),
}
"""Audit events of calls that change files: for each path its argument, the argument of its `dir_fd`, and whether a
link as its last part is followed. A second name for a file outside is a way to write it, so both ends count.
https://docs.python.org/3/library/audit_events.html"""

PROGRAMS = frozenset(
    (
        "os.exec",
        "os.posix_spawn",
        "os.spawn",
        "os.startfile",
        "os.system",
        "pty.spawn",
        "sqlite3.load_extension",
        "subprocess.Popen",
    )
)

NETWORK = frozenset(
    (
        "ftplib.connect",
        "http.client.connect",
        "smtplib.connect",
        "socket.connect",
        "socket.getaddrinfo",
        "socket.gethostbyname",
        "socket.sendto",
        "urllib.Request",
    )
)

STARTS_ON_WINDOWS = "_winapi.CreateProcess"
REGISTRY = frozenset(
    "winreg." + name for name in ("CreateKey", "DeleteKey", "DeleteValue", "LoadKey", "SaveKey", "SetValue")
)

SIGNALS = frozenset(("os.kill", "os.killpg"))
"""What ends a probe may not end the agent or the user's other programs; Linux before 6.12 lets it."""

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_DENIED = frozenset((errno.EACCES, errno.EPERM, errno.EROFS, errno.EXDEV, errno.EOVERFLOW))
"""How the kernel's barriers refuse: the fence with the first two, the layer with what it cannot take over."""
_FULL = frozenset((errno.EFBIG, errno.ENOSPC, errno.EDQUOT))
"""A file grew beyond `LARGEST_FILE`, or the disk is full: neither says anything of a model."""
LARGEST_FILE = 2 << 30
"""Bytes of a file that a job may write, which is gone with it."""
_UNREACHED = frozenset((errno.ECONNREFUSED, errno.ENETUNREACH))
"""The same of the network."""


class Refused(PermissionError):
    """User code wanted to do something that a probe does not let it do."""


class NotStarted(Refused, FileNotFoundError):
    """A program, which is as good as not installed: code that does without `nvidia-smi` or `git` goes on."""


class NotReached(Refused, ConnectionRefusedError):
    """Another machine, as without a network: code that does without it goes on."""


Refuse = Callable[[str, Tuple[Any, ...]], None]
"""Raises `no_network` for an audit event with its arguments; what it lets pass announces another one."""


_NO_NETWORK = "_hypershape_no_network"


def no_network(error: OSError) -> OSError:
    """The same error, of which `refusal` knows that it is no failure of the user's code."""
    setattr(error, _NO_NETWORK, True)
    return error


def install(
    scratch: str, folder: Optional[str] = None, with_kernel: bool = True, unreachable: Optional[Refuse] = None
) -> None:
    """From now on this process changes no file outside `scratch` and starts and reaches nothing.

    `unreachable` says how the network is refused, where not with one word for all.

    The process goes to `folder`, that of the user's file. Where the kernel lets a layer be put over it, code may
    write there as it likes: into the layer, which goes with the job. `with_kernel=False` leaves the hook alone, for
    tests of what it sees. Anything that shall write elsewhere must be open before.
    """
    caches = os.path.join(os.path.dirname(scratch), "caches")
    for place in (scratch, caches):
        os.makedirs(place, exist_ok=True)
    _use_for_temporary_files(scratch, caches)
    _bound_files()
    places = [scratch, caches]
    if folder is not None and os.path.isdir(folder):
        if with_kernel and kernel.lay_over(folder, scratch):
            places.append(folder)
        os.chdir(folder)
    fenced = with_kernel and "files" in _stand_behind_the_kernel(places)
    sys.addaudithook(_hook([*places, *kernel.devices()], fenced, unreachable))


def _stand_behind_the_kernel(places: List[str]) -> List[str]:
    """Raises the kernel's barriers, each where it can be had; those of `BARRIERS` that stand."""
    open_ = places + _outside_caches()
    frozen = kernel.freeze(open_)
    # What is mounted since, such as shared memory, is what the fence must name.
    fenced = kernel.raise_fence([*open_, *kernel.devices()])
    spared = () if kernel.fence_version() >= kernel.SIGNALS_SINCE else seccomp.ancestors()
    sifted = seccomp.sift(spared, local=os.path.exists(_outside_caches()[1]))
    return [name for name, stands in zip(BARRIERS, (fenced, frozen, sifted)) if stands]


BARRIERS = ("files", "mounts", "calls")
"""What the kernel keeps from probes: changes of files (Landlock), of their modes and of shared memory (mounts that are
read-only), and system calls that reach the network, other processes or the system (seccomp)."""


def standing() -> List[str]:
    """Those of `BARRIERS` that can be had here, tried in a process of their own."""
    if not sys.platform.startswith("linux") or not hasattr(os, "fork"):
        return []
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.write(writing, " ".join(_stand_behind_the_kernel([])).encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as answer:
        found = answer.read().split()
    os.waitpid(pid, 0)
    return found


def unfenced() -> Optional[str]:
    """Why nothing but the hook keeps probes off the user's files; None where the kernel does it, too."""
    if kernel.fence_version():
        return None
    return "this system has no Landlock (Linux 5.13 and later): only Python's own file functions are watched"


def _use_for_temporary_files(scratch: str, caches: str) -> None:
    tempfile.tempdir = scratch
    # What is no Python asks the environment.
    os.environ.update(TMPDIR=scratch, TEMP=scratch, TMP=scratch)
    if not any(map(os.path.isdir, _outside_caches())):
        os.environ["CUDA_CACHE_PATH"] = caches
    sys.dont_write_bytecode = True


def _bound_files() -> None:
    """No file of the job's fills the disk, and no crash leaves a core beside the user's files."""
    if sys.platform == "win32":
        return
    try:
        import resource
    except ImportError:
        return
    for kind, most in ((resource.RLIMIT_FSIZE, LARGEST_FILE), (resource.RLIMIT_CORE, 0)):
        hard = resource.getrlimit(kind)[1]
        bound = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (bound, bound))


def _outside_caches() -> List[str]:
    """Where CUDA keeps compiled kernels and talks to its server: without them a first step takes minutes."""
    return [
        os.environ.get("CUDA_CACHE_PATH") or os.path.expanduser("~/.nv/ComputeCache"),
        os.environ.get("CUDA_MPS_PIPE_DIRECTORY") or "/tmp/nvidia-mps",
    ]


def _hook(
    places: Iterable[str], fenced: bool, unreachable: Optional[Refuse] = None
) -> Callable[[str, Tuple[Any, ...]], None]:
    """The audit hook. `fenced` leaves SQLite to the kernel, where a database can still be read."""
    allowed = below(map(os.path.realpath, places))

    def inside(path: str, follow: bool = True) -> bool:
        # A name is changed in its folder, so that the allowed places themselves stay.
        whole = os.path.realpath(path if follow else os.path.dirname(path))
        return allowed(whole)

    def opened(args: Tuple[Any, ...]) -> None:
        path, mode, flags = args
        if not isinstance(path, int) and _opens_for_writing(mode, flags) and not inside(_located(path, None)):
            raise Refused("Hypershape does not let a probe write files: " + _located(path, None))

    def connected(args: Tuple[Any, ...]) -> None:
        path = _database(args[0])
        if path is not None and not inside(path):
            raise Refused("Hypershape does not let a probe write files: " + path)

    def changed(ends: Tuple[Tuple[int, Optional[int], bool], ...]) -> Callable[[Tuple[Any, ...]], None]:
        def check(args: Tuple[Any, ...]) -> None:
            for index, folder, follow in ends:
                path = _located(args[index], None if folder is None else args[folder])
                if os.path.isabs(path) and not inside(path, follow):
                    raise Refused("Hypershape does not let a probe change files: " + path)

        return check

    def started(args: Tuple[Any, ...]) -> None:
        raise NotStarted("Hypershape does not let a probe start programs")

    def reached(args: Tuple[Any, ...]) -> None:
        raise NotReached("Hypershape does not let a probe use the network")

    def registered(args: Tuple[Any, ...]) -> None:
        raise Refused("Hypershape does not let a probe change the registry")

    def signalled(args: Tuple[Any, ...]) -> None:
        pid, number = args
        if number and not _is_own(pid):
            raise Refused("Hypershape does not let a probe send signals to other processes")

    checks: Dict[str, Callable[[Tuple[Any, ...]], None]] = {"open": opened}
    checks.update((event, changed(ends)) for event, ends in CHANGED.items())
    checks.update(dict.fromkeys((*PROGRAMS, STARTS_ON_WINDOWS), started))
    checks.update(dict.fromkeys(SIGNALS, signalled))
    checks.update(dict.fromkeys(REGISTRY, registered))
    checks.update(dict.fromkeys(NETWORK, reached))
    if unreachable is not None:
        checks.update((event, functools.partial(unreachable, event)) for event in NETWORK)
    if not fenced:
        checks["sqlite3.connect"] = connected

    def watch(event: str, args: Tuple[Any, ...]) -> None:
        # Most events, such as each `sys._getframe`, are nobody's concern.
        check = checks.get(event)
        if check is not None:
            check(args)

    return watch


def _is_own(pid: int) -> bool:
    """Whether a signal to a process, or to a group by its number, stays within this job, which leads a group itself."""
    if sys.platform == "win32":
        return pid == os.getpid()
    from . import kin

    if pid <= 0:
        return pid == 0 and _is_own(os.getpgrp())
    return pid == os.getpid() or pid in kin.descendants(os.getpid())


def _opens_for_writing(mode: Any, flags: Any) -> bool:
    # `os.open` has no mode, and C's `fopen` no flags.
    return any(letter in (mode or "") for letter in "wax+") or bool(flags & _WRITING)


def _located(path: Any, folder: Any) -> str:
    """The absolute path that a call means: a name, a name in an open folder, or an open file by its number.

    What has no path, such as a pipe, keeps its own kind of name, which is not absolute.
    """
    if isinstance(path, int):
        return _of_descriptor(path)
    name = os.fsdecode(path)
    if folder not in (None, -1):
        name = os.path.join(_of_descriptor(folder), name)
    return os.path.abspath(name)


def _of_descriptor(number: int) -> str:
    try:
        if sys.platform == "darwin":
            import fcntl

            return os.fsdecode(fcntl.fcntl(number, fcntl.F_GETPATH, b"\0" * 1024).rstrip(b"\0"))
        return os.readlink("/proc/self/fd/%d" % number)
    except OSError:
        return "/unknown"


def _database(database: Any) -> Optional[str]:
    """The file that SQLite opens for writing; None for a database in memory, or one that is only read."""
    name = os.fsdecode(database)
    if name in ("", ":memory:"):
        return None
    if name.startswith("file:"):
        parts = urlsplit(name)
        asked = dict(parse_qsl(parts.query))
        if asked.get("mode") in ("ro", "memory") or asked.get("immutable") == "1" or parts.path == ":memory:":
            return None
        name = unquote(parts.path)
    return os.path.abspath(name)


def refusal(error: BaseException) -> Optional[str]:
    """One sentence if a barrier stands behind an error, or behind what it came from; None if none does.

    A system says the same when a file is not the user's to write. That is no fault in a model either.
    """
    for each in chain(error):
        if isinstance(each, Refused):
            return str(each) + "."
        if getattr(each, _NO_NETWORK, False):
            return "It needs the network, which a probe does not have (%s)." % each
        if isinstance(each, OSError) and each.errno in _UNREACHED:
            return "Hypershape does not let a probe use the network (%s)." % each
        if isinstance(each, OSError) and each.errno in _FULL:
            return "There is no room for what it writes (%s)." % each
        if _is_denied(each):
            what = " ".join(str(each).split())[:300]
            return "Hypershape does not let a probe change files (%s: %s)." % (type(each).__name__, what)
    return None


def _is_denied(error: BaseException) -> bool:
    if isinstance(error, OSError):
        return error.errno in _DENIED
    kind = type(error)
    if kind.__module__ == "sqlite3":
        # Before Python 3.11 SQLite's errors have words only.
        return kind.__name__ == "OperationalError" and any(
            words in str(error)
            for words in ("readonly database", "unable to open database", "disk I/O error")
        )
    return kind.__name__ == "PermissionDeniedError" and kind.__module__.startswith("tensorflow.")


def chain(error: Optional[BaseException]) -> Iterator[BaseException]:
    """An error and all behind it: in whose place, or in the handling of which, it was raised."""
    seen: List[int] = []
    while error is not None and id(error) not in seen:
        seen.append(id(error))
        yield error
        error = error.__cause__ or error.__context__
