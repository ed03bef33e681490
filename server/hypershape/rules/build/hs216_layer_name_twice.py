"""HS216."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import partial

from hypershape.fixes import edits
from hypershape.model import Analysis, Cause, Edit, Finding, Fix, ProbeError, Span, TargetAnalysis
from hypershape.rules.base import Example
from hypershape.rules.common import rehearsed
from hypershape.rules.common.failure import BuildFailure
from hypershape.rules.common.identifiers import requoted
from hypershape.rules.common.loops import numbered_by_loop
from hypershape.rules.common.rehearsed import Story
from hypershape.source import Code


class LayerNameTwice(BuildFailure):
    """Two layers of one model have the same name.

    ## What it does
    Builds the model over the search space and reports a `name=` that a loop gives to more than one layer.

    A name such as `dense_1` is also what Keras calls its second unnamed layer: where the file builds other models
    before the tuner, an unnamed layer may come to it in the tuner's constructor.

    ## Why it matters
    It fails only in the trials that draw more than one layer, or only in the session in which the tuner is made.

    ## Fix
    Number the names: `name=f"dense_{i}"`. Leave names like `dense_1` to Keras.
    """

    code = "HS216"
    name = "layer-name-twice"
    kinds = ("layer-name-twice",)
    # In a process of its own everything builds, and the tuner cannot be made all the same.
    refutable = False

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
        Example.layers(
            """
            for i in range(hp.Int("layers", 1, 4)):
                x = layers.Dense(hp.Int(name=f"dense_{i}", min_value=4, max_value=8), name="dense_" + str(i // 2))(x)
            """,
            input="(4,)",
            head="",
            condition="layers >= 2",
            fixed="max_value=8))(x)",
        ),
        Example.layers(
            """
            x = layers.Dense(8, name="dense")(x)
            if hp.Boolean("deep"):
                x = layers.Dense(hp.Int("units", 4, 8), name="dense")(x)
            """,
            input="(4,)",
            head="",
            condition="deep",
            fixed='name="dense_2"',
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

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        yield from super().check(analysis)
        code = analysis.module.code
        for story in rehearsed.stories(analysis):
            if story.failed.stage == "tuner" and story.error.kind in self.kinds:
                yield self.finding(
                    f"The tuner cannot be made: models that this file builds before it have taken names of layers, so "
                    f"that a layer without a name becomes {_name(story.error)!r} in the tuner's constructor, where "
                    f"another one has this name. In a new process it builds.\n{rehearsed.what(story, code)}",
                    self._written(story, analysis) or rehearsed.place(story, code),
                    target=story.target,
                    error=story.error,
                    repairs=partial(_unnamed, _name(story.error), story, analysis),
                )

    def _written(self, story: Story, analysis: Analysis) -> Span | None:
        """Where the target writes the name down."""
        found = [written for _, written in _named(_name(story.error), story, analysis)]
        return analysis.module.code.span(found[0]) if len(found) == 1 else None

    def what(self, error: ProbeError, code: Code) -> str:
        return f"Two layers are called {_name(error)!r}"

    def where(self, error: ProbeError, target: TargetAnalysis, code: Code) -> Span:
        same = [written for _, written in _called(_name(error), target, code)]
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
        yield from _told_apart(_name(cause.error), target, code)
        yield from super().repairs(target, cause, code)


def _told_apart(name: str, target: TargetAnalysis, code: Code) -> Iterator[Fix]:
    """Of several layers that the text calls so, the later ones numbered; else no name where one is computed."""
    drawn = {each.span for each in target.declarations}
    same = [written for call, written in _called(name, target, code) if code.span(call) not in drawn]
    if len(same) > 1:
        numbered = [
            Edit(code.span(each), requoted(code.source(each), f"{name}_{number}"))
            for number, each in enumerate(sorted(same, key=code.span)[1:], start=2)
        ]
        yield Fix(f"Number the layers called {name}", tuple(numbered))
    given = [(call, code.argument(call, "name")) for call in code.calls_in(target.target.body)]
    computed = [
        call
        for call, written in given
        if written is not None and _may_come_to(written, name) and code.span(call) not in drawn
    ]
    removed = [edits.remove_argument(code.module, code.span(call), "name") for call in computed]
    if removed and None not in removed:
        yield Fix("Leave the names to Keras", tuple(each for each in removed if each is not None))


def _may_come_to(written: ast.expr, name: str) -> bool:
    """Whether a text that is put together in the code may be this one."""
    pattern = _pattern(written)
    return not isinstance(written, ast.Constant) and re.fullmatch(pattern, name, re.DOTALL) is not None


def _pattern(written: ast.expr) -> str:
    """A regular expression for the texts that an expression may come to."""
    if isinstance(written, ast.Constant) and isinstance(written.value, str):
        return re.escape(written.value)
    if isinstance(written, ast.JoinedStr):
        return "".join(map(_pattern, written.values))
    if isinstance(written, ast.BinOp) and isinstance(written.op, ast.Add):
        return _pattern(written.left) + _pattern(written.right)
    return ".*"


def _named(name: str, story: Story, analysis: Analysis) -> Iterator[tuple[ast.Call, ast.expr]]:
    """The calls of a target that give a layer this name, with what gives it."""
    code = analysis.module.code
    for target in analysis.targets:
        if target.target.name == story.target:
            yield from _called(name, target, code)


def _called(name: str, target: TargetAnalysis, code: Code) -> Iterator[tuple[ast.Call, ast.expr]]:
    """The calls in a target that give this name as it is, with where they do."""
    for call in code.calls_in(target.target.body):
        written = code.argument(call, "name")
        if isinstance(written, ast.Constant) and written.value == name:
            yield call, written


def _unnamed(name: str, story: Story, analysis: Analysis) -> Iterator[Fix]:
    """The layer under a name that no counter of Keras's comes to, or under none."""
    code = analysis.module.code
    for call, written in _named(name, story, analysis):
        free = f"{re.sub(r'_[0-9]+$', '', name)}_of_this_model"
        yield Fix(f"Call the layer {free}", (Edit(code.span(written), requoted(code.source(written), free)),))
        edit = edits.remove_argument(code.module, code.span(call), "name")
        if edit is not None:
            yield Fix("Leave the name to Keras", (edit,))


def _name(error: ProbeError) -> str:
    return str(error.details.get("name", ""))
