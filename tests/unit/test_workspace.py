"""What is asked about the files around a file: bounded, on one thread, and without running anything."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from hypershape.source import documents
from hypershape.source import workspace as workspaces
from hypershape.source.workspace import Limits, Place, Workspace, root_of, site_packages

USER = "import keras_tuner\nfrom models import make\ntuner = keras_tuner.RandomSearch(make)\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").write_text("")
    (tmp_path / "models.py").write_text("def make(hp):\n    return hp\n")
    return tmp_path


def found(workspace: Workspace, project: Path, name: str = "make") -> list[str]:
    return [Path(each).name for each in workspace.mentions(str(project / "models.py"), [name]).files]


def test_two_threads_may_ask_about_one_project(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folders = [project / name for name in "abcdef"]
    for folder in folders:
        folder.mkdir()
        (folder / "train.py").write_text(USER)
    look = workspaces._look_into

    def slowly(path: Path) -> object:
        time.sleep(0.005)
        return look(path)

    monkeypatch.setattr(workspaces, "_look_into", slowly)
    workspace = Workspace()
    with ThreadPoolExecutor(len(folders)) as threads:
        asked = [
            threads.submit(workspace.mentions, str(folder / "models.py"), ["make"]) for folder in folders
        ]
        assert [each.result().stopped for each in asked] == [None] * len(folders)


def test_a_large_project_is_searched_in_part_near_files_first_and_says_so(project: Path) -> None:
    (project / "a").mkdir()
    for number in range(300):
        (project / "a" / f"m{number}.py").write_text(USER)
    (project / "train.py").write_text(USER)
    workspace = Workspace(Limits(files=100, users=20))
    mentions = workspace.mentions(str(project / "models.py"), ["make"])
    assert len(mentions.files) == 20 and Path(mentions.files[0]).name == "train.py"
    assert mentions.stopped is not None and "only the nearest 20" in mentions.stopped
    few = workspace.mentions(str(project / "models.py"), ["RandomSearchs"])
    assert few.stopped == "The project has more than 100 Python files; the others were not looked into."


def test_a_search_that_takes_too_long_says_so(project: Path) -> None:
    mentions = Workspace(Limits(seconds=-1.0)).mentions(str(project / "models.py"), ["make"])
    assert mentions.files == ()
    assert mentions.stopped is not None and mentions.stopped.startswith("Reading the project's files took")


def test_without_a_sign_of_a_project_only_the_folder_itself_is_searched(tmp_path: Path) -> None:
    home = tmp_path / "one" / "two" / "three" / "four" / "five" / "six"
    (home / "other").mkdir(parents=True)
    (home / "models.py").write_text("def make(hp):\n    return hp\n")
    for place in (home / "train.py", home / "other" / "train.py", home.parent / "above.py"):
        place.write_text(USER)
    assert root_of(home) == (home, False)
    assert Workspace().mentions(str(home / "models.py"), ["make"]).files == (str(home / "train.py"),)


def test_a_definition_is_found_through_what_a_package_hands_on(project: Path) -> None:
    (project / "nets").mkdir()
    (project / "nets" / "__init__.py").write_text("from .blocks import block as conv_block\n")
    (project / "nets" / "blocks.py").write_text("class A:\n    pass\n\ndef block(hp):\n    return hp\n")
    text = "from nets import conv_block\nconv_block(1)\n"
    place = Workspace().definition(str(project / "m.py"), text, 2, 1)
    assert place == Place(str(project / "nets" / "blocks.py"), 4, "block")


@pytest.mark.parametrize(
    ("name", "text", "counts"),
    [
        ("own_make.py", "import keras\ndef make(hp):\n    return keras.models.Sequential()\n", False),
        ("from_keras.py", "from keras.models import Model\nmake = Model\n", False),
        ("module.py", "import keras, models as m\nm.make(keras)\n", True),
        ("in_lines.py", "import keras\nfrom models import (\n    # the best\n    make,\n)\n", True),
        ("relative.py", "import keras\nfrom . import models\nmodels.make(1)\n", True),
        ("lines.ipynb", '{"source": ["import keras\\n", "from models import make\\n"]}', True),
        ("one_text.ipynb", '{"source": "import keras\\nfrom models import make"}', True),
    ],
)
def test_files_count_that_import_the_module_and_not_all_that_use_such_a_name(
    project: Path, name: str, text: str, counts: bool
) -> None:
    (project / name).write_text(text)
    assert found(Workspace(), project) == ([name] if counts else [])


def test_a_file_named_like_a_library_is_imported_by_nobody(project: Path) -> None:
    (project / "keras_tuner.py").write_text("def make(hp):\n    return hp\n")
    (project / "user.py").write_text("import keras_tuner\nkeras_tuner.make(1)\n")
    assert Workspace().mentions(str(project / "keras_tuner.py"), ["make"]).files == ()


def test_a_stub_without_source_tells_no_place(project: Path) -> None:
    (project / "stubbed.pyi").write_text("def make(hp): ...\n")
    text = "from stubbed import make\nmake(1)\n"
    assert Workspace().definition(str(project / "m.py"), text, 2, 1) is None


def test_a_file_that_is_gone_tells_no_place_although_it_was_known(project: Path) -> None:
    text = "from models import make\nmake(1)\n"
    workspace = Workspace()
    assert workspace.definition(str(project / "m.py"), text, 2, 1) is not None
    (project / "models.py").unlink()
    workspace.mentions(str(project / "elsewhere" / "m.py"), ["make"])
    assert workspace.definition(str(project / "m.py"), text, 2, 1) is None


def test_a_broken_environment_has_no_packages_and_stops_nothing(project: Path) -> None:
    (project / ".venv" / "lib").mkdir(parents=True)
    (project / ".venv" / "lib" / "python3.11").symlink_to(project / "nowhere")
    (project / "venv" / "lib" / "python3.12" / "site-packages").mkdir(parents=True)
    folder = project / "venv" / "lib" / "python3.12" / "site-packages"
    (folder / "editable.pth").write_text("import os; os.abort()\n# a comment\n../../../../elsewhere\n")
    (folder / "broken.pth").write_bytes(b"\xff\xfe\x00")
    (project / "elsewhere").mkdir()
    (project / "elsewhere" / "mine.py").write_text("def make(hp):\n    return hp\n")
    assert folder in site_packages(project)
    place = Workspace().definition(str(project / "m.py"), "from mine import make\nmake(1)\n", 2, 1)
    assert place is not None and Path(place.path).resolve() == project / "elsewhere" / "mine.py"


def test_no_interpreter_is_started_and_nothing_is_imported(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment = project / ".venv"
    (environment / "bin").mkdir(parents=True)
    (environment / "pyvenv.cfg").write_text("home = /nowhere\n")
    (environment / "bin" / "python").write_text("#!/bin/sh\ntouch ran\n")
    (environment / "bin" / "python").chmod(0o755)
    monkeypatch.setenv("VIRTUAL_ENV", str(environment))
    monkeypatch.setattr(subprocess, "Popen", lambda *_, **__: pytest.fail("a process was started"))
    (project / "gi.py").write_text("raise SystemExit\ndef make(hp): ...\n")
    place = Workspace().definition(str(project / "m.py"), "import gi\ngi.make(1)\n", 2, 4)
    assert place == Place(str(project / "gi.py"), 2, "make")
    assert "gi" not in sys.modules


def test_a_folder_that_may_not_be_read_is_passed_by(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (project / "secret").mkdir()
    (project / "train.py").write_text(USER)
    scandir = os.scandir

    def guarded(path: Path) -> object:
        if Path(path).name == "secret":
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(documents.os, "scandir", guarded)
    assert found(Workspace(), project) == ["train.py"]


def test_a_file_that_has_everything_in_itself_never_costs_the_import_of_jedi(project: Path) -> None:
    text = "import keras_tuner as kt\ndef build(hp):\n    return hp.Int('a', 1, 2)\ntuner = kt.RandomSearch(build)\n"
    (project / "own.py").write_text(text)
    program = (
        "import sys; from pathlib import Path; from hypershape import source\n"
        "from hypershape.source.neighbours import Neighbours; from hypershape.source.workspace import Workspace\n"
        "for name in sys.argv[1:]:\n"
        "    Neighbours.of(source.read(Path(name)), Workspace())\n"
        "    print('jedi' in sys.modules)\n"
    )
    (project / "user.py").write_text(USER)
    names = [str(project / name) for name in ("own.py", "user.py")]
    done = subprocess.run([sys.executable, "-c", program, *names], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True"]
