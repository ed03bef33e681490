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

from hypershape.model import Cause, Configuration, Coverage, Hyperparameter, Key, Report, Value, key_of
from hypershape.space.blame import by_kind, causes, kind, nearest, others, smallest_condition
from hypershape.space.conditions import Condition
from hypershape.space.confirm import trials
from hypershape.space.covering import covering_array
from hypershape.space.domains import can_draw, chance, draw, ends, position_of, size, value_at
from hypershape.space.shares import sharpened, together

LARGEST_PROOF = 20_000
"""Spaces with more leaves are sampled unless the user asks for every configuration."""

SMALL_PROOF = 128
"""Spaces with no more leaves are enumerated as soon as the failures of their corners are understood."""

DRAWS_BEFORE_PROOF = 256
"""Random draws that make the share of failures known before a long enumeration ends."""

MOST_CORNERS = 64
MOST_RANDOM = 20_000
MOST_ENDS = 12
"""A Choice with more values is represented by this many in corners and covering arrays."""

MANY = 40
"""Of more hyperparameters, failing extremes are explained before each is varied by itself."""
MOST_REVEALED = 8
MOST_TRIALS = 8
"""Conditions that are put to trial for one cause, each after the one before was refuted."""
TURN = 8


class Draw(dict[str, Value]):
    """A configuration that was drawn as a random search draws it."""


Proposal = Configuration | None


