"""Branches that meet again: an `if` whose two arms leave the same behind decides nothing that comes later.

`if norm: x = BatchNormalization()(x)` gives a tensor of the same shape and dtype either way. In a tracked run both
arms of such a statement are run aside, where they can be seen to do nothing but bind names to what Keras gives for
plain arguments, or to add layers to a Sequential. If all that they leave behind is alike, at all values that tokens
stand for, the run goes on in its own arm and does not depend on the test; what the other arm refuses is noted as a
relation, which holds wherever the test is otherwise. So a model with such a choice in each of ten blocks is followed
once, not 1,024 times.

A loop that counts its rounds is as many such statements: `for i in range(n)` runs a round, or does nothing.

A hyperparameter that only one arm reads (`if drop: x = Dropout(hp.Float("rate", 0, 0.5))(x)`) is noted as one that is
read apart, with what decides about that, if nothing depends on it and one hyperparameter decides. It may be read in
several such arms; what is read anyway is no longer apart.
"""

from __future__ import annotations

import ast
import contextlib
import itertools
import linecache
import math
import sys
import types
from typing import (
    TYPE_CHECKING,
    Any,
    Callable,
    Dict,
    FrozenSet,
    Iterator,
    List,
    NamedTuple,
    Optional,
    Sequence,
    Set,
    Tuple,
    Union,
)

import keras

from . import origins, purity, rewritten, states, symbols, tracked
from .hyperparameters import TrackedHyperParameters
from .origins import Token

if TYPE_CHECKING:
    from .remembered import Memory

DEEPEST = 3
"""So many forks within each other are run aside."""

MOST_COMPARED = 4_096
"""Of so many combinations at the most it is asked whether a size is the same after either arm."""

_EXPRESSIONS = (
    ast.Name, ast.Constant, ast.Attribute, ast.Call, ast.BinOp, ast.UnaryOp, ast.Tuple, ast.List, ast.Dict,
    ast.Subscript, ast.Slice, ast.keyword, ast.expr_context, ast.operator, ast.unaryop, ast.JoinedStr,
    ast.FormattedValue, ast.IfExp, ast.Compare, ast.BoolOp, ast.cmpop, ast.boolop,
)  # fmt: skip
_BUILTINS = frozenset(("abs", "float", "int", "len", "max", "min", "range"))


class _Fork(NamedTuple):
    """An `if` whose arms do nothing but what can be done aside."""

    arms: Tuple[Any, Any]
    """The code for a test that holds, and for one that does not."""
    loads: Set[str]
    callees: Set[str]
    """Of what is loaded, what is called, or holds what is called."""
    stores: Set[str]
    grown: Set[str]
    """The models that layers are added to."""
    private: Set[str]
    """Of what is stored, what nothing that comes later mentions."""
    asked: Dict[str, Set[str]]
    """What is asked of names: attributes, and "" where a name stands alone."""
    lines: Tuple[int, int] = (0, 0)
    """The first and the last line of the arms."""
    counter: Optional[str] = None
    """The name that a loop gives the number of the round, one of which is the first arm."""


