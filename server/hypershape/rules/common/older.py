"""What was written for Keras 2 and is there no more where training code of the user's asks for it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from hypershape.fixes import edits
from hypershape.model import Edit, Fix, ProbeError, Rehearsal, Span
from hypershape.source import Code
from hypershape.source.code import contains

_SCALED, _UNSCALED = "get_scaled_loss", "get_unscaled_gradients"


def names_of_metrics(played: Rehearsal, error: ProbeError, code: Code) -> ast.Call | None:
    """The `dict(zip(model.metrics_names, …))` that has no key of a metric any more."""
    asked = (played.facts.get("meant") or {}).get("written")
    if error.type != "KeyError" or not isinstance(asked, str):
        return None
    found = [
        each
        for each in code.calls
        if isinstance(each.func, ast.Name) and each.func.id == "dict" and _zipped(each, code) is not None
    ]
    return found[0] if len(found) == 1 else None


def words(played: Rehearsal, error: ProbeError, code: Code) -> str | None:
    """What Keras 3 has in the place of what is asked for."""
    if names_of_metrics(played, error, code) is not None:
        asked = (played.facts.get("meant") or {}).get("written")
        return (
            f"`metrics_names` of Keras 3 are the loss and `compile_metrics`, which stands for all metrics: there is no "
            f"{asked!r} among them ({error.type})."
        )
    if error.type == "AttributeError" and _SCALED in error.message:
        return f"Optimizers of Keras 3 have `scale_loss`, and no `{_SCALED}` ({error.type})."
    if error.type == "AttributeError" and _UNSCALED in error.message:
        return f"Optimizers of Keras 3 undo the scale of a loss when they apply its gradients, and have no `{_UNSCALED}` ({error.type})."
    return None


def repairs(played: Rehearsal, error: ProbeError, place: Span, code: Code) -> Iterator[Fix]:
    """The same with what Keras 3 has."""
    pairs = names_of_metrics(played, error, code)
    if pairs is not None:
        yield from _by_name(pairs, code)
    if error.type == "AttributeError" and (_SCALED in error.message or _UNSCALED in error.message):
        yield from _scaled(place, code)


def _zipped(pairs: ast.Call, code: Code) -> ast.expr | None:
    """What `dict(zip(model.metrics_names, …))` gives the names to."""
    (inner,) = pairs.args if len(pairs.args) == 1 else (None,)
    if not isinstance(inner, ast.Call) or not isinstance(inner.func, ast.Name) or inner.func.id != "zip":
        return None
    names, numbers = inner.args if len(inner.args) == 2 else (None, None)
    return numbers if isinstance(names, ast.Attribute) and names.attr == "metrics_names" else None


def _by_name(pairs: ast.Call, code: Code) -> Iterator[Fix]:
    """What `evaluate` gives as a dictionary, where that is what the names are given to."""
    numbers = _zipped(pairs, code)
    made = _evaluated(numbers, pairs, code) if numbers is not None else None
    if made is None or numbers is None:
        return
    told = edits.set_argument(code.module, code.span(made), "return_dict", "True")
    if told is None:
        return
    if made is numbers:
        text = code.source(made)
        text = f"{text.rstrip()[:-1]}, return_dict=True)" if made.args or made.keywords else text
        yield Fix("Ask evaluate for a dictionary", (Edit(code.span(pairs), text),))
        return
    yield Fix("Ask evaluate for a dictionary", (told, Edit(code.span(pairs), code.source(numbers))))


def _evaluated(numbers: ast.expr, pairs: ast.Call, code: Code) -> ast.Call | None:
    """The `evaluate` that gives these numbers: itself, or the only one before that gives them their name."""
    made: ast.expr = numbers
    if isinstance(numbers, ast.Name):
        given = [
            each.value
            for each in code.every(ast.Assign)
            if code.enclosing(each) is code.enclosing(pairs)
            and any(isinstance(one, ast.Name) and one.id == numbers.id for one in each.targets)
        ]
        made = given[0] if len(given) == 1 else numbers
    if isinstance(made, ast.Call) and isinstance(made.func, ast.Attribute) and made.func.attr == "evaluate":
        return made
    return None


def _scaled(place: Span, code: Code) -> Iterator[Fix]:
    """`scale_loss`, and the gradients as they are: an optimizer undoes the scale itself."""
    step = next((each for each in code.every(ast.FunctionDef) if contains(code.span(each), place)), None)
    changed = []
    for call in code.calls_in(code.span(step)) if step is not None else ():
        if isinstance(call.func, ast.Attribute) and len(call.args) == 1 and not call.keywords:
            if call.func.attr == _SCALED:
                text = f"{code.source(call.func.value)}.scale_loss({code.source(call.args[0])})"
                changed.append(Edit(code.span(call), text))
            elif call.func.attr == _UNSCALED:
                changed.append(Edit(code.span(call), code.source(call.args[0])))
    if changed:
        yield Fix("Scale the loss as Keras 3 does", tuple(changed))
