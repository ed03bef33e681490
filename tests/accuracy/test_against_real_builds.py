"""Symbolic verdicts, shapes, parameter counts and errors are those of a real build and a real training step."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from . import every_layer, handwritten, handwritten_layers, handwritten_models
from .compare import compare, in_child
from .programs import Program, programs

keras_tuner = pytest.importorskip("keras_tuner")
pytest.importorskip("hypershape.agent.engine")
pytestmark = [pytest.mark.tensorflow, pytest.mark.timeout(7200)]

COUNT = int(os.environ.get("HYPERSHAPE_ACCURACY", "16"))
"""How many programs of whole models are generated; `python -m tests.accuracy` asks for more."""

EACH = int(os.environ.get("HYPERSHAPE_ACCURACY_LAYER", "1"))
"""How many programs are generated for each built-in layer."""

FULL = "HYPERSHAPE_ACCURACY" in os.environ
SHORT = int(os.environ.get("HYPERSHAPE_ACCURACY_SHORT", "16"))
"""One in so many layers and handwritten programs is compared where not all of them are."""

EXACT_PROGRAMS = int(os.environ.get("HYPERSHAPE_ACCURACY_EXACT", "2"))
"""How many calls of each layer that is called exact are traced."""

CASES = {**handwritten.CASES, **handwritten_layers.CASES, **handwritten_models.CASES}
ON_TENSORFLOW = os.environ.get("KERAS_BACKEND", "tensorflow") == "tensorflow"
NAMES = [
    name
    for name, program in CASES.items()
    # What TensorFlow can train on GPUs alone is told by rehearsals; other backends train it here.
    if (
        "channels_first" not in program.source if ON_TENSORFLOW else "import tensorflow" not in program.source
    )
]


def generated(strategy: st.SearchStrategy[Program], count: int) -> list[Program]:
    """So many different programs, the same in every run."""
    found: dict[Program, None] = {}

    @settings(
        max_examples=count, derandomize=True, deadline=None, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(strategy)
    def collect(program: Program) -> None:
        found[program] = None

    collect()
    return list(found)


def assert_equal(group: str, drawn: list[Program], tally) -> None:
    """No false failure at all, at most one missed failure in a thousand, at most three that are not checked."""
    found, false, unchecked = [], [], []
    for start in range(0, len(drawn), 60):
        cases = [(program, {}) for program in drawn[start : start + 60]]
        for (program, _), (_, real, difference) in zip(cases, compare(cases), strict=True):
            text = tally.add(group, program, real, difference)
            if text is not None:
                if difference.startswith("FALSE FAILURE"):
                    false.append(text)
                elif difference.startswith("not checked"):
                    unchecked.append(text)
                else:
                    found.append(text)
    assert not false, "\n\n".join(false)
    assert len(found) <= len(drawn) // 1000, "\n\n".join(found)
    assert len(unchecked) <= 3 * len(drawn) // 1000, "\n\n".join(unchecked)


def test_generated_models_get_the_verdict_of_a_real_build(tally) -> None:
    assert_equal("generated models", generated(programs(), COUNT), tally)


def test_every_built_in_layer_is_compared_or_left_out_for_a_reason() -> None:
    classes = every_layer.built_in()
    assert set(every_layer.LEFT_OUT) <= set(classes) and len(classes) > 100
    for name, cls in classes.items():
        if name in every_layer.LEFT_OUT:
            continue
        for argument in every_layer.arguments_of(cls):
            assert argument in every_layer.NOT_VARIED or every_layer.values(cls, argument) is not None


def test_built_in_layers_get_the_verdict_of_a_real_build(tally) -> None:
    every = [
        program
        for name, cls in sorted(every_layer.built_in().items())
        if name not in every_layer.LEFT_OUT
        for program in generated(every_layer.programs_of(cls), max(EACH, 4))[-EACH:]
    ]
    assert_equal("built-in layers", every if FULL else every[::SHORT], tally)


def test_handwritten_models_get_the_verdict_of_a_real_build(tally) -> None:
    names = NAMES if FULL else NAMES[::SHORT]
    assert_equal("handwritten models", [CASES[name] for name in names], tally)


@pytest.mark.skipif(importlib.util.find_spec("jax") is None, reason="JAX is not installed")
@pytest.mark.skipif(FULL or os.environ.get("KERAS_BACKEND") == "jax", reason="one backend at a time")
def test_with_jax_models_get_the_verdict_of_a_real_build() -> None:
    environment = dict(os.environ, KERAS_BACKEND="jax", HYPERSHAPE_ACCURACY_SHORT=str(2 * SHORT))
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", "handwritten", __file__]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def disagreeing(name: str, count: int) -> tuple[int, list[str]]:
    """How many calls of an exact layer were traced in training, and the programs of which the trace is no other."""
    import keras
    import keras_tuner

    from hypershape.agent import engine, training

    engine.install()
    traced, found = 0, []
    is_exact = training._is_exact
    for program in generated(every_layer.programs_of(every_layer.built_in()[name]), 20 * count):
        if traced >= count:
            break
        keras.backend.clear_session(free_memory=False)
        names: dict[str, object] = {}
        exec(program.source, names)
        try:
            model = names["build"](keras_tuner.HyperParameters())
        except Exception:
            continue
        for node in training._nodes(training.graph_of(model)):
            given = node.operation, node.arguments.args, node.arguments.kwargs
            if type(node.operation).__name__ != name or not is_exact(*given) or training._is_risky(*given):
                continue
            if not training._is_filled(node.outputs):
                continue
            training._is_exact = lambda *given: False
            traced += 1
            if training._traced(*given, node.outputs) is not training.PASSES:
                found.append(program.source)
            training._is_exact = is_exact
    return traced, found


@pytest.mark.skipif(
    os.environ.get("KERAS_BACKEND", "tensorflow") != "tensorflow", reason="told by TensorFlow"
)
def test_what_exact_layers_promise_is_what_their_call_gives_in_training() -> None:
    from hypershape.agent import named

    for name in sorted(named.TRUSTED_TO_TRAIN - {"InputLayer"}) + list(named.TRUSTED_IF_THEIR_LAYERS_ARE):
        traced, found = in_child(disagreeing, name, EXACT_PROGRAMS)
        assert traced >= EXACT_PROGRAMS, f"{name} was seldom called in a way that counts"
        assert not found, found[0]


def disagreeing_on_masks(count: int) -> list[str]:
    """Calls of recurrent layers on random sizes that carry a mask, of which the trace is no other than was foreseen."""
    import random

    import keras

    from hypershape.agent import engine, named, training

    engine.install()
    found, is_exact = [], training._is_exact
    for number in range(count):
        generator = random.Random(number)
        tokens = keras.Input((generator.randint(1, 30),), dtype="int32")
        x = keras.layers.Embedding(50, generator.randint(1, 30), mask_zero=True)(tokens)
        made = getattr(keras.layers, generator.choice(named.TAKE_ANY_MASK))(
            generator.randint(1, 20),
            return_sequences=generator.random() < 0.5,
            dropout=generator.choice([0, 0.2]),
        )
        if generator.random() < 0.5:
            made = keras.layers.Bidirectional(made, merge_mode=generator.choice(["concat", "sum", "ave"]))
        outputs = made(x)
        assert is_exact(made, (x,), {})
        training._is_exact = lambda *given: False
        if training._traced(made, (x,), {}, outputs) is not training.PASSES:
            found.append(f"{made.get_config()} on {x.shape}")
        training._is_exact = is_exact
    return found


@pytest.mark.skipif(
    os.environ.get("KERAS_BACKEND", "tensorflow") != "tensorflow", reason="told by TensorFlow"
)
def test_recurrent_layers_take_every_mask_over_their_steps() -> None:
    assert in_child(disagreeing_on_masks, 4 * EXACT_PROGRAMS) == []
