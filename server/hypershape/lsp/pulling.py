"""Diagnostics for editors that ask for them: of one document, or of all that have any."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from lsprotocol import types

if TYPE_CHECKING:
    from hypershape.lsp.server import Server

UNCHANGED = types.DocumentDiagnosticReportKind.Unchanged
FULL = types.DocumentDiagnosticReportKind.Full


def register(server: Server) -> None:
    """Adds the handlers to a server whose editor asks; they answer with what is known now."""
    options = types.DiagnosticOptions(
        inter_file_dependencies=True, workspace_diagnostics=True, identifier="hypershape"
    )

    @server.feature(types.TEXT_DOCUMENT_DIAGNOSTIC, options)
    async def document(params: types.DocumentDiagnosticParams) -> types.DocumentDiagnosticReport:
        uri = params.text_document.uri
        await server.settled(server.owner(uri))
        known = result_id(server.shown_in(uri))
        if known == params.previous_result_id:
            return types.RelatedUnchangedDocumentDiagnosticReport(known)
        return types.RelatedFullDocumentDiagnosticReport(list(server.shown_in(uri)), result_id=known)

    @server.feature(types.WORKSPACE_DIAGNOSTIC)
    async def workspace(params: types.WorkspaceDiagnosticParams) -> types.WorkspaceDiagnosticReport:
        before = {each.uri: each.value for each in params.previous_result_ids}
        return types.WorkspaceDiagnosticReport(
            [_of(server, uri, before.get(uri)) for uri in dict.fromkeys([*server.shown_uris(), *before])]
        )


def _of(server: Server, uri: str, before: str | None) -> types.WorkspaceDocumentDiagnosticReport:
    shown, version = server.shown_in(uri), server.version_of(uri)
    known = result_id(shown)
    if known == before:
        return types.WorkspaceUnchangedDocumentDiagnosticReport(uri, known, version)
    return types.WorkspaceFullDocumentDiagnosticReport(uri, list(shown), version, result_id=known)


def result_id(shown: Iterable[types.Diagnostic]) -> str:
    """The same for the same diagnostics, as long as the server runs."""
    return f"{hash(tuple(map(repr, shown))) & (1 << 64) - 1:x}"
