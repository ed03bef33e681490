"""`python -m tests.reports [NAME…]`: what is said of files whose search fails or misleads, against real searches.

`--record` runs the files and writes `truth.toml` anew, and says what differs from what stood there; `--search` also
runs each file again after its first verified repair. Exit 1 when a case is not as it should be.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections import Counter
from collections.abc import Sequence

from tests.reports import real
from tests.reports.cases import KINDS, Case, all_cases, record
from tests.reports.judge import Said, judged, missing, search_again

COLUMNS = "{:<36}{:>7}{:>9}{:>9}{:>8}{:>8}"


def main() -> int:
    given = argparse.ArgumentParser(prog="python -m tests.reports")
    given.add_argument("names", nargs="*")
    given.add_argument("--record", action="store_true", help="run the files and write truth.toml anew")
    given.add_argument("--search", action="store_true", help="run each file again after its first repair")
    given.add_argument("--level", default="auto")
    given.add_argument("--budget", type=float, default=30.0, help="seconds for each file")
    chosen = given.parse_args()
    cases = []
    for case in all_cases(chosen.names):
        if need := missing(case):
            print(f"left out: {case.name} needs {need}, which is not installed")
        else:
            cases.append(case)
    if chosen.record:
        return _record(cases)
    said = asyncio.run(_judged(cases, chosen.level, chosen.budget))
    if chosen.search:
        search_again(said)
    print("\n" + table(said) + "\n\n" + "\n".join(told(said)))
    return int(any(each.verdict not in ("found", "silent") for each in said))


def _record(cases: Sequence[Case]) -> int:
    """Runs the files; 1 if one does something else than what was recorded."""
    before, found = {case.name: case.truth for case in cases}, {}
    for name, truth in real.run([(case.name, case.text) for case in cases]):
        found[name] = truth
        print(f"{name:<40}{truth.outcome:<20}{truth.error or ''}", flush=True)
    record(found)
    changed = [name for name, truth in found.items() if before[name] not in (None, truth)]
    for name in changed:
        print(f"no longer as recorded: {name}: {before[name]} is now {found[name]}")
    return int(bool(changed))


async def _judged(cases: Sequence[Case], level: str, budget: float) -> list[Said]:
    done = []
    async for each in judged(cases, level=level, budget=budget, fixes_offered=1):
        print(
            f"{each.verdict:<9}{each.case.name:<44}{each.seconds:5.1f} s  {'; '.join(each.because)}",
            flush=True,
        )
        done.append(each)
    return done


def table(said: Sequence[Said]) -> str:
    """The verdicts by kind."""
    lines = [COLUMNS.format("where the fault lies", "found", "in part", "missed", "wrong", "silent")]
    for kind, title in KINDS.items():
        counts = Counter(each.verdict for each in said if each.case.kind == kind)
        if counts:
            row = (counts[name] for name in ("found", "in part", "missed", "wrong", "silent"))
            lines.append(COLUMNS.format(f"{title} ({counts.total()})", *row))
    return "\n".join(lines)


def told(said: Sequence[Said]) -> list[str]:
    """Sums, and the worst first."""
    faulty = [each for each in said if each.case.codes]
    found = sum(each.verdict == "found" for each in faulty)
    searched = [each for each in said if each.repair]
    lines = [f"{found} of {len(faulty)} that fail or mislead are found with place and consequence"]
    if searched:
        cured = sum(each.repair == "cures" for each in searched)
        lines.append(
            f"{cured} of {len(searched)} first repairs cure in a real search and keep what is sought"
        )
    for verdict in ("wrong", "missed", "in part"):
        for each in said:
            if each.verdict == verdict:
                lines.append(f"{verdict}: {each.case.name}: {'; '.join(each.because)}")
    return lines


if __name__ == "__main__":
    sys.exit(main())
