"""The one reader of a text: its tree, its lines, and one index of nodes, scopes, bindings, imports and calls.

A text is parsed once. `source` cuts slices from what stands here, and every later step asks the same object through
`Module.code`, so that no two of them can disagree on what a name is.
"""

from __future__ import annotations

import ast
from bisect import bisect_right
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, wraps
from typing import Any, TypeAlias, TypeVar

from hypershape.model import Document, Module, Span
from hypershape.source.edited import regrown
from hypershape.source.hyperparameters import HpCall, HyperParameterObjects
from hypershape.source.index import Index, walk
from hypershape.source.names import (
    BINDING,
    BUILTINS,
    FUNCTIONS,
    Function,
    NameReader,
    bound_names,
    canonical,
    import_origins,
    plainly_bound,
)
from hypershape.source.recover import Recovered, parsed, recover
from hypershape.text import Placed, Text

Definition: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
Node = TypeVar("Node", bound=ast.AST)
Key = TypeVar("Key", bound=Hashable)
Item = TypeVar("Item")
Known = TypeVar("Known")

_DEFINITIONS = (*FUNCTIONS, ast.ClassDef)
_MAY_NOT_RUN = (ast.For, ast.AsyncFor, ast.While, ast.If, ast.Try, ast.match_case)
_LIBRARIES = ("keras", "keras_tuner", "tensorflow", "tf_keras")
_BINDS_UNSEEN = {"exec", "globals", "locals", "vars", "get_ipython", "setattr"}
"""What Python and IPython let bind names that are not written as such."""

_UNKNOWN = object()
_WITHOUT_PLACE = (ast.arguments, ast.comprehension, ast.withitem, ast.match_case)


