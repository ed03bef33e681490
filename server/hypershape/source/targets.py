"""Targets: the functions and `HyperModel.build` methods that receive a HyperParameters object."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from hypershape.source.attributes import Attributes
from hypershape.source.borrowed import starred
from hypershape.source.calls import SKLEARN_TUNERS, Construction, TunerFinder
from hypershape.source.code import Code, Definition, argument, blocks
from hypershape.source.names import COMPREHENSIONS, FUNCTIONS, Function, Names, all_arguments, required
from hypershape.source.slices import Capture, Slicer

FunctionDef = ast.FunctionDef | ast.AsyncFunctionDef
Kind = Literal["function", "method", "hypermodel", "lambda"]

_DECLARES = {"Int", "Float", "Choice", "Boolean", "Fixed", "get", "conditional_scope", "name_scope", "values"}
_MODEL_WORDS = re.compile(
    r"\b(?:Sequential|Model|compile|models|clone_model|load_model|model_from_json|applications|Functional|fit"
    r"|Dense|Conv\w+|LSTM|GRU)\b"
)


@dataclass(frozen=True)
class Handed:
    """What a tuner got: the definition behind the expression, and how to make it again.

    `expression` is evaluated at the end of the slice for a callable; `needs` are its names. `captures` are the
    functions that must give up their inside for it. `assumed` names parameters whose values the file does not
    tell. `without` are statements of a constructor that must not run: they make the tuner.
    """

    node: FunctionDef | ast.ClassDef | ast.Lambda | ast.Call | ast.expr
    kind: Kind
    expression: str
    needs: Names
    captures: tuple[Capture, ...] = ()
    assumed: Mapping[str, str] = field(default_factory=dict)
    name: str | None = None
    without: tuple[ast.stmt, ...] = ()
    given: str | None = None
    """What the tuner gets as `hyperparameters=`, where only the same run of a function has it."""


@dataclass(frozen=True)
class Found:
    """A target before its slice is cut; a class stands for the `build` that it has from another file."""

    node: FunctionDef | ast.ClassDef | ast.Lambda | ast.Call | ast.expr
    name: str
    kind: Kind
    handed: Handed | None
    constructions: tuple[Construction, ...]
    before: int | None
    reason: str | None = None


class TargetFinder:
    """Finds the targets of one file; `inherited` are its classes whose `build` another file defines."""

    def __init__(
        self,
        code: Code,
        tuners: TunerFinder,
        slicer: Slicer,
        inherited: frozenset[str] = frozenset(),
    ) -> None:
        self.inherited = inherited
        self.slicer = slicer
        self.code = code
        self.tuners = tuners
        self.attributes = Attributes(code)

    # Which definitions.

    def find(self) -> list[Found]:
        """All targets, in the order of the text."""
        found: dict[object, Found] = {}
        for construction, handed in self._all_handed():
            imported = isinstance(handed.node, (ast.Name, ast.Attribute))
            key: object = ast.dump(handed.node) if imported else (id(handed.node), _made_by(handed))
            known = found.get(key)
            if known is not None:
                same = (*known.constructions, construction)
                found[key] = Found(
                    known.node, known.name, known.kind, known.handed, same, known.before, known.reason
                )
                continue
            reason = None
            if construction.tuner.class_name in SKLEARN_TUNERS:
                reason = "It builds scikit-learn models; only Keras models are probed."
            found[key] = Found(
                handed.node,
                handed.name or self._name(handed.node),
                handed.kind,
                handed,
                (construction,),
                self._cut_at(construction),
                reason,
            )
        self.code.hand(self._functions_handed(found.values()))
        for node in self._unhanded({id(each.node) for each in found.values()}):
            found[id(node)] = self._by_itself(node)
        for heir in self._unhanded_heirs({id(each.node) for each in found.values()}):
            found[id(heir)] = self._by_itself(heir)
        return sorted(found.values(), key=lambda each: self.code.text.start(each.node))

    def _unhanded_heirs(self, handed: set[object]) -> Iterator[ast.ClassDef]:
        """Classes with the `build` of another file that no tuner here gets and no class here derives from."""
        bases = {each.id for node in self.code.classes for each in node.bases if isinstance(each, ast.Name)}
        for node in self.code.classes:
            if node.name in self.inherited and node.name not in bases and id(node) not in handed:
                yield node

    def _functions_handed(self, found: Iterable[Found]) -> Iterator[Function]:
        """The functions that tuners get, and the lambdas around some of them."""
        for each in found:
            if isinstance(each.node, (*FUNCTIONS, ast.Lambda)):
                yield each.node
            for construction in each.constructions:
                if isinstance(construction.hypermodel, ast.Lambda):
                    yield construction.hypermodel

    def _name(self, node: ast.AST) -> str:
        if isinstance(node, ast.ClassDef):
            return f"{node.name}.build"
        if isinstance(node, FUNCTIONS):
            scope = self.code.enclosing(node)
            return f"{scope.name}.{node.name}" if isinstance(scope, ast.ClassDef) else node.name
        return "lambda" if isinstance(node, ast.Lambda) else ast.unparse(node)

    def _cut_at(self, construction: Construction) -> int:
        """The offset at which the target is called for the first time: the module up to there counts."""
        statement: ast.AST = construction.statement
        scopes = self.code.scopes(statement)
        if not scopes:
            return self.code.text.start(construction.statement)
        return len(self.code.document.text)

    def _unhanded(self, handed: set[object]) -> Iterator[FunctionDef]:
        """Definitions that look like targets though no tuner in this file gets them."""
        called = self._called_by_others
        names_handed = {
            node.name for node in self.code.definitions if id(node) in handed and isinstance(node, FUNCTIONS)
        }
        for node in self.code.definitions:
            if (
                not isinstance(node, FUNCTIONS)
                or id(node) in handed
                or isinstance(node, ast.AsyncFunctionDef)
            ):
                continue
            parameter = self._parameter(node)
            if parameter is None or self._is_abstract(node):
                continue
            scope = self.code.enclosing(node)
            in_class = isinstance(scope, ast.ClassDef)
            if isinstance(scope, ast.ClassDef) and scope.name in self.tuners.subclasses:
                continue
            if in_class and node.name == "build" and self._looks_like_hypermodel(scope):
                if not self._uses(node, parameter):
                    continue
                yield node
                continue
            if node.name in called or (node.name in names_handed and not in_class):
                continue
            if self._only_trains(node, parameter, names_handed):
                continue
            arguments = [name for name in required(node) if name not in ("self", "cls")]
            if arguments != [parameter] and (in_class or not self._makes_its_model(node)):
                continue
            if in_class and node.name in (
                "fit",
                "run_trial",
                "declare_hyperparameters",
                "__init__",
                "__call__",
            ):
                continue
            if not self._uses(node, parameter) or not self._returns_a_value(node):
                continue
            if self._makes_a_model(node):
                yield node

    def _only_trains(self, node: FunctionDef, parameter: str, handed: set[str]) -> bool:
        """Whether a function is no builder but trains what one built, or builds with one that a tuner gets."""
        if node.name == "build":
            return False
        calls = self.code.calls_inside(node)
        if any(isinstance(each.func, ast.Attribute) and each.func.attr == "fit" for each in calls):
            return not any(self._is_transformer_fit(each) for each in calls)
        return any(
            isinstance(each.func, ast.Name)
            and each.func.id in handed
            and any(isinstance(value, ast.Name) and value.id == parameter for value in each.args)
            for each in calls
        )

    def _is_transformer_fit(self, call: ast.Call) -> bool:
        owner = call.func.value if isinstance(call.func, ast.Attribute) and call.func.attr == "fit" else None
        return isinstance(owner, ast.Name) and self.slicer.is_transformer(owner.id)

    def _makes_its_model(self, node: FunctionDef) -> bool:
        """Whether a function that takes more than the object puts a whole model together and compiles it.

        What else it takes is given by whoever uses it, as by a `functools.partial` in another file.
        """
        calls = self.code.calls_inside(node)
        compiles = any(isinstance(each.func, ast.Attribute) and each.func.attr == "compile" for each in calls)
        return compiles and any(self._is_model_class(each.func) for each in calls)

    def _is_model_class(self, node: ast.expr) -> bool:
        return (self.code.origin(node) or "").rpartition(".")[2] in ("Sequential", "Model")

    def _parameter(self, node: FunctionDef) -> str | None:
        """The parameter that takes the HyperParameters object."""
        found = self.code.hyperparameters.parameter(node)
        return found.arg if found is not None else None

    def _looks_like_hypermodel(self, scope: Definition | None) -> bool:
        return isinstance(scope, ast.ClassDef)

    @staticmethod
    def _is_abstract(node: FunctionDef) -> bool:
        """Whether the body says nothing: a docstring, `pass`, `raise NotImplementedError`."""
        return all(
            isinstance(each, (ast.Pass, ast.Raise))
            or (isinstance(each, ast.Expr) and isinstance(each.value, ast.Constant))
            for each in node.body
        )

    def _uses(self, node: FunctionDef, parameter: str) -> bool:
        """Whether a function declares hyperparameters or passes the object on."""
        for each in ast.walk(node):
            if isinstance(each, ast.Attribute) and isinstance(each.value, ast.Name):
                if each.value.id == parameter and each.attr in _DECLARES:
                    return True
            elif isinstance(each, ast.Call):
                passed = [*each.args, *(keyword.value for keyword in each.keywords)]
                if any(isinstance(value, ast.Name) and value.id == parameter for value in passed):
                    return True
        return False

    @staticmethod
    def _returns_a_value(node: FunctionDef) -> bool:
        return any(
            isinstance(each, ast.Return)
            and each.value is not None
            and not (isinstance(each.value, ast.Constant))
            for each in ast.walk(node)
        )

    def _makes_a_model(self, node: FunctionDef) -> bool:
        """Whether a function, or one that it calls, speaks of models or layers."""
        seen: set[int] = set()
        todo: list[FunctionDef | ast.ClassDef] = [node]
        while todo:
            each = todo.pop()
            if id(each) in seen:
                continue
            seen.add(id(each))
            if _MODEL_WORDS.search(self.code.whole_source(each)):
                return True
            names = self.code.reader.of(each)
            for called in names.calls | names.attributes:
                origin = self.code.imports.get(called)
                if (
                    origin is not None
                    and called in names.calls
                    and not origin.startswith(("keras", "tensorflow"))
                ):
                    return True
                todo += self.code.defined.get(called, ())
        return False

    @cached_property
    def _called_by_others(self) -> set[str]:
        """Names of functions that another function with an `hp` of its own calls with it."""
        found: set[str] = set()
        for node in self.code.definitions:
            if not isinstance(node, FUNCTIONS):
                continue
            parameter = self._parameter(node)
            if parameter is None or self._only_trains(node, parameter, set()):
                continue
            for call in self.code.calls_inside(node):
                passed = [*call.args, *(keyword.value for keyword in call.keywords)]
                if not any(isinstance(value, ast.Name) and value.id == parameter for value in passed):
                    continue
                name = (
                    call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
                )
                if name != node.name:
                    found.add(name)
        return found

    def _by_itself(self, node: FunctionDef | ast.ClassDef) -> Found:
        handed = self._reach(node)
        return Found(
            node, self._name(node), handed.kind if handed else "function", handed, (), self._rebound(node)
        )

    def _rebound(self, node: Definition) -> int | None:
        """Where a later statement of the module takes the definition's name for something else."""
        outer: ast.AST = node
        scopes = self.code.scopes(node)
        if scopes:
            outer = scopes[-1]
        name = getattr(outer, "name", "")
        for statement in self.code.tree.body:
            if self.code.text.start(statement) > self.code.text.start(outer):  # type: ignore[arg-type]
                if isinstance(statement, (*FUNCTIONS, ast.ClassDef)):
                    if statement.name == name:
                        return self.code.text.start(statement)
                elif (
                    isinstance(statement, (ast.Assign, ast.ImportFrom, ast.Import))
                    and name in self.code.reader.of(statement).binds
                ):
                    return self.code.text.start(statement)
        return None

    # What a tuner was handed.

    def _all_handed(self) -> Iterator[tuple[Construction, Handed]]:
        """Each tuner with what it gets: with each of several builders where which one it is is not decided by the text."""
        for construction in self.tuners.constructions:
            value = construction.hypermodel
            choices = self._choices(value, construction.statement) if value is not None else None
            if choices is not None and len(choices) > 1:
                for node in choices:
                    yield construction, Handed(node, "function", node.name, Names(loads={node.name}))
            elif (handed := self._handed(construction)) is not None:
                yield construction, handed

    def _choices(self, value: ast.expr, at: ast.stmt, depth: int = 0) -> list[FunctionDef] | None:
        """The functions of the module of which an expression gives one, whichever; None where it may be anything else."""
        if depth > 3:
            return None
        if isinstance(value, ast.IfExp):
            arms: list[tuple[ast.expr, ast.stmt]] = [(value.body, at), (value.orelse, at)]
        elif isinstance(value, ast.Subscript) and not isinstance(value.slice, ast.Constant):
            table = value.value
            bound = self._assigned(table.id, at) if isinstance(table, ast.Name) else None
            arms = [(each, bound or at) for _, each in _stored(bound.value if bound is not None else table)]
        elif isinstance(value, ast.Name) and (given := self._last_assigned(value.id, at)):
            arms = [(each.value, each) for each in given]
        else:
            definition = self._definition(value, at) if isinstance(value, ast.Name) else None
            plain = isinstance(definition, FUNCTIONS) and self.code.enclosing(definition) is None
            return [definition] if plain and isinstance(definition, FUNCTIONS) else None
        found: dict[int, FunctionDef] = {}
        for each, there in arms:
            choices = self._choices(each, there, depth + 1)
            if choices is None:
                return None
            found |= {id(node): node for node in choices}
        return list(found.values()) or None

    def _last_assigned(self, name: str, at: ast.stmt) -> list[ast.Assign]:
        """The assignments of which one gave a name its value at a statement: the last certain one, and what may replace it."""
        last = self._assigned(name, at)
        scope = self.code.enclosing(last) if last is not None else None
        nodes = {self.code.parents[each]: None for each in self.code.bindings.get(name, ())}
        found = [
            node
            for node in nodes
            if isinstance(node, ast.Assign)
            and last is not None
            and node.lineno <= last.lineno
            and self.code.enclosing(node) is scope
        ]
        found.sort(key=self.code.text.start)
        certain = [
            index
            for index, node in enumerate(found)
            if not any(isinstance(each, ast.If) for each in self.code.ancestors(node))
        ]
        return found[max(certain, default=0) :]

    def _handed(self, construction: Construction) -> Handed | None:
        value = construction.hypermodel
        if value is None:
            return None
        scopes = self.code.scopes(construction.statement)
        found = self._resolve(value, construction.statement, 0)
        if found is None:
            return None
        functions = [scope for scope in scopes if isinstance(scope, FUNCTIONS)]
        source = self.code.source(value)
        names = self.code.reader.of(value)
        suffix = ".build" if found.kind == "hypermodel" else ""
        given = construction.argument("hyperparameters")
        if given is not None and not (functions and self._is_local(self.code.reader.of(given), functions)):
            given = None
        if not functions or not (
            given is not None or self._is_local(names, functions) or self._prepares(functions[0], found)
        ):
            return Handed(found.node, found.kind, _evaluated(source) + suffix, names, name=found.name)
        if functions[0].name == "__init__":
            return self._from_constructor(found, value, construction, functions[0], suffix)
        return self._inside(found, value, construction.statement, functions[0], suffix, given)

    def _prepares(self, function: FunctionDef, found: Handed) -> bool:
        """Whether the function that makes the tuner first sets module-level names that the target reads."""
        if self.code.enclosing(function) is not None or not isinstance(found.node, FUNCTIONS):
            return False
        writes = self.slicer.global_writes({function.name}) - self.slicer.global_writes({found.node.name})
        reads = set(self.code.reader.function(found.node).loads)
        for name in self.slicer.mentioned(reads):
            for definition in self.slicer.definitions[name]:
                reads |= self.code.reader.of(definition).loads
        return bool(writes & reads)

    def _from_constructor(
        self, found: Handed, value: ast.expr, construction: Construction, function: FunctionDef, suffix: str
    ) -> Handed | None:
        """A method that a constructor hands to a tuner: taken from an instance made without that tuner."""
        scope = self.code.enclosing(function)
        is_own = (
            isinstance(value, ast.Attribute)
            and isinstance(value.value, ast.Name)
            and value.value.id == "self"
        )
        if not is_own or not isinstance(scope, ast.ClassDef) or not isinstance(value, ast.Attribute):
            return None
        mentions = re.compile(rf"{re.escape(construction.bound_to)}\b") if construction.bound_to else None
        without = [construction.statement]
        for statement in self.code.statements:
            if (
                isinstance(statement, ast.stmt)
                and self.code.enclosing(statement) is function
                and not blocks(statement)
                and statement is not construction.statement
                and mentions is not None
                and mentions.search(self.code.source(statement))
            ):
                without.append(statement)
        instance, needs, assumed = self._instance(scope, value.attr)
        needs.attributes.add(value.attr)
        private = value.attr.startswith("__") and not value.attr.endswith("__")
        name = f"_{scope.name.lstrip('_')}{value.attr}" if private else value.attr
        return Handed(
            found.node,
            found.kind,
            f"{instance}.{name}{suffix}",
            needs,
            (),
            assumed,
            found.name,
            tuple(without),
        )

    def _is_local(self, names: Names, functions: list[FunctionDef]) -> bool:
        """Whether an expression needs names that only the functions around it bind."""
        local: set[str] = set()
        for function in functions:
            local |= {argument.arg for argument in all_arguments(function.args)}
            local |= self.code.reader.of_all(function.body).binds
            local -= self.code.reader.function(function).global_binds
        return bool(names.loads & local)

    def _inside(
        self,
        found: Handed,
        value: ast.expr,
        statement: ast.stmt,
        function: FunctionDef,
        suffix: str,
        given: ast.expr | None = None,
    ) -> Handed | None:
        """A value that only a run of the function around it has: the function is made to return it.

        With `given`, what the same tuner gets as `hyperparameters=`, it returns both.
        """
        wanted = sorted([value, *([given] if given is not None else [])], key=self.code.text.start)
        if isinstance(function, ast.AsyncFunctionDef) or not self._fits(wanted[0], statement):
            return None
        captures = [Capture(function, statement, tuple(wanted))]
        expression, needs, more, assumed = self.call_of(function, 0)
        return Handed(
            found.node,
            found.kind,
            expression + (f"[{wanted.index(value)}]" if given is not None else "") + suffix,
            needs,
            (*captures, *more),
            assumed,
            found.name,
            given=f"{expression}[{wanted.index(given)}]" if given is not None else None,
        )

    def _fits(self, value: ast.expr, statement: ast.stmt) -> bool:
        """Whether `return(` has room before the expression, and `)` behind it."""
        lines = self.code.text
        return lines.start(value) - lines.start(statement) >= len("return(") and lines.end(value) < len(
            self.code.clean
        )

    def call_of(
        self, function: FunctionDef, depth: int
    ) -> tuple[str, Names, tuple[Capture, ...], dict[str, str]]:
        """An expression that calls a function as the file does, with what it needs.

        Where the file does not call it, its parameters are assumed.
        """
        scope = self.code.enclosing(function)
        called = self.caller(function, depth)
        if called is not None:
            statement, call, outer = called
            if outer is None:
                text, needs = self._in_first_round(call)
                return _evaluated(text), needs, (), {}
            expression, needs, captures, unknown = self.call_of(outer, depth + 1)
            return expression, needs, (Capture(outer, statement, (call,)), *captures), unknown
        needs = Names()
        assumed: dict[str, str] = {}
        arguments = []
        wanted = [name for name in required(function) if name not in ("self", "cls")]
        for name in (*wanted, *self._never_none(function)):
            stand_in = self._assumed_name(name)
            assumed[stand_in] = f"no call in this file says what `{name}` of `{function.name}` is"
            arguments.append(name_argument(name, stand_in, function))
        if isinstance(scope, ast.ClassDef):
            instance, more_needs, more_assumed = self._instance(scope, function.name)
            needs.merge(more_needs)
            needs.attributes.add(function.name)
            assumed.update(more_assumed)
            return f"{instance}.{function.name}({', '.join(arguments)})", needs, (), assumed
        needs.loads.add(function.name)
        return f"{function.name}({', '.join(arguments)})", needs, (), assumed

    def _in_first_round(self, call: ast.Call) -> tuple[str, Names]:
        """A call as an expression with what it needs: where a comprehension makes it, that of its first round."""
        text, needs = self.code.source(call), self.code.reader.of(call)
        for around in self.code.ancestors(call):
            if isinstance(around, ast.stmt):
                break
            if isinstance(around, COMPREHENSIONS) and call not in ast.walk(around.generators[0].iter):
                rounds = " ".join(ast.unparse(each).strip() for each in around.generators)
                text, needs = f"next({text} {rounds})", self.code.reader.of(around)
        return text, needs

    def caller(
        self, function: FunctionDef, depth: int = 0
    ) -> tuple[ast.stmt, ast.Call, ast.FunctionDef | None] | None:
        """The call of a function by which the file runs it, with its statement and the function around that."""
        for statement, call in self._calls_to(function):
            around = [each for each in self.code.scopes(statement) if isinstance(each, FUNCTIONS)]
            if function in around or (around and around[0].name == "__init__"):
                continue
            if not around:
                return statement, call, None
            outer = around[0]
            if depth < 4 and isinstance(outer, ast.FunctionDef) and self._fits_call(call, statement):
                return statement, call, outer
        return None

    def _fits_call(self, call: ast.Call, statement: ast.stmt) -> bool:
        return self._fits(call, statement)

    def _calls_to(self, function: FunctionDef) -> list[tuple[ast.stmt, ast.Call]]:
        """The calls of a function or method by its name, module level first."""
        method = isinstance(self.code.enclosing(function), ast.ClassDef)
        found = [
            (statement, call)
            for statement, call in self.tuners.calls_of(function.name)
            if isinstance(call.func, ast.Attribute) is method
        ]
        return sorted(found, key=lambda pair: len(self.code.scopes(pair[0])))

    def _assumed_name(self, name: str) -> str:
        """A name for an assumed value that nothing in the file takes."""
        taken = self.code.imports.keys() | {
            bound for statement in self.code.tree.body for bound in self._bound(statement)
        }
        while name in taken:
            name += "_"
        return name

    def _bound(self, statement: ast.stmt) -> set[str]:
        return self.code.reader.of(statement).binds

    def _instance(self, scope: ast.ClassDef, method: str) -> tuple[str, Names, dict[str, str]]:
        """An instance on which a method can run: what it reads and nothing sets before is assumed."""
        instance, names, assumed = self._plain_instance(scope)
        values = []
        for attribute in sorted(self._unset(scope, method)):
            stand_in = self._assumed_name(attribute)
            assumed[stand_in] = f"nothing that runs before sets `self.{attribute}` of `{scope.name}`"
            values.append(f"{attribute!r}: {stand_in}")
        if values:
            given = f"{{{', '.join(values)}}}"
            instance = f"(lambda it, values: (vars(it).update(values), it)[1])({instance}, {given})"
        return instance, names, assumed

    def _unset(self, scope: ast.ClassDef, method: str) -> set[str]:
        """The attributes that a method needs of its instance and that only other methods set."""
        attributes = self.attributes
        use = attributes.closure(scope, method)
        ready = attributes.closure(scope, "__init__").sets | attributes.class_level(scope)
        ready |= use.sets if method != "build" else set()
        elsewhere: set[str] = set()
        for name in attributes.methods(scope).keys() - {method, "__init__"}:
            sets = attributes.closure(scope, name).sets
            elsewhere |= sets
            called = re.search(rf"^[\w.]+\.{re.escape(name)}\(", self.code.clean, re.MULTILINE)
            ready |= sets if called else set()
        return (use.reads & elsewhere) - ready

    def _plain_instance(self, scope: ast.ClassDef) -> tuple[str, Names, dict[str, str]]:
        """An expression for an instance of a class: one that the module makes, else one with assumed arguments."""
        names = Names()
        for statement, call in self.tuners.calls_of(scope.name):
            if (
                isinstance(call.func, ast.Name)
                and call.func.id == scope.name
                and not self.code.scopes(statement)
            ):
                if isinstance(statement, ast.Assign) and statement.value is call:
                    target = statement.targets[0]
                    if isinstance(target, ast.Name):
                        names.loads.add(target.id)
                        return target.id, names, {}
                names.merge(self.code.reader.of(call))
                return _evaluated(self.code.source(call)), names, {}
        names.loads.add(scope.name)
        maker = self._method(scope, "__init__")
        assumed: dict[str, str] = {}
        arguments = []
        for name in (*required(maker)[1:], *self._never_none(maker, scope)) if maker is not None else ():
            stand_in = self._assumed_name(name)
            assumed[stand_in] = f"no instance in this file says what `{name}` of `{scope.name}` is"
            assert maker is not None
            arguments.append(name_argument(name, stand_in, maker))
        return f"{scope.name}({', '.join(arguments)})", names, assumed

    def _never_none(self, function: FunctionDef, scope: ast.ClassDef | None = None) -> list[str]:
        """Parameters that are None by default and are used as None never can be, with nobody asking whether they are.

        Whoever uses the definition gives them. `scope` is the class that keeps them, of which `function` makes an
        instance.
        """
        refused = _refused_as_none(function)
        return [
            name
            for name in _none_by_default(function)
            if name in refused or self._needs_more(name, function, scope)
        ]

    def _needs_more(self, name: str, function: FunctionDef, scope: ast.ClassDef | None) -> bool:
        uses: list[ast.expr] = [
            each
            for each in ast.walk(function)
            if isinstance(each, ast.Name) and each.id == name and isinstance(each.ctx, ast.Load)
        ]
        kept = {
            target.attr
            for use in uses
            if isinstance(bound := self.code.parents[use], ast.Assign)
            for target in bound.targets
            if isinstance(target, ast.Attribute)
        }
        uses += [
            each
            for each in (ast.walk(scope) if scope is not None else ())
            if isinstance(each, ast.Attribute) and each.attr in kept and isinstance(each.ctx, ast.Load)
        ]
        around = [(each, self.code.parents[each]) for each in uses]
        return any(_takes_no_none(*each) for each in around) and not any(_asks(*each) for each in around)

    def _method(self, scope: ast.ClassDef, name: str, depth: int = 0) -> FunctionDef | None:
        """A method of a class or of its base classes in the file; the last definition counts."""
        own = [each for each in scope.body if isinstance(each, FUNCTIONS) and each.name == name]
        if own:
            return own[-1]
        for base in scope.bases if depth < 8 else ():
            definition = self._definition(base, None)
            if isinstance(definition, ast.ClassDef) and definition is not scope:
                found = self._method(definition, name, depth + 1)
                if found is not None:
                    return found
        return None

    def _definition(self, node: ast.expr, before: ast.stmt | None) -> Definition | None:
        """The function or class of the file that a name stands for at a statement."""
        if not isinstance(node, ast.Name):
            return None
        limit = self.code.text.start(before) if before is not None else len(self.code.clean)
        scopes: list[Definition | None] = [*(self.code.scopes(before) if before is not None else []), None]
        for scope in scopes:
            if isinstance(scope, ast.ClassDef):
                continue
            local = [
                each for each in self.code.defined.get(node.id, ()) if self.code.enclosing(each) is scope
            ]
            # A function may be defined below a function that uses it, but not below module code that does.
            earlier = [each for each in local if self.code.text.start(each) < limit]
            if earlier and (len(scopes) == 1 or scope is not None):
                return earlier[-1]
            if local:
                return local[-1] if len(scopes) > 1 or not earlier else earlier[-1]
        return None

    def _resolve(self, value: ast.expr, at: ast.stmt, depth: int) -> Handed | None:
        """The definition behind an expression handed to a tuner."""
        if depth > 6:
            return None
        if isinstance(value, ast.Name):
            return self._resolve_name(value, at, depth)
        if isinstance(value, ast.Lambda):
            return self._resolve_lambda(value, at, depth)
        if isinstance(value, ast.Attribute):
            return self._resolve_attribute(value, at)
        if isinstance(value, ast.Call):
            return self._resolve_call(value, at, depth)
        if isinstance(value, ast.Subscript):
            return self._resolve_item(value, at, depth)
        return None

    def _resolve_item(self, value: ast.Subscript, at: ast.stmt, depth: int) -> Handed | None:
        """The builder that a table of builders holds under a key; the first one where the key is not written down."""
        table = value.value
        bound = self._assigned(table.id, at) if isinstance(table, ast.Name) else None
        stored = bound.value if bound is not None else table
        for key, each in _stored(stored):
            if not isinstance(value.slice, ast.Constant) or key == value.slice.value:
                found = self._resolve(each, bound or at, depth + 1)
                if found is not None:
                    return found
        return None

    def _resolve_name(self, value: ast.Name, at: ast.stmt, depth: int) -> Handed | None:
        bound = self._assigned(value.id, at)
        definition = self._definition(value, at)
        if bound is not None and (
            definition is None or self.code.text.start(bound) > self.code.text.start(definition)
        ):
            return self._resolve(bound.value, bound, depth + 1)
        if isinstance(definition, FUNCTIONS):
            return Handed(definition, "function", value.id, Names())
        if isinstance(definition, ast.ClassDef):
            return None
        if any(_of_a_lambda(each, self.code) for each in self.code.bound_at(value.id, value)):
            return None
        stored = self._looped_over(value.id, at, depth)
        if stored is not None:
            return stored
        around = [each for each in self.code.scopes(at) if isinstance(each, FUNCTIONS)]
        if around and value.id in {argument.arg for argument in all_arguments(around[0].args)}:
            return self._resolve_parameter(value.id, around[0], depth)
        if self.code.imported(value) is not None or starred(self.code, value.id) is not None:
            return Handed(value, "function", value.id, Names(), name=value.id)
        return None

    def _looped_over(self, name: str, at: ast.stmt, depth: int) -> Handed | None:
        """The builder that a loop takes last from a table of builders: `for name, build in builders.items():`."""
        for loop in self.code.ancestors(at):
            if not isinstance(loop, ast.For) or name not in self.code.reader.of(loop.target).binds:
                continue
            table = loop.iter
            if isinstance(table, ast.Call) and isinstance(table.func, ast.Attribute) and not table.args:
                table = table.func.value
            bound = self._assigned(table.id, loop) if isinstance(table, ast.Name) else None
            for _, each in reversed(_stored(bound.value if bound is not None else table)):
                parts = each.elts if isinstance(each, (ast.Tuple, ast.List)) else [each]
                for part in parts:
                    found = self._resolve(part, bound or loop, depth + 1)
                    if found is not None:
                        return found
        return None

    def _resolve_parameter(self, name: str, function: FunctionDef, depth: int) -> Handed | None:
        """What the first call of a function gives to one of its parameters."""
        positional = [
            a.arg for a in [*function.args.posonlyargs, *function.args.args] if a.arg not in ("self", "cls")
        ]
        for statement, call in self._calls_to(function):
            for keyword in call.keywords:
                if keyword.arg == name:
                    return self._resolve(keyword.value, statement, depth + 1)
            if name in positional and positional.index(name) < len(call.args):
                return self._resolve(call.args[positional.index(name)], statement, depth + 1)
        return None

    def _assigned(self, name: str, at: ast.stmt) -> ast.Assign | None:
        """The last assignment to a name before a statement, in its own scopes."""
        scopes: list[Definition | None] = [*self.code.scopes(at), None]
        for scope in scopes:
            found = [
                node
                for binding in self.code.bindings.get(name, ())
                if isinstance(node := self.code.parents[binding], ast.Assign)
                and self.code.enclosing(node) is scope
                and (
                    (scope is None and len(scopes) > 1)
                    or self.code.text.start(node) < self.code.text.start(at)
                )
            ]
            if found:
                return max(found, key=lambda node: node.lineno)
        return None

    def _resolve_lambda(self, value: ast.Lambda, at: ast.stmt, depth: int) -> Handed:
        if isinstance(value.body, ast.Call):
            inner = self._resolve_callee(value.body.func, at, depth)
            if inner is not None:
                return Handed(inner, "lambda", "", Names())
        return Handed(value, "lambda", "", Names())

    def _resolve_callee(self, function: ast.expr, at: ast.stmt, depth: int) -> FunctionDef | None:
        definition = self._definition(function, at)
        if isinstance(definition, FUNCTIONS):
            return definition
        if isinstance(function, ast.Attribute):
            found = self._resolve_attribute(function, at)
            if found is not None and isinstance(found.node, FUNCTIONS):
                return found.node
        return None

    def _resolve_attribute(self, value: ast.Attribute, at: ast.stmt) -> Handed | None:
        owner = value.value
        scope: ast.ClassDef | None = None
        if isinstance(owner, ast.Name) and owner.id in ("self", "cls"):
            scope = next((each for each in self.code.scopes(at) if isinstance(each, ast.ClassDef)), None)
        elif isinstance(owner, ast.Name):
            bound = self._assigned(owner.id, at)
            if bound is not None and isinstance(bound.value, ast.Call):
                definition = self._definition(bound.value.func, bound)
                scope = definition if isinstance(definition, ast.ClassDef) else None
            else:
                definition = self._definition(owner, at)
                scope = definition if isinstance(definition, ast.ClassDef) else None
        elif isinstance(owner, ast.Call):
            definition = self._definition(owner.func, at)
            scope = definition if isinstance(definition, ast.ClassDef) else None
        if scope is not None:
            method = self._method(scope, value.attr)
            if method is not None:
                return Handed(method, "method", "", Names())
            return self._attribute_value(scope, value.attr)
        if self.code.imported(value) is not None and isinstance(owner, ast.Name):
            return Handed(value, "function", "", Names(), name=value.attr)
        return None

    def _attribute_value(self, scope: ast.ClassDef, name: str) -> Handed | None:
        """What `self.name = …` in a class binds, if it is one thing: e.g. a hypermodel that its constructor makes."""
        found: dict[int, Handed] = {}
        for node in self.code.statements:
            if isinstance(node, ast.Assign) and scope in self.code.scopes(node):
                for target in node.targets:
                    if isinstance(target, ast.Attribute) and target.attr == name:
                        handed = self._resolve(node.value, node, 3)
                        if handed is not None:
                            found[id(handed.node)] = handed
        return next(iter(found.values())) if len(found) == 1 else None

    def _resolve_call(self, value: ast.Call, at: ast.stmt, depth: int) -> Handed | None:
        name = self.code.origin(value.func) or ""
        if name in ("functools.partial", "partial") and value.args:
            inner = self._resolve(value.args[0], at, depth + 1)
            return Handed(inner.node, inner.kind, "", Names(), name=inner.name) if inner is not None else None
        if re.match(r"keras_tuner\.(?:\w+\.)*Hyper\w+$", name):
            return Handed(value, "hypermodel", "", Names(), name=name.rpartition(".")[2])
        definition = self._definition(value.func, at)
        if isinstance(definition, ast.ClassDef):
            method = self._method(definition, "build")
            if method is not None:
                return Handed(method, "hypermodel", "", Names())
            if definition.name in self.inherited:
                return Handed(definition, "hypermodel", "", Names())
            called = self._method(definition, "__call__")
            if called is not None:
                return Handed(called, "method", "", Names())
            if any("keras_tuner" in (self.code.origin(b) or "") for b in definition.bases):
                return Handed(value, "hypermodel", "", Names(), name=definition.name)
            return None
        if isinstance(definition, FUNCTIONS):
            return self._returned_by(definition, depth)
        if (
            isinstance(value.func, ast.Name)
            and value.func.id in self.code.imports
            and name[0:1].isupper() is False
        ) or (isinstance(value.func, ast.Name) and starred(self.code, value.func.id) is not None):
            last = name.rpartition(".")[2]
            if last[:1].isupper() and not name.startswith(("keras.", "tensorflow.")):
                return Handed(value, "hypermodel", "", Names(), name=last)
        return None

    def _returned_by(self, function: FunctionDef, depth: int) -> Handed | None:
        """The build function or hypermodel that a function of the file returns."""
        for node in self.code.statements:
            if (
                isinstance(node, ast.Return)
                and self.code.enclosing(node) is function
                and node.value is not None
            ):
                inner = self._resolve(node.value, node, depth + 1)
                if inner is not None:
                    return inner
        return None

    # Targets that no tuner gets.

    def _reach(self, node: FunctionDef | ast.ClassDef) -> Handed | None:
        """How to get hold of a definition that no tuner in the file is handed."""
        scope = self.code.enclosing(node)
        if isinstance(node, ast.ClassDef):
            return self._reach_heir(node) if scope is None else None
        if scope is None:
            return self._reach_function(node)
        if isinstance(scope, ast.ClassDef):
            kind: Kind = "hypermodel" if node.name == "build" else "method"
            outer = [each for each in self.code.scopes(scope) if isinstance(each, FUNCTIONS)]
            if outer:
                return self._given_up(node, scope.name, outer[0], kind)
            decorators = {ast.unparse(each) for each in node.decorator_list}
            if decorators & {"staticmethod", "classmethod"}:
                names = Names(loads={scope.name}, attributes={node.name})
                return Handed(node, kind, f"{scope.name}.{node.name}", names)
            instance, needs, assumed = self._instance(scope, node.name)
            needs.attributes.add(node.name)
            space = self._own_space(scope) if kind == "hypermodel" else None
            given = f"{instance}.{space}" if space is not None else None
            return Handed(node, kind, f"{instance}.{node.name}", needs, (), assumed, given=given)
        if isinstance(scope, ast.FunctionDef):
            return self._given_up(node, node.name, scope, "function")
        return None

    def _own_space(self, scope: ast.ClassDef) -> str | None:
        """The attribute in which a constructor declares a search space, for a tuner elsewhere to be given it."""
        maker = self._method(scope, "__init__")
        for node in ast.walk(maker) if maker is not None else ():
            if not isinstance(node, ast.Assign) or not isinstance(node.value, ast.Call):
                continue
            target = node.targets[0]
            made = self.code.origin(node.value.func) or ""
            if isinstance(target, ast.Attribute) and made.endswith(".HyperParameters"):
                return target.attr
        return None

    def _reach_function(self, node: FunctionDef) -> Handed:
        """A function of the module; what it takes besides the object is assumed."""
        parameter = self._parameter(node)
        others = [each for each in (*required(node), *self._never_none(node)) if each != parameter]
        needs = Names(loads={node.name})
        if not others:
            return Handed(node, "function", node.name, needs)
        assumed: dict[str, str] = {}
        arguments = []
        for name in [each for each in required(node) if each == parameter or each in others] + [
            each for each in others if each not in required(node)
        ]:
            if name == parameter:
                arguments.append(name_argument(name, "hp", node))
                continue
            written = self._written_by_call(node, name)
            if written is not None:
                arguments.append(name_argument(name, written, node))
                continue
            stand_in = self._assumed_name(name)
            assumed[stand_in] = f"no call in this file says what `{name}` of `{node.name}` is"
            arguments.append(name_argument(name, stand_in, node))
        expression = f"(lambda hp: {node.name}({', '.join(arguments)}))"
        return Handed(node, "function", expression, needs, (), assumed)

    def _written_by_call(self, function: FunctionDef, name: str) -> str | None:
        """What a call of the file gives to a parameter, where that is a plain value."""
        places = [each.arg for each in (*function.args.posonlyargs, *function.args.args)]
        for _, call in self._calls_to(function):
            given = argument(call, name, places.index(name) if name in places else None)
            value = self.code.value(given, None) if given is not None else None
            if isinstance(value, (bool, int, float, str)):
                return repr(value)
        return None

    def _reach_heir(self, node: ast.ClassDef) -> Handed:
        instance, needs, assumed = self._instance(node, "build")
        needs.attributes.add("build")
        return Handed(node, "hypermodel", f"{instance}.build", needs, (), assumed)

    def _given_up(self, node: FunctionDef, name: str, function: FunctionDef, kind: Kind) -> Handed | None:
        """A definition inside a function that some later statement of that function mentions."""
        if not isinstance(function, ast.FunctionDef) or kind != "function":
            return None
        later = [
            statement
            for statement in self.code.statements
            if isinstance(statement, ast.stmt)
            and self.code.enclosing(statement) is function
            and not blocks(statement)
            and self.code.text.start(statement) > self.code.text.start(node)
        ]
        for statement in sorted(later, key=self.code.text.start):
            for mention in ast.walk(statement):
                is_it = isinstance(mention, ast.Name) and mention.id == name
                if is_it and isinstance(mention, ast.Name) and self._fits(mention, statement):
                    expression, needs, more, assumed = self.call_of(function, 0)
                    captures = (Capture(function, statement, (mention,)), *more)
                    return Handed(node, kind, expression, needs, captures, assumed)
        return None


