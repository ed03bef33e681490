"""What a slice holds, checked by running it: the target must see what it would see in the file."""

from __future__ import annotations

import ast
import sys
import types
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from hypershape import source
from hypershape.model import Module, Target


class Given:
    """Stands for a HyperParameters object that draws the default of everything."""

    def Int(self, name: str, minimum: int, maximum: int, step: int = 1) -> int:
        return minimum


@pytest.fixture(autouse=True)
def keras_tuner(monkeypatch: pytest.MonkeyPatch) -> None:
    """The slices under test need the package's names only."""
    package = types.ModuleType("keras_tuner")
    package.HyperModel = type("HyperModel", (), {"__init__": lambda self, name=None: None})  # type: ignore[attr-defined]
    package.RandomSearch = object  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "keras_tuner", package)


def analysed(text: str) -> Module:
    return source.analyse(source.from_text("model.py", dedent(text)))


def only(text: str) -> Target:
    (target,) = analysed(text).targets
    return target


def kept(target: Target) -> str:
    assert target.slice is not None, target.reason
    return target.slice.files[-1].text


def built(target: Target, **stand_ins: Any) -> Any:
    """What the target returns when its slice is run."""
    assert target.slice is not None, target.reason
    assert set(stand_ins) == set(target.slice.stand_ins)
    scope: dict[str, Any] = {"__name__": "__main__", **stand_ins}
    exec(compile(kept(target), "model.py", "exec"), scope)
    return eval(target.slice.expression, scope)(Given())


def same_places(text: str, cut: str) -> bool:
    """Whether the slice is the text with characters blanked out, in the same lines and columns."""
    return len(text) == len(cut) and all(
        new == old or new.isspace() or new in "0;(return)if 1:" for old, new in zip(text, cut, strict=True)
    )


def test_training_searching_and_plotting_are_left_out() -> None:
    target = only("""
        import keras_tuner as kt
        import matplotlib.pyplot as plt
        SIZE = 3
        def build_model(hp):
            return SIZE + hp.Int("units", 1, 9)
        plt.plot([SIZE])
        print(SIZE)
        tuner = kt.RandomSearch(build_model, objective="val_loss")
        tuner.search([SIZE], epochs=3)
        model = tuner.get_best_models()[0]
        model.fit(SIZE)
    """)
    assert kept(target).split("\n")[3:6] == [
        "SIZE = 3",
        "def build_model(hp):",
        '    return SIZE + hp.Int("units", 1, 9)',
    ]
    assert "tuner" not in kept(target) and "plt" not in kept(target) and "print" not in kept(target)
    assert built(target) == 4


def test_bindings_and_mutations_come_in_order() -> None:
    target = only("""
        import keras_tuner as kt
        config = {"a": 1}
        config["b"] = 2
        names = []
        names.append("first")
        names += ["second"]
        for index in range(3):
            config[f"c{index}"] = index
            print(index)
        config.update(d=len(names))
        del config["a"]
        def build_model(hp):
            return dict(config)
        kt.RandomSearch(build_model)
        config["too_late"] = True
    """)
    assert built(target) == {"b": 2, "c0": 0, "c1": 1, "c2": 2, "d": 2}
    assert "print" not in kept(target)


def test_an_earlier_value_that_is_overwritten_is_not_computed() -> None:
    target = only("""
        import keras_tuner as kt
        size = expensive()
        size = 4
        def build_model(hp):
            return size
        tuner = kt.RandomSearch(build_model)
        size = 5
    """)
    assert "expensive" not in kept(target)
    assert built(target) == 4


def test_helpers_bring_what_they_use() -> None:
    target = only("""
        import keras_tuner as kt
        BASE = 2
        def double(x):
            return x * BASE
        class Block:
            scale = BASE
            def __call__(self, x):
                return double(x) + self.scale
        def unrelated():
            return missing
        def build_model(hp, block=Block()):
            return block(hp.Int("x", 5, 9))
        kt.Hyperband(build_model, "val_loss")
    """)
    assert built(target) == 12
    assert "unrelated" not in kept(target)


