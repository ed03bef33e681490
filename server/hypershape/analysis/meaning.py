"""What a repair may not change: which models a search prefers, and what the names of the user's own code mean."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from hypershape import space
from hypershape.model import Analysis, Edit, Fix, TargetAnalysis
from hypershape.rules.common.directions import nature, own_metrics
from hypershape.rules.common.identifiers import own_names
from hypershape.rules.common.tuners import direction_of, objective_of, tuners
from hypershape.source import Code


def is_kept(fix: Fix, before: Analysis, after: Analysis) -> bool:
    """Whether an edited text still seeks what the text before it sought.

    A finding that is gone does not tell: a search that maximises its loss runs, and lets the worst model win.
    """
    code = before.module.code
    return set(_reversed(after)) <= set(_reversed(before)) and not any(
        _names_another(edit, code) for edit in fix.edits
    )


def space_is_kept(new: TargetAnalysis, old: TargetAnalysis) -> bool:
    """Whether an edited target may still draw every value with which it was seen to build.

    A default that was never drawn is none of them: it was built because Keras Tuner builds the defaults first.
    """
    built = {
        pair for report in old.reports if report.verdict == "ok" for pair in report.configuration.items()
    }
    return all(
        space.contains(new.hyperparameters, {name: value})
        for name, value in built
        if space.contains(old.hyperparameters, {name: value})
    )


def _reversed(analysis: Analysis) -> Iterator[tuple[str, str]]:
    """Each objective whose written direction prefers the worse models: its name and that direction."""
    code = analysis.module.code
    for tuner in tuners(analysis, code):
        name, direction = objective_of(tuner, code), direction_of(tuner, code)
        sought = code.value(name, default=None) if name is not None else None
        if isinstance(sought, str) and direction is not None:
            better = nature(sought, own_metrics(code))
            if better is not None and better != direction.value:
                yield sought, str(direction.value)


def _names_another(edit: Edit, code: Code) -> bool:
    """Whether an edit puts another name where a text names a function or class that the file defines."""
    before = code.expression(edit.span, ast.Constant)
    if (
        not isinstance(before, ast.Constant)
        or code.span(before) != edit.span
        or edit.text[:1] not in ("'", '"')
    ):
        return False
    declared = any(call.arguments.get("name") is before for call in code.hp_calls)
    return not declared and before.value != edit.text[1:-1] and before.value in own_names(code)
