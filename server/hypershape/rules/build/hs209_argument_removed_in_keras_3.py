"""HS209."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from functools import partial

from hypershape.fixes import edits
from hypershape.model import Analysis, Edit, Finding, Fix, ProbeError, Severity, Span
from hypershape.rules.base import Example, Rule
from hypershape.rules.common import wording
from hypershape.rules.common.arguments import OF_LAYERS, renamed_or_removed
from hypershape.rules.common.declared import ANY_STAGE, matching_cause, unmatched_causes
from hypershape.rules.common.failure import innermost, place
from hypershape.rules.common.places import method_of, name_of
from hypershape.source import Code

_OPTIMIZERS = ("Adam", "SGD", "RMSprop", "Adagrad", "Adadelta", "Adamax", "Nadam", "Ftrl", "AdamW")

_OF_OPTIMIZERS = {"lr": "learning_rate"}
_OF_MODELS = {"input": "inputs", "output": "outputs"}
"""What they took before, and what they take today."""


class ArgumentRemovedInKeras3(Rule):
    """An argument that Keras 2 took and Keras 3 refuses, such as `lr=`.

    ## What it does
    Finds `lr=` given to Keras optimizers, `input=` and `output=` given to `Model`, and whatever arguments a probe sees refused.

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
        Example.layers(
            """
            x = layers.Dense(hp.Int("units", 1, 3))(x)
            trained = keras.Model(input=inputs, output=x)
            """,
            input="(4,)",
            at="keras.Model(input=inputs, output=x)",
            fixed="keras.Model(inputs=inputs, outputs=x)",
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
        for call in code.calls:
            if not (old := _old(call, code)):
                continue
            target, cause = matching_cause(analysis, code.span(call), self.kinds, ANY_STAGE)
            seen.append(cause)
            names = wording.listed([f"`{name}=`" for name in old])
            called = wording.listed([f"`{new}`" for new in old.values()])
            yield self.finding(
                f"Keras 3 refuses {names}: the argument{' is' if len(old) == 1 else 's are'} called {called}.",
                code.span(call),
                severity=Severity.ERROR if cause else Severity.WARNING if keras_3 else Severity.HINT,
                target=target,
                cause=cause,
                repairs=partial(_renamed, code.span(call), old, code),
            )
        for target_analysis, cause in unmatched_causes(analysis, self.kinds, seen, ANY_STAGE):
            own = _own_method(cause.error, code)
            span = place(cause.error, code) or target_analysis.target.span
            span = span if own is None else name_of(own, code)
            gone = cause.error.details.get("name") if cause.error.kind == "removed" else None
            refused = f"Keras 3 has no `{gone}`: this fails" if gone else _refused(cause.error)
            refused += ", which Keras gives it," if own is not None else ""
            yield self.finding(
                f"{refused} {wording.when(target_analysis, cause)}.\n"
                f"{cause.error.type}: {wording.quote(cause.error.message)}",
                span,
                target=target_analysis.target.name,
                cause=cause,
                repairs=partial(_removed, span, cause.error, code)
                if own is None
                else partial(_taken, own, cause.error, code),
            )


def _refused(error: ProbeError) -> str:
    """`GRU` takes no argument `return_sequence`."""
    names, callee = error.details.get("arguments"), error.details.get("callee")
    named = isinstance(names, tuple) and len(names) == 1
    what = f"argument `{names[0]}`" if isinstance(names, tuple) and named else "argument of these"
    return f"{f'`{callee}`' if callee else 'This call'} takes no {what}"


def _own_method(error: ProbeError, code: Code) -> ast.FunctionDef | None:
    """The method of this file that is given an argument which it does not take, where no line of the file gives it."""
    callee = error.details.get("callee")
    innermost_one = innermost(error, code)
    method = method_of(callee, code) if isinstance(callee, str) else None
    called = any(
        isinstance(each.func, ast.Attribute) and method is not None and each.func.attr == method.name
        for each in (code.calls_in(innermost_one) if innermost_one is not None else ())
    )
    return None if called else method


def _taken(method: ast.FunctionDef, error: ProbeError, code: Code) -> Iterator[Fix]:
    """The method with the argument, which it goes on to leave aside."""
    names, taken = error.details.get("arguments"), method.args
    if not isinstance(names, tuple) or not taken.args or taken.vararg or taken.kwonlyargs or taken.kwarg:
        return
    last = taken.defaults[-1] if taken.defaults else taken.args[-1]
    added = "".join(f", {name}=None" for name in names)
    yield Fix(f"Let it take {wording.listed(map(str, names))}, unread", (Edit(code.span(last).end, added),))


def _old(call: ast.Call, code: Code) -> dict[str, str]:
    """The arguments that an optimizer or a model of Keras is given under a name of before; those under `legacy` take it."""
    package, _, name = (code.imported(call.func) or "").rpartition(".")
    known = _OF_MODELS if name == "Model" else _OF_OPTIMIZERS if name in _OPTIMIZERS else {}
    if package.partition(".")[0] != "keras" or "legacy" in package:
        return {}
    return {each.arg: known[each.arg] for each in call.keywords if each.arg in known}


def _renamed(span: Span, old: Mapping[str, str], code: Code) -> Iterator[Fix]:
    changed = [edits.rename_argument(code.module, span, name, new) for name, new in old.items()]
    made = tuple(each for each in changed if each is not None)
    if made and len(made) == len(old):
        title = " and ".join(f"{name} to {new}" for name, new in old.items())
        yield Fix(f"Rename {title}", made)


def _removed(span: Span, error: ProbeError, code: Code) -> Iterator[Fix]:
    """The call without the first argument that was refused, or with it under its name of today."""
    names = error.details.get("arguments")
    yield from (renamed := list(_renamed(span, _OF_OPTIMIZERS, code)))
    if renamed or not isinstance(names, tuple) or not names:
        return
    call = code.expression(span, ast.Call)
    if isinstance(call, ast.Call):
        yield from renamed_or_removed(call, str(names[0]), OF_LAYERS, 0.8, code)
