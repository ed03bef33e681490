"""Results of earlier sessions on disk, so that a file that is opened again shows them at once.

They are kept by everything that decides them: the slices of the target, what is declared of its data, and the
versions in the interpreter. Files are written whole and renamed, so that servers can share a folder.
"""

from __future__ import annotations

import ast
import builtins
import hashlib
import io
import os
import pickle
import time
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import platformdirs

from hypershape import __version__, model
from hypershape.model import (
    Configuration,
    Environment,
    Module,
    Rehearsal,
    Slice,
    Target,
    TargetAnalysis,
    key_of,
)
from hypershape.probe.moving import placed, question
from hypershape.space import conditions

LARGEST = 50_000_000
"""A result of more bytes than this is not kept."""

FORMAT = "10"
"""Changes whenever what is kept is no longer readable or no longer means the same."""


class Cache:
    """A folder of results, the least recently used of which go when it grows over `limit` bytes."""

    def __init__(self, folder: Path | None = None, limit: int = 200_000_000) -> None:
        self.folder = folder or platformdirs.user_cache_path("hypershape", appauthor=False)
        self._limit = limit

    def result(self, target: Target, environment: Environment) -> TargetAnalysis | None:
        """What was found out about a target that asks the same in the same environment, at its places now."""
        kept = self._load(_key(target, environment))
        return placed(kept, target) if isinstance(kept, TargetAnalysis) else None

    def keep(self, explored: TargetAnalysis, environment: Environment) -> None:
        """Keeps a result; a folder that cannot be written keeps nothing."""
        self._store(_key(explored.target, environment), explored)

    def environment(self, command: Sequence[str]) -> Environment | None:
        """What an interpreter had when it was asked last."""
        kept = self._load(_digest("environment", *command))
        return kept if isinstance(kept, Environment) else None

    def keep_environment(self, command: Sequence[str], environment: Environment) -> None:
        self._store(_digest("environment", *command), environment)

    def tried(self, module: Module, environment: Environment) -> Mapping[Any, Any]:
        """The repairs that were tried for findings in the same text; what is stored is read back, whatever its keys are."""
        kept = self._load(_text_key(module, environment))
        return kept if isinstance(kept, dict) else {}

    def keep_tried(self, module: Module, environment: Environment, tried: Mapping[Any, Any]) -> None:
        self._store(_text_key(module, environment), dict(tried))

    def rehearsal(
        self, slice_: Slice, configuration: Configuration, environment: Environment
    ) -> Rehearsal | None:
        """What a search came to that ran the same text on the same files in the same environment."""
        kept = self._load(_digest("rehearsal", slice_, key_of(configuration), environment))
        if not isinstance(kept, tuple) or len(kept) != 2 or not isinstance(kept[0], Rehearsal):
            return None
        return kept[0] if kept[1] == _states(slice_, kept[0]) else None

    def keep_rehearsal(
        self, slice_: Slice, configuration: Configuration, environment: Environment, found: Rehearsal
    ) -> None:
        """Keeps what a search came to, unless it rests on what is not known of again, as the files of another machine."""
        states = _states(slice_, found)
        if states is None or found.assumed or found.verdict == "unknown" or environment.elsewhere is not None:
            return
        self._store(_digest("rehearsal", slice_, key_of(configuration), environment), (found, states))

    def _load(self, key: str) -> Any:
        path = self.folder / key
        try:
            content = path.read_bytes()
            value = _Reader(io.BytesIO(zlib.decompress(content))).load()
        except (OSError, zlib.error, pickle.UnpicklingError, EOFError, AttributeError, TypeError, ValueError):
            return None
        with suppress(OSError):
            os.utime(path)
        return value

    def _store(self, key: str, value: Any) -> None:
        content = zlib.compress(pickle.dumps(value, protocol=5), 1)
        if len(content) > LARGEST:
            return
        with suppress(OSError):
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with NamedTemporaryFile(dir=self.folder, suffix=".new", delete=False) as file:
                file.write(content)
            Path(file.name).replace(self.folder / key)
            self._shrink()

    def _shrink(self) -> None:
        """Removes the least recently used files, and what a server that was killed left half written."""
        found = []
        for path in self.folder.iterdir():
            with suppress(OSError):
                state = path.stat()
                if path.suffix == ".new" and state.st_mtime < time.time() - 3600:
                    path.unlink()
                else:
                    found.append((state.st_mtime, state.st_size, path))
        size = sum(each[1] for each in found)
        for _, own, path in sorted(found):
            if size <= self._limit:
                break
            with suppress(OSError):
                path.unlink()
                size -= own


class _Reader(pickle.Unpickler):
    """Reads the values of `model.py`, conditions and nothing else: a file in a cache must not be able to run code."""

    def find_class(self, module: str, name: str) -> Any:
        if module == model.__name__:
            return getattr(model, name)
        if module == conditions.__name__ and name in {kind.__name__ for kind in conditions.KINDS}:
            return getattr(conditions, name)
        if module == "builtins" and name in ("dict", "frozenset", "set", "tuple"):
            return getattr(builtins, name)
        raise pickle.UnpicklingError(f"{module}.{name} has no place in a cache")


def _key(target: Target, environment: Environment) -> str:
    return _digest("result", question(target), environment)


def _states(slice_: Slice, found: Rehearsal) -> tuple[tuple[str, int, int], ...] | None:
    """When the files that a search was given were changed last, and their sizes; None where these are too many.

    Those are the files that it was seen to read, and those that its text names: what reads them in C is not seen.
    """
    folder = Path(slice_.files[-1].path).parent
    if found.read is None:
        return None
    states = []
    for each in sorted({*found.read, *(str(folder / name) for name in _texts(slice_))}):
        with suppress(OSError, ValueError):
            state = Path(each).stat()
            states.append((each, state.st_mtime_ns, state.st_size))
    return tuple(states)


def _texts(slice_: Slice) -> Iterator[str]:
    """The texts in a slice that may be the names of files."""
    for file in slice_.files:
        for node in ast.walk(ast.parse(file.text)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and 0 < len(node.value) < 250:
                yield node.value


def _text_key(module: Module, environment: Environment) -> str:
    """What repairs depend on: the whole text, and of other files what the targets need of them."""
    slices = [target.slice for target in module.targets]
    return _digest("repairs", module.document, slices, environment)


def _digest(*parts: object) -> str:
    text = "\0".join([FORMAT, __version__, *(repr(part) for part in parts)])
    return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()
