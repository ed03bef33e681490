"""Literals that speak of a family: hyperparameters that a loop declares, one for each block.

`units_0 == 7 or units_1 == 7 or …` is one thought, "some block has 7 units", however many blocks there are.
"""

from __future__ import annotations

import itertools
import operator
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from hypershape.model import Configuration, Hyperparameter, Value
from hypershape.space import domains
from hypershape.space.conditions import (
    Comparison,
    Condition,
    Count,
    Name,
    Relation,
    Sign,
    Some,
    any_of,
    renamed,
)
from hypershape.space.literals import Literal, bit_set, sets_by_value
from hypershape.space.relations import (
    COMPARED,
    DIVIDES,
    Pairs,
    alike,
    is_equation,
    of_two,
    seen_together,
    split,
)

MOST_MEMBERS = 8
"""Of more hyperparameters nobody would read that one of them has a value."""
LEAST_KIN = 3
"""Fewer names with a word in common are no family."""
MOST_TRIED = 12
"""So many values of a family are compared with."""

UNLIKE = 2
"""What it costs to count those that are not so."""

LEAST_SETS = 3
"""A number of members is said only where so many choices of them failed, and as many of one more or less built."""

SOME, COUNT, MEMBER = 14, 20, 2
"""What it costs to read that some member has a value, or that so many have, and each member in addition."""


def families(names: Iterable[str]) -> list[tuple[str, ...]]:
    """Names that differ in one number only, as a loop declares them: units_0, units_1, …"""
    found: dict[str, list[str]] = {}
    for name in names:
        for number in re.finditer(r"\d+", name):
            found.setdefault(f"{name[: number.start()]}#{name[number.end() :]}", []).append(name)
    return [tuple(each) for each in found.values() if 1 < len(each) <= MOST_MEMBERS]


def kin(hps: Mapping[str, Hyperparameter]) -> list[tuple[str, ...]]:
    """Names with one word in common and the same values, as somebody writes who has no loop: stem_stride, head_stride, …"""
    found: dict[object, list[str]] = {}
    numbered = {name for family in families(hps) for name in family}
    for name, hp in hps.items():
        words = re.split(r"[_./ ]", name)
        if hp.values is not None and len(words) > 1 and name not in numbered:
            alike = hp.kind, hp.values
            found.setdefault((0, words[0], alike), []).append(name)
            found.setdefault((-1, words[-1], alike), []).append(name)
    return [tuple(each) for each in found.values() if LEAST_KIN <= len(each) <= MOST_MEMBERS]


def some_member(
    family: Sequence[str],
    failing: Sequence[Configuration],
    building: Sequence[Configuration],
    counts: Sequence[str] = (),
) -> Iterator[Literal]:
    """Comparisons that hold for some member of a family.

    A chain of comparisons rather than `'avg' in (pooling_0, …)`: members that were not read have no value. Where all
    are read whatever the number of blocks is, one of `counts` may be that number: then the member's block must exist.
    """
    members = [(sets_by_value(failing, name), sets_by_value(building, name)) for name in family]
    blocks = {
        count: [_existing(count, index, failing, building) for index in range(len(family))]
        for count in counts
    }
    for sign, value in _tried(members):
        cost = SOME + MEMBER * len(family)
        parts = [(_where(sign, value, bad), _where(sign, value, good)) for bad, good in members]
        some = Some(tuple(family), sign, value)
        yield from _some(some, parts, cost)
        # "At most one is used" says it better than "at least three are not".
        denied = UNLIKE if value is False else 0
        yield from _counts(some, parts, len(failing), len(building), cost + COUNT - SOME + denied)
        for count, exist in blocks.items():
            bounded = [(bad & a, good & b) for (bad, good), (a, b) in zip(parts, exist, strict=True)]
            if bounded != parts:
                some = Some(tuple(family), sign, value, count)
                yield from _some(some, bounded, 2 * cost)
                yield from _counts(some, bounded, len(failing), len(building), 2 * (cost + COUNT - SOME))


def _some(
    condition: Condition, parts: Sequence[tuple[int, int]], cost: int, everything: int | None = None
) -> Iterator[Literal]:
    """What holds for some member; where `everything` is given, for all failures or nothing else."""
    failing = building = 0
    for bad, good in parts:
        failing |= bad
        building |= good
    # Of one member alone nobody would speak as of a family.
    if sum(bool(bad) for bad, _ in parts) > 1 and (everything in (None, failing) or not building):
        yield Literal(condition, failing, building, cost)


def _counts(
    some: Some, parts: Sequence[tuple[int, int]], failing: int, building: int, cost: int
) -> Iterator[Literal]:
    """That at least, or at most, so many members are like that, where which ones they are was seen not to matter."""
    everything, others = (1 << failing) - 1, (1 << building) - 1
    bad = _at_least([each for each, _ in parts], everything)
    good = _at_least([each for _, each in parts], others)
    for number in range(2, len(parts)):
        if bad[number] and (bad[number] == everything or not good[number]):
            edges = _exactly(bad, number), _exactly(good, number - 1)
            if _interchangeable(parts, edges):
                yield Literal(Count(some.members, ">=", number, some), bad[number], good[number], cost)
    for number in range(1, len(parts) - 1):
        few, rest = everything & ~bad[number + 1], others & ~good[number + 1]
        if few and (few == everything or not rest):
            edges = _exactly(bad, number), _exactly(good, number + 1)
            if _interchangeable(parts, edges):
                yield Literal(Count(some.members, "<=", number, some), few, rest, cost + 1)


