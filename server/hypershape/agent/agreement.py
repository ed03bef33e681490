"""Which calls of a layer or an operation need no trace in training, because calls like them were traced and agreed with their formula.

Two calls are alike if they differ in numbers only: in the sizes of tensors, and in arguments that are sizes, not
axes. What a layer of Keras refuses beyond its formula is that two of these numbers do not go together: one is larger
than the other, or does not divide it, or differs from it. So a call passes if each such relation among its numbers
has been seen in a call that is alike and passed. It is refused if it violates an equality that told all calls apart so
far: a state must be as wide as the layer that it is given to. Both are put to trial: now and then a call is asked all
the same, and where one is refused that should have passed, calls like it are asked each time from then on. The
differential suite holds the whole against real steps.
"""

from __future__ import annotations

import functools
import inspect
import itertools
import math
import re
import types
from typing import Any, Callable, Dict, FrozenSet, Iterator, List, NamedTuple, Optional, Set, Tuple

import numpy as np

SIGHTINGS = 2
"""So many different calls that are alike must have passed first."""

REFUSALS = 6
"""So many that are alike must have been refused before an equality is believed."""

_AXES = ("ax", "dims")
"""Arguments with these in their names count axes, of which each is another case."""

_PLAIN_NAME = re.compile("[A-Za-z][A-Za-z0-9_]*")

_NUMBER = "a number"
_FRACTION = "a fraction"

Numbers = Tuple[int, ...]
Relation = Tuple[int, int, Any]
Call = Tuple[Any, Numbers]
"""What all calls that are alike have in common, and the numbers of one of them."""


Outcome = Tuple[Any, Tuple[int, ...]]
"""What a call comes to: a form, and sizes."""

Formula = Tuple[Callable[..., int], Tuple[int, ...]]
"""A function, and the places of the numbers that it takes."""


class Asked(NamedTuple):
    """The form of a call whose shapes are asked for."""

    rest: Any
    volumes: Tuple[Tuple[str, bool], ...]
    """How what tensors and shapes hold compares, of each two."""


class _Opaque(Exception):
    """The user's own code takes part, whose numbers are not seen."""


class Agreement:
    """What is known of calls that are alike."""

    def __init__(self) -> None:
        self._forms: Dict[Any, _Form] = {}

    def covers(self, call: Call) -> bool:
        """Whether a call surely passes, since all that holds among its numbers was seen to do no harm."""
        form = self._forms.get(call[0])
        return form is not None and form.covers(call[1]) and not form.is_tried("covered")

    def refuses(self, call: Call) -> bool:
        """Whether a call is surely refused, since two of its numbers differ that were equal in all calls that passed."""
        form = self._forms.get(call[0])
        return form is not None and form.violates(call[1]) and not form.is_tried("violated")

    def promises(self, call: Call) -> bool:
        """The same, where nobody asks for a trial."""
        form = self._forms.get(call[0])
        return form is not None and form.covers(call[1])

    def add(self, call: Call, passed: bool) -> None:
        """What came of a call that was asked."""
        form = self._forms.setdefault(call[0], _Form())
        if passed:
            form.passes(call[1])
        else:
            form.refuses(call[1])


