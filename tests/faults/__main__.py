"""`python -m tests.faults`: the table over ordinary side effects of build functions."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

from hypershape.probe import Agent
from tests.faults import ordinary
from tests.faults.test_ordinary import outcome


async def main() -> int:
    """Prints what becomes of each; 1 where one is taken for the user's failure."""
    agent, wrong, built = Agent([sys.executable]), 0, 0
    try:
        for name, text in ordinary.files().items():
            with tempfile.TemporaryDirectory() as folder:
                found = await outcome(agent, text, Path(folder) / "train.py")
            mistaken = not found.startswith(("builds", "unknown: ", "limit: "))
            wrong, built = wrong + mistaken, built + (found == "builds")
            print(f"{'WRONG' if mistaken else 'ok':6}{name:42}{' '.join(found.split())[:120]}")
    finally:
        await agent.close()
    print(f"{len(ordinary.files())} side effects: {built} build, {wrong} are taken for the user's mistake")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
