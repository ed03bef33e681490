"""The nodes of a tree in one walk: their order, their kinds, what each stands in."""

from __future__ import annotations

import ast
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
    `scopes` gives the function, class or module in whose scope a node stands: a parameter in its function, decorators,
    defaults and annotations around it.
    """

    nodes: list[ast.AST] = field(default_factory=list)
    parents: dict[ast.AST, ast.AST] = field(default_factory=dict)
    kinds: dict[type[ast.AST], list[ast.AST]] = field(default_factory=dict)
    scopes: dict[ast.AST, ast.AST] = field(default_factory=dict)

    @classmethod
    def of(cls, tree: ast.Module) -> Index:
        index = cls([tree], {}, {ast.Module: [tree]}, {tree: tree})
        for statement in tree.body:
            index._walk(statement, tree)
        return index

    def _walk(self, top: ast.AST, tree: ast.Module) -> None:
        nodes, parents, kinds, scopes = self.nodes, self.parents, self.kinds, self.scopes
        waiting = [top]
        parents[top] = scopes[top] = tree
        while waiting:
            node = waiting.pop()
            kind = node.__class__
            nodes.append(node)
            same = kinds.get(kind)
            if same is None:
                kinds[kind] = [node]
            else:
                same.append(node)
            scope = scopes[node]
            for name in reversed(_FIELDS.get(kind) or _fields(kind)):
                value = getattr(node, name, None)
                if value.__class__ is list:
                    inner = node if kind in _OPENS_SCOPE and name not in _OUTSIDE else scope
                    for child in reversed(value):
                        if isinstance(child, ast.AST):
                            parents[child] = node
                            scopes[child] = inner
                            waiting.append(child)
                elif isinstance(value, ast.AST):
                    parents[value] = node
                    scopes[value] = node if kind is ast.Lambda and name == "body" else scope
                    waiting.append(value)
            if kind is ast.arguments:
                self._parameters_stand_inside(node)
            elif kind is ast.arg and node.annotation is not None:  # type: ignore[attr-defined]
                scopes[node.annotation] = scopes[scope]  # type: ignore[attr-defined]

    def _parameters_stand_inside(self, arguments: ast.AST) -> None:
        function = self.parents[arguments]
        for child in ast.iter_child_nodes(arguments):
            if isinstance(child, ast.arg):
                self.scopes[child] = function


def _fields(kind: type[ast.AST]) -> tuple[str, ...]:
    """The fields of a kind of node that may hold nodes."""
    found = _FIELDS[kind] = tuple(name for name in kind._fields if name not in _NO_NODES)
    return found
