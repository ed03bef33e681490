"""What the editor may apply at once, and how loudly it shows what."""

import asyncio
from dataclasses import replace

import pytest
from lsprotocol import types
from pygls.workspace import PositionCodec

from hypershape import source
from hypershape.analysis.clock import Clock
from hypershape.analysis.together import with_all
from hypershape.lsp import convert
from hypershape.lsp.client import EVERYTHING, Client
from hypershape.lsp.positions import View
from hypershape.model import Analysis, Edit, Finding, Fix, Options, Related, Severity, Span

PATH, URI = "/project/model.py", "file:///project/model.py"
TEXT = "first(1, 2)\nsecond(3)\n"


def span(line: int, start: int, end: int) -> Span:
    return Span(PATH, line, start, line, end)


def fixed(code: str, place: Span, *edits: Edit, verified: bool = True, preferred: bool = True) -> Finding:
    fix = Fix(f"Repair {code}", edits, verified=verified, preferred=preferred)
    return Finding(code, code.lower(), Severity.ERROR, "It fails.", place, fixes=(fix,))


def applied(*findings: Finding) -> list[str]:
    """The new texts of the one action that applies all repairs; empty when there is none."""
    document = source.from_text(PATH, TEXT)
    view = View.of(document, PositionCodec(), [URI])
    analysis = Analysis(source.analyse(document), findings=findings, done=True)
    tried = asyncio.run(with_all(analysis, None, Options(), Clock(5)))
    found = convert.fix_all(tried, view, {URI: 7})
    if not found:
        return []
    (action,) = found
    assert action.edit is not None and action.edit.document_changes is not None
    (change,) = action.edit.document_changes
    assert isinstance(change, types.TextDocumentEdit)
    assert change.text_document.version == 7
    return [each.new_text for each in change.edits if isinstance(each, types.TextEdit)]


FIRST = fixed("HS201", span(1, 1, 12), Edit(span(1, 7, 8), "9"))


def test_repairs_of_different_places_are_applied_together() -> None:
    assert applied(FIRST, fixed("HS202", span(2, 1, 10), Edit(span(2, 8, 9), "5"))) == ["9", "5"]


@pytest.mark.parametrize("other", [span(1, 7, 8), span(1, 8, 11), span(1, 1, 12)])
def test_of_two_repairs_that_touch_only_the_first_is_applied(other: Span) -> None:
    assert applied(FIRST, fixed("HS202", span(1, 1, 12), Edit(other, "5"))) == ["9"]


def test_a_repair_that_partly_touches_another_is_left_out_as_a_whole() -> None:
    both = fixed("HS202", span(2, 1, 10), Edit(span(2, 8, 9), "5"), Edit(span(1, 8, 9), ";"))
    assert applied(FIRST, both) == ["9"]


def test_what_is_not_verified_or_not_preferred_is_never_applied_unasked() -> None:
    edit = Edit(span(2, 8, 9), "5")
    assert applied(fixed("HS202", span(2, 1, 10), edit, verified=False)) == []
    assert applied(fixed("HS202", span(2, 1, 10), edit, preferred=False)) == []


def test_an_edit_that_takes_away_a_part_of_the_space_says_so_to_an_editor_that_shows_edits_first() -> None:
    document = source.from_text(PATH, TEXT)
    view = View.of(document, PositionCodec(), [URI])
    place = span(1, 1, 12)
    fix = Fix("Lower it", (Edit(span(1, 7, 8), "9"),), verified=True, drops=0.25, leaves=0.0)
    finding = Finding("HS201", "hs201", Severity.ERROR, "It fails.", place, fixes=(fix,))
    analysis = Analysis(source.analyse(document), findings=(finding,), done=True)

    def edit(client: Client) -> types.WorkspaceEdit:
        actions = convert.code_actions(analysis, place, view, {URI: 1}, lambda path: None, client)
        assert actions[0].edit is not None
        return actions[0].edit

    shown = edit(EVERYTHING).change_annotations or {}
    assert [each.label for each in shown.values()] == ["Drops 25 % of the search space"]
    assert edit(replace(EVERYTHING, annotations=False)).change_annotations is None


def test_related_places_are_told_to_an_editor_that_shows_them() -> None:
    document = source.from_text(PATH, TEXT)
    view = View.of(document, PositionCodec(), [URI])
    related = (Related(span(2, 1, 7), "it is drawn here"),)
    finding = Finding("HS201", "x", Severity.ERROR, "It fails.", span(1, 1, 12), related=related)

    def told(client: Client) -> object:
        (shown,) = convert.diagnostics([finding], view, lambda path: None, client)[URI]
        return shown.related_information

    assert told(EVERYTHING) and told(replace(EVERYTHING, related=False)) is None
