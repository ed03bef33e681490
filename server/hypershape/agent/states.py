"""Which configurations share a run, where that is no box of values: relations between hyperparameters and states.

Between two blocks a tensor can have few distinct shapes, however many combinations of choices lead to each. Here a
size that varies with several hyperparameters becomes a state: a name of its own for the set of its values. What a
later call accepts is then a relation between that state and the call's own hyperparameters. All relations of a run
together are written down as a decision diagram over hyperparameters, in which choices that lead to one state meet.
"""

from __future__ import annotations

import contextlib
import itertools
import math
import random
from typing import (
    Any,
    Callable,
    Dict,
    FrozenSet,
    Iterable,
    Iterator,
    List,
    Mapping,
    Optional,
    Sequence,
    Set,
    Tuple,
)  # fmt: skip

from .origins import MOST_ENTRIES, Token, Tracker, names_of
from .trials import Places, Trial

MOST_RELATED = 2_048
"""So many combinations of states and choices are tried for one call."""

FEW = 256
"""So many are tried one by one, whatever decides."""

MOST_BORDER = 64
ANYWHERE = 8
"""At so many of them it is tried whether further names decide."""

MOST_NODES = 4_000
"""A larger diagram is given up."""

FEWEST_NAMES = 4
FEWEST_COMBINATIONS = 200
"""Runs that depend on less than that are enumerated as quickly one by one."""

Key = Tuple[int, ...]
Relation = Tuple[Tuple[str, ...], FrozenSet[Key]]
"""Names, and the combinations of places of their values with which a run is the same."""

Diagram = List[Tuple[str, List[Tuple[int, List[Any]]]]]
"""Nodes, each a hyperparameter and pairs of a node that comes before and the values that lead there.

Node 0 holds everything, the k-th of the list is node k, the last one is the root; other values lead out of the set.
"""


class Unrelated(Exception):
    """Too many combinations of states and choices."""


class Bound(Exception):
    """A run depends on names that not all read of those for which it would speak."""

    def __init__(self, names: Set[str]) -> None:
        super().__init__(names)
        self.names = names


def entangled(tracker: Tracker) -> bool:
    """Whether a run depends on so much that boxes around single runs do not add up to a proof."""
    names = [name for name in tracker.allowed if not name.startswith("#") and name in tracker.domains]
    whole = math.prod(len(tracker.domains[name]) for name in names)
    return len(names) >= FEWEST_NAMES and whole >= FEWEST_COMBINATIONS


