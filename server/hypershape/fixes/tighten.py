"""Repairs that shrink the search space to the part that builds: a lower maximum, a higher minimum, fewer values."""

from __future__ import annotations

import ast
import math
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, pairwise, product

from hypershape.fixes import edits
from hypershape.fixes.calls import other_method
from hypershape.fixes.titles import in_one
from hypershape.model import (
    Cause,
    Configuration,
    Edit,
    Fix,
    Hyperparameter,
    Report,
    Span,
    TargetAnalysis,
    Value,
    key_of,
)
from hypershape.source import Code, HpCall
from hypershape.space import domains
from hypershape.space.shares import Figure, Kept, loss, of_cause, percent

ALL = 0.99
"""A repair that drops more of the space is none."""
_DEAR = 0.25
"""Where one narrower declaration costs more of the space, two or three together may cost less."""
_PAIRED_VALUES = 24
_GROUPED = 6
"""So many declarations are combined with each other."""
_BOXES = 2500
"""A group with more combinations of parts is not tried."""
_WEIGHED = 3
"""So many of the combinations that seem to keep most are weighed."""
_LISTED_VALUES = 8
_SPELT_OUT = 256


@dataclass(frozen=True, slots=True)
class _Declared:
    """All hyperparameters that one call declares (several in a loop), with their shared domain."""

    call: HpCall
    names: tuple[str, ...]
    kind: str
    values: tuple[Value, ...]
    """All values; of a domain too large to be listed those that were probed."""
    listed: bool
    continuous: bool

    def kept(self, values: Sequence[Value]) -> Kept:
        """What is left when only some of the values are; between probed neighbours everything is."""
        if self.listed or not _neighbours(self.values, values):
            return Kept(self.names, frozenset(values))
        low = -math.inf if values[0] == self.values[0] else values[0]
        high = math.inf if values[-1] == self.values[-1] else values[-1]
        assert isinstance(low, int | float) and isinstance(high, int | float)
        return Kept(self.names, frozenset(values), (low, high))


def tighten(target: TargetAnalysis, cause: Cause, code: Code) -> Iterator[Fix]:
    """Fixes that leave out every failing configuration of `cause`, those that keep most of the space first."""
    if not cause.failing:
        return
    cause = replace(cause, failing=_decisive(cause, target))
    declared = _declared(target, cause, code)
    singles: list[tuple[_Declared, tuple[Value, ...]]] = []
    for each in declared:
        # The longest run is often all that is good, and what one name of a family may keep what all may.
        singles += [
            (each, kept)
            for kept in dict.fromkeys(_left(each, cause))
            if all(map(each.kept(kept).leaves_out, cause.failing))
        ]
    candidates: list[tuple[Figure, Parts]] = [
        (loss(target, [each.kept(values)]), ((each, values),)) for each, values in singles
    ]
    least = min((lost.share for lost, _ in candidates), default=ALL)
    if least > _DEAR:
        candidates += [each for each in _together(declared, cause, target) if each[0].share < least]
    for lost, parts in sorted(candidates, key=lambda item: item[0].share):
        made = [
            restrict(each.call, each.names, each.kind, each.values, values, code) for each, values in parts
        ]
        if lost.share < ALL and None not in made:
            yield _joined([each for each in made if each], lost, _costs_nothing(lost, target, cause))


def _joined(made: Sequence[tuple[str, tuple[Edit, ...]]], lost: Figure, free: bool) -> Fix:
    title = in_one([title for title, _ in made])
    dropped = f" (drops only the {percent(lost.share)} that fails)" if free else _drops(lost)
    return Fix(f"{title}{dropped}", tuple(edit for _, some in made for edit in some), drops=lost.share)


def _costs_nothing(lost: Figure, target: TargetAnalysis, cause: Cause) -> bool:
    """Whether all that is dropped fails: it holds every failure of the cause, and is exactly as large."""
    failing = of_cause(target, cause)
    return failing is not None and failing.exact and lost.exact and math.isclose(failing.share, lost.share)


def _decisive(cause: Cause, target: TargetAnalysis) -> tuple[Configuration, ...]:
    """The failing configurations, and those that fail like them, without what they fail with every value of.

    No value of that can be left out, and all that are alike have to be.
    """
    reports = {key_of(report.configuration): report for report in target.reports}
    return tuple(
        each
        for configuration in cause.failing
        for each in _spelt_out(configuration, reports.get(key_of(configuration)))
    )


def _spelt_out(configuration: Configuration, report: Report | None) -> Iterator[Configuration]:
    if report is None:
        yield configuration
        return
    kept = {name: value for name, value in configuration.items() if name not in report.free}
    domains = [report.alike.get(name, (value,)) for name, value in kept.items()]
    if math.prod(map(len, domains)) > _SPELT_OUT:
        yield kept
        return
    yield from (dict(zip(kept, values, strict=True)) for values in product(*domains))


