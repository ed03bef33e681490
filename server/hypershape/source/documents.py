"""Files to documents: scripts in any encoding, notebooks of any age, folders that are walked."""

from __future__ import annotations

import io
import json
import os
import tokenize
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from pathspec import GitIgnoreSpec

from hypershape.model import Cell, Document
from hypershape.text import LINE_END

SUFFIXES = (".py", ".ipynb")
_SKIPPED = {"node_modules", "site-packages", "__pycache__", "venv", "env", "build", "dist"}


LARGEST = 1_000_000
"""A text with more characters is not analysed: reading it would take many seconds, and a gigabyte."""


class Unreadable(Exception):
    """A file that cannot be read as Python or as a notebook; says why in one sentence."""


def read(path: Path) -> Document:
    """Reads a script or a notebook.

    Raises:
        Unreadable: the file is missing, is no text, or is no notebook of Python code.
    """
    try:
        data = path.read_bytes()
    except IsADirectoryError:
        raise Unreadable(f"{path} is a folder.") from None
    except OSError as problem:
        raise Unreadable(f"{path} cannot be read: {problem.strerror or problem}.") from None
    if path.suffix == ".ipynb":
        return from_notebook(str(path), _code_cells(path, data))
    return from_text(str(path), _decoded(path, data))


def from_text(path: str, text: str) -> Document:
    """A script whose text is at hand."""
    return Document(path, text.removeprefix("\ufeff"))


def from_notebook(path: str, cells: Iterable[tuple[int, str]]) -> Document:
    """A notebook from its code cells: pairs of the cell's index among all cells and its source."""
    placed, sources, line = [], [], 1
    for index, source in cells:
        # A carriage return at the end of a cell and the line feed between cells would be one line end.
        source = source[:-1] + "\n" if source.endswith("\r") else source
        count = len(LINE_END.findall(source)) + 1
        placed.append(Cell(index, line, count))
        sources.append(source)
        line += count
    return Document(path, "\n".join(sources), tuple(placed))


def find_files(paths: Sequence[Path]) -> list[Path]:
    """The scripts and notebooks under `paths`, sorted within each folder, each once.

    A file that is named itself is always taken. Folders are walked without hidden and installed ones, and
    without what a `.gitignore` in or above them excludes.
    """
    found: dict[Path, None] = {}
    for path in paths:
        files = walk(path) if path.is_dir() else iter([path])
        found.update(dict.fromkeys(files))
    return list(found)


def walk(folder: Path) -> Iterator[Path]:
    """The scripts and notebooks under a folder, as `find_files` takes them, one after the other."""
    return _walk(folder, _ignored_above(folder))


_Ignores = tuple[tuple[Path, GitIgnoreSpec], ...]


def _walk(folder: Path, ignores: _Ignores) -> Iterator[Path]:
    ignores += _ignored_in(folder)
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: (entry.is_dir(), entry.name))
    except OSError:
        return
    for entry in entries:
        path = folder / entry.name
        if entry.is_dir(follow_symlinks=False):
            skipped = entry.name.startswith(".") or entry.name in _SKIPPED or (path / "pyvenv.cfg").exists()
            if not skipped and not _is_ignored(path, True, ignores):
                yield from _walk(path, ignores)
        elif path.suffix in SUFFIXES and entry.is_file() and not _is_ignored(path, False, ignores):
            yield path


def _ignored_in(folder: Path) -> _Ignores:
    try:
        lines = (folder / ".gitignore").read_text("utf-8", "replace").splitlines()
        return ((folder.resolve(), GitIgnoreSpec.from_lines(lines)),)
    except (OSError, ValueError):
        return ()


def _ignored_above(folder: Path) -> _Ignores:
    """The `.gitignore` files from the root of the repository down to the folder's parent."""
    folder = folder.resolve()
    above: _Ignores = ()
    for parent in (folder, *folder.parents):
        if parent != folder:
            above = _ignored_in(parent) + above
        if (parent / ".git").exists():
            return above
    return ()


def _is_ignored(path: Path, is_folder: bool, ignores: _Ignores) -> bool:
    resolved = path.resolve() if path.is_symlink() is False else path.parent.resolve() / path.name
    verdict = False
    for root, spec in ignores:
        relative = resolved.relative_to(root).as_posix() + ("/" if is_folder else "")
        decided = spec.check_file(relative).include
        verdict = verdict if decided is None else decided
    return verdict


# A script's bytes.


def _decoded(path: Path, data: bytes) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encoding = "utf-16"
    else:
        if b"\0" in data[:4096]:
            raise Unreadable(f"{path} is not a text file.")
        try:
            encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        except SyntaxError:
            encoding = "utf-8"
    for attempt in (encoding, "utf-8-sig", "cp1252"):
        try:
            return data.decode(attempt)
        except (UnicodeDecodeError, LookupError):
            continue
    return data.decode("latin-1")


# A notebook's JSON.


def _code_cells(path: Path, data: bytes) -> list[tuple[int, str]]:
    try:
        notebook = json.loads(data.decode("utf-8-sig", "replace"))
    except (ValueError, RecursionError):
        raise Unreadable(f"{path} is not a notebook: it is not valid JSON.") from None
    if not isinstance(notebook, dict):
        raise Unreadable(f"{path} is not a notebook.")
    language = _language(notebook)
    if "python" not in language:
        raise Unreadable(f"{path} is a notebook of {language}, not of Python.")
    cells = notebook.get("cells")
    if cells is None:
        sheets = _list(notebook.get("worksheets"))
        if not sheets:
            raise Unreadable(f"{path} is not a notebook: it has no cells.")
        cells = [cell for sheet in sheets if isinstance(sheet, dict) for cell in _list(sheet.get("cells"))]
    return [
        (index, _source(cell))
        for index, cell in enumerate(_list(cells))
        if isinstance(cell, dict) and cell.get("cell_type") == "code"
    ]


def _language(notebook: dict[str, Any]) -> str:
    metadata = notebook.get("metadata")
    for part, key in (("language_info", "name"), ("kernelspec", "language")):
        described = metadata.get(part) if isinstance(metadata, dict) else None
        if isinstance(described, dict) and isinstance(described.get(key), str):
            return str(described[key]).lower()
    return "python"


def _source(cell: dict[str, Any]) -> str:
    source = cell.get("source", cell.get("input", ""))
    if isinstance(source, list):
        return "".join(line for line in source if isinstance(line, str))
    return source if isinstance(source, str) else ""


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
