"""What reports say of a space whose blocks are chosen independently, as one decision diagram over all of them.

A report may speak for all configurations that lead to the same states between blocks (`Report.states`). These are no
box of values, and a tree of choices that is divided by them grows as fast as the space. In a diagram parts of the space
that go on alike are one node, so that it grows with the states. Its leaves are reports: what each stands for is
counted and weighed exactly, as hyperparameters are drawn independently of each other.
"""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

from hypershape.model import Configuration, Hyperparameter, Key, Report, Value, key_of
from hypershape.space.conditions import Condition, renamed, settled
from hypershape.space.cubes import Contradiction, Cube
from hypershape.space.domains import cells, ends, probability, size

MOST_NODES = 300_000
"""So many nodes are made, those included that are no longer needed; a space that takes more is given up."""

MOST_STEPS = 50_000
"""So many nodes and combinations of values are looked at for one condition."""

MOST_REPORTS = 3_000
"""So many are laid beside each other to measure a finished space."""

MOST_COMBINATIONS = 5_000
"""So many combinations of values that do not matter are looked at for one report."""

UNKNOWN = 0
"""The leaf of what is not known yet; the others are -1, -2, …, in the order of the reports."""

Node = int


class TooLarge(Exception):
    """A space whose diagram takes too many nodes, or of which a value cannot be listed."""


def of(reports: Sequence[Report], hps: Mapping[str, Hyperparameter]) -> Diagram | None:
    """What the reports of a finished space say together; None where that is too much.

    `hps` are the hyperparameters that matter; others may have any value.
    """
    diagram = Diagram(hps)
    if len(reports) > MOST_REPORTS:
        return None
    try:
        for report in reports:
            forced = {n: v for n, v in report.configuration.items() if n in hps and n not in report.free}
            alike = {n: frozenset((*report.alike[n], v)) for n, v in forced.items() if n in report.alike}
            diagram.add(Cube(report, forced, key_of(report.configuration), alike))
    except (Contradiction, TooLarge):
        return None
    return diagram


