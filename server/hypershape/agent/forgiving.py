"""Functions around a target that go on where one of their statements cannot run, as the module's own statements do.

A target inside `main()` needs what `main` loads, and a `HyperModel` what its constructor is given: data that is not at hand
costs only the names that it would have bound. What a rehearsal plays, `kept` by its lines, runs as it stands.
"""

from __future__ import annotations

import ast
import copy
import sys
import types
from typing import Any, Callable, Dict, Iterator, List, Optional, Sequence, Set

from . import since

_KEPT = (
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.ClassDef,
    ast.Return,
    ast.Import,
    ast.ImportFrom,
    ast.Global,
    ast.Nonlocal,
    ast.Pass,
    ast.Break,
    ast.Continue,
    ast.Delete,
)
"""Statements that run as they stand: they read no data, or the target is made by them."""

_CAUGHT, _ABSENT = "__hypershape_caught__", "__hypershape_absent__"
_BLOCKS = ("body", "orelse", "finalbody")

Lines = Sequence[Sequence[int]]
"""The first and the last line of each of some statements."""


def forgive(
    error: BaseException,
    texts: Dict[str, str],
    absent: Callable[[str, BaseException], Any],
    kept: Dict[str, Lines],
) -> bool:
    """Lets the innermost function of the user's that `error` came through go on where a statement fails.

    `texts` are those of the user's files by their paths; `absent(name, error)` gives what stands for a name that could not be
    bound. Returns whether there is such a function among those that do not go on already.
    """
    codes = [each for each in _ran(error) if each.co_filename in texts]
    return any(
        _forgiven(each, texts[each.co_filename], error, absent, kept.get(each.co_filename, ()))
        for each in reversed(codes)
    )


def is_within(error: BaseException, kept: Dict[str, Lines]) -> bool:
    """Whether an error rose in a statement that is kept, as far as the code of the user's goes that it came through."""
    places = [(trace.tb_frame.f_code.co_filename, trace.tb_lineno) for trace in _traces(error)]
    own = [(path, line) for path, line in places if path in kept]
    return bool(own) and any(first <= own[-1][1] <= last for first, last in kept[own[-1][0]])


def softened(
    statement: ast.stmt, namespace: Dict[str, Any], absent: Callable[[str, BaseException], Any], kept: Lines
) -> ast.stmt:
    """A statement of a module, such as an `if`, that does without those in it that fail and are not kept."""
    _prepare(namespace, absent)
    return ast.fix_missing_locations(_softer(copy.deepcopy(statement), set(namespace), kept))


def _prepare(namespace: Dict[str, Any], absent: Callable[[str, BaseException], Any]) -> None:
    """Gives softened code what it reads: within it an error is always at hand."""
    namespace[_CAUGHT] = Exception
    namespace[_ABSENT] = lambda name: absent(name, sys.exc_info()[1] or LookupError())


def _forgiven(
    code: types.CodeType, text: str, error: BaseException, absent: Callable[..., Any], kept: Lines
) -> bool:
    found = [
        (function, namespace)
        for namespace in _namespaces(code.co_filename)
        for function in _functions(namespace)
        if function.__code__ is code
    ]
    softened = _softened(text, code, kept) if found and _CAUGHT not in code.co_names else None
    if softened is None:
        return False
    for function, namespace in found:
        _prepare(namespace, absent)
        function.__code__ = softened
    return True


def _ran(error: BaseException) -> Iterator[types.CodeType]:
    """The code of the functions that an error came through, from the outermost on."""
    codes = (trace.tb_frame.f_code for trace in _traces(error))
    return (code for code in codes if not code.co_name.startswith("<"))


def _traces(error: BaseException) -> Iterator[types.TracebackType]:
    trace = error.__traceback__
    while trace is not None:
        yield trace
        trace = trace.tb_next


def _namespaces(path: str) -> Iterator[Dict[str, Any]]:
    for module in since.modules():
        if vars(module).get("__hypershape__") and vars(module).get("__file__") == path:
            yield vars(module)


def _functions(namespace: Dict[str, Any]) -> Iterator[types.FunctionType]:
    """The functions of a module, and the methods of its classes."""
    for value in list(namespace.values()):
        for each in list(vars(value).values()) if isinstance(value, type) else [value]:
            function = getattr(each, "__func__", each)
            if isinstance(function, types.FunctionType):
                yield function


