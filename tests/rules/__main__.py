"""`python -m tests.rules [--search] [CODE…]`: the table of the rules over their examples.

With `--search`, a real `tuner.search` runs before and after the preferred fix of a sample of failing examples.
Exit 1 when something is not found, not silent, or not repaired.
"""

from __future__ import annotations

import argparse
import asyncio
import sys

from tests.rules import judge


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.rules")
    parser.add_argument("codes", nargs="*", help="codes or their beginnings; all without any")
    parser.add_argument("--search", action="store_true", help="run real searches before and after the fixes")
    parser.add_argument("--sample", type=int, default=40, help="so many examples are searched")
    chosen = parser.parse_args()
    if chosen.search:
        # Imported before the first fork, so that each child has them at once.
        import keras_tuner  # noqa: F401
    rows = asyncio.run(judge.judged(chosen.codes))
    print(judge.table(rows))
    for line in (wrong := judge.differences(rows)):
        print(line)
    if not chosen.search:
        return bool(wrong)
    before_after = judge.searched(rows, chosen.sample)
    print(judge.search_table(before_after))
    return bool(wrong) or not all(each.repaired for each in before_after)


if __name__ == "__main__":
    sys.exit(main())
