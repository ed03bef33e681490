"""`python -m tests.reports [NAME…]`: what is said of files whose search fails or misleads, against real searches.

`--record` runs the files and writes `truth.toml` anew, and says what differs from what stood there; `--search` also
runs each file again after each of the repairs that are offered. `--keep FOLDER --within SECONDS` does it in pieces: a run
that is out of time ends with exit 3, and the next goes on with what is kept. Exit 1 when a case is not as it should be.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from tests.reports import real
from tests.reports.cases import KINDS, Case, all_cases, missing, record
from tests.reports.judge import NO_ANSWER, Said, compared, search_again
from tests.reports.shown import Kept, shown

COLUMNS = "{:<45}{:>7}{:>9}{:>9}{:>8}{:>8}"
NOT_DONE = 3


def main() -> int:
    given = argparse.ArgumentParser(prog="python -m tests.reports")
    given.add_argument("names", nargs="*")
    given.add_argument("--record", action="store_true", help="run the files and write truth.toml anew")
    given.add_argument("--search", action="store_true", help="run each file again after each repair")
    given.add_argument("--level", default="auto")
    given.add_argument("--budget", type=float, default=30.0, help="seconds for each file")
    given.add_argument("--keep", type=Path, help="a folder of what is known already")
    given.add_argument("--within", type=float, default=float("inf"), help="seconds for this run")
    chosen = given.parse_args()
    until = time.monotonic() + chosen.within
    cases = []
    for case in all_cases(chosen.names):
        if need := missing(case):
            print(f"left out: {case.name} needs {need}, which is not installed")
        else:
            cases.append(case)
    if chosen.record:
        return _record(cases)
    kept = Kept(chosen.keep)
    said = asyncio.run(_said(cases, kept, until, chosen.level, chosen.budget))
    done = len(said) == len(cases) and (not chosen.search or search_again(said, kept, until))
    if not done:
        print(f"{len(said)} of {len(cases)} files are done, and not all repairs are tried: run this again")
        return NOT_DONE
    for title, each in _apart(said).items():
        print(f"\n{title}\n{table(each)}")
    print("\n" + "\n".join(told(said)))
    return int(any(each.verdict not in ("found", "silent") for each in said))


def _record(cases: Sequence[Case]) -> int:
    """Runs the files; 1 if one does something else than what was recorded."""
    before, found = {case.name: case.truth for case in cases}, {}
    for (name, _), truth in real.run([(case.name, case.text) for case in cases]):
        if truth.outcome == "no answer":
            raise RuntimeError(f"{name} gives no answer in {real.SECONDS:.0f} s")
        found[name] = truth
        print(f"{name:<40}{truth.outcome:<20}{truth.error or ''}", flush=True)
        record(found)
    changed = [name for name, truth in found.items() if before[name] not in (None, truth)]
    for name in changed:
        print(f"no longer as recorded: {name}: {before[name]} is now {found[name]}")
    return int(bool(changed))


async def _said(cases: Sequence[Case], kept: Kept, until: float, level: str, budget: float) -> list[Said]:
    done = []
    async for case, each in shown(cases, kept, until, level=level, budget=budget):
        said = compared(case, each)
        print(
            f"{said.verdict:<9}{case.name:<44}{each.seconds:5.1f} s", *said.because, sep="\n    ", flush=True
        )
        done.append(said)
    return done


def _apart(said: Sequence[Said]) -> dict[str, list[Said]]:
    """The files after public reports, and the others."""
    parts = {"cases": "files after public reports", "own": "files of our own"}
    found = {
        title: [each for each in said if each.case.path.parent.name == folder]
        for folder, title in parts.items()
    }
    return {title: each for title, each in found.items() if each}


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
    repairs = [came for each in said for came in each.repairs]
    seconds = sorted(each.shown.seconds for each in said)
    lines = [
        f"{found} of {len(faulty)} that fail or mislead are found with place and consequence",
        f"a file takes {seconds[len(seconds) // 2]:.1f} s, the median, and {seconds[-1]:.1f} s at most",
    ]
    if repairs:
        lines.append(
            f"{repairs.count('cures')} of {len(repairs)} repairs cure in a real search and keep what is sought"
        )
    lines += [f"a repair of {each.case.name} {NO_ANSWER}" for each in said if NO_ANSWER in each.repairs]
    for verdict_ in ("wrong", "missed", "in part"):
        for each in said:
            if each.verdict == verdict_:
                lines.append("\n    ".join([f"{verdict_}: {each.case.name}", *each.because]))
    return lines


if __name__ == "__main__":
    sys.exit(main())
