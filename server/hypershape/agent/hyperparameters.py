"""The search space, read from Keras Tuner itself while the target runs.

Every rule of Keras Tuner (the first declaration of a name wins, names met inside a trial take their defaults,
inactive conditional hyperparameters give None) is left to Keras Tuner's own `HyperParameters`; this module only
records what the target declares and reads.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import inspect
import math
import sys
import types
from collections import defaultdict
from typing import Any, Callable, Dict, Iterator, List, Mapping, Optional, Tuple

import keras_tuner

from . import origins, private
from .positions import Positions, Span
from .standins import StandIn

LISTED = 10_000
"""A domain with more values than this is counted instead of listed."""

SHOWN = 1_000
"""A signature of more characters is cut: it travels with every report."""


class RecordingHyperParameters(keras_tuner.HyperParameters):  # type: ignore[misc]
    """What one probe hands to the target: Keras Tuner's container, which writes down what is read.

    User code may hang attributes of its own on it; ours have names that nobody else gives.
    """

    def __init__(self, positions: Optional[Positions] = None) -> None:
        super().__init__()
        self._positions = positions
        self.hypershape_read: Dict[str, Any] = {}
        self.hypershape_declarations: List[Dict[str, Any]] = []
        self.hypershape_spans: Dict[int, Optional[Span]] = {}

    def _retrieve(self, hp: Any) -> Any:
        span = self._place()
        known = len(self._space)
        value = super()._retrieve(hp)
        if len(self._space) > known:
            self.hypershape_spans[id(self._space[-1])] = span
        self.hypershape_declarations.append(
            {"name": hp.name, "kind": type(hp).__name__, "signature": signature(hp), "span": span}
        )
        self._note(hp.name, value)
        return value

    def get(self, name: str) -> Any:
        value = super().get(name)
        self._note(self._get_name(name), value)
        return value

    def copy(self) -> "RecordingHyperParameters":
        """A container with its own space that still records here (`HyperModel(tunable=False)` runs on a copy)."""
        twin = RecordingHyperParameters(self._positions)
        twin._hps = defaultdict(list, {name: list(hps) for name, hps in self._hps.items()})
        twin._space = list(self._space)
        twin.values = dict(self.values)
        twin.hypershape_read, twin.hypershape_declarations = (
            self.hypershape_read,
            self.hypershape_declarations,
        )
        return twin

    def _note(self, name: str, value: Any) -> None:
        if value is not None and name not in self.hypershape_read:
            self.hypershape_read[name] = _json(value)

    def _place(self) -> Optional[Span]:
        if self._positions is None:
            return None
        frame = self._positions.innermost(sys._getframe(2))
        return None if frame is None else self._positions.of_frame(frame)


def _assuming(name: str) -> Callable[..., Any]:
    """A method that declares, also where what it is given is not at hand.

    An option that is not known is left out. Of values that are not known one is what the code does with it, and a number
    between bounds is the bound that is known, or one half, which a rate and a share can be.
    """
    method = getattr(keras_tuner.HyperParameters, name)
    parameters = inspect.signature(method)
    optional = {each.name for each in parameters.parameters.values() if each.default is not each.empty}

    def declare(self: Any, *args: Any, **kwargs: Any) -> Any:
        if not any(type(each) is StandIn for each in (*args, *kwargs.values())):
            return method(self, *args, **kwargs)
        try:
            bound = parameters.bind(self, *args, **kwargs)
        except TypeError:
            return method(self, *args, **kwargs)
        given = bound.arguments
        unknown = {key: each for key, each in given.items() if type(each) is StandIn}
        for key in optional & set(unknown):
            unknown[key].left_out()
            del given[key], unknown[key]
        value = next((unknown[key] for key in ("values", "value") if key in unknown), None)
        if value is not None and type(given["name"]) is str:
            self.values[self._get_name(given["name"])] = value.one_of()
            return self.values[self._get_name(given["name"])]
        ends = {"min_value", "max_value"} & set(unknown)
        if name == "Float" and ends:
            (*known,) = (given[key] for key in ("min_value", "max_value") if key in given and key not in ends)
            for key in ends:
                given[key] = unknown[key].taken_for(known[0] if known else 0.5)
        return method(*bound.args, **bound.kwargs)

    return declare


for _method in ("Int", "Float", "Choice", "Boolean", "Fixed"):
    setattr(RecordingHyperParameters, _method, _assuming(_method))


class TrackedHyperParameters(RecordingHyperParameters):
    """The same container with values that carry their origin.

    Which hyperparameters are active is decided by the values of others: whoever reads one depends on them.
    """

    def __init__(self, positions: Optional[Positions], tracker: origins.Tracker, domains: "Domains") -> None:
        super().__init__(positions)
        self._tracker = tracker
        self._domains = domains

    def _retrieve(self, hp: Any) -> Any:
        self._tracker.depend(condition.name for condition in hp.conditions)
        return self._tracked(hp.name, super()._retrieve(hp))

    def get(self, name: str) -> Any:
        name = origins.settled(name)
        full = self._get_name(name)
        for hp in self._hps.get(full, ()):
            self._tracker.depend(condition.name for condition in hp.conditions)
        return self._tracked(full, super().get(name))

    def _tracked(self, name: str, value: Any) -> Any:
        if value is None:
            return None
        self._tracker.reads(name)
        hp = next((each for each in self._hps[name] if self.is_active(each)), None)
        domain = None if hp is None else self._domains.of(hp)
        if domain is None:
            self._tracker.depend([name])
            return value
        return self._tracker.meet(name, value, *domain)

    @contextlib.contextmanager
    def conditional_scope(self, parent_name: str, parent_values: Any) -> Iterator[None]:
        self._tracker.depend([self._get_name(origins.settled(parent_name))])
        with super().conditional_scope(*self._tracker.settle_deeply((parent_name, parent_values))):
            yield

    @contextlib.contextmanager
    def aside(self) -> Iterator[Callable[[], Optional[List[str]]]]:
        """What is read meanwhile is taken back: it gives the names that were read first, or None where something was
        declared that no run has met before."""
        read, declared, known = len(self.hypershape_read), len(self.hypershape_declarations), len(self._space)
        values = dict.copy(self.values)

        def noted() -> Optional[List[str]]:
            return list(self.hypershape_read)[read:] if len(self._space) == known else None

        try:
            yield noted
        finally:
            for name in list(self.hypershape_read)[read:]:
                del self.hypershape_read[name]
            del self.hypershape_declarations[declared:]
            for hp in self._space[known:]:
                self._hps[hp.name].remove(hp)
                self.hypershape_spans.pop(id(hp), None)
            del self._space[known:]
            dict.clear(self.values)
            dict.update(self.values, values)

    def copy(self) -> RecordingHyperParameters:
        self._tracker.dependable = False
        return super().copy()


def _settling(name: str) -> Callable[..., Any]:
    """A method of the container that takes plain values only."""
    method = getattr(RecordingHyperParameters, name)

    def declare(self: Any, *args: Any, **kwargs: Any) -> Any:
        args, kwargs = self._tracker.settle_deeply((args, kwargs))
        return method(self, *args, **kwargs)

    return declare


for _method in ("Int", "Float", "Choice", "Boolean", "Fixed", "name_scope"):
    setattr(TrackedHyperParameters, _method, _settling(_method))


class WatchedValues(Dict[str, Any]):
    """The values of a tracked container: whoever reads them past the container depends on all of them."""

    tracker: origins.Tracker

    def _read(self) -> None:
        if not str(sys._getframe(2).f_globals.get("__name__", "")).startswith(("keras_tuner.", __name__)):
            self.tracker.dependable = False


def _watched(name: str) -> Callable[..., Any]:
    method = getattr(dict, name)

    def read(self: Any, *args: Any) -> Any:
        self._read()
        return method(self, *args)

    return read


for _method in (
    "__getitem__",
    "__iter__",
    "get",
    "items",
    "keys",
    "values",
    "copy",
    "pop",
    "__contains__",
    "__eq__",
):
    setattr(WatchedValues, _method, _watched(_method))


class Domains:
    """The values that each hyperparameter can take, as tokens need them."""

    def __init__(self) -> None:
        self._found: Dict[int, Tuple[Any, Tuple[List[Any], bool]]] = {}
        self.constant: List[int] = []
        """Identities of hyperparameters that always have their default."""

    def of(self, hp: Any) -> Optional[Tuple[List[Any], bool]]:
        """Values of the domain and whether they are all of it; None where it is one value, or none is finite."""
        if id(hp) in self.constant:
            return None
        if not bounded(hp):
            return None
        found = self._found.get(id(hp))
        if found is None:
            found = self._found[id(hp)] = hp, _some_values(hp)
        return found[1]


def _named_as_keras_tuners() -> None:
    """What Python says of the container speaks of Keras Tuner's class, which is the one that the user knows."""
    for cls in (RecordingHyperParameters, TrackedHyperParameters):
        for each in vars(cls).values():
            if isinstance(each, types.FunctionType):
                each.__qualname__ = f"HyperParameters.{each.__name__}"
        cls.__name__ = cls.__qualname__ = "HyperParameters"