class Code:
    """One text, read once.

    `clean` is the text with magics and statements that do not parse blanked out, same lines and columns; `tree` is
    its syntax tree, `text` its lines. `magics` and `broken` are what was blanked, as ranges of offsets.
    """

    def __init__(self, document: Document, previous: Code | None = None) -> None:
        """Reads a document; raises nothing whatever its text.

        What a `previous` text has in common with it is taken over, where the edit lies within its lines.
        """
        self.document = document
        self.path = document.path
        self.written = Text.of(document.text)
        shared = previous._edited(document, self.written) if previous is not None else None
        recovered = shared or recover(document, self.written, previous._parsed if previous else parsed)
        self.clean = recovered.clean
        self.tree = recovered.tree
        self.magics = recovered.magics
        self.broken = recovered.broken
        self.text = self.written.like(self.clean)
        self._index: Index = Index.of(self.tree, previous._index.parts if previous else {})
        self.reader: NameReader = previous.reader.keeping(self.nodes) if previous else NameReader()
        self._starts: dict[int, int] = {}
        self._calls_inside: dict[ast.AST, Sequence[ast.Call]] = {}
        self._origins: dict[tuple[ast.AST, bool], str | None] = {}
        self._found: dict[str, Any] = {}
        self._worked_out: dict[Callable[[Code], object], Any] = {}
        self.handed: tuple[Function, ...] = ()
        self.received: frozenset[tuple[int, int]] = frozenset()

    def _edited(self, document: Document, text: Text) -> Recovered | None:
        """Another document as it reads with nodes of this one; None where it must be read as a whole."""
        if document == self.document:
            return Recovered(self.clean, self.tree, self.magics, self.broken)
        if self.broken:
            # What did not parse may do so now.
            return regrown(Recovered(self.clean, self.tree), self.text, text, self.top_level)
        if document.cells != self.document.cells:
            return None
        known = Recovered(self.clean, self.tree, self.magics)
        return regrown(known, self.written, text, self.top_level)

    def _parsed(self, clean: str) -> ast.Module | None:
        """The tree of a text that parses, with nodes of this one's where they are the same."""
        known = Recovered(self.clean, self.tree)
        found = regrown(known, self.text, Text.of(clean), self.top_level)
        return found.tree if found is not None else parsed(clean)

    @property
    def module(self) -> Module:
        """What `source.analyse` found in the text; set when it is done."""
        return Module(code=self, **self._found)

    @module.setter
    def module(self, module: Module) -> None:
        # Without the module itself: in a cycle, a text that is no more would wait for the collector.
        self._found = {name: getattr(module, name) for name in module.__slots__ if name != "code"}

    # Nodes.

    @property
    def nodes(self) -> Sequence[ast.AST]:
        """Every node in the order of the text, parents before their children."""
        return self._index.nodes

    @property
    def parents(self) -> Mapping[ast.AST, ast.AST]:
        return self._index.parents

    def every(self, kind: type[Node]) -> Sequence[Node]:
        """Every node of exactly one class of `ast`, in the order of the text."""
        return self._index.kinds.get(kind, ())  # type: ignore[return-value]

    @property
    def calls(self) -> Sequence[ast.Call]:
        return self.every(ast.Call)

    @cached_property
    def called(self) -> Mapping[str, Sequence[ast.Call]]:
        """The calls by the last name of what they call, in the order of the text."""
        return _grouped(
            (node.func.id if isinstance(node.func, ast.Name) else node.func.attr, node)
            for node in self.calls
            if isinstance(node.func, (ast.Name, ast.Attribute))
        )

    def calls_inside(self, node: ast.AST) -> Sequence[ast.Call]:
        """The calls in a statement or expression, with itself."""
        known = self._calls_inside.get(node)
        if known is None:
            known = self._calls_inside[node] = [each for each in walk(node) if isinstance(each, ast.Call)]
        return known

    @property
    def classes(self) -> Sequence[ast.ClassDef]:
        return self.every(ast.ClassDef)

    @cached_property
    def definitions(self) -> Sequence[Definition]:
        """Every function and class at any depth, in the order of the text."""
        return [node for node in self.statements if isinstance(node, _DEFINITIONS)]

    @cached_property
    def defined(self) -> Mapping[str, Sequence[Definition]]:
        """The functions and classes of each name, in the order of the text."""
        return _grouped((node.name, node) for node in self.definitions)

    @cached_property
    def statements(self) -> Sequence[ast.AST]:
        """Every statement, handler and case at any depth, in the order of the text."""
        found: list[ast.AST] = []
        waiting: list[ast.AST] = list(reversed(self.tree.body))
        while waiting:
            node = waiting.pop()
            found.append(node)
            for block in reversed(blocks(node)):
                waiting.extend(reversed(block))
        return found

    @cached_property
    def top_level(self) -> Sequence[tuple[int, int]]:
        """The first and last line of each statement of the module itself, decorators included."""
        return [
            (
                min([node.lineno, *(each.lineno for each in getattr(node, "decorator_list", ()))]),
                node.end_lineno or 0,
            )
            for node in self.tree.body
        ]

    @cached_property
    def assignments(self) -> Sequence[ast.Assign]:
        """Every plain assignment, in the order of the text."""
        return [node for node in self.statements if isinstance(node, ast.Assign)]

    @cached_property
    def import_statements(self) -> Sequence[ast.Import | ast.ImportFrom]:
        """Every import at any depth, in the order of the text."""
        return [node for node in self.statements if isinstance(node, (ast.Import, ast.ImportFrom))]

    @cached_property
    def starting(self) -> Mapping[int, Sequence[ast.expr]]:
        """The expressions by the line on which they start."""
        return _grouped((node.lineno, node) for node in self.nodes if isinstance(node, ast.expr))

    # Places.

    def span(self, node: ast.AST) -> Span:
        """The span of an expression or statement, columns in characters; of a definition without its decorators."""
        line, column = getattr(node, "lineno", 1), getattr(node, "col_offset", 0)
        end_line = getattr(node, "end_lineno", None) or line
        end_column = getattr(node, "end_col_offset", None) or column
        text = self.text
        return Span(self.path, line, text.column(line, column), end_line, text.column(end_line, end_column))

    def start(self, node: Placed) -> int:
        """The offset where a node starts; for a decorated definition, at its first decorator."""
        known = self._starts.get(id(node))
        if known is None:
            known = self._starts[id(node)] = self.text.start(node)
        return known

    def whole_span(self, node: ast.expr | ast.stmt) -> Span:
        """The span of a node; of a definition with its decorators."""
        return self.text.span(self.path, self.text.start(node), self.text.end(node))

    def source(self, node: ast.AST) -> str:
        """The source of a node; of a definition without its decorators."""
        return self.text.within(self.span(node))

    def whole_source(self, node: ast.expr | ast.stmt) -> str:
        """The source of a node; of a definition with its decorators."""
        return self.clean[self.text.start(node) : self.text.end(node)]

    def expression(self, span: Span, kind: type[ast.expr] = ast.expr) -> ast.expr | None:
        """The outermost node of `kind` that covers exactly `span`."""
        waiting: list[ast.AST] = [*self._statements_at(span.line)]
        while waiting:
            node = waiting.pop(0)
            if isinstance(node, kind) and self._covers(node, span):
                return node
            waiting[:0] = [each for each in ast.iter_child_nodes(node) if _holds_lines(each, span)]
        return None

    def _statements_at(self, line: int) -> list[ast.stmt]:
        """The statements of the module itself that cover a line."""
        lines = self.top_level
        number = bisect_right(lines, (line, len(self.text.starts)))
        first = number
        while first and lines[first - 1][1] >= line:
            first -= 1
        return self.tree.body[first:number]

    def _covers(self, node: ast.expr, span: Span) -> bool:
        same_lines = (node.lineno, node.end_lineno) == (span.line, span.end_line)
        return same_lines and self.span(node) == span

    def calls_in(self, span: Span) -> Sequence[ast.Call]:
        """The calls that lie within `span`, outer before inner."""
        return [
            node
            for node in self.calls
            if span.line <= node.lineno <= span.end_line and contains(span, self.span(node))
        ]

    def statement(self, node: ast.AST) -> ast.stmt:
        """The innermost statement around an expression."""
        return next(each for each in self.ancestors(node) if isinstance(each, ast.stmt))

    # Scopes.

    def ancestors(self, node: ast.AST) -> Iterator[ast.AST]:
        parents = self.parents
        above = parents.get(node)
        while above is not None:
            yield above
            above = parents.get(above)

    def function(self, node: ast.AST) -> Function | None:
        """The innermost function around a node."""
        for each in self.ancestors(node):
            if isinstance(each, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
                return each
        return None

    def scope(self, node: ast.AST) -> ast.AST:
        """The innermost function or class in whose scope a node stands, or the module.

        Decorators, defaults and annotations stand in the scope around their function.
        """
        return self._index.scopes.get(node, self.tree)

    def scopes(self, node: ast.AST) -> list[Definition]:
        """The definitions in whose scopes a node stands, innermost first."""
        found: list[Definition] = []
        scope = self.scope(node)
        while scope is not self.tree:
            if isinstance(scope, _DEFINITIONS):
                found.append(scope)
            scope = self.scope(scope)
        return found

    def enclosing(self, node: ast.AST) -> Definition | None:
        """The innermost definition in whose scope a node stands; None at module level."""
        scope = self.scope(node)
        while scope is not self.tree and not isinstance(scope, _DEFINITIONS):
            scope = self.scope(scope)
        return scope if isinstance(scope, _DEFINITIONS) else None

    # Names.

    @cached_property
    def bindings(self) -> Mapping[str, Sequence[ast.AST]]:
        """For every name, each node that binds it anywhere in the file (assignments, parameters, imports, loops)."""
        found: dict[str, list[ast.AST]] = {}
        for node in self.nodes:
            if node.__class__ in BINDING:
                for name in bound_names(node):
                    found.setdefault(name, []).append(node)
        return found

    @cached_property
    def _bound_in(self) -> Mapping[tuple[str, ast.AST], Sequence[ast.AST]]:
        """The nodes that bind a name in a scope."""
        found: dict[tuple[str, ast.AST], list[ast.AST]] = {}
        for name, nodes in self.bindings.items():
            for node in nodes:
                found.setdefault((name, self._scope_bound(name, node)), []).append(node)
        return found

    def bound_at(self, name: str, at: ast.AST) -> Sequence[ast.AST]:
        """What binds a name in the innermost scope around a node that binds it at all, as Python looks it up."""
        if name not in self.bindings:
            return ()
        scope = self.scope(at)
        while True:
            here = self._bound_in.get((name, scope))
            if here or scope is self.tree:
                return here or ()
            scope = self.scope(scope)
            while isinstance(scope, ast.ClassDef):
                scope = self.scope(scope)

    def _scope_bound(self, name: str, binding: ast.AST) -> ast.AST:
        """The scope in which a node binds a name."""
        scope = self.scope(binding)
        if not self._declared_elsewhere or isinstance(binding, (ast.Global, ast.Nonlocal)):
            return scope
        return self._declared_elsewhere.get((name, scope), scope)

    @cached_property
    def _declared_elsewhere(self) -> Mapping[tuple[str, ast.AST], ast.AST]:
        """The scopes that names belong to which a function declares `global` or `nonlocal`."""
        found: dict[tuple[str, ast.AST], ast.AST] = {}
        declared: list[ast.Global | ast.Nonlocal] = [*self.every(ast.Global), *self.every(ast.Nonlocal)]
        for node in declared:
            scope = self.scope(node)
            for name in node.names:
                found[name, scope] = self.tree if isinstance(node, ast.Global) else self.scope(scope)
        return found

    def definition(self, name: str, at: ast.AST) -> ast.expr | None:
        """The value of a name as seen at a node, if its scope binds it once, by a plain assignment that always runs."""
        bound = self.bound_at(name, at)
        if len(bound) != 1 or any(name == shared for shared, _ in self._declared_elsewhere):
            return None
        return self._assigned(bound[0])

    def _assigned(self, binding: ast.AST) -> ast.expr | None:
        statement = self.parents.get(binding)
        if not isinstance(statement, ast.Assign) or statement.targets != [binding]:
            return None
        for each in self.ancestors(statement):
            if isinstance(each, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
                break
            if isinstance(each, _MAY_NOT_RUN):
                return None
        return statement.value

    def resolve(self, node: ast.expr) -> ast.expr:
        """The expression itself, or the one that defines it when it is the name of a constant."""
        for _ in range(4):
            found = self.definition(node.id, node) if isinstance(node, ast.Name) else None
            if found is None:
                break
            node = found
        return node

    def uses(self, name: str) -> int:
        """How often a name is read in the file."""
        return sum(isinstance(node.ctx, ast.Load) for node in self.mentions.get(name, ()))

    @cached_property
    def mentions(self) -> Mapping[str, Sequence[ast.Name]]:
        """Every place where each name stands as an expression or is assigned to."""
        return _grouped((node.id, node) for node in self.every(ast.Name))

    @cached_property
    def strings(self) -> Mapping[str, Sequence[ast.Constant]]:
        """Every place where each text stands as a literal."""
        constants = self.every(ast.Constant)
        return _grouped((each.value, each) for each in constants if isinstance(each.value, str))

    @cached_property
    def constants(self) -> Mapping[str, ast.expr]:
        """The values of names that the module level, and nothing else, binds exactly once by assignment."""
        values: dict[str, ast.expr] = {}
        bound: dict[str, int] = {}
        for node in self.statements:
            for name in plainly_bound(node):
                bound[name] = bound.get(name, 0) + 1
        for node in self.tree.body:
            if isinstance(node, ast.Assign) and len(node.targets) == 1:
                target = node.targets[0]
                if isinstance(target, ast.Name) and bound[target.id] == 1:
                    values[target.id] = node.value
        return values

    # Imports.

    @cached_property
    def imports(self) -> Mapping[str, str]:
        """Each name that an import binds anywhere in the file, with its dotted origin as written.

        Where several imports bind one name, the first counts; `origin` knows which one a node sees.
        """
        found: dict[str, str] = {}
        for node in self.import_statements:
            for name, origin in import_origins(node):
                found.setdefault(name, origin)
        return found

    @cached_property
    def star_imports(self) -> Sequence[str]:
        """The modules, by their dotted names, that the file imports everything from."""
        return [
            canonical("." * node.level + (node.module or ""))
            for node in self.import_statements
            if isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names)
        ]

    @cached_property
    def binds_unseen(self) -> bool:
        """Whether some call may bind names that are not written as such."""
        return any(
            isinstance(call.func, ast.Name)
            and call.func.id in _BINDS_UNSEEN
            and call.func.id not in self.bindings
            for call in self.calls
        )

    def imported_as(self, *origins: str) -> str | None:
        """The first name of the module that an import binds to one of some things, given by their canonical names."""
        for node in self.import_statements:
            if self.scope(node) is self.tree:
                for name, origin in import_origins(node):
                    if canonical(origin) in origins:
                        return name
        return None

    def origin(self, node: ast.AST) -> str | None:
        """The dotted name that an expression stands for, imports followed: `kt.Hyperband` → keras_tuner.Hyperband.

        `tensorflow.keras` counts as `keras` and `kerastuner` as `keras_tuner`. None where it is no dotted name.
        """
        return self._origin(node, only_imported=False)

    def imported(self, node: ast.AST) -> str | None:
        """`origin` of a name that really comes from an import, else None."""
        return self._origin(node, only_imported=True)

    def _origin(self, node: ast.AST, only_imported: bool) -> str | None:
        asked = node, only_imported
        if asked not in self._origins:
            self._origins[asked] = self._found_origin(node, only_imported)
        return self._origins[asked]

    def _found_origin(self, node: ast.AST, only_imported: bool) -> str | None:
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name):
            return None
        imported = [each for each in self._imports_behind(node) if each is not None]
        if not imported and only_imported:
            return None
        return canonical(".".join([imported[0] if imported else node.id, *reversed(parts)]))

    def certainly(self, node: ast.AST) -> frozenset[str]:
        """The canonical names that an expression may stand for, where imports alone decide that; else none.

        Several where a name is imported in the branches of an `if` or `try`.
        """
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        origins = self._imports_behind(node) if isinstance(node, ast.Name) else []
        if None in origins:
            return frozenset()
        return frozenset(canonical(".".join([each, *reversed(parts)])) for each in origins if each)

    def _imports_behind(self, name: ast.Name) -> list[str | None]:
        """The origin of each import that binds a name where it stands; None for anything else that binds it."""
        if name.id not in self.bindings:
            return self._starred(name.id)
        if name.id not in self.imports:
            return []
        return [self._aliases.get(each) for each in self.bound_at(name.id, name)]

    @cached_property
    def _aliases(self) -> Mapping[ast.AST, str]:
        """The origin of what each part of an import statement binds."""
        found: dict[ast.AST, str] = {}
        for node in self.import_statements:
            named = [alias for alias in node.names if alias.name != "*"]
            found |= {alias: origin for alias, (_, origin) in zip(named, import_origins(node), strict=True)}
        return found

    def _starred(self, name: str) -> list[str | None]:
        """The origin of a name that nothing binds but the only `import *` of a file, which is of a known library."""
        if len(self.star_imports) != 1 or self.broken or name in BUILTINS:
            return []
        module = self.star_imports[0]
        return [f"{module}.{name}"] if module.partition(".")[0] in _LIBRARIES else []

    # Values.

    def value(self, node: ast.expr, default: object = _UNKNOWN) -> object:
        """The value of a literal, a constant, or arithmetic on numbers; raises ValueError when it is none.

        With `default`, that is returned instead of raising.
        """
        try:
            return self._value(node, 0)
        except ValueError:
            if default is _UNKNOWN:
                raise
            return default

    def _value(self, node: ast.expr, depth: int) -> object:
        if depth > 20:
            raise ValueError("too deep")
        node = self.resolve(node)
        if isinstance(node, ast.Constant):
            return node.value
        if isinstance(node, (ast.List, ast.Tuple)):
            items = [self._value(each, depth + 1) for each in node.elts]
            return items if isinstance(node, ast.List) else tuple(items)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.UAdd)):
            number = self._value(node.operand, depth + 1)
            if isinstance(number, (int, float)):
                return -number if isinstance(node.op, ast.USub) else number
        if isinstance(node, ast.BinOp):
            return _arithmetic(node.op, self._value(node.left, depth + 1), self._value(node.right, depth + 1))
        raise ValueError("not a literal")

    def argument(self, call: ast.Call, name: str, position: int | None = None) -> ast.expr | None:
        """The argument of a call by name, or at a position; also one in a dictionary that is handed on with `**`."""
        found = argument(call, name, position)
        if found is None and any(each.arg is None for each in call.keywords):
            found = next((each.value for each in self.keywords(call) if each.arg == name), None)
        return found

    def keywords(self, call: ast.Call) -> Iterator[ast.keyword]:
        """The arguments that a call gives by name, with those of `**settings` where all of them are written down.

        One whose name is None stands for arguments that nobody knows here.
        """
        for each in call.keywords:
            written = None if each.arg is not None else self._settings(each.value)
            if written is None:
                yield each
            else:
                yield from written

    def _settings(self, node: ast.expr) -> list[ast.keyword] | None:
        """The entries of a dictionary that is handed on with `**` and used for nothing else; later ones win."""
        if isinstance(node, ast.Name) and not all(map(self._leaves_alone, self.mentions.get(node.id, ()))):
            return None
        written = self.resolve(node)
        if isinstance(written, ast.Call) and isinstance(written.func, ast.Name) and written.func.id == "dict":
            known = not written.args and all(each.arg is not None for each in written.keywords)
            return list(written.keywords) if known else None
        if not isinstance(written, ast.Dict):
            return None
        entries: dict[str, ast.keyword] = {}
        for key, value in zip(written.keys, written.values, strict=True):
            inner = self._settings(value) if key is None else _entry(key, value)
            if inner is None:
                return None
            entries |= {each.arg: each for each in inner if each.arg is not None}
        return list(entries.values())

    def _leaves_alone(self, mention: ast.Name) -> bool:
        """Whether a mention of a dictionary names it anew or spreads it with `**`."""
        above = self.parents.get(mention)
        spread = isinstance(above, ast.keyword) and above.arg is None
        into = isinstance(above, ast.Dict) and any(
            key is None and value is mention for key, value in zip(above.keys, above.values, strict=True)
        )
        return isinstance(mention.ctx, ast.Store) or spread or into

    # Hyperparameters.

    @cached_property
    def hyperparameters(self) -> HyperParameterObjects:
        """Which names hold a HyperParameters object."""
        return HyperParameterObjects(self, self.handed, self.received)

    def hand(self, functions: Iterable[Function]) -> None:
        """Says which functions tuners get to build models with, whatever their parameters are called."""
        self.handed = tuple(functions)
        self.__dict__.pop("hyperparameters", None)

    def receive(self, parameters: frozenset[tuple[int, int]]) -> None:
        """Says to which parameters, by line and column, other files hand a HyperParameters object."""
        if parameters != self.received:
            self.received = parameters
            self.__dict__.pop("hyperparameters", None)

    def is_hyperparameters(self, node: ast.expr) -> bool:
        """Whether an expression certainly names a HyperParameters object: a parameter or a variable holding one."""
        return self.hyperparameters.is_one(node)

    @property
    def hp_calls(self) -> Sequence[HpCall]:
        """Calls of `Int`, `Float`, `Choice`, `Boolean` or `Fixed` on an object known to be a HyperParameters."""
        return self.hyperparameters.calls

    def hp_call(self, node: ast.Call) -> HpCall | None:
        """`node` as a call that declares a hyperparameter, or None."""
        return self.hyperparameters.call(node)

    def hp_call_at(self, span: Span | None) -> HpCall | None:
        """The hyperparameter call at `span`, or the only one inside it."""
        if span is None:
            return None
        exact = [each for each in self.hp_calls if each.span == span]
        inside = exact or [each for each in self.hp_calls if contains(span, each.span)]
        return inside[0] if len(inside) == 1 else None


