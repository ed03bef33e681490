"""Conditions on one block of several: `shortcut_1 and filters_1 != filters_0`, in whichever block that may be.

A loop that declares several hyperparameters in each round fails in the round that it read last: what is read decides
which block failed, and that the ones before it did not. Where all are read first, a block fails that is met in no
configuration which builds. So configurations are taken apart into blocks, and what tells
the failing blocks from the others is sought as it is sought among configurations: over the block's own values, those
of the block before, and what all blocks have in common.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import or_

from hypershape.model import Configuration, Hyperparameter, Value
from hypershape.space.conditions import And, Condition, Name, Relation, SomeBlock, all_of, renamed
from hypershape.space.families import MEMBER
from hypershape.space.literals import Literal
from hypershape.space.relations import COMPARED

MOST_BLOCKS = 12
"""Of more nobody would read that one of them has a property."""
MOST_RECORDS = 1_500
MOST_INSIDE = 80
"""What is said of a block is not harder to read than some six comparisons."""

HERE, BEFORE = "{i}", "{i - 1}"
"""How a pattern speaks of a round and of the one before it."""

Find = Callable[
    [Sequence[Configuration], Sequence[Configuration], Mapping[str, Hyperparameter]], "Found | None"
]


@dataclass(frozen=True, slots=True)
class Found:
    """A condition and what it costs to read."""

    condition: Condition
    cost: int


@dataclass(frozen=True, slots=True)
class View:
    """What is looked at beside a block's own values: names that all blocks share, and the block before."""

    shared: Sequence[str] = ()
    before: bool = False


@dataclass(frozen=True, slots=True)
class Loop:
    """The hyperparameters that a loop declares: for each pattern of a name, `filters_#`, the name in each round."""

    names: Mapping[str, Mapping[int, str]]

    @property
    def rounds(self) -> list[int]:
        return sorted({index for names in self.names.values() for index in names})

    def last(self, configuration: Configuration) -> int | None:
        """The round from which a configuration read something last."""
        read = [i for names in self.names.values() for i, name in names.items() if name in configuration]
        return max(read, default=None)

    def block(self, configuration: Configuration, index: int, view: View) -> Configuration:
        """What a configuration has in one round, in the round before, and whatever the round is."""
        found = {name: configuration[name] for name in view.shared if name in configuration}
        for at, written in ((index, _here), (index - 1, _before))[: 2 if view.before else 1]:
            for pattern, names in self.names.items():
                if at in names and names[at] in configuration:
                    found[written(pattern)] = configuration[names[at]]
        return found

    def hps(self, hps: Mapping[str, Hyperparameter], shared: Sequence[str]) -> dict[str, Hyperparameter]:
        """The hyperparameters of a block."""
        found = {name: hps[name] for name in shared}
        for pattern, names in self.names.items():
            one = hps[next(iter(names.values()))]
            found |= {name: replace(one, name=name) for name in (_here(pattern), _before(pattern))}
        return found

    def at(self, condition: Condition, index: int) -> Condition | None:
        """What is said of a block, of the one of some round; None where it speaks of names that are not there."""
        names = {_here(pattern): each.get(index) for pattern, each in self.names.items()}
        names |= {_before(pattern): each.get(index - 1) for pattern, each in self.names.items()}
        return renamed(condition, names)


def _here(pattern: str) -> str:
    return pattern.replace("#", HERE, 1)


def _before(pattern: str) -> str:
    return pattern.replace("#", BEFORE, 1)


def loops(names: Sequence[str]) -> list[Loop]:
    """Loops that declare two hyperparameters or more in each round, told by numbers in names."""
    patterns: dict[str, dict[int, str]] = {}
    for name in names:
        for number in re.finditer(r"\d+", name):
            pattern = f"{name[: number.start()]}#{name[number.end() :]}"
            patterns.setdefault(pattern, {})[int(number[0])] = name
    by_rounds: dict[tuple[int, ...], dict[str, dict[int, str]]] = {}
    for pattern, found in patterns.items():
        if 1 < len(found) <= MOST_BLOCKS and max(found) - min(found) < len(found):
            by_rounds.setdefault(tuple(sorted(found)), {})[pattern] = found
    return [Loop(some) for some in by_rounds.values() if len(some) > 1]


def some_block(
    failing: Sequence[Configuration],
    building: Sequence[Configuration],
    hps: Mapping[str, Hyperparameter],
    find: Find,
) -> Iterator[Literal]:
    """Literals that say what some block is like."""
    for loop in loops(list(hps)):
        inside = {name for names in loop.names.values() for name in names.values()}
        shared = [name for name in hps if name not in inside]
        said = _said(loop, failing, building, hps, shared, find)
        if said is None:
            continue
        bad, good = (_where(said.condition, some) for some in (failing, building))
        yield Literal(said.condition, bad, good, said.cost)


