"""A loop that counts its rounds decides nothing where a round leaves behind what it found."""

from __future__ import annotations

import pytest

from .test_engine_apart import compared
from .test_engine_free import probe, target

pytest.importorskip("keras_tuner")
pytestmark = pytest.mark.tensorflow

DENSE = "x = layers.Dense(3, activation='relu')(x)"
RESIDUAL = "y = layers.Conv2D(3, hp.Choice('kernel', [1, 3]), padding='same')(x)\n    x = layers.add([x, y])"

ALIKE = {
    "a residual block": f"for _ in range(hp.Int('n', 1, 4)):\n    {RESIDUAL}",
    "none at all, too": f"for _ in range(hp.Int('n', 0, 3)):\n    {DENSE}",
    "counted from one": f"for i in range(1, hp.Int('n', 1, 3) + 1):\n    {DENSE}",
    "in steps": f"for i in range(0, hp.Int('n', 1, 6), 2):\n    {DENSE}",
    "in stages": f"for s in range(2):\n    for i in range(hp.Int('n', 1, 3)):\n        {DENSE}",
    "another loop with the same counter": (
        f"for i in range(hp.Int('n', 1, 3)):\n    {DENSE}\nfor i in range(2):\n    x = layers.Dense(3 + i)(x)"
    ),
    "a loop in a round": (
        f"for i in range(hp.Int('n', 1, 3)):\n    for j in range(2):\n        {DENSE}\n"
        "    a, b = x, layers.Dense(3)(x)\n    x = layers.add([a, b])"
    ),
    "a choice in a round": (
        f"for i in range(hp.Int('n', 1, 3)):\n    {DENSE}\n    if hp.Boolean('norm'):\n"
        "        x = layers.BatchNormalization()(x)"
    ),
    "a block of a class of the user's": (
        "for i in range(hp.Int('n', 1, 3)):\n    x = Block(3, hp.Choice('units', [4, 8]))(x)"
    ),
}
BLOCK = """
class Block(layers.Layer):
    def __init__(self, width, units):
        super().__init__()
        self.inner = keras.Sequential([layers.Dense(units, activation='relu'), layers.Dense(width)])

    def call(self, x):
        return x + self.inner(x)

"""


@pytest.mark.parametrize("body", ALIKE.values(), ids=ALIKE)
def test_a_number_of_rounds_that_all_leave_the_same_decides_nothing(body: str) -> None:
    source = target(body).replace("def build(", f"{BLOCK}\ndef build(", 1)
    reports = probe(source, {}, {"n": 3}, {"n": 1})
    assert [report["verdict"] for report in reports] == ["ok"] * 3
    assert all({"n"} <= {*report["free"]} for report in reports[1:])


DECIDING = {
    "a size": "for _ in range(hp.Int('n', 1, 3)):\n    x = layers.MaxPooling2D(2)(x)",
    "a name that a later round reads": (
        "prev = None\nfor _ in range(hp.Int('n', 1, 3)):\n    if prev is not None:\n"
        f"        x = layers.MaxPooling2D(3)(x)\n    prev = x\n    {DENSE}"
    ),
    "the counter, afterwards": f"i = 0\nfor i in range(hp.Int('n', 1, 3)):\n    {DENSE}\nx = layers.MaxPooling2D(6 * i + 1)(x)",
    "the counter, behind a loop without a round": (
        f"for i in range(hp.Int('n', 1, 3)):\n    {DENSE}\n"
        "for i in range(0):\n    x = layers.Dense(i)(x)\nelse:\n    x = layers.MaxPooling2D(6 * i + 1)(x)"
    ),
    "a name, afterwards": (
        f"last = 0\nfor i in range(hp.Int('n', 1, 3)):\n    {DENSE}\n    last = i\nx = layers.MaxPooling2D(6 * last + 1)(x)"
    ),
    "a list that a helper fills": (
        f"kept = []\nfor i in range(hp.Int('n', 1, 3)):\n    {DENSE}\n    x = keep(kept, x)\nx = layers.MaxPooling2D(5 * len(kept))(x)"
    ),
    "a break": f"for i in range(hp.Int('n', 1, 3)):\n    {DENSE}\n    if i == 1:\n        break\nelse:\n    x = layers.Flatten()(x)",
}


@pytest.mark.parametrize("body", DECIDING.values(), ids=DECIDING)
def test_rounds_that_leave_something_else_are_counted(body: str) -> None:
    source = "def keep(kept, x):\n    kept.append(x)\n    return x\n\n" + target(body)
    reports = probe(source, {}, {"n": 3}, {"n": 1}, {"n": 2})
    assert all("n" not in report["free"] for report in reports)


READ_APART = {
    "a rate of each round": (
        "for i in range(hp.Int('n', 0, 3)):\n"
        f"    {DENSE}\n    x = layers.Dropout(hp.Float(f'rate_{{i}}', 0.0, 0.4, step=0.2))(x)",
        ["rate_0", "rate_1", "rate_2"],
    ),
    "a rate of a branch in each": (
        f"for i in range(hp.Int('n', 1, 3)):\n    {DENSE}\n    if hp.Boolean('drop'):\n"
        "        x = layers.Dropout(hp.Float('rate', 0.0, 0.4, step=0.1))(x)",
        ["rate"],
    ),
    "in a helper that gets the container": (
        "for i in range(hp.Int('n', 1, 3)):\n    x = block(x, hp)\nx = layers.Conv2D(3, hp.Choice('k', [3, 13]))(x)",
        ["rate"],
    ),
    "a size that one of them decides": (
        "for i in range(hp.Int('n', 1, 3)):\n    x = layers.MaxPooling2D(hp.Choice(f'p{i}', [1, 3]))(x)",
        [],
    ),
}


@pytest.mark.parametrize(("body", "apart"), READ_APART.values(), ids=READ_APART)
def test_rounds_may_read_hyperparameters_of_their_own(body: str, apart: list[str]) -> None:
    source = (
        "def block(x, hp):\n    y = layers.Conv2D(3, 3, padding='same')(x)\n    if hp.Boolean('drop'):\n"
        "        y = layers.Dropout(hp.Float('rate', 0.0, 0.4, step=0.1))(y)\n    return layers.add([x, y])\n"
    )
    followed, plain = compared(body, source)
    assert followed[0] == plain[0]
    assert followed[2] == apart
    assert followed[1] <= plain[1]