_named_as_keras_tuners()


class Space:
    """The hyperparameters met so far in a job, as a tuner's oracle keeps them: the first declaration wins."""

    def __init__(self, positions: Positions) -> None:
        self._positions = positions
        self._hps: Dict[str, List[Any]] = {}
        self._space: List[Any] = []
        self._spans: Dict[int, Optional[Span]] = {}
        self._unreported: List[Any] = []
        self.closed = False
        """Whether what is learnt from now on keeps its default, as with `tune_new_entries=False`."""
        self._domains = Domains()
        self._constant = self._domains.constant

    def tracked(self, configuration: Mapping[str, Any], tracker: origins.Tracker) -> RecordingHyperParameters:
        """The same as `container`, with values that carry their origin."""
        hp = TrackedHyperParameters(self._positions, tracker, self._domains)
        self._fill(hp, configuration)
        values = WatchedValues(hp.values)
        values.tracker = tracker
        hp.values = values
        return hp

    def container(self, configuration: Mapping[str, Any]) -> RecordingHyperParameters:
        """The hyperparameters of a trial at `configuration`; a name that it leaves out takes its default."""
        hp = RecordingHyperParameters(self._positions)
        self._fill(hp, configuration)
        return hp

    def _fill(self, hp: RecordingHyperParameters, configuration: Mapping[str, Any]) -> None:
        hp._hps = defaultdict(list, {name: list(hps) for name, hps in self._hps.items()})
        hp._space = list(self._space)
        values = {name: value for name, value in configuration.items() if value is not None}
        hp.values = values
        for known in self._space:
            if known.name in values:
                values[known.name] = _as_kind(known, values[known.name])
        for known in self._space:
            if hp.is_active(known):
                values.setdefault(known.name, known.default)
        for name, hps in self._hps.items():
            if name in values and not any(hp.is_active(known) for known in hps):
                del values[name]

    def learn(self, hp: RecordingHyperParameters) -> None:
        """Adds what a probe declared for the first time."""
        for found in hp._space[len(self._space) :]:
            self._space.append(found)
            self._hps.setdefault(found.name, []).append(found)
            self._spans[id(found)] = hp.hypershape_spans.get(id(found))
            self._unreported.append(found)
            if self.closed:
                self._constant.append(id(found))

    def take_new(self) -> List[Dict[str, Any]]:
        """The hyperparameters learnt since the last call, as the fields of a Hyperparameter."""
        found, self._unreported = self._unreported, []
        return [
            (_constant if id(hp) in self._constant else describe)(hp, self._spans[id(hp)]) for hp in found
        ]


