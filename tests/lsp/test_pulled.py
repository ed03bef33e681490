"""Editors that ask for diagnostics, and what is sent only to those that show it."""

from __future__ import annotations

from pathlib import Path

from lsprotocol import types

from tests.lsp.conftest import Editor

STATIC = """\
def build_model(hp):
    hp.Choice("initializer", [1, "glorot_uniform"])
    hp.Int("units", 1, 4)
    return None
"""

UNUSED = """\
from keras import layers


def build_model(hp, model):
    hp.Choice("initializer", [1, "glorot_uniform"])
    units = hp.Int("units", 32, 64)
    model.add(layers.Dense(64))
    return model
"""


async def of(editor: Editor, uri: str, before: str | None = None) -> types.DocumentDiagnosticReport:
    asked = types.DocumentDiagnosticParams(types.TextDocumentIdentifier(uri), previous_result_id=before)
    return await editor.client.text_document_diagnostic_async(asked)


async def all_of(editor: Editor, *before: types.PreviousResultId) -> types.WorkspaceDiagnosticReport:
    asked = types.WorkspaceDiagnosticParams(list(before))
    return await editor.client.workspace_diagnostic_async(asked)


async def test_an_editor_that_asks_is_told_to_ask_again_and_is_sent_nothing(
    editor: Editor, tmp_path: Path
) -> None:
    result = await editor.start(pulls=True, trusted=False)
    assert result.capabilities.diagnostic_provider.workspace_diagnostics
    uri = editor.open(tmp_path / "m.py", STATIC)
    await editor.until(lambda: editor.refreshed[types.WORKSPACE_DIAGNOSTIC_REFRESH] > 0, 20)
    found = await of(editor, uri)
    assert isinstance(found, types.RelatedFullDocumentDiagnosticReport)
    assert "HS101" in [each.code for each in found.items]
    assert uri not in editor.client.diagnostics
    again = await of(editor, uri, found.result_id)
    assert isinstance(again, types.RelatedUnchangedDocumentDiagnosticReport)


async def test_all_files_with_diagnostics_are_given_at_once_and_only_where_they_differ(
    editor: Editor, tmp_path: Path
) -> None:
    await editor.start(pulls=True, trusted=False)
    first = editor.open(tmp_path / "first.py", STATIC)
    second = editor.open(tmp_path / "second.py", STATIC)
    await editor.until(lambda: editor.refreshed[types.WORKSPACE_DIAGNOSTIC_REFRESH] > 1, 20)
    for uri in (first, second):
        await of(editor, uri)
    told = {each.uri: each for each in (await all_of(editor)).items}
    assert {first, second} <= told.keys()
    known = types.PreviousResultId(first, told[first].result_id or "")
    kinds = {each.uri: each.kind for each in (await all_of(editor, known)).items}
    assert kinds[first] == "unchanged" and kinds[second] == "full"


async def test_what_was_asked_for_is_taken_back_when_the_file_is_closed(
    editor: Editor, tmp_path: Path
) -> None:
    await editor.start(pulls=True, trusted=False)
    uri = editor.open(tmp_path / "m.py", STATIC)
    await editor.until(lambda: editor.refreshed[types.WORKSPACE_DIAGNOSTIC_REFRESH] > 0, 20)
    known = (await of(editor, uri)).result_id or ""
    before = editor.refreshed[types.WORKSPACE_DIAGNOSTIC_REFRESH]
    editor.client.text_document_did_close(types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(uri)))
    await editor.until(lambda: editor.refreshed[types.WORKSPACE_DIAGNOSTIC_REFRESH] > before, 20)
    (told,) = (await all_of(editor, types.PreviousResultId(uri, known))).items
    assert isinstance(told, types.WorkspaceFullDocumentDiagnosticReport) and not told.items


async def test_an_editor_that_wants_to_be_sent_diagnostics_is(editor: Editor, tmp_path: Path) -> None:
    result = await editor.start(pulls=True, trusted=False, diagnostics="push")
    assert result.capabilities.diagnostic_provider is None
    uri = editor.open(tmp_path / "m.py", STATIC)
    await editor.until(lambda: "HS101" in editor.codes(uri), 20)


async def test_what_nothing_needs_is_faded(editor: Editor, tmp_path: Path) -> None:
    await editor.start(trusted=False)
    uri = editor.open(tmp_path / "m.py", UNUSED)
    await editor.until(lambda: "HS111" in editor.codes(uri), 20)
    tags = {each.code: each.tags for each in editor.client.diagnostics[uri]}
    assert list(tags["HS111"] or ()) == [types.DiagnosticTag.Unnecessary] and tags["HS101"] is None
