"""HS299."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from functools import partial

from hypershape.fixes.guard import GIVEN_UP
from hypershape.model import Analysis, Cause, Edit, Finding, Fix, Frame, ProbeError, Span, TargetAnalysis
from hypershape.rules.base import Example, causes
from hypershape.rules.common import calling, wording
from hypershape.rules.common.calls import bodies
from hypershape.rules.common.failure import BuildFailure, place
from hypershape.rules.common.identifiers import name_in, respelt
from hypershape.rules.common.own_layers import of_compute_type, weights_named, with_base, without_base
from hypershape.rules.common.places import name_of
from hypershape.rules.search.hs412_error_class_misplaced import is_misplaced
from hypershape.source import Code, contains


class BuildFails(BuildFailure):
    """The target raises an exception that no other rule explains.

    ## What it does
    Builds the model over the search space and reports every exception raised inside the target, with the
    hyperparameters to blame and Python's own words. A `FailedTrialError` is raised on purpose and reported only where
    it meets the default values, with which the tuner's constructor builds.

    ## Why it matters
    The trial is marked FAILED; an exception at the default values stops the tuner's constructor.

    ## Fix
    Depends on the exception; leaving the failing values out of the search space is always possible.
    """

    code = "HS299"
    name = "build-fails"
    stages = ("build", "compile", "return")

    INVALID = (
        Example.layers(
            """
            x = layers.Dense(hp.Int("units", 4, 8))(x)
            x = layers.BatchNormalization(x)
            """,
            input="(4,)",
            head="layers.Dense(1)",
            at="layers.BatchNormalization(x)",
            fixed="layers.BatchNormalization()(x)",
        ),
        Example.layers(
            """
            model.add(layers.Dense(hp.Int("units", 4, 8)))
            model.add(layers.BatchNormalization)
            """,
            input="(4,)",
            head="layers.Dense(1)",
            fixed="model.add(layers.BatchNormalization())",
        ),
        Example.layers(
            """
            if hp.Boolean("wide"):
                x = layers.Dense(64)
                x = layers.BatchNormalization()(x)
            """,
            input="(4,)",
            head="layers.Dense(1)",
            condition="wide",
            fixed="x = layers.Dense(64)(x)",
        ),
        Example.layers(
            """
            width = {"narrow": 8, "wide": 64}[hp.Choice("width", ["narrow", "wide", "huge"])]
            model.add(layers.Dense(width))
            """,
            input="(4,)",
            head="layers.Dense(1)",
            condition="width == 'huge'",
            fixed='["narrow", "wide"]',
        ),
        Example.layers(
            """
            units = hp.Int("units", 8, 32, step=8)
            if units < 16:
                raise kt.errors.FailedTrialError("not of interest")
            model.add(layers.Dense(units))
            """,
            input="(4,)",
            head="layers.Dense(1)",
            condition="units <= 8",
            fixed='hp.Int("units", 16, 32, step=8)',
        ),
        Example.layers(
            """
            depth = hp.Int("depth", 1, 4)
            units = [64, 32, 16][:depth]
            for i in range(depth):
                model.add(layers.Dense(units[i]))
            """,
            input="(4,)",
            head="",
            condition="depth >= 4",
            fixed='hp.Int("depth", 1, 3)',
        ),
        Example.layers(
            """
            x = layers.Dense(hp.Int("units", 1, 3))(x)
            x = layers.Dense(x.shape.as_list()[-1])(x)
            """,
            input="(4,)",
            head="",
            at="x.shape.as_list",
            fixed="layers.Dense(list(x.shape)[-1])",
        ),
        Example.layers(
            """
            model.add(layers.Dense(hp.Int("units", 8, 64)))
            optimizer = hp.Choice("optimizer", ["adam", "sgd"])
            optimizer.learning_rate = 0.01
            """,
            compile='loss="mse", optimizer=optimizer',
            at="optimizer.learning_rate",
            fixed="optimizer = keras.optimizers.get(optimizer)\n    optimizer.learning_rate = 0.01",
        ),
        Example.layers(
            """
            model.add(layers.Dense(4))
            optimizer = getattr(keras.optimizers, hp.Choice("optimizer", ["Adam", "Rmsprop"]))
            """,
            input="(4,)",
            head="",
            compile='optimizer(learning_rate=0.01), loss="mse"',
            condition="optimizer == 'Rmsprop'",
            fixed='hp.Choice("optimizer", ["Adam", "RMSprop"])',
        ),
        Example.layers(
            """
            coder = Coder(hp.Int("code", 1, 3))
            model.add(layers.Dense(4))
            """,
            before="""
            class Coder(keras.Model):
                def __init__(self, code):
                    self.encoder = layers.Dense(code)

                def call(self, x):
                    return self.encoder(x)
            """,
            input="(4,)",
            head="layers.Dense(1)",
            compile='loss="mse", metrics=[coder(np.zeros((1, 4))).dtype.name]',
            at="__init__",
            fixed="        super().__init__()\n        self.encoder = layers.Dense(code)",
        ),
        Example.layers(
            "model.add(Scale(hp.Choice('start', ['ones', 'zeros'])))",
            before="""
            class Scale(layers.Layer):
                def __init__(self, start):
                    super().__init__()
                    self.start = start

                def build(self, shape):
                    self.gain = self.add_weight("gain", (shape[-1],), initializer=self.start)

                def call(self, x):
                    return x * self.gain
            """,
            input="(4,)",
            head="layers.Dense(1)",
            at='self.add_weight("gain", (shape[-1],), initializer=self.start)',
            fixed='self.add_weight(name="gain", shape=(shape[-1],), initializer=self.start)',
        ),
    )
    VALID = (
        Example.layers(
            """
            units = hp.Int("units", 8, 32, step=8)
            if units > 16:
                raise kt.errors.FailedTrialError("not of interest")
            model.add(layers.Dense(units))
            """,
            input="(4,)",
            head="layers.Dense(1)",
        ),
        Example.layers(
            """
            width = {"narrow": 8, "wide": 64}[hp.Choice("width", ["narrow", "wide"])]
            model.add(layers.Dense(width))
            """,
            input="(4,)",
            head="layers.Dense(1)",
        ),
        Example.layers(
            """
            widths = [8, 16, 32]
            model.add(layers.Dense(widths[hp.Int("index", 0, 2)]))
            """,
            input="(4,)",
            head="layers.Dense(1)",
        ),
        Example.layers(
            """
            width = {"narrow": 8}.get(hp.Choice("width", ["narrow", "wide"]), 64)
            try:
                width = int("many")
            except ValueError:
                pass
            model.add(layers.Dense(width))
            """,
            input="(4,)",
            head="layers.Dense(1)",
        ),
    )

    def explains(self, error: ProbeError) -> bool:
        # NumPy fails in a step in the same way, and has a rule among those.
        return error.stage in self.stages and error.kind != "symbolic-as-array"

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        code = analysis.module.code
        for target, cause in causes(analysis):
            if not self.explains(cause.error):
                continue
            at_once = wording.always(target, cause) or _fails_at_defaults(target, cause)
            if _gives_up(cause.error, code) and not at_once:
                # HS412 tells it where the class is looked for in the wrong place.
                continue
            if cause.error.type != GIVEN_UP:
                yield self.report(target, cause, code)
            else:
                yield self.finding(
                    "The default values are given up with FailedTrialError: the tuner's constructor builds just them, "
                    "and raises it.",
                    self.where(cause.error, target, code),
                    target=target.target.name,
                    cause=cause,
                    repairs=partial(self.repairs, target, cause, code),
                )

    def where(self, error: ProbeError, target: TargetAnalysis, code: Code) -> Span:
        """Where a layer of the file itself asks for what is refused, as only there that can be changed."""
        begin = without_base(error, code)
        if begin is not None:
            return name_of(begin, code)
        called = calling.where(error, code)
        if called is not None:
            return called
        own = [each.span for each in error.frames if _is_of(error.layer_class, each, code)]
        return own[-1] if own else super().where(error, target, code)

    def repairs(self, target: TargetAnalysis, cause: Cause, code: Code) -> Iterator[Fix]:
        yield from calling.repairs(cause.error, code)
        yield from weights_named(self.where(cause.error, target, code), code)
        yield from with_base(cause.error, code)
        yield from of_compute_type(cause.error.message, self.where(cause.error, target, code), code)
        yield from _spelt(target, cause.error, code)
        yield from super().repairs(target, cause, code)

    def lossless(self, target: TargetAnalysis, cause: Cause, code: Code) -> Iterator[Fix]:
        """A layer that is made before it is called or added, and called before another one is; a shape as a list: in
        Keras 3 it is a tuple, which has no `as_list`."""
        span = place(cause.error, code)
        if span is None:
            return
        call = code.expression(span, ast.Call)
        outer = code.parents[call] if call is not None else None
        if isinstance(outer, ast.Call) and outer.func is call:
            # The layer is made, and called.
            call = outer
        yield from _made_first(call, code)
        yield from _called_before(call, code)
        yield from _optimizer_made(span, cause.error, code)
        if cause.error.type != "AttributeError" or "'as_list'" not in cause.error.message:
            return
        for call in code.every(ast.Call):
            asked = call.func
            if (
                isinstance(asked, ast.Attribute)
                and asked.attr == "as_list"
                and contains(span, code.span(asked))
            ):
                text = f"list({code.source(asked.value)})"
                yield Fix(f"Write {text}", (Edit(code.span(call), text),))

    def what(self, error: ProbeError, code: Code) -> str:
        method, owner = error.details.get("method"), error.details.get("owner")
        if error.kind == "not-implemented" and method is not None:
            return f"`{f'{owner}.{method}' if owner else method}` is not implemented"
        if (begin := without_base(error, code)) is not None:
            made = code.enclosing(begin)
            return f"`{made.name if made else ''}.__init__` leaves out that of its base class, so that Keras raises {error.type}"
        called = calling.words(error, code)
        if called is not None:
            return called
        if not error.message:
            return f"This raises {error.type}, which says no more,"
        if error.layer_class:
            shapes = f" with input {', '.join(map(str, error.input_shapes))}" if error.input_shapes else ""
            return f"`{error.layer_class}`{shapes} raises {error.type}"
        return f"This raises {error.type}"


def _gives_up(error: ProbeError, code: Code) -> bool:
    """Whether a configuration is given up on purpose, be it with a class that Keras Tuner has elsewhere."""
    node = code.expression(span, ast.Attribute) if (span := place(error, code)) is not None else None
    misplaced = isinstance(node, ast.Attribute) and is_misplaced(node, code)
    return error.type == GIVEN_UP or (error.type == "AttributeError" and misplaced)


def _is_of(name: str | None, frame: Frame, code: Code) -> bool:
    """Whether a frame runs a method of the file's only class of a name."""
    return name is not None and any(
        each.name == name and contains(code.span(each), frame.span)
        for each in code.classes
        if frame.span.path == code.path
    )


