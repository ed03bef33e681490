"""What the server does for the editor beside its event loop, so that a key that is typed meanwhile does not wait."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from lsprotocol import types
from pygls.workspace import PositionCodec, Workspace

from hypershape import rules, source
from hypershape.lsp import carry, convert
from hypershape.lsp import typing as typing_
from hypershape.lsp.positions import View
from hypershape.lsp.server import Server, create_server
from hypershape.lsp.session import Session
from hypershape.model import Analysis

PATH, URI = "/project/model.py", "file:///project/model.py"
TEXT = "def build_model(hp):\n    return hp.Int('kernel', 3, 10, step=2)\n"


class Noted:
    """The functions that ran, each with whether it held up the loop."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.loop = threading.get_ident()
        self.ran: dict[str, bool] = {}
        self._patch = patch

    def watch(self, owner: Any, name: str) -> None:
        function: Callable[..., Any] = getattr(owner, name)

        def noting(*args: Any, **kwargs: Any) -> Any:
            self.ran[name] = threading.get_ident() == self.loop
            return function(*args, **kwargs)

        self._patch.setattr(owner, name, noting)


@pytest.fixture
def noted(monkeypatch: pytest.MonkeyPatch) -> Noted:
    seen = Noted(monkeypatch)
    for owner, name in [
        (convert, "diagnostics"),
        (convert, "code_actions"),
        (rules, "refactorings"),
        (carry, "mover"),
        (carry, "moved"),
    ]:
        seen.watch(owner, name)
    return seen


def opened() -> tuple[Server, Session]:
    """A server that has one file open, analysed as far as its text goes."""
    server = create_server()
    server.protocol._workspace = Workspace(None, types.TextDocumentSyncKind.Incremental)
    server.protocol.client_capabilities = types.ClientCapabilities()
    server.workspace.put_text_document(types.TextDocumentItem(URI, "python", 1, TEXT))
    document = source.from_text(PATH, TEXT)
    module = source.analyse(document)
    session = server.sessions.setdefault(URI, Session(URI))
    session.analysis = Analysis(module, findings=rules.findings(Analysis(module)), done=True)
    session.view, session.versions = View.of(document, PositionCodec(), [URI]), {URI: 1}
    return server, session


async def test_diagnostics_and_code_actions_are_made_beside_the_loop(
    noted: Noted, monkeypatch: pytest.MonkeyPatch
) -> None:
    server, session = opened()
    shown: list[types.PublishDiagnosticsParams] = []
    monkeypatch.setattr(server, "text_document_publish_diagnostics", shown.append)
    await server._publish(session)
    assert [each.code for each in shown[-1].diagnostics] == ["HS103"]
    place = shown[-1].diagnostics[0].range
    code_action = server.protocol.fm.features[types.TEXT_DOCUMENT_CODE_ACTION]
    asked = types.CodeActionParams(
        types.TextDocumentIdentifier(URI), place, types.CodeActionContext(shown[-1].diagnostics)
    )
    assert await code_action(asked)
    assert noted.ran == {"diagnostics": False, "code_actions": False, "refactorings": False}


async def test_what_was_found_in_a_text_that_has_changed_meanwhile_is_not_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    server, session = opened()
    shown: list[types.PublishDiagnosticsParams] = []
    monkeypatch.setattr(server, "text_document_publish_diagnostics", shown.append)
    whole = types.TextDocumentContentChangeWholeDocument(TEXT + "\n")
    server.workspace.update_text_document(types.VersionedTextDocumentIdentifier(2, URI), whole)
    await server._publish(session)
    assert shown == []


async def test_what_is_wrong_with_half_a_word_is_shown_once_it_is_whole(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    server, session = opened()
    shown: list[types.PublishDiagnosticsParams] = []
    monkeypatch.setattr(server, "text_document_publish_diagnostics", shown.append)
    monkeypatch.setattr(typing_, "WAIT_SECONDS", 0.05)
    session.typing = typed("t")
    await server._publish(session)
    assert shown[-1].diagnostics == []
    while len(shown) < 2:
        await asyncio.sleep(0.01)
    assert [each.code for each in shown[-1].diagnostics] == ["HS103"]
    session.typing = typed("x")
    await server._publish(session)
    assert len(shown) == 2, "what was there already stays"


def typed(text: str) -> typing_.Typing | None:
    place = types.Range(types.Position(1, 12), types.Position(1, 12))
    return typing_.Typing.of(URI, [types.TextDocumentContentChangePartial(place, text)])


def test_a_number_or_a_whole_line_is_no_half_word() -> None:
    words = [typed(text) for text in ("lay", ".", "5", "=")]
    assert [each is not None and each.in_a_word for each in words] == [True, True, False, False]
    assert typed("") is None and typed("x\ny") is None


def test_that_a_half_typed_line_cannot_be_checked_is_not_told_while_it_is_typed() -> None:
    def told(code: str, line: int) -> types.Diagnostic:
        place = types.Position(line, 0)
        return types.Diagnostic(types.Range(place, place), "told", code=code)

    for text, kept in (("=", ["HS103"]), ("x", [])):
        typing = typed(text)
        found = {URI: [told("HS901", 7), told("HS103", 1)]}
        assert typing is not None and typing.takes_out(found, {})
        assert [each.code for each in found[URI]] == kept
        found = {URI: [told("HS901", 7)]}
        assert not typing.takes_out(found, {URI: [told("HS901", 7)]}), "what was there already stays"


async def test_diagnostics_are_sent_again_only_where_they_differ(monkeypatch: pytest.MonkeyPatch) -> None:
    server, session = opened()
    shown: list[types.PublishDiagnosticsParams] = []
    monkeypatch.setattr(server, "text_document_publish_diagnostics", shown.append)
    await server._publish(session)
    await server._publish(session)
    assert len(shown) == 1
    assert session.analysis is not None
    session.analysis = replace(session.analysis, findings=())
    await server._publish(session)
    assert [len(each.diagnostics) for each in shown] == [1, 0]
    server.forget(URI)
    assert len(shown) == 2, "an empty list is there already"


async def test_results_are_carried_over_an_edit_beside_the_loop(
    noted: Noted, monkeypatch: pytest.MonkeyPatch
) -> None:
    server, session = opened()
    session.probed = session.analysis
    whole = types.TextDocumentContentChangeWholeDocument(TEXT + "\n")
    server.workspace.update_text_document(types.VersionedTextDocumentIdentifier(2, URI), whole)
    monkeypatch.setattr(server, "text_document_publish_diagnostics", lambda params: None)
    monkeypatch.setattr(server, "_show", lambda shown: None)
    server.configuration = replace(server.configuration, trusted=False)
    await server._run(session)
    assert noted.ran["mover"] is False and noted.ran["moved"] is False
