"""Files as they lie on disk: encodings, notebooks of every age, folders."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hypershape import source
from hypershape.model import Cell
from hypershape.text import Text


def write_notebook(path: Path, cells: list[dict[str, object]], **more: object) -> Path:
    path.write_text(json.dumps({"nbformat": 4, "metadata": {}, "cells": cells, **more}), "utf-8")
    return path


def code(text: str | list[str], **more: object) -> dict[str, object]:
    return {"cell_type": "code", "source": text, "metadata": {}, **more}


def test_cells_map_lines_back_to_the_file(tmp_path: Path) -> None:
    path = write_notebook(
        tmp_path / "a.ipynb",
        [
            {"cell_type": "markdown", "source": "# Title"},
            code(["a = 1\n", "b = 2"]),
            code(""),
            code("c = 3\n"),
        ],
    )
    document = source.read(path)
    assert document.text == "a = 1\nb = 2\n\nc = 3\n"
    assert document.cells == (Cell(1, 1, 2), Cell(2, 3, 1), Cell(3, 4, 2))
    assert document.is_notebook


def test_a_notebook_of_the_third_format_is_read(tmp_path: Path) -> None:
    path = tmp_path / "old.ipynb"
    cells = [{"cell_type": "code", "input": ["x = 1"], "outputs": []}]
    path.write_text(json.dumps({"nbformat": 3, "worksheets": [{"cells": cells}]}))
    assert source.read(path).text == "x = 1"


def test_large_outputs_are_no_obstacle(tmp_path: Path) -> None:
    output = {"output_type": "display_data", "data": {"image/png": "A" * 20_000_000}}
    path = write_notebook(tmp_path / "big.ipynb", [code("x = 1", outputs=[output])])
    assert source.read(path).text == "x = 1"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "not valid JSON"),
        ("{", "not valid JSON"),
        ("[1, 2]", "is not a notebook"),
        ("{}", "has no cells"),
        ('{"cells": [], "metadata": {"kernelspec": {"language": "R"}}}', "of r, not of Python"),
    ],
)
def test_what_is_no_python_notebook_is_refused_in_a_sentence(
    tmp_path: Path, content: str, words: str
) -> None:
    path = tmp_path / "a.ipynb"
    path.write_text(content)
    with pytest.raises(source.Unreadable, match=words) as refusal:
        source.read(path)
    assert str(path) in str(refusal.value) and str(refusal.value).endswith(".")


def test_a_notebook_without_code_is_an_empty_document(tmp_path: Path) -> None:
    path = write_notebook(tmp_path / "a.ipynb", [{"cell_type": "markdown", "source": "text"}])
    document = source.read(path)
    assert document.text == "" and document.is_notebook
    assert source.analyse(document).targets == ()


def test_odd_cells_are_skipped(tmp_path: Path) -> None:
    cells: list[dict[str, object]] = [{"cell_type": "code"}, {"no": "type"}, code([1, "x = 1"])]  # type: ignore[list-item]
    path = write_notebook(tmp_path / "a.ipynb", cells)
    assert source.read(path).cells[-1] == Cell(2, 2, 1)
    assert source.read(path).text == "\nx = 1"


@pytest.mark.parametrize(
    "data",
    [
        "x = 'é'\n".encode(),
        b"\xef\xbb\xbf" + "x = 'é'\n".encode(),
        "x = 'é'\n".encode("utf-16"),
        "# -*- coding: latin-1 -*-\nx = 'é'\n".encode("latin-1"),
        "x = 'é'\n".encode("cp1252"),
        "# -*- coding: no-such-codec -*-\nx = 'é'\n".encode(),
    ],
)
def test_scripts_in_any_encoding_are_read(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(data)
    assert source.read(path).text.endswith("x = 'é'\n")
    assert not source.read(path).text.startswith("\ufeff")


def test_line_ends_stay_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(b"a = 1\r\nb = 2\rc = 3\n")
    document = source.read(path)
    assert document.text == "a = 1\r\nb = 2\rc = 3\n"
    assert source.analyse(document).clean == document.text


def test_what_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(source.Unreadable, match="No such file"):
        source.read(tmp_path / "missing.py")
    with pytest.raises(source.Unreadable, match="is a folder"):
        source.read(tmp_path)
    (tmp_path / "a.py").write_bytes(b"\x7fELF\x00\x00")
    with pytest.raises(source.Unreadable, match="not a text file"):
        source.read(tmp_path / "a.py")


def test_folders_are_walked_without_what_git_ignores(tmp_path: Path) -> None:
    for name in (
        "b.py",
        "a.ipynb",
        "notes.txt",
        "sub/c.py",
        "sub/skipped/d.py",
        "sub/skipped_but_kept.py",
        "generated/e.py",
        ".hidden/f.py",
        "myenv/pyvenv.cfg",
        "myenv/g.py",
        "node_modules/h.py",
        ".ipynb_checkpoints/a.ipynb",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".gitignore").write_text("generated/\nskipped*\n")
    (tmp_path / "sub" / ".gitignore").write_text("!skipped_but_kept.py\n")
    found = [path.relative_to(tmp_path).as_posix() for path in source.find_files([tmp_path])]
    assert found == ["a.ipynb", "b.py", "sub/c.py", "sub/skipped_but_kept.py"]
    assert source.find_files([tmp_path / "sub"]) == [
        tmp_path / "sub/c.py",
        tmp_path / "sub/skipped_but_kept.py",
    ]
    named = tmp_path / "generated" / "e.py"
    assert source.find_files([named, named]) == [named]


def test_a_cell_that_ends_in_a_carriage_return_keeps_the_lines_of_the_cells_behind_it() -> None:
    document = source.from_notebook("m.ipynb", [(0, "x = 1\r"), (1, "y = 2")])
    second = document.cells[1]
    assert Text.of(document.text).line(second.first_line) == "y = 2"
