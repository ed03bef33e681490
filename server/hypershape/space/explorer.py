"""What to probe next, and what the reports so far say about the whole space.

Spaces are define-by-run: which hyperparameters a configuration reads depends on the values of others. What a probe
read, in order, is a path in a tree of choices; the leaves of that tree are the space.
"""

from __future__ import annotations

import itertools
import math
import random
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from hypershape.model import Cause, Configuration, Coverage, Hyperparameter, Report, Value
from hypershape.space.blame import causes
from hypershape.space.covering import covering_array

LARGEST_PROOF = 20_000
"""Spaces with more leaves are sampled unless the user asks for every configuration."""

MOST_CORNERS = 256
MOST_RANDOM = 20_000
FIRST_DRAWS, MORE_DRAWS = 200, 500
"""So many random draws come before an enumeration, and first after the covering arrays of a large space."""

SMALL = 300
"""Spaces with at most so many leaves are enumerated at once."""

FRESH, MOST_ROUNDS = 12, 5
"""A condition is tried on so many fresh configurations on each side, in at most so many rounds."""

MOST_ENDS = 12
"""A Choice with more values is represented by this many in corners and covering arrays."""

Key = tuple[tuple[str, Value], ...]


def contains(hyperparameters: Sequence[Hyperparameter], configuration: Configuration) -> bool:
    """Whether every value of a configuration can still be drawn."""
    domains = {hp.name: hp for hp in hyperparameters}
    return all(name not in domains or _draws(domains[name], value) for name, value in configuration.items())


def _draws(hp: Hyperparameter, value: Value) -> bool:
    if hp.values is not None:
        return value in hp.values
    if hp.min is None or hp.max is None or not isinstance(value, int | float):
        return True
    return hp.min <= value <= hp.max


@dataclass(slots=True)
class _Node:
    """A choice point: the hyperparameter that is read there, and where each of its values leads."""

    name: str | None = None
    children: dict[Value, _Node] = field(default_factory=dict)


