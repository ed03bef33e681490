"""Faults between a model and its data, each in a file of its own manner with its cure: named, repaired, and silent once cured."""

import asyncio
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from textwrap import dedent

import pytest

from hypershape import analysis, source
from hypershape.model import Analysis, Options, Severity
from hypershape.probe import Agent
from tests.thinned import one_of

Analysed = Callable[[str], Analysis]


@dataclass(frozen=True)
class Fault:
    """A file, what is told of it, and the one change that cures it."""

    name: str
    code: str
    cure: tuple[str, str]
    data: str
    model: str
    search: str = "x, y"

    @property
    def text(self) -> str:
        head = "import os, tempfile\nimport keras\nimport keras_tuner as kt\nimport numpy as np\nfrom keras import layers\n"
        body = dedent(self.data).strip("\n") + "\n\n\n" + dedent(self.model).strip("\n")
        tail = '\n\n\ntuner = kt.RandomSearch(build_model, objective="loss", max_trials=4, overwrite=True)\n'
        return f"{head}\n{body}{tail}tuner.search({self.search}, epochs=2)\n"

    @property
    def cured(self) -> str:
        old, new = self.cure
        assert self.text.count(old) >= 1, self.name
        return self.text.replace(old, new, 1)


def dense(input: str, last: str, loss: str, units: str = 'hp.Int("units", 4, 12, step=4)') -> str:
    return f"""
def build_model(hp):
    model = keras.Sequential()
    model.add(keras.Input({input}))
    model.add(layers.Dense({units}, activation="relu"))
    model.add({last})
    model.compile(optimizer="adam", loss={loss})
    return model
"""


TABLE = "x = np.random.default_rng(1).random((60, 9))\n"
IMAGES = "x = np.random.default_rng(1).random((24, 20, 20, 3), dtype='float32')\n"
SERIES = "x = np.random.default_rng(1).random((30, 12, 2))\n"
CNN = """
def build_model(hp):
    inputs = keras.Input({input})
    h = layers.Conv2D(hp.Choice("filters", [4, 8]), 3, activation="relu")(inputs)
    h = layers.MaxPooling2D(2)(h)
    {flat}
    outputs = layers.Dense({units}, activation="softmax")(h)
    model = keras.Model(inputs, outputs)
    model.compile(optimizer="adam", loss="{loss}")
    return model
"""
SPARSE, HOT = "sparse_categorical_crossentropy", "categorical_crossentropy"


def cnn(
    input: str = "(20, 20, 3)", flat: str = "h = layers.Flatten()(h)", units: int = 3, loss: str = SPARSE
) -> str:
    return CNN.format(input=input, flat=flat, units=units, loss=loss)


