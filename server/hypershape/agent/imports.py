"""Imports that a probe does not need: packages that are missing, and old names of Keras Tuner."""

from __future__ import annotations

import ast
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import sys
import types
from typing import Any

from . import scikit, since
from .standins import Assumption, stand_in

NEEDED = ("keras", "tensorflow", "keras_tuner", "numpy", "torch", "jax", "tf_keras")
"""Packages whose absence is the user's problem: a stand-in for them would only hide it."""

_KERAS_2 = "tf_keras"
"""The package with the Keras before this one: most of what it has, Keras has under the same names."""


class _Missing(types.ModuleType):
    """A module that is not installed: every name in it is a stand-in, or does to shapes what is known of it."""

    def __init__(self, name: str, assumption: Assumption) -> None:
        super().__init__(name)
        self.__path__: list[str] = []
        self._assumption = assumption

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        known = scikit.known(self.__name__, name)
        return stand_in(f"{self.__name__}.{name}", self._assumption) if known is None else known


class _Other(_Missing):
    """A module of another Keras that is not installed: what this one has is taken from it."""

    def __init__(self, name: str, assumption: Assumption, own: types.ModuleType) -> None:
        super().__init__(name, assumption)
        self._own = own
        if hasattr(own, "__all__"):
            self.__all__ = own.__all__

    def __getattr__(self, name: str) -> Any:
        try:
            return getattr(self._own, name)
        except AttributeError:
            return super().__getattr__(name)


class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """The last finder: what no other found is `keras_tuner` under its old name, or a stand-in."""

    def __init__(self, assumption: Assumption) -> None:
        self._assumption = assumption
        self.missing: dict[str, None] = {}

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        top = name.partition(".")[0]
        lacks_keras_2 = top == _KERAS_2 and (name == top or isinstance(sys.modules.get(top), _Missing))
        if (top in NEEDED and not lacks_keras_2) or sys._getframe(1).f_globals.get(
            "__name__"
        ) == "importlib.util":
            return None
        if not _asked_by_user(sys._getframe(1)):
            return None
        return importlib.machinery.ModuleSpec(name, self, is_package=True)

    def create_module(self, spec: Any) -> Any:
        old, _, rest = spec.name.partition(".")
        if old == "kerastuner":
            try:
                return importlib.import_module("keras_tuner" + (f".{rest}" if rest else ""))
            except ImportError:
                pass
        self.missing[spec.name] = None
        if old == _KERAS_2:
            self._assumption.takes_this_keras_for(_KERAS_2)
            try:
                own = importlib.import_module("keras" + (f".{rest}" if rest else ""))
            except ImportError:
                pass
            else:
                return _Other(spec.name, self._assumption, own)
        return _Missing(spec.name, self._assumption)

    def exec_module(self, module: Any) -> None:
        return None


def give_all(statement: ast.ImportFrom, names: list[str]) -> None:
    """Lets an `import *` from a module that is missing bind these names, which only it can bind."""
    module = statement.module or ""
    known = sys.modules.get(module)
    if known is None:
        try:
            found = importlib.util.find_spec(module) if module else None
        except (ImportError, ValueError, AttributeError):
            found = None
        stands_in = found is None and module.partition(".")[0] not in NEEDED
        finder = next((each for each in sys.meta_path if isinstance(each, Finder)), None)
        if not stands_in or finder is None:
            return
        known = sys.modules[module] = finder.create_module(importlib.machinery.ModuleSpec(module, finder))
    if isinstance(known, _Missing):
        known.__dict__["__all__"] = names


def _asked_by_user(frame: Any) -> bool:
    """Whether the import stands in the user's own code: installed packages probe for optional ones themselves."""
    while frame is not None and "importlib" in frame.f_code.co_filename:
        frame = frame.f_back
    return frame is not None and frame.f_globals.get("__hypershape__", False)


def install(assumption: Assumption) -> Finder:
    """Puts the finder behind all others, in the place of one that stood in for an earlier job."""
    sys.meta_path[:] = [each for each in sys.meta_path if not isinstance(each, Finder)]
    for name in [name for name in since.names() if isinstance(sys.modules.get(name), _Missing)]:
        del sys.modules[name]
    finder = Finder(assumption)
    sys.meta_path.append(finder)
    return finder
