"""HS424."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import partial

from hypershape.model import Analysis, Edit, Finding, Fix, Severity
from hypershape.rules.base import Example, Rule
from hypershape.rules.common.tuners import tuners
from hypershape.source import Code

_KERAS = "keras.callbacks."


class CallbacksNoList(Rule):
    """`search` gets one callback where it takes a list of them.

    ## What it does
    Finds `search(…, callbacks=EarlyStopping(…))`, also through a variable, and tuples and `None` in its place.

    ## Why it matters
    Keras takes a single callback in `fit`; Keras Tuner copies the list of callbacks for each trial and raises
    `TypeError: 'EarlyStopping' object is not iterable` in every one.

    ## Fix
    Brackets around it.
    """

    code = "HS424"
    name = "callbacks-no-list"
    severity = Severity.ERROR
    static = True

    INVALID = (
        Example(
            """
            import keras
            import keras_tuner as kt

            tuner = kt.RandomSearch(build_model, "val_loss", max_trials=3, overwrite=True)
            stop = keras.callbacks.EarlyStopping(patience=3)
            tuner.search(x, y, epochs=5, validation_split=0.2, callbacks=stop)
            """,
            at="stop",
            fixed="callbacks=[stop])",
        ),
        Example(
            """
            import keras_tuner as kt
            from tensorflow.keras.callbacks import ReduceLROnPlateau

            tuner = kt.Hyperband(build_model, "val_loss", max_epochs=9, overwrite=True)
            tuner.search(x, y, validation_split=0.2, callbacks=ReduceLROnPlateau())
            """,
            at="ReduceLROnPlateau()",
            fixed="callbacks=[ReduceLROnPlateau()])",
        ),
        Example(
            """
            import keras
            import keras_tuner as kt

            tuner = kt.RandomSearch(build_model, "val_loss", max_trials=3, overwrite=True)
            stop = keras.callbacks.EarlyStopping(patience=3)
            tuner.search(x, y, epochs=5, validation_split=0.2, callbacks=(stop,))
            """,
            at="(stop,)",
            fixed="callbacks=list((stop,)))",
        ),
    )
    VALID = (
        Example(
            """
            import keras
            import keras_tuner as kt

            tuner = kt.RandomSearch(build_model, "val_loss", max_trials=3, overwrite=True)
            stop = keras.callbacks.EarlyStopping(patience=3)
            tuner.search(x, y, epochs=5, validation_split=0.2, callbacks=[stop])
            tuner.search(x, y, epochs=5, validation_split=0.2, callbacks=made_elsewhere())
            model.fit(x, y, callbacks=stop)
            """
        ),
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        code = analysis.module.code
        for node, what in _no_lists(analysis, code):
            yield self.finding(
                f"`callbacks` takes a list: with {what} every trial of this search fails.",
                code.span(node),
                repairs=partial(_listed, node, what, code),
            )


def _listed(node: ast.expr, what: str, code: Code) -> Iterator[Fix]:
    source = code.source(node)
    text = {"None": "[]", "a tuple": f"list({source})"}.get(what, f"[{source}]")
    yield Fix(f"Pass {text}", (Edit(code.span(node), text),))


def _no_lists(analysis: Analysis, code: Code) -> Iterator[tuple[ast.expr, str]]:
    """What is given as `callbacks` and certainly is no list, and what it is."""
    for tuner in tuners(analysis, code):
        for search in tuner.searches:
            given = code.argument(search, "callbacks")
            made = code.resolve(given) if given is not None else None
            if given is None:
                continue
            if isinstance(made, ast.Tuple):
                yield given, "a tuple"
            elif isinstance(made, ast.Constant) and made.value is None:
                yield given, "None"
            elif isinstance(made, ast.Call):
                origin = code.imported(made.func) or ""
                if origin.startswith(_KERAS) and origin[len(_KERAS) :].isidentifier():
                    yield given, f"a single {origin[len(_KERAS) :]}"
