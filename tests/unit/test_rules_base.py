"""The small model that an example of a rule is built around, and what stands on a rule's page."""

import ast

from hypershape import rules
from hypershape.model import Severity
from hypershape.rules import Example, Rule


def test_the_model_around_an_example_is_sequential_where_the_lines_add_layers() -> None:
    example = Example.layers("model.add(layers.Dense(hp.Int('units', 1, 3)))", input="(4,)", head="")
    assert example.text == (
        "import keras\nfrom keras import layers\n\n\n"
        "def build_model(hp):\n"
        "    model = keras.Sequential([keras.Input((4,))])\n"
        "    model.add(layers.Dense(hp.Int('units', 1, 3)))\n"
        '    model.compile(loss="mse")\n'
        "    return model\n"
    )


def test_the_model_around_an_example_is_functional_where_the_lines_change_x() -> None:
    text = Example.layers("x = layers.Conv2D(8, 3)(x)").text
    assert "x = inputs = keras.Input((28, 28, 1))\n    x = layers.Conv2D(8, 3)(x)\n" in text
    assert "x = layers.Dense(1)(x)\n    model = keras.Model(inputs, x)\n" in text


def test_what_the_lines_of_an_example_use_is_imported_and_nothing_else() -> None:
    text = Example.layers(
        "model.add(layers.Dense(SIZES[0], activation=activations.relu))",
        before="SIZES = np.array([8, 16])",
        after='tuner = keras_tuner.RandomSearch(build_model, objective="loss")',
    ).text
    assert text.startswith(
        "import keras\nimport keras_tuner\nimport numpy as np\nfrom keras import activations, layers\n\n"
        "SIZES = np.array([8, 16])\n\n\ndef build_model(hp):\n"
    )
    ast.parse(text)


def test_an_example_of_a_search_has_a_model_of_one_layer_and_a_tuner() -> None:
    example = Example.search('tuner = kt.RandomSearch(build_model, "loss")', data="x=(4,) y=(1,)")
    assert example.text == (
        "import keras\nimport keras_tuner as kt\nfrom keras import layers\n\n\n"
        "# hypershape: x=(4,) y=(1,)\n"
        "def build_model(hp):\n"
        "    model = keras.Sequential([keras.Input((4,))])\n"
        '    model.add(layers.Dense(hp.Int("units", 1, 3)))\n'
        '    model.compile(loss="mse")\n'
        "    return model\n\n\n"
        'tuner = kt.RandomSearch(build_model, "loss")\n'
    )


def test_an_example_with_a_training_of_its_own_has_a_hypermodel() -> None:
    fit = """
    def fit(self, hp, model, x, y, **kwargs):
        return model.fit(x, y, **kwargs)
    """
    text = Example.search('tuner = kt.RandomSearch(Model(), "loss")', fit=fit).text
    assert "class Model(kt.HyperModel):\n    def build(self, hp):\n        model = keras.Seq" in text
    assert "\n        return model\n\n    def fit(self, hp, model, x, y, **kwargs):\n        return" in text
    ast.parse(text)


def test_each_page_shows_its_example_whole() -> None:
    class Narrow(Rule):
        """Too narrow."""

        code = "HS000"
        name = "narrow"
        severity = Severity.HINT
        INVALID = (Example.layers("model.add(layers.Dense(1))"),)

    assert Narrow.INVALID[0].text in rules.page(Narrow())
