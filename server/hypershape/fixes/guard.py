"""The last resort: the build function gives a configuration up itself, before Keras refuses it."""

from __future__ import annotations

from hypershape.fixes import edits
from hypershape.model import Cause, Edit, Fix, Span, TargetAnalysis
from hypershape.source import Code, contains
from hypershape.space.conditions import quoted
from hypershape.space.shares import of_cause, percent

GIVEN_UP = "FailedTrialError"
"""Keras Tuner's exception for a trial that is to fail at once, without being tried again."""


def guard(target: TargetAnalysis, cause: Cause, code: Code) -> Fix | None:
    """`if …: raise FailedTrialError` before the statement that fails, where the condition is known for certain.

    None where a value in the condition is not drawn in every configuration, or is drawn only after the guard.
    """
    if cause.condition is None or not cause.exact or not cause.names:
        return None
    if not all(name in report.configuration for report in target.reports for name in cause.names):
        return None
    place, hp = _place(target, cause, code)
    if place is None or not _drawn_before(target, cause, place):
        return None
    error, added = _error(code)
    said = quoted(f"not built: {cause.condition.text}")
    lines = [f"if {cause.condition.over(hp)}:", f"    raise {error}({said})"]
    inserted = edits.insert_before(code.module, place, lines)
    if inserted is None:
        return None
    figure = of_cause(target, cause)
    share = f"{percent(figure.share)} of the space" if figure is not None and figure.told else "they"
    fails = "fails" if share != "they" else "fail"
    title = f"Give such trials up at once with FailedTrialError ({share} still {fails}, without retries)"
    return Fix(title, (inserted, added) if added else (inserted,))


def _place(target: TargetAnalysis, cause: Cause, code: Code) -> tuple[Span | None, str]:
    """The innermost failing line in a function that draws values, and the name of its HyperParameters."""
    for frame in reversed(cause.error.frames):
        if not contains(target.target.body, frame.span):
            continue
        node = next(iter(code.starting.get(frame.span.line, ())), None)
        function = code.function(node) if node is not None else None
        names = {code.source(call.owner) for call in code.hp_calls if code.function(call.node) is function}
        if function is not None and len(names) == 1:
            return frame.span, names.pop()
    return None, ""


def _drawn_before(target: TargetAnalysis, cause: Cause, place: Span) -> bool:
    declared = {each.name: each.span for each in target.hyperparameters}
    spans = [declared.get(name) for name in cause.names]
    return all(span is not None and span.path == place.path and span.end_line < place.line for span in spans)


def _error(code: Code) -> tuple[str, Edit | None]:
    """How the file can name the exception, and the import that this needs."""
    bound = code.imported_as(f"keras_tuner.errors.{GIVEN_UP}")
    if bound is not None:
        return bound, None
    package = code.imported_as("keras_tuner")
    if package is not None:
        return f"{package}.errors.{GIVEN_UP}", None
    return f"keras_tuner.errors.{GIVEN_UP}", edits.add_import(code.module, "import keras_tuner")
