"""What a rehearsal takes, and what the squiggles that come before it wait for it.

    python benchmarks/rehearsals.py [--edits N] [NAME…]

The models are those of `_families.py`, each with a RandomSearch over data that fits it. Cold is an interpreter that has
imported nothing, until the end of its first rehearsal; warm is the median of the default configuration, played again and
again by one that has. The file of the second table has a convolution that fails and a search: an edit is over when
the squiggle says the new size. `auto` rehearses after each, `symbolic` never; half of the edits come once all is
done, half while rehearsals of the text before them run. What else the machine had to do tells its load.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import psutil
from _families import FAMILIES

from hypershape import analysis, source
from hypershape.analysis.rehearsing import REHEARSAL_SECONDS
from hypershape.model import Options, Rehearsal
from hypershape.probe import Agent

OPENED = 3
"""A file is opened so many times at each level."""

SAMPLES, UNKNOWN = 64, 8
"""Samples in the data, and the size of a dimension that a model leaves open."""

SEARCH = """
import keras_tuner as kt
import numpy as np

x, y = {x}, {y}
tuner = kt.RandomSearch(build, "val_loss", max_trials=3, directory="found", overwrite=True)
tuner.search(x, y, epochs=2, validation_split=0.25, verbose=0)
best = tuner.get_best_models()[0]
"""

FAILING = """\
import keras
import keras_tuner as kt
import numpy as np
from keras import layers


def build_model(hp):
    model = keras.Sequential([keras.Input((12, 12, 1))])
    model.add(layers.Conv2D(hp.Choice("filters", [8, 16]), hp.Int("kernel", 3, 9, step=2)))
    model.add(layers.Conv2D(8, {size}))
    model.add(layers.Flatten())
    model.add(layers.Dense(hp.Int("units", 4, 64, step=4)))
    model.add(layers.Dense(1))
    model.compile(optimizer="adam", loss="mse")
    return model


