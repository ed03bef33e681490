"""What was known of a text, moved to the text after an edit: results stay until better ones replace them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields, is_dataclass, replace
from difflib import SequenceMatcher
from typing import Any

from hypershape.model import Analysis, Finding, Fix, Slice, SliceFile, Span, Target, TargetAnalysis, key_of
from hypershape.probe.moving import Mover, question
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
    path = analysis.module.document.path

    def here(span: Span | None) -> Span | None:
        return span if span is None or span.path != path else move(span)

    mover = _Mover(here)
    return replace(
        analysis,
        targets=tuple(_target(target, mover) for target in analysis.targets),
        findings=probed_findings(analysis.findings, here),
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
    (slice_, _, declared), its = question(one), question(other)
    return one.slice is not None and (slice_, declared) == (its[0], its[2])


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


class _Mover(Mover):
    """Leaves out what stood at a place that is gone, and gives None for a value of which that is the place."""

    def __init__(self, move: Move) -> None:
        super().__init__({})
        self._move = move

    def _text(self, value: str) -> str:
        return value

    def _moved(self, value: Any) -> Any:
        if isinstance(value, Span):
            return self._move(value)
        if isinstance(value, tuple):
            moved = [(each, self.value(each)) for each in value]
            return tuple(now for each, now in moved if now is not None or each is None)
        if not is_dataclass(value) or isinstance(value, type):
            return super()._moved(value)
        changed = {}
        for each in fields(value):
            before = getattr(value, each.name)
            now = self.value(before)
            if isinstance(before, Span) and now is None:
                return None
            if now is not before:
                changed[each.name] = now
        return replace(value, **changed) if changed else value

    def slice(self, slice_: Slice | None) -> Slice | None:
        """A slice whose statements stand where they are now, so that it belongs to what was moved with them."""
        if slice_ is None:
            return None
        return replace(slice_, files=tuple(replace(each, text=self._laid_out(each)) for each in slice_.files))

    def _laid_out(self, file: SliceFile) -> str:
        lines: dict[int, str] = {}
        stays = True
        for number, line in enumerate(Text.of(file.text).lines, 1):
            now = self._move(Span(file.path, number, 1, number, 1)) if line.strip() else None
            if now is not None:
                lines[now.line] = line
            stays = stays and (not line.strip() or (now is not None and now.line == number))
        if stays:
            return file.text
        return "".join(f"{lines.get(number, '')}\n" for number in range(1, max(lines, default=0) + 1))


def _target(target: TargetAnalysis, mover: _Mover) -> TargetAnalysis:
    known = target.target
    its = replace(
        known,
        span=mover.value(known.span) or known.span,
        body=mover.value(known.body) or known.body,
        tuners=mover.value(known.tuners),
        slice=mover.slice(known.slice),
        fed=mover.slice(known.fed),
    )
    others = [each.name for each in fields(target) if each.name != "target"]
    return replace(target, target=its, **{name: mover.value(getattr(target, name)) for name in others})
