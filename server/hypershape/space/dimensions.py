"""What sizes the outputs of layers: their shapes in each round of a loop, and the hyperparameter behind each axis.

What is said of an axis held in every probed configuration in which the layer was called.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from hypershape.model import Configuration, LayerCall, Report, Shape, Span, Value
from hypershape.space.layers import merge_axis, merge_shapes

_Group: TypeAlias = list[tuple[int | None, Configuration]]

LARGEST_DIVISOR = 8
MINUS = "\N{MINUS SIGN}"

Preferred = Callable[[Span, str], bool]
"""Whether an expression in the text mentions a hyperparameter."""


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis of an output: its sizes over the space, and what decides them.

    `is_named`: every size is the value of the hyperparameter `by`. Else the size depends on the value of `by` and of
    nothing else, and `formula` computes it where it is short. Both are None where that is not known.
    """

    sizes: tuple[int | None, ...]
    by: str | None = None
    is_named: bool = False
    formula: str | None = None

    @property
    def text(self) -> str:
        """`26`, or `20–26`."""
        return merge_axis(set(self.sizes))


@dataclass(frozen=True, slots=True)
class Output:
    """The first output of one layer of one expression, in one round of the loop around it.

    `axes` is empty where shapes differ in their rank; `calls` counts the configurations in which it was called.
    """

    span: Span
    class_name: str
    round: int
    shapes: tuple[Shape, ...]
    axes: tuple[Axis, ...]
    parameters: tuple[int, int]
    calls: int

    @property
    def summary(self) -> str:
        return merge_shapes(self.shapes)


@dataclass
class _Seen:
    """What the probes saw of one output: configurations with the shape in each."""

    shapes: list[Shape] = field(default_factory=list)
    configurations: list[Configuration] = field(default_factory=list)
    parameters: list[int] = field(default_factory=list)


def outputs(reports: Iterable[Report], mentions: Preferred = lambda span, name: False) -> tuple[Output, ...]:
    """Every output, in the order in which the layers are first called; rounds of a loop count from 0.

    Where several hyperparameters may size an axis, the one counts that the expression `mentions`.
    """
    seen: dict[tuple[Span, str, int], _Seen] = {}
    rounds: dict[int, list[tuple[tuple[Span, str, int], LayerCall]]] = {}
    for report in sorted(reports, key=lambda report: -len(report.layers)):
        if id(report.layers) not in rounds:
            rounds[id(report.layers)] = _numbered(report.layers)
        for key, call in rounds[id(report.layers)]:
            own = seen.setdefault(key, _Seen())
            own.shapes.append(call.output_shapes[0])
            own.configurations.append(report.configuration)
            own.parameters.append(call.parameters)
    return tuple(
        Output(
            span,
            class_name,
            number,
            tuple(dict.fromkeys(own.shapes)),
            _axes(own, lambda name, span=span: mentions(span, name)),  # type: ignore[misc]
            (min(own.parameters), max(own.parameters)),
            len(own.shapes),
        )
        for (span, class_name, number), own in seen.items()
    )


def _numbered(calls: Sequence[LayerCall]) -> list[tuple[tuple[Span, str, int], LayerCall]]:
    """The calls from the user's text, each with how many of its expression and class came before."""
    counts: dict[tuple[Span, str], int] = {}
    found = []
    for call in calls:
        if call.span is None or not call.output_shapes:
            continue
        key = call.span, call.class_name
        counts[key] = counts.get(key, -1) + 1
        found.append(((*key, counts[key]), call))
    return found


def _axes(seen: _Seen, mentions: Callable[[str], bool]) -> tuple[Axis, ...]:
    ranks = {len(shape) for shape in seen.shapes}
    if len(ranks) != 1:
        return ()
    columns = zip(*seen.shapes, strict=True)
    return tuple(_axis(sizes, seen.configurations, mentions) for sizes in columns)


