"""What the editor shows over a name: Markdown from an analysis, made without any further work."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

from hypershape.lsp import shapes, words
from hypershape.lsp.shapes import Pin
from hypershape.model import (
    Analysis,
    Cause,
    Coverage,
    Hyperparameter,
    LayerRow,
    Module,
    Span,
    TargetAnalysis,
    Value,
)
from hypershape.rules.common import wording
from hypershape.space.shares import WIDE

MOST_VALUES = 12
_MARKS = re.compile(r"[\\`*_{}\[\]<>#|~&]")
"""What Markdown or HTML would take for more than a letter."""


def hover(
    analysis: Analysis,
    line: int,
    column: int,
    pins: Mapping[str, Pin] = MappingProxyType({}),
    *,
    folds: bool = False,
) -> tuple[str, Span] | None:
    """The Markdown for a place (1-based), and the span it speaks of; None where there is nothing to say.

    With `folds` what exceptions say at the place is folded away under it.
    """
    found = _hover(analysis, line, column, pins)
    said = [each for each in analysis.findings if each.said and _holds(each.span, line, column)]
    if not folds or not said:
        return found
    text, span = found or ("", said[0].span)
    return "\n\n".join(filter(None, [text, *dict.fromkeys(_folded(each.said) for each in said)])), span


def _folded(said: str) -> str:
    """The text of an exception behind a line that opens it."""
    plain = _MARKS.sub(r"\\\g<0>", said)
    return f"<details><summary>What Keras says</summary>\n\n{plain}\n\n</details>"


def _hover(analysis: Analysis, line: int, column: int, pins: Mapping[str, Pin]) -> tuple[str, Span] | None:
    """The innermost thing wins: a hyperparameter or the variable that holds it, a tensor's variable, the layers of the
    line, the target's name, a call.
    """
    name = words.name_at(analysis.module, line, column)
    found = _hyperparameter_at(analysis, line, column, name)
    if found is not None:
        return found
    for target in analysis.targets:
        if name is not None and _holds(target.target.body, line, column):
            held = words.tensor(analysis, target, name, pins)
            if held is not None:
                return held
        shown = _layers_at(analysis, target, line, column, pins)
        if shown is not None:
            return shown
        if _holds(target.target.span, line, column):
            return summary(target), target.target.span
    return _called(analysis, line, column, pins)


def _hyperparameter_at(
    analysis: Analysis, line: int, column: int, name: ast.Name | None
) -> tuple[str, Span] | None:
    """A declaration, or a variable that holds a hyperparameter: as probes met it, else as it is written."""
    module = analysis.module
    for target in analysis.targets:
        for hp in target.hyperparameters:
            if hp.span is not None and _holds(hp.span, line, column):
                return hyperparameter(hp, target), hp.span
    held = words.declared(module, name) if name is not None else None
    call = held or next((each for each in module.code.hp_calls if _holds(each.span, line, column)), None)
    if call is None:
        return None
    place = module.code.span(name) if held is not None and name is not None else call.span
    for target in analysis.targets:
        for hp in target.hyperparameters:
            if hp.span == call.span:
                return hyperparameter(hp, target), place
    read = words.read(module, call)
    return (drawn(read), place) if read is not None else None


def _layers_at(
    analysis: Analysis, target: TargetAnalysis, line: int, column: int, pins: Mapping[str, Pin]
) -> tuple[str, Span] | None:
    rows = [
        row for row in target.layers if row.span is not None and row.span.line <= line <= row.span.end_line
    ]
    if not rows or rows[0].span is None:
        return None
    held = [row for row in rows if row.span is not None and _holds(row.span, line, column)]
    shown = _innermost(held or rows)
    pin = pins.get(target.target.name)
    return layers(shown, analysis.module, target, pin), shown[0].span or rows[0].span


def _called(analysis: Analysis, line: int, column: int, pins: Mapping[str, Pin]) -> tuple[str, Span] | None:
    """A call of the file's own helpers or of Keras, or a build function where it is handed over."""
    module = analysis.module
    name = words.name_at(module, line, column)
    for target in analysis.targets:
        if name is not None and name.id == target.target.name:
            return summary(target), module.code.span(name)
    call = words.call_at(module, line, column)
    if call is None:
        return None
    place = module.code.span(call.func)
    for target in analysis.targets:
        if target.cost is not None and target.cost.tuner == module.code.span(call) and _spent(target):
            return "\n\n".join(_spent(target)), place
    text = words.entrance(module, call)
    for target in analysis.targets:
        pin = pins.get(target.target.name)
        text = text or words.model(module, target, call) or words.helper(module, target, call, pin)
    return (text, place) if text else None


