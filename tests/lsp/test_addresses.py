"""Addresses as editors really write them: quoted, with a host, with an id for each cell."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol import types

from tests.lsp.conftest import Editor

REFUSED = """\
def build_model(hp):
    hp.Choice("initializer", [1, "glorot_uniform"])
    return None
"""


@pytest.mark.parametrize("name", ["my models", "größe", "100%", "a+b&c"])
async def test_a_file_is_checked_whatever_its_folder_is_called(
    editor: Editor, tmp_path: Path, name: str
) -> None:
    await editor.start(trusted=False)
    uri = editor.open(tmp_path / name / "model.py", REFUSED)
    await editor.until(lambda: "HS101" in editor.codes(uri), 20)


async def test_cells_of_a_notebook_on_another_host_are_checked(editor: Editor) -> None:
    await editor.start(trusted=False)
    notebook = "vscode-remote://127.0.0.1:8080/home/me/n.ipynb"
    cell = "vscode-notebook-cell://127.0.0.1:8080/home/me/n.ipynb#W1sdnNjb2RlLXJlbW90ZQ%3D%3D"
    editor.client.notebook_document_did_open(
        types.DidOpenNotebookDocumentParams(
            types.NotebookDocument(
                notebook, "jupyter-notebook", 0, [types.NotebookCell(types.NotebookCellKind.Code, cell)]
            ),
            [types.TextDocumentItem(cell, "python", 1, REFUSED)],
        )
    )
    await editor.until(lambda: "HS101" in editor.codes(cell), 20)
