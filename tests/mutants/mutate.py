"""All small breaks of a module: one comparison, operator, constant, condition or result changed in each."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass

SWAPS: dict[type[ast.AST], tuple[type[ast.AST], ...]] = {
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Div,),
    ast.Div: (ast.Mult,),
    ast.FloorDiv: (ast.Mult,),
    ast.Mod: (ast.Mult,),
    ast.And: (ast.Or,),
    ast.Or: (ast.And,),
    ast.BitOr: (ast.BitAnd,),
    ast.BitAnd: (ast.BitOr,),
}


@dataclass(frozen=True)
class Mutant:
    """A broken version of a module, and what was changed where."""

    line: int
    change: str
    source: str


def mutants(source: str) -> Iterator[Mutant]:
    """Every mutant of a module, but for what no user can tell from it.

    Annotations, docstrings and constants at the top stay as they are, and so does what only asserts something about
    the code itself: `assert`, `strict=True`.
    """
    tree = ast.parse(source)
    places = list(_places(tree))
    for index, place in enumerate(places):
        for way, broken in enumerate(_broken(place)):
            twin = copy.deepcopy(tree)
            (here,) = [each for number, each in enumerate(_places(twin)) if number == index]
            replacement = list(_broken(here))[way]
            _replace(twin, here, replacement)
            written, before = _shown(broken), _shown(place)
            yield Mutant(place.lineno, f"{before} → {written}", ast.unparse(ast.fix_missing_locations(twin)))


def _shown(node: ast.AST) -> str:
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= 70 else f"{text[:69]}…"


def _places(tree: ast.Module) -> Iterator[ast.expr | ast.stmt]:
    """The nodes that can be broken, inside of functions, in the order of the text."""

    def inside(node: ast.AST) -> Iterator[ast.expr | ast.stmt]:
        for field, value in ast.iter_fields(node):
            if field in ("annotation", "returns", "decorator_list", "type_params"):
                continue
            for child in value if isinstance(value, list) else [value]:
                if not isinstance(child, ast.AST) or _is_docstring(child) or _only_asserts(child):
                    continue
                if isinstance(child, ast.expr | ast.stmt) and next(_broken(child), None) is not None:
                    yield child
                yield from inside(child)

    for node in ast.walk(tree):
        # A function inside of another one is met from there.
        if isinstance(node, ast.Module | ast.ClassDef):
            for each in node.body:
                if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef):
                    yield from inside(each)


def _is_docstring(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def _only_asserts(node: ast.AST) -> bool:
    return isinstance(node, ast.Assert) or (isinstance(node, ast.keyword) and node.arg == "strict")


def _broken(node: ast.expr | ast.stmt) -> Iterator[ast.expr | ast.stmt]:
    """The node with one thing wrong."""
    if isinstance(node, ast.Compare):
        for sign in SWAPS.get(type(node.ops[0]), ()):
            yield ast.Compare(node.left, [sign(), *node.ops[1:]], node.comparators)
        if len(node.ops) > 1:
            for sign in SWAPS.get(type(node.ops[-1]), ()):
                yield ast.Compare(node.left, [*node.ops[:-1], sign()], node.comparators)
    elif isinstance(node, ast.BinOp):
        yield from (ast.BinOp(node.left, sign(), node.right) for sign in SWAPS.get(type(node.op), ()))
    elif isinstance(node, ast.BoolOp):
        yield from (ast.BoolOp(sign(), node.values) for sign in SWAPS[type(node.op)])
        for index in range(len(node.values)):
            left = [each for number, each in enumerate(node.values) if number != index]
            yield left[0] if len(left) == 1 else ast.BoolOp(node.op, left)
    elif isinstance(node, ast.UnaryOp):
        yield node.operand
    elif isinstance(node, ast.IfExp):
        yield ast.IfExp(node.test, node.orelse, node.body)
    elif isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield ast.Constant(not node.value)
    elif isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        yield ast.Constant(node.value + 1)
    elif isinstance(node, ast.If | ast.While):
        yield type(node)(ast.UnaryOp(ast.Not(), node.test), node.body, node.orelse)
    elif isinstance(node, ast.Return) and not (
        node.value is None or (isinstance(node.value, ast.Constant) and node.value.value is None)
    ):
        yield ast.Return(ast.Constant(None))
    elif isinstance(node, ast.Continue | ast.Break):
        yield ast.Break() if isinstance(node, ast.Continue) else ast.Continue()


def _replace(tree: ast.Module, old: ast.AST, new: ast.AST) -> None:
    for parent in ast.walk(tree):
        for field, value in ast.iter_fields(parent):
            if value is old:
                setattr(parent, field, new)
            elif isinstance(value, list):
                for index, each in enumerate(value):
                    if each is old:
                        value[index] = new
