"""What the command line prints, from analyses made by hand."""

import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from hypershape import source
from hypershape.cli import contract, formats
from hypershape.cli.notebooks import lines_in_file
from hypershape.cli.text import Printer, coverage_sentence
from hypershape.model import (
    Analysis,
    Cause,
    Cell,
    Coverage,
    Document,
    Edit,
    Finding,
    Fix,
    Hyperparameter,
    LayerRow,
    ProbeError,
    Rehearsal,
    Report,
    Severity,
    Span,
    Stage,
    Target,
    TargetAnalysis,
    Verdict,
)
from hypershape.rules.common import wording

from .handmade import blame

TEXT = "import keras\ndef build_model(hp):\n    return keras.layers.Conv2D(8, hp.Int('kernel', 3, 29))\n"


def analysis(cells: tuple[Cell, ...] = (), text: str = TEXT) -> Analysis:
    path = "model.ipynb" if cells else "model.py"
    document = Document(path, text, cells)
    target = Target("build_model", Span(path, 2, 5, 2, 16), Span(path, 2, 1, 3, 60), "function", None)
    conv = Span(path, 3, 12, 3, 60)
    error = ProbeError("ValueError", "Computed output size would be zero\nor negative", "build")
    finding = Finding(
        "HS201",
        "convolution-too-large",
        Severity.ERROR,
        "A 29×29 kernel needs 29 pixels and gets 28.",
        conv,
        "build_model",
        blame("kernel >= 29"),
        {"kernel": 29},
        error,
        fixes=(Fix("lower the maximum to 28", (Edit(Span(path, 3, 57, 3, 59), "28"),), verified=True),),
    )
    probed = TargetAnalysis(
        target,
        "probed",
        hyperparameters=(
            Hyperparameter("kernel", "Int", 3, (3, 29), 2, span=conv),
            Hyperparameter("lr", "Float", 0.1, min=0.1, max=1.0, sampling="log"),
        ),
        coverage=Coverage("exhaustive", 2, 2, 1, 0.5, (0.5, 0.5)),
        layers=(LayerRow(conv, "conv2d", "Conv2D", ((None, 26, 26, 8),), "(None, 26, 26, 8)", (80, 80)),),
        parameters=(80, 80),
        reports=(Report({"kernel": 29}, "fail", "symbolic", error), Report({"kernel": 3}, "ok", "symbolic")),
    )
    return Analysis(source.analyse(document), targets=(probed,), findings=(finding,), done=True)


def printed(result: Analysis, corners: bool = False) -> str:
    out = io.StringIO()
    printer = Printer(Console(file=out, soft_wrap=True, highlight=False, width=200))
    printer.file(result, corners)
    printer.summary([result])
    return out.getvalue()


def test_a_finding_is_shown_with_its_source_underlined_and_its_condition() -> None:
    lines = printed(analysis()).splitlines()
    assert lines[:8] == [
        "error[HS201] convolution-too-large: A 29×29 kernel needs 29 pixels and gets 28.",
        " --> model.py:3:12",
        "  |",
        "3 |     return keras.layers.Conv2D(8, hp.Int('kernel', 3, 29))",
        "  |            " + "^" * 47,
        "  = fails when: kernel >= 29",
        "  = for example: kernel=29",
        "  = ValueError: Computed output size would be zero",
    ]
    assert "  = fix: lower the maximum to 28" in lines
    assert (
        "✗ model.py:2 build_model: 50.0% of the space fails; all 2 configurations were tried; 80 parameters"
        in lines
    )
    assert lines[-1] == "1 file, 1 search space: 1 error; 1 with a fix that was tried"


def test_the_line_under_a_tab_or_at_the_end_of_a_line_is_underlined_where_it_stands() -> None:
    text = "def build_model(hp):\n\tx = [hp.Int('kernel', 3,\n\t29)]\n"
    result = analysis(text=text)
    span = Span("model.py", 2, 7, 3, 5)
    result = replace(result, findings=(replace(result.findings[0], span=span),))
    lines = printed(result).splitlines()
    assert lines[3] == "2 |     x = [hp.Int('kernel', 3,"
    assert lines[4] == "  |          " + "^" * 19


def test_every_probed_configuration_is_listed_on_request() -> None:
    text = printed(analysis(), corners=True)
    assert "    fail    kernel=29  ValueError: Computed output size would be zero" in text
    assert "    ok      kernel=3" in text


