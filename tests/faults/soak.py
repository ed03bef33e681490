"""`python -m tests.faults.soak [MINUTES]`: one server is edited all the time; nothing about it may grow.

Each edit waits for its verdict, which needs probes. Now and then user code crashes, hangs, forks and prints.
"""

from __future__ import annotations

import statistics
import sys
import time
from dataclasses import dataclass

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


@dataclass(frozen=True)
class Sample:
    """What a server and all its processes hold after an edit, and how long that took."""

    seconds: float
    server_mb: float
    agents_mb: float
    descriptors: int
    processes: int


def _sample(server: psutil.Process, seconds: float) -> Sample:
    children = server.children(recursive=True)
    held = 0.0
    for each in children:
        try:
            held += each.memory_full_info().uss
        except psutil.Error:
            continue
    return Sample(seconds, server.memory_info().rss / 2**20, held / 2**20, server.num_fds(), len(children))


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
    client = Client(trusted=True, interpreter=[sys.executable], budget=2.0)
    server, found = psutil.Process(client.process.pid), []
    try:
        deadline, number = time.monotonic() + 60 * minutes, 0
        while time.monotonic() < deadline:
            number += 1
            found.append(_sample(server, _edit(client, number)))
            client.codes.clear()
    finally:
        client.close()
    return found


def grown(found: list[Sample]) -> list[str]:
    """What is more in the last third than in the first, whose start-up is left out."""
    third = len(found) // 3
    first, last = found[third // 2 : third], found[-third:]
    names = ("server_mb", "agents_mb", "descriptors", "processes", "seconds")
    result = []
    print(f"{len(found)} edits{'':10}{'first third':>14}{'last third':>14}{'most':>10}")
    for name in names:
        values = [[getattr(each, name) for each in part] for part in (first, last, found)]
        before, after = statistics.median(values[0]), statistics.median(values[1])
        print(f"{name:18}{before:>14.2f}{after:>14.2f}{max(values[2]):>10.2f}")
        # The clock is that of a machine that does other things as well.
        if name != "seconds" and after > before * GROWTH + 2:
            result.append(name)
    return result


def main() -> int:
    found = grown(soak(float(sys.argv[1]) if len(sys.argv) > 1 else 5.0))
    print(f"grows: {', '.join(found)}" if found else "nothing grows")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
