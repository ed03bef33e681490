"""Hyperparameters that cannot change whether, or in which shapes, a model builds."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping

from hypershape.model import Module, Target

HARMLESS = {
    "learning_rate": "a learning rate changes no shape",
    "momentum": "a momentum changes no shape",
    "weight_decay": "a weight decay changes no shape",
    "beta_1": "an optimizer's decay rate changes no shape",
    "beta_2": "an optimizer's decay rate changes no shape",
    "rho": "an optimizer's decay rate changes no shape",
    "epsilon": "an epsilon changes no shape",
    "rate": "a dropout rate changes no shape",
    "dropout": "a dropout rate changes no shape",
    "recurrent_dropout": "a dropout rate changes no shape",
    "l1": "the strength of a regularizer changes no shape",
    "l2": "the strength of a regularizer changes no shape",
    "activation": "an activation changes no shape",
    "kernel_initializer": "an initializer changes no shape",
    "optimizer": "an optimizer changes no shape",
}
FIRST_ARGUMENT = {
    **dict.fromkeys(
        ("Adam", "SGD", "RMSprop", "Adamax", "Nadam", "Adagrad", "Adadelta", "AdamW", "Ftrl", "Lion"),
        "learning_rate",
    ),
    **dict.fromkeys(
        ("Dropout", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D", "GaussianDropout"), "rate"
    ),
    "Activation": "activation",
    "l1": "l1",
    "l2": "l2",
    "L1": "l1",
    "L2": "l2",
}
DRAWS = {"Int", "Float", "Choice", "Boolean", "Fixed"}


KERAS = {"keras", "tensorflow", "tf_keras"}
NAMED = ("activation", "kernel_initializer")
SHAPED = ("glu", "identity", "orthogonal")
"""Activations and initializers that do change a shape, or fail for some: `glu` halves an axis."""


def cannot_matter(module: Module, target: Target) -> Mapping[str, str]:
    """Names of hyperparameters whose value goes nowhere but into arguments that cannot change a build.

    A draw counts when it is such an argument of one of Keras's own callables itself, or when every use of the one
    name it is bound to is. Every draw of the name in the file, and in the files that the target needs, has to count,
    and nothing else may mention the name: a condition or a later read could. Each value is still probed once by
    itself: a name may be unknown, a rate out of range.
    """
    tree = ast.parse(module.clean)
    wanted = next(
        (
            node
            for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef) and target.body.line <= node.lineno <= target.body.end_line
        ),
        None,
    )
    if wanted is None:
        return {}
    here = _File(tree)
    others = [ast.parse(each.text) for each in target.slice.files[:-1]] if target.slice is not None else []
    files = [here, *map(_File, others)]
    held = {}
    for name in {name for _, name in _draws(wanted) if isinstance(name, str)}:
        reasons = [file.reason(draw) for file in files for draw in file.draws_of(name)]
        if all(reasons) and not any(file.mentions(name) for file in files):
            held[name] = reasons[0] or ""
    return held


def _draws(tree: ast.AST) -> Iterator[tuple[ast.Call, str | re.Pattern[str]]]:
    """Each `hp.…` call with the name that it declares, or a pattern of the names that it may declare."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in DRAWS:
            name = _name(node)
            if isinstance(name, ast.Constant) and isinstance(name.value, str):
                yield node, name.value
            elif isinstance(name, ast.JoinedStr):
                parts = [
                    re.escape(str(p.value)) if isinstance(p, ast.Constant) else ".*" for p in name.values
                ]
                yield node, re.compile("".join(parts))
            elif name is not None:
                yield node, re.compile(".*")


def _name(draw: ast.Call) -> ast.expr | None:
    return draw.args[0] if draw.args else next((k.value for k in draw.keywords if k.arg == "name"), None)