def contains(hyperparameters: Sequence[Hyperparameter], configuration: Configuration) -> bool:
    """Whether every value of a configuration can still be drawn."""
    domains = {hp.name: hp for hp in hyperparameters}
    return all(name not in domains or can_draw(domains[name], value) for name, value in configuration.items())


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
        self._before_draws: set[Key] = set()
        """The reports that were there before the first draw."""
        self._before: deque[list[Key] | None] = deque()
        """For each draw that is being probed, the draws before it whose outcome was known; None for no draw."""
        self._asked: set[Key] = set()
        self._root = _Node()
        self._drawing = False
        self._changes = False
        """Whether one path was seen to lead to different names: such a space has no leaves that could be counted."""
        self._conditions: dict[object, tuple[int, Condition | None]] = {}
        self._suspects: dict[object, list[str]] = {}
        self._confirmed: set[tuple[object, object]] = set()
        self._causes: tuple[Cause, ...] | None = None
        """Worked out when they are asked for, until something is learnt."""
        self._probabilities: dict[Condition, float | None] = {}
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
        self._causes = None
        self._before.clear()
        for proposed in self._plan:
            if proposed is None:
                if batch:
                    break
                continue
            if isinstance(proposed, Draw) and not self._drawing:
                self._drawing = True
                self._before_draws = set(self._reports)
            key = key_of(proposed)
            known = self._known_leaf(proposed)
            if known is not None:
                if isinstance(proposed, Draw):
                    hits.append(key_of(known.configuration))
            elif key not in self._asked:
                self._asked.add(key)
                batch.append(proposed)
                if isinstance(proposed, Draw):
                    self._before.append(hits)
                    hits = []
                else:
                    self._before.append(None)
                if len(batch) == size:
                    break
        self._drawn.update(hits)
        return tuple(batch)

    def add(self, reports: Iterable[Report]) -> None:
        """Takes in what probes returned."""
        self._causes = None
        for report in reports:
            for hp in report.new:
                self._hps.setdefault(hp.name, hp)
            key = key_of(report.configuration)
            self._reports.setdefault(key, report)
            hits = self._before.popleft() if self._before else None
            if hits is not None:
                self._drawn[key] += 1
                self._drawn.update(hits)
            self._place(report)

    def _place(self, report: Report) -> None:
        """Puts a report into the tree. Two of one leaf that disagree differ in what was held and does matter."""
        leaf = key_of({n: v for n, v in report.configuration.items() if n not in self._held})
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
                self._changes = self._changes or node.name != name
                node = node.children.setdefault(value, _Node())

    def correct(self, reports: Iterable[Report]) -> None:
        """Replaces what earlier reports said of the same configurations."""
        self._causes = None
        for report in reports:
            key = key_of(report.configuration)
            before = self._reports.get(key)
            if before is None:
                continue
            self._reports[key] = report
            leaf = key_of({n: v for n, v in report.configuration.items() if n not in self._held})
            if self._leaves.get(leaf) is before:
                self._leaves[leaf] = report
            self._conditions.clear()

    @property
    def shares(self) -> tuple[float, ...]:
        """What each of the reports stands for, as a share of the space."""
        shares, _ = self._shares()
        return tuple(shares.get(key, 0.0) for key in self._reports)

    def causes(self) -> tuple[Cause, ...]:
        """The causes of all failures so far, with their shares of the space."""
        if self._causes is None:
            self._causes = self._work_out_causes()
        return self._causes

    def _work_out_causes(self) -> tuple[Cause, ...]:
        shares, _ = self._shares()
        found = causes(
            self.reports,
            self._hps,
            lambda configuration: shares.get(key_of(configuration), 0.0),
            self._explain,
        )
        if self._complete:
            return found
        # What no draw has hit is at least as likely as the configurations that are known of it.
        rare = (
            replace(each, share=min(sum(map(self._weight, each.failing)), 1.0)) if not each.share else each
            for each in found
        )
        return sharpened(tuple(map(self._as_far_as_confirmed, rare)), self.reports, self._probability)

    def _probability(self, condition: Condition) -> float | None:
        if condition not in self._probabilities:
            self._probabilities[condition] = condition.probability(self._hps)
        return self._probabilities[condition]

    def _as_far_as_confirmed(self, cause: Cause) -> Cause:
        """A cause without its condition, if that was not put to trial yet."""
        if cause.condition is None or (kind(cause.error), cause.condition) in self._confirmed:
            return cause
        return replace(cause, condition=None, exact=False)

    @property
    def coverage(self) -> Coverage:
        """How much of the space is known, and which share of it fails."""
        leaves = list(self._leaves.values())
        failed = sum(report.verdict == "fail" for report in leaves)
        shares, interval = self._shares()
        share = sum(part for key, part in shares.items() if self._reports[key].verdict == "fail")
        if self._complete:
            return Coverage("exhaustive", len(leaves), len(leaves), failed, share, interval, self._held)
        exact = together(self.causes(), self.reports, self._probability)
        share = min(max(share, interval[0]), interval[1]) if exact is None else exact
        interval = min(share, interval[0]), max(share, interval[1])
        return Coverage("sampled", self._size, len(leaves), failed, share, interval, self._held)

    def _shares(self) -> tuple[dict[Key, float], tuple[float, float]]:
        """What each report that has a verdict stands for as a share of the space, and an interval of the failing share.

        Why a leaf counts by its probability and not as one of so many: a leaf under a choice that is read early stands
        for as many trials as all leaves of the other branch together. Leaves are disjoint events: those that were known before the first random draw stand for their own
        probability, the draws that fell elsewhere for the rest. What was chosen later depends on what was drawn, so
        it only bounds the share. The interval is a 95 % one, or certain where there is no draw.
        """
        leaves = [] if self._changes else list(self._leaves.values())
        weights = {key_of(each.configuration): self._weight(each.configuration) for each in leaves}
        complete = self._complete
        before = weights.keys() if complete or not self._drawn else weights.keys() & self._before_draws
        known = {key: weights[key] for key in before if self._reports[key].verdict != "unknown"}
        least = sum(part for key, part in weights.items() if self._reports[key].verdict == "fail")
        most = max(
            1 - sum(part for key, part in weights.items() if self._reports[key].verdict == "ok"), least
        )
        least, most = min(least, 1.0), min(least if complete else most, 1.0)
        elsewhere = {
            key: count
            for key, count in self._drawn.items()
            if key not in before and self._reports[key].verdict != "unknown"
        }
        drawn = sum(elsewhere.values())
        if complete or not drawn:
            total = sum(known.values()) or 1.0
            return {key: part / total for key, part in known.items()}, (least, most)
        rest = max(1 - sum(weights[key] for key in before), 0.0)
        shares = {**known, **{key: rest * count / drawn for key, count in elsewhere.items()}}
        failing = sum(part for key, part in known.items() if self._reports[key].verdict == "fail")
        low, high = wilson(
            sum(n for key, n in elsewhere.items() if self._reports[key].verdict == "fail"), drawn
        )
        unknown = max(1 - rest - sum(known.values()), 0.0)
        total = sum(shares.values()) or 1.0
        bounds = max(least, failing + rest * low), min(most, failing + rest * high + unknown)
        return {key: part / total for key, part in shares.items()}, (min(bounds), max(bounds))

    # ------------------------------------------------------------- the tree

    def _known_leaf(self, proposed: Configuration) -> Report | None:
        """The report, if there is one, that read together all values that a configuration will read."""
        if any(name in self._held and value != self._hps[name].default for name, value in proposed.items()):
            return None
        if self._changes:
            return self._reports.get(key_of(proposed))
        node, path = self._root, {}
        while node.name is not None:
            hp = self._hps.get(node.name)
            path[node.name] = proposed.get(node.name, hp.default if hp is not None else None)
            child = node.children.get(path[node.name])
            if child is None:
                return None
            node = child
        return self._leaves.get(key_of(path))

    @property
    def _complete(self) -> bool:
        """Whether every leaf was probed and has a verdict."""
        return (
            bool(self._leaves)
            and not self._changes
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
        sizes = [size(hp) for hp in self._varied]
        return None if None in sizes else math.prod(each for each in sizes if each is not None)

    @property
    def _varied(self) -> list[Hyperparameter]:
        return [hp for hp in self._hps.values() if hp.name not in self._held]

    def _weight(self, configuration: Configuration) -> float:
        """The probability that a random trial takes this path."""
        return chance(configuration, self._hps, self._held)

    # ------------------------------------------------------------- the plan

    # Why this order. Most failures need one value or two (the extremes of a kernel and of a depth), few need three,
    # and they sit at the ends of domains far more often than inside. So: ends before inner values, pairs before
    # triples. Pairs come before single values because a row of pairs tries as many single values at once as there
    # are hyperparameters. As soon as something fails, it is explained before the search goes on: a condition turns
    # hundreds of further failures into one, and its trial is what finds a second cause behind the first.
    # Random draws come last, yet every plan has some: only they say how often a trial fails.

    def _propose(self) -> Iterator[Proposal]:
        """Configurations in the order in which they tell most; None where the next depend on what came before."""
        yield {}
        yield None
        yield from self._extremes()
        if len(self._hps) > MANY:
            yield from self._understand()
        if self._enumerable and (self._size or 0) <= SMALL_PROOF:
            yield from self._singles(self._hps)
            yield None
            yield from self._corners()
            yield from self._understand()
            yield from self._enumerate()
        # A row of pairs holds a value of each hyperparameter: failures of single values are met on the way.
        yield from self._pairs()
        yield from self._corners()
        yield from self._understand()
        yield from self._held_alone()
        sources = [self._triples(), self._inner_pairs(), self._singles(self._hps), self._draws()]
        if self._enumerable:
            sources = [self._singles(self._hps), itertools.islice(self._draws(), DRAWS_BEFORE_PROOF)]
        yield from self._in_turns(sources)
        if self._enumerable:
            yield from self._enumerate()
        # Those that only a few branches read, or only configurations that failed, were met since.
        yield from self._held_alone()
        yield None
        if self._enumerable:
            yield from self._enumerate()
        # What only a few branches read may have made the space larger than it looked.
        if not self._enumerable:
            yield from self._in_turns([self._draws()])
        self._finished = True

    def _extremes(self) -> Iterator[Proposal]:
        """All minima, then all maxima; again while that reveals names, which a space that changes does forever."""
        for pick in (0, -1):
            met = -1
            for _ in range(MOST_REVEALED):
                if met == len(self._hps):
                    break
                met = len(self._hps)
                yield {hp.name: _ends(hp)[pick] for hp in self._hps.values()}
                yield None

    def _singles(self, names: Iterable[str]) -> Iterator[Proposal]:
        """The ends of each hyperparameter that was met, the others at their defaults."""
        met = [self._hps[name] for name in names if name in self._hps]
        yield from ({hp.name: value} for hp in met for value in _ends(hp))

    def _held_alone(self) -> Iterator[Proposal]:
        """Every text and the ends of what is held, where it is read and something builds: elsewhere it says nothing."""
        met = [self._hps[name] for name in self._held if name in self._hps]
        for hp in met:
            around = next((each for each in self._building() if hp.name in each), {})
            texts = tuple(value for value in hp.values or () if isinstance(value, str))
            values = dict.fromkeys((*_ends(hp), *texts))
            yield from ({**around, hp.name: value} for value in values)

    def _pairs(self) -> Iterator[Proposal]:
        yield from covering_array({hp.name: _ends(hp) for hp in self._varied}, 2, self._random)

    def _enumerate(self) -> Iterator[Proposal]:
        while self._enumerable and (some := list(itertools.islice(self._untried(), 2048))):
            asked = len(self._asked)
            self._random.shuffle(some)
            yield from some
            yield None
            # A choice whose values are not listed is never exhausted.
            if len(self._asked) == asked:
                break

    def _in_turns(self, sources: Sequence[Iterator[Proposal]]) -> Iterator[Proposal]:
        """Proposals of all sources, a few of each at a time; in between, what explains the failures so far."""
        left, proposed, pause = list(sources), 0, 64
        while left:
            for source in list(left):
                some = list(itertools.islice(source, TURN))
                yield from some
                proposed += len(some)
                if len(some) < TURN:
                    left.remove(source)
            if proposed >= pause:
                pause = 2 * proposed
                yield from self._understand()
        yield from self._understand()

    def _triples(self) -> Iterator[Proposal]:
        yield from covering_array({hp.name: _ends(hp) for hp in self._varied}, 3, self._random)

    def _inner_pairs(self) -> Iterator[Proposal]:
        """Pairs of all values, where domains are short and have more than the ends."""
        domains = {
            hp.name: hp.values for hp in self._varied if hp.values is not None and len(hp.values) <= MOST_ENDS
        }
        if any(len(values) > len(_ends(self._hps[name])) for name, values in domains.items()):
            yield from covering_array(domains, 2, self._random)

    def _draws(self) -> Iterator[Proposal]:
        for _ in range(MOST_RANDOM):
            yield Draw((hp.name, draw(hp, self._random)) for hp in self._varied)

    @property
    def _enumerable(self) -> bool:
        if self._changes:
            return False
        return self._size is not None and (self._exhaustive or self._size <= LARGEST_PROOF)

    def _untried(self) -> Iterator[Configuration]:
        return (prefix for prefix in self._frontier() if key_of(prefix) not in self._asked)

    def _corners(self) -> Iterator[Configuration]:
        ends = {hp.name: _ends(hp) for hp in self._varied}
        if math.prod(map(len, ends.values())) <= MOST_CORNERS:
            yield from (dict(zip(ends, values, strict=True)) for values in itertools.product(*ends.values()))

    # ------------------------------------------------------------- from failures to conditions

    def _understand(self) -> Iterator[Proposal]:
        """For each cause: what of a failing configuration matters, where the border is, and whether a condition is true."""
        yield None
        for key in list(by_kind(self.reports)):
            if key not in self._suspects:
                self._suspects[key] = []
                yield from self._minimise(key)
            for _ in range(MOST_TRIALS):
                condition = self._explanation(key)
                if condition is None or (key, condition) in self._confirmed:
                    break
                yield from trials(condition, self._failing(key), self._varied, self._random)
                yield None
                if self._explanation(key) == condition:
                    self._confirmed.add((key, condition))

    def _failing(self, key: object) -> list[Configuration]:
        return [report.configuration for report in by_kind(self.reports).get(key, ())]

    def _building(self) -> list[Configuration]:
        return [report.configuration for report in self.reports if report.verdict == "ok"]

    def _explanation(self, key: object) -> Condition | None:
        return self._explain(key, self._failing(key), self._building())

    def _explain(
        self, key: object, failing: Sequence[Configuration], building: Sequence[Configuration]
    ) -> Condition | None:
        """The simplest condition of a cause; the one from before as long as nothing contradicts it."""
        known = self._conditions.get(key)
        if known is not None:
            judged, condition = known
            if judged == len(self._reports) or (
                condition is not None
                and all(map(condition.holds, failing))
                and not any(map(condition.holds, building))
            ):
                self._conditions[key] = (len(self._reports), condition)
                return condition
        elsewhere = others(key, self.reports)
        condition = smallest_condition(failing, building, self._hps, self._suspects.get(key, ()), elsewhere)
        self._conditions[key] = (len(self._reports), condition)
        return condition

    def _minimise(self, key: object) -> Iterator[Proposal]:
        """Moves a failing configuration towards the nearest that builds, by as many values at once as it stays failing.

        What then still differs matters (delta debugging, A. Zeller, 1999); on each such axis the border is
        searched by halving.
        """
        failing = self._failing(key)
        good = nearest(failing[0], self._building()) if failing else None
        if good is None:
            return
        bad = min(failing, key=lambda each: len(each.items() ^ good.items()))
        differing = [name for name in bad if name in good and bad[name] != good[name]]
        size = max(1, len(differing) // 2)
        while size >= 1:
            for start in range(0, len(differing), size):
                some = differing[start : start + size]
                if len(some) == len(differing):
                    continue
                moved = {**bad, **{name: good[name] for name in some}}
                yield moved
                yield None
                if self._fails(moved, key):
                    bad = moved
            differing = [name for name in differing if bad[name] != good[name]]
            size = size // 2
        self._suspects[key] = differing
        for name in differing:
            yield from self._halve(key, bad, name, good[name])

    def _halve(self, key: object, bad: Configuration, name: str, good: Value) -> Iterator[Proposal]:
        """Halves the way from a failing to a building value of one hyperparameter."""
        hp = self._hps[name]
        inside, outside = position_of(hp, bad[name]), position_of(hp, good)
        if inside is None or outside is None:
            return
        while abs(inside - outside) > 1:
            middle = (inside + outside) // 2
            asked = {**bad, name: value_at(hp, middle)}
            yield asked
            yield None
            if self._fails(asked, key):
                inside = middle
            else:
                outside = middle

    def _fails(self, configuration: Configuration, key: object) -> bool:
        """Whether a configuration was probed and failed for one cause."""
        report = self._known_leaf(configuration)
        return (
            report is not None
            and report.verdict == "fail"
            and report.error is not None
            and kind(report.error) == key
        )


def _ends(hp: Hyperparameter) -> tuple[Value, ...]:
    return ends(hp, MOST_ENDS)


def wilson(failed: int, total: int, z: float = 1.96) -> tuple[float, float]:
    """The 95 % interval of a share (E. B. Wilson, 1927)."""
    if total == 0:
        return (0.0, 1.0)
    share = failed / total
    centre = (share + z * z / (2 * total)) / (1 + z * z / total)
    half = z * math.sqrt(share * (1 - share) / total + z * z / (4 * total * total)) / (1 + z * z / total)
    return (max(0.0, centre - half), min(1.0, centre + half))