def test_the_json_keeps_to_the_contract() -> None:
    data = json.loads(contract.to_json([analysis()], None, corners=True))
    (file,) = data["files"]
    (target,) = file["targets"]
    assert data["schema"] == 1
    assert target["hyperparameters"] == [
        {"name": "kernel", "kind": "Int", "values": [3, 29], "line": 3, "cell": None},
        {
            "name": "lr",
            "kind": "Float",
            "min": 0.1,
            "max": 1.0,
            "step": None,
            "sampling": "log",
            "line": None,
            "cell": None,
        },
    ]
    assert target["coverage"]["failing_share"] == 0.5
    assert target["corners"][0] == {
        "values": {"kernel": 29},
        "verdict": "fail",
        "error": {"type": "ValueError", "message": "Computed output size would be zero\nor negative"},
    }
    (finding,) = file["findings"]
    assert (finding["line"], finding["column"], finding["end_column"], finding["cell"]) == (3, 12, 60, None)
    assert finding["fixes"][0]["edits"][0]["text"] == "28"


def test_corners_are_listed_only_on_request() -> None:
    data = json.loads(contract.to_json([analysis()], None, corners=False))
    assert "corners" not in data["files"][0]["targets"][0]


def test_lines_count_within_the_cell_of_a_notebook() -> None:
    data = json.loads(contract.to_json([analysis((Cell(1, 1, 1), Cell(4, 2, 2)))], None, corners=False))
    finding = data["files"][0]["findings"][0]
    assert (finding["cell"], finding["line"]) == (4, 2)
    assert "model.ipynb cell 4, line 2, column 12" in printed(analysis((Cell(1, 1, 1), Cell(4, 2, 2))))


def test_sarif_and_github_name_the_rule_and_the_place() -> None:
    result = json.loads(formats.to_sarif([analysis()]))["runs"][0]["results"][0]
    assert result["ruleId"] == "HS201"
    assert result["locations"][0]["physicalLocation"]["region"] == {
        "startLine": 3,
        "startColumn": 12,
        "endLine": 3,
        "endColumn": 60,
    }
    assert formats.to_github([analysis()]) == (
        "::error file=model.py,line=3,col=12,endLine=3,endColumn=60,title=HS201 convolution-too-large::"
        "A 29×29 kernel needs 29 pixels and gets 28."
    )


NOTEBOOK = {
    "cells": [
        {
            "cell_type": "markdown",
            "metadata": {"source": ["no"]},
            "source": ["# A, [t] {x}\n", '"quoted" \\ too'],
        },
        {
            "cell_type": "code",
            "outputs": [{"text": ["1\n"]}],
            "source": ["import keras\n", "\n", "def build_model(hp):"],
        },
        {
            "cell_type": "code",
            "source": ["    return keras.layers.Conv2D(\n", "8, hp.Int('kernel', 3, 29))\n"],
        },
        {"cell_type": "code", "source": "a = 1\nb = 2"},
    ],
    "nbformat": 4,
}


@pytest.mark.parametrize("indent", [1, 4, None])
def test_the_lines_of_a_notebook_in_sarif_and_github_are_those_of_its_file(
    tmp_path: Path, indent: int | None
) -> None:
    file = tmp_path / "model.ipynb"
    file.write_text(json.dumps(NOTEBOOK, indent=indent), encoding="utf-8")
    document = source.read(file)
    line = document.text.splitlines().index("8, hp.Int('kernel', 3, 29))") + 1
    span = Span(str(file), line - 1, 12, line, 5)
    finding = replace(analysis().findings[0], span=span)
    found = Analysis(source.analyse(document), findings=(finding,), done=True)

    (result,) = json.loads(formats.to_sarif([found]))["runs"][0]["results"]
    region = result["locations"][0]["physicalLocation"]["region"]
    shown = file.read_text(encoding="utf-8").splitlines()
    assert "layers.Conv2D(" in shown[region["startLine"] - 1]
    assert "hp.Int('kernel', 3, 29)" in shown[region["endLine"] - 1]
    assert set(region) == {"startLine", "endLine"}
    assert result["message"]["text"].startswith("cell 2, line 1: A 29×29 kernel")
    assert (
        f"line={region['startLine']},endLine={region['endLine']},title=HS201 convolution-too-large::cell 2, line 1: "
        in formats.to_github([found])
    )


def test_every_line_of_a_notebook_has_its_line_in_the_file(tmp_path: Path) -> None:
    file = tmp_path / "model.ipynb"
    file.write_text(json.dumps(NOTEBOOK, indent=1), encoding="utf-8")
    shown = file.read_text(encoding="utf-8").splitlines()
    found = {place: shown[line - 1].strip(' ",\n') for place, line in lines_in_file(str(file)).items()}
    assert found[1, 1] == "import keras\\n" and found[1, 2] == "\\n" and found[1, 3] == "def build_model(hp):"
    assert found[3, 1] == found[3, 2] == 'source": "a = 1\\nb = 2'


