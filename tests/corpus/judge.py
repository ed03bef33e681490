"""Analyses corpus files and compares the outcome with what `expected.toml` says of them."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from hypershape import analysis, source
from hypershape.model import Analysis, Configuration, Finding, Options, Severity
from hypershape.probe import Agent

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

WORKSPACE = source.Workspace()
HERE = Path(__file__).parent
FILES = HERE / "files"
BUDGET = 5.0
ENVIRONMENT = ("HS001", "HS002", "HS005", "HS010", "HS905")
"""Findings about the interpreter that happens to run the corpus and what it lacks, not about the file."""

LOUD = (Severity.ERROR, Severity.WARNING)


@dataclass
class Outcome:
    """What one file gave: `wrong` are sentences about every difference from what was expected."""

    path: str
    targets: int = 0
    found: int = 0
    probeable: int = 0
    probed: int = 0
    data: list[str] = field(default_factory=list)
    planted: int = 0
    caught: int = 0
    false: int = 0
    wrong: list[str] = field(default_factory=list)
    unmet: tuple[str, ...] = ()
    """The beginnings of the differences that are known and left for now."""
    seconds: float = 0.0

    @property
    def news(self) -> list[str]:
        """The differences that are not known."""
        return [line for line in self.wrong if not (self.unmet and line.startswith(self.unmet))]

    @property
    def gone(self) -> list[str]:
        """The known differences that are no more."""
        return [each for each in self.unmet if not any(line.startswith(each) for line in self.wrong)]


def expectations() -> dict[str, dict[str, Any]]:
    """The table of every file of the corpus, by path below `files`."""
    return tomllib.loads((HERE / "expected.toml").read_text("utf-8"))


async def judge(name: str, expected: Mapping[str, Any], agent: Agent) -> Outcome:
    """Runs the pipeline over one file."""
    outcome = Outcome(name, unmet=tuple(expected.get("unmet", ())))
    started = time.monotonic()
    try:
        if expected.get("output_megabytes"):
            with tempfile.TemporaryDirectory() as folder:
                document = source.read(
                    _with_outputs(FILES / name, expected["output_megabytes"], Path(folder))
                )
        else:
            document = source.read(FILES / name)
    except source.Unreadable as reason:
        if expected.get("unreadable", "\0") not in str(reason):
            outcome.wrong.append(f"cannot be read: {reason}")
    else:
        if "unreadable" in expected:
            outcome.wrong.append("is read, although it should not be")
        options = Options(budget=BUDGET, verify_fixes=False, fix_budget=0.0)
        widen = partial(source.across, workspace=WORKSPACE)
        _compare(outcome, expected, await analysis.run(document, agent, options, widen))
    outcome.seconds = time.monotonic() - started
    return outcome


def _compare(outcome: Outcome, expected: Mapping[str, Any], done: Analysis) -> None:
    _compare_targets(outcome, expected.get("targets", []), done)
    findings = [finding for finding in done.findings if finding.code not in ENVIRONMENT]
    loud = [finding for finding in findings if finding.severity in LOUD]
    for failure in expected.get("failures", []):
        outcome.planted += 1
        match = next((finding for finding in loud if _is_at(finding, failure, done)), None)
        if match is None:
            outcome.wrong.append(f"{failure['code']} at {failure['at']!r} is missed")
            continue
        outcome.caught += 1
        loud.remove(match)
        outcome.wrong += _differences(match, failure, done)
    for finding in loud:
        outcome.false += 1
        outcome.wrong.append(
            f"false {finding.severity.value} {finding.code} in line {finding.span.line}: {finding.message[:300]}"
        )
    quiet = {finding.code for finding in findings if finding.severity not in LOUD}
    hints = set(expected.get("hints", []))
    outcome.wrong += [f"{code} is hinted falsely" for code in sorted(quiet - hints)]
    outcome.wrong += [f"the hint {code} is missed" for code in sorted(hints - quiet)]


def _compare_targets(outcome: Outcome, expected: Sequence[Mapping[str, str]], done: Analysis) -> None:
    """Targets are matched by name, in order, since several may have the same one."""
    left = list(done.targets)
    outcome.targets = len(expected)
    outcome.probeable = sum(want.get("status", "probed") == "probed" for want in expected)
    for want in expected:
        got = next((each for each in left if each.target.name == want["name"]), None)
        if got is None:
            outcome.wrong.append(f"{want['name']} is not found among {[each.target.name for each in left]}")
            continue
        left.remove(got)
        outcome.found += 1
        outcome.probed += got.status == "probed"
        if got.status == "probed":
            outcome.data.append(got.data)
        if got.status != want.get("status", "probed"):
            outcome.wrong.append(f"{want['name']} is {got.status}: {got.reason}")
        elif got.status == "probed" and got.data != want.get("data", "none"):
            outcome.wrong.append(f"{want['name']}: data is {got.data}, expected {want.get('data', 'none')}")
    outcome.wrong += [f"{each.target.name} is no target, but found" for each in left]


def _is_at(finding: Finding, failure: Mapping[str, Any], done: Analysis) -> bool:
    """Whether a finding has the code and stands on the line that the expectation quotes."""
    if finding.code != failure["code"]:
        return False
    if finding.span.path == done.module.document.path:
        text = done.module.document.text
    else:
        text = Path(finding.span.path).read_text("utf-8")
    return failure["at"] in text.splitlines()[finding.span.line - 1]


def _differences(finding: Finding, failure: Mapping[str, Any], done: Analysis) -> Iterator[str]:
    severity = failure.get("severity", "error")
    if finding.severity.value != severity:
        yield f"{finding.code} is of severity {finding.severity.value}, expected {severity}"
    target = next((each for each in done.targets if each.target.name == finding.target), None)
    if "share" in failure:
        share = finding.cause.share if finding.cause is not None else None
        coverage = target.coverage if target is not None else None
        # What a slow machine could not enumerate in time is told as an interval only.
        low, high = (
            coverage.interval if coverage is not None and coverage.mode == "sampled" else (share, share)
        )
        if low is None or high is None or not low - 0.001 <= failure["share"] <= high + 0.001:
            yield f"{finding.code} fails in a share of {share}, expected {failure['share']}"
    if "condition" in failure and target is not None:
        wanted = failure["condition"]
        judged = [report for report in target.reports if report.verdict != "unknown"]
        if finding.condition is None:
            yield f"{finding.code} has no condition, expected {wanted}"
        elif any(
            finding.condition.holds(each.configuration) != _holds(wanted, each.configuration)
            for each in judged
        ):
            yield f"{finding.code} is said to fail where {finding.condition}, expected {wanted}"


def _holds(condition: str, configuration: Configuration) -> bool:
    """A condition over a configuration; one about a hyperparameter that was not read does not hold."""
    try:
        return bool(eval(condition, {"hp": configuration}, dict(configuration)))
    except (NameError, KeyError):
        return False


def _with_outputs(path: Path, megabytes: int, folder: Path) -> Path:
    """A copy of a notebook whose code cells hold that much output."""
    notebook = json.loads(path.read_text("utf-8"))
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    image = "iVBORw0KGgoAAAANSUhEUgAA" * (megabytes * (1 << 20) // 24 // len(cells))
    for cell in cells:
        data = {"image/png": image, "text/plain": ["<Figure size 640x480 with 1 Axes>"]}
        cell["outputs"] = [{"output_type": "display_data", "metadata": {}, "data": data}]
    copy = folder / path.name
    copy.write_text(json.dumps(notebook), "utf-8")
    return copy
