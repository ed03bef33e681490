"""What the rules about failing builds share: where a cause stands in the text, what refused what, common repairs."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import partial
from typing import ClassVar, TypeGuard

from hypershape.fixes import edits, tighten
from hypershape.fixes.guard import guard
from hypershape.model import (
    Analysis,
    Cause,
    Finding,
    Fix,
    Frame,
    ProbeError,
    Related,
    Severity,
    Shape,
    Span,
    TargetAnalysis,
)
from hypershape.rules.base import Rule, causes
from hypershape.rules.common import wording
from hypershape.rules.common.calls import calls_reached, class_of
from hypershape.rules.common.samples import uneven
from hypershape.rules.common.shaping import sample_shaped
from hypershape.source import Code, contains
from hypershape.space.shares import SEEN, of_cause

COSTLY = 0.5
"""What drops so much of the space comes after what changes the model and drops nothing."""

WINDOWED = re.compile(r"(Conv|Pooling)\dD$")


def _is_never_met(target: TargetAnalysis, cause: Cause, analysis: Analysis) -> bool:
    """Whether Keras counts the samples of a search before it, so that no step is taken: HS309 tells that."""
    return cause.error.stage == "step" and any(each.target is target for each in uneven(analysis))


class BuildFailure(Rule):
    """Base of the rules that explain one kind of error raised while the target builds its model."""

    severity = Severity.ERROR
    kinds: ClassVar[tuple[str, ...]] = ()
    """The kinds of errors that the rule explains, as `agent/kinds.py` names them."""
    stages: ClassVar[tuple[str, ...]] = ("build", "compile", "step")
    """A model without an input shape meets its shapes only in the step."""

    def explains(self, error: ProbeError) -> bool:
        return error.stage in self.stages and error.kind in self.kinds

    def what(self, error: ProbeError, code: Code) -> str:
        """What does not fit, in the user's words: the beginning of the message, without a full stop."""
        raise NotImplementedError

    def quoted(self, error: ProbeError) -> str:
        """What of the exception's own text adds something to `what`."""
        return wording.quote(error.message)

    def where(self, error: ProbeError, target: TargetAnalysis, code: Code) -> Span:
        """What to underline: the refusing layer or expression, else the name of the target."""
        return place(error, code) or target.target.span

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        code = analysis.module.code
        for target, cause in causes(analysis):
            if self.explains(cause.error) and not _is_never_met(target, cause, analysis):
                yield self.report(target, cause, code)

    def seen(self, target: TargetAnalysis, cause: Cause, code: Code) -> ProbeError:
        """The error with what the target tells beyond Keras's own text."""
        return cause.error

    def report(self, target: TargetAnalysis, cause: Cause, code: Code) -> Finding:
        error = self.seen(target, cause, code)
        sentence = f"{self.what(error, code)} {wording.when(target, cause)}."
        quoted = self.quoted(error)
        said = f"{error.type}: {quoted}" if quoted else ""
        return self.finding(
            f"{sentence}\n{said}" if said else sentence,
            self.where(error, target, code),
            target=target.target.name,
            cause=cause,
            related=related(target, cause, code),
            said=said,
            repairs=partial(self.repairs, target, cause, code),
            last_resorts=partial(_given_up, target, cause, code),
        )

    def repairs(self, target: TargetAnalysis, cause: Cause, code: Code) -> Iterator[Fix]:
        """Candidate repairs of a cause, best first: those that a rule knows, the shape of the data, narrower ranges.

        What gives up models that build, or half of the space, comes after what loses nothing.
        """
        costly: list[Fix] = []
        figure = of_cause(target, cause)
        failing = figure.high + figure.elsewhere if figure is not None else 1.0
        for narrower in tighten.tighten(target, cause, code):
            if narrower.drops < COSTLY and narrower.drops - failing <= SEEN:
                yield narrower
            else:
                costly.append(narrower)
        yield from sample_shaped(target, code)
        yield from self.lossless(target, cause, code)
        yield from costly

    def lossless(self, target: TargetAnalysis, cause: Cause, code: Code) -> Iterator[Fix]:
        """Candidates that keep the whole space and change the model."""
        yield from ()


def _given_up(target: TargetAnalysis, cause: Cause, code: Code) -> Iterator[Fix]:
    """The failing configurations as failed trials on purpose."""
    fix = guard(target, cause, code)
    if fix is not None:
        yield fix


