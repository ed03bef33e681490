"""`python -m tests.corpus [NAME…]`: the table over the corpus; exit 1 when a bar is missed."""

from __future__ import annotations

import asyncio
import sys
from collections import Counter
from collections.abc import Sequence

from hypershape.probe import Agent
from tests.corpus.judge import Outcome, expectations, judge

PROBED = 0.95


async def outcomes(names: Sequence[str]) -> list[Outcome]:
    """Every file of the corpus whose path contains one of `names` (all without names), one after the other."""
    agent = Agent([sys.executable])
    done = []
    try:
        for name, expected in expectations().items():
            if names and not any(each in name for each in names):
                continue
            outcome = await judge(name, expected, agent)
            done.append(outcome)
            print(f"{outcome.seconds:6.1f} s  {name}", flush=True)
            for sentence in outcome.wrong:
                print(f"          {sentence}", flush=True)
    finally:
        await agent.close()
    return done


def table(done: Sequence[Outcome]) -> str:
    data = sum((each.data for each in done if each.data is not None), Counter())
    targets, probed = (sum(getattr(each, name) for each in done) for name in ("targets", "probed"))
    rows = [
        ("files", f"{len(done)}"),
        ("targets found", f"{sum(each.found for each in done)} of {targets}"),
        ("targets probed", f"{probed} of {targets} ({probed / max(targets, 1):.1%})"),
        *((f"data {kind}", f"{data[kind]}") for kind in ("known", "declared", "assumed", "none")),
        ("planted failures found", f"{sum(e.caught for e in done)} of {sum(e.planted for e in done)}"),
        ("false errors", f"{sum(each.false_errors for each in done)}"),
        ("false warnings", f"{sum(each.false_warnings for each in done)}"),
        ("files as expected throughout", f"{sum(not each.wrong for each in done)}"),
        ("time", f"{sum(each.seconds for each in done):.0f} s"),
    ]
    return "\n".join(f"{name:<30}{value}" for name, value in rows)


def passes(done: Sequence[Outcome]) -> bool:
    """Every planted failure is found, nothing is flagged falsely, and 95 % of the targets are probed."""
    targets = sum(each.targets for each in done)
    return (
        all(each.caught == each.planted for each in done)
        and not any(each.false_errors or each.false_warnings for each in done)
        and sum(each.probed for each in done) >= PROBED * targets
    )


def main() -> int:
    done = asyncio.run(outcomes(sys.argv[1:]))
    print("\n" + table(done))
    return 0 if passes(done) else 1


if __name__ == "__main__":
    sys.exit(main())
