"""The lens over a tuner whose project folder holds trials, and the text that it shows."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs
from lsprotocol import types

from hypershape.lsp.positions import View
from hypershape.model import Analysis, Module

if TYPE_CHECKING:
    from hypershape.lsp.server import Server

COMMAND = "hypershape.explainProject"


def register(server: Server) -> None:
    """Adds the handlers to a server."""

    @server.command(COMMAND)
    async def explain_project(uri: str, folder: str) -> str:
        session = server.sessions.get(uri)
        analysis = session.analysis if session is not None else None
        text = await asyncio.to_thread(_told, Path(folder), analysis)
        await _show(server, folder, text)
        return text


async def lenses(server: Server, uri: str, owner: str) -> list[types.CodeLens]:
    """Those over the tuners of one part of a document, the script itself or a cell."""
    found = server.at_hand(owner)
    if found is None or "tuner" not in found.document.text:
        return []
    session = await server.settled(owner)
    analysis = session.analysis if session is not None else None
    # What is known of the text already is not read again with every key.
    module = analysis.module if analysis is not None and analysis.module.document == found.document else None
    made = await asyncio.to_thread(lambda: list(_lenses(found.view, module, uri, owner)))
    return made if server._current(found.versions) else []


def _lenses(view: View, module: Module | None, uri: str, owner: str) -> Iterator[types.CodeLens]:
    """Those of one part of a document, the script itself or a cell; `owner` is the address of the whole."""
    from hypershape import source
    from hypershape.analysis.projects import stored_folders

    for tuner, folder in stored_folders(module or source.analyse(view.document)):
        its, place = view.location(tuner.found.call.callee)
        if its == uri:
            trials = sum(1 for _ in folder.glob("trial_*/trial.json"))
            title = f"{trials:,} stored trial{'' if trials == 1 else 's'}: explain"
            command = types.Command(title, COMMAND, arguments=[owner, str(folder)])
            yield types.CodeLens(place, command)


def _told(folder: Path, analysis: Analysis | None) -> str:
    from hypershape.analysis import projects

    try:
        explained = projects.explain(projects.read(folder), analysis)
    except projects.NoProject as reason:
        return str(reason)
    return "\n\n".join(projects.told(explained))


async def _show(server: Server, folder: str, text: str) -> None:
    """Opens the text as a document of its own, or as a message where the editor opens none."""
    window = server.client_capabilities.window
    if window is None or window.show_document is None or not window.show_document.support:
        server.window_show_message(types.ShowMessageParams(types.MessageType.Info, text))
        return
    path = await asyncio.to_thread(_written, folder, text)
    await server.window_show_document_async(types.ShowDocumentParams(path.as_uri(), take_focus=True))


def _written(folder: str, text: str) -> Path:
    """The file that holds the text; each project has one, which is written anew."""
    name = f"{Path(folder).name}-{hashlib.sha256(folder.encode()).hexdigest()[:8]}.md"
    path = platformdirs.user_cache_path("hypershape", appauthor=False) / "searches" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"# {Path(folder).name}\n\n{text}\n", encoding="utf-8")
    return path
