"""A training that is given a fraction for what it counts: its words, its place and its repair."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from hypershape.model import Edit, Fix, ProbeError, Rehearsal, Span
from hypershape.rules.common import wording
from hypershape.source import Code


def given(played: Rehearsal, error: ProbeError) -> Mapping[str, float]:
    """The arguments of Keras's own `fit` that are floats where it counts, of a training that fails for a type."""
    found = played.facts.get("fractions")
    return found if isinstance(found, dict) and error.type == "TypeError" and played.stage == "fit" else {}


def written(played: Rehearsal, error: ProbeError, code: Code) -> ast.expr | None:
    """Where the file says such an argument, by its name or under it in a dictionary, if it does so once."""
    names = given(played, error)
    named = [each.value for call in code.calls for each in call.keywords if each.arg in names]
    kept = [
        each.value
        for each in code.every(ast.Assign)
        for target in each.targets
        if isinstance(target, ast.Subscript) and code.value(target.slice, default=None) in names
    ]
    # The parameter of a function that only hands it on says nothing of it.
    found = [each for each in (*named, *kept) if not (isinstance(each, ast.Name) and each.id in names)]
    return found[0] if len(found) == 1 else None


def words(played: Rehearsal, error: ProbeError) -> str | None:
    told = [f"{name}={value}" for name, value in given(played, error).items()]
    if not told:
        return None
    is_none = "a float and no whole number" if len(told) == 1 else "floats and no whole numbers"
    is_none = f"which {'is' if len(told) == 1 else 'are'} {is_none}"
    return f"The training is given {wording.listed(told)}, {is_none} ({error.type})."


def at(played: Rehearsal, error: ProbeError, code: Code) -> Span | None:
    node = written(played, error, code)
    return code.span(node) if node is not None else None


def repairs(played: Rehearsal, error: ProbeError, code: Code) -> Iterator[Fix]:
    node = written(played, error, code)
    if node is not None:
        span = code.span(node)
        yield Fix("Make it a whole number", (Edit(span.start, "int("), Edit(span.end, ")")))
