"""How long it takes until a whole search space is decided, against `build_model(hp)` in a plain loop over it.

    python benchmarks/proofs.py [NAME…] [--kind KIND…] [--rows KIND…] [--budget SECONDS] [--loop N] [--probes N] [--real N] [--within SECONDS]

Each space of `_spaces.py` is analysed as `hypershape check` analyses a file, with an agent that has started already.
A row shows the configurations of the space; milliseconds for each of `--loop` random configurations in a plain loop,
for each of `--probes` in a first pass of symbolic probes, where nothing is known at the start, and for the same once
more; how often the plain loop takes as long as the first pass; seconds until the first verdict, and until the space was
decided or the budget over; CPU seconds of the analysis and its agent, which tell a busy machine from a slow program;
how many configurations were probed, which share of the space that decided, and whether that is a proof or a sample; how
often the plain loop over what was decided takes as long; and how many of `--real` random configurations have the
verdict of a real build and a training step. After `--within` seconds no further space is begun, and the last line says
how many were left out.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import os
import random
import statistics
import sys
import time
import warnings
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from _families import drawn, passes, plain_loop
from benchmarks._spaces import SPACES, SearchSpace
from probe import in_child

from hypershape.analysis import analyse
from hypershape.model import Configuration, Options, TargetAnalysis
from hypershape.probe import Agent

HEADER = (
    f"{'space':<36}{'configurations':>15}{'plain ms':>9}{'pass ms':>9}{'again ms':>9}{'ratio':>8}{'first s':>8}{'all s':>7}"
    f"{'CPU s':>7}{'probed':>8}{'decided':>9}  {'how':<7}{'in all':>10}{'agree':>7}"
)


@dataclass(frozen=True)
class Decided:
    """What an analysis said of a space, and when."""

    said: TargetAnalysis
    first: float | None
    """Seconds until the first configuration had a verdict."""
    seconds: float
    """Seconds until the space was decided, or until probing ended."""
    cpu: float

    @property
    def size(self) -> int | None:
        return self.said.coverage.space if self.said.coverage else None

    @property
    def proved(self) -> bool:
        return self.said.coverage is not None and self.said.coverage.mode == "exhaustive"

    @property
    def share(self) -> float:
        """The share of the space that is decided."""
        if self.proved:
            return 1.0
        return self.said.coverage.probed / self.size if self.said.coverage and self.size else 0.0

    def ratio(self, plain: float) -> float:
        """How often as long a plain loop takes for the configurations that were decided."""
        return plain * (self.size or 0) * self.share / self.seconds


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", help="spaces to measure (default: all)")
    parser.add_argument(
        "--kind", nargs="*", help="families, other, further, styles, kin, large, blocks (default: all)"
    )
    parser.add_argument(
        "--rows", nargs="*", help="kinds whose rows are shown, not only their summary (default: all)"
    )
    parser.add_argument("--budget", type=float, default=10.0, help="seconds for each space (default 10)")
    parser.add_argument("--loop", type=int, default=3, help="configurations of the plain loop (default 3)")
    parser.add_argument("--probes", type=int, default=100, help="probes of the first pass (default 100)")
    parser.add_argument("--real", type=int, default=2, help="configurations really trained (default 2)")
    parser.add_argument("--within", type=float, default=600.0, help="seconds for all spaces (default 600)")
    options = parser.parse_args()
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import keras
    import keras_tuner

    warnings.simplefilter("ignore")
    # What this process imported for its plain loops shall not slow down the analysis that it also runs.
    gc.collect()
    gc.freeze()
    print(f"Keras {keras.__version__}, keras-tuner {keras_tuner.__version__}, {keras.backend.backend()}")
    print(HEADER, flush=True)
    chosen = [
        each
        for each in SPACES
        if (not options.names or each.name in options.names)
        and (not options.kind or each.kind in options.kind)
    ]
    end = time.monotonic() + options.within
    rows: list[Row] = []
    with asyncio.Runner() as runner:
        agent = Agent([sys.executable])
        try:
            runner.run(started(agent))
            for space in chosen:
                if time.monotonic() < end:
                    rows.append(measured(space, options, runner, agent))
                    if not options.rows or space.kind in options.rows:
                        print(rows[-1], flush=True)
        finally:
            runner.run(agent.close())
    for kind in dict.fromkeys(row.space.kind for row in rows):
        print(summary(kind, [row for row in rows if row.space.kind == kind]))
    left_out = f"; {len(chosen) - len(rows)} were not begun in time" if len(rows) < len(chosen) else ""
    print(summary("all", rows) + left_out)
    return 0


@dataclass(frozen=True)
class Row:
    space: SearchSpace
    decided: Decided
    plain: float
    first_pass: float
    again: float
    agreeing: int
    compared: int

    @property
    def ratio(self) -> float:
        """How often as long a plain loop takes for the configurations that were decided."""
        return self.decided.ratio(self.plain)

    def __str__(self) -> str:
        coverage, decided = self.decided.said.coverage, self.decided
        first = "–" if decided.first is None else f"{decided.first:.2f}"
        return (
            f"{self.space.name:<36}{_short(decided.size or 0):>15}{1000 * self.plain:>9.1f}{1000 * self.first_pass:>9.2f}"
            f"{1000 * self.again:>9.2f}{self.plain / self.first_pass:>7.1f}×{first:>8}{decided.seconds:>7.1f}{decided.cpu:>7.1f}"
            f"{coverage.probed if coverage else 0:>8,}{decided.share:>9.1%}  {'proved' if decided.proved else 'sampled':<7}"
            f"{_short(self.ratio):>9}×{f'{self.agreeing}/{self.compared}':>7}"
        )


def _short(number: float) -> str:
    """A number of up to seven digits, or its power of ten."""
    return f"{number:,.0f}" if number < 1e7 else f"{number:.0e}".replace("e+0", "e").replace("e+", "e")


async def started(agent: Agent) -> None:
    """Starts an agent and lets it fork, so that no space pays for that."""
    await agent.environment()
    await agent.incapable()


def measured(space: SearchSpace, options: argparse.Namespace, runner: asyncio.Runner, agent: Agent) -> Row:
    decided = runner.run(decide(space, options.budget, agent))
    generator = random.Random(2)
    domains = {
        hp.name: {"values": hp.values, "min": hp.min, "max": hp.max} for hp in decided.said.hyperparameters
    }
    some = [drawn(domains, generator) for _ in range(max(options.loop, options.real))]
    program = space.program
    plain = in_child(plain_loop, program, some[: options.loop])
    first_pass, again = in_child(passes, program, options.probes)
    agreeing = agreement(space, some[: options.real]) if options.real else 0
    return Row(space, decided, plain, first_pass, again, agreeing, min(options.real, len(some)))


async def decide(space: SearchSpace, budget: float, agent: Agent) -> Decided:
    """Analyses a space until it is decided or its budget is over, without trying repairs."""
    import psutil

    await started(agent)
    process = psutil.Process(agent._client._server.pid)  # type: ignore[union-attr]
    document = space.module.document
    await asyncio.sleep(0.3)
    spent, begun = -_cpu(process), time.perf_counter()
    first: float | None = None
    states = analyse(document, agent, Options(budget=budget, verify_fixes=False))
    async with aclosing(states):  # type: ignore[type-var]
        async for state in states:
            said, seconds = state.targets[0], time.perf_counter() - begun
            if first is None and said.reports:
                first = seconds
            if said.coverage is not None and said.coverage.mode == "exhaustive" and said.data != "assumed":
                break
    # What is over counts when the agent has waited for its end.
    await asyncio.sleep(0.3)
    return Decided(said, first, seconds, spent + _cpu(process))


def _cpu(agent: Any) -> float:
    """CPU seconds of this process, of the agent and of all its jobs, those that have ended and those that live on."""
    seconds = time.process_time()
    for process in (agent, *agent.children(recursive=True)):
        times = process.cpu_times()
        seconds += times.user + times.system + times.children_user + times.children_system
    return seconds


def agreement(space: SearchSpace, configurations: Sequence[Configuration]) -> int:
    """How many configurations get the verdict of a real build and a training step."""
    from tests.accuracy.compare import compare
    from tests.accuracy.programs import Program

    cases = [(Program(space.program), configuration) for configuration in configurations]
    return sum(difference is None for _, _, difference in compare(cases))


def summary(kind: str, rows: Sequence[Row]) -> str:
    """One line about several rows, which names the worst."""
    ratios = sorted(rows, key=lambda row: row.ratio)
    passes = sorted(row.plain / row.first_pass for row in rows)
    firsts = [row.decided.first for row in rows if row.decided.first is not None]
    return (
        f"{kind}: {sum(row.decided.proved for row in rows)} of {len(rows)} proved; "
        f"in all {_short(ratios[0].ratio)}× in the worst ({ratios[0].space.name}), "
        f"{_short(statistics.median(row.ratio for row in rows))}× in the median; "
        f"first pass {passes[0]:,.1f}× and {statistics.median(passes):,.1f}×; "
        f"first verdict after {max(firsts):.1f} s at the most, {statistics.median(firsts):.2f} s in the median; "
        f"{sum(row.agreeing for row in rows)} of {sum(row.compared for row in rows)} agree"
    )


if __name__ == "__main__":
    sys.exit(main())
