"""Which functions and methods of a file are targets, and where they stand."""

from __future__ import annotations

from textwrap import dedent

import pytest

from hypershape import source
from hypershape.model import Module, Span

HEAD = "import keras, keras_tuner as kt\nfrom keras import layers\n"
MODEL = "keras.Sequential([layers.Dense(hp.Int('u', 1, 2))])"


def analysed(text: str) -> Module:
    return source.analyse(source.from_text("model.py", HEAD + dedent(text)))


def names(text: str) -> list[str]:
    return [target.name for target in analysed(text).targets]


@pytest.mark.parametrize(
    "text",
    [
        f"def anything(hp):\n    return {MODEL}\n",
        f"def anything(params: kt.HyperParameters):\n    hp = params\n    params.Int('n', 1, 2)\n    return {MODEL}\n",
        f"def anything(x):\n    hp = x\n    return {MODEL}\nkt.RandomSearch(anything, 'val_loss')\n",
        f"def anything(x):\n    hp = x\n    return {MODEL}\nkt.GridSearch(hypermodel=anything)\n",
        f"def anything(x):\n    hp = x\n    return {MODEL}\nkt.tuners.Hyperband(lambda p: anything(p))\n",
        f"def anything(hp, n=3):\n    return {MODEL}\n",
        f"def anything(hp):\n    return {MODEL}\nmodel = anything(kt.HyperParameters())\n",
        "def part(hp, x):\n    return layers.Dense(hp.Int('u', 1, 2))(x)\n"
        "def anything(hp):\n    return keras.Model(i, part(hp, i))\n",
        "def anything(hp):\n    return create(units=hp.Int('u', 1, 2))\n"
        "def create(units):\n    return keras.Sequential([layers.Dense(units)])\n",
        f"def inner(hp):\n    return {MODEL}\ndef anything(hp):\n    return inner(hp)\n",
        f"def anything(hp):\n    return {MODEL}\n"
        "kt.Tuner(oracle=kt.oracles.RandomSearchOracle(), hypermodel=anything)\n",
        f"def anything(hp):\n    return {MODEL}\nclass Mine(kt.RandomSearch):\n    pass\nMine(anything)\n",
        f"def anything(hp):\n    return {MODEL}\nfor T in [kt.RandomSearch, kt.Hyperband]:\n    T(anything)\n",
        f"def anything(hp):\n    return {MODEL}\nalias = anything\nkt.RandomSearch(alias)\n",
    ],
)
def test_what_builds_a_model_from_hyperparameters_is_a_target(text: str) -> None:
    assert names(text) == ["anything"]


def test_an_oracle_of_an_old_name_is_no_tuner() -> None:
    text = "kt.Tuner(oracle=kt.oracles.BayesianOptimization(objective='val_loss'), hypermodel=anything)\n"
    module = analysed(f"def anything(hp):\n    return {MODEL}\n{text}")
    assert [each.call.name for each in module.tuners] == ["keras_tuner.Tuner"]


@pytest.mark.parametrize(
    "text",
    [
        "def rate(hp):\n    return hp.Float('rate', 0, 1)\n",
        "def show(hp):\n    print(hp.values)\n",
        "def block(hp, x):\n    return layers.Dense(hp.Int('u', 1, 2))(x)\n",
        "def train(hp):\n    return keras.Sequential([layers.Dense(hp['units'])])\n",
        "def build(x):\n    return keras.Sequential()\n",
        "class Block(layers.Layer):\n    def build(self, input_shape):\n        return keras.Sequential()\n",
        "class Base(kt.HyperModel):\n    def build(self, hp):\n        raise NotImplementedError\n",
        "class M(kt.HyperModel):\n    def fit(self, hp, model, *a, **k):\n"
        "        return model.fit(*a, batch_size=hp.Choice('b', [1, 2]), **k)\n",
    ],
)
def test_what_does_not_is_none(text: str) -> None:
    assert names(text) == []


@pytest.mark.parametrize(
    "base", ["kt.HyperModel", "HyperModel", "kerastuner.engine.hypermodel.HyperModel", "Base", "unknown.Base"]
)
def test_hypermodels_of_every_descent_are_targets(base: str) -> None:
    text = f"""
    from keras_tuner import HyperModel
    import kerastuner
    class Base(HyperModel):
        pass
    class Mine({base}):
        def build(self, hp):
            return {MODEL}
    """
    (target,) = analysed(text).targets
    assert (target.name, target.kind) == ("Mine.build", "hypermodel")
    assert target.slice is not None and target.slice.expression == "Mine().build"


