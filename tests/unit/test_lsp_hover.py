"""The exact text of hovers, from analyses made by hand."""

from dataclasses import replace

import pytest

from hypershape import source
from hypershape.lsp.hover import hover
from hypershape.model import (
    Analysis,
    Cause,
    Coverage,
    Document,
    Finding,
    Hyperparameter,
    LayerRow,
    ProbeError,
    Report,
    Severity,
    Span,
    Target,
    TargetAnalysis,
)

from .handmade import blame

TEXT = "def build_model(hp):\n    x = Conv2D(8, hp.Int('kernel', 3, 10, step=2))(inputs)\n"
CONV = Span("m.py", 2, 9, 2, 59)
DRAW = Span("m.py", 2, 19, 2, 50)
NAME = Span("m.py", 1, 5, 1, 16)


def analysis(**changes: object) -> Analysis:
    error = ProbeError("ValueError", "negative", "build")
    fails = Report({"kernel": 9}, "fail", "symbolic", error)
    builds = [Report({"kernel": k}, "ok", "symbolic") for k in (3, 5, 7)]
    target = TargetAnalysis(
        Target("build_model", NAME, Span("m.py", 1, 1, 2, 60), "function", None),
        "probed",
        hyperparameters=(Hyperparameter("kernel", "Int", 3, (3, 5, 7, 9), 4, 3, 10, 2, span=DRAW),),
        coverage=Coverage("exhaustive", 4, 4, 1, 0.25, (0.25, 0.25)),
        layers=(LayerRow(CONV, "conv2d", "Conv2D", (), "(None, 20–26, 20–26, 8)", (80, 584)),),
        parameters=(80, 584),
        reports=(fails, *builds),
        causes=(Cause(error, fails, (fails.configuration,), blame("kernel >= 9"), True, 0.25),),
    )
    return Analysis(source.analyse(Document("m.py", TEXT)), targets=(replace(target, **changes),))


def test_a_layer_shows_its_shapes_over_the_space() -> None:
    text, span = hover(analysis(), 2, 10) or ("", None)
    assert span == CONV
    assert text == (
        "| layer | output shape | parameters |\n"
        "| --- | --- | --- |\n"
        "| Conv2D | `(None, 20–26, 20–26, 8)` | 80–584 |\n"
        "\n"
        "25.0% of the space fails; all 4 configurations were tried."
    )


SAID = "ValueError: Received `inputs shape=(None, 2, 2, 16)`, <b>, `dilation_rate=[1 1]`."


def test_shapes_come_first_and_what_keras_says_is_folded_under_them_where_the_editor_can() -> None:
    finding = Finding("HS201", "too-large", Severity.ERROR, f"It needs more pixels.\n{SAID}", CONV, said=SAID)
    known = replace(analysis(), findings=(finding,))
    folded, span = hover(known, 2, 10, folds=True) or ("", None)
    assert span == CONV and folded.startswith("| layer | output shape |")
    assert folded.endswith(
        "<details><summary>What Keras says</summary>\n\nValueError: Received "
        "\\`inputs shape=(None, 2, 2, 16)\\`, \\<b\\>, \\`dilation\\_rate=\\[1 1\\]\\`.\n\n</details>"
    )
    assert finding.sentence == "It needs more pixels."
    assert "Keras says" not in (hover(known, 2, 10) or ("", None))[0]
    assert "Keras says" not in (hover(known, 1, 8, folds=True) or ("", None))[0]


def test_a_draw_shows_the_values_that_are_really_drawn_and_which_fail() -> None:
    text, span = hover(analysis(), 2, 25) or ("", None)
    assert span == DRAW
    assert text == (
        "**kernel** draws `3`, `5`, `7`, `9`\n\n`10` is never drawn.\n\nFails with `9`.\n\nFails when `kernel >= 9`."
    )


def test_the_name_of_the_function_shows_what_was_proved() -> None:
    text, span = hover(analysis(), 1, 8) or ("", None)
    assert span == NAME
    assert text == (
        "25.0% of the space fails; all 4 configurations were tried.\n\n"
        "80–584 parameters.\n\nFails when `kernel >= 9` (25 % of the space)."
    )


