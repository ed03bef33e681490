"""The shapes of an analysis as the editor shows them: at the ends of lines, and in tables over a layer."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from hypershape.model import Analysis, Cause, Configuration, Module, Report, Slice, Span, TargetAnalysis
from hypershape.rules.common import wording
from hypershape.source.code import contains
from hypershape.space.dimensions import Axis, Output, outputs

QUOTES = "\N{SINGLE LEFT-POINTING ANGLE QUOTATION MARK}\N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK}"
UNKNOWN = "·"
"""Stands for the batch and for other sizes that are not known."""

MOST_ROUNDS = 12
LONGEST = 43
"""A hint is no longer than so many characters, as many as VS Code shows of one."""


@dataclass(frozen=True, slots=True)
class Pin:
    """A configuration whose shapes alone are to be shown, and its probe where it needed one of its own."""

    configuration: Configuration
    own: Report | None = None
    asked: Slice | None = None
    """The slice that `own` is about."""

    def report(self, target: TargetAnalysis) -> Report | None:
        """The probe of the configuration, or of one that agrees with it in all that was read."""
        values = self.configuration
        for report in target.reports:
            if all(values.get(name, value) == value for name, value in report.configuration.items()):
                return report
        return self.own if self.asked == target.target.slice else None

    @property
    def text(self) -> str:
        return wording.values(self.configuration, self.configuration)


@dataclass(frozen=True, slots=True)
class Line:
    """What is said at the end of one line: the output of its outermost layer, one for each round of a loop."""

    span: Span
    rounds: tuple[Output, ...]
    failing: tuple[str, ...] = ()
    pinned: bool = False

    def text(self, longest: int = LONGEST) -> str:
        """The sizes of each axis and what decides them, then where it fails, as far as it fits: the condition goes last."""
        conditions = [f" ✗ {when}".rstrip() for when in self.failing]
        marks = dict.fromkeys(["".join(conditions), " ✗" if conditions else ""])
        forms = self._forms() if self.rounds else [""]
        found = [form + mark for mark in marks for form in forms]
        return _cut(
            next((each for each in found if len(each.strip()) <= longest), found[-1]).strip(), longest
        )

    def _forms(self) -> list[str]:
        """The shape with formulas, with the names behind them, with sizes that are named alone, and without names."""
        if any(not each.axes for each in self.rounds):
            return [f"→ {_shapes(self.rounds)}"]
        if self.pinned and len(self.rounds) > 1:
            first, last = (_shapes([each]) for each in (self.rounds[0], self.rounds[-1]))
            return [f"→ {first} … {last}" if first != last else f"→ {first}"]
        axes = list(zip(*(each.axes for each in self.rounds), strict=False))
        return [
            f"→ ({', '.join(_axis(same, form) for same in axes)})" for form in ("formula", "by", "name", "")
        ]


def lines(analysis: Analysis, pins: Mapping[str, Pin]) -> tuple[Line, ...]:
    """What there is to say at the ends of the lines of an analysed text, top to bottom.

    `pins` are configurations by the name of the target: where there is one, its shapes alone count.
    """
    found = {}
    for target in analysis.targets:
        for line in _lines(analysis.module, target, pins.get(target.target.name)):
            found[line.span.end_line] = line
    return tuple(line for _, line in sorted(found.items()))


def table(module: Module, target: TargetAnalysis, spans: Sequence[Span], pin: Pin | None) -> str:
    """The rows of a table for the layers of some expressions, with what sizes each axis; empty where none was seen."""
    rows = [each for each in _outputs(module, target, pin) if each.span in spans]
    return rows_table(rows) if rows else ""


def rows_table(rows: Sequence[Output]) -> str:
    """A table of outputs, one row for each; the rounds of one layer stand under its name."""
    most = {_key(each): each.round + 1 for each in rows}
    sized = any(axis.by for each in rows for axis in each.axes)
    loop = len(most) == 1 and len(rows) > 1
    text = [
        f"| {rows[0].class_name if loop else 'layer'} | output shape | {'sized by | ' * sized}parameters |",
        f"| --- | --- | {'--- | ' * sized}--- |",
    ]
    for each in rows:
        turn = f"round {each.round + 1}"
        name = turn if loop else f"{each.class_name} ({turn})" if most[_key(each)] > 1 else each.class_name
        own = f"{_sized(each)} | " if sized else ""
        if each.round < MOST_ROUNDS:
            text.append(f"| {name} | `{each.summary}` | {own}{_range(each.parameters)} |")
    return "\n".join(text)


def explained(analysis: Analysis, line: Line, pins: Mapping[str, Pin]) -> str:
    """The table of a line's layer, with what is meant by its signs."""
    for target in analysis.targets:
        pin = pins.get(target.target.name)
        text = table(analysis.module, target, [line.span], pin)
        if text:
            shown = f"At {pin.text}." if pin is not None else "Over the configurations that were probed."
            return f"{text}\n\n{shown}"
    return "\n".join(f"Fails when `{when}`." for when in line.failing)


def _sized(output: Output) -> str:
    """`kernel, filters`: what decides the axes that vary, with a formula where there is one, each once."""
    told = (axis.by if axis.is_named else axis.formula or axis.by for axis in output.axes if axis.by)
    return ", ".join(f"`{each}`" for each in dict.fromkeys(told))


