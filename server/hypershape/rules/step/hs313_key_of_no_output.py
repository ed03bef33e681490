"""HS313."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from difflib import get_close_matches

from hypershape.model import Cause, Edit, Fix, ProbeError, Span, TargetAnalysis
from hypershape.rules.base import Example
from hypershape.rules.common import wording
from hypershape.rules.common.failure import BuildFailure, compiles
from hypershape.rules.common.identifiers import requoted
from hypershape.source import Code

_BY_OUTPUT = (("loss", 1), ("loss_weights", 2), ("metrics", 3), ("weighted_metrics", 4))
"""What `compile` takes for each output, and at which place."""

_TWO = """
hidden = layers.Dense(hp.Int("units", 4, 8))(x)
price = layers.Dense(1, name="price")(hidden)
sold = layers.Dense(1, activation="sigmoid", name="sold")(hidden)
x = [price, sold]
"""


class KeyOfNoOutput(BuildFailure):
    """A dictionary of losses, their weights or metrics has a key that is no output of the model.

    ## What it does
    Assigns what a model is compiled with to its outputs, as its first training step does, and compares the keys with
    the names of the layers that give the outputs.

    ## Why it matters
    `compile` accepts any keys. Every trial fails in its first step, which speaks of paths and structures.

    ## Fix
    The name of the output, or the key as the name of its layer.
    """

    code = "HS313"
    name = "key-of-no-output"
    kinds = ("output-key",)
    stages = ("compile", "step")

    INVALID = (
        Example.layers(
            _TWO,
            input="(4,)",
            head="",
            compile='loss={"price": "mse", "bought": "binary_crossentropy"}',
            at='"bought"',
            fixed='loss={"price": "mse", "sold": "binary_crossentropy"}',
        ),
        Example.layers(
            _TWO,
            input="(4,)",
            head="",
            compile='loss={"price": "mse", "sold": "binary_crossentropy"}, metrics={"cost": "mae"}',
            at='"cost"',
        ),
    )
    VALID = (
        Example.layers(
            _TWO,
            input="(4,)",
            head="",
            compile='loss={"price": "mse", "sold": "binary_crossentropy"}, metrics={"sold": ["accuracy"]}',
        ),
    )

    def what(self, error: ProbeError, code: Code) -> str:
        known = wording.listed(f"'{each}'" for each in _known(error))
        outputs = "outputs are" if len(_known(error)) > 1 else "output is"
        return f"`{error.details.get('of')}` has a key '{error.details.get('key')}', which is no output of the model (its {outputs} {known})"

    def quoted(self, error: ProbeError) -> str:
        return ""

    def where(self, error: ProbeError, target: TargetAnalysis, code: Code) -> Span:
        found = [key for each in compiles(target, code) for key in _keys(each, error, code)]
        return code.span(found[0]) if found else super().where(error, target, code)

    def lossless(self, target: TargetAnalysis, cause: Cause, code: Code) -> Iterator[Fix]:
        """The name of an output that has no loss yet for the key; the key as the name of that output's layer."""
        key, calls = str(cause.error.details.get("key")), compiles(target, code)
        beside = [{each.value for each in entries} for call in calls for entries in _entries(call, code)]
        taken = {each for names in beside if key in names for each in names}
        free = [each for each in _known(cause.error) if each not in taken]
        near = get_close_matches(key, free, n=len(free), cutoff=0.0)
        for name in near:
            keys = [each for call in calls for each in _keys(call, cause.error, code)]
            changed = tuple(Edit(code.span(each), requoted(code.source(each), name)) for each in keys)
            yield Fix(f"Write {name} for {key}", changed)
        for name in near:
            named = [
                each.value
                for call in code.calls_in(target.target.body)
                for each in call.keywords
                if each.arg == "name" and isinstance(each.value, ast.Constant) and each.value.value == name
            ]
            if len(named) == 1:
                changed = (Edit(code.span(named[0]), requoted(code.source(named[0]), key)),)
                yield Fix(f"Call the output {key}", changed)


def _known(error: ProbeError) -> tuple[str, ...]:
    names = error.details.get("known")
    return tuple(map(str, names)) if isinstance(names, tuple) else ()


def _entries(call: ast.Call, code: Code) -> Iterator[list[ast.Constant]]:
    """The keys of each dictionary by output that a call of `compile` is given."""
    for name, position in _BY_OUTPUT:
        given = code.argument(call, name, position)
        written = code.resolve(given) if given is not None else None
        if isinstance(written, ast.Dict):
            yield [each for each in written.keys if isinstance(each, ast.Constant)]


def _keys(call: ast.Call, error: ProbeError, code: Code) -> Iterator[ast.Constant]:
    """Where the key stands that is no output."""
    key = error.details.get("key")
    yield from (each for entries in _entries(call, code) for each in entries if each.value == key)
