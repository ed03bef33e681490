"""The data that a search is given: known where it can be read, declared, or assumed in several ways."""

import asyncio
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import dedent
from typing import Any

import numpy
import pytest

from hypershape import analysis, fixes, rules, source
from hypershape.agent import given
from hypershape.agent.standins import Assumption, stand_in
from hypershape.model import Analysis, Options, Severity
from hypershape.probe import Agent
from hypershape.report.verdict import verdict

CNN = """
import keras
import keras_tuner as kt
{data}

def build_model(hp):
    model = keras.Sequential()
    model.add(keras.layers.Conv2D(8, hp.Choice("kernel", [3, 29]), activation="relu"))
    model.add(keras.layers.Flatten())
    model.add(keras.layers.Dense(10, activation="softmax"))
    model.compile("adam", "{loss}")
    return model

{search}
"""
MODULE_LEVEL = """
(x, y), _ = keras.datasets.mnist.load_data()
x = x.reshape(-1, 28, 28, 1) / 255.0
"""
SEARCH = """
tuner = kt.RandomSearch(build_model, "val_loss", max_trials=9, overwrite=True)
tuner.search(x, y, epochs=2, validation_split=0.1)
"""
IN_MAIN = """
def main():
    (x, y), _ = keras.datasets.mnist.load_data()
    x = x.reshape(-1, 28, 28, 1) / 255.0
    tuner = kt.RandomSearch(build_model, "val_loss", max_trials=9, overwrite=True)
    tuner.search(y=y, x=x, epochs=2, validation_split=0.1)

if __name__ == "__main__":
    main()
"""
DATASET = """
import tensorflow as tf
(x, y), _ = keras.datasets.mnist.load_data()
data = tf.data.Dataset.from_tensor_slices((x[:64, ..., None], y[:64])).batch(16)
"""


@pytest.fixture(scope="module")
def analysed() -> Iterator[Callable[[str], Analysis]]:
    loop = asyncio.new_event_loop()
    agent = Agent([sys.executable])

    def analyse(text: str) -> Analysis:
        document = source.from_text("/project/model.py", dedent(text))
        return loop.run_until_complete(analysis.run(document, agent, Options(fix_budget=20.0)))

    yield analyse
    loop.run_until_complete(agent.close())
    loop.close()


def conditions(done: Analysis, code: str) -> list[str | None]:
    return [finding.condition and finding.condition.text for finding in done.findings if finding.code == code]


@pytest.mark.tensorflow
@pytest.mark.parametrize(
    ("data", "search"),
    [
        (MODULE_LEVEL, SEARCH),
        ("", IN_MAIN),
        (DATASET, SEARCH.replace("x, y,", "data,").replace("validation_split=0.1", "validation_data=data")),
    ],
    ids=["module level", "main", "dataset"],
)
def test_a_model_without_input_shape_is_probed_with_the_data_of_its_search(
    analysed: Callable[[str], Analysis], data: str, search: str
) -> None:
    done = analysed(CNN.format(data=data, loss="sparse_categorical_crossentropy", search=search))
    assert done.targets[0].data == "known"
    assert conditions(done, "HS201") == ["kernel == 29"]
    assert conditions(done, "HS301") == []


@pytest.mark.tensorflow
def test_labels_that_the_search_gives_are_compared_with_the_loss(
    analysed: Callable[[str], Analysis],
) -> None:
    done = analysed(CNN.format(data=MODULE_LEVEL, loss="categorical_crossentropy", search=SEARCH))
    assert len(conditions(done, "HS301")) == 1