FOLDER = """
top = tempfile.mkdtemp()
for name in ("a", "b", "c"):
    os.makedirs(os.path.join(top, name))
    open(os.path.join(top, name, "1.png"), "wb").close()
"""
FAULTS = (
    Fault(
        "the loss is a function of keras.losses",
        "HS301",
        ("keras.losses.categorical_crossentropy", "keras.losses.sparse_categorical_crossentropy"),
        TABLE + "y = np.arange(60) % 3\n",
        dense("(9,)", 'layers.Dense(3, activation="softmax")', "keras.losses.categorical_crossentropy"),
    ),
    Fault(
        "the loss object is imported by its name",
        "HS301",
        (
            "loss=SparseCategoricalCrossentropy()",
            "loss=keras.losses.CategoricalCrossentropy()",
        ),
        "from keras.losses import SparseCategoricalCrossentropy\n"
        + TABLE
        + "y = keras.utils.to_categorical(np.arange(60) % 3)\n",
        dense("(9,)", 'layers.Dense(3, activation="softmax")', "SparseCategoricalCrossentropy()"),
    ),
    Fault(
        "two units and a binary loss",
        "HS301",
        ('"binary_crossentropy"', f'"{SPARSE}"'),
        TABLE + "y = np.arange(60) % 2\n",
        dense("(9,)", 'layers.Dense(2, activation="softmax")', '"binary_crossentropy"'),
    ),
    Fault(
        "the table has another width than input_dim",
        "HS302",
        ("input_dim=7", "input_dim=9"),
        TABLE + "y = np.zeros(60)\n",
        """
        def build_model(hp):
            model = keras.Sequential()
            model.add(layers.Dense(hp.Int("units", 4, 12, step=4), input_dim=7))
            model.add(layers.Dense(1))
            model.compile("adam", "mse")
            return model
        """,
    ),
    Fault(
        "the input shape of a helper is that of other images",
        "HS302",
        ("(24, 24, 3)", "(20, 20, 3)"),
        IMAGES + "y = np.arange(24) % 3\n",
        """
        def backbone(filters):
            inputs = keras.Input((24, 24, 3))
            h = layers.Flatten()(layers.Conv2D(filters, 3)(inputs))
            return inputs, h


        def build_model(hp):
            inputs, h = backbone(hp.Choice("filters", [2, 4]))
            model = keras.Model(inputs, layers.Dense(3, activation="softmax")(h))
            model.compile("adam", "sparse_categorical_crossentropy")
            return model
        """,
    ),
    Fault(
        "the whole shape of the series is the input's",
        "HS204",
        ("input_shape=x.shape)", "input_shape=x.shape[1:])"),
        SERIES + "y = np.zeros(30)\n",
        """
        def build_model(hp):
            model = keras.Sequential()
            model.add(layers.LSTM(hp.Choice("units", [4, 8]), input_shape=x.shape))
            model.add(layers.Dense(1))
            model.compile("adam", "mse")
            return model
        """,
    ),
    Fault(
        "a stray axis before the features",
        "HS204",
        ("(1, 12, 2)", "(12, 2)"),
        SERIES + "y = np.zeros(30)\n",
        """
        def build_model(hp):
            inputs = keras.Input((1, 12, 2))
            h = layers.GRU(hp.Int("units", 4, 8, step=2))(inputs)
            model = keras.Model(inputs, layers.Dense(1)(h))
            model.compile("adam", "mse")
            return model
        """,
    ),
    Fault(
        "images with the channels first",
        "HS202",
        ("(3, 20, 20)", "(20, 20, 3)"),
        IMAGES + "y = np.arange(24) % 3\n",
        cnn("(3, 20, 20)"),
    ),
    Fault(
        "steps and features swapped",
        "HS302",
        ("(2, 12)", "(12, 2)"),
        SERIES + "y = np.zeros(30)\n",
        """
        def build_model(hp):
            model = keras.Sequential([keras.Input((2, 12)), layers.LSTM(hp.Choice("units", [4, 8])), layers.Dense(1)])
            model.compile("adam", "mse")
            return model
        """,
    ),
    Fault(
        "no Flatten in a functional model",
        "HS301",
        ("h = h\n", "h = layers.Flatten()(h)\n"),
        IMAGES + "y = np.arange(24) % 3\n",
        cnn(flat="h = h"),
    ),
    Fault(
        "no Flatten in a list of layers",
        "HS301",
        ("layers.MaxPooling2D(),", "layers.MaxPooling2D(), layers.Flatten(),"),
        IMAGES + "y = keras.utils.to_categorical(np.arange(24) % 3)\n",
        """
        def build_model(hp):
            model = keras.Sequential([
                keras.Input((20, 20, 3)),
                layers.Conv2D(hp.Choice("filters", [2, 4]), 3),
                layers.MaxPooling2D(),
                layers.Dense(3, activation="softmax"),
            ])
            model.compile("adam", "categorical_crossentropy")
            return model
        """,
    ),
    Fault(
        "every step is returned where one is wanted",
        "HS301",
        ("return_sequences=True", "return_sequences=False"),
        SERIES + "y = keras.utils.to_categorical(np.arange(30) % 4)\n",
        """
        def build_model(hp):
            inputs = keras.Input((12, 2))
            h = layers.GRU(hp.Choice("units", [4, 8]), return_sequences=True)(inputs)
            model = keras.Model(inputs, layers.Dense(4, activation="softmax")(h))
            model.compile("adam", "categorical_crossentropy")
            return model
        """,
    ),
    Fault(
        "one step is returned where every one is wanted",
        "HS301",
        ("layers.LSTM(8)", "layers.LSTM(8, return_sequences=True)"),
        SERIES + "y = np.random.default_rng(3).random((30, 12, 2))\n",
        """
        def build_model(hp):
            model = keras.Sequential([keras.Input((12, 2)), layers.LSTM(8), layers.Dense(2)])
            model.compile(keras.optimizers.Adam(hp.Choice("rate", [0.1, 0.01])), "mse")
            return model
        """,
    ),
    Fault(
        "the number of classes is a default of a helper",
        "HS301",
        ("classes=4", "classes=6"),
        TABLE + "y = keras.utils.to_categorical(np.arange(60) % 6)\n",
        """
        def head(h, classes=4):
            return layers.Dense(classes, activation="softmax")(h)


        def build_model(hp):
            inputs = keras.Input((9,))
            h = layers.Dense(hp.Int("units", 4, 12, step=4))(inputs)
            model = keras.Model(inputs, head(h))
            model.compile("adam", "categorical_crossentropy")
            return model
        """,
    ),
    Fault(
        "labels that count from one",
        "HS308",
        ("np.arange(60) % 5 + 1", "np.arange(60) % 5"),
        TABLE + "y = np.arange(60) % 5 + 1\n",
        dense("(9,)", 'layers.Dense(5, activation="softmax")', f'"{SPARSE}"'),
    ),
    Fault(
        "one row for each feature",
        "HS309",
        ("np.vstack([t, t * 2, t * 3])", "np.vstack([t, t * 2, t * 3]).T"),
        "t = np.arange(90.0)\nx = np.vstack([t, t * 2, t * 3])\ny = t / 90\n",
        dense("(3,)", "layers.Dense(1)", '"mse"'),
    ),
    Fault(
        "one row for each feature, and inputs of another width",
        "HS309",
        ("np.vstack([t, t * 2, t * 3])", "np.vstack([t, t * 2, t * 3]).T"),
        "t = np.arange(80.0)\nx = np.vstack([t, t * 2, t * 3])\ny = t / 80\n",
        """
        def build_model(hp):
            model = keras.Sequential()
            model.add(keras.Input((3,)))
            model.add(layers.Dense(hp.Choice("units", [4, 8])))
            model.add(layers.Dense(1))
            model.compile("adam", "mae")
            return model
        """,
    ),
    Fault(
        "numbers as labels, in batches that the search sizes",
        "HS301",
        ("CategoricalCrossentropy()", "SparseCategoricalCrossentropy()"),
        TABLE + "y = np.arange(60) % 4\n",
        dense("(9,)", "layers.Dense(4, activation='softmax')", "keras.losses.CategoricalCrossentropy()"),
        "x, y, batch_size=12",
    ),
    Fault(
        "a dataset without batches behind a map",
        "HS310",
        ("lambda a, b: (a * 2, b))", "lambda a, b: (a * 2, b)).batch(8)"),
        "import tensorflow as tf\n"
        + TABLE
        + "data = tf.data.Dataset.from_tensor_slices((x, np.zeros(60))).map(lambda a, b: (a * 2, b))\n",
        dense("(9,)", "layers.Dense(1)", '"mse"'),
        "data",
    ),
    Fault(
        "windows of another length than the model's",
        "HS302",
        ("keras.Input((8, 3))", "keras.Input((10, 3))"),
        "windows = keras.utils.timeseries_dataset_from_array(np.random.rand(90, 3), np.zeros(90), 10, batch_size=8)\n",
        """
        def build_model(hp):
            model = keras.Sequential([keras.Input((8, 3)), layers.Flatten(), layers.Dense(hp.Choice("units", [4, 8])), layers.Dense(1)])
            model.compile("adam", "mse")
            return model
        """,
        "windows",
    ),
    Fault(
        "a generator of windows with another length",
        "HS302",
        ("length=6", "length=8"),
        """
        from tensorflow.keras.preprocessing.sequence import TimeseriesGenerator
        rows = np.random.default_rng(1).random((80, 3))
        windows = TimeseriesGenerator(rows, rows[:, 0], length=6, batch_size=8)
        """,
        """
        def build_model(hp):
            model = keras.Sequential([keras.Input((8, 3)), layers.Flatten(), layers.Dense(hp.Choice("units", [4, 8])), layers.Dense(1)])
            model.compile("adam", "mse")
            return model
        """,
        "windows",
    ),
    Fault(
        "the folder's labels are one-hot",
        "HS301",
        ('label_mode="categorical"', 'label_mode="int"'),
        FOLDER
        + 'data = keras.utils.image_dataset_from_directory(top, label_mode="categorical", image_size=(20, 20))\n',
        cnn(),
        "data",
    ),
    Fault(
        "the images of a folder have three channels",
        "HS302",
        ("keras.Input((20, 20, 1))", "keras.Input((20, 20, 3))"),
        'data = keras.utils.image_dataset_from_directory("photos", label_mode="int", image_size=(20, 20))\n',
        cnn("(20, 20, 1)"),
        "data",
    ),
    Fault(
        "a folder of three classes and two units",
        "HS301",
        ("layers.Dense(2,", "layers.Dense(3,"),
        FOLDER
        + """
from tensorflow.keras.preprocessing.image import ImageDataGenerator
data = ImageDataGenerator(rescale=1 / 255).flow_from_directory(top, target_size=(20, 20), batch_size=2)
""",
        cnn(units=2, loss=HOT),
        "data",
    ),
    Fault(
        "class numbers of a folder that is not there",
        "HS301",
        ('class_mode="sparse"', 'class_mode="categorical"'),
        """
        from tensorflow.keras.preprocessing.image import ImageDataGenerator
        images = ImageDataGenerator().flow_from_directory("nowhere", target_size=(20, 20), class_mode="sparse")
        """,
        cnn(loss=HOT),
        "images",
    ),
    Fault(
        "a sequence of the user's gives one-hot labels",
        "HS301",
        ("np.eye(3)[np.arange(8) % 3]", "np.arange(8) % 3"),
        """
        class Batches(keras.utils.PyDataset):
            def __len__(self):
                return 3

            def __getitem__(self, index):
                return np.zeros((8, 9)), np.eye(3)[np.arange(8) % 3]


        batches = Batches()
        """,
        dense("(9,)", 'layers.Dense(3, activation="softmax")', f'"{SPARSE}"'),
        "batches",
    ),
    Fault(
        "a generator function gives columns that the model does not take",
        "HS302",
        ("np.zeros((8, 5))", "np.zeros((8, 9))"),
        """
        def batches():
            while True:
                yield np.zeros((8, 5)), np.zeros((8, 1))
        """,
        dense("(9,)", "layers.Dense(1)", '"mse"'),
        "batches(), steps_per_epoch=3",
    ),
    Fault(
        "an array that the file saves and loads",
        "HS302",
        ("(50, 6)", "(50, 9)"),
        """
        where = os.path.join(tempfile.mkdtemp(), "rows.npy")
        np.save(where, np.zeros((50, 6)))
        x = np.load(where)
        y = np.zeros(50)
        """,
        dense("(9,)", "layers.Dense(1)", '"mse"'),
    ),
    Fault(
        "an autoencoder's Reshape of another size",
        "HS205",
        ("layers.Reshape((5, 5, 4))", "layers.Reshape((5, 5, 8))"),
        "x = np.random.default_rng(1).random((16, 10, 10, 1))\ny = x\n",
        """
        def build_model(hp):
            model = keras.Sequential()
            model.add(keras.Input((10, 10, 1)))
            model.add(layers.Flatten())
            model.add(layers.Dense(hp.Choice("code", [4, 8])))
            model.add(layers.Dense(5 * 5 * 8))
            model.add(layers.Reshape((5, 5, 4)))
            model.add(layers.Conv2DTranspose(1, 3, strides=2, padding="same"))
            model.compile("adam", "mse")
            return model
        """,
    ),
    Fault(
        "branches of another length",
        "HS203",
        ("layers.Conv1D(4, 5)(inputs)", 'layers.Conv1D(4, 5, padding="same")(inputs)'),
        SERIES + "y = np.zeros(30)\n",
        """
        def build_model(hp):
            inputs = keras.Input((12, 2))
            left = layers.Conv1D(4, 3, padding="same")(inputs)
            right = layers.Conv1D(4, 5)(inputs)
            both = layers.Concatenate()([left, right])
            h = layers.GlobalMaxPooling1D()(both)
            model = keras.Model(inputs, layers.Dense(1)(layers.Dropout(hp.Choice("rate", [0.1, 0.2]))(h)))
            model.compile("adam", "mse")
            return model
        """,
    ),
)


