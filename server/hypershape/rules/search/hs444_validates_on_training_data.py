"""HS444."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import partial

from hypershape.model import Analysis, Edit, Finding, Fix, Severity, Span, TunerCall
from hypershape.rules.base import Example, Rule
from hypershape.rules.common.datasets import shuffled_once
from hypershape.rules.common.places import yields
from hypershape.source import Code


class ValidatesOnTrainingData(Rule):
    """A search validates on the data that it trains on.

    ## What it does
    Compares `validation_data` with the first two arguments of `search`. A rehearsal shows more: `take` and `skip` of one
    dataset that is shuffled anew in each pass divide it in another place each time.

    ## Why it matters
    The objective then measures how well a model has learnt its training data by heart: the largest models win.

    ## Fix
    Keep some data back: `validation_split=0.2`, or data of their own. Shuffle with `reshuffle_each_iteration=False`
    before `take` and `skip`, and once more, what is trained on, behind them.
    """

    code = "HS444"
    name = "validates-on-training-data"
    severity = Severity.INFO
    static = True
    also_probed = True

    INVALID = (
        Example.search(
            """
            x, y = np.ones((8, 4)), np.ones((8, 1))
            tuner = kt.RandomSearch(build_model, "val_loss", max_trials=2, overwrite=True)
            tuner.search(x, y, epochs=1, validation_data=(x, y))
            """,
            at="(x, y)",
            fixed="tuner.search(x, y, epochs=1, validation_split=0.2)",
        ),
        Example.search(
            """
            pairs = tf.data.Dataset.from_tensor_slices((tf.zeros((40, 4)), tf.zeros((40, 1)))).shuffle(40)
            tuner = kt.RandomSearch(build_model, "val_loss", max_trials=2, overwrite=True)
            tuner.search(pairs.take(32).batch(4), epochs=1, validation_data=pairs.skip(32).batch(4))
            """,
            head="layers.Dense(1)",
            at="pairs.skip(32).batch(4)",
            fixed=".shuffle(40, reshuffle_each_iteration=False)",
            played=True,
        ),
    )
    VALID = (
        Example.search(
            """
            x, y = np.ones((8, 4)), np.ones((8, 1))
            tuner = kt.RandomSearch(build_model, "val_loss", max_trials=2, overwrite=True)
            tuner.search(x[2:], y[2:], epochs=1, validation_data=(x[:2], y[:2]))
            """
        ),
        Example.search(
            """
            def batches():
                while True:
                    yield np.random.rand(8, 4), np.ones((8, 1))


            data = batches()
            tuner = kt.RandomSearch(build_model, "val_loss", max_trials=2, overwrite=True)
            tuner.search(data, steps_per_epoch=2, validation_data=data, validation_steps=1)
            """
        ),
        Example.search(
            """
            pairs = tf.data.Dataset.from_tensor_slices((tf.zeros((40, 4)), tf.zeros((40, 1))))
            pairs = pairs.shuffle(40, reshuffle_each_iteration=False)
            tuner = kt.RandomSearch(build_model, "val_loss", max_trials=2, overwrite=True)
            tuner.search(pairs.take(32).batch(4), epochs=1, validation_data=pairs.skip(32).batch(4))
            """,
            head="layers.Dense(1)",
        ),
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        code = analysis.module.code
        for found in analysis.module.tuners:
            for search in found.searches:
                call = code.expression(search.span, ast.Call)
                keyword = _same_again(call, code) if isinstance(call, ast.Call) else None
                if keyword is not None:
                    yield self.finding(
                        "This search validates on the data that it trains on: the objective does not tell how a "
                        "model does on new data.",
                        code.span(keyword.value),
                        repairs=partial(_split, keyword, code),
                    )
            played = [each for each in analysis.rehearsals if each.tuner == found.call.span]
            if any(each.facts.get("divided_anew") for each in played):
                yield self.finding(
                    "This search validates on what it trains on: its dataset is shuffled anew in each pass, so that "
                    "`take` and `skip` divide it in another place each time.",
                    _validation(found, code),
                    severity=Severity.WARNING,
                    repairs=partial(_keep_the_order, code),
                )


def _same_again(call: ast.Call, code: Code) -> ast.keyword | None:
    """The `validation_data` of a search, where it is the training data as they are written."""
    x, y = code.argument(call, "x", 0), code.argument(call, "y", 1)
    given = [ast.dump(each) for each in (x, y) if each is not None]
    for keyword in code.keywords(call):
        if keyword.arg == "validation_data" and given:
            value = keyword.value
            parts = value.elts if isinstance(value, ast.Tuple) else [value]
            if len(parts) == 1 and _goes_on(parts[0], code):
                continue
            if [ast.dump(each) for each in parts] == given and all(
                isinstance(each, (ast.Name, ast.Attribute)) for each in parts
            ):
                return keyword
    return None


def _validation(tuner: TunerCall, code: Code) -> Span:
    """The validation data as they are given to the search."""
    search = tuner.searches[0] if tuner.searches else tuner.call
    call = code.expression(search.span, ast.Call)
    written = code.keywords(call) if isinstance(call, ast.Call) else ()
    given = [each.value for each in written if each.arg == "validation_data"]
    return code.span(given[0]) if given else search.callee


def _keep_the_order(code: Code) -> Iterator[Fix]:
    edit = shuffled_once(code)
    if edit is not None:
        yield Fix("Shuffle once, so that take and skip divide it in one place", (edit,))


def _goes_on(data: ast.expr, code: Code) -> bool:
    """Whether data come from a generator of the file, which may give others each time that it is asked."""
    made = code.resolve(data)
    name = made.func.id if isinstance(made, ast.Call) and isinstance(made.func, ast.Name) else None
    functions = code.defined.get(name or "", ())
    return any(isinstance(each, ast.FunctionDef) and yields(each) for each in functions)


def _split(keyword: ast.keyword, code: Code) -> Iterator[Fix]:
    """Only arrays can be split."""
    if isinstance(keyword.value, ast.Tuple):
        yield Fix("Keep a fifth back for validation", (Edit(code.span(keyword), "validation_split=0.2"),))
