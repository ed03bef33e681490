"""What Windows offers to keep a process within bounds: a job object, which ends with the agent and holds all of it.

On other systems there are none. https://learn.microsoft.com/windows/win32/procthread/job-objects
"""

from __future__ import annotations

import subprocess
import sys
from typing import Any, Optional

from . import kin

MOST_MB = 1 << 14
"""Windows itself refuses more memory to a job's processes, together; the job's own limit is found out earlier."""


def flags(gives_way: bool) -> int:
    """How a process is started: without a window, out of reach of Ctrl+C, and behind other programs."""
    if sys.platform != "win32":
        return 0
    return (
        subprocess.CREATE_NO_WINDOW
        | subprocess.CREATE_NEW_PROCESS_GROUP
        | (subprocess.BELOW_NORMAL_PRIORITY_CLASS if gives_way else 0)
    )


def promise(job: Optional[int]) -> Optional[str]:
    """What holds the bounds of a job on Windows, in words; None elsewhere."""
    if sys.platform != "win32":
        return None
    if job is None:
        return "time by the clock alone: Windows gave no job object, and what a job starts may stay"
    return "processor time and memory; a job object ends all that a job starts"


if sys.platform == "win32":
    import ctypes
    from ctypes import wintypes

    _EXTENDED_LIMITS, _ACCOUNTING = 9, 1
    _ACTIVE_PROCESSES, _JOB_MEMORY, _NO_CRASH_WINDOW, _KILL_ON_CLOSE = 0x8, 0x200, 0x400, 0x2000
    _TICKS = 1e7

    class _Limits(ctypes.Structure):
        """JOBOBJECT_EXTENDED_LIMIT_INFORMATION"""

        _fields_ = (
            ("PerProcessUserTimeLimit", ctypes.c_int64),
            ("PerJobUserTimeLimit", ctypes.c_int64),
            ("LimitFlags", ctypes.c_uint32),
            ("MinimumWorkingSetSize", ctypes.c_size_t),
            ("MaximumWorkingSetSize", ctypes.c_size_t),
            ("ActiveProcessLimit", ctypes.c_uint32),
            ("Affinity", ctypes.c_size_t),
            ("PriorityClass", ctypes.c_uint32),
            ("SchedulingClass", ctypes.c_uint32),
            ("IoCounters", ctypes.c_uint64 * 6),
            ("ProcessMemoryLimit", ctypes.c_size_t),
            ("JobMemoryLimit", ctypes.c_size_t),
            ("PeakProcessMemoryUsed", ctypes.c_size_t),
            ("PeakJobMemoryUsed", ctypes.c_size_t),
        )

    class _Accounting(ctypes.Structure):
        """JOBOBJECT_BASIC_ACCOUNTING_INFORMATION"""

        _fields_ = (
            ("TotalUserTime", ctypes.c_int64),
            ("TotalKernelTime", ctypes.c_int64),
            ("ThisPeriodTotalUserTime", ctypes.c_int64),
            ("ThisPeriodTotalKernelTime", ctypes.c_int64),
            ("TotalPageFaultCount", ctypes.c_uint32),
            ("TotalProcesses", ctypes.c_uint32),
            ("ActiveProcesses", ctypes.c_uint32),
            ("TotalTerminatedProcesses", ctypes.c_uint32),
        )

    def _kernel() -> ctypes.WinDLL:
        kernel = ctypes.WinDLL("kernel32", use_last_error=True)
        kernel.CreateJobObjectW.restype = wintypes.HANDLE
        kernel.CreateJobObjectW.argtypes = (wintypes.LPVOID, wintypes.LPCWSTR)
        kernel.SetInformationJobObject.argtypes = (
            wintypes.HANDLE,
            ctypes.c_int,
            wintypes.LPVOID,
            wintypes.DWORD,
        )
        kernel.AssignProcessToJobObject.argtypes = (wintypes.HANDLE, wintypes.HANDLE)
        kernel.TerminateJobObject.argtypes = (wintypes.HANDLE, wintypes.UINT)
        kernel.CloseHandle.argtypes = (wintypes.HANDLE,)
        kernel.QueryInformationJobObject.argtypes = (
            wintypes.HANDLE, ctypes.c_int, wintypes.LPVOID, wintypes.DWORD, wintypes.LPDWORD,
        )  # fmt: skip
        return kernel

    def job(process: subprocess.Popen[bytes]) -> Optional[int]:
        """The handle of a job object that holds a process and all that it starts; None where there is none."""
        kernel = _kernel()
        handle: Optional[int] = kernel.CreateJobObjectW(None, None)
        if not handle:
            return None
        bounds = _Limits(
            LimitFlags=_ACTIVE_PROCESSES | _JOB_MEMORY | _NO_CRASH_WINDOW | _KILL_ON_CLOSE,
            ActiveProcessLimit=kin.MOST,
            JobMemoryLimit=MOST_MB << 20,
        )
        owner: Any = process
        if kernel.SetInformationJobObject(
            handle, _EXTENDED_LIMITS, ctypes.byref(bounds), ctypes.sizeof(bounds)
        ) and kernel.AssignProcessToJobObject(handle, int(owner._handle)):
            return handle
        kernel.CloseHandle(handle)
        return None

    def end(handle: int) -> bool:
        """Ends all processes of a job object; whether it did."""
        return bool(_kernel().TerminateJobObject(handle, 1))

    def close(handle: int) -> None:
        """Gives it back, which ends what is left of it."""
        _kernel().CloseHandle(handle)

    def processor_seconds(handle: int) -> float:
        """The processor time of all its processes."""
        told = _Accounting()
        _kernel().QueryInformationJobObject(
            handle, _ACCOUNTING, ctypes.byref(told), ctypes.sizeof(told), None
        )
        return float(told.TotalUserTime + told.TotalKernelTime) / _TICKS

    def memory_mb(handle: int) -> float:
        """The most memory that its processes have had together so far."""
        told = _Limits()
        _kernel().QueryInformationJobObject(
            handle, _EXTENDED_LIMITS, ctypes.byref(told), ctypes.sizeof(told), None
        )
        return float(told.PeakJobMemoryUsed) / 2**20

else:

    def job(process: subprocess.Popen[bytes]) -> Optional[int]:
        """There are no job objects here."""
        return None
