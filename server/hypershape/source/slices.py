"""A backward slice: the statements that bind or change what a target needs, all others blanked out."""

from __future__ import annotations

import ast
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from heapq import heapify, heappop, heappush

from hypershape.source.attributes import Attributes
from hypershape.source.code import Code, Definition, blocks
from hypershape.source.environs import changes_environment
from hypershape.source.names import BUILTINS, FUNCTIONS, Names, parameters, plainly_bound, root
from hypershape.text import Text, blanked

# Calls that change how every later model is built, by their names with imports resolved.
_EFFECTS = (
    "keras.backend.set_",
    "keras.config.",
    "keras.mixed_precision.",
    "keras.utils.set_random_seed",
    "keras.utils.get_custom_objects",
    "keras.saving.get_custom_objects",
    "tensorflow.random.set_seed",
    "tensorflow.random.set_random_seed",
    "tensorflow.config.run_functions_eagerly",
    "tensorflow.config.experimental_run_functions_eagerly",
    "tensorflow.config.experimental.enable_op_determinism",
    "tensorflow.config.set_soft_device_placement",
    "tensorflow.debugging.enable_check_numerics",
    "tensorflow.data.experimental.enable_debug_mode",
    "tensorflow.experimental.numpy.experimental_enable_numpy_behavior",
    "jax.config.update",
    "torch.manual_seed",
    "torch.set_default_dtype",
    "tensorflow.compat.v1.disable_",
    "tensorflow.compat.v1.enable_",
    "numpy.random.seed",
    "random.seed",
    "sys.path.append",
    "sys.path.insert",
)
# Those of them that change Keras itself.
_STATE = ("keras.backend.set_", "keras.config.set_", "keras.mixed_precision.set_")
_TRAINS = {"search", "fit", "fit_generator", "train_on_batch"}
# Contexts in which a statement runs that do not matter to a model's shapes.
_IDLE_CONTEXTS = ("tensorflow.device", "torch.device", "keras.device", "warnings.catch_warnings")

_TRANSFORMER = re.compile(
    r"(?:sklearn|imblearn|category_encoders|feature_engine)\."
    r"|.*(?:Scaler|Encoder|Vectorizer|Imputer|PCA|SVD|Binarizer|Transformer|Discretizer|Normalizer|Selector)$"
)

# Methods that Python, Keras or Keras Tuner calls by itself.
_CALLED_BY_OTHERS = {"build", "call", "get_config", "compute_output_shape", "declare_hyperparameters"}


class Sheet:
    """A text of which parts are kept and all others are blanks, with the lines and columns that it had.

    Line by line, because a file has hundreds of slices of which each keeps little of it.
    """

    def __init__(self, clean: Text, blank: Sequence[str]) -> None:
        """`blank` are the full lines with nothing kept."""
        self._clean = clean
        self._lines = list(blank)

    def keep(self, start: int, end: int) -> None:
        self._write(start, end, self._clean.value[start:end])

    def erase(self, start: int, end: int) -> None:
        self._write(start, end, blanked(self._clean.value[start:end]))

    def put(self, start: int, text: str) -> None:
        self._write(start, start + len(text), text)

    def text(self) -> str:
        return "".join(self._lines)

    def lines(self, first: int, last: int) -> str:
        return "".join(self._lines[first - 1 : last])

    def _write(self, start: int, end: int, text: str) -> None:
        """Writes as many characters over those that are there."""
        lines, starts = self._lines, self._clean.starts
        number = bisect_right(starts, start) - 1
        done = start
        while done < end:
            begin = starts[number]
            old = lines[number]
            last = min(end, begin + len(old))
            lines[number] = old[: done - begin] + text[done - start : last - start] + old[last - begin :]
            done = last
            number += 1


@dataclass(frozen=True)
class Stakes:
    """What makes a statement matter to a slice: nothing but these `names` being wanted, or it does `always`."""

    names: frozenset[str]
    always: bool = False


@dataclass(frozen=True)
class Capture:
    """Where a function gives up values of its inside: `expressions`, evaluated in place of `statement`.

    The statement becomes `return(expression)`, a tuple where there are several, which stand in the order of the
    text; every later statement of the function is left out. With `roots` the function gives up nothing: these
    statements stay where they are, with what they need, and `statement` is the last of them.
    """

    function: ast.FunctionDef
    statement: ast.stmt
    expressions: tuple[ast.expr, ...]
    roots: tuple[ast.stmt, ...] = ()


@dataclass
class Cut:
    """One sliced text.

    `missing` are the names that nothing in the file defines, `missing_before_stars` those that an
    `import *` may still bind, `imports` the import statements that are kept.
    """

    text: str
    parts: tuple[str, ...]
    """The lines of each statement of the module that is kept, one by one."""
    missing: set[str]
    missing_before_stars: set[str]
    imports: tuple[ast.Import | ast.ImportFrom, ...]
    gone: tuple[str, ...] = ()
    """What it and the modules that it imports take from Keras and Keras has no more."""


