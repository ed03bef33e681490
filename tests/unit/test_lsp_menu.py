"""The quick-fix menu while repairs are being tried, and what stays when an analysis saw less than the one before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from lsprotocol import types
from pygls.workspace import PositionCodec

from hypershape import source
from hypershape.lsp import carry, convert
from hypershape.lsp.client import Client
from hypershape.lsp.positions import View
from hypershape.model import (
    Analysis,
    Cause,
    Coverage,
    Edit,
    Finding,
    Fix,
    Frame,
    LayerCall,
    ProbeError,
    Report,
    Severity,
    Span,
    TargetAnalysis,
)

from .handmade import blame

PATH, URI = "/project/model.py", "file:///project/model.py"
TEXT = "import keras\n\n\ndef build_model(hp):\n    kernel = hp.Int('kernel', 3, 9, step=2)\n    return keras.Sequential([])\n"
PLACE = Span(PATH, 5, 14, 5, 44)
LOWER = Fix("Lower the maximum", (Edit(Span(PATH, 5, 34, 5, 35), "7"),))
PAD = Fix("Pad", (Edit(Span(PATH, 6, 12, 6, 16), "0"),))
FINDING = Finding(
    "HS201",
    "too-large",
    Severity.ERROR,
    "It fails.",
    PLACE,
    "build_model",
    repairs=lambda: iter([LOWER, PAD]),
)


def menu(finding: Finding, done: bool = False, seen: Coverage | None = None) -> list[str]:
    """The titles in the menu at the finding's place."""
    document = source.from_text(PATH, TEXT)
    module = source.analyse(document)
    targets = tuple(TargetAnalysis(each, "probed", coverage=seen) for each in module.targets)
    analysis = Analysis(module, targets=targets, findings=(finding,), done=done)
    view = View.of(document, PositionCodec(), [URI])
    return [each.title for each in convert.code_actions(analysis, PLACE, view, {URI: 1}, lambda path: None)]


def test_repairs_come_with_the_squiggle_and_say_that_they_are_not_tried_yet() -> None:
    assert menu(FINDING) == [
        "Lower the maximum (not tried yet)",
        "Pad (not tried yet)",
        "Silence HS201 on this line",
    ]


def test_before_trial_what_keeps_the_space_leads_until_the_space_is_proved() -> None:
    finding = replace(FINDING, repairs=lambda: iter([replace(LOWER, drops=0.25), PAD]))
    lower, pad = "Lower the maximum (not tried yet)", "Pad (not tried yet)"
    partly = Coverage("sampled", 4, 2, 1, 0.5, (0.1, 0.9))
    assert menu(finding, seen=partly)[:2] == [pad, lower]
    proved = Coverage("exhaustive", 4, 4, 1, 0.25, (0.25, 0.25))
    assert menu(finding, seen=proved)[:2] == [lower, pad]


def test_half_of_the_space_is_given_up_untried_only_where_nothing_keeps_it() -> None:
    halved = replace(LOWER, drops=0.5)
    both = replace(FINDING, repairs=lambda: iter([halved, PAD]))
    assert menu(both) == ["Pad (not tried yet)", "Silence HS201 on this line"]
    alone = replace(FINDING, repairs=lambda: iter([halved]))
    assert menu(alone) == ["Lower the maximum (not tried yet)", "Silence HS201 on this line"]
    # Giving trials up on purpose keeps the space and repairs nothing.
    given_up = replace(alone, last_resorts=lambda: iter([replace(PAD, title="Give up")]))
    assert menu(given_up)[:2] == ["Lower the maximum (not tried yet)", "Give up (not tried yet)"]


def test_of_the_repairs_those_stay_that_passed_their_trial_or_had_none() -> None:
    half = FINDING.with_fixes((replace(PAD, verified=True),), settled=False)
    assert menu(half, done=True) == ["Pad", "Lower the maximum (not tried)", "Silence HS201 on this line"]
    tried = FINDING.with_fixes((replace(PAD, verified=True),), refused=("Lower the maximum",))
    assert menu(tried, done=True) == ["Pad", "Silence HS201 on this line"]


def test_silence_is_last_of_all_and_not_alone_while_repairs_are_tried() -> None:
    assert menu(replace(FINDING, repairs=lambda: iter([]))) == []
    assert menu(replace(FINDING, repairs=lambda: iter([])), done=True) == ["Silence HS201 on this line"]
    document = source.from_text(PATH, TEXT)
    two = Analysis(source.analyse(document), findings=(FINDING, replace(FINDING, code="HS202")))
    view = View.of(document, PositionCodec(), [URI])
    titles = [each.title for each in convert.code_actions(two, PLACE, view, {URI: 1}, lambda path: None)]
    assert [title.startswith("Silence") for title in titles] == [False] * 4 + [True] * 2


def test_only_what_passed_its_trial_is_preferred() -> None:
    document = source.from_text(PATH, TEXT)
    view = View.of(document, PositionCodec(), [URI])
    analysis = Analysis(source.analyse(document), findings=(FINDING,))
    actions = convert.code_actions(analysis, PLACE, view, {URI: 1}, lambda path: None)
    assert not any(each.is_preferred for each in actions)
    assert all(isinstance(each.edit, types.WorkspaceEdit) for each in actions)


