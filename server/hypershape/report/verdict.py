"""One line about a target."""

from __future__ import annotations

from collections.abc import Sequence

from hypershape.model import Coverage, Finding, Severity, TargetAnalysis
from hypershape.rules.common import wording
from hypershape.space import shares


def verdict(target: TargetAnalysis, findings: Sequence[Finding] = ()) -> str | None:
    """`✓ all 64 build · 26 k–269 k parameters in 12 probed`, `✗ 25 % fails · 2 causes`; None where nothing is known yet.

    `findings` are those of its file: one may say that the file ends before its search.
    """
    coverage = target.coverage
    if coverage is None:
        return f"? not checked: {target.reason}" if target.reason else None
    parts = [_mark(target, coverage)]
    if is_only_noted(target, findings):
        parts[0] = parts[0].replace("✗", "○", 1)
    ended = next((each for each in findings if each.ends), None)
    if ended is not None:
        parts[0] = f"✗ the file ends before its search ({ended.code})"
    if len(target.causes) > 1:
        parts.append(f"{len(target.causes)} causes")
    if target.parameters is not None and not coverage.all_fail:
        parts.append(f"{between(target.parameters)} parameters{wording.among(coverage)}")
    return " · ".join(parts)


def is_only_noted(target: TargetAnalysis, findings: Sequence[Finding]) -> bool:
    """Whether all that fails is told as a note, since what calls the target may see to it."""
    noted = [each.cause for each in findings if each.severity in (Severity.INFO, Severity.HINT)]
    played = any(each.verdict == "fail" for each in target.rehearsals)
    return bool(target.causes) and all(cause in noted for cause in target.causes) and not played


def _mark(target: TargetAnalysis, coverage: Coverage) -> str:
    if coverage.failed:
        figure = shares.of_failures(target)
        if coverage.all_fail:
            return (
                "✗ always fails" if coverage.mode == "exhaustive" else f"✗ all {coverage.probed:,} tried fail"
            )
        if figure is not None and figure.told:
            about = "" if figure.exact else "about "
            return f"✗ {about}{shares.percent(figure.share)} fails"
        return f"✗ {coverage.failed:,} of {coverage.probed:,} tried fail"
    played = [each for each in target.rehearsals if each.verdict == "fail"]
    if played:
        after = all(each.stage == "after" for each in played)
        return f"✗ builds, but {'what follows the search' if after else 'a rehearsed trial'} fails"
    if target.hinges:
        return "○ builds with data of some sizes"
    if coverage.mode == "exhaustive":
        space = coverage.space or coverage.probed
        return "✓ builds" if space == 1 else f"✓ all {space:,} build"
    of = f" of {wording.number(coverage.space)}" if coverage.space is not None else ""
    return f"○ {coverage.probed:,}{of} tried so far, none fails"


def between(bounds: tuple[int, int]) -> str:
    """`26 k–1.3 M`, or `618–211,210`: a number without a unit beside one with it would read as if it had it."""
    low, high = bounds
    if low < 1000 <= high:
        return f"{low}–{high:,}"
    return "–".join(dict.fromkeys(rounded(each) for each in bounds))


def rounded(number: int) -> str:
    """`812`, `26 k`, `1.3 M`."""
    for unit, size in (("G", 10**9), ("M", 10**6), ("k", 10**3)):
        if number >= size:
            value = number / size
            return f"{value:.1f} {unit}" if value < 10 else f"{value:.0f} {unit}"
    return str(number)
