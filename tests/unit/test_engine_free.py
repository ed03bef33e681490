"""Which hyperparameters a probe says did not matter."""

from __future__ import annotations

import textwrap
from typing import Any

import pytest

from .engine_child import PATH, in_child, load, probe

pytest.importorskip("keras_tuner")
pytestmark = pytest.mark.tensorflow

HEAD = """
import json
from math import exp

import keras
import numpy as np
from keras import layers, ops
"""


SCHEDULE = """
class Warm(keras.optimizers.schedules.LearningRateSchedule):
    def __init__(self, rate, most):
        self.rate, self.most = rate, most

    def __call__(self, step):
        if self.rate > self.most:
            raise ValueError(self.rate)
        return self.rate * ops.minimum(1.0, ops.cast(step, "float32") / 10)
"""


def target(body: str) -> str:
    """A file whose target makes a small model, with some lines between `x` and the last layer."""
    return (
        HEAD
        + "def build(hp):\n    inputs = x = keras.Input((12, 12, 3))\n"
        + textwrap.indent(textwrap.dedent(body), "    ")
        + "\n    x = layers.Dense(2)(layers.Flatten()(x))\n    model = keras.Model(inputs, x)\n"
        + "    model.compile('adam', 'mse')\n    return model\n"
    )


def free(body: str, configuration: Any = None) -> list[str]:
    return sorted(probe(target(body), configuration or {})[0]["free"])


FOLLOWED = {
    "a filter count": "x = layers.Conv2D(hp.Int('filters', 4, 32, step=4), 3)(x)",
    "arithmetic": "x = layers.Conv2D(max(4, int(hp.Int('filters', 4, 32, step=4) * 1.5) // 2), 3)(x)",
    "a size of a tensor": "x = layers.Conv2D(hp.Int('filters', 4, 32, step=4), 3)(x)\nx = layers.Dense(x.shape[-1] * 2)(x)",
    "a list": "for units in [hp.Int('filters', 4, 32, step=4)] * 2:\n    x = layers.Dense(units)(x)",
    "an activation": "x = layers.Dense(4, activation=hp.Choice('filters', ['relu', 'tanh']))(x)",
    "an activation that is a layer": "x = layers.Dense(hp.Int('filters', 4, 32, step=4), activation=layers.ELU())(x)",
    "a rate that is set": "opt = keras.optimizers.get('sgd')\nopt.learning_rate = hp.Choice('filters', [0.1, 0.01])\nkeras.Model(inputs, x).compile(opt, 'mse')",
    "one activation of several layers": "act = layers.ELU()\nfor _ in range(2):\n    x = layers.Dense(hp.Int('filters', 4, 32, step=4), activation=act)(x)\nx = act(x)",
    "a rate": "x = layers.Dropout(hp.Float('filters', 0.0, 0.7))(x)",
    "a penalty in a variable": "p = hp.Float('filters', 0.01, 0.7)\nx = layers.Dense(4, kernel_regularizer=keras.regularizers.l2(p))(x)\nx = layers.Dense(4, bias_regularizer=keras.regularizers.l1(p))(x)",
    "an operation": "x = ops.concatenate([x, layers.Conv2D(hp.Int('filters', 4, 32, step=4), 1)(x)], axis=-1) + 0.5",
    "a check of its type": "f = hp.Int('filters', 4, 32, step=4)\nassert isinstance(f, int) and f > 0\nx = layers.Dense(f)(x)",
    "what is printed": "f = hp.Int('filters', 4, 32, step=4)\nprint('filters', f)\nx = layers.Dense(f)(x)",
    "what is printed of it": "f = hp.Int('filters', 4, 32, step=4)\nprint(f'{f:.2f} and {f!r:>9}', '%d, %s' % (f, 'x'), f'{f}', sep='\\n')\nx = layers.Dense(f)(x)",
    "a schedule": "rate = hp.Float('filters', 0.001, 0.1)\ndecay = keras.optimizers.schedules.PolynomialDecay(rate, 100, end_learning_rate=rate / 10)\nkeras.Model(inputs, x).compile(keras.optimizers.Adam(decay), 'mse')",
    "a smoothing and a threshold": "loss = keras.losses.BinaryCrossentropy(label_smoothing=hp.Float('filters', 0.0, 0.2))\nkeras.Model(inputs, x).compile('sgd', loss, metrics=[keras.metrics.BinaryAccuracy(threshold=hp.get('filters') + 0.1)])",
    "a rate that is rounded": "x = layers.Dropout(round(hp.Float('filters', 0.0, 0.7), 2))(x)",
    "a rate that is made a float": "x = layers.Dropout(float(hp.Float('filters', 0.0, 0.7)))(x)",
    "what math computes of it": "import math\nx = layers.Dropout(exp(-hp.Float('filters', 1.0, 7.0)))(x)\nx = layers.Dense(math.ceil(hp.Int('filters', 1, 7) / 2))(x)",
    "what NumPy computes of it": "x = layers.Dropout(np.exp(-hp.Float('filters', 1.0, 7.0)))(x)",
    "the length of a range": "n = hp.Int('filters', 4, 32, step=4)\nx = layers.Dense(n)(x) + ops.cast(ops.arange(12), 'float32')[0]",
    "behind a layer that may be adapted": "x = layers.Normalization()(x)\nx = layers.Conv2D(hp.Int('filters', 4, 32, step=4), 3)(x)",
    "embeddings of numbers": "f = hp.Int('filters', 4, 32, step=4)\nx = layers.Dense(f)(layers.Reshape((48, 9))(x))\nx = x + layers.Embedding(48, f)(ops.arange(48))",
    "kernels that all fit": "x = layers.Conv2D(4, hp.Choice('filters', [1, 2, 3, 5]))(x)",
}  # fmt: skip