@pytest.fixture(scope="module")
def analysed() -> Iterator[Analysed]:
    loop = asyncio.new_event_loop()
    agent = Agent([sys.executable])

    def analyse(text: str) -> Analysis:
        document = source.from_text("/project/model.py", text)
        options = Options(level="symbolic", fix_budget=30.0)
        return loop.run_until_complete(analysis.run(document, agent, options))

    yield analyse
    loop.run_until_complete(agent.close())
    loop.close()


def _errors(done: Analysis) -> list[str]:
    return [f"{each.code}: {each.message}" for each in done.findings if each.severity is Severity.ERROR]


@pytest.mark.tensorflow
@pytest.mark.parametrize("fault", one_of(2, FAULTS, lambda fault: fault.name))
def test_a_fault_between_model_and_data_is_named_and_repaired(analysed: Analysed, fault: Fault) -> None:
    done = analysed(fault.text)
    found = [each for each in done.findings if each.code == fault.code]
    assert found, _errors(done)
    assert any(fix.verified for each in found for fix in each.fixes), [each.refused for each in found]


@pytest.mark.tensorflow
def test_samples_along_the_wrong_axis_are_one_fault_and_not_a_shape_that_does_not_fit(
    analysed: Analysed,
) -> None:
    (fault,) = [each for each in FAULTS if each.name.startswith("one row for each feature, and")]
    (error,) = _errors(analysed(fault.text))
    assert error.startswith("HS309")


