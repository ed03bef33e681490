"""What a failing share of the space means for a search: failed trials, and the chance that it stops early."""

from __future__ import annotations

from dataclasses import dataclass

IN_A_ROW = 3
"""Keras Tuner's `max_consecutive_failed_trials`."""


@dataclass(frozen=True, slots=True)
class Odds:
    """`failures` are the expected failed trials until the search ends, `abort` the chance that failures end it."""

    failures: float
    abort: float


def search_odds(share: float, max_trials: int, in_a_row: int = IN_A_ROW) -> Odds:
    """The odds of a search of independent trials that each fail with probability `share`.

    A Markov chain over the current run of failures; `in_a_row` failures in a row end the search.
    """
    runs = [1.0] + [0.0] * (in_a_row - 1)
    failures = aborted = 0.0
    for _ in range(max_trials):
        fails = [chance * share for chance in runs]
        failures += sum(fails)
        aborted += fails[-1]
        runs = [sum(runs) * (1 - share), *fails[:-1]]
    return Odds(failures, aborted)
