"""Other work on the machine: processes that keep its processors busy while something is tried or measured.

`python -m tests.busy COMMAND…` runs a command beside two of them.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

LOOP = "import os\nparent = os.getppid()\nwhile os.getppid() == parent: sum(range(10_000))"


@contextmanager
def busy(processes: int = 2) -> Iterator[None]:
    """Meanwhile so many processes compute; they also end with this one."""
    running = [subprocess.Popen([sys.executable, "-c", LOOP]) for _ in range(processes)]
    try:
        yield
    finally:
        for each in running:
            each.kill()
        for each in running:
            each.wait()


if __name__ == "__main__":
    with busy():
        sys.exit(subprocess.call(sys.argv[1:]))
