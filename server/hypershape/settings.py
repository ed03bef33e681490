"""`[tool.hypershape]` in pyproject.toml: settings of a project, which the editor's and the command line's override."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from hypershape.model import Level, Options, Severity

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


class BadSettings(Exception):
    """One sentence that says which setting is wrong, where, and what it should be."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a project sets; None or empty where it says nothing."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severity: tuple[tuple[str, Severity], ...] = ()
    level: Level | None = None
    budget: float | None = None
    python: str | None = None

    def under(self, chosen: Options) -> Options:
        """The options for one file: what the project sets, where the user did not choose otherwise."""
        usual = Options()
        return replace(
            chosen,
            select=chosen.select or self.select,
            ignore=chosen.ignore or self.ignore,
            severity=tuple({**dict(self.severity), **dict(chosen.severity)}.items()),
            level=self.level if self.level and chosen.level == usual.level else chosen.level,
            budget=self.budget if self.budget and chosen.budget == usual.budget else chosen.budget,
        )


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
        if table is not None:
            return _read(table, file)
    return Settings()


def _read(table: Mapping[str, Any], file: Path) -> Settings:
    known = {"select", "ignore", "severity", "level", "budget", "python"}
    unknown = sorted(set(table) - known)
    if unknown:
        raise BadSettings(
            f"{file}: [tool.hypershape] has no setting {unknown[0]!r}; there are {', '.join(sorted(known))}."
        )
    level, budget, python = table.get("level"), table.get("budget"), table.get("python")
    if level not in (None, "static", "symbolic", "device"):
        raise BadSettings(f"{file}: level is 'static', 'symbolic' or 'device', not {level!r}.")
    if budget is not None and (
        isinstance(budget, bool) or not isinstance(budget, int | float) or budget <= 0
    ):
        raise BadSettings(f"{file}: budget is a number of seconds above 0, not {budget!r}.")
    if python is not None and not isinstance(python, str):
        raise BadSettings(f"{file}: python is the path of an interpreter, not {python!r}.")
    return Settings(
        _codes(table, "select", file),
        _codes(table, "ignore", file),
        _severity(table, file),
        level,
        budget,
        python,
    )


def _codes(table: Mapping[str, Any], name: str, file: Path) -> tuple[str, ...]:
    value = table.get(name, [])
    if not isinstance(value, list) or not all(isinstance(code, str) for code in value):
        raise BadSettings(f'{file}: {name} is a list of codes such as ["HS2", "HS401"], not {value!r}.')
    return tuple(code.upper() for code in value)


def _severity(table: Mapping[str, Any], file: Path) -> tuple[tuple[str, Severity], ...]:
    value = table.get("severity", {})
    try:
        return tuple((code.upper(), Severity(level)) for code, level in value.items())
    except (AttributeError, ValueError):
        names = ", ".join(severity.value for severity in Severity)
        raise BadSettings(f"{file}: severity maps codes to one of {names}, not {value!r}.") from None
