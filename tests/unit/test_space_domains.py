"""Positions and chances of one hyperparameter. `test_space_drawn.py` holds the same against Keras Tuner itself."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hypershape.model import Hyperparameter, Value
from hypershape.space import domains

INT = Hyperparameter("n", "Int", 3, (3, 5, 7, 9), 4, 3, 10, 2, "linear")
FINE_STEP = Hyperparameter("rate", "Float", 0.0, None, 100_000, 0.0, 1.0, 1e-5, "linear")
LOG_STEP = Hyperparameter("rate", "Float", 1.0, None, 13_823, 1.0, 1e6, 1.001, "log")
REVERSE_STEP = Hyperparameter("rate", "Float", 1.0, None, 13_823, 1.0, 1e6, 1.001, "reverse_log")
LONG = Hyperparameter("n", "Int", 0, None, 142_858, 0, 10**6, 7, "linear")
LOG_INT = Hyperparameter("n", "Int", 1, tuple(range(1, 4097)), 4096, 1, 4096, None, "log")
LONG_LOG = Hyperparameter("n", "Int", 1, None, 10**6, 1, 10**6, None, "log")
REVERSE_INT = Hyperparameter("n", "Int", 1, None, 10**6, 1, 10**6, None, "reverse_log")
SIGNED = Hyperparameter("n", "Int", -2, (-2, -1, 0, 1, 2), 5, -2, 2, None, "linear")
LINE = Hyperparameter("rate", "Float", 0.0, min=0.0, max=2.0, sampling="linear")
LOG_LINE = Hyperparameter("rate", "Float", 0.1, min=1e-4, max=1.0, sampling="log")
REVERSE_LINE = Hyperparameter("rate", "Float", 0.1, min=1e-4, max=1.0, sampling="reverse_log")
CHOICE = Hyperparameter("kind", "Choice", "a", ("a", "b", "c"), 3)
TWICE = Hyperparameter("size", "Choice", 16, (16, 32), 2, weights=(2, 1))
BOOLEAN = Hyperparameter("deep", "Boolean", False, (False, True), 2)
EMPTY = Hyperparameter("n", "Int", 5, (), 0, 5, 1, 1)
UNKNOWN = Hyperparameter("n", "Fixed", 5)

GRIDS = [
    INT, FINE_STEP, LOG_STEP, REVERSE_STEP, LONG, LOG_INT, LONG_LOG, REVERSE_INT, SIGNED, CHOICE, TWICE, BOOLEAN
]  # fmt: skip
LINES = [LINE, LOG_LINE, REVERSE_LINE]


@pytest.mark.parametrize("hp", [*GRIDS, *LINES])
@given(st.data())
def test_a_position_of_a_grid_has_a_value_and_the_value_that_position(
    hp: Hyperparameter, data: st.DataObject
) -> None:
    last = domains.positions(hp) - 1
    position = data.draw(st.integers(0, last) | st.sampled_from([0, last, max(last - 1, 0)]))
    value = domains.value_at(hp, position)
    assert domains.position_of(hp, value) == position
    assert domains.can_draw(hp, value)
    if hp.kind in ("Int", "Float"):
        assert type(value) is (int if hp.kind == "Int" else float)
        if position < last:
            assert value < domains.value_at(hp, position + 1)  # type: ignore[operator]


@pytest.mark.parametrize(
    ("hp", "count", "first", "second", "last"),
    [
        (INT, 4, 3, 5, 9),
        (FINE_STEP, 100_000, 0.0, 1e-5, 99_999 * 1e-5),
        (LOG_STEP, 13_823, 1.0, 1.001, 1.001**13_822),
        (REVERSE_STEP, 13_823, 1e6 + 1 - 1.001**13_822, 1e6 + 1 - 1.001**13_821, 1e6),
        (LONG, 142_858, 0, 7, 142_857 * 7),
        (LONG_LOG, 10**6, 1, 2, 10**6),
        (CHOICE, 3, "a", "b", "c"),
        (LINE, domains.FINE, 0.0, 2 / (domains.FINE - 1), 2.0),
        (LOG_LINE, domains.FINE, 1e-4, 1e-4, 1.0),
        (REVERSE_LINE, domains.FINE, 1e-4, 1e-4 + 5.4898e-7, 1.0),
    ],
)
def test_a_domain_begins_and_ends_where_it_does(
    hp: Hyperparameter, count: int, first: Value, second: Value, last: Value
) -> None:
    assert domains.positions(hp) == count
    found = [domains.value_at(hp, position) for position in (0, 1, count - 1)]
    if hp.kind == "Choice":
        assert found == [first, second, last]
    else:
        assert found == pytest.approx([first, second, last], rel=1e-5)
    assert domains.ends(hp, 3) == ((first, second, last) if hp is CHOICE else (found[0], found[2]))


@pytest.mark.parametrize("hp", LINES)
def test_the_ends_of_a_line_are_exact_and_nothing_lies_outside(hp: Hyperparameter) -> None:
    assert domains.value_at(hp, 0) == hp.min
    assert domains.value_at(hp, domains.FINE - 1) == hp.max


@pytest.mark.parametrize("hp", LINES)
@given(st.floats(0, 1))
def test_a_number_of_a_line_has_a_position_that_is_near_it(hp: Hyperparameter, share: float) -> None:
    assert hp.min is not None and hp.max is not None
    value = hp.min + share * (hp.max - hp.min)
    position = domains.position_of(hp, value)
    assert position is not None
    assert domains.value_at(hp, position) == pytest.approx(value, rel=1e-4, abs=1e-6)


@pytest.mark.parametrize(
    ("hp", "value"),
    [
        (INT, 4),
        (INT, 11),
        (INT, "3"),
        (FINE_STEP, 1.0),
        (FINE_STEP, 0.000015),
        (FINE_STEP, -1e-5),
        (LONG, 5),
        (LONG, -7),
        (LONG, 142_858 * 7),
        (LONG, "7"),
        (LONG, True),
        (LONG_LOG, 10**6 + 1),
        (LONG_LOG, 2.5),
        (LONG_LOG, True),
        (LINE, 2.1),
        (LINE, -0.1),
        (CHOICE, "d"),
        (EMPTY, 5),
    ],
)
def test_what_is_never_drawn_has_no_position_and_no_chance(hp: Hyperparameter, value: Value) -> None:
    assert domains.position_of(hp, value) is None
    assert not domains.can_draw(hp, value)
    assert domains.probability(hp, value) == 0


def test_a_domain_that_is_not_known_or_empty_has_its_default() -> None:
    for hp in (EMPTY, UNKNOWN):
        assert domains.positions(hp) == 1
        assert domains.value_at(hp, 0) == 5
        assert domains.draw(hp, random.Random(0)) == 5
        assert domains.ends(hp, 3) == (5,)
    assert domains.position_of(UNKNOWN, 17) == 0
    assert (domains.size(EMPTY), domains.size(UNKNOWN)) == (0, None)
    assert domains.cells(EMPTY) is None


@pytest.mark.parametrize("known", [{"min": 1}, {"max": 9}])
@pytest.mark.parametrize("kind", ["Int", "Float"])
def test_a_range_of_which_one_end_is_not_known_has_its_default(kind: str, known: dict[str, int]) -> None:
    half = Hyperparameter("n", kind, 5, **known)  # type: ignore[arg-type]
    assert domains.positions(half) == 1 and domains.value_at(half, 0) == 5
    assert domains.position_of(half, 3) == 0
    assert domains.draw(half, random.Random(0)) == 5
    assert domains.cells(half) == domains.cells(half, [3]) == [(5, 1.0)]


@pytest.mark.parametrize("sampling", ["linear", "log", "reverse_log"])
def test_a_line_of_one_number_always_has_it(sampling: str) -> None:
    point = Hyperparameter("rate", "Float", 0.5, min=0.5, max=0.5, sampling=sampling)
    assert domains.position_of(point, 0.5) == 0
    assert domains.value_at(point, 0) == domains.draw(point, random.Random(0)) == 0.5
    assert domains.cells(point, [0.1, 0.5]) == [(0.5, 1.0)]


def test_a_listed_range_is_drawn_evenly_from_its_list() -> None:
    listed = Hyperparameter("rate", "Float", 0.1, (0.1, 0.2), None, 0.1, 0.2)
    assert domains.cells(listed) == domains.cells(listed, [0.15]) == [(0.1, 0.5), (0.2, 0.5)]
    assert {domains.draw(listed, random.Random(seed)) for seed in range(9)} == {0.1, 0.2}


def test_a_number_that_differs_in_its_last_digits_is_the_one_of_the_grid() -> None:
    for position in (1, 7, 12_345, 99_999):
        for dust in (-2e-13, 2e-13):
            value = 1e-5 * position * (1 + dust)
            assert domains.position_of(FINE_STEP, value) == position


def test_a_choice_too_long_to_be_listed_is_represented_by_its_default() -> None:
    long = Hyperparameter("n", "Choice", "a", None, 20_000)
    assert domains.ends(long, 4) == ("a",)
    assert domains.cells(long, [3]) == [("a", 1.0)]


def test_sizes_are_numbers_of_values() -> None:
    assert [domains.size(hp) for hp in (INT, LONG, CHOICE, LINE)] == [4, 142_858, 3, None]


def test_a_long_choice_is_represented_by_its_first_values_and_its_last() -> None:
    hp = Hyperparameter("n", "Choice", 0, tuple(range(20)), 20)
    assert domains.ends(hp, 4) == (0, 1, 2, 19)
    assert domains.ends(hp, 20) == tuple(range(20))
    assert domains.ends(CHOICE, 4) == ("a", "b", "c")
    assert domains.ends(BOOLEAN, 4) == (False, True)
    one = Hyperparameter("n", "Int", 4, (4,), 1, 4, 4, 1)
    assert domains.ends(one, 4) == (4,)


@pytest.mark.parametrize(
    ("hp", "value", "expected"),
    [
        (INT, 3, 1 / 4),
        (FINE_STEP, 0.5, 1e-5),
        (LOG_INT, 1, math.log(2) / math.log(4097)),
        (LOG_INT, 4096, math.log(4097 / 4096) / math.log(4097)),
        (LONG_LOG, 7, math.log(8 / 7) / math.log(1_000_001)),
        (REVERSE_INT, 10**6, math.log(2) / math.log(1_000_001)),
        (REVERSE_INT, 1, math.log(1_000_001 / 1_000_000) / math.log(1_000_001)),
        # Keras Tuner cuts a number from [-2, 3) towards zero.
        (SIGNED, -2, 0),
        (SIGNED, -1, 1 / 5),
        (SIGNED, 0, 2 / 5),
        (SIGNED, 1, 1 / 5),
        (SIGNED, 2, 1 / 5),
        (TWICE, 16, 2 / 3),
        (TWICE, 32, 1 / 3),
        (BOOLEAN, True, 1 / 2),
        (LINE, 1.0, 0),
        (UNKNOWN, 5, 1),
    ],
)
def test_the_probability_of_a_value_is_that_of_a_random_trial(
    hp: Hyperparameter, value: Value, expected: float
) -> None:
    assert domains.probability(hp, value) == pytest.approx(expected, abs=1e-12)


class Given(random.Random):
    """A generator that gives one number."""

    def __init__(self, share: float) -> None:
        super().__init__(0)
        self._share = share

    def random(self) -> float:
        return self._share


@pytest.mark.parametrize(
    ("hp", "share", "expected"),
    [
        (LOG_INT, 0.5, 64),
        (LOG_INT, 0.0, 1),
        (LOG_INT, 0.999999, 4096),
        (REVERSE_INT, 0.5, 999_001),
        (SIGNED, 0.3, 0),
        (SIGNED, 0.05, -1),
        (LINE, 0.25, 0.5),
        (LOG_LINE, 0.25, 1e-3),
        (REVERSE_LINE, 0.75, 1 + 1e-4 - 1e-3),
    ],
)
def test_a_draw_maps_a_number_as_keras_tuner_does(hp: Hyperparameter, share: float, expected: Value) -> None:
    value = domains.draw(hp, Given(share))
    assert value == pytest.approx(expected, rel=1e-9)
    assert isinstance(value, int) is (hp.kind == "Int")


@pytest.mark.parametrize("hp", [INT, CHOICE, TWICE, BOOLEAN, SIGNED])
def test_values_are_drawn_as_often_as_their_probability_says(hp: Hyperparameter) -> None:
    generator = random.Random(1)
    drawn = [domains.draw(hp, generator) for _ in range(3000)]
    assert hp.values is not None
    for value in hp.values:
        assert drawn.count(value) / 3000 == pytest.approx(domains.probability(hp, value), abs=0.04)


def test_the_chance_of_a_path_is_the_product_over_what_is_not_held() -> None:
    hps = {"n": INT, "kind": CHOICE, "size": TWICE}
    configuration = {"n": 5, "kind": "b", "size": 16, "other": 3}
    assert domains.chance(configuration, hps) == pytest.approx(1 / 4 / 3 * 2 / 3)
    assert domains.chance(configuration, hps, ("kind",)) == pytest.approx(1 / 4 * 2 / 3)
    assert domains.chance({"n": 4}, hps) == 0
    assert domains.chance({}, hps) == 1


@pytest.mark.parametrize("hp", [INT, LOG_INT, SIGNED, CHOICE, TWICE, BOOLEAN])
def test_the_cells_of_a_listed_domain_are_its_values(hp: Hyperparameter) -> None:
    cells = domains.cells(hp)
    assert cells == [(value, pytest.approx(domains.probability(hp, value))) for value in hp.values or ()]
    assert domains.cells(hp, [1]) == cells
    assert domains.cells(hp, most=len(cells)) == cells
    assert domains.cells(hp, most=len(cells) - 1) is None


@pytest.mark.parametrize(
    ("hp", "cuts", "expected"),
    [
        (LINE, [0.5], [0.25, 0.75]),
        (LINE, [0.5, 0.5, 1.5], [0.25, 0.5, 0.25]),
        (LINE, [-1, 0.0, 2.0, 7], [1]),
        (LOG_LINE, [1e-2], [0.5, 0.5]),
        (REVERSE_LINE, [1 + 1e-4 - 1e-2], [0.5, 0.5]),
        (FINE_STEP, [0.25], [0.25, 1e-5, 0.74999]),
        (FINE_STEP, [0.250005], [0.25001, 0.74999]),
        (LONG_LOG, [1000], [math.log(1000), math.log(1.001), math.log(1_000_001 / 1001)]),
        (LONG, [-5, 10**7], [1]),
        (LONG, [0], [1 / 142_858, 142_857 / 142_858]),
    ],
)
def test_cuts_divide_a_domain_into_cells_with_their_probabilities(
    hp: Hyperparameter, cuts: list[float], expected: list[float]
) -> None:
    cells = domains.cells(hp, cuts)
    assert cells is not None
    assert [share for _, share in cells] == pytest.approx(
        [each / sum(expected) for each in expected], rel=1e-6
    )
    kinds = [tuple((value > cut) - (value < cut) for cut in cuts) for value, _ in cells]  # type: ignore[operator]
    assert kinds == sorted(set(kinds), key=kinds.index) and len(set(kinds)) == len(kinds)


def test_a_domain_without_end_of_values_has_no_cells_without_cuts() -> None:
    assert domains.cells(LINE) is None
    assert domains.cells(LONG_LOG) is None
    assert domains.cells(UNKNOWN, [3]) == [(5, 1.0)]


@pytest.mark.parametrize(
    ("kind", "low", "high", "step", "sampling", "expected"),
    [
        ("Int", 3, 10, 2, None, [3, 5, 7, 9]),
        ("Int", 3, 5, None, None, [3, 4, 5]),
        ("Int", 3, 5, None, "linear", [3, 4, 5]),
        ("Int", 3, 5, None, "log", None),
        ("Int", 2, 33, 2, "log", [2, 4, 8, 16, 32]),
        ("Int", 2, 40, 3, "reverse_log", [24, 36, 40]),
        ("Int", 1, 100_000, 1, None, list(range(1, 100_001))),
        ("Int", 0, 100_000, 1, None, None),
        ("Int", 4, 4, 1, None, [4]),
        ("Int", 5, 4, 1, None, None),
        ("Int", 1, 9, 0, None, None),
        ("Int", 1, 9, -1, None, None),
        ("Int", 1, 9, 1, "log", None),
        ("Int", 0, 9, 2, "log", None),
        ("Int", 1, 9, 2, "square", None),
        ("Float", 0, 0.5, 0.1, None, [0.0, 0.1, 0.2, 0.30000000000000004, 0.4]),
        ("Float", 0, 1, 0.5, None, [0.0, 0.5, 1.0]),
        ("Float", 0, 1, None, None, None),
        ("Float", 0, 2, 1, None, [0.0, 1.0, 2.0]),
        ("Int", 9, 4, 2, "log", None),
        ("Float", 0.001, 1, 10, "log", [0.001, 0.01, 0.1, 1.0]),
    ],
)
def test_a_declaration_that_is_only_read_gives_its_values(
    kind: str, low: float, high: float, step: float | None, sampling: str | None, expected: list[float] | None
) -> None:
    found = domains.drawn(kind, low, high, step, sampling)
    assert found == expected
    assert found is None or all(type(value) is (int if kind == "Int" else float) for value in found)


def test_a_maximum_is_reached_up_to_the_last_digits() -> None:
    assert domains.reaches([0.1, 0.2, 0.30000000000000004], 0.3)
    assert domains.reaches([5e-13], 0.0)
    assert not domains.reaches([5e-12], 0.0)
    assert not domains.reaches([3, 5, 7], 8)
    assert not domains.reaches([1.0], 1.00000001)


@pytest.mark.parametrize(
    ("value", "source"),
    [
        (0.30000000000000004, "0.3"),
        (1e-05, "1e-05"),
        (3.0, "3.0"),
        (7, "7"),
        (12345678901.0, "12345678901.0"),
        ("a", "'a'"),
        (0.1234567890123, "0.123456789"),
    ],
)
def test_a_value_is_written_without_the_dust_of_its_arithmetic(value: object, source: str) -> None:
    assert domains.text(value) == source
