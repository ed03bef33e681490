"""The known part of a define-by-run space, as a decision tree of cubes.

A report whose names are all forced says something about one configuration. One with `free` names says the same of
every configuration that agrees with it on the forced ones: it is a cube. Where cubes overlap, or where one is
contained in what was split before, they are cut into pieces. The pieces are a partition of all paths that a trial can
take, so that their probabilities sum to one.

Why they are a partition. A piece is reached by a few values, each of a hyperparameter that everything in it reads.
It is only divided by the forced name of a cube that this cube reads first, of those that are not given yet: what was
read before is given or free, and a free value leads nowhere else, so every configuration of the piece reads it.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NoReturn, TypeAlias

from hypershape.model import Configuration, Hyperparameter, Key, Report, Value, key_of
from hypershape.space.blame import kind
from hypershape.space.domains import probability, size


class Contradiction(Exception):
    """Two reports of one configuration that differ, at least one by what it claims of others.

    `other` is None where a report does not read what everything around it was seen to read.
    """

    def __init__(self, one: Cube, other: Cube | None) -> None:
        super().__init__(one, other)
        self.one, self.other = one, other


@dataclass(frozen=True, slots=True, eq=False)
class Cube:
    """A report and the values that it depends on, in the order in which they were read.

    `alike` are, of some of these names, all values with which the report would have been the same.
    """

    report: Report
    forced: Configuration
    key: Key
    alike: Mapping[str, frozenset[Value]] = field(default_factory=dict)

    @staticmethod
    def of(report: Report, forced: Configuration) -> Cube:
        """The cube of a report."""
        return Cube(report, forced, key_of(report.configuration))

    def values(self, name: str) -> Collection[Value]:
        """The values of a name that it depends on with which it is the same."""
        return self.alike.get(name) or (self.forced[name],)

    @property
    def open_names(self) -> list[str]:
        """The names with other values of which it would be the same, in the order in which they were read."""
        return [name for name in self.report.configuration if name not in self.forced or name in self.alike]

    @property
    def is_known(self) -> bool:
        """Whether the probe came to a verdict."""
        return self.report.verdict != "unknown"

    def meets(self, other: Cube) -> bool:
        """Whether two cubes have a configuration in common."""
        return all(other.forced.get(name, value) == value for name, value in self.forced.items())

    def agrees(self, other: Cube) -> bool:
        """Whether two reports of one configuration can both be true."""
        one, two = self.report, other.report
        if "unknown" in (one.verdict, two.verdict):
            return True
        apart = one.apart.keys() | two.apart.keys()
        if one.verdict != two.verdict or one.configuration.keys() - apart != two.configuration.keys() - apart:
            return False
        return one.error is None or two.error is None or kind(one.error) == kind(two.error)


@dataclass(slots=True, eq=False)
class _Node:
    """A part of the space: covered by a cube, divided by the values of a hyperparameter, or neither."""

    parent: _Node | None = None
    cube: Cube | None = None
    name: str | None = None
    children: dict[Value, _Node] = field(default_factory=dict)
    """Values of which nothing different is known share one."""
    other: _Node | None = None
    """What is known whichever of the values without a child of their own the hyperparameter has."""
    open: int = 0
    """Children that are not covered entirely."""
    done: bool = False
    """Whether every configuration of it is covered."""
    shared: bool = False
    """Whether several values may lead here."""


_Entry: TypeAlias = "tuple[_Node | None, dict[str, Value]]"
"""A part of which something is not known, None for one of which nothing is, and the values that lead there."""


class Cubes:
    """A tree of cubes over hyperparameters that may grow more while it is used."""

    def __init__(self, hps: Mapping[str, Hyperparameter]) -> None:
        self._hps = hps
        self._root = _Node()
        self._domains: dict[str, frozenset[Value]] = {}
        self._chances: dict[str, dict[Value, float]] = {}

    @property
    def done(self) -> bool:
        """Whether every configuration is covered."""
        return self._root.done

    def find(self, configuration: Configuration) -> Cube | None:
        """The cube that covers a configuration; a name that is left out has its default."""
        node: _Node | None = self._root
        while node is not None and node.cube is None:
            name = node.name
            if name is None:
                return None
            hp = self._hps.get(name)
            value = configuration.get(name, hp.default if hp is not None else None)
            node = node.children.get(value, node.other)
        return node.cube if node is not None else None

    def copy(self) -> Cubes:
        """The tree as it is now."""
        same = Cubes(self._hps)
        same._root = _copied(self._root, None)
        return same

    # ------------------------------------------------------------- putting a cube in

    def add(self, cube: Cube) -> None:
        """Covers what is not covered yet of a cube; raises Contradiction where what is known says otherwise."""
        stack = [(self._root, 0)]
        while stack:
            node, given = stack.pop()
            if node.cube is not None and not node.cube.is_known and cube.is_known:
                self._uncover(node)
            if node.cube is not None:
                _compare(cube, node.cube)
            elif given == len(cube.forced):
                self._cover(node, cube)
            elif node.name is None:
                self._extend(node, cube)
            elif node.name in cube.forced:
                stack += [(child, given + 1) for child in self._children(node, cube.values(node.name))]
            elif node.name in cube.report.configuration:
                stack += [(child, given) for child in self._all_children(node)]
            elif cube.is_known:
                self._contradict(node, cube)

    def _cover(self, node: _Node, cube: Cube) -> None:
        """A part becomes a piece; what was known of it in smaller pieces has to agree."""
        if node.name is not None:
            if not cube.is_known:
                return
            if node.name not in cube.report.configuration:
                self._contradict(node, cube)
            for inner, _, _ in self._covered(node):
                assert inner.cube is not None
                _compare(cube, inner.cube)
        node.cube, node.name, node.children, node.other = cube, None, {}, None
        self._finish(node)

    def _contradict(self, node: _Node, cube: Cube) -> NoReturn:
        """A cube does not read what every configuration of a part reads: a report from there says otherwise."""
        inside = (inner.cube for inner, _, _ in self._covered(node) if inner.cube is not None)
        meets = (other for other in inside if other.is_known and other.meets(cube))
        raise Contradiction(cube, next(meets, None))

    def _uncover(self, node: _Node) -> None:
        node.cube, node.done = None, False
        inner = node
        while inner.parent is not None:
            parent = inner.parent
            if inner is not parent.other:
                parent.open += 1
            if not parent.done or self._is_done(parent):
                return
            parent.done = False
            inner = parent

    def _extend(self, node: _Node, cube: Cube) -> None:
        """Divides a part of which nothing is known by all values of a cube that are not given there."""
        given = {each.name for each in _ancestors(node)}
        for name in cube.forced:
            if name not in given:
                child = _Node(node)
                node.name, node.open = name, 1
                node.children = dict.fromkeys(cube.values(name), child)
                child.shared = len(node.children) > 1
                node = child
        node.cube = cube
        self._finish(node)

    def _children(self, node: _Node, values: Iterable[Value]) -> list[_Node]:
        """The parts in which a hyperparameter has one of some values, and no other."""
        touched: dict[int, tuple[_Node | None, list[Value]]] = {}
        for value in values:
            child = node.children.get(value)
            touched.setdefault(id(child), (child, []))[1].append(value)
        found = []
        for child, some in touched.values():
            if child is None or (child.shared and _count(child, node) > len(some)):
                source = node.other if child is None else child
                child = _copied(source, node) if source is not None else _Node(node)
                child.shared = len(some) > 1
                node.children.update(dict.fromkeys(some, child))
                node.open += not child.done
            found.append(child)
        return found

    def _all_children(self, node: _Node) -> list[_Node]:
        if node.other is None:
            node.other = _Node(node)
        return [*_distinct(node), node.other]

    def _finish(self, node: _Node) -> None:
        """Notes that a part is covered, and what that completes."""
        while not node.done:
            node.done = True
            parent = node.parent
            if parent is None:
                return
            if node is not parent.other:
                parent.open -= 1
            if not self._is_done(parent):
                return
            node = parent

    def _is_done(self, node: _Node) -> bool:
        if node.open:
            return False
        if node.other is not None and node.other.done:
            return True
        domain = self._domain(node.name)
        return domain is not None and len(domain) <= len(node.children) and domain <= node.children.keys()

    def _domain(self, name: str | None) -> frozenset[Value] | None:
        """Every value of a hyperparameter; None for one with too many, and for a name that comes and goes."""
        hp = self._hps.get(name or "")
        if hp is None or hp.values is None:
            return None
        return self._domains.setdefault(hp.name, frozenset(hp.values))

    # ------------------------------------------------------------- reading it

    def frontier(self) -> Iterator[Configuration]:
        """The parts of which nothing is known, each as the values that lead there, the fewest values first."""
        waiting: deque[_Entry] = deque([(self._root, {})])
        while waiting:
            node, prefix = waiting.popleft()
            if node is None or (node.cube is None and node.name is None):
                yield prefix
            elif not node.done:
                for entry in self._open(node, prefix):
                    if entry[0] is None:
                        yield entry[1]
                    else:
                        waiting.append(entry)

    def _open(self, node: _Node, prefix: Configuration) -> Iterator[tuple[_Node | None, dict[str, Value]]]:
        """The parts of a divided one that are not covered entirely."""
        name = node.name
        assert name is not None
        for child, (value, *_) in _grouped(node):
            if not child.done:
                yield child, {**prefix, name: value}
        if node.other is not None and node.other.done:
            return
        hp = self._hps.get(name)
        if hp is None or hp.values is None:
            # Too many values, or a name that comes and goes: such a choice is exhausted only where it is free.
            yield node.other, {**prefix, name: next(iter(node.children), hp.default if hp else None)}
            return
        for value in hp.values:
            if value not in node.children:
                yield node.other, {**prefix, name: value}

    def pieces(self) -> Iterator[tuple[Cube, float]]:
        """Every part of the space that is covered, by its cube, with the probability of a trial to be there."""
        return ((node.cube, weight) for node, weight, _ in self._covered(self._root) if node.cube is not None)

    @property
    def size(self) -> int:
        """The configurations of what is covered; values of a continuous hyperparameter count as one."""
        return sum(ways * self._ways_inside(node) for node, _, ways in self._covered(self._root))

    def _covered(self, start: _Node) -> Iterator[tuple[_Node, float, int]]:
        """Each covered part, with its probability and how many combinations of values lead there."""
        stack: list[tuple[_Node, float, int]] = [(start, 1.0, 1)]
        while stack:
            node, weight, ways = stack.pop()
            if node.cube is not None:
                yield node, weight, ways
            elif node.name is not None:
                stack += self._parts(node, node.name, weight, ways)

    def _parts(self, node: _Node, name: str, weight: float, ways: int) -> Iterator[tuple[_Node, float, int]]:
        """The parts of a divided one, each with its probability and the combinations of values that lead there."""
        left, rest = self._ways(name), 1.0
        for child, values in _grouped(node):
            chances = [self._chance(name, value) for value in values]
            # A value that cannot be drawn has no part of its own; one of infinitely many has none that counts.
            drawn = sum(chance > 0 for chance in chances)
            yield child, weight * sum(chances), ways * drawn
            left, rest = left - drawn, rest - sum(chances)
        if node.other is not None and left > 0:
            yield node.other, weight * max(rest, 0.0), ways * left

    def _ways_inside(self, node: _Node) -> int:
        given = {each.name for each in _ancestors(node)}
        read = node.cube.report.configuration if node.cube is not None else ()
        return math.prod(self._ways(name) for name in read if name not in given)

    def _chance(self, name: str, value: Value) -> float:
        known = self._chances.setdefault(name, {})
        if value not in known:
            hp = self._hps.get(name)
            known[value] = 1.0 if hp is None or size(hp) == 0 else probability(hp, value)
        return known[value]

    def _ways(self, name: str) -> int:
        """The values of a hyperparameter; 1 where they cannot be counted."""
        hp = self._hps.get(name)
        return (size(hp) or 1) if hp is not None else 1


def _compare(one: Cube, other: Cube) -> None:
    if not one.agrees(other):
        raise Contradiction(one, other)


def _ancestors(node: _Node) -> Iterator[_Node]:
    above = node.parent
    while above is not None:
        yield above
        above = above.parent


def _count(child: _Node, node: _Node) -> int:
    """How many values share a part."""
    return sum(each is child for each in node.children.values())


def _distinct(node: _Node) -> list[_Node]:
    return list({id(child): child for child in node.children.values()}.values())


def _grouped(node: _Node) -> list[tuple[_Node, list[Value]]]:
    """The parts of a divided one, each with its values."""
    found: dict[int, tuple[_Node, list[Value]]] = {}
    for value, child in node.children.items():
        found.setdefault(id(child), (child, []))[1].append(value)
    return list(found.values())


def _copied(node: _Node, parent: _Node | None) -> _Node:
    """A part with everything below it."""
    top = _like(node, parent)
    stack = [(node, top)]
    while stack:
        old, new = stack.pop()
        for child, values in _grouped(old):
            twin = _like(child, new)
            new.children.update(dict.fromkeys(values, twin))
            stack.append((child, twin))
        if old.other is not None:
            new.other = _like(old.other, new)
            stack.append((old.other, new.other))
    return top


def _like(node: _Node, parent: _Node | None) -> _Node:
    return _Node(parent, node.cube, node.name, {}, None, node.open, node.done, node.shared)
