"""HS111."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import partial

from hypershape.fixes import edits
from hypershape.model import Analysis, Finding, Fix, Severity
from hypershape.rules.base import Example, Rule
from hypershape.rules.common.declared import label
from hypershape.source import Code, HpCall


class ValueNeverUsed(Rule):
    """A hyperparameter is drawn but its value is never used.

    ## What it does
    Finds declarations whose value is assigned to a variable of the function that nothing reads.

    ## Why it matters
    The search spends its trials on differences that change nothing.

    ## Fix
    Use the value, or remove the declaration.
    """

    code = "HS111"
    name = "value-never-used"
    severity = Severity.HINT
    tag = "unnecessary"
    static = True

    INVALID = (
        Example(
            """
            from keras import layers


            def build_model(hp, model):
                units = hp.Int("units", 32, 64)
                model.add(layers.Dense(64))
                return model
            """,
            at='hp.Int("units", 32, 64)',
        ),
    )
    VALID = (
        Example(
            """
            from keras import layers


            def build_model(hp, model):
                deep = hp.Boolean("deep")
                with hp.conditional_scope("deep", [True]):
                    model.add(layers.Dense(hp.Int("inner", 1, 3)))
                units = hp.Int("units", 32, 64)
                model.add(layers.Dense(units))
                return model
            """
        ),
        Example.layers(
            """
            hp.Fixed("version", 2)
            units = hp.Int("units", 1, 3)
            model.add(layers.Dense(locals()["units"]))
            """,
        ),
        Example.layers(
            """
            units = hp.Int("units", 1, 3)

            def head():
                return layers.Dense(units)
            model.add(head())
            """,
        ),
        Example.layers(
            """
            hp.Int("units", 1, 3)
            model.add(layers.Dense(hp.values["units"]))
            """,
        ),
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        code = analysis.module.code
        read_by_name = any(
            isinstance(node, ast.Attribute)
            and node.attr in ("get", "values")
            and code.is_hyperparameters(node.value)
            for node in code.nodes
        )
        dynamic = any(
            isinstance(node, ast.Name) and node.id in ("locals", "vars", "eval", "exec")
            for node in code.nodes
        )
        if read_by_name or dynamic:
            return
        for call in code.hp_calls:
            statement = code.parents.get(call.node)
            function = code.function(call.node)
            if not isinstance(statement, ast.Assign) or not isinstance(function, ast.FunctionDef):
                continue
            target = statement.targets[0]
            if len(statement.targets) != 1 or not isinstance(target, ast.Name) or call.kind == "Fixed":
                continue
            if not _read(target.id, function) and not _named_elsewhere(call, code):
                yield self.finding(
                    f"The value of {label(call, code)} is never used: trials that differ in it are the same.",
                    call.span,
                    repairs=partial(_removed, call, code),
                )


def _removed(call: HpCall, code: Code) -> Iterator[Fix]:
    removed = edits.remove_statement(code.module, call.span)
    if removed is not None:
        yield Fix(f"Remove {label(call, code)} from the search space", (removed,))


def _named_elsewhere(call: HpCall, code: Code) -> bool:
    """Whether the name is the parent of a scope, or may be read from a trial's hyperparameters."""
    name = code.value(call.arguments["name"], default=None) if "name" in call.arguments else None
    if not isinstance(name, str):
        return True
    for other in code.calls:
        scope = isinstance(other.func, ast.Attribute) and other.func.attr == "conditional_scope"
        parent = code.argument(other, "parent_name", 0 if scope else None)
        if isinstance(parent, ast.Constant) and parent.value == name:
            return True
    trials = any(isinstance(node, ast.Attribute) and node.attr == "hyperparameters" for node in code.nodes)
    return trials and sum(isinstance(node, ast.Constant) and node.value == name for node in code.nodes) > 1


def _read(name: str, function: ast.FunctionDef) -> bool:
    """Whether a variable is read anywhere in a function, or is not its own."""
    for node in ast.walk(function):
        if isinstance(node, ast.Name) and node.id == name and not isinstance(node.ctx, ast.Store):
            return True
        if isinstance(node, (ast.Global, ast.Nonlocal)) and name in node.names:
            return True
    return False
