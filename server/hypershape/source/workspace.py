"""The files around a file: which of them speak of a name, and where a name is defined; the one door to jedi.

jedi is imported when the first name is looked up and works on one thread, because it must not be used from
several. It starts no interpreter and imports nothing of the user's: where packages lie is read from the folders of
the virtual environment. What is found here is never believed alone: the reader of a file has the last word.
"""

from __future__ import annotations

import os
import re
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, TimeoutError
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from hypershape.source.documents import LARGEST, SUFFIXES, walk
from hypershape.source.modules import NEVER_LOCAL
from hypershape.source.unsettled import module_name
from hypershape.text import Text

ROOT_MARKS = (".git", "pyproject.toml", "setup.py", "setup.cfg", "requirements.txt")
LEVELS = 5
"""So many folders up the root of a project is looked for."""
ENVIRONMENTS = (".venv", "venv", "env")
FRESH_SECONDS = 2.0
"""A list of the project's files counts so long, or twenty times as long as it took to make."""

_OF_INTEREST = re.compile(rb"(?i)keras|tensorflow|tuner|hyper|\bhps?\b")
_SETS = re.compile(
    rb"(?<!\bself)\.(\w+) *(?:[-+*/|%@&^]|//|\*\*)?=(?!=)|setattr\(|\['\"](\w+)['\"]\] *[-+*/|]?=(?!=)"
)
"""What may set an attribute or a key of something that another file holds."""
_WORD = re.compile(r"[^\W\d]\w*")
_IMPORT = re.compile(r"(?m)^[ \t\"]*(?:from[ \t]+([\w.]+)[ \t]+)?import[ \t]+(\([^)]*\)|[^\n#]*)")

_jedi = ThreadPoolExecutor(max_workers=1, thread_name_prefix="jedi")