class Joins:
    """The forks of the user's files, and whether those of a run meet again."""

    def __init__(self, memory: "Memory") -> None:
        self._memory = memory
        self._forks: Dict[str, Dict[int, Optional[_Fork]]] = {}
        self._depth = 0
        self.rewritten = rewritten.Rewritten()
        self._ternaries: Dict[str, Dict[int, Optional[_Fork]]] = {}
        self.never_apart: Set[str] = set()
        """Names that all must read or none, as something was seen to depend on them."""

    def meet(self, token: Token) -> bool:
        """Whether it makes no difference for what comes later how the `if` that asks for this truth goes on."""
        memory = self._memory
        frame: Any = sys._getframe(1)
        while frame is not None and frame.f_code.co_filename in _OURS:
            frame = frame.f_back
        if self._depth >= DEEPEST or frame is None or not (memory.active and memory.tracking):
            return False
        if rewritten.is_thunk(frame.f_code):
            # No statement asks, but a part of one.
            return False
        fork = self._fork_at(frame)
        return fork is not None and self._meets(fork, token, frame, {})

    def rounds(self, function: Any, line: int, *args: Any) -> Any:
        """`range(…)` of the loop on a line, which may go on differently for others that a run speaks for."""
        tracker = self._memory.tracks.tracker
        if function is not range or not any(type(each) is Token for each in args):
            return function(*map(origins.settled, args))
        start, stop, step = (0, *args, 1) if len(args) == 1 else (*args, 1)[:3]
        start, step = origins.settled(start), origins.settled(step)
        ends = {*tracker.restricted(stop)[1].values()} if type(stop) is Token else set()
        whole = all(type(each) is int for each in (start, step, *ends))
        if not ends or not whole or step < 1 or not tracker.sampled.isdisjoint(origins.names_of(stop)):
            return range(start, origins.settled(stop), step)
        return self._rounds(line, range(start, max(ends), step), stop, sys._getframe(1))

    def _rounds(self, line: int, numbers: range, stop: Token, frame: Any) -> Iterator[int]:
        """The rounds of this run; each that others may have and this one has not, or the other way round, must come to
        the same as none."""
        tracker = self._memory.tracks.tracker
        fork = self._fork_at(frame, line)
        for number in numbers:
            goes_on = tracker.apply(lambda end, number=number: number < end, stop)
            if type(goes_on) is Token:
                aside = self._depth < DEEPEST and self._memory.active and self._memory.tracking
                if fork is None or not aside or not self._meets(fork, goes_on, frame, {fork.counter: number}):
                    fork = None
                    goes_on = tracker.settle_truth(goes_on)
                else:
                    goes_on = tracker.at(goes_on, {})
            elif not goes_on:
                return
            if goes_on:
                yield number

    # ------------------------------------------------------------------ choices as values

    def either(self, test: Any, yes: Callable[[], Any], no: Callable[[], Any], number: int) -> Any:
        """`yes if test else no`: one value for both where that can be had, whatever the test is."""
        if type(test) is not Token:
            return yes() if test else no()
        tracker = self._memory.tracks.tracker
        known = tracker.apply(bool, test)
        if type(known) is not Token:
            return yes() if known else no()
        frame = sys._getframe(1)
        fork = self._ternary(frame.f_code.co_filename, number)
        if fork is not None and (not fork.callees or self._is_plain(fork, frame)):
            found = self._one_of(known, {True: yes, False: no}, *_reached(fork, frame))
            if found is not None:
                return found[0]
        return yes() if tracker.settle_truth(test) else no()

    def item(self, container: Any, index: Any, fresh: bool) -> Any:
        """`container[index]`; `fresh` tells that nobody else has the container."""
        if type(index) is not Token or type(container) not in (dict, list, tuple):
            return container[index]
        tracker = self._memory.tracks.tracker
        values = {*tracker.restricted(index)[1].values()}
        try:
            ways = {value: container[value] for value in values}
        except (KeyError, IndexError, TypeError):
            return container[tracker.settle(index)]
        if fresh or not any(type(each) is symbols.Layer for each in ways.values()):
            found = self._merged(index, ways)
            if found is not None:
                return found[0]
        return container[tracker.settle(index)]

    def called(self, token: Token, args: Any, kwargs: Any) -> Any:
        """A call of what a token stands for."""
        memory, tracker = self._memory, self._memory.tracks.tracker
        values = list(dict.fromkeys(tracker.restricted(token)[1].values()))
        if memory.active and memory.tracking and tracker.sampled.isdisjoint(origins.names_of(token)):
            if all(map(_is_layer, values)):
                return memory.layer(token, args, kwargs, sys._getframe(2))
            if all(map(_is_optimizer, values)):
                return memory.optimizer(token, args, kwargs)
            plain = all(type(each) is types.FunctionType and self._is_known(each, "") for each in values)
            if plain and all(map(_is_value, (*args, *kwargs.values()))):
                ways = {each: _with(each, args, kwargs) for each in values}
                found = self._one_of(token, ways, [], [args, kwargs])
                if found is not None:
                    return found[0]
        return tracker.settle(token)(*args, **kwargs)

    def _ternary(self, path: str, number: int) -> Optional[_Fork]:
        known = self._ternaries.setdefault(path, {})
        if number not in known:
            reading = _Arms()
            arms = self.rewritten.arms(path, number)
            plain = all(reading._reads(each) for each in arms)
            calls = any(isinstance(each, ast.Call) for arm in arms for each in ast.walk(arm))
            known[number] = None
            if plain:
                known[number] = _Fork(
                    arms,
                    reading.loads,
                    reading.callees if calls else set(),
                    set(),
                    set(),
                    set(),
                    reading.asked,
                )
        return known[number]

    def _one_of(
        self,
        choice: Token,
        ways: Dict[Any, Callable[[], Any]],
        containers: List[TrackedHyperParameters],
        values: List[Any],
    ) -> Optional[Tuple[Any]]:
        """What the present way gives, standing for what all of them give; None, and nothing has happened, where one of
        them does something else."""
        memory, tracker = self._memory, self._memory.tracks.tracker
        if self._depth >= DEEPEST or not (memory.active and memory.tracking):
            return None
        present = tracker.at(choice, {})
        self._depth += 1
        try:
            left = {way: self._aside(_valued(run), containers, values) for way, run in ways.items()}
        finally:
            self._depth -= 1
        own = left[present]
        if own is None or None in left.values():
            return None
        names, table = tracker.restricted(choice)
        places = {way: {key for key, value in table.items() if value == way} for way in ways}
        reading = self._read_by(
            names, [(places[way], each) for way, each in left.items() if each is not None]
        )
        if reading is None:
            return None
        relations = []
        for way, each in left.items():
            assert each is not None
            where = names, places[way]
            relations += [self._conditional(where, some) for some in each.relations if way != present]
        found = {way: each.left["value"] for way, each in left.items() if each is not None}
        if None in relations or self._merged(choice, found) is None or not self._can_be_told(reading):
            return None
        self._depth += 1
        try:
            with tracker.within():
                value = ways[present]()
        finally:
            self._depth -= 1
        merged = self._merged(choice, {**found, present: value})
        if merged is None:
            # It was read for good.
            for name in own.reading.log:
                tracker.reads(name)
            return None
        self._note_reading(names, reading)
        for relation in relations:
            assert relation is not None
            tracker.relate(*relation)  # type: ignore[attr-defined]
        tracker.optional += own.parameters
        others = [each.names for each in left.values() if each is not None]
        prefixes = {prefix for each in others for prefix in each}
        tracker.shifted |= {each for each in prefixes if len({some.get(each) for some in others}) > 1}
        return merged

    def _aside(
        self, run: Callable[[], Dict[str, Any]], containers: List[TrackedHyperParameters], values: List[Any]
    ) -> Optional["_Left"]:
        """What something leaves behind by itself; None where it fails, only a step tells what it comes to, or it changes
        one of some values, which gets back what it held."""
        memory, tracker = self._memory, self._memory.tracks.tracker
        forced = set(tracker.forced)
        with contextlib.ExitStack() as stack:
            happened, noted = stack.enter_context(memory.aside()), stack.enter_context(tracker.aside())
            declared = [stack.enter_context(each.aside()) for each in containers]
            try:
                with _unchanged(values):
                    left = run()
            except (Exception, symbols.Stop, symbols.Unknown):
                return None
            calls, relations, read = happened(), noted(), [each() for each in declared]
            pinned, reading = tracker.forced - forced, tracker.reading
        if calls is None or relations is None or None in read:
            return None
        return _Left(left, *calls, relations, read, pinned, reading)

    def _read_by(
        self, names: Tuple[str, ...], ways: List[Tuple[Set[Tuple[int, ...]], "_Left"]]
    ) -> Optional[Dict[str, Set[int]]]:
        """For each name that is read somewhere the places of what decides with which it is, none for those that all
        read; None where that cannot be told, or where something depends on a name that only some read."""
        tracker = self._memory.tracks.tracker
        outside = [tracker.reading, *tracker.outer]
        told = self._told_before(names, ways, outside)
        found: Dict[str, Set[Tuple[int, ...]]] = {}
        for places, left in ways:
            for name in left.reading.always - told:
                found.setdefault(name, set()).update(places)
            for name, tests in left.reading.apart.items():
                if name in told:
                    continue
                if (*tests,) != names:
                    return None
                found.setdefault(name, set()).update(
                    (place,) for place in tests[names[0]] if (place,) in places
                )
        whole = set().union(*(places for places, _ in ways))
        apart = {name for name, some in found.items() if some != whole}
        reads = [[[n for n in some if n not in apart | told] for some in left.read] for _, left in ways]
        if any(each != reads[0] for each in reads):
            return None
        if apart:
            decided = {name for each in outside for name in each.apart}
            plain = len(names) == 1 and not names[0].startswith("#") and tracker.sampled.isdisjoint(names)
            if not plain or names[0] in {*apart, *decided} or not apart.isdisjoint(self.never_apart):
                return None
            for _, left in ways:
                bound = left.pinned.union(*(relation[0] for relation in left.relations))
                if not apart.isdisjoint(bound):
                    return None
        return {name: {place for (place,) in found[name]} if name in apart else set() for name in found}

    def _told_before(
        self, names: Tuple[str, ...], ways: List[Tuple[Set[Tuple[int, ...]], "_Left"]], outside: Any
    ) -> Set[str]:
        """The names that are read here no more than is known already: by all, or wherever an earlier branch read them."""
        read: Dict[str, List[Dict[str, Set[int]]]] = {}
        for places, left in ways:
            for name in left.reading.always:
                tests = {names[0]: {place for (place,) in places}} if len(names) == 1 else {"": {0}}
                read.setdefault(name, []).append(tests)
            for name, tests in left.reading.apart.items():
                read.setdefault(name, []).append(tests)
        return {
            name
            for name, each in read.items()
            if any(name in reading.always for reading in outside)
            or all(any(_says(reading.apart.get(name, {}), tests) for reading in outside) for tests in each)
        }

    def _can_be_told(self, reading: Dict[str, Set[int]]) -> bool:
        """Whether this run can tell which names are read apart; else one that notes relations can."""
        tracker = self._memory.tracks.tracker
        if any(reading.values()) and not tracker.relates:
            tracker.wants_relations = True
            return False
        return True

    def _note_reading(self, names: Tuple[str, ...], reading: Dict[str, Set[int]]) -> None:
        here = self._memory.tracks.tracker.reading
        for name, places in reading.items():
            if not places:
                here.add(name)
            elif name not in here.always:
                here.apart.setdefault(name, {}).setdefault(names[0], set()).update(places)

    def _merged(self, choice: Token, ways: Dict[Any, Any]) -> Optional[Tuple[Any]]:
        """A value that stands for each of some where the choice is that."""
        tracker = self._memory.tracks.tracker
        own = ways[tracker.at(choice, {})]
        values, kind = list(ways.values()), type(own)
        if all(each is own for each in values):
            return (own,)
        if all(type(each) is Token or origins.is_constant(each) for each in values):
            return tracker.merged(choice, ways)
        if any(type(each) is not kind for each in values):
            return None
        if kind is symbols.Optimizer:
            # Which of Keras's optimizers takes a step changes no shape, and a step is all that it takes.
            return (own,)
        if kind is symbols.Tensor:
            return self._merged_tensor(choice, ways)
        if kind is symbols.Layer:
            return self._merged_layer(choice, ways)
        held = [part for each in values for part in each] if kind in (list, tuple) else []
        if any(type(each) is symbols.Layer for each in held):
            return None
        if kind in (list, tuple) and len({len(each) for each in values}) == 1:
            parts = [
                self._merged(choice, {way: each[i] for way, each in ways.items()}) for i in range(len(own))
            ]
            return None if None in parts else (kind([part[0] for part in parts if part is not None]),)
        return None

    def _merged_tensor(self, choice: Token, ways: Dict[Any, Any]) -> Optional[Tuple[Any]]:
        tracker, own = self._memory.tracks.tracker, ways[self._memory.tracks.tracker.at(choice, {})]
        if len({frozenset(_sources(each)) for each in ways.values()}) > 1:
            return None
        split = {way: tracked.split(each.varied or each.spec) for way, each in ways.items()}
        if len({form for form, _ in split.values()}) > 1:
            return None
        sizes = []
        for i, size in enumerate(split[tracker.at(choice, {})][1]):
            each = {way: sizes_of[i] for way, (_, sizes_of) in split.items()}
            same = all(other is size or (type(other) is int and other == size) for other in each.values())
            made = (size,) if same else tracker.merged(choice, each)
            if made is None:
                return None
            sizes.append(size if same else tracker.few(tracker.projected(made[0])))
        if not any(type(size) is Token for size in sizes):
            return (own,)
        varied = tracked.joined(split[tracker.at(choice, {})][0][0], iter(sizes))
        return (symbols.Tensor(self._memory, own.spec, own.layer, (own,), varied),)

    def _merged_layer(self, choice: Token, ways: Dict[Any, Any]) -> Optional[Tuple[Any]]:
        """A layer that nobody has called is what it is made of."""
        for each in ways.values():
            kind = each.kind
            if kind.own or kind.maker is not kind.cls or kind.refuses is not None or each.extra:
                return None
            if kind.named is not None or each.first is not None or each.told is not None or each.owned:
                return None
        own = ways[self._memory.tracks.tracker.at(choice, {})]
        made_of = {way: each.varied or (each.kind.cls, *each.kind.arguments) for way, each in ways.items()}
        own.varied = tracked.CHOICE, (choice, made_of), {}
        return (own,)

    # ------------------------------------------------------------------ what the text says

    def _fork_at(self, frame: Any, line: int = 0) -> Optional[_Fork]:
        path = frame.f_code.co_filename
        if not self._memory.positions.holds(path):
            return None
        if path not in self._forks:
            self._forks[path] = _forks(path, self.rewritten)
        return self._forks[path].get(line or frame.f_lineno)

    def _is_plain(self, fork: _Fork, frame: Any) -> bool:
        """Whether what the arms read is seen through, and nothing in it can be changed by them."""
        for name in fork.loads - {fork.counter}:
            value = _found(name, frame)
            if name in fork.grown:
                if type(value) is not symbols.Sequential or value.tensor is None:
                    return False
            elif type(value) is TrackedHyperParameters:
                # By itself it can only be handed to what is seen through.
                if not fork.asked.get(name, set()) <= {*_DECLARING, ""}:
                    return False
            elif name in fork.callees:
                if not self._is_known(value, name):
                    return False
            elif value is not None or name in frame.f_locals or name in frame.f_globals:
                if not (_is_value(value) or self._is_known(value, name)):
                    return False
            elif name not in fork.stores:
                return False
        return True

    def _is_known(self, value: Any, name: str) -> bool:
        """Whether what is called gives the same for the same arguments, and changes none of them."""
        value = origins.meant(value)
        if value is math or getattr(value, "__module__", None) == "math":
            return True
        if (
            isinstance(value, types.BuiltinFunctionType)
            or value is int
            or value is float
            or value is range
            or origins.shadows(value)
        ):
            return name in _BUILTINS
        home = value.__name__ if type(value) is types.ModuleType else getattr(value, "__module__", None)
        if type(home) is str and home.partition(".")[0] == "keras":
            return isinstance(value, (type, types.ModuleType, types.FunctionType))
        if type(value) is types.ModuleType:
            return type(home) is str and (home.startswith("tensorflow") or ".keras" in home)
        own_layer = isinstance(value, type) and issubclass(value, keras.layers.Layer)
        if type(value) is not types.FunctionType and not own_layer:
            return False
        try:
            self._memory.pure_keys.of(value)
        except purity.Impure:
            return False
        return True

    # ------------------------------------------------------------------ what a run shows

    def _meets(self, fork: _Fork, token: Token, frame: Any, bound: Dict[Any, Any]) -> bool:
        """Whether both arms of a fork come to the same, in which some names are bound."""
        if not self._is_plain(fork, frame):
            return False
        self._depth += 1
        try:
            return self._meet(fork, token, frame, bound)
        finally:
            self._depth -= 1

    def _meet(self, fork: _Fork, token: Token, frame: Any, bound: Dict[Any, Any]) -> bool:
        tracker = self._memory.tracks.tracker
        holds = bool(tracker.at(token, {}))
        names, table = tracker.restricted(token)
        if not tracker.sampled.isdisjoint(names):
            # Nothing is known of the values between those that are listed.
            return False
        otherwise = names, {key for key, value in table.items() if bool(value) != holds}
        own = self._arm(fork, holds, frame, bound)
        other = None if own is None else self._arm(fork, not holds, frame, bound)
        if own is None or other is None:
            return False
        reading = self._read_by(names, [({*table} - otherwise[1], own), (otherwise[1], other)])
        if reading is None or (any(reading.values()) and self._is_in_arm(frame)):
            return False
        for name in sorted((fork.stores - fork.private) | fork.grown):
            if name in own.left and name in other.left:
                if not self._are_alike(own.left[name], other.left[name], otherwise):
                    return False
            elif name in own.left or name in other.left:
                return False
        conditional = [self._conditional(otherwise, relation) for relation in other.relations]
        if None in conditional:
            return False
        if not self._can_be_told(reading):
            return False
        for each in conditional:
            assert each is not None
            tracker.relate(*each)  # type: ignore[attr-defined]
        tracker.optional += own.parameters
        prefixes = {*own.names, *other.names}
        tracker.shifted |= {each for each in prefixes if own.names.get(each) != other.names.get(each)}
        self._note_reading(names, reading)
        if not self._is_in_arm(frame):
            tracker.reading.expected = list(own.reading.log)
            tracker.arms.append((frame, *fork.lines))
        return True

    def _is_in_arm(self, frame: Any) -> bool:
        """Whether a frame is at work in an arm that was run aside, where what this one reads was accounted for."""
        arms = self._memory.tracks.tracker.arms
        while frame is not None:
            if any(frame is each and first <= frame.f_lineno <= last for each, first, last in arms):
                return True
            frame = frame.f_back
        return False

    def _arm(self, fork: _Fork, holds: bool, frame: Any, bound: Dict[Any, Any]) -> Optional["_Left"]:
        """What one arm leaves behind."""
        # One space, as functions that are made in it see no other.
        space = {**frame.f_globals, **frame.f_locals, **bound}
        for name in fork.grown:
            space[name] = _found(name, frame).twin()

        def run() -> Dict[str, Any]:
            exec(fork.arms[0 if holds else 1], space)
            return {name: space[name] for name in fork.stores | fork.grown if name in space}

        return self._aside(run, *_reached(fork, frame))

    def _conditional(self, otherwise: "_Where", relation: Any) -> Optional[Any]:
        """A relation that holds where the test is otherwise than in this run."""
        tracker = self._memory.tracks.tracker
        along = tuple(sorted({*otherwise[0], *relation[0]}))
        if tracker.sizes(along) > states.MOST_RELATED:
            return None
        tested, others = ([along.index(name) for name in some] for some in (otherwise[0], relation[0]))
        keys = frozenset(
            key
            for key in itertools.product(*map(tracker.places, along))
            if tuple([key[i] for i in tested]) not in otherwise[1]
            or tuple([key[i] for i in others]) in relation[1]
        )
        return along, keys

    def _are_alike(self, own: Any, other: Any, otherwise: "_Where") -> bool:
        """Whether what this run goes on with stands for what the other arm gives, wherever that is run."""
        kind = type(own)
        if own is other:
            return True
        if kind is symbols.Optimizer and type(other) is kind:
            # Which of Keras's optimizers takes a step changes no shape, and a step is all that it takes.
            return True
        if kind is symbols.Sequential and type(other) is kind:
            begun = own.start is other.start and bool(own.stack) and bool(other.stack)
            return begun and self._are_alike(own.tensor, other.tensor, otherwise)
        if kind is symbols.Tensor and type(other) is kind:
            same = self._are_alike(own.varied or own.spec, other.varied or other.spec, otherwise)
            return same and _sources(own) == _sources(other)
        if kind in (list, tuple) and type(other) is kind:
            pairs = zip(own, other)
            return len(own) == len(other) and all(self._are_alike(*pair, otherwise) for pair in pairs)
        if Token in (kind, type(other)):
            return self._are_equal((own, other), otherwise)
        return kind in origins.PLAIN and type(other) is kind and bool(own == other)

    def _are_equal(self, values: Tuple[Any, Any], otherwise: "_Where") -> bool:
        tracker = self._memory.tracks.tracker
        parts: List[Tuple[Tuple[str, ...], Dict[Tuple[int, ...], Any]]] = [
            tracker.restricted(each) if type(each) is Token else ((), {(): each}) for each in values
        ]
        names = sorted({*otherwise[0], *parts[0][0], *parts[1][0]})
        if not tracker.sampled.isdisjoint(names):
            return parts[0][0] == parts[1][0] and parts[0][1] == parts[1][1]
        if tracker.sizes(names) > MOST_COMPARED:
            return False
        for here in tracker.all(names):
            if tuple([here[n] for n in otherwise[0]]) in otherwise[1]:
                found = [table.get(tuple([here[n] for n in each]), _NOWHERE) for each, table in parts]
                # Where a call refuses something, a size has no value, and the relation of that call does not hold.
                if _NOWHERE not in found and (type(found[0]) is not type(found[1]) or found[0] != found[1]):
                    return False
        return True