def _left(each: _Declared, cause: Cause) -> Iterator[tuple[Value, ...]]:
    """What can be left of a domain: all good values, and for numbers also their longest run of neighbours."""
    good = _good(each, cause)
    if good and len(good) < len(each.values):
        yield from _parts(each, good)
    if len(each.names) > 1 and each.kind == "Int":
        yield from _shared(each, cause)


def _parts(each: _Declared, good: tuple[Value, ...]) -> Iterator[tuple[Value, ...]]:
    if each.kind in ("Choice", "Boolean"):
        yield good
        return
    run = _longest_run(each.values, good)
    if not each.continuous or len(run) > 1:
        yield run
    if each.kind == "Int" and (_distance(good) or len(good) <= _LISTED_VALUES):
        yield good


def _shared(each: _Declared, cause: Cause) -> Iterator[tuple[Value, ...]]:
    """The longest beginning and end of a domain that several names share, which no failure keeps to."""
    counts = range(len(each.values) - 1, 0, -1)
    for runs in ([each.values[:count] for count in counts], [each.values[-count:] for count in counts]):
        for run in runs:
            if all(map(each.kept(run).leaves_out, cause.failing)):
                yield run
                break


def restrict(
    call: HpCall,
    names: Sequence[str],
    kind: str,
    values: Sequence[Value],
    kept: Sequence[Value],
    code: Code,
) -> tuple[str, tuple[Edit, ...]] | None:
    """The title and the edits that leave of `values` only `kept`, or None where the text does not allow it.

    For a Float `kept` must be a run of neighbours in `values`.
    """
    label = names[0] if len(names) == 1 else f"{names[0]} … {names[-1]}"
    if kind == "Choice":
        made = _fewer_choices(call, kept, code)
        gone = [repr(value) for value in values if value not in kept]
        title = f"Drop {', '.join(gone)} from {label}"
    elif kind == "Boolean":
        made = _fixed(call, kept[0], code)
        title = f"Fix {label} at {kept[0]!r}"
    elif not _neighbours(values, kept) or _counts_from_the_maximum(call, code):
        step = _distance(kept)
        if step is not None and not _counts_from_the_maximum(call, code):
            made = _coarser(call, values, kept, step, code)
            title = f"Draw only {_few(kept)} for {label}"
        else:
            made = _as_choice(call, kept, code)
            title = f"Choose {label} from {_few(kept)}"
    else:
        made = _narrower(call, values, kept, code)
        if kept[0] == values[0]:
            title = f"Lower the maximum of {label} to {domains.text(kept[-1])}"
        elif kept[-1] == values[-1]:
            title = f"Raise the minimum of {label} to {domains.text(kept[0])}"
        elif len(kept) == 1:
            title = f"Keep {label} at {domains.text(kept[0])}"
        else:
            title = f"Keep {label} between {domains.text(kept[0])} and {domains.text(kept[-1])}"
    return None if made is None else (title, made)


def replace_value(call: HpCall, name: str, text: str, code: Code) -> Edit | None:
    """Replaces an argument of a declaration: at the constant that defines it when nothing else uses that one."""
    node = call.arguments.get(name)
    if node is None:
        return None
    if isinstance(node, ast.Name):
        defined = code.definition(node.id, node)
        if defined is not None and code.uses(node.id) == 1:
            return Edit(code.span(defined), text)
    position = str(call.node.args.index(node)) if node in call.node.args else name
    return edits.replace_argument(code.module, call.span, (name, position), text)


def _declared(target: TargetAnalysis, cause: Cause, code: Code) -> list[_Declared]:
    """The declarations that can matter to a cause: those in its condition, else all that the failures read."""
    groups: dict[Span | None, list[Hyperparameter]] = {}
    for each in target.hyperparameters:
        if each.kind != "Fixed":
            groups.setdefault(each.span, []).append(each)
    found = []
    for span, group in groups.items():
        names = tuple(each.name for each in group)
        if cause.names and not set(names) & set(cause.names):
            continue
        call = code.hp_call_at(span)
        listed, kind = group[0].values, group[0].kind
        domain = listed or _seen(names, [report.configuration for report in target.reports])
        if call is not None and call.complete and domain:
            continuous = kind == "Float" and listed is None
            found.append(_Declared(call, names, kind, tuple(domain), listed is not None, continuous))
    return found


def _seen(names: Collection[str], reports: Sequence[Configuration]) -> tuple[Value, ...]:
    """The numbers drawn so far, in order, for a domain too large to be listed."""
    values = {report[name] for report in reports for name in names if name in report}
    if not all(isinstance(value, (int, float)) for value in values):
        return ()
    return tuple(sorted(values))  # type: ignore[type-var]