def _json(value: Any) -> Any:
    """A value without its numpy type, if it has one."""
    return value.item() if hasattr(value, "item") else value


def _as_kind(hp: Any, value: Any) -> Any:
    """Undoes what JSON does to a value: 1.0 may arrive as 1."""
    if type(hp).__name__ == "Float" and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if type(hp).__name__ == "Choice":
        for choice in hp.values:
            if choice == value and isinstance(choice, bool) == isinstance(value, bool):
                return choice
    return value


def signature(hp: Any) -> str:
    """Kind and range of a hyperparameter as text: equal exactly when both mean the same domain."""
    kind = type(hp).__name__
    if kind in ("Int", "Float"):
        return "%s(%r, %r, step=%r, sampling=%r)" % (kind, hp.min_value, hp.max_value, hp.step, hp.sampling)
    if kind == "Choice":
        return _short("Choice(%r)" % (list(hp.values),))
    if kind == "Fixed":
        return _short("Fixed(%r)" % (hp.value,))
    return "%s()" % kind


def _short(text: str) -> str:
    """A text, or its beginning with what tells it from others of that beginning."""
    if len(text) <= SHOWN:
        return text
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
    return "%s… (%d characters, %s)" % (text[:SHOWN], len(text), digest)


def describe(hp: Any, span: Optional[Span]) -> Dict[str, Any]:
    """The fields of a Hyperparameter: the values are those that a tuner can draw."""
    values, count = drawn(hp)
    kind = type(hp).__name__
    numeric = kind in ("Int", "Float") and bounded(hp)
    return {
        "name": hp.name,
        "kind": kind,
        "default": _json(hp.default),
        "values": values,
        "count": count,
        "min": _json(hp.min_value) if numeric else None,
        "max": _json(hp.max_value) if numeric else None,
        "step": _json(hp.step) if numeric else None,
        "sampling": hp.sampling if numeric else None,
        "conditions": [
            {"name": each.name, "values": [_json(value) for value in each.values]} for each in hp.conditions
        ],
        "span": span,
        "weights": _weights(hp, values),
    }