_Statement = Union[ast.If, ast.For]

_Where = Tuple[Tuple[str, ...], Set[Tuple[int, ...]]]
"""Where a test is otherwise: names, and the places of their values."""


class _Left(NamedTuple):
    """What an arm leaves behind, the parameters of its layers, the names given away by then, where it does so, and the
    hyperparameters that it was the first to read."""

    left: Dict[str, Any]
    parameters: int
    names: Dict[str, int]
    relations: List[Any]
    read: List[Any]
    pinned: Set[str]
    """Names of which it depends on the very value."""
    reading: origins.Reading


def _says(known: Dict[str, Set[int]], tests: Dict[str, Set[int]]) -> bool:
    """Whether it is known that a name is read wherever some tests say."""
    return all(places <= known.get(name, set()) for name, places in tests.items())


_NOWHERE = object()
_DECLARING = frozenset(("Boolean", "Choice", "Fixed", "Float", "Int", "get"))
_OURS = frozenset(each.__code__.co_filename for each in (Joins.meet, origins.Tracker.truth))
"""Where a question may pass through between the user's code and `Joins`: nothing else of it is under way then."""


def _is_layer(value: Any) -> bool:
    own = isinstance(value, type) and value.__module__.startswith("keras.src.layers.")
    return own and issubclass(value, keras.layers.Layer) and value is not keras.layers.InputLayer


