"""Project folders as Keras Tuner leaves them, whole or not: what is read, and what is said of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hypershape.analysis import projects

SPACE = [
    {
        "class_name": "Int",
        "config": {
            "name": "kernel",
            "default": None,
            "conditions": [],
            "min_value": 3,
            "max_value": 9,
            "step": 2,
            "sampling": "linear",
        },
    },
    {
        "class_name": "Choice",
        "config": {"name": "norm", "default": "a", "conditions": [], "values": ["a", "b"]},
    },
]

RAISED = """Traceback (most recent call last):
  File "/home/me/.venv/lib/python3.11/site-packages/keras_tuner/src/engine/base_tuner.py", line 274, in _try
    self._run_and_update_trial(trial, *fit_args, **fit_kwargs)
  File "/home/me/search/build.py", line 10, in build_model
    model.add(layers.Conv2D(4, kernel))
  File "/home/me/.venv/lib/python3.11/site-packages/keras/src/utils/traceback_utils.py", line 122, in error_handler
    raise e.with_traceback(filtered_tb) from None
ValueError: Computed output size would be zero or negative.
Received kernel {kernel}.
"""


def store(folder: Path, trials: dict[str, dict[str, Any] | str], oracle: Any = None) -> Path:
    folder.mkdir(parents=True)
    state = {"hyperparameters": {"space": SPACE, "values": {}}} if oracle is None else oracle
    if state:
        (folder / "oracle.json").write_text(state if isinstance(state, str) else json.dumps(state))
    for name, fields in trials.items():
        (folder / f"trial_{name}").mkdir()
        text = fields if isinstance(fields, str) else json.dumps(fields)
        (folder / f"trial_{name}" / "trial.json").write_text(text)
    return folder


def trial(name: str, kernel: int, norm: str = "a", status: str | None = None, **more: Any) -> dict[str, Any]:
    failed = kernel >= 7
    return {
        "trial_id": name,
        "hyperparameters": {"space": SPACE, "values": {"kernel": kernel, "norm": norm}},
        "metrics": {"metrics": {}},
        "score": None if failed else 0.5,
        "best_step": 0,
        "status": status or ("FAILED" if failed else "COMPLETED"),
        "message": RAISED.format(kernel=kernel) if failed else None,
        **more,
    }


def said(folder: Path) -> str:
    return "\n".join(projects.told(projects.explain(projects.read(folder))))


def test_failed_trials_are_grouped_by_what_they_raised_with_their_line_and_condition(tmp_path: Path) -> None:
    folder = store(tmp_path / "p", {str(n): trial(str(n), k) for n, k in enumerate((3, 5, 7, 9))})
    text = said(folder)
    assert "4 trials: 2 completed, 2 failed" in text
    assert "Trials 2, 3: ValueError at build.py:10: Computed output size would be zero or negative." in text
    assert "kernel >= 7" in text


def test_a_condition_that_one_completed_trial_meets_is_not_told(tmp_path: Path) -> None:
    trials = {str(n): trial(str(n), k) for n, k in enumerate((3, 7))}
    trials["2"] = trial("2", 7, status="COMPLETED", message=None)
    assert "kernel" not in said(store(tmp_path / "p", trials)).partition("Received")[2]


def test_a_trial_that_did_not_end_is_named(tmp_path: Path) -> None:
    assert "Trial 1 began and did not end." in said(
        store(tmp_path / "p", {"0": trial("0", 3), "1": trial("1", 5, status="RUNNING")})
    )


def test_a_failed_trial_of_a_version_that_kept_no_message_is_said_to_be_silent(tmp_path: Path) -> None:
    old = trial("0", 7)
    del old["message"]
    assert "Of trial 0 the folder does not say why it failed." in said(store(tmp_path / "p", {"0": old}))


def test_the_traceback_that_counts_is_the_last_one_and_the_line_the_users() -> None:
    first = RAISED.format(kernel=7)
    text = (
        f"{first}\nDuring handling of the above exception, another exception occurred:\n\n"
        + RAISED.replace("line 10", "line 12").replace(
            "ValueError: Computed output size would be zero or negative.\n", "my.errors.Bad: worse\n"
        )
    )
    found = projects.failure_of(text)
    assert found is not None
    assert (found.type, found.line, found.path) == ("Bad", 12, "/home/me/search/build.py")
    assert found.message.startswith("worse")


@pytest.mark.parametrize("text", ["", "no traceback", "Traceback (most recent call last):\n"])
def test_a_message_that_is_no_traceback_ends_nothing(text: str) -> None:
    assert projects.failure_of(text) is None or projects.failure_of(text).path is None  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("trials", "oracle", "sentence"),
    [
        ({"0": trial("0", 3), "1": '{"trial_id": "1", "hyp'}, None, "trial_1 cannot be read: half-written"),
        ({"0": trial("0", 3)}, '{"hyperparameters": {', "oracle.json cannot be read: half-written"),
        ({"0": trial("0", 3)}, {"space": []}, "oracle.json holds no search space in a format"),
        ({"0": trial("0", 3), "1": {"id": 1}}, None, "trial_1 is not in a format"),
        ({"0": trial("0", 3), "1": "[1]"}, None, "trial_1 cannot be read"),
    ],
)
def test_what_cannot_be_read_is_one_sentence_and_the_rest_is_told(
    trials: dict[str, Any], oracle: Any, sentence: str, tmp_path: Path
) -> None:
    text = said(store(tmp_path / "p", trials, oracle))
    assert sentence in text and "1 trial: 1 completed" in text
    assert sum(sentence in line for line in text.splitlines()) == 1


def test_a_folder_without_a_project_is_refused_and_one_in_it_is_named(tmp_path: Path) -> None:
    with pytest.raises(projects.NoProject, match="holds no project of Keras Tuner"):
        projects.read(tmp_path)
    store(tmp_path / "p", {"0": trial("0", 3)})
    with pytest.raises(projects.NoProject, match="p in it does"):
        projects.read(tmp_path)
    with pytest.raises(projects.NoProject, match="There is no folder"):
        projects.read(tmp_path / "none")


def test_a_folder_in_which_nothing_is_whole_is_refused_in_one_sentence(tmp_path: Path) -> None:
    folder = store(tmp_path / "p", {"0": "{", "1": ""}, "{")
    with pytest.raises(projects.NoProject, match="holds nothing that can be read") as refused:
        projects.read(folder)
    assert "\n" not in str(refused.value)


def test_thousands_of_trials_are_told_in_a_few_lines(tmp_path: Path) -> None:
    kernels = [3, 5, 7, 9]
    trials = {str(n): trial(str(n), kernels[n % 4]) for n in range(3000)}
    text = said(store(tmp_path / "p", trials))
    assert "3,000 trials: 1,500 completed, 1,500 failed" in text and "and 1,497 more" in text
    assert "kernel >= 7" in text and len(text.splitlines()) < 5


def test_the_file_that_makes_a_project_is_found_around_it(tmp_path: Path) -> None:
    folder = store(tmp_path / "out" / "p", {"0": trial("0", 3)})
    (tmp_path / "other.py").write_text(
        "import keras_tuner as kt\nkt.RandomSearch(lambda hp: None, 'loss', directory='out', project_name='q')\n"
    )
    assert projects.maker(folder) is None
    makes = tmp_path / "search.py"
    makes.write_text(
        "import keras_tuner as kt\nkt.RandomSearch(lambda hp: None, 'loss', directory='out', project_name='p')\n"
    )
    assert projects.maker(folder) == makes