def test_what_an_exception_says_is_left_to_the_hover_where_the_editor_folds_it() -> None:
    document = source.from_text(PATH, TEXT)
    view = View.of(document, PositionCodec(), [URI])
    finding = replace(FINDING, message="It fails.\nValueError: negative", said="ValueError: negative")

    def told(**options: object) -> str:
        client = Client.of(types.ClientCapabilities(), options)
        ((shown,),) = convert.diagnostics([finding], view, lambda path: None, client).values()
        return shown.message

    assert told(exceptions="folded") == "It fails."
    assert told() == "It fails.\nValueError: negative"


# ------------------------------------------------------------------- what was known stays

FAILS = Report({"kernel": 9}, "fail", "symbolic", ProbeError("ValueError", "negative", "build"))
BUILDS = tuple(Report({"kernel": kernel}, "ok", "symbolic") for kernel in (3, 5, 7))
CAUSE = Cause(FAILS.error, FAILS, (FAILS.configuration,), blame("kernel >= 9"), True, 0.25)  # type: ignore[arg-type]


def analysed(text: str, change: Callable[[TargetAnalysis], TargetAnalysis], *findings: Finding) -> Analysis:
    module = source.analyse(source.from_text(PATH, text))
    (target,) = module.targets
    return Analysis(module, targets=(change(TargetAnalysis(target, "probed")),), findings=findings)


def whole(target: TargetAnalysis) -> TargetAnalysis:
    seen = Coverage("exhaustive", 4, 4, 1, 0.25, (0.25, 0.25))
    return replace(target, coverage=seen, reports=(FAILS, *BUILDS), causes=(CAUSE,))


def sampled(*reports: Report) -> Callable[[TargetAnalysis], TargetAnalysis]:
    seen = Coverage("sampled", 4, len(reports), 0, 0.0, (0.0, 0.9))
    return lambda target: replace(target, coverage=seen, reports=reports)


KNOWN = replace(FINDING, cause=CAUSE, condition=CAUSE.condition)
BEFORE = analysed(TEXT, whole, KNOWN)


def test_a_known_failure_is_not_taken_back_by_an_analysis_that_saw_less() -> None:
    for done in (False, True):
        less = replace(analysed(TEXT, sampled(*BUILDS[:1])), done=done)
        after = carry.with_kept(less, carry.carried(BEFORE, TEXT))
        assert after.findings == (KNOWN,) and after.targets[0].causes == (CAUSE,)


def test_a_known_failure_is_taken_back_where_probes_say_otherwise_or_more_was_seen() -> None:
    kept = carry.carried(BEFORE, TEXT)
    otherwise = analysed(TEXT, sampled(Report({"kernel": 9}, "ok", "symbolic")))
    assert carry.with_kept(otherwise, kept).findings == ()
    proved = analysed(
        TEXT,
        lambda target: replace(whole(target), causes=(), coverage=replace(whole(target).coverage, probed=2)),  # type: ignore[type-var]
    )
    assert carry.with_kept(proved, kept).findings == ()


def test_a_known_failure_is_taken_back_where_the_search_space_was_edited() -> None:
    text = TEXT.replace("3, 9", "3, 7")
    after = carry.with_kept(analysed(text, sampled(*BUILDS[:1])), carry.carried(BEFORE, text))
    assert after.findings == ()


def test_all_that_is_known_of_lines_moves_with_them_over_an_edit() -> None:
    layer = LayerCall(PLACE, "conv2d", "Conv2D", ((None, 8, 8, 1),), ((None, 6, 6, 4),), "float32", 40)
    (target,) = BEFORE.targets
    cause = replace(CAUSE, error=replace(CAUSE.error, frames=(Frame(PLACE, "build_model"),)))
    reports = tuple(replace(each, layers=(layer,)) for each in target.reports)
    drawn = replace(target, reports=reports, causes=(cause,))
    before = replace(BEFORE, targets=(drawn,))
    for added in (1, 3):
        (target,) = carry.carried(before, "# A remark.\n" * added + TEXT).targets
        assert {call.span for each in target.reports for call in each.layers} == {
            replace(PLACE, line=PLACE.line + added, end_line=PLACE.end_line + added)
        }
        assert target.causes[0].error.span == replace(
            PLACE, line=PLACE.line + added, end_line=PLACE.end_line + added
        )
    (target,) = carry.carried(before, "\n".join(TEXT.splitlines()[: PLACE.line - 1])).targets
    assert not any(each.layers for each in target.reports)


def test_a_failure_is_known_as_long_as_its_search_space_says_the_same_wherever_it_stands() -> None:
    text = "# A remark.\n" + TEXT
    after = carry.with_kept(analysed(text, sampled(*BUILDS[:1])), carry.carried(BEFORE, text))
    (finding,) = after.findings
    assert finding.span.line == PLACE.line + 1


def test_repairs_of_a_text_before_an_edit_are_not_offered_after_it() -> None:
    moved = carry.carried(BEFORE, "# A comment.\n" + TEXT)
    (finding,) = moved.findings
    assert finding.span.line == PLACE.line + 1
    assert list(finding.candidates()) == [] and not finding.fixes
