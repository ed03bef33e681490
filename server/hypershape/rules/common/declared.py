"""What the rules about declarations share: the cause that belongs to a call, the label of a hyperparameter."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator
from functools import partial
from typing import ClassVar

from hypershape.model import Analysis, Cause, Finding, Fix, Span, Target, TargetAnalysis
from hypershape.rules.base import Rule, causes
from hypershape.rules.common import wording
from hypershape.source import Code, HpCall, contains
from hypershape.source.hyperparameters import HP_PARAMETERS


def matching_cause(
    analysis: Analysis, span: Span, kinds: Collection[str], stages: Collection[str] = ("declare",)
) -> tuple[str | None, Cause | None]:
    """The name of the target and the cause whose error was raised at `span` in one of `stages` and is of one of `kinds`."""
    for target, cause in causes(analysis):
        place = cause.error.span
        here = place is not None and (contains(place, span) or contains(span, place))
        if here and cause.error.stage in stages and cause.error.kind in kinds:
            return target.target.name, cause
    return None, None


def unmatched_causes(
    analysis: Analysis,
    kinds: Collection[str],
    seen: Collection[Cause | None],
    stages: Collection[str] = ("declare",),
) -> Iterator[tuple[TargetAnalysis, Cause]]:
    """Causes of one of `kinds` that no finding from the text accounts for."""
    for target, cause in causes(analysis):
        fits = cause.error.stage in stages and cause.error.kind in kinds
        if fits and not any(cause is each for each in seen):
            yield target, cause


ANY_STAGE = ("declare", "build", "compile", "return", "step")
"""Every stage at which the user's code, or Keras for it, can refuse something."""


def label(call: HpCall, code: Code) -> str:
    """The name of a hyperparameter as it is written, without quotes."""
    node = call.arguments.get("name")
    if node is None:
        return f"hp.{call.kind}"
    value = code.value(node, default=None)
    return value if isinstance(value, str) else code.source(node)


def function_of(target: Target, code: Code) -> ast.FunctionDef | None:
    """The definition of a target, where it is a function or a method."""
    line = target.span.line
    return next(
        (node for node in code.every(ast.FunctionDef) if node.lineno <= line <= node.body[0].lineno), None
    )


def declared_elsewhere(target: Target, code: Code) -> list[tuple[ast.Call, ast.Name]]:
    """The declarations of a target on an object that the file makes itself, each with the name of that.

    No tuner fills it with values, also where it takes the name of the parameter.
    """
    found = []
    for call in code.calls_in(target.body):
        owner = call.func.value if isinstance(call.func, ast.Attribute) else None
        if not isinstance(owner, ast.Name) or call.func.attr not in HP_PARAMETERS:  # type: ignore[attr-defined]
            continue
        bound = [each for each in code.bound_at(owner.id, owner) if not isinstance(each, ast.arg)]
        assigned = [code.parents.get(each) for each in bound]
        values = [each.value for each in assigned if isinstance(each, ast.Assign)]
        if values and len(values) == len(bound) and all(_makes_a_space(each, code) for each in values):
            found.append((call, owner))
    return found


def _makes_a_space(node: ast.expr, code: Code) -> bool:
    return isinstance(node, ast.Call) and code.origin(node.func) == "keras_tuner.HyperParameters"


class DeclarationRefused(Rule):
    """Base of the rules about a declaration that Keras Tuner refuses: read from the text, else met by a probe."""

    kinds: ClassVar[tuple[str, ...]]
    """The kinds of errors that probes meet."""
    refused: ClassVar[str]
    """What is refused, as "this range"."""

    def said(self, call: HpCall, code: Code) -> str | None:
        """Why Keras Tuner refuses a declaration, as a sentence, where the text alone decides."""
        raise NotImplementedError

    def repairs(self, call: HpCall | None, code: Code) -> Iterator[Fix]:
        """Candidate repairs of a declaration; None where the text does not show it."""
        raise NotImplementedError

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        code = analysis.module.code
        seen = []
        for call in code.hp_calls:
            said = self.said(call, code)
            if said is not None:
                target, cause = matching_cause(analysis, call.span, self.kinds)
                seen.append(cause)
                yield self.finding(
                    said, call.span, target=target, cause=cause, repairs=partial(self.repairs, call, code)
                )
        for target_analysis, cause in unmatched_causes(analysis, self.kinds, seen):
            span = cause.error.span or target_analysis.target.span
            yield self.finding(
                f"Keras Tuner refuses {self.refused} {wording.when(target_analysis, cause)}: {cause.error.message}",
                span,
                target=target_analysis.target.name,
                cause=cause,
                repairs=partial(self.repairs, code.hp_call_at(span), code),
            )
