"""HS010."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator

from hypershape.model import Analysis, Finding, Severity
from hypershape.rules.base import Example, Rule
from hypershape.source import Code


class MissingModule(Rule):
    """The search of a file rests on a module that the interpreter does not have.

    ## What it does
    Names the imports of a rehearsed search that find nothing. One in a `try` with an `except` is left alone.

    ## Why it matters
    With this interpreter the file ends at the import, before its search. Something stands in for the module in the
    rehearsal, so that the rest could be looked at; what the module does was not.

    ## Fix
    Install the package, or choose the interpreter that has it.
    """

    code = "HS010"
    name = "missing-module"
    severity = Severity.INFO
    rehearsed = True

    INVALID = (
        Example.search(
            """
            tuner = kt.RandomSearch(build_model, "val_loss", max_trials=3, overwrite=True)
            tuner.search(
                np.ones((8, 4)), np.ones((8, 1)), validation_split=0.25, callbacks=[trackers_r_us.Tracker()]
            )
            """,
            head="layers.Dense(1)",
            before="import trackers_r_us",
            at="import trackers_r_us",
        ),
    )
    VALID = (
        Example.search(
            """
            tuner = kt.RandomSearch(build_model, "val_loss", max_trials=3, overwrite=True)
            tuner.search(np.ones((8, 4)), np.ones((8, 1)), validation_split=0.25)
            """,
            head="layers.Dense(1)",
            before="""
            try:
                import trackers_r_us
            except ImportError:
                trackers_r_us = None
            """,
        ),
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        code = analysis.module.code
        absent = {name for each in analysis.rehearsals for name in each.facts.get("absent") or ()}
        for node, name in _imports(code, absent):
            if not _is_tried(node, code):
                yield self.finding(
                    f"`{name}` is neither installed in this interpreter nor beside this file: "
                    "the file ends here, before its search.",
                    code.span(node),
                )


def _imports(code: Code, absent: Collection[str]) -> Iterator[tuple[ast.AST, str]]:
    """The first import of each module that is not there."""
    told = set()
    for node in code.import_statements:
        names = [each.name for each in node.names] if isinstance(node, ast.Import) else [node.module or ""]
        for name in names:
            top = name.partition(".")[0]
            if top in absent and top not in told and not getattr(node, "level", 0):
                told.add(top)
                yield node, top


def _is_tried(node: ast.AST, code: Code) -> bool:
    """Whether a file goes on without it: what the import raises is caught, or a function imports it that may never run."""
    around = list(code.ancestors(node))
    return code.function(node) is not None or any(
        isinstance(each, ast.Try) and each.handlers for each in around
    )
