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
        result, problem = None, "the child died"
    process.join()
    if problem is not None:
        raise AssertionError(problem)
    return result


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
                data = {"x": [program.x], "y": [program.y] if program.y is not None else []}
            engines[program] = Engine(data, [PATH]), load(program.source)
        engine, function = engines[program]
        linecache.cache[PATH] = (1, None, program.source.splitlines(True), PATH)
        report = engine.probe(function, configuration, level)
        again = engine.probe(function, configuration, level)
        for name in ("verdict", "error", "layers", "parameters", "output_shapes", "log_names", "compiled"):
            if report[name] != again[name]:
                report["unstable"] = f"a second probe differs in {name}: {report[name]}, then {again[name]}"
        reports.append(report)
    return reports


def build_all(cases: Sequence[tuple[Program, Mapping[str, Any]]]) -> list[dict[str, Any]]:
    """What plain Keras and Keras Tuner do with each case: build for real and, where data are known, train a step."""
    import keras
    import keras_tuner

    results = []
    for program, configuration in cases:
        result: dict[str, Any] = {"error": None, "stage": "build", "layers": {}, "parameters": None}
        keras.backend.clear_session()
        function = load(program.source)
        hp = keras_tuner.HyperParameters()
        hp.values = dict(configuration)
        try:
            model = function(hp)
            if model.built:
                result["parameters"] = model.count_params()
                result["layers"] = _layers(model)
            result["stage"] = "step"
            if program.x is None:
                result["later"] = _later(model)
            else:
                _train(model, program)
                result["parameters"] = model.count_params()
        except Exception as error:
            lines = [f.lineno for f in traceback.extract_tb(error.__traceback__) if f.filename == PATH]
            result["error"] = (type(error).__name__, str(error), lines)
        results.append(result)
    return results


def _train(model: Any, program: Program) -> None:
    import numpy

    x = numpy.zeros((32, *program.x), "float32")
    y = numpy.zeros((32, *program.y), "float32" if program.y else "int32")
    model.run_eagerly = True
    model.jit_compile = False
    model.train_on_batch(x, y)


def _later(model: Any) -> str | None:
    """The error of a step on labels that look like the outputs: what any data would meet."""
    import numpy

    x = [
        numpy.zeros([32 if size is None else size for size in each.shape], "float32") for each in model.inputs
    ]
    y = [
        numpy.zeros([32 if size is None else size for size in each.shape], "float32")
        for each in model.outputs
    ]
    model.run_eagerly = True
    model.jit_compile = False
    try:
        model.train_on_batch(x if len(x) > 1 else x[0], y if len(y) > 1 else y[0])
    except Exception as error:
        return str(error)
    return None


def _layers(model: Any) -> dict[str, Any]:
    found = {}
    for layer in model.layers:
        if not type(layer).__module__.startswith("keras.") or not layer._inbound_nodes:
            continue
        if type(layer).__name__ == "InputLayer":
            continue
        outputs = layer.output if isinstance(layer.output, (list, tuple)) else [layer.output]
        found[layer.name] = (tuple(str(tuple(each.shape)) for each in outputs), layer.count_params())
    return found


def disagreement(program: Program, report: Mapping[str, Any], real: Mapping[str, Any]) -> str | None:
    """How a report differs from what really happened, or None. `FALSE FAILURE` marks the worst kind."""
    failed = real["error"] is not None
    if "unstable" in report:
        return str(report["unstable"])
    if report["verdict"] == "fail" and report["error"]["stage"] == "step" and program.x is None:
        later = real.get("later")
        return (
            None
            if later is not None and _plain(later) == _plain(report["error"]["message"])
            else f"FALSE FAILURE: {report['error']}, really {later}"
        )
    if report["verdict"] == "fail" and not failed:
        return f"FALSE FAILURE: {report['error']['type']}: {report['error']['message']}"
    if report["verdict"] == "ok" and failed:
        return f"missed: {real['error']}"
    if failed:
        return _errors_differ(report, real)
    if report["parameters"] != real["parameters"]:
        return f"parameters: {report['parameters']}, really {real['parameters']}"
    seen = {call["name"]: (call["output_shapes"], call["parameters"]) for call in report["layers"]}
    for name, expected in real["layers"].items():
        if name in seen and seen[name] != expected:
            return f"layer {name}: {seen[name]}, really {expected}"
        if name not in seen:
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
    return re.sub(r"0x[0-9a-f]+", "0x", message)