def test_a_notebook_that_cannot_be_read_again_still_has_a_line_that_viewers_take() -> None:
    in_cell = (Cell(1, 1, 1), Cell(4, 2, 2))
    (result,) = json.loads(formats.to_sarif([analysis(in_cell)]))["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"]["region"] == {"startLine": 1, "endLine": 1}
    assert result["message"]["text"].startswith("cell 4, line 2: ")


def test_why_nothing_could_be_checked_is_said_in_every_format() -> None:
    problem = "Keras is not installed."
    run = json.loads(formats.to_sarif([analysis()], [problem]))["runs"][0]
    assert run["invocations"] == [
        {
            "executionSuccessful": False,
            "toolExecutionNotifications": [{"level": "error", "message": {"text": problem}}],
        }
    ]
    assert json.loads(formats.to_sarif([analysis()]))["runs"][0]["invocations"][0]["executionSuccessful"]
    assert formats.to_github([], [problem]) == "::error title=hypershape::Keras is not installed."


def test_a_proof_and_a_sample_are_told_apart() -> None:
    proof = Coverage("exhaustive", 64, 64, 0, 0.0, (0.0, 0.0), {"lr": "a learning rate"})
    assert (
        coverage_sentence(proof)
        == "all 64 configurations build, proved by trying them all (lr cannot matter)"
    )
    single = replace(proof, space=1, probed=1, held={})
    assert coverage_sentence(single) == "the only configuration builds, proved by trying it"
    wide = Coverage(
        "exhaustive", 11_796_480, 30, 0, 0.0, (0.0, 0.0), {f"units_{i}": "" for i in range(6)}, False
    )
    assert coverage_sentence(wide) == (
        "all 11,796,480 configurations build, proved from 30 (units_0, units_1, units_2, units_3 and 2 more cannot matter)"
    )
    part = replace(wide, failed=12, failing_share=0.4, held={})
    assert (
        coverage_sentence(part) == "40.0% of the space fails; all 11,796,480 configurations, proved from 30"
    )
    none = replace(wide, failed=30, failing_share=1.0)
    assert coverage_sentence(none) == "every configuration fails (all 11,796,480, proved from 30)"
    assert coverage_sentence(replace(none, space=30, all_ran=True)) == "every configuration fails (30 tried)"
    sample = Coverage("sampled", 5_000_000, 900, 90, 0.1, (0.08, 0.12))
    assert coverage_sentence(sample) == (
        "sampled 900 of 5,000,000 configurations, 90 fail; a random trial fails with a chance of 8.0% to 12.0%"
    )


@pytest.mark.parametrize("mode", ["exhaustive", "sampled"])
def test_a_check_mark_is_a_proof_and_a_sample_without_failures_has_none(mode: str) -> None:
    tried = 24 if mode == "exhaustive" else 3
    coverage = Coverage(mode, 24, tried, 0, 0.0, (0.0, 0.7))  # type: ignore[arg-type]
    done = analysis()
    target = replace(done.targets[0], coverage=coverage, causes=())
    text = printed(replace(done, targets=(target,), findings=()))
    assert ("✓" in text) == (mode == "exhaustive")


def test_no_check_mark_stands_over_a_file_that_ends_before_its_search() -> None:
    coverage = Coverage("exhaustive", 24, 24, 0, 0.0, (0.0, 0.0))
    done = analysis()
    target = replace(done.targets[0], coverage=coverage, causes=())
    gone = Finding("HS006", "removed-import", Severity.ERROR, "Gone.", Span("model.py", 1, 1, 1, 13))
    shown = [
        printed(replace(done, targets=(target,), findings=(replace(gone, ends=ends),)))
        for ends in (True, False)
    ]
    assert "✓" not in shown[0] and "; but the file ends on line 1 (HS006)" in shown[0]
    assert "✓" in shown[1] and "the file ends" not in shown[1]


def test_a_check_mark_says_what_was_played_and_is_none_where_a_trial_fails() -> None:
    coverage = Coverage("exhaustive", 24, 24, 0, 0.0, (0.0, 0.0))
    done = analysis()
    tuner = done.targets[0].target.span

    def shown(*verdicts: Verdict, trials: int = 1, cut: bool = False, stage: Stage | None = None) -> str:
        played = tuple(Rehearsal({}, verdict, tuner, stage, facts={"trials": trials}) for verdict in verdicts)
        target = replace(done.targets[0], coverage=coverage, causes=(), rehearsals=played, rehearsals_cut=cut)
        return printed(replace(done, targets=(target,), findings=()))

    assert "✓" in shown("ok", "ok")
    assert "; 2 rehearsed trials run to the end" in shown("ok", "ok")
    assert "✗" in shown("ok", "fail", "unknown")
    assert "; 1 of 2 rehearsed trials fails" in shown("ok", "fail", "unknown")
    assert "rehearsed" not in shown("unknown") + shown("ok", trials=0)
    after = "; 1 rehearsed trial runs to the end; what follows the search is not checked"
    assert after in shown("unknown", stage="after")
    ran = "; 1 rehearsed trial runs to the end; what follows the search fails"
    assert "✗" in shown("fail", stage="after") and ran in shown("fail", stage="after")
    assert "✗" in shown("fail", trials=0)
    assert "; rehearsed, its search does not begin" in shown("fail", trials=0)
    assert "○" in shown("ok", cut=True)
    assert "1 rehearsed trial runs to the end; there was no time to rehearse others" in shown("ok", cut=True)
    assert "○" in shown(cut=True)
    assert "; there was no time to rehearse its search" in shown(cut=True)


