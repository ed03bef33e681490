"""HS009."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from hypershape.fixes.edits import remove_statement
from hypershape.model import Analysis, Edit, EnvironmentVariable, Finding, Fix, Module, Severity, Span
from hypershape.rules.base import Rule
from hypershape.source import environs


class VariableSetTooLate(Rule):
    """An environment variable of Keras is set when Keras has been imported already.

    ## What it does
    Finds variables that Keras reads once, when it is imported (`KERAS_BACKEND`), and that the file sets after an
    import of Keras, Keras Tuner or TensorFlow, which imports Keras as well.

    ## Why it matters
    The line has no effect, and nothing says so: the search runs on the backend that was chosen before.

    ## Example
    ```python
    import keras
    import os

    os.environ["KERAS_BACKEND"] = "jax"  # the backend stays what it was
    ```

    ## Fix
    Set the variable above the imports.
    """

    code = "HS009"
    name = "variable-set-too-late"
    severity = Severity.WARNING

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        environment, module = analysis.environment, analysis.module
        if environment is None:
            return
        for each in module.variables:
            # Of what Keras alone reads it is known that it does so once.
            if environment.readers.get(each.name) != "keras" or each.is_default:
                continue
            if not environs.is_late(module.code, each, "keras") or each.name in environment.script:
                continue
            if each.name == "KERAS_BACKEND" and each.value == environment.backend:
                continue
            stays = f": the backend stays {environment.backend}" if each.name == "KERAS_BACKEND" else ""
            yield self.finding(
                f"{each.name} has no effect here, since Keras has been imported before{stays}; set it above the imports.",
                each.span,
                repairs=partial(_above, each, module),
            )


def _above(variable: EnvironmentVariable, module: Module) -> Iterator[Fix]:
    """The statement, moved above the first import of Keras; in a script alone, whose lines run in their order."""
    code, path = module.code, module.document.path
    first = environs.first_import(code, "keras")
    removed = remove_statement(module, variable.span)
    if module.document.is_notebook or first is None or removed is None:
        return
    line, end = code.span(first).line, code.text.newline
    statement = code.text.within(variable.span)
    text = f"import os{end}{end}{statement}{end}"
    yield Fix("Set it above the imports", (Edit(Span(path, line, 1, line, 1), text), removed))
