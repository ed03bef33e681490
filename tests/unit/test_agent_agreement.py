"""A call of a layer passes unasked only if all that holds among its numbers was seen in calls that passed."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from hypershape.agent.agreement import Agreement, operated, split


class Attending:
    def __init__(self, heads: int, width: int = 8, axes: Any = None) -> None: ...


def kind(*args: Any, own: bool = False, **kwargs: Any) -> Any:
    """What memory knows of a layer with these arguments, as far as it is asked here."""

    def plain(value: Any) -> Any:
        return value if isinstance(value, tuple) else (type(value), value)

    given = (dict, *[((str, name), plain(value)) for name, value in kwargs.items()]) if kwargs else None
    key = (Attending, (tuple(plain(each) for each in args), given), "settings")
    return SimpleNamespace(key=key, own=own, maker=Attending, cls=Attending, results={})


def tensor(*sizes: Any) -> Any:
    return ((tuple, ("t", (None, *sizes), "float32")), None)


def passed(*calls: Any) -> Agreement:
    agreement = Agreement()
    for call in calls:
        agreement.add(call, True)
    return agreement


def asked(agreement: Agreement, call: Any, times: int = 20) -> int:
    """How often a call is asked of so many."""
    return sum(not agreement.covers(call) for _ in range(times))


def test_a_call_is_asked_until_each_relation_of_its_numbers_has_passed() -> None:
    agreement = passed(split(kind(12), tensor(30)), split(kind(7), tensor(9)))
    assert asked(agreement, split(kind(5), tensor(16))) < 20
    assert asked(agreement, split(kind(5), tensor(15))) == 20, "a multiple was never seen"
    assert asked(agreement, split(kind(16), tensor(7))) == 20, "nor was a smaller size"


def test_equal_numbers_pass_where_either_was_the_larger_one() -> None:
    agreement = passed(split(kind(12), tensor(30)), split(kind(7), tensor(9)))
    assert asked(agreement, split(kind(8), tensor(8))) == 20
    agreement.add(split(kind(30), tensor(12)), True)
    assert asked(agreement, split(kind(8), tensor(8))) < 20


def test_what_fails_for_different_sizes_is_not_covered_by_equal_ones() -> None:
    agreement = passed(*[split(kind(size), tensor(size)) for size in (8, 12, 16)])
    assert asked(agreement, split(kind(20), tensor(20))) < 20
    assert asked(agreement, split(kind(20), tensor(10))) == 20


def test_a_call_that_should_pass_is_asked_less_and_less_often() -> None:
    agreement = passed(split(kind(12), tensor(30)), split(kind(7), tensor(9)))
    assert asked(agreement, split(kind(5), tensor(16)), 1000) == 10


def test_where_a_call_was_refused_that_should_have_passed_each_one_is_asked() -> None:
    passing = [split(kind(12), tensor(30)), split(kind(7), tensor(9))]
    after, before = passed(*passing), Agreement()
    after.add(split(kind(5), tensor(16)), False)
    before.add(split(kind(5), tensor(16)), False)
    for call in passing:
        before.add(call, True)
    for agreement in (after, before):
        assert asked(agreement, split(kind(7), tensor(30))) == 20


def test_ranks_axes_and_open_or_single_sizes_make_another_case() -> None:
    calls = [
        split(kind(12), tensor(30)), split(kind(12), tensor(30, 4)), split(kind(12), tensor(None)),
        split(kind(12), tensor(1)), split(kind(12, axes=2), tensor(30)), split(kind(12, axes=3), tensor(30)),
        split(kind(12, width=0), tensor(30)), split(kind(12, width=0.0), tensor(30)),
    ]  # fmt: skip
    assert len({call[0] for call in calls if call is not None}) == len(calls)


def test_the_layer_inside_of_another_one_counts_with_its_arguments() -> None:
    inner = [kind(3), kind(5), kind(5, axes=1)]
    calls = [split(kind((Attending, each)), tensor(30)) for each in inner]
    assert calls[0] is not None and calls[0][1] == (3, 30)
    forms = [call[0] for call in calls if call is not None]
    assert forms[0] == forms[1] != forms[2]


def test_code_of_the_users_own_is_asked_each_time() -> None:
    assert split(kind(12, own=True), tensor(30)) is None
    assert split(kind((Attending, kind(3, own=True))), tensor(30)) is None
    function = (type(tensor), "its key")
    assert split(kind(12, width=function), tensor(30)) is None


def refused(agreement: Agreement, *pairs: tuple[int, int]) -> Agreement:
    for units, size in pairs:
        agreement.add(split(kind(units), tensor(size)), False)
    return agreement


UNEQUAL = ((8, 16), (8, 12), (8, 20), (16, 8), (12, 8), (20, 8), (24, 16), (16, 24))


def is_refused(agreement: Agreement, units: int, *sizes: int, times: int = 20) -> bool:
    """Whether a call is held to be refused most times."""
    call = split(kind(units), tensor(*sizes))
    assert call is not None
    return sum(agreement.refuses(call) for _ in range(times)) > times // 2


def test_a_call_is_refused_unasked_if_two_numbers_differ_that_were_equal_wherever_one_passed() -> None:
    agreement = refused(passed(*[split(kind(size), tensor(size)) for size in (8, 16)]), *UNEQUAL)
    assert is_refused(agreement, 28, 30) and is_refused(agreement, 60, 30)
    assert not is_refused(agreement, 30, 30)


def test_an_equality_is_believed_once_many_were_refused_that_violate_it_in_all_ways() -> None:
    passing = [split(kind(size), tensor(size)) for size in (8, 16)]
    assert not is_refused(refused(passed(*passing), *UNEQUAL[:5]), 28, 30)
    assert not is_refused(refused(passed(passing[0]), *UNEQUAL), 28, 30), "one size that passes is no rule"
    smaller = [(8, size) for size in range(9, 18)]
    assert not is_refused(refused(passed(*passing), *smaller), 30, 28), "a larger one was never refused"


def test_a_call_that_passed_or_failed_against_an_equality_ends_the_belief_in_it() -> None:
    passing = [split(kind(size), tensor(size)) for size in (8, 16)]
    assert not is_refused(refused(passed(*passing, split(kind(4), tensor(2))), *UNEQUAL), 28, 30)
    assert not is_refused(refused(passed(*passing), *UNEQUAL, (32, 32)), 28, 30)


def test_where_two_equalities_are_possible_a_call_is_asked_that_violates_one_of_them() -> None:
    agreement = Agreement()
    for size in (8, 16):
        agreement.add(split(kind(size), tensor(size, size)), True)
    for units, size in UNEQUAL:
        agreement.add(split(kind(units), tensor(size, size)), False)
    assert is_refused(agreement, 28, 30, 30)
    assert not is_refused(agreement, 28, 30, 28) and not is_refused(agreement, 28, 28, 30)


def test_a_call_that_should_be_refused_is_asked_less_and_less_often() -> None:
    agreement = refused(passed(*[split(kind(size), tensor(size)) for size in (8, 16)]), *UNEQUAL)
    call = split(kind(28), tensor(30))
    assert call is not None
    assert sum(not agreement.refuses(call) for _ in range(1000)) == 10


def operation(name: str, shape: tuple[int, ...], *tensors: tuple[Any, ...], **config: Any) -> Any:
    """A call of an operation that was made of a shape, on tensors."""
    made = (dict, ((str, "newshape"), (tuple, *[(int, size) for size in shape])))
    made += tuple(((str, name), (int, value)) for name, value in config.items())
    inputs = (tuple, *[("t", (None, *sizes), "float32") for sizes in tensors]), (dict,)
    return operated(name, made, inputs, "settings")


def test_an_operation_is_asked_until_its_sizes_were_seen_to_go_together() -> None:
    agreement = passed(operation("matmul", (), (20, 16), (16, 40)), operation("matmul", (), (30, 9), (9, 21)))
    assert asked(agreement, operation("matmul", (), (20, 15), (15, 32))) < 20
    assert asked(agreement, operation("matmul", (), (20, 15), (14, 32))) == 20


def test_a_reshape_passes_unasked_only_where_nothing_is_left_over() -> None:
    passing = [operation("reshape", (-1, 3, 8), (6, 4)), operation("reshape", (-1, 6, 6), (9, 4))]
    assert asked(passed(*passing), operation("reshape", (-1, 5, 16), (10, 8))) < 20
    assert asked(passed(*passing), operation("reshape", (-1, 3, 10), (6, 4))) == 20


def test_a_number_that_an_operation_is_made_of_is_another_case() -> None:
    agreement = passed(*[operation("roll", (), (size, 9), shift=5) for size in (20, 30, 40)])
    assert asked(agreement, operation("roll", (), (50, 9), shift=5)) < 20
    assert asked(agreement, operation("roll", (), (50, 9), shift=6)) == 20
