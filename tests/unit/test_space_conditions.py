"""Conditions mean what their text says, whatever the names and the values are."""

from __future__ import annotations

import ast
import itertools
import keyword
import random
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hypershape.fixes.guard import guard
from hypershape.model import Configuration, Hyperparameter, Value
from hypershape.space.conditions import (
    LARGEST_EXPONENT,
    And,
    Comparison,
    Condition,
    Count,
    Membership,
    Name,
    Number,
    Operation,
    Or,
    Relation,
    Some,
    SomeBlock,
    all_of,
    any_of,
    quoted,
    reference,
    renamed,
    settled,
)
from hypershape.space.literals import comparisons
from hypershape.space.relations import relations

from .handmade import at, blame, error, failing, module, repaired

ODD = [
    'say "hi"',
    "it's",
    "back\\slash",
    "two\nlines",
    "größe",
    "\u2028",
    "卷积",
    "tab\t",
    "{x}",
    "\x00",
    "a'b\"c",
]
NAMES = ["kernel", "units_0", "conv.0", "class", "hp", "ﬁlters", "__debug__", "", *ODD]

names = st.sampled_from(NAMES) | st.text(max_size=6)
numbers = st.integers(-4, 5)
floats = st.floats(-50, 50) | st.sampled_from([float("inf"), float("-inf"), 1e-7])
values = st.one_of(st.sampled_from(ODD), st.text(max_size=4), numbers, floats, st.booleans())
signs = st.sampled_from(["==", "!=", "<", "<=", ">", ">="])
leaves = names.map(Name) | numbers.map(Number)
# Powers of leaves only: Python would compute the others, however large they are.
expressions = st.recursive(
    leaves | st.builds(Operation, leaves, st.just("**"), leaves),
    lambda inner: st.builds(Operation, inner, st.sampled_from(["+", "-", "*", "%"]), inner),
    max_leaves=4,
)
atoms = st.one_of(
    st.builds(Comparison, names, signs, values),
    st.builds(Membership, names, st.lists(values, max_size=3).map(tuple)),
    st.builds(Relation, expressions, signs, expressions),
    st.builds(
        Some,
        st.lists(names, min_size=1, max_size=3, unique=True).map(tuple),
        signs,
        values,
        st.none() | names,
    ),
)
# What asks for the truth of a value is counted as that value: only booleans are asked so.
counted = st.builds(Comparison, names, signs, values.filter(lambda value: type(value) is not bool))
counts = st.builds(
    Count,
    st.lists(counted, min_size=2, max_size=4).map(tuple),
    st.sampled_from([">=", "<="]),
    st.integers(0, 4),
)
conditions = st.recursive(
    atoms | counts,
    lambda inner: st.lists(inner, min_size=1, max_size=3).flatmap(
        lambda parts: st.sampled_from([all_of(parts), any_of(parts)])
    ),
    max_leaves=5,
)


def evaluated(source: str, variables: Mapping[str, Any]) -> bool | None:
    """What Python makes of a text; None where it raises."""
    try:
        return bool(eval(source, {}, dict(variables)))
    except (TypeError, ValueError, ArithmeticError):
        return None


class Drawn:
    """A HyperParameters object that has drawn a configuration."""

    def __init__(self, configuration: Configuration) -> None:
        self._configuration = configuration

    def get(self, name: str) -> Value:
        return self._configuration[name]


@st.composite
def judged(draw: st.DrawFn) -> tuple[Condition, Configuration]:
    """A condition and a configuration that reads all of its names."""
    condition = draw(conditions)
    return condition, {name: draw(values) for name in condition.names}


@given(judged())
def test_the_text_of_a_condition_evaluates_to_what_it_holds(pair: tuple[Condition, Configuration]) -> None:
    condition, configuration = pair
    plain = {name: value for name, value in configuration.items() if name != "hp"}
    assert evaluated(condition.text, {**plain, "hp": configuration}) is condition.holds(configuration)


@given(judged())
def test_a_condition_over_hp_evaluates_to_what_it_holds(pair: tuple[Condition, Configuration]) -> None:
    condition, configuration = pair
    source = condition.over("trial.hp")
    trial = type("Trial", (), {"hp": Drawn(configuration)})
    assert evaluated(source, {"trial": trial}) is condition.holds(configuration)