def _is_optimizer(value: Any) -> bool:
    own = isinstance(value, type) and value.__module__.startswith("keras.src.optimizers.")
    return own and issubclass(value, keras.optimizers.Optimizer)


def _valued(run: Callable[[], Any]) -> Callable[[], Dict[str, Any]]:
    """What gives a value, as something that leaves it behind; it fails for a layer that was made before, and may be
    called besides."""

    def left() -> Dict[str, Any]:
        value = run()
        if type(value) is symbols.Layer and run() is value:
            raise LookupError("a layer that others may have")
        return {"value": value}

    return left


def _with(function: Any, args: Any, kwargs: Any) -> Callable[[], Any]:
    return lambda: function(*args, **kwargs)


def _reached(fork: _Fork, frame: Any) -> Tuple[List[TrackedHyperParameters], List[Any]]:
    """The containers of hyperparameters that the arms of a fork read, and all other values."""
    found = {id(each): each for each in (_found(name, frame) for name in fork.loads)}
    containers = [each for each in found.values() if type(each) is TrackedHyperParameters]
    return containers, [each for each in found.values() if type(each) is not TrackedHyperParameters]


@contextlib.contextmanager
def _unchanged(values: List[Any]) -> Iterator[None]:
    """Gives lists back what they held, and raises LookupError where that has changed meanwhile."""
    held: List[Tuple[List[Any], List[Any]]] = []
    waiting = list(values)
    while waiting:
        value = waiting.pop()
        if type(value) is list and not any(each is value for each, _ in held):
            held.append((value, list(value)))
        if type(value) in (list, tuple):
            waiting += value
        elif type(value) is dict:
            waiting += value.values()
    try:
        yield
    finally:
        changed = [each for each in held if list(map(id, each[0])) != list(map(id, each[1]))]
        for value, before in changed:
            value[:] = before
    if changed:
        raise LookupError("a list was changed that others may have")


