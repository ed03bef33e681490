"""Hyperparameters that cannot change whether, or in which shapes, a model builds."""

from __future__ import annotations

import ast
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


def cannot_matter(module: Module, target: Target) -> Mapping[str, str]:
    """Names of hyperparameters whose value goes nowhere but into arguments that cannot change a build.

    A draw counts when it is such an argument itself, or when every use of the one name it is bound to is.
    Each value is still probed once by itself: a name may be unknown, a rate out of range.
    """
    tree = ast.parse(module.clean)
    function = next(
        (
            node
            for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef) and target.body.line <= node.lineno <= target.body.end_line
        ),
        None,
    )
    if function is None:
        return {}
    parents = {child: node for node in ast.walk(function) for child in ast.iter_child_nodes(node)}
    verdicts: dict[str, str | None] = {}
    for draw, name in _draws(function):
        reason = _reason(draw, parents, function)
        if name in verdicts and verdicts[name] is None:
            continue
        verdicts[name] = reason
    return {name: reason for name, reason in verdicts.items() if reason is not None}


def _draws(function: ast.FunctionDef) -> Iterator[tuple[ast.Call, str]]:
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in DRAWS:
            name = (
                node.args[0] if node.args else next((k.value for k in node.keywords if k.arg == "name"), None)
            )
            if isinstance(name, ast.Constant) and isinstance(name.value, str):
                yield node, name.value


def _reason(node: ast.expr, parents: Mapping[ast.AST, ast.AST], function: ast.FunctionDef) -> str | None:
    parameter = _parameter(node, parents)
    if parameter is not None:
        return HARMLESS.get(parameter)
    statement = parents.get(node)
    if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
        return None
    (bound,) = statement.targets
    if not isinstance(bound, ast.Name):
        return None
    uses = [n for n in ast.walk(function) if isinstance(n, ast.Name) and n.id == bound.id and n is not bound]
    reasons = [HARMLESS.get(_parameter(use, parents) or "") for use in uses]
    if (
        not uses
        or any(reason is None for reason in reasons)
        or any(isinstance(u.ctx, ast.Store) for u in uses)
    ):
        return None
    return reasons[0]


def _parameter(node: ast.expr, parents: Mapping[ast.AST, ast.AST]) -> str | None:
    """The parameter of the call that a value is handed to, if that is all that happens to it."""
    parent = parents.get(node)
    if isinstance(parent, ast.keyword):
        return parent.arg
    if isinstance(parent, ast.Call) and parent.args and parent.args[0] is node:
        function = parent.func
        name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
        return FIRST_ARGUMENT.get(name)
    return None