def differences(
    failing: Sequence[Configuration], building: Sequence[Configuration], hps: Mapping[str, Hyperparameter]
) -> Iterator[Literal]:
    """That a block differs from the one before it, where several values were seen that are the same."""
    for name in hps:
        before = name.replace(HERE, BEFORE, 1)
        if before not in hps:
            continue
        both = [[each for each in some if name in each and before in each] for some in (failing, building)]
        other = {(each[name], each[before]) for each in both[0] if each[name] != each[before]}
        same = {each[name] for each in both[1] if each[name] == each[before]}
        if len(same) > 1 and len(other) > 1:
            relation = Relation(Name(name), "!=", Name(before))
            yield Literal(relation, _where(relation, failing), _where(relation, building), COMPARED)


def _where(condition: Condition, configurations: Sequence[Configuration]) -> int:
    bits = (1 << place for place, each in enumerate(configurations) if condition.holds(each))
    return reduce(or_, bits, 0)


def _said(
    loop: Loop,
    failing: Sequence[Configuration],
    building: Sequence[Configuration],
    hps: Mapping[str, Hyperparameter],
    shared: Sequence[str],
    find: Find,
) -> Found | None:
    """What is said of some block: the same of all of them, or something else of the first, which has none before it."""
    inside, (first, *others) = loop.hps(hps, shared), loop.rounds
    # The less is looked at, the fewer coincidences there are.
    views = (View(), View(shared), View(shared, before=True))

    def told(rounds: Sequence[int], failing: Sequence[Configuration]) -> Iterator[Found]:
        for view in views:
            for bad, good in _blocks(loop, failing, building, rounds, view):
                found = find(bad, good, inside) if bad and good else None
                if found is not None and found.cost <= MOST_INSIDE:
                    yield found

    for found in told(loop.rounds, failing):
        whole = _of_members(loop, found, loop.rounds)
        if whole is not None and all(map(whole.condition.holds, failing)):
            return whole
    for found in told(others, failing):
        rest = _of_members(loop, found, others)
        left = [] if rest is None else [each for each in failing if not rest.condition.holds(each)]
        if rest is not None and not left:
            return rest
        for start in told([first], left):
            at_first = loop.at(start.condition, first)
            if at_first is not None and all(map(at_first.holds, left)):
                return _of_members(loop, found, others, at_first, start.cost)
    return None


def _of_members(
    loop: Loop, found: Found, rounds: Sequence[int], first: Condition | None = None, cost: int = 0
) -> Found | None:
    """What was found of a block, said of each."""
    # Where the first block is told of its own, what all share is said of each.
    shared, own = _apart(found.condition) if first is None else ((), found.condition)
    members = [each for index in rounds if (each := loop.at(own, index)) is not None]
    if len(members) < 2:
        return None
    some = SomeBlock(
        (*(() if first is None else (first,)), *members), own, (rounds[0], rounds[-1]), first is not None
    )
    return Found(all_of([*shared, some]), found.cost + cost + MEMBER * len(members))


def _apart(condition: Condition) -> tuple[tuple[Condition, ...], Condition]:
    """What a condition on a block says of no block, and the rest: `not project`, and `filters_{i} == 16`."""
    parts = condition.parts if isinstance(condition, And) else (condition,)
    shared = tuple(part for part in parts if not any(HERE in name or BEFORE in name for name in part.names))
    own = [part for part in parts if part not in shared]
    return (shared, all_of(own)) if own else ((), condition)


_Told = tuple[list[Configuration], list[Configuration]]


def _blocks(
    loop: Loop,
    failing: Sequence[Configuration],
    building: Sequence[Configuration],
    rounds: Sequence[int],
    view: View,
) -> Iterator[_Told]:
    """Blocks that fail and blocks that build, told by what was read last, and by which blocks never build."""

    def taken_apart(configuration: Configuration) -> dict[_Key, Configuration]:
        last = loop.last(configuration)
        ran = [index for index in rounds if last is not None and index <= last]
        return {_key(block): block for block in (loop.block(configuration, index, view) for index in ran)}

    good: dict[_Key, Configuration] = {}
    for each in building:
        good |= taken_apart(each)
        if len(good) > MOST_RECORDS:
            return
    ends: dict[_Key, Configuration] = {}
    alone: dict[_Key, Configuration] = {}
    before = dict(good)
    for each in failing:
        some = taken_apart(each)
        strange = [key for key in some if key not in good]
        if len(strange) == 1:
            alone[strange[0]] = some[strange[0]]
        if some and loop.last(each) in rounds:
            *passed, end = some
            ends[end] = some[end]
            before |= {key: some[key] for key in passed}
    for bad, rest in ((ends, before), (alone, good)):
        if not bad.keys() & rest.keys() and max(len(bad), len(rest)) <= MOST_RECORDS:
            yield list(bad.values()), list(rest.values())


_Key = tuple[tuple[str, type, Value], ...]


def _key(block: Configuration) -> _Key:
    return tuple((name, type(value), value) for name, value in block.items())
