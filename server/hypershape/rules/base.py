"""What every rule is: a code, a name, a severity, documentation, examples that are run as tests, check and repairs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from textwrap import dedent
from typing import Any, ClassVar, Literal

from hypershape.model import Analysis, Cause, Finding, Repairs, Severity, Span, TargetAnalysis

VAST = 1000.0
"""The GB of a machine in which every model finds room."""


@dataclass(frozen=True, slots=True)
class Example:
    """A script that is run as a test of a rule and shown on its page.

    `at` is the text that must be underlined, `condition` the blame that must be found. `fixed` is a piece of text
    that the best fix must produce, `played` says that only a rehearsal shows it, `memory` is how many GB the machine
    has that trains it. The text may be indented as a whole.
    """

    text: str
    at: str | None = None
    condition: str | None = None
    fixed: str | None = None
    played: bool = False
    memory: float = VAST

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", dedent(self.text).strip("\n") + "\n")

    @classmethod
    def layers(
        cls,
        body: str,
        *,
        input: str = "(28, 28, 1)",
        head: str = "layers.Flatten(), layers.Dense(1)",
        compile: str = 'loss="mse"',
        before: str = "",
        after: str = "",
        data: str = "",
        fit: str = "",
        at: str | None = None,
        condition: str | None = None,
        fixed: str | None = None,
        played: bool = False,
        memory: float = VAST,
    ) -> Example:
        """The ten-line model around the few lines that a rule is about.

        `body` are statements that add layers to `model`, a Sequential with an input of shape `input`; `head` are
        the layers at its end, separated by commas ("" for none), `compile` the arguments of `model.compile`,
        `before` what stands between the imports and the function and `after` what follows it. Where `body` calls
        layers on the tensor `x` (it assigns to `x`), the model is functional instead, from `inputs` to `x`.
        `data` declares the shapes that it is trained on: "x=(4,) y=(1,)". With `fit`, a method of that name, a
        HyperModel called `Model` builds the model and trains it in that way.
        What the pieces use of NumPy, Keras Tuner, TensorFlow and the parts of Keras is imported.
        """
        lines = dedent(body).strip("\n").splitlines()
        functional = any(re.match(r"\s*x\s*=", line) for line in lines)
        ends = [layer.strip() for layer in re.split(r",\s*(?=layers\.)", head) if layer.strip()]
        if functional:
            begin = [f"x = inputs = keras.Input({input})"]
            finish = [*(f"x = {layer}(x)" for layer in ends), "model = keras.Model(inputs, x)"]
        else:
            begin = [f"model = keras.Sequential([keras.Input({input})])"]
            finish = [f"model.add({layer})" for layer in ends]
        function = _indented([*begin, *lines, *finish, f"model.compile({compile})", "return model"])
        if fit:
            methods = ["def build(self, hp):", *function, "", *dedent(fit).strip("\n").splitlines()]
            pieces = ["class Model(kt.HyperModel):", *_indented(methods)]
        else:
            pieces = ["def build_model(hp):", *function]
        if data:
            pieces = [f"# hypershape: {data}", *pieces]
        if before:
            pieces = [dedent(before).strip("\n"), "", "", *pieces]
        if after:
            pieces += ["", "", dedent(after).strip("\n")]
        blank = [""] if before else ["", ""]
        if pieces[0].startswith(("import ", "from ")):
            blank = []
        text = "\n".join([*_imports("\n".join(pieces)), *blank, *pieces])
        return cls(text, at=at, condition=condition, fixed=fixed, played=played, memory=memory)

    @classmethod
    def search(
        cls,
        lines: str,
        *,
        body: str = 'model.add(layers.Dense(hp.Int("units", 1, 3)))',
        input: str = "(4,)",
        head: str = "",
        **more: Any,
    ) -> Example:
        """A model of one layer, which `lines` give to a tuner; the other arguments are those of `layers`."""
        return cls.layers(body, input=input, head=head, after=lines, **more)


def _indented(lines: Iterable[str]) -> list[str]:
    return [f"    {line}" if line else "" for line in lines]


_MODULES = {
    "keras_tuner": "import keras_tuner",
    "kt": "import keras_tuner as kt",
    "np": "import numpy as np",
    "tf": "import tensorflow as tf",
}
_PARTS = ("activations", "initializers", "layers", "losses", "metrics", "ops", "optimizers", "regularizers")


def _imports(text: str) -> list[str]:
    """The import statements for what a piece of code uses, whether or not it uses `layers`."""
    used = set(re.findall(r"(?<![\w.])(\w+)\.", text)) | {"layers"}
    modules = ["import keras", *(line for name, line in _MODULES.items() if name in used)]
    return [*modules, f"from keras import {', '.join(part for part in _PARTS if part in used)}"]


class Rule:
    """Base of all rules; a subclass's docstring is its page, under the headings of `page`."""

    code: ClassVar[str]
    name: ClassVar[str]
    severity: ClassVar[Severity]
    INVALID: ClassVar[tuple[Example, ...]] = ()
    VALID: ClassVar[tuple[Example, ...]] = ()
    static: ClassVar[bool] = False
    """Whether the text alone decides; the other rules need a probe or the environment."""

    also_probed: ClassVar[bool] = False
    """Whether probes add to what the text alone shows."""
    rehearsed: ClassVar[bool] = False
    """Whether it tells what only a rehearsal of the search shows."""
    tag: ClassVar[Literal["unnecessary", "deprecated"] | None] = None
    """How an editor may show the place: faded, where nothing needs it, or struck out."""
    refutable: ClassVar[bool] = True
    """Whether an error read from the text is wrong when every configuration builds."""

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        """The findings of this rule, as far as the analysis has come."""
        raise NotImplementedError

    def finding(
        self,
        message: str,
        span: Span,
        *,
        severity: Severity | None = None,
        target: str | None = None,
        cause: Cause | None = None,
        repairs: Repairs | None = None,
        last_resorts: Repairs | None = None,
        **more: object,
    ) -> Finding:
        """A finding of this rule; one with a `cause` takes its condition, configuration and error from there.

        `repairs` gives candidate repairs, best first, when they are asked for: where a rule sees the fault it has
        the node in hand. `last_resorts` gives candidates that repair nothing, such as giving a configuration up.
        """
        if cause is not None:
            more = {
                "condition": cause.condition,
                "configuration": cause.first.configuration,
                "error": cause.error,
                "cause": cause,
                **more,
            }
        if repairs is not None:
            more["repairs"] = repairs
        if last_resorts is not None:
            more["last_resorts"] = last_resorts
        return Finding(
            self.code,
            self.name,
            severity or self.severity,
            message,
            span,
            target=target,
            **more,  # type: ignore[arg-type]
        )


def causes(analysis: Analysis) -> Iterator[tuple[TargetAnalysis, Cause]]:
    """Every cause of every target, in order."""
    for target in analysis.targets:
        for cause in target.causes:
            yield target, cause
