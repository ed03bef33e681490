"""The program as a shell and a CI job meet it: its exit codes, its one sentence, its JSON."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"


def run(*arguments: object, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "hypershape", *map(str, arguments)]
    return subprocess.run(
        command, capture_output=True, text=True, cwd=cwd, timeout=150, stdin=subprocess.DEVNULL
    )


def sentence(done: subprocess.CompletedProcess[str]) -> str:
    slow = "hypershape: Reading the project's files took more than"
    (line,) = (each for each in done.stderr.strip().splitlines() if not each.startswith(slow))
    return line


def test_a_path_that_is_missing_is_named_in_one_sentence(tmp_path: Path) -> None:
    done = run("check", tmp_path / "none.py")
    assert done.returncode == 2
    assert sentence(done) == f"hypershape: There is no file or folder {tmp_path / 'none.py'}."


@pytest.mark.parametrize("how", ["typed", "in the project"])
def test_a_code_of_no_rule_is_named_and_does_not_turn_all_rules_off(how: str, tmp_path: Path) -> None:
    (tmp_path / "model.py").write_text('def build_model(hp):\n    hp.Int("k", 3, 10, step=2)\n')
    flags = ["--select", "HS9999"] if how == "typed" else []
    (tmp_path / "pyproject.toml").write_text("" if flags else '[tool.hypershape]\nselect = ["HS9999"]\n')
    done = run("check", tmp_path / "model.py", "--level", "static", *flags)
    assert done.returncode == 2
    assert "HS9999" in sentence(done)


def test_a_folder_without_python_is_named_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("x")
    done = run("check", tmp_path)
    assert done.returncode == 2
    assert "There is no Python file or notebook in" in sentence(done)


def test_a_notebook_that_is_no_json_is_named_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "n.ipynb").write_text("{ not json")
    done = run("check", tmp_path / "n.ipynb")
    assert done.returncode == 2 and "n.ipynb" in sentence(done)


@pytest.mark.parametrize("name", ["/no/such/python", "/bin/true"])
def test_an_interpreter_that_is_none_is_named_in_one_sentence(name: str) -> None:
    done = run("check", EXAMPLES / "case1_dense.py", "--python", name)
    assert done.returncode == 2 and name in sentence(done)


def test_an_interpreter_without_keras_is_named_with_what_to_install(tmp_path: Path) -> None:
    venv.create(tmp_path / "bare", with_pip=False)
    python = tmp_path / "bare" / "bin" / "python"
    done = run("check", EXAMPLES / "case1_dense.py", "--python", python)
    assert done.returncode == 2
    assert "Keras is not installed" in sentence(done) and "-m pip install keras" in sentence(done)
    assert run("doctor", "--python", python).returncode == 2


def project(folder: Path, table: str) -> Path:
    """A project with one model and this table of settings."""
    (folder / "pyproject.toml").write_text(f"[tool.hypershape]\n{table}\n")
    model = folder / "model.py"
    model.write_text((EXAMPLES / "case3_choice.py").read_text())
    return model


def test_an_interpreter_that_a_project_names_and_that_does_not_exist_is_named_with_its_file(
    tmp_path: Path,
) -> None:
    done = run("check", project(tmp_path, 'python = "/nonexistent/python"'), "--trust")
    assert done.returncode == 2
    file = tmp_path / "pyproject.toml"
    assert sentence(done) == f"hypershape: {file}: python names /nonexistent/python, which does not exist."
    assert run("doctor", "--trust", cwd=tmp_path).returncode == 2


def test_the_interpreter_of_a_project_is_the_one_that_runs(tmp_path: Path) -> None:
    venv.create(tmp_path / "bare", with_pip=False)
    done = run("check", project(tmp_path, 'python = "bare/bin/python"'), "--format", "json", "--trust")
    assert done.returncode == 2 and "Keras is not installed" in sentence(done)
    assert json.loads(done.stdout)["environment"]["problem"] in sentence(done)


def test_what_is_typed_wins_over_the_project_s_settings(tmp_path: Path) -> None:
    model = project(tmp_path, 'python = "/nonexistent/python"\nlevel = "symbolic"\nignore = ["HS1"]')
    static = run("check", model, "--level", "static")
    assert static.returncode == 0  # nothing runs, and the project's rules hold
    assert run("check", model, "--level", "static", "--ignore", "HS2").returncode == 1
    assert "/typed/python" in sentence(run("check", model, "--python", "/typed/python"))


def test_bad_arguments_end_with_two() -> None:
    assert run("check", "--format", "xml", "x.py").returncode == 2
    assert run("explain", "HS000").returncode == 2


def test_a_rule_is_explained() -> None:
    done = run("explain", "HS201")
    assert done.returncode == 0 and "convolution" in done.stdout


def test_static_findings_need_no_interpreter(tmp_path: Path) -> None:
    done = run("check", EXAMPLES / "case3_choice.py", "--level", "static", "--python", "/no/such/python")
    assert done.returncode == 1 and "error[HS101]" in done.stdout


def test_selected_and_ignored_codes_decide_the_exit_code() -> None:
    assert run("check", EXAMPLES / "case3_choice.py", "--level", "static", "--ignore", "HS1").returncode == 0
    assert (
        run("check", EXAMPLES / "case3_choice.py", "--level", "static", "--select", "HS101").returncode == 1
    )


@pytest.mark.tensorflow
def test_the_three_reported_cases_come_out_true(tmp_path: Path) -> None:
    widened = (EXAMPLES / "case2_kernel.py").read_text().replace("max_value=10", "max_value=29")
    (tmp_path / "case2_wide.py").write_text(widened)
    cases = [EXAMPLES / "case1_dense.py", EXAMPLES / "case2_kernel.py", EXAMPLES / "case3_choice.py"]
    done = run("check", *cases, tmp_path / "case2_wide.py", "--format", "json")
    assert done.returncode == 1
    dense, kernel, choice, wide = json.loads(done.stdout)["files"]

    coverage = dense["targets"][0]["coverage"]
    assert (coverage["mode"], coverage["space"], coverage["failed"], dense["findings"]) == (
        "exhaustive",
        64,
        0,
        [],
    )

    assert kernel["targets"][0]["coverage"]["failed"] == 0
    assert [(each["code"], each["severity"]) for each in kernel["findings"]] == [("HS103", "info")]

    (refused,) = [each for each in choice["findings"] if each["severity"] == "error"]
    assert refused["code"] == "HS101"
    assert any("strings" in fix["title"] and fix["verified"] for fix in refused["fixes"])

    conditions = {each["condition"] for each in wide["findings"] if each["severity"] == "error"}
    assert conditions == {"kernel_size >= 25", "kernel_size >= 29"}


@pytest.mark.tensorflow
def test_a_real_training_step_finds_what_shapes_do_not(tmp_path: Path) -> None:
    text = """
