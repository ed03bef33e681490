"""The user's other files: found on disk as Python would find them, and sliced as well."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from hypershape.model import Document, SliceFile
from hypershape.source.code import Code, per_text
from hypershape.source.documents import Unreadable, read
from hypershape.source.names import Names
from hypershape.source.removed import is_nowhere, nowhere, todays
from hypershape.source.slices import Cut, Slicer
from hypershape.source.unsettled import settings
from hypershape.text import blanked

# A file of the user's that is called like one of these shadows the package that it means to use.
NEVER_LOCAL = frozenset(sys.stdlib_module_names) | {
    "keras", "keras_tuner", "kerastuner", "tensorflow", "tf_keras", "jax", "torch", "numpy", "pandas", "sklearn",
    "scipy", "matplotlib",
}  # fmt: skip
_ROOT_MARKS = (".git", "pyproject.toml", "setup.py", "setup.cfg", "requirements.txt")
_LEVELS = 5
_ATTRIBUTE = re.compile(r"\.\s*([^\W\d]\w*)")
_RELATIVE = re.compile(r"from\s+(\.+)\s*([\w.]*)\s+import\b")


@dataclass(frozen=True, slots=True)
class Local:
    """A module of the user's: its dotted name and its file (None for a package without `__init__.py`)."""

    name: str
    file: Path | None


class Finder:
    """Finds the modules that one file imports from beside it, from its project's root or from `sys.path.append`."""

    def __init__(self, path: str, extra: Iterable[str] = ()) -> None:
        self.file = Path(path)
        folder = self.file.parent
        self.roots = [folder, *_parents_to_root(folder)]
        self.roots += [root / "src" for root in self.roots[:] if (root / "src").is_dir()]
        self.roots += [folder / each for each in extra]
        self.package = _package_of(self.file)

    def find(self, name: str) -> Local | None:
        """The module with an absolute dotted name, if it is the user's own."""
        parts = name.split(".")
        if not name or parts[0] in NEVER_LOCAL:
            return None
        # `from src.models import …` in a file somewhere under a folder `src`.
        around = [folder.parent for folder in self.file.parents if folder.name == parts[0]]
        for root in [*self.roots, *around]:
            file = _file_of(root, parts)
            if file is not None and file != self.file:
                return Local(name, file)
            if root.joinpath(*parts).is_dir() and _holds_python(root.joinpath(*parts)):
                return Local(name, None)
        return None

    def absolute(self, module: str | None, level: int, package: str | None = None) -> str:
        """The absolute name of a module imported with `level` leading dots from a package."""
        if level == 0:
            return module or ""
        parts = (self.package if package is None else package).split(".")
        base = parts[: len(parts) - level + 1]
        return ".".join([*(each for each in base if each), *([module] if module else [])])


