"""Changes as people make them to a search space, one at a time, each drawn from those that a file offers."""

from __future__ import annotations

import ast
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

HALF = 2
_OTHER_LOSS = {
    "categorical_crossentropy": "sparse_categorical_crossentropy",
    "sparse_categorical_crossentropy": "categorical_crossentropy",
    "mse": "categorical_crossentropy",
    "mae": "sparse_categorical_crossentropy",
    "binary_crossentropy": "categorical_crossentropy",
}
_WINDOWED = ("Conv1D", "Conv2D", "Conv3D", "MaxPooling1D", "MaxPooling2D", "MaxPooling3D", "AveragePooling2D")


@dataclass(frozen=True)
class Mutant:
    """A file with one change: what kind it is, and what was written where."""

    name: str
    kind: str
    change: str
    text: str


class _File:
    """A builder's text with its nodes."""

    def __init__(self, name: str, text: str) -> None:
        self.name, self.text = name, text
        self.tree = ast.parse(text)
        self.starts = [0]
        for line in text.split("\n"):
            self.starts.append(self.starts[-1] + len(line) + 1)
        self.calls = [node for node in ast.walk(self.tree) if isinstance(node, ast.Call)]

    def named(self, *names: str) -> list[ast.Call]:
        return [call for call in self.calls if _name(call) in names]

    def source(self, node: ast.AST) -> str:
        return ast.get_source_segment(self.text, node) or ""

    def replaced(self, kind: str, *changes: tuple[ast.expr, str]) -> Mutant:
        text = self.text
        for node, new in sorted(changes, key=lambda each: -self.offset(each[0])):
            start = self.offset(node)
            text = text[:start] + new + text[start + len(self.source(node)) :]
        said = "; ".join(f"line {node.lineno}: {self.source(node)} -> {new}" for node, new in changes)
        return Mutant(self.name, kind, said, text)

    def offset(self, node: ast.expr) -> int:
        start = self.starts[node.lineno - 1]
        before = self.text[start:].split("\n", 1)[0].encode()[: node.col_offset]
        return start + len(before.decode())


def _name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _whole(node: ast.expr | None) -> int:
    """A whole number that is written; 0 where none is."""
    value = getattr(node, "value", None)
    return value if isinstance(value, int) else 0


def _argument(call: ast.Call, name: str, position: int) -> ast.expr | None:
    for each in call.keywords:
        if each.arg == name:
            return each.value
    return call.args[position] if position < len(call.args) else None


def _input_shapes(file: _File) -> Iterator[ast.Tuple]:
    """The input shapes that are written as numbers."""
    for call in file.calls:
        shape = _argument(call, "shape", 0) if _name(call) == "Input" else _argument(call, "input_shape", 99)
        if isinstance(shape, ast.Tuple) and all(isinstance(each, ast.Constant) for each in shape.elts):
            yield shape