def test_a_lambda_finds_what_is_bound_below_it() -> None:
    target = only("""
        import keras_tuner as kt
        block = lambda n: scaled(shifted(n))
        shifted = lambda n: n + OFFSET
        unused = lambda n: plot(n)
        scaled = lambda n: n * 10
        OFFSET = 4
        def build_model(hp):
            return block(hp.Int("n", 2, 5))
        kt.RandomSearch(build_model)
    """)
    assert built(target) == 60
    assert "plot" not in kept(target)


def test_branches_loops_and_contexts_keep_their_headers() -> None:
    target = only("""
        import keras_tuner as kt
        import contextlib
        if BIG := False:
            width = 100
            print("big")
        elif 1 > 2:
            width = 50
        else:
            width = 10
        try:
            import no_such_package_anywhere as speed
        except ImportError:
            print("slow")
            speed = None
        depth = 0
        while True:
            depth += 1
            if depth > 3:
                break
        with contextlib.suppress(ValueError):
            height = int("7")
            int("no")
        def build_model(hp):
            return width, depth, height, speed
        kt.RandomSearch(build_model)
    """)
    assert built(target) == (10, 4, 7, None)
    assert "print" not in kept(target)


def test_several_statements_on_a_line_keep_their_columns() -> None:
    text = """
import keras_tuner as kt
a = 1; print(a); b = 2; print(b); c = 3
def build_model(hp): return a, b, c
kt.RandomSearch(build_model); print(a)
"""
    target = only(text)
    assert built(target) == (1, 2, 3)
    line = kept(target).split("\n")[2]
    assert [line.index(name) for name in ("a = 1", "b = 2", "c = 3")] == [0, 17, 34]
    assert "print" not in line


def test_a_slice_has_the_places_of_the_file_with_tabs_and_other_line_ends() -> None:
    text = (
        "import keras_tuner as kt\r\n"
        "def make():\r\n"
        "\tsize = 'naïve 🎲'; print(size)\r\n"
        "\tif size:\r\n"
        "\t\tprint(1)\r\n"
        "\t\tn = len(size)\r\n"
        "\ttuner = kt.RandomSearch(\r\n"
        "\t\tlambda hp: (size, n))\r\n"
        "make()\r\n"
    )
    target = only(text)
    assert same_places(text, kept(target))
    assert kept(target).index("lambda") == text.index("lambda")
    assert built(target) == ("naïve 🎲", 7)


def test_functions_that_set_globals_are_called() -> None:
    target = only("""
        import keras_tuner as kt
        settings = {}
        def configure(n):
            global width
            width = n
            settings["depth"] = n + 1
        def report():
            print(width)
        configure(5)
        report()
        def build_model(hp):
            return width, settings["depth"]
        kt.RandomSearch(build_model)
    """)
    assert built(target) == (5, 6)
    assert "report" not in kept(target)


def test_global_switches_of_keras_are_kept() -> None:
    target = only("""
        import os
        os.environ["KERAS_BACKEND"] = "jax"
        import tensorflow as tf
        from tensorflow import keras
        from tensorflow.keras import backend as K
        from keras import mixed_precision
        import keras_tuner as kt
        tf.random.set_seed(1)
        K.set_image_data_format("channels_first")
        keras.backend.set_floatx("float64")
        mixed_precision.set_global_policy("mixed_float16")
        K.clear_session()
        def build_model(hp):
            return 1
        kt.RandomSearch(build_model)
    """)
    text = kept(target)
    for switch in ("set_seed", "set_image_data_format", "set_floatx", "set_global_policy"):
        assert switch in text
    assert "environ" in text and "clear_session" not in text


@pytest.mark.parametrize(("trains", "is_kept"), [("", True), ("MODEL.fit(DATA)", False)])
def test_a_function_that_switches_keras_is_called_unless_it_trains(trains: str, is_kept: bool) -> None:
    target = only(f"""
        import tensorflow.keras.backend as K
        import keras_tuner as kt
        def prepare():
            global rows
            K.set_image_data_format("channels_first")
            rows = [1]
            {trains}
        prepare()
        def build_model(hp):
            return 1
        kt.RandomSearch(build_model)
    """)
    assert ("set_image_data_format" in kept(target)) is is_kept


