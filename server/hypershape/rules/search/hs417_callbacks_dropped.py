"""HS417."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import partial

from hypershape.model import Analysis, Finding, Severity
from hypershape.rules.base import Example, Rule
from hypershape.rules.common.hypermodels import callbacks_handed_on, drops_callbacks, own_fits

_LATER = ("get_best_models", "load_model")

_THE_BEST = """
tuner = kt.RandomSearch(Model(), "loss", max_trials=2, overwrite=True)
tuner.search(np.ones((8, 4)), np.ones((8, 1)))
best = tuner.get_best_models()[0]
"""
"""The search of the examples."""


class CallbacksDropped(Rule):
    """`HyperModel.fit` does not hand Keras Tuner's callbacks on, so that no model is saved.

    ## What it does
    Finds a `fit` that calls `model.fit` without `callbacks` and without its `**kwargs`, in files that load a model
    back after the search.

    ## Why it matters
    Keras Tuner saves the best weights in a callback that it passes to `fit`. The search runs to its end; then
    `get_best_models` finds no file and raises a FileNotFoundError.

    ## Fix
    `model.fit(…, **kwargs)`.
    """

    code = "HS417"
    name = "callbacks-dropped"
    severity = Severity.WARNING
    static = True

    INVALID = (
        Example.search(
            _THE_BEST,
            fit="""
            def fit(self, hp, model, x, y, **kwargs):
                return model.fit(x, y, batch_size=hp.Choice("batch_size", [16, 32]))
            """,
            at="model.fit",
            fixed='batch_size=hp.Choice("batch_size", [16, 32]), **kwargs)',
        ),
        Example.search(
            _THE_BEST,
            fit="""
            def fit(self, hp, model, x, y, callbacks=None, verbose=0):
                return model.fit(x, y, verbose=verbose)
            """,
            at="model.fit",
            fixed="model.fit(x, y, verbose=verbose, callbacks=callbacks)",
        ),
    )
    VALID = (
        Example.search(
            _THE_BEST,
            fit="""
            def fit(self, hp, model, *args, **kwargs):
                return model.fit(*args, batch_size=hp.Choice("batch_size", [16, 32]), **kwargs)
            """,
        ),
        Example.search(
            _THE_BEST.replace("get_best_models", "get_best_hyperparameters"),
            fit="""
            def fit(self, hp, model, x, y, **kwargs):
                return model.fit(x, y, batch_size=hp.Choice("batch_size", [16, 32]))
            """,
        ),
        Example.search(
            _THE_BEST,
            fit="""
            def fit(self, hp, model, x, y, **kwargs):
                callbacks = kwargs.pop("callbacks", [])
                return model.fit(x, y, epochs=2, callbacks=callbacks)
            """,
        ),
        Example.search(
            _THE_BEST,
            fit="""
            def fit(self, hp, model, x, y, callbacks=(), **kwargs):
                for callback in callbacks:
                    callback.set_model(model)
                history = model.fit(x, y)
                for callback in callbacks:
                    callback.on_epoch_end(0, {"loss": history.history["loss"][-1]})
                return history
            """,
        ),
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        code = analysis.module.code
        if not any(isinstance(node, ast.Attribute) and node.attr in _LATER for node in code.nodes):
            return
        for each in own_fits(code):
            if drops_callbacks(each):
                yield self.finding(
                    "Keras Tuner's callbacks are not handed on to `model.fit`: no weights are saved, and "
                    "`get_best_models` will find none.",
                    code.span(each.call.func),
                    repairs=partial(callbacks_handed_on, each, code),
                )
