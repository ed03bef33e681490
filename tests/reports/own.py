"""Further cases, kind by kind, each a program around the few lines that matter."""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import dedent, indent

from tests.reports.real import Outcome


@dataclass(frozen=True, slots=True)
class Case:
    """A program, what it really does, and what must be said: one of `codes`, at the line of `at`, in these `words`.

    Without `codes` nothing may be said that is an error or a warning.
    """

    name: str
    kind: str
    text: str
    outcome: Outcome
    codes: tuple[str, ...] = ()
    at: str | None = None
    words: str = ""


_HEAD = """\
import numpy as np
import keras
import keras_tuner as kt
from keras import layers, ops
"""
_BUILD = """
model = keras.Sequential([keras.Input((4,)), layers.Dense(hp.Int("units", 2, 8, step=2), activation="relu"), layers.Dense(1)])
model.compile("adam", loss="mse", metrics=["mae"])
return model
"""
_DATA = "x, y = np.random.rand(24, 4), np.random.rand(24, 1)"
_TUNER = 'tuner = kt.RandomSearch({model}, "val_loss", max_trials=3, directory="out", project_name="p", overwrite=True)'
_SEARCH = "tuner.search(x, y, epochs=1, validation_split=0.25, verbose=0)"


def _case(
    name: str,
    outcome: Outcome,
    codes: str = "",
    at: str | None = None,
    words: str = "",
    *,
    head: str = "",
    build: str = _BUILD,
    methods: str = "",
    data: str = _DATA,
    tuner: str = _TUNER,
    search: str = _SEARCH,
    text: str | None = None,
) -> Case:
    """A program of imports, `head`, a build function (a HyperModel with `methods`), data, tuner and search."""
    model = "Own()" if methods else "build_model"
    lines = dedent(build).strip("\n")
    if methods:
        body = f"def build(self, hp):\n{indent(lines, '    ')}\n\n{dedent(methods).strip()}\n"
        defined = f"class Own(kt.HyperModel):\n{indent(body, '    ')}"
    else:
        defined = f"def build_model(hp):\n{indent(lines, '    ')}\n"
    parts = [_HEAD, dedent(head).strip("\n"), "", defined, "", dedent(data).strip("\n")]
    parts += [dedent(tuner).strip("\n").replace("{model}", model), dedent(search).strip("\n"), ""]
    program = dedent(text).lstrip("\n") if text is not None else "\n".join(parts)
    kind = "works" if not codes else name.partition(" ")[0]
    return Case(name, kind, program, outcome, tuple(codes.split()), at, words)


_EVERY, _SOME, _RAISES, _ENDS = ("every trial fails", "some trials fail", "raises", "ends")
_TRIAL = "HS431 HS432 HS399"

