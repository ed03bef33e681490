"""Branches that meet again may read hyperparameters of their own: what reads them is counted as if each had been built."""

from __future__ import annotations

import json
from typing import Any

import pytest

from hypershape.probe import convert
from hypershape.space import Explorer

from .engine_child import PATH, in_child, load
from .test_engine_free import target

pytest.importorskip("keras_tuner")
pytestmark = pytest.mark.tensorflow

RATE = "hp.Float('rate', 0.0, 0.4, step=0.1)"
DROP = f"x = layers.Dropout({RATE})(x)"


def _explored(source: str, tracks: bool) -> tuple[Any, ...]:
    from hypershape.agent.engine import Engine

    engine, explorer = Engine(None, [PATH]), Explorer(exhaustive=True)
    engine.tracks = tracks
    function = load(source)
    while batch := explorer.next(8):
        found = [engine.probe(function, each, "symbolic") for each in batch]
        explorer.add([convert.report(json.loads(json.dumps({**each, "layers": ()})), ()) for each in found])
    coverage = explorer.coverage
    apart = sorted({name for each in explorer.reports for name in each.apart})
    share = round(coverage.failing_share, 9)
    return (coverage.mode, coverage.space, share), len(explorer.reports), apart


def compared(body: str, helpers: str = "") -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """What is known of a space where values are followed, and where every configuration is built."""
    source = target(body).replace("def build(", f"{helpers}\ndef build(", 1)
    return in_child(_explored, source, True), in_child(_explored, source, False)


READ_APART = {
    "a rate": (f"if hp.Boolean('drop'):\n    {DROP}", ["rate"]),
    "a rate for several": (
        f"for i in range(3):\n    if hp.Boolean(f'drop_{{i}}'):\n        {DROP}",
        ["rate"],
    ),
    "one in each arm": (
        "if hp.Choice('norm', ['batch', 'layer']) == 'batch':\n"
        "    x = layers.BatchNormalization(momentum=hp.Float('momentum', 0.8, 0.9, step=0.01))(x)\n"
        "else:\n    x = layers.LayerNormalization(epsilon=hp.Choice('epsilon', [1e-3, 1e-4]))(x)",
        ["epsilon", "momentum"],
    ),
    "several in a chain": (
        "o = hp.Choice('o', ['adam', 'sgd', 'rms'])\nif o == 'adam':\n    opt = keras.optimizers.Adam(0.1)\n"
        "elif o == 'sgd':\n    opt = keras.optimizers.SGD(0.1, momentum=hp.Choice('m', [0.1, 0.5]))\n"
        "else:\n    opt = keras.optimizers.RMSprop(0.1, rho=hp.Choice('rho', [0.5, 0.7, 0.9]))\n"
        "keras.Model(inputs, x).compile(opt, 'mse')",
        ["m", "rho"],
    ),
    "a number of choices": (
        f"if hp.Int('n', 0, 3) > 1:\n    {DROP}\n    y = layers.Dense(hp.Int('units', 2, 4))(x)\n",
        ["rate", "units"],
    ),
    "where a size decides besides": (
        f"x = layers.Conv2D(4, hp.Choice('k', [3, 13]))(x)\nif hp.Boolean('drop'):\n    {DROP}",
        ["rate"],
    ),
    "an expression": (f"x = layers.Dropout({RATE})(x) if hp.Boolean('drop') else x", ["rate"]),
}


@pytest.mark.parametrize(("body", "apart"), READ_APART.values(), ids=READ_APART)
def test_what_only_one_arm_reads_divides_no_proof(body: str, apart: list[str]) -> None:
    followed, plain = compared(body)
    assert followed[0] == plain[0]
    assert followed[2] == apart
    assert followed[1] < plain[1]


READ_ANYWAY = {
    "a rate that is read later": f"if hp.Boolean('drop'):\n    {DROP}\n{DROP}",
    "a rate that a branch reads too": f"if hp.Boolean('drop'):\n    {DROP}\nif hp.Boolean('flat'):\n    x = layers.Flatten()(x)\n    {DROP}",
    "an arm in an arm": f"if hp.Boolean('a'):\n    x = layers.ReLU()(x)\n    if hp.Boolean('b'):\n        {DROP}",
    "what it reads decides": "if hp.Boolean('a'):\n    x = layers.Conv2D(3, 1, groups=hp.Choice('g', [1, 2, 3]))(x)",
    "what it reads decides later": "b = layers.Conv2D(hp.Int('f', 2, 8, step=2), 1)(x) if hp.Boolean('a') else layers.Conv2D(4, 1)(x)\nx = layers.Conv2D(4, 1, groups=4)(b)",
    "a truth of two": f"if hp.Boolean('a') and hp.Boolean('b'):\n    {DROP}",
    "a branch in which nobody is the same": f"if hp.Boolean('a'):\n    {DROP}\n    x = layers.Flatten()(x)",
}


@pytest.mark.long
@pytest.mark.parametrize("body", READ_ANYWAY.values(), ids=READ_ANYWAY)
def test_what_cannot_be_told_apart_is_counted_as_it_is(body: str) -> None:
    followed, plain = compared(body)
    assert followed[0] == plain[0]
