"""Slices that reach into the user's other files, run as Python would import them."""

from __future__ import annotations

import ast
import sys
import types
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from hypershape import source
from hypershape.model import Target
from hypershape.source.removed import todays


@pytest.fixture(autouse=True)
def own_modules() -> Iterator[None]:
    before = dict(sys.modules)
    yield
    sys.modules.clear()
    sys.modules.update(before)


def project(folder: Path, **files: str) -> None:
    for name, text in files.items():
        place = name.replace("____init__", "/<init>").replace("__", "/").replace("<init>", "__init__")
        path = folder / f"{place}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text))


def only(path: Path) -> Target:
    (target,) = source.analyse(source.read(path)).targets
    return target


def built(target: Target) -> Any:
    """What the target returns when the files of its slice are run in order, each as a module of its own."""
    assert target.slice is not None, target.reason
    scope: dict[str, Any] = {}
    for file in target.slice.files:
        module = types.ModuleType(file.module)
        is_package = file.path.endswith("__init__.py")
        module.__package__ = file.module if is_package else file.module.rpartition(".")[0]
        if is_package:
            module.__path__ = []
        parent, _, name = file.module.rpartition(".")
        if parent in sys.modules:
            setattr(sys.modules[parent], name, module)
        if file.module != "__main__":
            sys.modules[file.module] = module
        exec(compile(file.text, file.path, "exec"), module.__dict__)
        scope = module.__dict__
    return eval(target.slice.expression, scope)(None)


def test_helpers_beside_the_file_are_sliced_too(tmp_path: Path) -> None:
    project(
        tmp_path,
        helpers_of_test="""
            import unknown_plotting_package
            from constants_of_test import WIDTH
            DEPTH = 3
            def widen(x):
                return x * WIDTH + DEPTH
            def plot():
                unknown_plotting_package.show()
            print("imported")
        """,
        constants_of_test="WIDTH = 10\nTABLE = open('nowhere').read()\n",
        train="""
            import keras_tuner as kt
            import helpers_of_test as helpers
            def build_model(hp):
                return helpers.widen(2)
            tuner = kt.RandomSearch(build_model)
        """,
    )
    target = only(tmp_path / "train.py")
    assert built(target) == 23
    assert target.slice is not None
    files = {file.module: file for file in target.slice.files}
    assert set(files) == {"constants_of_test", "helpers_of_test", "__main__"}
    assert files["helpers_of_test"].path == str(tmp_path / "helpers_of_test.py")
    assert "plot" not in files["helpers_of_test"].text and "open" not in files["constants_of_test"].text


def test_packages_and_relative_imports_are_followed(tmp_path: Path) -> None:
    project(
        tmp_path,
        app_of_test____init__="from .sizes import SIZE\nfrom . import models\n",
        app_of_test__sizes="SIZE = 4\n",
        app_of_test__models="from .sizes import SIZE as size\nfrom . import blocks\ndef make():\n    return blocks.block(size)\n",
        app_of_test__blocks="def block(n):\n    return n + 1\n",
        app_of_test__train="""
            import keras_tuner as kt
            from .models import make
            from . import sizes
            def build_model(hp):
                return make(), sizes.SIZE
            tuner = kt.RandomSearch(build_model)
        """,
    )
    target = only(tmp_path / "app_of_test" / "train.py")
    assert built(target) == (5, 4)


def test_a_method_that_another_file_calls_brings_what_it_uses(tmp_path: Path) -> None:
    project(
        tmp_path,
        tables_of_test="SIZE = 5",
        nets_of_test="""
        import tables_of_test as tables
        import plots_of_test
        class Net:
            def __init__(self, scale):
                self.scale = scale
            def make(self):
                return self.scale * tables.SIZE
            def show(self):
                plots_of_test.draw(self)
        """,
        train_of_test="""
        import keras_tuner as kt
        from nets_of_test import Net
        net = Net(3)
        def build_model(hp):
            return net.make()
        kt.RandomSearch(build_model)
        """,
    )
    target = only(tmp_path / "train_of_test.py")
    assert built(target) == 15
    assert target.slice is not None and not any(
        "plots" in line for line in target.slice.files[1].text.splitlines()[:5]
    )


def test_a_folder_whose_name_cannot_be_imported_is_no_package(tmp_path: Path) -> None:
    root = tmp_path / "my-project"
    project(root, ____init__="", nets____init__="", nets__sizes="WIDTH = 7", widths="HEIGHT = 2")
    project(
        root,
        nets__model="""
        from . import sizes
        from ..widths import HEIGHT
        import keras_tuner as kt

        def build_model(hp):
            return sizes.WIDTH * HEIGHT

        kt.RandomSearch(build_model)
        """,
    )
    assert built(only(root / "nets" / "model.py")) == 14


