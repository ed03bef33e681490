"""Only what cannot change a build is held."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from hypershape import source
from hypershape.model import Document
from hypershape.space import cannot_matter

HEAD = """import keras
import keras_tuner as kt
from keras import layers
from keras.layers import Dropout
"""


def held(body: str, above: str = "") -> Mapping[str, str]:
    lines = "\n".join(f"    {line}" for line in body.strip().splitlines())
    module = source.analyse(
        Document("m.py", f"{HEAD}{above}\ndef build_model(hp):\n{lines}\n    return keras.Sequential()\n")
    )
    (target,) = module.targets
    return cannot_matter(module, target)


@pytest.mark.parametrize(
    "body",
    [
        "layers.Dropout(hp.Float('rate', 0, 0.5))",
        "Dropout(rate=hp.Float('rate', 0, 0.5))",
        "rate = hp.Float('rate', 0, 0.5)\nfor _ in range(3):\n    layers.Dropout(rate)",
        "layers.Dense(4, activation=hp.Choice('rate', ['relu', 'tanh']))",
        "keras.optimizers.Adam(hp.Float('rate', 1e-4, 1e-2))",
        "keras.Sequential().compile(optimizer=hp.Choice('rate', ['adam', 'sgd']))",
        "layers.Dropout(hp.Float('rate', 0, 0.5), name='rate')",
    ],
)
def test_what_only_reaches_harmless_arguments_of_keras_is_held(body: str) -> None:
    assert list(held(body)) == ["rate"]


@pytest.mark.parametrize(
    ("body", "above"),
    [
        ("Dropout(hp.Float('rate', 0, 0.5))", "Dropout = print\n"),
        ("Dropout(hp.Float('rate', 0, 0.5))", "class Dropout:\n    pass\n"),
        ("Dropout(hp.Float('rate', 0, 0.5))", "from mine import Dropout\n"),
        ("block(rate=hp.Float('rate', 0, 0.5))", "def block(rate):\n    layers.Dense(int(rate * 9))\n"),
        (
            "keras.Model().compile(optimizer=hp.Choice('rate', ['a', 'b']))",
            "class Own:\n    def compile(self): ...\n",
        ),
    ],
)
def test_what_reaches_something_of_the_users_own_that_is_called_like_keras_is_not(
    body: str, above: str
) -> None:
    assert not held(body, above)


@pytest.mark.parametrize(
    "body",
    [
        "rate = hp.Float('rate', 0, 0.5)\nrate = 3\nlayers.Dropout(rate)",
        "rate = hp.Float('rate', 0, 0.5)\nrate += 1\nlayers.Dropout(rate)",
        "rate = hp.Float('rate', 0, 0.5)\nlayers.Dropout(rate)\nlayers.Dense(int(rate * 8))",
        "rate = hp.Float('rate', 0, 0.5)\nif rate > 0.1:\n    layers.Dropout(rate)",
        "layers.Dropout(2 * hp.Float('rate', 0, 0.5))",
        "rate = hp.Float('rate', 0, 0.5)\nglobal kept\nkept = rate\nlayers.Dropout(rate)",
    ],
)
def test_a_value_that_is_changed_compared_or_computed_with_is_not(body: str) -> None:
    assert not held(body)


@pytest.mark.parametrize(
    "body",
    [
        "layers.Dropout(hp.Float('rate', 0, 0.5))\nlayers.Dense(hp.Int('rate', 1, 5))",
        "layers.Dropout(hp.Float('rate', 0, 0.5))\nlayers.Dense(hp.get('rate'))",
        "layers.Dropout(hp.Float('rate', 0, 0.5))\nhp.Int('units', 1, 9, parent_name='rate', parent_values=[0.0])",
        "layers.Dropout(hp.Float('rate', 0, 0.5))\nfor n in 'rate', 'e':\n    layers.Dense(hp.Int(n, 1, 5))",
        "layers.Dropout(hp.Float('rate_1', 0, 0.5))\nfor n in range(2):\n    layers.Dense(hp.Int(f'rate_{n}', 1, 5))",
    ],
)
def test_a_name_that_is_declared_or_read_elsewhere_is_not(body: str) -> None:
    assert not held(body)


def test_a_helper_that_declares_the_same_name_counts() -> None:
    helper = "def tail(hp):\n    return layers.Dense(hp.Int('rate', 1, 5))\n"
    assert not held("layers.Dropout(hp.Float('rate', 0, 0.5))\ntail(hp)", helper)


def test_an_activation_that_halves_an_axis_is_varied() -> None:
    assert not held("layers.Dense(4, activation=hp.Choice('activation', ['relu', 'glu']))")
