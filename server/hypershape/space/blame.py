"""From failing and building configurations to the smallest true condition.

Only conditions that hold for every failing and for no building configuration are returned. Configurations that
fail for another reason say nothing: they stopped before this failure could show itself.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache, partial

from hypershape.model import Cause, Configuration, Hyperparameter, ProbeError, Report
from hypershape.space.blocks import Found, differences, some_block
from hypershape.space.conditions import Condition
from hypershape.space.families import counting, families, kin, related_members, some_member
from hypershape.space.formula import Formula, cheapest, rank
from hypershape.space.literals import Literal, comparisons
from hypershape.space.relations import relations
from hypershape.space.totals import totals

MOST_LITERALS = 300
MOST_COST = 200
"""Conditions that are harder to read are not shown: some sixteen comparisons."""
COST_OF_FEW, COST_PER_REPORT = 60, 3
"""A condition has to explain several configurations with each of its comparisons."""
APART, APART_IF_HIDDEN = 1, 26
"""So much more may a condition cost in which no other cause strikes; also if they mostly do without it."""
MOST_OTHERS = 3
"""Of more other causes nobody would want to read in one condition."""
SAMPLE = 200
"""A condition is sought among so many failing and twice as many building configurations, then held against all."""
ROUNDS = 10


Explain = Callable[[object, Sequence[Configuration], Sequence[Configuration]], Condition | None]


def causes(
    reports: Sequence[Report],
    hps: Mapping[str, Hyperparameter],
    weight: Callable[[Configuration], float],
    explain: Explain | None = None,
) -> tuple[Cause, ...]:
    """One cause for each place and kind of failure, the largest share first.

    `weight` is the probability that a random trial reaches a configuration. `explain` gives the condition of a
    kind of failure, from its failing and from all building configurations. A target that builds nowhere and fails in
    one way has the condition None and `exact`.
    """
    building = [report.configuration for report in reports if report.verdict == "ok"]
    total = sum(weight(report.configuration) for report in reports) or 1.0
    found = []
    groups = by_kind(reports)
    for key, group in groups.items():
        first = min(group, key=lambda report: _far_from_default(report.configuration, hps))
        assert first.error is not None
        failing = tuple(report.configuration for report in group)
        condition = (
            explain(key, failing, building)
            if explain is not None
            else smallest_condition(failing, building, hps, (), others(key, reports))
        )
        found.append(
            Cause(
                first.error,
                first,
                failing,
                condition,
                exact=condition is not None or not building,
                share=sum(map(weight, failing)) / total,
                building=nearest(first.configuration, building),
            )
        )
    return tuple(sorted(found, key=lambda cause: -cause.share))


def by_kind(reports: Iterable[Report]) -> dict[object, list[Report]]:
    """The failing reports, one group for each cause."""
    groups: dict[object, list[Report]] = {}
    for report in reports:
        if report.verdict == "fail" and report.error is not None:
            groups.setdefault(kind(report.error), []).append(report)
    return groups


def others(kind: object, reports: Iterable[Report]) -> list[list[Configuration]]:
    """What fails for each other reason than one, the most frequent first."""
    groups = [group for key, group in by_kind(reports).items() if key != kind]
    return [[each.configuration for each in group] for group in sorted(groups, key=len, reverse=True)]


def kind(error: ProbeError) -> object:
    """What two failures with one cause share: place, layer, stage, type, and what went wrong."""
    made = None if error.made is None else error.made.span
    return error.span, made, error.stage, error.type, _what_went_wrong(error)


STAGES = ("slice", "declare", "build", "return", "compile", "step", "limit")
"""In the order of a trial."""


def stage_of(kind: object) -> int:
    """How far a trial comes that fails in a way."""
    return STAGES.index(kind[2]) if isinstance(kind, tuple) else 0


def comes_before(one: ProbeError, other: ProbeError) -> bool:
    """Whether a trial that fails by one never gets to where the other strikes."""
    return stage_of(kind(one)) < stage_of(kind(other))


def _what_went_wrong(error: ProbeError) -> object:
    """The kind of a failure with the names that it speaks of; the message, without its numbers, where no kind is known.

    Versions of Keras say one thing in several ways: Keras 2 itself refuses some windows, TensorFlow the others.
    """
    if error.kind == "other":
        return _without_numbers(error.message)
    return error.kind, frozenset(
        (name, _without_numbers(value) if isinstance(value, str) else None)
        for name, value in error.details.items()
    )


_GENERATED = re.compile(
    r"0x[0-9a-fA-F]+"
    r"|\b[0-9a-fA-F]{8}(?:-?[0-9a-fA-F]{4}){3}-?[0-9a-fA-F]{12}\b"
    r"|(?<![\w.])(?:[A-Za-z]:)?[/\\][^\s'\"<>]+"
)
"""Addresses, identifiers that are drawn, and paths: each run may have others."""


@lru_cache(maxsize=4096)
def _without_numbers(message: str) -> str:
    words = re.sub(r"\d+(\.\d+)?(e-?\d+)?", "#", _GENERATED.sub("#", message))
    words = re.sub(r"[(\[](?:#|None|,|\s)*[)\]]", "()", words)
    return re.sub(r"_#", "", words)


def nearest(one: Configuration, others: Iterable[Configuration]) -> Configuration | None:
    """The configuration that differs from `one` in the fewest values."""
    items = one.items()
    return min(others, key=lambda other: len(items ^ other.items()), default=None)


def telling(
    hps: Mapping[str, Hyperparameter],
    failing: Sequence[Configuration],
    building: Sequence[Configuration],
) -> dict[str, Hyperparameter]:
    """Hyperparameters that tell all failing configurations from all building ones, the others left out one by one."""
    kept = list(hps)
    for name in reversed(list(hps)):
        fewer = [each for each in kept if each != name]
        failed = {tuple(each.get(n, _UNREAD) for n in fewer) for each in failing}
        if not any(tuple(each.get(n, _UNREAD) for n in fewer) in failed for each in building):
            kept = fewer
    return {name: hps[name] for name in hps if name in kept}


_UNREAD = object()


def _far_from_default(configuration: Configuration, hps: Mapping[str, Hyperparameter]) -> tuple[int, int]:
    changed = sum(name in hps and hps[name].default != value for name, value in configuration.items())
    return changed, len(configuration)


def smallest_condition(
    failing: Sequence[Configuration],
    building: Sequence[Configuration],
    hps: Mapping[str, Hyperparameter],
    suspects: Sequence[str] = (),
    elsewhere: Sequence[Sequence[Configuration]] = (),
) -> Condition | None:
    """The simplest condition that holds for all failing and for no building configurations, or None.

    `suspects` are hyperparameters that are known to matter: relations are sought among them first. `elsewhere` are the
    configurations that fail for each other reason; they may meet the condition, because whoever removes the other
    reason meets this one.
    """
    hps = in_order_of_reading(hps, [*failing, *building])
    own = _exact(failing, building, hps, suspects)
    if own is None or not elsewhere:
        return None if own is None else own.condition
    met = [group for group in elsewhere if any(map(own.condition.holds, group))][:MOST_OTHERS]
    return _beside(own, failing, building, met, partial(_exact, hps=hps, suspects=suspects)).condition


def in_order_of_reading(
    hps: Mapping[str, Hyperparameter], configurations: Iterable[Configuration]
) -> dict[str, Hyperparameter]:
    """The hyperparameters as they are read one after the other, whichever was met first.

    A condition is written in this order, so that it is the same in whatever order the probes came in.
    """
    after: dict[str, set[str]] = {name: set() for name in hps}
    before = dict.fromkeys(hps, 0)
    for names in {tuple(name for name in each if name in hps) for each in configurations}:
        for one, other in itertools.pairwise(names):
            if other not in after[one]:
                after[one].add(other)
                before[other] += 1
    found: list[str] = []
    ready = [(_natural(name), name) for name in hps if not before[name]]
    while ready:
        ready.sort(reverse=True)
        _, name = ready.pop()
        found.append(name)
        for other in after[name]:
            before[other] -= 1
            if not before[other]:
                ready.append((_natural(other), other))
    # A program that reads in no certain order.
    found += sorted(hps.keys() - set(found), key=_natural)
    return {name: hps[name] for name in found}


def _natural(name: str) -> list[tuple[bool, int, str]]:
    """What sorts `units_10` behind `units_9`."""
    parts = re.split(r"(\d+)", name)
    return [(each.isdigit(), int(each) if each.isdigit() else 0, each) for each in parts]


def _beside(
    own: Formula,
    failing: Sequence[Configuration],
    building: Sequence[Configuration],
    met: Sequence[Sequence[Configuration]],
    exact: Callable[..., Formula | None],
) -> Formula:
    """A formula for failures of which others meet the same one.

    It leaves the others out where that costs nothing (`depth == 4` beside `depth >= 5`). Else one formula may speak of
    all of them, as of a convolution and a pooling that run out of pixels, if it is as simple. Where most of what meets
    it fails elsewhere, either of the two may cost more.
    """
    others = [each for group in met for each in group]
    if not others:
        return own
    hidden = sum(map(bool, map(own.condition.holds, others))) >= len(failing)
    apart = exact(failing, [*building, *others], most=own.cost + (APART_IF_HIDDEN if hidden else APART))
    if apart is not None and not hidden:
        return apart
    costs = [
        each.cost for each in (own, *(exact(group, building) for group in met if hidden)) if each is not None
    ]
    one = exact([*failing, *others], building, most=max(costs) + APART)
    return min((each for each in (apart, one) if each is not None), key=rank, default=own)


def _exact(
    failing: Sequence[Configuration],
    building: Sequence[Configuration],
    hps: Mapping[str, Hyperparameter],
    suspects: Sequence[str],
    most: int = MOST_COST,
) -> Formula | None:
    """A formula that holds for all failing and for no building configurations.

    Of many configurations a few are looked at, and those with which what they suggest disagrees, until nothing does.
    """
    if not building or not failing:
        return None
    bad, good = _spread(failing, SAMPLE), _spread(building, 2 * SAMPLE)
    for _ in range(ROUNDS):
        found = _formula(bad, good, hps, suspects, most)
        if found is None:
            return None
        missed = [each for each in failing if not found.condition.holds(each)]
        caught = [each for each in building if found.condition.holds(each)]
        if not missed and not caught:
            return found
        bad += _spread(missed, SAMPLE // 4)
        good += _spread(caught, SAMPLE // 4)
    return None


def _spread(configurations: Sequence[Configuration], most: int) -> list[Configuration]:
    """At most `most` configurations: the first, then evenly spaced ones."""
    if len(configurations) <= most:
        return list(configurations)
    head = configurations[: most // 3]
    step = -(-(len(configurations) - len(head)) // (most - len(head)))
    return [*head, *configurations[len(head) :: step]]


def _formula(
    failing: Sequence[Configuration],
    building: Sequence[Configuration],
    hps: Mapping[str, Hyperparameter],
    suspects: Sequence[str],
    most: int,
) -> Formula | None:
    everything, others = (1 << len(failing)) - 1, (1 << len(building)) - 1
    literals = _useful(_literals(failing, building, hps, suspects), others)
    most = min(most, COST_OF_FEW + COST_PER_REPORT * (len(failing) + len(building)))
    return cheapest(literals, everything, others, most)


def _literals(
    failing: Sequence[Configuration],
    building: Sequence[Configuration],
    hps: Mapping[str, Hyperparameter],
    suspects: Sequence[str],
) -> Iterator[Literal]:
    """Everything that may stand in the condition."""
    for name, hp in hps.items():
        yield from comparisons(name, failing, building, hp)
    numbers = _numbers(failing, building, hps, suspects)
    yield from relations(failing, building, numbers, hps)
    for family in families(hps):
        others = [name for name in numbers if name not in family]
        yield from some_member(family, failing, building, counting(others, hps))
        yield from related_members(family, others, failing, building, hps)
    for family in kin(hps):
        yield from some_member(family, failing, building)
    yield from totals(hps, failing, building)
    yield from some_block(failing, building, hps, _of_blocks)


def _of_blocks(
    failing: Sequence[Configuration],
    building: Sequence[Configuration],
    hps: Mapping[str, Hyperparameter],
) -> Found | None:
    """What tells failing blocks from others."""
    literals = [
        *(each for name, hp in hps.items() for each in comparisons(name, failing, building, hp)),
        *relations(failing, building, _numbers(failing, building, hps, ()), hps),
        *differences(failing, building, hps),
    ]
    everything, others = (1 << len(failing)) - 1, (1 << len(building)) - 1
    found = cheapest(_useful(literals, others), everything, others, MOST_COST)
    return None if found is None else Found(found.condition, found.weight)


def _numbers(
    failing: Sequence[Configuration],
    building: Sequence[Configuration],
    hps: Mapping[str, Hyperparameter],
    suspects: Sequence[str],
    most: int = 6,
) -> list[str]:
    """Some whole-numbered hyperparameters, those that tell failing from building first."""
    names = [
        name
        for name in hps
        if (values := {each[name] for each in (*failing, *building) if name in each})
        and len(values) > 1
        and all(type(value) is int for value in values)
    ]

    def difference(name: str) -> float:
        """How far apart the distributions of a value are (total variation)."""
        shares: dict[object, float] = {}
        for configurations, sign in ((failing, 1), (building, -1)):
            for each in configurations:
                value = each.get(name)
                shares[value] = shares.get(value, 0.0) + sign / len(configurations)
        return sum(map(abs, shares.values()))

    names.sort(key=lambda name: (name not in suspects, -difference(name)))
    kept = set(names[:most])
    return [name for name in hps if name in kept]


def _useful(literals: Iterable[Literal], others: int) -> list[Literal]:
    """Literals that hold somewhere among the failures and exclude something, the most telling first.

    Of two that hold for the same configurations the simpler one is kept.
    """
    kept: dict[tuple[int, int], Literal] = {}
    for each in literals:
        if each.failing and each.building != others:
            key = each.failing, each.building
            known = kept.get(key)
            if known is None or (each.cost, len(each.text)) < (known.cost, len(known.text)):
                kept[key] = each
    telling = sorted(
        kept.values(), key=lambda each: (-each.failing.bit_count(), each.building.bit_count(), each.cost)
    )
    return telling[:MOST_LITERALS]
