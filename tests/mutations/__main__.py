"""`python -m tests.mutations [COUNT] [--only TEXT] [--within SECONDS]`: the bench over mutants, with figures."""

from __future__ import annotations

import argparse
import time
from collections import Counter

from .change import chosen
from .judge import Truth, Verdict, analyser, builders, judged


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.mutations", description=__doc__)
    parser.add_argument("count", nargs="?", type=int, default=400)
    parser.add_argument("--only", default="", help="mutants whose file or kind holds this text")
    parser.add_argument(
        "--within", type=float, default=float("inf"), help="seconds after which none is begun"
    )
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    truth, verdicts, begun = Truth(), [], time.monotonic()
    running = analyser()
    analysed = next(running)
    told = [
        each
        for each in chosen(builders(), given.count, given.seed)
        if given.only in f"{each.name} {each.kind}"
    ]
    for mutant in told:
        if time.monotonic() - begun > given.within:
            break
        verdict = judged(mutant, truth, analysed)
        if verdict is None:
            print(f"{mutant.name} ({mutant.kind}; {mutant.change}): no truth", flush=True)
            continue
        verdicts.append(verdict)
        lines = [*verdict.wrong, *([verdict.cost] if verdict.cost else [])]
        if verdict.failing and not verdict.cures:
            lines.append(f"no repair cures it ({verdict.offered} offered)")
        if lines:
            print(
                f"{mutant.name} ({mutant.kind}; {mutant.change}), {verdict.failing:.0%} of {verdict.leaves} fail"
            )
            print("".join(f"    {line}\n" for line in lines[:6]), end="", flush=True)
    next(running, None)
    truth.close()
    figures(verdicts)
    return int(any(verdict.false or verdict.repair for verdict in verdicts))


def figures(verdicts: list[Verdict]) -> None:
    failing = [each for each in verdicts if each.failing]
    print(f"\n{len(verdicts)} mutants, {len(failing)} of them with failing configurations")
    for name in ("missed", "false", "place", "condition", "share", "repair"):
        wrong = [each for each in verdicts if getattr(each, name)]
        print(f"  {name:10} wrong in {len(wrong)}")
    offered = sum(bool(each.offered) for each in failing)
    cured = sum(each.cures for each in failing)
    print(f"  a verified repair for {offered} of {len(failing)}, one that cures all for {cured}")
    kinds = Counter(each.mutant.kind for each in failing)
    cured_of = Counter(each.mutant.kind for each in failing if each.cures)
    print(
        "  cured by kind: "
        + ", ".join(f"{kind} {cured_of[kind]}/{count}" for kind, count in sorted(kinds.items()))
    )


if __name__ == "__main__":
    raise SystemExit(main())
