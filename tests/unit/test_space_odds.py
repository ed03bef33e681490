import itertools
import math

import pytest

from hypershape.space import search_odds


def brute_force(share: float, trials: int, in_a_row: int) -> tuple[float, float]:
    failures = aborted = 0.0
    for outcome in itertools.product([True, False], repeat=trials):
        chance = math.prod(share if fails else 1 - share for fails in outcome)
        run = seen = 0
        for fails in outcome:
            run = run + 1 if fails else 0
            seen += fails
            if run == in_a_row:
                aborted += chance
                break
        failures += chance * seen
    return failures, aborted


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 1.0])
@pytest.mark.parametrize(("trials", "in_a_row"), [(1, 3), (3, 3), (9, 3), (8, 1), (10, 2)])
def test_the_odds_are_those_of_every_possible_search(share: float, trials: int, in_a_row: int) -> None:
    odds = search_odds(share, trials, in_a_row)
    assert (odds.failures, odds.abort) == pytest.approx(brute_force(share, trials, in_a_row))
