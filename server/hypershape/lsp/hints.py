"""Inlay hints: the output shapes at the ends of the lines of layers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

from hypershape.model import Span

if TYPE_CHECKING:
    from hypershape.lsp import shapes
    from hypershape.lsp.server import Server
    from hypershape.lsp.session import Session


def register(server: Server) -> None:
    """Adds the handlers to a server."""

    @server.feature(types.TEXT_DOCUMENT_INLAY_HINT, types.InlayHintOptions(resolve_provider=True))
    async def inlay_hint(params: types.InlayHintParams) -> list[types.InlayHint]:
        owner = server.owner(params.text_document.uri)
        session = await server.settled(owner)
        settings = server.settings_of(owner)
        if session is None or not settings.hints:
            return []
        found = await _lines(session)
        return _hints(session, params, found, settings.hint_length)

    @server.feature(types.INLAY_HINT_RESOLVE)
    async def resolve(hint: types.InlayHint) -> types.InlayHint:
        from hypershape.lsp import shapes

        uri, line = hint.data if isinstance(hint.data, list) and len(hint.data) == 2 else ("", 0)
        session = server.sessions.get(uri)
        found = await _lines(session) if session is not None else ()
        for each in found:
            if session is not None and session.analysis is not None and each.span.end_line == line:
                text = shapes.explained(session.analysis, each, session.pins)
                hint.tooltip = types.MarkupContent(types.MarkupKind.Markdown, text)
        return hint


async def _lines(session: Session) -> tuple[shapes.Line, ...]:
    """What there is to say at the ends of lines; worked out once for an analysis."""
    from hypershape.analysis.aside import aside
    from hypershape.lsp import shapes

    analysis = session.analysis
    if analysis is None:
        return ()
    if session.lines is None or session.lines[0] is not analysis or session.lines[1] != session.pins:
        pins = dict(session.pins)
        session.lines = analysis, pins, await aside(shapes.lines, analysis, pins)
    return session.lines[2]


def _hints(
    session: Session, params: types.InlayHintParams, found: tuple[shapes.Line, ...], longest: int
) -> list[types.InlayHint]:
    """Those in a range of one part of the document."""
    uri, hints = params.text_document.uri, []
    assert session.view is not None
    for each in found:
        number = each.span.end_line
        if number > len(session.view.text.starts):
            continue
        end = len(session.view.line(number).rstrip()) + 1
        its, place = session.view.location(Span(each.span.path, number, end, number, end))
        if its == uri and params.range.start.line <= place.start.line <= params.range.end.line:
            text, data = each.text(longest), [session.uri, number]
            hints.append(types.InlayHint(place.start, text, padding_left=True, data=data))
    return hints