class Relating(Tracker):
    """A run of which relations are noted instead of a box."""

    relates = True

    def __init__(self) -> None:
        super().__init__()
        self.relations: List[Relation] = []

    def narrow(self, name: str, places: Iterable[int]) -> None:
        """Notes that the run is the same only for some values of a hyperparameter or state."""
        self.relate((name,), frozenset((place,) for place in places))

    def relate(self, names: Tuple[str, ...], keys: FrozenSet[Key]) -> None:
        """Notes that the run is the same only for some combinations of values."""
        whole = set(itertools.product(*map(self.places, names)))
        if keys >= whole:
            return
        endless = self.sampled.intersection(names)
        if endless:
            # Nothing is known of the values between those that are listed.
            keys = frozenset(
                key
                for key in keys
                if all(place == self.present[n] for n, place in zip(names, key) if n in endless)
            )
        self.relations.append((names, keys))
        for i, name in enumerate(names):
            found = frozenset(key[i] for key in keys).intersection(self.places(name))
            if len(found) < len(self.domains[name]):
                self.allowed[name] = found
                if len(found) == 1:
                    self.forced.add(name)

    @contextlib.contextmanager
    def aside(self) -> Iterator[Callable[[], Optional[List[Any]]]]:
        before = len(self.relations)
        with super().aside():
            try:
                yield lambda: self.relations[before:] if self.dependable else None
            finally:
                del self.relations[before:]

    def settle(self, token: Token) -> Any:
        """The present value of a token: from now on the run is the same only where the token has this value."""
        names, table = self.restricted(token)
        value = self.at(token, {})
        keys = frozenset(key for key, each in table.items() if type(each) is type(value) and each == value)
        if names and len(keys) < len(table):
            self.relate(names, keys)
        elif not self.sampled.isdisjoint(names):
            self.depend(self.sampled.intersection(names))
        return value

    def apply(self, function: Callable[..., Any], *given: Any) -> Any:
        """A function of tokens and plain values; where a size is not known, an earlier call has failed."""
        tokens = [each for each in given if type(each) is Token]
        names = self.live(tokens)
        if self.sizes(names) > MOST_ENTRIES or not any(self.is_partial(each) for each in tokens):
            return super().apply(function, *given)
        self.dependable = False
        return function(*map(self.decide, given))

    def is_partial(self, token: Token) -> bool:
        """Whether it has no value at some combinations, as a call fails there."""
        names, table = self.restricted(token)
        return len(table) < math.prod(len(self.places(name)) for name in names)

    def few(self, value: Any, always: bool = False) -> Any:
        """A token of several names as a state."""
        if type(value) is not Token:
            return value
        names, table = self.restricted(value)
        if len(names) < 2:
            return value
        if any(type(each) is not int for each in table.values()):
            self.dependable = False
            return value
        known = self._same_state(names, table)
        if known is not None:
            return self.meet(known, self.at(value, {}), self.domains[known], known not in self.sampled)
        values = sorted(set(table.values()))
        name = self._sets.setdefault((names, tuple(table.items())), "#%d" % len(self._sets))
        self._below[name] = names, table, values
        if not self.sampled.isdisjoint(names):
            self.sampled.add(name)
        return self.meet(name, self.at(value, {}), values, name not in self.sampled)

    def _same_state(self, names: Tuple[str, ...], table: Mapping[Key, Any]) -> Optional[str]:
        """The state that has these values wherever the run can be the same by now: two layers that are made alike and
        called on one tensor give one size, though the second is met after what the first refuses is known."""
        for name, (others, values, _) in self._below.items():
            if others == names or not self.allowed.keys().isdisjoint(others):
                left, known = self.restricted(Token(self, others, values))
                if left == names and all(known.get(key) == each for key, each in table.items()):
                    return name
        return None

    def apart(self) -> Dict[str, Dict[str, List[Any]]]:
        """The names that not all read for which the run speaks, with the values of others with which they are read."""
        return {
            name: {
                each: [self.domains[each][place] for place in sorted(places)]
                for each, places in tests.items()
            }
            for name, tests in self.reading.apart.items()
        }

    def diagram(self, read: Mapping[str, Any]) -> Diagram:
        """The configurations with which the run is the same; names in the order in which they were read."""
        apart = self.apart()
        names: Set[str] = set()
        waiting = [*self.forced, *(name for some, _ in self.relations for name in some)]
        while waiting:
            name = waiting.pop()
            if name not in names:
                names.add(name)
                waiting += self._below[name][0] if name in self._below else ()
        if bound := names & apart.keys():
            raise Bound(bound)
        found = self._written(read)
        if not found and apart:
            # It speaks for all, which read different names.
            decides = next(iter(next(iter(apart.values()))))
            found = [(decides, [(0, list(self.domains[decides]))])]
        return found

    def _written(self, read: Mapping[str, Any]) -> Diagram:
        domains = {
            name: self.domains.get(name, (value,))
            for name, value in read.items()
            if name in self.domains or name in self.forced
        }
        pinned = [name for name in domains if name not in self.domains]
        return _Writing(domains, self._below, self.relations, pinned, self.sampled).diagram()