@pytest.mark.parametrize("body", FOLLOWED.values(), ids=FOLLOWED)
def test_what_only_sizes_depend_on_is_free(body: str) -> None:
    assert free(body) == ["filters"]


@pytest.mark.parametrize(("most", "told"), [(1.0, ["filters"]), (0.05, [])])
def test_a_schedule_of_the_user_s_decides_where_it_refuses(most: float, told: list[str]) -> None:
    body = f"model = keras.Model(inputs, x)\nmodel.compile(keras.optimizers.Adam(Warm(hp.Float('filters', 0.01, 0.1), {most})), 'mse')"
    assert sorted(probe(target(body).replace("def build", SCHEDULE + "def build"), {})[0]["free"]) == told


def test_a_ready_made_search_space_is_followed_like_code_of_the_user_s() -> None:
    source = """
    import keras_tuner as kt
    build = kt.applications.HyperXception(input_shape=(32, 32, 3), classes=4).build
    """
    first, second = probe(source, {}, {"learning_rate": 0.01})
    assert "learning_rate" in first["free"]
    assert (first["verdict"], first["layers"], first["parameters"]) == (
        second["verdict"],
        second["layers"],
        second["parameters"],
    )


INFLUENCES = {
    "a branch": "if hp.Int('filters', 4, 32, step=4) > 16:\n    x = layers.MaxPooling2D(13)(x)",
    "a loop": "for _ in range(hp.Int('filters', 1, 3)):\n    x = layers.MaxPooling2D(3)(x)",
    "a name": "x = layers.Dense(4, name='dense_%d' % hp.Int('filters', 1, 3))(x)",
    "a key": "x = layers.Dense({4: 1, 8: 2}.get(hp.Choice('filters', [4, 8])))(x)",
    "a very type": "f = hp.Int('filters', 4, 32, step=4)\nx = layers.Dense(f if type(f) is int else 2)(x)",
    "an identity": "x = layers.Dense(4 if hp.Boolean('filters') is True else 3)(x)",
    "JSON": "x = layers.Dense(json.loads(json.dumps(hp.Int('filters', 4, 8))))(x)",
    "a value past the container": "hp.Int('filters', 4, 8)\nx = layers.Dense(hp.values['filters'])(x)",
    "all values": "hp.Int('filters', 4, 8)\nx = layers.Dense(dict(hp.values)['filters'])(x)",
    "the container under another name": "hp.Int('filters', 4, 8)\nx = layers.Dense(range(9)[hp.get('filters')] or 3)(x)",
    "a kernel that does not always fit": "x = layers.Conv2D(4, hp.Choice('filters', [3, 5, 13]))(x)",
    "groups that do not always divide": "x = layers.Conv2D(hp.Int('filters', 4, 10), 1, groups=1)(x)\nx = layers.GroupNormalization(4)(x)",
    "a name of a class": "x = getattr(layers, hp.Choice('filters', ['ReLU', 'Flatten']))()(x)",
    "embeddings of numbers of another width": "x = layers.Reshape((48, 9))(x) + layers.Embedding(48, hp.Choice('filters', [9, 8]))(ops.arange(48))",
    "a layer that is called on numbers and more": "f = hp.Int('filters', 4, 32, step=4)\ne = layers.Embedding(48, f)\ne(ops.arange(48))\nx = layers.Dense(f)(layers.Reshape((48, 9))(x)) + e(ops.arange(48))",
    "a residual sum": "x = x + layers.Conv2D(hp.Choice('filters', [3, 4]), 1)(x)",
    "a condition of another": "hp.Choice('filters', [1, 2])\nwith hp.conditional_scope('filters', [1]):\n    hp.Int('other', 1, 1)",
    "a function that is not seen through": "f = hp.Int('filters', 4, 8)\nx = layers.Lambda(lambda t: t * f)(x)",
}  # fmt: skip


