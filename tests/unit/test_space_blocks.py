"""Conditions on one block of several: what fails is told from the round that a configuration read last."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable

import pytest

from hypershape.model import Configuration, Hyperparameter, Report, Value
from hypershape.space import diagrams
from hypershape.space.blame import smallest_condition
from hypershape.space.conditions import (
    And,
    Comparison,
    Condition,
    Name,
    Number,
    Operation,
    Or,
    Relation,
    Some,
    renamed,
    settled,
)
from hypershape.space.cubes import Cube

Read = Callable[[str], Value]


def hp(name: str, *values: Value) -> Hyperparameter:
    return Hyperparameter(name, "Choice", values[0], values, len(values))


def condition(hps: list[Hyperparameter], fails: Callable[[Read], bool]) -> Condition:
    found = sought(hps, fails)
    assert found is not None
    return found


def sought(hps: list[Hyperparameter], fails: Callable[[Read], bool], draws: int = 800) -> Condition | None:
    generator = random.Random(3)
    failing: list[Configuration] = []
    building: list[Configuration] = []
    for _ in range(draws):
        read: dict[str, Value] = {}

        def get(name: str, read: dict[str, Value] = read) -> Value:
            read[name] = generator.choice(next(each for each in hps if each.name == name).values or ())
            return read[name]

        (failing if fails(get) else building).append(read)
    found = smallest_condition(failing, building, {each.name: each for each in hps})
    assert found is None or (all(map(found.holds, failing)) and not any(map(found.holds, building)))
    return found


LEVELS = [
    each
    for index in range(5)
    for each in (
        hp(f"width_{index}", 16, 32, 64),
        hp(f"stride_{index}", 1, 2),
        hp(f"shortcut_{index}", False, True),
    )
]


def test_a_block_that_does_not_fit_the_one_before_it_is_told_in_one_thought() -> None:
    def fails(read: Read) -> bool:
        before: Value = 32
        for index in range(5):
            width, stride = read(f"width_{index}"), read(f"stride_{index}")
            if read(f"shortcut_{index}") and (stride == 2 or width != before):
                return True
            before = width
        return False

    found = condition(LEVELS, fails)
    assert found.words == (
        "(shortcut_0 and (stride_0 == 2 or width_0 != 32)) or "
        "(shortcut_{i} and (stride_{i} == 2 or width_{i} != width_{i - 1}) for some i from 1 to 4)"
    )
    assert found.text.endswith("or (shortcut_4 and (stride_4 == 2 or width_4 != width_3))")


def test_what_all_blocks_share_stands_beside_what_one_of_them_has() -> None:
    kinds = [
        each
        for index in range(4)
        for each in (hp(f"norm_{index}", "batch", "group", "none"), hp(f"units_{index}", *range(8, 33, 4)))
    ]

    def fails(read: Read) -> bool:
        groups = read("groups")
        for index in range(4):
            norm, units = read(f"norm_{index}"), read(f"units_{index}")
            if norm == "group" and units % groups:  # type: ignore[operator]
                return True
        return False

    found = condition([hp("groups", 2, 3, 5), *kinds], fails)
    assert found.words == "norm_{i} == 'group' and units_{i} % groups != 0 for some i from 0 to 3"


@pytest.mark.parametrize("reading", ["blocks by name", "names by block"])
def test_a_block_is_found_where_everything_is_read_before_any_is_made(reading: str) -> None:
    def fails(read: Read) -> bool:
        places = [(name, index) for name in ("stride", "shortcut") for index in range(5)]
        if reading == "names by block":
            places.sort(key=lambda place: place[1])
        values = {place: read(f"{place[0]}_{place[1]}") for place in places}
        return any(values["shortcut", index] and values["stride", index] == 2 for index in range(5))

    found = condition([each for each in LEVELS if "width" not in each.name], fails)
    assert found.words == "shortcut_{i} and stride_{i} == 2 for some i from 0 to 4"


def test_a_failure_that_adds_up_over_blocks_is_not_laid_upon_one_of_them() -> None:
    def fails(read: Read) -> bool:
        size = 20
        for index in range(4):
            size = size // 2 if read(f"shortcut_{index}") else size
            size -= 2 * int(read(f"stride_{index}") == 2)
            if size < 3:
                return True
        return False

    found = sought([each for each in LEVELS if "width" not in each.name], fails)
    assert found is None or "for some" not in found.words


def test_the_chance_of_a_block_is_exact_however_many_combinations_there_are() -> None:
    def fits(index: int) -> Condition:
        differs = Relation(Name(f"width_{index}"), "!=", Name(f"width_{index - 1}"))
        return And(
            (
                Comparison(f"shortcut_{index}", "==", True),
                Or((Comparison(f"stride_{index}", "==", 2), differs)),
            )
        )

    hps = {each.name: each for each in LEVELS}
    asked = Or(tuple(map(fits, (1, 2, 3, 4))))
    # Each shortcut is there in one half; half of them have a stride of 1, of which a third has the width before.
    assert asked.probability(hps) == pytest.approx(1 - (1 / 2 + 1 / 2 * 1 / 2 * 1 / 3) ** 4)


@pytest.mark.parametrize("names", [{"a": "c", "b": "d"}, {"a": None}, {"b": None}])
def test_a_renamed_condition_says_the_same_of_other_names(names: dict[str, str | None]) -> None:
    asked = Or(
        (And((Comparison("a", ">=", 2), Comparison("b", "==", 1))), Relation(Name("b"), "!=", Name("a")))
    )
    found = renamed(asked, names)
    for values in itertools.product(range(4), repeat=2):
        one = {name: value for name, value in zip("ab", values, strict=True) if names.get(name, name)}
        other = {names.get(name) or name: value for name, value in one.items()}
        assert bool(asked.holds(one)) is bool(found is not None and found.holds(other))


def test_what_is_left_of_a_condition_answers_as_the_whole_does() -> None:
    odd = Relation(Operation(Name("b"), "%", Number(2)), "==", Number(1))
    asked = And(
        (Or((Comparison("a", ">=", 2), odd)), Some(("b", "c"), "==", 1), Relation(Name("c"), "<=", Name("a")))
    )
    for order in itertools.permutations("abc"):
        for values in itertools.product(range(4), repeat=3):
            one = dict(zip(order, values, strict=True))
            left: Condition | bool | None = asked
            for name, value in one.items():
                left = settled(left, name, value) if isinstance(left, Condition) else left
            assert left is asked.holds(one)


def test_a_condition_is_held_against_every_way_through_a_diagram() -> None:
    """Over what a report reads: a name that another way reads is not asked for."""
    hps = {each.name: each for each in (hp("kind", "a", "b"), hp("size", 1, 2, 3))}
    reports = [
        Report({"kind": "a", "size": size}, "fail" if size == 3 else "ok", "symbolic") for size in (1, 2, 3)
    ]
    diagram = diagrams.of([*reports, Report({"kind": "b"}, "ok", "symbolic")], hps)
    assert diagram is not None

    def fails(cube: Cube) -> bool:
        return cube.report.verdict == "fail"

    assert diagram.wrong(Comparison("size", "==", 3), fails, 9) == []
    assert diagram.wrong(Comparison("size", ">=", 2), fails, 9) == [(False, {"kind": "a", "size": 2})]
    assert diagram.wrong(Comparison("kind", "==", "a"), fails, 9) != []
