"""What is said of each case, against what it really does."""

from __future__ import annotations

import importlib.util
import re
import sys
import time
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Literal

from hypershape import analysis, fixes, source
from hypershape.model import Analysis, Finding, Options, Severity
from hypershape.probe import Agent
from tests.reports import real
from tests.reports.cases import Case
from tests.reports.real import Truth

Verdict = Literal["found", "in part", "missed", "wrong", "silent"]

ENVIRONMENT = ("HS001", "HS002", "HS005", "HS422")
"""Findings about the interpreter and the disk, not about the file."""

LOUD = (Severity.ERROR, Severity.WARNING)
RANKS = (Severity.HINT, Severity.INFO, Severity.WARNING, Severity.ERROR)
NEEDS = (("Bayesian", "sklearn"), ("sklearn", "sklearn"), ("optuna", "optuna"), ("scikeras", "scikeras"))
"""What a file's text says and the package that it then needs."""


@dataclass
class Said:
    """The verdict on one case; `because` are the differences, `repair` what its first verified repair did."""

    case: Case
    verdict: Verdict
    because: list[str] = field(default_factory=list)
    finding: Finding | None = None
    title: str | None = None
    repaired: str | None = None
    repair: str = ""
    seconds: float = 0.0


def missing(case: Case) -> str | None:
    """The package that a case needs and this interpreter lacks."""
    text = case.text
    return next(
        (need for word, need in NEEDS if word in text and importlib.util.find_spec(need) is None), None
    )


async def judged(cases: Iterable[Case], **options: Any) -> AsyncIterator[Said]:
    """What is said of each case, one after the other; `options` are those of an analysis."""
    agent = Agent([sys.executable])
    widen = partial(source.across, workspace=source.Workspace())
    try:
        for case in cases:
            started = time.monotonic()
            done = await analysis.run(source.read(case.path), agent, Options(**options), widen)
            said = compared(case, done)
            said.seconds = time.monotonic() - started
            yield said
    finally:
        await agent.close()


def compared(case: Case, done: Analysis) -> Said:
    """The verdict on what an analysis says of a case."""
    findings = [each for each in done.findings if each.code not in ENVIRONMENT]
    if not case.codes:
        loud = [f"{each.severity.value} {_row(each)}" for each in findings if each.severity in LOUD]
        return Said(case, "wrong" if loud else "silent", loud)
    meant = [each for each in findings if each.code.startswith(case.codes)]
    if not meant:
        others = [f"said instead: {_row(each)}" for each in findings if each.severity in LOUD]
        return Said(case, "missed", others or ["nothing is said"])
    finding = min(meant, key=lambda each: len(_differences(case, each)))
    because = _differences(case, finding)
    said = Said(case, "in part" if because else "found", because, finding)
    fix = next((each for each in finding.fixes if each.verified), None)
    if fix is not None:
        said.title, said.repaired = fix.title, fixes.apply(done.module.document, fix.edits).text
    return said


def _row(finding: Finding) -> str:
    return f"{finding.code} line {finding.span.line}: {' '.join(finding.message.split())[:200]}"


def _differences(case: Case, finding: Finding) -> list[str]:
    """What is not as it should be of a finding: its line, its words, how serious it is taken."""
    found = []
    if case.lines and finding.span.line not in case.lines:
        found.append(f"at line {finding.span.line}, wanted {', '.join(map(str, case.lines))}")
    text = f"{finding.message} {finding.condition or ''}"
    if not re.search(case.words, text, re.IGNORECASE):
        found.append(f"says nothing of {case.words!r}")
    if RANKS.index(finding.severity) < RANKS.index(_least(case, finding)):
        found.append(f"is only {finding.severity.value}")
    return [f"{each}: {_row(finding)}" for each in found]


def _least(case: Case, finding: Finding) -> Severity:
    """How serious a finding must be: an error where every search fails, not where a draw may end it."""
    if case.truth is None or case.truth.outcome == "ends" or case.kind == "silent":
        return Severity.HINT
    always = finding.condition is None and case.truth.outcome != "some trials fail"
    return Severity.ERROR if always else Severity.WARNING


def search_again(said: Iterable[Said]) -> None:
    """Runs the file after each first verified repair, and says what became of it."""
    by_name = {each.case.name: each for each in said if each.repaired is not None}
    programs = [(name, each.repaired or "") for name, each in by_name.items()]
    for name, after in real.run(programs):
        each = by_name[name]
        each.repair = _verdict(each.case.truth, after)
        if each.repair != "cures":
            each.because.append(f"the repair {each.title!r} {each.repair}")
            each.verdict = "wrong"


def _verdict(before: Truth | None, after: Truth) -> str:
    """Whether a program does what it did not do before, and still seeks the same."""
    if after.outcome != "ends":
        return f"does not cure: {after.outcome} ({after.error}, {after.completed} + {after.failed} failed)"
    changed = [each for each in after.sought if _backwards(each)]
    if before is not None and before.outcome == "ends":
        changed += sorted(set(before.sought) - set(after.sought))
    if before is not None:
        changed += [f"no metric {each}" for each in before.metrics if each not in after.metrics]
        changed += [f"no loss {each}" for each in before.losses if _lost(each, after.losses)]
    return f"changes what is sought: {', '.join(changed)}" if changed else "cures"


def _backwards(sought: str) -> bool:
    """Whether an objective asks for the worst models, as far as Keras Tuner knows the metric."""
    from keras_tuner.engine import metrics_tracking

    direction, _, name = sought.partition(" ")
    known = metrics_tracking.infer_metric_direction(name)
    return known is not None and known != direction


def _lost(loss: str, after: tuple[str, ...]) -> bool:
    """Whether a loss is gone, but for its form for labels of another kind."""
    return not any(_kind(loss) == _kind(each) for each in after)


def _kind(loss: str) -> str:
    return re.sub(r"^(sparse_)?categorical_crossentropy$|^binary_crossentropy$", "crossentropy", loss)
