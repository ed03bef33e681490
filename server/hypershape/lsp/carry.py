"""What was known of a text, moved to the text after an edit: results stay until better ones replace them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from difflib import SequenceMatcher

from hypershape.model import Analysis, Finding, LayerRow, Span, TargetAnalysis
from hypershape.text import Text

Move = Callable[[Span | None], Span | None]


def mover(old: str, new: str) -> Move:
    """Maps a span of the old text to the new one; None where its lines changed."""
    before, after = Text.of(old).lines, Text.of(new).lines
    start = 0
    while start < min(len(before), len(after)) and before[start] == after[start]:
        start += 1
    tail = 0
    while tail < min(len(before), len(after)) - start and before[-1 - tail] == after[-1 - tail]:
        tail += 1
    lines: dict[int, int] = {line: line for line in range(1, start + 1)}
    lines.update({len(before) - back: len(after) - back for back in range(tail)})
    middle = SequenceMatcher(
        None, before[start : len(before) - tail], after[start : len(after) - tail], autojunk=False
    )
    for block in middle.get_matching_blocks():
        for offset in range(block.size):
            lines[start + block.a + offset + 1] = start + block.b + offset + 1

    def move(span: Span | None) -> Span | None:
        if span is None:
            return None
        first, last = lines.get(span.line), lines.get(span.end_line)
        if first is None or last is None or last - first != span.end_line - span.line:
            return None
        return replace(span, line=first, end_line=last)

    return move


def moved(analysis: Analysis, move: Move) -> Analysis:
    """An analysis with every place that still exists where it is now, and without the others."""
    return replace(
        analysis,
        targets=tuple(_target(target, move) for target in analysis.targets),
        findings=probed_findings(analysis.findings, move),
    )


def probed_findings(findings: Sequence[Finding], move: Move) -> tuple[Finding, ...]:
    """The findings that rest on probes and whose place still exists; their fixes are gone with the old text."""
    kept = []
    for finding in findings:
        span = move(finding.span)
        if finding.cause is not None and span is not None:
            related = tuple(
                replace(each, span=place)
                for each in finding.related
                if (place := move(each.span)) is not None
            )
            kept.append(replace(finding, span=span, related=related, fixes=()))
    return tuple(kept)


def _target(target: TargetAnalysis, move: Move) -> TargetAnalysis:
    rows: list[LayerRow] = [
        replace(row, span=span) for row in target.layers if (span := move(row.span)) is not None
    ]
    hyperparameters = [
        replace(hp, span=span) for hp in target.hyperparameters if (span := move(hp.span)) is not None
    ]
    name = move(target.target.span)
    return replace(
        target,
        target=replace(target.target, span=name) if name is not None else target.target,
        layers=tuple(rows),
        hyperparameters=tuple(hyperparameters),
    )
