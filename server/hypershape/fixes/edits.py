"""Small edits of one expression or statement, found with libcst, that leave every other byte as it was.

Only the top-level statement around a span is parsed, so an edit costs the same in a file of any length. A helper
that cannot make its edit safely returns None: no edit is better than a wrong one.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider

from hypershape.model import Edit, Module, Span
from hypershape.source.code import Code
from hypershape.text import Text

_STATEMENTS = (cst.SimpleStatementLine, cst.BaseCompoundStatement)


@dataclass(frozen=True, slots=True)
class Tree:
    """One top-level statement parsed by libcst, with the span of each of its nodes."""

    spans: Mapping[cst.CSTNode, Span]
    parents: Mapping[cst.CSTNode, cst.CSTNode]

    @staticmethod
    def around(module: Module, span: Span) -> Tree | None:
        """The tree of the top-level statement that holds `span`, or None when it has none."""
        found = _lines_around(module.code, span.line)
        if found is None or found[1] < span.end_line:
            return None
        first, last = found
        clean, starts = module.code.clean, module.code.text.starts
        end = starts[last] if last < len(starts) else len(clean)
        return _tree(module.code.path, clean[starts[first - 1] : end], first)

    def find(self, span: Span, *kinds: type[cst.CSTNode]) -> cst.CSTNode | None:
        """The outermost node of one of `kinds` that covers exactly `span` (parentheses around it not counted)."""
        return next(
            (node for node, place in self.spans.items() if place == span and isinstance(node, kinds)), None
        )

    def inside(self, span: Span, kind: type[cst.CSTNode]) -> Iterator[cst.CSTNode]:
        """Nodes of `kind` within `span`, in the order of the text, outer before inner."""
        for node, place in self.spans.items():
            if isinstance(node, kind) and _within(place, span):
                yield node

    def statement(self, span: Span) -> cst.CSTNode | None:
        """The innermost whole statement (a simple line or a compound statement) around `span`."""
        around = [
            node
            for node, place in self.spans.items()
            if isinstance(node, _STATEMENTS) and _within(span, place)
        ]
        return min(around, key=lambda node: _size(self.spans[node]), default=None)


def call_arguments(tree: Tree, span: Span) -> tuple[cst.Call, Mapping[str, cst.Arg]] | None:
    """The call at `span` with its arguments by name, or by index as text; None when no call stands there."""
    call = tree.find(span, cst.Call)
    if not isinstance(call, cst.Call):
        return None
    named: dict[str, cst.Arg] = {}
    for index, argument in enumerate(call.args):
        if argument.star:
            named[argument.star] = argument
        else:
            named[argument.keyword.value if argument.keyword else str(index)] = argument
    return call, named


def replace_text(span: Span, text: str) -> Edit:
    return Edit(span, text)


def replace_argument(module: Module, call: Span, names: Iterable[str], text: str) -> Edit | None:
    """Replaces the value of the first argument of `call` that goes by one of `names` (a keyword or an index)."""
    argument = _argument(module, call, names)
    if argument is None:
        return None
    tree, node = argument
    return Edit(_value_span(tree, node), text)


def rename_argument(module: Module, call: Span, name: str, new: str) -> Edit | None:
    """Renames the keyword `name` of `call`."""
    argument = _argument(module, call, (name,))
    if argument is None or argument[1].keyword is None:
        return None
    return Edit(argument[0].spans[argument[1].keyword], new)


def add_argument(module: Module, call: Span, name: str, text: str) -> Edit | None:
    """Adds `name=text` after the last argument of `call`, which must not have it and must not take `**kwargs`."""
    tree = Tree.around(module, call)
    found = call_arguments(tree, call) if tree else None
    if found is None or name in found[1]:
        return None
    return append_argument(module, call, f"{name}={text}")


def append_argument(module: Module, call: Span, text: str) -> Edit | None:
    """Adds an argument, written as it is to stand, after the last one of `call`, which must not take `**kwargs`."""
    tree = Tree.around(module, call)
    found = call_arguments(tree, call) if tree else None
    if tree is None or found is None:
        return None
    node, named = found
    if "**" in named:
        return None
    if not node.args:
        end = tree.spans[node]
        place = Span(end.path, end.end_line, end.end_column - 1, end.end_line, end.end_column - 1)
        inside = module.code.text.within(
            Span(end.path, *_end(tree.spans[node.func]), end.end_line, end.end_column)
        )
        if inside.replace(" ", "") != "()":
            return None
        return Edit(place, text)
    span = _argument_span(tree, node.args[-1])
    line, column = _end(span)
    between = _between(module, tree, node)
    rest = module.code.written.line(line)[column - 1 :]
    if between != " " and re.fullmatch(r"\s*,\s*(#.*)?", rest):
        return Edit(Span(span.path, line, column + len(rest), line, column + len(rest)), f"{between}{text},")
    return Edit(Span(span.path, line, column, line, column), f",{between}{text}")


def set_argument(
    module: Module, call: Span, name: str, text: str, position: int | None = None
) -> Edit | None:
    """Gives `call` the argument `name`: its value is replaced where there is one, else it is added by name.

    `position` is the index at which the argument may stand without a name.
    """
    names = (name,) if position is None else (name, str(position))
    return replace_argument(module, call, names, text) or add_argument(module, call, name, text)


def remove_argument(module: Module, call: Span, name: str) -> Edit | None:
    """Removes the keyword `name` of `call` with its comma."""
    removed = remove_arguments(module, call, (name,))
    return removed[0] if removed else None


def remove_arguments(module: Module, call: Span, names: Sequence[str]) -> tuple[Edit, ...] | None:
    """Removes keywords of `call` with their commas; None where one of them is not there."""
    tree = Tree.around(module, call)
    found = call_arguments(tree, call) if tree else None
    if tree is None or found is None or any(each not in found[1] for each in names):
        return None
    node, named = found
    given = [named[each] for each in names]
    if any(each.keyword is None for each in given):
        return None
    spans = [_argument_span(tree, each) for each in node.args]
    runs = _runs(sorted(node.args.index(each) for each in given))
    made = [_without(spans, set(run), module) for run in runs]
    return tuple(each for each in made if each) if None not in made else None


def remove_item(module: Module, items: Sequence[Span], index: int) -> Edit | None:
    """Removes one of neighbouring items, such as the entries of a dictionary, with its comma."""
    return _without(items, {index}, module)


def keep_elements(module: Module, sequence: Span, keep: Sequence[int]) -> tuple[Edit, ...] | None:
    """Edits that remove from the list or tuple at `sequence` all elements but those at the indices `keep`."""
    tree = Tree.around(module, sequence)
    node = tree.find(sequence, cst.List, cst.Tuple) if tree else None
    if tree is None or not isinstance(node, (cst.List, cst.Tuple)) or not keep:
        return None
    if any(isinstance(element, cst.StarredElement) for element in node.elements):
        return None
    if isinstance(node, cst.Tuple) and len(keep) == 1:
        return None
    spans = [_parenthesised(tree, element.value) for element in node.elements]
    edits = []
    for run in _runs([index for index in range(len(spans)) if index not in set(keep)]):
        edit = _without(spans, set(run), module)
        if edit is None:
            return None
        edits.append(edit)
    return tuple(edits)


def insert_element(module: Module, sequence: Span, text: str) -> Edit | None:
    """Adds an element behind the last one of the list or tuple at `sequence`."""
    spans = element_spans(module, sequence)
    if not spans:
        return None
    last = spans[-1]
    return Edit(Span(last.path, *_end(last), *_end(last)), f", {text}")


def element_spans(module: Module, sequence: Span) -> tuple[Span, ...]:
    """The spans of the elements of the list or tuple at `sequence`; empty when none stands there."""
    tree = Tree.around(module, sequence)
    node = tree.find(sequence, cst.List, cst.Tuple) if tree else None
    if tree is None or not isinstance(node, (cst.List, cst.Tuple)):
        return ()
    return tuple(_parenthesised(tree, element.value) for element in node.elements)


def insert_after(module: Module, span: Span, lines: Sequence[str]) -> Edit | None:
    """Inserts statements after the simple statement that holds `span`, indented like it.

    None when the statement shares its line with others or with the head of a block.
    """
    return _insert(module, span, lines, after=True)


def insert_before(module: Module, span: Span, lines: Sequence[str]) -> Edit | None:
    """Inserts statements before the simple statement that holds `span`, indented like it."""
    return _insert(module, span, lines, after=False)


def begin_with(module: Module, function: ast.FunctionDef, lines: Sequence[str]) -> Edit | None:
    """Inserts statements before the first one of a function that is no docstring, whatever kind that is."""
    first = next((each for each in function.body if not _is_docstring(each)), None)
    if first is None or first.lineno == function.lineno or getattr(first, "decorator_list", None):
        return None
    place, text = module.code.span(first), module.code.written
    indent = text.line(place.line)[: place.column - 1]
    if indent.strip():
        return None
    where = Span(place.path, place.line, 1, place.line, 1)
    return Edit(where, "".join(indent + line + text.newline for line in lines))


def remove_statement(module: Module, span: Span) -> Edit | None:
    """Removes the simple statement that holds `span` with its lines; None where its block would be empty."""
    tree = Tree.around(module, span)
    node = tree.statement(span) if tree else None
    if tree is None or not isinstance(node, cst.SimpleStatementLine) or len(node.body) != 1:
        return None
    block = tree.parents.get(node)
    place = tree.spans[node]
    lines = module.code.written
    alone = isinstance(block, cst.IndentedBlock) and len(block.body) < 2
    if alone or place.end_line >= len(lines.starts) or lines.line(place.line)[: place.column - 1].strip():
        return None
    return Edit(Span(place.path, place.line, 1, place.end_line + 1, 1), "")


def add_import(module: Module, statement: str) -> Edit | None:
    """Adds an import line where the file keeps its imports, or None when it has that very line already.

    That is after the last import of the leading run at the top level; else after the docstring; else on line 1.
    """
    text = module.code.text
    body = module.code.tree.body
    wanted = ast.dump(ast.parse(statement).body[0])
    imports = [node for node in body if isinstance(node, (ast.Import, ast.ImportFrom))]
    if any(ast.dump(node) == wanted for node in imports):
        return None
    after: ast.stmt | None = None
    for node in body:
        if isinstance(node, (ast.Import, ast.ImportFrom)) or _is_docstring(node):
            after = node
        elif after is not None and isinstance(after, (ast.Import, ast.ImportFrom)):
            break
    path = module.document.path
    if after is None:
        return Edit(Span(path, 1, 1, 1, 1), statement + text.newline)
    assert after.end_lineno is not None
    column = len(module.code.written.line(after.end_lineno)) + 1
    return Edit(Span(path, after.end_lineno, column, after.end_lineno, column), text.newline + statement)


# The tree of one statement.


def _lines_around(code: Code, line: int) -> tuple[int, int] | None:
    """The lines of the top-level statements that share `line`, decorators included."""
    sharing = [(first, last) for first, last in code.top_level if first <= line <= last]
    if not sharing:
        return None
    return min(first for first, _ in sharing), max(last for _, last in sharing)


@lru_cache(maxsize=64)
def _tree(path: str, text: str, first: int) -> Tree | None:
    """The tree of a statement that begins at a line: most are the same in the next text."""
    try:
        wrapper = MetadataWrapper(cst.parse_module(text), unsafe_skip_copy=True)
    except (cst.ParserSyntaxError, RecursionError):
        return None
    spans: dict[cst.CSTNode, Span] = {}
    for node, found in wrapper.resolve(PositionProvider).items():
        if not isinstance(node, cst.Module):
            spans[node] = Span(
                path,
                found.start.line + first - 1,
                found.start.column + 1,
                found.end.line + first - 1,
                found.end.column + 1,
            )
    for node in spans:
        # libcst counts a tuple's own brackets as brackets around it; in Python's grammar they belong to it.
        if isinstance(node, (cst.Tuple, cst.GeneratorExp)) and node.lpar:
            left, right = spans[node.lpar[-1]], spans[node.rpar[0]]
            spans[node] = Span(path, left.line, left.column, *_end(right))
    parents = {child: node for node in spans for child in node.children}
    ordered = dict(
        sorted(spans.items(), key=lambda item: (item[1].line, item[1].column, _backwards(item[1])))
    )
    return Tree(ordered, parents)


def _backwards(span: Span) -> tuple[int, int]:
    return -span.end_line, -span.end_column


def _size(span: Span) -> tuple[int, int]:
    lines = span.end_line - span.line
    return lines, span.end_column - span.column


def _within(inner: Span, outer: Span) -> bool:
    return (outer.line, outer.column) <= (inner.line, inner.column) and _end(inner) <= _end(outer)


def _end(span: Span) -> tuple[int, int]:
    return span.end_line, span.end_column


def _argument(module: Module, call: Span, names: Iterable[str]) -> tuple[Tree, cst.Arg] | None:
    tree = Tree.around(module, call)
    found = call_arguments(tree, call) if tree else None
    if tree is None or found is None:
        return None
    for name in names:
        if name in found[1]:
            return tree, found[1][name]
    return None


def _value_span(tree: Tree, argument: cst.Arg) -> Span:
    return _parenthesised(tree, argument.value)


def _argument_span(tree: Tree, argument: cst.Arg) -> Span:
    """From the keyword or star to the end of the value with its parentheses, without the comma."""
    value = _parenthesised(tree, argument.value)
    start = tree.spans.get(argument, value)
    return Span(value.path, start.line, start.column, value.end_line, value.end_column)


def _parenthesised(tree: Tree, node: cst.BaseExpression) -> Span:
    """The span of an expression with the parentheses around it."""
    span = tree.spans[node]
    brackets = [*node.lpar, *node.rpar] if hasattr(node, "lpar") else []
    places = [tree.spans[each] for each in brackets if each in tree.spans]
    if not places:
        return span
    start = min([(span.line, span.column), *((place.line, place.column) for place in places)])
    end = max([_end(span), *(_end(place) for place in places)])
    return Span(span.path, *start, *end)


def _between(module: Module, tree: Tree, call: cst.Call) -> str:
    """The white space that separates the arguments of `call`: its own when each stands on a line of its own."""
    text = module.code.text
    if len(call.args) < 2:
        first = _argument_span(tree, call.args[0])
        if first.line > tree.spans[call.func].end_line and first.column > 1:
            line = text.line(first.line)[: first.column - 1]
            return text.newline + line if not line.strip() else " "
        return " "
    before, last = (_argument_span(tree, each) for each in call.args[-2:])
    if last.line == before.end_line:
        return " "
    indent = text.line(last.line)[: last.column - 1]
    return text.newline + indent if not indent.strip() else " "


def _runs(indices: Sequence[int]) -> list[list[int]]:
    """Neighbouring indices grouped."""
    runs: list[list[int]] = []
    for index in indices:
        if runs and runs[-1][-1] == index - 1:
            runs[-1].append(index)
        else:
            runs.append([index])
    return runs


def _without(spans: Sequence[Span], removed: set[int], module: Module) -> Edit | None:
    """The edit that removes neighbouring items with one comma; None when a comment would go with them."""
    first, last = min(removed), max(removed)
    if last + 1 < len(spans):
        start, end = spans[first], spans[last + 1]
        span = Span(start.path, start.line, start.column, end.line, end.column)
    elif first > 0:
        before, end = spans[first - 1], spans[last]
        span = Span(end.path, before.end_line, before.end_column, end.end_line, end.end_column)
    else:
        start, end = spans[first], spans[last]
        span = Span(start.path, start.line, start.column, end.end_line, end.end_column)
    covered = module.code.written.within(span)
    if "#" in covered and any(
        line.lstrip().startswith("#") or " #" in line for line in Text.of(covered).lines
    ):
        return None
    return Edit(span, "")


def _insert(module: Module, span: Span, lines: Sequence[str], *, after: bool) -> Edit | None:
    tree = Tree.around(module, span)
    node = tree.statement(span) if tree else None
    if tree is None or not isinstance(node, cst.SimpleStatementLine) or len(node.body) != 1:
        return None
    place = tree.spans[node]
    text = module.code.written
    indent = text.line(place.line)[: place.column - 1]
    if indent.strip():
        return None
    if after:
        column = len(text.line(place.end_line)) + 1
        where = Span(place.path, place.end_line, column, place.end_line, column)
        return Edit(where, "".join(text.newline + indent + line for line in lines))
    where = Span(place.path, place.line, 1, place.line, 1)
    return Edit(where, "".join(indent + line + text.newline for line in lines))


def _is_docstring(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )
