"""What the editor tells the server to do; the client's settings win over the project's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hypershape.model import Level, Options, Severity

LEVELS: dict[str, Level] = {"static": "static", "symbolic": "symbolic", "device": "device"}


@dataclass(frozen=True, slots=True)
class Configuration:
    """The `hypershape` section. `interpreter` is a start command, empty when the server is to look for one."""

    trusted: bool = True
    interpreter: tuple[str, ...] = ()
    options: Options = field(default_factory=Options)

    @classmethod
    def read(cls, section: Any, before: Configuration | None = None) -> Configuration:
        """Settings of the wrong type are left as they were: a half-typed setting must not stop the server."""
        base = before or cls()
        if not isinstance(section, Mapping):
            return base
        interpreter = section.get("interpreter", base.interpreter)
        if isinstance(interpreter, str):
            interpreter = [interpreter] if interpreter else []
        budget, level = section.get("budget"), section.get("level")
        usual = Options()
        options = Options(
            level=LEVELS.get(level, usual.level) if isinstance(level, str) else usual.level,
            budget=float(budget)
            if isinstance(budget, int | float) and not isinstance(budget, bool) and budget > 0
            else usual.budget,
            select=_codes(section.get("select")),
            ignore=_codes(section.get("ignore")),
            severity=_severities(section.get("severity")),
        )
        trusted = section.get("trusted", base.trusted)
        return cls(
            trusted=trusted if isinstance(trusted, bool) else base.trusted,
            interpreter=tuple(str(part) for part in interpreter or ()),
            options=options,
        )

    def command(self, folder: Path) -> tuple[str, ...]:
        """The start command of the interpreter for files in a folder."""
        if self.interpreter:
            return self.interpreter
        from hypershape.probe.interpreter import find

        return tuple(find(folder))


def _codes(value: Any) -> tuple[str, ...]:
    return tuple(str(code).upper() for code in value) if isinstance(value, list | tuple) else ()


def _severities(value: Any) -> tuple[tuple[str, Severity], ...]:
    """The severities by code; entries that name none are left out."""
    known = {severity.value: severity for severity in Severity}
    pairs = value.items() if isinstance(value, Mapping) else ()
    return tuple((str(code).upper(), known[level]) for code, level in pairs if level in known)
