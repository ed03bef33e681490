"""Probes a source in a forked process, as the agent does, and hands the reports back."""

from __future__ import annotations

import linecache
import multiprocessing
import textwrap
import traceback
from typing import Any

PATH = "/user/build.py"


def in_child(function: Any, *arguments: Any) -> Any:
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
    result, problem = receiver.recv()
    process.join()
    assert problem is None, problem
    return result


def load(source: str, expression: str = "build") -> Any:
    """What an expression gives in the namespace of a source, compiled under PATH."""
    linecache.cache[PATH] = (len(source), None, source.splitlines(True), PATH)
    namespace: dict[str, Any] = {"__name__": "__main__"}
    exec(compile(source, PATH, "exec"), namespace)
    return eval(expression, namespace)


def _probe(source: str, configurations: Any, data: Any, level: str, expression: str) -> list[dict[str, Any]]:
    from hypershape.agent.engine import Engine

    function = load(source, expression)
    engine = Engine(data, [PATH])
    reports = [engine.probe(function, configuration, level) for configuration in configurations]
    same = [[one["layers"] is other["layers"] for other in reports] for one in reports]
    return [dict(report, same=row) for report, row in zip(reports, same, strict=True)]


def probe(
    source: str, *configurations: Any, data: Any = None, level: str = "symbolic", expression: str = "build"
) -> list[dict[str, Any]]:
    """The reports of an engine on a source, for one configuration after the other ({} when none is given)."""
    return in_child(_probe, textwrap.dedent(source), configurations or ({},), data, level, expression)


def text(source: str, span: dict[str, Any]) -> str:
    """The text that a span of one line covers."""
    line = textwrap.dedent(source).splitlines()[span["line"] - 1]
    assert span["line"] == span["end_line"] and span["path"] == PATH
    return line[span["column"] - 1 : span["end_column"] - 1]
