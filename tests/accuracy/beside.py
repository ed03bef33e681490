"""What an analysis says of a space, beside what becomes of every single one of its configurations."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benchmarks._spaces import SearchSpace

from hypershape.model import Cause, Configuration, Hyperparameter, TargetAnalysis
from hypershape.space import domains, shares
from hypershape.space.shares import Figure

from .compare import PATH, in_child, load

Place = tuple[int | None, str]
"""The line of the user's code in which something fails, and the kind of the failure."""
Fared = tuple[Configuration, Place | None, float]
"""What was read, where it failed, if it did, and the probability that a random trial reads it."""

EXACTLY = 1e-9


@dataclass(frozen=True)
class Share:
    """A share as messages tell it, and what it is."""

    what: str
    figure: Figure
    true: float

    @property
    def right(self) -> bool:
        """Whether it is exact where it is told as exact, else within its interval."""
        slack = EXACTLY if self.figure.exact else 0.0
        return self.figure.low - slack <= self.true <= self.figure.high + slack

    def __str__(self) -> str:
        return f"{self.what}: told {self.figure.share:.4%}, is {self.true:.4%}"


@dataclass(frozen=True)
class Beside:
    """Conditions by line, what refutes them, and shares."""

    space: SearchSpace
    conditions: Mapping[int, list[str]]
    refuted: Sequence[str]
    told: Sequence[Share]


def beside_everything(space: SearchSpace, said: TargetAnalysis) -> Beside:
    """Builds every configuration of a small space, without following values."""
    fared = in_child(every, space.program, said.hyperparameters)
    conditions: dict[int, list[str]] = {}
    for cause in said.causes:
        text = "" if cause.condition is None else str(cause.condition)
        conditions.setdefault(_place_of(cause)[0] or 0, []).append(text)
    return Beside(
        space,
        {line: sorted(texts) for line, texts in conditions.items()},
        [text for cause in said.causes if (text := _refuted(cause, said.causes, fared)) is not None],
        list(_shares(said, fared)),
    )


def every(source: str, hyperparameters: Sequence[Hyperparameter]) -> list[Fared]:
    """What becomes of every configuration; those that read the same are one."""
    from hypershape.agent.engine import Engine

    function, engine = load(source), Engine(None, [PATH])
    engine.tracks = False
    found: dict[tuple[object, ...], Fared] = {}
    sides = [[(value, domains.probability(hp, value)) for value in hp.values or ()] for hp in hyperparameters]
    for combination in itertools.product(*sides):
        asked = {hp.name: value for hp, (value, _) in zip(hyperparameters, combination, strict=True)}
        chance = math.prod(share for _, share in combination)
        report = engine.probe(function, asked, "symbolic")
        error, read = report["error"], report["configuration"]
        place = (_line(error["frames"]), error["kind"]) if report["verdict"] == "fail" else None
        known = found.get(tuple(read.items()), (read, place, 0.0))
        found[tuple(read.items())] = read, place, known[2] + chance
    return list(found.values())


def _line(frames: Sequence[Mapping[str, Mapping[str, int]]]) -> int | None:
    return frames[-1]["span"]["line"] if frames else None


def _place_of(cause: Cause) -> Place:
    return cause.error.span.line if cause.error.span else None, cause.error.kind


def _refuted(cause: Cause, causes: Sequence[Cause], fared: Sequence[Fared]) -> str | None:
    """A configuration of which a condition is not true; one that fails elsewhere says nothing."""
    if cause.condition is None:
        return None
    alone = sum(_place_of(each) == _place_of(cause) for each in causes) == 1
    for read, place, _ in fared:
        holds = bool(cause.condition.holds(read))
        if (place is None and holds) or (alone and place == _place_of(cause) and not holds):
            return f"{_place_of(cause)}: {cause.condition} is not true of {read}"
    return None


def _shares(said: TargetAnalysis, fared: Sequence[Fared]) -> list[Share]:
    figures = [("all", shares.of_failures(said), sum(part for _, place, part in fared if place is not None))]
    for place in {_place_of(cause) for cause in said.causes}:
        parts = [shares.of_cause(said, cause) for cause in said.causes if _place_of(cause) == place]
        known = [part for part in parts if part is not None and part.told]
        if len(known) == len(parts):
            sums = (sum(each) for each in zip(*((p.share, p.low, p.high) for p in known), strict=True))
            figures.append((str(place), Figure(*sums), sum(part for _, at, part in fared if at == place)))
    return [Share(what, figure, true) for what, figure, true in figures if figure is not None]
