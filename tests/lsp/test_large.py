"""Long files and notebooks, in which every key and every cell counts; nothing is run here."""

from __future__ import annotations

import asyncio
from pathlib import Path

from lsprotocol import types

from tests.lsp.conftest import Editor

KEYS_PER_SECOND = 8
HEAD = "import keras\n\n\ndef build_model(hp):\n"
END = "    return keras.Sequential([])\n"
LONG = (
    HEAD
    + END
    + "\n\n"
    + "".join(f"def helper_{n}(a, b):\n    c = a + b\n    return c * {n}\n\n\n" for n in range(300))
)


def typed(editor: Editor, uri: str, line: int, column: int, letter: str) -> None:
    """One key at a place."""
    place = types.Range(types.Position(line, column), types.Position(line, column))
    lines = editor.texts[uri].split("\n")
    lines[line] = lines[line][:column] + letter + lines[line][column:]
    editor.texts[uri] = "\n".join(lines)
    editor.versions[uri] += 1
    editor.client.text_document_did_change(
        types.DidChangeTextDocumentParams(
            types.VersionedTextDocumentIdentifier(editor.versions[uri], uri),
            [types.TextDocumentContentChangePartial(place, letter)],
        )
    )


async def test_no_key_is_lost_that_is_typed_into_a_long_file(editor: Editor, tmp_path: Path) -> None:
    await editor.start(trusted=False)
    uri = editor.open(tmp_path / "long.py", LONG.replace(END, "    \n" + END))
    assert editor.texts[uri].count("\n") > 1500
    await editor.until(lambda: uri in editor.client.diagnostics)
    statement = 'hp.Choice("initializer", [1, "glorot_uniform"])'
    for column, letter in enumerate(statement, 4):
        typed(editor, uri, 4, column, letter)
        await asyncio.sleep(1 / KEYS_PER_SECOND)
    await editor.until(lambda: "HS101" in editor.codes(uri), 30)
    assert editor.marked(uri, "HS101") in (statement, '[1, "glorot_uniform"]')


async def test_in_a_notebook_of_a_hundred_cells_everything_is_in_its_own(
    editor: Editor, tmp_path: Path
) -> None:
    await editor.start(trusted=False)
    cells = [f"x_{number} = {number}" for number in range(100)]
    cells[0] = "import keras"
    cells[57] = HEAD.partition("\n\n\n")[2] + '    hp.Choice("initializer", [1, "glorot_uniform"])\n' + END
    uris = editor.open_notebook(tmp_path / "n.ipynb", cells)
    await editor.until(lambda: "HS101" in editor.codes(uris[57]), 30)
    assert not any(editor.codes(uri) for number, uri in enumerate(uris) if number != 57)
    actions: list[types.CodeAction] = []
    for _ in range(100):
        actions = actions or await editor.actions(uris[57], "[1, ")
        await asyncio.sleep(0 if actions else 0.1)
    assert actions and actions[0].edit is not None
    for change in actions[0].edit.document_changes or []:
        assert isinstance(change, types.TextDocumentEdit) and change.text_document.uri == uris[57]


async def test_where_nothing_is_run_hovers_tell_what_the_text_tells(editor: Editor, tmp_path: Path) -> None:
    await editor.start(trusted=False)
    text = HEAD + '    kernel = hp.Int("kernel", 3, 10, step=2)\n' + END
    uri = editor.open(tmp_path / "m.py", text)
    await editor.until(lambda: "HS103" in editor.codes(uri), 20)
    drawn = await editor.hover(uri, "hp.Int", 4)
    assert drawn is not None and "`3`, `5`, `7`, `9`\n\n`10` is never drawn." in drawn
