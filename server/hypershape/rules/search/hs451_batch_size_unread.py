"""HS451."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import Any

from hypershape.model import Analysis, Finding, Rehearsal, Severity
from hypershape.rules.base import Example, Rule
from hypershape.source import Code


class BatchSizeUnread(Rule):
    """A hyperparameter is given to the training as its `batch_size`, and the data have batches of their own.

    ## What it does
    Compares the values of such a hyperparameter with the batches on which rehearsals of the search trained.

    ## Why it matters
    Keras reads `batch_size` for arrays only. A `tf.data.Dataset` that is batched, a PyDataset and a generator keep
    their batches, without a word: the search draws values that change nothing, and calls one of them the best.

    ## Fix
    Batch the data where the value is known: `dataset.unbatch().batch(size)` in `HyperModel.fit` or `run_trial`.
    """

    code = "HS451"
    name = "batch-size-unread"
    severity = Severity.WARNING
    rehearsed = True

    INVALID = (
        Example.search(
            """
            class Batches(kt.RandomSearch):
                def run_trial(self, trial, *args, **kwargs):
                    kwargs["batch_size"] = trial.hyperparameters.Int("batch", 4, 16, step=4)
                    return super().run_trial(trial, *args, **kwargs)


            pairs = tf.data.Dataset.from_tensor_slices((tf.zeros((60, 4)), tf.zeros((60, 1)))).batch(10)
            tuner = Batches(build_model, "loss", max_trials=2, overwrite=True)
            tuner.search(pairs, epochs=2)
            """,
            head="layers.Dense(1)",
            at='trial.hyperparameters.Int("batch", 4, 16, step=4)',
            played=True,
        ),
    )
    VALID = (
        Example.search(
            """
            class Batches(kt.RandomSearch):
                def run_trial(self, trial, *args, **kwargs):
                    kwargs["batch_size"] = trial.hyperparameters.Int("batch", 4, 16, step=4)
                    return super().run_trial(trial, *args, **kwargs)


            tuner = Batches(build_model, "loss", max_trials=2, overwrite=True)
            tuner.search(tf.zeros((60, 4)), tf.zeros((60, 1)), epochs=2)
            """,
            head="layers.Dense(1)",
        ),
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        code = analysis.module.code
        given = dict(_given(code))
        for tuner in analysis.module.tuners if given else ():
            played = [each for each in analysis.rehearsals if each.tuner == tuner.call.span]
            for name, declared in given.items():
                own = _batches(name, played)
                if own:
                    yield self.finding(
                        f"The data of the search have batches of their own, of {own}, whatever {name} is: Keras "
                        "reads `batch_size` for arrays only.",
                        code.span(declared),
                    )


def _given(code: Code) -> Iterator[tuple[str, ast.Call]]:
    """What may be hyperparameters, by their names, where a training is given its `batch_size`."""
    for node in code.nodes:
        value = None
        if isinstance(node, ast.keyword) and node.arg == "batch_size":
            value = node.value
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript):
            key = code.value(node.targets[0].slice, default=None)
            value = node.value if key == "batch_size" else None
        made = code.resolve(value) if value is not None else None
        if isinstance(made, ast.Call) and isinstance(made.func, ast.Attribute) and made.func.attr in _ASKED:
            named = code.argument(made, "name", 0)
            name = code.value(named, default=None) if named is not None else None
            if isinstance(name, str):
                yield name, made


_ASKED = ("Int", "Choice", "Fixed", "get")


def _batches(name: str, played: list[Rehearsal]) -> int | None:
    """The one size of the batches of all trainings, of data that come in batches, where the hyperparameter had others."""
    sizes, others = set[int](), False
    for each in played:
        kinds = {_described(each, at).get("kind") for at in ("0", "x")}
        if (
            each.verdict != "ok"
            or not kinds & {"dataset", "sequence", "generator"}
            or name not in each.values
        ):
            return None
        for training in _trainings(each.facts):
            if not isinstance(training.get("batch"), int):
                return None
            sizes.add(training["batch"])
            others = others or training["batch"] != each.values[name]
    return sizes.pop() if len(sizes) == 1 and others else None


def _described(played: Rehearsal, argument: str) -> Mapping[str, Any]:
    return (played.facts.get("search") or {}).get(argument) or {}


def _trainings(facts: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for trial in (facts.get("cost") or {}).get("trials") or ():
        yield from trial.get("trainings") or ()