def _good(each: _Declared, cause: Cause) -> tuple[Value, ...]:
    """The values that no failing configuration has."""
    bad: set[Value] = set()
    if cause.condition is not None and len(cause.names) == 1 and cause.names[0] in each.names:
        name = cause.names[0]
        verdicts = [(value, cause.condition.holds({name: value})) for value in each.values]
        bad = {value for value, verdict in verdicts if verdict is not False}
    blamed = [name for name in each.names if name in cause.names] or each.names
    bad |= {failing[name] for failing in cause.failing for name in blamed if name in failing}
    return tuple(value for value in each.values if value not in bad)


def _distance(values: Sequence[Value]) -> int | None:
    """How far at least three whole numbers lie apart, if that is always the same."""
    distances: set[int] = {after - before for before, after in pairwise(values)}  # type: ignore[operator, misc]
    return distances.pop() if len(values) >= 3 and len(distances) == 1 else None


def _longest_run(values: Sequence[Value], good: Collection[Value]) -> tuple[Value, ...]:
    """The longest run of neighbouring values that are all good."""
    best: list[Value] = []
    run: list[Value] = []
    for value in values:
        run = [*run, value] if value in good else []
        if len(run) > len(best):
            best = run
    return tuple(best)


def _drops(lost: Figure) -> str:
    """How much of the space a repair takes, unless all that is known is a rough estimate."""
    if not lost.told:
        return ""
    shown = percent(lost.share)
    about = "about " if not lost.exact and shown[0].isdigit() else ""
    return f" (drops {about}{shown} of the space)"


Parts = tuple[tuple[_Declared, tuple[Value, ...]], ...]
"""What is left of several declarations."""


def _together(
    declared: Sequence[_Declared], cause: Cause, target: TargetAnalysis
) -> list[tuple[Figure, Parts]]:
    """What can be left of two or three declarations at once so that most of the space is kept; one at most.

    Of all but the last of a group every part is tried; the last then keeps all that no failure that is left has.
    """
    some = [each for each in declared if each.kind != "Float" and 1 < len(each.values) <= _PAIRED_VALUES]
    options = {id(each): list(_options(each, cause.failing)) for each in some[:_GROUPED]}
    found: list[Parts] = []
    for count in (2, 3):
        for group in combinations(some[:_GROUPED], count):
            first = [options[id(each)] for each in group[:-1]]
            if math.prod(map(len, first)) > _BOXES:
                continue
            for chosen in product(*first):
                found += _box(group, chosen, cause.failing)
    best = sorted(found, key=_left_over, reverse=True)[:_WEIGHED]
    weighed = [(loss(target, [each.kept(values) for each, values in parts]), parts) for parts in best]
    return sorted(weighed, key=lambda item: item[0].share)[:1]


_Option = tuple[tuple[Value, ...], int]
"""A part of a domain, and the failures that it leaves out: the bits of their numbers."""


def _options(each: _Declared, failing: Sequence[Configuration]) -> Iterator[_Option]:
    yield each.values, 0
    for part in _portions(each):
        kept = each.kept(part)
        yield part, sum(1 << number for number, bad in enumerate(failing) if kept.leaves_out(bad))


def _box(
    group: Sequence[_Declared], chosen: Sequence[_Option], failing: Sequence[Configuration]
) -> Iterator[Parts]:
    """A group with these parts of all but its last, and the most of that with which nothing fails; two at least change."""
    gone = 0
    for _, out in chosen:
        gone |= out
    left = [each for number, each in enumerate(failing) if not gone >> number & 1]
    last = group[-1]
    if not left or any(not set(last.names) & each.keys() for each in left):
        return
    bad = {each[name] for each in left for name in last.names if name in each}
    good = tuple(value for value in last.values if value not in bad)
    for part in _parts(last, good) if good and len(good) < len(last.values) else ():
        narrowed = [*zip(group, (values for values, _ in chosen), strict=False), (last, part)]
        changed = tuple((each, values) for each, values in narrowed if values != each.values)
        if len(changed) > 1 and all(map(last.kept(part).leaves_out, left)):
            yield changed


def _left_over(parts: Parts) -> float:
    """About how much of the space is left."""
    return math.prod((len(values) / len(each.values)) ** len(each.names) for each, values in parts)


def _portions(each: _Declared) -> Iterator[tuple[Value, ...]]:
    """The parts of a domain that may be left of it: beginnings and ends of numbers, all texts but one or one alone."""
    if each.kind == "Int":
        yield from _ends(each.values)
        return
    for value in each.values:
        yield tuple(other for other in each.values if other != value)
    if len(each.values) > 2:
        yield from ((value,) for value in each.values)


def _ends(values: Sequence[Value]) -> Iterator[tuple[Value, ...]]:
    """All beginnings and all ends of a domain, without the whole of it."""
    for count in range(1, len(values)):
        yield tuple(values[:count])
        yield tuple(values[count:])


