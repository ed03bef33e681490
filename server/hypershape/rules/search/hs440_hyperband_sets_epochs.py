"""HS440."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import partial

from hypershape.fixes import edits
from hypershape.model import Analysis, Finding, Fix, Severity
from hypershape.rules.base import Example, Rule
from hypershape.rules.common.tuners import Tuner, tuners
from hypershape.source import Code

_DEFAULT_EPOCHS = 100
"""`max_epochs` where none is given."""


class HyperbandSetsEpochs(Rule):
    """`epochs` of a Hyperband search has no effect, nor has an early stop that comes too late.

    ## What it does
    Finds `epochs=` in the search of a Hyperband tuner, and an `EarlyStopping` whose patience is as long as its longest
    training.

    ## Why it matters
    Hyperband gives each trial its own number of epochs, up to `max_epochs`, and overwrites what `search` is given.

    ## Fix
    Say how long a trial may train with `max_epochs`; remove `epochs`.
    """

    code = "HS440"
    name = "hyperband-sets-epochs"
    severity = Severity.INFO
    static = True

    INVALID = (
        Example.search(
            """
            tuner = kt.Hyperband(build_model, "loss", max_epochs=4, overwrite=True)
            tuner.search(np.ones((8, 4)), np.ones((8, 1)), epochs=60)
            """,
            at="epochs=60",
            fixed="tuner.search(np.ones((8, 4)), np.ones((8, 1)))",
        ),
        Example.search(
            """
            stop = keras.callbacks.EarlyStopping("loss", patience=3)
            tuner = kt.Hyperband(build_model, "loss", max_epochs=4, overwrite=True)
            tuner.search(np.ones((8, 4)), np.ones((8, 1)), callbacks=[stop])
            """,
            at="patience=3",
        ),
    )
    VALID = (
        Example.search(
            """
            tuner = kt.Hyperband(build_model, "loss", max_epochs=4, overwrite=True)
            tuner.search(
                np.ones((8, 4)), np.ones((8, 1)), epochs=4, callbacks=[keras.callbacks.EarlyStopping("loss", patience=2)]
            )
            """,
            body='model.add(layers.Dense(hp.Int("units", 1, 30)))',
        ),
        Example.search(
            """
            tuner = kt.RandomSearch(build_model, "loss", max_trials=2, overwrite=True)
            tuner.search(np.ones((8, 4)), np.ones((8, 1)), epochs=6)
            """
        ),
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        code = analysis.module.code
        for tuner in tuners(analysis, code):
            longest = _longest(tuner, code) if tuner.found.class_name == "Hyperband" else None
            if longest is None:
                continue
            for call, keyword in tuner.search_keywords:
                if keyword.arg == "epochs" and code.value(keyword.value, default=None) != longest:
                    yield self.finding(
                        f"Hyperband sets the epochs of each trial itself, up to max_epochs={longest}: "
                        f"{code.source(keyword)} has no effect.",
                        code.span(keyword),
                        repairs=partial(_without, call, code),
                    )
                elif keyword.arg == "callbacks":
                    for patience in _patient(keyword.value, longest, code):
                        yield self.finding(
                            f"No trial of this Hyperband trains longer than {longest} epochs: with "
                            f"{code.source(patience)} EarlyStopping never ends one early.",
                            code.span(patience),
                        )


def _longest(tuner: Tuner, code: Code) -> int | None:
    """The most epochs that a trial can get; None where that is not written."""
    node = code.argument(tuner.node, "max_epochs", 2)
    value = (
        code.value(node, default=None) if node is not None else _DEFAULT_EPOCHS if tuner.complete else None
    )
    return value if type(value) is int else None


def _patient(callbacks: ast.expr, longest: int, code: Code) -> Iterator[ast.keyword]:
    """The patience of each EarlyStopping that could only end a trial after its last epoch.

    The first epoch sets the best value, so that patience p ends a training after p + 1 epochs at the earliest.
    """
    written = code.resolve(callbacks)
    for each in written.elts if isinstance(written, (ast.List, ast.Tuple)) else ():
        made = code.resolve(each)
        if isinstance(made, ast.Call) and code.imported(made.func) == "keras.callbacks.EarlyStopping":
            for keyword in made.keywords:
                value = code.value(keyword.value, default=None)
                if keyword.arg == "patience" and type(value) is int and value >= longest - 1:
                    yield keyword


def _without(search: ast.Call, code: Code) -> Iterator[Fix]:
    edit = edits.remove_argument(code.module, code.span(search), "epochs")
    if edit is not None:
        yield Fix("Remove epochs, which has no effect", (edit,))
