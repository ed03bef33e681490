"""What the machine offers to a probe that allocates weights: memory, and an accelerator if there is one."""

from __future__ import annotations

import ctypes.util
import functools
import glob
import importlib.util
import os
import subprocess
import sys
from typing import Any, List, Optional, Tuple

import keras

from . import limits

BYTES_PER_PARAMETER = 16
"""float32 weight, gradient, and the two moments of Adam."""


@functools.cache
def accelerators() -> Tuple[str, ...]:
    """The names of the NVIDIA GPUs in this machine, without starting any runtime.

    Asked once, before anything of the user's runs: a job behind its barriers inherits the answer.
    """
    folder = "/proc/driver/nvidia/gpus"
    names: List[str] = []
    try:
        for entry in sorted(os.listdir(folder)):
            with open(os.path.join(folder, entry, "information"), encoding="utf-8") as information:
                for line in information:
                    if line.startswith("Model:"):
                        names.append(line.split(":", 1)[1].strip())
    except OSError:
        pass
    if names:
        return tuple(names)
    try:
        listed = subprocess.run(
            ["nvidia-smi", "--query-gpu=name", "--format=csv,noheader"],
            capture_output=True,
            timeout=5,
            text=True,
        )
    except (OSError, subprocess.SubprocessError):
        return ()
    return (
        tuple(line.strip() for line in listed.stdout.splitlines() if line.strip())
        if not listed.returncode
        else ()
    )


CUDNN = (
    "/usr/lib/*", "/usr/lib64", "/usr/local/lib", "/usr/local/cuda*/lib64", "/usr/local/cuda*/targets/*/lib",
    "/opt/conda/lib", os.path.join(sys.prefix, "lib"), os.path.join(sys.base_prefix, "lib"),
)  # fmt: skip
"""Where cuDNN lies when it was not installed by pip."""


def unseen() -> Optional[str]:
    """Why the backend certainly cannot use a GPU that this machine has; None where it may, or where there is none.

    Told from what is installed, without starting a runtime.
    """
    if not accelerators():
        return None
    backend = keras.backend.backend()
    if backend == "jax":
        plugins = ("jax_cuda13_plugin", "jax_cuda12_plugin", "jax_cuda11_plugin")
        if any(importlib.util.find_spec(each) is not None for each in plugins):
            return None
        return "JAX is installed without its CUDA plugin (pip install 'jax[cuda12]')"
    if backend == "torch":
        import torch

        return None if torch.version.cuda or torch.version.hip else "this PyTorch was built without CUDA"
    if backend == "tensorflow":
        import tensorflow as tf

        if not tf.test.is_built_with_cuda():
            return "this TensorFlow was built without CUDA (pip install 'tensorflow[and-cuda]')"
        if not _cudnn():
            return "cuDNN is not installed (pip install 'tensorflow[and-cuda]')"
    return None


def _cudnn() -> bool:
    """Whether any version of cuDNN lies where a program may look for it."""
    folders = [*CUDNN, *os.environ.get("LD_LIBRARY_PATH", "").split(os.pathsep)]
    folders += [os.path.join(place, "nvidia", "cudnn", "lib") for place in sys.path]
    if any(glob.glob(os.path.join(each, "libcudnn*.so*")) for each in folders if each):
        return True
    # The loader's own list may name yet another folder.
    return ctypes.util.find_library("cudnn") is not None


def prepare() -> None:
    """Lets a GPU's memory grow as needed, so that a probe never takes the whole card."""
    backend = keras.backend.backend()
    if backend == "tensorflow":
        import tensorflow as tf

        for gpu in tf.config.list_physical_devices("GPU"):
            try:
                tf.config.experimental.set_memory_growth(gpu, True)
            except RuntimeError:
                # The runtime has started already; then growth was decided before.
                pass
    elif backend == "jax":
        os.environ.setdefault("XLA_PYTHON_CLIENT_PREALLOCATE", "false")


def available_bytes() -> Optional[int]:
    """Memory that a new model may take: of the first GPU where the backend uses one, else of the machine."""
    if accelerators():
        free = _gpu_bytes()
        if free is not None:
            return free
    try:
        with open("/proc/meminfo", encoding="ascii") as information:
            for line in information:
                if line.startswith("MemAvailable:"):
                    return int(line.split()[1]) * 1024
    except (OSError, ValueError):
        pass
    try:
        if sys.platform != "win32":
            return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):
        pass
    return None


def _gpu_bytes() -> Optional[int]:
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        if not tf.config.list_physical_devices("GPU"):
            return None
    try:
        listed = subprocess.run(
            ["nvidia-smi", "--query-gpu=memory.free", "--format=csv,noheader,nounits"],
            capture_output=True, timeout=5, text=True, check=True,
        )  # fmt: skip
        return int(listed.stdout.split()[0]) * 2**20
    except (OSError, subprocess.SubprocessError, ValueError, IndexError):
        return None


def memory_bytes() -> Optional[int]:
    """All the memory that a program of this machine can get, swap space and all; None where the system does not tell."""
    try:
        with open("/proc/meminfo", encoding="ascii") as information:
            told = dict(line.split(":", 1) for line in information if ":" in line)
        total = sum(int(told[name].split()[0]) * 1024 for name in ("MemTotal", "SwapTotal"))
    except (OSError, ValueError, KeyError, IndexError):
        return None
    bound = limits.container_bytes()
    return total if bound is None else min(total, bound)


def estimate(parameters: int) -> int:
    """Bytes that training a model of so many parameters needs at least."""
    return parameters * BYTES_PER_PARAMETER


def refusal(parameters: int) -> Optional[str]:
    """One sentence why a model of so many parameters is not built for real, or None if it fits."""
    available: Any = available_bytes()
    needed = estimate(parameters)
    if available is None or needed <= available:
        return None
    return "A model of %s parameters needs about %.1f GB to train, and %.1f GB are free." % (
        "{:,}".format(parameters), needed / 1e9, available / 1e9,
    )  # fmt: skip