class Explorer:
    """Proposes configurations, best first, and sums up the reports.

    `held` are hyperparameters that cannot change a build, each with the reason: their ends are probed one at a
    time, and they do not multiply the space, unless a value turns out to fail. `exhaustive` enumerates a space
    however large it is.
    """

    def __init__(
        self, *, held: Mapping[str, str] | None = None, exhaustive: bool = False, seed: int = 0
    ) -> None:
        self._held = dict(held or {})
        self._exhaustive = exhaustive
        self._random = random.Random(seed)
        self._hps: dict[str, Hyperparameter] = {}
        self._reports: dict[Key, Report] = {}
        self._leaves: dict[Key, Report] = {}
        self._drawn: Counter[Key] = Counter()
        self._before: deque[list[Key]] = deque()
        """For each draw that is being probed, the draws before it whose outcome was known."""
        self._asked: set[Key] = set()
        self._root = _Node()
        self._drawing = False
        self._confirmed: set[str | None] = set()
        """Conditions that a round of fresh configurations has not refuted."""
        self._plan = self._propose()
        self._finished = False

    @property
    def hyperparameters(self) -> tuple[Hyperparameter, ...]:
        """Every hyperparameter met so far, in the order in which they were first met."""
        return tuple(self._hps.values())

    @property
    def reports(self) -> tuple[Report, ...]:
        """One report for each configuration that was probed."""
        return tuple(self._reports.values())

    @property
    def finished(self) -> bool:
        """Whether there is nothing left to propose."""
        return self._finished

    def next(self, size: int = 64) -> tuple[Configuration, ...]:
        """Up to `size` configurations to probe next; none when there is nothing left to learn.

        Add the reports of one batch before asking for the next: what they read decides what is proposed.
        """
        batch: list[Configuration] = []
        hits: list[Key] = []
        self._before.clear()
        for proposed in self._plan:
            if proposed is None:
                if batch:
                    break
                continue
            key = _key(proposed)
            known = self._known_leaf(proposed)
            if known is not None:
                if self._drawing:
                    hits.append(_key(known.configuration))
            elif key not in self._asked:
                self._asked.add(key)
                batch.append(proposed)
                self._before.append(hits)
                hits = []
                if len(batch) == size:
                    break
        self._drawn.update(hits)
        return tuple(batch)

    def add(self, reports: Iterable[Report]) -> None:
        """Takes in what probes returned."""
        for report in reports:
            for hp in report.new:
                self._hps.setdefault(hp.name, hp)
            key = _key(report.configuration)
            self._reports.setdefault(key, report)
            if self._drawing:
                self._drawn[key] += 1
                self._drawn.update(self._before.popleft() if self._before else ())
            self._place(report)

    def _place(self, report: Report) -> None:
        """Puts a report into the tree. Two of one leaf that disagree differ in what was held and does matter."""
        leaf = _key({n: v for n, v in report.configuration.items() if n not in self._held})
        known = self._leaves.setdefault(leaf, report)
        if {known.verdict, report.verdict} == {"ok", "fail"}:
            for name in [n for n in self._held if known.configuration.get(n) != report.configuration.get(n)]:
                del self._held[name]
            self._leaves, self._root = {}, _Node()
            for each in self._reports.values():
                self._place(each)
            return
        if report.verdict == "unknown":
            self._leaves[leaf] = report
        node = self._root
        for name, value in report.configuration.items():
            if name not in self._held:
                node.name = node.name or name
                node = node.children.setdefault(value, _Node())

    def correct(self, reports: Iterable[Report]) -> None:
        """Replaces what earlier reports said of the same configurations."""
        for report in reports:
            key = _key(report.configuration)
            before = self._reports.get(key)
            if before is None:
                continue
            self._reports[key] = report
            leaf = _key({n: v for n, v in report.configuration.items() if n not in self._held})
            if self._leaves.get(leaf) is before:
                self._leaves[leaf] = report

    def causes(self) -> tuple[Cause, ...]:
        """The causes of all failures so far, with their shares of the space.

        A condition is left out until every configuration was probed, or fresh ones have not refuted it.
        """
        found = self._causes()
        if self._complete:
            return found
        return tuple(
            cause
            if cause.condition is None or cause.condition in self._confirmed
            else replace(cause, condition=None, names=(), exact=False)
            for cause in found
        )

    def _causes(self) -> tuple[Cause, ...]:
        if self._complete or not self._drawn:
            leaves = {id(report) for report in self._leaves.values()}
            shares = {
                _key(report.configuration): self._weight(report.configuration)
                for report in self._reports.values()
                if id(report) in leaves
            }
        else:
            shares = {key: float(count) for key, count in self._drawn.items()}
        return causes(self.reports, self._hps, lambda configuration: shares.get(_key(configuration), 0.0))

    @property
    def coverage(self) -> Coverage:
        """How much of the space is known, and which share of it fails."""
        leaves = list(self._leaves.values())
        failed = sum(report.verdict == "fail" for report in leaves)
        failing = sum(self._weight(report.configuration) for report in leaves if report.verdict == "fail")
        if self._complete:
            share = min(failing, 1.0)
            return Coverage("exhaustive", len(leaves), len(leaves), failed, share, (share, share), self._held)
        # Leaves are disjoint events, so the weights of those that were probed bound the share from both sides.
        building = sum(self._weight(report.configuration) for report in leaves if report.verdict == "ok")
        low, high = min(failing, 1.0), max(1.0 - building, 0.0)
        share = failing / (failing + building) if failing + building else 0.0
        drawn = self._drawn.total()
        if drawn:
            bad = sum(count for key, count in self._drawn.items() if self._reports[key].verdict == "fail")
            share = bad / drawn
            bounds = wilson(bad, drawn)
            low, high = max(low, bounds[0]), min(high, bounds[1])
        return Coverage(
            "sampled", self._size, len(leaves), failed, share, (min(low, high), max(low, high)), self._held
        )

    # ------------------------------------------------------------- the tree

    def _known_leaf(self, proposed: Configuration) -> Report | None:
        """The report, if there is one, that read together all values that a configuration will read."""
        if any(name in self._held and value != self._hps[name].default for name, value in proposed.items()):
            return None
        node, path = self._root, {}
        while node.name is not None:
            hp = self._hps.get(node.name)
            path[node.name] = proposed.get(node.name, hp.default if hp is not None else None)
            child = node.children.get(path[node.name])
            if child is None:
                return None
            node = child
        return self._leaves.get(_key(path))

    @property
    def _complete(self) -> bool:
        """Whether every leaf was probed and has a verdict."""
        return (
            bool(self._leaves)
            and next(self._frontier(), None) is None
            and all(report.verdict != "unknown" for report in self._leaves.values())
        )

    def _frontier(self) -> Iterator[Configuration]:
        """Choices that no report has followed yet, each as the prefix of a configuration."""
        stack: list[tuple[_Node, dict[str, Value]]] = [(self._root, {})]
        while stack:
            node, prefix = stack.pop()
            if node.name is None:
                continue
            hp = self._hps.get(node.name)
            if hp is None or hp.values is None:
                # Too many values, or a name that comes and goes: such a choice is never exhausted.
                yield {**prefix, node.name: next(iter(node.children))}
                continue
            yield from ({**prefix, node.name: value} for value in hp.values if value not in node.children)
            stack += [(child, {**prefix, node.name: value}) for value, child in node.children.items()]

    @property
    def _size(self) -> int | None:
        """An upper bound of the number of leaves; None for a space with a continuous hyperparameter."""
        size = 1
        for hp in self._varied:
            count = len(hp.values) if hp.values is not None else hp.count
            if count is None:
                return None
            size *= count
        return size

    @property
    def _varied(self) -> list[Hyperparameter]:
        return [hp for hp in self._hps.values() if hp.name not in self._held]

    def _weight(self, configuration: Configuration) -> float:
        """The probability that a random trial takes this path."""
        weight = 1.0
        for name in configuration:
            hp = self._hps.get(name)
            if hp is not None and name not in self._held:
                count = len(hp.values) if hp.values is not None else hp.count
                weight *= 1 / count if count else 0.0
        return weight

    # ------------------------------------------------------------- the plan

    def _propose(self) -> Iterator[Configuration | None]:
        """Configurations in the order in which they tell most; None where the next depend on what came before."""
        yield {}
        yield None
        for pick in (0, -1):
            met = -1
            while met != len(self._hps):
                met = len(self._hps)
                yield {hp.name: _ends(hp)[pick] for hp in self._hps.values()}
                yield None
        yield from ({hp.name: value} for hp in list(self._hps.values()) for value in _ends(hp))
        yield None
        yield from self._corners()
        yield None
        if self._is_small:
            yield from self._borders()
        else:
            yield from self._covering(2)
            yield from self._confirmations()
            yield from self._draws(FIRST_DRAWS)
        yield from self._confirmations()
        while self._enumerable and (some := list(itertools.islice(self._untried(), 2048))):
            asked = len(self._asked)
            yield from some
            yield None
            # A choice whose values are not listed is never exhausted.
            if len(self._asked) == asked:
                break
        # What only a few branches read may have made the space larger than it looked.
        if not self._enumerable:
            yield from self._covering(3)
            yield from self._confirmations()
            count = MORE_DRAWS
            while self._drawn.total() < MOST_RANDOM and count < 2 * MOST_RANDOM:
                yield from self._draws(count)
                yield from self._confirmations()
                count *= 2
        self._finished = True

    def _covering(self, strength: int) -> Iterator[Configuration | None]:
        """Every combination of so many ends and choices at least once, then the borders of what fails."""
        yield from covering_array({hp.name: _ends(hp) for hp in self._varied}, strength)
        yield None
        yield from self._borders()
        yield None

    def _draws(self, count: int) -> Iterator[Configuration | None]:
        """Configurations as a random search draws them, which alone tell the share of an unfinished space."""
        self._drawing = True
        for _ in range(count):
            yield {hp.name: self._draw(hp) for hp in self._varied}
        yield None
        self._drawing = False

    def _confirmations(self) -> Iterator[Configuration | None]:
        """Fresh configurations inside and just outside of every condition, until they refute none any more."""
        for _ in range(MOST_ROUNDS):
            found = [cause for cause in self._causes() if cause.condition not in (None, *self._confirmed)]
            if not found:
                return
            for cause in found:
                yield from self._around(cause)
            yield None
            still = {cause.condition for cause in self._causes()}
            self._confirmed |= {cause.condition for cause in found if cause.condition in still}

    def _around(self, cause: Cause) -> Iterator[Configuration]:
        """Random configurations that share only a condition's own values with known ones, and its neighbours."""
        inside = list(cause.failing)
        outside = [report.configuration for report in self.reports if report.verdict == "ok"]
        for donors in (inside, outside):
            for _ in range(FRESH if donors else 0):
                donor = self._random.choice(donors)
                values = {name: donor[name] for name in cause.names if name in donor}
                yield {**{hp.name: self._draw(hp) for hp in self._varied}, **values}
        for name in cause.names:
            hp = self._hps.get(name)
            for donor in self._random.sample(inside, min(len(inside), FRESH // 2)):
                if hp is None or hp.values is None or name not in donor or donor[name] not in hp.values:
                    continue
                index = hp.values.index(donor[name])
                for value in (*hp.values[max(index - 1, 0) : index], *hp.values[index + 1 : index + 2]):
                    yield {**{each.name: self._draw(each) for each in self._varied}, **donor, name: value}

    @property
    def _is_small(self) -> bool:
        return self._size is not None and self._size <= SMALL

    @property
    def _enumerable(self) -> bool:
        return self._size is not None and (self._exhaustive or self._size <= LARGEST_PROOF)

    def _untried(self) -> Iterator[Configuration]:
        return (prefix for prefix in self._frontier() if _key(prefix) not in self._asked)

    def _corners(self) -> Iterator[Configuration]:
        ends = {hp.name: _ends(hp) for hp in self._varied}
        if math.prod(map(len, ends.values())) <= MOST_CORNERS:
            yield from (dict(zip(ends, values, strict=True)) for values in itertools.product(*ends.values()))

    def _borders(self) -> Iterator[Configuration | None]:
        """Halves the way between a failing and the nearest building configuration, along every axis that differs."""
        failing = [report.configuration for report in self.reports if report.verdict == "fail"][:8]
        building = [report.configuration for report in self.reports if report.verdict == "ok"]
        for bad in failing if building else ():
            good = min(building, key=lambda each: sum(each.get(name) != value for name, value in bad.items()))
            for name, value in bad.items():
                hp = self._hps.get(name)
                if hp is None or hp.values is None or name not in good or good[name] == value:
                    continue
                low, high = sorted((hp.values.index(value), hp.values.index(good[name])))
                while high - low > 1:
                    middle = (low + high) // 2
                    asked = {**bad, name: hp.values[middle]}
                    yield asked
                    yield None
                    report = self._reports.get(_key(asked))
                    fails = report is not None and report.verdict == "fail"
                    toward_bad = hp.values.index(value) > hp.values.index(good[name])
                    low, high = (low, middle) if fails == toward_bad else (middle, high)

    def _draw(self, hp: Hyperparameter) -> Value:
        """A value as a random search draws it."""
        if hp.values is not None:
            return self._random.choice(hp.values)
        if hp.min is None or hp.max is None:
            return hp.default
        share = self._random.random()
        if hp.kind == "Int" and hp.step and hp.count and hp.sampling in (None, "linear"):
            return int(hp.min + hp.step * self._random.randrange(hp.count))
        value = (
            hp.min * (hp.max / hp.min) ** share
            if hp.sampling in ("log", "reverse_log") and hp.min > 0
            else hp.min + share * (hp.max - hp.min)
        )
        return int(value) if hp.kind == "Int" else value


def _ends(hp: Hyperparameter) -> tuple[Value, ...]:
    """The values of a Choice, the first and the last of a range."""
    values = hp.values or tuple(v for v in (hp.min, hp.max) if v is not None) or (hp.default,)
    if hp.kind in ("Choice", "Boolean"):
        return values if len(values) <= MOST_ENDS else (*values[: MOST_ENDS - 1], values[-1])
    return tuple(dict.fromkeys((values[0], values[-1])))


def _key(configuration: Configuration) -> Key:
    return tuple(sorted(configuration.items(), key=lambda item: item[0]))


def wilson(failed: int, total: int, z: float = 1.96) -> tuple[float, float]:
    """The 95 % interval of a share (E. B. Wilson, 1927)."""
    if total == 0:
        return (0.0, 1.0)
    share = failed / total
    centre = (share + z * z / (2 * total)) / (1 + z * z / total)
    half = z * math.sqrt(share * (1 - share) / total + z * z / (4 * total * total)) / (1 + z * z / total)
    return (max(0.0, centre - half), min(1.0, centre + half))
