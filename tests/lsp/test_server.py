"""An editor and the real server, with the real Keras behind it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from lsprotocol import types

from tests.lsp.conftest import Editor
from tests.unit.test_projects import store, trial

CNN = """\
import keras
import keras_tuner
from keras import layers


def build_model(hp):
    kernel = hp.Int("kernel", 3, 9, step=2)
    model = keras.Sequential([keras.Input((12, 12, 1))])
    model.add(layers.Conv2D(hp.Choice("filters", [8, 16]), kernel))
    model.add(layers.Conv2D(8, 5))
    model.add(layers.Flatten())
    model.add(layers.Dense(10))
    model.compile(optimizer="adam", loss="mse")
    return model


tuner = keras_tuner.RandomSearch(build_model, objective="val_loss", overwrite=True)
"""

STATIC = """\
def build_model(hp):
    hp.Choice("initializer", [1, "glorot_uniform"])
    return None
"""

pytestmark = pytest.mark.tensorflow


async def test_a_failing_layer_is_squiggled_explained_and_repaired(editor: Editor, tmp_path: Path) -> None:
    await editor.start()
    uri = editor.open(tmp_path / "cnn.py", CNN)
    await editor.until(lambda: "HS201" in editor.codes(uri))
    await editor.idle()
    assert editor.marked(uri, "HS201") == "layers.Conv2D(8, 5)"
    (finding,) = [each for each in editor.client.diagnostics[uri] if each.code == "HS201"]
    assert finding.severity is types.DiagnosticSeverity.Error
    assert "kernel" in finding.message
    assert finding.related_information and finding.related_information[0].location.range.start.line == 6

    table = await editor.hover(uri, "layers.Conv2D(8, 5)", 3)
    assert table is not None and "| Conv2D | `(None, 2–6, 2–6, 8)` |" in table
    drawn = await editor.hover(uri, 'hp.Int("kernel"', 4)
    assert drawn is not None and "`3`, `5`, `7`, `9`" in drawn and "kernel >= 9" in drawn

    fixes = [each for each in await editor.actions(uri, "layers.Conv2D(8, 5)") if each.is_preferred]
    assert len(fixes) == 1 and fixes[0].edit is not None
    editor.apply(fixes[0].edit)
    await editor.until(lambda: "HS201" not in editor.codes(uri))
    await editor.idle()
    assert "HS201" not in editor.codes(uri)


async def test_static_findings_come_at_once_in_an_untrusted_workspace_and_nothing_is_run(
    children, editor: Editor, tmp_path: Path
) -> None:
    witness = tmp_path / "witness"
    await editor.start(trusted=False)
    uri = editor.open(tmp_path / "m.py", f"open({str(witness)!r}, 'w')\n" + STATIC)
    await editor.until(lambda: "HS101" in editor.codes(uri), 20)
    await asyncio.sleep(0.5)
    assert not witness.exists()
    assert len(children()) == 1
    assert editor.status[-1].state == "restricted"


async def test_hovers_stay_while_the_text_does_not_parse(editor: Editor, tmp_path: Path) -> None:
    await editor.start()
    uri = editor.open(tmp_path / "cnn.py", CNN)
    await editor.until(lambda: "HS201" in editor.codes(uri))
    await editor.idle()
    before = await editor.hover(uri, "layers.Conv2D(8, 5)", 3)
    editor.replace(uri, "    model.add(layers.Flatten())\n", "    model.add(layers.Flatten(\n")
    await asyncio.sleep(1.0)
    after = await editor.hover(uri, "layers.Conv2D(8, 5)", 3)
    assert before is not None
    assert after == f"{before}\n\nThese are the last good results: the function does not parse as it stands."
    assert "HS201" in editor.codes(uri)
    editor.replace(uri, "    model.add(layers.Flatten(\n", "    model.add(layers.Flatten())\n")
    await editor.idle()
    assert await editor.hover(uri, "layers.Conv2D(8, 5)", 3) == before


async def test_an_edit_while_probing_ends_in_the_results_of_the_last_text(
    editor: Editor, tmp_path: Path
) -> None:
    await editor.start()
    uri = editor.open(tmp_path / "cnn.py", CNN)
    await asyncio.sleep(0.3)
    editor.replace(uri, "layers.Conv2D(8, 5)", "layers.Conv2D(8, 6)")
    await asyncio.sleep(0.05)
    editor.replace(uri, "layers.Conv2D(8, 6)", "layers.Conv2D(8, 7)")
    await editor.until(lambda: "HS201" in editor.codes(uri))
    await editor.idle()
    assert editor.marked(uri, "HS201") == "layers.Conv2D(8, 7)"
    assert "kernel >= 7" in editor.client.diagnostics[uri][0].message


async def test_squiggles_stand_right_behind_characters_beyond_the_basic_plane(
    editor: Editor, tmp_path: Path
) -> None:
    result = await editor.start(encodings=[types.PositionEncodingKind.Utf16], trusted=False)
    assert result.capabilities.position_encoding in (None, types.PositionEncodingKind.Utf16)
    line = '    name = "🧠é"; hp.Choice("initializer", [1, "glorot_uniform"])\n'
    uri = editor.open(tmp_path / "m.py", "def build_model(hp):\n" + line + "    return None\n")
    await editor.until(lambda: "HS101" in editor.codes(uri), 20)
    place = editor.client.diagnostics[uri][0].range
    units = line.encode("utf-16-le")
    marked = units[2 * place.start.character : 2 * place.end.character].decode("utf-16-le")
    assert marked in ('hp.Choice("initializer", [1, "glorot_uniform"])', '[1, "glorot_uniform"]')


async def test_a_target_that_prints_exits_or_loops_leaves_the_server_up(
    editor: Editor, tmp_path: Path
) -> None:
    await editor.start(budget=3)
    body = CNN.replace("    kernel =", '    print("x" * 100000)\n    raise SystemExit(3)\n    kernel =')
    uri = editor.open(tmp_path / "exits.py", body)
    await editor.idle()
    assert editor.codes(uri)
    good = editor.open(tmp_path / "good.py", CNN)
    await editor.until(lambda: "HS201" in editor.codes(good))


async def test_findings_in_a_notebook_are_in_their_cell(editor: Editor, tmp_path: Path) -> None:
    await editor.start()
    head, body = CNN.split("\n\n\ndef", 1)
    texts = ["%matplotlib inline\n" + head, "def" + body]
    uris = editor.open_notebook(tmp_path / "n.ipynb", texts)
    await editor.until(lambda: "HS201" in editor.codes(uris[1]))
    assert editor.marked(uris[1], "HS201") == "layers.Conv2D(8, 5)"
    assert not editor.codes(uris[0])


async def test_no_process_is_left_when_the_editor_goes(children, editor: Editor, tmp_path: Path) -> None:
    await editor.start()
    uri = editor.open(tmp_path / "cnn.py", CNN)
    await editor.until(lambda: "HS201" in editor.codes(uri))
    started = children()
    assert len(started) >= 2
    await editor.client.shutdown_session()
    await editor.until(
        lambda: not any(each.is_running() and each.status() != "zombie" for each in started), 15
    )
    editor.client.capabilities = None


async def test_a_dense_chain_can_be_narrowed_on_request(editor: Editor, tmp_path: Path) -> None:
    await editor.start(trusted=False)
    text = """\
