"""Repairs that bring a model and its data together: the shape of the input, the axes and the width of the output."""

from __future__ import annotations

import ast
import math
from collections.abc import Iterator, Sequence
from itertools import permutations
from typing import Literal

from hypershape.fixes import edits
from hypershape.fixes.layers import put_after, put_before
from hypershape.model import Analysis, Edit, Fix, TargetAnalysis
from hypershape.rules.common.calls import calls_reached, class_of
from hypershape.rules.common.identifiers import requoted
from hypershape.rules.common.tuners import targets_of, tuners
from hypershape.source import Code

Axes = tuple[int | None, ...]
"""A shape with its batch axis."""

RECURRENT = ("LSTM", "GRU", "SimpleRNN")
_SHAPES = ("input_shape", "shape", "batch_input_shape", "batch_shape")
_SPATIAL = {3: "1D", 4: "2D", 5: "3D"}

_REORDERED = 3
"""So many inputs are tried in all their orders."""

_TRIED = 3
"""So many layers of a model may be the one that is to change."""


def sample_shaped(target: TargetAnalysis, code: Code) -> Iterator[Fix]:
    """The input shapes that a target writes down, each as the known data have it where it is another."""
    data = target.known_data
    if data is None or len(data.x) != 1 or len(set(data.rows)) > 1:
        return
    sizes = data.x[0]
    taken = _taken(target)
    for call in calls_reached(target, code):
        name, shape = _input_shape(call, code)
        if shape is None or not _differs(code.value(shape, None), sizes, name):
            continue
        for text, rank in _texts(shape, sizes, name, code):
            if taken is not None and taken == (*sizes, 1)[:rank]:
                continue
            kind = "width" if name == "input_dim" else "shape"
            yield Fix(f"Take inputs of {kind} {text}", (Edit(code.span(shape), text),))


def _taken(target: TargetAnalysis) -> tuple[int | None, ...] | None:
    """The shape, without its batch axis, of what reaches the first layer of a model as it was probed."""
    first = next((report.layers[0] for report in target.reports if report.layers), None)
    shape = first.input_shapes[0] if first is not None and len(first.input_shapes) == 1 else None
    return None if shape is None else tuple(shape[1:])


def _input_shape(call: ast.Call, code: Code) -> tuple[str, ast.expr | None]:
    """Where a layer says the shape of the model's input, by which argument."""
    is_input = class_of(call, code) in ("Input", "InputLayer")
    for name in (*_SHAPES, "input_dim"):
        if is_input or name not in ("shape", "batch_shape"):
            found = code.argument(call, name, 0 if is_input and name == "shape" else None)
            # An Embedding counts its words with `input_dim`.
            if found is not None and not (name == "input_dim" and class_of(call, code) == "Embedding"):
                return name, found
    return "", None


def _differs(written: object, sizes: tuple[int, ...], name: str) -> bool:
    """Whether an input shape is, or may be, another than that of the data, to which Keras may add a last axis."""
    if name == "input_dim":
        return len(sizes) == 1 and written != sizes[0]
    if isinstance(written, int):
        return True
    if not isinstance(written, (tuple, list)):
        return True
    taken = tuple(written)[1:] if name.startswith("batch") else tuple(written)
    return taken not in (sizes, (*sizes, 1))


def _texts(shape: ast.expr, sizes: tuple[int, ...], name: str, code: Code) -> Iterator[tuple[str, int]]:
    """How the shape of the data, then that with a last axis of size 1, may be written; each with its rank."""
    if name == "input_dim":
        yield str(sizes[0]), 1
        return
    held = next(
        (each for each in ast.walk(shape) if isinstance(each, ast.Attribute) and each.attr == "shape"), None
    )
    if held is not None:
        rest = f"{code.source(held)}[1:]"
        yield f"(None, *{rest})" if name.startswith("batch") else rest, len(sizes)
    batch: tuple[str, ...] = ()
    if name.startswith("batch"):
        first = shape.elts[0] if isinstance(shape, ast.Tuple) and shape.elts else None
        batch = ("None" if first is None else code.source(first),)
    for whole in (sizes, (*sizes, 1)):
        parts = [*batch, *map(str, whole)]
        yield f"({', '.join(parts)}{',' * (len(parts) == 1)})", len(whole)


