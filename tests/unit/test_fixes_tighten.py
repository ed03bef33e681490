"""Repairs that shrink a space keep to what Keras Tuner would then draw."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

import pytest

from hypershape.fixes.tighten import tighten
from hypershape.model import Configuration, Hyperparameter, Module, TargetAnalysis, Value

from .handmade import at, error, failing, hyperparameter, module, repaired


def test_values_with_quotes_and_backslashes_stay_python() -> None:
    written = module(
        r"""
        def build_model(hp):
            return make(hp.Choice("kind", ["say \"hi\"", "it's", "back\\slash", "x"]))
        """
    )
    call = written.document.text[written.document.text.index("hp.Choice") :].rstrip()[:-1]
    values = ['say "hi"', "it's", "back\\slash", "x"]
    space = [{"kind": value} for value in values]
    analysis = failing(
        written,
        error(written, "no", "make"),
        [hyperparameter(written, "kind", call, "Choice", values)],
        space,
        space[:1],
        "kind == 'say \"hi\"'",
    )
    (fix,) = tighten(analysis.targets[0], analysis.targets[0].causes[0], written.code)
    namespace: dict[str, object] = {"make": lambda value: value}
    exec(repaired(fix, written), namespace)
    drawn: list[object] = []
    hp = type("Hp", (), {"Choice": lambda self, name, values: drawn.extend(values)})()
    namespace["build_model"](hp)  # type: ignore[operator]
    assert drawn == values[1:]
    assert fix.title == "Drop 'say \"hi\"' from kind (drops only the 25 % that fails)"


def test_a_domain_too_large_to_be_listed_loses_what_lies_beyond_the_border() -> None:
    written = module(
        """
        def build_model(hp):
            return make(hp.Float("rate", 0.0, 2.0))
        """
    )
    rate = Hyperparameter(
        "rate", "Float", 0.0, min=0.0, max=2.0, span=at(written, 'hp.Float("rate", 0.0, 2.0)')
    )
    space = [{"rate": value} for value in (0.0, 0.25, 0.5, 1.0, 2.0)]
    analysis = failing(written, error(written, "no", "make"), [rate], space, space[3:], "rate >= 0.75")
    (target,) = analysis.targets
    assert target.coverage is not None
    sampled = replace(target, coverage=replace(target.coverage, mode="sampled", space=None))
    (fix,) = tighten(sampled, target.causes[0], written.code)
    assert fix.title == "Lower the maximum of rate to 0.5 (drops 75 % of the space)"
    assert 'hp.Float("rate", 0.0, 0.5)' in repaired(fix, written)


def test_a_grid_that_hangs_on_both_ends_becomes_a_choice_of_what_builds() -> None:
    call = 'hp.Int("units", 2, 40, step=3, sampling="reverse_log")'
    written = module(f"def build_model(hp):\n    return make({call})\n")
    space = [{"units": value} for value in (24, 36, 40)]
    domain = hyperparameter(written, "units", call, "Int", [24, 36, 40])
    analysis = failing(written, error(written, "no", "make"), [domain], space, space[2:], "units == 40")
    (fix,) = tighten(analysis.targets[0], analysis.targets[0].causes[0], written.code)
    # A maximum of 36 would draw 20, 32 and 36.
    assert fix.title == "Choose units from 24, 36 (drops only the 33 % that fails)"
    assert 'make(hp.Choice("units", [24, 36]))' in repaired(fix, written)


def offered(written: Module, target: TargetAnalysis) -> list[str]:
    """Each repair of the first cause: its title, and the lines that it changes as they are then."""
    before = written.document.text.splitlines()
    found = []
    for fix in tighten(target, target.causes[0], written.code):
        lines = [line.strip() for line in repaired(fix, written).splitlines() if line not in before]
        found.append(" | ".join([fix.title, *lines]))
    return found


def of_one(
    call: str, values: Sequence[Value], fails: Iterable[Value], condition: str | None = None, top: str = ""
) -> list[str]:
    """The repairs of a space of one hyperparameter `n` in which some values fail."""
    written = module(f"{top}\ndef build_model(hp):\n    n = {call}\n    return make(n)\n")
    kind = call.partition("hp.")[2].partition("(")[0]
    domain = hyperparameter(written, "n", call, kind, values)
    space: list[Configuration] = [{"n": value} for value in values]
    bad = list(fails)
    analysis = failing(
        written,
        error(written, "no", "make"),
        [domain],
        space,
        [each for each in space if each["n"] in bad],
        condition,
    )
    return offered(written, analysis.targets[0])


SIX = (1, 2, 3, 4, 5, 6)


@pytest.mark.parametrize(
    ("call", "values", "fails", "expected"),
    [
        (
            'hp.Int("n", 1, 6)', SIX, (5, 6),
            ['Lower the maximum of n to 4 (drops only the 33 % that fails) | n = hp.Int("n", 1, 4)'],
        ),
        (
            'hp.Int("n", 1, 6)', SIX, (1, 2),
            ['Raise the minimum of n to 3 (drops only the 33 % that fails) | n = hp.Int("n", 3, 6)'],
        ),
        (
            'hp.Int("n", max_value=6, min_value=1)', SIX, (1, 6),
            ["Keep n between 2 and 5 (drops only the 33 % that fails)"
             ' | n = hp.Int("n", max_value=5, min_value=2)'],
        ),
        (
            'hp.Int("n", 1, 6)', SIX, (1, 2, 4, 5, 6),
            ['Keep n at 3 (drops only the 83 % that fails) | n = hp.Int("n", 3, 3)'],
        ),
        ('hp.Int("n", 1, 6)', SIX, SIX, []),
        # Every second value, the others in a row or not, few or many.
        (
            'hp.Int("n", 1, 9)', range(1, 10), (2, 4, 6, 8),
            ['Draw only 1, 3, 5, 7, 9 for n (drops only the 44 % that fails) | n = hp.Int("n", 1, 9, step=2)',
             'Lower the maximum of n to 1 (drops 89 % of the space) | n = hp.Int("n", 1, 1)'],
        ),
        (
            'hp.Int("n", 0, 12, step=2)', range(0, 13, 2), (2, 6, 10),
            ['Draw only 0, 4, 8, 12 for n (drops only the 43 % that fails) | n = hp.Int("n", 0, 12, step=4)',
             'Lower the maximum of n to 0 (drops 86 % of the space) | n = hp.Int("n", 0, 0, step=2)'],
        ),
        (
            'hp.Int("n", 1, 3)', (1, 2, 3), (2,),
            ['Choose n from 1, 3 (drops only the 33 % that fails) | n = hp.Choice("n", [1, 3])',
             'Lower the maximum of n to 1 (drops 67 % of the space) | n = hp.Int("n", 1, 1)'],
        ),
        (
            'hp.Int("n", 1, 10)', range(1, 11), (2, 5),
            ['Choose n from 1, 3, 4, 6, 7, 8, 9, 10 (drops only the 20 % that fails)'
             ' | n = hp.Choice("n", [1, 3, 4, 6, 7, 8, 9, 10])',
             'Raise the minimum of n to 6 (drops 50 % of the space) | n = hp.Int("n", 6, 10)'],
        ),
        (
            'hp.Int("n", 1, 11)', range(1, 12), (2, 5),
            ['Raise the minimum of n to 6 (drops 45 % of the space) | n = hp.Int("n", 6, 11)'],
        ),
        (
            'hp.Int("n", 1, 17)', range(1, 18), range(2, 17, 2),
            ['Draw only 1, 3, 5, …, 17 for n (drops only the 47 % that fails) | n = hp.Int("n", 1, 17, step=2)',
             'Lower the maximum of n to 1 (drops 94 % of the space) | n = hp.Int("n", 1, 1)'],
        ),
        # On a scale that is not linear a larger step means something else.
        (
            'hp.Int("n", 1, 6, sampling="log")', SIX, (2, 4, 6),
            ['Lower the maximum of n to 1 (drops 83 % of the space) | n = hp.Int("n", 1, 1, sampling="log")'],
        ),
        (
            'hp.Int("n", 2, 40, step=3, sampling=how)', (24, 36, 40), (40,),
            ['Lower the maximum of n to 36 (drops only the 33 % that fails) | n = hp.Int("n", 2, 36, step=3, sampling=how)'],
        ),
        (
            'hp.Int("n", 1, 3, sampling="reverse_log")', (1, 2, 3), (3,),
            ['Lower the maximum of n to 2 (drops only the 33 % that fails) | n = hp.Int("n", 1, 2, sampling="reverse_log")'],
        ),
        (
            'hp.Int("n", 2, 10, step=2, sampling="reverse_log")', (4, 8, 10), (10,),
            ['Choose n from 4, 8 (drops only the 33 % that fails) | n = hp.Choice("n", [4, 8])'],
        ),
        # A default that is gone moves to the nearest value, one that is left stays.
        (
            'hp.Int("n", 1, 6, default=6)', SIX, (1, 6),
            ['Keep n between 2 and 5 (drops only the 33 % that fails) | n = hp.Int("n", 2, 5, default=5)'],
        ),
        (
            'hp.Int("n", 1, 6, default=0x2)', SIX, (6,),
            ['Lower the maximum of n to 5 (drops only the 17 % that fails) | n = hp.Int("n", 1, 5, default=0x2)'],
        ),
        (
            'hp.Int("n", 1, 6, default=None)', SIX, (6,),
            ['Lower the maximum of n to 5 (drops only the 17 % that fails) | n = hp.Int("n", 1, 5, default=None)'],
        ),
        (
            'hp.Int("n", 1, 6, default=best())', SIX, (6,),
            ['Lower the maximum of n to 5 (drops only the 17 % that fails) | n = hp.Int("n", 1, 5, default=best())'],
        ),
        (
            'hp.Int("n", 1, 3, default=3)', (1, 2, 3), (2,),
            ['Choose n from 1, 3 (drops only the 33 % that fails) | n = hp.Choice("n", [1, 3], default=3)',
             'Lower the maximum of n to 1 (drops 67 % of the space) | n = hp.Int("n", 1, 1, default=1)'],
        ),
        (
            'hp.Int("n", 1, 3, default=2)', (1, 2, 3), (2,),
            ['Choose n from 1, 3 (drops only the 33 % that fails) | n = hp.Choice("n", [1, 3])',
             'Lower the maximum of n to 1 (drops 67 % of the space) | n = hp.Int("n", 1, 1, default=1)'],
        ),
        (
            'hp.Int("n", 1, 3, step=1, default=1, sampling="linear")', (1, 2, 3), (2,),
            ['Choose n from 1, 3 (drops only the 33 % that fails) | n = hp.Choice("n", [1, 3], default=1)',
             'Lower the maximum of n to 1 (drops 67 % of the space)'
             ' | n = hp.Int("n", 1, 1, step=1, default=1, sampling="linear")'],
        ),
        # Only what a Choice takes, too, can become one.
        (
            'hp.Int("n", 1, 3, parent_name="a")', (1, 2, 3), (2,),
            ['Lower the maximum of n to 1 (drops 67 % of the space) | n = hp.Int("n", 1, 1, parent_name="a")'],
        ),
        (
            'hp.Boolean("n")', (False, True), (True,),
            ['Fix n at False (drops only the 50 % that fails) | n = hp.Fixed("n", value=False)'],
        ),
        ('hp.Boolean("n", default=True)', (False, True), (True,), []),
        (
            'hp.Choice("n", ["a", "b", "c"], default="c")', ("a", "b", "c"), ("c", "a"),
            ["Drop 'a', 'c' from n (drops only the 67 % that fails) | n = hp.Choice(\"n\", [\"b\"], default='b')"],
        ),
        (
            'hp.Choice("n", ["a", 2, 3], default="a")', ("a", 2, 3), ("a",),
            ["Drop 'a' from n (drops only the 33 % that fails) | n = hp.Choice(\"n\", [2, 3], default=2)"],
        ),
        (
            'hp.Choice("n", values=range(3))', (0, 1, 2), (2,),
            ['Drop 2 from n (drops only the 33 % that fails) | n = hp.Choice("n", values=[0, 1])'],
        ),
        (
            'hp.Choice("n", [1, two(), 3])', (1, 2, 3), (2,),
            ['Drop 2 from n (drops only the 33 % that fails) | n = hp.Choice("n", [1, 3])'],
        ),
        (
            'hp.Float("n", 0.0, 0.3, step=0.1)', (0.0, 0.1, 0.2, 0.30000000000000004), (0.0, 0.30000000000000004),
            ['Keep n between 0.1 and 0.2 (drops only the 50 % that fails) | n = hp.Float("n", 0.1, 0.2, step=0.1)'],
        ),
        (
            'hp.Float("n", 0.0, 0.2, step=0.1)', (0.0, 0.1, 0.2), (0.1, 0.2),
            ['Lower the maximum of n to 0.0 (drops only the 67 % that fails) | n = hp.Float("n", 0.0, 0.0, step=0.1)'],
        ),
        (
            'hp.Int("n", 1, 1000)', range(1, 1001), (1000,),
            ['Lower the maximum of n to 999 (drops only the less than 1 % that fails) | n = hp.Int("n", 1, 999)'],
        ),
        (
            'hp.Int("n", 1, 200)', range(1, 201), (200,),
            ['Lower the maximum of n to 199 (drops only the less than 1 % that fails) | n = hp.Int("n", 1, 199)'],
        ),
        ('hp.Int("n", 1, 6, **more)', SIX, (6,), []),
    ],
)  # fmt: skip
def test_a_domain_is_shrunk_to_what_builds_in_each_way_that_its_text_allows(
    call: str, values: Sequence[Value], fails: Sequence[Value], expected: list[str]
) -> None:
    assert of_one(call, list(values), fails) == expected


@pytest.mark.parametrize(
    ("top", "call", "expected"),
    [
        ("LAST = 3", 'hp.Int("n", 1, LAST)', "LAST = 2"),
        ("LAST = 3\nprint(LAST)", 'hp.Int("n", 1, LAST)', 'n = hp.Int("n", 1, 2)'),
        ("from limits import LAST", 'hp.Int("n", 1, LAST)', 'n = hp.Int("n", 1, 2)'),
        ("ALL = [0x1, 2, 3]", 'hp.Choice("n", ALL)', "ALL = [0x1, 2]"),
        ("ALL = [1, 2, 3]\nprint(ALL)", 'hp.Choice("n", ALL)', 'n = hp.Choice("n", [1, 2])'),
    ],
)
def test_a_constant_is_changed_where_nothing_else_uses_it(top: str, call: str, expected: str) -> None:
    (found,) = of_one(call, [1, 2, 3], [3], top=top)
    assert found.partition(" | ")[2] == expected


def test_a_value_for_which_a_condition_has_no_answer_is_left_out_too() -> None:
    assert of_one('hp.Int("n", 1, 4)', [1, 2, 3, 4], [4], "n % (n - 3) == 0 and n == 4") == [
        'Lower the maximum of n to 2 (drops 50 % of the space) | n = hp.Int("n", 1, 2)'
    ]


TWO = """
def build_model(hp):
    a = hp.Int("a", 1, {last}{more})
    b = hp.Int("b", 1, 4)
    return make(a, b)
