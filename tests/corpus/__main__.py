"""`python -m tests.corpus [NAME…]`: the table over the corpus; exit 1 when a file is not as expected.

A difference that `expected.toml` names as unmet is shown, but does not count.
"""

from __future__ import annotations

import asyncio
import sys
from collections import Counter
from collections.abc import Sequence

from hypershape.probe import Agent
from tests.corpus.judge import Outcome, expectations, judge

COLUMNS = "{:<44}{:>6}{:>7}  {:<18}{:>9}{:>7}{:>7}"


async def outcomes(names: Sequence[str]) -> list[Outcome]:
    """Every file of the corpus whose path contains one of `names` (all without names), one after the other."""
    agent = Agent([sys.executable])
    done = []
    print(COLUMNS.format("file", "found", "probed", "data", "failures", "false", "time"))
    try:
        for name, expected in expectations().items():
            if names and not any(each in name for each in names):
                continue
            outcome = await judge(name, expected, agent)
            done.append(outcome)
            print(row(outcome), flush=True)
    finally:
        await agent.close()
    return done


def row(outcome: Outcome) -> str:
    """One line of the table, and one below it for every difference from what was expected."""
    line = COLUMNS.format(
        outcome.path,
        f"{outcome.found}/{outcome.targets}",
        f"{outcome.probed}/{outcome.probeable}",
        ", ".join(dict.fromkeys(outcome.data)),
        f"{outcome.caught}/{outcome.planted}" if outcome.planted else "",
        outcome.false or "",
        f"{outcome.seconds:.1f} s",
    )
    known = [f"    (known) {each}" for each in outcome.wrong if each not in outcome.news]
    gone = [f"    (no longer) {each}" for each in outcome.gone]
    return "\n".join([line, *known, *gone, *(f"    {each}" for each in outcome.news)])


def totals(done: Sequence[Outcome]) -> str:
    targets, planted = sum(each.targets for each in done), sum(each.planted for each in done)
    probed, probeable = (sum(getattr(each, name) for each in done) for name in ("probed", "probeable"))
    data = Counter(kind for each in done for kind in each.data)
    rows = [
        ("files", f"{len(done)}"),
        ("targets found", f"{sum(each.found for each in done)} of {targets}"),
        ("targets probed", f"{probed} of {probeable} ({probed / max(probeable, 1):.1%})"),
        *((f"data {kind}", f"{data[kind]}") for kind in ("known", "declared", "assumed", "none")),
        ("planted failures found", f"{sum(each.caught for each in done)} of {planted}"),
        ("false errors and warnings", f"{sum(each.false for each in done)}"),
        ("files as expected throughout", f"{sum(not each.wrong for each in done)}"),
        ("known to differ", f"{sum(bool(each.wrong) and not each.news for each in done)}"),
        ("time", f"{sum(each.seconds for each in done):.0f} s"),
    ]
    return "\n".join(f"{name:<30}{value}" for name, value in rows)


def main() -> int:
    done = asyncio.run(outcomes(sys.argv[1:]))
    print("\n" + totals(done))
    return int(any(each.news for each in done))


if __name__ == "__main__":
    sys.exit(main())