def test_loading_is_kept_where_the_target_needs_the_data() -> None:
    target = only("""
        import keras_tuner as kt
        import pandas as pd
        from sklearn.model_selection import train_test_split
        frame = pd.read_csv("data.csv")
        frame.dropna(inplace=True)
        frame.head()
        labels = frame.pop("label")
        train, test = train_test_split(frame)
        def build_model(hp):
            return train.shape[1]
        kt.RandomSearch(build_model)
    """)
    lines = [line for line in kept(target).split("\n") if line.strip()]
    assert lines == [
        "import pandas as pd",
        "from sklearn.model_selection import train_test_split",
        'frame = pd.read_csv("data.csv")',
        "frame.dropna(inplace=True)",
        'labels = frame.pop("label")',
        "train, test = train_test_split(frame)",
        "def build_model(hp):",
        "    return train.shape[1]",
    ]


def test_names_that_nothing_defines_get_stand_ins() -> None:
    target = only("""
        import keras_tuner as kt
        def build_model(hp):
            return X_train.shape[1], len(str(1))
        kt.RandomSearch(build_model)
    """)
    assert target.slice is not None
    assert dict(target.slice.stand_ins) == {"X_train": "nothing in this file defines it"}


def test_a_star_import_is_kept_for_names_that_only_it_can_bind() -> None:
    needed = only("""
        from math import *
        import keras_tuner as kt
        def build_model(hp):
            return floor(2.5)
        kt.RandomSearch(build_model)
    """)
    assert built(needed) == 2
    idle = only("""
        from math import *
        import keras_tuner as kt
        def build_model(hp):
            return 2
        kt.RandomSearch(build_model)
    """)
    assert "math" not in kept(idle)


def test_the_tuner_in_main_gets_the_values_of_main() -> None:
    target = only("""
        import keras_tuner as kt
        def build(hp, classes, size):
            return classes, size
        def load():
            return [0, 1, 1, 2], "data"
        def main(path, size=8):
            print("loading", path)
            labels, _ = load()
            classes = len(set(labels))
            with open(path) as file:
                file.read()
            tuner = kt.RandomSearch(
                hypermodel=lambda hp: build(hp, classes, size=size),
                objective="val_loss",
            )
            tuner.search()
        if __name__ == "__main__":
            main("nowhere", size=9)
    """)
    assert target.name == "build" and target.kind == "lambda"
    assert built(target) == (3, 9)
    assert "open" not in kept(target)


def test_a_build_function_nested_in_a_function_keeps_its_closure() -> None:
    target = only("""
        import keras_tuner as kt
        def tune(features):
            width = features * 2
            def build_model(hp):
                return width + hp.Int("x", 1, 2)
            for name, Tuner in {"a": kt.RandomSearch}.items():
                tuner = Tuner(build_model, objective="val_loss")
                tuner.search()
            return tuner
        def run():
            n = 5
            print(n)
            best = tune(n)
            best.results_summary()
        run()
    """)
    assert target.name == "build_model"
    assert built(target) == 11


def test_parameters_that_no_call_tells_are_assumed() -> None:
    target = only("""
        import keras_tuner as kt
        def tune(x_train, classes):
            def build_model(hp):
                return x_train.shape, classes
            tuner = kt.RandomSearch(build_model)
            return tuner
    """)
    data = types.SimpleNamespace(shape=(3,))
    assert built(target, x_train=data, classes=4) == ((3,), 4)


def test_a_factory_is_called_as_the_file_calls_it() -> None:
    target = only("""
        import keras_tuner as kt
        def make_builder(n):
            m = n + 1
            def build(hp):
                return m
            return build
        tuner = kt.RandomSearch(make_builder(3))
    """)
    assert target.name == "build" and built(target) == 4


def test_a_method_is_bound_to_the_instance_of_the_file() -> None:
    target = only("""
        import keras_tuner as kt
        class Trainer:
            def __init__(self, rows, name="a"):
                self.width = len(rows)
                self.name = name
            def build_model(self, hp):
                return self.block(hp), self.name
            def block(self, hp):
                return self.width
            def plot(self):
                plt.show()
            def tune(self):
                tuner = kt.RandomSearch(self.build_model, objective="val_loss")
                tuner.search()
                return tuner
        trainer = Trainer([1, 2, 3], name="b")
        trainer.tune()
    """)
    assert target.name == "Trainer.build_model" and target.kind == "method"
    assert built(target) == (3, "b")
    assert dict(target.slice.stand_ins) == {}  # type: ignore[union-attr]


