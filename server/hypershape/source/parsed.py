"""One file, read once: its clean text, its tree and what several steps ask of them."""

from __future__ import annotations

import ast
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property

from hypershape.model import Document
from hypershape.source.lines import Lines
from hypershape.source.names import FUNCTIONS, NameReader, imports, plainly_bound
from hypershape.source.recover import Recovered, recover

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@dataclass
class Parsed:
    """A document with everything that is derived from its text alone."""

    document: Document
    lines: Lines
    recovered: Recovered
    reader: NameReader = field(default_factory=NameReader)

    @classmethod
    def of(cls, document: Document) -> Parsed:
        """Reads a document; raises nothing whatever its text."""
        lines = Lines(document.text)
        return cls(document, lines, recover(document, lines))

    @property
    def tree(self) -> ast.Module:
        return self.recovered.tree

    @property
    def path(self) -> str:
        return self.document.path

    @cached_property
    def imports(self) -> dict[str, str]:
        """Names bound by imports, with their dotted origins."""
        return imports(self.tree)

    @cached_property
    def parents(self) -> dict[ast.AST, ast.AST]:
        """The statement, clause or module around each statement and clause (expressions are left out)."""
        found: dict[ast.AST, ast.AST] = {}
        stack: list[ast.AST] = [self.tree]
        while stack:
            node = stack.pop()
            for block in blocks(node):
                for child in block:
                    found[child] = node
                    stack.append(child)
        return found

    @cached_property
    def definitions(self) -> tuple[Definition, ...]:
        """Every function and class at any depth, in the order of the text."""
        kinds = (*FUNCTIONS, ast.ClassDef)
        found = [node for node in self.parents if isinstance(node, kinds)]
        return tuple(sorted(found, key=lambda node: (node.lineno, node.col_offset)))

    @cached_property
    def import_statements(self) -> tuple[ast.Import | ast.ImportFrom, ...]:
        """Every import at any depth."""
        return tuple(node for node in self.parents if isinstance(node, (ast.Import, ast.ImportFrom)))

    @cached_property
    def constants(self) -> dict[str, ast.expr]:
        """The values of names that the module level, and nothing else, binds exactly once by assignment."""
        values: dict[str, ast.expr] = {}
        bound: Counter[str] = Counter()
        for node in self.parents:
            names = plainly_bound(node)
            bound.update(names)
            if isinstance(node, ast.Assign) and self.parents[node] is self.tree and len(node.targets) == 1:
                target = node.targets[0]
                if isinstance(target, ast.Name):
                    values[target.id] = node.value
        return {name: value for name, value in values.items() if bound[name] == 1}

    def scope(self, node: ast.AST) -> Definition | None:
        """The innermost function or class around a statement; None at module level."""
        parent = self.parents.get(node)
        while parent is not None and not isinstance(parent, (*FUNCTIONS, ast.ClassDef)):
            parent = self.parents.get(parent)
        return parent

    def scopes(self, node: ast.AST) -> list[Definition]:
        """All functions and classes around a statement, innermost first."""
        found = []
        scope = self.scope(node)
        while scope is not None:
            found.append(scope)
            scope = self.scope(scope)
        return found

    def source(self, node: ast.expr | ast.stmt) -> str:
        """The source of a node, from the clean text."""
        return self.recovered.clean[self.lines.start(node) : self.lines.end(node)]


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