def fewer_axes(target: TargetAnalysis, code: Code) -> Iterator[Fix]:
    """Repairs of an output with more axes than the labels: the last step alone, `Flatten`, a global pooling."""
    calls = calls_reached(target, code)
    kept = [code.argument(call, "return_sequences") for call in calls]
    sequences = [each for each in kept if isinstance(each, ast.Constant) and each.value is True]
    if sequences:
        edit = Edit(code.span(max(sequences, key=code.span)), "False")
        yield Fix("Return only the last step (changes the output)", (edit,), reshapes=True)
    yield from _flattened_input(calls, code)
    for call in _last_layers(calls, code):
        line = f"the layer on line {call.lineno}"
        flattened = put_before(call, "Flatten()", code)
        if flattened is not None:
            yield Fix(f"Flatten what reaches {line} (changes the output)", flattened, reshapes=True)
        rank = _rank_before(call, target, code)
        pooled = (
            put_before(call, f"GlobalAveragePooling{_SPATIAL[rank]}()", code) if rank in _SPATIAL else None
        )
        if pooled is not None:
            yield Fix(f"Pool all that reaches {line} (changes the output)", pooled, reshapes=True)


def _flattened_input(calls: Sequence[ast.Call], code: Code) -> Iterator[Fix]:
    """Where a model has none but dense layers, its input is what is to be flattened."""
    classes = {class_of(call, code) for call in calls}
    if any(each.startswith(("Conv", "Separable", "Depthwise", *RECURRENT)) for each in classes):
        return
    for call in calls:
        if class_of(call, code) in ("Input", "InputLayer"):
            made = put_after(call, "Flatten()", code) if isinstance(call.func, ast.Attribute) else None
            if made is not None and ".layers." in (code.origin(call.func) or ""):
                yield Fix("Flatten the input (changes the output)", made, reshapes=True)


def _last_layers(calls: Sequence[ast.Call], code: Code) -> list[ast.Call]:
    """The dense layers that may be the last of the model: the last of each function, the nearest first."""
    last: dict[object, ast.Call] = {}
    for call in calls:
        if class_of(call, code) == "Dense":
            before = last.get(code.function(call))
            if before is None or code.span(before) < code.span(call):
                last[code.function(call)] = call
    return list(last.values())[:_TRIED]


def _rank_before(call: ast.Call, target: TargetAnalysis, code: Code) -> int:
    """The rank of what a dense layer gives, which is that of what it gets; 0 where it is not known."""
    span = code.span(call)
    row = next((row for row in target.layers if row.span == span), None)
    return len(row.shapes[0]) if row is not None and row.shapes else 0


def more_axes(target: TargetAnalysis, code: Code) -> Iterator[Fix]:
    """A recurrent layer that gives every step, where the labels have an axis for the steps."""
    calls = [call for call in calls_reached(target, code) if class_of(call, code) in RECURRENT]
    for call in sorted(calls, key=code.span, reverse=True)[:1]:
        if (
            code.argument(call, "return_sequences") is None
            or code.value(code.argument(call, "return_sequences") or call, None) is False
        ):
            edit = edits.set_argument(code.module, code.span(call), "return_sequences", "True")
            if edit is not None:
                yield Fix(
                    f"Let {class_of(call, code)} return its whole sequence (changes the output)",
                    (edit,),
                    reshapes=True,
                )


def rearranged(
    target: TargetAnalysis, taken: Sequence[int], given: Sequence[int], analysis: Analysis
) -> Iterator[Fix]:
    """The data of each search of a target in the shape that its model takes, by a method of arrays.

    Their axes in another order where that is certain; else, where a sample holds as many values, another shape.
    """
    order = _order(given, taken)
    if order is not None:
        how = f".transpose({', '.join(map(str, (0, *(axis + 1 for axis in order))))})"
    elif len(taken) != len(given) and math.prod(taken) == math.prod(given):
        how = f".reshape({', '.join(map(str, (-1, *taken)))})"
    else:
        return
    for changed in _made_of_what_is_given(target, 0, how, analysis):
        yield Fix(f"Give the search {changed[0].text}", changed)


def _order(given: Sequence[int], taken: Sequence[int]) -> tuple[int, ...] | None:
    """The order of axes in which what is given is what is taken; None where several would do and none turns alone."""
    axes = range(len(given))
    fitting = [each for each in permutations(axes) if [given[axis] for axis in each] == list(taken)]
    turned = [each for each in fitting if any(each == (*axes[n:], *axes[:n]) for n in axes)]
    found = turned or fitting
    return found[0] if len(found) == 1 and tuple(axes) != found[0] else None


