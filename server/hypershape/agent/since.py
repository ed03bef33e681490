"""The modules that came after Keras, the user's among them.

Keras and its backend are some thousands of modules. A job's process, which begins as a copy of another, gets a copy of
each page that it touches, and whoever walks over all modules touches most of them.
"""

from __future__ import annotations

import sys
import types
from typing import Callable, Iterable, List, Tuple

_BEFORE = frozenset(sys.modules)
"""The names of what was there before any of the user's code ran."""


def names() -> List[str]:
    """The names of all modules that came since, and of the user's program."""
    return [*(sys.modules.keys() - _BEFORE), "__main__"]


def modules() -> List[types.ModuleType]:
    return [sys.modules[name] for name in names() if name in sys.modules]


def holding(starts: Tuple[str, ...], wanted: Iterable[str]) -> Callable[[], List[types.ModuleType]]:
    """Finds the modules, old and new, whose name begins with one of `starts` and that hold one of the `wanted` names.

    The old ones are looked through now.
    """
    asked = frozenset(wanted)

    def holds(name: str) -> bool:
        module = sys.modules.get(name)
        return name.startswith(starts) and module is not None and not asked.isdisjoint(vars(module))

    old = [name for name in list(sys.modules) if holds(name)]
    return lambda: [sys.modules[name] for name in dict.fromkeys([*old, *names()]) if holds(name)]
