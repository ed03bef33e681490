"""HS442."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from hypershape.model import Analysis, Finding, Severity
from hypershape.rules.base import Example, Rule
from hypershape.rules.common import wording
from hypershape.rules.common.tuners import derives_from_tuner
from hypershape.source import Code

HOOKS = (
    "on_batch_begin", "on_batch_end", "on_epoch_begin", "on_epoch_end",
    "on_search_begin", "on_search_end", "on_trial_begin", "on_trial_end",
)  # fmt: skip
"""What `keras_tuner.Tuner` calls by itself (keras-tuner 1.4)."""

_SOUNDS_CALLED = re.compile(r"_?on_\w+$")


class HookNeverCalled(Rule):
    """A tuner's subclass overrides a hook that nothing calls.

    ## What it does
    Finds methods such as `_on_train_begin` in subclasses of Keras Tuner's tuners that are none of its hooks and that
    the file itself does not mention again.

    ## Why it matters
    Older releases had other hooks. What is written there does not run any more, without a word.

    ## Fix
    Use one of today's hooks: `on_trial_begin(self, trial)`, `on_epoch_end(self, trial, model, epoch, logs=None)`, …,
    or override `run_trial`.
    """

    code = "HS442"
    name = "hook-never-called"
    severity = Severity.WARNING
    static = True

    INVALID = (
        Example.search(
            """
            class Warm(kt.Hyperband):
                def _on_train_begin(self, model, hp, *args, **kwargs):
                    model.trainable = False


            tuner = Warm(build_model, "loss", max_epochs=2, overwrite=True)
            """,
            at="_on_train_begin",
        ),
    )
    VALID = (
        Example.search(
            """
            class Told(kt.RandomSearch):
                def on_trial_end(self, trial):
                    super().on_trial_end(trial)
                    self._on_done(trial)

                def _on_done(self, trial):
                    print(trial.trial_id)


            tuner = Told(build_model, "loss", max_trials=2, overwrite=True)
            """
        ),
        Example.search(
            """
            class Told(keras.callbacks.Callback):
                def on_train_begin(self, logs=None):
                    print("begins")


            tuner = kt.RandomSearch(build_model, "loss", max_trials=2, overwrite=True)
            tuner.search(np.ones((8, 4)), np.ones((8, 1)), callbacks=[Told()])
            """
        ),
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        code = analysis.module.code
        for made in code.classes:
            if not derives_from_tuner(made, code):
                continue
            for method in made.body:
                if not isinstance(method, ast.FunctionDef) or not _SOUNDS_CALLED.match(method.name):
                    continue
                if method.name not in HOOKS and not _mentioned(method, code):
                    yield self.finding(
                        f"Keras Tuner calls no `{method.name}`: what it does never happens. Today's hooks are "
                        f"{wording.listed(HOOKS)}.",
                        code.text.name_span(code.path, method),
                    )


def _mentioned(method: ast.FunctionDef, code: Code) -> bool:
    return any(node.attr == method.name for node in code.every(ast.Attribute))
