"""A symbolic probe against plain Keras on the same configuration, each in its own process."""

from __future__ import annotations

import linecache
import multiprocessing
import re
import traceback
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .programs import Program

PATH = "/user/build.py"


def in_child(function: Callable[..., Any], *arguments: Any) -> Any:
    """The result of a function that runs in a forked process, whose Keras may be patched or started freely."""
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)

    def work() -> None:
        try:
            sender.send((function(*arguments), None))
        except BaseException:
            sender.send((None, traceback.format_exc()))

    process = context.Process(target=work)
    process.start()
    sender.close()
    try:
        result, problem = receiver.recv()
    except EOFError:
        raise ChildDied from None
    finally:
        process.join()
    if problem is not None:
        raise AssertionError(problem)
    return result


class ChildDied(Exception):
    """The process ended without an answer."""


def each_in_child(function: Callable[[Any], list[Any]], cases: Sequence[Any]) -> list[Any]:
    """The results for all cases, from one process, or from smaller ones where it died. DIED stands for a death."""
    try:
        return list(in_child(function, cases))
    except ChildDied:
        if len(cases) == 1:
            return [DIED]
        middle = len(cases) // 2
        return [*each_in_child(function, cases[:middle]), *each_in_child(function, cases[middle:])]


def compare(cases: Sequence[tuple[Program, Mapping[str, Any]]]) -> list[tuple[Any, Any, str | None]]:
    """Report, reality and disagreement of each case. An eager step is believed where it agrees."""
    reports, reals = each_in_child(probe_all, cases), each_in_child(build_all, cases)
    found = [disagreement(case[0], *pair) for case, *pair in zip(cases, reports, reals, strict=True)]
    doubted = [index for index, difference in enumerate(found) if difference is not None]
    if doubted:
        compiled = each_in_child(build_compiled, [cases[index] for index in doubted])
        for index, real in zip(doubted, compiled, strict=True):
            reals[index], found[index] = real, disagreement(cases[index][0], reports[index], real)
    return list(zip(reports, reals, found, strict=True))


DIED = {"verdict": "died", "error": ("the process died", "", []), "stage": "step"}


def load(source: str) -> Callable[[Any], Any]:
    """The `build` of a source, compiled under PATH."""
    linecache.cache[PATH] = (len(source), None, source.splitlines(True), PATH)
    namespace: dict[str, Any] = {"__name__": "__main__"}
    exec(compile(source, PATH, "exec"), namespace)
    return namespace["build"]


def probe_all(
    cases: Sequence[tuple[Program, Mapping[str, Any]]], level: str = "symbolic"
) -> list[dict[str, Any]]:
    """The engine's report on each case. Cases of one source share an engine, as in a job."""
    from hypershape.agent.engine import Engine

    reports, engines = [], {}
    for program, configuration in cases:
        if program not in engines:
            data: dict[str, Any] | None = None
            if program.x is not None:
                data = {"x": [program.x], "y": [] if program.y is None else [program.y]}
            engines[program] = Engine(data, [PATH]), load(program.source)
        engine, function = engines[program]
        linecache.cache[PATH] = (1, None, program.source.splitlines(True), PATH)
        report = engine.probe(function, configuration, level)
        again = engine.probe(function, configuration, level)
        for name in ("verdict", "error", "layers", "parameters", "output_shapes", "log_names", "compiled"):
            if _plain(str(report[name])) != _plain(str(again[name])):
                report["unstable"] = f"a second probe differs in {name}: {report[name]}, then {again[name]}"
        reports.append(report)
    return reports


def build_compiled(cases: Sequence[tuple[Program, Mapping[str, Any]]]) -> list[dict[str, Any]]:
    """What `fit` does: its step is compiled, which takes longer and refuses more than an eager one."""
    return build_all(cases, eager=False)


