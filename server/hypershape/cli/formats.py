"""Formats that other tools read: SARIF 2.1.0 and the annotations of GitHub Actions."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from hypershape import __version__, rules
from hypershape.cli.notebooks import lines_in_file
from hypershape.cli.places import Place
from hypershape.model import Analysis, Finding, Severity

SARIF_LEVELS = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.INFO: "note",
    Severity.HINT: "note",
}
GITHUB_LEVELS = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.INFO: "notice",
    Severity.HINT: "notice",
}


@dataclass(frozen=True, slots=True)
class _Located:
    """A finding where a program that knows no cells looks for it; columns are None in a notebook."""

    finding: Finding
    path: str
    message: str
    line: int
    end_line: int
    column: int | None = None
    end_column: int | None = None


def _located(analyses: Sequence[Analysis]) -> Iterator[_Located]:
    for analysis in analyses:
        document = analysis.module.document
        lines = lines_in_file(document.path) if document.is_notebook else {}
        for finding in analysis.findings:
            at = Place.of(document, finding.span)
            if at.cell is None:
                yield _Located(
                    finding, document.path, finding.message, at.line, at.end_line, at.column, at.end_column
                )
            else:
                first = lines.get((at.cell, at.line), 1)
                last = lines.get((at.cell, at.end_line), first)
                yield _Located(finding, document.path, f"{at.words}: {finding.message}", first, last)


def to_sarif(analyses: Sequence[Analysis], problems: Sequence[str] = ()) -> str:
    """A SARIF 2.1.0 log with one run; `problems` say why the check could not do its work."""
    used = {finding.code for analysis in analyses for finding in analysis.findings}
    described = [
        {"id": rule.code, "name": rule.name, "fullDescription": {"text": (rule.__doc__ or rule.name).strip()}}
        for rule in rules.all_rules()
        if rule.code in used
    ]
    run = {
        "tool": {"driver": {"name": "hypershape", "version": __version__, "rules": described}},
        "invocations": [
            {
                "executionSuccessful": not problems,
                "toolExecutionNotifications": [
                    {"level": "error", "message": {"text": problem}} for problem in problems
                ],
            }
        ],
        "columnKind": "unicodeCodePoints",
        "results": [_result(each) for each in _located(analyses)],
    }
    log = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [run],
    }
    return json.dumps(log, ensure_ascii=False, indent=1)


def _result(each: _Located) -> dict[str, Any]:
    region = {
        "startLine": each.line,
        "startColumn": each.column,
        "endLine": each.end_line,
        "endColumn": each.end_column,
    }
    return {
        "ruleId": each.finding.code,
        "level": SARIF_LEVELS[each.finding.severity],
        "message": {"text": each.message},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": each.path},
                    "region": {name: value for name, value in region.items() if value is not None},
                }
            }
        ],
    }


def to_github(analyses: Sequence[Analysis], problems: Sequence[str] = ()) -> str:
    """One workflow command for each finding, and before them one for each problem that kept the check from its work."""
    lines = [f"::error title=hypershape::{_escape(problem)}" for problem in problems]
    for each in _located(analyses):
        properties = ",".join(
            f"{name}={_escape_property(str(value))}"
            for name, value in (
                ("file", each.path),
                ("line", each.line),
                ("col", each.column),
                ("endLine", each.end_line),
                ("endColumn", each.end_column),
                ("title", f"{each.finding.code} {each.finding.name}"),
            )
            if value is not None
        )
        lines.append(f"::{GITHUB_LEVELS[each.finding.severity]} {properties}::{_escape(each.message)}")
    return "\n".join(lines)


def _escape(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _escape_property(text: str) -> str:
    return _escape(text).replace(":", "%3A").replace(",", "%2C")