class _File:
    """One file of a target: who uses what, and which names are Keras's own."""

    def __init__(self, tree: ast.Module) -> None:
        self._tree = tree
        self._parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
        self._draws = list(_draws(tree))
        self._origins: dict[str, set[str]] = {}
        """What each name may be: the dotted origins of its imports, and an empty text for any other binding."""
        for node in ast.walk(tree):
            for name, origin in _bindings(node):
                self._origins.setdefault(name, set()).add(origin)

    def draws_of(self, name: str) -> Iterator[ast.Call]:
        for draw, declared in self._draws:
            if declared == name or (isinstance(declared, re.Pattern) and declared.fullmatch(name)):
                yield draw

    def mentions(self, name: str) -> bool:
        """Whether the name stands anywhere but where it is declared, or where a layer is named."""
        declared = {_name(draw) for draw, _ in self._draws}
        return any(
            isinstance(node, ast.Constant)
            and node.value == name
            and node not in declared
            and not self._is_label(node)
            for node in ast.walk(self._tree)
        )

    def _is_label(self, node: ast.Constant) -> bool:
        parent = self._parents.get(node)
        return isinstance(parent, ast.keyword) and parent.arg == "name"

    def reason(self, draw: ast.Call) -> str | None:
        """Why the value of a draw cannot matter, or None if it might."""
        uses: list[ast.expr] = [draw]
        statement = self._parents.get(draw)
        if isinstance(statement, ast.Assign):
            bound = statement.targets[0]
            scope = self._scope(statement)
            if len(statement.targets) != 1 or not isinstance(bound, ast.Name) or scope is None:
                return None
            same = [
                n for n in ast.walk(scope) if isinstance(n, ast.Name) and n.id == bound.id and n is not bound
            ]
            if any(not isinstance(use.ctx, ast.Load) for use in same) or _is_shared(scope, bound.id):
                return None
            uses = list(same)
        parameters = [self._parameter(use) for use in uses]
        if not parameters or any(p not in HARMLESS for p in parameters):
            return None
        if any(p in NAMED for p in parameters) and not _are_plain_names(draw):
            return None
        return HARMLESS[parameters[0] or ""]

    def _scope(self, node: ast.AST) -> ast.FunctionDef | None:
        above = self._parents.get(node)
        while above is not None and not isinstance(above, ast.FunctionDef):
            above = self._parents.get(above)
        return above

    def _parameter(self, node: ast.expr) -> str | None:
        """The parameter of Keras's callable that a value is handed to, if that is all that happens to it."""
        parent = self._parents.get(node)
        if isinstance(parent, ast.keyword):
            call = self._parents.get(parent)
            known = isinstance(call, ast.Call) and (
                self._keras(call.func) is not None or self._compiles(call.func, parent.arg)
            )
            return parent.arg if known else None
        if isinstance(parent, ast.Call) and parent.args and parent.args[0] is node:
            if self._compiles(parent.func, "optimizer"):
                return "optimizer"
            return FIRST_ARGUMENT.get(self._keras(parent.func) or "")
        return None

    def _compiles(self, function: ast.expr, parameter: str | None) -> bool:
        """Whether it is `model.compile(optimizer=…)`, and no class of the file has its own `compile`."""
        return (
            parameter == "optimizer"
            and isinstance(function, ast.Attribute)
            and function.attr == "compile"
            and "compile" not in self._origins
        )

    def _keras(self, function: ast.expr) -> str | None:
        """The last name of a callable of Keras, or None for one that may be anything else."""
        parts = []
        while isinstance(function, ast.Attribute):
            parts.append(function.attr)
            function = function.value
        if not isinstance(function, ast.Name):
            return None
        origins = self._origins.get(function.id, {""})
        if any(origin.split(".")[0] not in KERAS for origin in origins):
            return None
        names = {origin.rpartition(".")[2] for origin in origins}
        return parts[0] if parts else names.pop() if len(names) == 1 else None


def _bindings(node: ast.AST) -> Iterator[tuple[str, str]]:
    """The names that a node binds, each with its dotted origin if it is imported, else with an empty text."""
    if isinstance(node, ast.Import):
        for alias in node.names:
            yield (alias.asname, alias.name) if alias.asname else (alias.name.split(".")[0],) * 2
    elif isinstance(node, ast.ImportFrom):
        origin = "" if node.level else node.module or ""
        yield from ((alias.asname or alias.name, f"{origin}.{alias.name}") for alias in node.names)
    elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield node.name, ""
    elif isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
        yield node.id, ""
    elif isinstance(node, ast.arg):
        yield node.arg, ""


def _is_shared(scope: ast.FunctionDef, name: str) -> bool:
    """Whether something outside of a function may read or change its variable."""
    return any(isinstance(n, ast.Global | ast.Nonlocal) and name in n.names for n in ast.walk(scope))


def _are_plain_names(draw: ast.Call) -> bool:
    """Whether a Choice lists its activations or initializers as texts, all of which leave shapes alone."""
    values = (
        draw.args[1]
        if len(draw.args) > 1
        else next((k.value for k in draw.keywords if k.arg == "values"), None)
    )
    return isinstance(values, ast.List | ast.Tuple) and all(
        isinstance(each, ast.Constant)
        and isinstance(each.value, str)
        and not any(word in each.value.lower() for word in SHAPED)
        for each in values.elts
    )
