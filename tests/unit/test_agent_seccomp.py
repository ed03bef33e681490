"""Calls past Python that reach beyond a job: the kernel refuses them, and what a job needs it lets pass."""

from __future__ import annotations

import ctypes
import errno
import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hypershape.agent import guard, seccomp

from .engine_child import in_child

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux has seccomp")

REFUSED = {
    "a connection": ("libc.connect(socket.socket().fileno(), address, 16)", "ECONNREFUSED"),
    "a connection within the machine": (
        "libc.connect(socket.socket(socket.AF_UNIX).fileno(), b'\\x01\\0/run/docker.sock', 18)",
        "ECONNREFUSED",
    ),
    "a stream that connects by sending": (
        "libc.sendto(socket.socket().fileno(), b'x', 1, 0x20000000, address, 16)",
        "ENETUNREACH",
    ),
    "a datagram": ("libc.socket(socket.AF_INET, socket.SOCK_DGRAM, 0)", "ENETUNREACH"),
    "a datagram that does not block": (
        "libc.socket(socket.AF_INET6, socket.SOCK_DGRAM | 0x800, 0)",
        "ENETUNREACH",
    ),
    "a raw packet": ("libc.socket(socket.AF_INET, socket.SOCK_RAW, 1)", "ENETUNREACH"),
    "another protocol's stream": ("libc.socket(socket.AF_INET, socket.SOCK_STREAM, 132)", "ENETUNREACH"),
    "the settings of the network": ("libc.socket(16, socket.SOCK_RAW, 0)", "ENETUNREACH"),
    "a virtual machine's socket": ("libc.socket(40, socket.SOCK_STREAM, 0)", "ENETUNREACH"),
    "a debugger": ("libc.ptrace(16, os.getppid(), 0, 0)", "EPERM"),
    "memory of another process": ("libc.process_vm_writev(os.getppid(), 0, 0, 0, 0, 0)", "EPERM"),
    "a signal to everybody": ("libc.kill(-1, 0)", "EPERM"),
    "a limit of another process": ("libc.prlimit(os.getppid(), 7, (ctypes.c_long * 2)(9, 9), 0)", "EPERM"),
    "the priority of another process": ("libc.setpriority(0, os.getppid(), 19)", "EPERM"),
    "a mount": ("libc.mount(b'none', b'/mnt', b'tmpfs', 0, 0)", "EPERM"),
    "an end of a mount": ("libc.umount2(b'/proc', 2)", "EPERM"),
    "a new namespace": ("libc.unshare(0x10000000)", "EPERM"),
    "a process in a new namespace": ("libc.syscall(call('clone'), 0x10000011, 0, 0, 0, 0)", "EPERM"),
    "the clock": ("libc.clock_settime(0, (ctypes.c_long * 2)(0, 0))", "EPERM"),
    "the name of the machine": ("libc.sethostname(b'mine', 4)", "EPERM"),
    "a key": ("libc.syscall(call('add_key'), b'user', b'a', b'b', 1, -3)", "EPERM"),
    "a program in the kernel": ("libc.syscall(call('bpf'), 0, 0, 0)", "EPERM"),
    "a file by its handle": ("libc.open_by_handle_at(-100, 0, 0)", "EPERM"),
    "another queue of calls": ("libc.syscall(call('io_uring_setup'), 1, 0)", "ENOSYS"),
    "faults handled elsewhere": ("libc.syscall(call('userfaultfd'), 1)", "ENOSYS"),
    "memory that outlives all": ("libc.shmget(0, 4096, 0o1600)", "ENOSYS"),
    "a queue that outlives all": ("libc.syscall(call('mq_open'), b'a', 0o101, 0o600, 0)", "ENOSYS"),
    "typing into a terminal": ("libc.ioctl(0, 0x5412, b'x')", "EPERM"),
    "a file that nobody can change": ("libc.ioctl(0, 0x40086602, (ctypes.c_long * 1)(16))", "EPERM"),
    "a call of the other architecture": ("libc.syscall(0x40000000 + 39)", "ENOSYS"),
}
LET_PASS = {
    "a pair of sockets": "socket.socketpair()",
    "sockets within the machine": "socket.socket(socket.AF_UNIX)",
    "a message through a pair": "[one.sendmsg([b'x']) for one, other in [socket.socketpair()]]",
    "a fork": "os.waitpid(os.fork() or os._exit(0), 0)",
    "a thread": "[thread.start() for thread in [__import__('threading').Thread(target=print)]]",
    "its own priority": "os.nice(1), os.setpriority(os.PRIO_PROCESS, os.getpid(), 19)",
    "its own limits": "__import__('resource').setrlimit(4, (0, 0))",
    "another's limits, to read": "__import__('resource').prlimit(os.getpid(), 4)",
    "its processors": "os.sched_setaffinity(0, os.sched_getaffinity(0))",
    "signals to itself": "os.kill(os.getpid(), 0)",
    "a file in memory": "os.write(os.memfd_create('a'), b'x')",
}


