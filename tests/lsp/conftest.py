"""The real server over standard streams, with an editor's side that tests can drive."""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
import pytest_lsp
from lsprotocol import types
from pytest_lsp import ClientServerConfig, LanguageClient, client_capabilities

SERVER = [sys.executable, "-m", "hypershape", "serve"]
_OWN = tempfile.mkdtemp(prefix="hypershape-tests-")
ENVIRONMENT = {**os.environ, "XDG_CACHE_HOME": _OWN, "XDG_STATE_HOME": _OWN}
"""Results and logs are kept in a folder of these tests' own."""


class Editor:
    """What an editor does: open, change, ask; and wait until the server has said something."""

    def __init__(self, client: LanguageClient) -> None:
        self.client = client
        self.versions: dict[str, int] = {}
        self.texts: dict[str, str] = {}
        self.status: list[Any] = []
        self.refreshed: Counter[str] = Counter()

    async def start(
        self,
        encodings: list[types.PositionEncodingKind] | None = None,
        root: Path | None = None,
        pulls: bool = False,
        **options: Any,
    ) -> Any:
        capabilities = client_capabilities("visual-studio-code")
        if pulls:
            assert capabilities.text_document is not None and capabilities.workspace is not None
            capabilities.text_document.diagnostic = types.DiagnosticClientCapabilities()
            capabilities.workspace.diagnostics = types.DiagnosticWorkspaceClientCapabilities(True)
        if encodings is not None:
            capabilities.general = types.GeneralClientCapabilities(position_encodings=list(encodings))
        return await self.client.initialize_session(
            types.InitializeParams(
                capabilities=capabilities,
                root_uri=root.as_uri() if root is not None else None,
                initialization_options={"trusted": True, "interpreter": [sys.executable], **options},
            )
        )

    def open(self, path: Path, text: str) -> str:
        uri = path.as_uri()
        self.versions[uri], self.texts[uri] = 1, text
        self.client.text_document_did_open(
            types.DidOpenTextDocumentParams(types.TextDocumentItem(uri, "python", 1, text))
        )
        return uri

    def open_notebook(self, path: Path, texts: list[str]) -> list[str]:
        """Opens a notebook of code cells; gives the addresses of the cells."""
        uris = [
            f"{path.as_uri()}#cell{index}".replace("file:", "vscode-notebook-cell:")
            for index in range(len(texts))
        ]
        for uri, text in zip(uris, texts, strict=True):
            self.texts[uri], self.versions[uri] = text, 1
        self.client.notebook_document_did_open(
            types.DidOpenNotebookDocumentParams(
                types.NotebookDocument(
                    path.as_uri(),
                    "jupyter-notebook",
                    1,
                    [types.NotebookCell(types.NotebookCellKind.Code, uri) for uri in uris],
                ),
                [
                    types.TextDocumentItem(uri, "python", 1, text)
                    for uri, text in zip(uris, texts, strict=True)
                ],
            )
        )
        return uris

    def replace(self, uri: str, old: str, new: str) -> None:
        """An incremental edit, as typing makes it (for text within the basic multilingual plane)."""
        self.status.clear()
        text = self.texts[uri]
        start = text.index(old)
        place = types.Range(_position(text, start), _position(text, start + len(old)))
        self.texts[uri] = text[:start] + new + text[start + len(old) :]
        self.versions[uri] += 1
        self.client.text_document_did_change(
            types.DidChangeTextDocumentParams(
                types.VersionedTextDocumentIdentifier(self.versions[uri], uri),
                [types.TextDocumentContentChangePartial(place, new)],
            )
        )

    def apply(self, edit: types.WorkspaceEdit) -> None:
        self.status.clear()
        for change in edit.document_changes or []:
            assert isinstance(change, types.TextDocumentEdit)
            uri = change.text_document.uri
            assert change.text_document.version == self.versions[uri]
            for each in sorted(
                change.edits, key=lambda e: (e.range.start.line, e.range.start.character), reverse=True
            ):
                assert isinstance(each, (types.TextEdit, types.AnnotatedTextEdit))
                lines = self.texts[uri].splitlines(keepends=True)
                start = sum(map(len, lines[: each.range.start.line])) + each.range.start.character
                end = sum(map(len, lines[: each.range.end.line])) + each.range.end.character
                self.texts[uri] = self.texts[uri][:start] + each.new_text + self.texts[uri][end:]
        self.versions[uri] += 1
        self.client.text_document_did_change(
            types.DidChangeTextDocumentParams(
                types.VersionedTextDocumentIdentifier(self.versions[uri], uri),
                [types.TextDocumentContentChangeWholeDocument(self.texts[uri])],
            )
        )

    def codes(self, uri: str) -> list[str]:
        return [str(each.code) for each in self.client.diagnostics.get(uri, [])]

    def marked(self, uri: str, code: str) -> str:
        """The text under the first squiggle with a code."""
        place = next(each.range for each in self.client.diagnostics[uri] if each.code == code)
        assert place.start.line == place.end.line
        return self.texts[uri].splitlines()[place.start.line][place.start.character : place.end.character]

    async def until(self, holds: Callable[[], bool], seconds: float = 60.0) -> None:
        deadline = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < deadline, f"the server never said so: {self.client.diagnostics}"
            await asyncio.sleep(0.03)

    async def idle(self, seconds: float = 90.0) -> None:
        """Until the server says that it has finished."""
        await self.until(lambda: bool(self.status) and self.status[-1].state in ("idle", "error"), seconds)

    async def hover(self, uri: str, text: str, within: int = 0) -> str | None:
        place = _position(self.texts[uri], self.texts[uri].index(text) + within)
        result = await self.client.text_document_hover_async(
            types.HoverParams(types.TextDocumentIdentifier(uri), place)
        )
        return None if result is None else result.contents.value  # type: ignore[union-attr]

    async def actions(self, uri: str, text: str, only: list[str] | None = None) -> list[types.CodeAction]:
        start = self.texts[uri].index(text)
        place = types.Range(_position(self.texts[uri], start), _position(self.texts[uri], start + len(text)))
        found = await self.client.text_document_code_action_async(
            types.CodeActionParams(
                types.TextDocumentIdentifier(uri), place, types.CodeActionContext([], only)
            )  # type: ignore[arg-type]
        )
        return [each for each in found or [] if isinstance(each, types.CodeAction)]


