"""Relations are found as if each were laid over all values, though almost none is."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest

from hypershape.model import Configuration
from hypershape.space import relations as under_test
from hypershape.space.relations import alike, of_two, relations, seen_together, split

Found = tuple[str, int, int, int]


def laid_over_all(failing: Sequence[Configuration], building: Sequence[Configuration]) -> Iterator[Found]:
    """The relations of two and three numbers that tell something, each asked about every value."""
    everything = (1 << len(failing)) - 1
    names = ["a", "b", "c"]
    for one, other in itertools.combinations(names, 2):
        pairs = seen_together((one, other), failing, building)
        candidates = of_two(one, other, pairs, alike(one, other, pairs, None), everything)
        yield from _shown(pairs, candidates, everything, lambda sides: True)
    triples = seen_together(("a", "b", "c"), failing, building)
    each_matters: Any = under_test._each_matters
    yield from _shown(triples, under_test._of_three(("a", "b", "c"), triples), everything, each_matters)


def _shown(pairs: Any, candidates: Any, everything: int, matters: Callable[[Any], bool]) -> Iterator[Found]:
    for each in candidates:
        sides = split(pairs, each.holds)
        all_failures = sides.failing == everything
        tells = bool(sides.outside) if all_failures else bool(sides.failing) and not sides.building
        if tells and each.shown(sides) and matters(sides):
            yield each.relation.text, sides.failing, sides.building, each.cost


RULES: list[Callable[[int, int, int], bool]] = [
    lambda a, b, c: a % b != 0,
    lambda a, b, c: a > b,
    lambda a, b, c: a != b and c > 2,
    lambda a, b, c: a * b >= 12,
    lambda a, b, c: a != b * c,
    lambda a, b, c: (a + c) % b != 0,
    lambda a, b, c: a * 7 % 11 > 5,
]


def drawn(
    rule: Callable[[int, int, int], bool], seed: int
) -> tuple[list[Configuration], list[Configuration]]:
    generator = random.Random(seed)
    failing: list[Configuration] = []
    building: list[Configuration] = []
    for _ in range(generator.choice([6, 30, 120])):
        each: dict[str, Any] = {name: generator.randint(1, 8) for name in "abc"}
        side = failing if rule(each["a"], each["b"], each["c"]) else building
        if generator.random() < 0.1:
            del each[generator.choice("abc")]
        elif generator.random() < 0.05:
            each["a"] = generator.choice([True, "text", 2.0])
        side.append(each)
    return failing, building


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("rule", RULES)
def test_they_are_those_that_all_values_show(rule: Callable[[int, int, int], bool], seed: int) -> None:
    failing, building = drawn(rule, seed)
    found = [
        (each.text, each.failing, each.building, each.cost)
        for each in relations(failing, building, ["a", "b", "c"])
    ]
    assert found == list(laid_over_all(failing, building))


def test_what_tells_nothing_is_not_laid_over_all_values(monkeypatch: pytest.MonkeyPatch) -> None:
    generator = random.Random(0)
    every = [dict(zip("abc", values, strict=True)) for values in itertools.product(range(1, 9), repeat=3)]
    failing = [each for each in every if generator.random() < 0.5]
    building = [each for each in every if each not in failing]
    laid: list[Any] = []
    monkeypatch.setattr(under_test, "split", lambda pairs, holds: laid.append(holds) or split(pairs, holds))
    assert not list(relations(failing, building, ["a", "b", "c"]))
    assert not laid
