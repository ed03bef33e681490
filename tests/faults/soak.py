"""`python -m tests.faults.soak [MINUTES]`: one server is edited all the time; nothing about it may grow.

Each edit waits for its verdict, which needs probes. Now and then user code crashes, hangs, forks and prints.
"""

from __future__ import annotations

import statistics
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.faults.client import Client

TEXT = """import keras

def build_model(hp):
    kernel = hp.Choice("kernel", [3, 5, 7])  # {number}
    {body}
    model = keras.Sequential([keras.Input(({size}, {size}, 1)), keras.layers.Conv2D(8, kernel)])
    model.compile(loss="mse")
    return model
"""
BODIES = (
    "pass",
    "pass",
    "pass",
    "print('x' * 9999)",
    "import os; os.fork() or os._exit(0)",
    "import os; kernel == 5 and os.abort()",
)
EDIT_SECONDS = 120.0
GROWTH = 1.15
"""What may be at the end beside the first third: memory of caches that fill is no leak, a steady rise is."""
ALLOWED = {"server_mb": 2.0, "agents_mb": 100.0, "descriptors": 2.0, "processes": 5.0, "computed": 0.1}
"""So much more, in its own unit, says nothing: up to four processes that have probed wait for the next text, each of
some 25 MB, and one more is at work; a busy machine has them all later than an idle one."""


@dataclass(frozen=True)
class Sample:
    """What a server and all its processes hold after an edit, and how long that took."""

    seconds: float
    computed: float
    """The seconds of processor time that the edit took: what is slow only because the machine is busy is not in it."""
    server_mb: float
    agents_mb: float
    descriptors: int
    processes: int


def _sample(server: psutil.Process, seconds: float, computed: float) -> Sample:
    children = server.children(recursive=True)
    memory = server.memory_info().rss / 2**20
    held = sum(_own_mb(each.pid) for each in children)
    return Sample(seconds, computed, memory, held, server.num_fds(), len(children))


def _own_mb(process: int) -> float:
    """What a process wrote to its memory, in MB; what forks still share is divided among them, so that a sum is true.

    What one process has for itself alone (`uss`) jumps by hundreds of MB each time a fork of it starts or ends.
    """
    try:
        rolled = Path(f"/proc/{process}/smaps_rollup").read_text()
    except OSError:  # it has ended
        return 0.0
    return sum(int(line.split()[1]) for line in rolled.splitlines() if line.startswith("Pss_Anon:")) / 1024


def _computed(server: psutil.Process) -> float:
    """The seconds of processor time that a server and all its processes have had, those that have ended with them."""
    found = 0.0
    for each in (server, *server.children(recursive=True)):
        try:
            found += sum(each.cpu_times()[:4])
        except psutil.Error:
            continue
    return found


def _edit(client: Client, number: int) -> float:
    """The seconds until an edit has its verdict; raises TimeoutError."""
    fails = number % 2 == 0
    version = next(client._versions)
    text = TEXT.format(number=number, body=BODIES[number % len(BODIES)], size=6 if fails else 28)
    document = {"uri": client.uri, "version": version}
    client.tell("textDocument/didChange", {"textDocument": document, "contentChanges": [{"text": text}]})
    started = time.monotonic()
    while time.monotonic() - started < EDIT_SECONDS:
        codes = client.codes.get((client.uri, version))
        if codes is not None and ("HS201" in codes) == fails:
            return time.monotonic() - started
        time.sleep(0.01)
    raise TimeoutError(f"edit {number} has no verdict")


def soak(minutes: float) -> list[Sample]:
    client = Client.probing(budget=2.0)
    server, found = psutil.Process(client.process.pid), []
    try:
        deadline, number = time.monotonic() + 60 * minutes, 0
        while time.monotonic() < deadline:
            number, before = number + 1, _computed(server)
            seconds = _edit(client, number)
            found.append(_sample(server, seconds, max(0.0, _computed(server) - before)))
            client.codes.clear()
    finally:
        client.close()
    return found


def _usual(values: list[float], part: range) -> float:
    """The mean over the kinds of edits of what is usual for each: one median of all would jump between two kinds."""
    kinds = [[values[place] for place in part if place % len(BODIES) == kind] for kind in range(len(BODIES))]
    return statistics.mean(statistics.median(each) for each in kinds if each)


def grown(found: list[Sample]) -> list[str]:
    """What is more in the last third than in the first, whose start-up is left out; prints all of it."""
    third = len(found) // 3
    names = (*ALLOWED, "seconds")
    result = []
    print(f"{len(found)} edits{'':10}{'first third':>14}{'last third':>14}{'most':>10}")
    for name in names:
        values = [getattr(each, name) for each in found]
        before, after = (
            _usual(values, part) for part in (range(third // 2, third), range(len(found) - third, len(found)))
        )
        print(f"{name:18}{before:>14.2f}{after:>14.2f}{max(values):>10.2f}")
        # The clock is that of a machine that does other things as well.
        if name in ALLOWED and after > before * GROWTH + ALLOWED[name]:
            result.append(name)
    return result


def main() -> int:
    found = grown(soak(float(sys.argv[1]) if len(sys.argv) > 1 else 5.0))
    print(f"grows: {', '.join(found)}" if found else "nothing grows")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
