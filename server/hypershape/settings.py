"""Settings: what the command line, an editor and a project's pyproject.toml each say, and who wins.

All three are read into the same values by the same rules, so that no setting can mean two things.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from hypershape.model import Level, Options, Severity

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

LEVELS: dict[str, Level] = {
    "auto": "auto",
    "static": "static",
    "symbolic": "symbolic",
    "device": "device",
}


def processes(spare: bool) -> int:
    """How many processes may probe at a time; where there are more than two processors, one stays for the editor.

    `spare` leaves one also where there are two.
    """
    affinity = getattr(os, "sched_getaffinity", None)
    count = len(affinity(0)) if affinity is not None else os.cpu_count() or 1
    return max(1, count - 1 if spare or count > 2 else count)


class BadSettings(Exception):
    """One sentence that says which setting is wrong, where, and what it should be."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What one place sets; None (no entry, for severities) where it says nothing."""

    select: tuple[str, ...] | None = None
    ignore: tuple[str, ...] | None = None
    severity: tuple[tuple[str, Severity], ...] = ()
    level: Level | None = None
    budget: float | None = None
    memory: float | None = None
    """The GB of memory of what the searches will run on."""
    python: tuple[str, ...] | None = None
    """The command that starts the user's interpreter."""
    paths: tuple[tuple[str, str], ...] | None = None
    """Folders here, each with its path where that interpreter runs."""
    file: Path | None = None
    """The file that says so."""

    def over(self, other: Settings) -> Settings:
        """These settings, and the other's where these say nothing."""
        return Settings(
            select=other.select if self.select is None else self.select,
            ignore=other.ignore if self.ignore is None else self.ignore,
            severity=tuple({**dict(other.severity), **dict(self.severity)}.items()),
            level=self.level or other.level,
            budget=self.budget or other.budget,
            memory=self.memory or other.memory,
            python=self.python or other.python,
            paths=other.paths if self.paths is None else self.paths,
            file=self.file if self.python else other.file,
        )

    def options(self, usual: Options | None = None) -> Options:
        """What is asked of an analysis; `usual` holds where nothing is set."""
        usual = usual or Options()
        return replace(
            usual,
            select=usual.select if self.select is None else self.select,
            ignore=usual.ignore if self.ignore is None else self.ignore,
            severity=self.severity or usual.severity,
            level=self.level or usual.level,
            budget=self.budget or usual.budget,
            memory=self.memory or usual.memory,
        )

    def missing_interpreter(self) -> str | None:
        """One sentence when a project names an interpreter that does not exist."""
        from hypershape.probe import interpreter

        if self.file is None or self.python is None or interpreter.exists(self.python):
            return None
        return f"{self.file}: python names {self.python[0]}, which does not exist."


def load(folder: Path) -> Settings:
    """The settings of the nearest pyproject.toml with a `[tool.hypershape]` table, at or above `folder`.

    Raises BadSettings for a table that cannot be understood.
    """
    for parent in (folder, *folder.parents):
        file = parent / "pyproject.toml"
        if not file.is_file():
            continue
        try:
            table = tomllib.loads(file.read_text(encoding="utf-8")).get("tool", {}).get("hypershape")
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise BadSettings(f"{file} is not valid TOML: {error}.") from None
        except OSError as error:
            raise BadSettings(f"{file} cannot be read: {error.strerror}.") from None
        if table is not None:
            return _of_project(table, file)
    return Settings()


def _of_project(table: Any, file: Path) -> Settings:
    if not isinstance(table, Mapping):
        raise BadSettings(f"{file}: [tool.hypershape] is a table, not {table!r}.")
    values: dict[str, Any] = {}
    for name, value in table.items():
        if name not in READERS:
            known = ", ".join(sorted(READERS))
            raise BadSettings(f"{file}: [tool.hypershape] has no setting {name!r}; there are {known}.")
        try:
            values[name] = read(name, value, file.parent)
        except ValueError as reason:
            raise BadSettings(f"{file}: {reason}") from None
    return Settings(**values, file=file)


def read(name: str, value: Any, folder: Path) -> Any:
    """The value of one setting, as JSON or TOML give it; paths are relative to `folder`.

    Raises ValueError with a sentence that says what it should be.
    """
    result = READERS[name](value, folder)
    if result is None:
        raise ValueError(f"{name} {SHOULD_BE[name]}, not {value!r}.")
    return result


def _codes(value: Any, _: Path) -> tuple[str, ...] | None:
    if not isinstance(value, list | tuple) or not all(isinstance(code, str) for code in value):
        return None
    return tuple(code.upper() for code in value)


def _severity(value: Any, _: Path) -> tuple[tuple[str, Severity], ...] | None:
    try:
        return tuple((code.upper(), Severity(level)) for code, level in value.items())
    except (AttributeError, TypeError, ValueError):
        return None


def _level(value: Any, _: Path) -> Level | None:
    return LEVELS.get(value) if isinstance(value, str) else None


def _positive(value: Any, _: Path) -> float | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number and 0 < value < float("inf") else None


def _python(value: Any, folder: Path) -> tuple[str, ...] | None:
    if isinstance(value, str) and value.strip():
        from hypershape.probe import interpreter

        return interpreter.command(value, folder)
    if isinstance(value, list | tuple) and value and all(isinstance(word, str) for word in value):
        return tuple(value)
    return None


def _paths(value: Any, folder: Path) -> tuple[tuple[str, str], ...] | None:
    if not isinstance(value, Mapping):
        return None
    pairs = [(here, there) for here, there in value.items() if isinstance(here, str)]
    if not all(isinstance(there, str) and there for _, there in pairs) or len(pairs) < len(value):
        return None
    return tuple((os.path.normpath(folder / Path(here).expanduser()), there) for here, there in pairs)


READERS: Mapping[str, Callable[[Any, Path], Any]] = {
    "select": _codes,
    "ignore": _codes,
    "severity": _severity,
    "level": _level,
    "budget": _positive,
    "memory": _positive,
    "python": _python,
    "paths": _paths,
}
"""What each setting is read with; None for a value that it cannot have."""

SHOULD_BE: Mapping[str, str] = {
    "select": 'is a list of codes such as ["HS2", "HS401"]',
    "ignore": 'is a list of codes such as ["HS2", "HS401"]',
    "severity": f"maps codes to one of {', '.join(severity.value for severity in Severity)}",
    "level": "is 'auto', 'static', 'symbolic' or 'device'",
    "budget": "is a number of seconds above 0",
    "memory": "is a number of gigabytes above 0",
    "python": "is the path of an interpreter, or the command that starts one",
    "paths": "maps folders here to their paths where the interpreter runs",
}