def _found(name: str, frame: Any) -> Any:
    for names in (frame.f_locals, frame.f_globals, frame.f_builtins):
        if name in names:
            return names[name]
    return None


def _is_value(value: Any) -> bool:
    if type(value) in (list, tuple):
        return all(map(_is_value, value))
    return type(value) in (symbols.Tensor, Token, *origins.PLAIN)


def _sources(tensor: Any) -> Set[int]:
    """The tensors that a tensor was made of in the end: a model that leaves one of its inputs out is none."""
    found, seen, waiting = set(), set(), [tensor]
    while waiting:
        each = waiting.pop()
        if id(each) not in seen:
            seen.add(id(each))
            waiting += each.parents
            if not each.parents:
                found.add(id(each))
    return found


# ---------------------------------------------------------------------- reading the text


def _forks(path: str, other: rewritten.Rewritten) -> Dict[int, Optional[_Fork]]:
    """By the lines of their tests the forks of a file; None where more than one test, or anything else, is on a line."""
    try:
        tree = ast.parse("".join(linecache.getlines(path)))
    except SyntaxError:
        return {}
    found: Dict[int, Optional[_Fork]] = {}
    for function in ast.walk(tree):
        if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
            for node in _statements(function):
                fork = _fork(node, function, path, other.statement(node, path) or node)
                for line in range(node.lineno, _ends(node) + 1):
                    found[line] = None if line in found else fork
    return found


