"""Paths as they are on Windows: drives, back-slashes, spaces, other letters, and the addresses that editors write."""

from __future__ import annotations

import ntpath
from pathlib import PureWindowsPath

import pytest

from hypershape import source
from hypershape.agent import places
from hypershape.lsp import addresses

PATHS = (
    r"c:\Users\me\train.py",
    r"C:\Users\me\my models\größe 模型.py",
    r"D:\100%\a+b&c#1\train.py",
    r"\\machine\share\models\train.py",
)


@pytest.mark.parametrize("path", PATHS)
def test_a_file_s_address_is_read_as_its_path(path: str) -> None:
    assert addresses.path(PureWindowsPath(path).as_uri(), windows=True) == path


@pytest.mark.parametrize(
    ("uri", "path"),
    [
        ("file:///c%3A/Users/me/my%20models/train.py", r"c:\Users\me\my models\train.py"),
        ("file:///C:/Users/me/train.py", r"C:\Users\me\train.py"),
        ("vscode-notebook-cell:/c%3A/me/n.ipynb#W1sZmlsZQ%3D%3D", r"c:\me\n.ipynb"),
        ("untitled:Untitled-1", "Untitled-1"),
    ],
)
def test_an_address_as_editors_write_it_is_read_as_a_path(uri: str, path: str) -> None:
    assert addresses.path(uri, windows=True) == path


@pytest.mark.parametrize(
    ("uri", "path"),
    [
        ("file:///home/me/my%20models/gr%C3%B6%C3%9Fe.py", "/home/me/my models/größe.py"),
        ("file:///c%3A/train.py", "/c:/train.py"),
    ],
)
def test_elsewhere_a_back_slash_and_a_colon_are_letters(uri: str, path: str) -> None:
    assert addresses.path(uri, windows=False) == path


@pytest.mark.parametrize(
    ("path", "lies"),
    [
        (r"C:\Users\me\Temp\job\weights.h5", True),
        (r"c:\users\ME\temp\job", True),
        ("C:/Users/me/Temp/job/a/b", True),
        (r"C:\Users\me\Temp\jobs\weights.h5", False),
        (r"C:\Users\me", False),
        (r"D:\Users\me\Temp\job\weights.h5", False),
        (r"E:\anything", True),
        (r"\\.\nul", True),
    ],
)
def test_a_path_lies_in_a_folder_whatever_its_case_and_its_slashes(path: str, lies: bool) -> None:
    assert places.below([r"C:\Users\me\Temp\job", "E:\\", r"\\.\nul"], ntpath)(path) is lies


def test_a_text_with_the_line_ends_of_windows_has_the_same_places() -> None:
    text = "def build_model(hp):\n    hp.Int('units', 1, 4)\n    return None\n"
    plain, windows = (
        source.analyse(source.from_text("t.py", each)) for each in (text, text.replace("\n", "\r\n"))
    )
    assert [each.span for each in plain.targets] == [each.span for each in windows.targets]
