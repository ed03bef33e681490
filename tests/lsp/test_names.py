"""Names of hyperparameters in an editor: completion, definition, references, rename and symbols."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException

from tests.lsp.conftest import Editor

MODELS = """\
import keras


def make(h):
    size = "🧠é"; h.Int("kernel", 1, 9)
    return keras.Sequential([keras.layers.Dense(h.get("kernel"))])


def other(hp):
    return hp.Int("kernel", 1, 2)
"""

TRAIN = """\
import keras_tuner as kt
from models import make

tuner = kt.RandomSearch(make, objective="loss", max_trials=7)
best = tuner.get_best_hyperparameters()[0]
print(best.get("kernel"))
"""


async def start(editor: Editor, folder: Path, **files: str) -> None:
    for name, text in files.items():
        (folder / f"{name}.py").write_text(text)
    await editor.start(trusted=False, root=folder)


def at(uri: str, text: str, within: str, mark: str = "kernel") -> dict[str, object]:
    """The arguments that name a place: where `mark` starts in `within`."""
    offset = text.index(within) + within.index(mark)
    before = text[:offset]
    line = before[before.rfind("\n") + 1 :]
    units = len(line.encode("utf-16-le")) // 2
    return {
        "text_document": types.TextDocumentIdentifier(uri),
        "position": types.Position(before.count("\n"), units),
    }


def marked(texts: dict[str, str], place: types.Location) -> str:
    """The text of a range, whose columns are counted in UTF-16."""
    line = texts[place.uri].split("\n")[place.range.start.line].encode("utf-16-le")
    return line[2 * place.range.start.character : 2 * place.range.end.character].decode("utf-16-le")


async def test_a_name_is_followed_and_renamed_through_the_files_of_its_space(
    editor: Editor, tmp_path: Path
) -> None:
    await start(editor, tmp_path, models=MODELS, train=TRAIN)
    uri = editor.open(tmp_path / "train.py", TRAIN)
    models = (tmp_path / "models.py").as_uri()
    texts = {uri: TRAIN, models: MODELS}
    place = at(uri, TRAIN, 'get("kernel")')

    declared = await editor.client.text_document_definition_async(types.DefinitionParams(**place))  # type: ignore[arg-type]
    assert isinstance(declared, list) and [each.uri for each in declared] == [models]
    assert declared[0].range.start.line == 4 and marked(texts, declared[0]) == "kernel"

    found = await editor.client.text_document_references_async(
        types.ReferenceParams(context=types.ReferenceContext(True), **place)  # type: ignore[arg-type]
    )
    assert found is not None
    assert [(each.uri, each.range.start.line) for each in found] == [(uri, 5), (models, 4), (models, 5)]
    assert {marked(texts, each) for each in found} == {"kernel"}

    ready = await editor.client.text_document_prepare_rename_async(types.PrepareRenameParams(**place))  # type: ignore[arg-type]
    assert isinstance(ready, types.PrepareRenamePlaceholder) and ready.placeholder == "kernel"

    edit = await editor.client.text_document_rename_async(types.RenameParams(new_name="size", **place))  # type: ignore[arg-type]
    assert edit is not None and edit.document_changes is not None
    changed = {each.text_document.uri: each for each in edit.document_changes}  # type: ignore[union-attr]
    assert set(changed) == {uri, models}
    assert changed[uri].text_document.version == 1 and changed[models].text_document.version is None  # type: ignore[union-attr]
    assert sorted(each.range.start.line for each in changed[models].edits) == [4, 5]  # type: ignore[union-attr]


async def test_names_are_completed_in_a_string_that_is_still_open(editor: Editor, tmp_path: Path) -> None:
    await start(editor, tmp_path, models=MODELS)
    text = TRAIN.replace('best.get("kernel"))', 'best.get("')
    uri = editor.open(tmp_path / "train.py", text)
    place = at(uri, text, 'best.get("', '"')
    place["position"] = types.Position(place["position"].line, place["position"].character + 1)  # type: ignore[attr-defined]
    found = await editor.client.text_document_completion_async(types.CompletionParams(**place))  # type: ignore[arg-type]
    assert isinstance(found, list)
    assert [(each.label, each.detail) for each in found] == [("kernel", 'h.Int("kernel", 1, 9)')]


async def test_symbols_of_a_script_and_of_a_cell_are_targets_with_their_hyperparameters(
    editor: Editor, tmp_path: Path
) -> None:
    await start(editor, tmp_path)
    cells = ["import keras", MODELS.replace("def make(h)", "def make(hp)").replace("h.", "hp.")]
    uris = editor.open_notebook(tmp_path / "n.ipynb", cells)
    params = types.DocumentSymbolParams(types.TextDocumentIdentifier(uris[1]))
    found = await editor.client.text_document_document_symbol_async(params)
    assert found is not None and [each.name for each in found] == ["make", "other"]
    assert [each.name for each in found[0].children or []] == ["kernel"]  # type: ignore[union-attr]
    assert found[0].selection_range.start.line == 3  # type: ignore[union-attr]
    empty = types.DocumentSymbolParams(types.TextDocumentIdentifier(uris[0]))
    assert await editor.client.text_document_document_symbol_async(empty) == []


async def test_a_rename_in_a_notebook_edits_each_cell_by_its_own_lines(
    editor: Editor, tmp_path: Path
) -> None:
    await start(editor, tmp_path)
    cells = ["%pip list\nimport keras_tuner as kt", MODELS, "\n".join(TRAIN.splitlines()[2:])]
    uris = editor.open_notebook(tmp_path / "n.ipynb", cells)
    place = at(uris[2], cells[2], 'get("kernel")')
    edit = await editor.client.text_document_rename_async(types.RenameParams(new_name="size", **place))  # type: ignore[arg-type]
    assert edit is not None and edit.document_changes is not None
    texts = dict(zip(uris, cells, strict=True))
    for change in edit.document_changes:
        uri = change.text_document.uri  # type: ignore[union-attr]
        for each in sorted(change.edits, key=lambda e: e.range.start.line, reverse=True):  # type: ignore[union-attr]
            lines = texts[uri].split("\n")
            units = lines[each.range.start.line].encode("utf-16-le")
            after = units[2 * each.range.end.character :]
            units = units[: 2 * each.range.start.character] + each.new_text.encode("utf-16-le") + after
            lines[each.range.start.line] = units.decode("utf-16-le")
            texts[uri] = "\n".join(lines)
    head = MODELS.partition("def other")[0]
    expected = [cells[0], MODELS.replace(head, head.replace('"kernel"', '"size"'))]
    assert [texts[uri] for uri in uris] == [*expected, cells[2].replace('"kernel"', '"size"')]


async def test_a_rename_that_could_go_wrong_says_why(editor: Editor, tmp_path: Path) -> None:
    await start(editor, tmp_path, models=MODELS.replace('h.Int("kernel"', 'h.Int(f"ker{1}"'))
    uri = editor.open(tmp_path / "train.py", TRAIN)
    place = at(uri, TRAIN, 'get("kernel")')
    with pytest.raises(JsonRpcException, match=r"Line 5 of models\.py puts names together"):
        await editor.client.text_document_rename_async(types.RenameParams(new_name="size", **place))  # type: ignore[arg-type]


async def test_a_rename_stays_within_the_folders_that_are_open(editor: Editor, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("")
    inner = tmp_path / "inner"
    inner.mkdir()
    (tmp_path / "models.py").write_text(MODELS)
    await editor.start(trusted=False, root=inner)
    uri = editor.open(inner / "train.py", TRAIN)
    place = at(uri, TRAIN, 'get("kernel")')
    with pytest.raises(JsonRpcException, match="outside of the workspace"):
        await editor.client.text_document_rename_async(types.RenameParams(new_name="size", **place))  # type: ignore[arg-type]
