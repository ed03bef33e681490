"""Files that a target reads while it builds, and that are not there: what they hold is assumed, as other missing data is."""

from __future__ import annotations

import builtins
import functools
import json
import os
import pickle
import sys
from typing import Any, Dict, Tuple

import numpy

from .positions import Positions
from .standins import Assumption, StandIn, stand_in

_READERS: Tuple[Tuple[Any, str], ...] = (
    (builtins, "open"),
    (json, "load"),
    (pickle, "load"),
    (os, "chdir"),
    (os, "listdir"),
    (numpy, "load"),
    (numpy, "loadtxt"),
    (numpy, "genfromtxt"),
)


def install(assumption: Assumption, positions: Positions, missing: Dict[str, str]) -> None:
    """From now on code of the user's that reads what is not there gets a stand-in, under `assumption`.

    `missing` is told the names of those, each with why.
    """
    for module, name in _READERS:
        setattr(module, name, _lenient(getattr(module, name), name, assumption, positions, missing))


def _lenient(
    read: Any, name: str, assumption: Assumption, positions: Positions, missing: Dict[str, str]
) -> Any:
    read = getattr(read, "of_the_library", read)

    @functools.wraps(read)
    def reading(*args: Any, **kwargs: Any) -> Any:
        if args and isinstance(args[0], StandIn):
            return args[0]
        try:
            return read(*args, **kwargs)
        except FileNotFoundError:
            if not positions.is_user(sys._getframe(1)) or (name == "open" and _writes(*args, **kwargs)):
                raise
            what = os.path.basename(str(args[0])) if args else "?"
            missing[what.partition(".")[0]] = "there is no such file"
            assumption.note(what, "a file that can be read")
            return stand_in(what, assumption)

    reading.of_the_library = read  # type: ignore[attr-defined]
    return reading


def _writes(_: Any, mode: Any = "r", *__: Any, **___: Any) -> bool:
    """Whether `open` is to make the file: then it is the folder that is not there, which the target may have to make."""
    return any(letter in str(mode) for letter in "wax")
