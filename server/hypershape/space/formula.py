"""The cheapest formula of `and` and `or` over literals that holds for some configurations and for none of others.

A formula is read by people, so what counts is how much there is to read: each literal has a cost, and every level of
brackets beyond the second one costs as well. It is found in two steps.

First a nested formula, from the outside inwards. A literal that holds for every failure can be put before the rest
with `and`, one that holds for no building configuration with `or`; where there is neither, a literal that holds for
many failures and few others starts an alternative (or, the other way round, a factor) of its own. Each step leaves
fewer configurations to tell apart, and a few of the best literals are followed at each.

Then that formula is written in other ways: as alternatives from which everything superfluous is left out, and with what
the alternatives share put before a bracket. The cheapest of these is the answer.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from operator import and_, or_
from typing import Literal as OneOf

from hypershape.model import Value
from hypershape.space.conditions import Comparison, Condition, Membership, all_of, any_of
from hypershape.space.literals import ANY, LISTED, Literal

Word = OneOf["and", "or"]

NESTED = 6
"""The cost of a level of brackets beyond `a and (b or c)`."""
CROSSED = 7
"""The cost of `(a or b) and (c or d)`, which says less well than `(a and c) or (b and d)` what happens."""
MOST_TERMS = 12
"""A formula with more alternatives is not written out."""
WIDTHS = ((1, 60), (2, 150), (3, 250))
"""How many literals of each kind are followed at a step, and how many steps that may take."""


@dataclass(frozen=True, eq=False)
class Formula:
    """A literal, or two and more formulas with one word between them; bit sets say where it holds.

    `weight` is the cost of its literals, `depth` the levels of `and` and `or`.
    """

    failing: int
    building: int
    weight: int
    depth: int = 0
    literal: Literal | None = None
    word: Word = "and"
    parts: tuple[Formula, ...] = ()

    @property
    def literals(self) -> Iterator[Literal]:
        """Everything compared in it, in the order in which it was found."""
        if self.literal is not None:
            yield self.literal
        for part in self.parts:
            yield from part.literals

    @property
    def cost(self) -> int:
        """How much there is to read."""
        return self.weight + NESTED * max(self.depth - 2, 0) + (CROSSED if self._crosses else 0)

    @property
    def _crosses(self) -> bool:
        """Whether alternatives stand beside alternatives, so that a reader has to combine them."""
        here = self.word == "and" and sum(part.word == "or" and bool(part.parts) for part in self.parts) > 1
        return here or any(part._crosses for part in self.parts)

    @cached_property
    def text(self) -> str:
        """The text of the condition."""
        return self.condition.text

    @cached_property
    def condition(self) -> Condition:
        """The formula as a condition, in the order in which it is read best: short parts first."""
        if self.literal is not None:
            return self.literal.condition
        ordered = sorted(self.parts, key=lambda part: (part.depth, part.weight, part.text))
        return (all_of if self.word == "and" else any_of)([part.condition for part in ordered])


def atom(literal: Literal) -> Formula:
    """A formula of one literal."""
    return Formula(literal.failing, literal.building, literal.cost, literal=literal)


def both(parts: Iterable[Formula]) -> Formula:
    """Formulas that hold together; at least one."""
    return _joined("and", parts)


def either(parts: Iterable[Formula]) -> Formula:
    """Formulas of which one holds; at least one."""
    return _joined("or", parts)


def _joined(word: Word, parts: Iterable[Formula]) -> Formula:
    flat: list[Formula] = []
    for part in parts:
        flat += part.parts if part.parts and part.word == word else [part]
    flat = _listed(flat) if word == "or" else flat
    if len(flat) == 1:
        return flat[0]
    operation = and_ if word == "and" else or_
    return Formula(
        reduce(operation, (part.failing for part in flat)),
        reduce(operation, (part.building for part in flat)),
        sum(part.weight for part in flat),
        1 + max(part.depth for part in flat),
        None,
        word,
        tuple(flat),
    )


def _listed(parts: Sequence[Formula]) -> list[Formula]:
    """Alternatives in which `a == 1 or a == 3` is `a in (1, 3)`."""
    kept: list[Formula] = []
    by_name: dict[str, list[Formula]] = {}
    for part in parts:
        condition = part.literal.condition if part.literal is not None else None
        if isinstance(condition, Membership) or (
            isinstance(condition, Comparison) and condition.sign == "==" and type(condition.value) is not bool
        ):
            by_name.setdefault(condition.name, []).append(part)
        else:
            kept.append(part)
    for name, same in by_name.items():
        if len(same) == 1:
            kept += same
            continue
        values = {value for part in same for value in _values(part)}
        ordered = tuple(sorted(values, key=lambda value: (str(type(value)), value)))
        failing = reduce(or_, (part.failing for part in same))
        building = reduce(or_, (part.building for part in same))
        # That a hyperparameter has any of its values says that it was read, which is a puzzle to a reader.
        of = max(part.literal.of for part in same if part.literal is not None)
        cost = ANY if len(ordered) >= of > 0 else LISTED
        kept.append(atom(Literal(Membership(name, ordered), failing, building, cost, of)))
    return kept


def _values(part: Formula) -> tuple[Value, ...]:
    assert part.literal is not None
    condition = part.literal.condition
    if isinstance(condition, Membership):
        return condition.values
    assert isinstance(condition, Comparison)
    return (condition.value,)


# --------------------------------------------------------------------------- the search


def cheapest(literals: Sequence[Literal], failing: int, building: int, most: int) -> Formula | None:
    """The cheapest formula that is found for all of `failing` and none of `building`, costing at most `most`."""
    best: Formula | None = None
    simplest = {(each.failing, each.building): atom(each) for each in literals}
    for width, steps in WIDTHS:
        found = _Search(literals, width, steps).solve(failing, building, most)
        written = () if found is None else _written(found, failing, building, simplest)
        candidates = [each for each in (best, *written) if each is not None and each.cost <= most]
        least = min((each.cost for each in candidates), default=0)
        best = min((each for each in candidates if each.cost == least), key=rank, default=None)
        if best is not None:
            most = min(most, best.cost)
            if not best.parts:
                break
    return best


def rank(formula: Formula) -> tuple[int, int, str]:
    """The order of formulas that hold for the same configurations, the best first."""
    names = {name for each in formula.literals for name in each.condition.names}
    return formula.cost, len(names), formula.text


@dataclass(frozen=True, slots=True)
class _Sides:
    """What literals do to the configurations that are to be told apart, the most telling first."""

    around: list[Formula]
    """Those that hold for all failures and exclude something."""
    within: list[Formula]
    """Those that hold for some failures and nothing else."""
    across: list[Formula]
    """Those that hold for some of both."""
    alone: Formula | None
    """The cheapest that needs no other."""


class _Search:
    """One walk that follows so many literals at each step; what is left to tell apart is solved once."""

    def __init__(self, literals: Sequence[Literal], width: int, steps: int) -> None:
        self._atoms = [(each.failing, each.building, each.condition.names, atom(each)) for each in literals]
        self._least = min((each.cost for each in literals), default=0)
        self._width = width
        self._steps = steps
        self._solved: dict[tuple[int, int], tuple[int, Formula | None]] = {}

    def solve(self, failing: int, building: int, most: int) -> Formula | None:
        """A formula for `failing` and not for `building`, if one is found for at most `most`."""
        if most < self._least:
            return None
        limit, known = self._solved.get((failing, building), (-1, None))
        if known is not None or limit >= most:
            return known if known is not None and known.weight <= most else None
        found = self._solve(failing, building, most)
        self._solved[failing, building] = most, found
        return found

    def _solve(self, failing: int, building: int, most: int) -> Formula | None:
        self._steps -= 1
        sides = self._sides(failing, building)
        best = sides.alone if sides.alone is not None and sides.alone.weight <= most else None
        if self._steps < 0 or (best is not None and best.weight < 2 * self._least):
            return best

        def left() -> int:
            return most if best is None else best.weight - 1

        for found in itertools.chain(
            self._nested(sides, failing, building, left), self._split(sides, failing, building, left)
        ):
            if best is None or found.weight < best.weight:
                best = found
        return best

    def _nested(
        self, sides: _Sides, failing: int, building: int, left: Callable[[], int]
    ) -> Iterator[Formula]:
        """`a and (…)`, `a or (…)`."""
        for each in sides.around:
            rest = self.solve(failing, building & each.building, left() - each.weight)
            if rest is not None:
                yield both([each, rest])
        for each in sides.within:
            rest = self.solve(failing & ~each.failing, building, left() - each.weight)
            if rest is not None:
                yield either([each, rest])

    def _split(
        self, sides: _Sides, failing: int, building: int, left: Callable[[], int]
    ) -> Iterator[Formula]:
        """`(a and …) or (…)`, `(a or …) and (…)`."""
        for each in sides.across:
            spent = each.weight + self._least
            part = self.solve(failing & each.failing, building & each.building, left() - spent)
            if part is not None:
                term = both([each, part])
                rest = self.solve(failing & ~term.failing, building, left() - term.weight)
                if rest is not None:
                    yield either([term, rest])
            part = self.solve(failing & ~each.failing, building & ~each.building, left() - spent)
            if part is not None:
                term = either([each, part])
                rest = self.solve(failing, building & term.building, left() - term.weight)
                if rest is not None:
                    yield both([term, rest])

    def _sides(self, failing: int, building: int) -> _Sides:
        around: list[_Ranked] = []
        within: list[_Ranked] = []
        across: list[_Ranked] = []
        alone: Formula | None = None
        fails, builds = failing.bit_count(), building.bit_count()
        for holds, catches, names, each in self._atoms:
            covered = holds & failing
            if not covered:
                continue
            caught = catches & building
            if not caught:
                if covered != failing:
                    within.append(((-covered.bit_count(), each.weight), names, each))
                elif alone is None or each.weight < alone.weight:
                    alone = each
            elif caught != building:
                if covered == failing:
                    around.append(((caught.bit_count(), each.weight), names, each))
                else:
                    score = caught.bit_count() / builds - covered.bit_count() / fails
                    across.append(((score, each.weight), names, each))
        return _Sides(self._first(around), self._first(within), self._first(across, 2), alone)

    def _first(self, ranked: list[_Ranked], of_one: int = 1) -> list[Formula]:
        """The best literals, of the same names at most so many."""
        ranked.sort(key=lambda each: each[0])
        seen: Counter[tuple[str, ...]] = Counter()
        found: list[Formula] = []
        for _, names, each in ranked:
            if seen[names] < of_one:
                seen[names] += 1
                found.append(each)
                if len(found) == self._width:
                    break
        return found


_Ranked = tuple[tuple[float, int], tuple[str, ...], Formula]


# --------------------------------------------------------------------------- other ways to write a formula


def _written(
    formula: Formula, failing: int, building: int, simplest: Mapping[tuple[int, int], Formula]
) -> Iterator[Formula]:
    """A formula, its alternatives side by side, its factors, and both with what they share before a bracket."""
    for each in _rewritten(formula, failing, building):
        yield each
        yield _simplified(each, simplest)


def _simplified(formula: Formula, simplest: Mapping[tuple[int, int], Formula]) -> Formula:
    """A formula in which no part has a simpler literal that holds for the same configurations."""
    known = simplest.get((formula.failing, formula.building))
    if known is not None and known.weight <= formula.weight:
        return known
    if not formula.parts:
        return formula
    return _joined(formula.word, [_simplified(part, simplest) for part in formula.parts])


def _rewritten(formula: Formula, failing: int, building: int) -> Iterator[Formula]:
    yield formula
    outer: Word
    for outer in ("or", "and"):
        groups = _expanded(formula, outer)
        if groups is None:
            continue
        groups = _needed(groups, outer, failing, building)
        join, inside = (either, both) if outer == "or" else (both, either)
        yield join([inside(group) for group in groups])
        yield _factored(groups, outer)


_Group = tuple[Formula, ...]


def _expanded(formula: Formula, outer: Word) -> list[_Group] | None:
    """A formula as groups of literals: alternatives that are conjunctions (`or`), or the other way round."""
    if not formula.parts:
        return [(formula,)]
    parts = [_expanded(part, outer) for part in formula.parts]
    known = [part for part in parts if part is not None]
    if len(known) < len(parts):
        return None
    if formula.word == outer:
        groups = [group for part in known for group in part]
    else:
        count = 1
        for part in known:
            count *= len(part)
        if count > MOST_TERMS:
            return None
        groups = [tuple(dict.fromkeys(itertools.chain(*some))) for some in itertools.product(*known)]
    return groups if len(groups) <= MOST_TERMS else None


def _needed(groups: Sequence[_Group], outer: Word, failing: int, building: int) -> list[_Group]:
    """Groups without the literals, and then without the groups, that nothing is lost without."""

    def excludes(group: _Group) -> bool:
        return not reduce(and_, (each.building for each in group), building)

    def covers(group: _Group) -> bool:
        return not failing & ~reduce(or_, (each.failing for each in group), 0)

    def holds(some: Sequence[_Group]) -> bool:
        if outer == "or":
            return not failing & ~reduce(or_, (both(group).failing for group in some), 0)
        return not reduce(and_, (either(group).building for group in some), building)

    smaller = [_without(group, excludes if outer == "or" else covers) for group in groups]
    kept = list(dict.fromkeys(smaller))
    for group in sorted(kept, key=lambda group: -sum(each.weight for each in group)):
        rest = [each for each in kept if each is not group]
        if rest and holds(rest):
            kept = rest
    return kept


def _without(group: _Group, enough: Callable[[_Group], bool]) -> _Group:
    for each in sorted(group, key=lambda part: -part.weight):
        rest = tuple(part for part in group if part is not each)
        if rest and enough(rest):
            group = rest
    return group


def _factored(groups: Sequence[_Group], outer: Word) -> Formula:
    """Groups with the literals that several of them share put before a bracket."""
    join, inside = (either, both) if outer == "or" else (both, either)
    counts = Counter(each for group in groups for each in group)
    shared = max(counts, key=lambda each: ((counts[each] - 1) * each.weight, each.text))
    if counts[shared] < 2:
        return join([inside(group) for group in groups])
    rests = [tuple(each for each in group if each is not shared) for group in groups if shared in group]
    others = [group for group in groups if shared not in group]
    factored = inside([shared, _factored(rests, outer)]) if all(rests) else shared
    return join([factored, _factored(others, outer)]) if others else factored
