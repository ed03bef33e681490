"""The nodes of a tree in one walk: their order, their kinds, what each stands in."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

_NO_NODES = {"ctx", "op", "ops", "kind", "type_comment", "type_ignores", "id", "attr", "asname"}
_OUTSIDE = {"decorator_list", "returns", "bases", "keywords", "args"}
"""The fields of a function or class that stand in the scope around it."""
_OPENS_SCOPE = {ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef}
_FIELDS: dict[type[ast.AST], tuple[str, ...]] = {}


@dataclass(slots=True)
class Index:
    """Every node but contexts and operators, which say nothing by themselves.

    `nodes` stand in the order of the text, parents before their children; `kinds` are the same by their exact class.
    `scopes` gives the function or class in whose scope a node stands, nothing for the module's: a parameter stands in
    its function, decorators, defaults and annotations around it. `parts` are the same for each statement of the module.
    """

    nodes: list[ast.AST] = field(default_factory=list)
    parents: dict[ast.AST, ast.AST] = field(default_factory=dict)
    kinds: dict[type[ast.AST], list[ast.AST]] = field(default_factory=dict)
    scopes: dict[ast.AST, ast.AST] = field(default_factory=dict)
    parts: dict[ast.AST, Index] = field(default_factory=dict)

    @classmethod
    def of(cls, tree: ast.Module, known: Mapping[ast.AST, Index]) -> Index:
        """The nodes of a tree, of which some statements are known already."""
        index = cls([tree], {}, {ast.Module: [tree]})
        for statement in tree.body:
            part = known.get(statement)
            if part is None:
                part = cls()
                part._walk(statement)
            index._add(statement, part)
            index.parents[statement] = tree
        return index

    def _add(self, statement: ast.stmt, part: Index) -> None:
        self.parts[statement] = part
        self.nodes += part.nodes
        self.parents |= part.parents
        self.scopes |= part.scopes
        for kind, nodes in part.kinds.items():
            self.kinds.setdefault(kind, []).extend(nodes)

    def _walk(self, top: ast.stmt) -> None:
        nodes, parents, kinds, scopes = self.nodes, self.parents, self.kinds, self.scopes
        waiting: list[ast.AST] = [top]
        while waiting:
            node = waiting.pop()
            kind = node.__class__
            nodes.append(node)
            same = kinds.get(kind)
            if same is None:
                kinds[kind] = [node]
            else:
                same.append(node)
            scope = scopes.get(node)
            fields = _FIELDS.get(kind)
            for name in reversed(_fields(kind) if fields is None else fields):
                value = getattr(node, name, None)
                if value.__class__ is list:
                    children = [each for each in reversed(value) if isinstance(each, ast.AST)]
                elif isinstance(value, ast.AST):
                    children = [value]
                else:
                    continue
                inner = node if kind in _OPENS_SCOPE and name not in _OUTSIDE else scope
                for child in children:
                    parents[child] = node
                    if inner is not None:
                        scopes[child] = inner
                waiting += children
            if kind is ast.arguments:
                self._parameters_stand_inside(node)
            elif kind is ast.arg and node.annotation is not None:  # type: ignore[attr-defined]
                self._stands_around(node.annotation, scope)  # type: ignore[attr-defined]

    def _parameters_stand_inside(self, arguments: ast.AST) -> None:
        function = self.parents[arguments]
        for child in ast.iter_child_nodes(arguments):
            if isinstance(child, ast.arg):
                self.scopes[child] = function

    def _stands_around(self, annotation: ast.AST, function: ast.AST | None) -> None:
        outer = self.scopes.get(function) if function is not None else None
        if outer is None:
            self.scopes.pop(annotation, None)
        else:
            self.scopes[annotation] = outer


def children(node: ast.AST) -> list[ast.AST]:
    """The nodes directly inside a node, contexts and operators left out."""
    kind = node.__class__
    fields = _FIELDS.get(kind)
    found: list[ast.AST] = []
    for name in _fields(kind) if fields is None else fields:
        value = getattr(node, name, None)
        if value.__class__ is list:
            found += [each for each in value if isinstance(each, ast.AST)]
        elif isinstance(value, ast.AST):
            found.append(value)
    return found


def walk(node: ast.AST) -> Iterator[ast.AST]:
    """A node and all inside it, contexts and operators left out, in no order that means anything."""
    waiting = [node]
    while waiting:
        each = waiting.pop()
        yield each
        waiting += children(each)


def _fields(kind: type[ast.AST]) -> tuple[str, ...]:
    """The fields of a kind of node that may hold nodes."""
    found = _FIELDS[kind] = tuple(name for name in kind._fields if name not in _NO_NODES)
    return found