@pytest.mark.tensorflow
def test_only_what_fails_for_every_assumed_size_is_a_failure(analysed: Callable[[str], Analysis]) -> None:
    text = """
    import keras

    def build_model(hp):
        model = keras.Sequential()
        for _ in range(hp.Int("blocks", 1, 9)):
            model.add(keras.layers.Conv2D(8, 3))
            model.add(keras.layers.MaxPooling2D())
        model.add(keras.layers.Flatten())
        model.add(keras.layers.Dense(1))
        model.compile("adam", "mse")
        return model
    """
    done = analysed(text)
    assert done.targets[0].data == "assumed"
    # 256 pixels, the largest assumed size, last for six blocks: 127, 62, 30, 14, 6, 2.
    assert conditions(done, "HS201") == ["blocks >= 7"]
    (declare,) = rules.refactorings(done, done.targets[0].target.span)
    assert (declare.kind, "x=(32, 32, 3) y=(1,)" in declare.title) == ("quickfix", True)
    declared = fixes.apply(done.module.document, declare.edits).text.replace("(32, 32, 3)", "(28, 28, 1)")
    again = analysed(declared)
    assert again.targets[0].data == "declared"
    assert conditions(again, "HS201") == ["blocks >= 4"]


@pytest.mark.tensorflow
def test_what_builds_with_data_of_some_sizes_only_is_no_failure_and_gets_no_check_mark(
    analysed: Callable[[str], Analysis],
) -> None:
    text = """
    import keras

    def build_model(hp):
        model = keras.Sequential()
        for _ in range(hp.Int("blocks", 1, {most})):
            model.add(keras.layers.Conv2D(8, 3))
            model.add(keras.layers.MaxPooling2D())
        model.add(keras.layers.Flatten())
        model.add(keras.layers.Dense(1))
        model.compile("adam", "mse")
        return model
    """
    # Of 32 pixels three blocks leave 2, of 256 six.
    fits, hinges = (analysed(text.format(most=most)).targets[0] for most in (3, 5))
    assert not fits.causes and not hinges.causes
    assert (verdict(fits) or "")[0] == "✓" and (verdict(hinges) or "")[0] == "○"


@pytest.mark.tensorflow
def test_a_declaration_gives_missing_arrays_their_shapes(analysed: Callable[[str], Analysis]) -> None:
    done = analysed("""
    import keras
    import numpy as np

    features, labels = np.load("x.npy"), np.load("y.npy")

    # hypershape: x=(9,) y=(3,)
    def build_model(hp):
        model = keras.Sequential([keras.Input((features.shape[1],))])
        model.add(keras.layers.Reshape((hp.Choice("rows", [2, 3]), -1)))
        model.add(keras.layers.Flatten())
        model.add(keras.layers.Dense(labels.shape[1]))
        model.compile("adam", "mse")
        return model
    """)
    assert done.targets[0].data == "declared"
    assert conditions(done, "HS205") == ["rows == 2"]
    assert conditions(done, "HS399") == []


@pytest.mark.tensorflow
def test_data_that_a_hypermodel_s_own_fit_gets_is_not_held_against_the_model(
    analysed: Callable[[str], Analysis],
) -> None:
    done = analysed("""
    import keras
    import keras_tuner as kt

    (x, y), _ = keras.datasets.mnist.load_data()

    class Model(kt.HyperModel):
        def build(self, hp):
            model = keras.Sequential([keras.Input((784,)), keras.layers.Dense(hp.Int("units", 10, 20))])
            model.compile("adam", "mse")
            return model

        def fit(self, hp, model, x, y, **kwargs):
            return model.fit(x.reshape(-1, 784), keras.utils.to_categorical(y), **kwargs)

    tuner = kt.RandomSearch(Model(), "val_loss", max_trials=3, overwrite=True)
    tuner.search(x, y, validation_split=0.1)
    """)
    assert done.targets[0].status == "probed"
    assert [finding for finding in done.findings if finding.code.startswith(("HS2", "HS3"))] == []