"""


def of_two(
    fails: Callable[[int, int], bool],
    condition: str | None = None,
    last: int = 4,
    more: str = "",
    **changes: object,
) -> list[str]:
    """The repairs of a space of two ranges of whole numbers, of which the first may be changed."""
    written = module(TWO.format(last=last, more=more))
    first = hyperparameter(written, "a", f'hp.Int("a", 1, {last}{more})', "Int", range(1, last + 1))
    second = hyperparameter(written, "b", 'hp.Int("b", 1, 4)', "Int", range(1, 5))
    domains = [replace(first, **changes), second]  # type: ignore[arg-type]
    space: list[Configuration] = [{"a": a, "b": b} for a in range(1, last + 1) for b in range(1, 5)]
    bad = [each for each in space if fails(each["a"], each["b"])]  # type: ignore[arg-type]
    analysis = failing(written, error(written, "no", "make"), domains, space, bad, condition)
    return offered(written, analysis.targets[0])


LOWER_B = 'Lower the maximum of b to 2 (drops 50 % of the space) | b = hp.Int("b", 1, 2)'


def test_the_repair_that_keeps_more_comes_first() -> None:
    assert of_two(lambda a, b: a == 4 and b > 2) == [
        'Lower the maximum of a to 3 (drops 25 % of the space) | a = hp.Int("a", 1, 3)',
        LOWER_B,
    ]


def test_only_what_a_condition_names_is_changed() -> None:
    assert of_two(lambda a, b: a == 4 and b > 2, "b >= 3") == [LOWER_B]
    only = LOWER_B.replace("50 % of the space", "only the 50 % that fails")
    assert of_two(lambda a, b: b > 2) == [only]


@pytest.mark.parametrize("change", [{"span": None}, {"kind": "Fixed"}])
def test_what_is_not_drawn_in_the_text_is_not_changed(change: dict[str, object]) -> None:
    assert of_two(lambda a, b: a == 4 and b > 2, **change) == [LOWER_B]


@pytest.mark.parametrize(
    ("fails", "title", "lines"),
    [
        (
            lambda a, b: a + b > 4,
            "Lower the maximum of a to 2 and lower the maximum of b to 2 (drops 75 % of the space)",
            ('a = hp.Int("a", 1, 2)', 'b = hp.Int("b", 1, 2)'),
        ),
        (
            lambda a, b: b > a or a + b in (2, 8),
            "Raise the minimum of a to 2 and lower the maximum of b to 2 (drops 62 % of the space)",
            ('a = hp.Int("a", 2, 4)', 'b = hp.Int("b", 1, 2)'),
        ),
    ],
)
def test_two_ranges_shrink_together_so_that_most_is_left(
    fails: Callable[[int, int], bool], title: str, lines: tuple[str, str]
) -> None:
    assert of_two(fails) == [" | ".join([title, *lines])]


def test_two_ranges_are_left_alone_where_that_is_no_small_edit_or_would_take_long() -> None:
    both = lambda a, b: a + b > 4  # noqa: E731
    assert len(of_two(both, last=24)) == len(of_two(lambda a, b: a + b > 2, last=2)) == 1
    assert of_two(both, last=25) == []
    assert of_two(both, kind="Float") == []
    assert of_two(both, more=", **more") == []
    assert of_two(both, more=', step=1, sampling="reverse_log", parent_name="c"') == []
    assert of_two(lambda a, b: True) == []
    assert of_two(lambda a, b: a + b > 1, last=1) == []


def test_a_range_too_long_to_be_listed_keeps_what_lies_between_probed_values() -> None:
    written = module('def build_model(hp):\n    n = hp.Int("n", 1, 1000000)\n    return make(n)\n')
    domain = Hyperparameter("n", "Int", 1, None, 10**6, 1, 10**6, span=at(written, 'hp.Int("n", 1, 1000000)'))

    def repairs(fails: Sequence[int], values: Sequence[Value] = (1, 250_000, 500_000, 10**6)) -> list[str]:
        space: list[Configuration] = [{"n": value} for value in reversed(values)]
        bad = [each for each in space if each["n"] in fails]
        (target,) = failing(written, error(written, "no", "make"), [domain], space, bad).targets
        assert target.coverage is not None
        return offered(written, replace(target, coverage=replace(target.coverage, mode="sampled")))

    assert repairs([500_000, 10**6]) == [
        'Lower the maximum of n to 250000 (drops 75 % of the space) | n = hp.Int("n", 1, 250000)'
    ]
    assert repairs([1, 10**6]) == [
        'Keep n between 250000 and 500000 (drops 75 % of the space) | n = hp.Int("n", 250000, 500000)'
    ]
    assert repairs([250_000]) == [
        'Raise the minimum of n to 500000 (drops 50 % of the space) | n = hp.Int("n", 500000, 1000000)',
    ]
    # What was not probed beyond the last value that builds, or before the first, is kept.
    assert repairs([1], [1, 10, 100, 1000]) == [
        'Raise the minimum of n to 10 (drops less than 1 % of the space) | n = hp.Int("n", 10, 1000000)'
    ]
    assert repairs([10**6], [500_000, 600_000, 700_000, 10**6]) == [
        'Lower the maximum of n to 700000 (drops 30 % of the space) | n = hp.Int("n", 1, 700000)'
    ]
    # A repair that leaves next to nothing of the space is none.
    assert repairs([250_000], [1, 250_000]) == []
    assert repairs([1], [1, "a"]) == []


def test_of_a_line_no_single_number_is_kept() -> None:
    call = 'hp.Float("n", 0.0, 1.0)'
    written = module(f"def build_model(hp):\n    n = {call}\n    return make(n)\n")
    domain = Hyperparameter("n", "Float", 0.0, min=0.0, max=1.0, span=at(written, call))
    space: list[Configuration] = [{"n": 0.0}, {"n": 1.0}]
    (target,) = failing(written, error(written, "no", "make"), [domain], space, space[1:]).targets
    assert offered(written, target) == []


FAMILY = """
def build_model(hp):
    sizes = [hp.Int(f"n_{i}", 1, 5) for i in range(2)]
    return make(sizes)
