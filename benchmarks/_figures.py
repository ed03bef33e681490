"""`make bench`: runs every benchmark and puts what they print into README.md, between its markers."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
README = HERE.parent / "README.md"
SUMMED_UP = {"proofs.py": 4, "space.py": 2}
"""Of a benchmark with a long table README.md shows so many last lines."""
START, END = "<!-- figures -->", "<!-- /figures -->"


def main() -> int:
    parts = []
    for script in sorted(HERE.glob("[!_]*.py")):
        print(f"$ python benchmarks/{script.name}", flush=True)
        run = subprocess.run([sys.executable, str(script)], stdout=subprocess.PIPE, text=True)
        print(run.stdout, flush=True)
        if run.returncode:
            return run.returncode
        shown = run.stdout.strip().splitlines()[-SUMMED_UP.get(script.name, 0) :]
        parts.append("\n".join([f"$ python benchmarks/{script.name}", *shown]))
    text = README.read_text("utf-8")
    before, rest = text.split(START)
    after = rest.split(END)[1]
    made = "\n\n".join(parts)
    body = f"{START}\nOne run of `make bench` on {os.cpu_count()} cores, no GPU:\n\n```\n{made}\n```\n{END}"
    README.write_text(before + body + after, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
