"""HS419."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from hypershape.fixes import edits
from hypershape.model import Analysis, Edit, Finding, Fix, Severity
from hypershape.rules.base import Example, Rule
from hypershape.rules.common.arguments import without
from hypershape.rules.common.datasets import shuffled_once
from hypershape.rules.common.tuners import Tuner, trains_itself, tuners
from hypershape.source import Code

_LOADERS = (
    "keras.utils.image_dataset_from_directory",
    "keras.utils.text_dataset_from_directory",
    "keras.utils.audio_dataset_from_directory",
    "keras.utils.timeseries_dataset_from_array",
    "keras.preprocessing.image_dataset_from_directory",
    "keras.preprocessing.text_dataset_from_directory",
)
_METHODS = (
    "batch", "cache", "concatenate", "enumerate", "filter", "map", "padded_batch", "prefetch", "repeat", "shard",
    "shuffle", "skip", "take", "with_options",
)  # fmt: skip

_GIVES_BATCHES = {"dataset": "dataset", "sequence": "dataset", "generator": "generator"}
"""The kinds that a rehearsal tells apart, in the words of the message."""


class DatasetArguments(Rule):
    """A search over a dataset or a generator is given labels, or asked to split off validation data.

    ## What it does
    Follows the first argument of `search` to the call that makes it, or looks at what a rehearsal was given, and looks
    for `y` and `validation_split` beside a dataset.

    ## Why it matters
    What gives batches brings its own labels, and cannot be split by `fit`: Keras raises a ValueError in every trial.

    ## Fix
    `validation_data=` for a second dataset; `take` and `skip` to split one that is not shuffled anew in each pass.
    """

    code = "HS419"
    name = "dataset-arguments"
    severity = Severity.ERROR
    static = True
    also_probed = True

    INVALID = (
        Example.search(
            """
            train = tf.data.Dataset.from_tensor_slices((tf.zeros((8, 4)), tf.zeros((8, 1)))).batch(4)
            test = tf.data.Dataset.from_tensor_slices((tf.zeros((8, 4)), tf.zeros((8, 1)))).batch(4)
            tuner = kt.RandomSearch(build_model, "val_loss", max_trials=2, overwrite=True)
            tuner.search(train, test, epochs=2)
            """,
            at="test",
            fixed="tuner.search(train, validation_data=test, epochs=2)",
        ),
        Example.search(
            """
            pairs = tf.data.Dataset.from_tensor_slices((tf.zeros((8, 4)), tf.zeros((8, 1))))
            train = pairs.shuffle(8).batch(4)
            tuner = kt.RandomSearch(build_model, "loss", max_trials=2, overwrite=True)
            tuner.search(train, epochs=2, validation_split=0.25)
            """,
            at="validation_split=0.25",
            fixed="tuner.search(train, epochs=2)",
        ),
        Example.search(
            """
            def batches():
                return tf.data.Dataset.from_tensor_slices((tf.zeros((8, 4)), tf.zeros((8, 1)))).batch(4)


            tuner = kt.RandomSearch(build_model, "loss", max_trials=2, overwrite=True)
            tuner.search(batches(), epochs=2, validation_split=0.25)
            """,
            head="layers.Dense(1)",
            at="validation_split=0.25",
            fixed="tuner.search(batches(), epochs=2)",
            played=True,
        ),
        Example.search(
            """
            pairs = tf.data.Dataset.from_tensor_slices((tf.zeros((8, 4)), tf.zeros((8, 1)))).batch(4)
            settings = {"epochs": 2, "validation_split": 0.25, "verbose": 0}
            tuner = kt.RandomSearch(build_model, "loss", max_trials=2, overwrite=True)
            tuner.search(pairs, **settings)
            """,
            head="layers.Dense(1)",
            at='"validation_split": 0.25',
            fixed='settings = {"epochs": 2, "validation_data": pairs.take(1), "verbose": 0}',
            played=True,
        ),
        Example.search(
            """
            pairs = tf.data.Dataset.from_tensor_slices((tf.zeros((40, 4)), tf.zeros((40, 1)))).batch(4)
            tuner = kt.RandomSearch(build_model, "val_loss", max_trials=2, overwrite=True)
            tuner.search(pairs, epochs=2, validation_split=0.25)
            """,
            head="layers.Dense(1)",
            at="validation_split=0.25",
            fixed="tuner.search(pairs.skip(2), epochs=2, validation_data=pairs.take(2))",
            played=True,
        ),
        Example.search(
            """
            def batches():
                while True:
                    yield np.zeros((4, 4)), np.zeros((4, 1))


            tuner = kt.RandomSearch(build_model, "loss", max_trials=2, overwrite=True)
            tuner.search(batches(), epochs=2, steps_per_epoch=2, validation_split=0.25)
            """,
            head="layers.Dense(1)",
            at="validation_split=0.25",
            fixed="tuner.search(batches(), epochs=2, steps_per_epoch=2)",
            played=True,
        ),
    )
    VALID = (
        Example.search(
            """
            train = tf.data.Dataset.from_tensor_slices((tf.zeros((8, 4)), tf.zeros((8, 1)))).batch(4)
            tuner = kt.RandomSearch(build_model, "val_loss", max_trials=2, overwrite=True)
            tuner.search(train, validation_data=train.take(1), epochs=2, batch_size=None)
            """
        ),
        Example.search(
            """
            data = tf.data.Dataset.from_tensor_slices(tf.zeros((8, 4)))
            x, y = tf.zeros((8, 4)), tf.zeros((8, 1))
            tuner = kt.RandomSearch(build_model, "val_loss", max_trials=2, overwrite=True)
            tuner.search(x, y, validation_split=0.5, epochs=len(list(data)))
            """
        ),
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        code = analysis.module.code
        for tuner in tuners(analysis, code):
            if trains_itself(tuner, analysis, code):
                continue
            for search in tuner.searches:
                x = code.argument(search, "x", 0)
                kind = _kind(x, tuner, analysis, code) if x is not None else None
                if kind is None:
                    continue
                y = code.argument(search, "y", 1)
                if y is not None and not (isinstance(y, ast.Constant) and y.value is None):
                    yield self.finding(
                        f"A {kind} brings its own labels: with a second one every trial fails.",
                        code.span(y),
                        repairs=partial(_validating, tuner, search, y, analysis),
                    )
                for keyword in code.keywords(search):
                    if keyword.arg == "validation_split" and code.value(keyword.value, default=0) != 0:
                        yield self.finding(
                            f"Keras cannot split a {kind}: every trial of this search fails.",
                            code.span(keyword),
                            repairs=partial(_unsplit, tuner, search, keyword, analysis),
                        )


def _kind(x: ast.expr, tuner: Tuner, analysis: Analysis, code: Code) -> str | None:
    """What gives the batches of a search, as the text or a rehearsal of the tuner's one search shows; None of arrays."""
    if _is_dataset(x, code):
        return "dataset"
    kinds = {str(each.get("kind")) for each in _seen(tuner, analysis)}
    return _GIVES_BATCHES.get(kinds.pop()) if len(kinds) == 1 else None


