"""Static analysis of files of 2,000 lines, as it runs at every pause in typing: reading, slicing, and every rule.

    python benchmarks/static.py [STYLE…] [--lines N] [--profile]

"read" is what parsing alone takes of it. Each style is analysed anew several times, then again after one character was typed into it; the middle of the processor times counts: other programs do not.
`--profile` prints where the time of a style goes.
"""

from __future__ import annotations

import argparse
import cProfile
import pstats
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import replace

from hypershape import collector, rules, source
from hypershape.model import Analysis, Document, Module

ROUNDS = 9
HEAD = """import numpy as np
import pandas as pd
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers
import keras_tuner as kt

"""
TARGET = """
def {name}(hp):
    units = hp.Int("units", 8, 64, step=8)
    model = keras.Sequential([keras.Input((28, 28, 1))])
    for i in range(hp.Int("depth", 1, 4)):
        model.add(layers.Conv2D(hp.Choice(f"filters_{{i}}", [16, 32, 64]), 3, padding="same", activation="relu"))
        if hp.Boolean("pool"):
            model.add(layers.MaxPooling2D(2, padding="same"))
    model.add(layers.Flatten())
    model.add(layers.Dense(units, activation=hp.Choice("activation", ["relu", "tanh"])))
    model.add(layers.Dropout(hp.Float("dropout", 0.0, 0.5, step=0.1)))
    model.add(layers.Dense(10, activation="softmax"))
    model.compile(
        optimizer=keras.optimizers.Adam(hp.Float("learning_rate", 1e-4, 1e-2, sampling="log")),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model

"""
SEARCH = """
x_{name}, y_{name} = np.zeros((100, 28, 28, 1)), np.zeros(100)
tuner_{name} = kt.RandomSearch(
    {name}, objective="val_accuracy", max_trials=5, overwrite=True, directory="trials", project_name="{name}"
)
tuner_{name}.search(x_{name}, y_{name}, epochs=5, validation_split=0.2)
"""
CELL = """
# Table {n}: read it, fill its gaps, and look at it before anything is trained on it.
table_{n} = pd.read_csv("data_{n}.csv")
table_{n}["ratio"] = table_{n}["a"] / table_{n}["b"]

for column in table_{n}.columns:
    if table_{n}[column].isna().any():
        # A mean is good enough here.
        table_{n}[column] = table_{n}[column].fillna(table_{n}[column].mean())


def scaled_{n}(values, low=0.0, high=1.0):
    # Between low and high, whatever the unit of the table was.
    span = values.max() - values.min()
    return low + (values - values.min()) / span * (high - low)


features_{n} = np.stack(
    [
        scaled_{n}(table_{n}["a"].to_numpy()),
        scaled_{n}(table_{n}["b"].to_numpy()),
    ],
    axis=-1,
)
print(f"table {n} has {{len(table_{n})}} rows")
"""
CLASS = '''
class Block{n}(layers.Layer):
    """Layers of block {n}."""

    def __init__(self, width=8, rate=0.1, **kwargs):
        super().__init__(**kwargs)
        self.width, self.rate = width, rate
        self.dense = layers.Dense(width, activation="relu")
        self.drop = layers.Dropout(rate)

    def build(self, input_shape):
        self.scale = self.add_weight(shape=(self.width,), initializer="ones", name="scale")

    def call(self, inputs, training=False):
        x = self.drop(self.dense(inputs), training=training)
        if self.width == inputs.shape[-1]:
            x = x + inputs
        return x * self.scale

    def get_config(self):
        return {{**super().get_config(), "width": self.width, "rate": self.rate}}

'''


