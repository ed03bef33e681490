"""Training steps of the user's own, as the text writes them."""

from __future__ import annotations

import ast

from hypershape.model import ProbeError
from hypershape.rules.common.places import returns_nothing
from hypershape.source import Code, contains

_STEPS = ("train_step", "test_step")


def without_logs(error: ProbeError, code: Code) -> ast.FunctionDef | None:
    """The one own step of the file's models that returns nothing, where an error did not rise in its own code."""
    found = [
        each
        for made in code.classes
        if any((code.imported(base) or "").startswith("keras.") for base in made.bases)
        for each in made.body
        if isinstance(each, ast.FunctionDef) and each.name in _STEPS and returns_nothing(each)
    ]
    if len(found) != 1 or any(contains(code.span(found[0]), each.span) for each in error.frames):
        return None
    return found[0]


def without_logs_words(step: ast.FunctionDef, code: Code) -> str:
    """What such a step lacks, without a full stop."""
    made = code.parents.get(step)
    owner = f"{made.name}." if isinstance(made, ast.ClassDef) else ""
    return f"`{owner}{step.name}` returns None, where Keras wants a dictionary of metrics"