@dataclass
class Collector:
    """Gathers the slices of all local modules that a slice imports, directly or through one another.

    `opened` are texts that count instead of what the disk has, by path.
    """

    finder: Finder
    opened: Mapping[str, Document] = field(default_factory=dict)
    needs: dict[str, set[str]] = field(default_factory=dict)
    found: dict[str, Local] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    imports: dict[str, dict[str, None]] = field(default_factory=dict)
    """What each module imports, in order."""
    read: set[str] = field(default_factory=set)
    """The attributes that the slices read so far: methods of these names may be called from another module."""
    unseen: set[str] = field(default_factory=set)
    """What the modules need and do not define, where a call such as `exec` may bind it."""
    gone: dict[str, None] = field(default_factory=dict)
    """The names that the modules import from Keras or Keras Tuner and that are in neither today."""

    def files(self, code: Code, cut: Cut) -> tuple[SliceFile, ...]:
        """The slices of the modules that a cut of `code` imports, each after those that it imports itself."""
        self._follow("__main__", code, cut, self.finder.package)
        return tuple(
            SliceFile(str(self.found[name].file or self._init_of(name)), name, self.texts.get(name, ""))
            for name in self._ordered("__main__", set())
            if name in self.found
        )

    def codes(self) -> Iterator[Code]:
        """The modules, as they were read."""
        for local in self.found.values():
            module = self._read(local.file) if local.file is not None else None
            if module is not None:
                yield module[0]

    def set_by(self, code: Code) -> list[ast.AST]:
        """The places where a file sets what the modules hold and somebody needs of them."""
        return [
            node
            for _, node in settings(code)
            if isinstance(node, (ast.Attribute, ast.Subscript, ast.Call)) and self._is_needed(node, code)
        ]

    def _is_needed(self, node: ast.Attribute | ast.Subscript | ast.Call, code: Code) -> bool:
        owner: ast.expr = node
        if isinstance(node, ast.Call):
            owner = node.func.value if isinstance(node.func, ast.Attribute) else node.args[0]
        while isinstance(owner, (ast.Attribute, ast.Subscript)) and code.imported(owner) is None:
            owner = owner.value
        origin = code.imported(owner) or ""
        level = len(origin) - len(origin.lstrip("."))
        parts = self.finder.absolute(origin.lstrip("."), level).split(".")
        for length in range(len(parts), 0, -1):
            name = ".".join(parts[:length])
            if name in self.found:
                held = parts[length : length + 1]
                return not held or held[0] in self.needs[name]
        return False

    def _ordered(self, name: str, seen: set[str]) -> list[str]:
        order = []
        for other in self.imports.get(name, ()):
            if other not in seen:
                seen.add(other)
                order += [*self._ordered(other, seen), other]
        return order

    def _init_of(self, name: str) -> str:
        folder = next(
            (
                root.joinpath(*name.split("."))
                for root in self.finder.roots
                if root.joinpath(*name.split(".")).is_dir()
            ),
            self.finder.file.parent.joinpath(*name.split(".")),
        )
        return str(folder / "__init__.py")

    def _follow(self, importer: str, code: Code, cut: Cut, package: str) -> None:
        self.read.update(_ATTRIBUTE.findall(cut.text))
        for node in sorted(cut.imports, key=code.text.start):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    if self._is_local(alias.name):
                        self._import(importer, alias.name, _attributes(code, alias.asname or alias.name))
                continue
            name = self.finder.absolute(node.module, node.level, package)
            for alias in node.names if self._is_local(name) else ():
                if alias.name == "*":
                    self._import(importer, name, cut.missing_before_stars)
                elif self._is_submodule(name, alias.name):
                    attributes = _attributes(code, alias.asname or alias.name)
                    self._import(importer, f"{name}.{alias.name}", attributes)
                else:
                    self._import(importer, name, {alias.name})

    def _is_local(self, name: str) -> bool:
        return self.finder.find(name.partition(".")[0]) is not None

    def _is_submodule(self, package: str, name: str) -> bool:
        """Whether `from package import name` gives a module rather than a name that the package binds."""
        local = self.finder.find(package)
        known = self._read(local.file) if local is not None and local.file else None
        if known is not None and name in known[1].bound:
            return False
        return self.finder.find(f"{package}.{name}") is not None

    def _read(self, file: Path) -> tuple[Code, Slicer] | None:
        return _module_of(str(file), self.opened)

    def _import(self, importer: str, name: str, wanted: set[str]) -> None:
        """Slices a module, and the packages around it, for the names that are wanted of it."""
        parts = name.split(".")
        for length in range(1, len(parts) + 1):
            part = ".".join(parts[:length])
            if part != importer:
                self.imports.setdefault(importer, {})[part] = None
            self._slice(part, wanted if length == len(parts) else set())

    def _slice(self, name: str, wanted: set[str]) -> None:
        local = self.finder.find(name)
        known = self.needs.get(name)
        if local is None or (known is not None and wanted <= known):
            return
        self.needs[name] = (known or set()) | wanted
        self.found[name] = local
        module = self._read(local.file) if local.file is not None else None
        if module is None or local.file is None:
            return
        code, slicer = module
        cut = slicer.cut(Names(loads=set(self.needs[name]), attributes=set(self.read)))
        self.texts[name] = with_todays_imports(cut.text, cut, code)
        self.gone.update(dict.fromkeys(gone for node in cut.imports for gone in nowhere(node)))
        self.unseen |= cut.missing if code.binds_unseen else set()
        is_package = local.file.name == "__init__.py"
        self._follow(name, code, cut, name if is_package else name.rpartition(".")[0])


def with_absolute_imports(text: str, cut: Cut, code: Code, finder: Finder) -> str:
    """The text of the main file with its relative imports made absolute: what is run as `__main__` has no package."""
    for node in sorted(cut.imports, key=lambda each: -code.text.start(each)):
        if isinstance(node, ast.ImportFrom) and node.level:
            start = code.text.start(node)
            match = _RELATIVE.match(text, start)
            name = finder.absolute(node.module, node.level)
            if match is not None and name:
                text = f"{text[:start]}from {name} import{text[match.end() :]}"
    return text


