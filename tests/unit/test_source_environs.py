"""What a file sets in its environment, and what of it comes before the imports that read it."""

from __future__ import annotations

import pytest

from hypershape import source
from hypershape.model import Module
from hypershape.source import environs

READERS = {"KERAS_BACKEND": "keras", "TF_USE_LEGACY_KERAS": "tensorflow"}


def module(text: str) -> Module:
    return source.analyse(source.from_text("/project/search.py", text))


def in_time(text: str) -> dict[str, str]:
    read = module(text)
    return environs.in_time(read.code, read.variables, READERS)


@pytest.mark.parametrize(
    "line",
    [
        'os.environ["KERAS_BACKEND"] = "jax"',
        'os.environ.setdefault("KERAS_BACKEND", "jax")',
        'os.environ.update({"KERAS_BACKEND": "jax", "OTHER": str(1)})',
        'os.environ.update(KERAS_BACKEND="jax")',
        'NAME = "jax"\nos.environ["KERAS_BACKEND"] = NAME',
        "%env KERAS_BACKEND=jax",
        "%set_env KERAS_BACKEND jax",
    ],
)
def test_a_variable_that_is_set_before_keras_is_imported_counts(line: str) -> None:
    assert in_time(f"import os\n{line}\nimport keras\n") == {"KERAS_BACKEND": "jax"}


@pytest.mark.parametrize("package", ["keras", "keras_tuner as kt", "tensorflow as tf"])
def test_a_variable_that_is_set_after_what_imports_keras_comes_too_late(package: str) -> None:
    assert in_time(f'import os\nimport {package}\nos.environ["KERAS_BACKEND"] = "jax"\n') == {}


@pytest.mark.parametrize(
    "line",
    [
        'os.environ["PATH"] = "/bin"',
        'os.environ["KERAS_BACKEND"] = input()',
        'if here():\n    os.environ["KERAS_BACKEND"] = "jax"',
        'def later():\n    os.environ["KERAS_BACKEND"] = "jax"',
        "%env KERAS_BACKEND=$NAME",
    ],
)
def test_a_variable_that_no_import_reads_or_whose_value_is_not_known_starts_nothing(line: str) -> None:
    assert in_time(f"import os\n{line}\nimport keras\n") == {}


def test_what_a_script_sets_runs_with_its_target_where_it_needs_nothing_else() -> None:
    text = module(
        "import os\n"
        "import keras_tuner as kt\n"
        'os.environ["MY_UNITS"] = "8"\n'
        'os.environ["TOKEN"] = read("token")\n'
        "import keras\n"
        "def build_model(hp):\n"
        '    return keras.Sequential([keras.layers.Dense(hp.Int("u", 1, 3))])\n'
        'kt.RandomSearch(build_model, "loss")\n'
    )
    (target,) = text.targets
    assert target.slice is not None
    kept = target.slice.files[-1].text
    assert 'os.environ["MY_UNITS"] = "8"' in kept and "TOKEN" not in kept
