"""HS432."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from hypershape.model import Analysis, Finding, Severity, own_values
from hypershape.rules.base import Example, Rule
from hypershape.rules.common import fate, rehearsed, remedies


class TrialFails(Rule):
    """A trial fails after the model was built: in training, validation, a callback, or when it is saved.

    ## What it does
    Plays two trials of the search on a small part of its data, with the default values and at the ends of the space.

    ## Why it matters
    Keras Tuner marks such a trial as failed and goes on; where every trial fails, it stops after three in a row.

    ## Fix
    What the message says.
    """

    code = "HS432"
    name = "trial-fails"
    severity = Severity.ERROR
    rehearsed = True

    INVALID = (
        Example.search(
            """
            class Told(keras.callbacks.Callback):
                def on_epoch_end(self, epoch, logs=None):
                    print(logs["val_error"])


            tuner = kt.RandomSearch(build_model, "val_loss", max_trials=3, overwrite=True)
            tuner.search(np.ones((8, 4)), np.ones((8, 1)), validation_split=0.25, callbacks=[Told()])
            """,
            head="layers.Dense(1)",
            compile='loss="mse"',
            at='logs["val_error"]',
        ),
        Example.search(
            """
            words = np.arange(600).reshape(60, 10) % 31
            tuner = kt.RandomSearch(build_model, "loss", max_trials=3, overwrite=True)
            tuner.search(words, np.ones((60, 1)))
            """,
            input="(10,)",
            body='model.add(layers.Embedding(30, hp.Int("size", 2, 4)))',
            head="layers.Dense(1)",
            compile='loss="mse"',
            at='layers.Embedding(30, hp.Int("size", 2, 4))',
            fixed="layers.Embedding(31,",
        ),
        Example.search(
            """
            tuner = kt.RandomSearch(build_model, "val_loss", max_trials=3, overwrite=True)
            tuner.search(np.ones((8, 4)), -np.ones((8, 1)), validation_split=0.25)
            """,
            head="layers.Dense(1)",
            compile="loss=lambda y, found: ops.mean(ops.square(ops.log(y) - found))",
            at="tuner.search",
        ),
    )
    VALID = (
        Example.search(
            """
            tuner = kt.RandomSearch(build_model, "val_loss", max_trials=3, overwrite=True)
            tuner.search(np.ones((8, 4)), np.ones((8, 1)), validation_split=0.25)
            """,
            head="layers.Dense(1)",
            compile="loss=lambda y, found: ops.mean(ops.square(ops.log(y) - found))",
        ),
        Example.search(
            """
            class Told(keras.callbacks.Callback):
                def on_epoch_end(self, epoch, logs=None):
                    print(logs["val_loss"])


            tuner = kt.RandomSearch(build_model, "val_loss", max_trials=3, overwrite=True)
            tuner.search(np.ones((8, 4)), np.ones((8, 1)), validation_split=0.25, callbacks=[Told()])
            """,
            head="layers.Dense(1)",
            compile='loss="mse"',
        ),
        Example.search(
            """
            images = keras.utils.image_dataset_from_directory("not here", label_mode="categorical", image_size=(9, 9))
            tuner = kt.RandomSearch(build_model, "loss", max_trials=3, overwrite=True)
            tuner.search(images)
            """,
            input="(9, 9, 3)",
            body='model.add(layers.Conv2D(hp.Int("filters", 1, 3), 9))\nmodel.add(layers.Flatten())',
            head='layers.Dense(10, activation="softmax")',
            compile='loss="categorical_crossentropy"',
        ),
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        code = analysis.module.code
        for story in rehearsed.stories(analysis):
            failed = story.failed
            if failed.trial and not failed.fatal:
                told = fate.counted(story, story.explored(analysis))
                condition = told[1].condition if told is not None else fate.condition(story)
                yield self.finding(
                    f"{rehearsed.what(story, code)} {fate.sentence(story, story.explored(analysis))}",
                    rehearsed.place(story, code),
                    target=story.target,
                    configuration=own_values(failed.values) or failed.configuration,
                    condition=condition,
                    error=story.error,
                    repairs=partial(remedies.candidates, story, analysis),
                )
