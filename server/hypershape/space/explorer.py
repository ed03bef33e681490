"""What to probe next, and what the reports so far say about the whole space.

Spaces are define-by-run: which hyperparameters a configuration reads depends on the values of others. What a probe
read, in order, is a path in a tree of choices. A report that names hyperparameters on which nothing depended speaks
for all paths that differ in their values only, so that few probes may prove a large space (`space/cubes.py`).
"""

from __future__ import annotations

import itertools
import math
import random
import time
from collections import Counter, deque
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from hypershape.model import Cause, Configuration, Coverage, Hyperparameter, Key, Report, Value, key_of
from hypershape.space.blame import (
    by_kind,
    causes,
    kind,
    nearest,
    others,
    smallest_condition,
    stage_of,
    telling,
)
from hypershape.space.claims import counterexample, everywhere, extremes, somewhere
from hypershape.space.conditions import Condition
from hypershape.space.confirm import trials
from hypershape.space.covering import covering_array
from hypershape.space.cubes import Cube, Cubes
from hypershape.space.domains import can_draw, draw, ends, position_of, probability, size, value_at
from hypershape.space.known import Dispute, Known
from hypershape.space.shares import sharpened, together, wilson

LARGEST_PROOF = 20_000
"""Spaces with more leaves are sampled unless the user asks for every configuration."""

SMALL_PROOF = 128
"""Spaces with no more leaves are enumerated as soon as the failures of their corners are understood."""

DRAWS_BEFORE_PROOF = 256
"""Random draws that make the share of failures known before a long enumeration ends."""

MOST_CLAIMS = 150
"""At most so many probes that speak for others are put to trial in a proof, the others by two probes for each."""
FEW_CLAIMS = 24
"""The same where there is no proof."""

MANY_SPOKEN = 1_000
MOST_BETWEEN = 16
"""About so many configurations of probes that speak for that many others are tried between the ends."""

MOST_RELATED = 48
"""The same where they speak for states between blocks, by three probes for each."""

FIRST_DRAWS = 32
"""Random draws before what is chosen, so that shares can be told soon; at once where neither defaults nor extremes build."""
MOST_SPOKEN = 8
ENOUGH_SPOKEN = 1024
"""Configurations of one cube, and of all together, that are looked at although no probe met them."""

MOST_COUNTED = 256
"""Draws from which the length of a proof is estimated."""

MANY_FAILURES = 128
"""So many failures of one kind, and nothing else, are enough where their messages speak of different sizes."""

MOST_SPELT_OUT = 5_000
MOST_CORRECTIONS = 12
MOST_POINTS = 50
"""In each of so many rounds at most so many counterexamples are added to what a condition is sought among."""

CORRECTING_SECONDS, LEAST_CORRECTING_SECONDS = 10.0, 2.0
"""Processor time in which the conditions of a finished space may be corrected, all together, and each in any case: who
waits for the last figures has had the budget's time already."""

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


class Trial(dict[str, Value]):
    """A configuration that is probed although its outcome is foreseen: what foresees it is put to trial."""


Proposal = Configuration | None


def contains(hyperparameters: Sequence[Hyperparameter], configuration: Configuration) -> bool:
    """Whether every value of a configuration can still be drawn."""
    domains = {hp.name: hp for hp in hyperparameters}
    return all(name not in domains or can_draw(domains[name], value) for name, value in configuration.items())


