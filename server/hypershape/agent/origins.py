"""Values that carry their origin: which hyperparameters a run depends on, seen while it runs.

In a tracked run a hyperparameter's value is a `Token`. It knows what it would be at every value of the domain, does
arithmetic for all of them at once, and answers a comparison without a trace where the answer is the same for all.
Whatever needs the one value (a branch, a loop, an index, a text, a key of a dictionary, a function of NumPy) gets it,
and then the run depends on the hyperparameter. What a run never depended on cannot have influenced it.

The values of two hyperparameters are independent of each other as long as the run depends on neither.
"""

from __future__ import annotations

import contextlib
import functools
import itertools
import math
import operator
import re
import types
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
)

from . import since

MOST_ENTRIES = 10_000
"""A value that stands for more combinations than this is settled: the run then depends on its hyperparameters."""

MOST_TABLED = 1024
"""A size that varies with more combinations, and is no sum or product of known sizes, is not followed."""

MOST_LISTED = 64
"""A size that stands for more combinations, most of which give the same, is followed by its values alone."""

MOST_MERGED = 4_096
"""So many combinations of a choice and of what is chosen are written down."""

MOST_COMBINED = 64
"""A set of values is looked for around so many combinations of others."""

Assignment = Mapping[str, int]
"""For each name the index of a value in its domain."""

PLAIN = (int, float, bool, str, complex, type(None))


def is_constant(value: Any) -> bool:
    """Whether nothing can change a value, and equal ones are the same to whoever gets them."""
    if type(value) is tuple:
        return all(type(each) in (int, str) for each in value)
    return type(value) in PLAIN or isinstance(value, (type, types.FunctionType, types.BuiltinFunctionType))


class Reading:
    """Which hyperparameters are read: by the whole of a run, or by a part of it that is run aside."""

    def __init__(self) -> None:
        self.log: List[str] = []
        self.always: Set[str] = set()
        """Names that are read whatever a branch does that meets again."""
        self.apart: Dict[str, Dict[str, Set[int]]] = {}
        """Names that are read only in arms of such branches: each with the hyperparameters that decide about that, and
        the places of their values with which it is read."""
        self.expected: List[str] = []
        """What the arm reads that is being run, in order, since it was run aside."""

    def note(self, name: str) -> bool:
        """Notes that a name is read; False where an arm reads something else than it did aside."""
        self.log.append(name)
        if self.expected:
            return self.expected.pop(0) == name
        self.add(name)
        return True

    def add(self, name: str) -> None:
        self.always.add(name)
        self.apart.pop(name, None)