class Diagram:
    """All that reports say together.

    Hyperparameters are asked for in a given order, those that are missing there in the order in which they were first met.
    """

    def __init__(self, hps: Mapping[str, Hyperparameter], order: Sequence[str] = ()) -> None:
        self._hps = hps
        self._levels: dict[str, int] = {}
        self._names: list[str] = []
        self._places: dict[str, dict[tuple[type, Value], int]] = {}
        self._nodes: list[tuple[int, tuple[Node, ...]]] = [(-1, ())]
        self._known: dict[tuple[int, tuple[Node, ...]], Node] = {}
        self._merged: dict[tuple[Node, Node], Node] = {}
        self._root: Node = UNKNOWN
        self._done = self._root, False
        self._cubes: list[Cube] = []
        self._own: list[Node] = []
        for name in filter(self._is_listed, order):
            self._level(name)

    # ------------------------------------------------------------- putting reports in

    def add(self, cube: Cube) -> None:
        """Covers what a report speaks for; raises Contradiction where what is known says otherwise."""
        if not cube.is_known or not all(self._is_listed(name) for name in cube.forced):
            return
        self._cubes.append(cube)
        leaf = -len(self._cubes)
        root = self._of_states(cube, leaf) if cube.report.states else self._of_box(cube, leaf)
        self._own.append(root)
        self._merged.clear()
        self._root = self._merge(self._root, root)

    def _is_listed(self, name: str) -> bool:
        hp = self._hps.get(name)
        return hp is not None and hp.values is not None

    def _level(self, name: str) -> int:
        if name not in self._levels:
            values = self._hps[name].values if name in self._hps else None
            if values is None:
                raise TooLarge
            self._levels[name] = len(self._names)
            self._names.append(name)
            self._places[name] = {(type(value), value): place for place, value in enumerate(values)}
        return self._levels[name]

    def _of_box(self, cube: Cube, leaf: Node) -> Node:
        node = leaf
        for name in sorted(cube.forced, key=self._level, reverse=True):
            node = self._either(name, [(node, cube.values(name))])
        return node

    def _of_states(self, cube: Cube, leaf: Node) -> Node:
        report, nodes = cube.report, [leaf]
        told = {name for name, _ in report.states}
        deciding = {each for tests in report.apart.values() for each in tests}
        # Levels are given in the order in which names are read, not from the last one up.
        for name in report.configuration:
            if name in told or name in deciding:
                self._level(name)
        for name, leads in report.states:
            nodes.append(self._either(name, [(nodes[child], values) for child, values in leads]))
        root = nodes[-1]
        for name in cube.forced.keys() - told - deciding:
            # What a run depends on though it is not among its states has the values of its box.
            level, places = self._level(name), self._places[name]
            root = self._within(root, level, {places[type(v), v] for v in cube.values(name)}, {})
        return root

    def _either(self, name: str, leads: list[tuple[Node, Collection[Value]]]) -> Node:
        """What some values of a hyperparameter lead to; the others lead to nothing."""
        level, places = self._level(name), self._places[name]
        found = [(node, {places.get((type(v), v), -1) for v in values} - {-1}) for node, values in leads]
        if all(node <= 0 or self._nodes[node][0] > level for node, _ in found):
            children = [UNKNOWN] * len(places)
            for node, some in found:
                for place in some:
                    children[place] = node
            return self._node(level, tuple(children))
        # Where branches read names in different orders, some names below come before this one here.
        result = UNKNOWN
        for node, some in found:
            result = self._merge(result, self._within(node, level, some, {}))
        return result

    def _within(self, node: Node, level: int, places: Collection[int], known: dict[Node, Node]) -> Node:
        """A part of the space where a hyperparameter that it does not ask for has one of some values."""
        if node not in known:
            here, children = self._nodes[node] if node > 0 else (level, ())
            if node > 0 and here < level:
                inner = tuple(self._within(child, level, places, known) for child in children)
                known[node] = self._node(here, inner)
            elif node == UNKNOWN:
                known[node] = UNKNOWN
            else:
                count = len(self._places[self._names[level]])
                known[node] = self._node(
                    level, tuple(node if place in places else UNKNOWN for place in range(count))
                )
        return known[node]

    def _node(self, level: int, children: tuple[Node, ...]) -> Node:
        if all(child == children[0] for child in children):
            return children[0]
        key = level, children
        node = self._known.get(key)
        if node is None:
            if len(self._nodes) > MOST_NODES:
                raise TooLarge
            node = self._known[key] = len(self._nodes)
            self._nodes.append(key)
        return node

    def _merge(self, one: Node, other: Node) -> Node:
        """What either of two parts says; both must say the same where they meet."""
        if other == UNKNOWN or one == other:
            return one
        if one == UNKNOWN:
            return other
        if one < 0 and other < 0:
            first, second = self._cubes[-one - 1], self._cubes[-other - 1]
            if not first.agrees(second):
                raise Contradiction(first, second)
            return one
        key = one, other
        if key not in self._merged:
            level = min(self._nodes[each][0] for each in key if each > 0)
            pairs = zip(self._children(one, level), self._children(other, level), strict=True)
            self._merged[key] = self._node(level, tuple(self._merge(a, b) for a, b in pairs))
        return self._merged[key]

    def _children(self, node: Node, level: int) -> tuple[Node, ...]:
        if node > 0 and self._nodes[node][0] == level:
            return self._nodes[node][1]
        return (node,) * len(self._places[self._names[level]])

    # ------------------------------------------------------------- reading it

    @property
    def done(self) -> bool:
        """Whether every configuration is covered."""
        if self._done[0] != self._root:
            self._done = self._root, UNKNOWN not in self._reachable(self._root)
        return self._done[1]

    def _reachable(self, root: Node) -> list[Node]:
        """All nodes and leaves below one, each after those above it."""
        found, waiting = {root}, [root]
        while waiting:
            node = waiting.pop()
            for child in self._nodes[node][1] if node > 0 else ():
                if child not in found:
                    found.add(child)
                    waiting.append(child)
        return sorted(found, key=lambda node: self._nodes[node][0] if node > 0 else math.inf)

    def find(self, configuration: Configuration) -> Cube | None:
        """The report that speaks for a configuration; a name that is left out has its default."""
        node = self._root
        while node > 0:
            level, children = self._nodes[node]
            name = self._names[level]
            value = configuration.get(name, self._hps[name].default)
            place = self._places[name].get((type(value), value))
            if place is None:
                return None
            node = children[place]
        return self._cubes[-node - 1] if node else None

    def frontier(self, count: int, generator: random.Random) -> Iterator[Configuration]:
        """Some of the parts of which nothing is known, each as the values that lead there."""
        if self._root != UNKNOWN:
            for _ in range(count):
                values, leaf = self._path(self._root, lambda leaf: leaf == UNKNOWN, generator)
                if leaf is not None:
                    yield values

    def members(self, cube: Cube, count: int, generator: random.Random) -> Iterator[Configuration]:
        """Some of the configurations that a report speaks for, with what is free in it at its ends."""
        own = next(
            (root for each, root in zip(self._cubes, self._own, strict=True) if each.key == cube.key), None
        )
        for _ in range(count if own is not None else 0):
            assert own is not None
            values, _ = self._path(own, lambda leaf: leaf != UNKNOWN, generator)
            apart = cube.report.apart
            deciding = (name for tests in apart.values() for name in tests)
            free = dict.fromkeys((*cube.report.free, *deciding, *apart))
            anywhere = {
                name: generator.choice(ends(self._hps[name], 2))
                for name in free
                if name in self._hps and name not in values
            }
            read = {name: value for name, value in values.items() if name in cube.report.configuration}
            yield {**cube.report.configuration, **anywhere, **read}

    def _path(
        self, root: Node, wanted: Callable[[Node], bool], generator: random.Random
    ) -> tuple[dict[str, Value], Node | None]:
        """A way to a leaf of some kind, drawn among those that lead there."""
        leads: dict[Node, bool] = {}
        for node in reversed(self._reachable(root)):
            leads[node] = any(leads[each] for each in self._nodes[node][1]) if node > 0 else wanted(node)
        values: dict[str, Value] = {}
        node = root
        while node > 0:
            level, children = self._nodes[node]
            some = [place for place, child in enumerate(children) if leads[child]]
            if not some:
                return values, None
            # What is said wrongly is most likely wrong where values are at their ends.
            place = generator.choice(some if generator.random() < 0.5 else (some[0], some[-1]))
            values[self._names[level]] = self._value(level, place)
            node = children[place]
        return values, node if leads[node] else None

    def _value(self, level: int, place: int) -> Value:
        return (self._hps[self._names[level]].values or ())[place]

    def weights(self) -> dict[Cube, float]:
        """The reports that cover the space, each with the probability that a random trial is in its part."""
        inside: dict[Node, float] = {self._root: 1.0}
        for node in self._reachable(self._root):
            level, children = self._nodes[node] if node > 0 else (-1, ())
            for place, child in enumerate(children):
                chance = probability(self._hps[self._names[level]], self._value(level, place))
                inside[child] = inside.get(child, 0.0) + inside[node] * chance
        found: dict[Key, tuple[Cube, float]] = {}
        for node, weight in inside.items():
            if node < 0:
                cube = self._cubes[-node - 1]
                found[cube.key] = cube, found.get(cube.key, (cube, 0.0))[1] + weight
        return dict(found.values())

    @property
    def size(self) -> int:
        """The configurations of what is covered; values of a continuous hyperparameter count as one."""
        ways: dict[Node, int] = {self._root: math.prod(len(self._places[name]) for name in self._names)}
        for node in self._reachable(self._root):
            children = self._nodes[node][1] if node > 0 else ()
            for child in children:
                ways[child] = ways.get(child, 0) + ways[node] // len(children)
        return sum(self._distinct(node, count) for node, count in ways.items() if node < 0)

    def _distinct(self, leaf: Node, count: int) -> int:
        """How many of some combinations of all names differ in what is read where a report speaks."""
        cube = self._cubes[-leaf - 1]
        read = cube.report.configuration.keys() - cube.report.apart.keys()
        if cube.report.apart:
            count = self._counted(leaf, cube.report.apart)
        unread = math.prod(len(self._places[name]) for name in self._names if name not in read)
        more = (size(self._hps[n]) or 1 for n in read if n not in self._levels and n in self._hps)
        return count // unread * math.prod(more)

    def _counted(self, leaf: Node, apart: Mapping[str, Mapping[str, Collection[Value]]]) -> int:
        """The combinations of all names that lead to a report, each counted as often as there are values of the names
        that it reads though others of that report do not."""
        last = {name: max(self._levels[each] for each in tests) for name, tests in apart.items()}
        ways: dict[tuple[Node, frozenset[str]], int] = {(self._root, frozenset()): 1}
        for level, name in enumerate(self._names):
            found: dict[tuple[Node, frozenset[str]], int] = {}
            for (node, active), count in ways.items():
                asked = node > 0 and self._nodes[node][0] == level
                for place, value in enumerate(self._hps[name].values or ()):
                    child = self._nodes[node][1][place] if asked else node
                    if child == UNKNOWN or (child < 0 and child != leaf):
                        continue
                    new = active | {each for each in apart if value in apart[each].get(name, ())}
                    over = {each for each in new if last[each] == level}
                    factor = math.prod(size(self._hps[each]) or 1 for each in over if each in self._hps)
                    key = child, new - over
                    found[key] = found.get(key, 0) + count * factor
            ways = found
        return sum(ways.values())

    def chance(self, names: Collection[str], holds: Callable[[Report, Configuration], bool]) -> float | None:
        """The probability that something holds for what a random trial reads of some names.

        None where not every configuration is covered, and where it is too much to look at.
        """
        if not self.done:
            return None
        found, steps = 0.0, 0
        waiting: dict[Node, dict[tuple[tuple[int, int], ...], float]] = {self._root: {(): 1.0}}
        for node in self._reachable(self._root):
            level, children = self._nodes[node] if node > 0 else (-1, ())
            chances = self._chances(level) if children else []
            asked = bool(children) and self._names[level] in names
            for values, weight in waiting.pop(node).items():
                steps += max(len(children), 1)
                if steps > MOST_STEPS:
                    return None
                for place, child in enumerate(children):
                    here = (*values, (level, place)) if asked else values
                    below = waiting.setdefault(child, {})
                    below[here] = below.get(here, 0.0) + weight * chances[place]
                if not children:
                    told = {self._names[at]: self._value(at, place) for at, place in values}
                    share = self._share_of(self._cubes[-node - 1].report, names, told, holds)
                    if share is None:
                        return None
                    found += weight * share
        return found

    def _chances(self, level: int) -> list[float]:
        hp = self._hps[self._names[level]]
        return [probability(hp, value) for value in hp.values or ()]

    def _share_of(
        self,
        report: Report,
        names: Collection[str],
        told: Configuration,
        holds: Callable[[Report, Configuration], bool],
    ) -> float | None:
        """The probability that something holds for a report, where some of what it reads has certain values."""
        read = [name for name in names if name in report.configuration and name in self._hps]
        sides = [
            [(told[name], 1.0)] if name in told else cells(self._hps[name], most=MOST_COMBINATIONS)
            for name in read
        ]
        if not report.apart.keys().isdisjoint(names):
            return None
        listed = [side for side in sides if side is not None]
        if len(listed) < len(sides) or math.prod(map(len, listed)) > MOST_COMBINATIONS:
            return None
        return sum(
            math.prod(chance for _, chance in some)
            for some in itertools.product(*listed)
            if holds(report, {name: value for name, (value, _) in zip(read, some, strict=True)})
        )

    def wrong(
        self, condition: Condition, fails: Callable[[Cube], bool | None], most: int
    ) -> list[tuple[bool, Configuration]] | None:
        """Configurations of which a condition is not true, and whether they fail.

        `fails` says of a report whether the condition should hold for it, None where that does not matter. None where
        it is too much to look at. On the way to a report the condition is asked as far as values are known: ways after
        which the same is left to ask are one.
        """
        found: list[tuple[bool, Configuration]] = []
        seen: set[tuple[Node, Condition | bool]] = set()
        waiting: list[tuple[Node, Condition | bool, Configuration]] = [(self._root, condition, {})]
        while waiting and len(found) < most:
            node, asked, path = waiting.pop()
            if node < 0:
                point = self._judged(self._cubes[-node - 1], asked, path, condition.names, fails)
                if point is None:
                    return None
                found += point
            level, children = self._nodes[node] if node > 0 else (-1, ())
            name = self._names[level]
            for place, child in enumerate(children):
                value = self._value(level, place)
                left = settled(asked, name, value) if isinstance(asked, Condition) else asked
                if left is None:
                    return None
                if (child, left) not in seen:
                    seen.add((child, left))
                    waiting.append((child, left, {**path, name: value}))
            if len(seen) > MOST_STEPS:
                return None
        return found

    def _judged(
        self,
        cube: Cube,
        asked: Condition | bool,
        path: Configuration,
        names: Collection[str],
        fails: Callable[[Cube], bool | None],
    ) -> list[tuple[bool, Configuration]] | None:
        """The configuration at the end of a path, if what is left to ask of a condition is not true of it."""
        expected = fails(cube)
        if expected is None:
            return []
        read = cube.report.configuration
        if not cube.report.apart.keys().isdisjoint(names):
            return None
        if any(name in names and name not in read for name in path):
            # A branch was left in which what decided is not read: it was taken for a value.
            return None
        point = {**read, **{name: value for name, value in path.items() if name in read}}
        if isinstance(asked, Condition):
            asked = renamed(asked, {name: None for name in asked.names if name not in read}) or False
        more = list(asked.names) if isinstance(asked, Condition) else []
        domains = [self._hps[name].values if name in self._hps else (read[name],) for name in more]
        listed = [values for values in domains if values is not None]
        if len(listed) < len(domains) or math.prod(map(len, listed)) > MOST_COMBINATIONS:
            return None
        for values in itertools.product(*listed):
            each = {**point, **dict(zip(more, values, strict=True))}
            holds = asked.holds(each) if isinstance(asked, Condition) else asked
            if bool(holds) is not expected:
                return [(expected, each)]
        return []
