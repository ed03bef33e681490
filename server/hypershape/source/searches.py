"""What a search is given: the expressions of its data, and what a slice needs to evaluate them."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from hypershape.source.code import Code, argument, per_text
from hypershape.source.names import FUNCTIONS, Names
from hypershape.source.slices import Capture
from hypershape.source.targets import TargetFinder


@dataclass(frozen=True)
class GivenData:
    """`expression` is evaluated at the end of a slice for (x, y), with the batch size behind them where it is written.

    The rest says what to slice for.
    """

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
    batch = _batch(searches, code)
    if not around:
        needs = code.reader.of_all([each for each in (x, y) if each is not None])
        written = [None if each is None else code.source(each) for each in (x, y)]
        return GivenData(f"(({written[0]}), ({written[1]}){batch})", needs, code.text.start(statement))
    inside = _inside(around[0], statement, x, y, code, targets)
    if inside is None or not batch:
        return inside
    return replace(inside, expression=f"(*({inside.expression}){batch})")


def _batch(searches: Sequence[tuple[ast.stmt, ast.Call]], code: Code) -> str:
    """The batch size that all searches are given as a number, behind a comma."""
    given = [argument(call, "batch_size", 2) for _, call in searches]
    sizes = {None if each is None else code.value(each, None) for each in given}
    (size,) = sizes if len(sizes) == 1 else (None,)
    return f", {size}" if type(size) is int and size > 0 else ""


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


def writers(text: str, before: int | None, code: Code) -> list[ast.stmt]:
    """Statements of a file that write what a slice of it reads: they name the same path and bind nothing.

    A path is a name that `tempfile` gave, or one made of it, and a text with a dot or a slash.
    """

    def is_kept(statement: ast.stmt) -> bool:
        return bool(text[code.start(statement) : code.text.end(statement)].strip())

    made = _made_of_temporary(filter(is_kept, code.tree.body), code) if _uses_temporary(code) else set()
    naming = _naming_paths(code)
    paths = {path for each, named in naming.items() if is_kept(each) for path in named}
    ends = before if before is not None else len(code.clean)
    return [
        each
        for each in (code.tree.body if made else naming)
        if isinstance(each, (ast.Expr, ast.For, ast.With))
        and code.start(each) < ends
        and (not paths.isdisjoint(naming.get(each, ())) or _names(each) & made)
        and not is_kept(each)
    ]


@per_text
def _naming_paths(code: Code) -> Mapping[ast.stmt, set[str]]:
    """The statements of the module, definitions left out, that name paths, each with them."""
    found = {
        each: _paths(each) for each in code.tree.body if not isinstance(each, (*FUNCTIONS, ast.ClassDef))
    }
    return {each: paths for each, paths in found.items() if paths}


@per_text
def _uses_temporary(code: Code) -> bool:
    return any((code.origin(each.func) or "").startswith("tempfile.") for each in code.calls)


def _made_of_temporary(statements: Iterable[ast.stmt], code: Code) -> set[str]:
    """The names that hold what `tempfile` gave, or something made of it."""
    made: set[str] = set()
    for statement in statements:
        if isinstance(statement, ast.Assign):
            calls = code.calls_inside(statement.value)
            given = any((code.origin(each.func) or "").startswith("tempfile.") for each in calls)
            if given or _names(statement.value) & made:
                made |= {each.id for each in statement.targets if isinstance(each, ast.Name)}
    return made


def _names(node: ast.AST) -> set[str]:
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}


def _paths(node: ast.AST) -> set[str]:
    constants = (each.value for each in ast.walk(node) if isinstance(each, ast.Constant))
    return {
        each
        for each in constants
        if isinstance(each, str) and len(each) < 200 and ("." in each or "/" in each)
    }