@given(conditions)
def test_the_text_of_a_condition_is_one_line_that_says_and_names_every_hyperparameter(
    condition: Condition,
) -> None:
    assert len(condition.text.splitlines()) == 1
    tree = ast.parse(condition.text, mode="eval")
    inside = {
        id(each.value) for each in ast.walk(tree) if isinstance(each, ast.Subscript)
    }  # the `hp` of `hp["…"]`
    named = [
        each.slice.value if isinstance(each, ast.Subscript) else each.id
        for each in ast.walk(tree)
        if isinstance(each, ast.Subscript | ast.Name) and id(each) not in inside
    ]
    assert set(named) == set(condition.names)
    assert len(condition.names) == len(set(condition.names))


@given(conditions, st.data())
def test_a_comparison_that_names_what_was_not_read_is_false(
    condition: Condition, data: st.DataObject
) -> None:
    read = [name for name in condition.names if data.draw(st.booleans())]
    configuration = {name: data.draw(values) for name in read}

    def expected(part: Condition) -> bool | None:
        if isinstance(part, Some):
            return first(True, [expected(each) for each in part.members])
        if isinstance(part, And | Or):
            return first(isinstance(part, Or), [expected(each) for each in part.parts])
        if isinstance(part, Count):
            answers = [expected(each) for each in part.members]
            more = sum(map(bool, answers)) >= part.number
            fewer = sum(map(bool, answers)) <= part.number
            return None if None in answers else more if part.sign == ">=" else fewer
        return part.holds(configuration) if set(part.names) <= set(read) else False

    def first(decides: bool, answers: list[bool | None]) -> bool | None:
        return next((each for each in answers if each is not (not decides)), not decides)

    assert condition.holds(configuration) is expected(condition)


@pytest.mark.parametrize(
    "text", ["kernel >= 3", "kernel != 3", "not kernel", "kernel in (1, 2)", "kernel % 2 != 0"]
)
def test_no_comparison_holds_for_a_hyperparameter_that_was_not_read(text: str) -> None:
    condition = blame(text)
    assert condition.holds({}) is False
    assert condition.holds({"kernel": False if text.startswith("not") else 1}) is (text != "kernel >= 3")


@pytest.mark.parametrize(
    ("condition", "configuration"),
    [
        (Comparison("kernel", ">=", "7"), {"kernel": 7}),
        (blame("units % groups != 0"), {"units": 4, "groups": 0}),
        (blame("2 ** units >= 1"), {"units": 10**9}),
        (blame("2 ** units >= 1"), {"units": LARGEST_EXPONENT + 1}),
        (blame("units % 0 == 0 or units >= 1"), {"units": 3}),
    ],
)
def test_where_python_would_raise_a_condition_has_no_answer(
    condition: Condition, configuration: Configuration
) -> None:
    assert condition.holds(configuration) is None


@pytest.mark.parametrize("exponent", [LARGEST_EXPONENT, LARGEST_EXPONENT + 0.5, float("inf")])
def test_a_power_that_python_computes_at_once_has_an_answer(exponent: float) -> None:
    assert blame("1 ** units == 1").holds({"units": exponent}) is True


def test_a_part_that_decides_comes_before_one_that_has_no_answer() -> None:
    assert blame("units >= 1 or units % 0 == 0").holds({"units": 3}) is True
    assert blame("units >= 9 and units % 0 == 0").holds({"units": 3}) is False


