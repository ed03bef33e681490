"""What stands for unknown data answers as data does, and says what it made up."""

from __future__ import annotations

import argparse
import ast
import math
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy
import pytest

from hypershape.agent import arguments, datasets
from hypershape.agent.standins import Assumption, StandIn, stand_in
from tests.thinned import one_of


def run(text: str, assumption: Assumption | None = None) -> dict[str, Any]:
    """The names that user code binds which finds `missing` in the place of its data."""
    scope = {"missing": stand_in("missing", assumption or Assumption()), "__hypershape__": True}
    exec(compile(ast.parse(text), "model.py", "exec"), scope)
    return scope


@pytest.mark.parametrize(
    "text",
    [
        "for number, (train, test) in enumerate(missing.split(1, 2)):\n    found = train",
        "for left, right in zip(missing, missing):\n    found = left[0].shape[1]",
        "first, *others = missing.columns\nfound = first",
        "(a, b), (c, d) = missing.load()\nfound = b.reshape(-1, 4)",
        "found = [each.lower() for each in missing.names]",
        "found = missing.iloc[:, 1:-1].values.astype('float32') / 255.0",
        "with missing.open() as file:\n    found = file['x']",
        "found = missing if 'age' in missing.columns else None",
        "import os\nfound = os.path.join(missing, 'x.csv')",
        "found = f'{missing.rate:.3f} {len(missing)} {missing!r}'",
        "missing['new'] = missing.a - missing.b\nfound = -missing['new'] // 2",
        "found = max(missing.a, 3) > min(missing.b, 2)",
    ],
)
def test_data_that_is_not_at_hand_is_unpacked_gone_through_and_computed_with(text: str) -> None:
    assert "found" in run(text)


@pytest.mark.parametrize(
    "text",
    [
        "order = ['a', 'b']\nfound = sorted(missing, key=lambda each: order.index(each))",
        "if missing.kind == 'a':\n    found = 1\nelif missing.kind == 'b':\n    raise ValueError",
        "if missing.kind not in ('a', 'b'):\n    raise ValueError\nfound = 1",
        "if missing.kind != 'a':\n    raise ValueError\nfound = 1",
        "if missing.path == '':\n    raise ValueError\nfound = 1",
        "found = next(each for each in missing if each == 'a')",
    ],
)
def test_what_is_compared_with_texts_is_the_first_of_them(text: str) -> None:
    assumption = Assumption()
    assert "found" in run(text, assumption)
    assert assumption.asked or "''" in text


def test_what_was_taken_for_one_text_is_no_other() -> None:
    found = run("a, b, c = (missing.kind == each for each in 'aba')\nd, e = missing != 'x', missing != 'y'")
    assert [found[name] for name in "abcde"] == [True, False, True, False, True]


def test_a_size_leaves_nothing_when_what_divides_it_divides_it() -> None:
    assert run("found = missing.filters % 4", Assumption(0))["found"] == 0


def test_what_a_branch_asks_of_missing_data_is_said() -> None:
    assumption = Assumption()
    assert run("found = 1 if missing.wide else 2", assumption)["found"] == 1
    assert list(assumption.asked) == ["missing.wide = True"]


def test_sizes_computed_from_sizes_are_the_sizes_that_arithmetic_gives() -> None:
    found = run("n = len(missing)\nhalf, double = missing.n // 2, 2 * missing.n\nall = missing.n * missing.m")
    assert (int(found["half"]), int(found["double"]), int(found["all"])) == (16, 64, 1024)
    assert math.prod([found["half"], found["double"]]) == 1024


def test_what_is_no_size_after_arithmetic_stays_as_large_as_it_was() -> None:
    found = run("scaled, none, huge = missing.x / 255.0, missing.x - missing.x, missing.x ** 9")
    assert {int(found[name]) for name in ("scaled", "none", "huge")} == {32}


