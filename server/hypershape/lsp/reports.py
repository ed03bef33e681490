"""The report about a document: handed to a client that has a place for it, else shown in a browser."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs
from lsprotocol import types

if TYPE_CHECKING:
    from hypershape.lsp.server import Server
    from hypershape.lsp.session import Session
    from hypershape.model import Analysis, Report

REPORT = "hypershape.report"


def register(server: Server) -> None:
    """Adds the handlers to a server."""

    @server.command(REPORT)
    async def report(uri: str, *shown: bool) -> str:
        """The page; a client that shows it itself says so with `true`."""
        from hypershape.analysis.aside import aside
        from hypershape.report import page

        session = server.sessions.get(server.owner(uri))
        analysis = session.analysis if session is not None else None
        pinned = _pinned(session, analysis) if session is not None and analysis is not None else {}
        text = await aside(page, [analysis] if analysis is not None else [], server.folders(), pinned)
        window = server.client_capabilities.window
        if not any(shown) and window is not None and window.show_document is not None:
            path = await aside(_written, uri, text)
            await server.window_show_document_async(types.ShowDocumentParams(path.as_uri(), external=True))
        return text


def _pinned(session: Session, analysis: Analysis) -> dict[str, Report]:
    """The probes of the pinned configurations, by the name of the target."""
    pins = {each.target.name: (session.pins.get(each.target.name), each) for each in analysis.targets}
    found = {name: pin.report(target) for name, (pin, target) in pins.items() if pin is not None}
    return {name: report for name, report in found.items() if report is not None}


def _written(uri: str, text: str) -> Path:
    """The file that holds the page; each document has one, which is written anew."""
    name = f"{hashlib.sha256(uri.encode()).hexdigest()[:16]}.html"
    path = platformdirs.user_cache_path("hypershape", appauthor=False) / "reports" / name
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path
