"""HS401."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from difflib import get_close_matches
from functools import partial

from hypershape.fixes import edits
from hypershape.model import Analysis, Edit, Finding, Fix, Severity
from hypershape.rules.base import Example, Rule
from hypershape.rules.common.directions import better_when
from hypershape.rules.common.identifiers import requoted
from hypershape.rules.common.tuners import (
    Tuner,
    objective_of,
    reported,
    targets_of,
    trains_itself,
    tuners,
    validates,
)
from hypershape.rules.common.wording import listed
from hypershape.source import Code


class ObjectiveNeverReported(Rule):
    """The tuner optimises a metric that no trial reports.

    ## What it does
    Compares the objective with the names that one training step reports, and a `val_` objective with the arguments
    of `search`.

    ## Why it matters
    Keras Tuner looks the name up after the first trial has trained to its end, and fails with a KeyError; after
    three fully trained trials the search ends.

    ## Fix
    Name a metric that is reported, compile the metric, or pass validation data.
    """

    code = "HS401"
    name = "objective-never-reported"
    severity = Severity.ERROR

    INVALID = (
        Example.search(
            """
            tuner = kt.RandomSearch(build_model, objective="val_loss", max_trials=3)
            tuner.search(np.ones((8, 4)), np.ones((8, 1)), epochs=2)
            """,
            compile='loss="mse", metrics=["mae"]',
            at='"val_loss"',
            fixed="epochs=2, validation_split=0.2)",
        ),
        Example.search(
            """
            tuner = kt.RandomSearch(build_model, "val_acc", max_trials=3)
            tuner.search(np.ones((8, 4)), np.ones((8, 1)), epochs=2, validation_split=0.2)
            """,
            head='layers.Dense(1, activation="sigmoid")',
            compile='loss="binary_crossentropy", metrics=["accuracy"]',
            at='"val_acc"',
            fixed='"val_accuracy"',
        ),
        Example.search(
            """
            tuner = kt.RandomSearch(build_model, kt.Objective("val_score", "max"), max_trials=3, overwrite=True)
            tuner.search(np.ones((8, 4)), np.ones((8, 1)), epochs=2, validation_split=0.2)
            """,
            compile='loss="mse"',
            at='"val_score"',
            fixed='kt.Objective("val_loss", "min")',
        ),
    )
    VALID = (
        Example.search(
            """
            tuner = kt.RandomSearch(build_model, "val_accuracy", max_trials=3)
            tuner.search(np.ones((8, 4)), np.ones((8, 1)), epochs=2, validation_split=0.2)
            """,
            head='layers.Dense(1, activation="sigmoid")',
            compile='loss="binary_crossentropy", metrics=["accuracy"]',
        ),
        Example.search(
            """
            x, y = np.ones((8, 4)), np.ones((8, 1))
            tuner = kt.RandomSearch(build_model, "val_loss", max_trials=3, overwrite=True)
            tuner.search(x, y, epochs=2, validation_data=(x[:4], y[:4]))
            other = kt.RandomSearch(build_model, "mae", max_trials=3, overwrite=True)
            other.search(x, y, epochs=2)
            """,
            compile='loss="mse", metrics=["mae"]',
        ),
        Example.search(
            """
            tuner = kt.RandomSearch(build_model, kt.Objective("val_error", "min"), max_trials=3, overwrite=True)
            tuner.search(np.ones((8, 4)), np.ones((8, 1)), epochs=2, validation_split=0.5)
            """,
            compile='loss="mse", metrics=[keras.metrics.MeanAbsoluteError(name="error")]',
        ),
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        code = analysis.module.code
        for tuner in tuners(analysis, code):
            node = objective_of(tuner, code)
            name = code.value(node, default=None) if node is not None else None
            if node is None or not isinstance(name, str) or trains_itself(tuner, analysis, code):
                continue
            names = reported(tuner, analysis)
            plain = name.removeprefix("val_")
            if names and plain not in names:
                yield self.finding(
                    f"No trial reports {name!r}: a training step reports {listed(sorted(names))}.",
                    code.span(node),
                    target=targets_of(tuner, analysis)[0].name,
                    repairs=partial(_other_names, node, name, names, code),
                )
            elif name.startswith("val_") and tuner.searches_complete and not validates(tuner):
                yield self.finding(
                    f"No trial reports {name!r}: the search is given no validation data.",
                    code.span(node),
                    target=targets_of(tuner, analysis)[0].name,
                    repairs=partial(_validated, tuner, node, plain, code),
                )


def _validated(tuner: Tuner, objective: ast.expr, plain: str, code: Code) -> Iterator[Fix]:
    """Validation data for every search, or the objective without it."""
    added = [
        edits.add_argument(code.module, code.span(each), "validation_split", "0.2") for each in tuner.searches
    ]
    if added and None not in added:
        yield Fix("Hold back a fifth of the data for validation", tuple(each for each in added if each))
    written = code.resolve(objective)
    if isinstance(written, ast.Constant):
        edit = Edit(code.span(written), requoted(code.source(written), plain))
        yield Fix(f"Optimise {plain}, measured on the training data", (edit,))


def _other_names(node: ast.expr, name: str, reported: set[str], code: Code) -> Iterator[Fix]:
    """Names that are reported, in the direction in which they are better.

    A loss that is maximised lets the worst model win: where the direction is written, it goes with the name.
    """
    written = code.resolve(node)
    if not isinstance(written, ast.Constant):
        return
    prefix = "val_" if name.startswith("val_") else ""
    plain = name.removeprefix("val_")
    near = get_close_matches(plain, sorted(reported), n=2, cutoff=0.3)
    near += [each for each in sorted(reported) if each not in near and each.startswith(plain[:3])]
    direction = _direction_beside(written, code)
    for each in [*near, *(["loss"] if "loss" not in near else [])]:
        edit = Edit(code.span(written), requoted(code.source(written), prefix + each))
        better = better_when(each)
        if direction is None or better in (None, direction.value):
            yield Fix(f"Optimise {prefix}{each}", (edit,))
        else:
            turned = Edit(code.span(direction), requoted(code.source(direction), better or ""))
            yield Fix(
                f"Optimise {prefix}{each}, the {'least' if better == 'min' else 'greatest'}", (edit, turned)
            )


def _direction_beside(name: ast.Constant, code: Code) -> ast.Constant | None:
    """The direction in the `Objective(…)` that gives a name."""
    call = code.parents.get(name)
    call = code.parents.get(call) if isinstance(call, ast.keyword) else call
    if not isinstance(call, ast.Call) or not (code.imported(call.func) or "").endswith(".Objective"):
        return None
    direction = code.argument(call, "direction", 1)
    return direction if isinstance(direction, ast.Constant) and isinstance(direction.value, str) else None
