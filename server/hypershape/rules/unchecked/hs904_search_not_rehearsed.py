"""HS904."""

from __future__ import annotations

from collections.abc import Iterator

from hypershape.model import Analysis, Finding, Severity
from hypershape.rules.base import Example, Rule


class SearchNotRehearsed(Rule):
    """A search, or a callback of it, could not be played to its end, so that nothing is known of that.

    ## What it does
    Says what ended the rehearsal of a search: a training loop that takes longer than a rehearsal may, trials that a chief
    on another machine hands out. A callback that starts programs, sends something over the network or writes elsewhere is
    silent from then on, and the rehearsal goes on without it.

    ## Why it matters
    The models were checked; about training, callbacks and saving, silence does not mean that they work.

    ## Fix
    Nothing has to be done. A `fit` of your own that takes its number of epochs from the search is played in a few steps.
    """

    code = "HS904"
    name = "search-not-rehearsed"
    severity = Severity.HINT
    rehearsed = True

    INVALID = (
        Example.search(
            """
            class Ping(keras.callbacks.Callback):
                def on_epoch_end(self, epoch, logs=None):
                    import socket

                    socket.create_connection(("localhost", 8125))


            tuner = kt.RandomSearch(build_model, "val_loss", max_trials=3, overwrite=True)
            tuner.search(np.ones((8, 4)), np.ones((8, 1)), validation_split=0.25, callbacks=[Ping()])
            """,
            head="layers.Dense(1)",
            compile='loss="mse"',
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
            compile='loss="mse"',
        ),
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        for tuner in analysis.module.tuners:
            played = [each for each in analysis.rehearsals if each.tuner == tuner.call.span]
            where = tuner.searches[0].callee if tuner.searches else tuner.call.callee
            silenced = {name: why for each in played for name, why in each.facts.get("silenced", {}).items()}
            for name, why in silenced.items():
                yield self.finding(f"What the callback {name} does is not checked: {why}", where)
            ended = next(
                (each for each in played if each.verdict == "unknown" and each.stage != "after"), None
            )
            error = ended.error if ended is not None else None
            # That data is not at hand is said where it matters: about the model.
            if error is None or error.stage != "limit" or error.type == "Missing" or len(played) > 1:
                continue
            yield self.finding(f"The trials of this search are not checked: {error.message}", where)
