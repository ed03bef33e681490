"""Training steps of the user's own, as the text writes them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence

from hypershape.fixes import edits
from hypershape.model import Edit, Fix, ProbeError, Span
from hypershape.rules.common.places import returns_nothing
from hypershape.source import Code, contains

_STEPS = ("train_step", "test_step")


def without_logs(error: ProbeError, code: Code) -> ast.FunctionDef | None:
    """The one own step of the file's models that returns nothing, where an error did not rise in its own code."""
    found = [
        each
        for made in code.classes
        if any((code.imported(base) or "").startswith("keras.") for base in made.bases)
        for each in made.body
        if isinstance(each, ast.FunctionDef) and each.name in _STEPS and returns_nothing(each)
    ]
    if len(found) != 1 or any(contains(code.span(found[0]), each.span) for each in error.frames):
        return None
    return found[0]


def without_logs_words(step: ast.FunctionDef, code: Code) -> str:
    """What such a step lacks, without a full stop."""
    made = code.parents.get(step)
    owner = f"{made.name}." if isinstance(made, ast.ClassDef) else ""
    return f"`{owner}{step.name}` returns None, where Keras wants a dictionary of metrics"


def only_trains(error: ProbeError, code: Code) -> ast.ClassDef | None:
    """The only class of models with a training step of its own and without one to validate, which then needs a loss."""
    if "No loss to compute" not in error.message:
        return None
    found = [made for made in code.classes if _methods(made) & set(_STEPS) == {"train_step"}]
    return found[0] if len(found) == 1 else None


def tested_as_trained(error: ProbeError, code: Code) -> Iterator[Fix]:
    """A `test_step` that computes what the `train_step` does, without its gradients."""
    made = only_trains(error, code)
    step = next((each for each in made.body if _is_step(each)), None) if made is not None else None
    if made is None or not isinstance(step, ast.FunctionDef) or step.decorator_list:
        return
    kept = _without_gradients(step.body, code)
    if kept is None or not isinstance(step.body[-1], ast.Return) or step.body[-1] not in kept:
        return
    new, column = code.text.newline, step.body[0].col_offset
    head = f"{' ' * step.col_offset}def test_step({', '.join(each.arg for each in step.args.args)}):"
    lines = [head, *(_moved(each, column, code) for each in kept)]
    text = _TRAINING.sub("training=False", new.join(lines))
    yield Fix(f"Give {made.name} a test_step", (Edit(code.span(step.body[-1]).end, f"{new}{new}{text}"),))


_TRAINING = re.compile(r"\btraining\s*=\s*True\b")


def _is_step(node: ast.stmt) -> bool:
    """Whether a method is a `train_step` of plain parameters."""
    if not isinstance(node, ast.FunctionDef) or node.name != "train_step":
        return False
    given = node.args
    return not (given.posonlyargs or given.kwonlyargs or given.vararg or given.kwarg or given.defaults)


def _without_gradients(body: Sequence[ast.stmt], code: Code) -> list[ast.stmt] | None:
    """The statements of a step but those for which a tape records, and what stands under the tapes; None where what
    is left would do more than tell how good the model is."""
    gone, kept = set[str](), list[ast.stmt]()
    waiting = list(body)
    while waiting:
        each = waiting.pop(0)
        if isinstance(each, ast.With) and all(_records(item.context_expr, code) for item in each.items):
            gone |= _names(each.items, ast.Store)
            waiting[:0] = each.body
        elif not _names([each], ast.Load) & gone:
            kept.append(each)
        elif isinstance(each, (ast.Assign, ast.Expr)):
            gone |= _names([each], ast.Store)
        else:
            return None
    trains = (each for node in kept for each in ast.walk(node))
    if not gone or any(isinstance(each, ast.Attribute) and each.attr == "optimizer" for each in trains):
        return None
    return kept


def _records(node: ast.expr, code: Code) -> bool:
    return isinstance(node, ast.Call) and code.imported(node.func) == "tensorflow.GradientTape"


def _names(nodes: Sequence[ast.AST], of: type[ast.expr_context]) -> set[str]:
    found = (each for node in nodes for each in ast.walk(node))
    return {each.id for each in found if isinstance(each, ast.Name) and isinstance(each.ctx, of)}


def _moved(node: ast.stmt, column: int, code: Code) -> str:
    """The lines of a statement, indented anew."""
    first, *others = code.whole_source(node).split(code.text.newline)
    deeper, indent = " " * node.col_offset, " " * column
    others = [f"{indent}{each.removeprefix(deeper)}" if each.startswith(deeper) else each for each in others]
    return code.text.newline.join([f"{indent}{first}", *others])


def _methods(made: ast.ClassDef) -> set[str]:
    return {each.name for each in made.body if isinstance(each, ast.FunctionDef)}


