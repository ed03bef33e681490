"""What a layer call does at all values that its tokens stand for: tried on the layer itself, not derived.

A call depends on a hyperparameter if the layer accepts its input for some values and refuses it for others, or gives
tensors of another kind. Where only sizes differ, they become tokens themselves. All combinations are tried where they
are few, else every value of each token, the ends of all together, and some at random.
"""

from __future__ import annotations

import itertools
import math
import random
from typing import Any, Callable, Dict, Iterator, List, Sequence, Tuple

from . import origins
from .limits import Bound
from .origins import MOST_TABLED, Token, Tracker

FEW = 64
"""So many combinations are tried one by one."""

MOST_VALUES = 33
"""Of a longer domain some values are tried."""

MOST_CORNERS = 256
MOST_LEVELS = 6
MOST_PAIRS = 100
DRAWS = 12

LONG = 0.5
"""Seconds of processor time after which nothing more is tried at random."""

Places = Tuple[int, ...]
Outcome = Tuple[Any, Tuple[Any, ...]]
"""What must be the same for all values, and the sizes that may differ."""


class TooLong(Exception):
    """The trials of one run take longer than they may."""


class _Again(Exception):
    """A size was asked for where the call does something else."""


class Trial:
    """One call at all values of its tokens. `at` gives its outcome at an assignment."""

    _few = FEW

    def __init__(
        self,
        tracker: Tracker,
        tokens: Sequence[Token],
        at: Callable[[Dict[str, int]], Outcome],
        bound: Bound,
    ) -> None:
        self._tracker = tracker
        self._bound = bound
        self._at = at
        self._tokens = tokens
        self._names = tracker.live(tokens)
        self._base: Places = tuple(tracker.present[name] for name in self._names)
        self._outcomes: Dict[Places, Outcome] = {}
        self._places: Dict[str, List[int]] = {name: tracker.places(name) for name in self._names}
        self._matter: List[str] = []
        self._pinned: List[str] = []

    def run(self) -> Tuple[Dict[str, List[int]], List[Any]]:
        """The names that matter to the call, each with the places at which it does the same, and each of its sizes: a number, ("table", names, table),
        ("sum", ((factor, index of a token), …), constant), or ("product", indices of tokens, factor)."""
        some = Bound(LONG)
        for count, places in enumerate(self._design()):
            if count >= FEW and some.is_used_up:
                # Each call takes long: the pairs and draws that are left would take longer than what they prove.
                break
            self._outcome(places)
        while True:
            self._narrow()
            try:
                sizes = [self._size(i) for i in range(len(self._outcome(self._base)[1]))]
            except _Again:
                continue
            return {name: self._places[name] for name in self._matter}, sizes

    @property
    def form(self) -> Any:
        """What the call does at the present values, but for its sizes."""
        return self._outcome(self._base)[0]

    def _outcome(self, places: Places) -> Outcome:
        found = self._outcomes.get(places)
        if found is None:
            if self._bound.is_used_up:
                raise TooLong
            found = self._outcomes[places] = self._at(dict(zip(self._names, places)))
        return found

    def _narrow(self) -> None:
        """Narrows the names that matter until the call does the same wherever they are in their places."""
        expected = self._outcome(self._base)[0]
        while True:
            other = next((p for p in self._rest() if self._outcomes[p][0] != expected), None)
            if other is None:
                return
            names = self._differing(self._reduced(other, expected), self._base)
            new = [name for name in names if name not in self._matter]
            # Where values were thought alike and are not, only the present ones are left.
            self._bind(new, () if new else names)

    def _bind(self, new: Sequence[str], pinned: Sequence[str]) -> None:
        """Adds names that matter, or of which only the present value is known to do the same."""
        self._matter += new
        self._pinned += pinned
        self._matter += [name for name in pinned if name not in self._matter]
        self._places.update(self._tracker.box(self._matter, self._same, self._pinned))

    def _same(self, here: Dict[str, int]) -> bool:
        """Whether the call does the same at other values of what matters, whatever one of the other names is.

        A size that must equal another shows that only where both have the value that they share.
        """
        expected = self._outcome(self._base)[0]
        moved = self._moved(here)
        others = [(i, name) for i, name in enumerate(self._names) if name not in self._matter]
        sweeps = (
            (*moved[:i], place, *moved[i + 1 :]) for i, name in others for place in self._some_places(name)
        )
        return all(self._outcome(places)[0] == expected for places in (moved, *sweeps))

    def _some_places(self, name: str) -> List[int]:
        allowed = self._places[name]
        return [allowed[i] for i in origins.some_of(len(allowed), None, MOST_VALUES)]

    def _rest(self) -> List[Places]:
        """The combinations tried at which what matters is in its places."""
        bound = [(i, set(self._places[name])) for i, name in enumerate(self._names) if name in self._matter]
        return [p for p in self._outcomes if all(p[i] in places for i, places in bound)]

    def _reduced(self, places: Places, expected: Any) -> Places:
        """The same difference with as few values moved as possible."""
        for i, home in enumerate(self._base):
            if places[i] != home:
                nearer = (*places[:i], home, *places[i + 1 :])
                if self._outcome(nearer)[0] != expected:
                    places = nearer
        return places

    def _differing(self, places: Places, base: Places) -> List[str]:
        return [name for name, place, home in zip(self._names, places, base) if place != home]

    # ------------------------------------------------------------------ sizes

    def _size(self, place: int) -> Any:
        rest = self._rest()
        sizes = {p: self._outcomes[p][1][place] for p in rest}
        here = sizes[self._base]
        if all(size == here for size in sizes.values()):
            return here
        return self._formula(sizes) or self._table(place, sizes)

    def _formula(self, sizes: Dict[Places, Any]) -> Any:
        """The sizes as a multiple of a token and a constant, as a sum or as a product of tokens, if one fits all."""
        given: List[Tuple[int, Dict[Places, Any]]] = []
        for i, token in enumerate(self._tokens):
            values = {p: self._tracker.at(token, dict(zip(self._names, p))) for p in sizes}
            known = any(values == before for _, before in given)
            if not known and all(type(value) is int for value in values.values()):
                if len(set(values.values())) > 1:
                    given.append((i, values))
        for i, values in given:
            fitted = _fitted(sizes, values, self._base)
            if fitted is not None:
                return "sum", ((fitted[0], i),), fitted[1]
        here = sizes[self._base]
        for some in (given, *itertools.combinations(given, 2)):
            if len(some) < 2:
                continue
            places = tuple(i for i, _ in some)
            constant = here - sum(values[self._base] for _, values in some)
            if all(size == constant + sum(values[p] for _, values in some) for p, size in sizes.items()):
                return "sum", tuple((1, i) for i in places), constant
            whole = math.prod(values[self._base] for _, values in some)
            factor = here // whole if whole else 0
            if all(size == factor * math.prod(values[p] for _, values in some) for p, size in sizes.items()):
                return "product", places, factor
        return None

    def _table(self, place: int, sizes: Dict[Places, Any]) -> Any:
        """The sizes at every combination of the names that they vary with."""
        along = self._along(place, sizes, [])
        while True:
            if math.prod(len(self._places[name]) for name in along) > MOST_TABLED:
                self._bind((), (min(along, key=lambda name: len(self._places[name])),))
                raise _Again
            table = {
                some: self._checked(self._moved(dict(zip(along, some))), place)
                for some in itertools.product(*[self._places[name] for name in along])
            }
            indices = [self._names.index(name) for name in along]
            other = next(
                (p for p, size in sizes.items() if table[tuple(p[i] for i in indices)] != size), None
            )
            if other is None:
                return "table", tuple(along), table
            # Further names matter elsewhere, such as a kernel only where nothing is padded.
            base = self._moved({name: other[i] for name, i in zip(along, indices)})
            along = along + self._differing(self._nearer(other, base, place), base)

    def _moved(self, given: Dict[str, int]) -> Places:
        return tuple(given.get(name, home) for name, home in zip(self._names, self._base))

    def _nearer(self, places: Places, base: Places, place: int) -> Places:
        """A combination with another size than `base`, with as few values moved as possible."""
        here = self._checked(base, place)
        for i, home in enumerate(base):
            if places[i] != home:
                nearer = (*places[:i], home, *places[i + 1 :])
                if self._checked(nearer, place) != here:
                    places = nearer
        return places

    def _along(self, place: int, sizes: Dict[Places, Any], found: List[str]) -> List[str]:
        """The names with which a size varies where the others have their present values."""
        here = sizes[self._base]
        while True:
            fixed = [self._names.index(name) for name in found]
            other = next(
                (
                    p
                    for p, size in sizes.items()
                    if size != here and all(p[i] == self._base[i] for i in fixed)
                ),
                None,
            )
            if other is None:
                return found
            found = found + self._differing(self._nearer(other, self._base, place), self._base)

    def _checked(self, places: Places, place: int) -> Any:
        known = places in self._outcomes
        outcome = self._outcome(places)
        if not known and outcome[0] != self._outcome(self._base)[0]:
            raise _Again
        return outcome[1][place]

    # ------------------------------------------------------------------ what to try

    def _design(self) -> Iterator[Places]:
        tracker, names = self._tracker, self._names
        yield self._base
        if tracker.sizes(names) <= self._few:
            yield from itertools.product(*map(tracker.places, names))
            return
        for i, name in enumerate(names):
            allowed = self._places[name]
            for place in origins.some_of(len(allowed), allowed.index(self._base[i]), MOST_VALUES):
                yield (*self._base[:i], allowed[place], *self._base[i + 1 :])
        yield from self._values_of_tokens()
        yield from self._corners([self._levels(name) for name in names])
        generator = random.Random(0)
        values = [self._places[name] for name in names]
        yield from _threes([(generator.choice(some), generator.choice(some)) for some in values])
        for _ in range(DRAWS):
            yield tuple(map(generator.choice, values))

    def _levels(self, name: str) -> List[int]:
        """Places of a name between which its influence lies: the ends of numbers, all of what is none."""
        places, values = self._places[name], self._tracker.domains[name]
        if all(type(values[place]) in (int, float) for place in places):
            places = sorted(places, key=lambda place: values[place])
            return [places[0], places[-1]]
        return places if len(places) <= MOST_LEVELS else [places[0], places[-1]]

    def _corners(self, levels: Sequence[Sequence[int]]) -> Iterator[Places]:
        """What fails where several names have certain values at once: all combinations of levels, or of any three."""
        if math.prod(map(len, levels)) <= MOST_CORNERS:
            yield from itertools.product(*levels)
            return
        for end in (0, -1):
            corner = tuple(each[end] for each in levels)
            yield corner
            for i, each in enumerate(levels):
                yield from ((*corner[:i], place, *corner[i + 1 :]) for place in each)
        generator = random.Random(1)
        for _ in range(max(map(len, levels)) - 1):
            yield from _threes(
                [(each[0], each[-1]) if len(each) < 3 else generator.sample(each, 2) for each in levels]
            )

    def _values_of_tokens(self) -> Iterator[Places]:
        """Each value of each token, and their ends together."""
        smallest, largest = list(self._base), list(self._base)
        moves: List[List[Dict[int, int]]] = []
        for token in self._tokens:
            names, table = self._tracker.restricted(token)
            indices = [self._names.index(name) for name in names]
            moves.append([])
            first: Dict[Any, Places] = {}
            for key, value in table.items():
                first.setdefault((type(value).__name__, value), key)
            numbers = all(type(value) in (int, float) for _, value in first)
            values = sorted(first) if numbers else list(first)
            for i in origins.some_of(len(values), None, MOST_VALUES):
                move = dict(zip(indices, first[values[i]]))
                moves[-1].append(move)
                yield self._with(move)
            for places, value in ((smallest, values[0]), (largest, values[-1])):
                for index, each in zip(indices, first[value]):
                    places[index] = each
        yield tuple(smallest)
        yield tuple(largest)
        yield from self._pairs(moves)

    def _with(self, move: Dict[int, int]) -> Places:
        return tuple(move.get(i, home) for i, home in enumerate(self._base))

    def _pairs(self, moves: List[List[Dict[int, int]]]) -> Iterator[Places]:
        """Some pairs of values of two tokens: what must divide or equal another seldom shows at one value alone."""
        both = [
            {**one, **other}
            for some, more in itertools.combinations(moves, 2)
            for one in some
            for other in more
        ]
        random.Random(0).shuffle(both)
        yield from map(self._with, both[:MOST_PAIRS])


def _threes(ends: Sequence[Sequence[int]]) -> Iterator[Places]:
    """Rows of one end of each name, among which any three names have every combination of their ends.

    An orthogonal array of strength three: its columns are linear functions of the bits of the row, any three of which
    are independent as all are odd (R. C. Bose, 1947).
    """
    for row in range(1 << (2 * len(ends) - 1).bit_length()):
        yield tuple(each[bin(row & (2 * i + 1)).count("1") % 2] for i, each in enumerate(ends))


def _fitted(sizes: Dict[Places, Any], values: Dict[Places, Any], base: Places) -> Any:
    """Factor and constant with which sizes == factor · values + constant everywhere, or None."""
    other = next((p for p in sizes if values[p] != values[base]), None)
    if other is None:
        return None
    factor, left = divmod(sizes[other] - sizes[base], values[other] - values[base])
    constant = sizes[base] - factor * values[base]
    if left or any(size != factor * values[p] + constant for p, size in sizes.items()):
        return None
    return factor, constant
