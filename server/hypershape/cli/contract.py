"""The JSON that `hypershape check --format json` prints; `docs/design.md` holds the contract."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from hypershape.cli.places import Place
from hypershape.model import (
    Analysis,
    Cost,
    Coverage,
    Document,
    Edit,
    Environment,
    Finding,
    Hyperparameter,
    LayerRow,
    ProbeError,
    Rehearsal,
    Report,
    Span,
    TargetAnalysis,
)

Json = dict[str, Any]


def to_json(analyses: Sequence[Analysis], environment: Environment | None, corners: bool) -> str:
    """One object with the environment and every file."""
    whole = {
        "schema": 1,
        "environment": _environment(environment),
        "files": [_file(analysis, corners) for analysis in analyses],
    }
    return json.dumps(
        finite(whole),
        ensure_ascii=False,
        indent=1,
        default=str,
    )


def finite(value: Any) -> Any:
    """The same with text where JSON has no number: infinity and NaN, as a hyperparameter's value may be."""
    if isinstance(value, dict):
        return {key: finite(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [finite(each) for each in value]
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


def _place(document: Document, span: Span) -> Json:
    return asdict(Place.of(document, span))


def _line(document: Document, span: Span | None) -> Json:
    """The line and cell of a place, both None for one that is not in this document."""
    if span is None or span.path != document.path:
        return {"line": None, "cell": None}
    where = Place.of(document, span)
    return {"line": where.line, "cell": where.cell}


def _environment(environment: Environment | None) -> Json | None:
    if environment is None:
        return None
    return {
        "python": environment.python,
        "executable": environment.executable,
        "elsewhere": environment.elsewhere,
        "keras": environment.keras,
        "keras_tuner": environment.keras_tuner,
        "tensorflow": environment.tensorflow,
        "backend": environment.backend,
        "devices": list(environment.devices),
        "problem": environment.problem,
    }


def _file(analysis: Analysis, corners: bool) -> Json:
    document = analysis.module.document
    return {
        "path": document.path,
        "targets": [_target(document, target, corners) for target in analysis.targets],
        "rehearsals": [_rehearsal(document, each) for each in analysis.rehearsals],
        "findings": [_finding(document, finding) for finding in analysis.findings],
    }


def _target(document: Document, analysed: TargetAnalysis, corners: bool) -> Json:
    result: Json = {
        "name": analysed.target.name,
        **_line(document, analysed.target.span),
        "status": analysed.status,
        "reason": analysed.reason,
        "data": analysed.data,
        "assumptions": list(analysed.assumptions),
        "hyperparameters": [_hyperparameter(document, hp) for hp in analysed.hyperparameters],
        "coverage": _coverage(analysed.coverage),
        "layers": [_layer(document, row) for row in analysed.layers],
        "parameters": list(analysed.parameters) if analysed.parameters else None,
        "cost": _cost(analysed.cost),
        "elapsed_ms": {"static": None, "symbolic": None, "device": None, **analysed.elapsed_ms},
    }
    if corners:
        result["corners"] = [_corner(report) for report in analysed.reports]
    return result


def _cost(cost: Cost | None) -> Json | None:
    if cost is None:
        return None
    return {
        "device": cost.device,
        "batch": list(cost.batch) if cost.batch else None,
        "step_seconds": list(cost.step) if cost.step else None,
        "memory_bytes": [round(bound) for bound in cost.memory] if cost.memory else None,
        "search_seconds": list(cost.search) if cost.search else None,
        "trials": cost.trials,
        "measured": [
            {
                "values": dict(each.configuration),
                "step_seconds": each.step,
                "memory_bytes": each.memory,
                "predicted_step_seconds": each.foretold[0],
                "predicted_memory_bytes": each.foretold[1],
            }
            for each in cost.spent
        ],
    }


def _hyperparameter(document: Document, hp: Hyperparameter) -> Json:
    domain: Json
    if hp.values is not None:
        domain = {"values": list(hp.values)}
    else:
        domain = {"min": hp.min, "max": hp.max, "step": hp.step, "sampling": hp.sampling}
    return {"name": hp.name, "kind": hp.kind, **domain, **_line(document, hp.span)}


def _coverage(coverage: Coverage | None) -> Json | None:
    if coverage is None:
        return None
    return {
        "mode": coverage.mode,
        "space": coverage.space,
        "probed": coverage.probed,
        "failed": coverage.failed,
        "failing_share": _share(coverage.failing_share),
        "interval": [_share(bound) for bound in coverage.interval],
        "held": dict(coverage.held),
    }


def _share(value: float) -> float | None:
    """A share between 0 and 1, without what adding up many parts leaves behind the last digit."""
    return round(min(1.0, max(0.0, value)), 12) if math.isfinite(value) else None


def _layer(document: Document, row: LayerRow) -> Json:
    return {
        **_line(document, row.span),
        "layer": row.layer,
        "class": row.class_name,
        "shapes": [str(shape) for shape in row.shapes],
        "parameters": list(row.parameters),
    }


def _corner(report: Report) -> Json:
    return {
        "values": dict(report.configuration),
        "verdict": report.verdict,
        "error": _error(report.error),
    }


def _error(error: ProbeError | None) -> Json | None:
    return None if error is None else {"type": error.type, "message": error.message}


def _rehearsal(document: Document, played: Rehearsal) -> Json:
    return {
        **_line(document, played.tuner),
        "verdict": played.verdict,
        "stage": played.stage,
        "trial": played.trial or None,
        "fatal": played.fatal,
        "assumed": played.assumed,
        "configuration": dict(played.configuration),
        "values": dict(played.values),
        "error": _error(played.error),
        "elapsed_ms": round(1000 * played.seconds),
    }


def _finding(document: Document, finding: Finding) -> Json:
    return {
        "code": finding.code,
        "name": finding.name,
        "severity": finding.severity.value,
        "message": finding.message,
        **_place(document, finding.span),
        "target": finding.target,
        "condition": finding.condition.text if finding.condition is not None else None,
        "configuration": dict(finding.configuration) if finding.configuration is not None else None,
        "error": _error(finding.error),
        "fixes": [
            {
                "title": fix.title,
                "verified": fix.verified,
                "edits": [_edit(document, edit) for edit in fix.edits],
            }
            for fix in finding.fixes
        ],
    }


def _edit(document: Document, edit: Edit) -> Json:
    return {**_place(document, edit.span), "text": edit.text}
