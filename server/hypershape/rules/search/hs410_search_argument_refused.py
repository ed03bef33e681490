"""HS410."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import partial

from hypershape.fixes import edits
from hypershape.model import Analysis, Edit, Finding, Fix, Severity
from hypershape.rules.base import Example, Rule
from hypershape.rules.common.arguments import renamed_or_removed
from hypershape.rules.common.tuners import trains_itself, tuners
from hypershape.source import Code

FIT = [
    "x",
    "y",
    "batch_size",
    "epochs",
    "verbose",
    "callbacks",
    "validation_split",
    "validation_data",
    "shuffle",
    "class_weight",
    "sample_weight",
    "initial_epoch",
    "steps_per_epoch",
    "validation_steps",
    "validation_batch_size",
    "validation_freq",
]
"""The arguments of `keras.Model.fit` in Keras 3."""

KERAS_2 = ("workers", "use_multiprocessing", "max_queue_size")
"""Those that Keras 2 took as well."""


class SearchArgumentRefused(Rule):
    """`search` is given an argument that `fit` refuses.

    ## What it does
    Compares the arguments of `tuner.search` with those of `Model.fit`, to which Keras Tuner hands them on, and finds
    lists of numbers where arrays are needed.

    ## Why it matters
    Each trial is built and then fails; after three of them the search ends.

    ## Fix
    Rename or remove the argument; make arrays of the data.
    """

    code = "HS410"
    name = "search-argument-refused"
    severity = Severity.ERROR
    static = True

    INVALID = (
        Example.search(
            """
            tuner = kt.RandomSearch(build_model, "loss", max_trials=3)
            tuner.search(x, y, epoch=3)
            """,
            at="epoch=3",
            fixed="tuner.search(x, y, epochs=3)",
        ),
        Example.search(
            """
            labels = [0, 1, 1, 0]
            tuner = kt.RandomSearch(build_model, "loss", max_trials=3, overwrite=True)
            tuner.search(np.ones((4, 4)), labels, epochs=3)
            """,
            head="layers.Dense(1)",
            at="labels",
            fixed="np.array(labels)",
        ),
    )
    VALID = (
        Example.search(
            """
            x, y = np.ones((8, 4)), np.ones((8, 1))
            CALLBACKS = [keras.callbacks.TerminateOnNaN()]
            tuner = kt.RandomSearch(build_model, "loss", max_trials=3, overwrite=True)
            tuner.search(x, y, callbacks=CALLBACKS, class_weight={0: 1.0}, shuffle=False, **{"verbose": 0})
            """
        ),
        Example.search(
            """
            tuner = kt.RandomSearch(build_model, "loss", max_trials=3)
            tuner.search(x, y, epochs=3, callbacks=[keras.callbacks.EarlyStopping("loss")], batch_size=8)
            """
        ),
        Example.search(
            """
            tuner = kt.RandomSearch(Model(), "loss", max_trials=3, overwrite=True)
            tuner.search(np.ones((8, 4)), np.ones((8, 1)), patience=2)
            """,
            fit="""
            def fit(self, hp, model, x, y, patience, **kwargs):
                stop = keras.callbacks.EarlyStopping("loss", patience=patience)
                return model.fit(x, y, callbacks=[*kwargs.pop("callbacks", []), stop], **kwargs)
            """,
        ),
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        code = analysis.module.code
        environment = analysis.environment
        keras_2 = environment is None or not (environment.keras or "").startswith("3")
        for tuner in tuners(analysis, code):
            if trains_itself(tuner, analysis, code):
                continue
            for call in tuner.searches:
                for node in _lists(call, code):
                    yield self.finding(
                        "`fit` takes arrays, not lists of numbers: every trial of this search fails.",
                        code.span(node),
                        repairs=partial(_as_array, node, code),
                    )
            for call, keyword in tuner.search_keywords:
                if keyword.arg is not None and keyword.arg not in FIT:
                    softly = keras_2 and keyword.arg in KERAS_2
                    yield self.finding(
                        f"`fit` takes no {keyword.arg}: every trial of this search fails.",
                        code.span(keyword),
                        severity=Severity.HINT if softly else Severity.ERROR,
                        repairs=partial(renamed_or_removed, call, keyword.arg, FIT, 0.75, code),
                    )


def _lists(call: ast.Call, code: Code) -> Iterator[ast.expr]:
    """The data of a search that is written as a list of numbers, or of such lists."""
    for name, position in (("x", 0), ("y", 1)):
        node = code.argument(call, name, position)
        written = code.resolve(node) if node is not None else None
        if node is not None and isinstance(written, ast.List) and written.elts:
            leaves = [
                each for each in ast.walk(written) if not isinstance(each, (ast.List, ast.expr_context))
            ]
            numbers = [isinstance(each, ast.Constant) and type(each.value) in (int, float) for each in leaves]
            if leaves and all(numbers):
                yield node


def _as_array(data: ast.expr, code: Code) -> Iterator[Fix]:
    bound = code.imported_as("numpy")
    added = edits.add_import(code.module, "import numpy as np") if bound is None else None
    changed = Edit(code.span(data), f"{bound or 'np'}.array({code.source(data)})")
    yield Fix("Make it an array", (changed, added) if added else (changed,))
