"""HS503."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from hypershape.fixes import tighten
from hypershape.model import (
    Analysis,
    Cause,
    Edit,
    Environment,
    Finding,
    Fix,
    ProbeError,
    Report,
    Severity,
    TargetAnalysis,
)
from hypershape.rules.base import Example, Rule
from hypershape.rules.common import wording
from hypershape.rules.common.failure import related
from hypershape.rules.cost.hs502_model_beyond_memory import beyond_any
from hypershape.source import Code
from hypershape.space import blame, cost, shares

_BATCH = 32
"""Keras's own size of a batch."""


class ModelBeyondTheMachine(Rule):
    """Models of the search space need more memory than the machine that trains them has.

    ## What it does
    Adds up what a training step of every probed configuration surely holds at once: the weights in float32, the
    gradient of the largest layer, and, where a rehearsal of the search showed them, the optimizer's own variables and
    half of what layers with weights give at the size of the batch. Reports what is more than all memory of the GPU
    that Keras uses, or of the machine with its swap space where it uses none. Where the searches run on another
    machine, `memory` in `[tool.hypershape]` (`hypershape.device.memoryLimit` in VS Code) says how many GB that has.
    Files that mention float16 are left alone.

    ## Why it matters
    The trial runs out of memory, often only after a long allocation, and may take the search with it.

    ## Fix
    Narrow the ranges, or train on smaller batches.
    """

    code = "HS503"
    name = "model-beyond-the-machine"
    severity = Severity.WARNING

    INVALID = (
        Example.layers(
            'model.add(layers.Dense(hp.Choice("units", [1024, 65536]), activation="relu"))',
            input="(4096,)",
            head="layers.Dense(65536)",
            memory=16,
            at="build_model",
            condition="units == 65536",
            fixed='hp.Choice("units", [1024])',
        ),
    )
    VALID = (
        Example.layers(
            'model.add(layers.Dense(hp.Choice("units", [1024, 2048]), activation="relu"))',
            input="(4096,)",
            head="layers.Dense(65536)",
            memory=16,
        ),
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        limit = _capacity(analysis.environment)
        code = analysis.module.code
        if limit is None or "float16" in code.clean:
            return
        for target in analysis.targets:
            if beyond_any(target):
                continue
            sized = _sized(target)
            found = _over(sized, limit[0], code)
            if found is None:
                continue
            cause, largest, needs = found
            batch = f" at batch {_batch(sized, code)}" if sized.cost is not None and sized.cost.keeps else ""
            known = sized.coverage is not None and sized.coverage.mode == "exhaustive"
            where = wording.values(largest.configuration, largest.configuration)
            yield replace(
                self.finding(
                    f"Models need at least {_gigabytes(needs)} to train{batch} {wording.when(sized, cause)}; {limit[1]} "
                    f"{_gigabytes(limit[0])}."
                    if known
                    else f"The largest model that was probed ({where}) needs at least {_gigabytes(needs)} to train{batch}; "
                    f"{limit[1]} {_gigabytes(limit[0])}.",
                    target.target.span,
                    target=target.target.name,
                    cause=cause,
                    related=related(sized, cause, code),
                    repairs=partial(_repairs, sized, cause, limit[0], code),
                ),
                # A cause made here is new each time; what explains it is this rule alone.
                cause=None,
                condition=cause.condition if known else None,
                configuration=largest.configuration,
            )


def _capacity(environment: Environment | None) -> tuple[int, str] | None:
    """The bytes of what trains, and whose they are; None where that is not certain."""
    if environment is None:
        return None
    totals = [(card.total, card.name) for card in environment.cards if card.total]
    if totals:
        total, name = max(totals)
        return total, f"the {name} has" if name else "the limit that is set is"
    if environment.has_gpu or not environment.memory:
        return None
    return environment.memory, f"{environment.elsewhere or 'this machine'} has"


def _sized(target: TargetAnalysis) -> TargetAnalysis:
    """The target as far as sizes are known: a report speaks for the builds of others, and of its own size alone."""
    coverage = target.coverage
    if coverage is not None and not coverage.all_ran:
        coverage = replace(coverage, mode="sampled")
    reports = tuple(replace(each, free=(), alike={}, states=()) for each in target.reports)
    return replace(target, coverage=coverage, reports=reports)


def _over(target: TargetAnalysis, limit: int, code: Code) -> tuple[Cause, Report, float] | None:
    """What makes models too large, the largest of them, and how much it needs."""
    needs = {id(report): _needs(target, report, code) for report in target.reports if report.verdict == "ok"}
    largest = max(target.reports, key=lambda report: needs.get(id(report), 0.0), default=None)
    if largest is None or needs.get(id(largest), 0.0) <= limit:
        return None
    counted = [_counted(report, needs.get(id(report)), limit) for report in target.reports]
    names = {each.name: each for each in target.hyperparameters}
    causes = blame.causes(counted, names, shares.weight_of(target))
    if target.coverage is not None and target.coverage.mode == "sampled":
        causes = shares.sharpened(causes, counted, lambda condition: condition.probability(names))
    return (causes[0], largest, needs[id(largest)]) if causes else None


def _needs(target: TargetAnalysis, report: Report, code: Code, batch: int | None = None) -> float:
    trains = "trainable" not in code.clean
    return cost.least(report, target.cost, batch or _batch(target, code), trains)


def _counted(report: Report, needs: float | None, limit: int) -> Report:
    """A report as the memory sees it; a configuration that does not build says nothing about that."""
    if needs is None:
        return replace(report, verdict="unknown") if report.verdict != "unknown" else report
    if needs <= limit:
        return report
    return replace(
        report, verdict="fail", error=ProbeError("MemoryError", "It does not fit into memory.", "step")
    )


def _batch(target: TargetAnalysis, code: Code) -> int:
    """The samples of one step: those that the text gives to a search, else those of a rehearsal."""
    written = [value for _, value in _written(target, code)]
    observed = target.cost.batch[0] if target.cost is not None and target.cost.batch else _BATCH
    return min(written, default=observed)


def _written(target: TargetAnalysis, code: Code) -> Iterator[tuple[ast.expr, int]]:
    for call in (each for tuner in target.target.tuners for each in tuner.searches):
        node = code.expression(call.span, ast.Call)
        given = code.argument(node, "batch_size") if isinstance(node, ast.Call) else None
        value = code.value(given, default=None) if given is not None else None
        if given is not None and type(value) is int and value > 0:
            yield given, value


def _repairs(target: TargetAnalysis, cause: Cause, limit: int, code: Code) -> Iterator[Fix]:
    yield from tighten.tighten(target, cause, code)
    built = [report for report in target.reports if report.verdict == "ok"]
    batch = _batch(target, code)
    while batch > 1:
        batch //= 2
        if all(_needs(target, report, code, batch) <= limit for report in built):
            edits = tuple(
                Edit(code.span(node), str(batch)) for node, value in _written(target, code) if value > batch
            )
            if edits:
                yield Fix(f"Train on batches of {batch}", edits)
            return


def _gigabytes(count: float) -> str:
    value = count / 1e9
    return f"{value:,.0f} GB" if value >= 10 else f"{value:.1f} GB"
