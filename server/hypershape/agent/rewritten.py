"""The user's functions as a tracked run sees them: where an expression chooses a value, the choice itself is a value.

Python asks a ternary, `not`, `and` or `or` for one truth and a table for one key, and an operand has no say in what
comes of it. For the time of a tracked run these are calls of ours (`x if a else y` is `either(a, lambda: x, lambda: y)`),
at the same lines and columns; so are the rounds of a loop that counts them, and a text that is printed, of which every
piece only has to exist. A function gets such code only if its own is what its file compiles to, and gets its own back;
what stands in other code depends on the value that it asks for, as ever.
"""

from __future__ import annotations

import ast
import contextlib
import copy
import inspect
import linecache
import operator
import sys
import types
from typing import Any, Callable, Dict, Iterable, Iterator, List, Optional, Set, Tuple, cast

from .origins import Token, Tracker, is_constant, mapped, shadows
from .positions import EXACT

CALLED = EITHER, NOT, ALL, ANY, ITEM, ROUNDS, PRINTED, SHOWN, FILLED = (
    "hypershape_either", "hypershape_not", "hypershape_all", "hypershape_any", "hypershape_item",
    "hypershape_rounds", "hypershape_printed", "hypershape_shown", "hypershape_filled",
)  # fmt: skip
THUNK = "hypershape_thunk"
"""The parameter by which a function is known that stands for a part of an expression around it."""

_SCOPED = (ast.NamedExpr, ast.Await, ast.Yield, ast.YieldFrom, ast.Starred)
_ASKING = frozenset(("super", "locals", "vars", "dir", "eval", "exec", "__class__"))
"""What means something else in a function of its own."""


def is_thunk(code: types.CodeType) -> bool:
    return THUNK in code.co_varnames


class _Rewriting(ast.NodeTransformer):
    """Puts calls in the place of choices, in functions only: a class has a scope that no function sees."""

    def __init__(self) -> None:
        self.arms: List[Tuple[ast.expr, ast.expr]] = []
        self._inside = False

    def _within(self, node: Any, inside: bool) -> Any:
        held, self._inside = self._inside, inside
        try:
            return self.generic_visit(node)
        finally:
            self._inside = held

    def visit_FunctionDef(self, node: Any) -> Any:
        held = node.decorator_list, node.args, node.returns
        node.decorator_list, node.args, node.returns = [], ast.arguments([], [], None, [], [], None, []), None
        self._within(node, True)
        node.decorator_list, node.args, node.returns = held
        return node

    def visit_Lambda(self, node: Any) -> Any:
        held, node.args = node.args, ast.arguments([], [], None, [], [], None, [])
        self._within(node, True)
        node.args = held
        return node

    def visit_ClassDef(self, node: Any) -> Any:
        return self._within(node, False)

    def visit_AsyncFunctionDef(self, node: Any) -> Any:
        return node

    def generic_visit(self, node: ast.AST) -> Any:
        for name, value in ast.iter_fields(node):
            if self._inside and type(value) is list and value and isinstance(value[0], ast.stmt):
                setattr(node, name, _chosen(value))
        return super().generic_visit(node)

    def visit_For(self, node: ast.For) -> Any:
        counted = self._inside and counts(node)
        self.generic_visit(node)
        if counted:
            call = cast(ast.Call, node.iter)
            node.iter = _call(call, ROUNDS, call.func, ast.Constant(node.lineno), *call.args)
        return node

    def visit_IfExp(self, node: ast.IfExp) -> Any:
        if not (self._inside and _can_move(node.body) and _can_move(node.orelse)):
            return self.generic_visit(node)
        self.arms.append((node.body, node.orelse))
        number = ast.Constant(len(self.arms) - 1)
        # The arms are read as they are written.
        parts = [self.visit(each) for each in (node.test, *_copied(node.body, node.orelse))]
        return _call(node, EITHER, parts[0], _thunk(parts[1]), _thunk(parts[2]), number)

    def visit_Call(self, node: ast.Call) -> Any:
        """A line that is printed is text in pieces, of which each only has to exist."""
        printed = isinstance(node.func, ast.Name) and node.func.id == "print" and self._inside
        pieces = [_pieces(each) for each in node.args] if printed and _can_move(node) else []
        if all(one is each for one, each in zip(pieces, node.args)):
            return self.generic_visit(node)
        keywords = [each.value for each in node.keywords]
        whole = _located(ast.Tuple([*pieces, *keywords], ast.Load()), node)
        function, plain, whole = _copied(node.func, node, whole)
        return _call(
            node, PRINTED, function, _thunk(self.generic_visit(plain)), _thunk(self.generic_visit(whole))
        )

    def visit_UnaryOp(self, node: ast.UnaryOp) -> Any:
        self.generic_visit(node)
        if not (self._inside and isinstance(node.op, ast.Not)):
            return node
        return _call(node, NOT, node.operand)

    def visit_BoolOp(self, node: ast.BoolOp) -> Any:
        movable = all(_can_move(each) and not _calls(each) for each in node.values[1:])
        self.generic_visit(node)
        if not (self._inside and movable):
            return node
        name = ALL if isinstance(node.op, ast.And) else ANY
        return _call(node, name, node.values[0], *map(_thunk, node.values[1:]))

    def visit_Subscript(self, node: ast.Subscript) -> Any:
        fresh = isinstance(node.value, ast.Dict)
        self.generic_visit(node)
        index = node.slice
        if not (self._inside and isinstance(node.ctx, ast.Load)) or isinstance(
            index, (ast.Constant, ast.UnaryOp)
        ):
            return node
        if any(isinstance(each, (ast.Slice, ast.Starred)) for each in ast.walk(index)):
            return node
        return _call(node, ITEM, node.value, index, ast.Constant(fresh))