def test_a_build_function_of_another_file_is_probed_with_it(tmp_path: Path) -> None:
    project(
        tmp_path,
        models_of_test="N = 2\ndef build_model(hp):\n    return N\n",
        train="import keras_tuner as kt\nfrom models_of_test import *\ntuner = kt.RandomSearch(models.build)\n"
        "from models_of_test import build_model\ntuner = kt.RandomSearch(build_model)\n",
    )
    target = only(tmp_path / "train.py")
    assert built(target) == 2


def test_modules_are_found_from_the_root_of_the_project_and_from_sys_path(tmp_path: Path) -> None:
    project(
        tmp_path,
        src__data_of_test__load="ROWS = 7\n",
        lib__extra_of_test="EXTRA = 8\n",
        src__jobs__train="""
            import sys
            sys.path.append("../../lib")
            import keras_tuner as kt
            from src.data_of_test.load import ROWS
            import extra_of_test
            def build_model(hp):
                return ROWS, extra_of_test.EXTRA
            tuner = kt.RandomSearch(build_model)
        """,
    )
    (tmp_path / "pyproject.toml").write_text("")
    assert built(only(tmp_path / "src" / "jobs" / "train.py")) == (7, 8)


def test_a_file_that_shadows_keras_tuner_is_no_module_of_the_user(tmp_path: Path) -> None:
    project(
        tmp_path,
        keras_tuner="import keras_tuner as kt\ndef build_model(hp):\n    return 1\nkt.RandomSearch(build_model)\n",
        keras____init__="",
    )
    target = only(tmp_path / "keras_tuner.py")
    assert target.slice is not None
    assert [file.module for file in target.slice.files] == ["__main__"]


def test_modules_that_import_each_other_end(tmp_path: Path) -> None:
    project(
        tmp_path,
        one_of_test="import two_of_test\nA = 1\ndef f():\n    return two_of_test.g()\n",
        two_of_test="import one_of_test\ndef g():\n    return one_of_test.A\n",
        train="import keras_tuner as kt\nfrom one_of_test import f\ndef build_model(hp):\n    return f()\n"
        "kt.RandomSearch(build_model)\n",
    )
    target = only(tmp_path / "train.py")
    assert target.slice is not None
    assert {file.module for file in target.slice.files} == {"one_of_test", "two_of_test", "__main__"}


def test_a_name_of_a_package_is_told_from_its_submodule(tmp_path: Path) -> None:
    project(
        tmp_path,
        pack_of_test____init__="from .train import train\n",
        pack_of_test__train="def train():\n    return 5\n",
        pack_of_test__other="VALUE = 6\n",
        main="""
            import keras_tuner as kt
            from pack_of_test import other, train
            import pack_of_test.other
            def build_model(hp):
                return train(), other.VALUE, pack_of_test.other.VALUE
            kt.RandomSearch(build_model)
        """,
    )
    assert built(only(tmp_path / "main.py")) == (5, 6, 6)


def test_an_import_inside_the_target_is_followed(tmp_path: Path) -> None:
    project(
        tmp_path,
        lazy_of_test="VALUE = 6\n",
        main="""
            import keras_tuner as kt
            def build_model(hp):
                from lazy_of_test import VALUE
                return VALUE
            kt.RandomSearch(build_model)
        """,
    )
    assert built(only(tmp_path / "main.py")) == 6


@pytest.mark.parametrize(
    ("written", "today"),
    [
        ("from keras.layers.convolutional import Conv1D", "from keras.layers import Conv1D as Conv1D"),
        (
            "from tensorflow.keras.layers.experimental.preprocessing import Rescaling, Resizing as R",
            "from tensorflow.keras.layers import Rescaling as Rescaling; from tensorflow.keras.layers import Resizing as R",
        ),
        ("from keras.optimizers.adam_v2 import Adam", "from keras.optimizers import Adam as Adam"),
        ("from keras.utils import np_utils, plot_model", "from keras import utils as np_utils; from keras.utils import plot_model"),
        ("import keras.layers.pooling as pool", "from keras import layers as pool"),
        (
            "from keras.preprocessing.text import Tokenizer",
            "from tensorflow.keras.preprocessing.text import Tokenizer as Tokenizer",
        ),
        ("from keras.layers import CuDNNLSTM", "from keras.layers import LSTM as CuDNNLSTM"),
    ],
)  # fmt: skip
def test_what_keras_moved_is_probed_from_where_it_is_today(written: str, today: str) -> None:
    (node,) = ast.parse(written).body
    assert isinstance(node, (ast.Import, ast.ImportFrom)) and todays(node) == today


