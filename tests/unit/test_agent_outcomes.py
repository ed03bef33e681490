"""What a step of one model tells of models that differ in sizes only."""

from __future__ import annotations

import pytest

pytest.importorskip("keras_tuner")
pytestmark = pytest.mark.tensorflow

from .engine_child import in_child, load  # noqa: E402

SOURCE = """
import keras
from keras import layers

def build(hp):
    x = inputs = keras.Input((16, 16, 1))
    x = layers.UpSampling2D(hp.Int("factor", 1, 12))(x)
    x = layers.Conv2D(3, 3, padding="same")(x)
    model = keras.Model(inputs, x)
    model.compile(keras.optimizers.Adam(0.1, beta_1=hp.Float("beta", 0.3, 0.9, step=0.1)), LOSS)
    return model
"""
OWN = """lambda y, p: keras.ops.mean(p, axis=1)[:, :32] + keras.ops.zeros((1, 32, 1))"""


def _by_keras(source: str, factors: list[int]) -> list[tuple[str, bool]]:
    from hypershape.agent.engine import Engine

    from .engine_child import PATH

    function, engine, found = load(source), Engine(None, [PATH]), []
    by_shapes, called = engine._by_shapes, []

    def counted(*given):
        called.append(given)
        return by_shapes(*given)

    engine._by_shapes = counted
    for factor in factors:
        called.clear()
        report = engine.probe(function, {"factor": factor}, "symbolic")
        assert report["output_shapes"] == ((None, 16 * factor, 16 * factor, 3),)
        assert report["log_names"] == ("loss",)
        found.append((report["verdict"], bool(called)))
    return found


def test_outputs_of_other_sizes_need_no_step_once_two_were_seen() -> None:
    found = in_child(_by_keras, SOURCE.replace("LOSS", "'mse'"), [3, 5, 7, 6, 9, 11])
    assert found[:2] == [("ok", True), ("ok", True)]
    assert [verdict for verdict, _ in found] == ["ok"] * 6
    # Now and then one is asked all the same.
    assert sum(asked for _, asked in found) <= 5


def test_a_loss_of_the_users_own_is_asked_at_each_size() -> None:
    found = in_child(_by_keras, SOURCE.replace("LOSS", OWN), [3, 5, 7, 6])
    assert [asked for _, asked in found] == [True] * 4