def test_an_inherited_build_belongs_to_the_class_that_defines_it() -> None:
    text = f"""
    class Base(kt.HyperModel):
        def build(self, hp):
            return {MODEL}
    class Mine(Base):
        size = 3
    tuner = kt.RandomSearch(Mine(), objective="val_loss")
    """
    (target,) = analysed(text).targets
    assert target.name == "Base.build" and target.slice is not None
    assert target.slice.expression == "Mine().build"


def test_places_count_characters_from_one() -> None:
    text = f"name = '🎲é'; \ndef build_é(hp):\n    return {MODEL}\n"
    (target,) = analysed(text).targets
    assert target.span == Span("model.py", 4, 5, 4, 12)
    assert (target.body.line, target.body.column, target.body.end_line) == (4, 1, 5)
    assert target.body.end_column == len(f"    return {MODEL}") + 1


def test_a_decorated_target_starts_at_its_decorator_and_is_named_at_its_def() -> None:
    (target,) = analysed(f"@keep\n@also()\ndef build(hp):\n    return {MODEL}\n").targets
    assert target.body.line == 3 and target.span == Span("model.py", 5, 5, 5, 10)


def test_ready_made_hypermodels_are_targets() -> None:
    text = """
    from keras_tuner.applications import HyperResNet
    hypermodel = HyperResNet(input_shape=(80, 80, 3), classes=10)
    tuner = kt.Hyperband(hypermodel, objective="val_loss", max_epochs=3)
    """
    (target,) = analysed(text).targets
    assert (target.name, target.kind) == ("HyperResNet", "hypermodel")
    assert target.slice is not None and target.slice.expression == "hypermodel.build"
    assert "HyperResNet(input" in target.slice.files[-1].text


def test_scikit_learn_builders_are_not_probed_as_keras_models() -> None:
    text = """
    from sklearn import ensemble
    def build(hp):
        return ensemble.RandomForestClassifier(n_estimators=hp.Int("n", 10, 50))
    tuner = kt.tuners.SklearnTuner(oracle=kt.oracles.RandomSearchOracle(), hypermodel=build)
    """
    (target,) = analysed(text).targets
    assert target.slice is None
    assert target.reason == "It builds scikit-learn models; only Keras models are probed."


def test_two_tuners_of_one_target_are_both_known_to_it() -> None:
    text = f"""
    def build(hp):
        return {MODEL}
    a = kt.RandomSearch(build, "val_loss")
    b = kt.Hyperband(build, "val_loss")
    """
    (target,) = analysed(text).targets
    assert [tuner.class_name for tuner in target.tuners] == ["RandomSearch", "Hyperband"]


def test_a_build_function_of_another_file_stands_where_it_is_handed() -> None:
    text = """
    from my_models import build_model
    tuner = kt.RandomSearch(build_model, "val_loss")
    """
    (target,) = analysed(text).targets
    assert target.name == "build_model" and target.span == Span("model.py", 5, 25, 5, 36)


def test_a_wrapper_that_makes_the_tuner_hands_on_what_it_gets() -> None:
    text = f"""
    def run(hypermodel, name):
        tuner = kt.RandomSearch(hypermodel, objective="val_loss", project_name=name)
        tuner.search()
    def first(p):
        hp = p
        return {MODEL}
    run(first, "a")
    """
    (target,) = analysed(text).targets
    assert target.name == "first" and len(target.tuners) == 1


def test_a_file_without_keras_tuner_has_no_targets() -> None:
    text = """
    from hyperopt import hp
    space = hp.choice("a", [1, 2])
    class Net(object):
        def __init__(self, hp):
            self.model = build(hp)
    """
    assert names(text) == []


COMPILED = "model = keras.Sequential([layers.Dense(hp.Int('u', 1, 2))])\n    model.compile('adam', 'mse')\n"


