"""Relations between two or three numbers that may stand in a condition.

Among a few values almost any relation holds by chance: `depth != kernel` says no more than `depth == 4 or kernel == 9`
where 3 is the only value that both can have. Why a relation is proposed only on evidence: its text is short, so that it
would win over a longer one that says why. Evidence are several different pairs of values on both sides of the border
that it draws, and a border that no two comparisons with constants could draw as well.
"""

from __future__ import annotations

import itertools
import math
import operator
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from hypershape.model import Configuration, Hyperparameter
from hypershape.space.conditions import (
    Expression,
    Name,
    Number,
    Operation,
    Operator,
    Relation,
    Sign,
)
from hypershape.space.literals import LEAST_DIVIDED, LEAST_TURNS, MOST_DIVIDED, Literal

MOST_TRIPLES = 4
"""Relations of three are sought among so many names."""
LARGEST_POWER = 64

DIVIDES, COMPARED, POWER, MULTIPLE, OF_THREE, FITTED = 18, 25, 28, 29, 30, 38
"""What they cost to read; a comparison with a constant costs 11 to 14."""

MULTIPLES = (2, 3, 4)
"""Half of a size, and what is drawn twice."""
SHIFTS = (-1, 0, 1)
"""`2 ** (depth - 1)`: whether the first block halves, or the second."""

COINCIDENCES = 20
"""So many times more borders than are tried there must be room for, or one of them would fit by chance."""

Pairs = Mapping[tuple[int, ...], tuple[int, int]]
"""Values of some hyperparameters with the failing and the building configurations that have them, as bit sets."""


@dataclass(frozen=True, slots=True)
class Split:
    """What a relation makes of the values: those of failures for which it holds, those of others for which not."""

    inside: list[tuple[int, ...]]
    outside: list[tuple[int, ...]]
    failing: int
    building: int


def relations(
    failing: Sequence[Configuration],
    building: Sequence[Configuration],
    names: Sequence[str],
    hps: Mapping[str, Hyperparameter] | None = None,
) -> Iterator[Literal]:
    """Relations between two or three whole numbers that hold for every failure, or for failures only."""
    everything = (1 << len(failing)) - 1
    drawn = {name: tuple(_whole(name, each) for each in (failing, building)) for name in names}
    for one, other in itertools.combinations(names, 2):
        pairs = _together([drawn[one], drawn[other]])
        candidates = of_two(one, other, pairs, alike(one, other, pairs, hps), everything)
        for found, sides in _telling(pairs, everything, candidates):
            if found.shown(sides):
                yield Literal(found.relation, sides.failing, sides.building, found.cost)
    for some in itertools.combinations(names[:MOST_TRIPLES], 3):
        triples = _together([drawn[name] for name in some])
        for found, sides in _telling(triples, everything, _of_three(some, triples)):
            if found.shown(sides) and _each_matters(sides):
                yield Literal(found.relation, sides.failing, sides.building, found.cost)


def seen_together(
    names: tuple[str, ...], failing: Sequence[Configuration], building: Sequence[Configuration]
) -> Pairs:
    """The values that were drawn together; only where all are whole numbers."""
    return _together([tuple(_whole(name, each) for each in (failing, building)) for name in names])


def _whole(name: str, configurations: Sequence[Configuration]) -> list[int | None]:
    """The value of a name in each configuration; None where that is no whole number."""
    values = (each.get(name) for each in configurations)
    return [value if type(value) is int else None for value in values]


def _together(drawn: Sequence[tuple[list[int | None], ...]]) -> Pairs:
    """The values of several names in failing and in building configurations, put together."""
    found: dict[tuple[int, ...], list[int]] = {}
    for side in (0, 1):
        for position, values in enumerate(zip(*(each[side] for each in drawn), strict=True)):
            if None not in values:
                found.setdefault(values, [0, 0])[side] |= 1 << position
    return {values: (bits[0], bits[1]) for values, bits in found.items()}