def _seen(tuner: Tuner, analysis: Analysis) -> list[Mapping[str, Any]]:
    """What rehearsals of a tuner saw its one search train on."""
    place = tuner.found.call.span
    given = [each.facts.get("search") or {} for each in analysis.rehearsals if each.tuner == place]
    found = [each[name] for each in given for name in ("0", "x") if name in each]
    return found if len(tuner.searches) == 1 else []


def _unsplit(tuner: Tuner, search: ast.Call, keyword: ast.keyword, analysis: Analysis) -> Iterator[Fix]:
    """The first batches for validation and the others to train on, where each pass has the same ones or can be given
    them; else no split."""
    code = analysis.module.code
    x, share = code.argument(search, "x", 0), code.value(keyword.value, default=None)
    seen = _seen(tuner, analysis)
    shuffled = seen[0].get("shuffled") if seen else None
    steady = shuffled_once(code) if shuffled else None
    batches = seen[0].get("batches") if shuffled is False or steady is not None else None
    written = x is not None and isinstance(x, (ast.Name, ast.Attribute))
    if x is not None and written and isinstance(batches, int) and batches > 1 and isinstance(share, float):
        count = min(max(round(batches * share), 1), batches - 1)
        data = code.source(x)
        settings = isinstance(code.parents.get(keyword.value), ast.Dict)
        given = '"validation_data": ' if settings else "validation_data="
        changed = (
            Edit(code.span(x), f"{data}.skip({count})"),
            Edit(code.span(keyword), f"{given}{data}.take({count})"),
            *([steady] if steady is not None else ()),
        )
        yield Fix(f"Validate on the first {count} of its {batches} batches", changed)
    yield from without(search, "validation_split", "Search without validation data", code)


def _validating(tuner: Tuner, search: ast.Call, y: ast.expr, analysis: Analysis) -> Iterator[Fix]:
    """A second dataset as what it was probably meant to be; none where the first one has labels."""
    code = analysis.module.code
    free = not {each.arg for each in code.keywords(search)} & {"validation_data", "validation_split"}
    if free and search.args[1:] == [y] and _is_dataset(y, code):
        edit = Edit(code.span(y), f"validation_data={code.source(y)}")
        yield Fix("Validate on it: validation_data", (edit,))
    seen = _seen(tuner, analysis)
    pairs = seen[0].get("elements") if seen else None
    if search.args[1:] == [y] and isinstance(pairs, (list, tuple)) and len(pairs) > 1:
        gone = edits.remove_item(code.module, [code.span(each) for each in search.args], 1)
        if gone is not None:
            yield Fix("Search with the labels of the dataset", (gone,))


def _is_dataset(node: ast.expr, code: Code) -> bool:
    """Whether an expression certainly is a `tf.data.Dataset`: a chain of its methods that begins with its making."""
    for _ in range(20):
        node = code.resolve(node)
        if not isinstance(node, ast.Call):
            return False
        origin = code.imported(node.func) or ""
        if origin.startswith("tensorflow.data.Dataset.") or origin in _LOADERS:
            return origin != "tensorflow.data.Dataset.cardinality"
        if not isinstance(node.func, ast.Attribute) or node.func.attr not in _METHODS:
            return False
        node = node.func.value
    return False