@pytest.mark.parametrize(
    ("condition", "text"),
    [
        (Comparison("conv.0", ">=", 5), 'hp["conv.0"] >= 5'),
        (Comparison('say "hi"', ">=", 3), 'hp["say \\"hi\\""] >= 3'),
        (Comparison("class", "==", "a"), "hp[\"class\"] == 'a'"),
        (Comparison("hp", "<", 2), 'hp["hp"] < 2'),
        (Comparison("größe", "<=", 2), "größe <= 2"),
        (Comparison("ﬁlters", "<=", 2), 'hp["ﬁlters"] <= 2'),
        (Comparison("a\nb", "==", 2), 'hp["a\\nb"] == 2'),
        (Comparison("rate", "<", float("inf")), "rate < 1e999"),
        (Comparison("rate", ">", float("-inf")), "rate > -1e999"),
        (Comparison("norm", "!=", True), "norm != True"),
        (Membership("kernel", (7,)), "kernel in (7,)"),
        (Some(("a", "b"), "==", True), "a or b"),
        (all_of([blame("a >= 1"), Some(("b", "c"), "==", 2)]), "a >= 1 and (b == 2 or c == 2)"),
        (any_of([blame("a >= 1 and b >= 2"), blame("not c")]), "(a >= 1 and b >= 2) or not c"),
        (any_of([blame("a >= 1"), Some(("b", "c"), "==", 2)]), "a >= 1 or b == 2 or c == 2"),
        (
            SomeBlock((blame("a == 1 or b == 2"), blame("c == 1 or d == 2")), blame("a"), (0, 1)),
            "a == 1 or b == 2 or c == 1 or d == 2",
        ),
        (Count(Some(("a", "b", "c"), "==", True).members, ">=", 2), "a + b + c >= 2"),
        (Count(Some(("a", "b", "c"), "==", False).members, "<=", 1), "(not a) + (not b) + (not c) <= 1"),
        (
            all_of([blame("d >= 1"), Count(Some(("a", "b"), "!=", "x").members, ">=", 2)]),
            "d >= 1 and (a != 'x') + (b != 'x') >= 2",
        ),
        (
            Count(Some(("k_0", "k_1"), ">=", 7, "depth").members, ">=", 2),
            "(k_0 >= 7) + (k_1 >= 7 and depth >= 2) >= 2",
        ),
        (blame("a * (b - 1) >= 3"), "a * (b - 1) >= 3"),
        (blame("a - (b - 1) != b * b * c"), "a - (b - 1) != b * b * c"),
        (blame("(a ** 2) ** b < 9"), "(a ** 2) ** b < 9"),
        (Relation(Operation(Number(-2), "**", Name("a")), "<", Number(-1)), "(-2) ** a < -1"),
        (blame("0 ** a + 1 ** a == 1"), "0 ** a + 1 ** a == 1"),
        (blame("a - b * c >= 1"), "a - b * c >= 1"),
    ],
)
def test_a_condition_is_written_as_a_colleague_would(condition: Condition, text: str) -> None:
    assert condition.text == text


def family(*said: Any) -> Count:
    """That at least or at most so many of some names are 7."""
    *names, sign, number = said
    some = Some(tuple(names), "==", 7)
    return Count(some.members, sign, number, some)


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        (Some(("k_0", "k_1", "k_2"), ">=", 7), "k_0 >= 7 or k_1 >= 7 or k_2 >= 7"),
        (Some(("k_0", "k_1", "k_2", "k_3"), ">=", 7), "some of k_0 … k_3 >= 7"),
        (Some(("p.0", "p.1", "p.2", "p.3"), "==", "avg"), 'some of hp["p.0"] … hp["p.3"] == \'avg\''),
        (Some(("b_0", "b_1", "b_2", "b_3"), "==", False), "some of b_0 … b_3 == False"),
        (
            all_of([blame("a >= 1"), Some(("k_0", "k_1", "k_2", "k_3"), "!=", 7, "depth")]),
            "a >= 1 and (some of k_0 … k_3 != 7 among the first depth)",
        ),
        (family("p_0", "p_1", "p_2", ">=", 2), "at least 2 of p_0 … p_2 == 7"),
        (family("p_0", "p_1", "p_2", "<=", 1), "at most 1 of p_0 … p_2 == 7"),
        (family("stem", "body", "head", ">=", 2), "at least 2 of stem, body, head == 7"),
    ],
)
def test_a_long_family_is_said_in_words_in_a_sentence_only(condition: Condition, words: str) -> None:
    assert condition.words == words
    assert " of " not in condition.text and " of " not in condition.over("hp")


@given(
    st.lists(st.booleans() | st.none(), min_size=3, max_size=3),
    st.sampled_from([">=", "<="]),
    st.integers(0, 3),
)
def test_what_is_left_of_a_count_says_what_all_of_it_says(
    drawn: list[bool | None], sign: Any, number: int
) -> None:
    """None is a member that a configuration does not read."""
    names = ("a", "b", "c")
    condition: Condition | bool | None = Count(Some(names, "==", True).members, sign, number)
    read = {name: value for name, value in zip(names, drawn, strict=True) if value is not None}
    expected = condition.holds(read)
    for name, value in read.items():
        condition = settled(condition, name, value) if isinstance(condition, Condition) else condition
    if isinstance(condition, Condition):
        condition = renamed(condition, dict.fromkeys(names))
    assert (condition.holds({}) if isinstance(condition, Condition) else bool(condition)) is expected