def test_a_hypermodel_gets_the_arguments_of_the_instance_that_the_tuner_gets() -> None:
    target = only("""
        import keras_tuner as kt
        class Base(kt.HyperModel):
            def __init__(self, classes, width=1):
                super().__init__()
                self.classes, self.width = classes, width
            def build(self, hp):
                raise NotImplementedError
        class Small(Base):
            def build(self, hp):
                return self.classes, self.width
            def fit(self, hp, model, *args, **kwargs):
                return model.fit(*args, callbacks=[unknown_callback], **kwargs)
        CLASSES = 10
        hypermodel = Small(CLASSES, width=4)
        tuner = kt.Hyperband(hypermodel, objective="val_loss")
    """)
    assert target.name == "Small.build" and target.kind == "hypermodel"
    assert built(target) == (10, 4)


def test_a_hypermodel_that_is_never_made_has_assumed_arguments() -> None:
    target = only("""
        from keras_tuner import HyperModel
        from keras import Sequential
        classes = "taken"
        class Small(HyperModel):
            def __init__(self, classes, *, width):
                self.classes, self.width = classes, width
            def build(self, hp):
                return hp.Int("x", 1, 2), self.classes, self.width
    """)
    assert built(target, classes_=3, width=4) == (1, 3, 4)


def test_the_last_definition_before_the_tuner_is_meant() -> None:
    first, second = analysed("""
        import keras_tuner as kt
        size = 1
        def build_model(hp):
            return "first", size
        tuner = kt.RandomSearch(build_model, objective="val_loss")
        size = 2
        def build_model(hp):
            return "second", size
        tuner = kt.RandomSearch(build_model, objective="val_accuracy")
    """).targets
    assert built(first) == ("first", 1)
    assert built(second) == ("second", 2)
    assert [len(each.tuners) for each in (first, second)] == [1, 1]


def test_partial_and_aliases_are_followed() -> None:
    target = only("""
        from functools import partial
        import keras_tuner
        def create(hp, n, m=2):
            return n, m
        builder = partial(create, n=3)
        tuner = keras_tuner.BayesianOptimization(hypermodel=builder)
    """)
    assert target.name == "create"
    assert built(target) == (3, 2)


def test_a_top_level_await_leaves_its_names_missing() -> None:
    target = only("""
        import keras_tuner as kt
        data = await fetch()
        def build_model(hp):
            return data
        kt.RandomSearch(build_model)
    """)
    assert built(target, data=5) == 5


def test_strategy_scopes_do_not_run() -> None:
    target = only("""
        import keras_tuner as kt
        import tensorflow as tf
        strategy = tf.distribute.MirroredStrategy()
        with strategy.scope():
            n = 3
            tuner = kt.RandomSearch(lambda hp: n)
    """)
    assert "strategy" not in kept(target)
    assert built(target) == 3


def test_every_slice_compiles_and_keeps_its_places(tmp_path: Path) -> None:
    text = dedent('''
        """A docstring."""
        from __future__ import annotations
        import keras_tuner as kt, numpy as np
        match 3:
            case 3:
                kind = "three"
            case _:
                kind = "other"
        table = {key: value for key, value in zip("ab", (1, 2))}
        for left, right in table.items():
            if left == "a":
                continue
            total = right
        else:
            print("done")
        def decorate(function):
            return function
        @decorate
        def build_model(hp):
            """Text with # and ( in it."""
            return kind, total
        tuner = kt.RandomSearch(build_model)
    ''')
    target = only(text)
    assert same_places(text, kept(target))
    ast.parse(kept(target))
    assert built(target) == ("three", 2)


def test_transformers_are_fitted_and_models_are_not() -> None:
    target = only("""
        import keras_tuner as kt
        from sklearn.preprocessing import OneHotEncoder
        import keras
        encoder = OneHotEncoder()
        encoder.fit(labels)
        model = keras.Sequential()
        model.fit(labels)
        def build_model(hp):
            return encoder.categories_, model
        kt.RandomSearch(build_model)
    """)
    assert "encoder.fit(labels)" in kept(target)
    assert "model.fit" not in kept(target)


