"""Which attributes of their own instance the methods of the file's classes read and set."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from hypershape.source.code import Code
from hypershape.source.names import FUNCTIONS


@dataclass(frozen=True, slots=True)
class Use:
    """The attributes of `self` that a method reads (calls of own methods included) and sets."""

    reads: set[str] = field(default_factory=set)
    sets: set[str] = field(default_factory=set)


class Attributes:
    """What the methods of one file's classes do to their instances."""

    def __init__(self, code: Code) -> None:
        self.classes = {node.name: node for node in code.definitions if isinstance(node, ast.ClassDef)}
        self._uses: dict[int, Use] = {}
        self._sets: dict[str, set[str]] = {}

    def methods(
        self, owner: ast.ClassDef, depth: int = 0
    ) -> dict[str, ast.FunctionDef | ast.AsyncFunctionDef]:
        """The methods of a class and of its base classes in the file, by name."""
        found: dict[str, ast.FunctionDef | ast.AsyncFunctionDef] = {}
        for base in owner.bases if depth < 8 else ():
            known = self.classes.get(base.id) if isinstance(base, ast.Name) else None
            if known is not None and known is not owner:
                found |= self.methods(known, depth + 1)
        return found | {node.name: node for node in owner.body if isinstance(node, FUNCTIONS)}

    def closure(self, owner: ast.ClassDef, method: str) -> Use:
        """What a method does, and the own methods that it mentions."""
        methods = self.methods(owner)
        total = Use()
        seen: set[str] = set()
        todo = {method} & methods.keys()
        while todo:
            name = todo.pop()
            seen.add(name)
            use = self._use(methods[name])
            total.reads.update(use.reads)
            total.sets.update(use.sets)
            todo |= (use.reads & methods.keys()) - seen
        return total

    def sets_of(self, method: str) -> set[str]:
        """The attributes that a method of this name sets, in whatever class of the file it is."""
        known = self._sets.get(method)
        if known is None:
            closures = (self.closure(owner, method).sets for owner in self.classes.values())
            known = self._sets[method] = set().union(*closures)
        return known

    def class_level(self, owner: ast.ClassDef) -> set[str]:
        """Names that a class and its base classes in the file bind in their bodies."""
        found = set(self.methods(owner))
        todo, seen = [owner], set()
        while todo:
            each = todo.pop()
            seen.add(each.name)
            for node in each.body:
                if isinstance(node, (ast.Assign, ast.AnnAssign)):
                    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                    found |= {target.id for target in targets if isinstance(target, ast.Name)}
            bases = [
                self.classes[b.id] for b in each.bases if isinstance(b, ast.Name) and b.id in self.classes
            ]
            todo += [base for base in bases if base.name not in seen]
        return found

    def _use(self, method: ast.FunctionDef | ast.AsyncFunctionDef) -> Use:
        known = self._uses.get(id(method))
        if known is None:
            known = self._uses[id(method)] = Use()
            arguments = [*method.args.posonlyargs, *method.args.args]
            own = arguments[0].arg if arguments else ""
            # `self.data = None` only announces an attribute.
            announced = {
                id(target)
                for node in ast.walk(method)
                if isinstance(node, ast.Assign)
                and isinstance(node.value, ast.Constant)
                and node.value.value is None
                for target in node.targets
            }
            for node in ast.walk(method):
                if id(node) in announced:
                    continue
                if (
                    isinstance(node, ast.Attribute)
                    and isinstance(node.value, ast.Name)
                    and node.value.id == own
                ):
                    (known.reads if isinstance(node.ctx, ast.Load) else known.sets).add(node.attr)
        return known
