"""The space that an engine reads is the space that Keras Tuner draws from."""

from __future__ import annotations

import contextlib
import math

import pytest

from .engine_child import in_child, probe, text

pytest.importorskip("keras_tuner")
pytestmark = pytest.mark.tensorflow

HEAD = """
import keras
from keras import layers
def model(units):
    m = keras.Sequential([keras.Input((4,)), layers.Dense(units)])
    m.compile(loss="mse")
    return m
"""

DECLARATIONS = {
    "hp.Int('a', 3, 10, step=2)": [3, 5, 7, 9],
    "hp.Int('a', 2, 5)": [2, 3, 4, 5],
    "hp.Int('a', 2, 33, step=2, sampling='log')": [2, 4, 8, 16, 32],
    "hp.Int('a', 2, 6, sampling='log')": [2, 3, 4, 5, 6],
    "hp.Int('a', 2, 6, sampling='reverse_log')": [2, 3, 4, 5, 6],
    "hp.Int('a', 32, 512, step=32, sampling='log')": [32],
    "hp.Float('a', 0, 0.5, step=0.1)": [0.0, 0.1, 0.2, 0.30000000000000004, 0.4],
    "hp.Float('a', 0.1, 0.5, step=0.1)": [0.1, 0.2, 0.30000000000000004, 0.4, 0.5],
    "hp.Float('a', 0.001, 1, step=10, sampling='log')": [0.001, 0.01, 0.1, 1.0],
    "hp.Float('a', 0.1, 0.1)": [0.1],
    "hp.Choice('a', ['x', 'y', 'x'])": ["x", "y"],
    "hp.Choice('a', [True, False])": [1, 0],
    "hp.Boolean('a')": [False, True],
    "hp.Fixed('a', 7)": [7],
}


def drawn_by_keras_tuner(declaration: str) -> set:
    import keras_tuner

    hp = keras_tuner.HyperParameters()
    eval(declaration, {"hp": hp})
    return {hp.space[0].random_sample(seed) for seed in range(3000)}


@pytest.fixture(scope="module")
def described():
    calls = "\n".join(
        f"    {call.replace(chr(39) + 'a' + chr(39), repr(str(n)))}" for n, call in enumerate(DECLARATIONS)
    )
    (report,) = probe(f"{HEAD}def build(hp):\n{calls}\n    return model(2)\n")
    return dict(zip(DECLARATIONS, report["new"], strict=True))


@pytest.mark.parametrize("declaration", DECLARATIONS)
def test_listed_values_are_exactly_those_that_are_drawn(declaration: str, described) -> None:
    listed = described[declaration]["values"]
    assert listed == DECLARATIONS[declaration]
    assert described[declaration]["count"] == len(listed)
    assert drawn_by_keras_tuner(declaration) == set(listed)


def test_float_without_step_has_no_list_and_no_count() -> None:
    (report,) = probe(HEAD + "def build(hp):\n    hp.Float('a', 0, 1)\n    return model(2)\n")
    assert (report["new"][0]["values"], report["new"][0]["count"]) == (None, None)


def test_large_range_is_counted_instead_of_listed() -> None:
    (report,) = probe(HEAD + "def build(hp):\n    hp.Int('a', 1, 20000)\n    return model(2)\n")
    assert (report["new"][0]["values"], report["new"][0]["count"]) == (None, 20000)


@pytest.mark.parametrize(
    "declaration",
    [
        "hp.Float('a', 0.0, float('inf'))",
        "hp.Float('a', float('-inf'), 0.0, default=0.0)",
        "hp.Float('a', -1e308, 1e308)",
        "hp.Float('a', 1e-300, 1e300, sampling='log')",
        "hp.Float('a', 0.0, 1.0, step=float('nan'))",
        "hp.Int('a', 0, 10**400)",
    ],
)
def test_range_of_which_keras_tuner_draws_no_number_has_its_default_alone(declaration: str) -> None:
    import keras_tuner

    space = keras_tuner.HyperParameters()
    eval(declaration, {"hp": space})
    with contextlib.suppress(ArithmeticError, ValueError):
        assert not any(math.isfinite(space.space[0].random_sample(seed)) for seed in range(50))
    (report,) = probe(f"{HEAD}def build(hp):\n    {declaration}\n    return model(2)\n")
    found = report["new"][0]
    assert report["verdict"] == "ok"
    assert [found[each] for each in ("values", "count", "min", "max", "step")] == [None] * 5


def test_first_declaration_of_a_name_wins_and_both_are_reported() -> None:
    source = (
        HEAD
        + "def build(hp):\n    a = hp.Int('a', 1, 4)\n    b = hp.Choice('a', ['x'])\n    return model(b)\n"
    )
    (report,) = probe(source, {"a": 3})
    assert report["configuration"] == {"a": 3}
    assert [new["kind"] for new in report["new"]] == ["Int"]
    assert [each["signature"] for each in report["declarations"]] == [
        "Int(1, 4, step=1, sampling='linear')",
        "Choice(['x'])",
    ]
    assert [text(source, each["span"]) for each in report["declarations"]] == [
        "hp.Int('a', 1, 4)",
        "hp.Choice('a', ['x'])",
    ]


