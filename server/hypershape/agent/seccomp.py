"""Which system calls a job may make, on Linux: what the file barriers of `kernel` do not see.

A filter in the kernel (seccomp) refuses calls that reach other machines, other processes, the kernel's own settings or
its mounts, whoever makes them: Python, a C library, or code that calls by number. It needs no right and no library,
and cannot be taken down. What is refused looks as on a machine without it: no network, no permission, no such call.
https://docs.kernel.org/userspace-api/seccomp_filter.html, bpf(4), and the numbers of asm/unistd.h
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
import sys
from typing import Dict, Iterable, List, NamedTuple, Optional, Tuple

_ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}

_NUMBERS: Dict[str, Tuple[Optional[int], Optional[int]]] = {
    "acct": (163, 89),
    "add_key": (248, 217),
    "adjtimex": (159, 171),
    "bpf": (321, 280),
    "chroot": (161, 51),
    "clock_adjtime": (305, 266),
    "clock_settime": (227, 112),
    "clone": (56, 220),
    "clone3": (435, 435),
    "connect": (42, 203),
    "delete_module": (176, 106),
    "fanotify_init": (300, 262),
    "finit_module": (313, 273),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fsopen": (430, 430),
    "fspick": (433, 433),
    "init_module": (175, 105),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "io_uring_setup": (425, 425),
    "ioctl": (16, 29),
    "ioperm": (173, None),
    "iopl": (172, None),
    "kcmp": (312, 272),
    "kexec_file_load": (320, 294),
    "kexec_load": (246, 104),
    "keyctl": (250, 219),
    "kill": (62, 129),
    "modify_ldt": (154, None),
    "mount": (165, 40),
    "mount_setattr": (442, 442),
    "move_mount": (429, 429),
    "mq_open": (240, 180),
    "mq_unlink": (241, 181),
    "msgget": (68, 186),
    "open_by_handle_at": (304, 265),
    "open_tree": (428, 428),
    "perf_event_open": (298, 241),
    "pidfd_getfd": (438, 438),
    "pidfd_send_signal": (424, 424),
    "pivot_root": (155, 41),
    "prlimit64": (302, 261),
    "process_madvise": (440, 440),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "ptrace": (101, 117),
    "quotactl": (179, 60),
    "reboot": (169, 142),
    "request_key": (249, 218),
    "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240),
    "semget": (64, 190),
    "sendmmsg": (307, 269),
    "sendmsg": (46, 211),
    "sendto": (44, 206),
    "setdomainname": (171, 162),
    "sethostname": (170, 161),
    "setns": (308, 268),
    "setpriority": (141, 140),
    "settimeofday": (164, 170),
    "shmget": (29, 194),
    "socket": (41, 198),
    "swapoff": (168, 225),
    "swapon": (167, 224),
    "syslog": (103, 116),
    "tgkill": (234, 131),
    "tkill": (200, 130),
    "umount2": (166, 39),
    "unshare": (272, 97),
    "userfaultfd": (323, 282),
    "vhangup": (153, 58),
}
"""Each call with its number on x86-64 and on ARM, None where there is no such call."""

_FORBIDDEN = (
    "acct add_key adjtimex bpf chroot clock_adjtime clock_settime delete_module fanotify_init finit_module fsconfig "
    "fsmount fsopen fspick init_module ioperm iopl kcmp kexec_file_load kexec_load keyctl modify_ldt mount "
    "mount_setattr move_mount open_by_handle_at open_tree perf_event_open pidfd_getfd pidfd_send_signal pivot_root "
    "process_madvise process_vm_readv process_vm_writev ptrace quotactl reboot request_key rt_sigqueueinfo "
    "rt_tgsigqueueinfo setdomainname sethostname setns settimeofday swapoff swapon syslog umount2 unshare vhangup"
).split()
"""No model needs them; most need a right that a job has only where root runs it, in a container."""

_ABSENT = "clone3 io_uring_enter io_uring_register io_uring_setup mq_open mq_unlink msgget semget shmget userfaultfd".split()
"""Calls that programs do without where the kernel lacks them: whose work or arguments no filter sees, or that make
objects which outlive every process."""

_NEW_NAMESPACES = 0x7E020000
_UNIX, _INTERNET, _STREAM, _TCP = 1, (2, 10), 1, 6
_FASTOPEN = 0x20000000
_TERMINAL_INPUT, _CONSOLE, _FILE_FLAGS, _FILE_ATTRIBUTES = 0x5412, 0x541C, 0x40086602, 0x401C5820

_LOAD, _AND, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x54, 0x15, 0x35, 0x06
_ALLOW, _ERROR = 0x7FFF0000, 0x00050000
_X32 = 0x40000000
_NO_NEW_PRIVILEGES, _SET_SECCOMP, _FILTER = 38, 22, 2


class _Test(NamedTuple):
    """Whether 32 bits of an argument, of which `mask` counts, are (or are not) `value`; `high` for its upper half."""

    argument: int
    value: int
    equal: bool = True
    mask: int = 0xFFFFFFFF
    high: bool = False


class _Rule(NamedTuple):
    """A call that fails with `error` where all tests hold."""

    call: str
    error: int
    tests: Tuple[_Test, ...] = ()


def sift(spared: Iterable[int] = (), local: bool = False) -> bool:
    """From now on this process and all that it starts make no call that reaches beyond the job.

    `spared` are processes that may not be signalled by number either, for kernels whose Landlock does not see to that.
    `local` lets it connect within the machine, to what has a name in the file system. Returns whether the filter
    stands: not on other processors, nor where the kernel has none.
    """
    machine = platform.machine()
    if not sys.platform.startswith("linux") or machine not in _ARCHITECTURES or sys.byteorder != "little":
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    code = b"".join(_program(_rules(tuple(spared), local), machine))
    held = ctypes.create_string_buffer(code, len(code))
    program = struct.pack("=HxxxxxxQ", len(code) // 8, ctypes.addressof(held))
    if libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0):
        return False
    return bool(libc.prctl(_SET_SECCOMP, ctypes.c_ulong(_FILTER), program, 0, 0) == 0)


def _rules(spared: Tuple[int, ...], local: bool) -> List[_Rule]:
    forbidden = [_Rule(call, errno.EPERM) for call in _FORBIDDEN]
    absent = [_Rule(call, errno.ENOSYS) for call in _ABSENT]
    return [*forbidden, *absent, *_network(local), *_processes(os.getpid(), spared), *_devices()]


def _network(local: bool) -> Iterable[_Rule]:
    """Nobody is reached: no stream is connected, no datagram is sent, no other kind of socket is made."""
    if not local:
        yield _Rule("connect", errno.ECONNREFUSED)
    kinds = (_UNIX, *_INTERNET)
    yield _Rule("socket", errno.ENETUNREACH, tuple(_Test(0, kind, equal=False) for kind in kinds))
    for kind in _INTERNET:
        # Where a datagram goes stands in memory that no filter reads.
        no_stream = () if local else (_Test(1, _STREAM, equal=False, mask=0xF),)
        yield _Rule("socket", errno.ENETUNREACH, (_Test(0, kind), *no_stream))
        no_tcp = (_Test(2, 0, equal=False), _Test(2, _TCP, equal=False))
        yield _Rule("socket", errno.ENETUNREACH, (_Test(0, kind), *no_tcp))
    yield from (_Rule("sendto", errno.ENETUNREACH, (_given(4, high),)) for high in (False, True))
    for call, flags in (("sendmsg", 2), ("sendmmsg", 3)):
        yield _Rule(call, errno.ENETUNREACH, (_Test(flags, _FASTOPEN, mask=_FASTOPEN),))


def _processes(own: int, spared: Tuple[int, ...]) -> Iterable[_Rule]:
    yield _Rule("clone", errno.EPERM, (_Test(0, 0, equal=False, mask=_NEW_NAMESPACES),))
    for high in (False, True):
        yield _Rule(
            "prlimit64", errno.EPERM, (_Test(0, 0, equal=False), _Test(0, own, equal=False), _given(2, high))
        )
    yield _Rule("setpriority", errno.EPERM, (_Test(1, 0, equal=False), _Test(1, own, equal=False)))
    yield _Rule("kill", errno.EPERM, (_Test(0, 0xFFFFFFFF),))
    for pid in spared:
        for call in ("kill", "tkill", "tgkill"):
            yield _Rule(call, errno.EPERM, (_Test(0, pid),))
        yield _Rule("kill", errno.EPERM, (_Test(0, -pid & 0xFFFFFFFF),))


def _devices() -> Iterable[_Rule]:
    """Nothing is typed into a terminal, and no file made immutable through a descriptor that only reads it."""
    for request in (_TERMINAL_INPUT, _CONSOLE, _FILE_FLAGS, _FILE_ATTRIBUTES):
        yield _Rule("ioctl", errno.EPERM, (_Test(1, request),))


def _given(argument: int, high: bool) -> _Test:
    return _Test(argument, 0, equal=False, high=high)


def _program(rules: Iterable[_Rule], machine: str) -> Iterable[bytes]:
    """The filter's instructions, eight bytes each. Calls of another architecture are refused as a whole."""
    place = list(_ARCHITECTURES).index(machine)
    yield _instruction(_LOAD, 4)
    yield _instruction(_EQUAL, _ARCHITECTURES[machine], 1, 0)
    yield _instruction(_RETURN, _ERROR | errno.ENOSYS)
    yield _instruction(_LOAD, 0)
    if machine == "x86_64":
        yield _instruction(_AT_LEAST, _X32, 0, 1)
        yield _instruction(_RETURN, _ERROR | errno.ENOSYS)
    for rule in rules:
        number = _NUMBERS[rule.call][place]
        if number is not None:
            yield from _refusing(number, rule)
    yield _instruction(_RETURN, _ALLOW)