def in_other_order(target: TargetAnalysis, analysis: Analysis) -> Iterator[Fix]:
    """The several inputs that the searches of a target are given as a list, in each other order."""
    code = analysis.module.code
    for tuner in tuners(analysis, code):
        given = [each for search in tuner.searches for each in _inputs_of(search, code)]
        lists = [each for each in given if isinstance(each, (ast.List, ast.Tuple))]
        sizes = {len(each.elts) for each in lists}
        if target.target not in targets_of(tuner, analysis) or len(lists) != len(given) or len(sizes) != 1:
            continue
        (count,) = sizes
        for order in permutations(range(count)) if 1 < count <= _REORDERED else ():
            if order != tuple(range(count)):
                edits = tuple(_reordered(each, order, code) for each in lists)
                yield Fix(f"Give the search {edits[0].text}", edits)


def _inputs_of(search: ast.Call, code: Code) -> Iterator[ast.expr]:
    """What a search is given to learn from and to validate on."""
    validation = code.argument(search, "validation_data")
    pair = validation.elts[:1] if isinstance(validation, ast.Tuple) else []
    yield from (each for each in (code.argument(search, "x", 0), *pair) if each is not None)


def _reordered(written: ast.List | ast.Tuple, order: Sequence[int], code: Code) -> Edit:
    start, end = ("[", "]") if isinstance(written, ast.List) else ("(", ")")
    return Edit(
        code.span(written), f"{start}{', '.join(code.source(written.elts[each]) for each in order)}{end}"
    )


def from_zero(target: TargetAnalysis, lowest: int, analysis: Analysis) -> Iterator[Fix]:
    """The labels of each search of a target counted from 0."""
    for changed in _made_of_what_is_given(target, 1, f" - {lowest}", analysis):
        yield Fix(f"Count the labels from 0: give the search {changed[0].text}", changed)


def as_column(target: TargetAnalysis, analysis: Analysis) -> Iterator[Fix]:
    """The labels of each search of a target as one column."""
    for changed in _made_of_what_is_given(target, 1, ".reshape(-1, 1)", analysis):
        yield Fix(f"Give the search {changed[0].text}", changed)


def one_hot(target: TargetAnalysis, classes: int, analysis: Analysis) -> Iterator[Fix]:
    """The labels of each search of a target one-hot, and the loss for these in the place of the sparse one."""
    code = analysis.module.code
    losses = [
        code.argument(call, "loss", 1)
        for call in calls_reached(target, code)
        if isinstance(call.func, ast.Attribute) and call.func.attr == "compile"
    ]
    keras = code.imported_as("keras")
    root = f"{keras}.utils" if keras else code.imported_as("keras.utils")
    if root is None and (tensorflow := code.imported_as("tensorflow")) is not None:
        root = f"{tensorflow}.keras.utils"
    name = code.imported_as("keras.utils.to_categorical") or (f"{root}.to_categorical" if root else None)
    if name is None or len(losses) != 1 or losses[0] is None:
        return
    loss = losses[0]
    if code.value(loss, None) != "sparse_categorical_crossentropy" or not isinstance(loss, ast.Constant):
        return
    other = Edit(code.span(loss), requoted(code.source(loss), "categorical_crossentropy"))
    for changed in _made_of_what_is_given(target, 1, f", {classes})", analysis, f"{name}("):
        yield Fix("Give the search one-hot labels, and compare these", (other, *changed))


def _made_of_what_is_given(
    target: TargetAnalysis, side: Literal[0, 1], how: str, analysis: Analysis, before: str = ""
) -> Iterator[tuple[Edit, ...]]:
    """For each tuner of a target the edits that write `how` behind all that its searches are given on one side, and
    something before it."""
    code = analysis.module.code
    for tuner in tuners(analysis, code):
        if target.target in targets_of(tuner, analysis):
            given = [each for search in tuner.searches for each in _given(search, side, code)]
            if given:
                yield tuple(Edit(code.span(each), f"{before}{code.source(each)}{how}") for each in given)


def _given(search: ast.Call, side: Literal[0, 1], code: Code) -> Iterator[ast.expr]:
    """What a search is given as its samples, or as their labels, those of the validation among them."""
    validation = code.argument(search, "validation_data")
    pair = validation.elts[side : side + 1] if isinstance(validation, ast.Tuple) else []
    for each in (code.argument(search, "xy"[side], side), *pair):
        if isinstance(each, (ast.Name, ast.Attribute, ast.Subscript, ast.Call)):
            yield each


