"""HS216."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from hypershape.fixes.syntax import Code
from hypershape.model import Analysis, Finding, Fix, ProbeError, Span, TargetAnalysis
from hypershape.rules.base import Example
from hypershape.rules.common.failure import BuildFailure
from hypershape.rules.common.loops import numbered_by_loop

_TWICE = re.compile(
    r"unique names?\. Name '(?P<a>[^']*)'|The name \"(?P<b>[^\"]*)\" is used (?P<n>\d+) times"
)


class LayerNameTwice(BuildFailure):
    """Two layers of one model have the same name.

    ## What it does
    Builds the model over the search space and reports a `name=` that a loop gives to more than one layer.

    ## Why it matters
    It fails only in the trials that draw more than one layer.

    ## Fix
    Number the names: `name=f"dense_{i}"`.
    """

    code = "HS216"
    name = "layer-name-twice"
    pattern = _TWICE

    INVALID = (
        Example(
            """
            import keras
            from keras import layers


            def build_model(hp):
                model = keras.Sequential([keras.Input((4,))])
                for i in range(hp.Int("layers", 1, 3)):
                    model.add(layers.Dense(8, name="dense"))
                model.compile(loss="mse")
                return model
            """,
            condition="layers >= 2",
            fixed='name=f"dense_{i}"',
        ),
        Example(
            """
            import keras
            from keras import layers


            def build_model(hp):
                x = inputs = keras.Input((4,))
                for _ in range(hp.Int("layers", 1, 3)):
                    x = layers.Dense(8, name="dense")(x)
                model = keras.Model(inputs, x)
                model.compile(loss="mse")
                return model
            """,
            condition="layers >= 2",
            fixed='name=f"dense_{i}"',
        ),
    )
    VALID = (
        Example(
            """
            import keras
            from keras import layers


            def build_model(hp):
                model = keras.Sequential([keras.Input((4,))])
                for i in range(hp.Int("layers", 1, 3)):
                    model.add(layers.Dense(8, name=f"dense_{i}"))
                model.compile(loss="mse")
                return model
            """
        ),
        Example(
            """
            import keras
            from keras import layers


            def build_model(hp):
                inputs = keras.Input((4,))
                shared = layers.Dense(4, name="dense")
                x = inputs
                for _ in range(hp.Int("times", 1, 3)):
                    x = shared(x)
                model = keras.Model(inputs, x)
                model.compile(loss="mse")
                return model
            """
        ),
        Example(
            """
            import keras
            from keras import layers


            def build_model(hp):
                model = keras.Sequential([keras.Input((4,))])
                for i in range(hp.Int("layers", 1, 3)):
                    model.add(layers.Dense(8, name="first" if i == 0 else f"layer_{i}"))
                model.compile(loss="mse")
                return model
            """
        ),
    )

    def what(self, error: ProbeError, code: Code) -> str:
        return f"Two layers are called {_name(error)!r}"

    def where(self, error: ProbeError, target: TargetAnalysis, code: Code) -> Span:
        names = [code.argument(call, "name") for call in code.calls_in(target.target.body)]
        same = [each for each in names if isinstance(each, ast.Constant) and each.value == _name(error)]
        return code.span(same[0]) if len(same) == 1 else super().where(error, target, code)

    def fixes(self, finding: Finding, analysis: Analysis) -> Iterator[Fix]:
        code = Code.of(analysis.module)
        name = _name(finding.error) if finding.error else ""
        for call in code.calls:
            written = code.argument(call, "name")
            loop = next((each for each in code.ancestors(call) if isinstance(each, ast.For)), None)
            if not isinstance(written, ast.Constant) or written.value != name or loop is None:
                continue
            numbered = numbered_by_loop(written, loop, code)
            if numbered is not None:
                yield Fix("Number the layers' names", numbered)
        yield from super().fixes(finding, analysis)


def _name(error: ProbeError) -> str:
    found = _TWICE.search(error.message)
    return next((each for each in found.group("a", "b") if each), "") if found else ""
