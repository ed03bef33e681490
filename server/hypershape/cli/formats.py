"""Formats that other tools read: SARIF 2.1.0 and the annotations of GitHub Actions."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from hypershape import __version__, rules
from hypershape.cli.contract import place
from hypershape.model import Analysis, Document, Finding, Severity

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


def _findings(analyses: Sequence[Analysis]) -> Iterator[tuple[Document, Finding]]:
    for analysis in analyses:
        for finding in analysis.findings:
            yield analysis.module.document, finding


def to_sarif(analyses: Sequence[Analysis]) -> str:
    """A SARIF 2.1.0 log with one run."""
    used = {finding.code for _, finding in _findings(analyses)}
    described = [
        {"id": rule.code, "name": rule.name, "fullDescription": {"text": (rule.__doc__ or rule.name).strip()}}
        for rule in rules.all_rules()
        if rule.code in used
    ]
    results = []
    for document, finding in _findings(analyses):
        where = place(document, finding.span)
        results.append(
            {
                "ruleId": finding.code,
                "level": SARIF_LEVELS[finding.severity],
                "message": {"text": finding.message},
                "locations": [
                    {
                        "physicalLocation": {
                            "artifactLocation": {"uri": document.path},
                            "region": {
                                "startLine": where["line"],
                                "startColumn": where["column"],
                                "endLine": where["end_line"],
                                "endColumn": where["end_column"],
                            },
                        }
                    }
                ],
            }
        )
    driver = {"name": "hypershape", "version": __version__, "rules": described}
    log = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}],
    }
    return json.dumps(log, ensure_ascii=False, indent=1)


def to_github(analyses: Sequence[Analysis]) -> str:
    """One workflow command for each finding."""
    lines = []
    for document, finding in _findings(analyses):
        where = place(document, finding.span)
        properties = ",".join(
            f"{name}={_escape_property(str(value))}"
            for name, value in (
                ("file", document.path),
                ("line", where["line"]),
                ("col", where["column"]),
                ("endLine", where["end_line"]),
                ("endColumn", where["end_column"]),
                ("title", f"{finding.code} {finding.name}"),
            )
        )
        lines.append(f"::{GITHUB_LEVELS[finding.severity]} {properties}::{_escape(finding.message)}")
    return "\n".join(lines)


def _escape(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _escape_property(text: str) -> str:
    return _escape(text).replace(":", "%3A").replace(",", "%2C")