class _Form:
    """The calls that are alike."""

    def __init__(self) -> None:
        self.passed: Set[Numbers] = set()
        self.refused: Set[Numbers] = set()
        self.seen: Set[Relation] = set()
        """All that holds among the numbers of calls that passed."""
        self.trusted = True
        self._counts = {"covered": 0, "violated": 0}
        self._equal: Optional[Set[Tuple[int, int]]] = None
        """The pairs of numbers that were equal in all calls that passed."""
        self._were_equal: Set[Tuple[int, int]] = set()
        """Those that were equal in some call that was refused."""
        self._met: Set[Relation] = set()
        """All that holds among the numbers of calls that were refused."""
        self._is_evident = False
        """A call was refused and one passed that differ in one number."""

    def is_tried(self, count: str) -> bool:
        """Whether a call is asked although its outcome is known: of those that are counted, number 1, 2, 4, 8, …"""
        self._counts[count] += 1
        return self._counts[count] & (self._counts[count] - 1) == 0

    def passes(self, numbers: Numbers) -> None:
        known = len(self.seen), len(self.passed)
        self.passed.add(numbers)
        self.seen.update(relations(numbers))
        equal = _equal_in(numbers)
        self._equal = equal if self._equal is None else self._equal & equal
        self._note_evidence(numbers, self.refused)
        if known != (len(self.seen), len(self.passed)):
            self.trusted = self.trusted and not any(map(self.covers, self.refused))

    def refuses(self, numbers: Numbers) -> None:
        self.refused.add(numbers)
        self._met.update(relations(numbers))
        self._were_equal |= _equal_in(numbers)
        self._note_evidence(numbers, self.passed)
        self.trusted = self.trusted and not self.covers(numbers)

    def violates(self, numbers: Numbers) -> bool:
        """Whether numbers differ, in ways that were refused before, whichever equality it is that all calls must obey."""
        pairs = self._equalities()
        return bool(pairs) and all(
            numbers[i] != numbers[j] and each in self._met
            for i, j in pairs
            for each in relations(numbers)
            if each[:2] == (i, j)
        )

    def _note_evidence(self, numbers: Numbers, others: Set[Numbers]) -> None:
        self._is_evident = self._is_evident or any(
            sum(a != b for a, b in zip(numbers, other)) == 1 for other in others
        )

    def _equalities(self) -> List[Tuple[int, int]]:
        """The pairs of numbers that were equal in all calls that passed, and in none that was refused."""
        if len(self.passed) < SIGHTINGS or len(self.refused) < REFUSALS or not self._is_evident:
            return []
        return [
            pair
            for pair in sorted((self._equal or set()) - self._were_equal)
            if len({each[pair[0]] for each in self.passed}) >= SIGHTINGS
        ]

    def covers(self, numbers: Numbers) -> bool:
        if not self.trusted or len(self.passed) < SIGHTINGS:
            return False
        return all(each in self.seen or _is_between(each, self.seen) for each in relations(numbers))


def _equal_in(numbers: Numbers) -> Set[Tuple[int, int]]:
    pairs = itertools.combinations(range(len(numbers)), 2)
    return {(i, j) for i, j in pairs if numbers[i] == numbers[j]}


def _is_between(relation: Relation, seen: Set[Relation]) -> bool:
    """Equal numbers do no harm where either may be the larger one."""
    first, second, order = relation
    return order == "=" and (first, second, "<") in seen and (first, second, ">") in seen


def _order(one: int, other: int) -> str:
    return "=" if one == other else "<" if one < other else ">"


@functools.lru_cache(maxsize=10_000)
def relations(numbers: Numbers) -> FrozenSet[Relation]:
    """The order of each two numbers, and whether the larger one is a multiple of the smaller."""
    found: List[Relation] = []
    for first, one in enumerate(numbers):
        for second in range(first + 1, len(numbers)):
            other = numbers[second]
            found.append((first, second, _order(one, other)))
            if one != other:
                found.append((first, second, max(one, other) % min(one, other) == 0))
    return frozenset(found)


class Foretelling:
    """What calls come to that nobody made: those of which all that holds among the numbers was seen in calls that are
    alike and came to the same, and whose sizes follow from the numbers as in all of these.

    For trials at other values alone: what the run itself comes to is always asked. Now and then a call is made all
    the same; where it comes to something else, calls like it are made each time from then on.
    """

    def __init__(self) -> None:
        self._cases: Dict[Any, _Case] = {}
        self._passed: Dict[Any, Set[Call]] = {}
        """By all but how volumes compare, of the calls that passed some, and each that has other pairs of them equal."""

    def outcome(self, call: Call) -> Optional[Outcome]:
        """What a call surely comes to; None where it has to be made."""
        case = self._cases.get(call[0])
        if case is None:
            return None
        foretold = case.foretold(call[1])
        return case.refused_alike(call[1]) if foretold is None and self._differs(call[0]) else foretold

    def _differs(self, form: Any) -> bool:
        """Whether two tensors or shapes hold differently much that held equally much in all calls that passed."""
        passed = self._passed.get(form.rest, ()) if type(form) is Asked else ()
        return len(passed) >= SIGHTINGS and any(
            each[0] != "=" and all(other.volumes[i][0] == "=" for other, _ in passed)
            for i, each in enumerate(form.volumes)
        )

    def add(self, call: Call, outcome: Outcome, passed: bool) -> bool:
        """What a call came to; False where it shows that what was foretold of others may be wrong."""
        if passed and type(call[0]) is Asked:
            met = self._passed.setdefault(call[0].rest, set())
            if len(met) < SIGHTINGS or all(call[0] != form for form, _ in met):
                met.add(call)
        case = self._cases.setdefault(call[0], _Case())
        trusted = case.trusted
        case.add(call[1], outcome, passed)
        return case.trusted or not (trusted and case.has_told)


