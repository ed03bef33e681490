"""What a call comes to is foretold only where all that holds among its numbers was seen, and its sizes follow from them."""

from __future__ import annotations

from typing import Any

import pytest

from hypershape.agent.agreement import Foretelling, asked, asked_of_operation

from .engine_child import in_child, load
from .test_agent_agreement import kind, tensor

PASSED, REFUSED = ("t",), ("refused",)


def told(foretelling: Foretelling, call: Any, times: int = 20) -> set[Any]:
    """What is foretold of a call that is asked for so often; None where it is made each time."""
    found = {foretelling.outcome(call) for _ in range(times)}
    return found - {None} or {None}


def called(units: int, *sizes: int, **made: Any) -> Any:
    return asked(kind(units, **made), tensor(*sizes))


def met(*calls: tuple[Any, tuple[int, ...] | None]) -> Foretelling:
    """What is known once these calls came to these sizes, or were refused."""
    foretelling = Foretelling()
    for call, sizes in calls:
        passes = sizes is not None
        assert foretelling.add(call, (PASSED if passes else REFUSED, sizes or ()), passes)
    return foretelling


def test_sizes_follow_from_numbers_as_in_all_calls_like_it() -> None:
    foretelling = met((called(12, 30), (12, 19)), (called(7, 9), (7, 3)), (called(5, 16), (5, 12)))
    assert told(foretelling, called(11, 25)) == {(PASSED, (11, 15))}
    twice = met((called(12, 30), (24,)), (called(7, 9), (14,)), (called(5, 16), (10,)))
    assert told(twice, called(11, 25)) == {(PASSED, (22,))}


def test_a_call_is_made_where_a_relation_was_not_seen_or_two_formulas_fit() -> None:
    foretelling = met((called(12, 30), (12,)), (called(7, 9), (7,)))
    assert told(foretelling, called(5, 16)) == {(PASSED, (5,))}
    assert told(foretelling, called(5, 15)) == {None}, "a multiple was never seen"
    assert told(foretelling, called(16, 7)) == {None}, "nor was a smaller size"
    unclear = met((called(7, 16), (7,)), (called(7, 30), (7,)))
    assert told(unclear, called(5, 18)) == {None}, "it may be 7 whatever the layer is made of"
    assert told(unclear, called(7, 18)) == {(PASSED, (7,))}


def test_a_size_that_no_numbers_give_or_that_is_none_is_not_foretold() -> None:
    foretelling = met((called(12, 30), (100,)), (called(7, 9), (3,)), (called(5, 16), (41,)))
    assert told(foretelling, called(11, 25)) == {None}
    shrinking = met((called(30, 12), (19,)), (called(31, 9), (23,)), (called(12, 30), (0,)))
    assert told(shrinking, called(13, 28)) == {None}


def dilated(kernel: int, dilation: int, length: int) -> Any:
    return asked(kind(kernel, dilation_rate=(int, dilation)), tensor(length))


SPREAD = ((3, 2, 50), (4, 3, 61), (2, 5, 40), (5, 2, 33), (3, 7, 47), (5, 9, 43))


def test_a_size_may_follow_from_three_numbers() -> None:
    calls = [(dilated(k, d, n), (n - (k - 1) * d,)) for k, d, n in SPREAD]
    assert told(met(*calls), dilated(4, 5, 53)) == {(PASSED, (38,))}
    assert told(met(*calls[:1]), dilated(4, 5, 53)) == {None}


def strided(kernel: int, stride: int, length: int) -> Any:
    return asked(kind(kernel, strides=(int, stride)), tensor(length))


