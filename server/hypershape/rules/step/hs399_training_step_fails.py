"""HS399."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from hypershape.model import Cause, Finding, ProbeError, Span, TargetAnalysis
from hypershape.rules.base import Example
from hypershape.rules.common import label_keys, wording
from hypershape.rules.common.failure import BuildFailure, compiles, place
from hypershape.rules.common.places import name_of
from hypershape.rules.common.steps import without_logs, without_logs_words
from hypershape.source import Code


class TrainingStepFails(BuildFailure):
    """The model builds, but its first training step fails for a reason that no other rule explains.

    ## What it does
    Takes the first training step of the model, on shapes or for real, and reports what it raises.

    ## Why it matters
    The trial is marked FAILED after the data was loaded and the model was built.

    ## Fix
    Depends on the exception, which is quoted.
    """

    code = "HS399"
    name = "training-step-fails"
    stages = ("step",)

    INVALID = (
        Example.layers(
            'model.add(layers.Dense(hp.Int("units", 1, 4)))',
            input="(4,)",
            head="",
            compile="loss=strict",
            before="""
            def strict(y, prediction):
                if prediction.shape[-1] > 2:
                    raise ValueError("at most two outputs")
                return keras.ops.mean(prediction, axis=-1)
            """,
            data="x=(4,) y=(1,)",
            condition="units >= 3",
        ),
        Example.search(
            """
            tuner = kt.RandomSearch(build_model, "loss", max_trials=3, overwrite=True)
            tuner.search(np.ones((8, 4)), {"kinds": np.ones(8), "price": np.ones((8, 1))})
            """,
            body="""
            price = layers.Dense(1, name="price")(x)
            kind = layers.Dense(3, activation="softmax", name="kind")(x)
            x = [kind, price]
            """,
            head="",
            compile='loss={"kind": "sparse_categorical_crossentropy", "price": "mse"}',
            at='"kinds"',
            fixed='{"kind": np.ones(8)',
        ),
    )
    VALID = (
        Example.layers(
            'model.add(layers.Dense(hp.Int("units", 1, 4)))',
            input="(4,)",
            head="",
            compile="loss=strict",
            before="""
            def strict(y, prediction):
                if prediction.shape[-1] > 4:
                    raise ValueError("at most four outputs")
                return keras.ops.mean(prediction, axis=-1)
            """,
            data="x=(4,) y=(1,)",
        ),
    )

    def explains(self, error: ProbeError) -> bool:
        return error.stage in self.stages

    def report(self, target: TargetAnalysis, cause: Cause, code: Code) -> Finding:
        """Labels under a key that no output is called, at the key."""
        found, tuners = super().report(target, cause, code), target.target.tuners
        keys = label_keys.of_no_output(cause.error, tuners, code)
        if not keys:
            return found
        return replace(
            found,
            message=f"{label_keys.words(keys)}: the first training step fails {wording.when(target, cause)}.",
            span=code.span(keys[0]),
            repairs=partial(label_keys.renamed, keys, tuners, target, code),
        )

    def where(self, error: ProbeError, target: TargetAnalysis, code: Code) -> Span:
        """Where it rose in the file; else what the model was compiled with, which a step is the first to use."""
        silent = without_logs(error, code)
        if silent is not None:
            return name_of(silent, code)
        compiled = compiles(target, code)
        last = code.span(compiled[0]) if len(compiled) == 1 else target.target.span
        return place(error, code) or last

    def what(self, error: ProbeError, code: Code) -> str:
        silent = without_logs(error, code)
        if silent is not None:
            return f"{without_logs_words(silent, code)}: the first training step raises {error.type}"
        method, owner = error.details.get("method"), error.details.get("owner")
        if error.kind == "not-implemented" and method is not None:
            return f"The first training step needs `{f'{owner}.{method}' if owner else method}`, which is not implemented,"
        if error.layer_class:
            return f"`{error.layer_class}` raises {error.type} in the first training step"
        return f"The first training step raises {error.type}"
