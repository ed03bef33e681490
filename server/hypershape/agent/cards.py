"""NVIDIA's GPUs as their driver describes them: names, memory, and how busy they are, without starting any runtime.

Asked of the driver's own library (`libnvidia-ml`), which needs no package; that is what `nvidia-smi` asks as well.
"""

from __future__ import annotations

import ctypes
import sys
from typing import Any, Dict, Optional, Tuple

_LIBRARIES = ("nvml.dll",) if sys.platform == "win32" else ("libnvidia-ml.so.1", "libnvidia-ml.so")
_NAME_BYTES = 96


class _Memory(ctypes.Structure):
    _fields_ = [("total", ctypes.c_ulonglong), ("free", ctypes.c_ulonglong), ("used", ctypes.c_ulonglong)]


class _Utilization(ctypes.Structure):
    _fields_ = [("gpu", ctypes.c_uint), ("memory", ctypes.c_uint)]


def listed() -> Tuple[Dict[str, Any], ...]:
    """The fields of a Card for each GPU; none where there is no driver, or it does not answer."""
    library = _library()
    if library is None or library.nvmlInit_v2():
        return ()
    try:
        count = ctypes.c_uint()
        if library.nvmlDeviceGetCount_v2(ctypes.byref(count)):
            return ()
        found = (_described(library, index) for index in range(count.value))
        return tuple(each for each in found if each is not None)
    finally:
        library.nvmlShutdown()


def _library() -> Any:
    for name in _LIBRARIES:
        try:
            library = ctypes.CDLL(name)
            # A library that lacks one of these is no driver's.
            _ = library.nvmlInit_v2, library.nvmlShutdown, library.nvmlDeviceGetCount_v2
            return library
        except (OSError, AttributeError):
            continue
    return None


def _described(library: Any, index: int) -> Optional[Dict[str, Any]]:
    card, name = ctypes.c_void_p(), ctypes.create_string_buffer(_NAME_BYTES)
    memory, used = _Memory(), _Utilization()
    try:
        if library.nvmlDeviceGetHandleByIndex_v2(ctypes.c_uint(index), ctypes.byref(card)):
            return None
        if library.nvmlDeviceGetName(card, name, ctypes.c_uint(_NAME_BYTES)):
            return None
        found: Dict[str, Any] = {"name": name.value.decode("utf-8", "replace")}
        if not library.nvmlDeviceGetMemoryInfo(card, ctypes.byref(memory)):
            found.update(total=memory.total, free=memory.free)
        if not library.nvmlDeviceGetUtilizationRates(card, ctypes.byref(used)):
            found["busy"] = used.gpu
    except AttributeError:
        return None
    return found