class Tracker:
    """What one run depends on."""

    relates = False
    """Whether what is alike is noted as relations between names, not as values of each."""

    def __init__(self) -> None:
        self.domains: Dict[str, Sequence[Any]] = {}
        self.present: Dict[str, int] = {}
        """Where the values of this run stand in their domains."""
        self.sampled: Set[str] = set()
        """Names of which the domain holds some values only."""
        self.forced: Set[str] = set()
        """Names of which the run depends on the very value."""
        self.allowed: Dict[str, FrozenSet[int]] = {}
        """For names that the run depends on, the places of the values with which it would have been the same."""
        self._below: Dict[str, Any] = {}
        self._sets: Dict[Any, str] = {}
        self._operands: Dict[int, Any] = {}
        self.dependable = True
        """False once something happened that cannot be followed: then nothing is known to be free."""
        self.called: Callable[..., Any] = lambda token, args, kwargs: self.settle(token)(*args, **kwargs)
        """Calls what a token stands for, where that is something to call."""
        self.meets_again: Callable[["Token"], bool] = lambda token: False
        """Tells of a truth that is asked for whether what comes later is the same whatever it is."""
        self.optional = 0
        """The parameters of layers that other configurations which this run speaks for may not have."""
        self.shifted: Set[str] = set()
        """The prefixes of names of layers of which other such configurations may give away more or fewer."""
        self._used: Set[str] = set()
        self.reading = Reading()
        self.outer: List[Reading] = []
        """What is read around a part that is being run aside."""
        self.wants_relations = False
        """Branches would meet again that read different hyperparameters, which relations can tell."""
        self.arms: List[Tuple[Any, int, int]] = []
        """The frames and lines of arms that were found to meet again."""

    def reads(self, name: str) -> None:
        """Notes that a hyperparameter is read."""
        if not self.reading.note(name):
            self.dependable = False

    @contextlib.contextmanager
    def within(self) -> Iterator[Reading]:
        """What is read meanwhile, by itself."""
        self.outer.append(self.reading)
        self.reading = Reading()
        try:
            yield self.reading
        finally:
            self.reading = self.outer.pop()

    def uses(self, name: str) -> None:
        """Notes that the name of a layer matters, or may be taken."""
        self._used.update((name, name.rpartition("_")[0]))

    @property
    def speaks_for_others(self) -> bool:
        """Whether what is known of the run holds: all could be followed, and no name that matters is another elsewhere."""
        return self.dependable and self.shifted.isdisjoint(self._used)

    def meet(self, name: str, value: Any, values: Sequence[Any], whole: bool = True) -> Any:
        """The value of a hyperparameter as a token; `values` are its domain, or some of it if not `whole`."""
        place = next(
            (i for i, each in enumerate(values) if type(each) is type(value) and each == value), None
        )
        if place is None and not whole:
            values, place = [*values, value], len(values)
        if place is None or len(values) < 2 or name in self.forced:
            self.forced.add(name)
            return value
        known = self.domains.get(name)
        if known is not None and (list(known) != list(values) or self.present[name] != place):
            self.dependable = False
            return value
        self.domains[name], self.present[name] = values, place
        if not whole:
            self.sampled.add(name)
        key = (name, id(values))
        known = _DOMAINS.get(key)
        if known is None or known[0] is not values:
            if len(_DOMAINS) > MOST_DOMAINS:
                _DOMAINS.clear()
            known = _DOMAINS[key] = values, {(i,): each for i, each in enumerate(values)}
        return self.token((name,), known[1])

    def depend(self, names: Iterable[str]) -> None:
        """Notes that the run depends on the very values of hyperparameters."""
        for name in names:
            self.forced.add(name)
            if name in self.domains:
                self.narrow(name, (self.present[name],))

    def narrow(self, name: str, places: Iterable[int]) -> None:
        """Notes that the run is the same only for some values of a hyperparameter, the present one among them."""
        found = frozenset(places) if name not in self.allowed else self.allowed[name].intersection(places)
        if name in self.sampled:
            # Nothing is known of the values between those that are listed.
            found = frozenset((self.present[name],))
        if found == self.allowed.get(name) or len(found) == len(self.domains[name]):
            return
        self.allowed[name] = found
        if len(found) == 1:
            self.forced.add(name)
        if name in self._below:
            names, table, values = self._below[name]
            kept = {values[place] for place in found}
            self.narrow_all(
                self.box(names, lambda here: table[tuple([here[each] for each in names])] in kept)
            )

    def narrow_all(self, box: Mapping[str, Iterable[int]]) -> None:
        for name, places in box.items():
            self.narrow(name, places)

    def box(
        self, names: Sequence[str], same: Callable[[Dict[str, int]], bool], pinned: Iterable[str] = ()
    ) -> Dict[str, List[int]]:
        """Places around the present ones, such that something is the same at each of their combinations."""
        found = {name: [self.present[name]] for name in names}
        for name in names:
            others = [each for each in names if each != name]
            if name in self.sampled or name in pinned:
                continue
            combinations = [
                dict(zip(others, some)) for some in itertools.product(*[found[n] for n in others])
            ]
            if len(combinations) > MOST_COMBINED:
                break
            for place in self.places(name):
                if place not in found[name] and all(same({name: place, **some}) for some in combinations):
                    found[name].append(place)
        return found

    def places(self, name: str) -> List[int]:
        """The places of the values of a hyperparameter with which the run is the same so far."""
        allowed = self.allowed.get(name)
        return list(range(len(self.domains[name]))) if allowed is None else sorted(allowed)

    def alike(self, name: str) -> List[Any]:
        """Those values."""
        return [self.domains[name][place] for place in self.places(name)]

    def live(self, tokens: Iterable["Token"]) -> Tuple[str, ...]:
        """The names that tokens still vary with, sorted."""
        found = {name for token in tokens for name in names_of(token)}
        return tuple(sorted(found - self.forced))

    def sizes(self, names: Iterable[str]) -> int:
        """Of how many combinations a value of these names would consist."""
        return math.prod(len(self.allowed.get(name) or self.domains[name]) for name in names)

    def all(self, names: Sequence[str]) -> Iterator[Dict[str, int]]:
        """Every assignment of some names."""
        for places in itertools.product(*map(self.places, names)):
            yield dict(zip(names, places))

    def at(self, value: Any, assignment: Assignment) -> Any:
        """What a token would be at an assignment; names that are left out have their present values."""
        names, table = names_of(value), table_of(value)
        present = self.present
        return table[
            tuple(
                [
                    present[name] if name in self.forced else assignment.get(name, present[name])
                    for name in names
                ]
            )
        ]

    def token(self, names: Tuple[str, ...], table: Dict[Tuple[int, ...], Any]) -> Any:
        """A token, or the plain value where it is the same everywhere."""
        values = iter(table.values())
        first = next(values)
        kind = type(first)
        if self.sampled.isdisjoint(names) and all(
            type(each) is kind and (each is first or each == first) for each in values
        ):
            return first
        return Token(self, names, table)

    def restricted(self, token: "Token") -> Tuple[Tuple[str, ...], Dict[Tuple[int, ...], Any]]:
        """The names that a token still varies with, and its values over them."""
        names, table = names_of(token), table_of(token)
        if self.allowed.keys().isdisjoint(names):
            return names, table
        key = (names, id(table), tuple([self.allowed.get(name) for name in names]))
        known = _RESTRICTED.get(key)
        if known is None or known[0] is not table:
            if len(_RESTRICTED) > MOST_TABLES:
                _RESTRICTED.clear()
            known = _RESTRICTED[key] = table, self._restrict(names, table)
        return known[1]

    def _restrict(
        self, names: Tuple[str, ...], table: Dict[Tuple[int, ...], Any]
    ) -> Tuple[Tuple[str, ...], Dict[Tuple[int, ...], Any]]:
        kept = [i for i, name in enumerate(names) if name not in self.forced]
        bound = [(i, self.allowed[name]) for i, name in enumerate(names) if name in self.allowed]
        return tuple(names[i] for i in kept), {
            tuple([key[i] for i in kept]): value
            for key, value in table.items()
            if all(key[i] in places for i, places in bound)
        }

    def settle(self, token: "Token") -> Any:
        """The present value of a token: from now on the run is the same only where the token has this value."""
        names, table = self.restricted(token)
        value = self.at(token, {})
        found = varying(names, table)
        # What the listed values of a long domain have in common need not hold for those between them.
        self.depend(self.sampled.intersection(names))

        def same(here: Dict[str, int]) -> bool:
            other = table[tuple([here.get(name, self.present[name]) for name in names])]
            return type(other) is type(value) and other == value

        self.narrow_all(self.box(found, same))
        return value

    def settle_deeply(self, value: Any) -> Any:
        """The same for all tokens in lists, tuples and dictionaries."""
        return mapped(value, self.decide)

    def apply(self, function: Callable[..., Any], *given: Any) -> Any:
        """A function of tokens and plain values, at every combination of their values."""
        parts = [self.restricted(each) if type(each) is Token else None for each in given]
        names = tuple(sorted({name for part in parts if part is not None for name in part[0]}))
        table = {}
        if self.sizes(names) <= MOST_ENTRIES:
            try:
                for here in self.all(names):
                    table[tuple(here.values())] = function(
                        *[
                            each if part is None else part[1][tuple([here[name] for name in part[0]])]
                            for each, part in zip(given, parts)
                        ]
                    )
            except Exception:
                # Where the present values do not fail, those that do are others.
                table.clear()
        # NumPy's float is one of Python's, too.
        if table and all(type(value) in PLAIN or isinstance(value, float) for value in table.values()):
            return self.token(names, table)
        return function(*map(self.decide, given))

    def chosen(self, function: Callable[[Any], Any], token: "Token") -> Any:
        """What a token chooses: its own value where that is no constant, and where one of the others cannot be had."""
        names, table = self.restricted(token)
        try:
            made = {key: function(value) for key, value in table.items()}
        except Exception:
            made = {}
        if made and all(map(is_constant, made.values())):
            return self.token(names, made)
        return function(self.settle(token))

    def merged(self, test: "Token", ways: Mapping[Any, Any]) -> Optional[Tuple[Any]]:
        """What stands for the value that each value of `test` leads to; None where that is too much to know."""
        names = self.live([test, *[each for each in ways.values() if type(each) is Token]])
        if self.sizes(names) > MOST_MERGED or not self.sampled.isdisjoint(names):
            return None
        test_names, tests = self.restricted(test)
        parts: Dict[Any, Tuple[Tuple[str, ...], Dict[Tuple[int, ...], Any]]] = {
            way: self.restricted(each) if type(each) is Token else ((), {(): each})
            for way, each in ways.items()
        }
        made = {}
        for here in self.all(names):
            way = tests.get(tuple([here[name] for name in test_names]))
            if way is None:
                continue
            inner, table = parts[way]
            key = tuple([here[name] for name in inner])
            # Where an earlier call refuses something there is no value.
            if key in table:
                made[tuple(here.values())] = table[key]
        return (self.token(names, made),) if made else None

    def decide(self, value: Any) -> Any:
        """The present value of a token, on which the run depends from now on; any other value as it is."""
        return self.settle(value) if type(value) is Token else value

    def compare(self, function: Callable[..., Any], one: Any, other: Any) -> Any:
        """A comparison, which must hold for values that no domain lists, too."""
        sampled = [
            name
            for each in (one, other)
            if type(each) is Token
            for name in names_of(each)
            if name in self.sampled and name not in self.forced
        ]
        self.depend(sampled)
        return self.apply(function, one, other)

    def truth(self, token: "Token") -> bool:
        """Whether a token is true; the run depends on that from now on, unless all that asks for it comes to the same."""
        known = self.apply(bool, token)
        if type(known) is not Token:
            return bool(known)
        return bool(self.at(known, {})) if self.meets_again(known) else self.settle_truth(token)

    def joined(self, function: Callable[[Any, Any], Any], one: "Token", other: Any) -> Any:
        """`one and other`, or `or`, of which the second does not matter where the first one tells."""
        made = self.apply(function, one, other)
        if type(made) is Token:
            # Keeping the table keeps its identity its own.
            self._operands[id(table_of(made))] = table_of(made), function, one, other
        return made

    def settle_truth(self, token: Any) -> bool:
        """Whether a token is true, on which the run depends from now on: on as few operands as Python asks."""
        if type(token) is not Token:
            return bool(token)
        _, function, one, other = self._operands.get(id(table_of(token)), (None, None, None, None))
        if function is None:
            known = self.apply(bool, token)
            return bool(self.settle(known)) if type(known) is Token else bool(known)
        first = self.settle_truth(one)
        return first if function(first, None) is first else self.settle_truth(other)

    @contextlib.contextmanager
    def aside(self) -> Iterator[Callable[[], Optional[List[Any]]]]:
        """What is noted meanwhile is taken back: it gives the relations, or None where something else was noted."""
        allowed, forced, dependable = dict(self.allowed), set(self.forced), self.dependable
        optional = self.optional

        def noted() -> Optional[List[Any]]:
            same = (self.allowed, self.forced, self.dependable) == (allowed, forced, dependable)
            return [] if same else None

        try:
            with self.within():
                yield noted
        finally:
            self.allowed, self.forced, self.dependable = allowed, forced, dependable
            self.optional = optional

    def projected(self, value: Any) -> Any:
        """The same value over the names alone that it varies with: a length less what another is shorter by is that other."""
        if type(value) is not Token:
            return value
        names, table = self.restricted(value)
        found = varying(names, table)
        kept = [i for i, name in enumerate(names) if name in found]
        if not kept or len(kept) == len(names) or not self.sampled.isdisjoint(names):
            return value
        made: Dict[Tuple[int, ...], Any] = {}
        for key, each in table.items():
            known = made.setdefault(tuple([key[i] for i in kept]), each)
            if type(known) is not type(each) or known != each:
                return value
        return Token(self, tuple([names[i] for i in kept]), made)

    def sum_of(self, terms: Sequence[Tuple[int, Any]], constant: int) -> Any:
        """constant + Σ factor · token."""
        total: Any = constant
        for factor, token in terms:
            total = self._combined(lambda a, b, by=factor: a + by * b, total, token)
        return total

    def product_of(self, factor: int, tokens: Sequence[Any]) -> Any:
        """factor · Π token."""
        total: Any = factor
        for token in tokens:
            total = self._combined(operator.mul, total, token)
        return total

    def _combined(self, function: Callable[..., Any], one: Any, other: Any) -> Any:
        """A function of two values, of which only the set of results is kept where there are too many combinations."""
        if self.sizes(self.live([each for each in (one, other) if type(each) is Token])) > MOST_TABLED:
            one, other = self.few(one, always=True), self.few(other, always=True)
        return self.apply(function, one, other)

    def few(self, value: Any, always: bool = False) -> Any:
        """A token that takes few values for many combinations stands for the set of its values from now on.

        That set has a name of its own, and whoever depends on it depends on all the names below. What is forgotten
        (which combination gives which value) can only make more seem possible than is.
        """
        if type(value) is not Token:
            return value
        names, table = self.restricted(value)
        if len(names) < 2 or (len(table) <= MOST_LISTED and not always):
            return value
        values = set(table.values())
        if 2 * len(values) > len(table) or any(type(each) is not int for each in values):
            return value
        name = self._sets.setdefault((names, tuple(table.items())), "#%d" % len(self._sets))
        self._below[name] = names, table, sorted(values)
        if not self.sampled.isdisjoint(names):
            self.sampled.add(name)
        return self.meet(name, self.at(value, {}), sorted(values), name not in self.sampled)


