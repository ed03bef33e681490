"""The server, with a watch on its loop: what reads, searches or imports there keeps the editor waiting.

    python -m tests.lsp.watched FILE

FILE has, when the server ends, what was called on the loop's own thread, and how often the same was done beside it.
"""

from __future__ import annotations

import ast
import atexit
import functools
import gc
import json
import sys
import threading
import traceback
from collections.abc import Callable, Sequence
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any

import libcst

from hypershape import rules, source
from hypershape.lsp import convert, server, shapes
from hypershape.source.code import Code


class Watch:
    """What was done on the loop's thread, and how often beside it."""

    def __init__(self) -> None:
        self.on_loop: list[str] = []
        self.beside = 0
        self.loaded = False

    def note(self, what: str) -> None:
        if threading.current_thread() is not threading.main_thread():
            self.beside += 1
        elif self.loaded:
            around = [each.name for each in traceback.extract_stack()[-12:-2]]
            # Python's own `traceback` parses lines of ours that it logs.
            if "format_frame_summary" not in around:
                self.on_loop.append(f"{what}: {' > '.join(around)}")

    def over(self, owner: Any, name: str) -> None:
        """Notes every call of a function."""
        plain: Callable[..., Any] = getattr(owner, name)

        @functools.wraps(plain)
        def noted(*args: Any, **kwargs: Any) -> Any:
            self.note(f"{getattr(owner, '__name__', owner)}.{name}")
            return plain(*args, **kwargs)

        setattr(owner, name, noted)

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Notes every import, as a finder that finds nothing."""
        self.note(f"import {name}")
        return None


def main() -> None:
    watch, load = Watch(), server._load

    def loading() -> None:
        load()
        watch.loaded = True

    server._load = loading
    watched = [
        (ast, "parse"),
        (libcst, "parse_module"),
        (gc, "collect"),
        (Code, "__init__"),
        (source, "analyse"),
        (rules, "findings"),
        (convert, "diagnostics"),
        (shapes, "lines"),
    ]
    for owner, name in watched:
        watch.over(owner, name)
    sys.meta_path.insert(0, watch)
    told = Path(sys.argv[1])
    atexit.register(lambda: told.write_text(json.dumps([watch.on_loop, watch.beside]), "utf-8"))
    server.serve_stdio()


if __name__ == "__main__":
    main()
