"""From failing and building configurations to the smallest true condition.

Only conditions that hold for every failing and for no building configuration are returned. Configurations that
fail for another reason say nothing: they stopped before this failure could show itself.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache, reduce
from operator import and_

from hypershape.model import Cause, Configuration, Hyperparameter, ProbeError, Report
from hypershape.space.conditions import Condition, all_of, any_of
from hypershape.space.literals import Literal, comparisons, families, relations, some_member

MOST_NAMES = 4
MOST_LITERALS = 60
MOST_COVERING = 24
MOST_ALTERNATIVES = 3
PLAIN = 2
"""Relations that cost more are not joined with anything else."""
FITTED = 6
"""Relations with a constant that was fitted to the failures: two alternatives without one say more."""
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
    kind of failure, from its failing and from all building configurations. A target that builds nowhere has the
    condition None and `exact`.
    """
    building = [report.configuration for report in reports if report.verdict == "ok"]
    total = sum(weight(report.configuration) for report in reports) or 1.0
    found = []
    for key, group in by_kind(reports).items():
        first = min(group, key=lambda report: _far_from_default(report.configuration, hps))
        assert first.error is not None
        failing = tuple(report.configuration for report in group)
        condition = (
            explain(key, failing, building)
            if explain is not None
            else smallest_condition(failing, building, hps)
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


def kind(error: ProbeError) -> object:
    """What two failures with one cause share: place, layer, stage, type, and the message without its numbers."""
    made = None if error.made is None else error.made.span
    return error.span, made, error.stage, error.type, _without_numbers(error.message)


@lru_cache(maxsize=4096)
def _without_numbers(message: str) -> str:
    words = re.sub(r"\d+(\.\d+)?(e-?\d+)?", "#", message)
    words = re.sub(r"[(\[](?:#|None|,|\s)*[)\]]", "()", words)
    return re.sub(r"_#", "", words)


def nearest(one: Configuration, others: Iterable[Configuration]) -> Configuration | None:
    """The configuration that differs from `one` in the fewest values."""
    items = one.items()
    return min(others, key=lambda other: len(items ^ other.items()), default=None)


def _far_from_default(configuration: Configuration, hps: Mapping[str, Hyperparameter]) -> tuple[int, int]:
    changed = sum(name in hps and hps[name].default != value for name, value in configuration.items())
    return changed, len(configuration)


def smallest_condition(
    failing: Sequence[Configuration],
    building: Sequence[Configuration],
    hps: Mapping[str, Hyperparameter],
    suspects: Sequence[str] = (),
) -> Condition | None:
    """The simplest condition that holds for all failing and for no building configurations, or None.

    Of many configurations a few are looked at, and those with which what they suggest disagrees, until nothing
    does. `suspects` are hyperparameters that are known to matter: relations are sought among them first.
    """
    if not building or not failing:
        return None
    bad, good = _spread(failing, SAMPLE), _spread(building, 2 * SAMPLE)
    for _ in range(ROUNDS):
        condition = _condition(bad, good, hps, suspects)
        if condition is None:
            return None
        missed = [each for each in failing if not condition.holds(each)]
        caught = [each for each in building if condition.holds(each)]
        if not missed and not caught:
            return condition
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


def _condition(
    failing: Sequence[Configuration],
    building: Sequence[Configuration],
    hps: Mapping[str, Hyperparameter],
    suspects: Sequence[str],
) -> Condition | None:
    everything = (1 << len(failing)) - 1
    literals = _useful(
        [each for name, hp in hps.items() for each in comparisons(name, failing, building, hp)],
        len(building),
    )
    covering = [each for each in literals if each.failing == everything]
    best = _conjunction(covering[:MOST_COVERING], everything)
    if best is not None:
        return _joined([best])
    related = list(relations(failing, building, _related(failing, building, hps, suspects)))
    related.sort(key=lambda each: (each.cost, len(each.text)))
    alone = next((each for each in related if not each.building), None)
    if alone is not None and alone.cost < FITTED:
        return _joined([(alone,)])
    alternatives = _alternatives(literals[:MOST_LITERALS], everything)
    if alternatives is not None and len(alternatives) == 2:
        return _joined(alternatives)
    plain = [each for each in related if each.cost <= PLAIN]
    best = _conjunction([*covering, *plain[:MOST_COVERING]], everything, most=2)
    if best is not None:
        return _joined([best])
    members = [each for family in families(hps) for each in some_member(family, failing, building)]
    if members and alone is None:
        return _joined([(min(members, key=lambda each: (each.cost, each.text)),)])
    if alternatives is not None and alone is None:
        return _joined(alternatives)
    return _joined([(alone,)]) if alone is not None else None


def _alternatives(literals: Sequence[Literal], everything: int) -> list[tuple[Literal, ...]] | None:
    """A few conjunctions of which at least one holds for each failure, those that cover most first."""
    left = everything
    found: list[tuple[Literal, ...]] = []
    while left and len(found) < MOST_ALTERNATIVES:
        part = _conjunction(literals, left, most=3)
        if part is None:
            return None
        found.append(part)
        left &= ~reduce(and_, (each.failing for each in part))
    return None if left else found


def _related(
    failing: Sequence[Configuration],
    building: Sequence[Configuration],
    hps: Mapping[str, Hyperparameter],
    suspects: Sequence[str],
    most: int = 6,
) -> list[str]:
    """The whole-numbered hyperparameters that every failure read, those that tell failing from building first."""
    names = [
        name
        for name in hps
        if all(type(each.get(name)) is int for each in failing)
        and len({each[name] for each in (*failing, *building) if name in each}) > 1
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


def _useful(literals: Iterable[Literal], buildings: int) -> list[Literal]:
    """Literals that hold somewhere among the failures and exclude something, the most telling first."""
    nothing_excluded = (1 << buildings) - 1
    kept = [each for each in literals if each.failing and each.building != nothing_excluded]
    kept.sort(key=lambda each: (-each.failing.bit_count(), each.building.bit_count(), each.cost))
    return kept


def _conjunction(
    literals: Sequence[Literal], wanted: int, most: int = MOST_NAMES
) -> tuple[Literal, ...] | None:
    """The literals that together exclude every building configuration and cover most of the wanted failures.

    Among those that cover as many, the one with the fewest names and the cheapest comparisons.
    """
    best: tuple[Literal, ...] | None = None
    rank: tuple[int, int, int, int] | None = None
    for size in range(1, most + 1):
        for chosen in itertools.combinations(literals, size):
            left, covered = -1, wanted
            for each in chosen:
                left &= each.building
                covered &= each.failing
            if left or not covered:
                continue
            names = {name for each in chosen for name in each.condition.names}
            cost = sum(each.cost for each in chosen)
            found = (-covered.bit_count(), len(names), size, cost)
            if rank is None or found < rank:
                best, rank = chosen, found
        if best is not None and rank is not None and -rank[0] == wanted.bit_count():
            break
    return best


def _joined(alternatives: Sequence[tuple[Literal, ...]]) -> Condition:
    ordered = (sorted(part, key=lambda each: (each.cost, each.text)) for part in alternatives)
    return any_of([all_of([each.condition for each in part]) for part in ordered])
