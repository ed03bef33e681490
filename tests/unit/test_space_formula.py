"""Conditions of small search spaces are those that a person would write, and exact; formulas are exact for any data."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hypershape.model import Configuration, Hyperparameter, Value
from hypershape.space.blame import smallest_condition
from hypershape.space.conditions import Comparison, Condition
from hypershape.space.formula import cheapest
from hypershape.space.literals import Literal


class Refused(Exception):
    """A model that does not build; the message names the cause."""


class Drawn:
    """Hands out the values of one path and notes what else is declared."""

    def __init__(self, path: Configuration) -> None:
        self._path = path
        self.read: dict[str, Value] = {}
        self.domains: dict[str, tuple[Value, ...]] = {}
        self.kinds: dict[str, Any] = {}

    def choice(self, name: str, values: Sequence[Any], kind: Any = "Choice") -> Any:
        self.domains.setdefault(name, tuple(values))
        self.kinds.setdefault(name, kind)
        self.read.setdefault(name, self._path.get(name, values[0]))
        return self.read[name]

    def whole(self, name: str, low: int, high: int, step: int = 1) -> Any:
        return self.choice(name, range(low, high + 1, step), "Int")

    def flag(self, name: str) -> Any:
        return self.choice(name, (False, True), "Boolean")


Build = Callable[[Drawn], None]
Space = tuple[list[tuple[dict[str, Value], str | None]], dict[str, Hyperparameter]]


def explored(build: Build) -> Space:
    """Every leaf with the cause of its failure, and the hyperparameters."""
    leaves: list[tuple[dict[str, Value], str | None]] = []
    hps: dict[str, Hyperparameter] = {}
    stack: list[dict[str, Value]] = [{}]
    while stack:
        path = stack.pop()
        hp, cause = Drawn(path), None
        try:
            build(hp)
        except Refused as refused:
            cause = str(refused)
        leaves.append((hp.read, cause))
        for name, values in hp.domains.items():
            hps.setdefault(
                name,
                Hyperparameter(name, hp.kinds[name], values[0], values, len(values), values[0], values[-1]),
            )
        prefix = dict(path)
        for name in list(hp.read)[len(path) :]:
            stack += [{**prefix, name: value} for value in hp.domains[name][1:]]
            prefix[name] = hp.read[name]
    return leaves, hps


def conditions(build: Build) -> dict[str, Condition | None]:
    """The condition of each cause, from every leaf."""
    leaves, hps = explored(build)
    groups: dict[str, list[Configuration]] = {}
    for leaf, cause in leaves:
        if cause is not None:
            groups.setdefault(cause, []).append(leaf)
    building = [leaf for leaf, cause in leaves if cause is None]
    return {
        cause: smallest_condition(
            failing, building, hps, (), [some for other, some in groups.items() if other != cause]
        )
        for cause, failing in groups.items()
    }


def window(size: int, kernel: int, cause: str, stride: int = 1) -> int:
    """What is left of some pixels behind a convolution or a pooling without padding."""
    if size < kernel:
        raise Refused(cause)
    return (size - kernel) // stride + 1


def shortcut(hp: Drawn) -> None:
    filters, stride = hp.choice("filters_0", [8, 16, 32]), hp.choice("stride", [1, 2])
    if not hp.flag("project") and (stride == 2 or filters == 16):
        raise Refused("add")


def residual_blocks(hp: Drawn) -> None:
    width = 16
    for block in range(hp.whole("blocks", 1, 3)):
        filters = hp.choice(f"filters_{block}", [8, 16, 32])
        if hp.flag("project"):
            width = filters
        if width != filters:
            raise Refused("add")


def blocks_declared_before(hp: Drawn) -> None:
    kernels = [hp.whole(f"kernel_{block}", 1, 7) for block in range(3)]
    if any(kernels[block] == 7 for block in range(hp.whole("depth", 1, 3))):
        raise Refused("kernel")


def group_normalization_in_blocks(hp: Drawn) -> None:
    groups = hp.choice("groups", [2, 4])
    for block in range(hp.whole("blocks", 1, 2)):
        if hp.whole(f"filters_{block}", 4, 12, 2) % groups:
            raise Refused("groups")


def stack_that_halves(hp: Drawn) -> None:
    size = 40
    for block in range(hp.whole("depth", 1, 4)):
        size = window(size, hp.choice(f"kernel_{block}", [3, 9]), "kernel")
        size = window(size, 2, "pool", 2)


def kernel_and_pool(hp: Drawn) -> None:
    size, kernel = 28, hp.whole("kernel", 2, 7)
    for _ in range(hp.whole("depth", 1, 5)):
        size = window(window(size, kernel, "kernel"), 2, "pool", 2)


def deeper_and_deeper(hp: Drawn) -> None:
    depth = hp.whole("depth", 1, 5)
    if depth == 5:
        raise Refused("outer")
    if depth == 4 or hp.flag("wide"):
        raise Refused("inner")


def branches(hp: Drawn) -> None:
    width = None
    if hp.choice("kind", ["mlp", "cnn", "rnn"]) == "mlp":
        width = 8
    elif hp.read["kind"] == "rnn":
        width = hp.choice("units", [4, 8])
    if hp.flag("skip") and width != 8:
        raise Refused("add")


def one_branch(hp: Drawn) -> None:
    if hp.choice("front", ["distributed", "convlstm"]) == "convlstm" and not hp.flag("sequences"):
        raise Refused("reshape")


def shrinking_units(hp: Drawn) -> None:
    ratio, units = hp.choice("ratio", [0.25, 0.5, 0.75, 1.0], "Float"), hp.whole("units", 4, 16, 4)
    for _ in range(hp.whole("layers", 1, 5)):
        if units == 0:
            raise Refused("units")
        units = int(units * ratio)


def grouped(hp: Drawn) -> None:
    filters = hp.whole("filters", 8, 64, 8)
    if filters % hp.choice("groups", [1, 2, 3, 4, 6]):
        raise Refused("convolution")
    if hp.flag("norm") and filters % hp.choice("norm_groups", [4, 16]):
        raise Refused("normalization")


def widths(hp: Drawn) -> None:
    layers = hp.whole("layers", 0, 3)
    if hp.choice("dim", [32, 64, 96]) != hp.choice("width", [32, 64, 96]) and layers > 0:
        raise Refused("add")


def patches(hp: Drawn) -> None:
    if hp.choice("image", [28, 32, 48]) % hp.choice("patch", [2, 3, 4, 7, 8, 12, 14, 16]):
        raise Refused("patch")


SPACES: list[tuple[Build, dict[str, str]]] = [
    (shortcut, {"add": "not project and (filters_0 == 16 or stride == 2)"}),
    (
        residual_blocks,
        {"add": "not project and (filters_0 != 16 or filters_1 != 16 or filters_2 != 16)"},
    ),
    (
        blocks_declared_before,
        {
            "kernel": "kernel_0 == 7 or (kernel_1 == 7 and depth >= 2) or (kernel_2 == 7 and depth >= 3)",
        },
    ),
    (group_normalization_in_blocks, {"groups": "filters_0 % groups != 0 or filters_1 % groups != 0"}),
    (stack_that_halves, dict.fromkeys(("kernel", "pool"), "kernel_2 == 9 or depth >= 4")),
    (kernel_and_pool, dict.fromkeys(("kernel", "pool"), "depth >= 4 or (depth == 3 and kernel >= 4)")),
    (deeper_and_deeper, {"outer": "depth >= 5", "inner": "depth == 4 or wide"}),
    (branches, {"add": "skip and (kind == 'cnn' or units == 4)"}),
    (one_branch, {"reshape": "front == 'convlstm' and not sequences"}),
    (
        grouped,
        {"convolution": "filters % groups != 0", "normalization": "filters % norm_groups != 0"},
    ),
    (patches, {"patch": "image % patch != 0"}),
    (widths, {"add": "layers >= 1 and dim != width"}),
]


@pytest.mark.parametrize(("build", "expected"), SPACES, ids=lambda each: getattr(each, "__name__", ""))
def test_a_finished_space_has_the_conditions_that_a_person_would_write(
    build: Build, expected: dict[str, str]
) -> None:
    assert {cause: str(each) for cause, each in conditions(build).items()} == expected


def is_true(text: str, configuration: Configuration) -> bool:
    """What the contract says of a condition's text: what names an unread hyperparameter is false, the rest Python."""

    def value(node: ast.expr) -> bool:
        if isinstance(node, ast.BoolOp):
            return (all if isinstance(node.op, ast.And) else any)(map(value, node.values))
        named = {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
        return named <= configuration.keys() and bool(eval(ast.unparse(node), {}, dict(configuration)))

    return value(ast.parse(text, mode="eval").body)


@pytest.mark.parametrize("build", [build for build, _ in SPACES] + [shrinking_units])
def test_a_condition_evaluated_as_documented_holds_exactly_where_the_space_fails(build: Build) -> None:
    leaves, _ = explored(build)
    for cause, condition in conditions(build).items():
        assert condition is not None
        for leaf, actual in leaves:
            if actual in (None, cause):
                assert is_true(condition.text, leaf) is condition.holds(leaf) is (actual == cause)


@pytest.mark.parametrize(
    ("fails", "expected"),
    [
        (lambda depth, kernel: depth != kernel, "kernel == 9 or depth >= 4"),
        (lambda depth, kernel: depth > kernel, "kernel == 3 and depth >= 4"),
    ],
)
def test_a_relation_that_one_pair_of_values_suggests_is_a_coincidence(
    fails: Callable[[int, int], bool], expected: str
) -> None:
    def build(hp: Drawn) -> None:
        depth = hp.whole("depth", 1, 4)
        if depth >= 3 and fails(depth, hp.choice("kernel", [3, 9])):
            raise Refused("kernel")

    (found,) = conditions(build).values()
    assert str(found) == expected


def test_numbers_that_divide_only_themselves_show_no_divisibility() -> None:
    def build(hp: Drawn) -> None:
        if hp.choice("one", [3, 7]) != hp.choice("other", [3, 7]):
            raise Refused("kernel")

    (found,) = conditions(build).values()
    assert "%" not in str(found)


bits = st.integers(0, 2**8 - 1)


@settings(deadline=None)
@given(st.lists(st.tuples(bits, bits, st.integers(11, 30)), max_size=12), bits, bits)
def test_a_formula_holds_for_all_failures_and_no_others_and_costs_no_more_than_it_may(
    found: list[tuple[int, int, int]], failing: int, building: int
) -> None:
    literals = [Literal(Comparison(f"name_{index}", ">=", index), *each) for index, each in enumerate(found)]
    formula = cheapest(literals, failing | 1, building | 1, 90)
    if formula is not None:
        assert not (failing | 1) & ~formula.failing and not (building | 1) & formula.building
        assert formula.cost <= 90
        assert all(
            _value(formula.condition, literals, (side, 1 << i)) is bool(whole >> i & 1)
            for side, whole in enumerate((formula.failing, formula.building))
            for i in range(8)
        )


def _value(condition: Condition, literals: Sequence[Literal], where: tuple[int, int]) -> bool:
    """Whether a condition holds for one configuration, by its atoms' bit sets."""
    side, bit = where
    holds = {each.text: bool((each.failing, each.building)[side] & bit) for each in literals}

    def value(node: ast.expr) -> bool:
        if isinstance(node, ast.BoolOp):
            return (all if isinstance(node.op, ast.And) else any)(map(value, node.values))
        return holds[ast.unparse(node)]

    return value(ast.parse(condition.text, mode="eval").body)


@given(st.lists(st.tuples(bits, bits), min_size=2, max_size=5), st.data())
def test_a_pair_of_literals_that_tells_everything_apart_is_found(
    found: list[tuple[int, int]], data: st.DataObject
) -> None:
    one, other = data.draw(st.permutations(range(len(found))))[:2]
    word = data.draw(st.sampled_from(["and", "or"]))
    literals = [
        Literal(Comparison(f"name_{index}", ">=", index), *each, 12) for index, each in enumerate(found)
    ]
    join = (lambda a, b: a & b) if word == "and" else (lambda a, b: a | b)
    failing = join(found[one][0], found[other][0])
    building = ~join(found[one][1], found[other][1]) & 255
    if failing and building:
        formula = cheapest(literals, failing, building, 200)
        assert formula is not None and formula.cost <= 24


def test_alternatives_with_one_hyperparameter_are_listed() -> None:
    def build(hp: Drawn) -> None:
        if hp.choice("kernel", [1, 3, 5, 7, 9]) in (3, 9) or hp.flag("wide"):
            raise Refused("kernel")

    (found,) = conditions(build).values()
    assert str(found) == "wide or kernel in (3, 9)"


def test_every_configuration_is_told_apart_within_reason() -> None:
    """Of what no short condition explains, nothing is said."""
    every = [{"a": a, "b": b} for a, b in itertools.product(range(12), range(12))]
    failing = [each for each in every if (each["a"] * 7 + each["b"] * 5) % 3 == 0]
    hps = {name: Hyperparameter(name, "Int", 0, tuple(range(12)), 12, 0, 11, 1) for name in "ab"}
    assert smallest_condition(failing, [each for each in every if each not in failing], hps) is None