"""


def of_a_family(fails: Callable[[int, int], bool], condition: str | None = None) -> list[str]:
    """The repairs of two hyperparameters that one call declares."""
    written = module(FAMILY)
    call = 'hp.Int(f"n_{i}", 1, 5)'
    domains = [hyperparameter(written, name, call, "Int", range(1, 6)) for name in ("n_0", "n_1")]
    space: list[Configuration] = [{"n_0": a, "n_1": b} for a in range(1, 6) for b in range(1, 6)]
    bad = [each for each in space if fails(each["n_0"], each["n_1"])]  # type: ignore[arg-type]
    return offered(
        written, failing(written, error(written, "no", "make"), domains, space, bad, condition).targets[0]
    )


def test_a_call_that_declares_several_names_is_changed_for_all_and_offered_once() -> None:
    assert of_a_family(lambda _, b: b == 5, "n_1 == 5") == [
        "Lower the maximum of n_0 … n_1 to 4 (drops 36 % of the space)"
        ' | sizes = [hp.Int(f"n_{i}", 1, 4) for i in range(2)]'
    ]
    # Each value builds somewhere, but those of both names together must stay small, or large.
    assert of_a_family(lambda a, b: a + b > 6) == [
        "Lower the maximum of n_0 … n_1 to 3 (drops 64 % of the space)"
        ' | sizes = [hp.Int(f"n_{i}", 1, 3) for i in range(2)]',
        "Lower the maximum of n_0 … n_1 to 1 (drops 96 % of the space)"
        ' | sizes = [hp.Int(f"n_{i}", 1, 1) for i in range(2)]',
    ]
    assert of_a_family(lambda a, b: a + b > 2) == [
        "Lower the maximum of n_0 … n_1 to 1 (drops only the 96 % that fails)"
        ' | sizes = [hp.Int(f"n_{i}", 1, 1) for i in range(2)]'
    ]
    assert of_a_family(lambda a, b: abs(a - b) > 2) == [
        "Lower the maximum of n_0 … n_1 to 3 (drops 64 % of the space)"
        ' | sizes = [hp.Int(f"n_{i}", 1, 3) for i in range(2)]',
        "Raise the minimum of n_0 … n_1 to 3 (drops 64 % of the space)"
        ' | sizes = [hp.Int(f"n_{i}", 3, 5) for i in range(2)]',
        'Keep n_0 … n_1 at 3 (drops 96 % of the space) | sizes = [hp.Int(f"n_{i}", 3, 3) for i in range(2)]',
    ]


def test_without_a_failure_nothing_is_offered() -> None:
    written = module(FAMILY)
    analysis = failing(written, error(written, "no", "make"), [], [{"n_0": 1}], [{"n_0": 1}])
    (target,) = analysis.targets
    none = replace(target.causes[0], failing=())
    assert offered(written, replace(target, causes=(none,))) == []


def test_of_several_names_only_those_that_a_condition_blames_lose_values() -> None:
    call = 'hp.Choice(f"n_{i}", [1, 2, 3])'
    written = module(f"def build_model(hp):\n    return make([{call} for i in range(3)])\n")
    names = ("n_0", "n_1", "n_2")
    domains = [hyperparameter(written, name, call, "Choice", [1, 2, 3]) for name in names]
    space: list[Configuration] = [
        dict(zip(names, values, strict=True)) for values in itertools.product((1, 2, 3), repeat=3)
    ]
    bad = [each for each in space if each["n_1"] == 3]
    (target,) = failing(written, error(written, "no", "make"), domains, space, bad, "n_1 == 3").targets
    assert offered(written, target) == [
        "Drop 3 from n_0 … n_2 (drops 70 % of the space)"
        ' | return make([hp.Choice(f"n_{i}", [1, 2]) for i in range(3)])'
    ]


def test_what_no_failing_trial_reads_is_not_changed() -> None:
    written = module(TWO.format(last=4, more=""))
    domains = [
        hyperparameter(written, name, f'hp.Int("{name}", 1, 4)', "Int", range(1, 5)) for name in ("a", "b")
    ]
    space: list[Configuration] = [{"a": a, "b": b} for a in range(1, 4) for b in range(1, 5)]
    bad: list[Configuration] = [{"a": 4}]
    (target,) = failing(written, error(written, "no", "make"), domains, [*space, *bad], bad).targets
    (found,) = offered(written, target)
    assert found.startswith("Lower the maximum of a to 3 ")


@pytest.mark.parametrize("lasts", [{"c": 1, "a": 4, "b": 4}, {"a": 4, "b": 4, "c": 2}])
def test_a_range_that_does_not_matter_does_not_keep_two_others_from_shrinking(lasts: dict[str, int]) -> None:
    calls = {name: f'hp.Int("{name}", 1, {last})' for name, last in lasts.items()}
    written = module(f"def build_model(hp):\n    return make({', '.join(calls.values())})\n")
    domains = [
        hyperparameter(written, name, calls[name], "Int", range(1, last + 1)) for name, last in lasts.items()
    ]
    ranges = [range(1, last + 1) for last in lasts.values()]
    space: list[Configuration] = [
        dict(zip(lasts, values, strict=True)) for values in itertools.product(*ranges)
    ]
    bad = [each for each in space if each["a"] + each["b"] > 4]  # type: ignore[operator]
    (target,) = failing(written, error(written, "no", "make"), domains, space, bad).targets
    (found,) = offered(written, target)
    assert found.startswith("Lower the maximum of a to 2 and lower the maximum of b to 2 ")


def test_nothing_is_offered_that_leaves_only_what_is_never_drawn() -> None:
    call = 'hp.Int("n", -2, 1)'
    written = module(f'def build_model(hp):\n    return make({call}, hp.Int("b", 1, 4))\n')
    # Keras Tuner cuts towards zero, so that it draws no -2.
    domain = Hyperparameter("n", "Int", -2, (-2, -1, 0, 1), 4, -2, 1, None, "linear", span=at(written, call))
    domains = [domain, hyperparameter(written, "b", 'hp.Int("b", 1, 4)', "Int", range(1, 5))]
    space: list[Configuration] = [{"n": n, "b": b} for n in (-2, -1, 0, 1) for b in range(1, 5)]
    for bad in (
        [each for each in space if each["n"] != -2],
        [each for each in space if each["n"] != -2 or each["b"] > 2],  # type: ignore[operator]
    ):
        (target,) = failing(written, error(written, "no", "make"), domains, space, bad).targets
        assert target.coverage is not None
        assert offered(written, replace(target, coverage=replace(target.coverage, mode="sampled"))) == []


def test_what_fails_with_every_value_of_a_name_is_not_repaired_by_dropping_the_value_that_was_tried() -> None:
    written = module(
        """
        def build_model(hp):
            return make(hp.Int("kernel", 3, 9, step=2), hp.Choice("kind", ["a", "b", "c"]))
        """
    )
    hps = [
        hyperparameter(written, "kernel", 'hp.Int("kernel", 3, 9, step=2)', "Int", [3, 5, 7, 9]),
        hyperparameter(written, "kind", 'hp.Choice("kind", ["a", "b", "c"])', "Choice", ["a", "b", "c"]),
    ]
    fails = [{"kernel": 3, "kind": "b"}, {"kernel": 9, "kind": "a"}]
    space = [{"kernel": 3, "kind": "a"}, {"kernel": 5, "kind": "a"}, *fails]
    analysis = failing(written, error(written, "no", "make"), hps, space, fails, 'kernel == 9 or kind == "b"')
    (target,) = analysis.targets

    def titles(free: tuple[str, ...]) -> list[str]:
        reports = tuple(
            replace(each, free=free if each.configuration == fails[0] else ()) for each in target.reports
        )
        known = replace(target, reports=reports)
        return [fix.title for fix in tighten(known, target.causes[0], written.code)]

    assert any("of kernel" in title or "Keep kernel" in title for title in titles(()))
    assert titles(("kernel",))[:1] == [
        "Lower the maximum of kernel to 7 and drop 'b' from kind (drops only the 50 % that fails)"
    ]


def test_values_that_fail_like_the_one_that_was_tried_are_dropped_with_it() -> None:
    call = 'hp.Int("kernel", 3, 11, step=2)'
    written = module(f"def build_model(hp):\n    return make({call})\n")
    domain = hyperparameter(written, "kernel", call, "Int", [3, 5, 7, 9, 11])
    space = [{"kernel": 3}, {"kernel": 5}]
    analysis = failing(written, error(written, "no", "make"), [domain], space, space[1:], "kernel in (5, 7)")
    (target,) = analysis.targets
    alike = {3: (3, 9, 11), 5: (5, 7)}
    reports = tuple(
        replace(each, alike={"kernel": alike[each.configuration["kernel"]]})  # type: ignore[index]
        for each in target.reports
    )
    blind = replace(target.causes[0], condition=None)
    (fix, *_) = tighten(replace(target, reports=reports, causes=(blind,)), blind, written.code)
    assert fix.title.startswith("Choose kernel from 3, 9, 11 ")