_MADE_AGAIN = "tf.function only supports singleton"


def makes_layers(error: ProbeError, place: Span, code: Code) -> ast.FunctionDef | None:
    """The `call` of a layer that makes others each time it is called, where a compiled step refuses their variables."""
    expression = code.expression(place, ast.Call) if _MADE_AGAIN in error.message else None
    method = code.enclosing(expression) if expression is not None else None
    if not isinstance(method, ast.FunctionDef) or method.name != "call" or not _made_within(method, code):
        return None
    return method if isinstance(code.parents.get(method), ast.ClassDef) else None


def makes_layers_words(method: ast.FunctionDef, code: Code) -> str:
    made = code.parents.get(method)
    owner = f"{made.name}." if isinstance(made, ast.ClassDef) else ""
    return f"`{owner}{method.name}` makes its layers anew each time it is called, so that none of them is ever trained"


def made_once(error: ProbeError, place: Span, code: Code) -> Iterator[Fix]:
    """The layers that a `call` makes, made in `build` and kept."""
    method = makes_layers(error, place, code)
    owner = code.parents.get(method) if method is not None else None
    if method is None or not isinstance(owner, ast.ClassDef) or len(method.args.args) < 2:
        return
    methods = {each.name for each in owner.body if isinstance(each, ast.FunctionDef)}
    given, indent = method.args.args[1].arg, " " * method.col_offset
    lines, changed = [], []
    for number, made in enumerate(_made_within(method, code), 1):
        text = code.source(made).replace(f"{given}.shape", "input_shape")
        names = {each.id for each in ast.walk(ast.parse(text, mode="eval")) if isinstance(each, ast.Name)}
        around = code.parents.get(made)
        while around is not method and not isinstance(
            around, (ast.For, ast.While, ast.comprehension, ast.If)
        ):
            around = code.parents.get(around) if around is not None else method
        if around is not method or "build" in methods or "\n" in text:
            return
        if any(each not in ("self", "input_shape") and each not in code.bindings for each in names):
            return
        name = f"{_class(made).lower()}_{number}"
        lines.append(f"self.{name} = {text}")
        changed.append(Edit(code.span(made), f"self.{name}"))
    new = code.text.newline
    body = "".join(f"{indent}    {line}{new}" for line in (*lines, "super().build(input_shape)"))
    line = min([method.lineno, *(each.lineno for each in method.decorator_list)])
    start = Span(code.path, line, 1, line, 1)
    build = Edit(start, f"{indent}def build(self, input_shape):{new}{body}{new}")
    yield Fix("Make its layers once, in build", (build, *changed))


def _made_within(method: ast.FunctionDef, code: Code) -> list[ast.Call]:
    """What makes layers that a method then calls at once."""
    return [
        each.func
        for each in code.calls_in(code.span(method))
        if isinstance(each.func, ast.Call)
        and (code.imported(each.func.func) or "").startswith("keras.layers.")
    ]


def _class(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "layer")


def of_the_first_model(error: ProbeError, place: Span, code: Code) -> ast.FunctionDef | None:
    """The function under `tf.function` that is called here and made its variables for another model before."""
    if _MADE_AGAIN not in error.message:
        return None
    called = {each.func.id for each in code.calls_in(place) if isinstance(each.func, ast.Name)}
    found = [
        each
        for name in called
        for each in code.defined.get(name, ())
        if isinstance(each, ast.FunctionDef) and len(each.decorator_list) == 1
        if _traces(each.decorator_list[0], code)
    ]
    return found[0] if len(found) == 1 and code.enclosing(found[0]) is None else None


def traced_for_each_model(error: ProbeError, place: Span, code: Code) -> Iterator[Fix]:
    """A function that is traced anew where a trial trains its model."""
    step = of_the_first_model(error, place, code)
    method = code.enclosing(code.expression(place, ast.Call) or code.tree) if step is not None else None
    if step is None or not isinstance(method, ast.FunctionDef):
        return
    decorator = step.decorator_list[0]
    new = f"traced_{step.name}"
    begins = edits.begin_with(code.module, method, (f"{new} = {code.source(decorator)}({step.name})",))
    calls = [
        each
        for each in code.calls_in(code.span(method))
        if isinstance(each.func, ast.Name) and each.func.id == step.name
    ]
    line = code.span(decorator).line
    if begins is None or code.text.line(line).strip() != f"@{code.source(decorator)}":
        return
    gone = Edit(Span(code.path, line, 1, line + 1, 1), "")
    changed = (Edit(code.span(each.func), new) for each in calls)
    yield Fix(f"Trace {step.name} for each model", (gone, begins, *changed))


def _traces(decorator: ast.expr, code: Code) -> bool:
    made = decorator.func if isinstance(decorator, ast.Call) else decorator
    return code.imported(made) == "tensorflow.function"