def counts(node: ast.For) -> bool:
    """Whether a loop counts its rounds, in whatever stands for `range`."""
    call = node.iter
    if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "range"):
        return False
    plain = not call.keywords and 0 < len(call.args) < 4
    return plain and not any(isinstance(each, ast.Starred) for each in call.args)


def _pieces(node: ast.expr) -> ast.expr:
    """The pieces of a text that an expression puts together; any other as it is."""
    if isinstance(node, ast.JoinedStr) and all(map(_is_formatted_plainly, node.values)):
        made = [
            _call(
                node, SHOWN, each.value, ast.Constant(each.conversion), each.format_spec or ast.Constant("")
            )
            if isinstance(each, ast.FormattedValue)
            else each
            for each in node.values
        ]
        return _located(ast.Tuple(made, ast.Load()), node)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod) and isinstance(node.left, ast.Constant):
        return _call(node, FILLED, node.left, node.right)
    return node


def _is_formatted_plainly(piece: ast.expr) -> bool:
    """Whether no value has a say in how a piece of a text is written."""
    spec = piece.format_spec if isinstance(piece, ast.FormattedValue) else None
    return not isinstance(spec, ast.JoinedStr) or all(isinstance(each, ast.Constant) for each in spec.values)


def _chosen(statements: List[ast.stmt]) -> List[ast.stmt]:
    """Statements that give one name a value either way, or return one, as a statement with a ternary."""
    made: List[ast.stmt] = []
    for i, each in enumerate(statements):
        if isinstance(each, ast.If):
            returned = _returned([each, *statements[i + 1 :]])
            if returned is not None:
                return [*made, ast.copy_location(ast.Return(returned), each)]
            names = set(_assigned(each))
            if len(names) == 1 and None not in names:
                (name,) = names
                value = _given(each, str(name))
                target = _located(ast.Name(str(name), ast.Store()), each.test)
                each = ast.copy_location(ast.Assign([target], value), each)
        made.append(each)
    return made


def _returned(statements: List[ast.stmt]) -> Optional[ast.expr]:
    """What statements return that do nothing else, as one expression."""
    first = statements[0] if statements else None
    if isinstance(first, ast.Return) and first.value is not None:
        return first.value
    if not isinstance(first, ast.If):
        return None
    yes = _returned(first.body)
    no = _returned(first.orelse or statements[1:])
    return None if yes is None or no is None else _ternary(first, yes, no)


def _assigned(node: ast.If) -> Iterator[Optional[str]]:
    """The names that the arms of a statement assign, one each; None for one that does something else."""
    for arm in (node.body, node.orelse):
        if len(arm) > 1:
            yield None
        for each in arm:
            if isinstance(each, ast.If):
                yield from _assigned(each)
            elif (
                isinstance(each, ast.Assign)
                and len(each.targets) == 1
                and isinstance(each.targets[0], ast.Name)
            ):
                yield each.targets[0].id
            else:
                yield None


def _given(node: ast.If, name: str) -> ast.expr:
    """The value of a name after a statement whose arms assign nothing else."""
    values = []
    for arm in (node.body, node.orelse):
        if not arm:
            values.append(_located(ast.Name(name, ast.Load()), node.test))
        elif isinstance(arm[0], ast.If):
            values.append(_given(arm[0], name))
        else:
            values.append(cast(ast.Assign, arm[0]).value)
    return _ternary(node, *values)


def _ternary(node: ast.If, yes: ast.expr, no: ast.expr) -> ast.expr:
    return ast.copy_location(ast.IfExp(node.test, yes, no), node.test)


def _copied(*nodes: ast.expr) -> List[ast.expr]:
    return [copy.deepcopy(each) for each in nodes]


def _can_move(node: ast.expr) -> bool:
    """Whether an expression means the same in a function of its own."""
    return not any(
        isinstance(each, _SCOPED) or (isinstance(each, ast.Name) and each.id in _ASKING)
        for each in ast.walk(node)
    )


