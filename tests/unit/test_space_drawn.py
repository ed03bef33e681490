"""Domains, positions and probabilities against Keras Tuner itself: what it draws, and how often."""

from __future__ import annotations

import json
import math
import os
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, reject, settings
from hypothesis import strategies as st

from hypershape.model import Hyperparameter, Value
from hypershape.space import domains

pytest.importorskip("keras_tuner")
pytestmark = pytest.mark.tensorflow

CHILD = """
import json, sys
from keras_tuner.engine import hyperparameters
from hypershape.agent.hyperparameters import describe
print("ready", flush=True)
for line in sys.stdin:
    asked = json.loads(line)
    try:
        hp = getattr(hyperparameters, asked["kind"])("a", **asked["arguments"])
        answer = {
            "fields": describe(hp, None),
            "values": [hp.prob_to_value(share) for share in asked["shares"]],
            "draws": [hp.random_sample(seed) for seed in range(asked["draws"])],
        }
    except (ValueError, TypeError, ArithmeticError) as error:
        answer = {"refused": str(error)}
    print(json.dumps(answer), flush=True)
"""


class KerasTuner:
    """Keras Tuner in a process of its own, without any backend that computes."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", CHILD],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "KERAS_BACKEND": "numpy"},
            text=True,
        )
        while (line := self._read()) != "ready\n":
            assert line, "Keras Tuner did not start"

    def _read(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline()

    def __call__(
        self, kind: str, arguments: dict[str, Any], shares: Sequence[float] = (), draws: int = 0
    ) -> dict[str, Any]:
        """What it says of a declaration, or `refused`; `values` for the given shares, and some `draws`."""
        asked = {"kind": kind, "arguments": arguments, "shares": list(shares), "draws": draws}
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._read())
        return answer

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(30)


@pytest.fixture(scope="module")
def tuner() -> Iterator[KerasTuner]:
    started = KerasTuner()
    yield started
    started.close()


Declaration = tuple[str, dict[str, Any]]

samplings = st.sampled_from(["linear", "log", "reverse_log"])
whole = st.integers(-40, 60) | st.integers(1, 60) | st.integers(1, 300_000)
real = st.floats(1e-4, 50) | st.floats(-3, 3) | st.sampled_from([0.0, 0.1, 0.3, 1.0, 1e-5])
ints = st.fixed_dictionaries(
    {"min_value": whole, "max_value": whole},
    optional={"step": st.integers(1, 7), "sampling": samplings | st.none()},
)
floats = st.fixed_dictionaries(
    {"min_value": real, "max_value": real},
    optional={"step": st.sampled_from([0.1, 0.05, 0.3, 1e-5, 1.001, 1.5, 2.0, 10.0]), "sampling": samplings},
)
choices = st.one_of(
    st.lists(st.integers(-3, 3), min_size=1, max_size=6),
    st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=5),
    st.lists(st.booleans(), min_size=1, max_size=3),
    st.lists(st.floats(-2, 2), min_size=1, max_size=4),
)
declarations: st.SearchStrategy[Declaration] = st.one_of(
    st.tuples(st.just("Int"), ints),
    st.tuples(st.just("Float"), floats),
    st.tuples(st.just("Choice"), st.fixed_dictionaries({"values": choices})),
    st.tuples(st.just("Boolean"), st.just({})),
    st.tuples(st.just("Fixed"), st.fixed_dictionaries({"value": st.integers(0, 3)})),
)

NAMED: list[Declaration] = [
    ("Float", {"min_value": 0.0, "max_value": 1.0, "step": 1e-5}),
    ("Float", {"min_value": 0.0, "max_value": 1.0, "step": 1e-5, "sampling": "linear"}),
    ("Float", {"min_value": 1.0, "max_value": 1e6, "step": 1.001, "sampling": "log"}),
    ("Float", {"min_value": 1.0, "max_value": 1e6, "step": 1.0001, "sampling": "reverse_log"}),
    ("Float", {"min_value": 1e-5, "max_value": 0.1, "sampling": "log"}),
    ("Float", {"min_value": 1e-5, "max_value": 0.1, "sampling": "reverse_log"}),
    ("Float", {"min_value": 0.5, "max_value": 0.5}),
    ("Int", {"min_value": 1, "max_value": 4096, "sampling": "log"}),
    ("Int", {"min_value": 1, "max_value": 10**6, "sampling": "log"}),
    ("Int", {"min_value": 8, "max_value": 10**6, "sampling": "reverse_log"}),
    ("Int", {"min_value": 2, "max_value": 40, "step": 3, "sampling": "reverse_log"}),
    ("Int", {"min_value": -3, "max_value": 3, "sampling": None}),
    ("Int", {"min_value": -5, "max_value": -2, "sampling": None}),
    ("Int", {"min_value": -90_000, "max_value": 90_000, "sampling": None}),
    ("Int", {"min_value": 0, "max_value": 10**6, "step": 7}),
]


def hyperparameter(answer: dict[str, Any]) -> Hyperparameter:
    fields = {key: tuple(each) if isinstance(each, list) else each for key, each in answer["fields"].items()}
    return Hyperparameter(**fields)


def ask(tuner: KerasTuner, declaration: Declaration, draws: int = 0) -> tuple[Hyperparameter, dict[str, Any]]:
    answer = tuner(*declaration, draws=draws)
    if "refused" in answer:
        reject()
    hp = hyperparameter(answer)
    if domains.size(hp) == 0:
        reject()
    return hp, answer


def is_continuous(hp: Hyperparameter) -> bool:
    return hp.values is None and hp.count is None


def same(hp: Hyperparameter, one: Value, other: Value) -> bool:
    if is_continuous(hp):
        return math.isclose(one, other, rel_tol=1e-5, abs_tol=1e-6 * abs(hp.max - hp.min))  # type: ignore[arg-type,operator]
    return one == other and type(one) is type(other)


def check_draws(tuner: KerasTuner, declaration: Declaration) -> None:
    hp, answer = ask(tuner, declaration, draws=60)
    for value in answer["draws"]:
        position = domains.position_of(hp, value)
        assert position is not None and 0 <= position < domains.positions(hp), value
        assert same(hp, domains.value_at(hp, position), value)
        assert domains.can_draw(hp, value)


def check_positions(tuner: KerasTuner, declaration: Declaration, chosen: random.Random) -> None:
    """Each position is what Keras Tuner draws in the middle of the part of [0, 1) that belongs to it."""
    hp, _ = ask(tuner, declaration)
    if hp.weights is not None:
        return  # what is listed twice has no part of its own in one piece
    cuts = None
    if hp.values is None:
        values = [domains.value_at(hp, chosen.randrange(domains.positions(hp))) for _ in range(5)]
        cuts = [value for value in values if isinstance(value, int | float)]
    cells = domains.cells(hp, cuts)
    assert cells is not None
    assert sum(share for _, share in cells) == pytest.approx(1)
    ends = list(accumulate((share for _, share in cells), initial=0.0))
    # A part that is empty but for rounding has no middle.
    told = [(value, ends[i] + share / 2) for i, (value, share) in enumerate(cells) if share > 1e-9]
    # Of these Keras Tuner counts the steps from the maximum.
    downward = hp.step is not None and hp.sampling == "reverse_log"
    middles = [1 - middle if downward else middle for _, middle in told]
    drawn = tuner(*declaration, shares=middles)["values"]
    for (value, _), actual in zip(told, drawn, strict=True):
        if cuts is None:
            assert same(hp, value, actual), (value, actual)
        else:
            assert [(actual > cut) - (actual < cut) for cut in cuts] == [
                (value > cut) - (value < cut)  # type: ignore[operator]
                for cut in cuts
            ]


def check_frequencies(tuner: KerasTuner, declaration: Declaration) -> None:
    """What Keras Tuner draws at random, and what is drawn here, is as frequent as it is said to be."""
    hp, answer = ask(tuner, declaration, draws=600)
    if hp.values is None or len(hp.values) > 12:
        return  # too many to be counted
    generator = random.Random(7)
    ours = [domains.draw(hp, generator) for _ in range(600)]
    assert sum(domains.probability(hp, value) for value in hp.values) == pytest.approx(1)
    for drawn in (answer["draws"], ours):
        counts = Counter(drawn)
        assert set(counts) <= set(hp.values)
        for value in hp.values:
            expected = domains.probability(hp, value)
            slack = 6 * math.sqrt(max(expected * (1 - expected), 0.001) / 600)
            assert abs(counts[value] / 600 - expected) < slack, (value, expected, counts)


often = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow]
)


@pytest.mark.parametrize("declaration", NAMED, ids=str)
def test_named_declarations_are_drawn_as_keras_tuner_draws_them(
    tuner: KerasTuner, declaration: Declaration
) -> None:
    check_draws(tuner, declaration)
    check_positions(tuner, declaration, random.Random(3))


@pytest.mark.parametrize(
    "declaration",
    [
        ("Int", {"min_value": 1, "max_value": 9, "sampling": "log"}),
        ("Int", {"min_value": 1, "max_value": 9, "sampling": "reverse_log"}),
        ("Int", {"min_value": -3, "max_value": 3, "sampling": None}),
        ("Choice", {"values": [16, 16, 32]}),
        ("Boolean", {}),
    ],
    ids=str,
)
def test_values_are_as_frequent_as_keras_tuner_draws_them(
    tuner: KerasTuner, declaration: Declaration
) -> None:
    check_frequencies(tuner, declaration)


@often
@given(declarations)
def test_every_value_that_is_drawn_is_a_position(tuner: KerasTuner, declaration: Declaration) -> None:
    check_draws(tuner, declaration)


@often
@given(declarations, st.randoms(use_true_random=False))
def test_every_position_is_drawn_with_its_probability(
    tuner: KerasTuner, declaration: Declaration, chosen: random.Random
) -> None:
    check_positions(tuner, declaration, chosen)


@often
@given(declarations)
def test_frequencies_of_random_samples_are_the_probabilities(
    tuner: KerasTuner, declaration: Declaration
) -> None:
    check_frequencies(tuner, declaration)


@often
@given(declarations)
def test_a_declaration_that_is_only_read_draws_what_keras_tuner_draws(
    tuner: KerasTuner, declaration: Declaration
) -> None:
    kind, arguments = declaration
    assume(kind in ("Int", "Float"))
    answer = tuner(*declaration)
    step, sampling = arguments.get("step"), arguments.get("sampling", "linear")
    read = domains.drawn(kind, arguments["min_value"], arguments["max_value"], step, sampling)
    if "refused" in answer:
        assert read is None
    elif answer["fields"]["values"] is not None and step is not None:
        assert read is not None
        assert list(dict.fromkeys(read)) == answer["fields"]["values"]
