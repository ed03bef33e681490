"""HS008."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from hypershape.fixes.edits import remove_statement
from hypershape.model import (
    Analysis,
    Cause,
    EnvironmentVariable,
    Finding,
    Fix,
    Module,
    ProbeError,
    Severity,
    TargetAnalysis,
)
from hypershape.rules.base import Rule, causes

LEGACY = "TF_USE_LEGACY_KERAS"


class VariableBreaksImports(Rule):
    """An environment variable that the script sets before its imports asks for a package that cannot be had.

    ## What it does
    Starts the interpreter with the variables that the file sets before it imports Keras (`os.environ[...] = ...`,
    `os.environ.setdefault`, `os.environ.update`, `%env`), as far as the imports read them, and says what no longer
    imports: the backend that `KERAS_BACKEND` names, the `tf_keras` that `TF_USE_LEGACY_KERAS` puts behind `tf.keras`.

    ## Why it matters
    The script ends at its imports, or where it first uses `tf.keras`, with an ImportError that does not name the
    variable.

    ## Example
    ```python
    import os

    os.environ["TF_USE_LEGACY_KERAS"] = "1"
    import tensorflow as tf

    model = tf.keras.Sequential()  # ImportError: Keras cannot be imported. Check that it is installed.
    ```

    ## Fix
    Install the package that the variable asks for, or take the line out.
    """

    code = "HS008"
    name = "variable-breaks-imports"
    severity = Severity.ERROR

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        environment, module = analysis.environment, analysis.module
        if environment is None or not environment.script:
            return
        asking = [each for each in module.variables if each.name in environment.script]
        if environment.problem is not None and asking:
            names = " and ".join(dict.fromkeys(f"{each.name}={each.value}" for each in asking))
            yield self.finding(
                f"With {names}, {environment.problem.strip()}",
                asking[0].span,
                target=module.targets[0].name if module.targets else None,
                repairs=partial(_without, asking, module),
            )
        elif environment.problem is None:
            switch = next((each for each in reversed(asking) if each.name == LEGACY), None)
            if switch is not None and environment.packages.get("tf-keras", "") is None:
                yield from self._legacy(switch, analysis)

    def _legacy(self, switch: EnvironmentVariable, analysis: Analysis) -> Iterator[Finding]:
        """What fails because `tf.keras` is a package that is not installed; TensorFlow's own words do not name it."""
        failed: list[tuple[TargetAnalysis, Cause | None, ProbeError]]
        failed = [(target, cause, cause.error) for target, cause in causes(analysis)]
        failed += [(each, None, each.error) for each in analysis.targets if each.error is not None]
        for target, cause, error in failed:
            if error.type == "ImportError" and error.kind == "other":
                line = (
                    f" in {analysis.module.document.where(error.span.line)}" if error.span is not None else ""
                )
                yield self.finding(
                    f"{LEGACY}={switch.value} makes `tf.keras` the package tf_keras, which is not installed: it "
                    f"cannot be imported{line}. Install it (pip install tf_keras), or take this line out.",
                    switch.span,
                    target=target.target.name,
                    cause=cause,
                    repairs=partial(_without, [switch], analysis.module),
                )


def _without(asking: Sequence[EnvironmentVariable], module: Module) -> Iterator[Fix]:
    for each in asking:
        edit = remove_statement(module, each.span)
        if edit is not None:
            yield Fix(f"Do not set {each.name}", (edit,))
