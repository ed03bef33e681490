"""Shares of the space: what a message says of a failure is what its repair drops."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hypershape.fixes.tighten import tighten
from hypershape.model import (
    Cause,
    Configuration,
    Coverage,
    Hyperparameter,
    ProbeError,
    Report,
    TargetAnalysis,
)
from hypershape.rules.common import wording
from hypershape.space import Explorer
from hypershape.space.conditions import MOST_COMBINATIONS, Condition, all_of, any_of
from hypershape.space.domains import cells
from hypershape.space.shares import Kept, lost, read_by_all, sharpened, together, weight_of, weighted

from .handmade import at, blame, error, module

UNITS = Hyperparameter("units", "Int", 1, tuple(range(1, 4097)), 4096, 1, 4096, None, "log")
KERNEL = Hyperparameter("kernel", "Int", 3, (3, 5, 7, 9), 4, 3, 9, 2, "linear")
BLOCKS = Hyperparameter("blocks", "Int", 1, (1, 2, 3, 4), 4, 1, 4, 1, "linear")
RATE = Hyperparameter("rate", "Float", 0.1, min=0.0, max=2.0, sampling="linear")
LONG = Hyperparameter("long", "Int", 1, None, 10**6, 1, 10**6, None, "log")
TWICE = Hyperparameter("size", "Choice", 16, (16, 32), 2, weights=(2, 1))
SIGNED = Hyperparameter("signed", "Int", 0, (-2, -1, 0, 1), 4, -2, 1, None, "linear")
HPS = {hp.name: hp for hp in (UNITS, KERNEL, BLOCKS, RATE, LONG, TWICE, SIGNED)}
BENT = math.log(4097)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("units >= 65", 1 - math.log(65) / BENT),
        ("units == 1", math.log(2) / BENT),
        ("kernel >= 7", 1 / 2),
        ("kernel >= 7 and blocks == 3", 1 / 8),
        ("kernel >= 7 or blocks == 3", 1 - 1 / 2 * 3 / 4),
        ("kernel >= 7 and kernel <= 7", 1 / 4),
        ("kernel in (3, 9)", 1 / 2),
        ("kernel in (4, 8)", 0),
        ("kernel % blocks != 0", sum(k % b != 0 for k in (3, 5, 7, 9) for b in (1, 2, 3, 4)) / 16),
        ("units % 2 == 1", sum(math.log((n + 1) / n) for n in range(1, 4097, 2)) / BENT),
        ("rate >= 0.5", 3 / 4),
        ("rate >= 0.5 and rate < 1.0", 1 / 4),
        ("rate in (0.5, 1.0)", 0),
        ("long >= 1001", 1 - math.log(1001) / math.log(1_000_001)),
        ("long == 7", math.log(8 / 7) / math.log(1_000_001)),
        ("size == 16", 2 / 3),
        # -2 is in the domain, but Keras Tuner never draws it: no answer is needed there.
        ("signed % (signed + 2) == 1", 1 / 4),
        ("long >= kernel", None),
        ("long % 2 == 1", None),
        ("rate > kernel", None),
        ("units > long", None),
        ("kernel % (blocks - 1) != 0", None),
        ("unknown >= 3", None),
        ("kernel >= 3 and unknown >= 3", None),
    ],
)
def test_a_condition_knows_how_often_it_holds(text: str, expected: float | None) -> None:
    found = blame(text).probability(HPS)
    assert found == (None if expected is None else pytest.approx(expected, abs=1e-9))


def choices(**counts: int) -> dict[str, Hyperparameter]:
    return {
        name: Hyperparameter(name, "Choice", 0, tuple(range(count)), count) for name, count in counts.items()
    }


def test_a_condition_that_always_holds_has_no_more_than_all_of_the_space() -> None:
    # The floats of 7 times 35 products sum to a little more than one.
    assert blame("a + b >= 0").probability(choices(a=7, b=35)) == 1


def test_a_probability_that_would_take_long_stays_unknown() -> None:
    assert blame("a + b >= 0").probability(choices(a=100, b=MOST_COMBINATIONS // 100)) == pytest.approx(1)
    assert blame("a + b >= 0").probability(choices(a=100, b=MOST_COMBINATIONS // 100 + 1)) is None


SMALL = {hp.name: hp for hp in (KERNEL, BLOCKS, TWICE)}
comparisons = st.sampled_from(
    ["kernel >= 5", "kernel != 7", "blocks == 3", "size == 16", "kernel % blocks != 0", "kernel in (3, 9)"]
).map(blame)


def joined(parts: list[Condition]) -> Condition:
    return any_of(parts) if len(parts) == 2 else all_of(parts)


@given(
    st.recursive(comparisons, lambda part: st.lists(part, min_size=2, max_size=3).map(joined), max_leaves=5)
)
def test_a_probability_is_the_sum_over_all_configurations(condition: Condition) -> None:
    total = 0.0
    for combination in itertools.product(*(cells(hp) or () for hp in SMALL.values())):
        configuration = dict(zip(SMALL, (value for value, _ in combination), strict=True))
        total += math.prod(share for _, share in combination) * bool(condition.holds(configuration))
    assert condition.probability(SMALL) == pytest.approx(total)


REFUSED = ProbeError("ValueError", "refused", "build")


def cause(
    condition: str | None, failing: list[Configuration], share: float = 0.9, exact: bool = True
) -> Cause:
    first = Report(failing[0], "fail", "symbolic", REFUSED)
    return Cause(REFUSED, first, tuple(failing), blame(condition), exact, share)


def built(*configurations: Configuration) -> list[Report]:
    return [Report(each, "ok", "symbolic") for each in configurations]


def probability(condition: Condition) -> float | None:
    return condition.probability(HPS)


ALL = built({"kernel": 3, "blocks": 1})


def test_a_condition_that_every_trial_decides_has_its_exact_share() -> None:
    (found,) = sharpened([cause("kernel >= 7", [{"kernel": 7, "blocks": 1}])], ALL, probability)
    assert found.share == 0.5


@pytest.mark.parametrize(
    ("found", "reports"),
    [
        (cause(None, [{"kernel": 7}]), ALL),
        (cause("kernel >= 7", [{"kernel": 7}], exact=False), ALL),
        # Where some trials do not read the name, it fails in a part of them only.
        (cause("kernel >= 7", [{"kernel": 7}]), built({"kernel": 3}, {"blocks": 1})),
        (cause("rate > kernel", [{"kernel": 7, "rate": 9.0}]), built({"kernel": 3, "rate": 0.1})),
    ],
)
def test_a_share_stays_an_estimate_where_the_condition_does_not_tell_it(
    found: Cause, reports: list[Report]
) -> None:
    assert sharpened([found], reports, probability) == (found,)
    assert together([found], reports, probability) is None


def test_only_trials_that_came_to_their_end_say_what_is_read() -> None:
    early = Report({"blocks": 4}, "fail", "symbolic", REFUSED)
    assert read_by_all(["kernel"], [*ALL, early])
    assert not read_by_all(["kernel", "other"], ALL)
    assert read_by_all(["other"], [])


def test_what_strikes_first_takes_its_part_of_what_would_fail_too() -> None:
    first = cause("kernel >= 7", [{"kernel": 7, "blocks": 3}, {"kernel": 7, "blocks": 1}])
    second = cause("blocks >= 3", [{"kernel": 3, "blocks": 3}])
    found = sharpened([second, first], ALL, probability)
    assert [(str(each.condition), each.share) for each in found] == [
        ("kernel >= 7", 0.5),
        ("blocks >= 3", pytest.approx(0.25)),
    ]
    assert together([first, second], ALL, probability) == pytest.approx(0.75)


def test_a_failure_before_the_name_is_drawn_counts_as_one_that_strikes_first() -> None:
    early = cause("kernel >= 7", [{"kernel": 7}])
    late = cause("blocks >= 3", [{"kernel": 3, "blocks": 3}])
    assert [each.share for each in sharpened([late, early], ALL, probability)] == [0.5, pytest.approx(0.25)]


def test_what_strikes_first_for_unknown_reasons_leaves_an_estimate() -> None:
    first = cause(None, [{"kernel": 7, "blocks": 3}], share=0.1)
    second = cause("blocks >= 3", [{"kernel": 3, "blocks": 3}], share=0.4)
    assert [each.share for each in sharpened([first, second], ALL, probability)] == [0.4, 0.1]
    assert together([first, second], ALL, probability) is None
    assert together([], ALL, probability) is None


def test_what_strikes_first_in_some_trials_only_leaves_an_estimate() -> None:
    first = cause("rate >= 1", [{"kernel": 7, "blocks": 3, "rate": 1.5}], share=0.1)
    second = cause("blocks >= 3", [{"kernel": 3, "blocks": 3}], share=0.4)
    assert [each.share for each in sharpened([first, second], ALL, probability)] == [0.4, 0.1]


def test_a_condition_that_tells_no_probability_leaves_an_estimate_after_one_that_does() -> None:
    first = cause("kernel >= 7", [{"kernel": 7, "rate": 9.0}])
    second = cause("rate > kernel", [{"kernel": 3, "rate": 9.0}], share=0.4)
    reports = built({"kernel": 3, "rate": 0.1})
    assert [each.share for each in sharpened([first, second], reports, probability)] == [0.5, 0.4]


def test_a_failure_that_read_just_enough_to_be_another_one_takes_no_part() -> None:
    first = cause(None, [{"kernel": 7}], share=0.1)
    second = cause("kernel <= 3", [{"kernel": 3}], share=0.4)
    assert [each.share for each in sharpened([first, second], ALL, probability)] == [0.25, 0.1]


MODEL = """
def build_model(hp):
    units = hp.Int("units", 1, 4096, sampling="log")
    if hp.Boolean("deep"):
        kernel = hp.Int("kernel", 3, 9, step=2)
    return make(units)