def _softened(text: str, code: types.CodeType, kept: Lines) -> Optional[types.CodeType]:
    """The code of a function whose statements do without what fails; None where it is not found in the text."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and _is_of(node, code):
            node.body = _all_softened(node.body, {*code.co_varnames, *code.co_cellvars}, kept)
            whole = compile(ast.fix_missing_locations(tree), code.co_filename, "exec", dont_inherit=True)
            return next((each for each in _within(whole) if _same(each, code)), None)
    return None


def _is_of(node: ast.FunctionDef, code: types.CodeType) -> bool:
    first = min([node.lineno, *(each.lineno for each in node.decorator_list)])
    return node.name == code.co_name and first == code.co_firstlineno


def _same(one: types.CodeType, other: types.CodeType) -> bool:
    """Whether a code can take the place of another one."""
    place = (one.co_name, one.co_firstlineno, one.co_freevars)
    return place == (other.co_name, other.co_firstlineno, other.co_freevars)


def _within(code: types.CodeType) -> Iterator[types.CodeType]:
    for each in code.co_consts:
        if isinstance(each, types.CodeType):
            yield each
            yield from _within(each)


def _all_softened(body: List[ast.stmt], local: Set[str], kept: Lines) -> List[ast.stmt]:
    return [_softer(statement, local, kept) for statement in body]


def _softer(statement: ast.stmt, local: Set[str], kept: Lines) -> ast.stmt:
    """A statement that is tried; the names that it would have bound are stand-ins where it fails."""
    last = statement.end_lineno or statement.lineno
    if isinstance(statement, _KEPT) or _calls_super(statement) or [statement.lineno, last] in map(list, kept):
        return statement
    for block in _BLOCKS:
        inner = getattr(statement, block, None)
        if inner:
            setattr(statement, block, _all_softened(inner, local, kept))
    for handler in getattr(statement, "handlers", ()):
        handler.body = _all_softened(handler.body, local, kept)
    if any(statement.lineno <= first <= last for first, _ in kept):
        return statement
    instead: List[ast.stmt] = [_bound_instead(target) for target in _targets(statement, local)]
    if isinstance(statement, ast.With) and any(isinstance(each, _KEPT[:3]) for each in statement.body):
        # What is defined under a scope or an open file that cannot be had may need little of it.
        instead += copy.deepcopy(statement.body)
    handler = ast.ExceptHandler(ast.Name(_CAUGHT, ast.Load()), None, instead or [ast.Pass()])
    return ast.copy_location(ast.Try([statement], [handler], [], []), statement)


def _calls_super(statement: ast.stmt) -> bool:
    """Whether it is `super().__init__(…)` or the like: what a base class refuses is no matter of data."""
    return isinstance(statement, ast.Expr) and any(
        isinstance(node, ast.Name) and node.id == "super" for node in ast.walk(statement)
    )


def _targets(statement: ast.stmt, local: Set[str]) -> Iterator[ast.expr]:
    """What a statement binds: names, and attributes such as `self.data`; and what calls would have changed."""
    bound: Dict[str, ast.expr] = {}
    for node in ast.walk(statement):
        if isinstance(node, (ast.Name, ast.Attribute)) and isinstance(node.ctx, ast.Store):
            bound.setdefault(ast.dump(node), node)
    yield from bound.values()
    changed: Set[str] = set()
    for node in [statement] if isinstance(statement, ast.With) else ast.walk(statement):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            owner = node.value.func
            while isinstance(owner, (ast.Attribute, ast.Subscript)):
                owner = owner.value
            if owner is not node.value.func and isinstance(owner, ast.Name):
                changed.add(owner.id)
    yield from (ast.Name(name, ast.Store()) for name in sorted(changed & local - {"self"}))


def _bound_instead(target: ast.expr) -> ast.stmt:
    name = target.attr if isinstance(target, ast.Attribute) else getattr(target, "id", "?")
    made = ast.Call(ast.Name(_ABSENT, ast.Load()), [ast.Constant(name)], [])
    return ast.copy_location(ast.Assign([copy.deepcopy(target)], made), target)