def _of_a_lambda(binding: ast.AST, code: Code) -> bool:
    """Whether a name is bound as the parameter of a lambda: nothing says what that is given."""
    around = code.parents.get(binding) if isinstance(binding, ast.arg) else None
    return around is not None and isinstance(code.parents.get(around), ast.Lambda)


def _stored(table: ast.expr) -> list[tuple[object, ast.expr]]:
    """What a literal table holds, with the key of each."""
    if isinstance(table, ast.Dict):
        keys = [each.value if isinstance(each, ast.Constant) else None for each in table.keys]
        return list(zip(keys, table.values, strict=True))
    return list(enumerate(table.elts)) if isinstance(table, (ast.List, ast.Tuple)) else []


def _takes_no_none(use: ast.expr, around: ast.AST) -> bool:
    """Whether an expression is used where Python refuses None: called, asked for an attribute, iterated, computed with."""
    if isinstance(around, ast.Call):
        return around.func is use
    if isinstance(around, (ast.Attribute, ast.Subscript)):
        return around.value is use
    return isinstance(around, (ast.BinOp, ast.Starred)) or (
        isinstance(around, (ast.For, ast.comprehension)) and around.iter is use
    )


def _asks(use: ast.expr, around: ast.AST) -> bool:
    """Whether an expression decides something: then its being None is foreseen."""
    return isinstance(around, (ast.Compare, ast.BoolOp, ast.UnaryOp)) or (
        isinstance(around, (ast.If, ast.IfExp, ast.While, ast.Assert)) and around.test is use
    )