class Related(Trial):
    """One call at the combinations of states and choices that decide about it."""

    _few = FEW

    def relation(self) -> Tuple[Tuple[str, ...], FrozenSet[Key], List[Any]]:
        """The names that decide whether the call does the same, at which places it does, and its sizes as in `run`."""
        if any(self._tracker.is_partial(token) for token in self._tokens):  # type: ignore[attr-defined]
            raise Unrelated
        for places in self._design():
            self._outcome(places)
        expected = self.form
        names, forms = self._function(lambda outcome: outcome[0], (), dict(self._outcomes))
        keys = frozenset(key for key, form in forms.items() if form == expected)
        rest = {p: outcome for p, outcome in self._outcomes.items() if outcome[0] == expected}
        sizes = [self._related_size(i, names, rest) for i in range(len(self._outcome(self._base)[1]))]
        return names, keys, sizes

    def _related_size(self, place: int, names: Tuple[str, ...], rest: Mapping[Places, Any]) -> Any:
        sizes = {p: outcome[1][place] for p, outcome in rest.items()}
        if len(set(sizes.values())) == 1:
            return sizes[self._base]
        found = self._formula(sizes)
        if found is not None and not self._mentions(found, names):
            return found
        # Where the call does something else, the size says nothing: only what decides about that tells it apart.
        expected = self.form
        along, table = self._function(
            lambda outcome: outcome[1][place] if outcome[0] == expected else None, names, rest
        )
        return "table", along, {key: size for key, size in table.items() if size is not None}

    def _mentions(self, found: Any, names: Sequence[str]) -> bool:
        places = found[1] if found[0] == "product" else [i for _, i in found[1]]
        return any(name in names for i in places for name in names_of(self._tokens[i]))

    def _function(
        self, of: Callable[[Any], Any], start: Sequence[str], tried: Mapping[Places, Any]
    ) -> Tuple[Tuple[str, ...], Dict[Key, Any]]:
        """Names that decide about something, in the order of all names, and what it is at their combinations."""
        along = list(start)
        while True:
            along.sort(key=self._names.index)
            if math.prod(len(self._places[name]) for name in along) > MOST_RELATED:
                raise Unrelated
            table = {
                key: of(self._outcome(self._moved(dict(zip(along, key)))))
                for key in itertools.product(*[self._places[name] for name in along])
            }
            indices = [self._names.index(name) for name in along]
            other = next(
                (
                    p
                    for p in itertools.chain(tried, self._elsewhere(along, table))
                    if table[tuple([p[i] for i in indices])] != of(self._outcome(p))
                ),
                None,
            )
            if other is None:
                return tuple(along), table
            base = self._moved({name: other[i] for name, i in zip(along, indices)})
            along += self._telling(of, other, base)

    def _elsewhere(self, along: Sequence[str], table: Mapping[Key, Any]) -> Iterator[Places]:
        """Where something else may decide, too: at the border between outcomes, with other values of other names.

        What is refused at one end of the states and accepted at the other, whatever a dilation is, may depend on it
        in between.
        """
        others = [i for i, name in enumerate(self._names) if name not in along]
        for key in _border(table) if others else ():
            here = self._moved(dict(zip(along, key)))
            levels = [self._levels(self._names[i]) for i in others]
            for i, some in zip(others, levels):
                yield from ((*here[:i], place, *here[i + 1 :]) for place in some if place != here[i])
            for end in (0, -1):
                ends = dict(zip(others, (some[end] for some in levels)))
                yield tuple(ends.get(i, place) for i, place in enumerate(here))

    def _telling(self, of: Callable[[Any], Any], other: Places, base: Places) -> List[str]:
        """The names that must be moved from `base` towards `other` for a difference, as few as possible."""
        here = of(self._outcome(base))
        for i, home in enumerate(base):
            if other[i] != home:
                nearer = (*other[:i], home, *other[i + 1 :])
                if of(self._outcome(nearer)) != here:
                    other = nearer
        return self._differing(other, base)


def _border(table: Mapping[Key, Any]) -> List[Key]:
    """Some combinations beside which there is another outcome, and some anywhere."""
    lines: Dict[Any, List[Key]] = {}
    for key in table:
        for i in range(len(key)):
            lines.setdefault((i, key[:i], key[i + 1 :]), []).append(key)
    beside = {
        key: None
        for line in lines.values()
        for pair in zip(line, line[1:])
        if table[pair[0]] != table[pair[1]]
        for key in pair
    }
    generator = random.Random(0)
    some = list(beside) if len(beside) <= MOST_BORDER else generator.sample(list(beside), MOST_BORDER)
    return [*some, *generator.sample(list(table), min(len(table), ANYWHERE))]