def _behind(code: str, evaluate: bool) -> Any:
    libc = ctypes.CDLL(None, use_errno=True)
    place = ["x86_64", "aarch64"].index(os.uname().machine)
    names = {
        **{
            "libc": libc,
            "os": os,
            "socket": socket,
            "ctypes": ctypes,
            "call": lambda name: seccomp._NUMBERS[name][place],
        },
        "address": b"\x02\0\0\x09\x7f\0\0\x01" + bytes(8),
    }
    if not seccomp.sift():
        return None
    result = eval(code, names)
    return (
        errno.errorcode.get(ctypes.get_errno(), "0")
        if evaluate and result < 0
        else result is not None and "done"
    )


@pytest.fixture
def _filter() -> Iterator[None]:
    if not in_child(seccomp.sift):
        pytest.skip("this kernel filters no calls, or the processor has other numbers")
    yield


@pytest.mark.usefixtures("_filter")
@pytest.mark.parametrize(("code", "error"), REFUSED.values(), ids=REFUSED)
def test_a_call_that_reaches_beyond_the_job_is_refused(code: str, error: str) -> None:
    if "0x40000000" in code and os.uname().machine != "x86_64":
        pytest.skip("there is one architecture")
    assert in_child(_behind, code, True) == error


@pytest.mark.usefixtures("_filter")
@pytest.mark.parametrize("code", LET_PASS.values(), ids=LET_PASS)
def test_a_call_that_stays_within_the_job_passes(code: str) -> None:
    assert in_child(_behind, code, False) is not None


@pytest.mark.usefixtures("_filter")
def test_spared_processes_get_no_signal_by_number() -> None:
    def work(number: int) -> Any:
        assert seccomp.sift(seccomp.ancestors())
        libc = ctypes.CDLL(None, use_errno=True)
        return libc.kill(number, 0), ctypes.get_errno()

    assert in_child(work, os.getpid()) == (-1, errno.EPERM)
    assert in_child(work, 1) == (-1, errno.EPERM)


def test_no_two_calls_have_one_number() -> None:
    for place in range(2):
        numbers = [each[place] for each in seccomp._NUMBERS.values() if each[place] is not None]
        assert len(numbers) == len(set(numbers))


def _shared() -> list[str]:
    return sorted(path.name for path in Path("/dev/shm").iterdir())


def _with_mounts(tmp_path: Path, code: str) -> Any:
    guard.install(str(tmp_path / "agent" / "7"))
    libc = ctypes.CDLL(None, use_errno=True)
    names = {"libc": libc, "os": os, "victim": os.fsencode(tmp_path / "thesis.txt"), "ctypes": ctypes}
    exec(code, names)
    return _shared()


CHANGES = {
    "mode": "libc.chmod(victim, 0o777)",
    "mode of what is open": "libc.fchmod(os.open(victim, os.O_RDONLY), 0o777)",
    "owner": "libc.chown(victim, 12345, 12345)",
    "times": "libc.utimes(victim, (ctypes.c_long * 4)(1, 1, 1, 1))",
    "attributes": "libc.setxattr(victim, b'user.a', b'b', 1, 0)",
}


@pytest.mark.parametrize("code", CHANGES.values(), ids=CHANGES)
def test_what_the_fence_does_not_know_is_mounted_read_only(code: str, tmp_path: Path) -> None:
    if "mounts" not in guard.standing():
        pytest.skip("this system lets nobody mount")
    victim = tmp_path / "thesis.txt"
    victim.write_text("mine")
    before = victim.stat()
    in_child(_with_mounts, tmp_path, code)
    after = victim.stat()
    assert (after.st_mode, after.st_uid, after.st_mtime_ns) == (
        before.st_mode,
        before.st_uid,
        before.st_mtime_ns,
    )
    assert os.listxattr(victim) == []


def test_shared_memory_is_the_job_s_own(tmp_path: Path) -> None:
    if "mounts" not in guard.standing():
        pytest.skip("this system lets nobody mount")
    before = _shared()
    assert in_child(_with_mounts, tmp_path, "open('/dev/shm/mine', 'w').close()") == ["mine"]
    assert _shared() == before


def test_the_barriers_are_raised_as_they_are_tried(tmp_path: Path) -> None:
    assert in_child(guard._stand_behind_the_kernel, [str(tmp_path)]) == guard.standing()