def _constant(hp: Any, span: Optional[Span]) -> Dict[str, Any]:
    """The fields of a Hyperparameter that always has its default."""
    fields = describe(hp, span)
    fields.update(
        kind="Fixed",
        values=[fields["default"]],
        count=1,
        min=None,
        max=None,
        step=None,
        sampling=None,
        weights=None,
    )
    return fields


def _weights(hp: Any, values: Optional[List[Any]]) -> Optional[List[int]]:
    """How often a Choice lists each of its values; None where each is listed once."""
    if type(hp).__name__ != "Choice" or values is None or len(values) == len(hp.values):
        return None
    listed = [_json(value) for value in hp.values]
    return [listed.count(value) for value in values]


def _some_values(hp: Any) -> Tuple[List[Any], bool]:
    """Values of a hyperparameter as it gives them, and whether they are all that it can give."""
    values, count = drawn(hp)
    if values is not None:
        return values, True
    if count is not None:
        convert = int if type(hp).__name__ == "Int" else float
        places = origins.some_of(count, None, 33)
        if type(hp).__name__ == "Int" and hp.step is None:
            return [hp.min_value + place for place in places], False
        return [convert(hp._get_value_by_index(place)) for place in places], False
    spread = hp.max_value - hp.min_value
    return [hp.min_value + spread * part / 16 for part in range(17)], False


def bounded(hp: Any) -> bool:
    """Whether Keras Tuner draws finite numbers: it multiplies the width of a range, which spoils all where it is infinite.

    A whole number that no float can hold is one that it cannot draw up to either.
    """
    if type(hp).__name__ not in ("Int", "Float"):
        return True
    try:
        width = hp.max_value - hp.min_value
        if hp.sampling in ("log", "reverse_log"):
            width = hp.max_value / hp.min_value
        return math.isfinite(width) and math.isfinite(hp.max_value) and math.isfinite(hp.step or 0)
    except ArithmeticError:
        return False


def drawn(hp: Any) -> Tuple[Optional[List[Any]], Optional[int]]:
    """Every value that `hp.random_sample` can return, those of a range ascending, and how many there are.

    The list is None above `LISTED` values; both are None where the values are not finite in number.
    """
    kind = type(hp).__name__
    if not bounded(hp):
        return None, None
    if kind == "Boolean":
        return [False, True], 2
    if kind == "Int" and hp.step is None:
        # Without a step it cuts a number below `max_value + 1` towards zero, which lets a negative maximum be passed.
        after = hp.max_value + (2 if hp.max_value < 0 else 1)
        count = after - hp.min_value
        return (list(range(hp.min_value, after)) if count <= LISTED else None), count
    if kind == "Float" and hp.step is None:
        return ([hp.min_value], 1) if hp.min_value == hp.max_value else (None, None)
    if kind in ("Int", "Float"):
        if not (private.has(private.COUNT) and hasattr(hp, "_get_n_values")):
            return None, None
        try:
            count = max(0, hp._get_n_values())
        except ArithmeticError:
            return [], 0
        if count > LISTED:
            return None, count
        convert = int if kind == "Int" else float
        values = [convert(hp._get_value_by_index(index)) for index in range(count)]
        if hp.sampling == "reverse_log":
            values.reverse()
    else:
        values = [_json(value) for value in hp.values]
    values = list(dict.fromkeys(values))
    return (values if len(values) <= LISTED else None), len(values)


def is_drawn(hp: Any, value: Any) -> bool:
    """Whether a hyperparameter can have a value, as far as that is known: an edited file may have another space."""
    described = describe(hp, None)
    if described["values"] is not None:
        return value in described["values"]
    least, most = described["min"], described["max"]
    return least is None or most is None or (not isinstance(value, str) and least <= value <= most)


_DECLARING = ("Boolean", "Choice", "Fixed", "Float", "Int")


@contextlib.contextmanager
def within_domains(space: Any) -> Iterator[None]:
    """Lets what a trial itself declares have its default in the place of a value that it cannot have.

    A configuration may hold one for a name that only the training declares, and that an edited file gives another domain.
    """

    def around(real: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(real)
        def declare(*args: Any, **kwargs: Any) -> Any:
            before, value = len(space.space), real(*args, **kwargs)
            made = space.space[-1] if len(space.space) > before else None
            if made is None or value is None or is_drawn(made, value):
                return value
            space.values[made.name] = made.default
            return made.default

        return declare

    for name in _DECLARING:
        setattr(space, name, around(getattr(space, name)))
    try:
        yield
    finally:
        for name in _DECLARING:
            vars(space).pop(name, None)
