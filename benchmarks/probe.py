"""Symbolic probes against `build_model(hp)` in a plain loop, and against build plus one `train_on_batch`.

    python benchmarks/probe.py [--cnn N] [--dense N] [--loop N]

All rows of a table come from one run on one machine. The plain loop and the training loop are measured on
`--loop` configurations spread over the same space, each in a fresh process, as is the engine.
"""

from __future__ import annotations

import argparse
import itertools
import linecache
import multiprocessing
import time
import traceback
from collections.abc import Callable, Sequence
from typing import Any

PATH = "build.py"

CNN = """
import keras
from keras import layers

def build(hp):
    model = keras.Sequential()
    model.add(keras.Input((28, 28, 1)))
    model.add(layers.Conv2D(hp.Int("filters_1", 8, 64, step=8), hp.Int("kernel_1", 3, 11, step=2), activation="relu"))
    model.add(layers.MaxPooling2D(2))
    model.add(layers.Conv2D(hp.Int("filters_2", 8, 64, step=8), hp.Choice("kernel_2", [3, 5]), activation="relu"))
    model.add(layers.Flatten())
    model.add(layers.Dense(hp.Int("units", 32, 128, step=32), activation=hp.Choice("activation", ["relu", "tanh"])))
    model.add(layers.Dense(10, activation="softmax"))
    model.compile(
        optimizer=keras.optimizers.Adam(hp.Choice("learning_rate", [1e-2, 1e-3, 1e-4])),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model
"""
CNN_SPACE = {
    "filters_1": range(8, 65, 8),
    "kernel_1": range(3, 12, 2),
    "filters_2": range(8, 65, 8),
    "kernel_2": [3, 5],
    "units": range(32, 129, 32),
    "activation": ["relu", "tanh"],
    "learning_rate": [1e-2, 1e-3, 1e-4],
}

DENSE = """
import keras
from keras import layers

def build(hp):
    model = keras.Sequential()
    model.add(keras.Input((1024,)))
    for index in range(6):
        model.add(layers.Dense(4096, activation=hp.Choice(f"activation_{index}", ["relu", "tanh", "gelu"])))
    model.add(layers.Dense(10, activation="softmax"))
    model.compile(
        optimizer=keras.optimizers.Adam(hp.Choice("learning_rate", [1e-2, 1e-3, 1e-4])),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model
"""
DENSE_SPACE = {
    **{f"activation_{index}": ["relu", "tanh", "gelu"] for index in range(6)},
    "learning_rate": [1e-2, 1e-3, 1e-4],
}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cnn", type=int, default=10_000, help="configurations of the CNN (default 10,000)")
    parser.add_argument(
        "--dense", type=int, default=2_000, help="configurations of the dense network (default 2,000)"
    )
    parser.add_argument(
        "--loop", type=int, default=16, help="configurations that are really built (default 16)"
    )
    options = parser.parse_args()
    import keras
    import keras_tuner

    print(
        f"Keras {keras.__version__}, keras-tuner {keras_tuner.__version__}, {keras.backend.backend()}; one process"
    )
    print(f"{'model':<22}{'configurations':>15}{'ms each':>10}{'seconds':>10}{'ratio':>9}  how")
    table("small CNN, 7 layers", CNN, CNN_SPACE, options.cnn, options.loop)
    table("six Dense(4096), 88 M", DENSE, DENSE_SPACE, options.dense, max(3, options.loop // 4))


def table(name: str, source: str, space: dict[str, Any], count: int, loop: int) -> None:
    """Prints one row for each way to look at a space."""
    every = grid(space)
    probed, few = every[:count], every[:: max(1, len(every) // loop)][:loop]
    built = in_child(loop_over, source, few, False)
    trained = in_child(loop_over, source, few[: max(3, loop // 2)], True)
    first, again = in_child(probe, source, probed)
    row(name, len(few), built, built, "build_model(hp) in a plain loop")
    row("", len(few[: max(3, loop // 2)]), trained, built, "build_model(hp) and train_on_batch")
    row("", len(probed), first, built, "symbolic probes, nothing known at the start")
    row("", len(probed), again, built, "the same again")


def row(name: str, count: int, seconds: float, base: float, how: str) -> None:
    each = seconds
    print(f"{name:<22}{count:>15,}{each * 1000:>10.3f}{each * count:>10.2f}{base / each:>8.1f}×  {how}")


def grid(space: dict[str, Any]) -> list[dict[str, Any]]:
    """All configurations, in an order that mixes them."""
    every = [dict(zip(space, values, strict=True)) for values in itertools.product(*space.values())]
    stride = next(step for step in range(len(every) * 5 // 8, len(every) * 2) if coprime(step, len(every)))
    return [every[index * stride % len(every)] for index in range(len(every))]


def coprime(a: int, b: int) -> bool:
    while b:
        a, b = b, a % b
    return a == 1


def load(source: str) -> Callable[[Any], Any]:
    linecache.cache[PATH] = (len(source), None, source.splitlines(True), PATH)
    namespace: dict[str, Any] = {"__name__": "__main__"}
    exec(compile(source, PATH, "exec"), namespace)
    return namespace["build"]


def loop_over(source: str, configurations: Sequence[dict[str, Any]], train: bool) -> float:
    """Seconds for each configuration, after one that warms Keras up."""
    import keras
    import keras_tuner
    import numpy

    function = load(source)

    def once(configuration: dict[str, Any]) -> None:
        hp = keras_tuner.HyperParameters()
        hp.values = dict(configuration)
        model = function(hp)
        if train:
            shape = model.input_shape[1:]
            model.train_on_batch(numpy.zeros((32, *shape), "float32"), numpy.zeros(32, "int32"))
        keras.backend.clear_session(free_memory=False)

    return seconds_each(once, configurations)


def seconds_each(once: Callable[[dict[str, Any]], None], configurations: Sequence[dict[str, Any]]) -> float:
    """What each configuration takes, after the first has been done once to warm Keras up."""
    once(configurations[0])
    started = time.perf_counter()
    for configuration in configurations:
        once(configuration)
    return (time.perf_counter() - started) / len(configurations)


def probe(source: str, configurations: Sequence[dict[str, Any]]) -> tuple[float, float]:
    """Seconds for each configuration: on a new engine, and when everything was met before."""
    from hypershape.agent.engine import Engine

    function = load(source)
    engine = Engine(None, [PATH])
    times = []
    for _ in range(2):
        started = time.perf_counter()
        for configuration in configurations:
            report = engine.probe(function, configuration, "symbolic")
            if report["verdict"] != "ok":
                raise AssertionError(report["error"])
        times.append((time.perf_counter() - started) / len(configurations))
    return times[0], times[1]


def in_child(function: Callable[..., Any], *arguments: Any) -> Any:
    """The result of a function in a forked process, so that no measurement warms the next one up."""
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)

    def work() -> None:
        try:
            sender.send((function(*arguments), None))
        except BaseException:
            sender.send((None, traceback.format_exc()))

    process = context.Process(target=work)
    process.start()
    result, problem = receiver.recv()
    process.join()
    if problem is not None:
        raise SystemExit(problem)
    return result


if __name__ == "__main__":
    main()
