"""What was known of a text, moved to the text after an edit: results stay until better ones replace them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from difflib import SequenceMatcher

from hypershape.model import Analysis, Finding, Fix, LayerRow, Span, Target, TargetAnalysis, key_of
from hypershape.text import Text

BEING_EDITED = "These are the last good results: the function does not parse as it stands."

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


def carried(previous: Analysis, text: str) -> Analysis:
    """What was known of a text before an edit, at the places where it is now."""
    before = previous.module.document.text
    return previous if before == text else moved(previous, mover(before, text))


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
            kept.append(
                replace(finding, span=span, related=related, repairs=_none, last_resorts=_none).with_fixes(
                    (), settled=False
                )
            )
    return tuple(kept)


def _none() -> tuple[Fix, ...]:
    return ()


def with_kept(analysis: Analysis, kept: Analysis | None) -> Analysis:
    """Fresh results, and the last good ones for every target that has none yet, cannot be read as it stands, or of
    which less was seen than before."""
    if kept is None:
        return analysis
    now = analysis.by_name
    waiting = {key: old for key, old in kept.by_name.items() if _holds(old, now.get(key), kept, analysis)}
    if not waiting:
        return analysis
    stale = {
        key: replace(old, reason=BEING_EDITED if key not in now or now[key].target.slice is None else None)
        for key, old in waiting.items()
    }
    targets = [stale.pop(key, target) for key, target in now.items()]
    names = {name for name, _ in waiting}
    # Of these targets the fresh analysis knows less than the kept one, of all their failures.
    fresh = [each for each in analysis.findings if each.cause is None or each.target not in names]
    places = {(finding.code, finding.span) for finding in fresh}
    findings = [
        finding
        for finding in kept.findings
        if finding.target in names and (finding.code, finding.span) not in places
    ]
    return replace(analysis, targets=(*targets, *stale.values()), findings=(*fresh, *findings))


def _holds(old: TargetAnalysis, new: TargetAnalysis | None, kept: Analysis, analysis: Analysis) -> bool:
    """Whether what was known of a target is to stay beside a fresh analysis."""
    if new is None:
        return bool(analysis.module.broken)
    if new.status != "probed" and (new.target.slice is None or not analysis.done):
        return True
    same = analysis.environment in (None, kept.environment) and _asks_the_same(old.target, new.target)
    return same and _saw_less(new, old)


def _asks_the_same(one: Target, other: Target) -> bool:
    declared = [None if each.data is None else replace(each.data, span=None) for each in (one, other)]
    return one.slice is not None and one.slice == other.slice and declared[0] == declared[1]


def _saw_less(new: TargetAnalysis, old: TargetAnalysis) -> bool:
    """Whether fewer configurations were probed than before, none of which came out differently."""
    if old.coverage is None or old.status != "probed":
        return False
    if new.coverage is None:
        return new.error is None
    if new.coverage.mode == "exhaustive" or new.coverage.probed >= old.coverage.probed:
        return False
    before = {key_of(report.configuration): report.verdict for report in old.reports}
    return all(
        before.get(key_of(report.configuration), report.verdict) == report.verdict
        for report in new.reports
        if report.verdict != "unknown"
    )


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