def _position(text: str, offset: int) -> types.Position:
    before = text[:offset]
    return types.Position(before.count("\n"), offset - (before.rfind("\n") + 1))


@pytest_lsp.fixture(config=ClientServerConfig(server_command=SERVER, server_env=ENVIRONMENT))
async def client(lsp_client: LanguageClient) -> Any:
    yield
    await lsp_client.shutdown_session()


@pytest.fixture
def editor(client: LanguageClient) -> Editor:
    made = Editor(client)

    @client.feature("hypershape/status")
    def status(params: Any) -> None:
        made.status.append(params)

    for asked in (
        types.WORKSPACE_CODE_LENS_REFRESH,
        types.WORKSPACE_INLAY_HINT_REFRESH,
        types.WORKSPACE_DIAGNOSTIC_REFRESH,
    ):
        # The library answers some of them itself.
        client.protocol.fm.features.pop(asked, None)

        @client.feature(asked)
        def refresh(_: Any, asked: str = asked) -> None:
            made.refreshed[asked] += 1

    return made


@pytest.fixture
def children() -> Iterator[Callable[[], list[psutil.Process]]]:
    """Every process since this fixture, for tests that no agent was started or left behind: ask for it first."""
    before = set(psutil.Process().children(recursive=True))
    yield lambda: [each for each in psutil.Process().children(recursive=True) if each not in before]