@pytest.mark.parametrize("body", INFLUENCES.values(), ids=INFLUENCES)
def test_what_a_run_depends_on_is_not_free(body: str) -> None:
    assert free(body) == []


MEETING = {
    "another size": "if hp.Boolean('flag'):\n    x = layers.Dense(4)(x)",
    "fewer pixels": "if hp.Int('flag', 1, 4) > 2:\n    x = layers.MaxPooling2D(2)(x)",
    "one arm": "if hp.Boolean('flag'):\n    x = layers.BatchNormalization()(x)",
    "two arms": "if hp.Choice('flag', ['max', 'avg']) == 'max':\n    x = layers.MaxPooling2D(2)(x)\nelse:\n    x = layers.AveragePooling2D(2)(x)",
    "a comparison": "rate = hp.Float('flag', 0.0, 0.4, step=0.2)\nif rate > 0:\n    x = layers.Dropout(rate)(x)",
    "a size that varies": "x = layers.Dense(hp.Int('flag', 4, 8))(x)\nif x.shape[-1] != 4:\n    x = layers.Dense(x.shape[-1])(x)",
    "two tests": "flag = hp.Boolean('flag')\nif flag and x.shape[1] == 12:\n    x = layers.ReLU()(x)",
    "one within another": "flag = hp.Int('flag', 1, 3)\nif flag > 1:\n    y = layers.ReLU()(x)\n    if flag > 2:\n        y = layers.Dropout(0.5)(y)\n    x = layers.Add()([x, y])",
    "a name that only it uses": "if hp.Boolean('flag'):\n    gate = layers.Dense(3, activation='sigmoid')(x)\n    x = x * gate",
    "a function": "def block(x):\n    return layers.ReLU()(layers.Conv2D(3, 1)(x))\nif hp.Boolean('flag'):\n    x = block(x)",
    "a model that grows": "model = keras.Sequential([keras.Input((12, 12, 3)), layers.Dense(3)])\nif hp.Boolean('flag'):\n    model.add(layers.ReLU())\nx = model(x)",
    "a hyperparameter that both read": "if hp.Boolean('flag'):\n    x = layers.Dropout(hp.Float('rate', 0.1, 0.4, step=0.1))(x)\nelse:\n    x = layers.GaussianDropout(hp.Float('rate', 0.1, 0.4, step=0.1))(x)",
    "a size that is computed": "n = hp.Int('rate', 4, 8)\nx = layers.Dense(n)(x)\nif hp.Boolean('flag'):\n    x = layers.Dense(max(1, int(n * 1.0)))(x)",
    "values that are alike": "n = 2\nif hp.Boolean('flag'):\n    n = 1 + 1\nx = layers.Dense(n)(x)",
}  # fmt: skip