def _spelt(target: TargetAnalysis, error: ProbeError, code: Code) -> Iterator[Fix]:
    """The name that there is for one that is not: an attribute of what fails, or a text of the target that names it."""
    name, near, span = error.details.get("name"), error.details.get("near"), place(error, code)
    if not isinstance(name, str) or not isinstance(near, tuple) or span is None:
        return
    found = [
        each
        for each in code.nodes
        if name_in(each) == name
        and (
            any(contains(body, code.span(each)) for body in bodies(target.target, code))
            if isinstance(each, ast.Constant)
            else isinstance(each, ast.Attribute) and contains(span, code.span(each))
        )
    ]
    for meant in map(str, near if found else ()):
        yield Fix(f"Write {meant} for {name}", tuple(respelt(each, meant, code) for each in found))


def _made_first(call: ast.AST | None, code: Code) -> Iterator[Fix]:
    """`layers.Flatten()(x)` for `layers.Flatten(x)`, and `model.add(layers.Flatten())` for `model.add(layers.Flatten)`."""
    if not isinstance(call, ast.Call) or len(call.args) != 1:
        return
    (given,) = call.args
    if _is_a_layer_class(given, code):
        text = f"{code.source(given)}()"
        yield Fix(f"Make the layer: {text}", (Edit(code.span(given), text),))
    elif _is_a_layer_class(call.func, code) and isinstance(given, (ast.Name, ast.Call)):
        options = ", ".join(code.source(each) for each in call.keywords)
        text = f"{code.source(call.func)}({options})({code.source(given)})"
        yield Fix(f"Make the layer, then call it: {text}", (Edit(code.span(call), text),))


