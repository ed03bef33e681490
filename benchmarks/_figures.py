"""`make bench`: runs every benchmark and puts what they print into README.md, between its markers.

python benchmarks/_figures.py [SCRIPT…]
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
README = HERE.parent / "README.md"
SUMMED_UP = {"rehearsals.py": 9, "space.py": 2}
"""Of a benchmark with a long table README.md shows so many last lines."""
CHOSEN = {"proofs.py": ("--rows", "families", "large", "--probes", "60", "--within", "840")}
"""How a benchmark is run: with rows for some spaces and one line for each kind of others, in a quarter of an hour at most."""
START, END = "<!-- figures -->", "<!-- /figures -->"


def main() -> int:
    """Runs the benchmarks that are named, or all, and leaves what README.md shows of the others."""
    text = README.read_text("utf-8")
    before, rest = text.split(START)
    shown, after = rest.split(END)
    tables = dict(
        re.findall(
            r"^\$ python benchmarks/(\S+)[^\n]*\n(.*?)\s*(?=^\$ |^```$)", shown, re.MULTILINE | re.DOTALL
        )
    )
    scripts = sorted(path.name for path in HERE.glob("[!_]*.py"))
    for script in sys.argv[1:] or scripts:
        command = [script, *CHOSEN.get(script, ())]
        print("$ python benchmarks/" + " ".join(command), flush=True)
        run = subprocess.run(
            [sys.executable, str(HERE / script), *command[1:]], stdout=subprocess.PIPE, text=True
        )
        print(run.stdout, flush=True)
        if run.returncode:
            return run.returncode
        tables[script] = "\n".join(run.stdout.strip().splitlines()[-SUMMED_UP.get(script, 0) :])
    made = "\n\n".join(
        "$ python benchmarks/" + " ".join([name, *CHOSEN.get(name, ())]) + f"\n{tables[name]}"
        for name in scripts
        if name in tables
    )
    where = f"On {os.cpu_count()} cores, no GPU, each table from one run of `make bench`:"
    body = f"{START}\n{where}\n\n```\n{made}\n```\n{END}"
    README.write_text(before + body + after, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
