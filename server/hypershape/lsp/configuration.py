"""What the editor tells the server to do; the client's settings win over the project's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from hypershape import settings
from hypershape.model import Severity
from hypershape.settings import Settings

NAMES = {
    "interpreter": "python",
    "selectedInterpreter": "python",
    "paths": "paths",
    "level": "level",
    "budget": "budget",
    "device.memoryLimit": "memory",
    "select": "select",
    "ignore": "ignore",
    "severity": "severity",
}
"""The client's names of settings, and the settings that they are read as."""


LONGEST_HINT = 43
RUNS = ("onType", "onSave", "manual")
MODES = ("auto", "onDemand", "off")


@dataclass(frozen=True, slots=True)
class Configuration:
    """The `hypershape` section.

    `selected` is the interpreter that is selected in the editor, which a project's own setting beats. `problems`
    are sentences about values that were ignored.
    """

    trusted: bool = True
    chosen: Settings = field(default_factory=Settings)
    selected: tuple[str, ...] | None = None
    problems: tuple[str, ...] = field(default=(), compare=False)
    hints: bool = True
    """Whether shapes are shown at the ends of lines."""
    hint_length: int = LONGEST_HINT
    run: str = "onType"
    """When an open file is analysed: "onType", "onSave" or "manual"."""
    mode: str = "auto"
    """When models are trained for real: "auto" (not on battery), "onDemand" or "off"."""

    @classmethod
    def read(cls, section: Any, before: Configuration | None = None) -> Configuration:
        """Each field by itself: a value of the wrong type leaves that field as it was, and no other.

        A field that is missing or null is not set. Only `trusted` and the interpreters stay as they were when they
        are missing; a `trusted` that is no boolean is False.
        """
        base = before or cls()
        if not isinstance(section, Mapping):
            problem = () if section is None else (f"The settings are an object, not {section!r}.",)
            return replace(base, problems=problem)
        values, problems = _values(section, base)
        trusted = section.get("trusted", base.trusted)
        if not isinstance(trusted, bool):
            problems.append(f"trusted is true or false, not {trusted!r}: nothing is run.")
        selected = values.pop("selectedInterpreter")
        python = values.pop("interpreter")
        hints, length = _hints(section.get("inlayHints"), problems)
        chosen = Settings(**values, python=python)
        run = _one_of(RUNS, "run", section.get("run") or base.run, base.run, problems)
        mode = _one_of(MODES, "device.mode", _found(section, "device.mode") or "auto", base.mode, problems)
        return cls(trusted is True, chosen, selected, tuple(problems), hints, length, run, mode)

    def settings(self, project: Settings) -> Settings:
        """What holds for a project's files: the editor's settings, then the project's, then what is selected."""
        return self.chosen.over(project).over(Settings(python=self.selected))


def _values(section: Mapping[str, Any], base: Configuration) -> tuple[dict[str, Any], list[str]]:
    """The fields that are set, as they were where the value is wrong; and what is wrong."""
    before = {"interpreter": base.chosen.python, "selectedInterpreter": base.selected}
    values: dict[str, Any] = {name: before[name] for name in before if name not in section}
    problems: list[str] = []
    for name, kind in NAMES.items():
        value = _found(section, name)
        if value is None or (kind == "python" and value in ("", [], ())):
            continue
        if kind == "severity" and isinstance(value, Mapping):
            value, wrong = _known_severities(value)
            problems += wrong
        try:
            values[name if kind == "python" else kind] = settings.read(kind, value, Path.cwd())
        except ValueError as reason:
            problems.append(str(reason).replace(kind, name, 1))
            if kind == "python":
                values[name] = before[name]
            else:
                values[kind] = getattr(base.chosen, kind)
    return {**dict.fromkeys(before), **values}, problems


def _found(section: Mapping[str, Any], name: str) -> Any:
    """A field, in the object that its name says; None where it is not set."""
    value: Any = section
    for part in name.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def _one_of(known: Sequence[str], name: str, value: Any, before: str, problems: list[str]) -> str:
    """A value that is one of a few words; as it was before where it is another."""
    if value in known:
        return str(value)
    problems.append(f"{name} is one of {', '.join(known)}, not {value!r}.")
    return before


def _hints(value: Any, problems: list[str]) -> tuple[bool, int]:
    """Whether there are hints, and how long they may be. Which line is the current one only the editor knows."""
    if value is None:
        return True, LONGEST_HINT
    enabled = value.get("enabled", "on") if isinstance(value, Mapping) else None
    length = value.get("maximumLength", LONGEST_HINT) if isinstance(value, Mapping) else None
    if enabled not in ("on", "off", "currentLine"):
        problems.append(f"inlayHints.enabled is on, off or currentLine, not {enabled!r}.")
    if type(length) is not int or length < 1:
        problems.append(f"inlayHints.maximumLength is a number of characters, not {length!r}.")
        length = LONGEST_HINT
    return enabled != "off", length


def _known_severities(entries: Mapping[Any, Any]) -> tuple[dict[str, str], list[str]]:
    """The entries that name a severity, and a sentence about each of the others."""
    levels = [severity.value for severity in Severity]
    known = {str(code): level for code, level in entries.items() if level in levels}
    wrong = [
        f"severity of {code} is one of {', '.join(levels)}, not {level!r}."
        for code, level in entries.items()
        if level not in levels
    ]
    return known, wrong