def _made_by(handed: Handed) -> str:
    """The call that makes the target, which tells apart what one factory makes of different arguments."""
    return handed.expression if not handed.captures and "(" in handed.expression else ""


def name_argument(name: str, value: str, function: FunctionDef) -> str:
    """An argument of a call: by position where it must be, else by name."""
    return value if name in required(function) and name not in _keyword_only(function) else f"{name}={value}"


def _keyword_only(function: FunctionDef) -> set[str]:
    return {argument.arg for argument in function.args.kwonlyargs}


def _none_by_default(function: FunctionDef) -> list[str]:
    """The parameters of a function that are None where nobody gives them."""
    arguments = function.args
    plain = [*arguments.posonlyargs, *arguments.args]
    first = len(plain) - len(arguments.defaults)
    pairs = [
        *zip(plain[first:], arguments.defaults, strict=True),
        *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True),
    ]
    return [each.arg for each, value in pairs if isinstance(value, ast.Constant) and value.value is None]


def _refused_as_none(function: FunctionDef) -> set[str]:
    """The parameters without which a function ends at once with an error: the first of those of which one is enough."""
    defaults = _none_by_default(function)
    refused: set[str] = set()
    for each in function.body:
        if isinstance(each, ast.If) and isinstance(each.body[-1], ast.Raise):
            either = isinstance(each.test, ast.BoolOp) and isinstance(each.test.op, ast.And)
            tests = each.test.values if isinstance(each.test, ast.BoolOp) else [each.test]
            names = [name for test in tests if (name := _without(test)) in defaults]
            if names and refused.isdisjoint(names) and (not either or len(names) == len(tests)):
                refused |= {*(names[:1] if either else names)}
    return refused


def _without(test: ast.expr) -> str | None:
    """The name of which an expression asks whether it is nothing: `x is None`, `not x`."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return test.operand.id if isinstance(test.operand, ast.Name) else None
    if isinstance(test, ast.Compare) and isinstance(test.left, ast.Name) and isinstance(test.ops[0], ast.Is):
        (value,) = test.comparators[:1]
        return test.left.id if isinstance(value, ast.Constant) and value.value is None else None
    return None


def _evaluated(source: str) -> str:
    """A source that may span lines, as one expression."""
    return (
        f"({source})" if "\n" in source or "\r" in source or source.lstrip().startswith("lambda") else source
    )