def _telling(
    pairs: Pairs, everything: int, candidates: Iterable[Candidate]
) -> Iterator[tuple[Candidate, Split]]:
    """The candidates that hold for every failure and not always, or for some failures and nothing else.

    Almost none does, and few values show it: why each is asked about those first that were seen on both sides.
    """
    mixed = [values for values, (bad, good) in pairs.items() if bad and good]
    failing = [values for values, (_, good) in pairs.items() if not good]
    building = [values for values, (bad, _) in pairs.items() if not bad]
    has_all = _all_failing(pairs) == everything

    def tells(holds: Callable[..., bool]) -> bool:
        def answers(some: list[tuple[int, ...]]) -> Iterator[bool]:
            return itertools.starmap(holds, some)

        if has_all and all(answers(mixed)) and all(answers(failing)):
            return not all(answers(building))
        return not any(answers(mixed)) and not any(answers(building)) and any(answers(failing))

    for each in candidates:
        if tells(each.holds):
            yield each, split(pairs, each.holds)


def split(pairs: Pairs, holds: Callable[..., bool]) -> Split:
    inside, outside = [], []
    failing = building = 0
    for values, (bad, good) in pairs.items():
        if holds(*values):
            failing |= bad
            building |= good
            if bad:
                inside.append(values)
        elif good:
            outside.append(values)
    return Split(inside, outside, failing, building)