def innermost(error: ProbeError, code: Code) -> Span | None:
    """The innermost place of a traceback that lies in this document."""
    frame = _frame(error, code)
    return None if frame is None else frame.span


def _frame(error: ProbeError, code: Code) -> Frame | None:
    return next((frame for frame in reversed(error.frames) if _is_here(frame, code)), None)


def _is_here(frame: Frame | None, code: Code) -> TypeGuard[Frame]:
    return frame is not None and frame.span.path == code.module.document.path


def place(error: ProbeError, code: Code) -> Span | None:
    """What to underline: where the layer that refuses was made, else the expression that raised.

    Before Python 3.11 that is a whole statement, unless only one of its calls can have made the layer.
    """
    call = layer_call(error, code)
    if call is not None:
        return code.span(call)
    return error.made.span if _is_here(error.made, code) else innermost(error, code)


def layer_call(error: ProbeError, code: Code) -> ast.Call | None:
    """The call that constructs the refusing layer, where it is certain which one does."""
    if error.layer_class is None:
        return None
    if error.made is None:
        frame = _frame(error, code)
        return _only_one(error, code) if frame is None else _constructor(frame, error, code)
    return _constructor(error.made, error, code) if _is_here(error.made, code) else None


def _only_one(error: ProbeError, code: Code) -> ast.Call | None:
    """The only call of the file that makes a layer of the refusing class, wherever that is."""
    made = [call for call in code.calls if class_of(call, code) == error.layer_class]
    return made[0] if len(made) == 1 else None


def _constructor(frame: Frame, error: ProbeError, code: Code) -> ast.Call | None:
    """The call in what a frame was running that makes a layer of the refusing class; None where two might."""
    running = code.expression(frame.span, ast.Call)
    if isinstance(running, ast.Call) and frame.line is None and class_of(running, code) == error.layer_class:
        return running
    if frame is error.made and frame.line is None:
        return None
    inside = [call for call in code.calls_in(frame.span) if class_of(call, code) == error.layer_class]
    for made in ([call for call in inside if call.lineno == frame.line], inside, _named(inside, error, code)):
        if len(made) == 1:
            return made[0]
    return None


def compiles(target: TargetAnalysis, code: Code) -> list[ast.Call]:
    """The calls of `model.compile` in a target and in the functions of the file that it calls."""
    return [
        call
        for call in calls_reached(target, code)
        if isinstance(call.func, ast.Attribute) and call.func.attr == "compile"
    ]


def input_shapes(body: Span, code: Code) -> Iterator[ast.expr]:
    """The input shapes that a target writes down: of each `Input`, or as `input_shape` of a layer."""
    for call in code.calls_in(body):
        shape = code.argument(call, "shape", 0) if class_of(call, code) == "Input" else None
        shape = shape or code.argument(call, "input_shape")
        if shape is not None:
            yield shape


def _named(made: list[ast.Call], error: ProbeError, code: Code) -> list[ast.Call]:
    """The calls whose literal `name=` is the layer's name."""
    names = [(call, code.argument(call, "name")) for call in made]
    return [call for call, name in names if isinstance(name, ast.Constant) and name.value == error.layer]


def related(target: TargetAnalysis, cause: Cause, code: Code) -> tuple[Related, ...]:
    """Where another of the user's files raises, and the declarations of the hyperparameters in a condition."""
    found: dict[Span, Related] = {}
    raised = cause.error.span
    if raised is not None and raised.path != code.module.document.path:
        found[raised] = Related(raised, f"{cause.error.type} is raised here")
    for each in target.hyperparameters:
        if each.name in cause.names and each.span is not None and each.span not in found:
            if each.values is None:
                drawn = f"between {each.min} and {each.max}"
            else:
                shown = [repr(value) for value in each.values]
                drawn = ", ".join(shown if len(shown) <= 8 else [*shown[:4], "…", shown[-1]])
            found[each.span] = Related(each.span, f"{each.name} is drawn here: {drawn}")
    return tuple(found.values())


def axes(error: ProbeError, name: str) -> Shape | None:
    """A shape among the details of an error."""
    value = error.details.get(name)
    return value if _is_shape(value) else None


def _is_shape(value: object) -> TypeGuard[Shape]:
    return isinstance(value, tuple) and all(each is None or isinstance(each, int) for each in value)