def test_functions_that_change_their_argument_are_called() -> None:
    target = only("""
        import keras_tuner as kt
        def complete(config, n):
            config["n"] = n
        def show(config):
            print(config)
        config = {}
        complete(config, n=4)
        show(config)
        def build_model(hp):
            return config
        kt.RandomSearch(build_model)
    """)
    assert built(target) == {"n": 4}
    assert "show" not in kept(target)


def test_arguments_of_the_command_line_keep_their_definitions() -> None:
    target = only("""
        import argparse
        import keras_tuner as kt
        parser = argparse.ArgumentParser()
        parser.add_argument("--units", type=int, default=6)
        args = parser.parse_args([])
        print(args)
        def build_model(hp):
            return args.units
        kt.RandomSearch(build_model)
    """)
    assert built(target) == 6


def test_a_cell_that_runs_later_may_define_what_is_missing() -> None:
    cells = [
        "import keras_tuner as kt\nwidth = 1",
        "def build_model(hp):\n    return width, height\n",
        "tuner = kt.RandomSearch(build_model)",
        "base = 2\nheight = base + 1\nwidth = 100",
    ]
    (target,) = source.analyse(source.from_notebook("m.ipynb", list(enumerate(cells)))).targets
    assert built(target) == (1, 3)


def test_a_tuner_made_in_a_constructor_is_left_out_of_it() -> None:
    target = only("""
        import keras_tuner as kt
        class Search:
            def __init__(self, n):
                self.n = n
                self.tuner = kt.no_such_tuner_must_run if n < 0 else None
                self.tuner = kt.RandomSearch(
                    self.__build, objective="val_loss")
                self.tuner.search()
                self.m = n + 1
            def __build(self, hp):
                return self.n, self.m
        search = Search(3)
    """)
    assert target.name == "Search.__build"
    assert built(target) == (3, 4)


def test_a_method_without_a_tuner_counts_what_it_calls() -> None:
    target = only("""
        import keras
        SIZE = 3
        class Maker:
            def make(self, hp):
                return [self.part(hp), keras_model(hp.Int("n", 1, 2))]
            def part(self, hp):
                return SIZE
        def keras_model(n):
            return n or keras.Sequential()
    """)
    assert built(target) == [3, 1]


def test_a_hypermodel_class_inside_a_function_keeps_its_closure() -> None:
    target = only("""
        import keras_tuner as kt
        def main():
            classes = 3
            class Inner(kt.HyperModel):
                def build(self, hp):
                    return classes
            hypermodel = Inner()
            tuner = kt.RandomSearch(hypermodel, objective="val_loss")
            tuner.search()
        main()
    """)
    assert target.kind == "hypermodel"
    assert built(target) == 3


def test_a_global_that_the_target_sets_itself_is_not_missing() -> None:
    target = only("""
        import keras_tuner as kt
        def build_model(hp):
            global units
            units = hp.Int("units", 2, 3)
            return units
        kt.RandomSearch(build_model)
    """)
    assert built(target) == 2


def test_a_deleted_name_is_missing_in_a_script() -> None:
    target = only("""
        import keras_tuner as kt
        size = 3
        del size
        def build_model(hp):
            return size
        kt.RandomSearch(build_model)
    """)
    with pytest.raises(NameError):
        built(target)


def test_walrus_and_comprehension_names_stay_where_they_are() -> None:
    target = only("""
        import keras_tuner as kt
        if (n := len("abc")) > 2:
            print(n)
        squares = [i * i for i in range(n)]
        i = "unrelated"
        def build_model(hp):
            return [n + x for x in squares]
        kt.RandomSearch(build_model)
    """)
    assert built(target) == [3, 4, 7]
    assert "unrelated" not in kept(target)


def test_methods_that_prepare_the_instance_run_before_the_tuner() -> None:
    target = only("""
        import keras_tuner as kt
        class Trainer:
            def __init__(self, rows):
                self.rows = rows
            def load(self):
                self.scale()
            def scale(self):
                self.width = len(self.rows) * 2
            def report(self):
                self.text = str(self.width)
            def build(self, hp):
                return self.width, self.classes
            def run(self):
                self.load()
                self.report()
                tuner = kt.RandomSearch(self.build, objective="val_loss")
                tuner.search()
        trainer = Trainer([1, 2])
        trainer.classes = 7
        trainer.report()
        trainer.run()
    """)
    assert built(target) == (4, 7)
    assert kept(target).count("report()") == 0