def _calls(node: ast.expr) -> bool:
    return any(isinstance(each, ast.Call) for each in ast.walk(node))


def _thunk(body: ast.expr) -> ast.expr:
    arguments = ast.arguments([], [ast.arg(THUNK)], None, [], [], None, [ast.Constant(None)])
    return _located(ast.Lambda(arguments, body), body)


def _call(node: ast.expr, name: str, *args: ast.expr) -> ast.expr:
    return _located(ast.Call(ast.Name(name, ast.Load()), list(args), []), node)


def _located(made: ast.expr, node: ast.expr) -> ast.expr:
    """Gives what is new the place of what it stands for; the rest keeps its own."""
    for each in ast.walk(made):
        if "lineno" in each._attributes and not hasattr(each, "lineno"):
            ast.copy_location(each, node)
    return made


class File:
    """The code of one file, and what a tracked run puts in its place."""

    def __init__(self, path: str) -> None:
        self.arms: List[Tuple[ast.expr, ast.expr]] = []
        self.statements: Dict[Tuple[type, int], Any] = {}
        """What is in the place of each `if` and each loop, by its line."""
        self._codes: Dict[Any, types.CodeType] = {}
        rewriting = _Rewriting()
        self.arms = rewriting.arms
        try:
            plain, other = (ast.parse("".join(linecache.getlines(path))) for _ in range(2))
            ast.fix_missing_locations(rewriting.visit(other))
            self.statements = {
                (type(each), each.lineno): each
                for each in ast.walk(other)
                if isinstance(each, (ast.If, ast.For))
            }
        except (SyntaxError, ValueError, RecursionError):
            return
        # Slices run statement by statement, which compiles to other code than a whole file does.
        pairs = [([one], [two]) for one, two in zip(plain.body, other.body)]
        for one, two in (*pairs, (plain.body, other.body)):
            try:
                self._note(_compiled(one, path), _compiled(two, path))
            except (SyntaxError, ValueError, RecursionError):
                pass

    def _note(self, plain: types.CodeType, other: types.CodeType) -> None:
        made = dict(_named(other))
        for name, code in _named(plain):
            found = made.get(name)
            if found is not None and found.co_freevars == code.co_freevars and _chooses(code, found):
                self._codes[_key(code)] = found

    def instead_of(self, code: types.CodeType) -> Optional[types.CodeType]:
        """What stands for some code; None where that is not what the text says, or chooses nothing."""
        found = self._codes.get(_key(code))
        return None if found is None else found.replace(co_flags=code.co_flags | (found.co_flags & 0xFF))


def _compiled(body: List[ast.stmt], path: str) -> types.CodeType:
    return compile(ast.Module(body, []), path, "exec", dont_inherit=True)


def _chooses(plain: types.CodeType, other: types.CodeType) -> bool:
    """Whether a function chooses something, itself or in a function inside it.

    What only a lambda inside it chooses stays as it is: layers are given such functions, and what they read is looked at.
    """
    if plain.co_code != other.co_code:
        return True
    inside = [
        [each for each in code.co_consts if isinstance(each, types.CodeType) and each.co_name != "<lambda>"]
        for code in (plain, other)
    ]
    return any(_chooses(one, two) for one, two in zip(*inside))


def _key(code: types.CodeType) -> Any:
    """Equal for code of the same text at the same place."""
    constants = tuple(repr(each) for each in code.co_consts if not isinstance(each, types.CodeType))
    table = getattr(code, "co_linetable", b"")
    return code.co_name, code.co_firstlineno, code.co_code, code.co_names, code.co_varnames, constants, table


def _named(code: types.CodeType, inside: Tuple[Any, ...] = ()) -> Iterator[Tuple[Any, types.CodeType]]:
    """The functions of a module and of its classes, but for those in functions, each under its name and line."""
    count: Dict[Any, int] = {}
    for each in code.co_consts:
        if isinstance(each, types.CodeType):
            name = each.co_name, each.co_firstlineno
            count[name] = count.get(name, 0) + 1
            key = (*inside, name, count[name])
            if each.co_flags & inspect.CO_OPTIMIZED:
                yield key, each
            else:
                yield from _named(each, key)


