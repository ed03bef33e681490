"""What to probe next, and what the reports so far say about the whole space."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence

from hypershape.model import Cause, Configuration, Coverage, Hyperparameter, Report, Value
from hypershape.space.blame import causes

LARGEST_PROOF = 20_000
Key = tuple[tuple[str, Value], ...]


def contains(hyperparameters: Sequence[Hyperparameter], configuration: Configuration) -> bool:
    """Whether every value of a configuration can still be drawn."""
    domains = {hp.name: hp for hp in hyperparameters}
    for name, value in configuration.items():
        hp = domains.get(name)
        if hp is None:
            continue
        if hp.values is not None:
            if value not in hp.values:
                return False
        elif (
            hp.min is not None
            and hp.max is not None
            and isinstance(value, int | float)
            and not hp.min <= value <= hp.max
        ):
            return False
    return True


class _Node:
    """A choice point of the define-by-run tree: the hyperparameter read there, and where each value leads."""

    __slots__ = ("children", "name")

    def __init__(self) -> None:
        self.name: str | None = None
        self.children: dict[Value, _Node] = {}


class Explorer:
    """Proposes configurations, best first, and sums up the reports."""

    def __init__(
        self, *, held: Mapping[str, str] | None = None, exhaustive: bool = False, seed: int = 0
    ) -> None:
        self._held = dict(held or {})
        self._exhaustive = exhaustive
        self._random = random.Random(seed)
        self._hps: dict[str, Hyperparameter] = {}
        self._reports: dict[Key, Report] = {}
        self._asked: set[Key] = set()
        self._root = _Node()
        self._plan = self._propose()
        self._finished = False

    @property
    def hyperparameters(self) -> tuple[Hyperparameter, ...]:
        return tuple(self._hps.values())

    @property
    def reports(self) -> tuple[Report, ...]:
        return tuple(self._reports.values())

    @property
    def finished(self) -> bool:
        return self._finished

    def next(self, size: int = 64) -> tuple[Configuration, ...]:
        batch: list[Configuration] = []
        while len(batch) < size:
            try:
                proposed = next(self._plan)
            except StopIteration:
                break
            if proposed is None:
                if batch:
                    break
                continue
            key = tuple(sorted(proposed.items()))
            if key not in self._asked:
                self._asked.add(key)
                batch.append(proposed)
        return tuple(batch)

    def add(self, reports: Iterable[Report]) -> None:
        for report in reports:
            for hp in report.new:
                self._hps.setdefault(hp.name, hp)
            self._reports[tuple(sorted(report.configuration.items(), key=lambda item: item[0]))] = report
            node = self._root
            for name, value in report.configuration.items():
                node.name = node.name or name
                node = node.children.setdefault(value, _Node())

    def causes(self) -> tuple[Cause, ...]:
        return causes(self.reports, self._hps, self._weight)

    @property
    def coverage(self) -> Coverage:
        reports = self.reports
        failed = sum(report.verdict == "fail" for report in reports)
        complete = not any(True for _ in itertools.islice(self._frontier(), 1)) and bool(reports)
        if complete:
            weights = [self._weight(report.configuration) for report in reports]
            total = sum(weights) or 1.0
            share = sum(w for w, r in zip(weights, reports, strict=True) if r.verdict == "fail") / total
            leaves = self._leaves()
            return Coverage("exhaustive", leaves, len(reports), failed, share, (share, share), self._held)
        share = failed / max(len(reports), 1)
        return Coverage(
            "sampled", self._size(), len(reports), failed, share, wilson(failed, len(reports)), self._held
        )

    def _leaves(self) -> int:
        def count(node: _Node) -> int:
            return sum(map(count, node.children.values())) if node.children else 1

        return count(self._root)

    def _size(self) -> int | None:
        if any(
            hp.values is None and hp.count is None and hp.name not in self._held for hp in self._hps.values()
        ):
            return None
        return math.prod(
            1 if hp.name in self._held else (hp.count or len(hp.values or (1,))) for hp in self._hps.values()
        )

    def _values(self, hp: Hyperparameter) -> tuple[Value, ...]:
        if hp.values is not None:
            return hp.values
        return tuple(v for v in dict.fromkeys((hp.min, hp.default, hp.max)) if v is not None)

    def _ends(self, hp: Hyperparameter) -> tuple[Value, ...]:
        values = self._values(hp)
        return values if hp.kind in ("Choice", "Boolean") else tuple(dict.fromkeys((values[0], values[-1])))

    def _weight(self, configuration: Configuration) -> float:
        weight = 1.0
        for name in configuration:
            hp = self._hps.get(name)
            if hp is not None and name not in self._held:
                weight /= max(len(self._values(hp)), 1)
        return weight

    def _propose(self) -> Iterator[Configuration | None]:
        yield {}
        yield None
        for pick in (0, -1):
            known = -1
            while known != len(self._hps):
                known = len(self._hps)
                yield {hp.name: self._values(hp)[pick] for hp in self._hps.values()}
                yield None
        for hp in list(self._hps.values()):
            for value in self._ends(hp):
                yield {hp.name: value}
        yield None
        matter = [hp for hp in self._hps.values() if hp.name not in self._held]
        if math.prod(len(self._ends(hp)) for hp in matter) <= 512:
            for values in itertools.product(*(self._ends(hp) for hp in matter)):
                yield dict(zip((hp.name for hp in matter), values, strict=True))
        yield None
        size = self._size()
        if self._exhaustive or (size is not None and size <= LARGEST_PROOF):
            while True:
                some = list(itertools.islice(self._frontier(), 4096))
                if not some:
                    break
                yield from some
                yield None
        else:
            for _ in range(20_000):
                yield {
                    hp.name: self._random.choice(self._values(hp))
                    if hp.values is not None
                    else self._random.uniform(hp.min or 0, hp.max or 1)
                    for hp in self._hps.values()
                    if hp.name not in self._held
                }
        self._finished = True

    def _frontier(self) -> Iterator[Configuration]:
        """Prefixes of choices that no report has followed yet."""
        stack: list[tuple[_Node, dict[str, Value]]] = [(self._root, {})]
        while stack:
            node, prefix = stack.pop()
            if node.name is None:
                if node is self._root:
                    return
                continue
            hp = self._hps.get(node.name)
            if hp is not None and node.name not in self._held:
                if hp.values is None:
                    yield {**prefix, node.name: hp.default}
                    continue
                for value in hp.values:
                    if value not in node.children:
                        yield {**prefix, node.name: value}
            for value, child in node.children.items():
                stack.append((child, {**prefix, node.name: value}))


def wilson(failed: int, total: int, z: float = 1.96) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson, 1927)."""
    if total == 0:
        return (0.0, 1.0)
    share = failed / total
    centre = (share + z * z / (2 * total)) / (1 + z * z / total)
    half = z * math.sqrt(share * (1 - share) / total + z * z / (4 * total * total)) / (1 + z * z / total)
    return (max(0.0, centre - half), min(1.0, centre + half))