def _refusing(number: int, rule: _Rule) -> Iterable[bytes]:
    """One rule; the number of the call stands in the accumulator before and after it."""
    tests = [list(_testing(each)) for each in rule.tests]
    reload = [_instruction(_LOAD, 0)] if tests else []
    left = sum(map(len, tests)) + 1 + len(reload)
    yield _instruction(_EQUAL, number, 0, left)
    for test, instructions in zip(rule.tests, tests):
        left -= len(instructions)
        # Where a test does not hold, the rest of the rule is jumped over, up to where the number is loaded again.
        yield from instructions[:-1]
        skip = left - len(reload)
        yield _instruction(_EQUAL, test.value, *((0, skip) if test.equal else (skip, 0)))
    yield _instruction(_RETURN, _ERROR | rule.error)
    yield from reload


def _testing(test: _Test) -> Iterable[bytes]:
    yield _instruction(_LOAD, 16 + 8 * test.argument + 4 * test.high)
    if test.mask != 0xFFFFFFFF:
        yield _instruction(_AND, test.mask)
    yield _instruction(_EQUAL, test.value)


def _instruction(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_true, if_false, value)


def ancestors() -> List[int]:
    """The processes from which this one descends, the first program of the machine included."""
    found = [1]
    pid = os.getppid()
    while pid > 1:
        found.append(pid)
        try:
            with open("/proc/%d/stat" % pid, "rb") as file:
                pid = int(file.read().rpartition(b")")[2].split()[1])
        except (OSError, ValueError, IndexError):
            break
    return found
