"""HS449."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from functools import partial

from hypershape.fixes import edits
from hypershape.model import Analysis, Finding, Fix, Rehearsal, Severity, Span, TunerCall
from hypershape.rules.base import Example, Rule
from hypershape.rules.common import wording
from hypershape.rules.common.rehearsed import decisive
from hypershape.source import Code

_STEPS = {"x": "steps_per_epoch", "validation_data": "validation_steps"}


class TrainingNeverEnds(Rule):
    """A search is given data without end, and is not told after how many batches an epoch is over.

    ## What it does
    Sees in a rehearsal what `fit` is given: a dataset that repeats itself for ever, or a generator whose code
    has no way to return, without `steps_per_epoch` (`validation_steps` for validation data). Keras takes 0 for no
    number at all, as `len(x) // batch_size` gives where a batch is larger than the data.

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
            fixed="tuner.search(data, epochs=2, steps_per_epoch=2)",
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
        Example.search(
            """
            tuner = kt.RandomSearch(Model(), "loss", max_trials=2, overwrite=True)
            tuner.search(np.ones((8, 4)), np.ones((8, 1)), epochs=2)
            """,
            head="layers.Dense(1)",
            compile='loss="mse"',
            fit="""
            def fit(self, hp, model, x, y, **kwargs):
                size = hp.Choice("size", [4, 16])

                def batches():
                    while True:
                        yield x[:size], y[:size]

                return model.fit(batches(), steps_per_epoch=len(x) // size, **kwargs)
            """,
            at="tuner.search",
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
            own = [each for each in analysis.rehearsals if each.tuner == tuner.call.span]
            for name, steps in _STEPS.items():
                bad = [each for each in own if name in (each.facts.get("endless") or ())]
                if bad:
                    good = [each for each in own if each.verdict == "ok" and each not in bad]
                    yield self.finding(
                        _what(name, steps, bad, good),
                        _place(name, tuner, bad[0], code),
                        repairs=partial(_of_one_round, name, steps, tuner, bad, code),
                    )


def _what(name: str, steps: str, bad: Sequence[Rehearsal], good: Sequence[Rehearsal]) -> str:
    what = "epoch" if name == "x" else "validation"
    if not good:
        return f"These data do not end, and `{steps}` is not given: the first {what} of the first trial never ends."
    told = decisive(bad, good)
    met = wording.values(bad[0].values, [*told] or [*bad[0].values])
    return (
        f"In a trial with {met} the data do not end, and `{steps}` is 0 or not given: its first {what} never ends, "
        "and the search with it."
    )


def _of_one_round(
    name: str, steps: str, tuner: TunerCall, bad: Sequence[Rehearsal], code: Code
) -> Iterator[Fix]:
    """As many batches as the data have until they begin again."""
    counts = {(each.facts.get("rounds") or {}).get(name) for each in bad}
    count = counts.pop() if len(counts) == 1 else None
    for search in tuner.searches if isinstance(count, int) else ():
        edit = edits.set_argument(code.module, search.span, steps, str(count))
        if edit is not None:
            yield Fix(f"Let {count} batches, after which they repeat, be all: {steps}={count}", (edit,))


def _place(name: str, tuner: TunerCall, met: Rehearsal, code: Code) -> Span:
    """The data as they are given to the search; the search where its trials make them of others."""
    search = tuner.searches[0] if tuner.searches else tuner.call
    call = code.expression(search.span, ast.Call)
    described = met.facts.get("search") or {}
    kinds = {described.get(each, {}).get("kind") for each in (("0", "x") if name == "x" else (name,))}
    if not isinstance(call, ast.Call) or not kinds & {"generator", "dataset", "sequence"}:
        return search.callee
    given = code.argument(call, name, 0 if name == "x" else None)
    return code.span(given) if given is not None else search.callee
