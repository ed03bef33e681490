"""What the slice of a rehearsal holds: the tuner, its search, what they need, and what is asked afterwards."""

from __future__ import annotations

import ast
from textwrap import dedent

import pytest

from hypershape import source
from hypershape.model import Slice

HEAD = """
import keras
import keras_tuner as kt
import matplotlib.pyplot as plt
import numpy as np

def build_model(hp):
    return keras.Sequential([keras.layers.Dense(hp.Int("units", 1, 4))])

print("hello")
x, y = np.zeros((8, 2)), np.zeros(8)
unused = open("elsewhere.txt").read()
"""
TUNER = 'tuner = kt.RandomSearch(build_model, "val_loss", max_trials=3)\n'


def rehearsal(text: str) -> Slice:
    (tuner,) = source.analyse(source.from_text("model.py", dedent(text))).tuners
    assert tuner.rehearsal is not None
    return tuner.rehearsal


def lines(slice_: Slice) -> list[str]:
    return [line for line in slice_.files[-1].text.splitlines() if line.strip()]


def test_the_search_stays_in_its_place_with_all_that_it_needs() -> None:
    text = HEAD + TUNER + "tuner.search(x, y, validation_split=0.2)\n"
    found = rehearsal(text)
    kept = dict(enumerate(found.files[-1].text.splitlines(), 1))
    for number, line in enumerate(text.splitlines(), 1):
        assert kept.get(number, "").strip() in ("", line.strip()), "lines keep their numbers"
    assert lines(found)[-2:] == [TUNER.strip(), "tuner.search(x, y, validation_split=0.2)"]
    assert not any("print" in line or "elsewhere" in line or "plt" in line for line in lines(found))
    assert found.acts == ((13, 13), (14, 14))


@pytest.mark.parametrize(
    "line",
    [
        "print(tuner.get_best_hyperparameters()[0].values)",
        "tuner.results_summary()",
        "best = tuner.get_best_models()[0]; print(best.evaluate(x, y))",
        "for model in tuner.get_best_models(2): model.summary()",
    ],
)
def test_what_asks_only_the_tuner_is_played_too(line: str) -> None:
    text = rehearsal(f"{HEAD}{TUNER}tuner.search(x, y)\n{line}\n").files[-1].text
    assert ast.unparse(ast.parse(text)).endswith(ast.unparse(ast.parse(line)))


@pytest.mark.parametrize(
    "line",
    [
        'print("done")',
        "plt.plot(tuner.oracle.trials)",
        "other.search(tuner)",
        "show(tuner.get_best_models())",
    ],
)
def test_what_asks_others_is_left_out(line: str) -> None:
    text = f"def show(models):\n    plt.show()\n{HEAD}{TUNER}tuner.search(x, y)\n{line}\n"
    assert line not in lines(rehearsal(text))


def test_what_is_asked_of_a_callback_that_the_search_was_given_is_played_too() -> None:
    text = f"{HEAD}{TUNER}stop = keras.callbacks.EarlyStopping()\ntuner.search(x, y, callbacks=[stop])\n"
    assert "print(stop.best)" in lines(rehearsal(f"{text}print(stop.best)\n"))


def test_what_depends_on_something_left_out_is_left_out() -> None:
    after = "best = plt.pick(tuner)\nprint(tuner, best)\n"
    assert "print(tuner, best)" not in lines(rehearsal(f"{HEAD}{TUNER}tuner.search(x, y)\n{after}"))


def test_a_search_within_a_function_ends_the_function_after_what_concerns_the_tuner() -> None:
    found = rehearsal(
        HEAD
        + """
def main(epochs):
    print("start")
    tuner = kt.RandomSearch(build_model, "val_loss", max_trials=3)
    stop = keras.callbacks.EarlyStopping()
    if epochs > 2:
        tuner.search(x, y, epochs=epochs, callbacks=[stop])
    best = tuner.get_best_models()
    plt.plot(best)
    send(best)

if __name__ == "__main__":
    main(5)
"""
    )
    assert found.expression == "main(5)"
    assert "    best = tuner.get_best_models()" in lines(found)
    assert not any("plt.plot" in line or "send" in line or "start" in line for line in lines(found))
    compile(found.files[-1].text, "model.py", "exec")


