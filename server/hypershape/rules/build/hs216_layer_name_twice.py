"""HS216."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from hypershape.model import Cause, Fix, ProbeError, Span, TargetAnalysis
from hypershape.rules.base import Example
from hypershape.rules.common.failure import BuildFailure
from hypershape.rules.common.loops import numbered_by_loop
from hypershape.source import Code


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
    kinds = ("layer-name-twice",)

    INVALID = (
        Example.layers(
            """
            for i in range(hp.Int("layers", 1, 3)):
                model.add(layers.Dense(8, name="dense"))
            """,
            input="(4,)",
            head="",
            condition="layers >= 2",
            fixed='name=f"dense_{i}"',
        ),
        Example.layers(
            """
            for _ in range(hp.Int("layers", 1, 3)):
                x = layers.Dense(8, name="dense")(x)
            """,
            input="(4,)",
            head="",
            condition="layers >= 2",
            fixed='name=f"dense_{i}"',
        ),
    )
    VALID = (
        Example.layers(
            """
            for i in range(hp.Int("layers", 1, 3)):
                model.add(layers.Dense(8, name=f"dense_{i}"))
            """,
            input="(4,)",
            head="",
        ),
        Example.layers(
            """
            shared = layers.Dense(4, name="dense")
            for _ in range(hp.Int("times", 1, 3)):
                x = shared(x)
            """,
            input="(4,)",
            head="",
        ),
        Example.layers(
            """
            for i in range(hp.Int("layers", 1, 3)):
                model.add(layers.Dense(8, name="first" if i == 0 else f"layer_{i}"))
            """,
            input="(4,)",
            head="",
        ),
    )

    def what(self, error: ProbeError, code: Code) -> str:
        return f"Two layers are called {_name(error)!r}"

    def where(self, error: ProbeError, target: TargetAnalysis, code: Code) -> Span:
        names = [code.argument(call, "name") for call in code.calls_in(target.target.body)]
        same = [each for each in names if isinstance(each, ast.Constant) and each.value == _name(error)]
        return code.span(same[0]) if len(same) == 1 else super().where(error, target, code)

    def repairs(self, target: TargetAnalysis, cause: Cause, code: Code) -> Iterator[Fix]:
        for call in code.calls:
            written = code.argument(call, "name")
            loop = next((each for each in code.ancestors(call) if isinstance(each, ast.For)), None)
            if not isinstance(written, ast.Constant) or written.value != _name(cause.error) or loop is None:
                continue
            numbered = numbered_by_loop(written, loop, code)
            if numbered is not None:
                yield Fix("Number the layers' names", numbered)
        yield from super().repairs(target, cause, code)


def _name(error: ProbeError) -> str:
    return str(error.details.get("name", ""))
