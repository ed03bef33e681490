"""HS309."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import partial

from hypershape.fixes import edits
from hypershape.model import Analysis, DeclaredData, Edit, Finding, Fix, Severity
from hypershape.rules.base import Example, Rule
from hypershape.rules.common.samples import uneven
from hypershape.source import Code


class SamplesDiffer(Rule):
    """The inputs and the labels of a search hold another number of samples each.

    ## What it does
    Compares the first axes of what a search is given as `x` and `y`.

    ## Why it matters
    Keras refuses the data before the first step of every trial. Where `x` holds one row for each feature, its axes
    are to be swapped.

    ## Fix
    One sample for each entry of the first axis: `np.stack(columns, axis=1)`, or `x.T`.
    """

    code = "HS309"
    name = "samples-differ"
    severity = Severity.ERROR

    INVALID = (
        Example.search(
            """
            x, y = np.stack([np.arange(90.0)] * 4), np.zeros(90)
            tuner = kt.RandomSearch(build_model, "loss", max_trials=3, overwrite=True)
            tuner.search(x, y)
            """,
            head="layers.Dense(1)",
            compile='loss="mse"',
            at="x",
            fixed="np.stack([np.arange(90.0)] * 4, axis=1)",
        ),
    )
    VALID = (
        Example.search(
            """
            x, y = np.stack([np.arange(90.0)] * 4, axis=1), np.zeros(90)
            tuner = kt.RandomSearch(build_model, "loss", max_trials=3, overwrite=True)
            tuner.search(x, y)
            """,
            head="layers.Dense(1)",
            compile='loss="mse"',
        ),
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        code = analysis.module.code
        for found in uneven(analysis):
            rows, labels = found.data.rows
            yield self.finding(
                f"`x` holds {rows:,} samples, of shape {found.data.x[0]}, but `y` holds {labels:,}: "
                "Keras refuses them before the first step of every trial.",
                code.span(found.x),
                repairs=partial(_turned, found.x, found.data, code),
            )


def _turned(x: ast.expr, data: DeclaredData, code: Code) -> Iterator[Fix]:
    """The samples along the first axis, where it is another one that is as long as the labels."""
    if data.rows[1] not in data.x[0]:
        return
    axis = data.x[0].index(data.rows[1] or 0) + 1
    made = code.resolve(x)
    if isinstance(made, ast.Name):
        made = _unpacked(made, code) or made
    if isinstance(made, ast.Call) and code.origin(made.func) == "numpy.stack":
        edit = edits.set_argument(code.module, code.span(made), "axis", str(axis), 1)
        if edit is not None:
            yield Fix(f"Stack along axis {axis}", (edit,))
    if len(data.x[0]) == 1 and isinstance(x, (ast.Name, ast.Attribute, ast.Subscript, ast.Call)):
        yield Fix("Swap the axes of x", (Edit(code.span(x), f"{code.source(x)}.T"),))


def _unpacked(name: ast.Name, code: Code) -> ast.expr | None:
    """The value of a name that one assignment of several binds: `x, y = a, b`."""
    bound = code.bound_at(name.id, name)
    pair = code.parents.get(bound[0]) if len(bound) == 1 else None
    statement = code.parents.get(pair) if pair is not None else None
    if not isinstance(pair, ast.Tuple) or not isinstance(statement, ast.Assign):
        return None
    values = statement.value.elts if isinstance(statement.value, ast.Tuple) else []
    return values[pair.elts.index(bound[0])] if len(values) == len(pair.elts) else None  # type: ignore[arg-type]