def test_a_stride_that_halves_odd_lengths_is_not_taken_for_a_division() -> None:
    lengths = ((2, 27), (3, 27), (3, 31), (2, 31), (5, 17))
    foretelling = met(*[(strided(3, s, n), ((n - 3) // s + 1,)) for s, n in lengths])
    assert told(foretelling, strided(3, 2, 29)) == {(PASSED, (14,))}
    assert told(foretelling, strided(3, 2, 28)) == {None}, "13, and not 28 // 2"


def test_a_call_whose_size_would_be_none_is_made_and_takes_no_trust_when_it_is_refused() -> None:
    foretelling = met(*[(dilated(k, d, n), (n - (k - 1) * d,)) for k, d, n in SPREAD])
    too_long = dilated(5, 11, 41)
    assert told(foretelling, too_long) == {None}
    foretelling.add(too_long, (REFUSED, ()), False)
    assert told(foretelling, dilated(4, 5, 53)) == {(PASSED, (38,))}


def test_what_a_number_does_that_never_moved_is_asked() -> None:
    foretelling = met(*[(called(7, size), (size - 7,)) for size in (16, 30, 25)])
    assert told(foretelling, called(7, 23)) == {(PASSED, (16,))}
    assert told(foretelling, called(5, 23)) == {None}


def test_a_call_is_refused_for_numbers_that_were_equal_in_all_that_passed() -> None:
    passed = [(called(units, units, size), (units,)) for units, size in ((4, 9), (6, 13), (9, 20))]
    refused = [
        (called(units, units + 1, size), None)
        for units, size in ((4, 9), (6, 13), (5, 11), (7, 15), (8, 17), (9, 19))
    ]
    assert told(met(*passed, *refused[:3]), called(10, 11, 23)) == {None}
    assert told(met(*refused), called(10, 11, 23)) == {None}, "what passes was never seen"
    foretelling = met(*passed, *refused)
    assert told(foretelling, called(10, 11, 23)) == {(REFUSED, ())}
    assert foretelling.add(called(11, 12, 25), (PASSED, (11,)), True) is False, (
        "what was foretold may be wrong"
    )
    assert told(foretelling, called(10, 11, 23)) == {None}


def test_a_number_that_an_operation_is_made_with_relates_to_sizes() -> None:
    def largest(count: int, size: int) -> Any:
        config = (dict, ((str, "k"), (int, count)))
        return asked_of_operation(
            "top_k", config, ((tuple, ("t", (None, size, size), "float32")),), "settings"
        )

    foretelling = met(*[(largest(16, size), (size, 16)) for size in (19, 23, 30)])
    assert told(foretelling, largest(16, 25)) == {(PASSED, (25, 16))}
    assert told(foretelling, largest(16, 9)) == {None}, "fewer than 16 were never seen"


def test_what_shapes_hold_together_is_told_apart() -> None:
    fits = [
        asked(kind(shape=(tuple, (int, a), (int, b))), tensor(c, d))
        for a, b, c, d in ((3, 8, 6, 4), (6, 6, 9, 4))
    ]
    foretelling = met(*[(call, call[1][:2]) for call in fits])
    right, wrong = (asked(kind(shape=(tuple, (int, 5), (int, 16))), tensor(10, last)) for last in (8, 9))
    assert right is not None and wrong is not None and right[0] != wrong[0]
    assert told(foretelling, wrong) == {None}
    operations = [
        asked_of_operation("reshape", (dict, ((str, "newshape"), (tuple, (int, -1), (int, 8)))), ((tuple, ("t", (None, size), "float32")),), "settings")
        for size in (16, 17)
    ]  # fmt: skip
    assert operations[0][0] != operations[1][0]  # type: ignore[index]


def test_a_layer_does_the_same_under_another_name_but_for_one_that_a_backend_may_refuse() -> None:
    assert called(4, 8, name="one")[0] == called(4, 8, name="two_2")[0] == called(4, 8, name="x")[0]
    assert called(4, 8, name="one")[0] != called(4, 8, name="one layer")[0]


def test_where_a_call_came_to_something_else_each_one_is_made() -> None:
    foretelling = met((called(12, 30), (12,)), (called(7, 9), (7,)))
    assert told(foretelling, called(5, 16)) == {(PASSED, (5,))}
    assert not foretelling.add(called(5, 17), (PASSED, (6,)), True), "what was foretold may be wrong"
    assert told(foretelling, called(5, 16)) == {None}
    refusing = met((called(12, 30), (12,)), (called(7, 9), (7,)))
    assert refusing.add(called(5, 16), (REFUSED, ()), False), "nothing was foretold yet"
    assert told(refusing, called(5, 16)) == {None}


def test_a_call_that_can_be_foretold_is_made_less_and_less_often() -> None:
    foretelling, call = met((called(12, 30), (12,)), (called(7, 9), (7,))), called(5, 16)
    assert sum(foretelling.outcome(call) is None for _ in range(1000)) == 10


STACK = """
import keras
from keras import layers

def build(hp):
    x = inputs = keras.Input((40, 6))
    for i in range(3):
        x = layers.LSTM(hp.Int(f"units_{i}", 16, 128, step=16), return_sequences=True, name=f"level_{i}")(x)
    model = keras.Model(inputs, layers.Dense(2)(x))
    model.compile("adam", "mse")
    return model
"""


def _made() -> tuple[list[str], int]:
    """What is free in a stack of layers, and how often one was really called to find that out."""
    from hypershape.agent import remembered
    from hypershape.agent.engine import Engine

    from .engine_child import PATH

    function, calls = load(STACK), []
    engine, plain = Engine(None, [PATH]), remembered.Memory._try

    def counted(memory: Any, called: Any, *rest: Any) -> Any:
        calls.append(called.cls.__name__)
        return plain(memory, called, *rest)

    remembered.Memory._try = counted  # type: ignore[method-assign]
    return sorted(engine.probe(function, {}, "symbolic")["free"]), calls.count("LSTM")


@pytest.mark.tensorflow
def test_a_stack_is_followed_with_few_real_calls() -> None:
    pytest.importorskip("keras_tuner")
    free, calls = in_child(_made)
    assert free == ["units_0", "units_1", "units_2"]
    assert calls < 50, "of 150 and more"


def test_what_a_step_refuses_has_sizes_that_follow_from_numbers_too() -> None:
    """A state that is not as wide as its layer is refused by a step; the build gives the sizes all the same."""
    form = "a layer with a state"
    widths = ((4, 4), (8, 8), (12, 12), (4, 8), (8, 4), (4, 12), (12, 4), (8, 12), (12, 8), (5, 7))
    foretelling = Foretelling()
    for units, state in widths:
        passes = units == state
        outcome = (PASSED if passes else REFUSED, (units,))
        assert foretelling.add((form, (units, state)), outcome, passes)
    assert told(foretelling, (form, (9, 20))) == {(REFUSED, (9,))}
    assert told(foretelling, (form, (9, 9))) == {(PASSED, (9,))}
    assert not foretelling.add((form, (6, 20)), (REFUSED, (20,)), False), "another size than was foretold"
    assert told(foretelling, (form, (9, 20))) == {None}


def joined(*tensors: tuple[int, ...]) -> Any:
    return asked(kind(), ((list, *[("t", (None, *sizes), "float32") for sizes in tensors]), None))


def test_a_size_may_be_the_sum_of_one_axis_of_many_tensors() -> None:
    widths = ((3, 5, 7, 8), (4, 6, 11, 13), (5, 13, 18, 25), (3, 14, 20, 31), (4, 9, 17, 23), (5, 7, 23, 41))
    calls = [
        (joined(*[(length, each) for each in some]), (length, sum(some)))
        for length, some in zip((47, 53, 59, 61, 67, 71), widths, strict=True)
    ]
    foretelling = met(*calls)
    assert told(foretelling, joined(*[(73, each) for each in (4, 7, 10, 19)])) == {(PASSED, (73, 40))}
    assert told(met(*calls[:1]), joined(*[(73, each) for each in (4, 7, 10, 19)])) == {None}


def shaped(width: int, *shape: int) -> Any:
    return asked(kind(shape=(tuple, *[(int, each) for each in shape])), tensor(width))


def test_a_call_is_refused_for_two_that_hold_differently_much_where_only_as_much_was_taken() -> None:
    passed = [(shaped(a * b, a, b), (a, b)) for a, b in ((3, 8), (5, 6))]
    refused = [
        (shaped(width, a, b), None)
        for width, a, b in ((77, 3, 8), (91, 5, 6), (83, 3, 7), (100, 6, 9), (95, 2, 11), (111, 9, 4))
    ]
    assert told(met(*passed, *refused[:4]), shaped(97, 4, 7)) == {None}
    assert told(met(*refused), shaped(97, 4, 7)) == {None}, "what passes was never seen"
    foretelling = met(*passed, *refused)
    assert told(foretelling, shaped(97, 4, 7)) == {(REFUSED, ())}
    assert told(foretelling, shaped(97, 7, 7)) == {None}, "two equal sizes were never refused"
    assert told(foretelling, shaped(13, 4, 7)) == {None}, "nor was a tensor that holds less"
    assert not foretelling.add(shaped(101, 4, 7), (PASSED, (4, 7)), True), "what was foretold may be wrong"
    assert told(foretelling, shaped(97, 4, 7)) == {None}


def test_what_passed_with_differently_much_is_not_refused_for_it() -> None:
    passed = [(shaped(width, a, b), (a, b)) for width, a, b in ((24, 3, 8), (30, 5, 6), (120, 4, 10))]
    refused = [
        (shaped(width, a, b), None)
        for width, a, b in ((77, 3, 8), (91, 5, 6), (83, 3, 7), (100, 6, 9), (95, 2, 11), (111, 9, 4))
    ]
    assert told(met(*passed, *refused), shaped(97, 4, 7)) == {None}