def test_a_block_that_a_configuration_does_not_have_is_no_reason() -> None:
    condition = Some(("k_0", "k_1", "k_2"), "==", 7, "depth")
    assert condition.text == "k_0 == 7 or (k_1 == 7 and depth >= 2) or (k_2 == 7 and depth >= 3)"
    assert condition.holds({"k_0": 1, "k_1": 7, "k_2": 7, "depth": 1}) is False
    assert condition.holds({"k_0": 1, "k_1": 1, "k_2": 7, "depth": 3}) is True


def test_a_condition_over_hp_is_written_with_double_quotes() -> None:
    assert blame("activation == 'rulu' and kernel >= 3").over("self.hp") == (
        'self.hp.get("activation") == "rulu" and self.hp.get("kernel") >= 3'
    )


@given(st.text() | st.sampled_from(ODD))
def test_a_quoted_string_is_one_line_and_reads_back(text: str) -> None:
    assert ast.literal_eval(quoted(text)) == text
    assert len(quoted(text).splitlines()) == 1


@given(names)
def test_a_reference_is_what_python_reads_as_that_name(name: str) -> None:
    node = ast.parse(reference(name), mode="eval").body
    if isinstance(node, ast.Name):
        assert node.id == name and not keyword.iskeyword(name)
    else:
        assert isinstance(node, ast.Subscript) and ast.literal_eval(node.slice) == name


DOMAINS: dict[str, tuple[Value, ...]] = {
    "units": tuple(range(1, 25)),
    "conv.0": (3, 5, 7),
    "rate": (0.1, 0.25, 0.5),
    "kind": ("max", "avg", 'say "no"'),
    "norm": (False, True),
}


def test_what_is_found_in_failures_means_what_its_text_says() -> None:
    configurations: list[Configuration] = [
        dict(zip(DOMAINS, values, strict=True)) for values in itertools.product(*DOMAINS.values())
    ]
    chosen = random.Random(0).sample(configurations, 60)
    failing = [each for each in chosen if each["units"] % each["conv.0"] != 0]  # type: ignore[operator]
    building = [each for each in chosen if each not in failing]
    literals = [
        literal
        for name, values in DOMAINS.items()
        for literal in comparisons(
            name, failing, building, Hyperparameter(name, "Choice", values[0], values, len(values))
        )
    ]
    literals += relations(failing, building, ["units", "conv.0"])
    assert {"units", "conv.0"} in [set(literal.condition.names) for literal in literals]
    for literal in literals:
        for configuration in configurations:
            said = evaluated(literal.text, {**configuration, "hp": configuration})
            assert said is literal.condition.holds(configuration), literal.text
        for bits, group in ((literal.failing, failing), (literal.building, building)):
            assert bits == sum(1 << i for i, each in enumerate(group) if literal.condition.holds(each))


MODEL = """
import keras_tuner

def build_model(hp):
{declared}
    return make(hp)
"""


@given(st.data())
def test_a_trial_that_is_given_up_is_given_up_where_the_condition_holds(data: st.DataObject) -> None:
    condition = data.draw(conditions)
    configuration = {name: data.draw(values) for name in condition.names}
    declared = [f"    hp.Fixed({quoted(name)}, 1)" for name in condition.names] or ["    hp.Fixed('x', 1)"]
    written = module(MODEL.format(declared="\n".join(declared)))
    domains = [
        Hyperparameter(name, "Fixed", 1, (1,), 1, span=at(written, declaration.strip()))
        for name, declaration in zip(condition.names, declared, strict=False)
    ]
    analysis = failing(written, error(written, "no", "make"), domains, [configuration], [configuration])
    (target,) = analysis.targets
    cause = replace(target.causes[0], condition=condition, exact=True)
    fix = guard(target, cause, written.code)
    if not condition.names:
        assert fix is None
        return
    assert fix is not None
    tree = ast.parse(repaired(fix, written))
    (given_up,) = [each for each in ast.walk(tree) if isinstance(each, ast.If)]
    read = evaluated(ast.unparse(given_up.test), {"hp": Drawn(configuration)})
    assert read is condition.holds(configuration)
    assert ast.literal_eval(given_up.body[0].exc.args[0]) == f"not built: {condition.text}"
