"""The report about a document: handed to a client that has a place for it, else shown in a browser."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs
from lsprotocol import types

if TYPE_CHECKING:
    from hypershape.lsp.server import Server

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
        pinned = {
            target.target.name: found
            for target in (analysis.targets if analysis is not None else ())
            if session is not None
            and (pin := session.pins.get(target.target.name)) is not None
            and (found := pin.report(target)) is not None
        }
        text = await aside(page, [analysis] if analysis is not None else [], server.folders(), pinned)
        window = server.client_capabilities.window
        if not any(shown) and window is not None and window.show_document is not None:
            path = await aside(_written, uri, text)
            await server.window_show_document_async(types.ShowDocumentParams(path.as_uri(), external=True))
        return text


def _written(uri: str, text: str) -> Path:
    """The file that holds the page; each document has one, which is written anew."""
    name = f"{hashlib.sha256(uri.encode()).hexdigest()[:16]}.html"
    path = platformdirs.user_cache_path("hypershape", appauthor=False) / "reports" / name
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path