def test_no_check_mark_stands_over_a_search_that_a_limit_ended() -> None:
    done = analysis()
    coverage = Coverage("exhaustive", 24, 24, 0, 0.0, (0.0, 0.0))

    def shown(type_: str, stage: Stage | None = None) -> str:
        error = ProbeError(type_, "It took longer than 20 s.", "limit")
        played = Rehearsal({}, "unknown", done.targets[0].target.span, stage, error, facts={"trials": 1})
        target = replace(done.targets[0], coverage=coverage, causes=(), rehearsals=(played,))
        return printed(replace(done, targets=(target,), findings=()))

    assert "○" in shown("Timeout") and "; the trials of its search are not checked" in shown("Timeout")
    assert "✓" in shown("Missing") and "are not checked" not in shown("Missing")
    assert "are not checked" not in shown("Timeout", "after")


def test_what_is_only_noted_has_no_cross() -> None:
    done = analysis()
    failing = done.targets[0].reports[0]
    assert failing.error is not None
    cause = Cause(failing.error, failing, (failing.configuration,), None, True, 0.5)
    targets = (replace(done.targets[0], causes=(cause,)),)

    def shown(severity: Severity) -> str:
        findings = (replace(done.findings[0], cause=cause, severity=severity),)
        return printed(replace(done, targets=targets, findings=findings))

    assert "✗" in shown(Severity.ERROR)
    assert "○" in shown(Severity.INFO)


def test_what_does_not_parse_is_named_and_not_passed_over() -> None:
    document = source.from_text("model.py", "x = 1\ny = (\n")
    text = printed(Analysis(source.analyse(document), done=True))
    assert "model.py:2: does not parse, and was left out" in text


def test_the_json_tells_what_was_rehearsed() -> None:
    done = analysis()
    error = ProbeError("KeyError", "val_error", "step")
    tuner = done.targets[0].target.span
    played = Rehearsal(
        {"kernel": 3},
        "fail",
        tuner,
        "callbacks",
        error,
        trial=1,
        values={"kernel": 3, "batch": 8},
        seconds=1.25,
    )
    text = contract.to_json(
        [replace(done, rehearsals=(played, Rehearsal({}, "ok", tuner)))], None, corners=False
    )
    first, second = json.loads(text)["files"][0]["rehearsals"]
    assert first == {
        "line": tuner.line,
        "cell": None,
        "verdict": "fail",
        "stage": "callbacks",
        "trial": 1,
        "fatal": False,
        "assumed": False,
        "configuration": {"kernel": 3},
        "values": {"kernel": 3, "batch": 8},
        "error": {"type": "KeyError", "message": "val_error"},
        "elapsed_ms": 1250,
    }
    assert (second["verdict"], second["stage"], second["trial"], second["error"]) == ("ok", None, None, None)


def test_shares_in_json_lie_between_zero_and_one_and_carry_no_rounding() -> None:
    coverage = Coverage("sampled", 100, 3, 3, 1.0000000000000002, (-1.7e-18, 0.30000000000000004))
    done = analysis()
    target = replace(done.targets[0], coverage=coverage)
    (told,) = json.loads(contract.to_json([replace(done, targets=(target,))], None, False))["files"][0][
        "targets"
    ]
    assert (told["coverage"]["failing_share"], told["coverage"]["interval"]) == (1.0, [0.0, 0.3])


def test_json_stays_json_where_a_value_is_infinite_or_no_number() -> None:
    odd = analysis()
    odd.findings[0].configuration.update(kernel=float("inf"), rate=float("nan"))
    written = contract.to_json([odd], None, corners=False)

    def refused(constant: str) -> None:
        raise AssertionError(constant)

    (file,) = json.loads(written, parse_constant=refused)["files"]
    assert file["findings"][0]["configuration"] == {"kernel": "inf", "rate": "nan"}


def test_many_assumptions_are_told_by_the_first_and_their_number() -> None:
    assert wording.first_of(("a", "b", "c", "d")) == "a, b, c, d"
    assert wording.first_of(("a", "b", "c", "d", "e")) == "a, b, c and 2 more"
