"""The conditions of causes, as the repairs that shrink a space read them back from their text."""

from __future__ import annotations

import itertools
import random

import pytest

from hypershape.fixes.tighten import holds
from hypershape.model import Configuration, Hyperparameter, Value
from hypershape.space.literals import comparisons, relations

DOMAINS: dict[str, tuple[Value, ...]] = {
    "units": tuple(range(1, 25)),
    "conv.0": (3, 5, 7),
    "rate": (0.1, 0.25, 0.5),
    "kind": ("max", "avg", "none"),
    "norm": (False, True),
}


def test_a_condition_reads_back_as_what_it_was_found_as() -> None:
    configurations: list[Configuration] = [
        dict(zip(DOMAINS, values, strict=True)) for values in itertools.product(*DOMAINS.values())
    ]
    chosen = random.Random(0).sample(configurations, 60)
    failing = [each for each in chosen if each["units"] % each["conv.0"] != 0]  # type: ignore[operator]
    building = [each for each in chosen if each not in failing]
    literals = [
        literal
        for name, values in DOMAINS.items()
        for literal in comparisons(
            name, failing, building, Hyperparameter(name, "Choice", values[0], values, len(values))
        )
    ]
    literals += relations(failing, building, ["units", "conv.0"])
    assert {"units", "conv.0"} in [set(literal.names) for literal in literals]
    for literal in literals:
        read = [holds(literal.text, configuration) for configuration in configurations]
        assert read == [literal.holds(configuration) for configuration in configurations], literal.text


@pytest.mark.parametrize(
    "text", ["units >=", "len(units) > 3", "missing > 3", "units % 0 == 1", "2 ** units > 1"]
)
def test_a_condition_that_cannot_be_judged_is_no_answer(text: str) -> None:
    assert holds(text, {"units": 10**9}) is None