def shapes(error: ProbeError) -> tuple[Shape, ...]:
    """The shapes that were refused: those of a layer's inputs, or those that the message names."""
    named = error.details.get("shapes")
    return error.input_shapes or tuple(filter(_is_shape, named if isinstance(named, tuple) else ()))


def input_axes(error: ProbeError) -> Shape | None:
    """The shape of the refusing layer's (first) input with its batch axis."""
    return error.input_shapes[0] if error.input_shapes else axes(error, "shape")


def windows(error: ProbeError, layer: str, short: str) -> str:
    """`Conv2D` needs at least 7×7 pixels but gets 4×4: what a window does not fit into, as far as it is known."""
    needs, gets = axes(error, "needs"), axes(error, "gets")
    if gets is None:
        return f"`{layer}` {short}"
    if needs is None:
        return f"`{layer}` gets only {wording.area(gets)}"
    return f"`{layer}` needs at least {wording.area(needs)} but gets {wording.size(gets)}"


def same_padding(error: ProbeError, code: Code) -> Iterator[Fix]:
    """`padding="same"` on the layer that ran out of pixels."""
    call = layer_call(error, code)
    if call is None:
        return
    edit = edits.set_argument(code.module, code.span(call), "padding", '"same"', padding_position(call, code))
    if edit is not None:
        yield Fix(f'Pad {class_of(call, code)} with padding="same" (changes its output shape)', (edit,))


def all_padded(target: TargetAnalysis, code: Code) -> Iterator[Fix]:
    """Every window of the target over a padded map, so that none loses pixels."""
    padded = []
    for call in windowed_calls(target, code):
        position = padding_position(call, code)
        padding = code.argument(call, "padding", position)
        if padding is None or code.value(padding, None) == "valid":
            padded.append(edits.set_argument(code.module, code.span(call), "padding", '"same"', position))
    if padded and None not in padded:
        title = 'Pad every convolution and pooling with padding="same" (changes output shapes)'
        yield Fix(title, tuple(edit for edit in padded if edit))


def clamped_size(error: ProbeError, code: Code, name: str, position: int) -> Iterator[Fix]:
    """`min(kernel, x.shape[1], x.shape[2])` where the layer is called on a named tensor or added to a named model."""
    call, given, layout = layer_call(error, code), input_axes(error), error.arguments.get("data_format")
    if call is None or given is None or (layout is not None and layout.value == "channels_first"):
        return
    size, shape = code.argument(call, name, position), shape_at_hand(call, code)
    if size is None or shape is None or isinstance(size, (ast.Tuple, ast.List)):
        return
    limits = ", ".join(f"{shape}[{axis}]" for axis in range(1, len(given) - 1))
    edit = edits.replace_argument(
        code.module, code.span(call), (name, str(position)), f"min({code.source(size)}, {limits})"
    )
    if edit is not None:
        yield Fix(f"Limit {name} by the size of the input", (edit,))


def shape_at_hand(call: ast.Call, code: Code) -> str | None:
    """The expression that holds the shape of what reaches a layer."""
    outer = code.parents.get(call)
    if not isinstance(outer, ast.Call) or len(outer.args) != 1:
        return None
    if outer.func is call and isinstance(outer.args[0], ast.Name):
        return f"{outer.args[0].id}.shape"
    if isinstance(outer.func, ast.Attribute) and outer.func.attr == "add" and outer.args[0] is call:
        return f"{code.source(outer.func.value)}.output_shape"
    return None


def padding_position(call: ast.Call, code: Code) -> int:
    """The index at which a convolution or pooling takes `padding` by position."""
    name = class_of(call, code)
    if "Pooling" in name:
        return 2
    return 2 if name.startswith("Depthwise") else 3


def windowed_calls(target: TargetAnalysis, code: Code) -> list[ast.Call]:
    """The convolutions and poolings inside a target's body."""
    return [
        call
        for call in code.calls_in(target.target.body)
        if WINDOWED.search(class_of(call, code)) and "Global" not in class_of(call, code)
    ]


def inside_target(span: Span, analysis: Analysis) -> TargetAnalysis | None:
    """The target whose body holds a span."""
    around = [each for each in analysis.targets if contains(each.target.body, span)]
    return around[-1] if around else None