import keras
import tensorflow as tf

class Checked(keras.layers.Layer):
    def call(self, x):
        tf.debugging.assert_negative(x, message="only negative numbers")
        return x

def build_model(hp):  # hypershape: x=(4,) y=(1,)
    model = keras.Sequential([keras.Input((4,)), Checked(), keras.layers.Dense(hp.Int("units", 1, 2))])
    model.compile(loss="mse")
    return model
"""
    file = tmp_path / "m.py"
    file.write_text(text)
    symbolic, device = run("check", file), run("check", file, "--level", "device")
    assert (symbolic.returncode, device.returncode) == (0, 1)
    assert "only negative numbers" in device.stdout


BROKEN = """
try:
    import keras
except ImportError:
    pass
else:
    def refuse(self, *args, **kwargs):
        raise AttributeError("Dense has lost a private name")

    keras.layers.Dense.__init__ = refuse
"""
"""A Keras that imports and cannot build: what a version that nobody has seen may do to every probe."""


@pytest.mark.tensorflow
@pytest.mark.parametrize("output", ["text", pytest.param("sarif", marks=pytest.mark.long)])
def test_a_keras_in_which_nothing_builds_ends_with_two_and_says_so(
    tmp_path: Path, output: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sitecustomize.py").write_text(BROKEN)
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}{os.pathsep}{os.environ.get('PYTHONPATH', '')}")
    done = run("check", EXAMPLES / "case1_dense.py", "--format", output)
    assert done.returncode == 2
    assert "Dense has lost a private name" in done.stdout
    assert "No search space can be probed with" in done.stderr


def test_a_name_that_no_encoding_has_is_printed(tmp_path: Path) -> None:
    odd = tmp_path / "model.py"
    odd.write_text(
        "import keras\ndef build_model(hp):\n    a = hp.Int('\\ud800', 5, 1)\n    return keras.Sequential([keras.layers.Dense(a)])\n"
    )
    command = [sys.executable, "-m", "hypershape", "check", "--level", "static", str(odd)]
    ran = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    assert (ran.returncode, ran.stderr.strip()) == (1, "")
    assert "\\ud800" in ran.stdout
