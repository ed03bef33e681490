"""What does not fit into memory, with what rehearsals showed of a search, and its repairs; no process is started."""

from dataclasses import replace

from hypershape.lsp.configuration import Configuration
from hypershape.model import (
    Analysis,
    Card,
    Cost,
    Coverage,
    Environment,
    Finding,
    LayerCall,
    Module,
    Report,
    TargetAnalysis,
)
from hypershape.rules.cost.hs503_model_beyond_the_machine import ModelBeyondTheMachine

from .handmade import at, hyperparameter, module, repaired, underlined

TEXT = """
import keras
import keras_tuner as kt
from keras import layers


def build_model(hp):
    model = keras.Sequential([keras.Input((64, 64, 3))])
    model.add(layers.Conv2D(hp.Choice("filters", [16, 64]), 3))
    model.compile("adam", "mse")
    return model


tuner = kt.RandomSearch(build_model, "loss", max_trials=3)
tuner.search(x, y, batch_size=512)
"""
MACHINE = Environment("3.12", "/usr/bin/python", devices=("CPU",), memory=2 * 10**8)
CARD = Card("NVIDIA T4", total=2 * 10**8)


def report(filters: int) -> Report:
    parameters = 28 * filters
    shapes = ((None, 64, 64, 3),), ((None, 62, 62, filters),)
    call = LayerCall(None, "conv2d", "Conv2D", *shapes, "float32", parameters)
    return Report(
        {"filters": filters}, "ok", "symbolic", layers=(call,), parameters=parameters, free=("filters",)
    )


def found(
    environment: Environment | None = MACHINE,
    cost: Cost | None = None,
    text: str = TEXT,
    all_ran: bool = True,
) -> tuple[list[Finding], Module]:
    read = module(text)
    (target,) = read.targets
    analysed = TargetAnalysis(
        target,
        "probed",
        hyperparameters=(
            hyperparameter(read, "filters", 'hp.Choice("filters", [16, 64])', "Choice", (16, 64)),
        ),
        coverage=Coverage("exhaustive", 2, 2, 0, 0.0, (0.0, 0.0), all_ran=all_ran),
        reports=(report(16), report(64)),
        shares=(0.5, 0.5),
        cost=cost,
    )
    analysis = Analysis(read, environment, (analysed,), done=True)
    return list(ModelBeyondTheMachine().check(analysis)), read


def measured(read: Module | None = None, keeps: bool = True) -> Cost:
    place = at(read or module(TEXT), 'kt.RandomSearch(build_model, "loss", max_trials=3)')
    return Cost(place, "CPU", batch=(512, 512), slots=2.0, keeps=keeps)


def test_what_a_step_keeps_counts_once_a_rehearsal_did_not_contradict_it() -> None:
    (finding,), read = found(cost=measured())
    assert str(finding.condition) == "filters == 64"
    assert "at batch 512" in finding.message and finding.message.endswith("this machine has 0.2 GB.")
    assert underlined(finding, read) == "build_model"
    assert found(cost=measured(keeps=False))[0] == []
    assert found()[0] == []


def test_values_that_fit_and_smaller_batches_are_the_repairs() -> None:
    (finding,), read = found(cost=measured())
    fixes = list(finding.repairs())
    assert [fix.title.partition(" (")[0] for fix in fixes][-1] == "Train on batches of 256"
    assert 'hp.Choice("filters", [16])' in repaired(fixes[0], read)
    smaller = repaired(fixes[-1], read)
    assert "batch_size=256" in smaller
    assert found(cost=measured(), text=smaller)[0] == []


def test_of_sizes_that_were_not_all_probed_the_largest_alone_is_told() -> None:
    (finding,), _ = found(cost=measured(), all_ran=False)
    assert finding.condition is None
    assert finding.message.startswith("The largest model that was probed (filters=64) needs at least")


def test_a_card_counts_before_the_machine_and_one_that_is_not_known_says_nothing() -> None:
    on_gpu = replace(MACHINE, devices=("NVIDIA T4",), cards=(CARD,), memory=10**12)
    (finding,), _ = found(on_gpu, measured())
    assert finding.message.endswith("the NVIDIA T4 has 0.2 GB.")
    assert found(replace(on_gpu, cards=()), measured())[0] == []
    assert found(None, measured())[0] == []
    assert found(replace(MACHINE, memory=None), measured())[0] == []


def test_half_precision_is_left_alone() -> None:
    mixed = 'keras.mixed_precision.set_global_policy("mixed_float16")\n\n\ndef build_model'
    assert found(cost=measured(), text=TEXT.replace("def build_model", mixed))[0] == []


def test_the_editor_may_say_how_much_memory_there_is() -> None:
    assert Configuration.read({"device": {"memoryLimit": 16}}).chosen.memory == 16
    assert Configuration.read({"device": {"memoryLimit": None}}).chosen.memory is None
    wrong = Configuration.read({"device": {"memoryLimit": "much"}})
    assert wrong.chosen.memory is None and "device.memoryLimit" in wrong.problems[0]