class _Sizes:
    """How the sizes of calls that are alike and come to one form follow from their numbers."""

    def __init__(self) -> None:
        self._known: Dict[Numbers, Tuple[int, ...]] = {}
        self._formulas: List[List[Formula]] = []
        """For each size the simplest formulas that fit all of them."""
        self._sought: List[int] = []
        """How many kinds of others were sought for each."""
        self._moved: List[Set[int]] = []

    def at(self, numbers: Numbers) -> Optional[Tuple[int, ...]]:
        """The sizes that follow from numbers; of one that never moved nobody knows what comes of it once it does."""
        if not self._known:
            return None
        if self._formulas and any(
            len(known) < SIGHTINGS and each not in known for each, known in zip(numbers, self._moved)
        ):
            return None
        sizes = []
        for formulas in self._formulas:
            found = {_value(formula, numbers) for formula in formulas}
            size = found.pop() if len(found) == 1 else 0
            if size < 1:
                return None
            sizes.append(size)
        return tuple(sizes)

    def add(self, numbers: Numbers, sizes: Tuple[int, ...]) -> None:
        if not self._known:
            self._formulas = [_simple(size, numbers) for size in sizes]
            self._sought = [0 for _ in sizes]
            self._moved = [set() for _ in numbers]
        self._known[numbers] = sizes
        for known, each in zip(self._moved, numbers):
            known.add(each)
        for place, size in enumerate(sizes):
            self._formulas[place] = self._fitting(place, numbers, size)

    def _fitting(self, place: int, numbers: Numbers, size: int) -> List[Formula]:
        """The formulas of a size that fit one more call; of three numbers where none of fewer does, then of more."""
        before = self._formulas[place]
        fitting = [each for each in before if _value(each, numbers) == size]
        if fitting or not before:
            return fitting
        calls = [(each, found[place]) for each, found in self._known.items()]
        while not fitting and self._sought[place] < len(_OF_MORE):
            fitting = _OF_MORE[self._sought[place]](calls)
            self._sought[place] += 1
        return fitting


class _Case(_Form):
    """The calls that are alike, what the first of them came to that passed, and what all came to that were refused."""

    def __init__(self) -> None:
        super().__init__()
        self.has_told = False
        self._form: Any = None
        self._sizes: Optional[_Sizes] = None
        """Of the calls that passed."""
        self._others: Dict[Any, _Sizes] = {}
        """By what the calls came to that were refused, or gave something else; what a step refuses has sizes, too."""

    def foretold(self, numbers: Numbers) -> Optional[Outcome]:
        sizes = self._sizes_at(numbers) if super().covers(numbers) else None
        if sizes is not None and not self.is_tried("covered"):
            self.has_told = True
            return self._form, sizes
        refusal = self._refusal_at(numbers) if sizes is None else None
        if refusal is not None and not self.is_tried("violated"):
            self.has_told = True
            return refusal
        return None

    def refused_alike(self, numbers: Numbers) -> Optional[Outcome]:
        """The same where no call passed, and all that holds among the numbers was seen in calls that were refused."""
        refusal = self._refusal_of_all(numbers)
        if refusal is None or self.is_tried("violated"):
            return None
        self.has_told = True
        return refusal

    def covers(self, numbers: Numbers) -> bool:
        return super().covers(numbers) and self._sizes_at(numbers) is not None

    def _sizes_at(self, numbers: Numbers) -> Optional[Tuple[int, ...]]:
        return None if self._sizes is None else self._sizes.at(numbers)

    def _refusal_at(self, numbers: Numbers) -> Optional[Outcome]:
        """The one thing that all calls came to which did not pass, for a call whose numbers differ that must be equal."""
        return self._refusal(numbers) if self.trusted and self.violates(numbers) else None

    def _refusal_of_all(self, numbers: Numbers) -> Optional[Outcome]:
        if not self.trusted or self.passed or len(self.refused) < REFUSALS:
            return None
        return self._refusal(numbers) if relations(numbers) <= self._met else None

    def _refusal(self, numbers: Numbers) -> Optional[Outcome]:
        if len(self._others) != 1:
            return None
        ((form, known),) = self._others.items()
        sizes = known.at(numbers)
        return None if sizes is None else (form, sizes)

    def add(self, numbers: Numbers, outcome: Outcome, passed: bool) -> None:
        form, sizes = outcome
        if self.has_told and self._refusal_of_all(numbers) not in (None, outcome):
            self.trusted = False
        if passed and self._sizes is None:
            self._form, self._sizes = form, _Sizes()
        if not passed or form != self._form or self._sizes is None:
            refusal = self._refusal_at(numbers)
            self.trusted = self.trusted and refusal in (None, outcome)
            self._others.setdefault(form, _Sizes()).add(numbers, sizes)
            self.refuses(numbers)
            return
        if self.covers(numbers) and self._sizes_at(numbers) != sizes:
            self.trusted = False
        self.trusted = self.trusted and self._refusal_at(numbers) is None
        self._sizes.add(numbers, sizes)
        self.passes(numbers)


