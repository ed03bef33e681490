"""HS445."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import partial

from hypershape.fixes import edits
from hypershape.model import Analysis, Finding, Fix, Related, Severity
from hypershape.rules.base import Example, Rule
from hypershape.rules.common.projects import sharing
from hypershape.rules.common.tuners import Tuner, afresh
from hypershape.source import Code


class SharedProject(Rule):
    """Two tuners of a file keep their projects in one folder.

    ## What it does
    Finds a tuner that is made after another one has searched, with another model or of another kind, with the same
    `directory` and `project_name` (both may be left out) and without `overwrite=True`.

    ## Why it matters
    The second tuner reloads the trials of the first: it believes that it has searched already, and ends at once or
    mixes two search spaces.

    ## Fix
    Give each its own `project_name`.
    """

    code = "HS445"
    name = "shared-project"
    severity = Severity.WARNING
    static = True

    INVALID = (
        Example.search(
            """
            x, y = np.ones((8, 4)), np.ones((8, 1))
            first = kt.RandomSearch(build_model, "loss", max_trials=2, overwrite=True)
            first.search(x, y)
            second = kt.GridSearch(build_model, "loss", max_trials=2)
            second.search(x, y)
            """,
            at="kt.GridSearch",
            fixed='kt.GridSearch(build_model, "loss", max_trials=2, project_name="second")',
        ),
    )
    VALID = (
        Example.search(
            """
            x, y = np.ones((8, 4)), np.ones((8, 1))
            first = kt.RandomSearch(build_model, "loss", max_trials=2, overwrite=True, project_name="first")
            first.search(x, y)
            second = kt.RandomSearch(build_model, "loss", max_trials=2, overwrite=True, project_name="second")
            second.search(x, y)
            """
        ),
        Example.search(
            """
            x, y = np.ones((8, 4)), np.ones((8, 1))
            first = kt.RandomSearch(build_model, "loss", max_trials=2, overwrite=True)
            first.search(x, y)
            second = kt.GridSearch(build_model, "loss", max_trials=2, overwrite=True)
            second.search(x, y)
            """
        ),
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        code = analysis.module.code
        for tuner, before in sharing(analysis, code):
            earlier = next((each for each in before if _differ(each, tuner, code)), None)
            if earlier is not None and not _overwrites(tuner, code):
                yield self.finding(
                    "This tuner has its project where an earlier one has it, and takes over the trials of that one.",
                    code.span(tuner.node.func),
                    related=(Related(code.span(earlier.node.func), "the earlier tuner"),),
                    repairs=partial(_apart, tuner, code),
                )


def _differ(earlier: Tuner, tuner: Tuner, code: Code) -> bool:
    """Whether a tuner is of another kind than an earlier one, or has another model."""
    models = [code.argument(each.node, "hypermodel", 0) for each in (earlier, tuner)]
    other = {ast.dump(each) for each in models if each is not None}
    return earlier.found.class_name != tuner.found.class_name or len(other) > 1


def _overwrites(tuner: Tuner, code: Code) -> bool:
    node = code.argument(tuner.node, "overwrite")
    return node is not None and code.value(node, default=True) is not False


def _apart(tuner: Tuner, code: Code) -> Iterator[Fix]:
    statement = code.statement(tuner.node)
    name = tuner.found.class_name.lower()
    if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
        name = statement.targets[0].id
    edit = edits.set_argument(code.module, code.span(tuner.node), "project_name", f'"{name}"')
    if edit is not None:
        yield Fix("Give it a project of its own", (edit,))
    yield from afresh(tuner, code)