"""
WRITTEN = module(MODEL)
DECLARED = replace(UNITS, span=at(WRITTEN, 'hp.Int("units", 1, 4096, sampling="log")'))
DEEP = Hyperparameter("deep", "Boolean", False, (False, True), 2, span=at(WRITTEN, 'hp.Boolean("deep")'))
INNER = replace(KERNEL, span=at(WRITTEN, 'hp.Int("kernel", 3, 9, step=2)'))


def analysed(
    reports: list[Report], mode: str, shares: tuple[float, ...] = (), **more: object
) -> TargetAnalysis:
    coverage = Coverage(mode, None, len(reports), 0, 0.0, (0.0, 1.0), **more)  # type: ignore[arg-type]
    return TargetAnalysis(
        WRITTEN.targets[0],
        "probed",
        hyperparameters=(DECLARED, DEEP, INNER),
        coverage=coverage,
        reports=tuple(reports),
        shares=shares,
    )


def explored(**drawn: Hyperparameter) -> Explorer:
    """A space of which too little is probed for a proof; units from 65 on fail."""
    explorer, new = Explorer(), tuple(drawn.values())
    for _ in range(40):
        batch = explorer.next(32)
        if not batch or len(explorer.reports) > 500:
            break
        explorer.add(outcome({"units": 1, **each}, new) for each in batch)
    return explorer


def outcome(configuration: Configuration, new: tuple[Hyperparameter, ...]) -> Report:
    failed = configuration["units"] >= 65  # type: ignore[operator]
    raised = error(WRITTEN, "too large", "make(units)") if failed else None
    return Report(configuration, "fail" if failed else "ok", "symbolic", raised, new=new)


def test_the_share_in_a_message_is_the_share_that_the_fix_drops() -> None:
    explorer = explored(units=DECLARED)
    (found,) = explorer.causes()
    exact = 1 - math.log(65) / BENT
    assert str(found.condition) == "units >= 65"
    assert found.share == pytest.approx(exact)
    coverage = explorer.coverage
    assert coverage.mode == "sampled" and coverage.failing_share == pytest.approx(exact)
    assert coverage.interval[0] <= exact <= coverage.interval[1]
    target = TargetAnalysis(
        WRITTEN.targets[0],
        "probed",
        hyperparameters=explorer.hyperparameters,
        coverage=coverage,
        reports=explorer.reports,
        shares=explorer.shares,
        causes=(found,),
    )
    assert "(50 % of the space, " in wording.when(target, found)
    fixes = [fix.title for fix in tighten(target, found, WRITTEN.code)]
    assert fixes == ["Lower the maximum of units to 64 (drops 50 % of the space)"]


def test_the_shares_of_what_was_probed_sum_to_one() -> None:
    explorer = explored(units=DECLARED)
    assert len(explorer.shares) == len(explorer.reports)
    assert sum(explorer.shares) == pytest.approx(1)


def test_leaves_of_a_proved_space_count_by_their_probability() -> None:
    target = analysed(
        built({"deep": False}, *({"deep": True, "kernel": k} for k in (3, 5, 7, 9))), "exhaustive"
    )
    assert [share for _, share in weighted(target)] == [1 / 2, 1 / 8, 1 / 8, 1 / 8, 1 / 8]
    assert lost(target, [Kept(("kernel",), frozenset((3, 5)))]) == pytest.approx(1 / 4)
    assert lost(target, [Kept(("kernel",), frozenset((3, 5))), Kept(("deep",), frozenset([True]))]) == 3 / 4
    assert weight_of(target)({"kernel": 5, "deep": True}) == 1 / 8
    assert weight_of(target)({"deep": True}) == 0


def test_of_a_proved_space_trials_that_fail_before_a_value_is_drawn_are_not_lost_with_it() -> None:
    early = Report({"deep": True}, "fail", "symbolic", REFUSED)
    late = built(*({"deep": False, "kernel": k} for k in (3, 5, 7, 9)))
    kept = [Kept(("kernel",), frozenset((3, 5)))]
    assert lost(analysed([early, *late], "exhaustive"), kept) == pytest.approx(1 / 4)
    assert lost(analysed([early, *late], "sampled"), kept) == pytest.approx(1 / 2)
    assert lost(replace(analysed(late, "sampled"), coverage=None), kept) == pytest.approx(1 / 2)
    assert lost(analysed([], "exhaustive"), kept) == 0


def test_held_hyperparameters_may_have_any_value() -> None:
    target = analysed(
        built({"deep": False, "units": 1}, {"deep": True, "units": 1}), "exhaustive", held={"units": "a"}
    )
    assert [share for _, share in weighted(target)] == [1 / 2, 1 / 2]
    left = 1 - math.log(65) / BENT
    assert lost(target, [Kept(("units",), frozenset(range(1, 65)))]) == pytest.approx(left)


def test_of_a_sampled_space_the_explorers_shares_tell_what_few_trials_read() -> None:
    reports = built({"deep": False}, {"deep": True, "kernel": 3}, {"deep": True, "kernel": 9})
    target = analysed([*reports, *built({"deep": True, "kernel": 9})], "sampled", (0.5, 0.4, 0.1))
    assert [share for _, share in weighted(target)] == [0.5, 0.4, 0.1]
    assert lost(target, [Kept(("kernel",), frozenset((3,)))]) == pytest.approx(0.1)
    assert weight_of(target)({"deep": True, "kernel": 3}) == 0.4
    half = analysed(reports, "sampled", (0.25, 0.2, 0.05))
    assert lost(half, [Kept(("kernel",), frozenset((3,)))]) == pytest.approx(0.1)


@pytest.mark.parametrize(
    ("kept", "expected"),
    [
        (Kept(("kernel",), frozenset((3, 5, 7))), 1 / 4),
        (Kept(("kernel", "units"), frozenset((3,))), 1 - 1 / 4 * math.log(4 / 3) / BENT),
        (Kept(("rate",), frozenset((0.1, 0.5)), (-math.inf, 0.5)), 3 / 4),
        (Kept(("rate",), frozenset((0.1, 0.5)), (0.1, 0.5)), 1 - 0.4 / 2),
        (Kept(("long",), frozenset((1, 1000)), (-math.inf, 1000)), 1 - math.log(1001) / math.log(1_000_001)),
        (Kept(("long",), frozenset((1, 7))), 1 - math.log(2 * 8 / 7) / math.log(1_000_001)),
        (Kept(("unknown",), frozenset((1, 7))), 0),
    ],
)
def test_a_space_too_large_to_be_probed_loses_what_is_not_drawn_any_more(kept: Kept, expected: float) -> None:
    reports = built({"kernel": 3, "units": 1, "rate": 0.1, "long": 1, "unknown": 1})
    target = replace(analysed(reports, "sampled"), hyperparameters=tuple(HPS.values()))
    assert lost(target, [kept]) == pytest.approx(expected)


def test_an_interval_keeps_its_ends_and_what_is_no_number_is_kept_by_value() -> None:
    kept = Kept(("rate",), frozenset(("a",)), (0.1, 0.5))
    assert [kept.keeps(value) for value in (0.1, 0.3, 0.5, 0.09, 0.51, "a", "b")] == [
        True, True, True, False, False, True, False
    ]  # fmt: skip
    assert not kept.leaves_out({"other": 7})
    assert kept.leaves_out({"rate": 7})


def test_what_a_report_says_of_other_values_counts_when_some_of_them_go() -> None:
    reports = [
        Report({"deep": False}, "ok", "symbolic"),
        Report({"deep": True, "kernel": 3}, "ok", "symbolic", free=("kernel",)),
    ]
    target = analysed(reports, "exhaustive", (0.5, 0.5))
    assert lost(target, [Kept(("kernel",), frozenset((3, 5, 7)))]) == pytest.approx(0.5 / 4)
    assert lost(target, [Kept(("deep",), frozenset((True,)))]) == pytest.approx(0.5)