def resized(target: TargetAnalysis, output: Axes, labels: Axes, code: Code) -> Iterator[Fix]:
    """Maps that come out larger or smaller than those of the labels, brought to their size behind the last layer."""
    size = labels[1:3]
    if len(output) != 4 or len(labels) < 3 or None in size or output[1:3] == size:
        return
    row = next(
        (row for row in reversed(target.layers) if row.span is not None and output in row.shapes), None
    )
    call = code.expression(row.span, ast.Call) if row is not None and row.span is not None else None
    if isinstance(call, ast.Call) and isinstance(call.func, ast.Call):
        call = call.func
    made = put_after(call, f"Resizing{size}", code) if isinstance(call, ast.Call) else None
    if made is not None:
        title = f"Resize the output to {size[0]}×{size[1]} (changes the output)"
        yield Fix(title, made, reshapes=True)


def repeated(target: TargetAnalysis, output: Axes, labels: Axes, code: Code) -> Iterator[Fix]:
    """A sequence that is as long as a `RepeatVector` says, as long as that of the labels."""
    if len(output) < 2 or len(labels) < 2 or labels[1] is None or output[1] == labels[1]:
        return
    for call in calls_reached(target, code):
        times = code.argument(call, "n", 0) if class_of(call, code) == "RepeatVector" else None
        if times is not None and code.value(times, None) == output[1]:
            yield Fix(
                f"Repeat the vector {labels[1]} times (changes the output)",
                (Edit(code.span(times), str(labels[1])),),
                reshapes=True,
            )


def of_width(target: TargetAnalysis, output: int | None, width: int, code: Code) -> Iterator[Fix]:
    """The last dense layer with as many units as are wanted: where their number is written, be it handed to a helper."""
    calls = calls_reached(target, code)
    for call in _last_layers(calls, code):
        units = code.argument(call, "units", 0)
        place = _written(units, calls, code) if units is not None else None
        # What a name stands for that the file computes (`int(labels.max())`) is what was built.
        computed = isinstance(place, (ast.Name, ast.Attribute)) and code.value(place, None) is None
        if place is not None and (computed or code.value(place, None) == output):
            yield Fix(
                f"Give the last layer {width} unit{'s' * (width != 1)} (changes the output)",
                (Edit(code.span(place), str(width)),),
                reshapes=True,
            )


def _written(node: ast.expr, calls: Sequence[ast.Call], code: Code) -> ast.expr | None:
    """Where a value is written: the argument of the only call that hands it to a parameter, else its default."""
    for _ in range(_TRIED):
        parameter = (
            next((each for each in code.bound_at(node.id, node) if isinstance(each, ast.arg)), None)
            if isinstance(node, ast.Name)
            else None
        )
        if parameter is None:
            return node
        found = _handed(parameter, calls, code)
        if found is None:
            return None
        node = found
    return None


def _handed(parameter: ast.arg, calls: Sequence[ast.Call], code: Code) -> ast.expr | None:
    function = code.parents.get(code.parents.get(parameter) or parameter)
    if not isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return None
    names = [each.arg for each in (*function.args.posonlyargs, *function.args.args)]
    position = names.index(parameter.arg) if parameter.arg in names else None
    of_it = [call for call in calls if _called(call) == function.name]
    if (
        position is not None
        and names[0] in ("self", "cls")
        and any(isinstance(c.func, ast.Attribute) for c in of_it)
    ):
        position -= 1
    given = [code.argument(call, parameter.arg, position) for call in of_it]
    if len(given) == 1 and given[0] is not None:
        return given[0]
    default: dict[str, ast.expr] = dict(zip(names[::-1], function.args.defaults[::-1], strict=False))
    only_named = zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True)
    default |= {each.arg: value for each, value in only_named if value is not None}
    return default.get(parameter.arg) if given == [None] * len(given) else None


def _called(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


def fits_labels(labels: Sequence[int | None], output: Sequence[int | None]) -> bool:
    """Whether Keras's losses compare the two one by one: equal, but for a last axis of 1 that one of them lacks."""
    if len(output) - len(labels) == 1 and output[-1] == 1:
        output = output[:-1]
    elif len(labels) - len(output) == 1 and labels[-1] == 1:
        labels = labels[:-1]
    if len(labels) != len(output):
        return False
    return all(None in (one, other) or one == other for one, other in zip(labels, output, strict=True))