import keras


def build_model(hp):
    units_1 = hp.Int("units_1", 32, 256, step=32)
    units_2 = hp.Int("units_2", 32, 256, step=32)
    model = keras.Sequential([keras.Input((28, 28)), keras.layers.Flatten()])
    model.add(keras.layers.Dense(units_1))
    model.add(keras.layers.Dense(units_2))
    model.compile(loss="mse")
    return model
"""
    uri = editor.open(tmp_path / "m.py", text)
    await editor.until(lambda: uri in editor.client.diagnostics)
    actions = await editor.actions(uri, "units_2 =", ["refactor.rewrite"])
    assert [each.edit is not None for each in actions] == [True]
    editor.apply(actions[0].edit)  # type: ignore[arg-type]
    assert "units_2 = min(units_2, units_1)" in editor.texts[uri]


async def test_long_work_shows_progress_that_can_be_cancelled(editor: Editor, tmp_path: Path) -> None:
    await editor.start(budget=60)
    slow = CNN.replace("    kernel =", "    __import__('time').sleep(0.4)\n    kernel =")
    editor.open(tmp_path / "slow.py", slow)
    reports = editor.client.progress_reports
    await editor.until(lambda: any(len(each) > 1 for each in reports.values()))
    token = next(token for token, each in reports.items() if len(each) > 1)
    begin = reports[token][0]
    assert isinstance(begin, types.WorkDoneProgressBegin) and begin.cancellable
    editor.client.window_work_done_progress_cancel(types.WorkDoneProgressCancelParams(token))
    await editor.until(lambda: isinstance(reports[token][-1], types.WorkDoneProgressEnd), 5)
    await editor.idle(5)
    said = len(editor.status)
    await asyncio.sleep(1.5)
    assert len(editor.status) == said


async def test_an_edit_that_was_overtaken_is_refused_by_its_version(editor: Editor, tmp_path: Path) -> None:
    await editor.start(trusted=False)
    uri = editor.open(tmp_path / "m.py", STATIC)
    await editor.until(lambda: "HS101" in editor.codes(uri), 20)
    editor.replace(uri, "    return None\n", "    return 1\n")
    assert await editor.actions(uri, "hp.Choice") == []


async def test_a_failure_in_an_imported_file_is_shown_in_both_until_its_cause_is_closed(
    editor: Editor, tmp_path: Path
) -> None:
    blocks = (
        "import keras\n\n\ndef stem(inputs, kernel):\n    return keras.layers.Conv2D(8, kernel)(inputs)\n"
    )
    (tmp_path / "blocks.py").write_text(blocks)
    text = """\
import keras
from blocks import stem


def build_model(hp):
    inputs = keras.Input((6, 6, 3))
    x = stem(inputs, hp.Choice("kernel", [3, 7]))
    model = keras.Model(inputs, keras.layers.Flatten()(x))
    model.compile(loss="mse")
    return model