def test_range_made_from_another_hyperparameter_is_frozen_at_the_default() -> None:
    source = HEAD + "def build(hp):\n    a = hp.Int('a', 1, 9)\n    return model(hp.Int('b', 1, a))\n"
    first, second = probe(source, {"a": 9}, {"a": 9, "b": 1})
    assert [new["values"] for new in first["new"]] == [list(range(1, 10)), [1]]
    assert second["new"] == []


def test_inactive_hyperparameter_is_left_out_and_its_condition_is_reported() -> None:
    source = HEAD + (
        "def build(hp):\n"
        "    kind = hp.Choice('kind', ['a', 'b'])\n"
        "    with hp.conditional_scope('kind', ['b']):\n"
        "        units = hp.Int('units', 2, 3)\n"
        "    return model(units if kind == 'b' else 1)\n"
    )
    first, second = probe(source, {}, {"kind": "b", "units": 3})
    assert first["configuration"] == {"kind": "a"}
    assert second["configuration"] == {"kind": "b", "units": 3}
    assert first["new"][1]["conditions"] == [{"name": "kind", "values": ["b"]}]


def test_names_of_conditional_branches_are_met_before_any_trial_reaches_them() -> None:
    source = HEAD + (
        "def build(hp):\n"
        "    kind = hp.Choice('kind', ['a', 'b'])\n"
        "    if kind == 'b':\n"
        "        with hp.conditional_scope('kind', ['b']):\n"
        "            hp.Int('deep', 2, 3)\n"
        "    with hp.conditional_scope('kind', ['b']):\n"
        "        hp.Int('units', 2, 3)\n"
        "    return model(2)\n"
    )
    (report,) = probe(source, {})
    assert [new["name"] for new in report["new"]] == ["kind", "units", "deep"]


def test_name_left_out_takes_its_default_and_a_value_read_by_get_is_part_of_the_configuration() -> None:
    source = HEAD + "def build(hp):\n    hp.Int('a', 1, 9, default=5)\n    return model(hp.get('a'))\n"
    (report,) = probe(source, {})
    assert report["configuration"] == {"a": 5}
    assert report["output_shapes"] == ((None, 5),)


def test_integer_from_json_becomes_the_float_that_is_drawn() -> None:
    source = (
        HEAD
        + "def build(hp):\n    rate = hp.Float('a', 1, 3)\n    assert type(rate) is float\n    return model(2)\n"
    )
    assert [report["verdict"] for report in probe(source, {}, {"a": 2})] == ["ok", "ok"]


def test_mixed_choice_fails_at_its_declaration() -> None:
    source = HEAD + "def build(hp):\n    k = hp.Choice('k', [1, 'glorot_uniform'])\n    return model(2)\n"
    (report,) = probe(source)
    assert report["error"]["stage"] == "declare"
    assert report["error"]["type"] == "TypeError"
    assert text(source, report["error"]["frames"][-1]["span"]) == "hp.Choice('k', [1, 'glorot_uniform'])"


def test_columns_count_characters_not_bytes() -> None:
    source = HEAD + "def build(hp):\n    é, b = 'äöü', hp.Int('ñ', 1, 2)\n    return model(2)\n"
    (report,) = probe(source)
    assert text(source, report["new"][0]["span"]) == "hp.Int('ñ', 1, 2)"


def test_untunable_hypermodel_still_reads_but_adds_nothing_to_the_space() -> None:
    source = HEAD + (
        "import keras_tuner\n"
        "class Mine(keras_tuner.HyperModel):\n"
        "    def build(self, hp):\n"
        "        return model(hp.Int('a', 1, 3))\n"
        "build = Mine(tunable=False).build\n"
    )
    (report,) = probe(source)
    assert (report["verdict"], report["configuration"], report["new"]) == ("ok", {"a": 1}, [])


def test_statement_is_the_place_where_exact_columns_are_missing() -> None:
    def statement() -> dict:
        import linecache

        from hypershape.agent.positions import Positions

        source = "if x:\n    y = (1 +\n        2)\n"
        linecache.cache["/p.py"] = (len(source), None, source.splitlines(True), "/p.py")
        positions = Positions(["/p.py"])
        return {line: positions._statement("/p.py", line) for line in (1, 3)}

    found = in_child(statement)
    assert (found[1]["line"], found[1]["column"], found[1]["end_column"]) == (1, 1, 6)
    assert (found[3]["line"], found[3]["column"], found[3]["end_line"], found[3]["end_column"]) == (
        2,
        5,
        3,
        11,
    )


def test_what_a_tuner_does_not_tune_keeps_its_default() -> None:
    def new(tunes: bool) -> list:
        import keras_tuner

        from hypershape.agent.engine import Engine

        namespace: dict = {}
        exec(
            f"{HEAD}def build(hp):\n    return model(hp.Int('units', 1, 3) + hp.Int('more', 0, 4, default=2))\n",
            namespace,
        )
        given = keras_tuner.HyperParameters()
        given.Int("units", 5, 7)
        engine = Engine(None, [])
        engine.give(given, tunes)
        report = engine.probe(namespace["build"], {}, "symbolic")
        return [(each["name"], each["kind"], each["values"]) for each in report["new"]]

    assert in_child(new, True) == [("units", "Int", [5, 6, 7]), ("more", "Int", [0, 1, 2, 3, 4])]
    assert in_child(new, False) == [("units", "Int", [5, 6, 7]), ("more", "Fixed", [2])]