@pytest.mark.tensorflow
@pytest.mark.parametrize("fault", one_of(2, FAULTS, lambda fault: fault.name))
def test_nothing_is_said_of_its_cured_twin(analysed: Analysed, fault: Fault) -> None:
    assert _errors(analysed(fault.cured)) == []


STACKED = """
widths = {8: 20}


def build_model(hp):
    cells = 16
    model = keras.Sequential([keras.Input((9, 1))])
    model.add(layers.GRU(cells, return_sequence=True, dropout=hp.Choice("drop", [0.0, 0.2])))
    model.add(layers.GlobalAveragePooling1D())
    model.add(layers.Dense(widths.get(cells), activation=hp.Choice("act", ["relu", "tanh"])))
    model.compile("adam", "mse")
    return model
"""


@pytest.mark.tensorflow
def test_a_repair_is_offered_though_the_next_failure_stands_behind_what_was_never_declared(
    analysed: Analysed,
) -> None:
    fault = Fault("stacked", "HS209", ("", ""), TABLE + "y = np.zeros(60)\n", STACKED)
    (finding,) = [each for each in analysed(fault.text).findings if each.code == "HS209"]
    assert finding.fixes[0].title == "Rename return_sequence to return_sequences; then another failure shows"


RARE = """
def build_model(hp):
    model = keras.Sequential([keras.Input((33, 33, 1))])
    model.add(layers.Conv2D(4, hp.Choice("k_a", [2, 3, 5]), padding=hp.Choice("p_a", ["valid", "same"])))
    model.add(layers.MaxPooling2D(2))
    model.add(layers.Conv2D(4, hp.Choice("k_b", [2, 3, 5]), padding=hp.Choice("p_b", ["valid", "same"])))
    model.add(layers.MaxPooling2D(2))
    model.add(layers.Conv2D(4, hp.Choice("k_c", [2, 3, 5]), padding=hp.Choice("p_c", ["valid", "same"])))
    model.add(layers.MaxPooling2D(3))
    model.add(layers.Flatten())
    model.add(layers.Dense(1))
    model.compile("adam", "mse")
    return model
"""


@pytest.mark.tensorflow
def test_for_a_rare_failure_half_of_the_space_is_not_offered_beside_what_loses_nothing(
    analysed: Analysed,
) -> None:
    data = "x, y = np.zeros((8, 33, 33, 1)), np.zeros(8)\n"
    fault = Fault("rare", "HS202", ("", ""), data, RARE)
    (finding,) = [each for each in analysed(fault.text).findings if each.code == "HS202"]
    assert finding.fixes[0].title == 'Pad MaxPooling2D with padding="same" (changes its output shape)'
    assert max(each.drops for each in finding.fixes) < 0.5