CASES = (
    # ------------------------------------------------------------------ the trial after the build
    _case(
        "trial fit returns nothing",
        _RAISES,
        "HS411 HS431",
        methods="""
        def fit(self, hp, model, *args, **kwargs):
            model.fit(*args, **kwargs)
        """,
        words="ends|stops|raises|None",
    ),
    _case(
        "trial fit returns a list of strings",
        _RAISES,
        "HS421 HS431",
        methods="""
        def fit(self, hp, model, *args, **kwargs):
            model.fit(*args, **kwargs)
            return ["done"]
        """,
        words="at once|ends|raises",
    ),
    _case(
        "trial fit returns another metric",
        _RAISES,
        "HS431 HS401",
        methods="""
        def fit(self, hp, model, *args, **kwargs):
            history = model.fit(*args, **kwargs)
            return {"score": history.history["val_loss"][-1]}
        """,
        words="at once|ends",
    ),
    _case(
        "trial fit indexes what is not there",
        _EVERY,
        _TRIAL,
        'history["val_mse"]',
        "every trial",
        methods="""
        def fit(self, hp, model, *args, **kwargs):
            history = model.fit(*args, **kwargs).history
            return history["val_mse"][-1]
        """,
    ),
    _case(
        "trial batch larger than the data for some",
        _SOME,
        _TRIAL,
        "assert size < len(x)",
        "batch",
        methods="""
        def fit(self, hp, model, x, y, **kwargs):
            size = hp.Choice("batch", [8, 16, 64])
            assert size < len(x), size
            return model.fit(x, y, batch_size=size, **kwargs)
        """,
        tuner=_TUNER.replace("max_trials=3", "max_trials=9"),
    ),
    _case(
        "trial callback asks for what logs lack",
        _EVERY,
        _TRIAL,
        'logs["accuracy"]',
        "every trial",
        head="""
        class Told(keras.callbacks.Callback):
            def on_epoch_end(self, epoch, logs=None):
                print(logs["accuracy"])
        """,
        search="tuner.search(x, y, epochs=1, validation_split=0.25, verbose=0, callbacks=[Told()])",
    ),
    _case(
        "trial callback holds a lock",
        _RAISES,
        "HS431",
        "tuner.search",
        "at once|ends",
        head="""
        import threading

        class Held(keras.callbacks.Callback):
            def __init__(self):
                super().__init__()
                self.lock = threading.Lock()
        """,
        search="held = Held()\ntuner.search(x, y, epochs=1, validation_split=0.25, verbose=0, callbacks=[held])",
    ),
    _case(
        "trial callback holds a generator",
        _RAISES,
        "HS431",
        "tuner.search",
        "at once|ends",
        head="""
        class Names(keras.callbacks.Callback):
            def __init__(self, names):
                super().__init__()
                self.names = (each for each in names)
        """,
        search='tuner.search(x, y, epochs=1, validation_split=0.25, verbose=0, callbacks=[Names("ab")])',
    ),
    _case(
        "trial checkpoint in an unknown format",
        _EVERY,
        _TRIAL + " HS416",
        "ModelCheckpoint",
        "every trial|callback|raises|ends",
        search="""
        callbacks = [keras.callbacks.ModelCheckpoint("best.model", save_best_only=True)]
        tuner.search(x, y, epochs=1, validation_split=0.25, verbose=0, callbacks=callbacks)
        """,
    ),
    _case(
        "trial layer without get_config is saved",
        _EVERY,
        _TRIAL,
        words="every trial",
        head="""
        class Scale(layers.Layer):
            def __init__(self, factor):
                super().__init__()
                self.factor = factor

            def call(self, inputs):
                return inputs * self.factor
        """,
        build=_BUILD.replace("layers.Dense(1)]", "Scale(np.float32(2.0)), layers.Dense(1)]"),
        search="""
        saver = keras.callbacks.ModelCheckpoint("best.keras")
        tuner.search(x, y, epochs=1, validation_split=0.25, verbose=0, callbacks=[saver])
        """,
    ),
    _case(
        "trial train_step without test_step",
        _EVERY,
        _TRIAL,
        words="every trial",
        head="""
        import tensorflow as tf

        class Coder(keras.Model):
            def __init__(self, units):
                super().__init__()
                self.out = layers.Dense(4)
                self.inner = layers.Dense(units)

            def call(self, inputs):
                return self.out(self.inner(inputs))

            def train_step(self, data):
                with tf.GradientTape() as tape:
                    miss = tf.reduce_mean(tf.square(data - self(data)))
                self.optimizer.apply(tape.gradient(miss, self.trainable_variables), self.trainable_variables)
                return {"miss": miss}
        """,
        build="""
        model = Coder(hp.Int("units", 2, 8, step=2))
        model.compile(optimizer="adam")
        return model
        """,
        data='x = np.random.rand(24, 4).astype("float32")',
        tuner=_TUNER.replace('"val_loss"', 'kt.Objective("val_miss", "min")'),
        search="tuner.search(x, epochs=1, validation_data=(x,), verbose=0)",
    ),
    _case(
        "trial metric in NumPy",
        _EVERY,
        _TRIAL + " HS305",
        "np.mean",
        "every",
        head="""
        def spread(y_true, y_pred):
            return np.mean(np.abs(np.array(y_true) - np.array(y_pred)))
        """,
        build=_BUILD.replace('["mae"]', "[spread]"),
    ),
    _case(
        "trial label outside of the classes",
        _EVERY,
        _TRIAL + " HS301",
        words="every trial|label",
        build="""
        model = keras.Sequential([keras.Input((4,)), layers.Dense(hp.Int("units", 2, 8, step=2)), layers.Dense(3, activation="softmax")])
        model.compile("adam", loss="sparse_categorical_crossentropy")
        return model
        """,
        data="x, y = np.random.rand(24, 4), np.arange(24) % 3 + 1",
    ),
    _case(
        "trial token outside of the embedding",
        _EVERY,
        _TRIAL,
        words="every trial",
        build="""
        model = keras.Sequential([keras.Input((6,), dtype="int32"), layers.Embedding(100, hp.Int("units", 2, 8, step=2))])
        model.add(layers.GlobalAveragePooling1D())
        model.add(layers.Dense(1))
        model.compile("adam", loss="mse")
        return model
        """,
        data='x, y = np.random.randint(0, 300, (24, 6)).astype("int32"), np.random.rand(24, 1)',
    ),
    _case(
        "trial generator that ends",
        _SOME,
        _TRIAL,
        "tuner.search",
        "second trial",
        head="""
        def batches():
            for start in range(0, 24, 8):
                yield x[start : start + 8], y[start : start + 8]
        """,
        tuner=_TUNER.replace('"val_loss"', '"loss"'),
        search="tuner.search(batches(), epochs=1, verbose=0)",
    ),
    _case(
        "trial metrics shared by all models",
        _ENDS,
        head="tracked = keras.metrics.MeanAbsoluteError()",
        build=_BUILD.replace('["mae"]', "[tracked]"),
    ),
    _case(
        "trial optimizer shared by all models",
        _SOME,
        _TRIAL + " HS404",
        words="trial",
        head="optimizer = keras.optimizers.Adam(1e-3)",
        build=_BUILD.replace('"adam"', "optimizer=optimizer"),
    ),
    _case(
        "trial batch hyperparameter declared in run_trial",
        _ENDS,
        head="""
        class Batches(kt.RandomSearch):
            def run_trial(self, trial, *args, **kwargs):
                kwargs["batch_size"] = trial.hyperparameters.Int("batch_size", 4, 12, step=4)
                return super().run_trial(trial, *args, **kwargs)
        """,
        tuner=_TUNER.replace("kt.RandomSearch", "Batches"),
    ),
    _case(
        "trial run_trial returns nothing",
        _RAISES,
        "HS431 HS411",
        words="at once|ends",
        head="""
        class Own(kt.RandomSearch):
            def run_trial(self, trial, x, y):
                model = self.hypermodel.build(trial.hyperparameters)
                model.fit(x, y, verbose=0)
        """,
        tuner=_TUNER.replace("kt.RandomSearch", "Own"),
        search="tuner.search(x, y)",
    ),
    _case(
        "trial run_trial with a wrong name",
        _EVERY,
        _TRIAL,
        "self.hyper_model",
        "every trial",
        head="""
        class Own(kt.RandomSearch):
            def run_trial(self, trial, x, y):
                model = self.hyper_model.build(trial.hyperparameters)
                return model.fit(x, y, verbose=0)
        """,
        tuner=_TUNER.replace("kt.RandomSearch", "Own").replace('"val_loss"', '"loss"'),
        search="tuner.search(x, y)",
    ),
    _case(
        "trial validation data of another width",
        _EVERY,
        _TRIAL,
        "tuner.search",
        "every trial",
        search="tuner.search(x, y, epochs=1, validation_data=(np.random.rand(8, 5), np.random.rand(8, 1)), verbose=0)",
    ),
    _case(
        "trial y one short",
        _EVERY,
        _TRIAL,
        "tuner.search",
        "every trial",
        data="x, y = np.random.rand(24, 4), np.random.rand(23, 1)",
    ),
    _case(
        "trial best model is asked for its history",
        _RAISES,
        "HS433",
        "best.history.history",
        "search",
        search=_SEARCH + '\nbest = tuner.get_best_models(1)[0]\nprint(best.history.history["loss"])',
    ),
    # ------------------------------------------------------------------ arguments of tuner and search
    _case(
        "search max_trials as text",
        _RAISES,
        "HS430 HS406 HS425",
        words="constructor|tuner|trials",
        tuner=_TUNER.replace("max_trials=3", 'max_trials="3"'),
    ),
    _case(
        "search unknown tuner argument",
        _RAISES,
        "HS406",
        "max_trial=3",
        tuner=_TUNER.replace("max_trials=3", "max_trial=3"),
    ),
    _case(
        "search unknown objective",
        _RAISES,
        "HS402 HS430",
        '"val_quality"',
        tuner=_TUNER.replace('"val_loss"', '"val_quality"'),
    ),
    _case(
        "search split of a dataset",
        _EVERY,
        _TRIAL + " HS419",
        "tuner.search",
        "every trial",
        head="import tensorflow as tf",
        data="data = tf.data.Dataset.from_tensor_slices((np.random.rand(24, 4), np.random.rand(24, 1))).batch(8)",
        search="tuner.search(data, epochs=1, validation_split=0.25, verbose=0)",
    ),
    _case(
        "search split and dataset from a function",
        _EVERY,
        _TRIAL + " HS419",
        "tuner.search",
        "every trial",
        head="""
        import tensorflow as tf

        def load():
            return tf.data.Dataset.from_tensor_slices((np.random.rand(24, 4), np.random.rand(24, 1))).batch(8)
        """,
        data="",
        search="tuner.search(load(), epochs=1, validation_split=0.25, verbose=0)",
    ),
    _case(
        "search of a model in a variable",
        _RAISES,
        "HS407 HS430",
        "tuner =",
        "constructor|builder|function|tuner",
        tuner="first = build_model(kt.HyperParameters())\n" + _TUNER.replace("{model}", "first"),
    ),
    _case(
        "search epochs given twice",
        _EVERY,
        "HS418 " + _TRIAL,
        words="every trial|twice",
        methods="""
        def fit(self, hp, model, *args, **kwargs):
            return model.fit(*args, epochs=hp.Int("epochs", 1, 2), **kwargs)
        """,
    ),
    _case(
        "search of text data",
        _EVERY,
        _TRIAL + " HS302 HS301",
        "tuner.search",
        "every",
        data='x, y = np.array([["a", "b", "c", "d"]] * 24), np.random.rand(24, 1)',
    ),
    _case(
        "search unknown argument",
        _EVERY,
        "HS410",
        "epoch=1",
        "every trial",
        search=_SEARCH.replace("epochs=1", "epoch=1"),
    ),
    _case(
        "search callbacks no list",
        _EVERY,
        "HS424 " + _TRIAL,
        words="trial|list",
        search=_SEARCH.replace("verbose=0", 'verbose=0, callbacks=keras.callbacks.EarlyStopping("loss")'),
    ),
    _case(
        "search class weight that lacks a class",
        _EVERY,
        _TRIAL + " HS306",
        words="every trial|class",
        build="""
        model = keras.Sequential([keras.Input((4,)), layers.Dense(hp.Int("units", 2, 8, step=2)), layers.Dense(1, activation="sigmoid")])
        model.compile("adam", loss="binary_crossentropy")
        return model
        """,
        data="x, y = np.random.rand(24, 4), np.random.randint(0, 2, (24, 1))",
        search=_SEARCH.replace("verbose=0", "verbose=0, class_weight=[1.0, 2.0]"),
    ),
    # ------------------------------------------------------------------ what the oracle does, silent facts
    _case(
        "silent hyperband epochs",
        _ENDS,
        "HS440",
        "epochs=30",
        "no effect",
        tuner='tuner = kt.Hyperband({model}, "val_loss", max_epochs=2, directory="out", project_name="p", overwrite=True)',
        search=_SEARCH.replace("epochs=1", "epochs=30"),
    ),
    _case(
        "silent hyperband on few",
        _ENDS,
        "HS441",
        "kt.Hyperband",
        "search ends",
        tuner='tuner = kt.Hyperband({model}, "val_loss", max_epochs=9, directory="out", project_name="p", overwrite=True)',
        search="tuner.search(x, y, validation_split=0.25, verbose=0)",
    ),
    _case(
        "silent range from one",
        _ENDS,
        "HS115",
        "range(1,",
        build="""
        model = keras.Sequential([keras.Input((4,))])
        for i in range(1, hp.Int("depth", 1, 3)):
            model.add(layers.Dense(hp.Int(f"units_{i}", 2, 4)))
        model.add(layers.Dense(1))
        model.compile("adam", loss="mse")
        return model
        """,
    ),
    _case(
        "silent normalization",
        _ENDS,
        "HS220",
        "layers.Normalization()",
        build=_BUILD.replace("layers.Dense(1)]", "layers.Normalization(), layers.Dense(1)]"),
    ),
    _case(
        "silent hook",
        _ENDS,
        "HS442",
        "def on_train_begin",
        head="""
        class Told(kt.RandomSearch):
            def on_train_begin(self, model, hp):
                print("begins")
        """,
        tuner=_TUNER.replace("kt.RandomSearch", "Told"),
    ),
    _case(
        "silent sample weight lost",
        _ENDS,
        "HS443",
        "sample_weight",
        methods="""
        def fit(self, hp, model, x, y, **kwargs):
            return {"val_loss": model.fit(x, y, verbose=0).history["loss"][-1]}
        """,
        search="tuner.search(x, y, sample_weight=np.ones(24))",
    ),
    _case(
        "silent two tuners in one folder",
        _ENDS,
        "HS445",
        "kt.GridSearch",
        "earlier",
        search=_SEARCH
        + '\nother = kt.GridSearch(build_model, "val_loss", max_trials=2, directory="out", project_name="p")',
    ),
    _case(
        "silent one name twice",
        _ENDS,
        "HS104",
        words="first declaration",
        build=_BUILD.replace("layers.Dense(1)]", 'layers.Dense(hp.Int("units", 16, 32)), layers.Dense(1)]'),
    ),
    # ------------------------------------------------------------------ declaring and building
    _case(
        "build kernel larger than the map",
        _SOME,
        "HS201",
        "layers.Conv1D",
        "of the space",
        build="""
        model = keras.Sequential([keras.Input((6, 1)), layers.Conv1D(2, hp.Int("kernel", 3, 9, step=2)), layers.Flatten(), layers.Dense(1)])
        model.compile("adam", loss="mse")
        return model
        """,
        data="x, y = np.random.rand(24, 6, 1), np.random.rand(24, 1)",
        tuner=_TUNER.replace("max_trials=3", "max_trials=4"),
    ),
    _case(
        "build scope that fails",
        _RAISES,
        "HS201",
        "layers.Conv1D",
        "constructor|at once|ends",
        build="""
        kind = hp.Choice("kind", ["dense", "conv"])
        model = keras.Sequential([keras.Input((6, 1))])
        with hp.conditional_scope("kind", ["conv"]):
            if kind == "conv":
                model.add(layers.Conv1D(hp.Int("filters", 2, 4), 9))
        model.add(layers.Flatten())
        model.add(layers.Dense(1))
        model.compile("adam", loss="mse")
        return model
        """,
        data="x, y = np.random.rand(24, 6, 1), np.random.rand(24, 1)",
    ),
    _case(
        "build fails at the default",
        _RAISES,
        "HS201",
        "layers.Conv1D",
        "constructor|default|every",
        build="""
        model = keras.Sequential([keras.Input((6, 1)), layers.Conv1D(2, hp.Int("kernel", 3, 9, default=9)), layers.Flatten(), layers.Dense(1)])
        model.compile("adam", loss="mse")
        return model
        """,
        data="x, y = np.random.rand(24, 6, 1), np.random.rand(24, 1)",
    ),
    _case(
        "build mixed choice",
        _RAISES,
        "HS101",
        "[1, 0.5]",
        build=_BUILD.replace("return model", 'hp.Choice("rate", [1, 0.5])\nreturn model'),
    ),
    # ------------------------------------------------------------------ healthy
    _case(
        "works dataset with validation",
        _ENDS,
        head="import tensorflow as tf",
        data="data = tf.data.Dataset.from_tensor_slices((np.random.rand(24, 4), np.random.rand(24, 1))).batch(8)",
        search="tuner.search(data, validation_data=data.take(1), epochs=1, verbose=0)",
    ),
    _case(
        "works own fit with a batch size",
        _ENDS,
        methods="""
        def fit(self, hp, model, *args, **kwargs):
            return model.fit(*args, batch_size=hp.Choice("batch_size", [4, 8]), **kwargs)
        """,
    ),
    _case(
        "works windows cut in fit",
        _ENDS,
        methods="""
        def fit(self, hp, model, x, y, **kwargs):
            size = hp.Int("last", 10, 20, step=5)
            return model.fit(x[-size:], y[-size:], **kwargs)
        """,
    ),
    _case(
        "works early stopping and csv",
        _ENDS,
        search="""
        callbacks = [keras.callbacks.EarlyStopping("val_loss", patience=1), keras.callbacks.CSVLogger("log.csv")]
        tuner.search(x, y, epochs=2, validation_split=0.25, verbose=0, callbacks=callbacks)
        print(tuner.get_best_hyperparameters()[0].values)
        """,
    ),
    _case(
        "works checkpoint",
        _ENDS,
        search="""
        saver = keras.callbacks.ModelCheckpoint("best.keras", save_best_only=True)
        tuner.search(x, y, epochs=1, validation_split=0.25, verbose=0, callbacks=[saver])
        best = tuner.get_best_models(1)[0]
        print(best.evaluate(x, y, verbose=0))
        """,
    ),
    _case(
        "works infinite generator",
        _ENDS,
        head="""
        def batches():
            while True:
                yield np.random.rand(8, 4), np.random.rand(8, 1)
        """,
        tuner=_TUNER.replace('"val_loss"', '"loss"'),
        search="tuner.search(batches(), steps_per_epoch=2, epochs=1, verbose=0)",
    ),
    _case(
        "works PyDataset",
        _ENDS,
        head="""
        class Batches(keras.utils.PyDataset):
            def __len__(self):
                return 3

            def __getitem__(self, index):
                return np.random.rand(8, 4), np.random.rand(8, 1)
        """,
        data="",
        search="tuner.search(Batches(), validation_data=Batches(), epochs=1, verbose=0)",
    ),
    _case(
        "works main function",
        _ENDS,
        text=_HEAD
        + """

def build_model(hp):
    model = keras.Sequential([keras.Input((4,)), layers.Dense(hp.Int("units", 2, 8, step=2)), layers.Dense(1)])
    model.compile("adam", loss="mse")
    return model


def main():
    x, y = np.random.rand(24, 4), np.random.rand(24, 1)
    tuner = kt.RandomSearch(build_model, "val_loss", max_trials=2, directory="out", project_name="p", overwrite=True)
    tuner.search(x, y, epochs=1, validation_split=0.25, verbose=0)
    best = tuner.get_best_hyperparameters()[0]
    model = tuner.hypermodel.build(best)
    model.fit(x, y, epochs=1, verbose=0)


if __name__ == "__main__":
    main()
""",
    ),
    _case(
        "works own loop",
        _ENDS,
        head="""
        class Own(kt.RandomSearch):
            def run_trial(self, trial, x, y):
                model = self.hypermodel.build(trial.hyperparameters)
                return min(model.fit(x, y, epochs=1, verbose=0).history["loss"])
        """,
        tuner=_TUNER.replace("kt.RandomSearch", "Own").replace('"val_loss", ', ""),
        search="tuner.search(x, y)",
    ),
    _case(
        "works given up on purpose",
        _SOME,
        build="""
        units = hp.Int("units", 2, 8, step=2)
        if units == 6:
            raise kt.errors.FailedTrialError("not of interest")
        model = keras.Sequential([keras.Input((4,)), layers.Dense(units), layers.Dense(1)])
        model.compile("adam", loss="mse")
        return model
        """,
        tuner=_TUNER.replace("max_trials=3", "max_trials=4"),
    ),
    _case(
        "works class weight",
        _ENDS,
        build="""
        model = keras.Sequential([keras.Input((4,)), layers.Dense(hp.Int("units", 2, 8, step=2)), layers.Dense(1, activation="sigmoid")])
        model.compile("adam", loss="binary_crossentropy", metrics=["accuracy"])
        return model
        """,
        data="x, y = np.random.rand(24, 4), np.random.randint(0, 2, (24, 1))",
        tuner=_TUNER.replace("val_loss", "val_accuracy"),
        search=_SEARCH.replace("verbose=0", "verbose=0, class_weight={0: 1.0, 1: 2.0}"),
    ),
    _case(
        "works two outputs",
        _ENDS,
        build="""
        inputs = keras.Input((4,))
        hidden = layers.Dense(hp.Int("units", 2, 8, step=2))(inputs)
        model = keras.Model(inputs, {"a": layers.Dense(1, name="a")(hidden), "b": layers.Dense(1, name="b")(hidden)})
        model.compile("adam", loss={"a": "mse", "b": "mae"})
        return model
        """,
        search='tuner.search(x, {"a": y, "b": y}, epochs=1, validation_split=0.25, verbose=0)',
    ),
    _case(
        "works train and test step",
        _ENDS,
        head="""
        class Own(keras.Model):
            def __init__(self, units):
                super().__init__()
                self.inner, self.out = layers.Dense(units), layers.Dense(1)

            def call(self, inputs):
                return self.out(self.inner(inputs))

            def test_step(self, data):
                return super().test_step(data)
        """,
        build="""
        model = Own(hp.Int("units", 2, 8, step=2))
        model.compile("adam", loss="mse")
        return model
        """,
    ),
    _case(
        "works saved on purpose",
        _ENDS,
        head="""
        import os

        class Kept(keras.callbacks.Callback):
            def on_train_end(self, logs=None):
                os.makedirs("kept", exist_ok=True)
                self.model.save("kept/model.keras")
        """,
        search=_SEARCH.replace("verbose=0", "verbose=0, callbacks=[Kept()]"),
    ),
    _case(
        "works executions",
        _ENDS,
        tuner=_TUNER.replace("max_trials=3", "max_trials=2, executions_per_trial=2"),
    ),
    _case(
        "works grid",
        _ENDS,
        tuner=_TUNER.replace("kt.RandomSearch", "kt.GridSearch").replace("max_trials=3", "max_trials=4"),
    ),
    _case(
        "works steps and split",
        _ENDS,
        search=_SEARCH.replace("epochs=1", "epochs=1, batch_size=6, shuffle=False, initial_epoch=0"),
    ),
)