def _axis(
    sizes: Sequence[int | None], configurations: Sequence[Configuration], mentions: Callable[[str], bool]
) -> Axis:
    distinct = tuple(dict.fromkeys(sizes))
    if len(distinct) == 1 or None in distinct:
        return Axis(distinct)
    everything = list(zip(sizes, configurations, strict=True))
    groups = _groups(everything)
    named = _certain(_equal(everything), [_equal(group) for group in groups], mentions)
    if named is not None:
        return Axis(distinct, named, is_named=True)
    often = {name for name in _deciding(everything) if _repeats(name, configurations)}
    deciding = _certain(often, [_deciding(group) for group in groups], mentions)
    if deciding is None:
        return Axis(distinct)
    return Axis(distinct, deciding, formula=_formula(deciding, _pairs(deciding, everything)))


def _groups(everything: _Group) -> list[_Group]:
    """The sizes with their configurations, apart for those that read different names."""
    groups: dict[frozenset[str], _Group] = {}
    for size, configuration in everything:
        groups.setdefault(frozenset(configuration), []).append((size, configuration))
    return list(groups.values())


def _certain(names: set[str], groups: Sequence[set[str]], mentions: Callable[[str], bool]) -> str | None:
    """The one name that all configurations speak for.

    Probes often move many hyperparameters at once, from end to end, so that one looks like another: a name that the
    expression does not mention counts only if each group of configurations tells it from all others.
    """
    mentioned = [name for name in names if mentions(name)]
    if len(mentioned) == 1:
        return mentioned[0]
    alone = len(names) == 1 and all(len(each) == 1 for each in groups)
    return next(iter(names)) if alone else None


def _equal(group: _Group) -> set[str]:
    """The names whose value is the size, in every configuration."""
    names = {name for name, value in group[0][1].items() if _is_int(value)}
    for size, configuration in group:
        names = {name for name in names if configuration.get(name) == size}
    return names


def _deciding(group: _Group) -> set[str]:
    """The names by whose value alone the size can be told."""
    return {name for name in group[0][1] if _tells(name, group)}


def _tells(name: str, group: _Group) -> bool:
    told: dict[Value, int | None] = {}
    return all(
        name in configuration and told.setdefault(configuration[name], size) == size
        for size, configuration in group
    )


def _repeats(name: str, configurations: Sequence[Configuration]) -> bool:
    """Whether some value was seen more than once: otherwise every name tells everything."""
    return len({configuration[name] for configuration in configurations}) < len(configurations)


def _pairs(name: str, everything: _Group) -> dict[int, int] | None:
    """The size for each value; None where values are no whole numbers."""
    told = {configuration[name]: size for size, configuration in everything}
    whole = {value: size for value, size in told.items() if _is_int(value) and size is not None}
    return whole if len(whole) == len(told) else None  # type: ignore[return-value]


def _formula(name: str, sizes: Mapping[int, int] | None) -> str | None:
    """A short formula for the sizes of more values than it has numbers to choose."""
    if sizes is None or len(sizes) < 3:
        return None
    (first, its), (second, other), *_ = sorted(sizes.items())
    slope, rest = divmod(other - its, second - first)
    start = its - slope * first
    if not rest and all(start + slope * value == size for value, size in sizes.items()):
        return _line(name, slope, start)
    if len(sizes) < 4:
        return None
    for divisor in range(2, LARGEST_DIVISOR + 1):
        for sign in (1, -1):
            for start in range(its * divisor - sign * first, (its + 1) * divisor - sign * first):
                if all((start + sign * value) // divisor == size for value, size in sizes.items()):
                    inner = _line(name, sign, start)
                    return f"{inner if inner == name else f'({inner})'} // {divisor}"
    return None


def _line(name: str, slope: int, start: int) -> str:
    """`kernel + 2`, `29 - kernel`, `2 * units`."""
    times = name if abs(slope) == 1 else f"{abs(slope)} * {name}"
    if slope < 0:
        return f"{start} {MINUS} {times}"
    return times if not start else f"{times} {'+' if start > 0 else MINUS} {abs(start)}"


def _is_int(value: Value) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