@pytest.mark.parametrize(
    ("text", "called"),
    [
        (
            f"def build(size, hp: kt.HyperParameters):\n    {COMPILED}    return model\n",
            "(lambda hp: build(size, hp))",
        ),
        (
            f"def build(hp, words, *, topics):\n    {COMPILED}    return model\n",
            "(lambda hp: build(hp, words, topics=topics))",
        ),
        (
            f"def build(hp, base=None):\n    x = base.output\n    {COMPILED}    return model\n",
            "(lambda hp: build(hp, base=base))",
        ),
    ],
)
def test_a_builder_takes_more_than_the_object_and_is_probed_with_the_rest_assumed(
    text: str, called: str
) -> None:
    (target,) = analysed(text).targets
    assert target.slice is not None and target.slice.expression == called
    assert len(target.slice.stand_ins) == called.count(",")


@pytest.mark.parametrize(
    "text",
    [
        "def block(x, hp: kt.HyperParameters):\n    return layers.Dense(hp.Int('u', 1, 2))(x)\n",
        "def prepare(model, hp):\n    model.compile(hp.Choice('o', ['adam', 'sgd']))\n    return model\n",
        f"def again(hp):\n    {COMPILED}    model.fit(x, y, batch_size=hp.get('batch'))\n    return model\n",
        "class Own(kt.RandomSearch):\n    def make(self, hp):\n        return keras.Sequential(hp.Int('u', 1, 2))\n",
    ],
)
def test_parts_of_models_and_what_trains_them_are_no_targets(text: str) -> None:
    assert names(text) == []


@pytest.mark.parametrize(
    "later",
    [
        "def again(hp):\n    model = build(hp)\n    model.fit(x, y)\n    return model\n",
        "def shown(hp):\n    model = build(hp)\n    model.summary()\n    return model\n",
        "def report(hp):\n    print(hp.values)\n",
    ],
)
def test_what_uses_a_builder_that_a_tuner_gets_is_no_other_target(later: str) -> None:
    text = f"def build(hp):\n    return {MODEL}\n{later}tuner = kt.RandomSearch(build, 'val_loss')\n"
    assert names(text) == ["build"]


def test_a_builder_is_a_target_though_only_what_trains_its_models_calls_it() -> None:
    text = (
        f"def build(hp):\n    return {MODEL}\ndef train(hp):\n    build(hp).fit(x, y)\n    return build(hp)\n"
    )
    assert names(text) == ["build"]


@pytest.mark.parametrize(
    "made",
    [
        "table = {'a': lambda p: small(p, 3)}\ntuner = kt.RandomSearch(table['a'], 'val_loss')\n",
        "for f in [lambda p: small(p, 3)]:\n    tuner = kt.RandomSearch(f, 'val_loss')\n",
        "table = {'a': lambda p: small(p, 3)}\nfor n, f in table.items():\n    kt.RandomSearch(f, 'val_loss')\n",
        "for n, f in (('a', lambda p: small(p, 3)), ):\n    kt.RandomSearch(f, 'val_loss')\n",
    ],
)
def test_builders_in_tables_are_those_of_the_tuners_that_get_them(made: str) -> None:
    text = "def small(p, n):\n    hp = p\n    return keras.Sequential([layers.Dense(n)] * p.Int('u', 1, 2))\n"
    (target,) = analysed(text + made).targets
    assert (target.name, len(target.tuners)) == ("small", 1)


@pytest.mark.parametrize(
    "used",
    [
        "return keras.Model(self.base.input, self.base(hp))",
        "for each in self.base:\n                hp.Int('u', 1, 2)\n            return keras.Sequential()",
    ],
)
def test_an_argument_that_nobody_gives_is_no_fact_where_none_could_never_do(used: str) -> None:
    text = f"""
    class Mine(kt.HyperModel):
        def __init__(self, base=None):
            self.base = base
        def build(self, hp):
            hp.Int('u', 1, 2)
            {used}
    """
    (target,) = analysed(text).targets
    assert target.slice is not None and target.slice.expression == "Mine(base=base).build"


@pytest.mark.parametrize(
    ("refusal", "given"),
    [
        ("if shape is None and tensor is None:\n                raise ValueError", "shape=shape"),
        (
            "if shape is None or tensor is None:\n                raise ValueError",
            "shape=shape, tensor=tensor",
        ),
        ("if not tensor:\n                raise ValueError", "tensor=tensor"),
        ("if shape is None and self.strict:\n                raise ValueError", ""),
        ("if shape is None:\n                shape = (4,)", ""),
    ],
)
def test_an_argument_without_which_a_constructor_ends_is_given(refusal: str, given: str) -> None:
    text = f"""
    class Mine(kt.HyperModel):
        def __init__(self, shape=None, tensor=None):
            {refusal}
            self.shape = shape
        def build(self, hp):
            return keras.Sequential([layers.Dense(hp.Int('u', 1, 2), input_shape=self.shape)])
    """
    (target,) = analysed(text).targets
    assert target.slice is not None and target.slice.expression == f"Mine({given}).build"