class _Writing:
    """Relations between names and states as a diagram over the names alone."""

    def __init__(
        self,
        domains: Mapping[str, Sequence[Any]],
        below: Mapping[str, Any],
        relations: Sequence[Relation],
        pinned: Iterable[str],
        sampled: Set[str],
    ) -> None:
        self._domains = domains
        self._below = below
        self._relations = [*relations, *(((name,), frozenset({(0,)})) for name in pinned)]
        self._sampled = sampled
        self._nodes: Diagram = []
        self._known: Dict[Any, int] = {}

    def diagram(self) -> Diagram:
        places = {name: i for i, name in enumerate(self._domains)}
        ready: Dict[str, int] = {}
        last: Dict[str, int] = {}

        def visit(name: str) -> int:
            if name not in ready:
                inner = self._below[name][0] if name in self._below else ()
                ready[name] = max(map(visit, inner)) if inner else places[name]
                for each in inner:
                    last[each] = max(last.get(each, 0), ready[name])
            return ready[name]

        relations: Dict[int, List[Relation]] = {}
        for names, keys in self._relations:
            done = max(map(visit, names))
            relations.setdefault(done, []).append((names, keys))
            for name in names:
                last[name] = max(last.get(name, 0), done)
        order = sorted((i, name) for name, i in places.items() if name in ready)
        # A state is met after what it is made of, as `visit` ends with it.
        made: Dict[int, List[str]] = {}
        for name, at in ready.items():
            if name in self._below:
                made.setdefault(at, []).append(name)
        self._made, self._checked, self._last = made, relations, last
        levels: List[Dict[Any, List[Any]]] = []
        states: Dict[Any, None] = {(): None}
        for at, name in order:
            level: Dict[Any, List[Any]] = {}
            for state in states:
                level[state] = [
                    self._next(state, at, name, place) for place in range(len(self._domains[name]))
                ]
            levels.append(level)
            states = {state: None for some in level.values() for state in some if state is not None}
            if sum(map(len, levels)) + len(states) > MOST_NODES:
                raise Unrelated
        return self._reduced([name for _, name in order], levels)

    def _next(self, state: Any, at: int, name: str, place: int) -> Any:
        """What is still to be known once a hyperparameter has a value; None where a relation does not hold."""
        known = {**dict(state), name: place}
        for each in self._made.get(at, ()):
            names, table, values = self._below[each]
            value = table.get(tuple([known.get(n, 0) for n in names]))
            if value is None:
                return None
            known[each] = values.index(value)
        for names, keys in self._checked.get(at, ()):
            if tuple([known[n] for n in names]) not in keys:
                return None
        return tuple((n, p) for n, p in sorted(known.items()) if self._last.get(n, -1) > at)

    def _reduced(self, names: Sequence[str], levels: Sequence[Mapping[Any, Sequence[Any]]]) -> Diagram:
        """Equal parts are one, and what does not matter is left out."""
        below: Dict[Any, int] = {(): 0}
        for name, level in zip(reversed(names), reversed(levels)):
            here = {}
            for state, following in level.items():
                here[state] = self._node(name, [-1 if each is None else below[each] for each in following])
            below = here
        return self._nodes

    def _node(self, name: str, children: Sequence[int]) -> int:
        alike = all(child == children[0] for child in children)
        if alike and (children[0] < 0 or (len(children) > 1 and name not in self._sampled)):
            return children[0]
        key = name, tuple(children)
        if key not in self._known:
            leads: Dict[int, List[Any]] = {}
            for child, value in zip(children, self._domains[name]):
                if child >= 0:
                    leads.setdefault(child, []).append(value)
            self._nodes.append((name, list(leads.items())))
            self._known[key] = len(self._nodes)
        return self._known[key]


def box_in(
    diagram: Diagram, read: Mapping[str, Any], domains: Mapping[str, Sequence[Any]]
) -> Dict[str, List[Any]]:
    """For each name of a diagram values around those that were read, such that all their combinations are in it."""
    box = {name: [read[name]] for name in read if any(name == each for each, _ in diagram)}
    for name in box:
        for value in domains.get(name, ()):
            if value not in box[name]:
                wider = {**box, name: [*box[name], value]}
                if _holds(diagram, wider):
                    box = wider
    return box


def _holds(diagram: Diagram, box: Mapping[str, Sequence[Any]]) -> bool:
    """Whether all combinations of a box are in a diagram."""
    waiting, seen = [len(diagram)], {0}
    while waiting:
        node = waiting.pop()
        if node in seen:
            continue
        seen.add(node)
        name, leads = diagram[node - 1]
        following = {value: child for child, values in leads for value in values}
        if any(value not in following for value in box[name]):
            return False
        waiting += [following[value] for value in box[name]]
    return True