def layers(rows: Sequence[LayerRow], module: Module, target: TargetAnalysis, pin: Pin | None) -> str:
    """A table of layers with their output shapes over the space, one row for each round of a loop.

    Under it what it was seen of: a pinned configuration alone, or the space.
    """
    table = shapes.table(module, target, [row.span for row in rows if row.span is not None], pin)
    if not table:
        lines = ["| layer | output shape | parameters |", "| --- | --- | --- |"]
        lines += [f"| {row.class_name} | `{row.summary}` | {_range(row.parameters)} |" for row in rows]
        table = "\n".join(lines)
        pin = None
    parts = [table]
    if pin is not None:
        parts.append(f"Pinned: {pin.text}.")
    elif target.coverage is not None:
        parts.append(_over(target.coverage))
    if target.assumptions:
        parts.append("Assumed: " + "; ".join(target.assumptions))
    if target.reason:
        parts.append(target.reason)
    return "\n\n".join(parts)


def drawn(hp: Hyperparameter) -> str:
    """What Keras Tuner draws for a hyperparameter."""
    text = f"**{hp.name}** draws {_drawn(hp)}"
    if hp.max is not None and hp.values and hp.max not in hp.values:
        text += f"\n\n{_value(hp.max)} is never drawn."
    return text


def hyperparameter(hp: Hyperparameter, target: TargetAnalysis) -> str:
    """What Keras Tuner draws for a hyperparameter, and which values fail whatever the others are."""
    parts = [drawn(hp)]
    conditions = [
        cause.condition for cause in target.causes if cause.condition is not None and hp.name in cause.names
    ]
    if conditions or any(cause.condition is None for cause in target.causes):
        parts += _failing_values(hp.name, target)
    parts += [f"Fails when `{condition.text}`." for condition in conditions]
    held = target.coverage.held.get(hp.name) if target.coverage is not None else None
    if held:
        parts.append(f"It cannot make a build fail: {held}.")
    return "\n\n".join(parts)


def _failing_values(name: str, target: TargetAnalysis) -> Iterator[str]:
    failing, building = _verdicts(name, target)
    always = [value for value in failing if value not in building]
    sometimes = [value for value in failing if value in building]
    if always and building:
        yield f"Fails with {_listed(always)}."
    if sometimes and not all(value in failing for value in building):
        yield f"Fails in part of the space with {_listed(sometimes)}."


def summary(target: TargetAnalysis) -> str:
    """The state of a target: proved, sampled, or why it could not be probed."""
    if target.coverage is None:
        return f"Not probed: {target.reason}" if target.reason else "Not probed yet."
    parts = [_over(target.coverage)]
    if target.parameters is not None:
        parts.append(f"{_range(target.parameters)} parameters{wording.among(target.coverage)}.")
    parts += [
        f"Fails when `{cause.condition.text}`{_figure(target, cause)}."
        for cause in target.causes
        if cause.condition is not None
    ]
    parts += _spent(target)
    if target.assumptions:
        parts.append("Assumed: " + "; ".join(target.assumptions))
    if target.reason:
        parts.append(target.reason)
    return "\n\n".join(parts)