@dataclass(frozen=True, slots=True)
class Limits:
    """How far a question may go: files listed, files that name something, seconds for a look at all files and for
    one definition."""

    files: int = 10_000
    users: int = 30
    seconds: float = 2.0
    lookup_seconds: float = 3.0


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is defined: a line (from 1) and its dotted name within the file."""

    path: str
    line: int
    name: str


@dataclass(frozen=True, slots=True)
class Mentions:
    """The files that use one of some names; `stopped` says, in one sentence, why not all files were looked at."""

    files: tuple[str, ...]
    stopped: str | None = None


class Workspace:
    """What can be asked about the files around a file; safe to use from several threads.

    Args:
        limits: how far a question may go.
    """

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self._projects: dict[Path, _Project] = {}

    def mentions(self, path: str, names: Iterable[str]) -> Mentions:
        """The files of a file's project that may use one of its names, nearest first.

        They mention a name, and import the file's module or one that may hand the name on.
        """
        wanted, own = frozenset(names), os.path.abspath(path)  # noqa: PTH100 - keeps symbolic links
        if not wanted:
            return Mentions(())
        project = self._project(own)
        project.refresh(Path(own).parent)
        modules = _modules_of(own, wanted, project.seen)
        found = [
            other
            for other, its in project.seen.items()
            if other != own and its.words & wanted and its.imports & modules
        ]
        found.sort(key=lambda other: (Path(other).parent != Path(own).parent, other))
        stopped = project.stopped
        if len(found) > self.limits.users:
            stopped = (
                f"{len(found):,} files mention a name of {Path(path).name}; "
                f"only the nearest {self.limits.users} were read."
            )
        return Mentions(tuple(_as_asked(path, each) for each in found[: self.limits.users]), stopped)

    def setters(self, paths: Iterable[str]) -> tuple[str, ...]:
        """The files of a project that import one of its files and may set what that holds, nearest first."""
        own = [os.path.abspath(each) for each in paths]  # noqa: PTH100 - keeps symbolic links
        project = self._project(own[-1])
        project.refresh(Path(own[-1]).parent)
        modules = {module_name(each) for each in own} - NEVER_LOCAL
        found = [
            other
            for other, its in project.seen.items()
            if its.sets and other not in own and its.imports & modules
        ]
        found.sort(key=lambda other: (Path(other).parent != Path(own[-1]).parent, other))
        return tuple(_as_asked(own[-1], each) for each in found[: self.limits.users])

    def definition(self, path: str, text: str, line: int, column: int) -> Place | None:
        """Where the name at a place of a text is defined, in whatever file, imports followed.

        Args:
            path: the file that the text belongs to.
            text: must parse, at least around the place.
            line, column: of the name, both from 1, in characters.

        Returns:
            None where it cannot be told, is not one place, or is a stub without source.
        """
        own = os.path.abspath(path)  # noqa: PTH100 - keeps symbolic links
        project = self._project(own)
        key = (own, hash(text), line, column)
        known = project.places.get(key)
        if known is None or (known[0] is not None and _stamp(Path(known[0].path)) != known[1]):
            job = _jedi.submit(project.look_up, own, text, line, column - 1)
            try:
                place = job.result(timeout=self.limits.lookup_seconds)
            except TimeoutError:
                job.cancel()
                return None
            except Exception:
                # jedi fails in its own ways on odd code; a name that it cannot follow is one we do not know.
                place = None
            known = project.places[key] = (place, _stamp(Path(place.path)) if place is not None else (0, 0))
        return None if known[0] is None else replace(known[0], path=_as_asked(path, known[0].path))

    def _project(self, path: str) -> _Project:
        root, whole = root_of(Path(path).parent)
        return self._projects.setdefault(root, _Project(root, whole, self.limits))


@dataclass(frozen=True, slots=True)
class _Seen:
    """What a look into a file kept: its words, if it may have to do with hyperparameters, those of its imports, and
    whether it may set what other files hold."""

    words: frozenset[str]
    imports: frozenset[str]
    sets: bool


@dataclass
class _Project:
    """One project: its files with what was seen in them at the last look, and the places that were looked up."""

    root: Path
    whole: bool
    limits: Limits
    seen: dict[str, _Seen] = field(default_factory=dict)
    stopped: str | None = None
    places: dict[tuple[str, int, int, int], tuple[Place | None, tuple[int, int]]] = field(
        default_factory=dict
    )
    _stamps: dict[str, tuple[int, int]] = field(default_factory=dict)
    _near: dict[Path, None] = field(default_factory=dict)
    """The folders of files that were asked about: they are looked into first."""
    _fresh_until: float = 0.0
    _looking: threading.Lock = field(default_factory=threading.Lock)
    """One thread looks at a time: those that wait find what it has seen."""

    def refresh(self, near: Path) -> None:
        """Looks at the folder again if the last look is old; what was looked up is forgotten when files changed."""
        with self._looking:
            self._refresh(near)

    def _refresh(self, near: Path) -> None:
        started = time.monotonic()
        if started < self._fresh_until and near in self._near:
            return
        self._near[near] = None
        stamps: dict[str, tuple[int, int]] = {}
        seen: dict[str, _Seen] = {}
        self.stopped = None
        for path in self._files():
            reason = self._limit(len(stamps), time.monotonic() - started)
            if reason is not None:
                self.stopped = reason
                break
            name = str(path)
            if name in stamps:
                continue
            stamp = _stamp(path)
            stamps[name] = stamp
            known = self.seen.get(name) if self._stamps.get(name) == stamp else _look_into(path)
            if known is not None:
                seen[name] = known
        if stamps != self._stamps:
            self.places = {}
        self._stamps, self.seen = stamps, seen
        now = time.monotonic()
        self._fresh_until = now + max(FRESH_SECONDS, 20 * (now - started))

    def _limit(self, count: int, seconds: float) -> str | None:
        if count >= self.limits.files:
            return f"The project has more than {self.limits.files:,} Python files; the others were not looked into."
        if seconds > self.limits.seconds:
            return f"Reading the project's files took more than {self.limits.seconds:g} s; {count:,} were looked into."
        return None

    def _files(self) -> Iterator[Path]:
        for folder in self._near:
            try:
                yield from sorted(each for each in folder.iterdir() if each.suffix in SUFFIXES)
            except OSError:
                continue
        if self.whole:
            yield from walk(self.root)

    def look_up(self, path: str, text: str, line: int, column: int) -> Place | None:
        """jedi's answer, on jedi's own thread."""
        script = _script(text, path, self._jedi_project)
        found = {
            place
            for each in script.goto(line, column, follow_imports=True)
            if (place := _place(each)) is not None
        }
        return found.pop() if len(found) == 1 else None

    @cached_property
    def _jedi_project(self) -> Any:
        jedi = _import_jedi()
        folders = [self.root, self.root / "src", *site_packages(self.root)]
        return jedi.Project(self.root, sys_path=[str(each) for each in folders], smart_sys_path=True)


def _as_asked(path: str, found: str) -> str:
    """A path that was found, relative to the working folder where the path that was asked about is."""
    return found if Path(path).is_absolute() else os.path.relpath(found)


def root_of(folder: Path) -> tuple[Path, bool]:
    """The root of the project that a folder belongs to, and whether one is in sight.

    Without a sign of a project only the folder itself counts: nobody wants their home folder searched.
    """
    folder = folder.absolute()
    for parent in [folder, *folder.parents][: LEVELS + 1]:
        if any(_exists(parent / mark) for mark in ROOT_MARKS):
            return parent, True
    return folder, False


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:
        return False


def site_packages(root: Path) -> list[Path]:
    """Where the packages of a project's virtual environment lie, read from its folders: no interpreter is asked.

    A broken environment has none. Plain lines of `.pth` files, as editable installs write them, count; their
    `import` lines are not run.
    """
    named = [Path(os.environ[each]) for each in ("VIRTUAL_ENV", "CONDA_PREFIX") if os.environ.get(each)]
    found: list[Path] = []
    for environment in (*(root / name for name in ENVIRONMENTS), *named):
        try:
            folders = [*environment.glob("lib/python3*/site-packages"), environment / "Lib" / "site-packages"]
            for folder in folders:
                if folder.is_dir():
                    found += [folder, *_path_files(folder)]
        except OSError:
            continue
    return found


def _path_files(folder: Path) -> list[Path]:
    texts = [file.read_text("utf-8", "replace") for file in sorted(folder.glob("*.pth"))]
    lines = [line.strip() for text in texts for line in Text.of(text).lines]
    named = [line for line in lines if line and not line.startswith(("#", "import ", "import\t"))]
    return [each for line in named if (each := folder / line).is_dir()]


def _stamp(path: Path) -> tuple[int, int]:
    """What changes when a file does; zeros where there is none."""
    try:
        status = path.stat()
    except OSError:
        return 0, 0
    return status.st_mtime_ns, status.st_size


def _look_into(path: Path) -> _Seen | None:
    """What is to know of a file; None where other files have nothing to do with it."""
    try:
        if path.stat().st_size > LARGEST:
            return None
        data = path.read_bytes()
    except OSError:
        return None
    matters, sets = _OF_INTEREST.search(data) is not None, _SETS.search(data) is not None
    if not matters and not sets:
        return None
    text = data.decode("utf-8", "replace")
    if path.suffix == ".ipynb":
        # Each text of its JSON on a line of its own.
        text = text.replace("\\n", "\n").replace('"', '\n"')
    words = frozenset(_WORD.findall(text)) if matters else frozenset()
    return _Seen(words, frozenset(_imported(text)), sets)


def _imported(text: str) -> Iterator[str]:
    """The words of the imports of a text, but for those from libraries."""
    for origin, names in _IMPORT.findall(text):
        if origin.partition(".")[0] not in NEVER_LOCAL:
            yield from _WORD.findall(f"{origin} {names}")


def _modules_of(path: str, names: frozenset[str], seen: Mapping[str, _Seen]) -> set[str]:
    """The last names of the modules through which a file's names can be imported: its own, and those in between."""
    modules = {module_name(path)}
    for _ in range(2):
        modules |= {
            module_name(other)
            for other, its in seen.items()
            if its.imports & modules and (its.words & names or other.endswith("__init__.py"))
        }
    return modules - NEVER_LOCAL


def _place(name: Any) -> Place | None:
    path = name.module_path
    if path is None or path.suffix == ".pyi" or name.line is None:
        # A stub tells where nothing is.
        return (
            None
            if name.type != "module" or path is None or path.suffix == ".pyi"
            else Place(str(path), 1, "")
        )
    parts = [name.name]
    outer = name.parent()
    while outer is not None and outer.type in ("class", "function"):
        parts.insert(0, outer.name)
        outer = outer.parent()
    return Place(str(path), name.line, "" if name.type == "module" else ".".join(parts))


def _import_jedi() -> Any:
    import jedi

    # By default it imports `gi` for real, and asks the interpreter of an active virtual environment.
    jedi.settings.auto_import_modules = []
    return jedi


def _script(text: str, path: str, project: Any) -> Any:
    from jedi.api.environment import InterpreterEnvironment

    return _import_jedi().Script(text, path=path, project=project, environment=InterpreterEnvironment())