def per_text(work: Callable[[Code], Known]) -> Callable[[Code], Known]:
    """Does `work` once for each text; what it gives is kept as long as the text is."""

    @wraps(work)
    def once(code: Code) -> Known:
        known = code._worked_out
        if work not in known:
            known[work] = work(code)
        found: Known = known[work]
        return found

    return once


# Nodes by themselves.

_BLOCK_FIELDS = ("body", "handlers", "cases", "orelse", "finalbody")
_BLOCKS: dict[type[ast.AST], tuple[str, ...]] = {}


def blocks(node: ast.AST) -> list[list[ast.stmt]]:
    """The lists of statements directly inside a statement, in the order of the text."""
    kind = type(node)
    names = _BLOCKS.get(kind)
    if names is None:
        names = _BLOCKS[kind] = tuple(name for name in _BLOCK_FIELDS if name in kind._fields)
    found: list[list[ast.stmt]] = []
    for name in names:
        block = getattr(node, name)
        if block.__class__ is list and block:
            found.append(block)
    return found


def _entry(key: ast.expr, value: ast.expr) -> list[ast.keyword] | None:
    """An entry of a dictionary as the argument that it becomes."""
    if not isinstance(key, ast.Constant) or not isinstance(key.value, str):
        return None
    found = ast.copy_location(ast.keyword(key.value, value), key)
    found.end_lineno, found.end_col_offset = value.end_lineno, value.end_col_offset
    return [found]


