"""Where HyperParameters objects go in one file, read from its text."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from threading import Lock

from hypershape.model import Document, Span
from hypershape.source.calls import TunerFinder
from hypershape.source.code import Code, argument
from hypershape.source.holders import Build, Flow, Holder, Made, Mention, Name, Pass, Reference, Signature
from hypershape.source.hyperparameters import HP_PARAMETERS, parameters_of
from hypershape.source.names import FUNCTIONS, Function
from hypershape.source.slices import Slicer
from hypershape.source.targets import TargetFinder

_ASKING = {"get": "name", "is_active": "hyperparameter", "conditional_scope": "parent_name"}
"""Methods that only ask for a name, with the parameter that takes it."""
_RESULTS = ("get_best_hyperparameters", "get_best_trials")
_PLAIN_STRING = re.compile(r"(?s)([rRuU]?)(\"\"\"|'''|\"|')(.*)\2\Z")
_DEEPEST = 6
MOST_KEPT = 64
_RECENT: dict[str, Flow] = {}
_KEEPING = Lock()
_ANY = Name(None, ".*")


def flow(document: Document) -> Flow:
    """Reads one file; raises nothing whatever its text.

    Of the files that were read last each is kept as it read last: an editor asks for a text with every key, and each
    takes megabytes. What the text before has in common with it is taken over.
    """
    with _KEEPING:
        known = _RECENT.pop(document.path, None)
    if known is None or known.code.document != document:
        known = _Reader(Code(document, known.code if known is not None else None)).read()
    with _KEEPING:
        _RECENT[document.path] = known
        if len(_RECENT) > MOST_KEPT:
            del _RECENT[next(iter(_RECENT))]
    return known


class _Reader:
    def __init__(self, code: Code) -> None:
        self.code = code
        self.path = code.path
        self.tuners = TunerFinder(code)
        self.found = TargetFinder(code, self.tuners, Slicer(code)).find()
        self.certain: set[Holder] = set()
        self.borrowed: dict[Holder, Reference] = {}
        self.made: list[Made] = []

    def read(self) -> Flow:
        code = self.code
        self.made = [self._tuner_made(index) for index in range(len(self.tuners.constructions))]
        self.made = [self._complete(index) for index in range(len(self.made))]
        self.certain |= {each.tuner for each in self.made}
        self.certain |= {
            self._at(each, each.arg)
            for function in self._functions
            for each in parameters_of(function)
            if code.hyperparameters.holds(each)
        }
        mentions = tuple(self._mentions())
        passes = tuple(self._passes())
        return Flow(
            code,
            {each.name: each for each in map(self._signature, self._defined)},
            frozenset(self.certain),
            mentions,
            passes,
            tuple(self.made),
            self.borrowed,
            tuple(self._builds()),
            {node.name: node for node in code.classes},
            tuple(self._foreign_bases()),
        )

    @cached_property
    def _defined(self) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
        return [node for node in self.code.definitions if isinstance(node, FUNCTIONS)]

    @cached_property
    def _functions(self) -> list[Function]:
        return [*self._defined, *self.code.every(ast.Lambda)]

    def _at(self, node: ast.AST, name: str) -> Holder:
        span = self.code.span(node)
        return Holder(self.path, (span.line, span.column), name)

    def _signature(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> Signature:
        outer = self.code.enclosing(node)
        static = any(isinstance(each, ast.Name) and each.id == "staticmethod" for each in node.decorator_list)
        parameters = tuple(self._at(each, each.arg) for each in parameters_of(node))
        positional = len(node.args.posonlyargs) + len(node.args.args)
        return Signature(
            self._dotted(node), parameters, positional, isinstance(outer, ast.ClassDef) and not static
        )

    def _dotted(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> str:
        return ".".join([*(each.name for each in reversed(self.code.scopes(node))), node.name])

    def _builds(self) -> Iterator[Build]:
        """The targets that are functions of this file; what a tuner takes from another file is not one of its own."""
        seen: set[ast.AST] = set()
        for found in self.found:
            node = found.node
            if not isinstance(node, (*FUNCTIONS, ast.Lambda)) or node in seen:
                continue
            seen.add(node)
            body = self.code.whole_span(node)
            span = self.code.text.name_span(self.path, node) if isinstance(node, FUNCTIONS) else body
            parameter = self.code.hyperparameters.parameter(node)
            holder = self._at(parameter, parameter.arg) if parameter is not None else None
            yield Build(found.name, span, body, holder)

    def _foreign_bases(self) -> Iterator[Reference]:
        for node in self.code.classes:
            for base in node.bases:
                reference = self._reference(base)
                if reference is not None and reference.own is None:
                    yield reference

    # Who holds the object that an expression gives.

    def _holder(self, node: ast.expr, depth: int = 0) -> Holder | None:
        if depth > _DEEPEST:
            return None
        if isinstance(node, ast.Name):
            return self._variable(node, depth)
        if isinstance(node, ast.Subscript):
            return self._found_by(node.value, depth)
        if isinstance(node, ast.Attribute) and node.attr == "values":
            return self._holder(node.value, depth + 1)
        if isinstance(node, ast.Attribute) and node.attr == "hyperparameters":
            return self._found_by(node.value, depth)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "copy":
            return self._holder(node.func.value, depth + 1)
        return None

    def _binding(self, node: ast.Name) -> ast.AST | None:
        """What binds a name: the last binding above the place, where several of one scope do."""
        bound = [each for each in self.code.bound_at(node.id, node) if hasattr(each, "lineno")]
        earlier = [each for each in bound if _line(each) <= node.lineno and each is not node]
        return earlier[-1] if earlier else bound[-1] if bound else None

    def _variable(self, node: ast.Name, depth: int) -> Holder | None:
        binding = self._binding(node)
        if isinstance(binding, ast.arg):
            return self._at(binding, binding.arg)
        value, item = self._given_to(binding)
        if value is None or binding is None:
            return None
        if isinstance(value, ast.Call) and self.code.origin(value.func) == "keras_tuner.HyperParameters":
            holder = self._at(binding, node.id)
            self.certain.add(holder)
            return holder
        parameter = next(
            (each for each in self.code.bound_at(node.id, node) if isinstance(each, ast.arg)), None
        )
        if parameter is not None:
            # `hp = hp or HyperParameters()` is still the parameter; anything else is not known.
            names = {each.id for each in ast.walk(value) if isinstance(each, ast.Name)}
            return self._at(parameter, parameter.arg) if node.id in names else None
        return self._found_by(value, depth + 1) if item else self._holder(value, depth + 1)

    def _given_to(self, binding: ast.AST | None) -> tuple[ast.expr | None, bool]:
        """The value that an assignment or a loop gives to a name, and whether the name is one of its items."""
        target, item = binding, False
        parent = self.code.parents.get(target) if target is not None else None
        while isinstance(parent, (ast.Tuple, ast.List, ast.Starred)):
            target, parent, item = parent, self.code.parents.get(parent), True
        if isinstance(parent, ast.Assign):
            return parent.value, item
        if isinstance(parent, ast.AnnAssign):
            return parent.value, False
        if isinstance(parent, (ast.For, ast.AsyncFor, ast.comprehension)) and parent.target is target:
            return parent.iter, True
        return None, False

    def _found_by(self, node: ast.expr, depth: int) -> Holder | None:
        """The tuner whose results an expression lists, or of which it is the oracle or a trial."""
        if isinstance(node, ast.Name):
            value, _ = self._given_to(self._binding(node)) if depth < _DEEPEST else (None, False)
            return self._found_by(value, depth + 1) if value is not None else None
        for each in ast.walk(node):
            if isinstance(each, ast.Attribute) and each.attr in (*_RESULTS, "oracle"):
                is_of_oracle = isinstance(each.value, ast.Attribute) and each.value.attr == "oracle"
                return self._tuner(each.value.value if is_of_oracle else each.value)  # type: ignore[attr-defined]
        return None

    def _tuner(self, node: ast.expr) -> Holder | None:
        """What a tuner found: the last one bound to this name above the place."""
        text = ast.unparse(node)
        here = [each for each in self.made if each.bound_to == text]
        earlier = [each for each in here if each.span.line <= node.lineno]
        if here:
            return (earlier or here)[-1].tuner
        reference = self._reference(node)
        if reference is None or reference.own is not None:
            return None
        holder = Holder(self.path, reference.place, "tuner")
        self.borrowed[holder] = reference
        return holder

    # Tuners.

    def _tuner_made(self, index: int) -> Made:
        each = self.tuners.constructions[index]
        span = each.tuner.call.span
        return Made(Holder(self.path, (span.line, span.column), "tuner"), each.bound_to, span)

    def _complete(self, index: int) -> Made:
        """A tuner with what it is given."""
        each = self.tuners.constructions[index]
        value = each.hypermodel
        given = argument(each.node, "hyperparameters")
        own = value.args.args[:1] if isinstance(value, ast.Lambda) else []
        return replace(
            self.made[index],
            reference=self._handed(value, 0) if value is not None else None,
            target=self._at(own[0], own[0].arg) if own else None,
            given=self._holder(given) if given is not None else None,
        )

    def _handed(self, node: ast.expr, depth: int) -> Reference | None:
        """What a tuner builds its models with: a function, or the class of an instance."""
        if depth > _DEEPEST:
            return None
        if isinstance(node, ast.Call):
            is_partial = (self.code.origin(node.func) or "").endswith("partial")
            return (
                self._handed(node.args[0], depth + 1)
                if is_partial and node.args
                else self._reference(node.func)
            )
        if isinstance(node, ast.Name):
            value, item = self._given_to(self._binding(node))
            if value is not None and not item:
                return self._handed(value, depth + 1)
        return self._reference(node)

    # The places that name a hyperparameter.

    def _mentions(self) -> Iterator[Mention]:
        for call in self.code.calls:
            yield from self._named_by_call(call)
        for subscript in self.code.every(ast.Subscript):
            yield from self._mention(subscript.value, subscript, subscript.slice, only_text=True)
        for test in self.code.every(ast.Compare):
            if len(test.ops) == 1 and isinstance(test.ops[0], (ast.In, ast.NotIn)):
                yield from self._mention(test.comparators[0], test, test.left, only_text=True)

    def _named_by_call(self, call: ast.Call) -> Iterator[Mention]:
        function = call.func
        if not isinstance(function, ast.Attribute):
            return
        if function.attr in HP_PARAMETERS:
            name = argument(call, "name", 0)
            yield from self._mention(function.value, call, name, kind=function.attr)
            yield from self._mention(function.value, call, argument(call, "parent_name"))
        elif function.attr in _ASKING:
            name = argument(call, _ASKING[function.attr], 0)
            yield from self._mention(function.value, call, name)

    def _mention(
        self,
        on: ast.expr,
        around: ast.expr,
        node: ast.expr | None,
        *,
        kind: str | None = None,
        only_text: bool = False,
    ) -> Iterator[Mention]:
        name = self._name(node) if node is not None else _ANY
        if node is None or (only_text and name.text is None):
            return
        holder = self._holder(on)
        if holder is None:
            return
        span = self._content(node) if name.written else self.code.span(node)
        scopes = self._name_scopes(around)
        for each in reversed(scopes):
            name = name.under(each)
        prefix = "".join(f"{each.text}/" for each in scopes)
        yield Mention(holder, name, span, self.code.span(around), kind, prefix)

    def _name_scopes(self, node: ast.AST) -> list[Name]:
        """The `name_scope`s around a node in its function, outermost first."""
        found: list[Name] = []
        for each in self.code.ancestors(node):
            if isinstance(each, (*FUNCTIONS, ast.Lambda)):
                break
            for item in each.items if isinstance(each, (ast.With, ast.AsyncWith)) else ():
                call = item.context_expr
                is_scope = (
                    isinstance(call, ast.Call)
                    and isinstance(call.func, ast.Attribute)
                    and call.func.attr == "name_scope"
                )
                if is_scope and isinstance(call, ast.Call):
                    given = argument(call, "name", 0)
                    found.insert(0, self._name(given) if given is not None else _ANY)
        return found

    def _content(self, node: ast.expr) -> Span:
        """The text between the quotes of a plain string."""
        start = self.code.text.start(node)
        match = _PLAIN_STRING.match(self.code.source(node))
        assert match is not None
        return self.code.text.span(self.path, start + match.start(3), start + match.end(3))

    def _name(self, node: ast.expr) -> Name:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            match = _PLAIN_STRING.match(self.code.source(node))
            return Name(node.value, re.escape(node.value), match is not None and match.group(3) == node.value)
        value = self.code.value(node, default=None)
        if isinstance(value, str):
            return Name(value, re.escape(value))
        return Name(None, _pattern(node))

    # What calls call.

    def _passes(self) -> Iterator[Pass]:
        for call in self.code.calls:
            arguments: list[tuple[int | str, ast.expr]] = list(enumerate(call.args))
            arguments += [(each.arg, each.value) for each in call.keywords if each.arg]
            for place, value in arguments:
                holder = self._holder(value) if isinstance(value, (ast.Name, ast.Subscript)) else None
                reference = self._reference(call.func) if holder is not None else None
                if holder is not None and reference is not None:
                    yield Pass(holder, reference, place, bool(self._name_scopes(call)))

    def _reference(self, node: ast.expr) -> Reference | None:
        if isinstance(node, ast.Name):
            return self._plain_reference(node)
        if not isinstance(node, ast.Attribute):
            return None
        root, place = node.value, self._place(node, node.attr)
        owner = self._class_around(node) if _is_self(root) else None
        if owner is not None:
            return Reference(node.attr, place, self._method(owner, node.attr), None, True, owner.name)
        made = self._class(root)
        if made is not None:
            return Reference(node.attr, place, self._method(made, node.attr))
        origin = self.code.imported(root)
        own = None if origin is not None else self._only_method(node.attr)
        return Reference(node.attr, place, own, origin, origin is None)

    def _plain_reference(self, node: ast.Name) -> Reference | None:
        own = [
            each for each in self.code.bound_at(node.id, node) if isinstance(each, (*FUNCTIONS, ast.ClassDef))
        ]
        origin = self.code.imported(node)
        if not own and origin is None and (self.code.bindings.get(node.id) or not self.code.star_imports):
            return None
        return Reference(node.id, self._place(node, node.id), self._dotted(own[-1]) if own else None, origin)

    def _place(self, node: ast.expr, name: str) -> tuple[int, int]:
        return self.code.text.place(self.code.text.end(node) - len(name))

    def _class_around(self, node: ast.AST) -> ast.ClassDef | None:
        return next((each for each in self.code.scopes(node) if isinstance(each, ast.ClassDef)), None)

    def _class(self, node: ast.expr) -> ast.ClassDef | None:
        """The class of the file that a name stands for."""
        bound = self.code.bound_at(node.id, node) if isinstance(node, ast.Name) else ()
        return next((each for each in reversed(bound) if isinstance(each, ast.ClassDef)), None)

    def _method(self, owner: ast.ClassDef, name: str, depth: int = 0) -> str | None:
        """The dotted name of a method of a class of the file, its bases in the file included."""
        if any(isinstance(each, FUNCTIONS) and each.name == name for each in owner.body):
            return f"{self._dotted(owner)}.{name}"
        for base in owner.bases if depth < _DEEPEST else ():
            made = self._class(base)
            found = self._method(made, name, depth + 1) if made is not None else None
            if found is not None:
                return found
        return None

    def _only_method(self, name: str) -> str | None:
        """A method of which the file has only one of that name."""
        found = [each for each in self._defined if each.name == name and self._is_method(each)]
        return self._dotted(found[0]) if len(found) == 1 else None

    def _is_method(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
        return isinstance(self.code.enclosing(node), ast.ClassDef)


def _line(node: ast.AST) -> int:
    return getattr(node, "lineno", 0)


def _is_self(node: ast.expr) -> bool:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "super":
        return True
    return isinstance(node, ast.Name) and node.id in ("self", "cls")


def _pattern(node: ast.expr) -> str:
    """A regular expression for the texts that an expression may give."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return re.escape(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(_pattern(each) if isinstance(each, ast.Constant) else ".*" for each in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return _pattern(node.left) + _pattern(node.right)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
        return _filled(node.left, r"%(?:\(\w*\))?[-#0 +]*\d*(?:\.\d+)?[a-zA-Z]")
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format":
        return _filled(node.func.value, r"\{[^{}]*\}")
    return ".*"


def _filled(node: ast.expr, hole: str) -> str:
    if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
        return ".*"
    return ".*".join(re.escape(each) for each in re.split(hole, node.value))
