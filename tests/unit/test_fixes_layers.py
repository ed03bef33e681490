"""Layers that a repair adds are written as the file writes its own."""

import ast

import pytest

from hypershape.fixes.layers import put_after, put_before, sibling
from hypershape.model import Fix

from .handmade import module, repaired


def with_flatten(text: str, layer: str = "Dense") -> str | None:
    """A text with a Flatten before its last layer of a class; None where none is put."""
    written = module(text)
    call = next(each for each in reversed(written.code.calls) if ast.unparse(each.func).endswith(layer))
    edits = put_before(call, "Flatten()", written.code)
    return None if edits is None else repaired(Fix("", edits), written)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("y = layers.Dense(3)(x)", "y = layers.Dense(3)(layers.Flatten()(x))"),
        ("model.add(layers.Dense(3))", "model.add(layers.Flatten())\nmodel.add(layers.Dense(3))"),
        ("stack.append(layers.Dense(3))", "stack.append(layers.Flatten())\nstack.append(layers.Dense(3))"),
        ("m = Sequential([layers.Dense(3)])", "m = Sequential([layers.Flatten(), layers.Dense(3)])"),
        (
            "m = Sequential([\n    a,\n    layers.Dense(3),\n])",
            "m = Sequential([\n    a,\n    layers.Flatten(),\n    layers.Dense(3),\n])",
        ),
    ],
)
def test_a_layer_stands_before_another_in_the_style_of_the_model(before: str, after: str) -> None:
    head = "from keras import layers\n"
    assert with_flatten(head + before + "\n") == head + after + "\n"


def test_a_layer_that_is_kept_and_called_elsewhere_has_another_before_its_call() -> None:
    text = """
from keras import layers

class Net:
    def __init__(self):
        self.flatten = 1
        self.out = layers.Dense(3)

    def call(self, x):
        return self.out(x)
"""
    assert with_flatten(text) == text.replace(
        "        self.out = ", "        self.flatten_1 = layers.Flatten()\n        self.out = "
    ).replace("self.out(x)", "self.out(self.flatten_1(x))").lstrip("\n")
    plain = "from keras import layers\nhead = layers.Dense(3)\ny = head(x)\n"
    assert with_flatten(plain) == plain.replace("head(x)", "head(layers.Flatten()(x))")


def test_what_must_be_imported_is_imported_with_the_others() -> None:
    text = "from tensorflow.keras.layers import Dense, Input\ny = Dense(3)(x)\n"
    assert with_flatten(text) == (
        "from tensorflow.keras.layers import Dense, Flatten, Input\ny = Dense(3)(Flatten()(x))\n"
    )
    known = "from keras.layers import Dense, Flatten as F\ny = Dense(3)(x)\n"
    assert with_flatten(known) == "from keras.layers import Dense, Flatten as F\ny = Dense(3)(F()(x))\n"


@pytest.mark.parametrize(
    "statement", ["head = layers.Dense(3)", "y = layers.Dense(3)(a, b)", "f(layers.Dense(3))(x)"]
)
def test_where_nothing_says_what_reaches_a_layer_none_is_put_before_it(statement: str) -> None:
    assert with_flatten(f"from keras import layers\n{statement}\n") is None


def test_a_layer_stands_behind_an_element_of_a_list() -> None:
    written = module("from keras import layers\nm = [layers.Input((4, 4))]\n")
    (call,) = written.code.calls
    edits = put_after(call, "Flatten()", written.code)
    assert edits is not None
    assert "[layers.Input((4, 4)), layers.Flatten()]" in repaired(Fix("", edits), written)


def test_what_no_import_gives_has_no_sibling() -> None:
    written = module("y = Dense(3)(x)\n")
    assert sibling(written.code.calls[-1].func, "Flatten", written.code) is None
