"""What rises in Python code that TensorFlow calls is told apart from what TensorFlow makes of it."""

from __future__ import annotations

import contextlib
from typing import Any

from hypershape.agent.called import Called
from hypershape.agent.positions import Positions


class TensorFlowsError(Exception):
    __module__ = "tensorflow.python.framework.errors_impl"


def raised(function: Any, *args: Any) -> Called:
    """What is known once TensorFlow has called a function."""
    called = Called(Positions([__file__]))
    with contextlib.suppress(Exception):
        called.watched(lambda: function(*args))()
    return called


def test_an_error_of_the_users_is_behind_that_of_tensorflow_which_quotes_it() -> None:
    found = raised({"a": 1}.__getitem__, "b").behind(
        TensorFlowsError("KeyError: 'b'\nTraceback (most recent …")
    )
    assert isinstance(found, KeyError)


def test_an_error_that_is_not_quoted_is_another_one() -> None:
    assert raised(int, "b").behind(TensorFlowsError("ValueError: something else")) is None


def test_an_error_of_python_itself_has_nothing_behind_it() -> None:
    assert (
        raised(int, "b").behind(ValueError("ValueError: invalid literal for int() with base 10: 'b'")) is None
    )


def test_the_end_of_an_iterator_is_no_error() -> None:
    assert raised(next, iter(())).behind(TensorFlowsError("StopIteration: ")) is None


def test_what_no_code_of_the_users_raises_is_left_to_tensorflow() -> None:
    called = Called(Positions(["other.py"]))
    try:
        called.watched(lambda: int("b"))()
    except ValueError as error:
        assert called.behind(TensorFlowsError(f"ValueError: {error}")) is None