def _at_least(members: Sequence[int], everything: int) -> list[int]:
    """For each number, where at least so many members hold."""
    found = [everything] + [0] * (len(members) + 1)
    for bits in members:
        for number in range(len(members), 0, -1):
            found[number] |= found[number - 1] & bits
    return found


def _exactly(at_least: Sequence[int], number: int) -> int:
    return at_least[number] & ~at_least[number + 1]


def _interchangeable(parts: Sequence[tuple[int, int]], edges: tuple[int, int]) -> bool:
    """Whether at the border, on both sides of it, several sets of members were seen."""
    return all(
        _choices([part[side] for part in parts], edge) >= LEAST_SETS for side, edge in enumerate(edges)
    )


def _choices(members: Sequence[int], among: int) -> int:
    """Into how many kinds configurations are divided by which members hold (as far as that is asked)."""
    kinds = [among] if among else []
    for bits in members:
        kinds = [part for each in kinds for part in (each & bits, each & ~bits) if part]
        if len(kinds) >= LEAST_SETS:
            break
    return len(kinds)


def _existing(
    count: str, index: int, failing: Sequence[Configuration], building: Sequence[Configuration]
) -> tuple[int, int]:
    """Where a number of blocks is larger than an index; the first block always exists."""
    if index == 0:
        return -1, -1
    bad, good = (
        bit_set(type(n := each.get(count)) is int and n > index for each in some)
        for some in (failing, building)
    )
    return bad, good


def _where(sign: Sign, value: Value, by_value: Mapping[Value, int]) -> int:
    found = 0
    for each, bits in by_value.items():
        if Comparison("", sign, value).fits(each):
            found |= bits
    return found


def _tried(
    members: Sequence[tuple[Mapping[Value, int], Mapping[Value, int]]],
) -> Iterator[tuple[Sign, Value]]:
    """Comparisons that the values of a family suggest."""
    bad = {value for each in members for value in each[0]}
    good = {value for each in members for value in each[1]}
    both = sorted(bad | good, key=repr)
    if len(both) < 2:
        return
    if len(both) <= MOST_TRIED:
        yield from (("==", value) for value in both if value in bad)
        if len(both) > 2:
            yield from (("!=", value) for value in both)
    numbers = sorted(v for v in both if isinstance(v, int | float) and not isinstance(v, bool))
    if len(numbers) < len(both):
        return
    borders = list(itertools.pairwise(numbers))
    if len(borders) > MOST_TRIED:
        # A value that no building configuration has is what the border of a large domain is found by.
        alone = bad - good
        borders = [(a, b) for a, b in borders if (a in alone) != (b in alone)]
        borders = borders[: MOST_TRIED // 2] + borders[-MOST_TRIED // 2 :]
    for below, bound in dict.fromkeys(borders):
        yield ">=", bound
        yield "<=", below


def related_members(
    family: Sequence[str],
    others: Sequence[str],
    failing: Sequence[Configuration],
    building: Sequence[Configuration],
    hps: Mapping[str, Hyperparameter],
) -> Iterator[Literal]:
    """Relations of some member to another hyperparameter, or to the member before it."""
    everything = (1 << len(failing)) - 1
    cost = MEMBER * len(family)
    for other in others:
        seen = [seen_together((name, other), failing, building) for name in family]
        pooled = _pooled(seen)
        for found in of_two(family[0], other, pooled, alike(family[0], other, pooled, hps), 0):
            if found.cost in (DIVIDES, COMPARED) and found.shown(split(pooled, found.holds)):
                sides = [split(some, found.holds) for some in seen]
                said = (renamed(found.relation, {family[0]: name}) for name in family)
                chain = any_of([each for each in said if each is not None])
                parts = [(each.failing, each.building) for each in sides]
                yield from _some(chain, parts, found.cost + cost, everything)
    steps = list(itertools.pairwise(family))
    seen = [seen_together(step, failing, building) for step in steps]
    if len(steps) > 1 and is_equation(split(_pooled(seen), operator.ne), least=2):
        sides = [split(some, operator.ne) for some in seen]
        chain = any_of([Relation(Name(a), "!=", Name(b)) for a, b in steps])
        parts = [(each.failing, each.building) for each in sides]
        yield from _some(chain, parts, COMPARED + cost, everything)


def _pooled(seen: Sequence[Pairs]) -> Pairs:
    """What was seen of several members, as if they were one."""
    found: dict[tuple[int, ...], tuple[int, int]] = {}
    for some in seen:
        for values, (bad, good) in some.items():
            known = found.get(values, (0, 0))
            found[values] = known[0] | bad, known[1] | good
    return found


def counting(names: Iterable[str], hps: Mapping[str, Hyperparameter]) -> list[str]:
    """Hyperparameters that may say how many blocks there are: whole numbers from a small range."""
    found = []
    for name in names:
        last = domains.ends(hps[name], 2)[-1:]
        if last and type(last[0]) is int and 2 <= last[0] <= MOST_MEMBERS:
            found.append(name)
    return found