def _smaller_input(file: _File) -> Iterator[Mutant]:
    """The data stay as they are, or shrink with the model's input."""
    for shape in _input_shapes(file):
        sizes = [_whole(each) for each in shape.elts if _whole(each)]
        written = f"({', '.join(map(str, sizes))}{',' * (len(sizes) == 1)})"
        for part in (2, 3):
            less = [
                max(size // part, 1) if len(sizes) == 1 or i < len(sizes) - 1 else size
                for i, size in enumerate(sizes)
            ]
            new = f"({', '.join(map(str, less))}{',' * (len(less) == 1)})"
            if new == written:
                continue
            yield file.replaced("input", (shape, new))
            inner, data = written.strip("(),"), new.strip("(),")
            text = file.replaced("input", (shape, new)).text.replace(f", {inner})", f", {data})", 1)
            yield Mutant(file.name, "input and data", f"{written} -> {new}", text)


def _wider_range(file: _File) -> Iterator[Mutant]:
    for call in file.named("Int"):
        most, step = _argument(call, "max_value", 2), _argument(call, "step", 3)
        if most is not None and _whole(most):
            for times in (1, 2, 4):
                yield file.replaced("range", (most, str(_whole(most) + times * (_whole(step) or 1))))
    for call in file.named("Choice"):
        values = _argument(call, "values", 1)
        if isinstance(values, ast.List) and all(
            isinstance(getattr(each, "value", None), int) for each in values.elts
        ):
            numbers = [each.value for each in values.elts]  # type: ignore[attr-defined]
            for more in (numbers[-1] + 2, numbers[-1] * 3):
                yield file.replaced("range", (values, str([*numbers, more])))


def _adds_a_layer(node: ast.Expr | ast.Assign) -> bool:
    """`model.add(layers.…)`, or `h = layers.…(…)(h)`."""
    call = node.value
    if not isinstance(call, ast.Call):
        return False
    if isinstance(node, ast.Expr):
        return _name(call) == "add"
    given = [each.id for each in call.args if isinstance(each, ast.Name)]
    return isinstance(call.func, ast.Call) and [getattr(each, "id", "") for each in node.targets] == given


def _another_block(file: _File) -> Iterator[Mutant]:
    """A statement that adds a layer, written twice."""
    lines = file.text.splitlines(keepends=True)
    for node in ast.walk(file.tree):
        if not isinstance(node, (ast.Expr, ast.Assign)) or node.lineno != node.end_lineno:
            continue
        line = lines[node.lineno - 1]
        if _adds_a_layer(node) and "Flatten" not in line and line.startswith("    "):
            text = "".join([*lines[: node.lineno], line, *lines[node.lineno :]])
            yield Mutant(file.name, "block", f"line {node.lineno} twice: {line.strip()}", text)


def _padding(file: _File) -> Iterator[Mutant]:
    for call in file.named(*_WINDOWED):
        padding = _argument(call, "padding", 99)
        if isinstance(padding, ast.Constant):
            yield file.replaced("padding", (padding, '"valid"' if padding.value == "same" else '"same"'))


def _stride(file: _File) -> Iterator[Mutant]:
    for call in file.named(*_WINDOWED, "Conv2DTranspose"):
        strides = _argument(call, "strides", 99)
        if strides is not None and _whole(strides):
            yield file.replaced("stride", (strides, str(_whole(strides) + 1)))
        elif call.args and "Conv" in _name(call):
            last = call.args[-1]
            yield file.replaced("stride", (last, f"{file.source(last)}, strides=2"))
        elif call.args and _whole(call.args[0]):
            yield file.replaced("stride", (call.args[0], str(_whole(call.args[0]) + 1)))


def _merge(file: _File) -> Iterator[Mutant]:
    for call in file.named("Concatenate", "Add", "Multiply"):
        for other in {"Concatenate", "Add"} - {_name(call)}:
            yield file.replaced("merge", (call.func, f"layers.{other}"))


def _units(file: _File) -> Iterator[Mutant]:
    for call in file.named("Dense", "Conv2D", "Conv1D", "Reshape", "LSTM", "GRU"):
        units = _argument(call, "units", 0)
        for more in (1, -1):
            if units is not None and _whole(units) and _whole(units) + more > 0:
                yield file.replaced("units", (units, str(_whole(units) + more)))


def _loss(file: _File) -> Iterator[Mutant]:
    for node in ast.walk(file.tree):
        if isinstance(node, ast.Constant) and node.value in _OTHER_LOSS:
            yield file.replaced("loss", (node, f'"{_OTHER_LOSS[node.value]}"'))
        if isinstance(node, ast.Attribute) and node.attr == "CategoricalCrossentropy":
            yield file.replaced("loss", (node, "keras.losses.SparseCategoricalCrossentropy"))


def _labels(file: _File) -> Iterator[Mutant]:
    """Labels of another form: one-hot, numbers, a column, one class more."""
    made = [
        node.value
        for node in file.tree.body
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and node.targets[0].id in ("y", "y_train", "train_labels")
    ]
    if len(made) != 1:
        return
    (given,) = made
    written = file.source(given)
    if "to_categorical" in written and isinstance(given, ast.Call):
        yield file.replaced("labels", (given, file.source(given.args[0])))
        classes = _argument(given, "num_classes", 1)
        if classes is not None and _whole(classes):
            yield file.replaced("labels", (classes, str(_whole(classes) + 1)))
    elif "% " in written and "float" not in written:
        yield file.replaced("labels", (given, f"keras.utils.to_categorical({written})"))
        yield file.replaced("labels", (given, f"({written}) + 1"))
    elif written != "x":
        yield file.replaced("labels", (given, f"{written}[..., None]"))
        yield file.replaced("labels", (given, f"np.stack([{written}] * 2, axis=-1)"))


def _sequences(file: _File) -> Iterator[Mutant]:
    for call in file.named("LSTM", "GRU"):
        kept = _argument(call, "return_sequences", 99)
        if isinstance(kept, ast.Constant):
            yield file.replaced("sequences", (kept, "False"))
        elif call.args:
            last = call.args[-1]
            yield file.replaced("sequences", (last, f"{file.source(last)}, return_sequences=True"))


def _dropped_flatten(file: _File) -> Iterator[Mutant]:
    lines = file.text.splitlines(keepends=True)
    for number, line in enumerate(lines):
        adds = line.strip().startswith(
            ("layers.", "keras.layers.", "model.add", "stack.append", "h = ", "x = ")
        )
        if adds and any(each in line for each in ("Flatten()", "GlobalAverage", "GlobalMax")):
            left = "".join([*lines[:number], *lines[number + 1 :]])
            yield Mutant(file.name, "flatten", f"line {number + 1} gone", left)


CHANGES: tuple[Callable[[_File], Iterator[Mutant]], ...] = (
    _smaller_input,
    _wider_range,
    _another_block,
    _padding,
    _stride,
    _merge,
    _units,
    _loss,
    _labels,
    _sequences,
    _dropped_flatten,
)


def _compiles(text: str) -> bool:
    try:
        ast.parse(text)
    except SyntaxError:
        return False
    return True


def mutants(name: str, text: str) -> list[Mutant]:
    """Every change of every kind that a file offers, each text once."""
    try:
        file = _File(name, text)
    except SyntaxError:
        return []
    made: dict[str, Mutant] = {}
    for change in CHANGES:
        for mutant in change(file):
            if mutant.text != text and _compiles(mutant.text):
                made.setdefault(mutant.text, mutant)
    return list(made.values())


def chosen(files: dict[str, str], count: int, seed: int = 1) -> list[Mutant]:
    """So many mutants of all files, drawn evenly over the files and the kinds of change."""
    drawn = random.Random(seed)
    waiting: dict[tuple[str, str], list[Mutant]] = {}
    for name, text in files.items():
        for mutant in mutants(name, text):
            waiting.setdefault((mutant.kind, name), []).append(mutant)
    for each in waiting.values():
        drawn.shuffle(each)
    order = sorted(waiting)
    drawn.shuffle(order)
    found: list[Mutant] = []
    while len(found) < count and any(waiting.values()):
        found += [waiting[key].pop() for key in order if waiting[key]]
    return found[:count]