@pytest.mark.parametrize("body", MEETING.values(), ids=MEETING)
def test_branches_that_leave_the_same_behind_are_free(body: str) -> None:
    assert free(body) == (["flag", "rate"] if "'rate'" in body else ["flag"])


PARTING = {
    "another size": "if hp.Boolean('flag'):\n    x = layers.Dense(4)(x)\nx = layers.Reshape((12, 36))(x)",
    "another type": "if hp.Boolean('flag'):\n    x = ops.cast(x, 'float16')",
    "a name": "if hp.Boolean('flag'):\n    x = layers.ReLU(name='dense')(x)",
    "a list": "kept = []\nif hp.Boolean('flag'):\n    kept.append(1)\nfor _ in kept:\n    x = layers.MaxPooling2D(2)(x)",
    "a list that is taken from": "kept = [2, 3]\nif hp.Boolean('flag'):\n    n = kept.pop()\nx = layers.MaxPooling2D(kept[-1])(x)",
    "another value": "n = 2\nif hp.Boolean('flag'):\n    n = 3\nx = layers.Dense(n, name='dense_%d' % n)(x)",
    "a name that is used later": "if hp.Boolean('flag'):\n    n = 3\ntry:\n    x = layers.Dense(n)(x)\nexcept NameError:\n    pass",
    "a name that the next round uses": "for i in range(2):\n    if i:\n        x = layers.Reshape((12, 36 * n))(x)\n    n = 1\n    if hp.Boolean('flag'):\n        n = 2",
    "another input": "other = keras.Input((12, 12, 3))\nif hp.Boolean('flag'):\n    x = layers.Add()([x, other])",
    "a failure": "if hp.Boolean('flag'):\n    x = layers.Reshape((5, 5))(x)",
    "another hyperparameter": "if hp.Boolean('flag'):\n    x = layers.Dropout(hp.Choice('rate', [0.1, 0.2]))(x)",
    "one that other configurations declare": "x = layers.Dropout(0.5 if hp.Boolean('flag') else 0.4)(x)\nif hp.get('flag'):\n    x = layers.Dropout(hp.Choice('one', [0.1, 0.2]))(x)\nelse:\n    x = layers.Dropout(hp.Choice('two', [0.1, 0.2]))(x)",
    "code that counts its calls": "calls = []\ndef block(x):\n    calls.append(1)\n    return layers.ReLU()(x)\nif hp.Boolean('flag'):\n    x = block(x)\nx = layers.Dense(1 + len(calls))(x)",
    "a layer that is shared": "shared = layers.Dense(3)\nif hp.Boolean('flag'):\n    x = shared(x)",
}  # fmt: skip


@pytest.mark.parametrize("body", PARTING.values(), ids=PARTING)
def test_branches_that_leave_something_else_behind_are_not_free(body: str) -> None:
    assert "flag" not in free(body)


def test_a_branch_that_makes_one_optimizer_or_another_is_free() -> None:
    body = """
    if hp.Choice('kind', ['adam', 'sgd', 'rmsprop']) == 'adam':
        optimizer = keras.optimizers.Adam(hp.Float('rate', 1e-4, 1e-2, sampling='log'))
    elif hp.get('kind') == 'sgd':
        optimizer = keras.optimizers.SGD(hp.Float('rate', 1e-4, 1e-2, sampling='log'), momentum=0.9)
    else:
        optimizer = keras.optimizers.RMSprop(hp.Float('rate', 1e-4, 1e-2, sampling='log'))
    """
    source = target(body).replace("'adam', 'mse'", "optimizer, 'mse'")
    reports = probe(source, {}, {"kind": "sgd"}, {"kind": "rmsprop", "rate": 0.01})
    assert [sorted(each["free"]) for each in reports] == [["kind", "rate"]] * 3
    assert [list(each["configuration"]) for each in reports] == [["kind", "rate"]] * 3
    wrong = source.replace("keras.optimizers.RMSprop(", "keras.optimizers.RMSprop(nonsense=1, rho=")
    assert "kind" not in probe(wrong)[0]["free"]


