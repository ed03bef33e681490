"""Readable output: every finding with its source line underlined, every target with what was proved."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.progress import Progress
from rich.text import Text

from hypershape.cli.places import Place
from hypershape.model import Analysis, Coverage, Document, Finding, Severity, Span, TargetAnalysis, Value
from hypershape.report import is_only_noted, told
from hypershape.rules.common import wording
from hypershape.space.shares import WIDE
from hypershape.text import Text as Lines

STYLES = {
    Severity.ERROR: "bold red",
    Severity.WARNING: "bold yellow",
    Severity.INFO: "bold blue",
    Severity.HINT: "bold cyan",
}
LONGEST_LINE = 140


SHOWN_UNREAD = 3
SHOWN_NAMES = 4
"""So many statements of a file that do not parse are named."""


@contextmanager
def paused(bar: Progress) -> Iterator[None]:
    """Takes the bar off the terminal while other text is printed."""
    bar.stop()
    try:
        yield
    finally:
        bar.start()


class Printer:
    """Prints analyses to a terminal."""

    def __init__(self, console: Console) -> None:
        self.console = console

    def file(self, analysis: Analysis, corners: bool) -> None:
        """The findings of a file, then one line for each target."""
        document = analysis.module.document
        for finding in sorted(analysis.findings, key=lambda finding: finding.span):
            self._finding(document, finding)
        for target in analysis.targets:
            self._target(document, target, analysis.findings)
            if spent := told(target.cost):
                self.console.print(Text(f"  {spent}"))
            if corners:
                self._corners(target)
        unread = [] if document.is_notebook else analysis.module.broken
        for span in unread[:SHOWN_UNREAD]:
            self.console.print(
                Text(f"? {_line_of(document, span)}: does not parse, and was left out", "yellow")
            )
        if analysis.targets or analysis.findings or unread:
            self.console.print()

    def summary(self, analyses: Sequence[Analysis]) -> None:
        """One closing line."""
        findings = [finding for analysis in analyses for finding in analysis.findings]
        targets = sum(len(analysis.targets) for analysis in analyses)
        counts = [
            _plural(sum(finding.severity is severity for finding in findings), severity.value)
            for severity in Severity
            if any(finding.severity is severity for finding in findings)
        ]
        fixable = sum(bool(finding.fixes) for finding in findings)
        text = f"{_plural(len(analyses), 'file')}, {_plural(targets, 'search space')}: " + (
            ", ".join(counts) if counts else "nothing to report"
        )
        if fixable:
            text += f"; {fixable} with a fix that was tried"
        self.console.print(Text(text, style="bold"))

    def _finding(self, document: Document, finding: Finding) -> None:
        style = STYLES[finding.severity]
        self.console.print(
            Text.assemble(
                (f"{finding.severity.value}[{finding.code}]", style),
                (f" {finding.name}: ", "bold"),
                finding.message,
            )
        )
        where = Place.of(document, finding.span)
        margin = " " * len(str(where.line))
        self.console.print(Text.assemble((f"{margin}--> ", "blue"), where.after(document.path, column=True)))
        self._source(document, finding.span, where.line, style)
        for label, note in _notes(document, finding):
            self.console.print(Text.assemble((f"{margin} = ", "blue"), (f"{label}: ", "bold"), note))
        for fix in finding.fixes:
            tried = "fix" if fix.verified else "fix, not verified"
            self.console.print(
                Text.assemble((f"{margin} = ", "blue"), (f"{tried}: ", "bold green"), fix.title)
            )
        self.console.print()

    def _source(self, document: Document, span: Span, shown_line: int, style: str) -> None:
        text = Lines.of(document.text)
        line = text.line(span.line) if span.line <= len(text.starts) else ""
        end = span.end_column if span.end_line == span.line else len(line) + 1
        start, shift = span.column - 1, 0
        if len(line) > LONGEST_LINE:
            shift = max(0, start - 20)
            line = line[shift : shift + LONGEST_LINE]
        before = line[: start - shift].expandtabs(4)
        marked = line[start - shift : max(end - 1 - shift, start - shift)].expandtabs(4)
        after = line[start - shift + len(marked) :] if "\t" not in marked else ""
        gutter = " " * len(str(shown_line))
        self.console.print(Text(f"{gutter} |", style="blue"))
        self.console.print(Text.assemble((f"{shown_line} | ", "blue"), before + marked + after))
        underline = Text.assemble(
            (f"{gutter} | ", "blue"), " " * len(before), ("^" * max(len(marked), 1), style)
        )
        self.console.print(underline)

    def _target(self, document: Document, target: TargetAnalysis, findings: Sequence[Finding]) -> None:
        where = Place.of(document, target.target.span)
        name = f"{where.after(document.path)} {target.target.name}"
        mark, style, text = _verdict(target)
        if is_only_noted(target, findings):
            mark, style = "○", "cyan"
        ended = next((finding for finding in findings if finding.ends), None)
        if ended is not None:
            # Probes and rehearsals take what is gone from where it is today; a run of the file does not.
            mark, style = "✗", "red"
            text = text.removesuffix(".")
            text += f"; but the file ends on {_line(document, ended.span)} ({ended.code})"
        self.console.print(Text.assemble((f"{mark} ", style), (name, "bold"), f": {text}"))

    def _corners(self, target: TargetAnalysis) -> None:
        for report in target.reports:
            error = f"  {report.error.type}: {_first_line(report.error.message)}" if report.error else ""
            style = {"ok": "green", "fail": "red"}.get(report.verdict, "yellow")
            self.console.print(
                Text.assemble("    ", (f"{report.verdict:8}", style), _values(report.configuration), error)
            )


def _verdict(target: TargetAnalysis) -> tuple[str, str, str]:
    """A mark, its style, and one sentence that says what is known of a target."""
    if target.status != "probed" or target.coverage is None:
        reason = f": {target.reason}" if target.reason else ""
        return "?", "yellow", f"{target.status}{reason}"
    text = coverage_sentence(target.coverage)
    if target.parameters is not None:
        fewest, most = target.parameters
        sizes = f"{fewest:,}" if fewest == most else f"{fewest:,} to {most:,}"
        text += f"; {sizes} parameters{wording.among(target.coverage)}"
    if target.assumptions:
        assumed = wording.first_of(target.assumptions)
        text += (
            f"; with the assumed {assumed} some of them fail, with data of other sizes they build"
            if target.hinges
            else f"; assumed {assumed}"
        )
    text += _rehearsed(target)
    if target.step_unchecked is not None:
        text += f"; {target.step_unchecked}"
    if target.coverage.failed or target.causes or any(each.verdict == "fail" for each in target.rehearsals):
        return "✗", "red", text
    # A check mark is a proof; what was only sampled may still fail where nothing was tried.
    is_open = target.hinges or target.rehearsals_cut or _is_cut(target)
    proved = target.coverage.mode == "exhaustive" and not is_open
    return ("✓", "green", text) if proved else ("○", "cyan", text)


def _rehearsed(target: TargetAnalysis) -> str:
    """What became of the trials that were played for real; nothing where none was, or nothing was learned."""
    known = [each for each in target.rehearsals if each.verdict != "unknown" or each.stage == "after"]
    played = [each for each in known if each.facts.get("trials")]
    failed = sum(each.verdict == "fail" and each.stage != "after" for each in played)
    if len(played) < len(known) and any(each.verdict == "fail" for each in known if each not in played):
        return "; rehearsed, its search does not begin"
    if failed:
        return f"; {failed} of {_plural(len(played), 'rehearsed trial')} {'fails' if failed == 1 else 'fail'}"
    if _is_cut(target):
        return "; the trials of its search are not checked"
    if not known and target.rehearsals_cut:
        return "; there was no time to rehearse its search"
    if not played:
        return ""
    others = "; there was no time to rehearse others" if target.rehearsals_cut else ""
    if any(each.verdict == "fail" for each in played):
        others += "; what follows the search fails"
    elif any(each.verdict == "unknown" for each in known):
        others += "; what follows the search is not checked"
    return f"; {_plural(len(played), 'rehearsed trial')} {'run' if len(played) > 1 else 'runs'} to the end{others}"


def _is_cut(target: TargetAnalysis) -> bool:
    """Whether its search was begun and ended by a limit, so that it may still fail (HS904 says which)."""
    # Of data that is not at hand the last part of the sentence tells.
    return bool(target.rehearsals) and all(
        each.verdict == "unknown"
        and each.stage != "after"
        and each.error is not None
        and each.error.stage == "limit"
        and each.error.type != "Missing"
        for each in target.rehearsals
    )


def coverage_sentence(coverage: Coverage) -> str:
    """What was proved or sampled, as one clause."""
    held = f" ({_some(coverage.held)} cannot matter)" if coverage.held and not coverage.all_fail else ""
    if coverage.mode == "exhaustive":
        return _proof(coverage) + held
    of = f" of {coverage.space:,}" if coverage.space is not None else ""
    low, high = coverage.interval
    sampled = f"sampled {coverage.probed:,}{of} configurations, {coverage.failed:,} fail"
    if high - low >= WIDE:
        return f"{sampled}{held}"
    return f"{sampled}; a random trial fails with a chance of {low:.1%} to {high:.1%}{held}"


def _proof(coverage: Coverage) -> str:
    total = coverage.space if coverage.space is not None else coverage.probed
    every = f"all {_plural(total, 'configuration')}" if total != 1 else "the only configuration"
    by = (
        f"proved from {coverage.probed:,}"
        if coverage.by_inference
        else f"proved by trying {'them all' if total != 1 else 'it'}"
    )
    if not coverage.failed:
        return f"{every} {'build' if total != 1 else 'builds'}, {by}"
    if coverage.all_fail:
        tried = f"all {total:,}, {by}" if coverage.by_inference else f"{total:,} tried"
        return f"every configuration fails ({tried})"
    share = f"{coverage.failing_share:.1%} of the space fails"
    return f"{share}; {every}, {by}" if coverage.by_inference else f"{share}; {every} were tried"


def _some(names: Collection[str]) -> str:
    """A few names, and how many more there are."""
    first = list(names)[:SHOWN_NAMES]
    more = len(names) - len(first)
    return ", ".join(first) + (f" and {more} more" if more else "")


def _notes(document: Document, finding: Finding) -> Iterator[tuple[str, str]]:
    if finding.condition is not None:
        yield "fails when", finding.condition.text
    if finding.configuration:
        yield "for example", _values(finding.configuration)
    said = _first_line(wording.without_wrapping(finding.error.message)) if finding.error is not None else ""
    if finding.error is not None and said and said not in finding.message:
        yield finding.error.type, said
    for related in finding.related:
        yield "see", f"{_line(document, related.span)}: {related.message}"


def _line(document: Document, span: Span) -> str:
    if span.path != document.path:
        return f"{span.path}:{span.line}"
    return Place.of(document, span).words


def _line_of(document: Document, span: Span) -> str:
    return Place.of(document, span).after(document.path)


def _first_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[0] if lines else ""


def _values(configuration: Mapping[str, Value]) -> str:
    return ", ".join(f"{name}={value!r}" for name, value in configuration.items())


def _plural(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
