"""Spaces of every kind that people build: verdicts are those of a real build and step, and both fast ways agree."""

from __future__ import annotations

import linecache
import os
import random
from typing import Any

import pytest
from benchmarks.families import FAMILIES, drawn

from .compare import PATH, compare, in_child, load
from .programs import Program

pytest.importorskip("keras_tuner")
pytestmark = [pytest.mark.tensorflow, pytest.mark.timeout(7200)]

COMPARED = int(os.environ.get("HYPERSHAPE_ACCURACY_FAMILY", "2"))
"""How many configurations of each family are really built and trained."""

REMEMBERED = int(os.environ.get("HYPERSHAPE_ACCURACY_TIERS", "6"))
"""How many configurations of each family are probed from memory and by Keras itself."""

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
            f"{configuration}: {name}: {again[name]} from memory, {whole[name]} by Keras"
            for name in FIELDS
            if str(again[name]) != str(whole[name])
        ]
    return found, answered


def test_spaces_of_every_kind_get_the_verdict_of_a_real_build(tally: Any) -> None:
    cases = [
        (Program(source), configuration)
        # Here, where nothing is downloaded, plain Keras has no weights to load.
        for source in (each.replace('weights="imagenet"', "weights=None") for each in FAMILIES.values())
        for configuration in in_child(configurations, source, COMPARED)
    ]
    wrong = [
        text
        for (program, _), (_, real, difference) in zip(cases, compare(cases), strict=True)
        if (text := tally.add("families", program, real, difference)) is not None
    ]
    assert not wrong, "\n\n".join(wrong)


SEEN_THROUGH = sorted(set(FAMILIES) - {"subclassed model"})
"""A model of the user's own class is run by Keras itself each time."""


@pytest.mark.parametrize("name", SEEN_THROUGH)
def test_what_is_remembered_is_what_keras_says_and_most_is_remembered(name: str) -> None:
    found, answered = in_child(differences, FAMILIES[name], REMEMBERED)
    assert not found, found[0]
    assert answered > REMEMBERED // 2
