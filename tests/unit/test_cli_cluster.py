"""What a check by other machines needs of this one, without any: `make cluster` has a real one."""

from __future__ import annotations

import pickle
import sys
from pathlib import Path

import pytest

from hypershape import source
from hypershape.analysis import run
from hypershape.cli import cluster, worker
from hypershape.cli.outcome import CannotRun
from hypershape.model import Options
from hypershape.probe import Folders

MODEL = """import keras
from helper import units

def build_model(hp):
    model = keras.Sequential([keras.layers.Dense(units(hp))])
    hp.Int("width", 9, 3)
    model.compile(loss="mse")
    return model
"""


async def test_without_the_package_one_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(CannotRun, match=r"pip install 'hypershape\[dask\]'"):
        async with cluster.connected("tcp://127.0.0.1:9"):
            pass


async def test_what_a_worker_finds_is_what_is_found_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("model.py").write_text(MODEL)
    Path("helper.py").write_text("def units(hp):\n    return hp.Int('units', 1, 4)\n")
    document, options = source.read(Path("model.py")), Options(level="static")
    here = await run(document, None, options)
    texts = cluster._texts(here.module)
    assert texts == ((str(tmp_path / "helper.py"), Path("helper.py").read_text()),)
    Path("helper.py").unlink()
    work = worker.Work("run", document, str(tmp_path), texts, (), options, None, Folders())
    there = worker.check(pickle.loads(pickle.dumps(work)))
    told = pickle.loads(pickle.dumps(there))
    assert told.module is None and len(told.findings) == len(here.findings) > 0
    assert told.findings == here.findings and told.targets == here.targets
    worker.leave("run")
