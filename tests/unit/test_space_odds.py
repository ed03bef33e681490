"""The odds of a search are those of every possible search."""

import itertools
import math
import random

import pytest

from hypershape.model import Hyperparameter
from hypershape.space import odds, search_odds


def brute_force(share: float, trials: int, in_a_row: int) -> tuple[float, float]:
    failures = aborted = 0.0
    for outcome in itertools.product([True, False], repeat=trials):
        chance = math.prod(share if fails else 1 - share for fails in outcome)
        seen, ends = search(outcome, in_a_row)
        failures += chance * seen
        aborted += chance * ends
    return failures, aborted


def search(outcome: tuple[bool, ...], in_a_row: int) -> tuple[int, bool]:
    """Failed trials until a search ends, and whether failures end it."""
    run = seen = 0
    for fails in outcome:
        run = run + 1 if fails else 0
        seen += fails
        if run == in_a_row:
            return seen, True
    return seen, False


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 1.0])
@pytest.mark.parametrize(("trials", "in_a_row"), [(1, 3), (3, 3), (9, 3), (8, 1), (10, 2)])
def test_the_odds_are_those_of_every_possible_search(share: float, trials: int, in_a_row: int) -> None:
    found = search_odds(share, trials, in_a_row)
    assert found is not None
    assert (found.failures, found.abort) == pytest.approx(brute_force(share, trials, in_a_row))


@pytest.mark.parametrize(("space", "failing"), [(1, 1), (4, 2), (6, 3), (7, 7), (8, 3)])
@pytest.mark.parametrize(("trials", "in_a_row"), [(3, 3), (6, 3), (5, 1), (7, 2)])
def test_a_search_of_a_small_space_repeats_nothing(
    monkeypatch: pytest.MonkeyPatch, space: int, failing: int, trials: int, in_a_row: int
) -> None:
    # Every order is as likely as another, and no search ends because it cannot find what is left.
    monkeypatch.setattr(odds, "COLLISIONS", 100_000)
    odds._without_repetition.cache_clear()
    ends = [
        search(tuple(each < failing for each in order[:trials]), in_a_row)
        for order in itertools.permutations(range(space))
    ]
    found = search_odds(failing / space, trials, in_a_row, odds.Drawn(space))
    odds._without_repetition.cache_clear()
    assert found is not None
    assert found.failures == pytest.approx(sum(seen for seen, _ in ends) / len(ends))
    assert found.abort == pytest.approx(sum(aborted for _, aborted in ends) / len(ends))


def test_a_search_that_finds_nothing_new_ends() -> None:
    """Of 18 configurations the last ones are often left out, as Keras Tuner does."""
    found = search_odds(1.0, 18, 99, odds.Drawn(18))
    assert found is not None and 16 < found.failures < 17.8


def test_a_large_space_is_as_one_without_end() -> None:
    assert search_odds(0.5, 20, 3, odds.Drawn(10**9)) == search_odds(0.5, 20, 3)


def test_what_is_no_whole_number_of_configurations_has_no_odds() -> None:
    assert search_odds(0.3, 20, 3, odds.Drawn(4)) is None


def test_a_grid_starts_at_the_defaults_and_moves_the_last_hyperparameter_first() -> None:
    hps = [
        Hyperparameter("a", "Choice", 2, (1, 2, 3), 3),
        Hyperparameter("b", "Boolean", False, (False, True), 2),
    ]
    assert [tuple(each.values()) for each in odds.in_order(hps)] == [
        (2, False),
        (2, True),
        (1, False),
        (1, True),
        (3, False),
        (3, True),
    ]


@pytest.mark.parametrize("sizes", [(2, 3), (3, 4), (4, 6)])
def test_what_a_random_search_leaves_out_is_what_drawing_leaves_out(sizes: tuple[int, int]) -> None:
    hps = [
        Hyperparameter(f"h{place}", "Int", 0, tuple(range(size)), count=size, min=0, max=size - 1, step=1)
        for place, size in enumerate(sizes)
    ]
    whole, draw, searches = math.prod(sizes), random.Random(5), 4000
    left = [whole - len(drawn_until_known(whole, draw)) for _ in range(searches)]
    chance, number = odds.left_out(hps, whole)
    some = [each for each in left if each]
    assert chance == pytest.approx(len(some) / searches, abs=0.03)
    if len(some) > 100:
        assert number == pytest.approx(sum(some) / len(some), rel=0.1)
    assert odds.left_out(hps, whole - 1) == (0.0, 0.0)


def drawn_until_known(space: int, draw: random.Random) -> set[int]:
    """What Keras Tuner's random search tries of so many configurations: it ends after 21 draws that bring nothing."""
    tried: set[int] = set()
    known = 0
    while len(tried) < space and known <= odds.COLLISIONS:
        each = draw.randrange(space)
        known = known + 1 if each in tried else 0
        tried.add(each)
    return tried
