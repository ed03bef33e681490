"""Spaces of every kind that people build: verdicts are those of a real build and step, and both fast ways agree."""

from __future__ import annotations

import itertools
import linecache
import os
import random
from typing import Any

import pytest
from benchmarks._families import drawn
from benchmarks._spaces import SPACES, SearchSpace

from .compare import PATH, compare, in_child, load
from .programs import Program

pytest.importorskip("keras_tuner")
pytestmark = [pytest.mark.tensorflow, pytest.mark.timeout(7200)]

COMPARED = int(os.environ.get("HYPERSHAPE_ACCURACY_FAMILY", "1"))
"""How many configurations of each family are really built and trained."""

REMEMBERED = int(os.environ.get("HYPERSHAPE_ACCURACY_TIERS", "4"))
"""How many configurations of each family are probed from memory and by Keras itself."""

TRIED = SPACES[:: int(os.environ.get("HYPERSHAPE_ACCURACY_EVERY", "18"))]
"""`make families` tries them all; some of every part of the list are tried here."""

FIELDS = (
    "configuration", "verdict", "error", "layers", "parameters", "output_shapes", "log_names", "compiled",
)  # fmt: skip


def configurations(source: str, count: int) -> list[dict[str, Any]]:
    from hypershape.agent.engine import Engine

    function, engine, generator = load(source), Engine(None, [PATH]), random.Random(0)
    space: dict[str, dict[str, Any]] = {}
    found: list[dict[str, Any]] = [{}]
    while len(found) <= count:
        space |= {hp["name"]: hp for hp in engine.probe(function, found[-1], "symbolic")["new"]}
        found.append(drawn(space, generator))
    return found[1:]


def _apart(remembered: Any, true: Any) -> str:
    """Where two values differ: of two sequences the first elements that do."""
    if isinstance(remembered, tuple) and isinstance(true, tuple):
        pairs = itertools.zip_longest(remembered, true)
        remembered, true = next(pair for pair in pairs if str(pair[0]) != str(pair[1]))
    return f"{remembered} from memory, {true} by Keras"


def _rows(calls: Any) -> set[Any]:
    """What a trace says of each line. Keras runs the code of a user's own class several times, which is one call."""
    opened = ("input_shapes", "output_shapes")
    return {
        (
            *(str(call[name]) for name in ("span", "class_name", "dtype", "parameters")),
            *(tuple((None, *shape[1:]) for shape in call[name]) for name in opened),
        )
        for call in calls
    }


def _is_equal(name: str, remembered: Any, true: Any) -> bool:
    return str(remembered) == str(true) or (name == "layers" and _rows(remembered) == _rows(true))


def differences(source: str, count: int) -> tuple[list[str], int]:
    """Where a probe from memory says something else than one by Keras itself, and how many were answered from memory."""
    from hypershape.agent import engine

    function, generator = load(source), random.Random(1)
    linecache.cache[PATH] = (len(source), None, source.splitlines(True), PATH)
    fast, slow = engine.Engine(None, [PATH]), engine.Engine(None, [PATH])
    slow._unknown = 10**9
    fast.probe(function, {}, "symbolic")
    space = {hp["name"]: hp for hp in slow.probe(function, {}, "symbolic")["new"]}
    found, answered = [], 0
    for _ in range(count):
        configuration = drawn(space, generator)
        fast.probe(function, configuration, "symbolic")
        answered += isinstance(fast._from_memory(function, configuration), dict)
        again, whole = (each.probe(function, configuration, "symbolic") for each in (fast, slow))
        space |= {hp["name"]: hp for hp in whole["new"]}
        found += [
            f"{configuration}: {name}: {_apart(again[name], whole[name])}"
            for name in FIELDS
            if not _is_equal(name, again[name], whole[name])
        ]
    return found, answered


def test_spaces_of_every_kind_get_the_verdict_of_a_real_build(tally: Any) -> None:
    cases = [
        (Program(space.program), configuration)
        for space in TRIED
        for configuration in in_child(configurations, space.program, COMPARED)
    ]
    wrong = [
        text
        for (program, _), (_, real, difference) in zip(cases, compare(cases), strict=True)
        if (text := tally.add("families", program, real, difference)) is not None
        and not text.startswith("not checked")
    ]
    assert not wrong, "\n\n".join(wrong)


NOT_SEEN_THROUGH = (
    "subclassed model",
    "audio spectrogram",
    "loops over choices",
    "subclassed with free units",
)
"""Spaces of which Keras itself runs most configurations each time."""


@pytest.mark.parametrize("space", TRIED, ids=lambda space: space.name)
def test_what_is_remembered_is_what_keras_says_and_most_is_remembered(space: SearchSpace) -> None:
    found, answered = in_child(differences, space.program, REMEMBERED)
    assert not found, found[0]
    assert answered > REMEMBERED // 2 or space.name in NOT_SEEN_THROUGH, answered
