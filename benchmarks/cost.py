"""What training costs, predicted against measured: peak memory and the time of a step, on the CPU.

Each model's search is rehearsed as in an editor; then configurations from its smallest to its largest train for real,
each in a process of its own that has trained nothing, and are held against what the rehearsals let expect.

    python benchmarks/cost.py [MODEL …] [--corners 6] [--seconds 60]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from textwrap import dedent, indent
from typing import Any

from hypershape import analysis, source
from hypershape.model import Analysis, Options, Report
from hypershape.probe import Agent
from hypershape.report.cost import details, size
from hypershape.space import cost

STEPS = 6

IMAGES = 'x = np.random.rand(600, 48, 48, 3).astype("float32")', "y = np.random.randint(0, 10, 600)"
TABLE = 'x = np.random.rand(2000, 200).astype("float32")', "y = np.random.randint(0, 10, 2000)"
SERIES = 'x = np.random.rand(600, 60, 8).astype("float32")', "y = np.random.randint(0, 10, 600)"
TEXTS = 'x = np.random.randint(0, 20000, (600, 100)).astype("int32")', "y = np.random.randint(0, 10, 600)"
MAPS = (
    'x = np.random.rand(200, 64, 64, 3).astype("float32")',
    'y = np.random.rand(200, 64, 64, 1).astype("float32")',
)

MODELS: dict[str, tuple[tuple[str, str], str]] = {
    "cnn": (IMAGES, """
        model = keras.Sequential([keras.Input((48, 48, 3))])
        for i in range(hp.Int("blocks", 1, 3)):
            model.add(layers.Conv2D(hp.Int(f"filters_{i}", 16, 64, step=16), 3, padding="same", activation="relu"))
            model.add(layers.MaxPooling2D())
        model.add(layers.Flatten())
        model.add(layers.Dense(hp.Choice("units", [32, 256])))
        model.add(layers.Dense(10, activation="softmax"))
    """),
    "dense": (TABLE, """
        model = keras.Sequential([keras.Input((200,))])
        for i in range(hp.Int("layers", 1, 4)):
            model.add(layers.Dense(hp.Int("units", 256, 4096, step=256), "relu"))
            model.add(layers.Dropout(0.2))
        model.add(layers.Dense(10, activation="softmax"))
    """),
    "lstm": (SERIES, """
        inputs = keras.Input((60, 8))
        x = inputs
        if hp.Boolean("stacked"):
            x = layers.LSTM(hp.Int("first", 32, 128, step=32), return_sequences=True)(x)
        x = layers.LSTM(hp.Int("units", 32, 256, step=32))(x)
        model = keras.Model(inputs, layers.Dense(10, activation="softmax")(x))
    """),
    "unet": (MAPS, """
        width, depth = hp.Choice("width", [8, 16, 32]), hp.Int("depth", 1, 3)
        x = inputs = keras.Input((64, 64, 3))
        skips = []
        for level in range(depth):
            x = layers.Conv2D(width * 2**level, 3, padding="same")(x)
            x = layers.BatchNormalization()(x)
            x = layers.Activation("relu")(x)
            skips.append(x)
            x = layers.MaxPooling2D()(x)
        for level in reversed(range(depth)):
            x = layers.Conv2DTranspose(width * 2**level, 2, strides=2)(x)
            x = layers.Concatenate()([x, skips[level]])
            x = layers.Conv2D(width * 2**level, 3, padding="same", activation="relu")(x)
        model = keras.Model(inputs, layers.Conv2D(1, 1)(x))
    """),
    "attention": (SERIES, """
        width = hp.Choice("width", [32, 64, 128])
        inputs = keras.Input((60, 8))
        x = layers.Dense(width)(inputs)
        for _ in range(hp.Int("blocks", 1, 3)):
            y = layers.MultiHeadAttention(hp.Choice("heads", [2, 8]), width // 4)(x, x)
            x = layers.LayerNormalization()(layers.Add()([x, y]))
            y = layers.Dense(4 * width, activation="gelu")(x)
            x = layers.LayerNormalization()(layers.Add()([x, layers.Dense(width)(y)]))
        x = layers.GlobalAveragePooling1D()(x)
        model = keras.Model(inputs, layers.Dense(10, activation="softmax")(x))
    """),
    "embedding": (TEXTS, """
        model = keras.Sequential([
            keras.Input((100,), dtype="int32"),
            layers.Embedding(20000, hp.Int("width", 16, 256, step=16)),
            layers.Conv1D(hp.Int("filters", 32, 256, step=32), 5, activation="relu"),
            layers.GlobalMaxPooling1D(),
            layers.Dense(10, activation="softmax"),
        ])
    """),
    "own_layer": (TABLE, """
        class Gate(layers.Layer):
            def __init__(self, units, **kwargs):
                super().__init__(**kwargs)
                self.value, self.gate = layers.Dense(units), layers.Dense(units, activation="sigmoid")

            def call(self, x):
                return self.value(x) * self.gate(x)

        model = keras.Sequential([keras.Input((200,))])
        for _ in range(hp.Int("gates", 1, 3)):
            model.add(Gate(hp.Int("units", 128, 2048, step=128)))
        model.add(layers.Dense(10, activation="softmax"))
    """),
    "subclassed": (TABLE, """
        class Net(keras.Model):
            def __init__(self, units, depth):
                super().__init__()
                self.hidden = [layers.Dense(units, activation="relu") for _ in range(depth)]
                self.last = layers.Dense(10, activation="softmax")

            def call(self, x):
                for layer in self.hidden:
                    x = layer(x)
                return self.last(x)

        model = Net(hp.Int("units", 128, 2048, step=128), hp.Int("depth", 1, 4))
    """),
    "separable": (IMAGES, """
        x = inputs = keras.Input((48, 48, 3))
        x = layers.Conv2D(hp.Choice("stem", [16, 64]), 3, strides=2, padding="same", activation="relu")(x)
        for i in range(hp.Int("blocks", 1, 3)):
            y = layers.SeparableConv2D(hp.Choice("filters", [32, 128]), 3, padding="same")(x)
            y = layers.BatchNormalization()(y)
            x = layers.ReLU()(y)
        x = layers.GlobalAveragePooling2D()(x)
        model = keras.Model(inputs, layers.Dense(10, activation="softmax")(x))
    """),
    "conv_gru": (SERIES, """
        x = inputs = keras.Input((60, 8))
        for i in range(hp.Int("convs", 1, 3)):
            x = layers.Conv1D(hp.Int("filters", 32, 128, step=32), 3, padding="same", activation="relu")(x)
        x = layers.Bidirectional(layers.GRU(hp.Int("units", 32, 128, step=32)))(x)
        x = layers.Dropout(hp.Float("rate", 0.1, 0.5, step=0.1))(x)
        model = keras.Model(inputs, layers.Dense(10, activation="softmax")(x))
    """),
}  # fmt: skip


def text_of(name: str) -> str:
    data, body = MODELS[name]
    loss = "mse" if name == "unet" else "sparse_categorical_crossentropy"
    lines = [
        "import keras", "import keras_tuner as kt", "import numpy as np", "from keras import layers", "", *data, "", "",
        "def build_model(hp):", indent(dedent(body).strip("\n"), "    "), f'    model.compile("adam", "{loss}")',
        "    return model", "", "", 'tuner = kt.RandomSearch(build_model, "loss", max_trials=10, overwrite=True)',
        "tuner.search(x, y, epochs=2, batch_size=32)",
    ]  # fmt: skip
    return "\n".join(lines) + "\n"


def train(path: str) -> None:
    """Trains the models that standard input names, each in a fork of this process: peak bytes and seconds of a step."""
    import keras  # noqa: F401 (what every trial shares)
    import keras_tuner as kt

    text = Path(path).read_text().partition("\ntuner = ")[0]
    for line in sys.stdin:
        reading, writing = os.pipe()
        if not os.fork():
            os.write(writing, json.dumps(_trained(text, json.loads(line), kt)).encode())
            os._exit(0)
        os.close(writing)
        with os.fdopen(reading) as told:
            print(told.read() or "{}", flush=True)
        os.wait()


def _trained(text: str, configuration: dict[str, Any], kt: Any) -> dict[str, Any]:
    import keras

    names: dict[str, Any] = {}
    exec(compile(text, "model.py", "exec"), names)
    Path("/proc/self/clear_refs").write_text("5")
    before = _status("VmRSS")
    hp = kt.HyperParameters()
    hp.values = dict(configuration)
    model = names["build_model"](hp)
    seconds: list[float] = []

    class Watch(keras.callbacks.Callback):  # type: ignore[misc]
        def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
            self.begun = time.perf_counter()

        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            seconds.append(time.perf_counter() - self.begun)

    rows = 32 * STEPS
    model.fit(names["x"][:rows], names["y"][:rows], batch_size=32, verbose=0, callbacks=[Watch()])
    return {"memory": _status("VmHWM") - before, "step": statistics.median(seconds[1:])}


def _status(name: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(1024 * int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))


def chosen(done: Analysis, count: int) -> list[Report]:
    """From the smallest to the largest, evenly."""
    (target,) = done.targets
    built = [each for each in target.reports if each.verdict == "ok" and each.layers]
    ordered = sorted(built, key=lambda each: (cost.held(each, 32, 4.0) or 0, cost.work(each, 32) or 0))
    places = dict.fromkeys(round(k * (len(ordered) - 1) / max(count - 1, 1)) for k in range(count))
    return [ordered[place] for place in places]


async def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("models", nargs="*", default=[])
    parser.add_argument("--corners", type=int, default=6)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--train", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.train:
        train(asked.train)
        return
    agent = Agent([sys.executable])
    errors: dict[str, list[float]] = {"step": [], "memory": []}
    outside, untold = {"step": 0, "memory": 0}, {"step": 0, "memory": 0}
    folder = Path(os.environ.get("TMPDIR", "/tmp")) / f"hypershape-cost-{os.getpid()}"
    folder.mkdir()
    for name in asked.models or MODELS:
        path = folder / f"{name}.py"
        path.write_text(text_of(name))
        started = time.monotonic()
        options = Options(level="auto", budget=asked.seconds, verify_fixes=False)
        done = await analysis.run(source.read(path), agent, options)
        (target,) = done.targets
        print(
            f"{name}: {len(done.rehearsals)} rehearsals, {time.monotonic() - started:.0f} s.",
            *details(target.cost),
        )
        command = [sys.executable, __file__, "--train", str(path)]
        child = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        assert child.stdin is not None and child.stdout is not None
        for report in chosen(done, asked.corners):
            child.stdin.write(json.dumps(dict(report.configuration)) + "\n")
            child.stdin.flush()
            real = json.loads(child.stdout.readline() or "{}")
            if not real:
                print(f"  {dict(report.configuration)}: did not train")
                continue
            step, memory = cost.predicted(target, target.rehearsals, report)
            said = []
            for what, bounds in (("step", step), ("memory", memory)):
                if bounds is None:
                    untold[what] += 1
                    continue
                middle = (bounds[0] * bounds[1]) ** 0.5
                errors[what].append(abs(middle / real[what] - 1))
                outside[what] += not bounds[0] <= real[what] <= bounds[1]
                said.append(_told(what, bounds, real[what]))
            print(f"  {dict(report.configuration)}: {'; '.join(said) or 'nothing foretold'}", flush=True)
        child.stdin.close()
        child.wait()
    await agent.close()
    for what, found in errors.items():
        if found:
            print(
                f"{what}: {len(found)} configurations, middle of the bounds off by {statistics.median(found):.0%} in the "
                f"median, {max(found):.0%} at worst; {outside[what]} outside of their bounds; {untold[what]} not foretold"
            )


def _told(what: str, bounds: tuple[float, float], real: float) -> str:
    shown = size if what == "memory" else lambda seconds: f"{1000 * seconds:.0f} ms"
    return f"{what} {shown(bounds[0])} to {shown(bounds[1])}, {shown(real)} measured"


if __name__ == "__main__":
    asyncio.run(main())
