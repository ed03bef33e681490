"""Where it is shown what a search takes: over its tuner, in hovers, in the report, on the command line and in JSON."""

import io
import json

from rich.console import Console

from hypershape.cli import contract
from hypershape.cli.text import Printer
from hypershape.lsp.hover import hover
from hypershape.lsp.lenses import _consequences
from hypershape.model import Analysis, Cost, Coverage, Spent, TargetAnalysis
from hypershape.report import page

from .handmade import at, module

READ = module("""
import keras
import keras_tuner as kt


def build_model(hp):
    return keras.Sequential([keras.Input((2,)), keras.layers.Dense(hp.Int("units", 1, 3))])


tuner = kt.RandomSearch(build_model, "loss", max_trials=3)
""")
CALL = at(READ, 'kt.RandomSearch(build_model, "loss", max_trials=3)')
COST = Cost(
    CALL, "CPU", (32, 32), (0.01, 0.04), (1e8, 2e8), (600.0, 4200.0), 3,
    (Spent({"units": 2}, 0.02, 10**8, (0.025, None)),),
)  # fmt: skip
DONE = Analysis(
    READ,
    targets=(
        TargetAnalysis(
            READ.targets[0], "probed", coverage=Coverage("exhaustive", 3, 3, 0, 0.0, (0.0, 0.0)), cost=COST
        ),
    ),
    done=True,
)
SAID = "search of 3 trials takes about 10 min to 1 h 10 min on this CPU"


def test_the_lens_over_the_tuner_says_how_long_its_search_takes() -> None:
    assert list(_consequences(DONE)) == [(at(READ, "kt.RandomSearch"), f"the {SAID}")]


def test_hovers_say_what_was_measured_and_how_far_a_prediction_was_off() -> None:
    for place in (at(READ, "RandomSearch"), at(READ, "build_model")):
        shown = hover(DONE, place.line, place.column)
        assert shown is not None
        assert f"The {SAID}." in shown[0]
        assert "A training step takes 10 ms to 40 ms at batch 32." in shown[0]
        assert "where a prediction of the step was 25% off" in shown[0]


def test_the_report_and_the_command_line_say_it() -> None:
    assert f"The {SAID}." in page([DONE])
    printed = io.StringIO()
    Printer(Console(file=printed, width=200)).file(DONE, corners=False)
    assert f"  the {SAID}\n" in printed.getvalue()


def test_json_has_every_figure() -> None:
    (file,) = json.loads(contract.to_json([DONE], None, corners=False))["files"]
    cost = file["targets"][0]["cost"]
    assert cost["search_seconds"] == [600.0, 4200.0] and cost["memory_bytes"] == [10**8, 2 * 10**8]
    assert cost["measured"][0]["predicted_step_seconds"] == 0.025