def alike(one: str, other: str, pairs: Pairs, hps: Mapping[str, Hyperparameter] | None) -> bool:
    """Whether two hyperparameters have the same values, as what is meant to be compared has."""
    if hps is not None and one in hps and other in hps:
        a, b = hps[one], hps[other]
        return (a.kind, a.values, a.min, a.max, a.step) == (b.kind, b.values, b.min, b.max, b.step)
    return {a for a, _ in pairs} == {b for _, b in pairs}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A relation, how it is computed, what shows that it is no coincidence, and what it costs to read."""

    relation: Relation
    holds: Callable[..., bool]
    shown: Callable[[Split], bool]
    cost: int


def of_two(one: str, other: str, pairs: Pairs, alike: bool, everything: int) -> Iterator[Candidate]:
    """What may be said of two numbers; bounds that are fitted to the failures only if all failures have both."""
    a, b = Name(one), Name(other)
    equation = partial(is_equation, least=2 if alike else 3)
    yield Candidate(Relation(a, "!=", b), operator.ne, equation, COMPARED)
    yield Candidate(
        Relation(a, "==", b), operator.eq, lambda sides: equation(_mirrored(pairs, sides)), COMPARED
    )
    for sign, order in _ORDERS:
        steps = partial(_is_staircase, pairs, order, least=3 if alike else 4)
        yield Candidate(Relation(a, sign, b), order, steps, COMPARED)
    for x, y, turned in ((a, b, False), (b, a, True)):
        for divisor, of, cost in _divisors(y):
            divides = partial(_divides_not, of)
            holds = _turned(divides) if turned else divides
            shown = partial(_is_periodic, pairs, holds, turned, least=3 if cost == MULTIPLE else 1)
            rest = Operation(x, "%", divisor)
            yield Candidate(Relation(rest, "!=", Number(0)), holds, shown, cost)
        yield from _scaled(x, y, pairs, turned)
    if everything and _all_failing(pairs) == everything:
        yield from _fitted(a, b, pairs)
        yield from _dividing(a, b, pairs, everything)


def _divisors(name: Name) -> Iterator[tuple[Expression, Callable[[int], int], int]]:
    """What another number may have to be divisible by: heads, 2 * heads, the square of a factor, 2 ** depth."""
    yield name, _itself, DIVIDES
    yield Operation(Number(2), "**", name), _power_of_two, POWER
    for times in MULTIPLES:
        yield Operation(Number(times), "*", name), partial(operator.mul, times), MULTIPLE
    yield Operation(name, "*", name), _square, MULTIPLE


def _itself(number: int) -> int:
    return number


def _square(number: int) -> int:
    return number * number


def _power_of_two(number: int) -> int:
    return 1 << number if 0 <= number <= LARGEST_POWER else 0


def _scaled(x: Name, y: Name, pairs: Pairs, turned: bool) -> Iterator[Candidate]:
    """A number beside a multiple of another, or beside what is halved so often: `2 * crop >= size`."""
    powers = (_shifted(y, shift) for shift in SHIFTS)
    multiples = ((Operation(Number(n), "*", y), partial(operator.mul, n), MULTIPLE) for n in MULTIPLES)
    sides: list[tuple[Expression, Callable[[int], int], int]] = [*multiples, *powers]
    tried = 2 * len(sides) * len(_ORDERS)
    for scaled, compute, cost in sides:
        for sign, order in _ORDERS:
            compares = partial(_beside, compute, order)
            holds = _turned(compares) if turned else compares
            shown = partial(_is_staircase, pairs, holds, least=4, tried=tried)
            yield Candidate(Relation(x, sign, scaled), holds, shown, cost)


def _shifted(name: Name, shift: int) -> tuple[Expression, Callable[[int], int], int]:
    exponent = name if not shift else Operation(name, "+" if shift > 0 else "-", Number(abs(shift)))
    return (
        Operation(Number(2), "**", exponent),
        lambda number: _power_of_two(number + shift),
        POWER + bool(shift),
    )


def _beside(compute: Callable[[int], int], order: Callable[[int, int], bool], a: int, b: int) -> bool:
    return order(a, compute(b))


def _fitted(a: Name, b: Name, pairs: Pairs) -> Iterator[Candidate]:
    """That a result is at least the least of all failures, and at most the most; the simplest calculation first."""
    tried = 0
    for calculated, compute in _calculated(a, b):
        tried += len({compute(*values) for values in pairs})
        results = [compute(*values) for values, (bad, _) in pairs.items() if bad]
        for sign, order, bound in (
            (">=", operator.ge, min(results)),
            ("<=", operator.le, max(results)),
        ):
            holds = partial(_compares, compute, order, bound)
            shown = partial(_is_staircase, pairs, holds, least=4, tried=tried)
            yield Candidate(Relation(calculated, sign, Number(bound)), holds, shown, FITTED)  # type: ignore[arg-type]


def _dividing(a: Name, b: Name, pairs: Pairs, everything: int) -> Iterator[Candidate]:
    """The least number that all products divide with which something builds: `60 % (chunk * rows) != 0`."""
    good = [x * y for (x, y), (_, building) in pairs.items() if building]
    if len(set(good)) < LEAST_DIVIDED or min(good) < 1 or (number := math.lcm(*good)) > MOST_DIVIDED:
        return
    divided = Relation(Operation(Number(number), "%", Operation(a, "*", b)), "!=", Number(0))
    turns = _turns([(x * y, not building) for (x, y), (_, building) in pairs.items()])
    enough = len(turns) >= LEAST_TURNS
    holds = partial(_divides, number)
    yield Candidate(divided, holds, lambda sides: enough and sides.failing == everything, OF_THREE)


def _divides(number: int, a: int, b: int) -> bool:
    return a * b > 0 and number % (a * b) != 0


def _compares(
    compute: Callable[[int, int], int], order: Callable[[int, int], bool], bound: int, a: int, b: int
) -> bool:
    return order(compute(a, b), bound)


def _all_failing(pairs: Pairs) -> int:
    found = 0
    for bad, _ in pairs.values():
        found |= bad
    return found


_ORDERS: tuple[tuple[Sign, Callable[[int, int], bool]], ...] = (
    (">", operator.gt),
    (">=", operator.ge),
    ("<", operator.lt),
    ("<=", operator.le),
)


def _divides_not(of: Callable[[int], int], number: int, other: int) -> bool:
    divisor = of(other)
    return divisor > 0 and number % divisor != 0


def _turned(holds: Callable[[int, int], bool]) -> Callable[[int, int], bool]:
    return lambda a, b: holds(b, a)


def _calculated(a: Name, b: Name) -> Iterator[tuple[Expression, Callable[[int, int], int]]]:
    signs: tuple[tuple[Operator, Callable[[int, int], int]], ...] = (
        ("+", operator.add),
        ("-", operator.sub),
        ("*", operator.mul),
    )
    for sign, compute in signs:
        yield Operation(a, sign, b), compute
    yield Operation(a, "*", Operation(b, "-", Number(1))), lambda x, y: x * (y - 1)
    yield Operation(b, "*", Operation(a, "-", Number(1))), lambda x, y: y * (x - 1)


def _of_three(names: tuple[str, ...], triples: Pairs) -> Iterator[Candidate]:
    shown = partial(is_equation, least=3)
    for left, of, by in itertools.permutations(range(3)):
        a, b, c = Name(names[left]), Name(names[of]), Name(names[by])
        if of < by:
            plain = partial(_is_not_product, left, of, by, 1)
            yield Candidate(Relation(a, "!=", Operation(b, "*", c)), plain, shown, OF_THREE)
            yield from _of_two_together(a, Operation(b, "*", c), operator.mul, triples, (left, of, by))
            yield from _of_two_together(a, Operation(b, "+", c), operator.add, triples, (left, of, by))
        square = Relation(a, "!=", Operation(Operation(b, "*", b), "*", c))
        yield Candidate(square, partial(_is_not_product, left, of, by, 2), shown, OF_THREE + 1)


def _of_two_together(
    a: Name,
    calculated: Expression,
    compute: Callable[[int, int], int],
    triples: Pairs,
    places: tuple[int, int, int],
) -> Iterator[Candidate]:
    """`width % (heads * groups) != 0`, `(rows * columns) % groups != 0`, `(left + right) % groups != 0`."""
    with_calculated = partial(_with_calculated, compute, places)
    pooled = partial(_pooled_by, triples, with_calculated)
    for turned, rest in ((False, Operation(a, "%", calculated)), (True, Operation(calculated, "%", a))):
        plain = partial(_divides_not, _itself)
        holds = _turned(plain) if turned else plain

        def shown(_: Split, holds: Callable[..., bool] = holds, turned: bool = turned) -> bool:
            pairs = pooled()
            return _is_periodic(pairs, holds, turned, split(pairs, holds), least=3)

        relation = Relation(rest, "!=", Number(0))
        yield Candidate(relation, partial(_of_pair, holds, with_calculated), shown, OF_THREE + turned)
    for sign, order in _ORDERS:

        def steps(_: Split, order: Callable[[int, int], bool] = order) -> bool:
            pairs = pooled()
            return _is_staircase(pairs, order, split(pairs, order), least=4, tried=len(_ORDERS))

        yield Candidate(
            Relation(a, sign, calculated), partial(_of_pair, order, with_calculated), steps, OF_THREE + 2
        )


def _with_calculated(
    compute: Callable[[int, int], int], places: tuple[int, int, int], values: tuple[int, ...]
) -> tuple[int, int]:
    left, of, by = places
    return values[left], compute(values[of], values[by])


def _of_pair(
    holds: Callable[..., bool], pair: Callable[[tuple[int, ...]], tuple[int, int]], *values: int
) -> bool:
    return holds(*pair(values))


def _pooled_by(pairs: Pairs, calculated: Callable[[tuple[int, ...]], tuple[int, ...]]) -> Pairs:
    """What was seen of values, told by what is calculated from them."""
    found: dict[tuple[int, ...], tuple[int, int]] = {}
    for values, (bad, good) in pairs.items():
        key = calculated(values)
        known = found.get(key, (0, 0))
        found[key] = known[0] | bad, known[1] | good
    return found


def _is_not_product(left: int, of: int, by: int, power: int, *values: int) -> bool:
    product: int = values[of] ** power * values[by]
    return values[left] != product


# --------------------------------------------------------------------------- evidence


def is_equation(sides: Split, least: int) -> bool:
    """Whether several values were seen for which an equation is true, and several for which it is not.

    Two are enough where each of them is the only one of many beside which nothing fails.
    """
    equal = len({values[0] for values in sides.outside})
    many = max(len({values[side] for values in (*sides.inside, *sides.outside)}) for side in (0, 1))
    return len(sides.inside) >= 2 and (equal >= least or (equal >= 2 and many**equal >= COINCIDENCES))


def _each_matters(sides: Split) -> bool:
    """Whether of each number two values were seen, beside the same others, of which one fails and the other does not.

    `depth * kernel % dilation` may fit because of the depth alone.
    """
    places = range(len(sides.inside[0])) if sides.inside else ()
    beside = [{_without(values, place) for values in sides.outside} for place in places]
    return bool(places) and all(
        any(_without(values, place) in beside[place] for values in sides.inside) for place in places
    )


def _without(values: tuple[int, ...], place: int) -> tuple[int, ...]:
    return values[:place] + values[place + 1 :]


def _mirrored(pairs: Pairs, sides: Split) -> Split:
    """The sides of the opposite relation, where what fails and what builds have changed places."""
    return Split([values for values, (_, good) in pairs.items() if good], sides.inside, 0, 0)


def _patterns(pairs: Pairs, holds: Callable[..., bool]) -> set[tuple[bool, ...]]:
    """For each value of the first number, for which values of the second a relation holds: every such row once."""
    others = sorted({b for _, b in pairs})
    return {tuple(holds(a, b) for b in others) for a in {a for a, _ in pairs}}


def _is_staircase(pairs: Pairs, holds: Callable[..., bool], sides: Split, least: int, tried: int = 0) -> bool:
    """Whether the border has more steps than a comparison of each number with a constant could give it.

    Where many relations are `tried`, whether there are enough other borders that none of them draws.
    """
    if len(sides.inside) < 3 or len(sides.outside) < 3:
        return False
    rows, columns = (len({values[side] for values in pairs}) for side in (0, 1))
    return math.comb(rows + columns, rows) >= COINCIDENCES * tried and len(_patterns(pairs, holds)) >= least


def _is_periodic(
    pairs: Pairs, holds: Callable[..., bool], turned: bool, sides: Split, least: int = 1
) -> bool:
    """Whether for some divisor what fails and what builds take turns by size, which no threshold explains.

    At least so many numbers have to be divided.
    """
    dividend, divisor = (1, 0) if turned else (0, 1)
    if len({values[dividend] for values in sides.outside}) < least:
        return False
    # That 3 and 7 divide themselves and not each other says that two numbers are equal.
    if not any(values[dividend] > values[divisor] > 1 for values in sides.outside):
        return False
    told: dict[int, list[tuple[int, bool]]] = {}
    for fails, some in ((True, sides.inside), (False, sides.outside)):
        for values in some:
            told.setdefault(values[divisor], []).append((values[dividend], fails))
    turns = [_turns(some) for some in told.values()]
    # Or what is too small for one divisor is too large for another.
    both_ways = len({each for some in turns for each in some}) == 2
    if both_ways or any(len(some) >= 2 for some in turns):
        return True
    return any(turns) and len(sides.inside) >= 3 and len(_patterns(pairs, holds)) >= 4


def _turns(told: list[tuple[int, bool]]) -> list[bool]:
    """Where what fails and what builds change places by size, and to which of both."""
    return [other for (_, one), (_, other) in itertools.pairwise(sorted(told)) if one is not other]
