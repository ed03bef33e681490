"""Pipelines of `tf.data`, as the text writes them."""

from __future__ import annotations

import ast

from hypershape.fixes import edits
from hypershape.model import Edit
from hypershape.source import Code

_ANEW = "reshuffle_each_iteration"


def shuffled_once(code: Code) -> Edit | None:
    """The only `shuffle` of the file, told to keep its order from one pass to the next."""
    found = [call for call in code.calls if _shuffles(call, code)]
    if len(found) != 1 or any(each.arg in (None, _ANEW) for each in found[0].keywords):
        return None
    return edits.add_argument(code.module, code.span(found[0]), _ANEW, "False")


def _shuffles(call: ast.Call, code: Code) -> bool:
    """Whether a call gives something shuffled; what shuffles in place, as `random.shuffle` does, gives nothing."""
    return (
        isinstance(call.func, ast.Attribute)
        and call.func.attr == "shuffle"
        and code.imported(call.func) is None
        and not isinstance(code.parents.get(call), ast.Expr)
    )
