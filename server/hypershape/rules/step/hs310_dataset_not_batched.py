"""HS310."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from hypershape.model import Analysis, Finding, Severity
from hypershape.rules.base import Example, Rule
from hypershape.rules.common.remedies import batched
from hypershape.rules.common.tuners import targets_of, trains_itself, tuners


class DatasetNotBatched(Rule):
    """A dataset gives one sample after the other, where training takes batches.

    ## What it does
    Reads the element specification of the dataset that a search is given.

    ## Why it matters
    Keras takes a dataset as it comes, whatever `batch_size` says: the first axis of a sample is read as that of a
    batch, and the first step of every trial fails.

    ## Fix
    `.batch(32)` behind what makes or shuffles the dataset.
    """

    code = "HS310"
    name = "dataset-not-batched"
    severity = Severity.ERROR

    INVALID = (
        Example.search(
            """
            data = tf.data.Dataset.from_tensor_slices((tf.zeros((80, 4)), tf.zeros(80))).shuffle(80)
            tuner = kt.RandomSearch(build_model, "loss", max_trials=3, overwrite=True)
            tuner.search(data, epochs=2)
            """,
            head="layers.Dense(1)",
            compile='loss="mse"',
            at="data",
            fixed="tuner.search(data.batch(32), epochs=2)",
        ),
    )
    VALID = (
        Example.search(
            """
            data = tf.data.Dataset.from_tensor_slices((tf.zeros((80, 4)), tf.zeros(80))).batch(16)
            tuner = kt.RandomSearch(build_model, "loss", max_trials=3, overwrite=True)
            tuner.search(data, epochs=2)
            """,
            head="layers.Dense(1)",
            compile='loss="mse"',
        ),
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        code = analysis.module.code
        for tuner in tuners(analysis, code):
            own = targets_of(tuner, analysis)
            found = [each.searched for each in analysis.targets if each.target in own]
            data = found[0] if len(found) == 1 else None
            if data is None or data.batched or trains_itself(tuner, analysis, code):
                continue
            for search in tuner.searches[:1]:
                x = code.argument(search, "x", 0)
                if x is not None:
                    sample = f" of shape {data.x[0]}" if len(data.x) == 1 else ""
                    yield self.finding(
                        f"The dataset gives single samples{sample}, not batches: the first step of every trial fails.",
                        code.span(x),
                        repairs=partial(batched, x, code),
                    )
