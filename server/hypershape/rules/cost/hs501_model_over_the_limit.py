"""HS501."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from hypershape.fixes import tighten
from hypershape.model import Analysis, Cause, Edit, Finding, Fix, ProbeError, Report, Severity, TargetAnalysis
from hypershape.rules.base import Example, Rule
from hypershape.rules.common import wording
from hypershape.rules.common.failure import related
from hypershape.rules.common.tuners import Tuner, targets_of, tuners
from hypershape.source import Code
from hypershape.space import blame, shares


class ModelOverTheLimit(Rule):
    """Models of the search space have more parameters than the tuner allows.

    ## What it does
    Compares the parameters of every probed configuration with the tuner's `max_model_size`.

    ## Why it matters
    A model over the limit is a failed trial: "Oversized model". Three in a row end the search.

    ## Fix
    Narrow the ranges, or raise the limit.
    """

    code = "HS501"
    name = "model-over-the-limit"
    severity = Severity.WARNING

    INVALID = (
        Example.search(
            'tuner = kt.RandomSearch(build_model, "loss", max_trials=3, max_model_size=10_000, overwrite=True)',
            body='model.add(layers.Dense(hp.Choice("units", [16, 64, 256])))',
            input="(100,)",
            at="10_000",
            condition="units == 256",
            fixed='hp.Choice("units", [16, 64])',
        ),
        Example.search(
            'tuner = kt.RandomSearch(build_model, "loss", max_trials=3, max_model_size=LIMIT, overwrite=True)',
            body="""
            for _ in range(hp.Int("layers", 1, 4)):
                model.add(layers.Dense(hp.Int("units", 8, 40, step=8)))
            """,
            input="(10,)",
            before="LIMIT = 2_000",
            at="LIMIT",
        ),
        Example.search(
            'tuner = kt.RandomSearch(build_model, "loss", max_trials=3, max_model_size=10, overwrite=True)',
            body='model.add(layers.Dense(hp.Int("units", 100, 102)))',
            input="(100,)",
            at="10",
            fixed="max_model_size=10302",
        ),
    )
    VALID = (
        Example.search(
            """
            first = kt.RandomSearch(build_model, "loss", max_trials=3, max_model_size=10_000, overwrite=True)
            second = kt.RandomSearch(build_model, "loss", max_trials=3, max_model_size=None, overwrite=True)
            third = kt.RandomSearch(build_model, "loss", max_trials=3, overwrite=True)
            """,
            body='model.add(layers.Dense(hp.Choice("units", [25, 50, 100])))',
            input="(99,)",
        ),
        Example.search(
            """
            LIMIT = 15
            tuner = kt.RandomSearch(build_model, "loss", max_trials=3, overwrite=True, max_model_size=LIMIT)
            """
        ),
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        code = analysis.module.code
        for tuner in tuners(analysis, code):
            found = _over(tuner, analysis, code)
            node = code.argument(tuner.node, "max_model_size")
            if found is None or node is None:
                continue
            target, cause, limit = found
            largest = max(report.parameters or 0 for report in target.reports)
            yield replace(
                self.finding(
                    f"Models have up to {largest:,} parameters, more than the {limit:,} allowed, "
                    f"{wording.when(target, cause)}: such trials fail.",
                    code.span(node),
                    target=target.target.name,
                    cause=cause,
                    related=related(target, cause, code),
                    repairs=partial(_repairs, target, cause, node, code),
                ),
                # A cause made here is new each time; what explains it is this rule alone.
                cause=None,
            )


def _repairs(target: TargetAnalysis, cause: Cause, limit: ast.expr, code: Code) -> Iterator[Fix]:
    yield from tighten.tighten(target, cause, code)
    largest = max(report.parameters or 0 for report in target.reports)
    if target.coverage is not None and target.coverage.mode == "exhaustive":
        alone = isinstance(limit, ast.Name) and code.uses(limit.id) == 1
        written = code.resolve(limit) if alone else limit
        edit = Edit(code.span(written), str(largest))
        yield Fix(f"Raise the limit to the largest model, {largest:,}", (edit,))


def _over(tuner: Tuner, analysis: Analysis, code: Code) -> tuple[TargetAnalysis, Cause, int] | None:
    """The target, what makes its models too large, and the limit."""
    node = code.argument(tuner.node, "max_model_size")
    limit = code.value(node, default=None) if node is not None else None
    places = {target.span for target in targets_of(tuner, analysis)}
    probed = [each for each in analysis.targets if each.target.span in places]
    if not isinstance(limit, int) or isinstance(limit, bool) or limit < 1 or len(probed) != 1:
        return None
    (target,) = probed
    counted = [_counted(report, limit) for report in target.reports]
    names = {each.name: each for each in target.hyperparameters}
    causes = blame.causes(counted, names, shares.weight_of(target))
    if target.coverage is not None and target.coverage.mode == "sampled":
        causes = shares.sharpened(causes, counted, lambda condition: condition.probability(names))
    return (target, causes[0], limit) if causes else None


def _counted(report: Report, limit: int) -> Report:
    """A report as the limit sees it; a configuration that does not build says nothing about the size of its model."""
    if report.verdict == "ok" and report.parameters is not None and report.parameters > limit:
        return replace(report, verdict="fail", error=_oversized(report.parameters))
    return report if report.verdict == "ok" else replace(report, verdict="unknown")


def _oversized(parameters: int) -> ProbeError:
    return ProbeError("FailedTrialError", f"Oversized model: {parameters} parameters. Skip model.", "build")