def _narrower(
    call: HpCall, values: Sequence[Value], kept: Sequence[Value], code: Code
) -> tuple[Edit, ...] | None:
    changes = []
    if kept[0] != values[0]:
        changes.append(replace_value(call, "min_value", domains.text(kept[0]), code))
    if kept[-1] != values[-1]:
        changes.append(replace_value(call, "max_value", domains.text(kept[-1]), code))
    changes += _default(call, kept, code)
    return None if None in changes else tuple(edit for edit in changes if edit)


def _neighbours(values: Sequence[Value], kept: Sequence[Value]) -> bool:
    """Whether `kept` is a run of neighbours in `values`."""
    start = values.index(kept[0])
    return tuple(values[start : start + len(kept)]) == tuple(kept)


def _counts_from_the_maximum(call: HpCall, code: Code) -> bool:
    """Whether the grid hangs on both ends, so that moving either of them moves every value."""
    sampling = call.arguments.get("sampling")
    return (
        "step" in call.arguments
        and sampling is not None
        and code.value(sampling, default=None) == "reverse_log"
    )


def _few(values: Sequence[Value]) -> str:
    shown = [repr(value) for value in values]
    return ", ".join(shown if len(shown) <= _LISTED_VALUES else [*shown[:3], "…", shown[-1]])


def _coarser(
    call: HpCall, values: Sequence[Value], kept: Sequence[Value], step: int, code: Code
) -> tuple[Edit, ...] | None:
    """A larger step from a value that builds, and the maximum on its grid."""
    if "sampling" in call.arguments:
        return None
    if "step" in call.arguments:
        stepped = replace_value(call, "step", str(step), code)
    else:
        stepped = edits.add_argument(code.module, call.span, "step", str(step))
    narrower = _narrower(call, values, kept, code)
    return None if stepped is None or narrower is None else (stepped, *narrower)


def _as_choice(call: HpCall, kept: Sequence[Value], code: Code) -> tuple[Edit, ...] | None:
    """`hp.Choice` of the values that build in place of an `hp.Int`."""
    if "name" not in call.arguments:
        return None
    if not set(call.arguments) <= {"name", "min_value", "max_value", "step", "default", "sampling"}:
        return None
    owner, name = code.source(call.owner), code.source(call.arguments["name"])
    default = code.value(call.arguments["default"], default=None) if "default" in call.arguments else None
    added = f", default={default!r}" if default in kept else ""
    listed = ", ".join(map(repr, kept))
    return (Edit(call.span, f"{owner}.Choice({name}, [{listed}]{added})"),)


def _fewer_choices(call: HpCall, kept: Sequence[Value], code: Code) -> tuple[Edit, ...] | None:
    node = call.arguments.get("values")
    if node is None:
        return None
    default = _default(call, kept, code)
    if None in default:
        return None
    made = _fewer_elements(call, node, kept, code)
    if made is None:
        edit = replace_value(call, "values", f"[{', '.join(map(repr, kept))}]", code)
        made = None if edit is None else (edit,)
    return None if made is None else (*made, *(edit for edit in default if edit))


def _fewer_elements(
    call: HpCall, node: ast.expr, kept: Sequence[Value], code: Code
) -> tuple[Edit, ...] | None:
    """Removes elements from the list itself, so that the others stay as they are written."""
    written = code.resolve(node)
    shared = isinstance(node, ast.Name) and code.uses(node.id) > 1
    if shared or not isinstance(written, (ast.List, ast.Tuple)):
        return None
    elements = [code.value(element, default=call) for element in written.elts]
    if call in elements:
        return None
    keep = [index for index, value in enumerate(elements) if value in kept]
    return edits.keep_elements(code.module, code.span(written), keep)


def _default(call: HpCall, kept: Sequence[Value], code: Code) -> list[Edit | None]:
    """The edit that moves a default which is gone to the nearest value left; empty when none is needed."""
    node = call.arguments.get("default")
    if node is None:
        return []
    value = code.value(node, default=call)
    if value is call or value in kept or value is None:
        return []
    numeric = [each for each in kept if isinstance(each, (int, float))]
    nearest: Value = kept[0]
    if numeric and isinstance(value, (int, float)):
        nearest = min(numeric, key=lambda each: abs(each - value))
    return [replace_value(call, "default", domains.text(nearest), code)]


def _fixed(call: HpCall, value: Value, code: Code) -> tuple[Edit, ...] | None:
    """`hp.Boolean("x")` as `hp.Fixed("x", False)`."""
    if set(call.arguments) != {"name"}:
        return None
    added = edits.add_argument(code.module, call.span, "value", repr(value))
    return None if added is None else (other_method(call, "Fixed", code), added)