def test_a_shape_read_from_missing_data_is_one_of_plain_sizes_for_keras() -> None:
    missing = stand_in("x", Assumption(3))
    assert [type(each) for each in missing] == [int, int, int]
    assert tuple(missing.shape[1:]) == (96, 96, 3)
    assert missing.__array__().shape == (1000, 96, 96, 3)


def test_clips_are_some_frames_of_images() -> None:
    shapes = {Assumption(index).shape[1:] for index in range(11)}
    assert {(16, 16, 16, 3), (16, 112, 112, 3)} <= shapes


@pytest.mark.parametrize("given", [{}, {"training": False}])
def test_a_missing_layer_gives_back_the_tensor_that_it_is_given_and_says_so(given: dict[str, Any]) -> None:
    tensor = type("KerasTensor", (), {"shape": (None, 4)})()
    assumption = Assumption()
    layer = run("layer = missing.Block(8)", assumption)["layer"]
    assert (
        layer(tensor, **given) is tensor and layer([tensor, 3]) is tensor and layer({"a": tensor}) is tensor
    )
    assert list(assumption.transformed) == ["missing.Block(…)"]
    assert list(assumption.asked) == ["the shape that missing.Block(…) gives back = that of what it is given"]
    assumption.reset()
    assert not assumption.transformed


def test_an_array_that_a_missing_function_is_given_is_data_and_no_tensor() -> None:
    assumption = Assumption()
    made = stand_in("scale", assumption)(numpy.zeros((3, 4)))
    assert isinstance(made, StandIn) and not assumption.transformed


