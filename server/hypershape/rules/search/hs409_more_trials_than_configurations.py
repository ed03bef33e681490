"""HS409."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import partial

from hypershape.fixes import edits
from hypershape.model import (
    Analysis,
    Edit,
    Finding,
    Fix,
    Severity,
    TargetAnalysis,
)
from hypershape.rules.base import Example, Rule
from hypershape.rules.common.counted import counted, sizes, unscoped
from hypershape.rules.common.declared import declared_elsewhere
from hypershape.rules.common.tuners import Tuner, tuners
from hypershape.rules.common.wording import listed
from hypershape.source import Code, HpCall


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
            if declared_elsewhere(target.target, code):
                continue
            models, values = sizes(target)
            if values is not None and models < wanted and models < values:
                free = listed(each.name for each in unscoped(target))
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
    scoped = [_scoped(code.hp_call_at(each.span), code) for each in unscoped(target)]
    if None not in scoped:
        names = listed(each.name for each in unscoped(target))
        title = f"Say when {names} is used, and ask for {models:,} trials"
        yield Fix(title, (*(edit for edits in scoped if edits for edit in edits), fewer))


def _max_trials(tuner: Tuner, code: Code) -> ast.expr | None:
    return code.argument(tuner.node, "max_trials", 2) if tuner.found.class_name != "Hyperband" else None


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