def with_todays_imports(text: str, cut: Cut, code: Code) -> str:
    """The text with what Keras and Keras Tuner have moved imported from where it is: the target is probed all the same.

    Only where the import must fail: one that is tried, or made under a condition, has a substitute. What is nowhere
    today and called for its effect alone is left out.
    """
    for start, end in _calls_of_nothing(code):
        if text[start:end] == code.clean[start:end]:
            text = f"{text[:start]}pass{blanked(text[start + 4 : end])}{text[end:]}"
    for node in sorted(cut.imports, key=lambda each: -code.text.start(each)):
        start, end = code.text.start(node), code.text.end(node)
        tried = any(isinstance(each, (ast.Try, ast.If, ast.With)) for each in code.ancestors(node))
        today = todays(node) if not tried and text[start:end] == code.clean[start:end] else None
        if today is not None:
            lines = text[start:end].count("\n")
            text = f"{text[:start]}{today}{chr(10) * lines}{text[end:]}"
    return text


@per_text
def _calls_of_nothing(code: Code) -> list[tuple[int, int]]:
    """Where a module calls, for the effect alone, what is nowhere today."""
    calls = [(each, each.value) for each in code.tree.body if isinstance(each, ast.Expr)]
    names = [(each, code.imported(call.func)) for each, call in calls if isinstance(call, ast.Call)]
    gone = [each for each, name in names if name is not None and is_nowhere(name)]
    return [(code.text.start(each), code.text.end(each)) for each in gone]


def extra_paths(code: Code) -> list[str]:
    """The folders that the file appends to `sys.path` as literals."""
    found = re.findall(
        r"sys\.path\.(?:append|insert)\(\s*(?:\d+\s*,\s*)?[rRbBuU]?[\"']([^\"'\r\n]+)[\"']\s*\)",
        code.clean,
    )
    return [str(each) for each in found]


def _attributes(code: Code, name: str) -> set[str]:
    """The attributes of a module that a file reads."""
    return set(re.findall(rf"(?<![\w.]){re.escape(name)}\s*\.\s*(\w+)", code.clean))


def _parents_to_root(folder: Path) -> list[Path]:
    """The folders above, up to the root of the project; none where no project is in sight."""
    above = []
    for parent in [folder, *folder.parents][:_LEVELS]:
        if parent != folder:
            above.append(parent)
        if any((parent / mark).exists() for mark in _ROOT_MARKS):
            return above
    return [parent for parent in above if _in_package(folder, parent)]


def root_marks(file: Path) -> list[Path]:
    """What says, around a file, where its project begins."""
    places = (parent / mark for parent in list(file.parents)[:_LEVELS] for mark in _ROOT_MARKS)
    return [place for place in places if place.exists()]


def _in_package(folder: Path, parent: Path) -> bool:
    """Whether every folder from `folder` up to, but without, `parent` is a package."""
    while folder != parent:
        if not (folder / "__init__.py").exists():
            return False
        folder = folder.parent
    return True


def _package_of(file: Path) -> str:
    """The dotted package that a file belongs to; for one outside packages, its folder's name.

    A folder whose name cannot be imported, such as `my-project`, is no part of it.
    """
    folder = file.parent
    parts: list[str] = []
    while (folder / "__init__.py").exists() and folder.name.isidentifier():
        parts.insert(0, folder.name)
        folder = folder.parent
    own = file.resolve().parent.name
    return ".".join(parts) or (own if own.isidentifier() else "")


def _file_of(root: Path, parts: list[str]) -> Path | None:
    package = root.joinpath(*parts, "__init__.py")
    if package.is_file():
        return package
    module = root.joinpath(*parts[:-1], f"{parts[-1]}.py")
    return module if module.is_file() else None


def _holds_python(folder: Path) -> bool:
    return any(folder.glob("*.py")) or any(folder.glob("*/*.py"))


def _stamp(file: Path) -> tuple[int, int]:
    try:
        status = file.stat()
    except OSError:
        return 0, 0
    return status.st_mtime_ns, status.st_size


@per_text
def finder_of(code: Code) -> Finder:
    """What finds the modules that a file imports."""
    return Finder(code.path, extra_paths(code))


def code_of(path: str, opened: Mapping[str, Document]) -> Code | None:
    """A file as an editor or the disk has it; None where it cannot be read."""
    module = _module_of(path, opened)
    return module[0] if module is not None else None


def _module_of(path: str, opened: Mapping[str, Document]) -> tuple[Code, Slicer] | None:
    document = opened.get(path)
    return _read_opened(document) if document is not None else _read(path, _stamp(Path(path)))


@lru_cache(maxsize=64)
def _read(file: str, stamp: tuple[int, int]) -> tuple[Code, Slicer] | None:
    try:
        code = Code(read(Path(file)))
    except Unreadable:
        return None
    return code, Slicer(code)


@lru_cache(maxsize=16)
def _read_opened(document: Document) -> tuple[Code, Slicer]:
    code = Code(document)
    return code, Slicer(code)
