"""Values that carry their origin: what a run depends on, and what the values are meanwhile."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hypershape.agent.limits import Bound
from hypershape.agent.origins import Token, Tracker, identity, some_of
from hypershape.agent.trials import Trial


def met(tracker: Tracker, name: str, values: list[Any], place: int = 0) -> Any:
    return tracker.meet(name, values[place], values)


def test_arithmetic_needs_no_value() -> None:
    tracker = Tracker()
    filters = met(tracker, "filters", [8, 16, 32], 1)
    doubled = (filters * 2 + 1) // 3
    assert tracker.forced == set()
    assert [tracker.at(doubled, {"filters": i}) for i in range(3)] == [5, 11, 21]


@pytest.mark.parametrize(
    "use",
    [int, lambda v: bool(v - 8), float, str, hash, repr, range, "{}".format, lambda v: [0] * v, lambda v: {v: 1}, math.sqrt,
     lambda v: list(range(40))[v], lambda v: v > 16, lambda v: v == 16, lambda v: v.bit_length(), abs and (lambda v: v in (16, 17))],
)  # fmt: skip
def test_a_use_of_the_one_value_makes_the_run_depend_on_it_and_gives_what_the_value_gives(use: Any) -> None:
    tracker = Tracker()
    filters = met(tracker, "filters", [8, 16, 32], 1)
    assert use(filters) == use(16)
    assert set(tracker.allowed) == {"filters"}


def test_a_comparison_that_is_the_same_for_all_values_is_no_influence() -> None:
    tracker = Tracker()
    filters = met(tracker, "filters", [8, 16, 32])
    assert (filters > 4) is True
    assert (filters == "same") is False
    assert tracker.forced == set()


def test_a_comparison_of_values_between_the_known_ones_is_an_influence() -> None:
    tracker = Tracker()
    rate = tracker.meet("rate", 0.25, [0.0, 0.25, 0.5], whole=False)
    assert (rate >= 0) is True
    assert tracker.forced == {"rate"}


def test_an_isinstance_check_is_answered_like_the_value() -> None:
    tracker = Tracker()
    units = met(tracker, "units", [8, 16])
    assert isinstance(units, int)
    assert not isinstance(units, str)
    assert tracker.forced == set()


def test_only_the_names_that_an_answer_varies_with_are_influences() -> None:
    tracker = Tracker()
    a, b = met(tracker, "a", [1, 2, 3]), met(tracker, "b", [10, 20])
    assert not (a * 0 + b > 15)
    assert set(tracker.allowed) == {"b"}


def test_a_set_of_values_that_is_asked_for_makes_the_run_depend_on_all_below() -> None:
    tracker = Tracker()
    names = [met(tracker, name, [0, 1, 2, 3, 4]) for name in "abc"]
    total = tracker.few(names[0] + names[1] + names[2], always=True)
    assert type(total) is Token
    assert identity(tracker, total)[0] == ("#0",)
    assert int(total) == 0
    assert tracker.forced >= {"a", "b", "c"}


def test_a_branch_leaves_the_values_that_take_it() -> None:
    tracker = Tracker()
    units = met(tracker, "units", [16, 32, 64, 128], 2)
    assert units > 20
    assert tracker.alike("units") == [32, 64, 128]
    assert units // 64 != 0
    assert tracker.alike("units") == [64, 128]
    assert not units % 2
    assert int(units) == 64
    assert tracker.alike("units") == [64]


def test_two_names_that_decide_together_leave_values_that_do_in_any_combination() -> None:
    tracker = Tracker()
    a, b = met(tracker, "a", [1, 2, 3, 4], 3), met(tracker, "b", [1, 2, 3, 4], 3)
    assert a + b > 4
    assert all(x + y > 4 for x in tracker.alike("a") for y in tracker.alike("b"))
    assert len(tracker.alike("a")) * len(tracker.alike("b")) > 1


def test_an_error_of_one_value_is_raised_only_where_it_is_the_present_one() -> None:
    tracker = Tracker()
    width = met(tracker, "width", [0, 4, 8], 1)
    assert 8 // width == 2
    assert set(tracker.allowed) == {"width"}
    other = Tracker()
    with pytest.raises(ZeroDivisionError):
        8 // met(other, "width", [0, 4, 8], 0)


def test_a_long_domain_is_tried_at_its_start_its_end_and_between() -> None:
    places = some_of(1000, 500, 33)
    assert {0, 1, 2, 3, 4, 5, 6, 7, 999, 998, 500} <= set(places)
    assert len(places) <= 36


# ------------------------------------------------------------- trials


def trial(tracker: Tracker, tokens: list[Any], call: Any) -> tuple[dict[str, list[int]], list[Any]]:
    def at(here: dict[str, int]) -> Any:
        result = call(*[tracker.at(token, here) for token in tokens])
        return (("refused",), ()) if result is None else (("ok",), result)

    return Trial(tracker, tokens, at, Bound(math.inf)).run()


def test_a_call_that_refuses_some_values_depends_on_those_that_decide() -> None:
    tracker = Tracker()
    tokens = [met(tracker, "filters", [8, 16, 32]), met(tracker, "kernel", [3, 5, 7])]
    matter, sizes = trial(tracker, tokens, lambda f, k: (6 - k + 1, f) if k <= 6 else None)
    assert matter == {"kernel": [0, 1]}
    assert sizes == [("sum", ((-1, 1),), 7), ("sum", ((1, 0),), 0)]


def test_a_size_that_vanishes_between_two_choices_is_known_for_all() -> None:
    tracker = Tracker()
    tokens = [met(tracker, "kernel", [3, 5]), met(tracker, "padding", ["same", "valid"])]
    matter, (size,) = trial(tracker, tokens, lambda k, p: ((9 if p == "same" else 9 - k + 1) // 2,))
    assert matter == {}
    assert size == ("table", ("padding", "kernel"), {(0, 0): 4, (0, 1): 4, (1, 0): 3, (1, 1): 2})


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_what_does_not_matter_to_a_call_changes_nothing_about_it(data: st.DataObject) -> None:
    """Random calls of three values, refused by a random table: every claim holds at every combination."""
    domains = [list(range(1, data.draw(st.integers(2, 4)) + 1)) for _ in range(3)]
    tracker = Tracker()
    present = [data.draw(st.integers(0, len(domain) - 1)) for domain in domains]
    tokens = [
        met(tracker, f"n{i}", domain, place)
        for i, (domain, place) in enumerate(zip(domains, present, strict=True))
    ]
    bound = data.draw(st.integers(2, 12))
    weights = data.draw(st.tuples(*[st.integers(0, 3)] * 3))

    def call(*values: int) -> Any:
        total = sum(w * v for w, v in zip(weights, values, strict=True))
        return None if total > bound else (total, values[0] * 7, total // 2)

    matter, sizes = trial(tracker, tokens, call)
    here = call(*[domain[place] for domain, place in zip(domains, present, strict=True)])
    for assignment in tracker.all(("n0", "n1", "n2")):
        if any(assignment[name] not in places for name, places in matter.items()):
            continue
        result = call(*[domains[i][assignment[f"n{i}"]] for i in range(3)])
        assert (result is None) == (here is None)
        if result is None:
            continue
        tracker.narrow_all(matter)
        for size, expected in zip(sizes, result, strict=True):
            if not isinstance(size, tuple):
                assert size == expected
            elif size[0] == "table":
                assert size[2][tuple(assignment[name] for name in size[1])] == expected
            elif size[0] == "sum":
                assert sum(f * tracker.at(tokens[i], assignment) for f, i in size[1]) + size[2] == expected
            else:
                assert math.prod(tracker.at(tokens[i], assignment) for i in size[1]) * size[2] == expected