def notebook(lines: int) -> Document:
    cells = [HEAD + "%matplotlib inline\n", *(CELL.format(n=n) for n in range(lines // 26 - 1))]
    cells += [TARGET.format(name="build_model"), SEARCH.format(name="build_model")]
    return source.from_notebook("long.ipynb", list(enumerate(cells)))


def targets(lines: int) -> Document:
    count = lines // (TARGET + SEARCH).count("\n")
    parts = [(TARGET + SEARCH).format(name=f"build_{n}") for n in range(count)]
    return source.from_text("targets.py", HEAD + "".join(parts))


def classes(lines: int) -> Document:
    parts = [CLASS.format(n=n) for n in range(lines // CLASS.count("\n") - 2)]
    model = TARGET.replace(
        "model.add(layers.Flatten())", "model.add(layers.Flatten())\n    model.add(Block3(8))"
    )
    text = HEAD + "".join(parts) + model.format(name="build_model") + SEARCH.format(name="build_model")
    return source.from_text("classes.py", text)


def literal(lines: int) -> Document:
    rows = [
        f'    "key_{n}": {{"low": {n}, "high": {n * 3}, "names": ["a{n}", "b{n}"], "on": True}},'
        for n in range(lines)
    ]
    text = "\n".join([HEAD, "SETTINGS = {", *rows, "}", ""])
    return source.from_text("literal.py", text + (TARGET + SEARCH).format(name="build_model"))


def script(lines: int) -> Document:
    cells = [CELL.format(n=n) for n in range(lines // 26 - 1)]
    text = HEAD + "".join(cells) + (TARGET + SEARCH).format(name="build_model")
    return source.from_text("script.py", text)


def half_typed(lines: int) -> Document:
    document = script(lines)
    text = document.text.replace("features_40 = np.stack(", "features_40 = np.stack((", 1)
    return source.from_text("half_typed.py", text)


STYLES: Mapping[str, Callable[[int], Document]] = {
    "one long notebook": notebook,
    "one long script": script,
    "one half typed": half_typed,
    "many targets": targets,
    "many classes": classes,
    "one huge literal": literal,
}


def static(document: Document, previous: Module | None = None) -> Module:
    module = source.analyse(document, previous=previous)
    rules.findings(Analysis(module))
    return module


def typed(document: Document, number: int) -> Document:
    """The document with a character more inside its build function, as typing one leaves it."""
    return replace(
        document, text=document.text.replace('hp.Int("units", 8, 64', f'hp.Int("units", {number}, 64', 1)
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("styles", nargs="*")
    parser.add_argument("--lines", type=int, default=2000)
    parser.add_argument("--profile", action="store_true")
    options = parser.parse_args()
    rules.all_rules()
    static(script(200))
    collector.settle()
    print(f"{'style':20} {'lines':>6} {'whole':>9} {'read':>9} {'one character':>15}")
    worst = 0.0
    for name, make in STYLES.items():
        if options.styles and not any(each in name for each in options.styles):
            continue
        document = make(options.lines)
        wholes, edits, parses = [], [], []
        for number in range(ROUNDS):
            # A text of its own each time, so that nothing is known of it.
            fresh = replace(document, text=document.text + f"# round {number}\n" * (not document.cells))
            started = time.process_time()
            known = static(fresh)
            wholes.append(time.process_time() - started)
            started = time.process_time()
            source.Code(fresh)
            parses.append(time.process_time() - started)
            changed = typed(fresh, number + 1)
            started = time.process_time()
            static(changed, known)
            edits.append(time.process_time() - started)
        whole, edit = statistics.median(wholes) * 1e3, statistics.median(edits) * 1e3
        parse = statistics.median(parses) * 1e3
        worst = max(worst, whole)
        print(f"{name:20} {document.text.count(chr(10)):6} {whole:6.1f} ms {parse:6.1f} ms {edit:12.1f} ms")
        if options.profile:
            profile = cProfile.Profile()
            profile.runcall(static, replace(document, text=document.text + " "))
            pstats.Stats(profile).sort_stats("tottime").print_stats(25)
    print(f"the worst: {worst:.0f} ms")


if __name__ == "__main__":
    main()