def _strided(a: int, b: int, c: int) -> int:
    return (a - b) // c + 1


_OF_ONE: Tuple[Callable[..., int], ...] = (
    lambda a, by: a + by,
    lambda a, by: a * by,
    lambda a, by: a // by,
    lambda a, by: -(-a // by),
)
"""How a size may follow from one number and a constant."""

_OF_TWO: Tuple[Callable[[int, int], int], ...] = (
    lambda a, b: a - b + 1,
    lambda a, b: a // b,
    lambda a, b: -(-a // b),
    lambda a, b: a * b,
    lambda a, b: a + b,
    lambda a, b: a - b,
    lambda a, b: a + 2 * b,
    lambda a, b: a - 2 * b,
)
_OF_THREE: Tuple[Callable[[int, int, int], int], ...] = (
    lambda a, b, c: a - (b - 1) * c,
    _strided,
    lambda a, b, c: a * b + max(c - b, 0),
    lambda a, b, c: a * b * c,
    lambda a, b, c: a + b + c,
    lambda a, b, c: a - b - c,
)
"""How a size may follow from numbers: what more of them decide is always asked."""

LARGEST_DIVISOR = 8
MOST_AXES = 5
MOST_NUMBERS = 12
"""Among so many numbers three are sought that give a size."""


def _simple(size: int, numbers: Numbers) -> List[Formula]:
    """All that may be said of how a size follows from two numbers or fewer."""
    places = range(len(numbers))
    found: List[Formula] = [(lambda: size, ())]
    found += [(lambda a: a, (i,)) for i in places]
    for i in places:
        factors = (size - numbers[i], size // numbers[i])
        found += [(functools.partial(of, by=by), (i,)) for of, by in zip(_OF_ONE, factors) if by]
        found += [
            (functools.partial(of, by=by), (i,)) for of in _OF_ONE[2:] for by in range(2, LARGEST_DIVISOR + 1)
        ]
    found += [(of, (i, j)) for of in _OF_TWO for i in places for j in places]
    if len(numbers) <= MOST_NUMBERS:
        # At odd lengths a stride halves as `a // b` does: both must say the same.
        found += [(_strided, some) for some in itertools.permutations(places, 3)]
    return [formula for formula in found if _value(formula, numbers) == size]


def _with_three(calls: List[Tuple[Numbers, int]]) -> List[Formula]:
    """How the sizes of calls follow from three of their numbers."""
    count = len(calls[0][0])
    if count > MOST_NUMBERS:
        return []
    return [
        (of, places)
        for of in _OF_THREE
        for places in itertools.permutations(range(count), 3)
        if all(_value((of, places), numbers) == size for numbers, size in calls)
    ]


def _along_an_axis(calls: List[Tuple[Numbers, int]]) -> List[Formula]:
    """How the sizes of calls are sums of more than three numbers that stand equally far apart: one axis of all tensors."""
    numbers, size = calls[0]
    found: List[Formula] = []
    for start, apart in itertools.product(range(len(numbers)), range(1, MOST_AXES + 1)):
        for end in range(start + 3 * apart, len(numbers), apart):
            places = tuple(range(start, end + 1, apart))
            of = functools.partial(_sum, by=size - sum(numbers[i] for i in places))
            if all(_value((of, places), each) == found_size for each, found_size in calls):
                found.append((of, places))
    return found


def _sum(*numbers: int, by: int) -> int:
    return sum(numbers) + by


_OF_MORE = (_with_three, _along_an_axis)
"""How a size is sought that follows from no two numbers, one after the other."""


def _value(formula: Formula, numbers: Numbers) -> int:
    of, places = formula
    return of(*[numbers[i] for i in places])


def form_of(spec: Any, numbers: List[int]) -> Any:
    """The shape and dtype of a tensor without its sizes, which are added to `numbers`."""
    return _form(spec, numbers, counts=False)


def split(kind: Any, inputs: Any) -> Optional[Call]:
    """A call of a layer of Keras, where nothing but Keras takes part.

    `kind.key` is the class of the layer with its arguments and the settings, `inputs` the key of what it is called
    on, as `remembered` makes them: an int is `(int, value)`, a tensor `("t", shape, dtype)`.
    """
    numbers: List[int] = []
    try:
        return (_made(kind, numbers), _form(inputs, numbers, counts=False)), tuple(numbers)
    except _Opaque:
        return None


def asked(kind: Any, inputs: Any) -> Optional[Call]:
    """The same call where its shapes are asked for, too: how much each tensor and each shape holds is told apart."""
    numbers: List[int] = []
    volumes: List[int] = []
    if _holds_array(inputs):
        # Whether its numbers are places that a tensor has, no relation of sizes tells.
        return None
    try:
        made = _made(kind, numbers, volumes)
        found = tuple(_tensors(each, numbers, volumes) for each in inputs)
    except _Opaque:
        return None
    return Asked((made, found), _compared(volumes)), tuple(numbers)


def _compared(volumes: List[int]) -> Tuple[Tuple[str, bool], ...]:
    """Which volumes are equal, or larger than which, and which hold others several times."""
    pairs = itertools.combinations(volumes, 2)
    return tuple((_order(one, other), max(one, other) % min(one, other) == 0) for one, other in pairs)


def operated(operation: Any, config: Any, inputs: Any, settings: Any) -> Optional[Call]:
    """A call of an operation of Keras, given by the keys of what it was made of and of what it is called on.

    Sizes are those of tensors, and of shapes that it was made of: a number by itself is another case. What an
    operation like `reshape` needs is no relation of two sizes: so which of the tensors and shapes hold equally many
    numbers is another case, too.
    """
    split_up = _operation(config, inputs)
    if split_up is None:
        return None
    forms, volumes, numbers = split_up
    equal = tuple(one == other for one, other in itertools.combinations(volumes, 2))
    return (operation, *forms, equal, settings), numbers


def asked_of_operation(operation: Any, config: Any, inputs: Any, settings: Any) -> Optional[Call]:
    """The same call where its shapes are asked for, too."""
    split_up = None if _holds_array((config, inputs)) else _operation(config, inputs)
    if split_up is None:
        return None
    forms, volumes, numbers = split_up
    return Asked((operation, *forms, settings), _compared(volumes)), numbers


def _holds_array(key: Any) -> bool:
    return type(key) is tuple and (key[:1] == (np.ndarray,) or any(map(_holds_array, key)))


def _operation(config: Any, inputs: Any) -> Optional[Tuple[Any, List[int], Numbers]]:
    numbers: List[int] = []
    volumes: List[int] = []
    try:
        # config is (dict, (name, value), …), each name being (str, name).
        made = tuple((name, _shape(name[1], value, numbers, volumes)) for name, value in config[1:])
        found = tuple(_tensors(each, numbers, volumes) for each in inputs)
    except _Opaque:
        return None
    # A number by itself tells cases apart, and how it relates to sizes matters all the same: `top_k` takes no more than there are.
    return (made, found), volumes, (*numbers, *_constants((made, found)))


def _constants(form: Any) -> Iterator[int]:
    """The numbers that a form holds by themselves."""
    if type(form) is tuple:
        if len(form) == 2 and form[0] is int and type(form[1]) is int:
            if form[1] > 1:
                yield form[1]
        else:
            for each in form:
                yield from _constants(each)


def _shape(name: str, value: Any, numbers: List[int], volumes: List[int]) -> Any:
    """What an operation was made of; without its sizes where that is a shape."""
    if type(value) is tuple and value[:1] in ((tuple,), (list,)):
        return _holding(volumes, numbers, lambda: _argument(name, value, numbers))
    return _form(value, numbers, counts=False)


def _tensors(key: Any, numbers: List[int], volumes: List[int]) -> Any:
    if type(key) is not tuple or not key:
        return key
    if key[0] == "t":
        return _holding(volumes, numbers, lambda: _form(key, numbers, counts=False))
    if key[0] is dict:
        return (dict, *[(name, _tensors(each, numbers, volumes)) for name, each in key[1:]])
    if key[0] in (tuple, list):
        return (key[0], *[_tensors(each, numbers, volumes) for each in key[1:]])
    return _form(key, numbers, counts=False)


def _holding(volumes: List[int], numbers: List[int], form: Callable[[], Any]) -> Any:
    """A form, of whose numbers the product is added to `volumes`."""
    start = len(numbers)
    made = form()
    volumes.append(math.prod(numbers[start:]))
    return made


def _made(kind: Any, numbers: List[int], volumes: Optional[List[int]] = None) -> Any:
    """A layer and its arguments, without their sizes; `volumes` gets those of shapes among its arguments."""
    if kind.own or kind.maker is not kind.cls:
        raise _Opaque
    cls, (args, kwargs), settings = kind.key
    names = _positional(cls)
    found = [_argument(name, value, numbers, volumes) for name, value in zip(names, args)]
    # kwargs is None or (dict, (name, value), …), each name being (str, name).
    given = [
        (name[1], _argument(name[1], value, numbers, volumes))
        for name, value in (kwargs or (dict,))[1:]
        if name[1] != "name" or not _is_plain_name(value[1])
    ]
    return cls, tuple(found), args[len(names) :], tuple(given), settings


def _is_plain_name(name: Any) -> bool:
    """Whether a layer does the same under this name as under others: backends refuse some characters."""
    return type(name) is str and _PLAIN_NAME.fullmatch(name) is not None


def _argument(name: str, value: Any, numbers: List[int], volumes: Optional[List[int]] = None) -> Any:
    counts = not any(part in name for part in _AXES)
    if volumes is not None and type(value) is tuple and value[:1] in ((tuple,), (list,)):
        return _holding(volumes, numbers, lambda: _form(value, numbers, counts, volumes))
    return _form(value, numbers, counts, volumes)


def _form(key: Any, numbers: List[int], counts: bool, volumes: Optional[List[int]] = None) -> Any:
    """A key without its numbers, which are added to `numbers`; `counts`: an int in it is a size."""
    if type(key) is not tuple or not key:
        return key
    first = key[0]
    if first == "t":
        return ("t", tuple(_size(size, numbers) for size in key[1]), *key[2:])
    if first is types.FunctionType:
        raise _Opaque
    if first is int and len(key) == 2:
        return _size(key[1], numbers) if counts else key
    if first is slice:
        # Where it starts and ends is compared with the size that it cuts, which no axis is.
        return (first, *[_form(each, numbers, True, volumes) for each in key[1:]])
    if first is float and len(key) == 2:
        return _FRACTION if 0.0 < key[1] < 1.0 else key
    if len(key) == 2 and hasattr(key[1], "results"):
        return first, _made(key[1], numbers, volumes)
    return tuple(_form(each, numbers, counts, volumes) for each in key)


def _size(size: Any, numbers: List[int]) -> Any:
    if type(size) is not int or size < 2:
        return size
    numbers.append(size)
    return _NUMBER


@functools.lru_cache(maxsize=None)
def _positional(cls: Any) -> Tuple[str, ...]:
    """The names of the arguments that a class takes by position."""
    return tuple(_names(inspect.signature(cls.__init__).parameters.values()))[1:]


def _names(parameters: Any) -> Iterator[str]:
    for each in parameters:
        if each.kind in (each.POSITIONAL_ONLY, each.POSITIONAL_OR_KEYWORD):
            yield each.name
