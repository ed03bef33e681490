"""A folder of strangers: nothing that it holds is run or imported outside of the barriers by the command line."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
from pathlib import Path

import pytest

from hypershape.probe import interpreter
from tests.thinned import one_row_of

MODEL = """import keras

def build_model(hp):
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(hp.Int("units", 1, 4))])
    model.compile(loss="mse")
    return model
"""


def run(*arguments: str, cwd: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONSAFEPATH": "", **variables}
    environment.pop("VIRTUAL_ENV", None)
    command = [sys.executable, "-m", "hypershape", *arguments]
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        cwd=cwd,
        env=environment,
        timeout=110,
        stdin=subprocess.DEVNULL,
    )


def trap(folder: Path, witness: Path, name: str = ".venv") -> Path:
    """An interpreter in a folder that leaves a witness when it is started."""
    python = folder / name / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\ntouch {witness}\nexec {sys.executable} "$@"\n')
    python.chmod(0o755)
    return python


@pytest.fixture
def strange(tmp_path: Path) -> Path:
    """The folder of a pull request."""
    folder = tmp_path / "checkout"
    folder.mkdir()
    (folder / "model.py").write_text(MODEL)
    return folder


def test_at_the_static_level_nothing_of_the_folder_runs(strange: Path, tmp_path: Path) -> None:
    trap(strange, tmp_path / "ran")
    done = run("check", "model.py", "--level", "static", cwd=strange)
    assert done.returncode == 0 and not (tmp_path / "ran").exists()


@pytest.mark.tensorflow
@pytest.mark.parametrize(
    ("command", "how"),
    one_row_of(2, itertools.product([("check", "model.py"), ("doctor",)], ["held", "above", "named"])),
)
def test_an_interpreter_of_the_folder_is_passed_over_and_one_line_says_so(
    command: tuple[str, ...], how: str, strange: Path, tmp_path: Path
) -> None:
    python = trap(
        strange.parent if how == "above" else strange, tmp_path / "ran", "env" if how != "named" else "py"
    )
    if how == "named":
        (strange / "pyproject.toml").write_text('[tool.hypershape]\npython = "py/bin/python"\n')
    done = run(*command, cwd=strange)
    assert not (tmp_path / "ran").exists()
    assert done.returncode == 0
    (line,) = [each for each in done.stderr.splitlines() if "--trust" in each]
    assert str(python) in line


@pytest.mark.tensorflow
def test_a_folder_that_is_trusted_chooses_the_interpreter(strange: Path, tmp_path: Path) -> None:
    trap(strange, tmp_path / "ran")
    done = run("check", "model.py", "--trust", cwd=strange)
    assert (tmp_path / "ran").exists() and done.returncode == 0 and "--trust" not in done.stderr


HIJACKED = ("json", "types", "socket", "typer", "rich", "linecache", "pathlib", "keras", "importlib", "runpy")


@pytest.mark.tensorflow
def test_a_module_of_the_folder_takes_the_place_of_none_that_is_imported(
    strange: Path, tmp_path: Path
) -> None:
    for name in HIJACKED:
        (strange / f"{name}.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'a').write({name!r})\n")
    program = Path(sys.executable).with_name("hypershape")
    done = subprocess.run(
        [program, "check", "model.py"], capture_output=True, text=True, cwd=strange, timeout=110
    )
    assert (done.returncode, done.stderr.strip()) == (0, "")
    assert not (tmp_path / "ran").exists()


def test_what_pythonpath_names_in_the_folder_is_there_for_the_job_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside, outside = tmp_path / "checkout" / "src", tmp_path / "libraries"
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(map(str, (inside, outside))))
    found = interpreter.environment([tmp_path / "checkout"])
    assert (found["PYTHONPATH"], found[interpreter.LATER]) == (str(outside), str(inside))
    assert interpreter.LATER not in interpreter.environment()


def test_an_environment_that_another_user_has_put_above_the_folder_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    python = trap(tmp_path, tmp_path / "ran")
    (tmp_path / "checkout").mkdir()
    assert interpreter.passed_over(tmp_path / "checkout") == str(python)
    monkeypatch.setattr(os, "geteuid", lambda: tmp_path.stat().st_uid + 1)
    if tmp_path.stat().st_uid == 0:
        os.chown(tmp_path / ".venv", 12345, 12345)
    assert interpreter.passed_over(tmp_path / "checkout") != str(python)


@pytest.mark.parametrize("name", ["python", "python3"])
def test_an_environment_that_runs_this_program_is_not_passed_over(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    python = trap(tmp_path, tmp_path / "ran")
    monkeypatch.setattr(sys, "executable", str(python.with_name(name)))
    assert interpreter.passed_over(tmp_path) != str(python)


@pytest.mark.parametrize("level", [(), ("--level", "symbolic")])
def test_an_interpreter_that_is_typed_and_missing_is_named_though_nothing_would_run(
    level: tuple[str, ...], tmp_path: Path
) -> None:
    (tmp_path / "empty.py").write_text("")
    done = run("check", "empty.py", "--python", "/nope", *level, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr == "hypershape: --python names /nope, which does not exist.\n"
