"""A real cluster of Dask's on this machine says what a check without one says, also when a worker is killed.

`make cluster` runs it: it needs the package distributed, which the other tests do without.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import psutil
import pytest

from hypershape import source
from hypershape.cli.cluster import connected
from hypershape.model import Options
from hypershape.probe import Folders

MODEL = """import keras
from helper import units


def build_model(hp):
    model = keras.Sequential([keras.Input((28, 28, 1))])
    model.add(keras.layers.Conv2D(8, hp.Int("kernel", 3, {most}, step=4)))
    model.add(keras.layers.Flatten())
    model.add(keras.layers.Dense(units(hp)))
    model.compile(loss="mse")
    return model
"""


class Cluster:
    """A scheduler with workers of one thread each."""

    def __init__(self) -> None:
        self.scheduler = self._start("dask_scheduler", "--port", "0")
        assert self.scheduler.stderr is not None
        line = next(each for each in self.scheduler.stderr if "Scheduler at:" in each)
        self.address = line.split("Scheduler at:")[1].strip()
        self.workers = [
            self._start("dask_worker", self.address, "--nthreads", "1", "--no-nanny") for _ in "12"
        ]
        for each in self.workers:
            assert each.stderr is not None
            next(line for line in each.stderr if "Registered to:" in line)

    def _start(self, name: str, *arguments: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", f"distributed.cli.{name}", *arguments]
        return subprocess.Popen(
            [*command, "--host", "127.0.0.1", "--no-dashboard"], stderr=subprocess.PIPE, text=True
        )

    def end(self) -> None:
        for each in (*self.workers, self.scheduler):
            each.kill()
            each.communicate()


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    started = Cluster()
    yield started
    started.end()


def files(folder: Path, count: int) -> None:
    (folder / "helper.py").write_text("def units(hp):\n    return hp.Int('units', 1, 4)\n")
    for number in range(count):
        (folder / f"model_{number}.py").write_text(MODEL.format(most=23 + 4 * number))


def command(folder: Path, *more: str) -> subprocess.Popen[str]:
    arguments = ["check", ".", "--level", "symbolic", "--format", "json", "--budget", "60", *more]
    return subprocess.Popen(
        [sys.executable, "-m", "hypershape", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONSAFEPATH": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def found(process: subprocess.Popen[str]) -> Any:
    out, errors = process.communicate(timeout=170)
    assert process.returncode == 1, errors
    told = json.loads(out)["files"]
    for each in told:
        for target in each["targets"]:
            # How many probes a proof took, and how long, depends on how fast they came.
            target.pop("elapsed_ms")
            target["coverage"] = target["coverage"]["mode"], target["coverage"]["failing_share"]
    return told


def agents(worker: subprocess.Popen[str]) -> list[psutil.Process]:
    return psutil.Process(worker.pid).children()


def test_a_worker_that_is_killed_in_the_middle_costs_no_file(cluster: Cluster, tmp_path: Path) -> None:
    files(tmp_path, 4)
    alone = found(command(tmp_path, "--python", sys.executable))
    process = command(tmp_path, "--cluster", cluster.address)
    first = cluster.workers[0]
    while not agents(first):
        assert process.poll() is None
        time.sleep(0.1)
    left = agents(first)
    first.kill()
    assert found(process) == alone
    assert [each["path"] for each in alone] == ["helper.py", *(f"model_{number}.py" for number in range(4))]
    gone, alive = psutil.wait_procs(left, 10)
    assert gone and not alive


async def test_a_worker_says_how_far_it_is(cluster: Cluster, tmp_path: Path) -> None:
    files(tmp_path, 1)
    told: list[str | None] = []
    document = source.read(tmp_path / "model_0.py")
    widen = partial(source.across, workspace=source.Workspace())
    async with connected(cluster.address) as to:
        state = await to.check(document, Options(level="symbolic"), None, Folders(), widen, told.append)
    assert state.done and len(told) > 1 and any("prob" in each for each in told if each)


def test_ctrl_c_ends_what_the_workers_do(cluster: Cluster, tmp_path: Path) -> None:
    files(tmp_path, 3)
    worker = cluster.workers[1]
    # Those of an earlier command end with it.
    assert not psutil.wait_procs(agents(worker), 20)[1]
    process = command(tmp_path, "--cluster", cluster.address)
    while not agents(worker):
        assert process.poll() is None
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 2 and "Ended before" in errors
    assert not psutil.wait_procs(agents(worker), 20)[1] and worker.poll() is None


def test_a_scheduler_that_is_not_reached_is_told_in_one_sentence(tmp_path: Path) -> None:
    files(tmp_path, 1)
    process = command(tmp_path, "--cluster", "tcp://127.0.0.1:9")
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 2
    assert "hypershape: The scheduler tcp://127.0.0.1:9 was not reached:" in errors
    assert "Traceback" not in errors
