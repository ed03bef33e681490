"""What the rules about declarations share: the cause that belongs to a call, the label of a hyperparameter."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from hypershape.model import Analysis, Cause, Span, TargetAnalysis
from hypershape.rules.base import causes
from hypershape.source import Code, HpCall, contains


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
