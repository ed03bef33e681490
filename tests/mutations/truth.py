"""What every configuration of a search space really does: built and trained on for one step, with Keras alone.

Runs as a program of its own, so that nothing of Hypershape is in the process: it reads texts as JSON lines and answers
with what each of their configurations came to.
"""

from __future__ import annotations

import contextlib
import json
import sys
import traceback
from collections.abc import Iterator
from typing import Any

PATH = "/project/model.py"
MOST = 150
"""A space with more leaves is not told."""
BATCH = 32
"""What `fit` takes at once, where there is so much."""


def leaves(text: str) -> dict[str, Any]:
    """Each configuration that trials can draw, with its probability, and the line where it fails."""
    import keras
    import keras_tuner

    class Stopped(Exception):
        pass

    namespace: dict[str, Any] = {"__name__": "__main__"}
    given: dict[str, Any] = {}

    class Tuner:
        def __init__(self, hypermodel: Any, **_: Any) -> None:
            given["build"] = (
                hypermodel if callable(hypermodel) and not hasattr(hypermodel, "build") else hypermodel.build
            )

        def search(self, x: Any, y: Any = None, **_: Any) -> None:
            given["data"] = (x, y)
            raise Stopped

    own, keras_tuner.RandomSearch = keras_tuner.RandomSearch, Tuner
    try:
        exec(compile(text, PATH, "exec"), namespace)
    except Stopped:
        pass
    finally:
        keras_tuner.RandomSearch = own
    found = []
    for values, declared in _paths(given["build"], keras_tuner):
        keras.backend.clear_session()
        line, stage, message = _tried(given["build"], values, given["data"], keras_tuner)
        odds = 1.0
        for name in values:
            odds /= len(declared[name])
        found.append({"values": values, "odds": odds, "line": line, "stage": stage, "message": message})
        if len(found) > MOST:
            return {"leaves": None}
    return {"leaves": found}


def _paths(build: Any, keras_tuner: Any) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Every path through a tree of declarations, as its values and the domains of what it reads."""
    waiting: list[dict[str, Any]] = [{}]
    while waiting:
        fixed = waiting.pop()
        read = _read(build, fixed, keras_tuner)
        new = [name for name in read if name not in fixed]
        yield {name: fixed.get(name, domain[0]) for name, domain in read.items()}, read
        # The others of each new name, with the first values of those before it.
        for index, name in enumerate(new):
            before = {**fixed, **{each: read[each][0] for each in new[:index]}}
            waiting += [{**before, name: value} for value in read[name][1:]]


def _read(build: Any, fixed: dict[str, Any], keras_tuner: Any) -> dict[str, list[Any]]:
    """The names that a run reads when these are fixed and all others have their first value, with their domains."""
    domains: dict[str, list[Any]] = {}

    class Asked(keras_tuner.HyperParameters):  # type: ignore[misc]
        def _retrieve(self, hp: Any) -> Any:
            if hp.name not in domains and self.is_active(hp):
                domains[hp.name] = _values(hp)
                self.values[hp.name] = fixed.get(hp.name, domains[hp.name][0])
            return super()._retrieve(hp)

    with contextlib.suppress(Exception):
        build(Asked())
    return domains


def _values(hp: Any) -> list[Any]:
    if type(hp).__name__ == "Boolean":
        return [False, True]
    if type(hp).__name__ == "Fixed":
        return [hp.value]
    if type(hp).__name__ == "Choice":
        return list(hp.values)
    return (
        sorted({hp.prob_to_value(step / 400) for step in range(401)} - {None})
        if hp.step is not None
        else [hp.default]
    )


def _tried(
    build: Any, values: dict[str, Any], data: Any, keras_tuner: Any
) -> tuple[int | None, str | None, str]:
    """The line on which a configuration fails and whether it is while it is built; (None, None, "") where it trains."""
    hp = keras_tuner.HyperParameters()
    hp.values.update(values)
    try:
        model = build(hp)
    except Exception as error:
        return _line(error), "build", f"{type(error).__name__}: {error}"
    try:
        x, y = data
        first = [each[:BATCH] for each in x] if isinstance(x, list) else x[:BATCH]
        model.run_eagerly = True
        model.fit(first, y[:BATCH], verbose=0)
    except Exception as error:
        return None, "step", f"{type(error).__name__}: {error}"
    return None, None, ""


def _line(error: BaseException) -> int | None:
    lines = [each.lineno for each in traceback.extract_tb(error.__traceback__) if each.filename == PATH]
    return lines[-1] if lines else None


def main() -> None:
    answers = sys.stdout
    sys.stdout = sys.stderr
    for line in sys.stdin:
        try:
            told = leaves(json.loads(line))
        except Exception as error:
            told = {"leaves": None, "error": f"{type(error).__name__}: {error}"}
        answers.write(json.dumps(told) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