SEARCHED = """
import keras
import keras_tuner as kt
import numpy as np

x, y = np.zeros((100, 8), "float32"), np.zeros((100, 1), "float32")

{build}

tuner = kt.RandomSearch({builder}, "loss", max_trials=3, overwrite=True)
tuner.search(x, y)
"""
WIDER_THAN_THE_LABELS = """
def build_model(hp):
    model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(hp.Int("units", 4, 8)), keras.layers.Dense(3)])
    model.compile(loss="mse", optimizer="adam")
    return model
"""
SUMMARISED = """
def build_model(hp):
    model = keras.Sequential()
    model.add(keras.layers.Dense(hp.Int("units", 4, 8)))
    model.add(keras.layers.Dense(1))
    print(model.count_params())
    model.compile(loss="mse", optimizer="adam")
    return model
"""
WITH_ITS_OWN_FIT = """
class Model(kt.HyperModel):
    def build(self, hp):
        model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(hp.Int("units", 4, 8)), keras.layers.Dense(3)])
        model.compile(loss="mse", optimizer="adam")
        return model

    def fit(self, hp, model, x, y, **kwargs):
        return model.fit(x, np.repeat(y, 3, axis=1), **kwargs)
"""


@pytest.mark.tensorflow
def test_a_fit_that_only_adds_a_batch_size_is_trained_on_the_data_of_the_search(
    analysed: Callable[[str], Analysis],
) -> None:
    done = analysed("""
    import keras
    import keras_tuner as kt
    import numpy as np

    images = np.zeros((64, 28, 28, 1), "float32")

    class Coder(kt.HyperModel):
        def build(self, hp):
            inputs = x = keras.Input((28, 28, 1))
            for step in range(hp.Int("depth", 1, 4)):
                x = keras.layers.Conv2D(8, 3, strides=2, padding="same")(x)
            for step in range(hp.get("depth")):
                x = keras.layers.Conv2DTranspose(1, 3, strides=2, padding="same")(x)
            model = keras.Model(inputs, x)
            model.compile("adam", "mse")
            return model

        def fit(self, hp, model, *args, **kwargs):
            return model.fit(*args, batch_size=hp.Choice("batch", [16, 32]), **kwargs)

    tuner = kt.RandomSearch(Coder(), "val_loss", max_trials=3, overwrite=True)
    tuner.search(images, images, validation_split=0.1)
    """)
    (found,) = [finding for finding in done.findings if finding.severity is Severity.ERROR]
    assert (found.code, str(found.condition)) == ("HS301", "depth >= 3")


@pytest.mark.tensorflow
def test_labels_known_from_a_search_are_compared_with_the_output_like_declared_ones(
    analysed: Callable[[str], Analysis],
) -> None:
    done = analysed(SEARCHED.format(build=WIDER_THAN_THE_LABELS, builder="build_model"))
    found = [finding for finding in done.findings if finding.code == "HS304"]
    assert [finding.message.split(" but")[0] for finding in found] == ["The labels have the shape (None, 1)"]
    assert found[0].fixes[0].title == "Give the last layer 1 unit (changes the output)"


@pytest.mark.tensorflow
def test_labels_that_an_own_fit_may_turn_into_others_are_not_compared_with_the_output(
    analysed: Callable[[str], Analysis],
) -> None:
    done = analysed(SEARCHED.format(build=WITH_ITS_OWN_FIT, builder="Model()"))
    assert done.targets[0].known_data is not None
    assert [finding.code for finding in done.findings if finding.code == "HS304"] == []


@pytest.mark.tensorflow
def test_a_model_asked_for_its_weights_too_early_is_given_the_input_of_the_search(
    analysed: Callable[[str], Analysis],
) -> None:
    done = analysed(SEARCHED.format(build=SUMMARISED, builder="build_model"))
    (found,) = [finding for finding in done.findings if finding.code == "HS218"]
    assert [fix.title for fix in found.fixes] == ["Begin with the input of the search, (8,)"]


def described(pair: Any, assumption: Assumption | None = None) -> Any:
    return given.describe(pair, assumption or Assumption())


