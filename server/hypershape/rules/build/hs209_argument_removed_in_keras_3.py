"""HS209."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import partial

from hypershape.fixes import edits
from hypershape.model import Analysis, Finding, Fix, ProbeError, Severity, Span
from hypershape.rules.base import Example, Rule
from hypershape.rules.common import wording
from hypershape.rules.common.arguments import OF_LAYERS, renamed_or_removed
from hypershape.rules.common.declared import ANY_STAGE, matching_cause, unmatched_causes
from hypershape.rules.common.failure import place
from hypershape.source import Code

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
    kinds = ("argument-unknown", "removed")

    INVALID = (
        Example.layers(
            """
            model.add(layers.Dense(hp.Int("units", 1, 3)))
            """,
            input="(4,)",
            head="",
            compile='keras.optimizers.Adam(lr=hp.Choice("lr", [1e-2, 1e-3])), loss="mse"',
            at='keras.optimizers.Adam(lr=hp.Choice("lr", [1e-2, 1e-3]))',
            fixed="keras.optimizers.Adam(learning_rate=hp",
        ),
    )
    VALID = (
        Example.layers(
            """
            model.add(layers.Dense(hp.Int("units", 1, 3)))
            """,
            input="(4,)",
            head="",
            compile='keras.optimizers.Adam(learning_rate=hp.Choice("lr", [1e-2, 1e-3])), loss="mse"',
        ),
        Example.layers(
            """
            schedule = keras.optimizers.schedules.ExponentialDecay(hp.Float("lr", 1e-3, 1e-1), 1000, 0.9)
            model.add(layers.Dense(1))
            """,
            input="(4,)",
            head="",
            compile='keras.optimizers.Adam(schedule), loss="mse"',
        ),
        Example.layers(
            """
            lr = hp.Float("lr", 1e-3, 1e-1)
            model.add(layers.Dense(1))
            """,
            input="(4,)",
            head="",
            before="""
            def make(lr):
                return keras.optimizers.SGD(lr, momentum=0.9, nesterov=True, clipnorm=1.0)
            """,
            compile='make(lr=lr), loss="mse"',
        ),
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        code = analysis.module.code
        environment = analysis.environment
        keras_3 = environment is not None and (environment.keras or "").startswith("3")
        seen = []
        for call in filter(partial(_has_lr, code=code), code.calls):
            target, cause = matching_cause(analysis, code.span(call), self.kinds, ANY_STAGE)
            seen.append(cause)
            yield self.finding(
                "Keras 3 refuses `lr=`: the argument is called `learning_rate`.",
                code.span(call),
                severity=Severity.ERROR if cause else Severity.WARNING if keras_3 else Severity.HINT,
                target=target,
                cause=cause,
                repairs=partial(_renamed, code.span(call), code),
            )
        for target_analysis, cause in unmatched_causes(analysis, self.kinds, seen, ANY_STAGE):
            span = place(cause.error, code) or target_analysis.target.span
            gone = cause.error.details.get("name") if cause.error.kind == "removed" else None
            refused = f"Keras 3 has no `{gone}`: this fails" if gone else _refused(cause.error)
            yield self.finding(
                f"{refused} {wording.when(target_analysis, cause)}.\n"
                f"{cause.error.type}: {wording.quote(cause.error.message)}",
                span,
                target=target_analysis.target.name,
                cause=cause,
                repairs=partial(_removed, span, cause.error, code),
            )


def _refused(error: ProbeError) -> str:
    """`GRU` takes no argument `return_sequence`."""
    names, callee = error.details.get("arguments"), error.details.get("callee")
    named = isinstance(names, tuple) and len(names) == 1
    what = f"argument `{names[0]}`" if isinstance(names, tuple) and named else "argument of these"
    return f"{f'`{callee}`' if callee else 'This call'} takes no {what}"


def _has_lr(call: ast.Call, code: Code) -> bool:
    """Whether an optimizer of Keras is given `lr=`; those under `legacy` take it."""
    origin = code.imported(call.func) or ""
    known = origin.startswith("keras.optimizers.") and origin.split(".")[-1] in _OPTIMIZERS
    return known and "legacy" not in origin and any(each.arg == "lr" for each in call.keywords)


def _renamed(span: Span, code: Code) -> Iterator[Fix]:
    edit = edits.rename_argument(code.module, span, "lr", "learning_rate")
    if edit is not None:
        yield Fix("Rename lr to learning_rate", (edit,))


def _removed(span: Span, error: ProbeError, code: Code) -> Iterator[Fix]:
    """The call without the first argument that was refused, or with `lr` under its name of today."""
    yield from (renamed := list(_renamed(span, code)))
    names = error.details.get("arguments")
    if renamed or not isinstance(names, tuple) or not names:
        return
    call = code.expression(span, ast.Call)
    if isinstance(call, ast.Call):
        yield from renamed_or_removed(call, str(names[0]), OF_LAYERS, 0.8, code)
