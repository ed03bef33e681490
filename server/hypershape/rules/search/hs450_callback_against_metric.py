"""HS450."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import partial

from hypershape.model import Analysis, Edit, Finding, Fix, Severity
from hypershape.rules.base import Example, Rule
from hypershape.rules.common.directions import own_metrics, surely
from hypershape.rules.common.identifiers import requoted
from hypershape.source import Code

_CALLBACKS = {
    "keras.callbacks.EarlyStopping": (0, 4),
    "keras.callbacks.ReduceLROnPlateau": (0, 4),
    "keras.callbacks.ModelCheckpoint": (1, 5),
}
"""Callbacks that look for the best epoch, with where their `monitor` and their `mode` stand."""


class CallbackAgainstMetric(Rule):
    """A callback looks for the worst values of the metric that it watches.

    ## What it does
    Compares `mode` of `EarlyStopping`, `ReduceLROnPlateau` and `ModelCheckpoint` with the nature of a metric of Keras.

    ## Why it matters
    Nothing fails: every epoch that improves counts as one that does not, so that trials end while they still get better,
    and the worst weights are kept.

    ## Fix
    Leave `mode` out, or turn it round.
    """

    code = "HS450"
    name = "callback-against-metric"
    severity = Severity.WARNING
    static = True

    INVALID = (
        Example.search(
            """
            tuner = kt.RandomSearch(build_model, "val_accuracy", max_trials=3, overwrite=True)
            stop = keras.callbacks.EarlyStopping(monitor="val_accuracy", mode="min", patience=3)
            tuner.search(np.ones((8, 4)), np.ones((8, 1)), validation_split=0.5, callbacks=[stop])
            """,
            head='layers.Dense(1, activation="sigmoid")',
            compile='loss="binary_crossentropy", metrics=["accuracy"]',
            at='"min"',
            fixed='mode="max"',
        ),
        Example.search(
            """
            tuner = kt.RandomSearch(build_model, "val_loss", max_trials=3, overwrite=True)
            keep = keras.callbacks.ModelCheckpoint("best.keras", "val_loss", save_best_only=True, mode="max")
            tuner.search(np.ones((8, 4)), np.ones((8, 1)), validation_split=0.5, callbacks=[keep])
            """,
            head="layers.Dense(1)",
            at='"max"',
            fixed='mode="min"',
        ),
    )
    VALID = (
        Example.search(
            """
            tuner = kt.RandomSearch(build_model, "val_loss", max_trials=3, overwrite=True)
            stops = [
                keras.callbacks.EarlyStopping("val_loss", mode="min"),
                keras.callbacks.EarlyStopping("val_loss", mode="auto"),
                keras.callbacks.ReduceLROnPlateau("val_loss"),
            ]
            tuner.search(np.ones((8, 4)), np.ones((8, 1)), validation_split=0.5, callbacks=stops)
            """,
            head="layers.Dense(1)",
        ),
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        code = analysis.module.code
        own = own_metrics(code)
        for call in code.calls:
            places = _CALLBACKS.get(code.imported(call.func) or "")
            if places is None:
                continue
            monitor, mode = (
                code.argument(call, name, place)
                for name, place in zip(("monitor", "mode"), places, strict=True)
            )
            watched = code.value(monitor, default=None) if monitor is not None else "val_loss"
            written = code.resolve(mode) if mode is not None else None
            better = surely(watched, own) if isinstance(watched, str) else None
            if not isinstance(written, ast.Constant) or written.value not in ("min", "max"):
                continue
            if better not in (None, written.value):
                yield self.finding(
                    f"A {'smaller' if better == 'min' else 'greater'} {watched} is the better one, but this callback "
                    f"takes {'the greatest' if better == 'min' else 'the smallest'} for the best.",
                    code.span(written),
                    repairs=partial(_turned, written, str(better), code),
                )


def _turned(mode: ast.Constant, better: str, code: Code) -> Iterator[Fix]:
    edit = Edit(code.span(mode), requoted(code.source(mode), better))
    yield Fix(f"Take the {'smallest' if better == 'min' else 'greatest'} for the best", (edit,))
