"""Runs whose blocks are chosen independently: what they say of others, and proofs of spaces that are no product."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from hypershape.agent.limits import Bound
from hypershape.agent.states import Related, Relating, Unrelated, box_in
from hypershape.agent.trials import Trial, _threes
from hypershape.model import (
    Configuration,
    Frame,
    Hyperparameter,
    ProbeError,
    Report,
    Span,
    TargetAnalysis,
    Value,
)
from hypershape.space import Explorer, fates, shares

KERNELS, POOLS = (1, 3, 5), (1, 2, 3)


class Tower:
    """Levels of a kernel and a pooling over some pixels, run as the agent runs a target."""

    def __init__(self, levels: int, pixels: int, *, shared: bool = False, shift: int = 0) -> None:
        self.levels, self.pixels, self.shared, self.shift = levels, pixels, shared, shift
        self.hps: dict[str, Hyperparameter] = {}
        self.wrong: Configuration | None = None
        """What fails though the run does not show it."""

    def domains(self) -> dict[str, tuple[int, ...]]:
        kernels = {"kernel": KERNELS} if self.shared else {f"kernel_{i}": KERNELS for i in range(self.levels)}
        return {**kernels, **{f"pool_{i}": POOLS for i in range(self.levels)}, "units": (8, 16)}

    def runs(self, values: Mapping[str, Value]) -> int | None:
        """The level that runs out of pixels, computed plainly."""
        size: Any = self.pixels
        for i in range(self.levels):
            size = (size - values["kernel" if self.shared else f"kernel_{i}"] + 1) // values[f"pool_{i}"]
            if size < 1:
                return i
        return None

    def probe(self, asked: Configuration) -> Report:
        tracker, read, new = Relating(), dict[str, Value](), []

        def meet(name: str) -> Any:
            values = self.domains()[name]
            if name not in self.hps:
                self.hps[name] = Hyperparameter(name, "Choice", values[0], values, len(values))
                new.append(self.hps[name])
            read.setdefault(name, asked.get(name, values[0]))
            return tracker.meet(name, read[name], values)

        size: Any = self.pixels
        failed = None
        for i in range(self.levels):
            size = tracker.few(
                (size - meet("kernel" if self.shared else f"kernel_{i}") + 1) // meet(f"pool_{i}")
            )
            if size < 1:
                failed = i
                break
        else:
            meet("units")
        diagram = tracker.diagram(read)
        box = box_in(diagram, read, tracker.domains)
        error = None if failed is None and self.wrong != read else _error(failed or 0)
        return Report(
            read,
            "ok" if error is None else "fail",
            "symbolic",
            error,
            new=tuple(new),
            free=tuple(name for name in read if name not in box),
            alike={name: tuple(values) for name, values in box.items() if len(values) > 1},
            states=tuple((n, tuple((k, tuple(v)) for k, v in leads)) for n, leads in diagram),
        )


def _error(level: int) -> ProbeError:
    span = Span("/user/f.py", level + 1, 1, level + 1, 2)
    return ProbeError("ValueError", f"level {level}", "build", frames=(Frame(span, "build"),))


def explored(tower: Tower, most: int = 400) -> Explorer:
    explorer = Explorer()
    while (batch := explorer.next()) and len(explorer.reports) < most:
        explorer.add([tower.probe(each) for each in batch])
    return explorer


def _holds(report: Report, values: Mapping[str, Value]) -> bool:
    node = len(report.states)
    while node:
        name, leads = report.states[node - 1]
        child = next((child for child, some in leads if values[name] in some), None)
        if child is None:
            return False
        node = child
    return True


@pytest.mark.parametrize("tower", [Tower(3, 9), Tower(3, 14, shared=True)], ids=["own", "shared"])
def test_a_run_speaks_for_exactly_those_that_end_at_the_same_level(tower: Tower) -> None:
    domains = tower.domains()
    everything = [dict(zip(domains, each, strict=True)) for each in itertools.product(*domains.values())]
    for asked in random.Random(0).sample(everything, 12):
        report = tower.probe(asked)
        for other in everything:
            assert _holds(report, other) is (tower.runs(other) == tower.runs(asked)), (asked, other)


def test_the_box_around_a_run_holds_nothing_that_ends_elsewhere() -> None:
    tower = Tower(3, 9)
    for asked in ({}, {"kernel_0": 5, "pool_1": 2}, {"kernel_0": 5, "pool_0": 3, "pool_1": 3}):
        report = tower.probe(asked)
        domains = {
            n: report.alike.get(n, (v,)) for n, v in report.configuration.items() if n not in report.free
        }
        for values in itertools.product(*domains.values()):
            other = {
                **{n: v[0] for n, v in tower.domains().items()},
                **dict(zip(domains, values, strict=True)),
            }
            assert tower.runs(other) == tower.runs({**other, **report.configuration})


def test_a_space_of_independent_blocks_is_proved_through_the_states_between_them() -> None:
    tower = Tower(4, 24)
    explorer = explored(tower)
    everything = [
        dict(zip(tower.domains(), each, strict=True)) for each in itertools.product(*tower.domains().values())
    ]
    failing = sum(tower.runs(each) is not None for each in everything) / len(everything)
    assert explorer.coverage.mode == "exhaustive"
    assert math.isclose(explorer.coverage.failing_share, failing)
    shares = {cause.error.message: cause.share for cause in explorer.causes()}
    for level in {tower.runs(each) for each in everything} - {None}:
        share = sum(tower.runs(each) == level for each in everything) / len(everything)
        assert math.isclose(shares[f"level {level}"], share)


def test_configurations_that_fail_early_are_counted_by_what_they_read() -> None:
    tower = Tower(4, 24)
    paths = set()
    for each in itertools.product(*tower.domains().values()):
        values = dict(zip(tower.domains(), each, strict=True))
        level = tower.runs(values)
        read = (
            values
            if level is None
            else {n: v for n, v in values.items() if n[-1].isdigit() and int(n[-1]) <= level}
        )
        paths.add(tuple(sorted(read.items())))
    assert explored(tower).coverage.space == len(paths)


def test_a_space_of_millions_takes_few_probes() -> None:
    explorer = explored(Tower(7, 44))
    assert explorer.coverage.mode == "exhaustive"
    assert explorer.coverage.space is not None and explorer.coverage.space > 10**6
    assert len(explorer.reports) < 300


def test_a_condition_of_a_proved_space_holds_for_all_that_fails_and_for_nothing_else() -> None:
    tower = Tower(4, 24, shared=True)
    explorer = explored(tower)
    assert explorer.coverage.mode == "exhaustive"
    for cause in explorer.causes():
        for each in itertools.product(*tower.domains().values()) if cause.condition else ():
            values = dict(zip(tower.domains(), each, strict=True))
            level = tower.runs(values)
            if level is None or f"level {level}" == cause.error.message:
                assert bool(cause.condition.holds(values)) is (level is not None)  # type: ignore[union-attr]


def test_a_probe_that_contradicts_a_relation_ends_the_belief_in_all_of_them() -> None:
    tower = Tower(4, 24)
    explorer = explored(tower)
    assert explorer.coverage.mode == "exhaustive"
    other = next(
        {**report.configuration, "units": 16, "pool_0": 2, "kernel_1": 3}
        for report in explorer.reports
        if report.verdict == "ok"
    )
    tower.wrong = other
    explorer.add([tower.probe(other)])
    assert explorer.coverage.mode == "sampled"


def test_more_combinations_than_can_be_written_down_are_given_up() -> None:
    tracker = Relating()
    names = [f"size_{i}" for i in range(6)]
    for name in names:
        tracker.meet(name, 1, list(range(1, 40)))
    read = dict.fromkeys(names, 1)
    for one, other in zip(names[:3], names[3:], strict=True):
        tracker.relate((one, other), frozenset((i, i) for i in range(39)))
    with pytest.raises(Unrelated):
        tracker.diagram(read)


def _convolved(present: Mapping[str, Any]) -> tuple[Mapping[str, Sequence[Any]], Related]:
    """A dilated convolution over some length, tried as a layer is."""
    domains: dict[str, Sequence[Any]] = {
        "length": range(1, 61),
        "kernel": (2, 5, 8),
        "dilation": (1, 2, 4),
        "filters": (16, 32),
        "padding": ("causal", "valid", "same"),
    }
    tracker = Relating()
    tokens = [tracker.meet(name, present[name], list(values)) for name, values in domains.items()]

    def at(here: dict[str, int]) -> tuple[Any, tuple[Any, ...]]:
        values = {name: domains[name][place] for name, place in here.items()}
        lost = (values["kernel"] - 1) * values["dilation"] if values["padding"] == "valid" else 0
        size = values["length"] - lost
        return (("made",), (size, values["filters"])) if size > 0 else (("refused",), ())

    return domains, Related(tracker, tokens, at, Bound(math.inf))


@pytest.mark.parametrize("dilation", [1, 2, 4])
@pytest.mark.parametrize("padding", ["causal", "valid"])
def test_a_dilation_that_decides_only_between_the_ends_of_a_length_is_seen(
    dilation: int, padding: str
) -> None:
    present = {"length": 60, "kernel": 2, "dilation": dilation, "filters": 16, "padding": padding}
    domains, trial = _convolved(present)
    names, keys, _ = trial.relation()
    assert set(names) == {"length", "kernel", "dilation", "padding"}
    for places in itertools.product(*(range(len(domains[name])) for name in names)):
        value = {name: domains[name][place] for name, place in zip(names, places, strict=True)}
        fits = value["padding"] != "valid" or value["length"] > (value["kernel"] - 1) * value["dilation"]
        assert (places in keys) is fits, value


@pytest.mark.parametrize("kind", [Trial, Related])
def test_four_choices_that_fail_only_together_are_found_though_one_is_neither_first_nor_last(
    kind: type[Trial],
) -> None:
    tracker = Relating()
    domains: dict[str, Sequence[Any]] = {
        **{name: range(8) for name in ("a", "b", "c")},
        "padding": ("causal", "same", "valid"),
    }
    tokens = [tracker.meet(name, values[0], list(values)) for name, values in domains.items()]
    worst = {"a": 7, "b": 7, "c": 7, "padding": 1}

    def at(here: dict[str, int]) -> tuple[Any, tuple[Any, ...]]:
        return (("refused",) if here == worst else ("made",)), ()

    trial = kind(tracker, tokens, at, Bound(math.inf))
    if isinstance(trial, Related):
        names, keys, _ = trial.relation()
        assert len(keys) == math.prod(len(domains[name]) for name in names) - 1
    else:
        box, _ = trial.run()
        assert any(worst[name] not in places for name, places in box.items())


@pytest.mark.parametrize("count", [3, 7, 16, 20])
def test_rows_of_ends_hold_every_combination_of_any_three(count: int) -> None:
    rows = list(_threes([(0, 1)] * count))
    assert len(rows) <= 4 * count
    for three in itertools.combinations(range(count), 3):
        assert len({tuple(row[i] for i in three) for row in rows}) == 8


def test_what_a_run_depends_on_beside_its_states_stays_as_it_was() -> None:
    tower = Tower(4, 24)
    report = tower.probe({})
    aside = Hyperparameter("aside", "Choice", "a", ("a", "b"), 2)
    explorer = Explorer()
    explorer.add(
        [replace(report, configuration={**report.configuration, "aside": "a"}, new=(*report.new, aside))]
    )
    assert not explorer._known.is_covered
    assert explorer._known.find({"aside": "b"}) is None


def _said(explorer: Explorer) -> TargetAnalysis:
    assert explorer.coverage.mode == "exhaustive"
    return TargetAnalysis(
        target=None,  # type: ignore[arg-type]
        status="probed",
        hyperparameters=explorer.hyperparameters,
        reports=explorer.reports,
        shares=explorer.shares,
        causes=explorer.causes(),
        coverage=explorer.coverage,
    )


def test_sizes_that_are_the_same_are_one_state() -> None:
    tracker = Relating()
    length = tracker.few(tracker.meet("size", 7, (5, 7, 9)) * tracker.meet("factor", 2, (2, 3)))
    kernel = tracker.meet("kernel", 3, (2, 3, 4))
    shorter = tracker.few(length - kernel + 1)
    cropped = tracker.few(tracker.projected(length - (length - shorter)))
    assert tracker.live([cropped]) == tracker.live([shorter]), "what is cropped to another is as long as that"
    tracker.relate(("factor",), frozenset({(0,)}))
    again = tracker.few(length - kernel + 1)
    assert tracker.live([again]) == tracker.live([shorter]), "also where more is known by then"
    assert tracker.at(again, {}) == tracker.at(shorter, {}) == 12
    other = tracker.few(length - kernel + 2)
    assert tracker.live([other]) != tracker.live([shorter])


def test_a_fix_of_a_space_that_is_proved_by_states_tells_exactly_what_it_drops() -> None:
    tower = Tower(4, 24)
    lost = shares.loss(_said(explored(tower)), [shares.Kept(("pool_3",), frozenset({1, 2}))])
    everything = [
        dict(zip(tower.domains(), each, strict=True)) for each in itertools.product(*tower.domains().values())
    ]
    # A trial that fails at an earlier level never draws the pooling of the last.
    gone = sum(each["pool_3"] == 3 and tower.runs(each) in (None, 3) for each in everything)
    assert lost.exact and math.isclose(lost.share, gone / len(everything))


def test_paths_of_a_space_that_is_proved_by_states_are_not_played_as_boxes() -> None:
    assert fates._paths(_said(explored(Tower(4, 24)))) is None
