"""Results, at the places where the same statements stand now.

A slice keeps the lines and columns of its file, so that every line that comes or goes in what it leaves out makes
another text of it. What is run is the same: results are kept by that, and their places are moved to where it stands.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from functools import lru_cache
from typing import Any, TypeAlias

from hypershape import model
from hypershape.model import DeclaredData, Frame, Slice, Span, Target, TargetAnalysis
from hypershape.text import Text

Shifts: TypeAlias = Mapping[str, Mapping[int, int]]
"""For each file the line at which each old line of a slice stands now."""

_SPANS_LINES = re.compile(r"\"\"\"|'''|\\[\r\n]")
_NAMES_A_LINE = re.compile(r"\b(?:line|lines|cell)\s+\d")


class _Lost(Exception):
    """A place that the slices do not hold, or a text that names one."""


def question(target: Target) -> tuple[object, ...]:
    """What decides the results of probes: everything but the lines on which it stands."""
    return _anywhere(target.slice), _anywhere(target.fed), _declared(target)


def placed(found: TargetAnalysis, target: Target) -> TargetAnalysis | None:
    """What was found out about a target that asked the same question, for this one; None where a place is lost."""
    shifts = _shifts(found.target, target)
    if shifts is None:
        return None
    if all(old == new for lines in shifts.values() for old, new in lines.items()):
        return replace(found, target=target)
    if found.rehearsals or found.fates:
        # They speak of tuners, which stand in no slice of a target.
        return None
    mover = Mover(shifts)
    try:
        values = {
            each.name: mover.value(getattr(found, each.name))
            for each in fields(found)
            if each.name != "target"
        }
    except _Lost:
        return None
    return replace(found, target=target, **values)


def _declared(target: Target) -> DeclaredData | None:
    return None if target.data is None else replace(target.data, span=None)


def _anywhere(slice_: Slice | None) -> Slice | None:
    if slice_ is None:
        return None
    return replace(slice_, files=tuple(replace(each, text=_laid_out(each.text)[0]) for each in slice_.files))


@lru_cache(maxsize=32)
def _laid_out(text: str) -> tuple[str, tuple[int, ...]]:
    """The lines that a text is made of without the empty ones between its statements, and their numbers."""
    within = _in_literals(text)
    kept = [
        (number, line if number in within else line.rstrip())
        for number, line in enumerate(Text.of(text).lines, 1)
        if number in within or not (not line or line.isspace())
    ]
    return "\n".join(line for _, line in kept), tuple(number for number, _ in kept)


def _in_literals(text: str) -> set[int]:
    """The lines that end within a literal, whose spaces are part of it; all of a text that does not parse."""
    if _SPANS_LINES.search(text) is None:
        return set()
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return set(range(1, len(Text.of(text).starts) + 1))
    return {
        line
        for node in ast.walk(tree)
        if isinstance(node, (ast.Constant, ast.JoinedStr))
        for line in range(node.lineno, node.end_lineno or node.lineno)
    }


def _shifts(old: Target, new: Target) -> Shifts | None:
    """None where the targets do not ask the same, or one line would stand in two places."""
    if (old.slice, old.fed) == (new.slice, new.fed):
        return {} if _declared(old) == _declared(new) else None
    if question(old) != question(new):
        return None
    found: dict[str, dict[int, int]] = {}
    for one, other in ((old.slice, new.slice), (old.fed, new.fed)):
        for before, after in zip(one.files, other.files, strict=True) if one and other else ():
            lines = found.setdefault(before.path, {})
            for line, now in zip(_laid_out(before.text)[1], _laid_out(after.text)[1], strict=True):
                if lines.setdefault(line, now) != now:
                    return None
    return found


class Mover:
    """Moves every place in values of `model.py`; what is shared is moved once."""

    def __init__(self, shifts: Shifts) -> None:
        self._shifts = shifts
        self._known: dict[int, tuple[Any, Any]] = {}

    def value(self, value: Any) -> Any:
        """The same with all places moved. Raises `_Lost`."""
        if isinstance(value, str):
            return self._text(value)
        if not isinstance(value, (tuple, list, dict)) and type(value).__module__ != model.__name__:
            return value
        known = self._known.get(id(value))
        if known is None:
            # With the value itself: another one could get its number when it is gone.
            known = self._known[id(value)] = value, self._moved(value)
        return known[1]

    def _text(self, value: str) -> str:
        if _NAMES_A_LINE.search(value):
            raise _Lost
        return value

    def _moved(self, value: Any) -> Any:
        if isinstance(value, Span):
            return replace(
                value,
                line=self._line(value.path, value.line),
                end_line=self._line(value.path, value.end_line),
            )
        if isinstance(value, Frame):
            line = None if value.line is None else self._line(value.span.path, value.line)
            return replace(value, span=self.value(value.span), line=line)
        if isinstance(value, dict):
            return self._mapping(value)
        if isinstance(value, list):
            return [self.value(each) for each in value]
        if isinstance(value, tuple):
            return tuple(self.value(each) for each in value)
        if not is_dataclass(value):
            return value
        changed = {
            each.name: new
            for each in fields(value)
            if (new := self.value(old := getattr(value, each.name))) is not old
        }
        return replace(value, **changed) if changed else value  # type: ignore[type-var]

    def _mapping(self, value: dict[Any, Any]) -> dict[Any, Any]:
        """A mapping of a report; its places are written as the agent sends them."""
        found = {key: self.value(each) for key, each in value.items()}
        path = value.get("path") or (isinstance(value.get("span"), dict) and value["span"].get("path"))
        for key in ("line", "end_line"):
            if isinstance(path, str) and isinstance(value.get(key), int):
                found[key] = self._line(path, value[key])
        return found

    def _line(self, path: str, line: int) -> int:
        lines = self._shifts.get(path)
        if lines is None:
            return line
        if line not in lines:
            raise _Lost
        return lines[line]