@pytest.mark.parametrize(
    "written",
    [
        "from keras.layers import Conv1D, Dense",
        "from keras.wrappers.scikit_learn import KerasClassifier",
        "from keras.utils.np_utils import to_categorical, probas_to_classes",
        "from kerastuner.engine.multi_execution_tuner import MultiExecutionTuner",
        "from .layers.convolutional import Conv1D",
        "from keras.layers import *",
        "import keras.layers.pooling",
        "from keras.optimizers.legacy import Adam",
        "from tensorflow.python.keras.optimizer_v2.adam import Adam",
        "from tf_keras.layers.core import Dense",
        "import numpy as np",
    ],
)
def test_what_is_where_it_was_and_what_is_nowhere_stays_as_it_is_written(written: str) -> None:
    (node,) = ast.parse(written).body
    assert isinstance(node, (ast.Import, ast.ImportFrom)) and todays(node) is None


def test_a_slice_imports_what_was_moved_from_its_place_and_leaves_what_may_have_a_substitute() -> None:
    text = (
        "import keras_tuner as kt\nfrom keras.models import Sequential\n"
        "from keras.layers.core import (\n    Dense,\n    Dropout,\n)\n"
        "try:\n    from keras.layers.recurrent import LSTM\nexcept ImportError:\n    from keras.layers import LSTM\n"
        "def build(hp):\n    return Sequential([Dense(hp.Int('u', 1, 2)), Dropout(0.1), LSTM(3)])\n"
    )
    (target,) = source.analyse(source.from_text("model.py", text)).targets
    assert target.slice is not None
    cut = target.slice.files[-1].text
    assert "from keras.layers import Dense as Dense; from keras.layers import Dropout as Dropout" in cut
    assert "from keras.layers.recurrent import LSTM" in cut
    assert cut.splitlines().index("def build(hp):") == text.splitlines().index("def build(hp):")


def test_a_call_of_what_keras_has_nowhere_is_left_out_where_its_effect_is_all_it_is_for() -> None:
    text = (
        "from tensorflow.keras import backend as K\nimport keras_tuner as kt\n"
        "K.set_session(\n    None)\nK.set_floatx('float16')\n"
        "def build_model(hp):\n    return K.int_shape(hp.Int('n', 1, 3))\n"
        "kt.RandomSearch(build_model)\n"
    )
    (target,) = source.analyse(source.from_text("model.py", text)).targets
    assert target.slice is not None
    cut = target.slice.files[-1].text
    assert "set_session" not in cut and "K.set_floatx('float16')" in cut
    assert cut.splitlines().index("def build_model(hp):") == text.splitlines().index("def build_model(hp):")


def test_what_keras_has_nowhere_is_a_stand_in_beside_what_it_has() -> None:
    text = """
from tensorflow.keras.utils import multi_gpu_model as spread, to_categorical
from keras.wrappers.scikit_learn import KerasClassifier
from tensorflow.keras.mixed_precision import experimental as mixed, global_policy

def build_model(hp):
    return spread(to_categorical([hp.Int("n", 1, 3)]), KerasClassifier, mixed.Policy("float16"), global_policy)

import keras_tuner
keras_tuner.RandomSearch(build_model)
"""
    (target,) = source.analyse(source.from_text("model.py", text)).targets
    assert target.slice is not None and set(target.slice.stand_ins) == {"spread", "KerasClassifier", "mixed"}
    assert "to_categorical" in target.slice.files[-1].text and "global_policy" in target.slice.files[-1].text


def test_what_keras_has_nowhere_or_moved_is_replaced_in_modules_beside_the_file(tmp_path: Path) -> None:
    (tmp_path / "ours.py").write_text(
        "from keras import objectives\nfrom keras.layers.core import Dense\n\n"
        "def head(units):\n    return Dense(units), objectives\n"
    )
    text = "import keras_tuner\nfrom ours import head\n\ndef build(hp):\n    return head(hp.Int('n', 1, 3))\n"
    text += "\nkeras_tuner.RandomSearch(build)\n"
    (target,) = source.analyse(source.from_text(str(tmp_path / "model.py"), text)).targets
    assert target.slice is not None and target.slice.stand_ins == {"objectives": "Keras has it no more"}
    assert "from keras.layers import Dense as Dense" in target.slice.files[0].text
