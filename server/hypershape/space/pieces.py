"""A space of which every configuration is known, divided into parts that one report each speaks for.

A report speaks for every configuration that agrees with it on what it depends on (`Report.free`, `Report.alike`), so
that reports overlap and none says how large its own part is. Here they are laid beside each other: hyperparameters
are divided in the order in which they are read, values that all reports treat alike together. What a configuration
reads is then known for every part, and with it the exact probability of whatever is said of values.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from hypershape.model import Configuration, Hyperparameter, Report, Value
from hypershape.space import domains

MOST_REPORTS = 3_000
MOST_PIECES = 20_000
MOST_COMBINATIONS = 5_000
"""So many combinations of values are looked at in one piece."""

_Chances = Mapping[Value, float]
"""Values with their probabilities, which need not sum to one: the rest lies in other pieces."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of the space: the report that speaks for it, what the divided hyperparameters may be, its probability."""

    report: Report
    cell: Mapping[str, _Chances]
    share: float


@dataclass(frozen=True, slots=True)
class _Box:
    """A report with the values of every name that it depends on."""

    report: Report
    allowed: Mapping[str, frozenset[Value]]


class TooMany(Exception):
    """A space that is not divided: too many reports, or values that cannot be listed."""


def pieces(reports: Sequence[Report], hps: Mapping[str, Hyperparameter]) -> list[Piece] | None:
    """The parts of a finished space; None where there are too many of them.

    `hps` are the hyperparameters that matter; others may have any value.
    """
    known = [_box(report, hps) for report in reports if report.verdict != "unknown"]
    if len(known) > MOST_REPORTS:
        return None
    try:
        return list(itertools.islice(_Division(hps).parts(known, {}, 1.0), MOST_PIECES))
    except TooMany:
        return None


def _box(report: Report, hps: Mapping[str, Hyperparameter]) -> _Box:
    allowed = {
        name: frozenset((*report.alike.get(name, ()), value))
        for name, value in report.configuration.items()
        if name not in report.free and name in hps
    }
    return _Box(report, allowed)


class _Division:
    def __init__(self, hps: Mapping[str, Hyperparameter]) -> None:
        self._hps = hps
        self._cells: dict[str, _Chances] = {}
        self._count = 0

    def parts(self, boxes: list[_Box], cell: Mapping[str, _Chances], share: float) -> Iterator[Piece]:
        """The pieces of what is left of some boxes in a cell."""
        if not boxes:
            return
        box = boxes[0]
        name = next((each for each in box.allowed if not self._inside(box, each, cell)), None)
        if name is None:
            self._count += 1
            if self._count > MOST_PIECES:
                raise TooMany
            yield Piece(box.report, cell, share)
            return
        chances = cell.get(name) or self._all(name)
        whole = sum(chances.values())
        for values in _alike(name, boxes, chances):
            some = [each for each in boxes if values[0] in each.allowed.get(name, values)]
            part = {value: chances[value] for value in values}
            # A name that this report does not depend on may be divided for others: its own part comes first.
            yield from self.parts(
                some, {**cell, name: part}, share * sum(part.values()) / whole if whole else 0.0
            )

    def _inside(self, box: _Box, name: str, cell: Mapping[str, _Chances]) -> bool:
        return (cell.get(name) or self._all(name)).keys() <= box.allowed[name]

    def _all(self, name: str) -> _Chances:
        if name not in self._cells:
            found = domains.cells(self._hps[name], most=MOST_COMBINATIONS)
            if found is None:
                raise TooMany
            chances: dict[Value, float] = {}
            for value, chance in found:
                chances[value] = chances.get(value, 0.0) + chance
            self._cells[name] = chances
        return self._cells[name]


def _alike(name: str, boxes: Sequence[_Box], chances: _Chances) -> list[list[Value]]:
    """The values of a hyperparameter in groups that no box tells apart."""
    told = list({allowed for box in boxes if (allowed := box.allowed.get(name)) is not None})
    groups: dict[tuple[bool, ...], list[Value]] = {}
    for value in chances:
        groups.setdefault(tuple(value in allowed for allowed in told), []).append(value)
    return list(groups.values())


def share_where(
    parts: Sequence[Piece],
    names: Sequence[str],
    holds: Callable[[Report, Configuration], bool],
    hps: Mapping[str, Hyperparameter],
) -> float | None:
    """The probability that something holds for what a random trial reads of some names; None where it is too much."""
    total = found = 0.0
    for part in parts:
        total += part.share
        read = [name for name in names if name in part.report.configuration and name in hps]
        sides = [_conditional(part, name, hps[name]) for name in read]
        known = [side for side in sides if side is not None]
        if len(known) < len(sides) or math.prod(map(len, known)) > MOST_COMBINATIONS:
            return None
        for combination in itertools.product(*known):
            values = {name: value for name, (value, _) in zip(read, combination, strict=True)}
            if holds(part.report, values):
                found += part.share * math.prod(chance for _, chance in combination)
    return found / total if total else None


def _conditional(part: Piece, name: str, hp: Hyperparameter) -> list[tuple[Value, float]] | None:
    """The values that a name may have in a piece, with probabilities that sum to one."""
    chances = part.cell.get(name)
    if chances is None:
        return domains.cells(hp, most=MOST_COMBINATIONS)
    whole = sum(chances.values()) or 1.0
    return [(value, chance / whole) for value, chance in chances.items()]
