"""Whether searches of one file meet in one project folder, as the text alone tells."""

import pytest

from hypershape import rules
from hypershape.model import Analysis

from .handmade import module

EXPERIMENT = """
    import subprocess

    import keras_tuner as kt

    class Experiment:
        folder = "experiments"

        def run(self, y):
            tuner = kt.RandomSearch(build_model, "loss", max_trials=2, directory=self.folder)
            tuner.search(x, y)

    class Other(Experiment):
        {other}

"""


def told(other: str, after: str) -> list[str]:
    text = EXPERIMENT.format(other=other) + "\n".join(f"    {line}" for line in after.splitlines())
    found = rules.findings(Analysis(module(text)))
    return [each.message for each in found if each.code == "HS445"]


@pytest.mark.parametrize(
    "after",
    [
        "Experiment().run(1)\nExperiment().run(2)",
        "Experiment().run(1)\nlast = Other()\nlast.run(2)",
        "for kind in (Experiment, Other):\n    kind().run(1)",
    ],
)
def test_the_same_folder_at_every_call_is_told(after: str) -> None:
    assert len(told("pass", after)) == 1


@pytest.mark.parametrize(
    ("other", "after"),
    [
        ('folder = "others"', "Experiment().run(1)\nOther().run(2)"),
        ("def run(self, y): return y", "Experiment().run(1)\nOther().run(2)"),
        ("pass", "Experiment().run(1)"),
        ("pass", "if fast:\n    Experiment().run(1)\nelse:\n    Experiment().run(2)"),
        ("pass", 'for name in ("one", "two"):\n    subprocess.run(["echo", name])\nExperiment().run(1)'),
        ("pass", "Experiment.folder = 'one'\nExperiment().run(1)\nExperiment().run(2)"),
    ],
)
def test_one_call_or_another_folder_is_not(other: str, after: str) -> None:
    assert told(other, after) == []
