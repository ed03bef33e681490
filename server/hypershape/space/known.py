"""What the reports of a space say, and of which configurations: the outcome of every part that was reached so far."""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from hypershape.model import Configuration, Hyperparameter, Key, Report, Value, key_of
from hypershape.space.cubes import Contradiction, Cube, Cubes
from hypershape.space.diagrams import Diagram, TooLarge
from hypershape.space.domains import size

PATIENCE, SOME = 4, 64
"""So many times more probes than a proof should take, and so many more, are made before it is given up."""

MOST_RELATED = 1_000
"""So many probes are made until a space is proved by states between blocks, or that is given up."""

SOME_RELATED = 64
"""About how many probes such a proof takes."""

MOST_MEMBERS = 3
MOST_OPEN = 16
"""So many parts of which nothing is known are looked at before what is known of them is asked for again."""

FOUND_FREE = "no layer's success depends on it"
"""Why a hyperparameter was not varied that no probe depended on."""


@dataclass(frozen=True, slots=True)
class Dispute:
    """Two reports that contradict each other, and the names in which they differ though they should not matter."""

    one: Report
    other: Report
    names: frozenset[str]


class Known:
    """Reports by configuration, and the parts of the space that they cover.

    Two things let a report speak for more than its own configuration: `held` are names that the text shows to be
    harmless, with the reason, and `Report.free` and `Report.alike` say of which values its run did not depend. All are believed until two
    reports contradict each other. A name that was believed wrongly is never believed again.
    """

    def __init__(self, held: Mapping[str, str]) -> None:
        # What runs of another text showed says nothing about this one.
        self.held = {name: reason for name, reason in held.items() if reason != FOUND_FREE}
        self.hps: dict[str, Hyperparameter] = {}
        self.reports: dict[Key, Report] = {}
        self.changes = False
        """Whether one path was seen to lead to different names: such a space has no parts that could be counted."""
        self.mistakes = 0
        """How often something was believed that is not any more: what was concluded from it before is void."""
        self.version = 0
        """Grows with everything that is learnt."""
        self.claims = False
        """Whether any report speaks for other values of names that are not held."""
        self.disputes: list[Dispute] = []
        """Contradictions of which it is not known yet which of several names was believed wrongly."""
        self._reasons = dict(self.held)
        self._doubted: set[str] = set()
        self._tree = Cubes(self.hps)
        self._diagram: Diagram | None = None
        """What reports say together of more than boxes, once one does."""
        self._in_order: tuple[int, Diagram | None] = -1, None
        self._unrelated = False
        """Whether that was seen to be wrong, or too much."""
        self._random = random.Random(0)
        self._rebuilt = 1
        self._summary = -1, Summary(self, self._tree)

    # ------------------------------------------------------------- taking reports in

    def add(self, report: Report) -> Key:
        """Takes in a report; of two of one configuration the one that speaks for more of the space counts."""
        for hp in report.new:
            self.hps.setdefault(hp.name, hp)
        key = key_of(report.configuration)
        before = self.reports.get(key)
        if before is not None and not _tells_more(report, before):
            return key
        self.version += 1
        self.reports[key] = report
        self.claims = self.claims or self._claims(report)
        if not self._agrees_with_all(self._cube(report, key)):
            self._place(self._cube(report, key))
            self._relate(self._cube(report, key))
        # Wide cubes first make the fewest pieces. Doing it at every doubling costs as much as placing all once more.
        if self.claims and len(self.reports) >= 2 * self._rebuilt:
            self._rebuild()
        return key

    def correct(self, reports: Iterable[Report]) -> None:
        """Replaces what was said of configurations that are known."""
        for report in reports:
            if (key := key_of(report.configuration)) in self.reports:
                self.reports[key] = report
        self.version += 1
        self._rebuild()
        if self._diagram is not None:
            self._lay_out()

    def forced(self, report: Report) -> Configuration:
        """The values of a configuration on which its outcome may depend."""
        free = report.free if report.verdict != "unknown" else ()
        return {
            name: value
            for name, value in report.configuration.items()
            if name not in self.held and (name not in free or name in self._doubted)
        }

    def _claims(self, report: Report) -> bool:
        """Whether a report is believed to speak for other values of its names."""
        return not self._doubted.issuperset((*report.free, *report.alike)) or bool(report.states)

    def _cube(self, report: Report, key: Key) -> Cube:
        return Cube(report, self.forced(report), key, self.alike(report))

    def alike(self, report: Report) -> dict[str, frozenset[Value]]:
        """Of names on which the outcome of a report depends, the values with which it would have been the same."""
        if report.verdict == "unknown":
            return {}
        return {
            name: frozenset(values)
            for name, values in report.alike.items()
            if name not in self._doubted and name not in self.held and name in report.configuration
        }

    def _place(self, cube: Cube) -> None:
        if self.changes:
            return
        try:
            self._tree.add(cube)
        except Contradiction as found:
            if self._doubt(found):
                self._rebuild()

    def _relate(self, cube: Cube) -> None:
        """Lays a report beside those before it, as soon as one speaks for more than a box."""
        if self._unrelated or (self._diagram is None and not cube.report.states):
            return
        if self.changes or self.mistakes or len(self.reports) > MOST_RELATED:
            self._give_up()
        elif self._diagram is None:
            self._lay_out()
        else:
            self._put(self._diagram, cube)

    def _lay_out(self) -> None:
        self._diagram = Diagram(self.hps)
        for key, report in self.reports.items():
            if self._diagram is not None:
                self._put(self._diagram, self._cube(report, key))

    def _put(self, diagram: Diagram, cube: Cube) -> None:
        try:
            diagram.add(cube)
        except (Contradiction, TooLarge):
            self._give_up()

    def _give_up(self) -> None:
        """Believes boxes only, which have to stand their own trial."""
        self._diagram, self._unrelated = None, True
        self.mistakes += 1
        self.version += 1
        self._rebuild()

    def _agrees_with_all(self, cube: Cube) -> bool:
        """Whether a report tells nothing new of a space that is covered by states between blocks."""
        if self.related is None or not self.related.done or not cube.is_known:
            return False
        other = self.related.find(cube.report.configuration)
        if other is None or not other.agrees(cube):
            self._give_up()
            return False
        return True

    def _rebuild(self) -> None:
        """Builds the tree again, from the cubes that cover most to those that cover least."""
        self._rebuilt = max(len(self.reports), 1)
        while not self.changes and not self._is_built():
            pass

    def _is_built(self) -> bool:
        """Builds the tree; False where that showed a mistake."""
        self.claims = any(map(self._claims, self.reports.values()))
        cubes = [self._cube(report, key) for key, report in self.reports.items()]
        if self.claims:
            cubes.sort(key=lambda cube: (len(cube.forced), -sum(map(len, cube.alike.values()))))
        self._tree = Cubes(self.hps)
        for cube in cubes:
            try:
                self._tree.add(cube)
            except Contradiction as found:
                if self._doubt(found):
                    return False
        return True

    def _doubt(self, found: Contradiction) -> bool:
        """Believes no longer what led to a contradiction; False if nothing that was believed did."""
        names = self._believed_wrongly(found)
        if names:
            if found.other is not None and len(names) > 1:
                self.disputes.append(Dispute(found.one.report, found.other.report, frozenset(names)))
            self._doubted |= names
            for name in names & self.held.keys():
                del self.held[name]
            self.mistakes += 1
            self.version += 1
            return True
        read = [set(each.report.configuration) for each in (found.one, found.other) if each is not None]
        self.changes = self.changes or len(read) < 2 or read[0] != read[1]
        return False

    def absolve(self, names: Iterable[str]) -> None:
        """Believes again what was doubted together with the name that did matter."""
        self._doubted -= set(names)
        self.held |= {name: self._reasons[name] for name in names if name in self._reasons}
        self.version += 1
        self._rebuild()

    def _believed_wrongly(self, found: Contradiction) -> set[str]:
        one, other = found.one, found.other
        if other is None:
            claimed = ((*each.free, *each.alike) for each in self.reports.values())
            return {name for names in claimed for name in names} - self._doubted
        first, second = one.report.configuration, other.report.configuration
        free = {*one.open_names, *other.open_names}
        both = {name for name in free if name in first and name in second and first[name] != second[name]}
        return both or {name for name in free if (name in first) is not (name in second)}

    # ------------------------------------------------------------- what is known

    def find(self, configuration: Configuration) -> Report | None:
        """The report that says what becomes of a configuration; names that are left out have their defaults."""
        if self.changes:
            return self.reports.get(key_of(configuration))
        cube = self._tree.find(configuration)
        if cube is None and self._diagram is not None:
            cube = self._diagram.find(configuration)
        return cube.report if cube is not None else None

    def cube(self, configuration: Configuration) -> Cube:
        """The cube of a report."""
        key = key_of(configuration)
        return self._cube(self.reports[key], key)

    def snapshot(self) -> Cubes:
        """The parts of the space that are known now."""
        return self._tree.copy()

    def frontier(self) -> Iterator[Configuration]:
        """Parts that are not known, each as the values that lead there."""
        if self._diagram is not None:
            return self._diagram.frontier(MOST_OPEN, self._random)
        return self._tree.frontier()

    @property
    def related(self) -> Diagram | None:
        """What reports say together where a tree of boxes does not cover the space, and states between blocks may."""
        return None if self._tree.done else self._diagram

    @property
    def in_order(self) -> Diagram | None:
        """The same, asking for names as configurations read them: what one did not read comes after what decided."""
        if self._in_order[0] != self.version:
            self._in_order = self.version, self._laid_out_in_order()
        return self._in_order[1]

    def _laid_out_in_order(self) -> Diagram | None:
        cubes = [self._cube(report, key) for key, report in self.reports.items()]
        deciding = {name for cube in cubes for name in cube.forced}
        longest = sorted((cube.report.configuration for cube in cubes), key=len, reverse=True)
        names = dict.fromkeys(name for read in longest for name in read if name in deciding)
        try:
            diagram = Diagram(self.hps, tuple(names))
            for cube in cubes:
                diagram.add(cube)
        except (Contradiction, TooLarge):
            return None
        return diagram

    def members(self, cube: Cube) -> Iterator[Configuration]:
        """Some of what a report speaks for beyond a box."""
        if self.related is not None and cube.report.states:
            yield from self.related.members(cube, MOST_MEMBERS, self._random)

    @property
    def is_covered(self) -> bool:
        """Whether every configuration has a verdict, as far as what the reports say of others is true."""
        return (
            bool(self.reports)
            and not self.changes
            and (self._tree.done or (self._diagram is not None and self._diagram.done))
            and all(report.verdict != "unknown" for report in self.reports.values())
        )

    @property
    def now(self) -> Summary:
        """What the reports say together."""
        if self._summary[0] != self.version:
            self._summary = self.version, Summary(self, self._tree)
        return self._summary[1]

    @property
    def covered(self) -> int:
        """How many configurations are known; values of a continuous hyperparameter count as one."""
        return self._tree.size if self.related is None else self.related.size

    def all_ran(self, covered: int) -> bool:
        """Whether so many configurations were probed, as they are counted."""
        if len(self.reports) < covered:
            return False
        endless = {name for name, hp in self.hps.items() if size(hp) is None}
        counted = (
            {name: value for name, value in each.configuration.items() if name not in endless}
            for each in self.reports.values()
        )
        return not endless or len(set(map(key_of, counted))) >= covered

    def speaks_for_others(self, cube: Cube) -> bool:
        """Whether a run showed that names which it read could have had other values."""
        open_names = bool(cube.report.states) or any(name not in self.held for name in cube.open_names)
        return self.claims and open_names


