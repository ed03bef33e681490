"""Holds what Hypershape says of a mutant against what all of its configurations do."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path
from typing import Any

from hypershape import analysis, fixes, source
from hypershape.model import Analysis, Options, TargetAnalysis
from hypershape.probe import Agent

from .change import Mutant, chosen
from .truth import PATH

BUILDERS = Path(__file__).with_name("builders")
CORPUS = Path(__file__).parents[1] / "corpus" / "files"
KEPT = Path(__file__).parents[2] / "build" / "mutations"
"""What texts really do is kept here from run to run: it depends on Keras alone."""
NEAR = 0.01
"""Shares that are told as exact may differ by so much from the truth."""
TRIED = 2
"""So many repairs of a finding are built and trained at all of their configurations."""


def builders() -> dict[str, str]:
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted(BUILDERS.glob("*.py"))}


def corpus() -> dict[str, str]:
    """The files of the corpus that search, notebooks as the text that their cells make."""
    texts = {}
    for path in sorted([*CORPUS.glob("*.py"), *CORPUS.glob("*.ipynb")]):
        with contextlib.suppress(source.Unreadable):
            text = source.read(path).text.replace("\r\n", "\n")
            if ".search(" in text:
                texts[path.name] = text
    return texts


def drawn(count: int, seed: int = 1) -> list[Mutant]:
    """So many mutants, half of them of the builders and half of the corpus."""
    own = chosen(builders(), count // 2, seed)
    real = chosen(corpus(), count - count // 2, seed)
    return [each for pair in zip_longest(own, real) for each in pair if each is not None]


@dataclass(frozen=True)
class Told:
    """What the configurations of a text came to."""

    leaves: list[dict[str, Any]]
    whole: bool
    """Whether these are all configurations that there are, or some that were drawn."""
    line: int | None
    """Where the function stands that builds them."""


class Truth:
    """A process that tells what the configurations of texts do, and what it told before."""

    def __init__(self, kept: Path = KEPT) -> None:
        self._kept = kept
        self._child: subprocess.Popen[str] | None = None
        self._version = hashlib.sha256(Path(__file__).with_name("truth.py").read_bytes()).hexdigest()

    def of(self, text: str) -> Told | None:
        """What a text does; None where it runs no search of its own, or takes too long."""
        key = hashlib.sha256(f"{self._version}{text}".encode()).hexdigest()[:24]
        path = self._kept / f"{key}.json"
        if not path.exists():
            self._kept.mkdir(parents=True, exist_ok=True)
            path.write_text(self._asked(text), encoding="utf-8")
        told = json.loads(path.read_text(encoding="utf-8"))
        return Told(told["leaves"], told["whole"], told["line"]) if told["leaves"] else None

    def _asked(self, text: str) -> str:
        if self._child is None:
            self._child = subprocess.Popen(
                [sys.executable, "-m", "tests.mutations.truth"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
            )
        assert self._child.stdin is not None and self._child.stdout is not None
        self._child.stdin.write(json.dumps(text) + "\n")
        self._child.stdin.flush()
        return self._child.stdout.readline()

    def close(self) -> None:
        if self._child is not None:
            self._child.kill()
            self._child.wait()


@dataclass
class Verdict:
    """What was right and wrong of one mutant; each list holds sentences, and is empty where nothing was wrong."""

    mutant: Mutant
    leaves: int
    failing: float
    """The share of trials that really fail."""
    missed: list[str] = field(default_factory=list)
    false: list[str] = field(default_factory=list)
    place: list[str] = field(default_factory=list)
    condition: list[str] = field(default_factory=list)
    share: list[str] = field(default_factory=list)
    repair: list[str] = field(default_factory=list)
    """Repairs that were called verified and break what built before."""
    unseen: bool = False
    """Whether some fail in training for data that could not be had."""
    exact: bool = True
    """Whether the truth is that of all configurations."""
    offered: int = 0
    cures: bool = False
    """Whether some repair leaves nothing that fails."""
    cost: str = ""

    @property
    def wrong(self) -> list[str]:
        return [*self.missed, *self.false, *self.place, *self.condition, *self.share, *self.repair]


def judged(mutant: Mutant, truth: Truth, analysed: Any) -> Verdict | None:
    """The verdict on one mutant; None where its truth is not to be had."""
    told = truth.of(mutant.text)
    if told is None or told.line is None:
        return None
    done: Analysis = analysed(mutant.text)
    leaves = told.leaves
    failing = sum(leaf["odds"] for leaf in leaves if leaf["stage"])
    verdict = Verdict(mutant, len(leaves), failing, exact=told.whole)
    target = _built_at(done, told.line)
    if target is None:
        verdict.missed.append(f"no target at line {told.line}")
        return verdict
    if target.status != "probed":
        verdict.missed.append(f"not probed: {target.reason}")
        return verdict
    if target.data != "known" and any(leaf["stage"] == "step" for leaf in leaves):
        verdict.unseen = True
        leaves = [{**leaf, "stage": None} if leaf["stage"] == "step" else leaf for leaf in leaves]
    _verdicts(target, leaves, verdict, done)
    _places(done, leaves, verdict)
    _conditions(target, leaves, verdict)
    if not any(each.severity.value == "error" and each.cause is None for each in done.findings):
        # What the data alone show, labels beyond the last unit, is no failure of a probe.
        _shares(target, leaves, told.whole, verdict)
    if failing:
        _repairs(done, leaves, truth, verdict)
    return verdict


def _built_at(done: Analysis, line: int) -> TargetAnalysis | None:
    """The target whose definition, decorators and all, holds a line."""
    around = [each for each in done.targets if each.target.body.line <= line <= each.target.body.end_line]
    return max(around, key=lambda each: each.target.body.line, default=None)


def _holds(report: Mapping[str, Any], leaf: Mapping[str, Any]) -> bool:
    return all(report.get(name, value) == value for name, value in leaf.items())


def _verdicts(target: TargetAnalysis, leaves: Sequence[Any], verdict: Verdict, done: Analysis) -> None:
    told = any(each.severity.value == "error" for each in done.findings)
    for leaf in leaves:
        for report in target.reports:
            said = {name: value for name, value in report.configuration.items() if name not in report.free}
            if not _holds(said, leaf["values"]) or not said.keys() <= leaf["values"].keys():
                continue
            if report.verdict == "fail" and not leaf["stage"]:
                verdict.false.append(
                    f"{leaf['values']} trains, but is said to fail: {report.error and report.error.message[:80]}"
                )
            if report.verdict == "ok" and leaf["stage"] and not told:
                verdict.missed.append(f"{leaf['values']} is said to build: {leaf['message'][:80]}")
    failing = [leaf for leaf in leaves if leaf["stage"]]
    if failing and not told and not verdict.missed:
        verdict.missed.append(f"nothing is said of {verdict.failing:.0%}: {failing[0]['message'][:80]}")
    if not failing and target.causes and verdict.exact:
        verdict.false.append("causes are told where nothing fails")


def _places(done: Analysis, leaves: Sequence[Any], verdict: Verdict) -> None:
    """The line on which a build fails lies in what is underlined, or is named beside it."""
    for finding in done.findings:
        if finding.cause is None or finding.cause.error.stage != "build":
            continue
        first = finding.cause.first.configuration
        lines = {
            leaf["line"] for leaf in leaves if leaf["stage"] == "build" and _holds(first, leaf["values"])
        }
        around = {
            finding.span.line,
            *(each.span.line for each in finding.related),
            *(f.span.line for f in finding.cause.error.frames),
        }
        if lines and not lines & around:
            verdict.place.append(
                f"{finding.code} at line {finding.span.line}, but it fails on {sorted(map(str, lines))}"
            )


def _conditions(target: TargetAnalysis, leaves: Sequence[Any], verdict: Verdict) -> None:
    conditions = [cause.condition for cause in target.causes]
    if any(each is None for each in conditions) or not conditions:
        return
    for leaf in leaves:
        said = any(each is not None and each.holds(leaf["values"]) for each in conditions)
        if said != bool(leaf["stage"]):
            texts = " or ".join(each.text for each in conditions if each is not None)
            verdict.condition.append(f"{texts} is {said} for {leaf['values']}")
            return


def _shares(target: TargetAnalysis, leaves: Sequence[Any], whole: bool, verdict: Verdict) -> None:
    coverage = target.coverage
    if coverage is None:
        return
    failing = sum(leaf["odds"] for leaf in leaves if leaf["stage"])
    proved = coverage.mode == "exhaustive"
    low, high = (coverage.failing_share,) * 2 if proved else coverage.interval
    # Four deviations of a mean over draws: one in 16,000 lies further off by chance.
    near = NEAR if whole else NEAR + 4 * (max(failing * (1 - failing), 0.02) / len(leaves)) ** 0.5
    if not low - near <= failing <= high + near:
        verdict.share.append(f"{low:.3f} to {high:.3f} are said to fail, {failing:.3f} do")


def _repairs(done: Analysis, leaves: Sequence[Any], truth: Truth, verdict: Verdict) -> None:
    """Each verified repair of an error, built and trained at all of its configurations."""
    for finding in done.findings:
        if finding.severity.value != "error":
            continue
        verified = [each for each in finding.fixes if each.verified]
        verdict.offered += len(verified)
        for fix in verified[:TRIED]:
            left = truth.of(fixes.apply(done.module.document, fix.edits).text)
            if left is None:
                continue
            still = [leaf for leaf in left.leaves if leaf["stage"]]
            verdict.cures |= not still
            built = [leaf["values"] for leaf in leaves if not leaf["stage"]]
            broken = [leaf["values"] for leaf in still if leaf["values"] in built]
            if broken and not fix.reshapes:
                verdict.repair.append(f"{finding.code} {fix.title}: {broken[0]} built before it")
            lossless = [each for each in finding.fixes if each.drops == 0 and each.verified]
            if fix is finding.fixes[0] and fix.drops >= 0.5 and lossless:
                verdict.cost = f"{fix.title} comes before {lossless[0].title}"


def analyser(budget: float = 20.0) -> Iterator[Any]:
    """A function that analyses a text with an agent of its own, which is closed behind it."""
    loop = asyncio.new_event_loop()
    agent = Agent([sys.executable])
    options = Options(level="symbolic", budget=budget, fix_budget=20.0)

    def analyse(text: str) -> Analysis:
        return loop.run_until_complete(analysis.run(source.from_text(PATH, text), agent, options))

    yield analyse
    loop.run_until_complete(agent.close())
    loop.close()
