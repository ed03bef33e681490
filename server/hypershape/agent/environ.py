"""The process's environment variables: which of them imports read, and those that a job keeps whatever is set."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from typing import Any, ClassVar, Dict, Iterable, Iterator


class _Recorded(os._Environ):  # type: ignore[type-arg]
    """Remembers the package that first read each variable."""

    readers: ClassVar[Dict[str, str]] = {}

    def __getitem__(self, name: Any) -> Any:
        if isinstance(name, str):
            self.readers.setdefault(name, _asking(sys._getframe(1)))
        return super().__getitem__(name)


class _Pinned(os._Environ):  # type: ignore[type-arg]
    """Keeps some variables at what they are."""

    pinned: ClassVar[Dict[str, None]] = {}

    def __setitem__(self, name: Any, value: Any) -> None:
        if name not in self.pinned:
            super().__setitem__(name, value)

    def __delitem__(self, name: Any) -> None:
        if name not in self.pinned:
            super().__delitem__(name)


@contextmanager
def recorded(without: Iterable[str]) -> Iterator[Dict[str, str]]:
    """The variables that are read inside of it, each with the top-level package that read it first.

    Those in `without` are left out.
    """
    found: Dict[str, str] = {}
    _Recorded.readers = found
    before = os.environ.__class__
    os.environ.__class__ = _Recorded
    try:
        yield found
    finally:
        os.environ.__class__ = before
        for name in without:
            found.pop(name, None)


def pin(name: str, value: str) -> None:
    """Sets a variable for good: what user code makes of it later has no effect."""
    os.environ.__class__ = os._Environ
    os.environ[name] = value
    _Pinned.pinned[name] = None
    os.environ.__class__ = _Pinned


def _asking(frame: Any) -> str:
    """The top-level package whose code asks, behind `os.getenv` and the methods of mappings."""
    while frame is not None and frame.f_globals.get("__name__") in (
        "os",
        "_collections_abc",
        "collections.abc",
    ):
        frame = frame.f_back
    return str(frame.f_globals.get("__name__", "")).partition(".")[0] if frame is not None else ""
