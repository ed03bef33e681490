"""Hints, lenses and pins: what the editor shows of shapes and verdicts, from analyses made by hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from hypershape import report
from hypershape.lsp import lenses, pins, shapes
from hypershape.lsp.session import Session
from hypershape.model import (
    Analysis,
    Cause,
    Configuration,
    Coverage,
    Finding,
    Frame,
    LayerCall,
    ProbeError,
    Report,
    Severity,
    Shape,
    Span,
    TargetAnalysis,
)

from .handmade import PATH, at, blame, module

MODULE = module("""
import keras


def build_model(hp):
    x = keras.layers.Conv2D(hp.Int("filters", 8, 32), hp.Int("kernel", 3, 9, step=2))(x)
    x = keras.layers.Conv2D(8, 5)(x)
    for i in range(2):
        x = keras.layers.Dense(hp.Int(f"units_{i}", 8, 32))(x)
    return x
""")
FIRST = at(MODULE, 'keras.layers.Conv2D(hp.Int("filters", 8, 32), hp.Int("kernel", 3, 9, step=2))(x)')
SECOND = at(MODULE, "keras.layers.Conv2D(8, 5)(x)")
DENSE = at(MODULE, 'keras.layers.Dense(hp.Int(f"units_{i}", 8, 32))(x)')


def layer(span: Span, class_name: str, shape: Shape) -> LayerCall:
    return LayerCall(span, class_name.lower(), class_name, (), (shape,), "float32", 10)


def probe(kernel: int, filters: int, units: Sequence[int]) -> Report:
    size = 13 - kernel
    configuration = {"filters": filters, "kernel": kernel}
    layers = [layer(FIRST, "Conv2D", (None, size, size, filters))]
    if size < 5:
        error = ProbeError("ValueError", "negative", "build", (Frame(SECOND, "build_model"),))
        return Report(configuration, "fail", "symbolic", error, layers=tuple(layers))
    layers.append(layer(SECOND, "Conv2D", (None, size - 4, size - 4, 8)))
    layers += [layer(DENSE, "Dense", (None, size - 4, size - 4, count)) for count in units]
    named = {f"units_{index}": count for index, count in enumerate(units)}
    return Report(
        {**configuration, **named}, "ok", "symbolic", layers=tuple(layers), parameters=100 * filters
    )


REPORTS = tuple(
    probe(kernel, filters, units)
    for kernel in (3, 5, 7, 9)
    for filters in (8, 32)
    for units in ((8, 8), (8, 32), (32, 8))
)
FAILING = next(report for report in REPORTS if report.verdict == "fail")


def analysis(**changes: object) -> Analysis:
    assert FAILING.error is not None
    cause = Cause(FAILING.error, FAILING, (FAILING.configuration,), blame("kernel >= 9"), True, 0.25)
    target = TargetAnalysis(
        MODULE.targets[0],
        "probed",
        coverage=Coverage("exhaustive", 64, 24, 6, 0.25, (0.25, 0.25), all_ran=False),
        parameters=(800, 3200),
        reports=REPORTS,
        causes=(cause,),
    )
    return Analysis(MODULE, targets=(replace(target, **changes),), done=True)


def hints(longest: int = 120, **at: Configuration) -> list[str]:
    pinned = {"build_model": shapes.Pin(at["at"])} if at else {}
    return [each.text(longest) for each in shapes.lines(analysis(), pinned)]


MINUS, LEFT, RIGHT = "\N{MINUS SIGN}", shapes.QUOTES[0], shapes.QUOTES[1]


def test_hints_show_ranges_what_sizes_them_and_where_a_line_fails() -> None:
    size = f"4–10 {LEFT}13 {MINUS} kernel{RIGHT}"
    after = f"2–6 {LEFT}9 {MINUS} kernel{RIGHT}"
    assert hints() == [
        f"→ (·, {size}, {size}, filters)",
        f"→ (·, {after}, {after}, 8) ✗ kernel >= 9",
        f"→ (·, 2–6 {LEFT}kernel{RIGHT}, 2–6 {LEFT}kernel{RIGHT}, units_0…1)",
    ]


def test_a_hint_that_is_too_long_says_less_and_keeps_its_shape() -> None:
    assert hints(45)[0] == f"→ (·, 4–10 {LEFT}kernel{RIGHT}, 4–10 {LEFT}kernel{RIGHT}, filters)"
    assert hints(30)[0] == "→ (·, 4–10, 4–10, filters)"
    assert hints(24)[0] == "→ (·, 4–10, 4–10, 8–32)"
    assert hints(10)[0] == "→ (·, 4–1…"


def test_where_a_line_fails_is_said_before_what_sizes_it_and_marked_in_any_case() -> None:
    assert hints(43)[1] == "→ (·, 2–6, 2–6, 8) ✗ kernel >= 9"
    assert hints(22)[1] == "→ (·, 2–6, 2–6, 8) ✗"


def test_the_rounds_of_a_loop_stand_under_the_name_of_their_layer() -> None:
    (target,) = analysis().targets
    assert shapes.table(MODULE, target, [DENSE], None) == (
        "| Dense | output shape | sized by | parameters |\n"
        "| --- | --- | --- | --- |\n"
        f"| round 1 | `(None, 2–6, 2–6, 8–32)` | `9 {MINUS} kernel`, `units_0` | 10 |\n"
        f"| round 2 | `(None, 2–6, 2–6, 8–32)` | `9 {MINUS} kernel`, `units_1` | 10 |"
    )
    both = shapes.table(MODULE, target, [SECOND, DENSE], None)
    assert "| Conv2D | `(None, 2–6, 2–6, 8)` |" in both and "| Dense (round 2) |" in both


@pytest.mark.parametrize(
    ("bounds", "told"),
    [
        ((618, 211_210), "618–211,210"),
        ((26_010, 1_300_000), "26 k–1.3 M"),
        ((618, 812), "618–812"),
        ((618, 618), "618"),
    ],
)
def test_a_range_has_units_on_both_sides_or_on_none(bounds: tuple[int, int], told: str) -> None:
    assert report.between(bounds) == told


def test_a_pinned_configuration_shows_its_shapes_alone() -> None:
    building = {"filters": 32, "kernel": 3, "units_0": 8, "units_1": 32}
    assert hints(at=building) == ["→ (·, 10, 10, 32)", "→ (·, 6, 6, 8)", "→ (·, 6, 6, 8) … (·, 6, 6, 32)"]
    assert hints(at=FAILING.configuration) == ["→ (·, 4, 4, 8)", "✗ kernel >= 9"]


def test_a_pinned_configuration_that_builds_fails_nowhere_whatever_is_known_of_others() -> None:
    (target,) = analysis().targets
    (cause,) = target.causes
    sampled = analysis(causes=(replace(cause, condition=None),))
    building = {"filters": 32, "kernel": 3, "units_0": 8, "units_1": 32}
    for configuration, fails in ((building, False), (FAILING.configuration, True)):
        shown = shapes.lines(sampled, {"build_model": shapes.Pin(configuration)})
        assert any(each.failing for each in shown) == fails


def test_a_configuration_that_was_not_probed_has_its_own_probe_while_the_slice_is_the_same() -> None:
    target = analysis().targets[0]
    values = {"filters": 16, "kernel": 3, "units_0": 8, "units_1": 9}
    assert shapes.Pin(values).report(target) is None
    own = probe(3, 16, (8, 9))
    assert shapes.Pin(values, own, target.target.slice).report(target) is own


@pytest.mark.parametrize(
    ("about", "own", "others"),
    [
        (None, "Trying repairs of 2 findings", "Trying repairs of 2 findings"),
        ("build_model", "first build takes long: 9 s so far", None),
    ],
)
def test_what_is_done_for_one_target_does_not_stand_over_another(
    about: str | None, own: str, others: str | None
) -> None:
    progress = f"{about}: {own}" if about is not None else own
    known = replace(analysis(), done=False, progress=progress, about=about)
    assert lenses._doing(known, "build_model") == own
    assert lenses._doing(known, "build_other") == others
    session = Session("file:///m.py")
    titles = [title for title, *_ in lenses._actions(session, known, known.targets[0])]
    assert titles[0].endswith(" · probing" if about is not None else f" · {own}")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda target: target, "✗ 25 % fails · 800–3,200 parameters in 24 probed"),
        (
            lambda target: replace(
                target, causes=(), coverage=replace(target.coverage, failed=0, failing_share=0.0)
            ),
            "✓ all 64 build · 800–3,200 parameters in 24 probed",
        ),
        (
            lambda target: replace(
                target,
                causes=(),
                parameters=(26_010, 1_300_000),
                coverage=Coverage("sampled", 6000, 48, 0, 0.0, (0.0, 0.07)),
            ),
            "○ 48 of 6,000 tried so far, none fails · 26 k–1.3 M parameters in 48 probed",
        ),
        (lambda target: replace(target, coverage=None, reason="No data."), "? not checked: No data."),
        (lambda target: replace(target, coverage=None), None),
    ],
)
def test_the_lens_has_a_check_mark_for_a_proof_alone(
    change: Callable[[TargetAnalysis], TargetAnalysis], told: str | None
) -> None:
    reports = tuple(report for report in REPORTS if report.verdict == "ok")
    (target,) = analysis().targets
    changed = change(target)
    if not changed.causes:
        changed = replace(changed, reports=reports)
    assert report.verdict(changed) == told


def test_the_lens_says_where_the_file_ends_and_has_no_cross_over_a_note() -> None:
    (target,) = analysis().targets
    told = report.verdict(target) or ""
    gone = Finding("HS006", "removed-import", Severity.ERROR, "Gone.", FIRST, ends=True)
    assert (report.verdict(target, [gone]) or "").startswith("✗ the file ends before its search (HS006) · ")
    noted = [
        Finding("HS213", "not-compiled", Severity.INFO, "Not compiled.", FIRST, cause=each)
        for each in target.causes
    ]
    assert told[0] == "✗" and report.verdict(target, noted) == f"○{told[1:]}"


def test_the_default_the_ends_and_each_failure_can_be_pinned() -> None:
    (target,) = analysis().targets
    found = {each.label: each for each in pins.choices(target)}
    assert list(found) == ["Smallest", "Largest", "Failing: kernel >= 9"]
    assert found["Failing: kernel >= 9"].configuration == FAILING.configuration
    assert found["Failing: kernel >= 9"].description.startswith("kernel=9, "), "what decides comes first"
    assert found["Largest"].configuration["filters"] == 32


def test_a_configuration_with_infinity_is_not_sent_to_the_editor() -> None:
    (target,) = analysis().targets
    odd = [
        replace(each, configuration={**each.configuration, "odd": float("inf")}) for each in target.reports
    ]
    assert [each.label for each in pins.choices(replace(target, reports=tuple(odd)))] == [
        "Failing: kernel >= 9"
    ]


def test_a_configuration_can_be_taken_along_as_python() -> None:
    values = {"conv.kernel": 9, "act": "re'lu"}
    assert eval(pins.written("build_model", values, "values", PATH)) == values
    fixed = pins.written("build_model", values, "fixed", PATH)
    assert fixed == (
        "import keras_tuner\n\nhp = keras_tuner.HyperParameters()\n"
        "hp.Fixed('conv.kernel', 9)\nhp.Fixed('act', \"re'lu\")\n"
    )
    test = pins.written("Model.build", values, "test", PATH)
    compile(test, "test.py", "exec")
    assert "from model import Model\n" in test and "Model().build(hp)" in test
    assert "def test_build_builds_with_conv_kernel_9_act_re_lu():" in test