def _statements(function: ast.AST) -> Iterator["_Statement"]:
    """The `if` statements of a function and the loops that count, but for those of functions in it."""
    for child in ast.iter_child_nodes(function):
        if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            continue
        if isinstance(child, ast.If) or (isinstance(child, ast.For) and rewritten.counts(child)):
            yield child
        yield from _statements(child)


def _fork(node: "_Statement", function: ast.AST, path: str, other: Any) -> Optional[_Fork]:
    """What is known of a statement, the arms of which are run as `other` has them."""
    reading = _Arms()
    counter: Optional[str] = None
    carried: Set[str] = set()
    if node.body[0].lineno <= _ends(node):
        return None
    if isinstance(node, ast.If):
        if not _is_test(node.test):
            return None
    elif isinstance(node.target, ast.Name) and not node.orelse:
        counter, carried = node.target.id, _carried(node.body)
    else:
        return None
    if not all(map(reading.take, (*node.body, *node.orelse))):
        return None
    arms = [
        compile(ast.Module(body=body or [_nothing(node)], type_ignores=[]), path, "exec")
        for body in (other.body, other.orelse)
    ]
    later = _mentioned_later(node, function)
    if counter in later | reading.stores:
        return None
    private = reading.stores - later - carried
    return _Fork(
        (arms[0], arms[1]),
        reading.loads,
        reading.callees,
        reading.stores,
        reading.grown,
        private,
        reading.asked,
        (node.body[0].lineno, node.end_lineno or node.lineno),
        counter,
    )


