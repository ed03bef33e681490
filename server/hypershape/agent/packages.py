"""Imports Keras and Keras Tuner before any of the user's code, and says what is missing."""

from __future__ import annotations

import gc
import importlib
import importlib.metadata
import importlib.util
import platform
import sys
from typing import Any, Iterable

from . import environ


def load() -> str | None:
    """Imports what every job needs. Returns what is wrong and what to do, in one sentence, or None.

    The modules land in `sys.modules`, so that no file of the user can take their place later.
    """
    for name, package in (("keras", "keras"), ("keras_tuner", "keras-tuner")):
        if importlib.util.find_spec(name) is None:
            return f"{_label(name)} is not installed for {sys.executable}; install it with: {_pip(package)}"
        try:
            importlib.import_module(name)
        except ModuleNotFoundError as error:
            missing = (error.name or str(error)).partition(".")[0]
            return (
                f"{_label(name)} cannot be imported by {sys.executable} because {missing} is missing; "
                f"install it with: {_pip(missing)}"
            )
        except Exception as error:
            what = " ".join(str(error).split())[:300]
            why = f"{_label(name)} cannot be imported by {sys.executable} ({type(error).__name__}: {what})."
            return f"{why} {_misfit()}".rstrip()
    _make_repeatable()
    return None


def _make_repeatable() -> None:
    """Lets `tf.keras` fail in the same way each time: where TensorFlow's loader has failed once, it recurses without end."""
    loader = sys.modules.get("tensorflow.python.util.lazy_loader")
    kind: Any = getattr(loader, "KerasLazyLoader", None)
    initialize = getattr(kind, "_initialize", None)
    if initialize is None:
        return

    def again(self: Any) -> None:
        try:
            initialize(self)
        except ImportError:
            self._tfll_initialized = False
            raise

    kind._initialize = again


def _misfit() -> str:
    """Which two installed versions are known not to work together, and what to do; "" where none are."""
    keras, tuner, tensorflow = map(_installed, ("keras", "keras-tuner", "tensorflow"))
    if keras >= (3,) and (0,) < tuner < (1, 4):
        return f"keras-tuner before 1.4 does not work with Keras 3: {_pip('-U keras-tuner')}"
    if tensorflow >= (2, 16) and (0,) < keras < (3,):
        return f"TensorFlow 2.16 and later need Keras 3: {_pip('-U keras')}"
    return ""


def _installed(package: str) -> tuple[int, ...]:
    """Major and minor version of a package; () where it is not installed."""
    try:
        version = importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return ()
    return tuple(int(part) for part in version.split(".")[:2] if part.isdigit())


def described(own: Iterable[str]) -> dict[str, Any]:
    """Imports what every job needs; the fields of an `Environment`.

    `own` are environment variables that the agent has set for itself.
    """
    # What is imported is never garbage; looking for some in it took a fifth of the time.
    gc.disable()
    try:
        with environ.recorded(own) as readers:
            problem = load()
    finally:
        gc.enable()
    if problem is not None:
        return {**unusable(problem), "readers": readers}
    from . import engine

    return {**engine.describe(), "readers": readers}


def unusable(problem: str) -> dict[str, Any]:
    """The fields of an `Environment` in which no probe can run."""
    return {"python": platform.python_version(), "executable": sys.executable, "problem": problem}


def _label(name: str) -> str:
    return {"keras": "Keras", "keras_tuner": "Keras Tuner"}[name]


def _pip(package: str) -> str:
    return f"{sys.executable} -m pip install {package}"