def test_names_that_count_on_are_an_influence_where_somebody_uses_them() -> None:
    body = "if hp.Boolean('flag'):\n    x = layers.Dense(3)(x)"
    assert free(body) == ["flag"]
    assert free(body + "\nx = layers.Dense(3, name='dense_7')(x)") == []
    source = target(body).replace("'adam', 'mse'", "'adam', loss={'dense': 'mse'}")
    assert probe(source)[0]["free"] == ()


def test_layers_without_which_nothing_can_be_trained_are_an_influence() -> None:
    source = target("if hp.Boolean('flag'):\n    x = layers.Conv2D(3, 1)(x)").replace(
        "layers.Dense(2)(layers.Flatten()(x))", "layers.Flatten()(x)"
    )
    assert probe(source, {"flag": True})[0]["free"] == ()


def test_values_that_take_the_same_branch_or_fit_alike_are_told() -> None:
    body = "if hp.Int('filters', 4, 32, step=4) > 16:\n    x = layers.Flatten()(x)"
    assert probe(target(body), {"filters": 20})[0]["alike"] == {"filters": [20, 24, 28, 32]}
    body = "x = layers.Conv2D(4, hp.Choice('kernel', [3, 5, 13, 15]))(x)"
    assert probe(target(body), {"kernel": 5})[0]["alike"] == {"kernel": [3, 5]}
    assert probe(target(body), {"kernel": 13})[0]["alike"] == {"kernel": [13, 15]}


def test_of_a_failure_only_what_decides_it_is_bound() -> None:
    body = """
    for i in range(3):
        x = layers.Conv2D(hp.Int(f"filters_{i}", 4, 16, step=4), hp.Choice("kernel", [3, 5, 7]))(x)
    """
    report = probe(target(body), {"kernel": 7})[0]
    assert report["verdict"] == "fail"
    assert sorted(report["free"]) == ["filters_0", "filters_1"]


def test_what_a_function_was_made_with_binds_its_own_value_only() -> None:
    body = """
    scale = hp.Choice("scale", [1.0, 2.0])
    x = layers.Lambda(lambda t: ops.abs(t) * ops.cast(scale, "float32") if False else ops.abs(t) + scale)(x)
    x = layers.Dense(hp.Int("units", 4, 8))(x)
    """
    assert free(body) == ["units"]
    body = """
    x = getattr(layers, hp.Choice("name", ["ReLU", "Flatten"]))()(x)
    x = layers.Dense(hp.Int("units", 4, 8))(x)
    """
    assert free(body) == ["units"]


def test_a_weight_of_an_own_layer_whose_initializer_varies_is_no_influence() -> None:
    source = (
        "class Scale(layers.Layer):\n    def __init__(self, value):\n        super().__init__()\n        self.value = value\n"
        "    def build(self, shape):\n        self.gamma = self.add_weight(shape=(shape[-1],), initializer=keras.initializers.Constant(self.value))\n"
        "    def call(self, x):\n        return x * self.gamma\n"
    )
    body = target("x = Scale(hp.Choice('value', [0.1, 0.2]))(x)")
    assert probe(HEAD + source + body)[0]["free"] == ("value",)


def test_code_that_counts_its_own_calls_leaves_nothing_known() -> None:
    source = target(
        "calls.append(1)\nfor _ in range(len(calls) % 2):\n    x = layers.Dense(hp.Int('filters', 4, 32))(x)"
    )
    reports = probe("calls = []\n" + source, {}, {"filters": 8})
    assert [report["free"] for report in reports[:1]] == [()]