def _asked(node: "_Statement") -> ast.expr:
    """What a statement asks before it goes on: a test, or how many rounds there are."""
    return node.test if isinstance(node, ast.If) else node.iter


def _ends(node: "_Statement") -> int:
    """The last line of that."""
    return _asked(node).end_lineno or node.lineno


def _carried(body: Sequence[ast.stmt], bound: FrozenSet[str] = frozenset()) -> Set[str]:
    """The names that a round of a loop may read as an earlier one left them: all but those that it binds first."""
    found: Set[str] = set()
    for each in body:
        if isinstance(each, ast.For):
            found |= _names(each.iter) - bound
            found |= _carried(each.body, bound | _names(each.target, ast.Store))
        elif isinstance(each, ast.If):
            found |= _names(each.test) - bound
            found |= _carried(each.body, bound) | _carried(each.orelse, bound)
        elif isinstance(each, ast.Assign):
            found |= _names(each.value) - bound
            bound = bound.union(*(_names(target, ast.Store) for target in each.targets))
        else:
            found |= {name.id for name in ast.walk(each) if isinstance(name, ast.Name)} - bound
    return found


def _names(node: ast.AST, how: Any = ast.Load) -> Set[str]:
    """The names that a piece of code reads, or binds."""
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name) and isinstance(each.ctx, how)}