def test_a_proof_of_more_than_was_tried_says_from_how_many_probes_it_comes() -> None:
    wide = Coverage("exhaustive", 11_796_480, 30, 0, 0.0, (0.0, 0.0), all_ran=False)
    text, _ = hover(analysis(coverage=wide, parameters=None, causes=()), 1, 8) or ("", None)
    assert text == "All 11,796,480 configurations build: proved from 30."
    text, _ = hover(analysis(coverage=wide, causes=()), 1, 8) or ("", None)
    assert text.endswith("80–584 parameters in 30 probed."), "others of the space may have more, or fewer"
    part = replace(wide, failed=10, failing_share=0.25)
    text, _ = hover(analysis(coverage=part, parameters=None, causes=()), 1, 8) or ("", None)
    assert text == "25.0% of the space fails; all 11,796,480 configurations: proved from 30."


def test_a_value_that_decided_nothing_where_it_was_tried_is_not_called_failing() -> None:
    error = ProbeError("ValueError", "negative", "build")
    reports = (
        Report({"blocks": 4, "kernel": 9}, "fail", "symbolic", error, free=("kernel",)),
        Report({"blocks": 1, "kernel": 3}, "ok", "symbolic", free=("kernel",)),
    )
    text, _ = hover(analysis(reports=reports, causes=()), 2, 25) or ("", None)
    assert text == "**kernel** draws `3`, `5`, `7`, `9`\n\n`10` is never drawn."


def test_values_that_a_probe_speaks_for_count_as_tried() -> None:
    error = ProbeError("ValueError", "negative", "build")
    reports = (
        Report({"blocks": 4, "kernel": 7}, "fail", "symbolic", error, alike={"kernel": (7, 9)}),
        Report({"blocks": 1, "kernel": 3}, "ok", "symbolic", alike={"kernel": (3, 5, 7)}),
    )
    cause = Cause(error, reports[0], (reports[0].configuration,), blame("kernel >= 7"), True, 0.25)
    text, _ = hover(analysis(reports=reports, causes=(cause,)), 2, 25) or ("", None)
    assert "Fails with `9`.\n\nFails in part of the space with `7`." in text


def test_values_of_a_hyperparameter_that_no_condition_names_are_not_said_to_fail() -> None:
    error = ProbeError("ValueError", "negative", "build")
    reports = (
        Report({"blocks": 4, "kernel": 7}, "fail", "symbolic", error),
        Report({"blocks": 1, "kernel": 7}, "ok", "symbolic"),
        Report({"blocks": 1, "kernel": 3}, "ok", "symbolic"),
    )
    cause = Cause(error, reports[0], (reports[0].configuration,), blame("blocks >= 4"), True, 0.25)
    text, _ = hover(analysis(reports=reports, causes=(cause,)), 2, 25) or ("", None)
    assert "Fails" not in text


def test_a_target_that_was_not_probed_says_why() -> None:
    text, _ = hover(analysis(coverage=None, hyperparameters=(), layers=(), reason="x is missing."), 1, 8) or (
        "",
        None,
    )
    assert text == "Not probed: x is missing."


@pytest.mark.parametrize(("line", "column"), [(2, 2), (1, 1), (7, 1)])
def test_elsewhere_there_is_nothing_to_say(line: int, column: int) -> None:
    assert hover(analysis(layers=()), line, column) is None


def test_a_long_domain_is_shortened() -> None:
    many = Hyperparameter("kernel", "Int", 0, tuple(range(100)), 100, 0, 99, span=DRAW)
    text, _ = hover(analysis(hyperparameters=(many,), causes=(), reports=()), 2, 25) or ("", None)
    assert text == "**kernel** draws `0`, `1`, `2`, `3`, `4`, `5`, `6`, `7`, `8`, …, `99`, (100 values)"


def test_a_number_that_informs_nobody_is_not_said() -> None:
    def told(coverage: Coverage) -> str:
        text, _ = hover(analysis(coverage=coverage, parameters=None, causes=()), 1, 8) or ("", None)
        return text

    assert told(Coverage("sampled", 48, 48, 20, 0.417, (0.417, 0.417))) == (
        "All 48 configurations were probed: 41.7% of the space fails."
    )
    large = Coverage("sampled", 657_366_253_849_018_368, 45, 0, 0.0, (0.0, 0.079))
    assert told(large) == "Sampled 45 of some 10^17 configurations: 0.0% to 7.9% of the space fails."
