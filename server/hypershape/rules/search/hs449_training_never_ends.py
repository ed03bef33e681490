"""HS449."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from hypershape.model import Analysis, Finding, Severity, Span, TunerCall
from hypershape.rules.base import Example, Rule
from hypershape.source import Code

_STEPS = {"x": "steps_per_epoch", "validation_data": "validation_steps"}


class TrainingNeverEnds(Rule):
    """A search is given data without end, and is not told after how many batches an epoch is over.

    ## What it does
    Sees in a rehearsal what `fit` is given: a dataset that repeats itself for ever, or a generator whose code
    has no way to return, without `steps_per_epoch` (`validation_steps` for validation data).

    ## Why it matters
    The first epoch of the first trial never ends.

    ## Fix
    Say how many batches are an epoch, or leave out `repeat()`.
    """

    code = "HS449"
    name = "training-never-ends"
    severity = Severity.ERROR
    rehearsed = True

    INVALID = (
        Example.search(
            """
            data = tf.data.Dataset.from_tensor_slices((tf.zeros((8, 4)), tf.zeros((8, 1)))).batch(4).repeat()
            tuner = kt.RandomSearch(build_model, "loss", max_trials=2, overwrite=True)
            tuner.search(data, epochs=2)
            """,
            head="layers.Dense(1)",
            compile='loss="mse"',
            at="data",
        ),
        Example.search(
            """
            def batches():
                while True:
                    yield np.ones((4, 4)), np.ones((4, 1))


            tuner = kt.RandomSearch(build_model, "loss", max_trials=2, overwrite=True)
            tuner.search(x=batches(), epochs=2)
            """,
            head="layers.Dense(1)",
            compile='loss="mse"',
            at="batches()",
        ),
    )
    VALID = (
        Example.search(
            """
            data = tf.data.Dataset.from_tensor_slices((tf.zeros((8, 4)), tf.zeros((8, 1)))).batch(4).repeat()
            tuner = kt.RandomSearch(build_model, "loss", max_trials=2, overwrite=True)
            tuner.search(data, epochs=2, steps_per_epoch=2)
            """,
            head="layers.Dense(1)",
            compile='loss="mse"',
        ),
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        code = analysis.module.code
        for tuner in analysis.module.tuners:
            names = {
                name
                for each in analysis.rehearsals
                if each.tuner == tuner.call.span
                for name in each.facts.get("endless") or ()
            }
            for name in sorted(names & _STEPS.keys()):
                what = "epoch" if name == "x" else "validation"
                yield self.finding(
                    f"These data do not end, and `{_STEPS[name]}` is not given: the first {what} of the first trial never "
                    "ends.",
                    _place(name, tuner, code),
                )


def _place(name: str, tuner: TunerCall, code: Code) -> Span:
    """The data as they are given to the search."""
    search = tuner.searches[0] if tuner.searches else tuner.call
    call = code.expression(search.span, ast.Call)
    given = code.argument(call, name, 0 if name == "x" else None) if isinstance(call, ast.Call) else None
    return code.span(given) if given is not None else search.callee
