"""A script that sets environment variables before its imports is analysed as it would run."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from hypershape import source
from hypershape.analysis import run
from hypershape.model import Analysis, Options
from hypershape.probe import Agent
from hypershape.probe.agent import MOST_DRESSED

pytestmark = [pytest.mark.tensorflow, pytest.mark.asyncio(loop_scope="module")]

SEARCH = """
import {keras}
import keras_tuner as kt


def build_model(hp):
    model = {name}.Sequential([{name}.layers.Dense(hp.Int("units", 1, 2))])
    model.compile(loss="mse")
    return model


# hypershape: x=(4,) y=(1,)
tuner = kt.RandomSearch(build_model, "loss", max_trials=2, overwrite=True)
"""


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def agent() -> AsyncIterator[Agent]:
    agent = Agent([sys.executable])
    yield agent
    await agent.close()


async def analysed(agent: Agent, before: str, keras: str = "keras", name: str = "keras") -> Analysis:
    text = f"import os\n{before}{SEARCH.format(keras=keras, name=name)}"
    return await run(source.from_text("/tmp/user/search.py", text), agent, Options(budget=20.0))


async def test_the_backend_that_a_script_asks_for_is_the_one_it_is_probed_with(agent: Agent) -> None:
    state = await analysed(agent, 'os.environ["KERAS_BACKEND"] = "jax"\n')
    assert state.environment is not None and state.environment.backend == "jax"
    (target,) = state.targets
    assert target.coverage is not None and target.coverage.failed == 0 and state.findings == ()
    plain = await analysed(agent, "")
    assert plain.environment is not None and plain.environment.backend != "jax", "other files are as before"


async def test_a_backend_that_is_missing_is_told_at_its_line_and_taken_out_by_a_fix_that_was_tried(
    agent: Agent,
) -> None:
    state = await analysed(agent, 'os.environ["KERAS_BACKEND"] = "nonesuch"\n')
    (finding,) = state.findings
    assert (finding.code, finding.span.line) == ("HS008", 2)
    assert [(fix.title, fix.verified) for fix in finding.fixes] == [("Do not set KERAS_BACKEND", True)]


async def test_the_switch_to_the_old_keras_without_it_is_told_at_its_line(agent: Agent) -> None:
    before = 'os.environ["TF_USE_LEGACY_KERAS"] = "1"\n'
    state = await analysed(agent, before, "tensorflow as tf", "tf.keras")
    (finding,) = state.findings
    assert (finding.code, finding.span.line) == ("HS008", 2) and "pip install tf_keras" in finding.message
    assert [fix.verified for fix in finding.fixes] == [True]


async def test_a_script_cannot_put_a_shape_probe_on_the_gpu(agent: Agent) -> None:
    text = 'import os\nos.environ["CUDA_VISIBLE_DEVICES"] = "0"' + SEARCH.format(
        keras="keras", name="keras"
    ).replace("    model.compile", '    assert os.environ["CUDA_VISIBLE_DEVICES"] == "-1"\n    model.compile')
    state = await run(source.from_text("/tmp/user/search.py", text), agent, Options(budget=20.0))
    (target,) = state.targets
    assert target.coverage is not None and target.coverage.failed == 0


async def test_few_interpreters_of_scripts_rest_beside_the_plain_one(agent: Agent) -> None:
    for number in range(MOST_DRESSED + 3):
        agent.dressed({"KERAS_MAX_EPOCHS": str(number)})
    assert len(agent._dressed) == MOST_DRESSED