def _lines(module: Module, target: TargetAnalysis, pin: Pin | None) -> Iterator[Line]:
    by_line: dict[int, dict[tuple[Span, str], list[Output]]] = {}
    for each in _outputs(module, target, pin):
        if each.span.path == module.document.path:
            by_line.setdefault(each.span.end_line, {}).setdefault(_key(each), []).append(each)
    failing: dict[int, list[Cause]] = {}
    for cause in target.causes:
        place = cause.error.span
        if place is not None and place.path == module.document.path and _strikes(cause, pin, target):
            failing.setdefault(place.end_line, []).append(cause)
    for line in {**by_line, **failing}:
        causes = tuple(failing.get(line, ()))
        rounds = _outermost(by_line[line]) if line in by_line else ()
        place = rounds[0].span if rounds else causes[0].error.span
        assert place is not None
        yield Line(place, rounds, tuple(_when(target, cause) for cause in causes), pin is not None)


def _outputs(module: Module, target: TargetAnalysis, pin: Pin | None) -> tuple[Output, ...]:
    if pin is None:
        return outputs(target.reports, _mentions(module))
    report = pin.report(target)
    return outputs([report]) if report is not None else ()


def _mentions(module: Module) -> Callable[[Span, str], bool]:
    """Whether an expression declares a hyperparameter, maybe by a name that counts, or names it by a variable."""
    known: dict[Span, list[str]] = {}

    def mentions(span: Span, name: str) -> bool:
        if span not in known:
            known[span] = list(_patterns(module, span))
        return any(re.fullmatch(pattern, name) for pattern in known[span])

    return mentions


def _patterns(module: Module, span: Span) -> Iterator[str]:
    code = module.code
    node = code.expression(span)
    for each in ast.walk(node) if node is not None else ():
        value = code.resolve(each) if isinstance(each, ast.Name) else each
        call = code.hp_call(value) if isinstance(value, ast.Call) else None
        name = call.arguments.get("name") if call is not None else None
        if isinstance(name, ast.JoinedStr):
            yield "".join(
                re.escape(str(part.value)) if isinstance(part, ast.Constant) else ".+" for part in name.values
            )
        elif name is not None and isinstance(known := code.value(name, None), str):
            yield re.escape(known)


def _strikes(cause: Cause, pin: Pin | None, target: TargetAnalysis) -> bool:
    """Whether a cause is one of what is shown: of all that was probed, or of the pinned configuration alone."""
    if pin is None:
        return True
    report = pin.report(target)
    if report is not None and report.verdict != "unknown":
        error = report.error
        return error is not None and (error.span, error.kind) == (cause.error.span, cause.error.kind)
    return cause.condition is None or cause.condition.holds(pin.configuration) is True


def _outermost(groups: Mapping[tuple[Span, str], list[Output]]) -> tuple[Output, ...]:
    """The outputs of the layer that is called last, of those whose expression lies in no other's."""
    free = [
        key for key in groups if not any(contains(other, key[0]) for other, _ in groups if other != key[0])
    ]
    return tuple(groups[(free or list(groups))[-1]])


def made_by(module: Module, target: TargetAnalysis, span: Span, pin: Pin | None) -> tuple[Output, ...]:
    """The outputs of the layer that an expression calls last, one for each round of a loop."""
    groups: dict[tuple[Span, str], list[Output]] = {}
    for each in _outputs(module, target, pin):
        if contains(span, each.span):
            groups.setdefault(_key(each), []).append(each)
    return _outermost(groups) if groups else ()


def _key(output: Output) -> tuple[Span, str]:
    return output.span, output.class_name


def _axis(rounds: Sequence[Axis], form: str) -> str:
    """One axis in all rounds of a loop."""
    sizes = {size for axis in rounds for size in axis.sizes}
    if sizes == {None}:
        return UNKNOWN
    plain = _span(sizes)
    if len(sizes) == 1 or not form:
        return plain
    if all(axis.is_named for axis in rounds):
        return _family([axis.by for axis in rounds if axis.by is not None])
    by = {axis.by for axis in rounds}
    if form == "name" or len(by) > 1 or rounds[0].by is None:
        return plain
    formula = rounds[0].formula if form == "formula" and len(rounds) == 1 else None
    return f"{plain} {QUOTES[0]}{formula or rounds[0].by}{QUOTES[1]}"


def _family(names: Sequence[str]) -> str:
    """`filters`, or `filters_0…2` for names that count the rounds of a loop."""
    first, last = names[0], names[-1]
    if first == last:
        return first
    head = re.match(r"(.*?)(\d+)(\D*)$", first)
    tail = re.match(r"(.*?)(\d+)(\D*)$", last)
    if head and tail and head.group(1, 3) == tail.group(1, 3):
        return f"{head[1]}{head[2]}…{tail[2]}{head[3]}"
    return f"{first} … {last}"


def _span(sizes: set[int | None]) -> str:
    numbers = sorted(size for size in sizes if size is not None)
    text = f"{numbers[0]}" if numbers[0] == numbers[-1] else f"{numbers[0]}–{numbers[-1]}"
    return f"{UNKNOWN} or {text}" if None in sizes else text


def _shapes(rounds: Sequence[Output]) -> str:
    return " or ".join(dict.fromkeys(each.summary.replace("None", UNKNOWN) for each in rounds))


def _when(target: TargetAnalysis, cause: Cause) -> str:
    if wording.always(target, cause):
        return "always"
    return cause.condition.words if cause.condition is not None else ""


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def _range(bounds: tuple[int, int]) -> str:
    fewest, most = bounds
    return f"{fewest:,}" if fewest == most else f"{fewest:,}–{most:,}"
