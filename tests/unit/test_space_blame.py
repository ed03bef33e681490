"""Conditions from brute-force truth: the condition must hold exactly where the target fails."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Callable
from dataclasses import replace

import pytest

from hypershape.model import Detail, Frame, Hyperparameter, ProbeError, Report, Span, Value
from hypershape.space.blame import causes, kind, smallest_condition, telling


def space(**domains: list[Value]) -> dict[str, Hyperparameter]:
    found = {}
    for name, values in domains.items():
        name = name.replace("__", ".")
        whole = all(type(v) is int for v in values)
        found[name] = Hyperparameter(name, "Int" if whole else "Choice", values[0], tuple(values))
    return found


def condition(fails: Callable[..., bool], **domains: list[Value]) -> str | None:
    hps = space(**domains)
    every = [dict(zip(hps, values, strict=True)) for values in itertools.product(*domains.values())]
    bad = [each for each in every if fails(*each.values())]
    good = [each for each in every if not fails(*each.values())]
    found = smallest_condition(bad, good, hps)
    return found.text if found is not None else None


K, B = [3, 5, 7, 9], [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("expected", "fails", "domains"),
    [
        ("kernel >= 7", lambda k, b: k >= 7, {"kernel": K, "blocks": B}),
        ("kernel >= 9", lambda k, b: k == 9, {"kernel": K, "blocks": B}),
        ("kernel == 5", lambda k: k == 5, {"kernel": K}),
        ("blocks >= 3 and kernel >= 7", lambda b, k: k >= 7 and b >= 3, {"blocks": B, "kernel": K}),
        ("activation == 'x'", lambda a, b: a == "x", {"activation": ["x", "y", "z"], "blocks": B}),
        ("stacked", lambda s: s, {"stacked": [False, True]}),
        ("not stacked", lambda s: not s, {"stacked": [False, True]}),
        ('hp["conv.0"] >= 5', lambda k: k >= 5, {"conv__0": K}),
        (
            "filters % groups != 0",
            lambda f, g: f % g != 0,
            {"filters": [4, 6, 8, 9, 12], "groups": [1, 2, 3, 4]},
        ),
        ("a != b", lambda a, b: a != b, {"a": [1, 2, 3, 4], "b": [1, 2, 3, 4]}),
        (
            "units != base * base * channels",
            lambda u, b, c: u != b * b * c,
            {"units": [4, 8, 9, 16, 18, 27, 36], "base": [2, 3], "channels": [1, 2, 3, 4]},
        ),
        ("a + b >= 6", lambda a, b: a + b >= 6, {"a": [1, 2, 3, 4, 5], "b": [1, 2, 3, 4, 5]}),
        ("width == 0", lambda w: w == 0, {"width": [0, 1, 2, 3]}),
        (
            "width % (2 * heads) != 0",
            lambda w, h: w % (2 * h) != 0,
            {"width": list(range(8, 65, 8)), "heads": list(range(1, 9))},
        ),
        ("60 % chunk != 0", lambda c: 60 % c != 0, {"chunk": list(range(4, 31, 2))}),
        (
            "60 % (chunk * rows) != 0",
            lambda c, r: 60 % (c * r) != 0,
            {"chunk": [2, 4, 6, 8, 10], "rows": [1, 2, 3, 4, 5]},
        ),
        (
            "rows * columns % groups != 0",
            lambda r, c, g: r * c % g != 0,
            {"rows": [2, 3, 4, 5, 6], "columns": [2, 3, 4, 5, 6], "groups": [2, 3, 4, 6]},
        ),
        (
            "stem_stride * body_stride * neck_stride * head_stride >= 32",
            lambda *strides: math.prod(strides) > 28,
            {f"{part}_stride": [1, 2, 4] for part in ("stem", "body", "neck", "head")},
        ),
        (
            "use_gru + use_conv + use_dense + use_pool <= 1",
            lambda *use: sum(use) < 2,
            {f"use_{what}": [False, True] for what in ("gru", "conv", "dense", "pool")},
        ),
        (
            "window < horizon + kernel",
            lambda w, h, k: w - h < k,
            {"window": list(range(8, 49, 8)), "horizon": list(range(1, 25, 3)), "kernel": [3, 5, 9]},
        ),
        (
            "width != back",
            lambda w, b: w != b,
            {"width": list(range(32, 129, 16)), "back": [32, 64]},
        ),
        (
            "grouped and units % 4 != 0",
            lambda g, u: g and u % 4 != 0,
            {"grouped": [False, True], "units": list(range(6, 17, 2))},
        ),
        (
            "(left + right) % groups != 0",
            lambda a, b, g: (a + b) % g != 0,
            {"left": [8, 12, 16, 20, 24], "right": [8, 12, 16, 20, 24], "groups": [4, 8, 16]},
        ),
        (
            "size <= 2 * crop",
            lambda s, c: s <= 2 * c,
            {"size": list(range(8, 49, 8)), "crop": list(range(2, 25, 2))},
        ),
        (
            "units < 2 ** (layers - 1)",
            lambda u, n: u // 2 ** (n - 1) == 0,
            {"units": list(range(2, 33, 2)), "layers": [1, 2, 3, 4, 5, 6]},
        ),
        (
            "depth >= 3 and ((kernel == 5 and pool == 3) or (kernel <= 3 and pool >= 4))",
            lambda d, k, p: d >= 3 and (p == 3 if k == 5 else k == 3 and p == 4),
            {"depth": [1, 2, 3, 4], "kernel": [3, 5, 7], "pool": [2, 3, 4]},
        ),
        (
            "down_0 + down_1 + down_2 + down_3 >= 3",
            lambda *down: sum(down) >= 3,
            {f"down_{i}": [False, True] for i in range(4)},
        ),
        (
            "use_0 + use_1 + use_2 + use_3 <= 1",
            lambda *use: sum(use) < 2,
            {f"use_{i}": [False, True] for i in range(4)},
        ),
        (
            "kernel_0 + kernel_1 + kernel_2 >= 17",
            lambda *kernels: sum(kernels) >= 17,
            {f"kernel_{i}": [3, 5, 7] for i in range(3)},
        ),
        (
            "pool_0 * pool_1 * pool_2 * pool_3 >= 32",
            lambda *pools: math.prod(pools) > 28,
            {f"pool_{i}": [1, 2, 4] for i in range(4)},
        ),
        (
            "left_0 * left_1 != 2 * (right_0 * right_1)",
            lambda a, b, c, d: a * b != 2 * c * d,
            {f"{side}_{i}": [1, 2, 4] for side in ("left", "right") for i in range(2)},
        ),
    ],
)
def test_the_condition_is_the_one_a_colleague_would_name(
    expected: str, fails: Callable[..., bool], domains: dict[str, list[Value]]
) -> None:
    assert condition(fails, **domains) == expected


def test_two_ways_to_fail_at_one_place_are_both_named() -> None:
    def fails(blocks: int, kernel: int) -> bool:
        return (blocks >= 4 and kernel == 3) or (blocks >= 3 and kernel >= 7)

    text = condition(fails, blocks=B, kernel=[3, 5, 7])
    assert text is not None and " or " in text
    for blocks, kernel in itertools.product(B, [3, 7]):
        assert eval(text, {"blocks": blocks, "kernel": kernel}) == fails(blocks, kernel)


def test_there_is_no_condition_when_nothing_simple_is_exact() -> None:
    hps = space(a=list(range(16)), b=list(range(16)))
    every = [{"a": a, "b": b} for a in range(16) for b in range(16)]
    bad = [each for each in every if (each["a"] * 7 + each["b"] * 13) % 5 == 0]
    good = [each for each in every if each not in bad]
    assert smallest_condition(bad, good, hps) is None


def failure(values: dict[str, Value], message: str, line: int = 3) -> Report:
    span = Span("m.py", line, 1, line, 9)
    return Report(values, "fail", "symbolic", ProbeError("ValueError", message, "build", (Frame(span, "f"),)))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("<Scaler object at 0x7f3c1a> has no shape", "<Scaler object at 0x7e9912ab> has no shape"),
        ("run 123e4567-e89b-12d3-a456-426614174000 ended", "run 00aa4567-e89b-12d3-a456-4266141740ff ended"),
        ("cannot read '/tmp/tmpab12cd/x.h5'", "cannot read '/tmp/tmpzz_e/y.h5'"),
        ("cannot read C:\\Users\\a\\x", "cannot read C:\\Users\\b\\y"),
    ],
)
def test_what_every_run_generates_anew_makes_no_other_cause(one: str, other: str) -> None:
    errors = [ProbeError("ValueError", message, "build") for message in (one, other)]
    assert kind(errors[0]) == kind(errors[1])
    assert kind(errors[0]) != kind(
        ProbeError("ValueError", one.replace("has", "had").replace("e", "a"), "build")
    )


def test_messages_that_differ_in_numbers_only_are_one_cause_and_places_are_not() -> None:
    hps = space(k=K)
    reports = [
        Report({"k": 3}, "ok", "symbolic"),
        failure({"k": 5}, "shape (None, 4, 4) is too small"),
        failure({"k": 7}, "shape (None, 2, 2) is too small"),
        failure({"k": 9}, "shape (None, 2, 2) is too small", line=8),
    ]
    found = causes(reports, hps, lambda configuration: 0.25)
    assert [(cause.share, len(cause.failing)) for cause in found] == [(0.5, 2), (0.25, 1)]
    assert str(found[0].condition) == "k >= 5"


def test_one_refusal_in_two_wordings_is_one_cause_and_two_refusals_of_one_kind_are_not() -> None:
    def refused(values: dict[str, Value], message: str, **details: Detail) -> Report:
        report = failure(values, message)
        assert report.error is not None
        return replace(report, error=replace(report.error, kind="groups", details=details))

    reports = [
        refused({"k": 5}, "One of the dimensions in the output is <= 0", groups=2, channels=5),
        refused({"k": 6}, "Negative dimension size caused by subtracting", groups=4, channels=6),
        refused({"k": 7}, "The number of filters must be divisible", groups=4, filters=7),
        Report({"k": 3}, "ok", "symbolic"),
    ]
    found = causes(reports, space(k=[3, 5, 6, 7]), lambda _: 1)
    assert [len(cause.failing) for cause in found] == [2, 1]


def test_a_target_that_builds_nowhere_has_no_condition_and_says_so_exactly() -> None:
    (cause,) = causes(
        [failure({"k": 3}, "no"), failure({"k": 5}, "no")], space(k=K), lambda configuration: 0.5
    )
    assert cause.condition is None and cause.exact and cause.share == 1.0


def test_a_failure_behind_another_is_blamed_only_on_what_is_known() -> None:
    hps = space(a=[1, 2, 3], b=[1, 2, 3])
    reports = []
    for a, b in itertools.product([1, 2, 3], [1, 2, 3]):
        if a == 3:
            reports.append(failure({"a": a}, "first", line=2))
        elif b == 3:
            reports.append(failure({"a": a, "b": b}, "second", line=5))
        else:
            reports.append(Report({"a": a, "b": b}, "ok", "symbolic"))
    by_line = {
        cause.error.span.line: str(cause.condition)
        for cause in causes(reports, hps, lambda c: 1.0)
        if cause.error.span
    }
    assert by_line == {2: "a >= 3", 5: "b >= 3"}


def test_names_that_tell_nothing_are_left_out() -> None:
    hps = space(kernel=[1, 2, 3], units=[1, 2, 3], depth=[1, 2, 3], pool=[1, 2, 3])
    every = [dict(zip(hps, values, strict=True)) for values in itertools.product((1, 2, 3), repeat=4)]
    failing = [each for each in every if each["kernel"] == each["depth"]]
    building = [each for each in every if each["kernel"] != each["depth"]]
    assert set(telling(hps, failing, building)) == {"kernel", "depth"}


def test_a_calculation_that_fits_a_small_grid_by_chance_is_not_shown() -> None:
    """What fails needs a window of (kernel - 1) * (2 ** depth - 1) + 1; `kernel * (depth - 1) >= 12` is true as well."""
    found = condition(lambda d, k: (k - 1) * (2**d - 1) >= 40, depth=[1, 2, 3, 4, 5], kernel=[2, 3, 5, 7])
    assert found is not None and "*" not in found


def read_in_turn(
    values: list[Value], blocks: int, fails: Callable[[list[Value]], bool]
) -> tuple[list[dict[str, Value]], list[dict[str, Value]]]:
    """What a loop reads that fails in the first block after which something is wrong: failing and building ones."""
    bad: dict[tuple[Value, ...], dict[str, Value]] = {}
    good = []
    for drawn in itertools.product(values, repeat=blocks):
        ends = next((i for i in range(blocks) if fails(list(drawn[: i + 1]))), None)
        read = drawn if ends is None else drawn[: ends + 1]
        found = {f"block_{i}": value for i, value in enumerate(read)}
        if ends is None:
            good.append(found)
        else:
            bad[read] = found
    return list(bad.values()), good


def test_a_number_of_blocks_is_counted_among_those_that_were_read() -> None:
    bad, good = read_in_turn(["max", "mean", "none"], 5, lambda drawn: sum(v != "none" for v in drawn) > 3)
    found = smallest_condition(bad, good, space(**{f"block_{i}": ["max", "mean", "none"] for i in range(5)}))
    assert found is not None and found.words == "at least 4 of block_0 … block_4 != 'none'"
    assert all(map(found.holds, bad)) and not any(map(found.holds, good))


def test_a_product_that_is_too_large_after_some_blocks_is_said_of_each_number_of_them() -> None:
    bad, good = read_in_turn([1, 2, 4], 4, lambda drawn: math.prod(drawn) > 28)
    found = smallest_condition(bad, good, space(**{f"block_{i}": [1, 2, 4] for i in range(4)}))
    assert found is not None and found.text == (
        "block_0 * block_1 * block_2 >= 32 or block_0 * block_1 * block_2 * block_3 >= 32"
    )


def test_what_all_blocks_share_is_said_once() -> None:
    names = [f"{name}_{i}" for i in range(3) for name in ("filters", "stride")]
    hps = space(project=[True, False], **{name: [8, 16] if "filters" in name else [1, 2] for name in names})
    bad, good = [], []
    for project, blocks in itertools.product([True, False], [1, 2, 3]):
        for drawn in itertools.product([8, 16], [1, 2], repeat=blocks):
            ends = next((i for i in range(blocks) if not project and drawn[2 * i :][:2] != (8, 1)), blocks)
            read = dict(zip(names, drawn[: 2 * (ends + 1)], strict=False))
            (good if ends == blocks else bad).append({"project": project, **read})
    found = smallest_condition(bad, good, hps)
    assert found is not None and found.text.count("project") == 1 and "not project and (" in found.text
    assert all(map(found.holds, bad)) and not any(map(found.holds, good))


def test_a_number_that_changes_nothing_stands_in_no_relation() -> None:
    """`depth * kernel % dilation != 0` is as true, because of the depth."""
    hps = space(depth=[2, 3], kernel=[3, 7], dilation=[1, 2, 4])
    every = [dict(zip(hps, values, strict=True)) for values in itertools.product((2, 3), (3, 7), (1, 2, 4))]
    bad = [each for each in every if each["depth"] * each["dilation"] >= 6]
    good = [each for each in every if each["depth"] * each["dilation"] < 6]
    assert all((each["depth"] * each["kernel"] % each["dilation"] != 0) == (each in bad) for each in every)
    found = smallest_condition(bad, good, hps)
    assert found is not None and "kernel" not in found.names


@pytest.mark.parametrize("seed", range(6))
def test_a_condition_is_the_same_in_whatever_order_the_probes_came_in(seed: int) -> None:
    """Of a loop, of which a configuration reads as much as its depth says, and of what is read behind it."""

    def size(depth: int, *kernels: int) -> int:
        left = 40
        for kernel in kernels[:depth]:
            left = (left - kernel + 1) // 2
        return left

    hps = space(depth=[1, 2, 3], kernel_0=[3, 7], kernel_1=[3, 7], kernel_2=[3, 7], dilation=[1, 2, 4])
    bad, good = [], []
    for depth, *kernels in itertools.product([1, 2, 3], *[[3, 7]] * 3):
        read = {"depth": depth, **{f"kernel_{i}": kernels[i] for i in range(depth)}}
        for dilation in (1, 2, 4):
            fails = size(depth, *kernels) <= 2 * dilation
            (bad if fails else good).append({**read, "dilation": dilation})
    expected = smallest_condition(bad, good, hps)
    shuffled = random.Random(seed)
    names = list(hps)
    for each in (bad, good, names):
        shuffled.shuffle(each)
    assert smallest_condition(bad, good, {name: hps[name] for name in names}) == expected