_RESTRICTED: Dict[Any, Any] = {}
_DOMAINS: Dict[Any, Tuple[Any, Dict[Tuple[int, ...], Any]]] = {}
_KEYS: Dict[Any, int] = {}
_KEYS_OF_TABLES: Dict[int, Tuple[Any, int]] = {}
_next_key = itertools.count()
MOST_DOMAINS = 1_000
MOST_TABLES = 20_000
"""What is kept to be found again; then it is forgotten, and found out once more where somebody asks."""


def identity(tracker: Tracker, token: "Token") -> Any:
    """Equal for tokens of equal values over the same names."""
    names, table = tracker.restricted(token)
    known = _KEYS_OF_TABLES.get(id(table))
    if known is not None and known[0] is table:
        return names, known[1]
    if len(_KEYS) > MOST_TABLES:
        _KEYS.clear()
    if len(_KEYS_OF_TABLES) > MOST_TABLES:
        _KEYS_OF_TABLES.clear()
    entries = tuple([(places, type(value), value) for places, value in table.items()])
    key = _KEYS.get(entries)
    if key is None:
        key = _KEYS[entries] = next(_next_key)
    # Keeping the table keeps its identity its own.
    _KEYS_OF_TABLES[id(table)] = table, key
    return names, key


def varying(names: Sequence[str], table: Mapping[Tuple[int, ...], Any]) -> List[str]:
    """The names along which the values of a table differ."""
    found = []
    for i, name in enumerate(names):
        seen: Dict[Tuple[int, ...], Any] = {}
        for key, value in table.items():
            before = seen.setdefault((*key[:i], *key[i + 1 :]), value)
            if type(before) is not type(value) or before != value:
                found.append(name)
                break
    return found


