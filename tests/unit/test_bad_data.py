"""Data that are broken, huge, far away or empty: a right word or none, and never a wrong shape."""

import asyncio
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from hypershape import analysis, source
from hypershape.model import Analysis, Options, Severity
from hypershape.probe import Agent

pytestmark = pytest.mark.tensorflow

Analysed = Callable[..., Analysis]
HEAD = "import keras\nimport keras_tuner as kt\nimport numpy as np\nfrom keras import layers\n\n"
MODEL = """

def build_model(hp):
    model = keras.Sequential([keras.Input((6,)), layers.Dense(hp.Choice("units", [4, 8])), layers.Dense(1)])
    model.compile("adam", "mse")
    return model


tuner = kt.RandomSearch(build_model, objective="loss", max_trials=3, overwrite=True)
tuner.search(x, y)
"""
TABLE = "{}\nx, y = table[:, :-1], table[:, -1]"


@pytest.fixture(scope="module")
def analysed() -> Iterator[Analysed]:
    loop = asyncio.new_event_loop()
    agent = Agent([sys.executable])

    def analyse(folder: Path, text: str, model: str = MODEL) -> Analysis:
        path = folder / "model.py"
        path.write_text(HEAD + text + model, encoding="utf-8")
        options = Options(level="symbolic", budget=5.0, verify_fixes=False)
        return loop.run_until_complete(analysis.run(source.read(path), agent, options))

    yield analyse
    loop.run_until_complete(agent.close())
    loop.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    top = tmp_path_factory.mktemp("data")
    (top / "broken.npz").write_bytes(b"PK\x03\x04" + b"junk" * 99)
    (top / "broken.h5").write_bytes(b"\x89HDF\r\n\x1a\nrest")
    np.save(top / "whole.npy", np.zeros((50, 6)))
    (top / "short.npy").write_bytes((top / "whole.npy").read_bytes()[:200])
    (top / "latin.csv").write_bytes("größe;b;c;d;e;f;g\n".encode("latin-1") + b"1;2;3;4;5;6;7\n" * 20)
    (top / "plain.csv").write_text("1,2,3,4,5,6,7\n" * 20)
    (top / "wide.csv").write_text("1,2,3,4,5,6,7,8\n" * 20)
    (top / "circle" / "inner").mkdir(parents=True)
    (top / "circle" / "inner" / "again").symlink_to(top / "circle")
    return top


UNKNOWN = {
    "a broken archive": "held = np.load('broken.npz')\nx, y = held['x'], held['y']",
    "an array cut short": "x, y = np.load('short.npy'), np.zeros(50)",
    "a bucket": "x, y = np.load('s3://bucket/x.npy'), np.load('s3://bucket/y.npy')",
    "a bucket read by TensorFlow": "import tensorflow as tf\n"
    "table = np.loadtxt(tf.io.gfile.GFile('gs://bucket/x.csv'))\nx, y = table[:, :-1], table[:, -1]",
    "a table of a bucket": "import pandas\nframe = pandas.read_parquet('s3://bucket/table.parquet')\n"
    "y = frame.pop('target')\nx = frame",
    "a database that is not there": "import sqlite3\n"
    "rows = sqlite3.connect('nowhere.db').execute('select * from t').fetchall()\n"
    "x, y = np.array([row[:-1] for row in rows]), np.array([row[-1] for row in rows])",
    "a query": "import sqlite3\nimport pandas\nframe = pandas.read_sql('select * from t', sqlite3.connect('no.db'))\n"
    "x, y = frame.drop(columns=['t']).values, frame['t'].values",
    "a broken HDF5 file": "import h5py\nheld = h5py.File('broken.h5', 'r')\nx, y = held['x'][:], held['y'][:]",
}


@pytest.mark.parametrize("data", UNKNOWN.values(), ids=UNKNOWN)
def test_nothing_is_known_of_data_that_cannot_be_read_and_the_model_is_probed(
    analysed: Analysed, folder: Path, data: str
) -> None:
    done = analysed(folder, data)
    (target,) = done.targets
    assert (target.status, target.searched) == ("probed", None)
    assert [each.message for each in done.findings if each.severity is Severity.ERROR] == []


