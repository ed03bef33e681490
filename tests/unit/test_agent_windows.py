"""The calls that hold a job's bounds on Windows, on a stand-in of its kernel: that one was never tried for real."""

from __future__ import annotations

import ctypes
import subprocess
import types
from pathlib import Path
from typing import Any

import pytest

from hypershape.agent import kin, windows


class Kernel:
    """What `kernel32` is asked, and the answers of one that grants it."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.limits: Any = None
        self.refused: set[str] = set()

    def __getattr__(self, name: str) -> Any:
        def call(*arguments: Any) -> int:
            self.asked.append(name)
            if name == "SetInformationJobObject":
                self.limits = arguments[2]._obj
            if name == "QueryInformationJobObject" and arguments[1] == 1:
                arguments[2]._obj.TotalUserTime, arguments[2]._obj.TotalKernelTime = 25_000_000, 5_000_000
            elif name == "QueryInformationJobObject":
                arguments[2]._obj.PeakJobMemoryUsed = 300 << 20
            return 0 if name in self.refused else 7

        return call


@pytest.fixture
def kernel() -> Kernel:
    return Kernel()


@pytest.fixture
def there(kernel: Kernel, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The module as it is on Windows."""
    monkeypatch.setattr(ctypes, "WinDLL", lambda *_, **__: kernel, raising=False)
    text = (
        Path(windows.__file__)
        .read_text(encoding="utf-8")
        .replace('sys.platform == "win32"', "True")
        .replace('sys.platform != "win32"', "False")
    )
    module = types.ModuleType("hypershape.agent.windows")
    module.__package__ = "hypershape.agent"
    exec(compile(text, windows.__file__, "exec"), vars(module))
    return module


def started() -> Any:
    return types.SimpleNamespace(_handle=99)


def test_a_job_ends_with_its_agent_and_has_bounds(there: Any, kernel: Kernel) -> None:
    assert there.job(started()) == 7
    assert kernel.asked == ["CreateJobObjectW", "SetInformationJobObject", "AssignProcessToJobObject"]
    assert kernel.limits.LimitFlags & 0x2000, "it is killed when the agent's handle closes"
    assert kernel.limits.LimitFlags & 0x200 and kernel.limits.JobMemoryLimit == there.MOST_MB << 20
    assert kernel.limits.LimitFlags & 0x8 and kernel.limits.ActiveProcessLimit == kin.MOST


def test_what_its_processes_use_is_told_for_all_of_them(there: Any) -> None:
    assert there.processor_seconds(7) == 3.0
    assert there.memory_mb(7) == 300


@pytest.mark.parametrize("call", ["CreateJobObjectW", "SetInformationJobObject", "AssignProcessToJobObject"])
def test_where_there_is_none_that_is_said_and_nothing_held(there: Any, kernel: Kernel, call: str) -> None:
    kernel.refused.add(call)
    job = there.job(started())
    assert job is None and "no job object" in there.promise(job)
    assert call == "CreateJobObjectW" or kernel.asked[-1] == "CloseHandle"


def test_the_structures_have_the_sizes_of_64_bit_windows(there: Any) -> None:
    assert ctypes.sizeof(there._Limits) == 144
    assert there._Limits.IoCounters.offset == 64 and there._Limits.JobMemoryLimit.offset == 120
    assert ctypes.sizeof(there._Accounting) == 48


def test_elsewhere_there_is_none() -> None:
    process = subprocess.Popen(["true"])
    assert windows.job(process) is None and windows.promise(None) is None and windows.flags(True) == 0
    process.wait()