class Token:
    """A value that stands for what it would be at every combination of some hyperparameters."""

    __slots__ = ("_names", "_table", "_tracker")

    def __init__(self, tracker: Tracker, names: Tuple[str, ...], table: Dict[Tuple[int, ...], Any]) -> None:
        object.__setattr__(self, "_tracker", tracker)
        object.__setattr__(self, "_names", names)
        object.__setattr__(self, "_table", table)

    @property  # type: ignore[misc]
    def __class__(self) -> Any:
        kinds = {type(each) for each in tracker_of(self).restricted(self)[1].values()}
        return kinds.pop() if len(kinds) == 1 else type(settled(self))

    def __getattr__(self, name: str) -> Any:
        return getattr(settled(self), name)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(settled(self), name, value)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return tracker_of(self).called(self, args, kwargs)

    def __copy__(self) -> "Token":
        return self

    def __deepcopy__(self, memo: Any) -> "Token":
        return self

    def __array__(self, *args: Any, **kwargs: Any) -> Any:
        import numpy

        return numpy.asarray(settled(self), *args, **kwargs)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        if method == "__call__" and not kwargs and all(type(each) in (Token, *PLAIN) for each in inputs):
            return tracker_of(self).apply(ufunc, *inputs)
        return getattr(ufunc, method)(*map(settled, inputs), **kwargs)

    def __reduce_ex__(self, protocol: Any) -> Any:
        return settled(self).__reduce_ex__(protocol)