def build_all(cases: Sequence[tuple[Program, Mapping[str, Any]]], eager: bool = True) -> list[dict[str, Any]]:
    """What plain Keras and Keras Tuner do with each case: build for real, then train a step.

    Labels that a case does not name are made to fit; a model with open sizes and no data is only built.
    """
    import keras
    import keras_tuner

    results = []
    for program, configuration in cases:
        result: dict[str, Any] = {"error": None, "stage": "build", "layers": {}, "parameters": None}
        keras.backend.clear_session()
        if hasattr(keras, "config"):
            keras.config.set_floatx("float32")
            keras.config.set_dtype_policy("float32")
        function = load(program.source)
        hp = keras_tuner.HyperParameters()
        hp.values = dict(configuration)
        try:
            model = function(hp)
            if model.built:
                result["parameters"] = model.count_params()
                result["layers"] = _layers(model)
            result["stage"] = "step"
            if not getattr(model, "compiled", getattr(model, "_is_compiled", False)):
                raise ValueError("You must call `compile()` before using the model.")
            _train(model, program, eager)
            if model.built and (program.x is not None or not result["layers"]):
                result["parameters"] = model.count_params()
        except Exception as error:
            lines = [f.lineno for f in traceback.extract_tb(error.__traceback__) if f.filename == PATH]
            result["error"] = (type(error).__name__, str(error), lines)
        results.append(result)
    return results


def _train(model: Any, program: Program, eager: bool) -> None:
    x = _inputs(model, program)
    if x is None:
        return
    import keras

    if keras.backend.backend() == "tensorflow":
        model.run_eagerly = model.run_eagerly or eager
        if hasattr(model, "jit_compile"):
            model.jit_compile = False
    model.fit(x, _labels(model, x, program), batch_size=_batch_size(model), verbose=0)


def _inputs(model: Any, program: Program) -> Any:
    """A batch of what the model takes; None where its shape cannot be known, or it holds texts and JAX has none."""
    import keras
    import numpy

    if program.x is not None:
        return numpy.zeros((_batch_size(model), *program.x), "float32")
    try:
        tensors = model.inputs
    except (AttributeError, ValueError):
        return _told(model)
    if not tensors or any(None in tensor.shape[1:] for tensor in tensors):
        return None
    if keras.backend.backend() != "tensorflow" and any(tensor.dtype == "string" for tensor in tensors):
        return None
    arrays = []
    for tensor in tensors:
        shape = (_batch_size(model), *tensor.shape[1:])
        dtype = getattr(tensor.dtype, "name", tensor.dtype)
        arrays.append(_words(shape) if dtype == "string" else numpy.zeros(shape, dtype))
    given = getattr(model, "_inputs_struct", None)
    if isinstance(given, dict):
        return keras.tree.pack_sequence_as(dict(given), arrays)
    return arrays if len(arrays) > 1 else arrays[0]


def _told(model: Any) -> Any:
    """A batch for a model of a class of its own, of the shapes that it was built on: numbers of the kind that it takes."""
    import numpy

    shape = (getattr(model, "get_build_config", dict)() or {}).get("input_shape")
    if shape is None:
        return None
    shapes = shape if isinstance(shape[0], (list, tuple)) else [shape]
    for dtype in ("float32", "int32"):
        arrays = [numpy.zeros((_batch_size(model), *each[1:]), dtype) for each in shapes]
        batch = arrays if len(arrays) > 1 else arrays[0]
        try:
            model(batch)
            return batch
        except Exception:
            continue
    return batch


def _words(shape: Sequence[int]) -> Any:
    import tensorflow as tf

    return tf.fill(shape, "a")


def _labels(model: Any, x: Any, program: Program) -> Any:
    import keras
    import numpy

    if program.y is not None:
        return numpy.zeros((_batch_size(model), *program.y), "float32" if program.y else "int32")
    sparse = "sparse_categorical" in str(model.loss) or "SparseCategorical" in str(model.loss)
    try:
        outputs = model(x, training=True)
        outputs = keras.tree.flatten(outputs) if hasattr(keras, "tree") else [outputs]
    except Exception:
        # The training step will tell.
        outputs = getattr(model, "outputs", None) or [numpy.zeros((1, 1))]
    arrays = []
    for each in outputs:
        shape = (_batch_size(model), *(8 if size is None else size for size in each.shape[1:]))
        arrays.append(numpy.zeros(shape[: -1 if sparse else None], "int32" if sparse else "float32"))
    return arrays if len(arrays) > 1 else arrays[0]


