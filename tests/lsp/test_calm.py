"""Whatever an editor asks while one types, nothing slow is done on the server's loop; nothing is run here."""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest_lsp
from lsprotocol import types
from pytest_lsp import ClientServerConfig, LanguageClient

from tests.lsp.conftest import ENVIRONMENT, Editor
from tests.lsp.test_large import LONG, typed

TOLD = Path(tempfile.mkdtemp(prefix="hypershape-tests-")) / "told.json"
TUNED = LONG.replace(
    "import keras\n",
    "import keras\nimport keras_tuner as kt\n",
).replace("def build_model(hp):\n", 'def build_model(hp):\n    hp.Int("units", 3, 10, step=2)\n    \n')
KEYS = 'hp.Choice("initializer", [1, "glorot_uniform"])'
LINE = TUNED[: TUNED.index("    \n")].count("\n")


@pytest_lsp.fixture(
    config=ClientServerConfig(
        server_command=[sys.executable, "-m", "tests.lsp.watched", str(TOLD)], server_env=ENVIRONMENT
    )
)
async def client(lsp_client: LanguageClient) -> Any:
    yield
    if not TOLD.exists():
        await lsp_client.shutdown_session()


async def ask_everything(client: LanguageClient, uri: str) -> None:
    """All that an editor asks after a key, and all that a user may ask in the line."""
    here, place = types.TextDocumentIdentifier(uri), types.Position(LINE - 1, 13)
    around = types.Range(types.Position(0, 0), types.Position(60, 0))
    await asyncio.gather(
        client.text_document_hover_async(types.HoverParams(here, place)),
        client.text_document_code_action_async(
            types.CodeActionParams(here, around, types.CodeActionContext([]))
        ),
        client.text_document_completion_async(types.CompletionParams(here, place)),
        client.text_document_definition_async(types.DefinitionParams(here, place)),
        client.text_document_references_async(
            types.ReferenceParams(context=types.ReferenceContext(True), text_document=here, position=place)
        ),
        client.text_document_prepare_rename_async(types.PrepareRenameParams(here, place)),
        client.text_document_rename_async(
            types.RenameParams(text_document=here, position=place, new_name="width")
        ),
        client.text_document_document_symbol_async(types.DocumentSymbolParams(here)),
        client.text_document_code_lens_async(types.CodeLensParams(here)),
        client.text_document_inlay_hint_async(types.InlayHintParams(here, around)),
        # A text that does not parse as it stands lets nothing be renamed.
        return_exceptions=True,
    )


async def test_while_one_types_nothing_is_read_searched_or_imported_on_the_loop(
    editor: Editor, tmp_path: Path
) -> None:
    await editor.start(trusted=False)
    uri = editor.open(tmp_path / "long.py", TUNED)
    await editor.until(lambda: "HS103" in editor.codes(uri), 30)
    for column, letter in enumerate(KEYS, 4):
        typed(editor, uri, LINE, column, letter)
        if column % 4 == 0:
            await ask_everything(editor.client, uri)
        await asyncio.sleep(1 / 30)
    await editor.until(lambda: "HS101" in editor.codes(uri), 30)
    await ask_everything(editor.client, uri)
    await editor.client.shutdown_session()
    await editor.until(TOLD.exists, 20)
    on_loop, beside = json.loads(TOLD.read_text("utf-8"))
    assert on_loop == []
    assert beside > 50