def test_a_tuner_that_a_function_makes_is_made_by_it() -> None:
    text = f"{HEAD}def make():\n    return kt.RandomSearch(build_model, 'loss')\n\ntuner = make()\ntuner.search(x)\n"
    found = rehearsal(text)
    assert lines(found)[-2:] == ["tuner = make()", "tuner.search(x)"]


def test_what_only_the_training_of_a_hypermodel_reads_is_there() -> None:
    text = """
        import keras_tuner as kt
        from sklearn.model_selection import KFold

        FOLDS = 3

        class Model(kt.HyperModel):
            def build(self, hp):
                return hp.Int("units", 1, 4)

            def fit(self, hp, model, x):
                return KFold(FOLDS)

        tuner = kt.RandomSearch(Model(), max_trials=3)
        tuner.search([])
    """
    kept = lines(rehearsal(text))
    assert "FOLDS = 3" in kept
    assert "from sklearn.model_selection import KFold" in kept


def test_a_tuner_without_a_search_is_only_made() -> None:
    assert lines(rehearsal(HEAD + TUNER))[-1] == TUNER.strip()


def test_a_function_that_nothing_calls_with_known_arguments_is_not_played() -> None:
    text = f"{HEAD}def run(data):\n    tuner = kt.RandomSearch(build_model, 'loss')\n    tuner.search(data)\n"
    (tuner,) = source.analyse(source.from_text("model.py", text)).tuners
    assert tuner.rehearsal is None


def test_the_cells_of_a_notebook_are_one_text() -> None:
    cells = [HEAD, TUNER, "tuner.search(x, y)", "tuner.results_summary()"]
    document = source.from_notebook("model.ipynb", enumerate(cells))
    (tuner,) = source.analyse(document).tuners
    assert tuner.rehearsal is not None
    assert lines(tuner.rehearsal)[-2:] == ["tuner.search(x, y)", "tuner.results_summary()"]


def test_models_that_are_built_before_the_tuner_take_their_names_in_a_rehearsal_too() -> None:
    before = (
        "plain = keras.Sequential()\nplain.add(keras.Input((2,)))\nplain.add(keras.layers.Dense(3))\n"
        "plain.compile('adam', 'mse')\nplain.fit(x, y)\n"
        "way = keras.layers.Dense(2)(keras.Input((2,)))\nkeras.backend.clear_session()\n"
    )
    after = "other = keras.layers.Dense(4)\n"
    text = HEAD + before + TUNER + "tuner.search(x, y)\n" + after
    found = lines(rehearsal(text))
    kept = [line for line in before.splitlines() if line in found]
    assert kept == [line for line in before.splitlines() if "compile" not in line and "fit" not in line]
    assert after.strip() not in found


def test_of_models_before_the_tuner_nothing_is_trained_loaded_or_downloaded() -> None:
    before = (
        "big = keras.applications.VGG16()\nown = keras.models.load_model('own.keras')\n"
        "score = keras.Sequential([keras.layers.Dense(3)]).fit(x, y)\n"
    )
    found = lines(rehearsal(HEAD + before + TUNER + "tuner.search(x, y)\n"))
    assert not any(line in found for line in before.splitlines())


FOLDERS = """
import os
import sys
from pathlib import Path
import settings

os.makedirs("checkpoints", exist_ok=True)
if not os.path.exists("logs"):
    os.makedirs("logs")
os.mkdir(settings.folder)
with open("elsewhere.txt"):
    os.mkdir("within")
def elsewhere():
    os.mkdir("never")
"""


def test_folders_into_which_a_search_may_write_are_made_before_it() -> None:
    text = f"{HEAD}{FOLDERS}out = Path('out')\nout.mkdir()\n{TUNER}tuner.search(x, y)\nos.mkdir('later')\n"
    kept = lines(rehearsal(text))
    assert {'os.makedirs("checkpoints", exist_ok=True)', '    os.makedirs("logs")', "out.mkdir()"} <= set(
        kept
    )
    assert not any(word in "".join(kept) for word in ("settings", "elsewhere", "within", "never", "later"))