@pytest.fixture
def untouched_argparse(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(argparse.ArgumentParser, "parse_known_args", argparse.ArgumentParser.parse_known_args)
    monkeypatch.setattr(sys, "argv", ["train.py"])


def test_a_script_that_must_be_started_with_arguments_has_its_defaults_and_stand_ins(
    untouched_argparse: None,
) -> None:
    arguments.install(Assumption())
    arguments.install(Assumption(3))
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--classes", type=int, required=True)
    parser.add_argument("--size", type=int, default=128)
    parser.add_argument("--name")
    given = parser.parse_args()
    assert (given.size, given.name, int(given.classes)) == (128, None, 96)
    assert isinstance(given.folder, StandIn)
    assert parser.parse_args(["x", "--classes", "3"]).classes == 3
    with pytest.raises(SystemExit):
        parser.parse_args(["x"])


def test_a_window_of_missing_data_is_as_long_as_the_code_says() -> None:
    found = run(
        "window = missing[3:27]\ncolumn = missing[3:27, 0]\nrest, tail = missing[:24], missing[-24:]\n"
    )
    assert (len(found["window"]), found["window"].shape, found["column"].shape) == (24, (24, 32), (24,))
    assert found["window"].of_many().shape == (1000, 24, 32)
    assert found["rest"].shape[0] == found["tail"].shape[0] == 1000


def test_the_shape_of_one_sample_has_no_axis_of_samples() -> None:
    found = run("one, pair = missing[0].shape, missing.load()[0].shape\nx = missing[0]")
    found["x"].rename("x")
    assert (found["one"], found["pair"], found["x"].shape) == ((32,), (1000, 32), (1000, 32))


def test_a_shape_made_of_the_shape_of_missing_data_is_a_plain_one() -> None:
    shape = stand_in("x", Assumption(3)).shape
    again = type(shape)(list(shape)[1:])
    assert (again[0], again[1:], list(again)) == (96, (96, 3), [96, 96, 3])


def test_a_setting_is_assumed_to_be_as_large_as_an_axis_or_small() -> None:
    alike, apart = Assumption(2), Assumption(9)
    assert alike.shape == apart.shape == (1000, 24, 24)
    assert (int(stand_in("pool", alike)), int(stand_in("pool", apart))) == (24, 2)


@pytest.mark.tensorflow
def test_windows_of_missing_data_are_missing_however_few_there_are() -> None:
    # In a process of its own: what NumPy offers is changed in it.
    program = """
import numpy
from hypershape.agent import replaced, running
from hypershape.agent.standins import Assumption
replaced.install(Assumption())
for length in (20, 48):
    text = f"import numpy as np\\nx = np.array([missing[i:i + {length}] for i in range(len(missing) - {length})])"
    file = {"path": "model.py", "module": "own", "text": text}
    slice_ = running.Slice({"files": [file], "stand_ins": {"missing": "no file"}}, Assumption())
    print(slice_._file(file, lambda run: run())["x"].shape[1:])
print(numpy.array([1, 2]).shape)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[:3] == ["(20, 32)", "(32,)", "(2,)"]


def test_a_class_that_builds_models_on_a_base_that_is_not_at_hand_is_one() -> None:
    text = """
class Own(missing.Base):
    def __init__(self, width, **others):
        super().__init__(**others)
        super(Own, self).prepare()
        self.width = width

    def build(self, hp):
        return self.width, self.depth, self.scaled(self.width)
"""
    own = run(text)["Own"]
    width, depth, scaled = own(7, name="own").build(None)
    assert isinstance(own, type) and width == 7 and not isinstance(width, StandIn)
    assert type(depth) is type(scaled) is StandIn


def test_a_layer_on_a_base_that_is_not_at_hand_is_not_at_hand_either() -> None:
    text = "class Own(missing.Layer):\n    def build(self, shape): ...\n    def call(self, x): return x"
    assert type(run(text)["Own"]) is StandIn


def asked_by_keras(text: str) -> tuple[Any, list[str]]:
    """What code that is not the user's makes of `missing`, and what was assumed."""
    assumption = Assumption()
    scope: dict[str, Any] = {"missing": stand_in("missing", assumption)}
    exec(text, scope)
    return scope["found"], list(assumption.asked)


@pytest.mark.parametrize("test", ["0 <= missing <= 1", "not (missing < 0 or missing > 1)"])
def test_what_must_lie_between_nothing_and_all_is_a_share(test: str) -> None:
    assert asked_by_keras(f"found = {test}") == (True, ["missing = 0.5"])


@pytest.mark.parametrize(
    "test", ["missing > 1", "missing > 0", "missing >= 0\nfound = missing > 1", "not missing < 1"]
)
def test_what_must_only_be_large_enough_is_a_size(test: str) -> None:
    first, _, last = test.rpartition("\n")
    text = f"{first}\n{last}" if first else f"found = {last}"
    assert asked_by_keras(text) == (True, ["missing = 32"])


def ran(text: str, *names: str) -> str:
    """What a process of its own prints of the shapes of one sample under these names, after it ran `text` as a slice."""
    program = f"""
from hypershape.agent import imports, replaced, running
from hypershape.agent.standins import Assumption
assumption = Assumption()
replaced.install(assumption)
imports.install(assumption)
file = {{"path": "model.py", "module": "own", "text": {text!r}}}
slice_ = running.Slice({{"files": [file], "stand_ins": {{}}}}, assumption)
found = slice_._file(file, lambda run: run())
print(*(tuple.__getitem__(tuple(found[name].shape), slice(1, None)) for name in {names!r}))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize(
    "made",
    one_of(
        3,
        [
            "np.array(shots).reshape(-1, SIDE, SIDE, 1)",
            "np.zeros((len(shots), SIDE, SIDE, 1))",
            "np.array([np.zeros((SIDE, SIDE, 1)) for _ in shots]).reshape((-1, SIDE, SIDE, 1)) / 255",
        ],
    ),
)
def test_images_of_an_empty_folder_have_the_size_that_the_code_says(made: str) -> None:
    text = f"""
import glob
import numpy as np
from seen import read, scale
SIDE = 40
shots = []
for path in glob.glob("nowhere/*.png"):
    shots.append(scale(read(path), SIDE))
x = {made}
"""
    assert ran(text, "x") == "(40, 40, 1)"


def test_what_a_function_fills_whose_folder_is_not_there_is_missing_data() -> None:
    text = """
import os
import numpy as np
rows = []
def load():
    for name in os.listdir("nowhere"):
        rows.append([name, 1])
load()
shots, marks = [], []
for shot, mark in rows:
    shots.append(shot)
    marks.append(mark)
shots = np.array(shots).reshape(-1, 24, 24, 3)
"""
    assert ran(text, "shots") == "(24, 24, 3)"


def test_arrays_that_a_function_reads_from_a_folder_that_is_not_there_are_missing_data() -> None:
    text = """
import os
import numpy as np
def read(folder, side=(20, 20)):
    shots, masks = [], []
    if os.path.exists(folder):
        shots.append(np.ones((*side, 3)))
    return np.array(shots).reshape(-1, *side, 3), np.array(masks)
pair = read("nowhere")
first = pair[0]
sizes = np.zeros((1, first.shape[1], len(pair[1]) // 10))
"""
    assert ran(text, "first", "sizes") == "(20, 20, 3) (20, 3)"


def test_an_array_that_a_file_leaves_empty_itself_stays_as_it_is() -> None:
    text = """
import numpy as np
spelt = np.empty((0, 12))
table = np.zeros((20, 3))
rest = table[50:]
sizes = np.zeros((1, spelt.size + 7, rest.size + 5))
"""
    assert ran(text, "sizes") == "(7, 5)"


def test_splits_and_scalers_of_scikit_learn_keep_shapes_where_it_is_not_installed() -> None:
    scikit_learn = """
import numpy as np
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import LabelEncoder, StandardScaler
x, y = np.zeros((90, 6)), np.array(["a", "b", "c"] * 30)
y = LabelEncoder().fit_transform(y)
x_train, x_test, y_train, y_test = train_test_split(x, y, test_size=0.2, random_state=1)
scaler = StandardScaler()
x_train = scaler.fit_transform(x_train)
x_test = scaler.transform(x_test)
sizes = np.zeros((1, len(x_train), len(y_test), int(y.max())))
images = np.array([]).reshape(-1, 32, 16, 3)[:]
first, second = train_test_split(np.array([each for each in []]).reshape(-1, 5, 2), test_size=10)
"""
    assert ran(scikit_learn, "x_train", "x_test", "sizes") == "(6,) (6,) (72, 18, 2)"
    assert ran(scikit_learn, "first") == "(5, 2)"
    folds = """
import numpy as np
from sklearn.model_selection import KFold, StratifiedShuffleSplit
x, y = np.zeros((90, 6)), np.zeros(90)
for train, test in StratifiedShuffleSplit(n_splits=3, test_size=0.2, random_state=1).split(x, y):
    shuffled = np.zeros((1, *x[train].shape, *y[test].shape))
for train, test in KFold(n_splits=3, shuffle=True).split(x):
    folded = np.zeros((1, *x[train].shape, *y[test].shape))
"""
    assert ran(folds, "shuffled", "folded") == "(72, 6, 18) (60, 6, 30)"


def test_some_rows_of_missing_data_are_of_its_shape() -> None:
    found = run("import numpy as np\nx = missing.load().reshape(-1, 9, 2)\nfirst = x[np.arange(4)]")
    assert found["first"].shape[1:] == (9, 2)


def test_what_a_target_reads_from_a_file_that_is_not_there_is_a_stand_in_and_what_it_writes_is_not(
    tmp_path: Path,
) -> None:
    # In a process of its own: what Python offers is changed in it.
    text = f"""
gone = {str(tmp_path / "gone")!r}
import json, os
import numpy as np
def build():
    os.chdir(gone + "/tables")
    with open(gone + "/words.json") as file:
        return json.load(file), np.load(gone + "/x.npy")
def write():
    open(gone + "/log.txt", "w")
"""
    program = f"""
from hypershape.agent import reading
from hypershape.agent.positions import Positions
from hypershape.agent.standins import Assumption, StandIn
assumption, missing = Assumption(), {{}}
reading.install(assumption, Positions(["model.py"]), missing)
scope = {{"__hypershape__": True}}
exec(compile({text!r}, "model.py", "exec"), scope)
found = scope["build"]()
print([isinstance(each, StandIn) for each in found], sorted(missing), list(assumption.asked)[1])
try:
    scope["write"]()
except FileNotFoundError:
    print("refused")
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "[True, True] ['tables', 'words', 'x'] words.json = a file that can be read",
        "refused",
    ]


def test_a_data_class_of_the_users_may_have_a_method_of_the_name_shape() -> None:
    assert run("sizes = [each.shape()[1:] for each in missing]")["sizes"][0] == (32,)


AROUND = """
import keras
import numpy as np
class Data:
    def __init__(self, path):
        super().__init__()
        self.x, self.y = np.load(path), None
        with open(path) as file:
            def inside(hp):
                return 1
        self.inside = inside
def main():
    import os
    data = Data("nowhere.npy")
    sizes = []
    for name in os.listdir("nowhere"):
        sizes.append(len(name))
    size = data.x.shape[1:]
    def build(hp):
        return (tuple(size), len(sizes), data.inside(hp))
    return build
class Refused(keras.layers.Layer):
    def __init__(self):
        super().__init__(unknown=1)
"""


def target_of(expression: str) -> str:
    """What the target gives to which `expression` of `AROUND` comes, or why there is none."""
    program = f"""
from hypershape.agent import running
from hypershape.agent.standins import Assumption
file = {{"path": "model.py", "module": "own", "text": {AROUND!r}}}
slice_ = running.Slice({{"files": [file], "expression": {expression!r}}}, Assumption())
try:
    print(slice_.run(lambda run: run())(None), *slice_.missing)
except Exception as error:
    print(type(error).__name__)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip().splitlines()[-1]


def test_functions_around_a_target_go_on_where_their_data_is_not_at_hand() -> None:
    assert target_of("main()") == "((32,), 32, 1) x y file name sizes"


@pytest.mark.tensorflow
def test_a_tensor_is_made_of_missing_data_and_the_process_lives() -> None:
    text = """
import tensorflow as tf
from hypershape.agent.standins import Assumption, stand_in
missing = stand_in("missing", Assumption(2))
for make in (tf.constant, tf.convert_to_tensor, lambda each: tf.constant([each, each])):
    try:
        print(make(missing).shape)
    except ValueError as error:
        print(type(error))
"""
    done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_a_method_that_the_network_is_refused_leaves_what_it_can_on_its_object() -> None:
    text = """
import os
class Data:
    def __init__(self):
        self.names, self.rows = {}, []
    def read(self):
        file = open("nowhere.txt")
        for line in file:
            self.rows.append(line.split())
        self.width = len(self.rows)
data = Data()
data.read()
os.remove("nowhere")
x = data.width
"""
    program = f"""
from hypershape.agent import running
from hypershape.agent.standins import Assumption
file = {{"path": "model.py", "module": "own", "text": {text!r}}}
slice_ = running.Slice({{"files": [file]}}, Assumption())
print(slice_._file(file, lambda run: run())["x"], *slice_.missing)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip().splitlines()[-1] == "1 file"


def test_what_a_function_around_a_target_gets_wrong_by_itself_is_no_matter_of_data() -> None:
    assert (target_of("main(3)"), target_of("Refused()")) == ("TypeError", "ValueError")


def test_images_of_keras_that_a_file_scales_in_place_stay_one_image() -> None:
    (images, _), _ = datasets._loader("cifar10")()  # type: ignore[misc]
    images = images.astype("float32")
    images /= 2.0
    images -= numpy.arange(3, dtype="float32")
    images[..., 0] += 4.0
    images[3] = 9.0
    images[images > 5.0] = 9.0
    assert (images.shape, images[7, 0, 0].tolist(), images.strides[0]) == (
        (50000, 32, 32, 3),
        [4.0, -1.0, -2.0],
        0,
    )
    with pytest.raises(TypeError, match="Cannot cast"):
        datasets._loader("mnist")()[0][0].__itruediv__(255)  # type: ignore[misc]
