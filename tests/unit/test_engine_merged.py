"""What the arms of a branch, or the rounds of a loop, leave in different sizes goes on as a value that depends on the test."""

from __future__ import annotations

import pytest

from .test_engine_apart import compared
from .test_engine_free import probe, target

pytest.importorskip("keras_tuner")
pytestmark = pytest.mark.tensorflow

UNITS = "hp.Choice(f'u{i}', [3, 4, 6])"
WIDTH = "x = layers.Conv2D(6, 1, groups=3)(x)"

MERGED = {
    "rounds that shrink an image": (
        "for i in range(hp.Int('n', 0, 4)):\n    x = layers.MaxPooling2D(2)(x)\nx = layers.Conv2D(3, hp.Choice('k', [1, 3, 5]))(x)"
    ),
    "rounds with widths of their own, of which the last one decides": (
        f"for i in range(hp.Int('n', 0, 3)):\n    x = layers.Dense({UNITS})(x)\n{WIDTH}"
    ),
    "rounds that decide nothing but a size": (
        f"for i in range(hp.Int('n', 0, 3)):\n    y = layers.Dense({UNITS})(x)\n    x = layers.concatenate([x, y])"
    ),
    "two towers of rounds that meet": (
        "a = b = x\nfor i in range(hp.Int('n', 0, 2)):\n    a = layers.Dense(hp.Choice(f'a{i}', [3, 5]))(a)\n"
        "for i in range(hp.Int('m', 0, 2)):\n    b = layers.Dense(hp.Choice(f'b{i}', [3, 5]))(b)\nx = layers.add([a, b])"
    ),
    "two names of a branch": (
        "y = x\nif hp.Boolean('a'):\n    x = layers.MaxPooling2D(hp.Choice('p', [2, 4]))(x)\n"
        "    y = layers.Conv2D(3, hp.Choice('s', [1, 2]), strides=hp.Choice('t', [2, 4]))(y)\nx = layers.add([x, y])"
    ),
    "a branch that is not taken": (
        "if not hp.Boolean('a', default=True):\n    x = layers.Dense(6)(x)\n    x = layers.MaxPooling2D(6)(x)\n"
        "else:\n    y = layers.Dense(3)(x)\n    x = layers.Dense(5)(y)\nx = layers.Conv2D(6, hp.Choice('k', [1, 3]), groups=3)(x)"
    ),
    "a branch in a round": (
        "for i in range(hp.Int('n', 1, 3)):\n    x = layers.Conv2D(3, 3, padding='same')(x)\n    if hp.Boolean('pool'):\n"
        "        x = layers.MaxPooling2D(2)(x)\n        x = layers.Dense(hp.Choice('units', [3, 4]))(x)\n"
        f"x = layers.Conv2D(3, 2)(x)\n{WIDTH}"
    ),
    "rounds in rounds": (
        "for s in range(hp.Int('n', 1, 2)):\n    for i in range(hp.Int(f'd{s}', 0, 2)):\n        x = layers.Conv2D(3 + s, 3)(x)\n"
        f"    x = layers.MaxPooling2D(2)(x)\n{WIDTH}"
    ),
    "a number that rounds add up": (
        "width = 2\nfor i in range(hp.Int('n', 0, 3)):\n    width += i + 1\nx = layers.Dense(width)(x)\nx = layers.Conv2D(4, 1, groups=2)(x)"
    ),
    "rounds that one arm refuses": (
        "for i in range(hp.Int('n', 0, 3)):\n    x = layers.Conv2D(3, hp.Choice(f'k{i}', [1, 5]))(x)\n    x = layers.MaxPooling2D(2)(x)"
    ),
    "the same name at other ranks": (
        "if hp.Boolean('flat'):\n    x = layers.Flatten()(x)\n    x = layers.Dense(3)(x)\nx = layers.MaxPooling2D(hp.Choice('p', [2, 13]))(x)"
    ),
    "a list that grows": (
        "kept = [x]\nfor i in range(hp.Int('n', 1, 3)):\n    y = layers.Dense(hp.Choice('u', [2, 3]))(x)\n    kept = kept + [y]\n"
        "    x = layers.concatenate(kept)\nx = layers.Conv2D(8, 1, groups=4)(x)"
    ),
    "a branch around a list": (
        "kept = [x]\nalso = kept\nif hp.Boolean('a'):\n    y = layers.Dense(2)(x)\n    kept = [x, y]\nkept.append(x)\n"
        "x = layers.concatenate(also if len(also) > 1 else also * 2)\nx = layers.Conv2D(9, 1, groups=hp.Choice('g', [3, 9]))(x)"
    ),
}  # fmt: skip


@pytest.mark.parametrize("body", MERGED.values(), ids=MERGED)
def test_what_arms_leave_in_different_sizes_is_one_value(body: str) -> None:
    followed, plain = compared(body)
    assert followed[0] == plain[0]
    assert followed[1] <= plain[1]


FREE = {
    "a branch in each block": "for b in range(3):\n    if hp.Boolean(f'f{b}'):\n        y = layers.Dense(5)(x)\n        x = layers.Dense(4)(y)",
    "rounds in each block": "for b in range(3):\n    for i in range(hp.Int(f'f{b}', 0, 3)):\n        x = layers.Dense(3 + b)(x)",
}


@pytest.mark.parametrize("body", FREE.values(), ids=FREE)
def test_sizes_that_decide_nothing_leave_it_free_who_makes_them(body: str) -> None:
    for report in probe(target(body), {}, {"f0": 1, "f1": 1}):
        assert {"f0", "f1", "f2"} <= {*report["free"]}
