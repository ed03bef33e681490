"""Settings of the editor that decide what runs, and when; no test here waits for Keras."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from lsprotocol import types
from pytest_lsp import client_capabilities

from tests.lsp.conftest import Editor
from tests.lsp.test_server import CNN

pytestmark = pytest.mark.tensorflow


def interpreter(folder: Path) -> tuple[Path, Path]:
    """A program that notes that it was started, and the note."""
    folder.mkdir()
    note, python = folder / "started", folder / "python"
    python.write_text(f'#!/bin/sh\necho started >> "{note}"\nexit 1\n')
    python.chmod(0o755)
    return python, note


async def test_each_folder_of_a_workspace_has_its_own_interpreter(editor: Editor, tmp_path: Path) -> None:
    places = {name: interpreter(tmp_path / name) for name in ("one", "two")}
    for name, (python, _) in places.items():
        scope = (tmp_path / name).as_uri()
        editor.client.set_configuration({"interpreter": str(python)}, section="hypershape", scope_uri=scope)
    folders = [types.WorkspaceFolder((tmp_path / name).as_uri(), name) for name in places]
    await editor.client.initialize_session(
        types.InitializeParams(
            capabilities=client_capabilities("visual-studio-code"),
            workspace_folders=folders,
            initialization_options={"trusted": True},
        )
    )
    editor.open(tmp_path / "two" / "cnn.py", CNN)
    await editor.until(lambda: bool(editor.status) and editor.status[-1].state == "error")
    assert places["two"][1].exists() and not places["one"][1].exists()
    editor.open(tmp_path / "one" / "cnn.py", CNN)
    await editor.until(places["one"][1].exists)


async def test_each_folder_says_when_it_is_analysed_and_may_say_something_else_later(
    editor: Editor, tmp_path: Path
) -> None:
    (tmp_path / "calm").mkdir()
    python, note = interpreter(tmp_path / "env")

    def sets(run: str) -> None:
        editor.client.set_configuration(
            {"run": run, "interpreter": str(python)},
            section="hypershape",
            scope_uri=(tmp_path / "calm" / "cnn.py").as_uri(),
        )

    sets("manual")
    folders = [types.WorkspaceFolder((tmp_path / name).as_uri(), name) for name in ("calm", "env")]
    await editor.client.initialize_session(
        types.InitializeParams(
            capabilities=client_capabilities("visual-studio-code"),
            workspace_folders=folders,
            initialization_options={"trusted": True},
        )
    )
    uri = editor.open(tmp_path / "calm" / "cnn.py", CNN.replace("3, 9, step=2", "3, 10, step=2"))
    await editor.until(lambda: "HS103" in editor.codes(uri))
    editor.replace(uri, "3, 10, step=2", "3, 9, step=2")
    await asyncio.sleep(0.5)
    assert "HS103" in editor.codes(uri) and not note.exists()

    sets("onType")
    editor.client.workspace_did_change_configuration(types.DidChangeConfigurationParams({"trusted": True}))
    await editor.until(lambda: "HS103" not in editor.codes(uri) and note.exists())


async def test_nothing_is_run_before_it_is_asked_for_where_the_user_wants_it_so(
    editor: Editor, tmp_path: Path
) -> None:
    python, note = interpreter(tmp_path / "env")
    await editor.start(interpreter=str(python), run="manual")
    uri = editor.open(tmp_path / "cnn.py", CNN.replace("3, 9, step=2", "3, 10, step=2"))
    await editor.until(lambda: "HS103" in editor.codes(uri))
    await asyncio.sleep(0.5)
    assert not note.exists()
    document = types.CodeLensParams(types.TextDocumentIdentifier(uri))
    lenses = await editor.client.text_document_code_lens_async(document)
    commands = {each.command.title: each.command for each in lenses or () if each.command is not None}
    assert list(commands) == ["not probed", "Probe"]
    asked = types.ExecuteCommandParams(commands["Probe"].command, commands["Probe"].arguments)
    await editor.client.workspace_execute_command_async(asked)
    await editor.until(note.exists)


async def test_files_are_analysed_when_they_are_saved_where_the_user_wants_it_so(
    editor: Editor, tmp_path: Path
) -> None:
    await editor.start(trusted=False, run="onSave")
    uri = editor.open(tmp_path / "cnn.py", CNN)
    await editor.until(lambda: uri in editor.client.diagnostics)
    assert "HS103" not in editor.codes(uri)
    editor.replace(uri, "3, 9, step=2", "3, 10, step=2")
    await asyncio.sleep(0.5)
    assert "HS103" not in editor.codes(uri)
    saved = types.DidSaveTextDocumentParams(types.TextDocumentIdentifier(uri))
    editor.client.text_document_did_save(saved)
    await editor.until(lambda: "HS103" in editor.codes(uri))


async def test_a_setting_of_the_wrong_kind_is_said_and_changes_nothing(
    editor: Editor, tmp_path: Path
) -> None:
    await editor.start(trusted=False, run="never", inlayHints={"enabled": "maybe", "maximumLength": "long"})
    await editor.until(lambda: len(editor.client.messages) >= 3)
    said = [message.message for message in editor.client.messages]
    assert any(text.startswith("run is one of onType, onSave, manual") for text in said)
    assert any(text.startswith("inlayHints.enabled") for text in said)
    assert any(text.startswith("inlayHints.maximumLength") for text in said)
