"""HS003."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from functools import partial

from hypershape.model import Analysis, Edit, Finding, Fix, Related, Severity
from hypershape.rules.base import Example, Rule
from hypershape.source import Code


class DeprecatedImport(Rule):
    """Keras Tuner is imported under its old name, `kerastuner`.

    ## What it does
    Finds imports of `kerastuner` and its submodules.

    ## Why it matters
    Only a shim in the package kt-legacy still carries the old name; it warns, and lacks some submodules.

    ## Fix
    Import `keras_tuner`.
    """

    code = "HS003"
    name = "deprecated-import"
    severity = Severity.HINT
    tag = "deprecated"
    static = True

    INVALID = (
        Example("import kerastuner as kt\n", at="kerastuner as kt", fixed="import keras_tuner as kt"),
        Example(
            "from kerastuner.tuners import RandomSearch\n",
            at="from kerastuner.tuners import RandomSearch",
            fixed="from keras_tuner.tuners import RandomSearch",
        ),
        Example("import kerastuner\n", at="kerastuner", fixed="import keras_tuner as kerastuner"),
    )
    VALID = (
        Example("import keras_tuner as kt\nfrom keras_tuner import RandomSearch\n"),
        Example(
            """
            import keras
            from keras import layers
            import keras_tuner.applications as applications

            kerastuner = "the old name"


            def build_model(hp):
                model = keras.Sequential([keras.Input((4,)), layers.Dense(hp.Int("units", 1, 3))])
                model.compile(loss="mse")
                return model
            """
        ),
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        code = analysis.module.code
        places = list(_imports(code))
        if places:
            yield self.finding(
                "The package is called keras_tuner today; kerastuner is a deprecated shim.",
                code.span(places[0]),
                related=tuple(Related(code.span(each), "imported here, too") for each in places[1:]),
                repairs=partial(_renamed, places, code),
            )


def _imports(code: Code) -> Iterator[ast.AST]:
    """Every import of the package under its old name."""
    for node in code.import_statements:
        names: list[tuple[ast.AST, str]] = []
        if isinstance(node, ast.Import):
            names = [(alias, alias.name) for alias in node.names]
        elif node.level == 0:
            names = [(node, node.module or "")]
        yield from (place for place, name in names if name.split(".")[0] == "kerastuner")


def _renamed(places: Sequence[ast.AST], code: Code) -> Iterator[Fix]:
    """All imports under the new name; a plain `import kerastuner` goes on binding the old one."""
    edits = [edit for place in places if (edit := _edit(place, code)) is not None]
    if edits:
        yield Fix("Import keras_tuner", tuple(edits))


def _edit(place: ast.AST, code: Code) -> Edit | None:
    span, written = code.span(place), code.source(place)
    if written.startswith("kerastuner.") and " as " not in written:
        return None
    start = code.text.bounds(span)[0] + written.index("kerastuner")
    name = code.text.span(span.path, start, start + len("kerastuner"))
    return Edit(name, "keras_tuner as kerastuner" if written == "kerastuner" else "keras_tuner")
