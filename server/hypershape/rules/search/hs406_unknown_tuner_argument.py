"""HS406."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from hypershape.fixes import edits
from hypershape.fixes.syntax import Code
from hypershape.model import Analysis, Finding, Fix, Severity, Span
from hypershape.rules.base import Example, Rule
from hypershape.rules.common.tuners import PARAMETERS, tuners
from hypershape.rules.common.wording import listed


class UnknownTunerArgument(Rule):
    """A tuner is given an argument that it does not take.

    ## What it does
    Compares the arguments of Keras Tuner's own tuners with those that they take.

    ## Why it matters
    The constructor raises a ValueError: "Unrecognized arguments". `Hyperband` takes `max_epochs`, not `max_trials`.

    ## Fix
    Rename or remove the argument.
    """

    code = "HS406"
    name = "unknown-tuner-argument"
    severity = Severity.ERROR
    static = True

    INVALID = (
        Example(
            """
            import keras_tuner as kt

            tuner = kt.Hyperband(build_model, "val_loss", max_trials=3)
            """,
            at="max_trials=3",
            fixed='kt.Hyperband(build_model, "val_loss")',
        ),
        Example(
            """
            import keras_tuner as kt

            tuner = kt.RandomSearch(build_model, "val_loss", max_trial=3)
            """,
            at="max_trial=3",
            fixed="max_trials=3",
        ),
    )
    VALID = (
        Example(
            """
            import keras_tuner as kt

            a = kt.Hyperband(build_model, "val_loss", max_epochs=3, factor=2)
            b = kt.BayesianOptimization(build_model, "val_loss", max_trials=3, beta=2.0, seed=1)
            """
        ),
        Example(
            """
            import keras
            import keras_tuner as kt
            from keras import layers


            def build_model(hp):
                model = keras.Sequential([keras.Input((4,)), layers.Dense(hp.Int("units", 1, 3))])
                model.compile(loss="mse", metrics=["mae"])
                return model


            tuner = kt.RandomSearch(build_model, "val_loss", 3, overwrite=True, seed=1, executions_per_trial=2, max_retries_per_trial=1, max_consecutive_failed_trials=8)
            """
        ),
        Example(
            """
            import keras
            import keras_tuner as kt
            from keras import layers


            def build_model(hp):
                model = keras.Sequential([keras.Input((4,)), layers.Dense(hp.Int("units", 1, 3))])
                model.compile(loss="mse", metrics=["mae"])
                return model


            class Own(kt.RandomSearch):
                def __init__(self, *args, patience, **kwargs):
                    super().__init__(*args, **kwargs)
                    self.patience = patience


            tuner = Own(build_model, "val_loss", max_trials=3, patience=2, overwrite=True)
            """
        ),
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        code = Code.of(analysis.module)
        for tuner in tuners(analysis, code):
            known = PARAMETERS.get(tuner.found.class_name, ())
            for each in tuner.node.keywords if known else ():
                if each.arg is None or each.arg in known:
                    continue
                own = [name for name in known[:4] if name not in ("hypermodel", "objective", "seed")]
                yield self.finding(
                    f"{tuner.found.class_name} takes no {each.arg} (it takes {listed(own)}).", code.span(each)
                )

    def fixes(self, finding: Finding, analysis: Analysis) -> Iterator[Fix]:
        code = Code.of(analysis.module)
        for tuner in tuners(analysis, code):
            name = _at(finding.span, [(code.span(each), each.arg) for each in tuner.node.keywords])
            if name is None:
                continue
            taken = {each.arg for each in tuner.node.keywords}
            free = [each for each in PARAMETERS.get(tuner.found.class_name, ()) if each not in taken]
            for near in get_close_matches(name, free, n=1, cutoff=0.85):
                edit = edits.rename_argument(code.module, code.span(tuner.node), name, near)
                if edit is not None:
                    yield Fix(f"Rename {name} to {near}", (edit,))
            removed = edits.remove_argument(code.module, code.span(tuner.node), name)
            if removed is not None:
                yield Fix(f"Remove {name}", (removed,))


def _at(span: Span, places: list[tuple[Span, str | None]]) -> str | None:
    return next((name for place, name in places if place == span), None)