tuner = kt.RandomSearch(build_model, "val_loss", max_trials=9, directory="found", overwrite=True)
tuner.search(np.ones((64, 12, 12, 1)), np.ones((64, 1)), epochs=2, validation_split=0.25, verbose=0)
"""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", help="families to measure (default: all; `none`)")
    parser.add_argument("--times", type=int, default=3, help="warm rehearsals of each (default 3)")
    parser.add_argument("--edits", type=int, default=20, help="edits at each level (default 20; 0: none)")
    options = parser.parse_args()
    load, names = _load(), options.names or list(FAMILIES)
    with tempfile.TemporaryDirectory() as folder:
        if names != ["none"]:
            asyncio.run(rehearsals(names, options.times, Path(folder)))
        if options.edits:
            asyncio.run(delays(options.edits, Path(folder)))
    print(f"on {_processor()}, {os.cpu_count()} cores; load before {load}, at the end {_load()}")


def _load() -> str:
    """How many processes wanted a processor in the last minute, where the system counts them."""
    return f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"


def _processor() -> str:
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return "an unnamed processor"


async def rehearsals(names: list[str], times: int, folder: Path) -> None:
    import keras_tuner  # noqa: F401  (once, before the first fork)
    from probe import in_child

    print(f"{'family':<38}{'cold s':>8}{'CPU s':>7}{'warm s':>8}{'CPU s':>7}  came to")
    columns: dict[str, list[float]] = {"cold": [], "CPU of cold": [], "warm": [], "CPU of warm": []}
    for name in names:
        data = in_child(fitting, FAMILIES[name])
        if data is None:
            print(f"{name:<38}left out: its default configuration does not build")
            continue
        x, y = data
        text = FAMILIES[name].replace('weights="imagenet"', "weights=None") + SEARCH.format(x=x, y=y)
        seconds, came = await _rehearsed(text, times, folder)
        for column, each in zip(columns.values(), seconds, strict=True):
            column.append(each)
        first, first_worked, again, worked = seconds
        print(f"{name:<38}{first:>8.1f}{first_worked:>7.1f}{again:>8.2f}{worked:>7.2f}  {came}", flush=True)
    for what, found in columns.items() if len(names) > 1 else ():
        print(
            f"{what} over {len(found)} families: median {statistics.median(found):.2f} s, worst {max(found):.2f} s"
        )


async def _rehearsed(text: str, times: int, folder: Path) -> tuple[tuple[float, ...], str]:
    """Seconds until the first rehearsal of a text is over with their processor time, and the medians of more; what the
    last came to."""
    module = source.analyse(source.from_text(str(folder / "model.py"), text))
    (tuner,) = module.tuners
    assert tuner.rehearsal is not None
    agent = Agent([sys.executable])
    taken, worked, found = list[float](), list[float](), None
    try:
        for _ in range(times + 1):
            started, before = time.perf_counter(), _worked()
            found = await agent.rehearse(tuner.rehearsal, {}, tuner.call.span, REHEARSAL_SECONDS)
            taken.append(time.perf_counter() - started)
            worked.append(_worked() - before)
    finally:
        await agent.close()
    assert found is not None
    again = [statistics.median(each[1:]) for each in (taken, worked)]
    return (taken[0], worked[0], *again), _came(found)


def _worked() -> float:
    """The processor time of all processes that this one started, those that ended included."""
    total = 0.0
    for process in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):
            total += sum(process.cpu_times()[:4])
    return total


def _came(found: Rehearsal) -> str:
    what = (
        "" if found.error is None else f" ({found.error.type}: {' '.join(found.error.message.split())[:80]})"
    )
    return f"{found.verdict}{what}"


def fitting(text: str) -> tuple[str, str] | None:
    """Expressions of arrays that fit the default model of a text, and labels for its losses; None if it does not build."""
    import keras_tuner
    import numpy
    from probe import load

    try:
        model = load(text.replace('weights="imagenet"', "weights=None"))(keras_tuner.HyperParameters())
    except ValueError:
        return None
    if not getattr(model, "inputs", None):
        # A class of the user's knows what it was built for, and what comes out once it is called.
        given = model.get_build_config()["input_shape"]
        return _array(given, "float32"), _labels(model(numpy.zeros((2, *given[1:]), "float32")), model.loss)
    inputs = _listed([_array(each.shape, each.dtype) for each in model.inputs])
    if model.loss is None:
        return inputs, inputs
    several = isinstance(model.loss, dict)
    losses = [model.loss[each] for each in model.output_names] if several else [model.loss]
    return inputs, _listed([_labels(*each) for each in zip(model.outputs, losses, strict=True)])


def _labels(output: Any, loss: Any) -> str:
    if "sparse" in str(loss):
        return _array(output.shape[:-1], "int64")
    return _array(output.shape, "float32")


def _array(shape: tuple[int | None, ...], dtype: str) -> str:
    return f"np.zeros({(SAMPLES, *(each or UNKNOWN for each in shape[1:]))}, {dtype!r})"


def _listed(arrays: list[str]) -> str:
    return arrays[0] if len(arrays) == 1 else f"[{', '.join(arrays)}]"


async def delays(edits: int, folder: Path) -> None:
    """Seconds from a new text to the first analysis that has its squiggle, with rehearsals and without them.

    As in the editor an analysis of an older text is closed when the text changes.
    """
    print(f"{'to the first squiggle, ms':<54}{'symbolic':>10}{'auto':>10}")
    opened = {level: [await _opened(level, folder) for _ in range(OPENED)] for level in ("symbolic", "auto")}
    _row(f"of a file that is opened, cold, median of {OPENED}", opened)
    agent, size = Agent([sys.executable]), 4
    await agent.environment()
    rows: dict[bool, dict[str, list[float]]] = {each: {"symbolic": [], "auto": []} for each in (False, True)}
    try:
        for turn in range(2 * edits):
            level, busy = ("symbolic", "auto")[turn % 2], turn // 2 % 2 == 1
            size = 4 + (size + 1) % 6
            states, _ = await _analysed(size, level, agent, folder, "rehearsed" if busy else "done")
            size = 4 + (size + 1) % 6
            next_states, seconds = await _analysed(size, level, agent, folder, "squiggle", states)
            rows[busy][level].append(seconds)
            await next_states.aclose()
    finally:
        await agent.close()
    for busy, found in rows.items():
        when = "while the text before is rehearsed" if busy else "when all is done"
        _row(f"after an edit {when}, median of {edits // 2}", found)


def _row(what: str, seconds: dict[str, list[float]]) -> None:
    print(f"{what:<54}" + "".join(f"{1000 * statistics.median(each):>10.0f}" for each in seconds.values()))


async def _opened(level: str, folder: Path) -> float:
    """Seconds until the first squiggle of a file by an interpreter that has imported nothing."""
    agent = Agent([sys.executable])
    try:
        states, seconds = await _analysed(9, level, agent, folder, until="squiggle")
        await states.aclose()
    finally:
        await agent.close()
    return seconds


async def _analysed(
    size: int, level: Any, agent: Agent, folder: Path, until: str, closing: Any = None
) -> tuple[Any, float]:
    """The analyses of a text, taken until its squiggle, or until its search is rehearsed or all is done; the seconds
    until its squiggle, with what it took to close those of the text before."""
    document = source.from_text(str(folder / "failing.py"), FAILING.format(size=size))
    started = time.perf_counter()
    if closing is not None:
        await closing.aclose()
    states = analysis.analyse(document, agent, Options(level=level))
    seen = None
    async for state in states:
        if seen is None and any(f"{size}×{size}" in each.message for each in state.findings):
            seen = time.perf_counter() - started
        if (until == "squiggle" and seen is not None) or (until == "rehearsed" and state.rehearsals):
            break
    assert seen is not None, "no squiggle"
    return states, seen


if __name__ == "__main__":
    main()