def test_arrays_lists_and_dictionaries_are_described_without_the_batch_axis() -> None:
    x, y = numpy.zeros((8, 4, 3), "float32"), numpy.zeros(8, "int64")
    fields = described((x, y))
    assert (fields["x"], fields["x_dtype"]) == ([(4, 3)], "float32")
    assert (fields["y"], fields["y_dtype"]) == ([()], "int64")
    assert described(([x, x[:, 0]], y))["x"] == [(4, 3), (3,)]
    assert described(({"left": x, "right": x}, None))["x_names"] == ["left", "right"]


def test_the_ends_of_whole_numbers_are_told() -> None:
    words, classes = numpy.arange(12).reshape(4, 3), numpy.array([3, 1, 2, 3])
    fields = described((words, classes))
    assert (fields["x_max"], fields["y_min"], fields["y_max"]) == (11, 1, 3)
    fields = described((words / 2, numpy.eye(4, dtype=int)))
    assert (fields["x_max"], fields["y_min"], fields["y_max"]) == (None, None, None)
    assert described((words, -classes))["y_max"] is None


def test_numbers_that_are_not_in_memory_are_not_read_for_the_largest(tmp_path: Path) -> None:
    numpy.save(tmp_path / "x.npy", numpy.arange(12).reshape(4, 3))
    assert described((numpy.load(tmp_path / "x.npy", mmap_mode="r"), None))["x_max"] is None


def test_words_and_objects_are_no_known_data() -> None:
    assert described((numpy.array(["a", "b"]), None)) is None
    assert described((numpy.array([None, 1]), None)) is None
    assert "y" not in described((numpy.zeros((8, 2)), numpy.array(["a"] * 8)))


def test_data_without_a_row_are_not_known() -> None:
    assert described((numpy.zeros((0, 2)), numpy.zeros(0))) is None
    assert "y" not in described((numpy.zeros((8, 2)), numpy.zeros((0, 3))))


def test_what_a_stand_in_made_up_is_not_known_but_what_the_code_spells_out_is() -> None:
    assumption = Assumption()
    missing = stand_in("x", assumption)
    assert described((missing, None), assumption) is None
    assert described((numpy.zeros((8, 3)), None), assumption) is None
    assert described((missing.reshape(-1, 28, 28, 1) / 255.0, None), assumption)["x"] == [(28, 28, 1)]
    assert described((missing[["age", "height"]].values, None), assumption)["x"] == [(2,)]
    assert described((missing.reshape(-1, missing.shape[1], 1), None), assumption) is None


@pytest.mark.tensorflow
async def test_of_two_files_that_import_each_other_nothing_is_proved_with_a_stand_in(tmp_path: Path) -> None:
    (tmp_path / "blocks.py").write_text(
        "import keras\nimport search\n\n\ndef build(hp):\n"
        "    model = keras.Sequential([keras.Input((8, 8, 1))])\n    search.widen(model, hp)\n"
        '    model.add(keras.layers.Dense(1))\n    model.compile(loss="mse")\n    return model\n'
    )
    path = tmp_path / "search.py"
    path.write_text(
        "import keras\nimport keras_tuner as kt\nimport blocks\n\n\ndef widen(model, hp):\n"
        '    model.add(keras.layers.Conv2D(2, hp.Choice("kernel", [3, 9])))\n\n\n'
        "def build_model(hp):\n    return blocks.build(hp)\n\n\n"
        'tuner = kt.RandomSearch(build_model, "val_loss", max_trials=4, overwrite=True)\n'
    )
    agent = Agent([sys.executable])
    done = await analysis.run(source.read(path), agent, Options())
    await agent.close()
    (target,) = [each for each in done.targets if each.target.name == "build_model"]
    failing = [each for each in target.causes if each.condition is not None]
    assert failing or target.status == "unprobeable", target.coverage
    assert not [each.code for each in done.findings if each.code in ("HS409", "HS104")]
