"""HS209."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hypershape.fixes import edits
from hypershape.fixes.syntax import Code
from hypershape.model import Analysis, Finding, Fix, Severity
from hypershape.rules.base import Example, Rule
from hypershape.rules.common import wording
from hypershape.rules.common.declared import ANY_STAGE, matching_cause, unmatched_causes
from hypershape.rules.common.failure import place

_REFUSED = re.compile(
    r"Argument\(s\) not recognized|Unrecognized keyword arguments|`keras.optimizers.legacy` is not supported"
    r"|got an unexpected keyword argument"
)
_OPTIMIZERS = ("Adam", "SGD", "RMSprop", "Adagrad", "Adadelta", "Adamax", "Nadam", "Ftrl", "AdamW")


class ArgumentRemovedInKeras3(Rule):
    """An argument that Keras 2 took and Keras 3 refuses, such as `lr=`.

    ## What it does
    Finds `lr=` and `decay=` given to Keras optimizers, and whatever arguments a probe sees refused.

    ## Why it matters
    Much published code was written for Keras 2: with Keras 3 every trial fails with "Argument(s) not recognized".

    ## Fix
    `learning_rate=` in place of `lr=`; a learning-rate schedule in place of `decay=`.
    """

    code = "HS209"
    name = "argument-removed-in-keras-3"
    severity = Severity.ERROR
    static = True
    also_probed = True

    INVALID = (
        Example(
            """
            import keras
            from keras import layers


            def build_model(hp):
                model = keras.Sequential([keras.Input((4,)), layers.Dense(hp.Int("units", 1, 3))])
                model.compile(keras.optimizers.Adam(lr=hp.Choice("lr", [1e-2, 1e-3])), loss="mse")
                return model
            """,
            at='keras.optimizers.Adam(lr=hp.Choice("lr", [1e-2, 1e-3]))',
            fixed="keras.optimizers.Adam(learning_rate=hp",
        ),
    )
    VALID = (
        Example(
            """
            import keras
            from keras import layers


            def build_model(hp):
                model = keras.Sequential([keras.Input((4,)), layers.Dense(hp.Int("units", 1, 3))])
                model.compile(keras.optimizers.Adam(learning_rate=hp.Choice("lr", [1e-2, 1e-3])), loss="mse")
                return model
            """
        ),
        Example(
            """
            import keras
            from keras import layers


            def build_model(hp):
                schedule = keras.optimizers.schedules.ExponentialDecay(hp.Float("lr", 1e-3, 1e-1), 1000, 0.9)
                model = keras.Sequential([keras.Input((4,)), layers.Dense(1)])
                model.compile(keras.optimizers.Adam(schedule), loss="mse")
                return model
            """
        ),
        Example(
            """
            import keras
            from keras import layers

            def make(lr):
                return keras.optimizers.SGD(lr, momentum=0.9, nesterov=True, clipnorm=1.0)


            def build_model(hp):
                lr = hp.Float("lr", 1e-3, 1e-1)
                model = keras.Sequential([keras.Input((4,)), layers.Dense(1)])
                model.compile(make(lr=lr), loss="mse")
                return model
            """
        ),
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        code = Code.of(analysis.module)
        environment = analysis.environment
        keras_3 = environment is not None and (environment.keras or "").startswith("3")
        seen = []
        for call in code.calls:
            origin = code.imported(call.func) or ""
            if not origin.startswith("keras.optimizers.") or origin.split(".")[-1] not in _OPTIMIZERS:
                continue
            if "legacy" in origin or not any(each.arg == "lr" for each in call.keywords):
                continue
            target, cause = matching_cause(analysis, code.span(call), _REFUSED, ANY_STAGE)
            seen.append(cause)
            yield self.finding(
                "Keras 3 refuses `lr=`: the argument is called `learning_rate`.",
                code.span(call),
                severity=Severity.ERROR if cause else Severity.WARNING if keras_3 else Severity.HINT,
                target=target,
                cause=cause,
            )
        for target_analysis, cause in unmatched_causes(analysis, _REFUSED, seen, ANY_STAGE):
            yield self.finding(
                f"Keras refuses an argument {wording.when(target_analysis, cause)}.\n"
                f"{cause.error.type}: {wording.quote(cause.error.message)}",
                place(cause.error, code) or target_analysis.target.span,
                target=target_analysis.target.name,
                cause=cause,
            )

    def fixes(self, finding: Finding, analysis: Analysis) -> Iterator[Fix]:
        code = Code.of(analysis.module)
        edit = edits.rename_argument(code.module, finding.span, "lr", "learning_rate")
        if edit is not None:
            yield Fix("Rename lr to learning_rate", (edit,))
            return
        refused = re.search(
            r"not recognized: \{'(\w+)'|passed to \w+: \{'(\w+)'",
            finding.error.message if finding.error else "",
        )
        name = next((each for each in refused.groups() if each), None) if refused else None
        removed = edits.remove_argument(code.module, finding.span, name) if name else None
        if removed is not None:
            yield Fix(f"Remove {name}", (removed,))