"""
    await editor.start()
    uri = editor.open(tmp_path / "train.py", text)
    helper = (tmp_path / "blocks.py").as_uri()
    await editor.until(lambda: "HS201" in editor.codes(uri) and "HS201" in editor.codes(helper))
    (shown,) = [each for each in editor.client.diagnostics[helper] if each.code == "HS201"]
    assert shown.range.start.line == 4
    (here,) = [each for each in editor.client.diagnostics[uri] if each.code == "HS201"]
    assert here.range.start.line == 6
    assert helper in {each.location.uri for each in here.related_information or ()}
    editor.client.text_document_did_close(types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(uri)))
    await editor.until(lambda: not editor.codes(helper) and not editor.codes(uri))


async def test_the_shape_of_missing_data_can_be_declared_on_request(editor: Editor, tmp_path: Path) -> None:
    await editor.start()
    text = """\
import keras


def build_model(hp):
    model = keras.Sequential([keras.layers.Dense(hp.Int("units", 8, 16)), keras.layers.Dense(1)])
    model.compile(loss="mse")
    return model
"""
    uri = editor.open(tmp_path / "m.py", text)
    await editor.until(lambda: any(status.state == "idle" for status in editor.status))
    actions = await editor.actions(uri, "build_model", ["quickfix"])
    (declare,) = [each for each in actions if each.title.startswith("Declare the shape")]
    editor.apply(declare.edit)  # type: ignore[arg-type]
    assert "# hypershape: x=(32,) y=(1,)\ndef build_model(hp):" in editor.texts[uri]


def project_with_interpreter(folder: Path) -> Path:
    """A project that names an interpreter of its own, which notes each start; the note."""
    note, python = folder / "started", folder / "python"
    python.write_text(f'#!/bin/sh\necho started >> "{note}"\nexit 1\n')
    python.chmod(0o755)
    (folder / "pyproject.toml").write_text('[tool.hypershape]\npython = "./python"\n')
    return note


async def test_an_interpreter_of_an_untrusted_project_is_never_started(
    editor: Editor, tmp_path: Path
) -> None:
    note = project_with_interpreter(tmp_path)
    await editor.start(trusted="yes", interpreter=None)
    uri = editor.open(tmp_path / "m.py", STATIC)
    await editor.until(lambda: "HS101" in editor.codes(uri), 20)
    await editor.until(lambda: bool(editor.status) and editor.status[-1].state == "restricted", 20)
    assert not note.exists()


async def test_an_interpreter_of_a_trusted_project_is_the_one_that_runs(
    editor: Editor, tmp_path: Path
) -> None:
    note = project_with_interpreter(tmp_path)
    await editor.start(interpreter=None)
    editor.open(tmp_path / "cnn.py", CNN)
    await editor.until(lambda: bool(editor.status) and editor.status[-1].state == "error", 60)
    assert note.exists() and str(tmp_path / "python") in editor.status[-1].message


async def test_two_open_files_keep_their_own_squiggles(editor: Editor, tmp_path: Path) -> None:
    await editor.start()
    first = editor.open(tmp_path / "first.py", CNN)
    second = editor.open(tmp_path / "second.py", CNN.replace("layers.Conv2D(8, 5)", "layers.Conv2D(8, 7)"))
    await editor.until(lambda: "HS201" in editor.codes(first) and "HS201" in editor.codes(second))
    assert editor.marked(first, "HS201") == "layers.Conv2D(8, 5)"
    assert editor.marked(second, "HS201") == "layers.Conv2D(8, 7)"
    editor.client.text_document_did_close(
        types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(second))
    )
    await editor.until(lambda: editor.codes(second) == [])
    assert "HS201" in editor.codes(first)


STORED = """\
import keras_tuner


def build_model(hp):
    hp.Int("kernel", 3, 9, step=2)
    return None


tuner = keras_tuner.RandomSearch(build_model, objective="val_loss", directory="out", project_name="p")
"""


async def test_a_tuner_whose_folder_holds_trials_has_a_lens_that_shows_why_they_failed(
    editor: Editor, tmp_path: Path
) -> None:
    await editor.start(trusted=False)
    uri = editor.open(tmp_path / "search.py", STORED)
    asked = types.CodeLensParams(types.TextDocumentIdentifier(uri))
    assert not await editor.client.text_document_code_lens_async(asked)
    store(tmp_path / "out" / "p", {"0": trial("0", 3), "1": trial("1", 7)})
    (lens,) = await editor.client.text_document_code_lens_async(asked) or []
    assert lens.range.start.line == 8 and lens.command is not None
    assert lens.command.title == "2 stored trials: explain"
    text = await editor.client.workspace_execute_command_async(
        types.ExecuteCommandParams(lens.command.command, lens.command.arguments)
    )
    assert "Trial 1: ValueError at build.py:10" in text and "kernel" in text
    (document,) = editor.client.shown_documents
    assert "Trial 1: ValueError" in Path(document.uri.removeprefix("file://")).read_text()
