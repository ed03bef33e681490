"""The explorer on search spaces with known truth, against random search and against pairs of values.

    python benchmarks/space.py [NAME…] [--budget PROBES] [--alone]

A condition is exact when it agrees with every leaf of a space of at most 20,000 leaves, and with 10,000 fresh random
draws of a larger one. Counts are probes until the first failure of the cause that takes longest; "–" means that it
was not met. `--alone` leaves out the comparison.
"""

from __future__ import annotations

import argparse
import math
import os
import statistics
import sys
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path.insert(0, str(Path(__file__).parent.parent))

RARE = 70
"""Random trials after which a failure that one trial in a hundred meets has probably been met."""


def main() -> int:
    from tests.space import measure
    from tests.space.spaces import SPACES

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--budget", type=int, default=measure.BUDGET)
    parser.add_argument("--alone", action="store_true")
    options = parser.parse_args()
    chosen = [each for each in SPACES if not options.names or each.name in options.names]
    print(
        f"{'space':40} {'found':5} {'exact':5} {'share':5} {'ours':>6} {'random':>7} {'pairs':>6}  condition"
    )
    found = exact = shown = wrong = right = 0
    speedups = []
    for space in chosen:
        started = time.perf_counter()
        result = measure.measure(space, options.budget)
        took = time.perf_counter() - started
        lacking = [
            label for label in space.shown if result.conditions.get(label) is None and label != "always"
        ]
        found += result.all_found
        exact += not result.wrong and not lacking
        shown += not lacking
        wrong += bool(result.wrong)
        right += result.share_right
        ours = max(result.found.values(), default=math.inf) if result.all_found else math.inf
        drawn = paired = math.nan
        if space.causes and not options.alone:
            drawn = max(measure.random_search(space).values())
            paired = max(measure.pairs_only(space).values())
            if math.isfinite(ours):
                speedups.append((min(drawn, 20_000), ours))
        conditions = "; ".join(str(result.conditions.get(label, "not found")) for label in space.causes)
        print(
            f"{space.name:40} {_mark(result.all_found):5} "
            f"{'wrong' if result.wrong else 'none' if lacking else 'yes':5} {_mark(result.share_right):5} "
            f"{_count(ours):>6} {_count(drawn):>7} {_count(paired):>6}  {conditions} "
            f"[{result.mode} {result.probes} probes, {took:.1f} s]",
            flush=True,
        )
        if options.alone and (result.wrong or not result.share_right):
            print(f"    {result.wrong} share {result.share} in {result.interval}, truth {result.true_share}")
    print(
        f"{len(chosen)} spaces: all causes found in {found}, all conditions shown in {shown} and exact in {exact}, "
        f"a wrong one in {wrong}, the share right in {right}"
    )
    if speedups:
        every = [drawn / ours for drawn, ours in speedups]
        print(f"random search needs {statistics.median(every):.1f} times as many probes (median)", end="")
        rare = [drawn / ours for drawn, ours in speedups if drawn >= RARE]
        if rare:
            print(
                f", {statistics.median(rare):.1f} times as many in {len(rare)} where it needs {RARE} or more",
                end="",
            )
        print()
    return 0


def _mark(value: bool) -> str:
    return "yes" if value else "no"


def _count(value: float) -> str:
    return "" if math.isnan(value) else "–" if math.isinf(value) else f"{value:,.0f}"


if __name__ == "__main__":
    sys.exit(main())
