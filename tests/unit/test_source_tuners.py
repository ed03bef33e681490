"""Tuners and searches with the arguments they were given."""

from __future__ import annotations

from textwrap import dedent

import pytest

from hypershape import source
from hypershape.model import Module, TunerCall


def analysed(text: str) -> Module:
    return source.analyse(source.from_text("model.py", dedent(text)))


def only(text: str) -> TunerCall:
    (tuner,) = analysed(text).tuners
    return tuner


def test_arguments_are_named_by_the_signature_and_literals_are_known() -> None:
    tuner = only("""
        import keras_tuner as kt
        TRIALS = 5
        changed = 1
        changed += 1
        tuner = kt.BayesianOptimization(
            build, "val_loss", TRIALS, changed, alpha=-1e-4,
            objective_weights=[1, 2], overwrite=True, directory=folder / "x", **more)
    """)
    arguments = tuner.call.arguments
    assert tuner.call.name == "keras_tuner.BayesianOptimization"
    assert {key: value.literal for key, value in arguments.items() if value.is_literal} == {
        "objective": "val_loss",
        "max_trials": 5,
        "alpha": -1e-4,
        "objective_weights": (1, 2),
        "overwrite": True,
    }
    assert arguments["hypermodel"].source == "build"
    assert arguments["num_initial_points"].source == "changed"
    assert arguments["directory"].source == 'folder / "x"'
    assert arguments["**"].source == "more"
    assert (arguments["max_trials"].span.line, arguments["max_trials"].span.column) == (7, 24)


def test_searches_belong_to_the_tuner_bound_at_the_time() -> None:
    first, second = analysed("""
        from kerastuner.tuners import RandomSearch as RS, Hyperband
        tuner = RS(build, objective="val_loss", max_trials=3)
        tuner.search(x, y, 32, epochs=5, validation_data=(a, b))
        tuner = Hyperband(build, "val_loss", 7, 2)
        tuner.search(x, y)
        tuner.search(z)
    """).tuners
    assert (first.class_name, second.class_name) == ("RandomSearch", "Hyperband")
    assert first.call.name == "keras_tuner.RandomSearch"
    (search,) = first.searches
    assert list(search.arguments) == ["x", "y", "batch_size", "epochs", "validation_data"]
    assert search.arguments["epochs"].literal == 5
    assert [each.arguments["x"].source for each in second.searches] == ["x", "z"]
    assert second.call.arguments["max_epochs"].literal == 7


def test_a_tuner_kept_on_self_is_searched_from_another_method() -> None:
    tuner = only("""
        import keras_tuner
        class Trainer:
            def make(self):
                self.tuner = keras_tuner.RandomSearch(self.build, "val_loss")
            def run(self, x):
                self.tuner.search(x, epochs=2)
    """)
    assert [search.arguments["epochs"].literal for search in tuner.searches] == [2]


def test_a_tuner_that_a_function_returns_is_searched_by_its_caller() -> None:
    tuner = only("""
        import keras_tuner as kt
        def make(build):
            return kt.Hyperband(build, objective="val_loss")
        best = make(build_model)
        best.search(x, epochs=4)
    """)
    assert [search.arguments["epochs"].literal for search in tuner.searches] == [4]


def test_own_tuner_classes_count_as_what_they_derive_from() -> None:
    tuner = only("""
        import keras_tuner as kt
        class Base(kt.BayesianOptimization):
            pass
        class Mine(Base):
            def run_trial(self, trial, *args, **kwargs):
                return super().run_trial(trial, *args, **kwargs)
        tuner = Mine(build, objective="val_loss", max_trials=2)
    """)
    assert tuner.class_name == "BayesianOptimization" and tuner.call.name == "Mine"
    assert tuner.call.arguments["max_trials"].literal == 2


