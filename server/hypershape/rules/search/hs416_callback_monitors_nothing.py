"""HS416."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from difflib import get_close_matches
from functools import partial

from hypershape.model import Analysis, Edit, Finding, Fix, Severity
from hypershape.rules.base import Example, Rule
from hypershape.rules.common.identifiers import requoted
from hypershape.rules.common.tuners import (
    Tuner,
    reported,
    targets_of,
    trains_itself,
    tuners,
    written_to_logs,
)
from hypershape.rules.common.wording import listed
from hypershape.source import Code

_CALLBACKS = {
    "keras.callbacks.EarlyStopping": 0,
    "keras.callbacks.ReduceLROnPlateau": 0,
}
"""Callbacks that work out from the compiled metrics in which direction to look, and where `monitor` stands."""


class CallbackMonitorsNothing(Rule):
    """A callback of the search watches a metric that the model does not have.

    ## What it does
    Compares `monitor` of `EarlyStopping` and `ReduceLROnPlateau` with the names that one training step reports.

    ## Why it matters
    Keras 3 cannot tell whether an unknown metric should rise or fall and raises a ValueError at the end of the first
    epoch of every trial. With `mode` given it only warns, and the callback never acts.

    ## Fix
    Name a metric that is reported: `val_accuracy` in place of `val_acc`.
    """

    code = "HS416"
    name = "callback-monitors-nothing"
    severity = Severity.ERROR

    INVALID = (
        Example.search(
            """
            tuner = kt.RandomSearch(build_model, "val_accuracy", max_trials=1, overwrite=True)
            stop = keras.callbacks.EarlyStopping(monitor="val_acc", patience=3)
            tuner.search(np.ones((8, 4)), np.ones((8, 1)), validation_split=0.5, callbacks=[stop])
            """,
            body='model.add(layers.Dense(hp.Int("units", 1, 1)))',
            compile='loss="binary_crossentropy", metrics=["accuracy"]',
            at='"val_acc"',
            fixed='monitor="val_accuracy"',
        ),
        Example.search(
            """
            tuner = kt.RandomSearch(build_model, "val_loss", max_trials=1, overwrite=True)
            tuner.search(
                np.ones((8, 4)),
                np.ones((8, 1)),
                validation_split=0.5,
                callbacks=[ReduceLROnPlateau("val_mse")],
            )
            """,
            body='model.add(layers.Dense(hp.Int("units", 1, 1)))',
            compile='loss="mse", metrics=["mae"]',
            before="from keras.callbacks import ReduceLROnPlateau",
            at='"val_mse"',
            fixed='ReduceLROnPlateau("val_mae")',
        ),
        Example.search(
            """
            tuner = kt.RandomSearch(build_model, "val_loss", max_trials=1, overwrite=True)
            stop = keras.callbacks.EarlyStopping("val_acc", mode="max")
            tuner.search(np.ones((8, 4)), np.ones((8, 1)), validation_split=0.5, callbacks=[stop])
            """,
            body='model.add(layers.Dense(hp.Int("units", 1, 1)))',
            at='"val_acc"',
        ),
    )
    VALID = (
        Example.search(
            """
            x, y = np.ones((8, 4)), np.ones((8, 1))
            stops = [keras.callbacks.EarlyStopping(), keras.callbacks.EarlyStopping("mae")]
            tuner = kt.RandomSearch(build_model, "val_loss", max_trials=2, overwrite=True)
            tuner.search(x, y, validation_split=0.5, callbacks=stops)
            """,
            compile='loss="mse", metrics=["mae"]',
        ),
        Example.search(
            """
            tuner = kt.RandomSearch(build_model, kt.Objective("val_error", "min"), max_trials=2, overwrite=True)
            stop = keras.callbacks.EarlyStopping("val_error", mode="min")
            rate = keras.callbacks.ReduceLROnPlateau(monitor="val_loss")
            tuner.search(np.ones((8, 4)), np.ones((8, 1)), validation_split=0.5, callbacks=[stop, rate])
            other = keras.callbacks.EarlyStopping("val_acc")
            """,
            compile='loss="mse", metrics=[keras.metrics.MeanAbsoluteError(name="error")]',
        ),
        Example.search(
            """
            tuner = kt.RandomSearch(build_model, "val_loss", max_trials=2, overwrite=True)
            stop = keras.callbacks.EarlyStopping("val_half", mode="min")
            tuner.search(np.ones((8, 4)), np.ones((8, 1)), validation_split=0.5, callbacks=[Half(), stop])
            """,
            before="""
            class Half(keras.callbacks.Callback):
                def on_epoch_end(self, epoch, logs=None):
                    logs.update({"val_half": logs["val_loss"] / 2})
            """,
            compile='loss="mse"',
        ),
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        code = analysis.module.code
        by_callbacks = written_to_logs(code)
        for tuner in tuners(analysis, code):
            names = reported(tuner, analysis)
            if not names or trains_itself(tuner, analysis, code):
                continue
            for call, node, name in _monitors(tuner, code):
                if name.removeprefix("val_") in names or by_callbacks is None or name in by_callbacks:
                    continue
                directed = code.value(code.argument(call, "mode", 4) or ast.Constant("auto"), default=None)
                certain = directed == "auto"
                what = "every trial of this search fails" if certain else "this callback never acts"
                yield self.finding(
                    f"No trial reports {name!r} ({listed(sorted(names))} are reported): {what}.",
                    code.span(node),
                    severity=Severity.ERROR if certain else Severity.WARNING,
                    target=targets_of(tuner, analysis)[0].name,
                    repairs=partial(_watching, node, name, names, code),
                )


def _watching(node: ast.expr, name: str, names: set[str], code: Code) -> Iterator[Fix]:
    """The metrics that are reported, the most similar first."""
    if not isinstance(node, ast.Constant):
        return
    prefix = "val_" if name.startswith("val_") else ""
    near = get_close_matches(name.removeprefix("val_"), sorted(names), n=2, cutoff=0.3)
    for each in dict.fromkeys([*near, "loss"]):
        text = requoted(code.source(node), prefix + each)
        yield Fix(f"Watch {prefix}{each}", (Edit(code.span(node), text),))


def _monitors(tuner: Tuner, code: Code) -> Iterator[tuple[ast.Call, ast.expr, str]]:
    """The callbacks of a tuner's searches with what they watch, where it is written as a literal."""
    for search in tuner.searches:
        given = code.argument(search, "callbacks")
        written = code.resolve(given) if given is not None else None
        for element in written.elts if isinstance(written, (ast.List, ast.Tuple)) else ():
            call = code.resolve(element)
            if not isinstance(call, ast.Call) or (code.imported(call.func) or "") not in _CALLBACKS:
                continue
            node = code.argument(call, "monitor", 0)
            name = code.value(node, default=None) if node is not None else None
            if node is not None and isinstance(name, str):
                yield call, node, name
