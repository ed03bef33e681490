"""Whether a path lies in a folder, on every system."""

from __future__ import annotations

import os
from typing import Any, Callable, Iterable


def below(folders: Iterable[str], paths: Any = os.path) -> Callable[[str], bool]:
    """Says of a path, absolute as the `folders` are, whether it is one of them or lies in one.

    `paths` is `os.path` or, for another system, its like: Windows minds neither the case of letters nor which slash.
    """
    starts = tuple(paths.join(paths.normcase(each), "") for each in folders)
    return lambda path: paths.join(paths.normcase(path), "").startswith(starts)