def _mentioned_later(node: "_Statement", function: ast.AST) -> Set[str]:
    """The names that may be read after a statement: in lines below, in its loop, or in a function that is made before."""
    loops = [each for each in ast.walk(function) if isinstance(each, (ast.For, ast.While, ast.AsyncFor))]
    repeated = any(each.lineno <= node.lineno <= (each.end_lineno or 0) for each in loops if each is not node)
    inside = {id(each) for each in ast.walk(node)} - {id(each) for each in ast.walk(_asked(node)) if repeated}
    for loop in loops:
        # Where another loop counts with a name, it means what that loop says.
        if isinstance(loop, ast.For) and not any(each is node for each in ast.walk(loop)):
            own = _names(loop.target, ast.Store)
            inside |= {id(each) for each in ast.walk(loop) if isinstance(each, ast.Name) and each.id in own}
            # There it may mean what it meant before: the loop may have had no round.
            inside -= {id(each) for part in (loop.iter, *loop.orelse) for each in ast.walk(part)}
    found: Set[str] = set()
    for each in ast.walk(function):
        if isinstance(each, (ast.Global, ast.Nonlocal)):
            found.update(each.names)
        elif isinstance(each, (ast.FunctionDef, ast.Lambda, ast.ClassDef)) and each is not function:
            found.update(inner.id for inner in ast.walk(each) if isinstance(inner, ast.Name))
        elif isinstance(each, ast.Name) and id(each) not in inside:
            if repeated or each.lineno >= node.lineno:
                found.add(each.id)
    return found


def _nothing(node: ast.stmt) -> ast.stmt:
    return ast.copy_location(ast.Pass(), node)


def _is_test(test: ast.expr) -> bool:
    """Whether a test does nothing else once one of its questions is answered."""
    nodes = list(ast.walk(test))
    if any(isinstance(each, ast.Call) for each in nodes):
        asked = [each for each in nodes if isinstance(each, (ast.Compare, ast.BoolOp))]
        inner = test.operand if isinstance(test, ast.UnaryOp) else test
        if isinstance(inner, ast.Compare):
            return asked == [inner] and len(inner.ops) == 1
        return not asked and isinstance(inner, (ast.Call, ast.Subscript, ast.Attribute))
    return all(isinstance(each, _EXPRESSIONS) for each in nodes)


def _parts(target: ast.expr) -> List[ast.expr]:
    return target.elts if isinstance(target, ast.Tuple) else [target]


class _Arms:
    """Reads the statements of two arms."""

    def __init__(self) -> None:
        self.loads: Set[str] = set()
        self.callees: Set[str] = set()
        self.stores: Set[str] = set()
        self.grown: Set[str] = set()
        self.asked: Dict[str, Set[str]] = {}

    def take(self, statement: ast.stmt) -> bool:
        """Whether a statement binds names to what expressions give, or adds a layer to a model."""
        if isinstance(statement, ast.Pass):
            return True
        if isinstance(statement, ast.Assign):
            targets = [name for each in statement.targets for name in _parts(each)]
            if not all(isinstance(each, ast.Name) for each in targets):
                return False
            self.stores.update(each.id for each in targets if isinstance(each, ast.Name))
            return self._reads(statement.value)
        if isinstance(statement, ast.For) and rewritten.counts(statement) and not statement.orelse:
            if not isinstance(statement.target, ast.Name):
                return False
            self.stores.add(statement.target.id)
            return self._reads(statement.iter) and all(map(self.take, statement.body))
        if isinstance(statement, ast.AugAssign) and isinstance(statement.target, ast.Name):
            self.stores.add(statement.target.id)
            self.loads.add(statement.target.id)
            return self._reads(statement.value)
        if isinstance(statement, ast.If):
            return self._reads(statement.test) and all(map(self.take, (*statement.body, *statement.orelse)))
        return isinstance(statement, ast.Expr) and self._adds(statement.value)

    def _adds(self, value: ast.expr) -> bool:
        if not (isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute)):
            return False
        if value.func.attr != "add" or not isinstance(value.func.value, ast.Name) or value.keywords:
            return False
        self.grown.add(value.func.value.id)
        self.loads.add(value.func.value.id)
        return len(value.args) == 1 and self._reads(value.args[0])

    def _reads(self, value: ast.expr) -> bool:
        attributed: Set[int] = set()
        for each in ast.walk(value):
            if not isinstance(each, _EXPRESSIONS):
                return False
            if isinstance(each, ast.Attribute) and isinstance(each.value, ast.Name):
                self.asked.setdefault(each.value.id, set()).add(each.attr)
                attributed.add(id(each.value))
            if isinstance(each, ast.Name):
                self.loads.add(each.id)
                if id(each) not in attributed:
                    self.asked.setdefault(each.id, set()).add("")
            if isinstance(each, ast.Call) and not self._calls(each):
                return False
        return True

    def _calls(self, call: ast.Call) -> bool:
        """Whether a call is one of something with a name, and gives nothing a name of its own, which may be taken."""
        if any(each.arg in (None, "name") for each in call.keywords):
            return False
        called: Any = call.func
        while isinstance(called, ast.Attribute):
            called = called.value
        if isinstance(called, ast.Name):
            self.callees.add(called.id)
        return isinstance(called, (ast.Name, ast.Call))