@pytest.mark.parametrize(
    "used",
    [
        "if self.base is None:\n                return keras.Sequential()\n            return self.base(hp)",
        "base = self.base or keras.Sequential\n            return base(hp)",
        "return keras.Sequential([layers.Dense(hp.Int('u', 1, 2), activation=self.base)])",
    ],
)
def test_an_argument_that_may_be_none_keeps_its_default(used: str) -> None:
    text = f"""
    class Mine(kt.HyperModel):
        def __init__(self, base=None):
            self.base = base
        def build(self, hp):
            hp.Int('u', 1, 2)
            {used}
    """
    (target,) = analysed(text).targets
    assert target.slice is not None and target.slice.expression == "Mine().build"


def test_a_space_that_a_hypermodel_declares_for_a_tuner_elsewhere_is_its_own() -> None:
    module = analysed("""
        import keras
        import keras_tuner as kt

        class Net(kt.HyperModel):
            def __init__(self, widest=64):
                self.space = kt.HyperParameters()
                self.space.Int("units", 8, widest)

            def build(self, hp):
                return keras.Sequential([keras.layers.Dense(hp.get("units"))])
    """)
    (target,) = module.targets
    assert target.slice is not None and target.slice.hyperparameters == "Net().space"


def test_what_a_call_of_the_file_writes_for_a_parameter_is_not_assumed() -> None:
    (target,) = analysed("""
        import keras
        import keras_tuner as kt
        def build(hp, width, *, rate=None):
            model = keras.Sequential([keras.layers.Dense(hp.Int("units", 1, width))])
            model.compile()
            return model
        tuner = kt.RandomSearch(build(kt.HyperParameters(), 3, rate=x), "val_loss")
    """).targets
    assert target.slice is not None and target.slice.expression == "(lambda hp: build(hp, 3))"
    assert not target.slice.stand_ins


CHOSEN = """
import sys
import keras
import keras_tuner as kt

def small(hp):
    return keras.Sequential([keras.layers.Dense(hp.Int("u", 4, 8))])

def large(hp):
    return keras.Sequential([keras.layers.Dense(hp.Int("units", 64, 512))])

{before}
tuner = kt.RandomSearch({given}, "val_loss", max_trials=3)
"""


@pytest.mark.parametrize(
    ("before", "given"),
    [
        ("if sys.argv[1] == 'a':\n    build = small\nelse:\n    build = large", "build"),
        ("build = small\nif len(sys.argv) > 1:\n    build = large", "build"),
        ("", "small if sys.argv[1:] else large"),
        ("TABLE = {'a': small, 'b': large}", "TABLE[sys.argv[1]]"),
    ],
)
def test_each_builder_that_a_tuner_may_get_is_a_target_of_its_own(before: str, given: str) -> None:
    targets = analysed(CHOSEN.format(before=before, given=given)).targets
    assert [(each.name, each.slice and each.slice.expression) for each in targets] == [
        ("small", "small"),
        ("large", "large"),
    ]
    assert all(each.tuners for each in targets)


def test_the_last_builder_that_is_assigned_for_certain_is_the_one() -> None:
    targets = analysed(CHOSEN.format(before="build = small\nbuild = large", given="build")).targets
    assert [(each.name, bool(each.tuners)) for each in targets] == [("small", False), ("large", True)]


def test_a_method_that_a_comprehension_calls_is_called_as_in_its_first_round() -> None:
    text = f"""
    class Experiment:
        def build(self, hp):
            raise NotImplementedError

        def run(self, y):
            tuner = kt.RandomSearch(self.build, "loss", max_trials=2)
            tuner.search([1], y)

    class Wide(Experiment):
        def build(self, hp):
            return {MODEL}

    found = [kind().run(y) for kind in (Wide,) for y in ([1], [2]) if y]
    """
    target = analysed(text).targets[0]
    assert target.name == "Experiment.build" and target.slice is not None and not target.slice.stand_ins
    assert "next(kind().run(y) for kind in (Wide,) for y in ([1], [2]) if y)" in target.slice.expression
