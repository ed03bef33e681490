"""Every Python file of the installed packages, or of some folders, through the static part: reading, slicing, all rules.

    python benchmarks/installed.py [FOLDER…] [--every N] [--worst N]

They are what people write, files of ten thousand lines among it; nothing of them is run. Each is read once, and
the processor time for 1,000 lines counts, of files of 200 lines and more. `--every 10` takes each tenth file alone.
A file that raises an exception ends the program with 1.
"""

from __future__ import annotations

import argparse
import resource
import sys
import sysconfig
import time
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from hypershape import collector, rules, source
from hypershape.model import Analysis

FEWEST_LINES = 200
BAR = 50.0


@dataclass(frozen=True)
class Read:
    """One file: its lines, the processor time in milliseconds, the targets and findings."""

    path: Path
    lines: int
    milliseconds: float
    targets: int
    findings: int

    @property
    def per_thousand(self) -> float:
        return 1000 * self.milliseconds / self.lines


def read(path: Path) -> Read | None:
    """A file through the static part; None where it is no text or too large. Raises what that raises."""
    try:
        document = source.read(path)
    except source.Unreadable:
        return None
    started = time.process_time()
    module = source.analyse(document)
    found = rules.findings(Analysis(module))
    taken = time.process_time() - started
    return Read(path, document.text.count("\n") + 1, 1e3 * taken, len(module.targets), len(found))


def quantile(values: Sequence[float], share: float) -> float:
    return sorted(values)[int(share * (len(values) - 1))]


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", nargs="*", type=Path, default=[Path(sysconfig.get_path("purelib"))])
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--worst", type=int, default=5)
    options = parser.parse_args()
    rules.all_rules()
    collector.settle()
    files = sorted(path for folder in options.folders for path in folder.rglob("*.py"))[:: options.every]
    inside = max(len(folder.parts) for folder in options.folders)
    done, raised = [], 0
    for path in files:
        try:
            found = read(path)
        except Exception:
            raised += 1
            traceback.print_exc()
            continue
        if found is not None:
            done.append(found)
    counted = [each for each in done if each.lines >= FEWEST_LINES]
    times = [each.per_thousand for each in counted]
    print(f"{len(done):,} files, {sum(each.lines for each in done):,} lines, {raised} exceptions, ", end="")
    print(f"{sum(each.milliseconds for each in done) / 1e3:.0f} s of processor time, ", end="")
    print(f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB at most")
    print(f"for 1,000 lines, of {len(counted):,} files of {FEWEST_LINES} lines and more:")
    for name, share in (("median", 0.5), ("90th percentile", 0.9), ("99th percentile", 0.99), ("worst", 1.0)):
        print(f"{name:16} {quantile(times, share):6.1f} ms{f'   bar {BAR:.0f} ms' * (share == 0.99)}")
    for each in sorted(counted, key=lambda each: -each.per_thousand)[: options.worst]:
        name = "/".join(each.path.parts[inside:])
        print(f"{each.per_thousand:8.1f} ms  {each.lines:6} lines  {each.targets:3} targets  {name}")
    return 1 if raised else 0


if __name__ == "__main__":
    sys.exit(main())
