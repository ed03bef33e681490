"""What a rehearsal runs: the tuner as the file makes it, its search, and what the file asks it for afterwards."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from hypershape.source.calls import Construction
from hypershape.source.code import Code, blocks, per_text
from hypershape.source.names import BUILTINS, FUNCTIONS, Names
from hypershape.source.slices import Capture
from hypershape.source.targets import TargetFinder

_CHEAP = frozenset((
    "keras", "keras_tuner", "numpy", "pandas", "sklearn", "tensorflow", "tf_keras", "collections", "copy", "csv", "datetime",
    "itertools", "json", "math", "os", "pathlib", "pickle", "pprint", "random", "re", "time",
))  # fmt: skip
"""Packages that what follows a search may use; others draw, publish or send."""


_DEEP = 5
"""A path that comes through so many names is not followed any further."""


@dataclass(frozen=True)
class Played:
    """What to slice for: `roots` are statements that run in their places, on the lines `acts`.

    Where the search stands in a function, `expression` calls that, and `captures` end it after the last root.
    """

    expression: str
    needs: Names
    before: int | None
    roots: tuple[ast.stmt, ...]
    acts: tuple[tuple[int, int], ...]
    captures: tuple[Capture, ...] = ()


def played(construction: Construction, code: Code, targets: TargetFinder) -> Played | None:
    """The statements of one tuner; None where only a run of something unknown would make it."""
    statements = [statement for statement, _ in construction.searches] or [construction.statement]
    around = [each for each in code.scopes(statements[0]) if isinstance(each, FUNCTIONS)]
    searched = [each for each in statements if _functions(code, each) == around]
    made = [construction.statement] if _functions(code, construction.statement) == around else []
    own = {construction.bound_to.partition(".")[0]} if construction.bound_to else set()
    if construction.searches:
        # What a search gives back is None: whoever asks that for a history fails.
        own |= code.reader.of(searched[-1]).binds | set(_callbacks(construction, code))
    later = list(_afterwards(searched[-1], own, code, _checkpoints(code))) if construction.searches else []
    sooner = _beforehand(construction, searched[0], own, code) if construction.searches and made else []
    roots = tuple(dict.fromkeys([*made, *sooner, *searched, *later]))
    last = max(roots, key=code.text.start)
    acts = _lines(roots)
    folders = tuple(_folders_before(last, around, code))
    if not around:
        session = tuple(_models_before(construction.statement, code))
        return Played("None", Names(), code.text.end(last), (*session, *folders, *roots), acts)
    function = around[0]
    if not isinstance(function, ast.FunctionDef) or function.name == "__init__":
        return None
    return _called(function, roots, folders, code, targets)


def _called(
    function: ast.FunctionDef,
    roots: tuple[ast.stmt, ...],
    folders: tuple[ast.stmt, ...],
    code: Code,
    targets: TargetFinder,
) -> Played | None:
    """What a function plays, called as the file does; and what that asks for which it gives back, wherever it is called.

    What a method leaves on its object is asked for through that object.
    """
    captures: list[Capture] = []
    played = list(roots)
    while True:
        within = tuple(each for each in folders if _functions(code, each)[:1] == [function])
        captures.insert(0, Capture(function, max(roots, key=code.text.start), (), (*within, *roots)))
        gives = isinstance(roots[-1], ast.Return)
        is_method = isinstance(code.enclosing(function), ast.ClassDef)
        called = targets.caller(function, len(captures) - 1) if gives or is_method else None
        if called is None or blocks(called[0]) or not _may_follow(called[0], function.name, code):
            break
        statement, call, outer = called
        objects = _object(call) if is_method else set()
        own = code.reader.of(statement).binds | objects
        later = [each for each in _afterwards(statement, own, code) if _asks_cheaply(each, objects, code)]
        if not gives and not later:
            break
        roots = (statement, *later)
        played += roots
        if outer is None:
            last = max(roots, key=code.text.start)
            outside = tuple(each for each in folders if not _functions(code, each))
            acts = _lines(played)
            return Played("None", Names(), code.text.end(last), (*outside, *played), acts, tuple(captures))
        function = outer
    expression, needs, around, assumed = targets.call_of(function, 0)
    if assumed:
        return None
    kept = (*folders, *played)
    return Played(expression, needs, None, kept, _lines(played), (*captures, *around))


def _object(call: ast.Call) -> set[str]:
    """The variable whose method is called."""
    owner = call.func.value if isinstance(call.func, ast.Attribute) else None
    return {owner.id} if isinstance(owner, ast.Name) else set()


def _asks_cheaply(statement: ast.stmt, objects: set[str], code: Code) -> bool:
    """Whether the methods of the file that a statement calls on some objects do no more than may follow a search."""
    asked = {
        each.attr
        for each in ast.walk(statement)
        if isinstance(each, ast.Attribute) and isinstance(each.value, ast.Name) and each.value.id in objects
    }
    return all(_is_own_and_cheap(each, set(), code) for each in asked & code.defined.keys())


def _may_follow(statement: ast.stmt, function: str, code: Code) -> bool:
    """Whether a statement does nothing beside the call of a function but what may follow a search."""
    names = code.reader.of(statement)
    others = _called_by(names, set(), code) - {function}
    return _is_cheap(names, set(), code) and all(_is_own_and_cheap(each, set(), code) for each in others)


def _lines(statements: Iterable[ast.stmt]) -> tuple[tuple[int, int], ...]:
    return tuple((each.lineno, each.end_lineno or each.lineno) for each in statements)


def _callbacks(construction: Construction, code: Code) -> Iterator[str]:
    """The names of the callbacks that searches are given: each trial has a copy of them, so that they remember nothing."""
    for _, search in construction.searches:
        given = next((each.value for each in code.keywords(search) if each.arg == "callbacks"), None)
        written = code.resolve(given) if given is not None else None
        if isinstance(written, (ast.List, ast.Tuple)):
            yield from (each.id for each in written.elts if isinstance(each, ast.Name))


def _folders_before(last: ast.stmt, around: Sequence[ast.AST], code: Code) -> Iterator[ast.stmt]:
    """The statements before the last that is played, of its function or the module, that only make folders.

    Callbacks write into them, and what follows the search saves there.
    """
    start = code.text.start(last)
    return (
        each
        for each in _folders(code)
        if code.text.start(each) < start and _functions(code, each) in ([], list(around))
    )


@per_text
def _folders(code: Code) -> tuple[ast.stmt, ...]:
    """The statements of a text that only make folders, whose paths are known."""
    calls = [(code.parents.get(call), call) for call in code.calls]
    made = [
        _with_its_condition(statement, code)
        for statement, call in calls
        if isinstance(statement, ast.Expr) and _makes_a_folder(call, code)
    ]
    return tuple(
        each
        for each in made
        if isinstance(code.parents.get(each), (ast.Module, *FUNCTIONS)) and _is_known(each, code)
    )


def _is_known(node: ast.AST, code: Code, depth: int = 0) -> bool:
    """Whether a path is put together from what the file and Python itself have."""
    names = code.reader.of(node)
    imported = {code.imports[name].partition(".")[0] for name in names.loads if name in code.imports}
    others = names.loads - names.binds - BUILTINS - code.imports.keys()
    values = {name: _assigned(name, code) for name in others}
    return (
        depth < _DEEP
        and imported <= sys.stdlib_module_names | {"tensorflow"}
        and all(values.values())
        and all(_is_known(value, code, depth + 1) for found in values.values() for value in found)
    )


def _assigned(name: str, code: Code) -> list[ast.expr]:
    """What is assigned to a name in any place; none where something else binds it."""
    found = [
        each.value
        for each in code.every(ast.Assign)
        if any(isinstance(target, ast.Name) and target.id == name for target in each.targets)
    ]
    defaults = [
        default
        for function in code.every(ast.FunctionDef)
        for parameter, default in zip(
            reversed([*function.args.posonlyargs, *function.args.args]),
            reversed(function.args.defaults),
            strict=False,
        )
        if parameter.arg == name
    ]
    return [*found, *defaults]


def _makes_a_folder(call: ast.Call, code: Code) -> bool:
    made = code.imported(call.func) in ("os.mkdir", "os.makedirs", "tensorflow.io.gfile.makedirs")
    return made or (isinstance(call.func, ast.Attribute) and call.func.attr == "mkdir")


def _with_its_condition(statement: ast.stmt, code: Code) -> ast.stmt:
    """`if not os.path.exists(folder): os.makedirs(folder)` as a whole."""
    around = code.parents.get(statement)
    alone = isinstance(around, ast.If) and around.body == [statement] and not around.orelse
    return around if isinstance(around, ast.If) and alone else statement


def _models_before(made: ast.stmt, code: Code) -> Iterator[ast.stmt]:
    """The statements of the module that make layers before a tuner: their names are taken when it builds its first model."""
    start = code.text.start(made)
    return (each for each in _models(code) if each is not made and code.text.start(each) <= start)


@per_text
def _models(code: Code) -> tuple[ast.stmt, ...]:
    """The statements of the module that only make layers and models; a file may have hundreds of tuners after them."""
    return tuple(
        each
        for each in code.tree.body
        if isinstance(each, (ast.Assign, ast.AnnAssign, ast.Expr)) and _only_makes_layers(each, code)
    )


def _only_makes_layers(statement: ast.stmt, code: Code) -> bool:
    calls = [each for each in ast.walk(statement) if isinstance(each, ast.Call)]
    return bool(calls) and all(_makes_layers(call, code) for call in calls)


def _makes_layers(call: ast.Call, code: Code) -> bool:
    """Whether a call only puts a model together, or forgets those that there were."""
    if isinstance(call.func, ast.Call):
        return True
    name = code.imported(call.func) or ""
    if name.startswith("keras.layers.") or name.rpartition(".")[2] in ("Sequential", "Model", "Input"):
        return name.startswith("keras.")
    return name.endswith(".clear_session") or (
        isinstance(call.func, ast.Attribute) and call.func.attr == "add"
    )


def _functions(code: Code, statement: ast.stmt) -> list[ast.AST]:
    return [each for each in code.scopes(statement) if isinstance(each, FUNCTIONS)]


def _afterwards(search: ast.stmt, own: set[str], code: Code, files: Iterable[str] = ()) -> Iterator[ast.stmt]:
    """The later statements that ask only the tuner, or what came from it, and what was there before the search.

    `files` are the paths of models that the search saves, as they are written: who loads one asks what came from the tuner.
    """
    own, others, files = set(own), set[str](), set(files)
    for statement in _following(search, code):
        names = code.reader.of(statement)
        if files and _paths(statement, code, "load_model") & files:
            names = replace(names, loads=names.loads | own)
        asks = _asks_only(names, own, others, code)
        if isinstance(statement, ast.Return):
            yield from [statement] if asks else []
            return
        if asks:
            own |= names.binds
            if "save" in names.attributes:
                files |= _paths(statement, code, "save")
            yield statement
        else:
            own -= names.binds
            others |= names.binds


def _paths(node: ast.AST, code: Code, *functions: str) -> set[str]:
    """The paths that some functions or methods are given, as they are written."""
    calls = code.calls if node is code.tree else code.calls_inside(node)
    named = [
        each
        for each in calls
        if (code.imported(each.func) or _attribute(each)).rpartition(".")[2] in functions
    ]
    given = [code.argument(each, "filepath", 0) for each in named]
    return {ast.unparse(each) for each in given if each is not None}


@per_text
def _checkpoints(code: Code) -> set[str]:
    """The paths to which callbacks of a file save models."""
    return _paths(code.tree, code, "ModelCheckpoint")


def _attribute(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else ""


def _beforehand(construction: Construction, search: ast.stmt, own: set[str], code: Code) -> list[ast.stmt]:
    """The statements between a tuner and its search that ask only the tuner, where it certainly has no trials yet."""
    fresh = construction.argument("overwrite")
    if not (isinstance(fresh, ast.Constant) and fresh.value is True):
        return []
    start = code.text.start(search)
    later = _afterwards(construction.statement, own, code)
    return [each for each in later if code.text.start(each) < start and each is not search]


def _asks_only(names: Names, own: set[str], others: set[str], code: Code) -> bool:
    if not names.loads & own or names.loads & others or names.awaits or "search" in names.attributes:
        return False
    return _is_cheap(names, own, code) and all(
        _is_own_and_cheap(name, others, code) for name in _called_by(names, own, code)
    )


def _is_cheap(names: Names, own: set[str], code: Code) -> bool:
    known = names.loads - own - BUILTINS
    return {code.imports[name].partition(".")[0] for name in known if name in code.imports} <= _CHEAP


def _called_by(names: Names, own: set[str], code: Code) -> set[str]:
    """The names that are called and are neither imported nor come from the tuner."""
    return names.calls - own - BUILTINS - code.imports.keys()


def _is_own_and_cheap(name: str, others: set[str], code: Code, met: frozenset[str] = frozenset()) -> bool:
    """Whether a name is a function or class of the file, such as its build function, that does what may follow a search."""
    definitions = code.defined.get(name, ())
    names = code.reader.of_all(list(definitions))
    if not definitions or names.loads & others or names.awaits or "search" in names.attributes:
        return False
    called = _called_by(names, names.binds, code) - met
    return _is_cheap(names, set(), code) and all(
        _is_own_and_cheap(each, others, code, met | called) for each in called - {name}
    )


def _following(node: ast.AST, code: Code) -> Iterator[ast.stmt]:
    """The statements that run after one in its function or module, not entering definitions."""
    while not isinstance(node, (ast.Module, *FUNCTIONS)):
        parent = code.parents[node]
        yield from _behind(node, _bodies(parent))
        node = parent


def _bodies(parent: ast.AST) -> Sequence[Sequence[ast.AST]]:
    return [parent.body] if isinstance(parent, (ast.Module, *FUNCTIONS)) else blocks(parent)


def _behind(node: ast.AST, bodies: Sequence[Sequence[ast.AST]]) -> Iterator[ast.stmt]:
    for body in bodies:
        places = [index for index, each in enumerate(body) if each is node]
        for each in body[places[0] + 1 :] if places else ():
            if isinstance(each, ast.stmt) and not isinstance(
                each, (*FUNCTIONS, ast.ClassDef, ast.Import, ast.ImportFrom)
            ):
                yield each