def _optimizer_made(span: Span, error: ProbeError, code: Code) -> Iterator[Fix]:
    """The optimizer for the text that names it, before its learning rate is set."""
    if error.type != "AttributeError" or not error.message.startswith("'str' object"):
        return
    keras = code.imported_as("keras")
    for each in code.every(ast.Assign) if keras is not None else ():
        target = each.targets[0]
        if not isinstance(target, ast.Attribute) or target.attr != "learning_rate":
            continue
        if isinstance(target.value, ast.Name) and contains(code.span(each), span):
            name, indent = target.value.id, " " * each.col_offset
            text = f"{name} = {keras}.optimizers.get({name}){code.text.newline}{indent}"
            yield Fix(f"Make the optimizer that {name} names", (Edit(code.span(each).start, text),))


def _called_before(call: ast.AST | None, code: Code) -> Iterator[Fix]:
    """`x = layers.Dense(4)(x)` for the `x = layers.Dense(4)` whose layer is given on as if it were what the layer gives."""
    function = code.enclosing(call) if isinstance(call, ast.Call) else None
    if not isinstance(call, ast.Call) or function is None:
        return
    given = {each.id for part in call.args for each in ast.walk(part) if isinstance(each, ast.Name)}
    before = [
        each
        for each in code.every(ast.Assign)
        if code.enclosing(each) is function and each.lineno <= call.lineno
    ]
    for number, each in reversed(list(enumerate(before))):
        target, value = each.targets[0], each.value
        if not isinstance(target, ast.Name) or target.id not in given or not isinstance(value, ast.Call):
            continue
        if _is_a_layer_class(value.func, code) and _binds(target.id, before[:number], function):
            text = f"{code.source(value)}({target.id})"
            yield Fix(f"Call the layer: {text}", (Edit(code.span(value), text),))


def _binds(name: str, assignments: Sequence[ast.Assign], function: ast.AST) -> bool:
    """Whether a name has a value after some assignments of a function, or is one of its parameters."""
    arguments = function.args.args if isinstance(function, ast.FunctionDef) else []
    return any(each.arg == name for each in arguments) or any(
        isinstance(each, ast.Name) and each.id == name for one in assignments for each in one.targets
    )


def _is_a_layer_class(node: ast.expr, code: Code) -> bool:
    name = code.imported(node) or ""
    return name.startswith("keras.layers.") and name.rpartition(".")[2][:1].isupper()


def _fails_at_defaults(target: TargetAnalysis, cause: Cause) -> bool:
    """Whether a failing configuration has the default of each of its hyperparameters."""
    defaults = {each.name: each.default for each in target.hyperparameters}
    return any(
        all(name in defaults and defaults[name] == value for name, value in failing.items())
        for failing in cause.failing
    )