def test_a_prepared_instance_is_prepared_at_module_level_too() -> None:
    target = only("""
        import keras_tuner as kt
        class Trainer:
            def prepare(self, n):
                self.width = n
            def show(self):
                print(self.width)
            def build(self, hp):
                return self.width
        trainer = Trainer()
        trainer.prepare(5)
        trainer.show()
        tuner = kt.RandomSearch(trainer.build)
    """)
    assert built(target) == 5
    assert "trainer.show()" not in kept(target)


def test_attributes_that_nothing_sets_before_are_assumed() -> None:
    target = only("""
        import keras
        class Trainer:
            def __init__(self, name):
                self.name = name
                self.width = None
            def prepare(self, table):
                self.width = table.shape[1]
            def make(self, hp):
                return [hp.Int("u", 1, 2), self.width, self.name] or keras.Sequential()
    """)
    assert built(target, width=9, name="x") == [1, 9, "x"]
    assert target.slice is not None
    assert target.slice.stand_ins["width"] == "nothing that runs before sets `self.width` of `Trainer`"


def test_a_method_chosen_in_two_ways_is_probed_in_both() -> None:
    targets = analysed("""
        import keras
        import keras_tuner as kt
        class Trainer:
            def first(self, hp):
                return hp.Int("u", 1, 2) and "first" or keras.Sequential()
            def second(self, hp):
                return hp.Int("u", 1, 2) and "second" or keras.Sequential()
            def tuner(self):
                return kt.RandomSearch(self.model, "val_loss")
            def classify(self):
                self.model = self.first
                self.tuner().search()
            def regress(self):
                self.model = self.second
                self.tuner().search()
    """).targets
    assert [built(target) for target in targets] == ["first", "second"]


def test_a_library_that_was_never_imported_is_named() -> None:
    target = only("""
        def build_model(hp):
            return Sequential([layers.Dense(hp.Int("u", 1, 2))])
        tuner = RandomSearch(build_model, objective="val_loss")
    """)
    assert target.slice is None
    assert target.reason == "It uses `Sequential`, `layers`, which this file never imports."
    assert [tuner.class_name for tuner in target.tuners] == ["RandomSearch"]


FILLED = """
    import keras_tuner as kt
    config = {}
    def load():
        config["units"] = 3
    def build_model(hp):
        return config["units"]
    def main():
        load()
        tuner = kt.RandomSearch(build_model)
        tuner.search()
"""


def test_globals_that_main_fills_before_the_tuner_are_filled() -> None:
    target = only(FILLED + "    main()\n")
    assert built(target) == 3
    assert "tuner" not in kept(target).replace("keras_tuner", "")


def test_a_global_that_is_filled_out_of_sight_is_not_taken_as_empty() -> None:
    target = only(FILLED.replace("load()\n        tuner", "tuner"))
    assert target.slice is not None
    assert [(each.owner, each.name) for each in target.slice.unsettled if each.fills] == [("model", "config")]


def test_a_function_that_searches_never_runs_for_its_side_effects() -> None:
    target = only(
        FILLED.replace("tuner = kt.RandomSearch(build_model)", "tuner = make()")
        + "    main()\n    kt.RandomSearch(build_model)\n"
    )
    assert "main()" not in kept(target)


@pytest.mark.parametrize(
    "made",
    [
        "kt.RandomSearch(build, hyperparameters=own, objective='val_loss')",
        "kt.RandomSearch(hyperparameters=own, hypermodel=build, objective='val_loss')",
    ],
)
def test_what_a_function_declares_before_the_builder_comes_out_of_the_same_run_as_the_builder(
    made: str,
) -> None:
    target = only(
        f"""
        import keras_tuner as kt

        def build(hp):
            return hp.Int("units", 3, 9)

        def search(fast):
            own = [fast]
            own.append(2)
            tuner = {made}
            tuner.search(None)

        search(True)
        """
    )
    assert target.slice is not None and target.slice.hyperparameters is not None
    scope: dict[str, Any] = {"__name__": "__main__"}
    exec(compile(kept(target), "model.py", "exec"), scope)
    assert eval(target.slice.expression, scope)(Given()) == 3
    assert eval(target.slice.hyperparameters, scope) == [True, 2]
