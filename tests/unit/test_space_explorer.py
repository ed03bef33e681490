"""Exploration of define-by-run spaces, with targets that are plain Python and reports made by hand."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from dataclasses import replace

import pytest

from hypershape.model import Configuration, Frame, Hyperparameter, ProbeError, Report, Span, Value
from hypershape.space import Explorer, contains, explorer


class Recorder:
    """Stands for `hp`: reads are recorded, names left out take their default."""

    def __init__(self, asked: Configuration, known: dict[str, Hyperparameter]) -> None:
        self.asked, self.known = asked, known
        self.read: dict[str, Value] = {}
        self.new: list[Hyperparameter] = []

    def __call__(self, name: str, *values: Value, kind: str = "Choice") -> Value:
        if name not in self.known:
            hp = Hyperparameter(name, kind, values[0], values, len(values))  # type: ignore[arg-type]
            self.known[name] = hp
            self.new.append(hp)
        value = self.asked.get(name, self.known[name].default)
        self.read[name] = value
        return value


Target = Callable[[Recorder], None]


def probe(target: Target, asked: Configuration, known: dict[str, Hyperparameter]) -> Report:
    hp = Recorder(asked, known)
    error = None
    try:
        target(hp)
    except ValueError as problem:
        line = problem.args[1] if len(problem.args) > 1 else 1
        place = Frame(Span("m.py", line, 1, line, 5), "build")
        error = ProbeError("ValueError", str(problem.args[0]), "build", (place,))
    return Report(hp.read, "fail" if error else "ok", "symbolic", error, new=tuple(hp.new))


def explore(target: Target, most: int = 5000, **options: object) -> tuple[Explorer, int]:
    explorer = Explorer(**options)  # type: ignore[arg-type]
    known: dict[str, Hyperparameter] = {}
    probes = 0
    while probes < most and (batch := explorer.next(min(32, most - probes))):
        explorer.add([probe(target, asked, known) for asked in batch])
        probes += len(batch)
    return explorer, probes


def layers(hp: Recorder) -> None:
    depth = hp("depth", 1, 2, 3, kind="Int")
    for index in range(depth):  # type: ignore[arg-type]
        hp(f"units_{index}", 16, 32)
    if depth == 3 and hp("wide", False, True):
        raise ValueError("too wide")


def test_a_space_of_names_made_in_a_loop_is_counted_by_its_leaves() -> None:
    explorer, _ = explore(layers)
    coverage = explorer.coverage
    assert (coverage.mode, coverage.space, coverage.failed) == ("exhaustive", 2 + 4 + 8 * 2, 8)
    assert coverage.failing_share == pytest.approx(1 / 6)
    (cause,) = explorer.causes()
    assert cause.share == pytest.approx(1 / 6)
    assert str(cause.condition) == "wide"


def test_no_configuration_is_probed_twice() -> None:
    explorer, probes = explore(layers)
    assert probes <= len(explorer.reports) + 3


def test_held_hyperparameters_do_not_multiply_the_space_nor_count_twice_in_it() -> None:
    def target(hp: Recorder) -> None:
        kernel = hp("kernel", 3, 5, 7, 9, kind="Int")
        hp("rate", *[index / 100 for index in range(100)])
        if kernel == 9:
            raise ValueError("too large")

    explorer, probes = explore(target, held={"rate": "a dropout rate changes no shape"})
    assert (explorer.coverage.mode, explorer.coverage.space, explorer.coverage.failing_share) == (
        "exhaustive",
        400,
        0.25,
    )
    assert probes < 30


def test_a_value_of_a_held_hyperparameter_that_fails_is_found() -> None:
    def target(hp: Recorder) -> None:
        hp("kernel", 3, 5)
        if hp("activation", "relu", "rulu") == "rulu":
            raise ValueError("unknown")

    explorer, _ = explore(target, held={"activation": "an activation changes no shape"})
    (cause,) = explorer.causes()
    assert str(cause.condition) == "activation == 'rulu'"


@pytest.mark.parametrize("width", [2, 300])
def test_a_held_value_that_fails_is_found_where_the_default_does_not_read_it(width: int) -> None:
    activations = [f"known_{index}" for index in range(20)]
    activations[15] = "rulu"

    def target(hp: Recorder) -> None:
        if hp("kernel", *range(3, 3 + width), kind="Int") == 2 + width:
            raise ValueError("too large")
        for _ in range(hp("dense", 0, 1, 2, kind="Int")):  # type: ignore[arg-type]
            if hp("activation", *activations) == "rulu":
                raise ValueError("unknown")

    explorer, _ = explore(target, held={"activation": "an activation changes no shape"})
    assert {str(cause.condition) for cause in explorer.causes()} == {
        f"kernel >= {2 + width}",
        "activation == 'rulu'",
    }
    assert not explorer.coverage.held


def test_a_held_hyperparameter_that_turns_out_to_matter_has_its_true_share_of_the_space() -> None:
    def target(hp: Recorder) -> None:
        for index in range(hp("depth", 1, 2, 3, kind="Int")):  # type: ignore[arg-type]
            hp(f"units_{index}", 16, 32)
        hp("rate", 0.1, 0.2)
        if hp("optimizer", "adam", "sgd", "adamgrad") == "adamgrad":
            raise ValueError("unknown")

    explorer, _ = explore(target, held={"optimizer": "changes no shape", "rate": "changes no shape"})
    (cause,) = explorer.causes()
    assert str(cause.condition) == "optimizer == 'adamgrad'"
    assert cause.share == pytest.approx(1 / 3) and explorer.coverage.failing_share == pytest.approx(1 / 3)
    assert explorer.coverage.mode == "exhaustive" and list(explorer.coverage.held) == ["rate"]


def test_a_held_hyperparameter_may_be_one_that_is_never_met() -> None:
    def target(hp: Recorder) -> None:
        for index in range(8):
            hp(f"units_{index}", 16, 32)

    explorer, _ = explore(target, held={"rate": "a dropout rate changes no shape"})
    assert explorer.coverage.mode == "exhaustive"


def test_a_domain_from_which_nothing_can_be_drawn_is_explored_at_its_default() -> None:
    def hp(name: str, kind: str, **more: object) -> Hyperparameter:
        return Hyperparameter(name, kind, 8, values=(), count=0, **more)  # type: ignore[arg-type]

    empty = hp("units", "Int", min=8, max=64, step=0), hp("rate", "Float", min=0.0, max=0.5, step=0.0)
    explorer, new = Explorer(), empty
    for _ in range(50):
        batch = explorer.next(8)
        explorer.add(
            Report({"units": 8, "rate": 8, **each}, "ok", "symbolic", new=new if not index else ())
            for index, each in enumerate(batch)
        )
        new = ()
        if explorer.finished:
            break
    assert explorer.finished and {"units": 8, "rate": 8} in [each.configuration for each in explorer.reports]


def test_nothing_is_proved_while_a_probe_has_no_verdict() -> None:
    explorer = Explorer()
    explorer.next(1)
    explorer.add([Report({}, "unknown", "symbolic")])
    assert explorer.coverage.mode == "sampled"


def test_a_space_too_large_to_enumerate_is_sampled_with_an_interval_around_the_truth() -> None:
    def target(hp: Recorder) -> None:
        values = [hp(f"h{index}", *range(10), kind="Int") for index in range(8)]
        if values[0] >= 7:  # type: ignore[operator]
            raise ValueError("too large")

    explorer, _ = explore(target, most=3000)
    coverage = explorer.coverage
    low, high = coverage.interval
    assert coverage.mode == "sampled" and coverage.space == 10**8
    assert low <= 0.3 <= high and high - low < 0.1
    (cause,) = explorer.causes()
    assert str(cause.condition) == "h0 >= 7"
    assert cause.share == pytest.approx(coverage.failing_share)


@pytest.mark.parametrize("ways", [1, 2, 3])
def test_an_interaction_of_a_few_values_is_found_in_a_large_space(ways: int) -> None:
    def target(hp: Recorder) -> None:
        values = [hp(f"h{index}", "a", "b", "c") for index in range(12)]
        if all(value == "c" for value in values[4 : 4 + ways]):
            raise ValueError("no")

    explorer, _ = explore(target, most=1500)
    (cause,) = explorer.causes()
    expected = {f"h{4 + index} == 'c'" for index in range(ways)}
    assert cause.condition is not None and set(cause.condition.text.split(" and ")) == expected


def test_the_border_between_building_and_failing_is_found_by_halving() -> None:
    def target(hp: Recorder) -> None:
        for index in range(6):
            hp(f"other_{index}", *range(30), kind="Int")
        if hp("kernel", *range(1, 2001), kind="Int") >= 1234:  # type: ignore[operator]
            raise ValueError("too large")

    explorer, _ = explore(target, most=400)
    (cause,) = explorer.causes()
    assert str(cause.condition) == "kernel >= 1234"


def test_a_continuous_hyperparameter_that_matters_is_never_proved() -> None:
    def target(hp: Recorder) -> None:
        return None

    explorer = Explorer()
    explorer.next(1)
    rate = Hyperparameter("rate", "Float", 0.1, min=0.1, max=0.9)
    explorer.add([Report({"rate": 0.1}, "ok", "symbolic", new=(rate,))])
    assert explorer.coverage.mode == "sampled" and explorer.coverage.space is None


@pytest.mark.parametrize("exhaustive", [False, True])
def test_a_continuous_hyperparameter_that_one_branch_reads_ends_no_enumeration_in_a_loop(
    exhaustive: bool,
) -> None:
    rate = Hyperparameter("rate", "Float", 0.1, min=0.001, max=0.1)

    def narrow(hp: Recorder) -> None:
        if hp("width", 1, 2, 3, 4) != 3:
            raise ValueError("shapes differ")
        if "rate" not in hp.known:
            hp.known["rate"] = rate
            hp.new.append(rate)
        hp.read["rate"] = hp.asked.get("rate", rate.default)

    explorer, probes = explore(narrow, most=200, exhaustive=exhaustive)
    assert probes >= 200 and len({report.configuration.get("rate") for report in explorer.reports}) > 20
    assert explorer.coverage.mode == "sampled"
    (cause,) = explorer.causes()
    assert str(cause.condition) == "width != 3"
    assert cause.share == pytest.approx(0.75, abs=0.02)
    assert explorer.coverage.failing_share == pytest.approx(0.75, abs=0.02)


def test_names_that_change_from_call_to_call_end() -> None:
    numbers = itertools.count()

    def target(hp: Recorder) -> None:
        hp(f"random_{next(numbers)}", 1, 2)

    explorer, probes = explore(target, most=300)
    assert probes <= 300 and explorer.coverage.mode == "sampled"


def test_five_hundred_hyperparameters_and_ten_thousand_values_are_no_trouble() -> None:
    def target(hp: Recorder) -> None:
        for index in range(500):
            hp(f"h{index}", 1, 2)
        hp("choice", *range(10_000))

    explorer, probes = explore(target, most=600)
    assert probes >= 500 and math.isfinite(explorer.coverage.interval[1])


def test_a_value_outside_a_tightened_domain_is_not_in_the_space() -> None:
    hps = (
        Hyperparameter("k", "Int", 3, (3, 5), 2),
        Hyperparameter("lr", "Float", 0.1, min=0.1, max=1.0),
    )
    assert contains(hps, {"k": 5, "lr": 0.5})
    assert not contains(hps, {"k": 7})
    assert not contains(hps, {"lr": 2.0})


def test_a_condition_follows_reports_that_are_corrected() -> None:
    def failing_from(first: int) -> Target:
        def target(hp: Recorder) -> None:
            if hp("blocks", *range(1, 10), kind="Int") >= first:  # type: ignore[operator]
                raise ValueError("too small")

        return target

    explorer, _ = explore(failing_from(4))
    assert [str(cause.condition) for cause in explorer.causes()] == ["blocks >= 4"]
    explorer.correct(
        probe(failing_from(7), report.configuration, {}) for report in explorer.reports if report.error
    )
    (cause,) = explorer.causes()
    assert (str(cause.condition), cause.share) == ("blocks >= 7", pytest.approx(3 / 9))


def test_a_condition_for_which_there_is_no_time_is_left_out_and_the_figures_stay(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def told() -> tuple[str | None, bool, float]:
        explored, _ = explore(layers)
        (cause,) = explored.causes()
        return cause.condition and cause.condition.text, cause.exact, explored.coverage.failing_share

    text, exact, share = told()
    assert text is not None and exact
    monkeypatch.setattr(explorer, "CORRECTING_SECONDS", -1.0)
    assert told() == (text, exact, share)
    monkeypatch.setattr(explorer, "LEAST_CORRECTING_SECONDS", -1.0)
    assert told() == (None, False, share)


def test_what_is_said_of_a_finished_space_does_not_depend_on_the_way_through_it() -> None:
    def target(hp: Recorder) -> None:
        size, kernel, pool = 64, hp("kernel", 3, 5, 7), hp("pool", 2, 3, 4)
        assert isinstance(kernel, int) and isinstance(pool, int)
        for _ in range(hp("depth", 1, 2, 3, 4, 5, kind="Int")):  # type: ignore[arg-type]
            size -= kernel - 1
            if size < pool:
                raise ValueError("too small", 12 if size < 1 else 14)
            size //= pool
        if size < kernel:
            raise ValueError("too small", 15)

    said = {
        tuple(sorted(str(cause.condition) for cause in explore(target, seed=seed)[0].causes()))
        for seed in range(8)
    }
    assert len(said) == 1


def test_where_nothing_builds_a_condition_tells_a_failure_from_what_comes_after_it() -> None:
    def target(hp: Recorder) -> None:
        blocks = hp("blocks", 1, 2, 3, 4, kind="Int")
        hp("filters", 8, 16)
        if blocks >= 3:  # type: ignore[operator]
            raise ValueError("too small")

    def failing_step(asked: Configuration, known: dict[str, Hyperparameter]) -> Report:
        report = probe(target, asked, known)
        place = Frame(Span("m.py", 9, 1, 9, 5), "build")
        late = ProbeError("TypeError", "no such loss", "step", (place,))
        return report if report.error is not None else replace(report, verdict="fail", error=late)

    explorer = Explorer()
    known: dict[str, Hyperparameter] = {}
    while batch := explorer.next(32):
        explorer.add([failing_step(asked, known) for asked in batch])
    assert explorer.coverage.all_fail
    told = {cause.error.stage: cause for cause in explorer.causes()}
    assert str(told["build"].condition) == "blocks >= 3"
    assert told["build"].share == pytest.approx(0.5)
    assert told["step"].condition is None
