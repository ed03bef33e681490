"""Literals that speak of the sum or the product of a family: what a stack of blocks does together.

Kernels of a stack add up, pools and strides multiply; two towers meet where both have shrunk alike. A total is spoken
of where at several choices of values, whichever member has which, it was seen to decide alone.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Literal as OneOf
from typing import cast

from hypershape.model import Configuration, Hyperparameter
from hypershape.space.conditions import (
    Condition,
    Expression,
    Name,
    Number,
    Operation,
    Relation,
    SomeBlock,
    any_of,
)
from hypershape.space.families import MEMBER, families, kin
from hypershape.space.literals import Literal, bit_set
from hypershape.space.relations import COMPARED, FITTED, MULTIPLE, MULTIPLES

PREFIX = 8
"""What it costs that a failure may be met after other numbers of members."""

LEAST_TOTALS = 3
"""A total is spoken of where so many choices of values were seen on both sides, whichever member has which."""


def totals(
    hps: Mapping[str, Hyperparameter], failing: Sequence[Configuration], building: Sequence[Configuration]
) -> Iterator[Literal]:
    """Bounds of the sum and of the product of a family, and how those of two families are related.

    Kernels of a stack add up, pools and strides multiply; two towers meet where both have shrunk alike.
    """
    whole: list[_Total] = []
    for family in (*families(hps), *kin(hps)):
        lengths = {_length(family, each) for some in (failing, building) for each in some}
        if None in lengths or lengths == {0}:
            continue
        for total in (_Total(family, "+", sum), _Total(family, "*", math.prod)):
            yield from total.bounded(failing, building)
            whole += [total] * (lengths == {len(family)})
    for one, other in itertools.combinations(whole, 2):
        if one.sign == other.sign and set(one.family).isdisjoint(other.family):
            yield from _related(one, other, failing, building)


def _length(family: Sequence[str], configuration: Configuration) -> int | None:
    """How many members a configuration reads; None where it reads one after one that it does not, or no whole number."""
    read = [name in configuration for name in family]
    length = sum(read)
    numbers = (configuration[name] for name in family[:length] if name in configuration)
    return length if all(read[:length]) and all(type(n) is int and n > 0 for n in numbers) else None


def _numbered(family: Sequence[str]) -> tuple[str, list[int]] | None:
    """How a member is named, and the numbers of all: `units_{i}`, [0, 1, 2]; None where they differ in words."""
    for number in re.finditer(r"\d+", family[0]):
        before, after = family[0][: number.start()], family[0][number.end() :]
        told = [re.fullmatch(f"{re.escape(before)}(\\d+){re.escape(after)}", name) for name in family]
        if all(told):
            return f"{before}{{i}}{after}", [int(each[1]) for each in told if each is not None]
    return None


@dataclass(frozen=True, slots=True)
class _Total:
    """The sum or the product of a family, as far as its members are read."""

    family: tuple[str, ...]
    sign: OneOf["+", "*"]
    compute: Callable[[Iterable[int]], int]

    def expression(self, length: int = 0) -> Expression:
        """That of the first so many members, or of all."""
        first, *others = map(Name, self.family[: length or None])
        return reduce(lambda left, right: Operation(left, self.sign, right), others, cast(Expression, first))

    @property
    def cost(self) -> int:
        return MEMBER * len(self.family)

    def of(self, configuration: Configuration) -> int:
        return self.compute(self._read(configuration))

    def _read(self, configuration: Configuration) -> list[int]:
        return [cast(int, configuration[name]) for name in self.family if name in configuration]

    def bounded(
        self, failing: Sequence[Configuration], building: Sequence[Configuration]
    ) -> Iterator[Literal]:
        """The least of all failures, or what is more than builds anywhere; the same from above where all are read."""
        bad, good = [self.of(each) for each in failing], [self.of(each) for each in building]
        if not bad or not good:
            return
        lengths = sorted({len(self._read(each)) for each in failing})
        for bound in _bounds(bad, good):
            sides = bit_set(each >= bound for each in bad), bit_set(each >= bound for each in good)
            if self._is_shown(failing, building, sides):
                cost = FITTED + self.cost + PREFIX * (len(lengths) - 1)
                yield Literal(self._at_least(bound, lengths), *sides, cost)
        if any(len(self._read(each)) < len(self.family) for some in (failing, building) for each in some):
            return
        for bound in _bounds([-each for each in bad], [-each for each in good]):
            sides = bit_set(each <= -bound for each in bad), bit_set(each <= -bound for each in good)
            if self._is_shown(failing, building, sides):
                relation = Relation(self.expression(), "<=", Number(-bound))
                yield Literal(relation, *sides, FITTED + self.cost)

    def _at_least(self, bound: int, lengths: Sequence[int]) -> Condition:
        """A failure may be met before all members are read: then the first of them are enough."""
        members = [Relation(self.expression(length), ">=", Number(bound)) for length in lengths]
        if len(members) == 1:
            return members[0]
        numbered = _numbered(self.family)
        if numbered is None:
            return any_of(members)
        pattern, rounds = numbered
        said = Operation(Operation(Name(self.family[0]), self.sign, Name("…")), self.sign, Name(pattern))
        ends = rounds[lengths[0] - 1], rounds[lengths[-1] - 1]
        return SomeBlock(tuple(members), Relation(said, ">=", Number(bound)), ends)

    def _is_shown(
        self, failing: Sequence[Configuration], building: Sequence[Configuration], sides: tuple[int, int]
    ) -> bool:
        """Whether at many choices of values it was seen that nothing but the total decides."""
        inside = {self._chosen(each) for place, each in enumerate(failing) if sides[0] >> place & 1}
        outside = {self._chosen(each) for place, each in enumerate(building) if not sides[1] >> place & 1}
        return min(len(inside), len(outside)) >= LEAST_TOTALS

    def _chosen(self, configuration: Configuration) -> tuple[int, ...]:
        """The values, in whichever order."""
        return tuple(sorted(self._read(configuration)))


def _bounds(bad: Sequence[int], good: Sequence[int]) -> list[int]:
    """The least of all failures, and the least of those that are more than what builds anywhere."""
    beyond = [each for each in bad if each > max(good)]
    return list(dict.fromkeys((min(bad), *([min(beyond)] if beyond else []))))


def _related(
    one: _Total, other: _Total, failing: Sequence[Configuration], building: Sequence[Configuration]
) -> Iterator[Literal]:
    """Whether two totals are equal, or one a multiple of the other, where every failure has it so or not so."""
    pairs = [[(one.of(each), other.of(each)) for each in some] for some in (failing, building)]
    for (x, first), (y, second) in (((0, one), (1, other)), ((1, other), (0, one))):
        for times in (1, *MULTIPLES) if one.sign == "*" else (1,):
            if times == 1 and x:
                continue
            sides = [bit_set(each[x] != times * each[y] for each in some) for some in pairs]
            same = {each[x] for place, each in enumerate(pairs[1]) if not sides[1] >> place & 1}
            unlike = {each for place, each in enumerate(pairs[0]) if sides[0] >> place & 1}
            if len(same) >= LEAST_TOTALS and len(unlike) >= LEAST_TOTALS:
                right = (
                    second.expression() if times == 1 else Operation(Number(times), "*", second.expression())
                )
                cost = (COMPARED if times == 1 else MULTIPLE) + one.cost + other.cost
                yield Literal(Relation(first.expression(), "!=", right), sides[0], sides[1], cost)