_get = object.__getattribute__


def names_of(token: Any) -> Tuple[str, ...]:
    return _get(token, "_names")  # type: ignore[no-any-return]


def table_of(token: Any) -> Dict[Tuple[int, ...], Any]:
    return _get(token, "_table")  # type: ignore[no-any-return]


def values_of(value: Any) -> Iterable[Any]:
    """All that a token stands for; any other value by itself."""
    return table_of(value).values() if type(value) is Token else (value,)


def tracker_of(token: Any) -> Tracker:
    return _get(token, "_tracker")  # type: ignore[no-any-return]


def settled(token: Any) -> Any:
    """The present value of a token, on which its run depends from now on; any other value as it is."""
    return tracker_of(token).settle(token) if type(token) is Token else token


_ARITHMETIC = (
    "add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "lshift", "rshift", "and_", "or_", "xor",
)  # fmt: skip
_COMPARISONS = ("lt", "le", "gt", "ge", "eq", "ne")
_ALONE: Dict[str, Callable[..., Any]] = {
    "__neg__": operator.neg,
    "__pos__": operator.pos,
    "__abs__": operator.abs,
    "__invert__": operator.invert,
}
_NEED_THE_VALUE: Dict[str, Callable[..., Any]] = {
    "__int__": int,
    "__index__": operator.index,
    "__float__": float,
    "__complex__": complex,
    "__str__": str,
    "__repr__": repr,
    "__format__": format,
    "__hash__": hash,
    "__len__": len,
    "__iter__": iter,
    "__getitem__": operator.getitem,
    "__contains__": operator.contains,
    "__trunc__": int,
}