class Rewritten:
    """What the functions of the user's files are while a run is tracked."""

    def __init__(self) -> None:
        self._files: Dict[str, File] = {}
        self._codes: Dict[int, Tuple[types.CodeType, Optional[types.CodeType]]] = {}

    def arms(self, path: str, number: int) -> Tuple[ast.expr, ast.expr]:
        return self._file(path).arms[number]

    def statement(self, node: ast.stmt, path: str) -> Any:
        """What is in the place of an `if` or a loop of a file; None where its choice is a value."""
        return self._file(path).statements.get((type(node), node.lineno))

    def _file(self, path: str) -> File:
        if path not in self._files:
            self._files[path] = File(path)
        return self._files[path]

    def _known(self, code: types.CodeType) -> Optional[types.CodeType]:
        known = self._codes.get(id(code))
        if known is None:
            # Keeping the code keeps its identity its own.
            known = self._codes[id(code)] = code, self._file(code.co_filename).instead_of(code)
        return known[1]

    @contextlib.contextmanager
    def swapped(self, names: Iterable[Dict[str, Any]], paths: Iterable[str]) -> Iterator[None]:
        held: List[Tuple[Any, types.CodeType]] = []
        wanted = frozenset(paths) if EXACT else frozenset()
        try:
            for function in _functions(names, wanted):
                code = function.__code__
                other = self._known(code)
                if other is not None:
                    function.__code__ = other
                    held.append((function, code))
            yield
        finally:
            for function, code in held:
                function.__code__ = code


def _functions(names: Iterable[Dict[str, Any]], paths: Any) -> List[Any]:
    """The functions of some files that global names lead to, through classes, tables and what decorators hold."""
    found: List[Any] = []
    seen: Set[int] = set()
    waiting: List[Any] = [value for each in names for value in list(each.values())]
    while waiting and paths:
        value = waiting.pop()
        kind = type(value)
        if id(value) in seen:
            continue
        seen.add(id(value))
        if kind is types.FunctionType:
            if value.__code__.co_filename in paths:
                found.append(value)
                waiting += [each for each in map(_content, value.__closure__ or ()) if each is not None]
            elif getattr(value, "__wrapped__", None) is not None:
                waiting.append(value.__wrapped__)
        elif kind in (staticmethod, classmethod):
            waiting.append(value.__func__)
        elif kind is property:
            waiting += [each for each in (value.fget, value.fset) if each is not None]
        elif isinstance(value, type) and getattr(sys.modules.get(value.__module__), "__file__", None) in (
            None,
            *paths,
        ):
            waiting += list(vars(value).values())
        elif kind is dict:
            waiting += list(value.values())
        elif kind in (list, tuple):
            waiting += list(value)
    return found


def _content(cell: Any) -> Optional[Any]:
    try:
        return cell.cell_contents
    except ValueError:
        return None


def calls(
    either: Callable[..., Any], item: Callable[..., Any], rounds: Callable[..., Any], tracker: Tracker
) -> Dict[str, Any]:
    """The functions that stand for choices."""

    def negated(value: Any) -> Any:
        return tracker.apply(operator.not_, value) if type(value) is Token else not value

    def both(function: Callable[[Any, Any], Any], one: Token, other: Callable[[], Any]) -> Any:
        """`and` or `or`, of which Python reads the second operand only where the first one does not tell."""
        try:
            two = other()
            known = type(two) is Token or is_constant(two)
        except Exception:
            known = False
        if known:
            return tracker.joined(function, one, two)
        value = tracker.settle(one)
        told = function(value, _OPEN)
        return other() if told is _OPEN else told

    def every(value: Any, *others: Callable[[], Any]) -> Any:
        for each in others:
            if type(value) is Token:
                value = both(lambda one, two: one and two, value, each)
            elif value:
                value = each()
        return value

    def some(value: Any, *others: Callable[[], Any]) -> Any:
        for each in others:
            if type(value) is Token:
                value = both(lambda one, two: one or two, value, each)
            elif not value:
                value = each()
        return value

    def printed(function: Any, whole: Callable[[], Any], pieces: Callable[[], Any]) -> Any:
        if not shadows(function):
            return whole()
        pieces()
        return None

    def shown(value: Any, conversion: int, spec: str) -> Any:
        def told(each: Any) -> str:
            return format(_CONVERSIONS[conversion](each), spec)

        return text_about(told, value)

    def filled(text: Any, value: Any) -> Any:
        return text_about(lambda each: text % each, value)

    def text_about(told: Callable[[Any], Any], value: Any) -> Any:
        """A text about a value and all that stands in it."""
        tokens: List[Any] = []
        mapped(value, lambda each: tokens.append(each) if type(each) is Token else None)

        def with_values(*values: Any) -> Any:
            one = iter(values)
            return told(mapped(value, lambda each: next(one) if type(each) is Token else each))

        return tracker.apply(with_values, *tokens) if tokens else told(value)

    return {
        **{EITHER: either, NOT: negated, ALL: every, ANY: some, ITEM: item, ROUNDS: rounds},
        **{PRINTED: printed, SHOWN: shown, FILLED: filled},
    }


_CONVERSIONS: Dict[int, Callable[[Any], Any]] = {-1: lambda each: each, 97: ascii, 114: repr, 115: str}
"""By the number that the syntax tree has for `!a`, `!r` and `!s`."""


_OPEN = object()
