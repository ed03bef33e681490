"""HS409."""

from __future__ import annotations

import ast
import math
from collections.abc import Iterator
from functools import partial

from hypershape.fixes import edits
from hypershape.model import (
    Analysis,
    Edit,
    Finding,
    Fix,
    Hyperparameter,
    Report,
    Severity,
    TargetAnalysis,
)
from hypershape.rules.base import Example, Rule
from hypershape.rules.common.tuners import Tuner, declares_elsewhere, targets_of, tuners
from hypershape.rules.common.wording import listed
from hypershape.source import Code, HpCall
from hypershape.space.domains import size


class MoreTrialsThanConfigurations(Rule):
    """A tuner is asked for more trials than the search space has configurations.

    ## What it does
    Compares `max_trials` with the number of configurations, and of different models, when all of them are known.

    ## Why it matters
    The search ends early without a word. Where a value is drawn under a plain `if`, Keras Tuner counts it for the
    other branch too: it trains the same model again, in trials that differ in nothing.

    ## Fix
    Lower `max_trials`; declare conditions with `hp.conditional_scope` or `parent_name`.
    """

    code = "HS409"
    name = "more-trials-than-configurations"
    severity = Severity.HINT

    INVALID = (
        Example.search(
            'tuner = kt.RandomSearch(build_model, "loss", max_trials=20, overwrite=True)',
            at="20",
            fixed="max_trials=3",
        ),
        Example.search(
            'tuner = kt.RandomSearch(build_model, "loss", max_trials=7, overwrite=True)',
            body="""
            if hp.Boolean("deep"):
                model.add(layers.Dense(hp.Int("units", 1, 4)))
            """,
            head="layers.Dense(1)",
            at="7",
            fixed='hp.Int("units", 1, 4, parent_name="deep", parent_values=[True])',
        ),
        Example.search(
            'tuner = kt.RandomSearch(build_model, "loss", 100, overwrite=True)',
            body="""
            deep = hp.Boolean("deep")
            with hp.conditional_scope("deep", [True]):
                if deep:
                    model.add(layers.Dense(hp.Int("units", 1, 4)))
            """,
            head="layers.Dense(1)",
            at="100",
            fixed='kt.RandomSearch(build_model, "loss", 5, overwrite=True)',
        ),
    )
    VALID = (
        Example.search(
            """
            first = kt.RandomSearch(build_model, "loss", max_trials=3, overwrite=True)
            second = kt.Hyperband(build_model, "loss", max_epochs=2, overwrite=True)
            """
        ),
        Example.search(
            'tuner = kt.RandomSearch(build_model, "loss", max_trials=500, overwrite=True)',
            body="""
            if hp.Boolean("deep"):
                model.add(layers.Dense(hp.Int("units", 1, 4)))
            """,
            head="layers.Dense(1)",
            compile='keras.optimizers.SGD(hp.Float("rate", 1e-4, 1e-1, sampling="log")), loss="mse"',
        ),
        Example.search(
            """
            tuner = kt.RandomSearch(Model(), "loss", max_trials=5, overwrite=True)
            tuner.search(np.ones((8, 4)), np.ones((8, 1)))
            """,
            fit="""
            def fit(self, hp, model, *args, **kwargs):
                return model.fit(*args, batch_size=hp.Choice("batch_size", [2, 4, 8]), **kwargs)
            """,
        ),
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        code = analysis.module.code
        for tuner in tuners(analysis, code):
            node = _max_trials(tuner, code)
            wanted = code.value(node, default=None) if node is not None else None
            target = counted(tuner, analysis)
            if node is None or target is None or not isinstance(wanted, int):
                continue
            models, values = sizes(target)
            if values is not None and models < wanted and models < values:
                free = listed(each.name for each in _unscoped(target))
                said = (
                    f"The search space has only {models:,} different models: the others of these {wanted:,} trials "
                    f"repeat them, because {free} is drawn for them as well (conditional_scope would tell)."
                )
            elif values is not None and wanted > values:
                said = (
                    f"The search space has only {values:,} configurations: the search ends after at most "
                    f"{values:,} of these {wanted:,} trials."
                )
            else:
                continue
            yield self.finding(
                said,
                code.span(node),
                target=target.target.name,
                repairs=partial(_repairs, target, node, code),
            )


def _repairs(target: TargetAnalysis, max_trials: ast.expr, code: Code) -> Iterator[Fix]:
    """Fewer trials, with the conditions that keep Keras Tuner from counting a value where it is not read."""
    models, values = sizes(target)
    fewer = Edit(code.span(max_trials), str(models))
    if models == values:
        yield Fix(f"Ask for {models:,} trials", (fewer,))
        return
    scoped = [_scoped(code.hp_call_at(each.span), code) for each in _unscoped(target)]
    if None not in scoped:
        names = listed(each.name for each in _unscoped(target))
        title = f"Say when {names} is used, and ask for {models:,} trials"
        yield Fix(title, (*(edit for edits in scoped if edits for edit in edits), fewer))


def _max_trials(tuner: Tuner, code: Code) -> ast.expr | None:
    return code.argument(tuner.node, "max_trials", 2) if tuner.found.class_name != "Hyperband" else None


def counted(tuner: Tuner, analysis: Analysis) -> TargetAnalysis | None:
    """The target of a tuner, if it has one and its configurations were counted."""
    places = [target.span for target in targets_of(tuner, analysis)]
    found = [each for each in analysis.targets if each.target.span in places]
    if len(found) != 1 or found[0].coverage is None or found[0].coverage.space is None:
        return None
    coverage = found[0].coverage
    endless = any(size(each) is None for each in found[0].hyperparameters)
    if coverage.mode != "exhaustive" or endless or any(map(_is_cut_short, found[0].reports)):
        return None
    return None if declares_elsewhere(found[0], analysis.module) else found[0]


def sizes(target: TargetAnalysis) -> tuple[int, int | None]:
    """The number of different models, and of different sets of values for Keras Tuner; None where that is not known.

    Keras Tuner draws every hyperparameter that it knows, except under a condition that does not hold.
    """
    assert target.coverage is not None and target.coverage.space is not None
    models = target.coverage.space
    if not _unscoped(target):
        return models, models
    counts = [each.count for each in target.hyperparameters]
    if any(each.conditions for each in target.hyperparameters) or None in counts:
        return models, None
    return models, math.prod(count for count in counts if count is not None)


def _unscoped(target: TargetAnalysis) -> list[Hyperparameter]:
    """Hyperparameters that some configurations do not read although no condition is declared for them."""
    return [
        each
        for each in target.hyperparameters
        if not each.conditions and any(each.name not in report.configuration for report in target.reports)
    ]


def _scoped(call: HpCall | None, code: Code) -> tuple[Edit, ...] | None:
    """The edits that declare the condition of the plain `if` around a declaration."""
    if call is None or not call.complete:
        return None
    branch = next(
        (each for each in code.ancestors(call.node) if isinstance(each, (ast.If, ast.FunctionDef))), None
    )
    if not isinstance(branch, ast.If):
        return None
    positive = any(call.node in ast.walk(each) for each in branch.body)
    drawn = code.resolve(branch.test)
    parent = code.hp_call(drawn) if isinstance(drawn, ast.Call) else None
    name = parent.arguments.get("name") if parent is not None and parent.kind == "Boolean" else None
    if name is None or not isinstance(code.value(name, default=None), str):
        return None
    text = f"parent_name={code.source(name)}, parent_values=[{positive}]"
    edit = edits.append_argument(code.module, call.span, text)
    return None if edit is None else (edit,)


def _is_cut_short(report: Report) -> bool:
    """Whether a failure may have kept a probe from declaring what comes after it."""
    return report.error is not None and report.error.stage in ("declare", "build")