KNOWN = {
    "a table in Latin-1": TABLE.format(
        "table = np.loadtxt('latin.csv', delimiter=';', skiprows=1, encoding='latin-1')"
    ),
    "a table without a header": TABLE.format("table = np.genfromtxt('plain.csv', delimiter=',')"),
    "no rows that are left": "x, y = np.ones((30, 6)), np.ones(30)\nx, y = x[y > 5], y[y > 5]",
    "more rows than fit into a probe": "x, y = np.zeros((400_000_000, 6), 'float32'), np.zeros(400_000_000)",
    "links in a circle": "import os\nnames = [n for _, _, f in os.walk('circle', followlinks=True) for n in f]\n"
    "x, y = np.zeros((len(names), 6)), np.zeros(len(names))",
}


@pytest.mark.parametrize("data", KNOWN.values(), ids=KNOWN)
def test_a_shape_that_is_told_is_the_true_one(analysed: Analysed, folder: Path, data: str) -> None:
    done = analysed(folder, data)
    (target,) = done.targets
    assert target.status == "probed"
    assert target.searched is None or target.searched.x == ((6,),)
    assert [each.message for each in done.findings if each.severity is Severity.ERROR] == []


def test_a_table_of_another_width_than_the_model_is_told(analysed: Analysed, folder: Path) -> None:
    done = analysed(folder, TABLE.format("table = np.genfromtxt('wide.csv', delimiter=',')"))
    assert "HS302" in [each.code for each in done.findings]


ELSEWHERE = """
x, y = np.zeros((50, 6)), np.zeros((50, 1))
class Data:
    width = None
def prepare():
    Data.width = x.shape[1]
"""


def test_what_other_code_sets_before_the_search_is_no_error(analysed: Analysed, tmp_path: Path) -> None:
    found = analysed(tmp_path, ELSEWHERE, MODEL.replace("(6,)", "(Data.width,)"))
    (target,) = found.targets
    assert [each for each in found.findings if each.severity == Severity.ERROR] == []
    assert target.status == "probed"


LOADED = """
WIDTH = None
class Hyper(kt.HyperModel):
    units = None
    def build(self, hp):
        layers.Dense(WIDTH)
        return build_model(hp)
def load():
    global WIDTH
    table = np.loadtxt("nowhere.csv", delimiter=",")
    WIDTH = table.shape[1]
    return table[:, :-1], table[:, -1]
"""
STARTED = """
    x, y = load()
    hyper = Hyper()
    hyper.units = 3
    kt.RandomSearch(hyper, "val_loss", max_trials=2, overwrite=True).search(x, y, validation_split=0.2)
"""


@pytest.mark.parametrize("start", ['if __name__ == "__main__":', "try:"])
def test_a_block_whose_data_is_not_at_hand_runs_all_the_same(
    analysed: Analysed, tmp_path: Path, start: str
) -> None:
    end = "except KeyError:\n    pass\n" if start == "try:" else ""
    model = MODEL[: MODEL.index("tuner =")].replace("(6,)", "(WIDTH,)")
    found = analysed(
        tmp_path,
        LOADED,
        model.replace("layers.Dense(1", "layers.Dense(hyper.units", 1) + start + STARTED + end,
    )
    assert [each for each in found.findings if each.severity == Severity.ERROR] == []
    assert [each.status for each in found.targets] == ["probed"]


UNKNOWN_PATH = """
import json
class Hyper(kt.HyperModel):
    def __init__(self, path):
        self.path = path
    def build(self, hp):
        with open(self.path) as file:
            settings = json.load(file)
        return build_model(hp)
"""


def test_a_path_that_is_not_known_is_no_descriptor_of_a_file(analysed: Analysed, tmp_path: Path) -> None:
    found = analysed(tmp_path, UNKNOWN_PATH, MODEL[: MODEL.index("tuner =")])
    assert [each.status for each in found.targets] == ["probed"] * len(found.targets)
    assert found.targets