@dataclass
class Slicer:
    """Cuts slices of one file."""

    code: Code
    definitions: dict[str, list[Definition]] = field(default_factory=dict)
    assigned: dict[str, list[ast.expr]] = field(default_factory=dict)
    bound: set[str] = field(default_factory=set)
    """Every name that the module level binds, in whatever branch."""
    outside: list[ast.AST] = field(init=False)
    """The statements and clauses that stand in no definition."""
    attributes: Attributes = field(init=False)
    _words: dict[int, set[str]] = field(default_factory=dict)
    _effects: dict[int, bool] = field(default_factory=dict)
    blank: list[str] = field(init=False)
    """The text's lines with nothing kept."""
    _stakes: dict[int, Stakes] = field(default_factory=dict)
    _writes: dict[int, set[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        clean = self.code.clean
        text = self.code.text.like(blanked(clean))
        self.blank = [text.full_line(number) for number in range(1, len(text.starts) + 1)]
        self.attributes = Attributes(self.code)
        self.outside = [each for each in self.code.statements if self.code.enclosing(each) is None]
        stack: list[ast.stmt] = list(self.code.tree.body)
        while stack:
            node = stack.pop()
            if isinstance(node, (*FUNCTIONS, ast.ClassDef)):
                self.definitions.setdefault(node.name, []).append(node)
                self.bound.add(node.name)
                continue
            if isinstance(node, ast.Assign):
                for target in node.targets:
                    for each in target.elts if isinstance(target, (ast.Tuple, ast.List)) else [target]:
                        if isinstance(each, ast.Name):
                            self.assigned.setdefault(each.id, []).append(node.value)
            for block in blocks(node):
                stack.extend(block)
            self.bound |= plainly_bound(node)
        self.bound |= self.definitions.keys()
        if ":=" in clean:
            for node in self.code.tree.body:
                if not isinstance(node, (*FUNCTIONS, ast.ClassDef)):
                    self.bound |= self.code.reader.of(node).binds
        for functions in self.definitions.values() if "global " in clean else ():
            for function in functions:
                if isinstance(function, FUNCTIONS):
                    self.bound |= self.code.reader.function(function).global_binds

    def cut(
        self,
        needed: Names,
        before: int | None = None,
        captures: Sequence[Capture] = (),
        given: Iterable[str] = (),
        without: Iterable[ast.stmt] = (),
        roots: Iterable[ast.stmt] = (),
        also: Iterable[ast.AST] = (),
    ) -> Cut:
        """Slices the module for the names that `needed` loads.

        Args:
            needed: what is evaluated at the end.
            before: statements that start at or after this offset are left out.
            captures: functions that return a value of their inside.
            given: names that are bound from outside.
            without: statements of methods that must not run.
            roots: statements that are kept in their places, with what they need.
            also: nodes whose statements are kept where they would run.
        """
        cutting = _Cutting(self, before, tuple(captures), set(given), tuple(without))
        for node in also:
            cutting.add(node)
        for each in roots:
            cutting.root(each)
        return cutting.run(needed)

    def is_transformer(self, name: str) -> bool:
        """Whether a name is bound to a scaler, encoder or the like, which must be fitted before it transforms."""
        calls = [value for value in self.assigned.get(name, ()) if isinstance(value, ast.Call)]
        return any(_TRANSFORMER.match(self.code.origin(call.func) or "") for call in calls)

    def calls_in(self, node: ast.stmt) -> Sequence[ast.Call]:
        """The calls inside a statement, which several slices ask for."""
        return self.code.calls_inside(node)

    @cached_property
    def staked(self) -> Mapping[str, Sequence[int]]:
        """The statements of the module, by their numbers, to which each name matters."""
        found: dict[str, list[int]] = {}
        for number, statement in enumerate(self.code.tree.body):
            for name in self.stakes(statement).names:
                found.setdefault(name, []).append(number)
        return found

    @cached_property
    def always(self) -> Sequence[int]:
        """The statements of the module that matter to every slice, or may."""
        return [number for number, each in enumerate(self.code.tree.body) if self.stakes(each).always]

    @cached_property
    def starts(self) -> Sequence[int]:
        """Where the statements of the module start."""
        return [self.code.start(each) for each in self.code.tree.body]

    def stakes(self, node: ast.AST) -> Stakes:
        """What makes a statement or clause matter, with all that stands in it; as `_Cutting._matters` has it."""
        known = self._stakes.get(id(node))
        if known is None:
            known = self._stakes[id(node)] = self._stakes_of(node)
        return known

    def _stakes_of(self, node: ast.AST) -> Stakes:
        if isinstance(node, (*FUNCTIONS, ast.ClassDef)):
            return Stakes(frozenset({node.name}))
        if is_compound(node) or isinstance(node, (ast.ExceptHandler, ast.match_case)):
            head = self._head(node)
            inner = [self.stakes(each) for block in blocks(node) for each in block]
            names = (head.binds | head.changes).union(*(each.names for each in inner))
            return Stakes(frozenset(names), any(each.always for each in inner))
        assert isinstance(node, ast.stmt)
        does = self.code.reader.of(node)
        future = isinstance(node, ast.ImportFrom) and node.module == "__future__"
        always = future or isinstance(node, ast.Global) or self.is_effect(node)
        touched = does.binds | does.changes | does.deletes | does.fits | self._owners(node)
        if not does.calls.isdisjoint(self.definitions):
            touched |= self.writes(node) | {
                name for _, given in self.changed_arguments(node) for name in given
            }
        return Stakes(frozenset(touched), always)

    def _owners(self, node: ast.stmt) -> set[str]:
        """The names on which a statement calls methods of the file's classes that set attributes."""
        return {
            call.func.value.id
            for call in (self.calls_in(node) if self.attributes.classes else ())
            if isinstance(call.func, ast.Attribute)
            and isinstance(call.func.value, ast.Name)
            and self.attributes.sets_of(call.func.attr)
        }

    def writes(self, node: ast.AST) -> set[str]:
        """The module-level names that the functions which a statement calls bind or change."""
        known = self._writes.get(id(node))
        if known is None:
            known = self._writes[id(node)] = self._written_by(self.code.reader.of(node).calls)
        return known

    def _written_by(self, called: set[str]) -> set[str]:
        functions = [
            each
            for name in self.mentioned(called)
            for each in self.definitions[name]
            if isinstance(each, FUNCTIONS)
        ]
        if any("search" in self.words(each) for each in functions):
            # What starts a search, and what calls that, must never run.
            return set()
        does = [self.code.reader.function(each) for each in functions]
        return set().union(*(each.global_binds | each.changes for each in does))

    def changed_arguments(self, node: ast.stmt) -> Iterator[tuple[ast.Call, set[str]]]:
        """The calls of the file's own functions in a statement, with the names of what these change in place."""
        for call in self.calls_in(node):
            if not isinstance(call.func, ast.Name):
                continue
            for function in self.definitions.get(call.func.id, ()):
                if isinstance(function, FUNCTIONS):
                    yield call, self._changed_by(call, function)

    def _changed_by(self, call: ast.Call, function: ast.FunctionDef | ast.AsyncFunctionDef) -> set[str]:
        names = [argument.arg for argument in (*function.args.posonlyargs, *function.args.args)]
        given = dict(zip(names, call.args, strict=False))
        given |= {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}
        changed = self.code.reader.function(function).changed_parameters
        return {each for name, value in given.items() if name in changed for each in root(value)}

    def is_effect(self, node: ast.stmt) -> bool:
        """Whether a statement changes how every later model is built, or the environment in which it is."""
        known = self._effects.get(id(node))
        if known is None:
            call = node.value if isinstance(node, ast.Expr) else None
            name = self.api(call.func) if isinstance(call, ast.Call) else None
            builds = name is not None and name.startswith(_EFFECTS)
            builds = builds or (isinstance(call, ast.Call) and self._sets_state(call))
            known = self._effects[id(node)] = builds or changes_environment(self.code, node)
        return known

    def _sets_state(self, call: ast.Call) -> bool:
        """Whether a call is to a function of the file that changes Keras's state and trains nothing."""
        functions = self.definitions.get(call.func.id, ()) if isinstance(call.func, ast.Name) else ()
        for function in functions:
            words = self.words(function)
            if words & _TRAINS or not any(word.startswith("set_") for word in words):
                continue
            for node in ast.walk(function):
                inner = node.value if isinstance(node, ast.Expr) else None
                name = self.api(inner.func) if isinstance(inner, ast.Call) else None
                if name is not None and name.startswith(_STATE):
                    return True
        return False

    def api(self, node: ast.expr) -> str | None:
        """The canonical name of a function of a library; what it is called on may be the result of another."""
        while isinstance(node, ast.Attribute) and isinstance(node.value, ast.Call):
            node = node.value.func
        name = self.code.origin(node)
        if name is None:
            return None
        name = re.sub(r"^tf_keras\b", "keras", name)
        return name.replace("keras.mixed_precision.experimental.", "keras.mixed_precision.")

    def mentioned(self, names: set[str]) -> set[str]:
        """The definitions of the module among the names, and those that they mention, directly or not."""
        seen: set[str] = set()
        todo = names & self.definitions.keys()
        while todo:
            name = todo.pop()
            seen.add(name)
            for definition in self.definitions[name]:
                todo |= (self.words(definition) & self.definitions.keys()) - seen
        return seen

    def global_writes(self, names: set[str]) -> set[str]:
        """Module-level names that functions, or functions that they mention, bind or change."""
        found: set[str] = set()
        for name in self.mentioned(names):
            for function in self.definitions[name]:
                if isinstance(function, FUNCTIONS):
                    does = self.code.reader.function(function)
                    found |= does.global_binds | does.changes
        return found

    def words(self, function: Definition) -> set[str]:
        """Every word in the text of a definition: far cheaper than its names, and never fewer."""
        known = self._words.get(id(function))
        if known is None:
            known = self._words[id(function)] = set(re.findall(r"\w+", self.code.whole_source(function)))
        return known

    def _head(self, node: ast.AST) -> Names:
        """The names of a compound statement's own expressions, without those of its blocks."""
        reader = self.code.reader
        if isinstance(node, (ast.If, ast.While)):
            return reader.of(node.test)
        if isinstance(node, (ast.For, ast.AsyncFor)):
            names = reader.of_all([node.target, node.iter])
            names.awaits = isinstance(node, ast.AsyncFor) or names.awaits
            return names
        if isinstance(node, (ast.With, ast.AsyncWith)):
            names = reader.of_all(node.items)
            names.awaits = isinstance(node, ast.AsyncWith) or names.awaits
            return names
        if isinstance(node, ast.Match):
            return reader.of(node.subject)
        if isinstance(node, ast.ExceptHandler):
            names = reader.of_all([node.type] if node.type is not None else [])
            names.binds |= {node.name} if node.name else set()
            return names
        if isinstance(node, ast.match_case):
            return reader.of_all([node.pattern, *([node.guard] if node.guard else [])])
        return Names()


class _Cutting:
    """The state of one slice while it is cut."""

    def __init__(
        self,
        slicer: Slicer,
        before: int | None,
        captures: tuple[Capture, ...],
        given: set[str],
        without: tuple[ast.stmt, ...],
    ) -> None:
        self.without = without
        self.slicer = slicer
        self.code = slicer.code
        self.clean = slicer.code.clean
        self.before = before
        self.captures = {id(capture.function): capture for capture in captures}
        self.capturing = {id(each): capture for capture in captures for each in self._chain(capture)}
        self.given = given
        self.out = Sheet(slicer.code.text, slicer.blank)
        self.roots: set[int] = set()
        self.roots_at: set[int] = set()
        """The numbers of the statements of the module in which they stand."""
        self.added: set[int] = set()
        self.kept: set[int] = set()
        self.attributes: set[str] = set()
        self.counted: dict[int, ast.ClassDef] = {}
        self.captured_needs: dict[int, set[str]] = {}
        self.unbound: set[str] = set()

    def root(self, statement: ast.stmt) -> None:
        """Has a statement kept in its place, with what it needs."""
        self.roots |= {id(part) for part in (statement, *_inside(statement))}
        self.roots_at.add(bisect_right(self.slicer.starts, self.code.start(statement)) - 1)

    def add(self, node: ast.AST) -> None:
        """Has the statement of a node kept where it would run."""
        while not isinstance(node, ast.stmt):
            node = self.code.parents[node]
        self.added.add(id(node))
        self.roots_at.add(bisect_right(self.slicer.starts, self.code.start(node)) - 1)

    def run(self, needed: Names) -> Cut:
        """Keeps what is needed, then writes it out."""
        tree = self.code.tree
        wanted = self._expand(needed) - self.given
        wanted = self._module(wanted)
        missing = wanted - BUILTINS - self.given - self._bound_in_kept()
        late = missing & self.slicer.bound
        if late and self.before is not None and self.code.document.is_notebook:
            # Cells run in any order: what only a later cell binds was bound when the tuner's cell ran.
            self.before = None
            missing |= self._block(tree.body, self._expand(Names(loads=late)))
            missing -= BUILTINS | self.given | self._bound_in_kept()
        unknown = missing - self.slicer.bound
        if unknown and self._keep_star_imports(tree.body):
            missing &= self.slicer.bound
        self._write_block(tree.body)
        text = self.out.text()
        imports = tuple(node for node in self.code.import_statements if text[self.code.start(node)] in "fi")
        return Cut(text, self._parts(), missing | self.unbound, unknown, imports)

    def _parts(self) -> tuple[str, ...]:
        """What is written, statement by statement; those that share a line together."""
        ranges: list[tuple[int, int]] = []
        for node, (first, last) in zip(self.code.tree.body, self.code.top_level, strict=True):
            if id(node) in self.kept:
                if ranges and ranges[-1][1] >= first:
                    first = ranges.pop()[0]
                ranges.append((first, last))
        return tuple(self.out.lines(first, last) for first, last in ranges)

    # What is needed.

    def _expand(self, names: Names) -> set[str]:
        """The names that code needs when it runs: those it loads, and those that the functions behind them load."""
        self.attributes |= names.attributes
        found: set[str] = set()
        todo = set(names.loads)
        while todo:
            name = todo.pop()
            if name in found:
                continue
            found.add(name)
            todo |= self._behind(name) - found
        return found

    def _behind(self, name: str) -> set[str]:
        """The free names of the functions, lambdas and classes that a name may stand for."""
        needs: set[str] = set()
        for definition in self.slicer.definitions.get(name, ()):
            needs |= self._free(definition)
        for value in self.slicer.assigned.get(name, ()):
            if isinstance(value, ast.Lambda):
                # What it names is looked up when it is called, as in a function, and may be bound below it.
                needs |= self.code.reader.of(value).loads
            for other in self.code.reader.of(value).loads:
                for definition in self.slicer.definitions.get(other, ()):
                    needs |= self._free(definition)
        return needs

    def _free(self, definition: Definition) -> set[str]:
        reader = self.code.reader
        if isinstance(definition, ast.ClassDef):
            return self._free_of_class(definition)
        if id(definition) in self.captures:
            return self._free_of_captured(definition)
        names = reader.function(definition)
        self.attributes |= names.attributes
        return names.loads | reader.signature(definition).loads

    def _free_of_class(self, node: ast.ClassDef) -> set[str]:
        """What a class needs: of its methods only those that may be called count."""
        reader = self.code.reader
        needs: set[str] = set(reader.of_all([*node.decorator_list, *node.bases, *node.keywords]).loads)
        methods = [each for each in node.body if isinstance(each, FUNCTIONS)]
        others = reader.of_all([each for each in node.body if not isinstance(each, FUNCTIONS)])
        needs |= others.loads - others.binds
        self.attributes |= others.attributes
        # A search calls what a build does not: `fit`.
        foreign = self.roots or [base for base in node.bases if not self._is_plain_base(base)]
        waiting = list(methods)
        for method in methods:
            needs |= reader.signature(method).loads - others.binds
        progress = True
        while progress:
            progress = False
            for method in list(waiting):
                called = (
                    bool(foreign)
                    or method.name in _CALLED_BY_OTHERS
                    or (method.name.startswith("__") and method.name.endswith("__"))
                    or bool(method.decorator_list)
                    or method.name in self.attributes
                )
                if called:
                    waiting.remove(method)
                    progress = True
                    if id(method) in self.captures:
                        needs |= self._free_of_captured(method)
                        continue
                    names = reader.function(method)
                    self.attributes |= names.attributes
                    needs |= names.loads
        return needs

    def _is_plain_base(self, base: ast.expr) -> bool:
        """Whether nothing but the file's own code and Keras Tuner calls the methods of a subclass."""
        name = self.code.origin(base) or ""
        if name.split(".")[-1] in ("HyperModel", "object", "ABC"):
            return True
        return any(
            isinstance(each, ast.ClassDef) and all(self._is_plain_base(b) for b in each.bases)
            for each in self.slicer.definitions.get(name, ())
        )

    def _free_of_captured(self, function: Definition) -> set[str]:
        """What a function needs up to the place where it gives up its inside."""
        known = self.captured_needs.get(id(function))
        if known is not None:
            return known
        assert isinstance(function, FUNCTIONS)
        capture = self.captures[id(function)]
        self.captured_needs[id(function)] = set()
        names = self.code.reader.of_all(list(capture.expressions))
        local = self._locals(function)
        wanted = self._expand_within(names, function)
        outer_before, self.before = self.before, None
        wanted = self._block(function.body, wanted, capture)
        self.before = outer_before
        needs = (wanted - local) | self.code.reader.signature(function).loads
        lost = (wanted & local) - parameters(function)
        self.unbound |= lost - self._bound_in_kept(function)
        self.captured_needs[id(function)] = needs
        return needs

    def _locals(self, function: ast.FunctionDef | ast.AsyncFunctionDef) -> set[str]:
        reader = self.code.reader
        return parameters(function) | (
            reader.of_all(function.body).binds - reader.function(function).global_binds
        )

    def _expand_within(self, names: Names, function: Definition) -> set[str]:
        """As `_expand`, where functions nested in `function` count as well."""
        found = self._expand(names)
        nested = {
            node.name: node
            for node in self.code.definitions
            if isinstance(node, FUNCTIONS) and function in self.code.scopes(node)
        }
        todo = set(found)
        while todo:
            name = todo.pop()
            if name in nested:
                inner = self.code.reader.function(nested[name])
                more = self._expand(inner) - found
                found |= more
                todo |= more
        return found

    # Which statements.

    def _module(self, wanted: set[str]) -> set[str]:
        """As `_block` for the module's own statements, of which only those are met to which a wanted name matters.

        They are met from the last to the first; what is wanted before one of them may bring more.
        """
        body, staked = self.code.tree.body, self.slicer.staked
        waiting = [-number for number in {*self.slicer.always, *self.roots_at}]
        heapify(waiting)
        asked: set[str] = set()
        number = len(body)
        while True:
            for name in wanted - asked:
                for other in staked.get(name, ()):
                    if other < number:
                        heappush(waiting, -other)
            asked |= wanted
            while waiting and -waiting[0] >= number:
                heappop(waiting)
            if not waiting:
                return wanted
            number = -heappop(waiting)
            if self.before is None or self.slicer.starts[number] < self.before:
                wanted = self._statement(body[number], wanted, None)

    def _block(self, body: Sequence[ast.stmt], wanted: set[str], capture: Capture | None = None) -> set[str]:
        """Marks the statements of a block to keep; returns the names wanted before it."""
        for statement in reversed(body):
            if capture is not None and self.code.start(statement) > self._last(capture):
                continue
            if self.before is not None and self.code.start(statement) >= self.before:
                continue
            if capture is not None and statement is capture.statement and not capture.roots:
                self.kept.add(id(statement))
                continue
            wanted = self._statement(statement, wanted, capture)
        return wanted

    def _last(self, capture: Capture) -> int:
        """The offset behind which a captured function has nothing left to do."""
        statement = capture.statement
        return self.code.text.end(statement) if capture.roots else self.code.start(statement)

    def _statement(self, node: ast.stmt, wanted: set[str], capture: Capture | None) -> set[str]:
        if isinstance(node, (*FUNCTIONS, ast.ClassDef)):
            return self._definition(node, wanted)
        if is_compound(node):
            return self._compound(node, wanted, capture)
        names = self.code.reader.of(node)
        if isinstance(node, ast.Match):
            names = self._whole(node)
        if names.awaits:
            return wanted
        asked_for = id(node) in self.roots or id(node) in self.added
        if not asked_for and not self._matters(node, names, wanted):
            return wanted
        self.kept.add(id(node))
        return self._before(node, names, wanted)

    def _whole(self, node: ast.stmt) -> Names:
        return self.code.reader.of(node)

    def _definition(self, node: Definition, wanted: set[str]) -> set[str]:
        if node.name not in wanted:
            return wanted
        self.kept.add(id(node))
        reader = self.code.reader
        if isinstance(node, ast.ClassDef):
            parts = [*node.decorator_list, *node.bases, *node.keywords]
            now = reader.of_all([*parts, *(each for each in node.body if not isinstance(each, FUNCTIONS))])
        else:
            now = reader.signature(node)
        return (wanted - {node.name}) | self._expand(now) | (self._free(node) - {node.name})

    def _matters(self, node: ast.stmt, names: Names, wanted: set[str]) -> bool:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            if isinstance(node, ast.ImportFrom) and node.module == "__future__":
                return True
            return bool(names.binds & wanted)
        if isinstance(node, ast.Delete):
            changed = bool(names.changes & wanted)
            return changed or (not self.code.document.is_notebook and bool(names.deletes & wanted))
        if not (wanted.isdisjoint(names.binds) and wanted.isdisjoint(names.changes)):
            return True
        if names.fits and any(self.slicer.is_transformer(name) for name in names.fits & wanted):
            return True
        if isinstance(node, ast.Global):
            return True
        calls_own = not names.calls.isdisjoint(self.slicer.definitions)
        if calls_own and isinstance(node, (ast.Expr, ast.Assign)) and self.slicer.writes(node) & wanted:
            return True
        if not wanted.isdisjoint(names.loads):
            if names.attributes and self._sets_attributes(node, wanted):
                return True
            if calls_own and self._changes_argument(node, wanted):
                return True
        return self.slicer.is_effect(node)

    def _sets_attributes(self, node: ast.stmt, wanted: set[str]) -> bool:
        """Whether a method of the file is called on a wanted object and sets attributes that are read later."""
        running = {capture.function.name for capture in self.captures.values()}
        for call in self.slicer.calls_in(node):
            if (
                isinstance(call.func, ast.Attribute)
                and isinstance(call.func.value, ast.Name)
                and call.func.value.id in wanted
                and call.func.attr not in running
                and self.slicer.attributes.sets_of(call.func.attr) & self.attributes
            ):
                return True
        return False

    def _changes_argument(self, node: ast.stmt, wanted: set[str]) -> bool:
        """Whether a function of the file is called with a wanted object and changes it in place."""
        return any(given & wanted for _, given in self.slicer.changed_arguments(node))

    def _before(self, node: ast.stmt, names: Names, wanted: set[str]) -> set[str]:
        """The names wanted before a statement that is kept."""
        return (wanted - self._certainly_bound(node, names)) | self._expand(names)

    @staticmethod
    def _certainly_bound(node: ast.stmt, names: Names) -> set[str]:
        """Names whose earlier bindings no longer count after the statement."""
        if isinstance(node, ast.Import):
            return {alias.asname for alias in node.names if alias.asname}
        if isinstance(node, ast.ImportFrom):
            return names.binds
        if isinstance(node, ast.Assign):
            targets = [
                e for t in node.targets for e in (t.elts if isinstance(t, (ast.Tuple, ast.List)) else [t])
            ]
            plain = {each.id for each in targets if isinstance(each, ast.Name)}
            return plain
        if isinstance(node, ast.AnnAssign) and node.value is not None and isinstance(node.target, ast.Name):
            return {node.target.id}
        return set()

    def _compound(self, node: ast.stmt, wanted: set[str], capture: Capture | None) -> set[str]:
        before = set(wanted)
        head = self.slicer._head(node)
        if head.awaits:
            return wanted
        certain = isinstance(node, ast.With) or (isinstance(node, ast.If) and is_main_guard(node))
        rounds = 2 if isinstance(node, (ast.For, ast.While)) else 1
        inner: set[str] = set()
        kept_before = len(self.kept)
        for _ in range(rounds):
            inner = set()
            for block in reversed(blocks(node)):
                for clause in self._clauses(block):
                    inner |= self._block(
                        clause, before | inner if rounds > 1 or not certain else before, capture
                    )
            before |= inner if rounds > 1 else set()
        after_kept = len(self.kept) > kept_before or any(id(each) in self.kept for each in _inside(node))
        bound_here = bool((head.binds | head.changes) & wanted)
        if not after_kept and not bound_here:
            return wanted
        self.kept.add(id(node))
        if rounds > 1:
            self._keep_jumps(node)
        for part in _inside(node):
            if isinstance(part, (ast.ExceptHandler, ast.match_case)):
                self._expand(self.slicer._head(part))
        heads = [self.slicer._head(part) for part in _inside(node) if isinstance(part, ast.ExceptHandler)]
        if isinstance(node, ast.With) and self._is_idle_context(node):
            return inner
        needs = set().union(self._expand(head), *(self._expand(each) for each in heads))
        if certain:
            return (inner - head.binds) | needs
        return wanted | (inner - head.binds) | needs

    @staticmethod
    def _clauses(block: Sequence[ast.AST]) -> list[list[ast.stmt]]:
        """The statement lists of a block: itself, or the bodies of handlers and cases."""
        if block and isinstance(block[0], (ast.ExceptHandler, ast.match_case)):
            return [each.body for each in block if isinstance(each, (ast.ExceptHandler, ast.match_case))]
        return [[each for each in block if isinstance(each, ast.stmt)]]

    def _keep_jumps(self, loop: ast.stmt) -> None:
        """Keeps `break` and `continue` of a kept loop, with the conditions around them."""
        stack: list[ast.AST] = [*getattr(loop, "body", [])]
        while stack:
            node = stack.pop()
            if isinstance(node, (ast.Break, ast.Continue)):
                parent: ast.AST = node
                while parent is not loop:
                    if self.before is not None and self.code.start(node) >= self.before:
                        break
                    self.kept.add(id(parent))
                    if isinstance(parent, ast.stmt):
                        self._expand(self.slicer._head(parent))
                    parent = self.code.parents[parent]
            elif isinstance(node, (ast.If, ast.With, ast.Try, ast.ExceptHandler)):
                stack.extend(child for block in blocks(node) for child in block)

    def _is_idle_context(self, node: ast.With) -> bool:
        if any(item.optional_vars is not None for item in node.items):
            return False
        for item in node.items:
            call = item.context_expr
            if not isinstance(call, ast.Call):
                return False
            is_scope = isinstance(call.func, ast.Attribute) and call.func.attr == "scope"
            if not is_scope and (self.slicer.api(call.func) or "") not in _IDLE_CONTEXTS:
                return False
        return True

    def _keep_star_imports(self, body: Sequence[ast.stmt]) -> bool:
        found = False
        for node in body:
            if isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names):
                if self.before is None or self.code.start(node) < self.before:
                    self.kept.add(id(node))
                    found = True
            elif not isinstance(node, (*FUNCTIONS, ast.ClassDef)):
                inner = [s for block in blocks(node) for clause in self._clauses(block) for s in clause]
                if inner and self._keep_star_imports(inner):
                    self.kept.add(id(node))
                    for part in _inside(node):
                        if isinstance(part, ast.ExceptHandler):
                            self._expand(self.slicer._head(part))
                    found = True
        return found

    def _bound_in_kept(self, scope: Definition | None = None) -> set[str]:
        """The names that kept statements of the module (or of a function) bind."""
        found: set[str] = set()
        # Nothing is kept of a statement of the module that is not kept itself.
        stack: list[ast.AST] = (
            [each for each in self.code.tree.body if id(each) in self.kept]
            if scope is None
            else [*scope.body]
        )
        while stack:
            node = stack.pop()
            kept = id(node) in self.kept
            if isinstance(node, (*FUNCTIONS, ast.ClassDef)):
                if kept:
                    found |= {node.name}
                    found |= (
                        self.code.reader.function(node).global_binds if isinstance(node, FUNCTIONS) else set()
                    )
                continue
            if blocks(node) and not isinstance(node, ast.Match):
                found |= self.slicer._head(node).binds if kept else set()
                stack.extend(child for block in blocks(node) for child in block)
            elif kept:
                names = self.code.reader.of(node)
                found |= names.binds | self.slicer.writes(node)
        return found

    # The text.

    def _write_block(self, body: Sequence[ast.stmt], capture: Capture | None = None) -> bool:
        """Writes the kept statements of a block; says whether there are any."""
        lines = self.code
        kept = [number for number, node in enumerate(body) if id(node) in self.kept]
        for number in kept:
            node = body[number]
            if number and body[number - 1].end_lineno == node.lineno:
                if not any_kept_on_line(body, number, self.kept):
                    first = number
                    while first and body[first - 1].end_lineno == body[first].lineno:
                        first -= 1
                    self.out.put(lines.start(body[first]), "0")
                self.out.put(lines.start(node) - 1, ";")
            self._write(node, capture)
        return bool(kept)

    def _write(self, node: ast.stmt, capture: Capture | None) -> None:
        lines = self.code
        start, end = lines.start(node), lines.text.end(node)
        if capture is not None and node is capture.statement and not capture.roots:
            self.out.put(start, "return(")
            for expression in capture.expressions:
                self.out.keep(lines.start(expression), lines.text.end(expression))
                self.out.put(
                    lines.text.end(expression), ")" if expression is capture.expressions[-1] else ","
                )
        elif isinstance(node, FUNCTIONS) and id(node) in self.captures:
            self._write_captured(node)
        elif isinstance(node, ast.ClassDef):
            self.out.keep(start, end)
            for method in node.body:
                if id(method) in self.captures and isinstance(method, FUNCTIONS):
                    self.out.erase(lines.start(method), lines.text.end(method))
                    self._write_captured(method)
            for each in self.without:
                if node in self.code.scopes(each):
                    self.out.erase(lines.start(each), lines.text.end(each))
                    self.out.put(lines.start(each), "0")
        elif blocks(node) and not isinstance(node, (*FUNCTIONS, ast.Match)):
            self._write_compound(node, capture)
        else:
            self.out.keep(start, end)

    def _write_captured(self, function: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        lines = self.code
        capture = self.captures[id(function)]
        self.out.keep(lines.start(function), lines.start(function.body[0]))
        if not self._write_block(function.body, capture):
            self.out.put(lines.start(function.body[0]), "0")

    def _write_compound(self, node: ast.AST, capture: Capture | None) -> None:
        """Writes the headers of a compound statement and what is kept of its blocks."""
        lines = self.code
        position = lines.start(node)  # type: ignore[arg-type]
        idle = isinstance(node, ast.With) and self._is_idle_context(node)
        for number, block in enumerate(blocks(node)):
            first = block[0]
            if isinstance(first, (ast.ExceptHandler, ast.match_case)):
                for handler in block:
                    self.out.keep(lines.start(handler), lines.start(handler.body[0]))  # type: ignore[attr-defined]
                    if not self._write_block(handler.body, capture):  # type: ignore[attr-defined]
                        self.out.put(lines.start(handler.body[0]), "0")  # type: ignore[attr-defined]
                position = lines.text.end(block[-1])
                continue
            is_elif = isinstance(node, ast.If) and number == 1 and self._is_elif(first)
            optional = number > 0
            wanted = any(id(each) in self.kept for each in block)
            must = isinstance(node, ast.Try) and block is node.finalbody and not node.handlers
            if optional and not wanted and not must:
                position = lines.text.end(block[-1])
                continue
            if is_elif:
                self._write_compound(first, capture)
                position = lines.text.end(block[-1])
                continue
            begin = self._after_separator(position) if optional else position
            self.out.keep(begin, lines.start(first))
            if idle and number == 0:
                self._idle_header(node, lines.start(first))  # type: ignore[arg-type]
            if not self._write_block(block, capture):
                self.out.put(lines.start(first), "0")
            position = lines.text.end(block[-1])

    def _idle_header(self, node: ast.With, body: int) -> None:
        """`with strategy.scope():` becomes `if 1               :`."""
        lines = self.code
        start, end = lines.start(node), lines.text.end(node.items[-1].context_expr)
        colon = self.clean.index(":", end, body)
        self.out.erase(start, colon)
        one_line = "\n" not in self.clean[start:colon] and "\r" not in self.clean[start:colon]
        self.out.put(start, "if 1" if one_line else "if(1")
        if not one_line:
            self.out.put(colon - 1, ")")

    def _after_separator(self, position: int) -> int:
        """Past the `;` that may end a block's last statement."""
        end = position
        while end < len(self.clean) and self.clean[end] in " \t;":
            end += 1
        return end if ";" in self.clean[position:end] else position

    def _is_elif(self, node: ast.AST) -> bool:
        start = self.code.start(node)  # type: ignore[arg-type]
        return isinstance(node, ast.If) and self.clean.startswith("elif", start)

    def _chain(self, capture: Capture) -> list[ast.AST]:
        """A capture's statement and everything around it up to its function."""
        chain: list[ast.AST] = [capture.statement]
        while chain[-1] is not capture.function:
            chain.append(self.code.parents[chain[-1]])
        return chain


def is_compound(node: ast.AST) -> bool:
    """Whether a statement has blocks of which a slice keeps parts."""
    simple = (ast.If, ast.For, ast.While, ast.With, ast.Try)
    return isinstance(node, simple) or type(node).__name__ == "TryStar"


def any_kept_on_line(body: Sequence[ast.stmt], number: int, kept: set[int]) -> bool:
    """Whether an earlier statement on the same line is kept."""
    while number and body[number - 1].end_lineno == body[number].lineno:
        number -= 1
        if id(body[number]) in kept:
            return True
    return False


def _inside(node: ast.AST) -> list[ast.AST]:
    """Every statement and clause inside a compound statement, not entering definitions."""
    found: list[ast.AST] = []
    stack: list[ast.AST] = [child for block in blocks(node) for child in block]
    while stack:
        each = stack.pop()
        found.append(each)
        if not isinstance(each, (*FUNCTIONS, ast.ClassDef)):
            stack.extend(child for block in blocks(each) for child in block)
    return found


def is_main_guard(node: ast.If) -> bool:
    """Whether a branch is taken where its file is run as a script."""
    test = node.test
    if isinstance(test, ast.Constant):
        return bool(test.value)
    return (
        isinstance(test, ast.Compare)
        and isinstance(test.left, ast.Name)
        and test.left.id == "__name__"
        and isinstance(test.ops[0], ast.Eq)
        and not node.orelse
    )


def described(missing: Iterable[str], why: Mapping[str, str], default: str) -> dict[str, str]:
    """The stand-ins of a slice: each missing name with the reason why it is missing."""
    return {name: why.get(name, default.format(name=name)) for name in sorted(missing)}
