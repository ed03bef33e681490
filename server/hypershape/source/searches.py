"""What a search is given: the expressions of its data, and what a slice needs to evaluate them."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass

from hypershape.source.code import Code, argument
from hypershape.source.names import FUNCTIONS, Names
from hypershape.source.slices import Capture
from hypershape.source.targets import TargetFinder


@dataclass(frozen=True)
class GivenData:
    """`expression` is evaluated at the end of a slice for the pair (x, y); the rest says what to slice for."""

    expression: str
    needs: Names
    before: int | None
    captures: tuple[Capture, ...] = ()


def given_data(
    searches: Sequence[tuple[ast.stmt, ast.Call]], code: Code, targets: TargetFinder
) -> GivenData | None:
    """The data that all searches of a target are given; None where they differ or do not tell."""
    given = [(statement, _data(call)) for statement, call in searches]
    sources = {tuple(None if each is None else ast.unparse(each) for each in pair) for _, pair in given}
    if len(sources) != 1:
        return None
    statement, (x, y) = given[-1]
    if x is None:
        return None
    around = [each for each in code.scopes(statement) if isinstance(each, FUNCTIONS)]
    if not around:
        needs = code.reader.of_all([each for each in (x, y) if each is not None])
        written = [None if each is None else code.source(each) for each in (x, y)]
        return GivenData(f"(({written[0]}), ({written[1]}))", needs, code.text.start(statement))
    return _inside(around[0], statement, x, y, code, targets)


def _data(call: ast.Call) -> tuple[ast.expr | None, ast.expr | None]:
    return argument(call, "x", 0), argument(call, "y", 1)


def _inside(
    function: ast.FunctionDef | ast.AsyncFunctionDef,
    statement: ast.stmt,
    x: ast.expr,
    y: ast.expr | None,
    code: Code,
    targets: TargetFinder,
) -> GivenData | None:
    """The data of a search inside a function, which is made to return it."""
    parts = sorted([each for each in (x, y) if each is not None], key=code.text.start)
    room = code.text.start(parts[0]) - code.text.start(statement) >= len("return(")
    text = code.clean
    ends = all(text[code.text.end(each) : code.text.end(each) + 1] not in "\r\n" for each in parts)
    if isinstance(function, ast.AsyncFunctionDef) or not room or not ends:
        return None
    expression, needs, captures, assumed = targets.call_of(function, 0)
    if assumed:
        return None
    if y is None:
        expression = f"({expression}, None)"
    elif parts[0] is y:
        expression = f"({expression})[::-1]"
    return GivenData(expression, needs, None, (Capture(function, statement, tuple(parts)), *captures))
