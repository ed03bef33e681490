"""Code actions: quick fixes of findings, changes on request, and all verified fixes at once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from lsprotocol import types

from hypershape.lsp.client import Client
from hypershape.lsp.positions import View
from hypershape.model import Analysis

if TYPE_CHECKING:
    from hypershape.lsp import convert
    from hypershape.lsp.server import Server


def register(server: Server) -> None:
    """Adds the handler to a server."""

    @server.feature(
        types.TEXT_DOCUMENT_CODE_ACTION,
        types.CodeActionOptions(
            code_action_kinds=[
                types.CodeActionKind.QuickFix,
                types.CodeActionKind.RefactorRewrite,
                "source.fixAll.hypershape",
            ]
        ),
    )
    async def code_action(params: types.CodeActionParams) -> list[types.CodeAction]:
        from hypershape.analysis.aside import aside

        session = server.sessions.get(server.owner(params.text_document.uri))
        if session is None or session.analysis is None or session.view is None:
            return []
        if not server._current(session.versions):
            return []
        versions = session.versions
        found = await aside(
            _actions, session.analysis, session.view, versions, params, server.other_view, server.client
        )
        return found if server._current(versions) else []


def _actions(
    analysis: Analysis,
    view: View,
    versions: dict[str, int | None],
    params: types.CodeActionParams,
    other: convert.Other,
    client: Client,
) -> list[types.CodeAction]:
    from hypershape import rules
    from hypershape.lsp import convert

    span = view.span(params.text_document.uri, params.range)
    only = params.context.only
    actions: list[types.CodeAction] = []
    if _asked(types.CodeActionKind.QuickFix, only):
        actions += convert.code_actions(analysis, span, view, versions, other, client)
    requested = convert.refactorings(rules.refactorings(analysis, span), view, versions)
    actions += [action for action in requested if action.kind and _asked(action.kind, only)]
    if only and _asked("source.fixAll.hypershape", only):
        actions += convert.fix_all(analysis, view, versions, client)
    return actions


def _asked(kind: str, only: Iterable[str] | None) -> bool:
    """Whether a client that wants `only` these kinds, or kinds below them, wants this one."""
    return only is None or any(kind == wanted or kind.startswith(f"{wanted}.") for wanted in only)
