"""Shapes at the ends of lines, lenses and a pinned configuration, from the real server with the real Keras behind it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types

from tests.lsp.conftest import Editor
from tests.lsp.test_server import CNN

pytestmark = pytest.mark.tensorflow


async def hints(editor: Editor, uri: str) -> list[types.InlayHint]:
    whole = types.Range(types.Position(0, 0), types.Position(1000, 0))
    asked = types.InlayHintParams(types.TextDocumentIdentifier(uri), whole)
    return list(await editor.client.text_document_inlay_hint_async(asked) or ())


async def lenses(editor: Editor, uri: str) -> dict[str, types.Command]:
    asked = types.CodeLensParams(types.TextDocumentIdentifier(uri))
    found = await editor.client.text_document_code_lens_async(asked) or ()
    return {each.command.title: each.command for each in found if each.command is not None}


async def run(editor: Editor, command: types.Command, *more: Any) -> Any:
    asked = types.ExecuteCommandParams(command.command, [*(command.arguments or ()), *more])
    return await editor.client.workspace_execute_command_async(asked)


async def test_lines_of_layers_end_in_shapes_and_a_lens_says_what_is_known(
    editor: Editor, tmp_path: Path
) -> None:
    await editor.start(inlayHints={"maximumLength": 50})
    uri = editor.open(tmp_path / "cnn.py", CNN)
    await editor.until(lambda: "HS201" in editor.codes(uri))
    await editor.idle()
    shown = await hints(editor, uri)
    by_line = {each.position.line: str(each.label) for each in shown}
    assert by_line[8].startswith("→ (·, 4–10 ") and by_line[8].endswith(", filters)")
    assert "✗ kernel >= 9" in by_line[9]
    first = next(each for each in shown if each.position.line == 8)
    assert first.position.character == len(CNN.splitlines()[8])
    resolved = await editor.client.inlay_hint_resolve_async(first)
    assert isinstance(resolved.tooltip, types.MarkupContent)
    assert "| Conv2D | `(None, 4–10, 4–10, 8–16)` |" in resolved.tooltip.value

    told = await lenses(editor, uri)
    assert any(title.startswith("✗ 25 % fails") for title in told)
    choice = ["Largest", "Unpin"]

    @editor.client.feature(types.WINDOW_SHOW_MESSAGE_REQUEST)
    def ask(params: types.ShowMessageRequestParams) -> types.MessageActionItem:
        assert choice[0] in [each.title for each in params.actions or ()]
        return types.MessageActionItem(choice.pop(0))

    await run(editor, told["Pin…"])
    pinned_lenses = await lenses(editor, uri)
    assert any(title.startswith("Pinned: ") and "kernel=" in title for title in pinned_lenses), pinned_lenses
    await run(editor, told["Pin…"])
    assert not any(title.startswith("Pinned: ") for title in await lenses(editor, uri))
    await run(editor, told["Pin…"], {"kernel": 7, "filters": 16})
    pinned = {each.position.line: str(each.label) for each in await hints(editor, uri)}
    assert pinned[8] == "→ (·, 6, 6, 16)" and pinned[9] == "→ (·, 2, 2, 8)"
    hover = await editor.hover(uri, "layers.Conv2D(8, 5)", 3)
    assert hover is not None and "(None, 2, 2, 8)" in hover and "Pinned: kernel=7, filters=16." in hover
    assert "Pinned: kernel=7, filters=16" in await lenses(editor, uri)
    await run(editor, told["Pin…"], None)
    assert {each.position.line: str(each.label) for each in await hints(editor, uri)} == by_line


async def test_shapes_are_not_shown_at_the_ends_of_lines_where_nobody_wants_them(
    editor: Editor, tmp_path: Path
) -> None:
    await editor.start(inlayHints={"enabled": "off"})
    uri = editor.open(tmp_path / "cnn.py", CNN)
    await editor.until(lambda: "HS201" in editor.codes(uri))
    assert await hints(editor, uri) == []


async def test_an_analysis_that_was_stopped_can_be_tried_again(editor: Editor, tmp_path: Path) -> None:
    await editor.start(budget=60)
    slow = CNN.replace("    kernel =", "    __import__('time').sleep(0.4)\n    kernel =")
    uri = editor.open(tmp_path / "slow.py", slow)
    await editor.until(lambda: any(each.state == "probing" for each in editor.status))
    told = await lenses(editor, uri)
    while "Stop" not in told:
        told = await lenses(editor, uri)
    await run(editor, told["Stop"])
    told = await lenses(editor, uri)
    assert "Stop" not in told and "Try again" in told
    editor.status.clear()
    await run(editor, told["Try again"])
    await editor.until(lambda: any(each.state == "probing" for each in editor.status))