BOTH = target(
    """
    for i in range(hp.Int("depth", 1, 3)):
        x = layers.Conv2D(hp.Int(f"filters_{i}", 4, 32, step=4), hp.Choice("kernel", [3, 5]))(x)
    x = layers.Dropout(hp.Float("rate", 0.0, 0.5))(x)
    """
)


def _both(source: str) -> Any:
    from hypershape.agent.engine import Engine

    function = load(source)
    found = []
    for tracks in (True, False):
        engine = Engine(None, [PATH])
        engine.tracks = tracks
        configurations = [
            {"depth": d, "kernel": k, "filters_0": f} for d in (1, 2, 3) for k in (3, 5) for f in (4, 28)
        ]
        found.append(
            [dict(engine.probe(function, each, "symbolic"), elapsed_ms=0) for each in configurations]
        )
    return found


def test_a_report_is_the_same_whether_influences_are_followed_or_not() -> None:
    followed, plain = in_child(_both, BOTH)
    assert any(report["free"] for report in followed)
    assert [dict(report, free=()) for report in followed] == plain


def compiled(arguments: str) -> list[str]:
    return sorted(probe(target("").replace("'adam', 'mse'", arguments))[0]["free"])


HELPERS = {
    "arithmetic": "return max(4, int(f * 1.5) // 2) + min(f, 64)",
    "an array of whole numbers": "import numpy as np\n    return int(np.zeros(2, dtype=int).sum()) + int.from_bytes(b'a', 'big') + f",
}


@pytest.mark.parametrize("body", HELPERS.values(), ids=HELPERS)
def test_what_a_helper_computes_with_built_in_functions_is_followed(body: str) -> None:
    source = target("x = layers.Dense(wide(hp.Int('filters', 4, 32, step=4)))(x)")
    source = source.replace("def build", f"def wide(f):\n    {body}\n\ndef build")
    assert [report["free"] for report in probe(source, {})] == [("filters",)]
    asking = source.replace("    return ", "    assert f.__class__ is int\n    return ", 1)
    assert [(report["verdict"], report["free"]) for report in probe(asking, {})] == [("ok", ())]


def test_a_loss_that_a_step_passes_on_outputs_like_these_is_free() -> None:
    source = target("x = layers.Dense(hp.Int('units', 2, 9))(x)")
    source = source.replace("'mse'", "hp.Choice('loss', ['mse', 'mae', 'huber'])")
    losses = ("mse", "mae", "huber")
    found = [{*report["free"]} for report in probe(source, *[{"loss": loss} for loss in losses])]
    assert found == [{"units"}, {"units"}, {"units", "loss"}], "no step with the others was seen before"
    twice = source.replace(
        "    return model", "    keras.Model(inputs, x).compile('adam', hp.get('loss'))\n    return model"
    )
    assert [{*report["free"]} for report in probe(twice, *[{"loss": loss} for loss in losses])] == [
        {"units"}
    ] * 3
    wrong = probe(source.replace("'mae'", "'nonsense'"), {}, {"loss": "nonsense"}, {"loss": "huber"})
    assert [report["verdict"] for report in wrong] == ["ok", "fail", "ok"]
    assert [{*report["free"]} for report in wrong] == [{"units"}] * 3


def test_an_optimizer_that_keras_makes_at_all_values_is_free() -> None:
    assert compiled("hp.Choice('name', ['adam', 'sgd']), 'mse'") == ["name"]
    assert compiled(
        "keras.optimizers.SGD(hp.Float('rate', 1e-4, 1e-2), momentum=hp.Choice('momentum', [0.1, 0.9])), 'mse'"
    ) == ["momentum", "rate"]
    assert compiled("'adam', 'mse', loss_weights=[hp.Float('weight', 0.1, 0.9)]") == ["weight"]


def test_an_optimizer_that_does_not_exist_is_an_influence() -> None:
    assert compiled("hp.Choice('name', ['adam', 'adamant']), 'mse'") == []
    assert compiled("keras.optimizers.SGD(0.1, momentum=hp.Choice('momentum', [0.1, 1.9])), 'mse'") == []


