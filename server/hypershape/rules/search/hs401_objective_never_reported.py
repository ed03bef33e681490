"""HS401."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from difflib import get_close_matches
from functools import partial

from hypershape.fixes import edits
from hypershape.model import Analysis, Edit, Finding, Fix, Severity
from hypershape.rules.base import Example, Rule
from hypershape.rules.common.directions import REFUSED
from hypershape.rules.common.failure import compiles
from hypershape.rules.common.identifiers import IDENTIFIERS, requoted
from hypershape.rules.common.objectives import reported_instead, sought_instead, undirected
from hypershape.rules.common.tuners import (
    Tuner,
    objective_of,
    targets_of,
    tuners,
    tuners_with_oracles,
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
            tuner = kt.RandomSearch(build_model, kt.Objective("val_score", direction="max"), max_trials=3)
            tuner.search(np.ones((8, 4)), np.ones((8, 1)), epochs=2, validation_split=0.2)
            """,
            at='"val_score"',
            fixed='kt.Objective("val_loss", direction="min")',
        ),
        Example.search(
            """
            oracle = kt.oracles.RandomSearchOracle(kt.Objective("val_error", "min"), max_trials=3)
            tuner = kt.Tuner(oracle, build_model, overwrite=True)
            tuner.search(np.ones((8, 4)), np.ones((8, 1)), epochs=2, validation_split=0.2)
            """,
            at='"val_error"',
            fixed='kt.Objective("val_loss", "min")',
        ),
        Example.search(
            """
            tuner = kt.RandomSearch(build_model, "val_accuracy", max_trials=3)
            tuner.search(np.ones((8, 4)), np.ones((8, 1)), epochs=2, validation_split=0.2)
            """,
            head='layers.Dense(1, activation="sigmoid")',
            compile='loss="binary_crossentropy"',
            at='"val_accuracy"',
            fixed='loss="binary_crossentropy", metrics=["accuracy"])',
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
            tuner.search(x, y, epochs=2, validation_data=(x / 2, y))
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
        Example.search(
            """
            tuner = kt.RandomSearch(build_model, kt.Objective("val_half", "min"), max_trials=3, overwrite=True)
            tuner.search(np.ones((8, 4)), np.ones((8, 1)), epochs=2, validation_split=0.5, callbacks=[Half()])
            """,
            before="""
            class Half(keras.callbacks.Callback):
                def on_epoch_end(self, epoch, logs=None):
                    logs["val_half"] = logs["val_loss"] / 2
            """,
            compile='loss="mse"',
        ),
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        code = analysis.module.code
        for tuner in (*tuners(analysis, code), *tuners_with_oracles(analysis, code)):
            node = objective_of(tuner, code)
            name = code.value(node, default=None) if node is not None else None
            if node is None or not isinstance(name, str):
                continue
            names = reported_instead(tuner, name, analysis, code)
            plain = name.removeprefix("val_")
            if names is None:
                continue
            if names:
                end = "so that no search begins" if undirected(tuner, code) else "so that each fails"
                yield self.finding(
                    f"No trial reports {name!r}, {end}: a training step reports {listed(sorted(names))}.",
                    code.span(node),
                    target=targets_of(tuner, analysis)[0].name,
                    repairs=partial(_reported_ones, tuner, node, name, names, analysis),
                )
            elif name.startswith("val_") and tuner.searches_complete and not validates(tuner):
                yield self.finding(
                    f"No trial reports {name!r}, so that each fails: the search is given no validation data.",
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


def _reported_ones(
    tuner: Tuner, node: ast.expr, name: str, names: set[str], analysis: Analysis
) -> Iterator[Fix]:
    """The metric compiled, if it is one of Keras's; else a name that is reported, sought in its own direction."""
    code = analysis.module.code
    yield from _compiled(tuner, name.removeprefix("val_"), analysis)
    prefix = "val_" if name.startswith("val_") else ""
    for each in _near(name.removeprefix("val_"), names):
        made = sought_instead(tuner, node, prefix + each, code)
        if made is not None:
            direction, changed = made
            yield Fix(f"{'Maximise' if direction == 'max' else 'Minimise'} {prefix}{each}", changed)


def _near(plain: str, names: set[str]) -> list[str]:
    """The reported names that a name may have meant, the nearest first and the loss last.

    Where some begin alike, as `prec` for `precision`, others resemble it by chance.
    """
    ordered = sorted(names)
    near = get_close_matches(plain, ordered, n=2, cutoff=0.3)
    alike = [each for each in dict.fromkeys([*near, *ordered]) if each.startswith(plain[:3])]
    found = alike or near
    return [*found, *(["loss"] if "loss" not in found else [])]


def _compiled(tuner: Tuner, plain: str, analysis: Analysis) -> Iterator[Fix]:
    """The metric added to what each target of the tuner compiles."""
    code = analysis.module.code
    if plain not in IDENTIFIERS["metric"] or plain in REFUSED:
        return
    of_tuner = {target.span for target in targets_of(tuner, analysis)}
    calls = [
        call for each in analysis.targets if each.target.span in of_tuner for call in compiles(each, code)
    ]
    made = [_with_metric(call, plain, code) for call in calls]
    if made and None not in made:
        yield Fix(f"Compile the metric {plain}", tuple(each for each in made if each))


def _with_metric(call: ast.Call, name: str, code: Code) -> Edit | None:
    given = code.argument(call, "metrics", 3)
    if given is None:
        return edits.add_argument(code.module, code.span(call), "metrics", f'["{name}"]')
    if not isinstance(given, ast.List) or not given.elts:
        return None
    return edits.insert_element(code.module, code.span(given), f'"{name}"')