class Explorer:
    """Proposes configurations, best first, and sums up the reports.

    `held` are hyperparameters that cannot change a build, each with the reason: their ends are probed one at a
    time, and they do not multiply the space, unless a value turns out to fail. `exhaustive` enumerates a space
    however large it is.
    """

    def __init__(
        self, *, held: Mapping[str, str] | None = None, exhaustive: bool = False, seed: int = 0
    ) -> None:
        self._known = Known(held or {})
        self._exhaustive = exhaustive
        self._random = random.Random(seed)
        self._drawn: Counter[Key] = Counter()
        """How many draws each report has met, of those that fell where nothing was known before the first."""
        self._before_draws: tuple[Cubes, dict[Key, float]] | None = None
        """What was known before the first draw, with the share of the space that each report stood for."""
        self._before: deque[list[Key] | None] = deque()
        """For each draw that is being probed, the draws before it whose outcome was known; None for no draw."""
        self._asked: set[Key] = set()
        self._mistakes = 0
        self._judged = False
        """Whether what the reports say of others was put to trial."""
        self._conditions: dict[object, tuple[int, Condition | None]] = {}
        self._final: set[object] = set()
        """Kinds of failures whose condition was sought with everything known."""
        self._next_try: dict[object, int] = {}
        """Where a condition was sought in vain, how many failures there have to be before it is sought again."""
        self._without_condition: set[object] = set()
        """Kinds of failures in a space that is covered for which there is none: more reports tell nothing new."""
        self._corrected = 0.0
        """Seconds that conditions of the finished space have taken."""
        self._suspects: dict[object, list[str]] = {}
        self._confirmed: set[tuple[object, object]] = set()
        self._causes: tuple[Cause, ...] | None = None
        self._measured: tuple[dict[Key, float], tuple[float, float]] | None = None
        """Both are worked out when they are asked for, until something is learnt."""
        self._probabilities: dict[Condition, float | None] = {}
        self._plan = self._propose()
        self._finished = False

    @property
    def _hps(self) -> dict[str, Hyperparameter]:
        return self._known.hps

    @property
    def hyperparameters(self) -> tuple[Hyperparameter, ...]:
        """Every hyperparameter met so far, in the order in which they were first met."""
        return tuple(self._hps.values())

    @property
    def reports(self) -> tuple[Report, ...]:
        """One report for each configuration that was probed."""
        return tuple(self._known.reports.values())

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
        self._causes = self._measured = None
        self._before.clear()
        self._finished = self._finished or self._is_hopeless()
        for proposed in () if self._finished else self._plan:
            if proposed is None:
                if batch:
                    break
                continue
            drawn = isinstance(proposed, Draw)
            if drawn and self._before_draws is None:
                known = (
                    self._known.snapshot(),
                    {cube.key: part for cube, part in self._known.now.cubes.items()},
                )
                self._before_draws = known
            key = key_of(proposed)
            report = None if isinstance(proposed, Trial) else self._known.find(proposed)
            if report is not None:
                if drawn and self._is_new(proposed):
                    hits.append(key_of(report.configuration))
            elif key not in self._asked and key not in self._known.reports:
                self._asked.add(key)
                batch.append(proposed)
                self._before.append(hits if drawn else None)
                hits = [] if drawn else hits
                if len(batch) == size:
                    break
        self._drawn.update(hits)
        return tuple(batch)

    def _is_new(self, drawn: Configuration) -> bool:
        """Whether a draw fell where nothing was known before the first one."""
        assert self._before_draws is not None
        return self._known.changes or self._before_draws[0].find(drawn) is None

    def add(self, reports: Iterable[Report]) -> None:
        """Takes in what probes returned."""
        self._causes = self._measured = None
        for report in reports:
            key = self._known.add(report)
            hits = self._before.popleft() if self._before else None
            if self._known.mistakes > self._mistakes:
                self._start_again()
            elif hits is not None:
                self._drawn[key] += 1
                self._drawn.update(hits)

    def _start_again(self) -> None:
        """Forgets what was concluded from what turned out to be wrong. Draws tell of where nothing is known: of less now."""
        self._mistakes = self._known.mistakes
        self._judged = False
        self._final.clear()
        self._without_condition.clear()
        self._drawn.clear()
        self._before_draws = None
        self._before = deque(None for _ in self._before)

    def correct(self, reports: Iterable[Report]) -> None:
        """Replaces what earlier reports said of the same configurations."""
        self._causes = self._measured = None
        self._known.correct(reports)
        self._conditions.clear()
        self._final.clear()
        self._without_condition.clear()
        self._next_try.clear()

    @property
    def shares(self) -> tuple[float, ...]:
        """What each of the reports stands for, as a share of the space."""
        shares, _ = self._shares()
        return tuple(shares.get(key, 0.0) for key in self._known.reports)

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
        shown = tuple(map(self._as_far_as_confirmed, rare))
        names = {name for cause in shown for name in cause.names}
        told = tuple(replace(each, failing=self._spelt_out(each.failing, names)) for each in shown)
        failing = {key_of(cause.first.configuration): cause.failing for cause in shown}
        return tuple(
            replace(each, failing=failing[key_of(each.first.configuration)])
            for each in sharpened(told, self.reports, self._probability)
        )

    def _spelt_out(self, failing: Sequence[Configuration], names: set[str]) -> tuple[Configuration, ...]:
        """Failing configurations, each with what else it says of the values of some names."""
        if not self._known.claims:
            return tuple(failing)
        cubes = [self._known.cube(each) for each in failing]
        return tuple(point for cube in cubes for point in everywhere(cube, names, self._hps))

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
        reports = self._known.reports
        failed = sum(report.verdict == "fail" for report in reports.values())
        shares, interval = self._shares()
        share = sum(part for key, part in shares.items() if reports[key].verdict == "fail")
        held = self._known.now.irrelevant
        if self._complete:
            covered = self._known.covered
            ran = self._known.all_ran(covered)
            return Coverage("exhaustive", covered, len(reports), failed, share, interval, held, ran)
        exact = together(self.causes(), self.reports, self._probability)
        share = min(max(share, interval[0]), interval[1]) if exact is None else exact
        interval = min(share, interval[0]), max(share, interval[1])
        return Coverage("sampled", self._size, len(reports), failed, share, interval, held)

    def _shares(self) -> tuple[dict[Key, float], tuple[float, float]]:
        if self._measured is None:
            self._measured = self._measure()
        return self._measured

    def _measure(self) -> tuple[dict[Key, float], tuple[float, float]]:
        """What each report that has a verdict stands for as a share of the space, and an interval of the failing share.

        Why a part counts by its probability and not as one of so many: one under a choice that is read early stands
        for as many trials as all parts of the other branch together. Parts are disjoint events: those that were known
        before the first random draw stand for their own probability, the draws that fell elsewhere for the rest.
        What was chosen later depends on what was drawn, so it only bounds the share. The interval is a 95 % one, or certain where there is no draw.
        """
        reports = self._known.reports
        weights = {cube.key: part for cube, part in self._known.now.cubes.items()}
        complete = self._complete
        drawn = {key: count for key, count in self._drawn.items() if reports[key].verdict != "unknown"}
        chosen = self._before_draws is None or complete or not drawn
        before = weights if chosen or self._before_draws is None else self._before_draws[1]
        if self._known.changes:
            before = {}
        known = {key: part for key, part in before.items() if reports[key].verdict != "unknown"}
        least = min(_part(weights, reports, "fail"), 1.0)
        most = least if complete else max(1 - _part(weights, reports, "ok"), least)
        if chosen:
            if self._known.claims and not complete:
                # Reports that speak for many others do not tell what becomes of the rest.
                rest = max(1 - sum(known.values()), 0.0) / max(len(reports), 1)
                known = {
                    key: known.get(key, 0.0) + rest for key in reports if reports[key].verdict != "unknown"
                }
            total = sum(known.values()) or 1.0
            return {key: part / total for key, part in known.items()}, (least, most)
        draws = sum(drawn.values())
        rest = max(1 - sum(before.values()), 0.0)
        shares = dict(known)
        for key, count in drawn.items():
            shares[key] = shares.get(key, 0.0) + rest * count / draws
        failing = _part(known, reports, "fail")
        low, high = wilson(sum(n for key, n in drawn.items() if reports[key].verdict == "fail"), draws)
        unknown = max(1 - rest - sum(known.values()), 0.0)
        total = sum(shares.values()) or 1.0
        bounds = max(least, failing + rest * low), min(most, failing + rest * high + unknown)
        return {key: part / total for key, part in shares.items()}, (min(bounds), max(bounds))

    @property
    def _complete(self) -> bool:
        """Whether every configuration has a verdict, and what rests on the word of reports was put to trial."""
        return self._known.is_covered and (self._judged or not self._known.claims)

    @property
    def _size(self) -> int | None:
        """An upper bound of the number of configurations; None where one of infinitely many values may matter."""
        harmless = self._known.now.irrelevant
        sizes = [1 if hp.name in harmless and size(hp) is None else size(hp) for hp in self._hps.values()]
        return None if None in sizes else math.prod(each for each in sizes if each is not None)

    @property
    def _varied(self) -> list[Hyperparameter]:
        return [hp for hp in self._hps.values() if hp.name not in self._known.held]

    def _weight(self, configuration: Configuration) -> float:
        """The probability that a random trial is in the cube of a configuration that was probed."""
        cube = self._known.cube(configuration)
        return math.prod(
            sum(probability(self._hps[name], value) for value in cube.values(name))
            for name in cube.forced
            if name in self._hps
        )

    # ------------------------------------------------------------- the plan

    # Why this order. Most failures need one value or two (the extremes of a kernel and of a depth), few need three,
    # and they sit at the ends of domains far more often than inside. So: ends before inner values, pairs before
    # triples. Pairs come before single values because a row of pairs tries as many single values at once as there
    # are hyperparameters. As soon as something fails, it is explained before the search goes on: a condition turns
    # hundreds of further failures into one, and its trial is what finds a second cause behind the first.
    # Random draws come last, yet every plan has some: only they say how often a trial fails.

    def _propose(self) -> Iterator[Proposal]:
        """Configurations in the order in which they tell most; None where the next depend on what came before."""
        yield from self._explore()
        self._finished = True

    def _explore(self) -> Iterator[Proposal]:
        yield {}
        yield None
        yield from self._extremes()
        yield from self._settle()
        if not self._building():
            yield from itertools.islice(self._draws(), FIRST_DRAWS)
        if len(self._hps) > MANY:
            yield from self._understand()
        if self._enumerable and self._pieces <= SMALL_PROOF:
            yield from self._singles(self._hps)
            yield None
            yield from self._corners()
            yield from self._understand()
            yield from self._prove()
        yield from itertools.islice(self._draws(), FIRST_DRAWS)
        # A row of pairs holds a value of each hyperparameter: failures of single values are met on the way.
        yield from self._pairs()
        yield from self._corners()
        yield from self._understand()
        yield from self._held_alone()
        yield None
        yield from self._settle()
        if not self._enumerable:
            yield from self._trial_of_claims(FEW_CLAIMS)
            yield from self._in_turns(
                [self._triples(), self._inner_pairs(), self._singles(self._hps), self._draws()]
            )
        if self._enumerable:
            sources = [self._singles(self._hps), itertools.islice(self._draws(), DRAWS_BEFORE_PROOF)]
            yield from self._in_turns(sources)
            yield from self._prove()
        # Those that only a few branches read, or only configurations that failed, were met since.
        yield from self._held_alone()
        yield None
        yield from self._prove()
        # What only a few branches read may have made the space larger than it looked.
        if not self._enumerable:
            yield from self._in_turns([self._draws()])

    def _extremes(self) -> Iterator[Proposal]:
        """All minima, then all maxima; again while that reveals names, which a space that changes does forever."""
        for pick in (0, -1):
            met = -1
            for _ in range(MOST_REVEALED):
                if met == len(self._hps):
                    break
                met = len(self._hps)
                yield Trial({hp.name: _ends(hp)[pick] for hp in self._hps.values()})
                yield None

    def _singles(self, names: Iterable[str]) -> Iterator[Proposal]:
        """The ends of each hyperparameter that was met, the others at their defaults."""
        held, presumed = self._known.held, self._known.now.presumed
        for name in list(names):
            if name in presumed and name not in held:
                continue
            for value in _ends(self._hps[name]):
                yield Trial({name: value}) if name in held else {name: value}

    def _held_alone(self) -> Iterator[Proposal]:
        """Every text of what cannot matter, where it is read and something builds: elsewhere it says nothing.

        Of what only the text of the file shows to be harmless the ends too.
        """
        for name in self._known.now.irrelevant:
            if name not in self._hps:
                continue
            hp = self._hps[name]
            around = next((each for each in self._building() if name in each), {})
            texts = tuple(value for value in hp.values or () if isinstance(value, str))
            values = (*_ends(hp), *texts) if name in self._known.held else texts
            yield from (Trial({**around, name: value}) for value in dict.fromkeys(values))

    def _covering(self, domains: Mapping[str, Sequence[Value]], strength: int) -> Iterator[Proposal]:
        """A covering array of what may matter."""
        harmless = self._known.now.presumed
        matter = {name: values for name, values in domains.items() if name not in harmless}
        yield from covering_array(matter, strength, self._random)

    def _pairs(self) -> Iterator[Proposal]:
        yield from self._covering({hp.name: _ends(hp) for hp in self._varied}, 2)

    def _prove(self) -> Iterator[Proposal]:
        """What is left, then what the reports say of others, until there is nothing more of either."""
        while self._enumerable and not self._complete:
            asked = len(self._asked)
            yield from self._settle()
            yield from self._enumerate()
            yield from self._trial_of_claims(MOST_CLAIMS)
            yield from self._held_alone()
            yield None
            # A choice whose values are not listed is never exhausted.
            if len(self._asked) == asked:
                break

    def _settle(self) -> Iterator[Proposal]:
        """For each contradiction of reports: which of the names in which they differ does matter."""
        while self._known.disputes:
            dispute = self._known.disputes.pop()
            name = yield from self._culprit(dispute)
            if name is not None:
                self._known.absolve(dispute.names - {name})
                self._start_again()

    def _culprit(self, dispute: Dispute) -> Generator[Proposal, None, str | None]:
        """Moves one report to the other by half of their differences at a time; None where that tells nothing."""
        kept, goal = dict(dispute.one.configuration), dispute.other.configuration
        names = sorted(dispute.names & goal.keys())
        while len(names) > 1:
            some = names[: len(names) // 2]
            moved = {**kept, **{name: goal[name] for name in some}}
            yield Trial(moved)
            yield None
            report = self._known.find(moved)
            if report is None or report.verdict == "unknown":
                return None
            if Cube.of(report, {}).agrees(Cube.of(dispute.one, {})):
                kept, names = moved, names[len(some) :]
            else:
                names = some
        return names[0] if names else None

    def _enumerate(self) -> Iterator[Proposal]:
        while self._enumerable and (some := list(itertools.islice(self._untried(), 2048))):
            asked = len(self._asked)
            self._random.shuffle(some)
            yield from some
            yield None
            if len(self._asked) == asked:
                break

    def _trial_of_claims(self, most: int) -> Iterator[Proposal]:
        """Where probes speak for others: the others that are most unlike them, of at most so many probes."""
        cubes = self._known.now.speaking
        mistakes = self._mistakes
        related = self._known.related is not None
        most = min(most, MOST_RELATED) if related else most
        for place, cube in enumerate(cubes[:: -(-len(cubes) // most) or 1]):
            names = cube.report.configuration.keys() - self._known.held.keys()
            if related and cube.report.states:
                yield from map(Trial, self._known.members(cube))
                continue
            yield from map(Trial, extremes(cube, names, self._hps))
            if self._speaks_for_many(cube):
                # What is wrong in between shows at no end.
                for index in range(max(MOST_BETWEEN // len(cubes), 1) if place < MOST_BETWEEN else 0):
                    yield Trial(somewhere(cube, names, self._hps, random.Random(index)))
        yield None
        self._judged = self._mistakes == mistakes

    def _speaks_for_many(self, cube: Cube) -> bool:
        ways = (
            len(cube.alike.get(n, ())) or size(self._hps[n]) or 1 for n in cube.open_names if n in self._hps
        )
        return math.prod(ways) >= MANY_SPOKEN

    def _in_turns(self, sources: Sequence[Iterator[Proposal]]) -> Iterator[Proposal]:
        """Proposals of all sources, a few of each at a time; in between, what explains the failures so far."""
        left, proposed, pause = list(sources), 0, 64
        long = not self._enumerable
        while left and not self._known.is_covered and not (long and self._enumerable):
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
        yield from self._covering({hp.name: _ends(hp) for hp in self._varied}, 3)

    def _inner_pairs(self) -> Iterator[Proposal]:
        """Pairs of all values, where domains are short and have more than the ends."""
        domains = {
            hp.name: hp.values for hp in self._varied if hp.values is not None and len(hp.values) <= MOST_ENDS
        }
        if any(len(values) > len(_ends(self._hps[name])) for name, values in domains.items()):
            yield from self._covering(domains, 2)

    def _draws(self) -> Iterator[Proposal]:
        for _ in range(MOST_RANDOM):
            yield Draw((hp.name, draw(hp, self._random)) for hp in self._varied)

    @property
    def _enumerable(self) -> bool:
        """Whether a proof is worth trying."""
        if self._known.changes:
            return False
        pieces = self._pieces
        return pieces < math.inf and (self._exhaustive or pieces <= LARGEST_PROOF)

    @property
    def _pieces(self) -> float:
        """About how many probes a proof takes.

        A random trial is in a part of the space with that part's probability: the mean of its inverse over some trials
        is the number of parts.
        """
        bound, drawn = self._known.now.pieces, list(itertools.islice(self._drawn.items(), MOST_COUNTED))
        total = sum(count for _, count in drawn)
        if bound <= SMALL_PROOF or total < FIRST_DRAWS // 2:
            return bound
        weights = [(count, self._weight(self._known.reports[key].configuration)) for key, count in drawn]
        if not all(weight for _, weight in weights):
            return bound
        return min(bound, sum(count / weight for count, weight in weights) / total)

    def _untried(self) -> Iterator[Configuration]:
        return (prefix for prefix in self._known.frontier() if key_of(prefix) not in self._asked)

    def _corners(self) -> Iterator[Configuration]:
        harmless = self._known.now.presumed
        ends = {hp.name: _ends(hp) for hp in self._varied if hp.name not in harmless}
        if math.prod(map(len, ends.values())) <= MOST_CORNERS:
            yield from (dict(zip(ends, values, strict=True)) for values in itertools.product(*ends.values()))

    def _is_hopeless(self) -> bool:
        """Whether it is clear that nothing builds: failures of one kind only, whatever was tried and drawn."""
        reports = self._known.reports.values()
        if any(report.verdict != "fail" for report in reports) or self._pieces <= 2 * SMALL_PROOF:
            return False
        if self._exhaustive or sum(self._drawn.values()) < FIRST_DRAWS // 2:
            return False
        if len(by_kind(reports)) > 1:
            return False
        # One that speaks of no sizes does not depend on any.
        alike = len({report.error.message for report in reports if report.error is not None}) == 1
        return len(reports) >= (FIRST_DRAWS if alike else MANY_FAILURES)

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
                harmless = self._known.now.presumed
                matter = [hp for hp in self._varied if hp.name not in harmless]
                yield from trials(condition, self._failing(key), matter, self._random)
                yield None
                if self._explanation(key) == condition:
                    self._confirmed.add((key, condition))

    def _failing(self, key: object) -> list[Configuration]:
        return [report.configuration for report in by_kind(self.reports).get(key, ())]

    def _building(self) -> list[Configuration]:
        return [report.configuration for report in self.reports if report.verdict == "ok"]

    def _passes(self, key: object) -> Callable[[Report], bool]:
        """What came past a failure: what builds; where nothing does, what fails later, or else there in another way."""
        building, later, beside = (
            lambda report: report.verdict == "ok",
            lambda report: _is_after(report, key, 1),
            lambda report: _is_after(report, key, 0),
        )
        return next((each for each in (building, later) if any(map(each, self.reports))), beside)

    def _past(self, key: object) -> list[Configuration]:
        return [report.configuration for report in filter(self._passes(key), self.reports)]

    def _explanation(self, key: object) -> Condition | None:
        return self._explain(key, self._failing(key), self._building())

    def _explain(
        self, key: object, failing: Sequence[Configuration], building: Sequence[Configuration]
    ) -> Condition | None:
        """The simplest condition of a cause; the one from before as long as nothing contradicts it.

        Of a finished space it is sought once more: which causes overlap shows late.
        """
        building = building or self._past(key)
        known = self._conditions.get(key)
        related = self._known.related is not None
        # What reports say of states is put to trial first: a condition may take longer than all that is left.
        finished = self._complete if related else self._known.is_covered
        if known is not None and (key in self._final or not finished):
            judged, condition = known
            if judged == self._known.version or (
                condition is not None
                and all(map(condition.holds, failing))
                and not any(map(condition.holds, building))
                and self._counterexamples(condition, key) == []
            ):
                self._conditions[key] = (self._known.version, condition)
                return condition
        if not finished and (related or len(failing) < self._next_try.get(key, 0)):
            # States between blocks decide a space in fewer probes than it takes to understand its failures.
            return None
        if related and key in self._without_condition:
            return None
        began = time.thread_time()
        condition = self._seek(key, failing, building)
        if finished:
            self._corrected += time.thread_time() - began
        self._conditions[key] = (self._known.version, condition)
        if finished:
            self._final.add(key)
        if condition is None and finished:
            self._without_condition.add(key)
        if condition is None and building:
            self._next_try[key] = len(failing) + max(len(failing) // 4, 1)
        return condition

    def _seek(
        self, key: object, failing: Sequence[Configuration], building: Sequence[Configuration]
    ) -> Condition | None:
        """The simplest condition that is true of everything that the reports speak for."""
        hps = self._mattering(key)
        told = self._spelt_out_by_kind(hps, key) if self._known.claims else None
        if told is not None:
            bad, good = told.pop(key, list(failing)), told.pop(None, list(building))
            elsewhere = sorted(told.values(), key=len, reverse=True)
        else:
            spoken = self._spoken_for(key, hps.keys())
            bad, good = [*failing, *spoken[0]], [*building, *spoken[1]]
            elsewhere = others(key, self.reports)
        until = time.thread_time() + max(CORRECTING_SECONDS - self._corrected, LEAST_CORRECTING_SECONDS)
        for _ in range(MOST_CORRECTIONS):
            if time.thread_time() > until:
                return None
            condition = smallest_condition(bad, good, hps, self._suspects.get(key, ()), elsewhere)
            if condition is None and len(few := telling(hps, bad, good)) < len(hps):
                # Branches that every run depends on hide what decides among them.
                condition = smallest_condition(bad, good, few, self._suspects.get(key, ()), elsewhere)
            wrong = self._counterexamples(condition, key) if condition is not None else []
            if wrong is None:
                return None
            if not wrong:
                return condition
            for fails, point in wrong:
                (bad if fails else good).append(point)
        return None

    def _spoken_for(
        self, key: object, names: Collection[str]
    ) -> tuple[list[Configuration], list[Configuration]]:
        """Some configurations that no probe met, but that reports speak for: those that fail in a way, and that pass.

        A relation between values needs several pairs of them as evidence, and a proof probes few.
        """
        fails: list[Configuration] = []
        passed: list[Configuration] = []
        passes = self._passes(key)
        cubes = [cube for cube in self._known.now.cubes if not set(cube.open_names).isdisjoint(names)]
        for cube in cubes if self._known.claims else ():
            found = fails if _is_of_kind(cube, key) else passed if passes(cube.report) else None
            if found is not None:
                for index in range(min(MOST_SPOKEN, ENOUGH_SPOKEN // len(cubes))):
                    found.append(somewhere(cube, names, self._hps, random.Random(index)))
        return fails, passed

    def _spelt_out_by_kind(
        self, names: Collection[str], key: object
    ) -> dict[object, list[Configuration]] | None:
        """All combinations of values of some names for each kind of failure, and for None what came past one of them;
        None if too many.

        A few cubes say what thousands of probes would, and a condition is sought as if these had been made.
        """
        told: dict[object, dict[Key, Configuration]] = {}
        passes = self._passes(key)
        left = MOST_SPELT_OUT
        for cube in self._known.now.cubes:
            if cube.is_known:
                error = cube.report.error
                of_kind = None if error is None or passes(cube.report) else kind(error)
                points = told.setdefault(of_kind, {})
                for each in everywhere(cube, names, self._hps):
                    points.setdefault(tuple((name, each[name]) for name in names if name in each), each)
                    left -= 1
                if left < 0:
                    return None
        return {key: list(points.values()) for key, points in told.items()}

    def _mattering(self, key: object) -> Mapping[str, Hyperparameter]:
        """The hyperparameters on which some failure of a kind depends."""
        cubes = [cube for cube in self._known.now.cubes if _is_of_kind(cube, key)]
        if not self._known.claims or not cubes:
            return self._hps
        names = {name for cube in cubes for name in cube.forced}
        return {name: hp for name, hp in self._hps.items() if name in names}

    def _counterexamples(self, condition: Condition, key: object) -> list[tuple[bool, Configuration]] | None:
        """Configurations of which a condition is not true though no probe met them, and whether they fail.

        None where that is too much to look at.
        """
        if not self._known.claims:
            return []
        if self._known.related is not None and self._known.is_covered:
            return self._wrongly(condition, key)
        names = set(condition.names)
        passes = self._passes(key)
        found = []
        for cube in self._known.now.cubes:
            fails = _is_of_kind(cube, key)
            if not names.isdisjoint(cube.open_names) and (fails or passes(cube.report)):
                point = counterexample(condition, cube, self._hps)
                if point is not None:
                    found.append((fails, point))
        return found[:MOST_POINTS]

    def _wrongly(self, condition: Condition, key: object) -> list[tuple[bool, Configuration]] | None:
        """The same where reports speak for more than boxes."""
        related = self._known.in_order
        if related is None:
            return None

        passes = self._passes(key)

        def fails(cube: Cube) -> bool | None:
            return True if _is_of_kind(cube, key) else False if passes(cube.report) else None

        return related.wrong(condition, fails, MOST_POINTS)

    def _minimise(self, key: object) -> Iterator[Proposal]:
        """Moves a failing configuration towards the nearest that builds, by as many values at once as it stays failing.

        What then still differs matters (delta debugging, A. Zeller, 1999); on each such axis the border is
        searched by halving.
        """
        failing = self._failing(key)
        good = nearest(failing[0], self._past(key)) if failing else None
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
        report = self._known.find(configuration)
        return report is not None and _fails_of_kind(report, key)


def _fails_of_kind(report: Report, key: object) -> bool:
    return report.verdict == "fail" and report.error is not None and kind(report.error) == key


def _is_after(report: Report, key: object, stages: int) -> bool:
    """Whether a report fails for another reason than one, at least so many stages after it."""
    if report.verdict != "fail" or report.error is None:
        return False
    own = kind(report.error)
    return own != key and stage_of(own) - stage_of(key) >= stages


def _is_of_kind(cube: Cube, key: object) -> bool:
    return _fails_of_kind(cube.report, key)


def _part(weights: Mapping[Key, float], reports: Mapping[Key, Report], verdict: str) -> float:
    """The share of the space that has a verdict."""
    return sum(part for key, part in weights.items() if reports[key].verdict == verdict)


def _ends(hp: Hyperparameter) -> tuple[Value, ...]:
    return ends(hp, MOST_ENDS)
