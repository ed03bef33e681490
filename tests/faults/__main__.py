"""`python -m tests.faults [KIND…] [--verbose] [WORD…]`: the table over what user code, clients and the machine do.

With a word, only what has it in its name. After each: the next request is answered, the next text gets its verdict, nothing is left behind.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from hypershape.probe import Agent
from tests.faults import escapes, faults, machine, ordinary, protocol
from tests.faults.client import Client
from tests.faults.test_ordinary import outcome
from tests.faults.trials import World, tried


def _chosen(names: Iterable[str]) -> list[str]:
    words = [each for each in sys.argv[1:] if each not in KINDS and not each.startswith("-")]
    return [name for name in names if not words or any(word in name for word in words)]


@dataclass
class Row:
    """One kind of trial in the table."""

    kind: str
    wrong: int = 0
    seconds: list[float] = field(default_factory=list)

    def add(self, name: str, took: float, wrong: str) -> None:
        self.seconds.append(took)
        self.wrong += bool(wrong)
        if wrong or "--verbose" in sys.argv:
            print(f"{'WRONG' if wrong else 'ok':6}{self.kind:10}{name:60}{took:6.1f} s  {wrong}", flush=True)


@asynccontextmanager
async def _world() -> AsyncIterator[tuple[Agent, World]]:
    agent, world = Agent([sys.executable]), World.make()
    try:
        await agent.environment()
        yield agent, world
    finally:
        await agent.close()
        world.end()


async def _ordinary(row: Row) -> None:
    async with _world() as (agent, world):
        for name in _chosen(ordinary.files()):
            started = time.monotonic()
            found = await outcome(agent, ordinary.files()[name], world.project / "train.py")
            fine = found.startswith(("builds", "unknown: ", "limit: "))
            row.add(name, time.monotonic() - started, "" if fine else found)


async def _user(row: Row) -> None:
    async with _world() as (agent, world):
        for name in _chosen(faults.faults()):
            trial = await tried(
                agent, world, faults.faults()[name], [{"units": 2}, {"units": 3}, {"units": 4}]
            )
            wrong = list(trial.wrong)
            if name.endswith("in one model") and trial.verdicts[::2] != ["ok", "ok"]:
                wrong.append(f"verdicts: {', '.join(trial.verdicts)}")
            row.add(name, trial.seconds, "; ".join(wrong))


async def _escapes(row: Row) -> None:
    async with _world() as (agent, world):
        for name in _chosen(escapes.escapes()):
            text = escapes.text(escapes.escapes()[name], world.names)
            trial = await tried(agent, world, text, [{}])
            row.add(name, trial.seconds, "; ".join(trial.wrong))


async def _protocol(row: Row) -> None:
    client, last = Client(trusted=False), 10
    for name in _chosen(protocol.faults(client.uri)):
        started = time.monotonic()
        client.write(protocol.faults(client.uri)[name])
        right = client.is_right(last) and client.process.poll() is None
        last = 19 - last
        row.add(name, time.monotonic() - started, "" if right else "not answered, or no verdict")
        if not right:
            client.close()
            client, last = Client(trusted=False), 10
    client.close()


async def _machine(row: Row) -> None:
    table = {**machine.LIGHT, **machine.HEAVY}
    for name in _chosen(table):
        started, wrong = time.monotonic(), ""
        with tempfile.TemporaryDirectory() as folder:
            try:
                # Those with an agent have a loop of their own.
                await asyncio.to_thread(table[name], Path(folder))
            except Exception as problem:
                wrong = f"{type(problem).__name__}: {problem}"
        row.add(name, time.monotonic() - started, wrong)


KINDS: dict[str, Callable[[Row], object]] = {
    "ordinary": _ordinary,
    "user": _user,
    "escapes": _escapes,
    "protocol": _protocol,
    "machine": _machine,
}


async def main(kinds: list[str]) -> int:
    rows = []
    for kind in kinds or KINDS:
        rows.append(row := Row(kind))
        await KINDS[kind](row)  # type: ignore[misc]
    print(f"{'':12}{'tried':>8}{'wrong':>8}{'median':>10}{'slowest':>10}")
    for row in rows:
        middle, most = statistics.median(row.seconds), max(row.seconds)
        print(f"{row.kind:12}{len(row.seconds):>8}{row.wrong:>8}{middle:>8.1f} s{most:>8.1f} s")
    return 1 if any(row.wrong for row in rows) else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main([each for each in sys.argv[1:] if each in KINDS])))
