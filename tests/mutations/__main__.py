"""`python -m tests.mutations [COUNT] [--only TEXT] [--within SECONDS]`: the bench over mutants, with figures.

What was judged is kept, and a second call goes on where the first one ended; `--again` judges all anew, against truths
that are kept for as long as the texts and Keras stay the same.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import time
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Any

from .change import Mutant
from .judge import KEPT, Truth, Verdict, analyser, drawn, judged

WRONG = ("missed", "false", "place", "condition", "share", "repair")
Row = dict[str, Any]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.mutations", description=__doc__)
    parser.add_argument("count", nargs="?", type=int, default=400)
    parser.add_argument("--only", default="", help="mutants whose file or kind holds this text")
    parser.add_argument(
        "--within", type=float, default=float("inf"), help="seconds after which none is begun"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--part", default="0/1", help="1/4 is every fourth, from the second on; each part keeps its own"
    )
    parser.add_argument("--again", action="store_true", help="judge what was judged before, too")
    parser.add_argument("--wrong", action="store_true", help="judge what was wrong before, too")
    parser.add_argument("--truth", action="store_true", help="only build and train, for later")
    given = parser.parse_args()
    told = [each for each in drawn(given.count, given.seed) if given.only in f"{each.name} {each.kind}"]
    part, parts = map(int, given.part.split("/"))
    told, kept = told[part::parts], KEPT / f"judged-{part}-of-{parts}.json"
    before = {} if given.again else _before(kept)
    if given.wrong:
        before = {key: row for key, row in before.items() if row and not any(row[name] for name in WRONG)}
    until = time.monotonic() + given.within
    if given.truth:
        return _only_truths(told, until)
    return _judge(told, before, until, kept)


def _before(kept: Path) -> dict[str, Row | None]:
    if not kept.exists():
        return {}
    before: dict[str, Row | None] = json.loads(kept.read_text(encoding="utf-8"))
    return before


def _only_truths(told: list[Mutant], until: float) -> int:
    truth = Truth()
    for mutant in told:
        if time.monotonic() > until:
            break
        truth.of(mutant.text)
    truth.close()
    return 0


def _judge(told: list[Mutant], rows: dict[str, Row | None], until: float, kept: Path) -> int:
    truth, running = Truth(), analyser()
    analysed = next(running)
    keys = {hashlib.sha256(each.text.encode()).hexdigest()[:24]: each for each in told}
    for key, mutant in keys.items():
        if time.monotonic() > until:
            break
        if key not in rows:
            rows[key] = _row(judged(mutant, truth, analysed), mutant)
            kept.write_text(json.dumps(rows, indent=1, default=str), encoding="utf-8")
    next(running, None)
    truth.close()
    figures([rows[key] for key in keys if key in rows], len(told))
    return int(any(row and (row["false"] or row["repair"]) for row in rows.values()))


def _row(verdict: Verdict | None, mutant: Mutant) -> Row | None:
    """What is kept of a verdict, once it was said what is wrong of it."""
    said = f"{mutant.name} ({mutant.kind}; {mutant.change})"
    if verdict is None:
        print(f"{said}: no truth", flush=True)
        return None
    lines = [*verdict.wrong, *([verdict.cost] if verdict.cost else [])]
    if verdict.failing and not verdict.cures and not verdict.unseen:
        lines.append(f"no repair cures it ({verdict.offered} offered)")
    if lines:
        print(f"{said}, {verdict.failing:.0%} of {verdict.leaves} fail")
        print("".join(f"    {line}\n" for line in lines[:6]), end="", flush=True)
    return asdict(verdict)


def figures(rows: list[Row | None], wanted: int) -> None:
    known = [row for row in rows if row is not None]
    failing = [row for row in known if row["failing"]]
    wrong = [row for row in known if any(row[name] for name in WRONG)]
    print(
        f"\n{len(known)} mutants judged, {len(rows) - len(known)} run no search, {wanted - len(rows)} not reached"
    )
    print(f"{len(failing)} of them have failing configurations; {len(wrong)} were told wrongly")
    for name in WRONG:
        print(f"  {name:10} wrong in {sum(bool(row[name]) for row in known)}")
    seen = [row for row in failing if not row["unseen"]]
    print(f"  {len(failing) - len(seen)} fail only in training, for data that could not be had")
    print(
        f"  {sum(bool(row['cost']) for row in known)} offer first what costs half of the space without need"
    )
    offered, cured = (sum(bool(row[name]) for row in seen) for name in ("offered", "cures"))
    print(f"  a verified repair for {offered} of {len(seen)}, one that cures all for {cured}")
    kinds = Counter(row["mutant"]["kind"] for row in seen)
    cured_of = Counter(row["mutant"]["kind"] for row in seen if row["cures"])
    print(
        "  cured by kind: "
        + ", ".join(f"{kind} {cured_of[kind]}/{count}" for kind, count in sorted(kinds.items()))
    )


if __name__ == "__main__":
    raise SystemExit(main())