def _two(function: Callable[..., Any], reflected: bool) -> Callable[..., Any]:
    def operate(self: Any, other: Any, *more: Any) -> Any:
        if type(other) is not Token and type(other) not in PLAIN:
            # A tensor, an array, a list: their own operators know what to do with a number.
            return NotImplemented if _has_operators(other) else _plainly(function, self, other, reflected)
        if more:
            return function(settled(self), settled(other), *more)
        one, two = (other, self) if reflected else (self, other)
        return tracker_of(self).apply(function, one, two)

    return operate


def _has_operators(value: Any) -> bool:
    """Whether an object is a tensor, which answers for itself when a number stands on its left."""
    return hasattr(type(value), "__radd__") and not isinstance(value, (list, tuple))


def _plainly(function: Callable[..., Any], token: Any, other: Any, reflected: bool) -> Any:
    value = settled(token)
    return function(other, value) if reflected else function(value, other)


def _compare(function: Callable[..., Any]) -> Callable[..., Any]:
    def compare(self: Any, other: Any) -> Any:
        if type(other) is not Token and type(other) not in PLAIN:
            return function(settled(self), other)
        return tracker_of(self).compare(function, self, other)

    return compare


def _one(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda self: tracker_of(self).apply(function, self)


def _value(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda self, *more: function(settled(self), *map(settled, more))


def _round(self: Any, digits: Any = None) -> Any:
    return tracker_of(self).apply(round, self, *([] if digits is None else [digits]))


for _name in _ARITHMETIC:
    _function = getattr(operator, _name)
    _short = _name.rstrip("_")
    setattr(Token, "__%s__" % _short, _two(_function, False))
    setattr(Token, "__r%s__" % _short, _two(_function, True))
for _name in _COMPARISONS:
    setattr(Token, "__%s__" % _name, _compare(getattr(operator, _name)))
for _name, _function in _ALONE.items():
    setattr(Token, _name, _one(_function))
for _name, _function in _NEED_THE_VALUE.items():
    setattr(Token, _name, _value(_function))


def _pair(one: Any, other: Any) -> Any:
    return one // other, one % other


_OTHERS: Dict[str, Callable[..., Any]] = {
    "__round__": _round,
    "__floor__": _one(math.floor),
    "__ceil__": _one(math.ceil),
    "__bool__": lambda self: tracker_of(self).truth(self),
    "__divmod__": _pair,
    "__rdivmod__": lambda self, other: _pair(other, self),
}
for _name, _function in _OTHERS.items():
    setattr(Token, _name, _function)


# ------------------------------------------------------------- what Python itself does with numbers


class _Like(type):
    """A type of numbers as a function of tokens; in every other way it is that type."""

    stands_for: type

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        if len(args) == 1 and type(args[0]) is Token and not kwargs:
            return tracker_of(args[0]).apply(cls.stands_for, args[0])
        return cls.stands_for(*args, **kwargs)

    def __getattr__(cls, name: str) -> Any:
        if name == "dtype":
            # What NumPy and TensorFlow ask a class for that they do not know.
            import numpy

            return numpy.dtype(cls.stands_for)
        return getattr(cls.stands_for, name)

    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, cls.stands_for)

    def __subclasscheck__(cls, subclass: Any) -> bool:
        return issubclass(subclass, cls.stands_for)


class _Int(metaclass=_Like):
    """What a target knows as `int` in a tracked run."""

    stands_for = int


class _Float(metaclass=_Like):
    """What a target knows as `float`."""

    stands_for = float


@functools.lru_cache(None)
def _of_numbers(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function of the module `math`, also of tokens."""

    @functools.wraps(function)
    def compute(*args: Any, **kwargs: Any) -> Any:
        tokens = [each for each in args if type(each) is Token]
        if tokens and not kwargs and all(type(each) in (Token, *PLAIN) for each in args):
            return tracker_of(tokens[0]).apply(function, *args)
        return function(*args, **kwargs)

    return compute


class _Math:
    """What a target knows as the module `math`, whose functions compute with numbers and do nothing else."""

    def __getattr__(self, name: str) -> Any:
        value = getattr(math, name)
        return _of_numbers(value) if callable(value) else value


def _in_place_of(value: Any) -> Any:
    """What stands for a value that the user's file imported; None where it stays."""
    if value is math:
        return _MATH
    own = type(value) is types.BuiltinFunctionType and value.__module__ == "math"
    return _of_numbers(value) if own else None


_MATH = _Math()


def meant(value: Any) -> Any:
    """What the user's file has under a name, where a tracked run has something of ours there."""
    if value is _MATH:
        return math
    own = type(value) is types.FunctionType and getattr(value, "__globals__", None) is globals()
    return getattr(value, "__wrapped__", value) if own else value


def _chosen(function: Callable[..., Any]) -> Callable[..., Any]:
    """`max` or `min`, also of tokens."""

    def choose(*args: Any, **kwargs: Any) -> Any:
        given = args if len(args) > 1 or kwargs else tuple(args[0])
        tokens = [each for each in given if type(each) is Token]
        if not tokens or kwargs or not all(type(each) in (Token, *PLAIN) for each in given):
            return function(*args, **kwargs) if len(args) > 1 or kwargs else function(given)
        return tracker_of(tokens[0]).apply(lambda *values: function(values), *given)

    return choose


def _attribute(value: Any, name: Any, *default: Any) -> Any:
    """`getattr`; what a module has under one of several names is a choice among them."""
    if type(name) is Token and type(value) is types.ModuleType:
        return tracker_of(name).chosen(lambda each: getattr(value, each, *default), name)
    return getattr(value, settled(name), *default)


_SHADOWS: Dict[str, Any] = {
    "int": _Int,
    "float": _Float,
    "max": _chosen(max),
    "min": _chosen(min),
    "print": lambda *args, **kwargs: None,
    "callable": lambda value: callable(settled(value)),
    "getattr": _attribute,
    "hasattr": lambda value, name: hasattr(value, settled(name)),
}


_IDENTITIES = frozenset(map(id, _SHADOWS.values()))


def shadows(value: Any) -> bool:
    """Whether a value stands for a built-in function in a tracked run."""
    return id(value) in _IDENTITIES


def namespaces(function: Any, paths: Iterable[str]) -> List[Dict[str, Any]]:
    """The global names of a target, of the class that it belongs to, and of the modules of some files."""
    owner = None
    while isinstance(function, types.MethodType):
        owner, function = function.__self__, function.__func__
    wanted = frozenset(paths)
    found = [getattr(function, "__globals__", {})]
    for cls in type(owner).__mro__:
        # Keras Tuner wraps the `build` of a HyperModel.
        methods = [each for each in vars(cls).values() if isinstance(each, types.FunctionType)]
        found += [each.__globals__ for each in methods if each.__code__.co_filename in wanted]
    found += [vars(each) for each in since.modules() if getattr(each, "__file__", None) in wanted]
    return list({id(each): each for each in found}.values())


@contextlib.contextmanager
def shadowed(spaces: Iterable[Dict[str, Any]], more: Mapping[str, Any]) -> Iterator[None]:
    """Lets the user's files know `int`, `max`, `min` and what they have of `math` as functions that keep tokens, `print`
    as one that prints nothing, and `more`: as global names, since a function keeps the built-in ones that it was made
    with."""
    ours = {**_SHADOWS, **more}
    changed = []
    for names in spaces:
        made = {name: value for name, value in ours.items() if name not in names}
        for name, value in list(names.items()):
            other = _in_place_of(value)
            if other is not None:
                made[name] = other
        changed.append((names, made, {name: names[name] for name in made if name in names}))
        names.update(made)
    try:
        yield
    finally:
        for names, made, before in changed:
            for name, value in made.items():
                if names.get(name) is not value:
                    continue
                if name in before:
                    names[name] = before[name]
                else:
                    del names[name]


_BLIND = re.compile(
    r"(?<![\w.])(?:type|id)\s*\(|\.__class__\s*(?:==|!=|is\b|in\b)|\bis\s+(?:not\s+)?(?:True|False)\b"
)


def can_be_fooled(text: str) -> bool:
    """Whether code may ask what a value is in a way that no token can answer: by its very type or identity."""
    return _BLIND.search(text) is not None


def mapped(value: Any, change: Callable[[Any], Any]) -> Any:
    """A structure of lists, tuples, dictionaries and slices with its leaves changed; itself where none is."""
    kind = type(value)
    if kind in (list, tuple):
        made = [mapped(each, change) for each in value]
        return value if all(a is b for a, b in zip(made, value)) else kind(made)
    if kind is dict:
        changed = {mapped(name, change): mapped(each, change) for name, each in value.items()}
        return value if all(a is b for a, b in zip(changed.values(), value.values())) else changed
    if kind is slice:
        return slice(*mapped((value.start, value.stop, value.step), change))
    return change(value)


def leaves(value: Any) -> Iterator[Any]:
    """What lists, tuples, dictionaries and slices hold in the end, as `mapped` changes it; by their very types, as nobody
    is asked what a value is."""
    kind = type(value)
    if kind in (list, tuple):
        for each in value:
            yield from leaves(each)
    elif kind is dict:
        yield from leaves(list(value.values()))
    elif kind is slice:
        yield from leaves((value.start, value.stop, value.step))
    else:
        yield value


def some_of(count: int, present: Optional[int], most: int) -> List[int]:
    """Up to about `most` places of a domain: its start, which shows divisibility, its end, and some in between."""
    if count <= most:
        return list(range(count))
    third = max(1, most // 3)
    places = {*range(third), *range(count - third, count), *([] if present is None else [present])}
    places |= {i * (count - 1) // third for i in range(third)}
    return sorted(places)
