"""HS011."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import partial
from itertools import chain, pairwise

from hypershape.fixes import edits
from hypershape.model import Analysis, Finding, Fix, Severity
from hypershape.rules.base import Example, Rule
from hypershape.rules.common.calls import bodies
from hypershape.rules.common.tuners import tuners
from hypershape.source import Code, contains
from hypershape.source.slices import is_main_guard
from hypershape.source.unimported import surely_unimported

_MAY_NOT_RUN = (ast.If, ast.Try, ast.While, ast.Match, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_UNITS = 'model.add(layers.Dense(hp.Int("units", 1, 3)))'


class NeverImported(Rule):
    """A file uses a name of Keras or of another package that it never imports.

    ## What it does
    Names what a build function, or a line of the file that runs for certain, reads, what no statement of the file
    binds, and what an import would. A file without any import is part of another one, and one with a star import, a line
    that does not parse, or a magic or call that may bind names is left alone. In a notebook, whose kernel may know the
    name from a cell that is gone, it is a warning. The search space is checked as if the import were there.

    ## Why it matters
    The line ends with a NameError: in a build function before the first trial, elsewhere in the middle of the file.

    ## Fix
    Import it, from where the file takes the rest of Keras.
    """

    code = "HS011"
    name = "never-imported"
    severity = Severity.ERROR
    static = True

    INVALID = (
        Example.layers(
            f"{_UNITS}\nmodel.add(Dropout(0.5))",
            at="Dropout",
            fixed="from keras.layers import Dropout",
        ),
        Example.layers(
            _UNITS,
            before="from tensorflow.keras.callbacks import EarlyStopping",
            after="""
            tuner = kt.RandomSearch(build_model, "val_loss", max_trials=3, overwrite=True)
            callbacks = [EarlyStopping(patience=2), TensorBoard("logs")]
            """,
            at="TensorBoard",
            fixed="from tensorflow.keras.callbacks import TensorBoard",
        ),
    )
    VALID = (
        Example.layers(
            f"{_UNITS}\nmodel.add(Dropout(0.5))",
            before="from keras.layers import *",
        ),
        Example.layers(
            _UNITS,
            after="""
            def plot(rows):
                return pd.DataFrame(rows)
            """,
        ),
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        code = analysis.module.code
        severity = Severity.WARNING if code.document.is_notebook else None
        for name, statement in surely_unimported(code).items():
            found = next(chain(_in_targets(name, analysis), _in_the_file(name, analysis)), None)
            if found is not None:
                node, target, where, ends = found
                yield self.finding(
                    f"`{name}` is never imported: {where} with a NameError.",
                    code.span(node),
                    severity=severity,
                    target=target,
                    repairs=partial(_imported, statement, analysis),
                    ends=ends and severity is None,
                )


def _in_targets(name: str, analysis: Analysis) -> Iterator[tuple[ast.Name, str | None, str, bool]]:
    """Where a build function, or a function of the file that it calls, reads a name; and whether no search begins."""
    code = analysis.module.code
    for target in analysis.module.targets:
        spans = bodies(target, code)
        for node in _reads(name, code):
            if any(contains(each, code.span(node)) for each in spans):
                yield node, target.name, f"`{target.name}` ends", bool(target.tuners)


def _in_the_file(name: str, analysis: Analysis) -> Iterator[tuple[ast.Name, str | None, str, bool]]:
    """Where a file reads a name whatever happens; and whether before a search."""
    code = analysis.module.code
    searches = [code.span(each) for tuner in tuners(analysis, code) for each in tuner.searches]
    for node in _reads(name, code):
        if _runs(node, code):
            span = code.span(node)
            before = any((span.line, span.column) < (each.end_line, each.end_column) for each in searches)
            yield node, None, f"the file ends here{', before its search,' if before else ''}", before


def _reads(name: str, code: Code) -> Iterator[ast.Name]:
    return (node for node in code.nodes if isinstance(node, ast.Name) and node.id == name)


def _runs(node: ast.AST, code: Code) -> bool:
    """Whether a node of the module level is evaluated for certain, as a part of no annotation."""
    for inner, outer in pairwise((node, *code.ancestors(node))):
        if isinstance(outer, _MAY_NOT_RUN):
            tested = isinstance(outer, (ast.If, ast.While)) and inner is outer.test
            taken = isinstance(outer, ast.If) and inner in outer.body and is_main_guard(outer)
            if not (tested or taken or inner in getattr(outer, "decorator_list", ())):
                return False
        if isinstance(outer, (ast.arg, ast.Lambda, ast.BoolOp, ast.IfExp, ast.comprehension)):
            return False
        if isinstance(outer, ast.AnnAssign) and inner is outer.annotation:
            return False
    return True


def _imported(statement: str, analysis: Analysis) -> Iterator[Fix]:
    edit = edits.add_import(analysis.module, statement)
    if edit is not None:
        yield Fix(f"Add {statement}", (edit,))