def test_of_a_constructor_that_refuses_only_what_decides_it_is_bound() -> None:
    body = "f, r = hp.Int('filters', 8, 64, step=8), hp.Choice('ratio', [4, 16, 32])\nx = layers.Conv2D(f // r, 1, activation=hp.Choice('activation', ['relu', 'tanh']))(x)"
    report = probe(target(body), {}, {"filters": 8, "ratio": 16}, {"filters": 8, "ratio": 32})[2]
    assert report["verdict"] == "fail" and report["free"] == ("activation",)
    assert report["alike"]["ratio"] == [16, 32]


SHARED = (
    HEAD
    + """
def build(hp):
    inputs = keras.Input((8,))
    shared = layers.Dense(hp.Int("units", 4, 12, step=4))
    a = shared(layers.Dense(hp.Int("left", 4, 16, step=4))(inputs))
    b = shared(layers.Dense(hp.Int("right", 4, 16, step=4))(inputs))
    model = keras.Model(inputs, layers.Dense(1)(a + b))
    model.compile("adam", "mse")
    return model
"""
)


def test_inputs_of_a_shared_layer_that_only_happen_to_be_equal_are_bound_to_each_other() -> None:
    (report,) = probe(SHARED, {})
    assert report["verdict"] == "ok" and report["free"] == ("units",)


def _runs(source: str, configurations: list[dict[str, Any]]) -> list[tuple[int, list[str]]]:
    from hypershape.agent.engine import Engine

    engine, function, runs = Engine(None, [PATH]), load(source), []
    recall = Engine._recall
    Engine._recall = lambda *given: (runs.append(1), recall(*given))[1]  # type: ignore[method-assign]
    found = []
    for configuration in configurations:
        runs.clear()
        report = engine.probe(function, configuration, "symbolic")
        found.append((len(runs), sorted(report["free"])))
    return found


def test_a_run_that_an_earlier_one_spoke_for_is_not_followed_again() -> None:
    body = (
        "x = layers.Conv2D(hp.Int('filters', 4, 32, step=4), hp.Choice('kernel', [1, 3]), padding='same')(x)"
    )
    configurations = [
        {},
        {"filters": 8, "kernel": 3},
        {"filters": 16, "kernel": 1},
        {"filters": 16, "kernel": 3},
    ]
    found = in_child(_runs, target(body), configurations)
    assert [runs for runs, _ in found[1:]] == [1, 1, 1]
    assert {tuple(free) for _, free in found} == {("filters", "kernel")}


def test_what_an_earlier_run_did_not_speak_for_is_followed_by_itself() -> None:
    body = "x = layers.Conv2D(hp.Int('filters', 4, 32, step=4), 3)(x)\nif hp.Boolean('flag'):\n    x = layers.Flatten()(x)"
    found = in_child(_runs, target(body), [{}, {"flag": True}, {"flag": True, "filters": 8}])
    assert [runs for runs, _ in found[1:]] == [2, 1]


def test_an_input_that_leads_nowhere_is_one_all_the_same() -> None:
    body = """
    other = keras.Input((3,), name='other')
    x = layers.Dense(hp.Int('units', 4, 32, step=4))(layers.Flatten()(x))
    if hp.Boolean('both'):
        x = layers.Concatenate()([x, other])
    """
    ends = "model = keras.Model(inputs, x)"
    source = target(body).replace(ends, "model = keras.Model([inputs, other], x)")
    alone, both, again = probe(source, {}, {"both": True}, {"units": 16})
    assert [each["verdict"] for each in (alone, both, again)] == ["ok"] * 3
    assert alone["free"] == both["free"] == again["free"] == ("units",)
    twice = source.replace("(3,), name='other'", "(3,), name='inputs'").replace(
        "(12, 12, 3)", "(12, 12, 3), name='inputs'"
    )
    assert probe(twice)[0]["verdict"] == "fail", "two inputs of one name"