class Summary:
    """What the reports say together, worked out where somebody asks for it; it is true until something is learnt."""

    def __init__(self, known: Known, tree: Cubes) -> None:
        self._known = known
        self._tree = tree
        self._sizes: dict[tuple[str, ...], float] = {}

    @cached_property
    def cubes(self) -> Mapping[Cube, float]:
        """The cubes that cover the space, each with the probability that a random trial is in its part."""
        related = self._known.related
        if related is not None and self._known.is_covered:
            return related.weights()
        weights: dict[Cube, float] = {}
        for cube, weight in () if self._known.changes else self._tree.pieces():
            weights[cube] = weights.get(cube, 0.0) + weight
        return weights

    @cached_property
    def speaking(self) -> list[Cube]:
        """Those that speak for other values of names that are not held."""
        return [cube for cube in self.cubes if self._known.speaks_for_others(cube)]

    @cached_property
    def irrelevant(self) -> dict[str, str]:
        """Names that were read and on which nothing was seen to depend, each with the reason."""
        held = self._known.held
        if not self._known.claims:
            return dict(held)
        forced = {name for cube in self.cubes for name in cube.forced}
        free = {name for cube in self.cubes for name in cube.report.configuration} - forced - held.keys()
        return {**held, **{name: FOUND_FREE for name in self._known.hps if name in free}}

    @cached_property
    def presumed(self) -> set[str]:
        """Names on which none of the reports that say so depended, whatever others may depend on."""
        forced = {name for cube in self.speaking for name in cube.forced}
        free = {name for cube in self.speaking for name in cube.report.free}
        return free - forced | self._known.held.keys()

    @cached_property
    def pieces(self) -> float:
        """About how many probes a proof takes: a bound where every cube forces as much as those met so far.

        Some probes may say nothing of others because what they met was new. If many do, more probes change nothing.
        """
        if self._known.related is not None:
            return SOME_RELATED
        hoped = max(map(self._combinations, self.speaking), default=math.inf)
        if len(self._known.reports) <= PATIENCE * hoped + SOME < math.inf:
            return hoped
        return max(map(self._combinations, self.cubes), default=1.0)

    def _combinations(self, cube: Cube) -> float:
        names = tuple(cube.forced)
        if names not in self._sizes:
            sizes = [size(self._known.hps[name]) for name in names if name in self._known.hps]
            self._sizes[names] = math.prod(math.inf if each is None else max(each, 1) for each in sizes)
        return max(self._sizes[names] / math.prod(map(len, cube.alike.values())), 1.0)


def _tells_more(report: Report, before: Report) -> bool:
    if before.verdict == "unknown":
        return report.verdict != "unknown"
    return report.verdict == before.verdict and (len(report.free), len(report.alike)) > (
        len(before.free),
        len(before.alike),
    )
