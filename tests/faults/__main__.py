"""The table over what user code, clients and the machine do. `python -m tests.faults --help` says how to have a part of it.

After each trial: the next request is answered, the next text gets its verdict, nothing is left behind. Each is tried
with forks and with spare interpreters, on a machine with nothing else to do and on one whose processors are all busy.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager, nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TypeAlias

from hypershape.probe import Agent
from tests.busy import busy
from tests.faults import escapes, faults, machine, ordinary, protocol
from tests.faults.client import Client
from tests.faults.test_ordinary import outcome
from tests.faults.trials import World, tried

PROCESSES, LOADS = ("fork", "spawn"), ("idle", "busy")
LEAST = {"ordinary": 60, "user": 150, "escapes": 150, "protocol": 100, "machine": 20}
"""So many trials of each kind there must be at least."""


@dataclass(frozen=True)
class Tried:
    """What came of one trial; `wrong` is empty where all was right."""

    kind: str
    processes: str
    load: str
    name: str
    seconds: float
    wrong: str

    @property
    def what(self) -> tuple[str, str, str, str]:
        return self.kind, self.processes, self.load, self.name


Found: TypeAlias = AsyncIterator[tuple[str, float, str]]
"""Of each trial its name, the seconds that it took and what was wrong."""


@asynccontextmanager
async def _world() -> AsyncIterator[tuple[Agent, World]]:
    agent, world = Agent([sys.executable]), World.make()
    try:
        environment = await agent.environment()
        assert environment.processes == os.environ["HYPERSHAPE_PROCESSES"]
        yield agent, world
    finally:
        await agent.close()
        world.end()


async def _ordinary(names: Iterable[str]) -> Found:
    async with _world() as (agent, world):
        for name in names:
            started = time.monotonic()
            found = await outcome(agent, ordinary.files()[name], world.project / "train.py")
            fine = found.startswith(("builds", "unknown: ", "limit: "))
            yield name, time.monotonic() - started, "" if fine else found


async def _user(names: Iterable[str]) -> Found:
    async with _world() as (agent, world):
        for name in names:
            trial = await tried(agent, world, faults.faults()[name], faults.CONFIGURATIONS)
            yield name, trial.seconds, "; ".join([*trial.wrong, *faults.misjudged(name, trial.verdicts)])


async def _escapes(names: Iterable[str]) -> Found:
    async with _world() as (agent, world):
        for name in names:
            text = escapes.text(escapes.escapes()[name], world.names)
            trial = await tried(agent, world, text, [{}])
            yield name, trial.seconds, "; ".join(trial.wrong)


async def _protocol(names: Iterable[str]) -> Found:
    client, last = Client.probing(), 10
    try:
        for name in names:
            started = time.monotonic()
            client.write(protocol.faults(client.uri)[name])
            right = client.is_right(last) and client.process.poll() is None
            last = 19 - last
            yield name, time.monotonic() - started, "" if right else client.told
            if not right:
                client.close()
                client, last = Client.probing(), 10
    finally:
        client.close()


async def _machine(names: Iterable[str]) -> Found:
    for name in names:
        started, wrong = time.monotonic(), ""
        with tempfile.TemporaryDirectory() as folder:
            try:
                # Those with an agent have a loop of their own.
                await asyncio.to_thread(machine.FAULTS[name], Path(folder), Client.probing)
            except Exception as problem:
                wrong = f"{type(problem).__name__}: {problem}"
        yield name, time.monotonic() - started, wrong


KINDS: dict[str, tuple[Callable[[Iterable[str]], Found], Callable[[], Iterable[str]]]] = {
    "ordinary": (_ordinary, ordinary.files),
    "user": (_user, faults.faults),
    "escapes": (_escapes, escapes.escapes),
    "protocol": (_protocol, lambda: protocol.faults("")),
    "machine": (_machine, lambda: machine.FAULTS),
}


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.faults", description=(__doc__ or "").partition(".")[0]
    )
    parser.add_argument(
        "kinds", nargs="*", metavar="KIND", help=f"of {', '.join(KINDS)}; all where none is named"
    )
    parser.add_argument("--processes", action="append", choices=PROCESSES)
    parser.add_argument("--load", action="append", choices=LOADS)
    parser.add_argument(
        "--part", default="1/1", metavar="2/6", help="the second of six equal parts of each kind"
    )
    parser.add_argument(
        "--named", action="append", metavar="WORD", help="only trials with this in their name"
    )
    parser.add_argument(
        "--record", type=Path, metavar="FILE", help="adds what is tried to a file, a line each"
    )
    parser.add_argument(
        "--missing", action="store_true", help="only what the file of --record does not hold yet"
    )
    parser.add_argument(
        "--table", action="store_true", help="tries nothing: the table over what --record has added"
    )
    parser.add_argument(
        "--verbose", action="store_true", help="shows each trial, and not only the wrong ones"
    )
    asked = parser.parse_args()
    if unknown := set(asked.kinds) - set(KINDS):
        parser.error(f"no such kind: {', '.join(sorted(unknown))}")
    if (asked.table or asked.missing) and asked.record is None:
        parser.error("--table and --missing need --record FILE")
    return asked


def _chosen(kind: str, asked: argparse.Namespace) -> list[str]:
    part, parts = map(int, asked.part.split("/"))
    names = list(KINDS[kind][1]())[part - 1 :: parts]
    return [name for name in names if not asked.named or any(word in name for word in asked.named)]


async def _all(asked: argparse.Namespace) -> list[Tried]:
    found = []
    done = {each.what for each in _recorded(asked.record)} if asked.missing else set()
    for kind in asked.kinds or KINDS:
        for processes in asked.processes or PROCESSES:
            for load in asked.load or LOADS:
                names = [each for each in _chosen(kind, asked) if (kind, processes, load, each) not in done]
                if not names:
                    continue
                os.environ["HYPERSHAPE_PROCESSES"] = processes
                with busy(os.cpu_count() or 2) if load == "busy" else nullcontext():
                    async for name, seconds, wrong in KINDS[kind][0](names):
                        found.append(each := Tried(kind, processes, load, name, seconds, wrong))
                        _tell(each, asked)
    return found


def _tell(each: Tried, asked: argparse.Namespace) -> None:
    if each.wrong or asked.verbose:
        state = "WRONG" if each.wrong else "ok"
        where = f"{each.kind} {each.processes} {each.load}"
        print(f"{state:6}{where:22}{each.name:60}{each.seconds:6.1f} s  {each.wrong}", flush=True)
    if asked.record is not None:
        with asked.record.open("a") as file:
            file.write(json.dumps(asdict(each)) + "\n")


def _recorded(path: Path) -> list[Tried]:
    """The newest of each trial."""
    if not path.exists():
        return []
    lines = [Tried(**json.loads(line)) for line in path.read_text().splitlines()]
    return list({each.what: each for each in lines}.values())


def _print_table(found: list[Tried]) -> None:
    print(f"{'':10}{'':7}{'':6}{'asked':>7}{'there':>7}{'right':>7}{'wrong':>7}{'median':>10}{'slowest':>10}")
    for kind, (_, names) in KINDS.items():
        for processes in PROCESSES:
            for load in LOADS:
                row = [
                    each
                    for each in found
                    if (each.kind, each.processes, each.load) == (kind, processes, load)
                ]
                if row:
                    wrong, seconds = sum(bool(each.wrong) for each in row), [each.seconds for each in row]
                    print(
                        f"{kind:10}{processes:7}{load:6}{LEAST[kind]:>7}{len(list(names())):>7}{len(row) - wrong:>7}"
                        f"{wrong:>7}{statistics.median(seconds):>8.1f} s{max(seconds):>8.1f} s"
                    )


def main() -> int:
    asked = _arguments()
    found = _recorded(asked.record) if asked.table else asyncio.run(_all(asked))
    _print_table(found)
    return 1 if any(each.wrong for each in found) else 0


if __name__ == "__main__":
    sys.exit(main())