def _spent(target: TargetAnalysis) -> list[str]:
    """What training takes, as a paragraph, where there is anything to say."""
    if target.cost is None:
        return []
    from hypershape.report import details

    told = " ".join(details(target.cost))
    return [told] if told else []


def _figure(target: TargetAnalysis, cause: Cause) -> str:
    told = wording.share(target, cause)
    return f" ({told})" if told else ""


def _over(coverage: Coverage) -> str:
    if coverage.mode == "exhaustive":
        total = f"{coverage.space or coverage.probed:,}"
        by = f"proved from {coverage.probed:,}" if coverage.by_inference else "every one was tried"
        if not coverage.failed:
            return f"All {total} configurations build: {by}."
        if coverage.by_inference:
            return f"{coverage.failing_share:.1%} of the space fails; all {total} configurations: {by}."
        return f"{coverage.failing_share:.1%} of the space fails; all {total} configurations were tried."
    low, high = (f"{bound:.1%}" for bound in coverage.interval)
    if coverage.space is not None and coverage.probed >= coverage.space:
        sampled = f"All {coverage.space:,} configurations were probed"
    else:
        of = f" of {wording.number(coverage.space)}" if coverage.space is not None else ""
        sampled = f"Sampled {coverage.probed:,}{of} configurations"
    if low == high:
        return f"{sampled}: {low} of the space fails."
    if coverage.interval[1] - coverage.interval[0] >= WIDE or coverage.probed == coverage.space:
        return f"{sampled}, of which {coverage.failed:,} failed."
    return f"{sampled}: {low} to {high} of the space fails."


def _holds(span: Span, line: int, column: int) -> bool:
    return (span.line, span.column) <= (line, column) <= (span.end_line, span.end_column)


def _innermost(rows: list[LayerRow]) -> list[LayerRow]:
    """The rows of the smallest expression; all of them when no expression lies within another."""
    spans = [row.span for row in rows if row.span is not None]
    inner = [
        span
        for span in spans
        if not any(
            other != span
            and (span.line, span.column) <= (other.line, other.column)
            and (other.end_line, other.end_column) <= (span.end_line, span.end_column)
            for other in spans
        )
    ]
    return [row for row in rows if row.span in inner]


def _verdicts(name: str, target: TargetAnalysis) -> tuple[dict[Value, None], dict[Value, None]]:
    failing: dict[Value, None] = {}
    building: dict[Value, None] = {}
    for report in target.reports:
        if name in report.free:
            # It fails or builds with every value.
            if report.verdict == "ok":
                building |= dict.fromkeys(_values(name, target))
        elif name in report.configuration:
            into = failing if report.verdict == "fail" else building
            into |= dict.fromkeys(report.alike.get(name, (report.configuration[name],)))
    return failing, building


def _values(name: str, target: TargetAnalysis) -> Iterable[Value]:
    return next((hp.values or () for hp in target.hyperparameters if hp.name == name), ())


def _drawn(hp: Hyperparameter) -> str:
    if hp.values is not None:
        return _listed(hp.values)
    sampled = f", {hp.sampling} sampling" if hp.sampling and hp.sampling != "linear" else ""
    count = f" ({hp.count:,} values)" if hp.count is not None else ""
    return f"numbers from {_value(hp.min)} to {_value(hp.max)}{sampled}{count}"


def _listed(values: Iterable[Value]) -> str:
    shown = [_value(value) for value in values]
    if len(shown) > MOST_VALUES:
        shown = [*shown[: MOST_VALUES - 3], "…", shown[-1], f"({len(shown):,} values)"]
    return ", ".join(shown)


def _value(value: Value) -> str:
    return f"`{value!r}`"


def _range(bounds: tuple[int, int]) -> str:
    fewest, most = bounds
    return f"{fewest:,}" if fewest == most else f"{fewest:,}–{most:,}"


def named(values: Mapping[str, Value]) -> str:
    """`kernel=7, blocks=3`"""
    return ", ".join(f"{name}={value!r}" for name, value in values.items())
