"""HS306."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import partial

from hypershape.fixes import edits
from hypershape.model import Analysis, Edit, Finding, Fix, Severity
from hypershape.rules.base import Example, Rule
from hypershape.rules.common.tuners import trains_itself, tuners
from hypershape.source import Code

_ARRAYS = (
    "numpy.array",
    "numpy.asarray",
    "numpy.ones",
    "sklearn.utils.class_weight.compute_class_weight",
    "sklearn.utils.compute_class_weight",
)
"""What certainly gives an array. `compute_class_weight` gives one weight for each class, in the order of `classes`."""

_KINDS: tuple[tuple[type[ast.expr], str], ...] = (
    (ast.List, "a list"),
    (ast.ListComp, "a list"),
    (ast.Tuple, "a tuple"),
)

_CLASSES = 'model.add(layers.Dense(hp.Int("units", 2, 4)))'
_LOGITS = "loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True)"
"""The models of the examples."""


class WeightsRefused(Rule):
    """`search` gets class weights that are no dictionary or have texts for classes, or sample weights as well.

    ## What it does
    Follows `class_weight` of `tuner.search` to what makes it, and finds lists, arrays, texts and numbers in its
    place, scikit-learn's `compute_class_weight` (which gives an array) above all. A rehearsal shows dictionaries whose
    keys are texts, such as the names of classes.

    ## Why it matters
    Keras looks each class up with `class_weight.get`: every trial fails with `AttributeError: 'numpy.ndarray' object
    has no attribute 'get'`. With `sample_weight` beside it every trial fails with a ValueError. Of a class under its
    name Keras 3 finds no label, says nothing, and trains as if no weights were given.

    ## Fix
    `dict(enumerate(weights))` for classes that are numbered from 0; one of the two kinds of weights.
    """

    code = "HS306"
    name = "weights-refused"
    severity = Severity.ERROR
    static = True
    also_probed = True

    INVALID = (
        Example.search(
            """
            weights = compute_class_weight(class_weight="balanced", classes=np.unique(y), y=y)
            tuner = kt.RandomSearch(build_model, "val_loss", max_trials=3, overwrite=True)
            tuner.search(x, y, epochs=5, validation_split=0.2, class_weight=weights)
            """,
            body=_CLASSES,
            compile=_LOGITS,
            before="from sklearn.utils.class_weight import compute_class_weight",
            at="weights",
            fixed="class_weight=dict(enumerate(weights)))",
        ),
        Example.search(
            """
            tuner = kt.RandomSearch(build_model, "loss", max_trials=3, overwrite=True)
            tuner.search(np.ones((8, 4)), np.zeros(8), epochs=1, class_weight=[1.0, 2.5])
            """,
            body=_CLASSES,
            compile=_LOGITS,
            at="[1.0, 2.5]",
            fixed="class_weight=dict(enumerate([1.0, 2.5])))",
        ),
        Example.search(
            """
            x, y = np.ones((8, 4)), np.arange(8) % 2
            tuner = kt.RandomSearch(build_model, "val_loss", max_trials=3, overwrite=True)
            tuner.search(x, y, epochs=5, validation_split=0.2, class_weight="balanced")
            """,
            body=_CLASSES,
            compile=_LOGITS,
            at='"balanced"',
            fixed="class_weight=dict(enumerate(len(y) / (len(np.unique(y)) * np.bincount(y)))))",
        ),
        Example.search(
            """
            x, y = np.ones((8, 4)), np.zeros(8)
            seen = np.ones(len(x))
            tuner = kt.RandomSearch(build_model, "loss", max_trials=3, overwrite=True)
            tuner.search(x, y, class_weight={0: 1.0, 1: 3.0}, sample_weight=seen)
            """,
            body=_CLASSES,
            compile=_LOGITS,
            at="sample_weight=seen",
            fixed="class_weight={0: 1.0, 1: 3.0})",
        ),
        Example.search(
            """
            tuner = kt.RandomSearch(build_model, "loss", max_trials=3, overwrite=True)
            tuner.search(np.ones((8, 4)), np.arange(8) % 2, class_weight={"no": 1.0, "yes": 3.0})
            """,
            body=_CLASSES,
            compile=_LOGITS,
            at='{"no": 1.0, "yes": 3.0}',
            played=True,
        ),
    )
    VALID = (
        Example.search(
            """
            weights = np.array([1.0, 2.5])
            tuner = kt.RandomSearch(build_model, "loss", max_trials=3, overwrite=True)
            tuner.search(np.ones((8, 4)), np.zeros(8), epochs=1, class_weight=dict(enumerate(weights)))
            """,
            body=_CLASSES,
            compile=_LOGITS,
        ),
        Example.search(
            """
            tuner = kt.RandomSearch(build_model, "val_loss", max_trials=3, overwrite=True)
            tuner.search(x, y, validation_split=0.2, class_weight=weights_of(y), sample_weight=None)
            tuner.search(x, y, validation_split=0.2, class_weight={0: 1.0, 1: 3.0}, sample_weight=seen)
            tuner.search(x, y, validation_split=0.2, class_weight=None, sample_weight=seen)
            tuner.search(x, y, validation_split=0.2, class_weight={0: 1.0, 1: 3.0})
            """,
            body=_CLASSES,
            compile=_LOGITS,
        ),
        Example(
            """
            import keras_tuner as kt
            from project import build_model


            class Weighted(kt.HyperModel):
                def build(self, hp):
                    return build_model(hp)

                def fit(self, hp, model, x, y, class_weight, **kwargs):
                    return model.fit(x, y, sample_weight=[class_weight[each] for each in y], **kwargs)


            tuner = kt.RandomSearch(Weighted(), "val_loss", max_trials=3, overwrite=True)
            tuner.search(x, y, validation_split=0.2, class_weight=[1.0, 2.0])
            """
        ),
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        code = analysis.module.code
        yield from self._by_names(analysis, code)
        for search in _searches(analysis, code):
            node = code.argument(search, "class_weight")
            what = _no_dictionary(node, code) if node is not None else None
            if node is not None and what is not None:
                yield self.finding(
                    f"`class_weight` takes a dictionary from classes to weights: with {what} every trial of this "
                    "search fails.",
                    code.span(node),
                    repairs=partial(_numbered, node, search, code),
                )
            second = _both(search, code)
            if second is not None:
                yield self.finding(
                    "Keras takes class weights or sample weights: with both every trial of this search fails.",
                    code.span(second),
                    repairs=partial(_one_kind, search, code),
                )

    def _by_names(self, analysis: Analysis, code: Code) -> Iterator[Finding]:
        """Weights that a search which runs finds no labels for."""
        for tuner in tuners(analysis, code):
            node = code.argument(tuner.searches[0], "class_weight") if len(tuner.searches) == 1 else None
            if node is None or trains_itself(tuner, analysis, code):
                continue
            played = (each for each in analysis.rehearsals if each.tuner == tuner.found.call.span)
            given = [
                (each.facts.get("search") or {}).get("class_weight")
                for each in played
                if each.verdict == "ok"
            ]
            if any(isinstance(each, dict) and each.get("keys") == ["str"] for each in given):
                yield self.finding(
                    "The classes of these weights are texts, and the labels that Keras looks for under them are "
                    "numbers: without a word it trains as if no weights were given.",
                    code.span(node),
                    severity=Severity.WARNING,
                )


def _numbered(weights: ast.expr, search: ast.Call, code: Code) -> Iterator[Fix]:
    made = code.resolve(weights)
    if not isinstance(made, ast.Constant):
        text = f"dict(enumerate({code.source(weights)}))"
        yield Fix(f"Number them from 0: {text}", (Edit(code.span(weights), text),))
        return
    labels, numpy = code.argument(search, "y", 1), code.imported_as("numpy")
    if made.value == "balanced" and labels is not None and numpy is not None:
        y = code.source(labels)
        # As scikit-learn does it. Labels that are no whole numbers in one column are refused by `bincount`.
        text = f"dict(enumerate(len({y}) / (len({numpy}.unique({y})) * {numpy}.bincount({y}))))"
        yield Fix("Weigh the classes against their numbers", (Edit(code.span(weights), text),))


def _one_kind(search: ast.Call, code: Code) -> Iterator[Fix]:
    for name in ("sample_weight", "class_weight"):
        removed = edits.remove_argument(code.module, code.span(search), name)
        if removed is not None:
            yield Fix(f"Search without {name}", (removed,))


def _searches(analysis: Analysis, code: Code) -> Iterator[ast.Call]:
    """The searches whose weights reach Keras's own `fit`."""
    for tuner in tuners(analysis, code):
        if not trains_itself(tuner, analysis, code):
            yield from tuner.searches


def _no_dictionary(node: ast.expr, code: Code) -> str | None:
    """What class weights are that certainly are no dictionary."""
    made = code.resolve(node)
    if isinstance(made, ast.Constant):
        return None if made.value is None else f"`{code.source(made)}`"
    if isinstance(made, ast.Call) and code.imported(made.func) in _ARRAYS:
        return "an array"
    return next((what for kind, what in _KINDS if isinstance(made, kind)), None)


def _both(search: ast.Call, code: Code) -> ast.keyword | None:
    """The sample weights of a search that also has class weights."""
    given = {each.arg: each for each in code.keywords(search)}
    if given.keys() >= {"class_weight", "sample_weight"} and all(
        _is_something(given[name].value, code) for name in ("class_weight", "sample_weight")
    ):
        return given["sample_weight"]
    return None


def _is_something(node: ast.expr, code: Code) -> bool:
    """Whether an expression certainly is not None."""
    made = code.resolve(node)
    if isinstance(made, ast.Call):
        return (code.imported(made.func) or "").startswith(("numpy.", "sklearn."))
    return isinstance(made, (ast.Dict, ast.DictComp, ast.List, ast.ListComp))