def argument(call: ast.Call, name: str, position: int | None = None) -> ast.expr | None:
    """The argument of a call by name, or at a position; None where a `*` before it leaves that open."""
    for each in call.keywords:
        if each.arg == name:
            return each.value
    if position is not None and position < len(call.args):
        before = call.args[: position + 1]
        if not any(isinstance(each, ast.Starred) for each in before):
            return call.args[position]
    return None


def contains(outer: Span, inner: Span) -> bool:
    """Whether `inner` lies within `outer`."""
    return (
        outer.path == inner.path
        and (outer.line, outer.column) <= (inner.line, inner.column)
        and (inner.end_line, inner.end_column) <= (outer.end_line, outer.end_column)
    )


def _holds_lines(node: ast.AST, span: Span) -> bool:
    """Whether a node may hold the place of a span: its lines do, or it has no lines of its own."""
    first: int | None = getattr(node, "lineno", None)
    if first is None:
        return isinstance(node, _WITHOUT_PLACE)
    for decorator in getattr(node, "decorator_list", ()):
        first = min(first, decorator.lineno)
    last: int = getattr(node, "end_lineno", None) or first
    return first <= span.line <= last


def _grouped(pairs: Iterable[tuple[Key, Item]]) -> dict[Key, list[Item]]:
    found: dict[Key, list[Item]] = {}
    for key, item in pairs:
        found.setdefault(key, []).append(item)
    return found


def _arithmetic(operator: ast.operator, left: object, right: object) -> object:
    if isinstance(left, (int, float)) and isinstance(right, (int, float)):
        try:
            if isinstance(operator, ast.Add):
                return left + right
            if isinstance(operator, ast.Sub):
                return left - right
            if isinstance(operator, ast.Mult):
                return left * right
            if isinstance(operator, ast.Div):
                return left / right
            if isinstance(operator, ast.FloorDiv):
                return left // right
            if isinstance(operator, ast.Pow) and abs(left) < 1e6 and abs(right) < 64:
                power = left**right
                return power if isinstance(power, (int, float)) else None
        except (ZeroDivisionError, OverflowError):
            pass
    raise ValueError("not a number")