@pytest.mark.parametrize(
    "made",
    [
        "tuner = {'grid': kt.GridSearch, 'random': kt.RandomSearch}[kind](build, 'loss')",
        "cls = kt.GridSearch if kind else kt.RandomSearch\ntuner = cls(build, 'loss')",
        "cls, options = TABLE[kind]\ntuner = cls(build, objective='loss', **options)",
        "for name, (cls, options) in TABLE.items():\n    tuner = cls(build, **options)\n    tuner.search(x, y)",
        "def make(cls=kt.GridSearch):\n    tuner = cls(build, 'loss')\n    tuner.search(x, y)",
        "def make(cls):\n    tuner = cls(build, 'loss')\n    tuner.search(x, y)\nmake(kt.GridSearch)",
        "class Run:\n    def __init__(self, cls=kt.GridSearch):\n        self.cls = cls\n    def go(self):\n"
        "        tuner = self.cls(build, 'loss')\n        tuner.search(x, y)",
        "class Run:\n    cls = kt.GridSearch\n    def go(self):\n        tuner = self.cls(build)\n        tuner.search(x, y)",
    ],
)
def test_a_class_that_something_holds_makes_a_tuner(made: str) -> None:
    before = "import keras_tuner as kt\nTABLE = {'grid': (kt.GridSearch, {'max_trials': 2})}\n"
    (tuner,) = source.analyse(source.from_text("m.py", f"{before}{made}\ntuner.search(x, y)\n")).tuners
    assert tuner.class_name == "GridSearch" and tuner.searches


@pytest.mark.parametrize(
    "made",
    [
        "known = {'grid': kt.GridSearch}\nresult = known.get(kind, build)\nmake = build\nmake(x)",
        "cls = kt.GridSearch\ndef other(cls):\n    return cls(x)\nother(int)",
        "tuner = known[kt.GridSearch.__name__](build)",
        "def make(kind=kt.GridSearch):\n    return build(kind)\nmake()",
    ],
)
def test_what_holds_no_class_makes_no_tuner(made: str) -> None:
    text = f"import keras_tuner as kt\ndef build(hp):\n    pass\n{made}\n"
    assert source.analyse(source.from_text("m.py", text)).tuners == ()


def test_names_that_hold_each_other_are_asked_once() -> None:
    methods = "".join(
        f"    def m{i}(self):\n        self.a, self.b = self.b, self.a\n        self.a = self.b\n        self.b = self.a\n"
        for i in range(30)
    )
    text = f"import keras_tuner as kt\nknown = kt.GridSearch\nclass Run:\n{methods}    def run(self):\n        self.a(build, 'loss')\n"
    assert source.analyse(source.from_text("m.py", text)).tuners == ()


def test_tuners_of_other_packages_are_none() -> None:
    module = analysed("""
        from bayes_opt import BayesianOptimization
        from sklearn.model_selection import GridSearchCV as GridSearch
        BayesianOptimization(f, {"x": (1, 2)})
        GridSearch(model, {})
    """)
    assert module.tuners == ()


def test_names_of_imports_are_resolved() -> None:
    module = analysed("""
        import tensorflow as tf, os.path
        import tensorflow.keras.layers
        from tensorflow.keras.layers import Dense as D, Flatten
        from . import near
        from .near import thing
        try:
            import keras_tuner as kt
        except ImportError:
            import kerastuner as kt
        def build(hp):
            from keras import losses
    """)
    assert dict(module.imports) == {
        "tf": "tensorflow",
        "os": "os",
        "tensorflow": "tensorflow",
        "D": "tensorflow.keras.layers.Dense",
        "Flatten": "tensorflow.keras.layers.Flatten",
        "near": ".near",
        "thing": ".near.thing",
        "kt": "keras_tuner",
        "losses": "keras.losses",
    }


def test_a_tuner_that_runs_its_trials_itself_is_known_as_such() -> None:
    module = analysed("""
        import keras_tuner as kt
        class Base(kt.Tuner):
            def run_trial(self, trial, *args):
                self.hypermodel.build(trial.hyperparameters)
        class Mine(Base):
            pass
        class Other(kt.Tuner):
            def on_epoch_end(self, *args):
                pass
        Mine(oracle, build)
        Other(oracle, build)
    """)
    assert [tuner.own_trials for tuner in module.tuners] == [True, False]


def test_a_search_behind_both_branches_of_an_if_belongs_to_the_tuner_of_either() -> None:
    tuners = analysed("""
        import keras_tuner as kt
        if small:
            tuner = kt.RandomSearch(build)
            tuner.search(x)
        else:
            tuner = kt.Hyperband(build)
        tuner.search(y)
        tuner = kt.GridSearch(build)
        tuner.search(z)
    """).tuners
    assert [[each.span.line for each in tuner.searches] for tuner in tuners] == [[5, 8], [8], [10]]