def _batch_size(model: Any) -> int:
    try:
        return model.inputs[0].shape[0] or 32
    except (AttributeError, IndexError, TypeError, ValueError):
        return 32


def _layers(model: Any) -> dict[str, Any]:
    found = {}
    for layer in model.layers:
        if not type(layer).__module__.startswith("keras.") or not layer._inbound_nodes:
            continue
        if type(layer).__name__ == "InputLayer":
            continue
        outputs = layer.output if isinstance(layer.output, (list, tuple)) else [layer.output]
        found[layer.name] = (tuple(tuple(each.shape) for each in outputs), layer.count_params())
    return found


def disagreement(program: Program, report: Mapping[str, Any], real: Mapping[str, Any]) -> str | None:
    """How a report differs from what really happened, or None. `FALSE FAILURE` marks the worst kind."""
    failed = real["error"] is not None
    if report is DIED or real is DIED:
        # The agent outlives a probe that dies, and says so.
        return None if report is DIED and real is DIED else f"died: {report is DIED}, really {real is DIED}"
    if "unstable" in report:
        return str(report["unstable"])
    if report["verdict"] == "fail" and not failed:
        return f"FALSE FAILURE: {report['error']['type']}: {report['error']['message']}"
    if report["verdict"] != "fail" and failed:
        if report["verdict"] == "unknown":
            return f"not checked: really {real['stage']}: {real['error']}"
        return f"missed: {real['stage']}: {real['error']}"
    if report["verdict"] == "unknown":
        return f"not checked: {report['error']}"
    if failed:
        return _errors_differ(report, real)
    if report["parameters"] != real["parameters"]:
        return f"parameters: {report['parameters']}, really {real['parameters']}"
    seen: dict[str, list[Any]] = {}
    for call in report["layers"]:
        seen.setdefault(call["name"], []).append((call["output_shapes"], call["parameters"]))
    for name, expected in real["layers"].items():
        # A layer that is called more than once has several outputs, of which Keras tells one.
        if name in seen and expected not in seen[name]:
            return f"layer {name}: {seen[name]}, really {expected}"
        # A ready-made model is one line of a trace, however many layers it has.
        if name not in seen and "keras.applications" not in program.source:
            return f"layer {name} is not in the trace"
    return None


def _errors_differ(report: Mapping[str, Any], real: Mapping[str, Any]) -> str | None:
    kind, message, lines = real["error"]
    error = report["error"]
    if real["stage"] == "step" and error["stage"] == "step":
        return None
    if error["type"] != kind:
        return f"type: {error['type']}, really {kind}: {message}"
    if _plain(error["message"]) != _plain(message):
        return f"message: {error['message']!r}, really {message!r}"
    reported = [frame["span"]["line"] for frame in error["frames"]]
    if lines and lines[-1] not in reported:
        return f"line: {reported}, really {lines}"
    return None


def _plain(message: str) -> str:
    message = re.sub(r"\x1b\[[0-9;]*m", "", message)
    message = re.sub(r"value=\[\[.*?\]\]", "value", message, flags=re.DOTALL)
    message = re.sub(r'^[ \t]*File "[^\n]*\n*', "", message, flags=re.MULTILINE)
    message = re.sub(r"\{\{function_node [^}]*\}\} ?| ?\[Op:\w+\](?: name: ?\S*)?\s*$", "", message)
    message = re.sub(r"(?<=name=keras_tensor)_\d+", "", message)
    return re.sub(r"0x[0-9a-f]+|__inference_\w+|\d{12,}", "", message)
