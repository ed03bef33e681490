"""Hyperparameters that cannot change whether, or in which shapes, a model builds."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from hypershape.model import Document, Module, Target
from hypershape.source.code import Code, argument

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
    code = module.code
    wanted = next(
        (
            node
            for node in code.every(ast.FunctionDef)
            if target.body.line <= node.lineno <= target.body.end_line
        ),
        None,
    )
    if wanted is None:
        return {}
    every = target.slice.files if target.slice is not None else ()
    others = [each for each in every if each.path != module.document.path]
    files = [_File(code), *(_File(_read(each.path, each.text)) for each in others)]
    held = {}
    for name in files[0].declared_in(wanted):
        reasons = [file.reason(draw) for file in files for draw in file.draws_of(name)]
        if all(reasons) and not any(file.mentions(name) for file in files):
            held[name] = reasons[0] or ""
    return held


@lru_cache(maxsize=32)
def _read(path: str, text: str) -> Code:
    return Code(Document(path, text))


def _declared(draw: ast.Call) -> str | re.Pattern[str] | None:
    """The name that an `hp.…` call declares, or a pattern of the names that it may declare."""
    name = argument(draw, "name", 0)
    if isinstance(name, ast.Constant) and isinstance(name.value, str):
        return name.value
    if isinstance(name, ast.JoinedStr):
        parts = [re.escape(str(p.value)) if isinstance(p, ast.Constant) else ".*" for p in name.values]
        return re.compile("".join(parts))
    return re.compile(".*") if name is not None else None


class _File:
    """One file of a target: who uses what, and which names are Keras's own."""

    def __init__(self, code: Code) -> None:
        self._code = code
        self._draws = [
            (node, declared)
            for node in code.calls
            if isinstance(node.func, ast.Attribute)
            and node.func.attr in DRAWS
            and (declared := _declared(node)) is not None
        ]

    def declared_in(self, function: ast.FunctionDef) -> set[str]:
        """The constant names that are declared inside a function."""
        return {
            name
            for draw, name in self._draws
            if isinstance(name, str) and function in self._code.ancestors(draw)
        }

    def draws_of(self, name: str) -> Iterator[ast.Call]:
        for draw, declared in self._draws:
            if declared == name or (isinstance(declared, re.Pattern) and declared.fullmatch(name)):
                yield draw

    def mentions(self, name: str) -> bool:
        """Whether the name stands anywhere but where it is declared, or where a layer is named."""
        declared = {argument(draw, "name", 0) for draw, _ in self._draws}
        return any(
            node not in declared and not self._is_label(node) for node in self._code.strings.get(name, ())
        )

    def _is_label(self, node: ast.Constant) -> bool:
        parent = self._code.parents.get(node)
        return isinstance(parent, ast.keyword) and parent.arg == "name"

    def reason(self, draw: ast.Call) -> str | None:
        """Why the value of a draw cannot matter, or None if it might."""
        uses: list[ast.expr] = [draw]
        statement = self._code.parents.get(draw)
        if isinstance(statement, ast.Assign):
            bound = statement.targets[0]
            scope = self._scope(statement)
            if len(statement.targets) != 1 or not isinstance(bound, ast.Name) or scope is None:
                return None
            same = [
                node
                for node in self._code.mentions[bound.id]
                if node is not bound and scope in self._code.ancestors(node)
            ]
            if any(not isinstance(use.ctx, ast.Load) for use in same) or self._is_shared(scope, bound.id):
                return None
            uses = list(same)
        parameters = [self._parameter(use) for use in uses]
        if not parameters or any(p not in HARMLESS for p in parameters):
            return None
        if any(p in NAMED for p in parameters) and not _are_plain_names(draw):
            return None
        return HARMLESS[parameters[0] or ""]

    def _scope(self, node: ast.AST) -> ast.FunctionDef | None:
        return next((each for each in self._code.ancestors(node) if isinstance(each, ast.FunctionDef)), None)

    def _is_shared(self, scope: ast.FunctionDef, name: str) -> bool:
        """Whether something outside of a function may read or change its variable."""
        return any(
            isinstance(node, (ast.Global, ast.Nonlocal)) and scope in self._code.ancestors(node)
            for node in self._code.bindings[name]
        )

    def _parameter(self, node: ast.expr) -> str | None:
        """The parameter of Keras's callable that a value is handed to, if that is all that happens to it."""
        parent = self._code.parents.get(node)
        if isinstance(parent, ast.keyword):
            call = self._code.parents.get(parent)
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
            and "compile" not in self._code.bindings
        )

    def _keras(self, function: ast.expr) -> str | None:
        """The last name of a callable of Keras, or None for one that may be anything else."""
        origins = self._code.certainly(function)
        names = {origin.rpartition(".")[2] for origin in origins}
        if len(names) != 1 or any(origin.partition(".")[0] not in KERAS for origin in origins):
            return None
        return names.pop()


def _are_plain_names(draw: ast.Call) -> bool:
    """Whether a Choice lists its activations or initializers as texts, all of which leave shapes alone."""
    values = argument(draw, "values", 1)
    return isinstance(values, ast.List | ast.Tuple) and all(
        isinstance(each, ast.Constant)
        and isinstance(each.value, str)
        and not any(word in each.value.lower() for word in SHAPED)
        for each in values.elts
    )
