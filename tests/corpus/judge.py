"""Analyses corpus files and compares the outcome with what `expected.toml` says of them."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hypershape import analysis, source
from hypershape.model import Analysis, Severity
from hypershape.probe import Agent

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

HERE = Path(__file__).parent
FILES = HERE / "files"
BUDGET = 3.0
ENVIRONMENT = ("HS001", "HS002", "HS005")
"""Findings about the interpreter that happens to run the corpus, not about the file."""

LOUD = {Severity.ERROR: "errors", Severity.WARNING: "warnings"}


@dataclass
class Outcome:
    """What one file gave: `wrong` are sentences about every difference from what was expected."""

    path: str
    targets: int = 0
    found: int = 0
    probed: int = 0
    data: Counter[str] | None = None
    planted: int = 0
    caught: int = 0
    false_errors: int = 0
    false_warnings: int = 0
    wrong: tuple[str, ...] = ()
    seconds: float = 0.0


def expectations() -> dict[str, dict[str, Any]]:
    """The table of every file of the corpus, by path below `files`."""
    return tomllib.loads((HERE / "expected.toml").read_text("utf-8"))


async def judge(name: str, expected: Mapping[str, Any], agent: Agent) -> Outcome:
    """Runs the pipeline over one file."""
    started = time.monotonic()
    path = FILES / name
    sentence = expected.get("unreadable")
    if expected.get("output_megabytes"):
        path = _with_outputs(path, expected["output_megabytes"])
    try:
        document = source.read(path)
    except source.Unreadable as reason:
        wrong = () if sentence and sentence in str(reason) else (f"cannot be read: {reason}",)
        return Outcome(name, wrong=wrong, seconds=time.monotonic() - started)
    if sentence:
        return Outcome(name, wrong=("is read, although it should not be",))
    options = analysis.Options(budget=BUDGET, verify_fixes=False, fix_budget=0.0)
    done = await analysis.run(document, agent, options)
    outcome = _compare(name, expected, done)
    outcome.seconds = time.monotonic() - started
    return outcome


def _compare(name: str, expected: Mapping[str, Any], done: Analysis) -> Outcome:
    outcome = Outcome(name, data=Counter(target.data for target in done.targets))
    wrong: list[str] = []
    findings = [finding for finding in done.findings if finding.code not in ENVIRONMENT]
    _compare_targets(outcome, expected.get("targets", []), done, wrong)
    for severity, key in LOUD.items():
        wanted = Counter(set(expected.get(key, [])))
        found = Counter({finding.code for finding in findings if finding.severity is severity})
        for code in sorted((wanted - found).elements()):
            wrong.append(f"{code} is missed")
        for finding in findings:
            if finding.severity is severity and finding.code not in wanted:
                wrong.append(
                    f"false {severity.value} {finding.code} in line {finding.span.line}: {finding.message[:300]}"
                )
        false = sum((found - wanted).values())
        if severity is Severity.ERROR:
            outcome.planted = sum(wanted.values())
            outcome.caught = sum((wanted & found).values())
            outcome.false_errors = false
        else:
            outcome.false_warnings = false
    outcome.wrong = tuple(wrong)
    return outcome


def _compare_targets(
    outcome: Outcome, expected: list[dict[str, str]], done: Analysis, wrong: list[str]
) -> None:
    """Targets are matched by name, in order, since several may have the same one."""
    left = list(done.targets)
    outcome.targets = len(expected)
    for want in expected:
        got = next((each for each in left if each.target.name == want["name"]), None)
        if got is None:
            wrong.append(f"{want['name']} is not found among {[each.target.name for each in left]}")
            continue
        left.remove(got)
        outcome.found += 1
        outcome.probed += got.status == "probed"
        if got.status != want["status"]:
            wrong.append(f"{want['name']} is {got.status}: {got.reason}")
        elif got.data != want["data"]:
            wrong.append(f"{want['name']}: data is {got.data}, expected {want['data']}")
    wrong += [f"{each.target.name} is no target, but found" for each in left]


def _with_outputs(path: Path, megabytes: int) -> Path:
    """A copy of a notebook whose code cells hold that much output."""
    notebook = json.loads(path.read_text("utf-8"))
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    image = "iVBORw0KGgoAAAANSUhEUgAA" * (megabytes * (1 << 20) // 24 // len(cells))
    for cell in cells:
        data = {"image/png": image, "text/plain": ["<Figure size 640x480 with 1 Axes>"]}
        cell["outputs"] = [{"output_type": "display_data", "metadata": {}, "data": data}]
    copy = Path(tempfile.mkdtemp()) / path.name
    copy.write_text(json.dumps(notebook), "utf-8")
    return copy