def test_folders_into_which_is_saved_after_a_search_are_made() -> None:
    after = "best = tuner.get_best_models()[0]\nos.makedirs('out')\nbest.save('out/best.keras')\nos.mkdir('later')\n"
    kept = lines(rehearsal(f"{HEAD}import os\n{TUNER}tuner.search(x, y)\n{after}"))
    assert kept[-3:] == after.splitlines()[:3]


def test_folders_that_the_function_around_a_search_makes_are_made() -> None:
    text = f"""
{HEAD}
import os

def main(folder="out"):
    os.makedirs(folder)
    {TUNER.strip()}
    tuner.search(x, y)

main()
"""
    assert "    os.makedirs(folder)" in lines(rehearsal(text))


def test_what_is_asked_of_the_result_of_a_search_is_played() -> None:
    kept = lines(rehearsal(f"{HEAD}{TUNER}found = tuner.search(x, y)\nprint(found.history)\nprint(unused)\n"))
    assert kept[-2:] == ["found = tuner.search(x, y)", "print(found.history)"]


def test_what_a_function_gives_back_is_followed_to_where_it_is_called() -> None:
    found = rehearsal(
        HEAD
        + """
def tune(x, y):
    tuner = kt.RandomSearch(build_model, "val_loss", max_trials=3)
    tuner.search(x, y)
    plt.plot(tuner)
    return tuner.get_best_models()[0]

def main():
    best = tune(x, y)
    send(best)
    best.save("model")
    return best

if __name__ == "__main__":
    model = main()
    model.summary()
"""
    )
    assert found.expression == "None"
    kept = [each.strip() for each in lines(found)]
    assert {
        "return tuner.get_best_models()[0]",
        'best.save("model")',
        "return best",
        "model.summary()",
    } <= set(kept)
    assert not any("plt.plot" in line or "send" in line for line in kept)
    compile(found.files[-1].text, "model.py", "exec")


def test_what_a_method_leaves_on_its_object_is_asked_for_through_that() -> None:
    found = rehearsal(
        HEAD
        + """
import requests

class Run:
    def search(self):
        self.tuner = kt.RandomSearch(build_model, "val_loss", max_trials=3)
        self.tuner.search(x, y)
        self.best = self.tuner.get_best_hyperparameters()[0]

    def report(self):
        print(self.best.get("units"))

    def publish(self):
        requests.post(url, self.best)

run = Run()
run.search()
run.report()
run.publish()
print(run.best)
"""
    )
    kept = [each.strip() for each in lines(found)]
    assert {"run.search()", "run.report()", "print(run.best)"} <= set(kept)
    assert "run.publish()" not in kept
    compile(found.files[-1].text, "model.py", "exec")


def test_what_is_called_with_what_a_function_gives_back_must_do_what_may_follow_a_search() -> None:
    text = f"import sys\n{HEAD}\ndef main():\n    {TUNER}    tuner.search(x, y)\n    return tuner\n\nsys.exit(main())\n"
    found = rehearsal(text)
    assert found.expression == "main()"
    assert "sys.exit(main())" not in lines(found)


def test_the_best_model_is_built_and_trained_by_functions_of_the_file_after_a_search() -> None:
    after = """
def trained(model):
    return model.fit(x, y)

model = build_model(tuner.get_best_hyperparameters()[0])
history = trained(model)
history.history["loss"]
model.save(os.path.join("models", "best"))
"""
    found = rehearsal(f"import os\n{HEAD}{TUNER}tuner.search(x, y)\n{after}")
    assert {
        "history = trained(model)",
        'history.history["loss"]',
        'model.save(os.path.join("models", "best"))',
    } <= set(lines(found))


@pytest.mark.parametrize(
    "saved",
    ['tuner.get_best_models()[0].save("best.keras")', 'keras.callbacks.ModelCheckpoint("best.keras")'],
)
def test_a_model_that_the_search_saved_is_loaded_after_it(saved: str) -> None:
    text = f'{HEAD}{TUNER}tuner.search(x, y)\n{saved}\nbest = keras.models.load_model("best.keras")\n'
    other = 'other = keras.models.load_model("other.keras")'
    kept = lines(rehearsal(f"{text}{other}\nbest.evaluate(x, y)\n"))
    assert "best.evaluate(x, y)" in kept
    assert other not in kept
