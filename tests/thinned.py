"""Cases of one kind of which every run of the tests has some, and `make long` the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest
from _pytest.mark.structures import ParameterSet


def one_of(count: int, cases: Iterable[Any], name: Callable[[Any], str] = str) -> list[ParameterSet]:
    """All cases, of which each `count`-th is in every run, the first among them."""
    return [
        pytest.param(each, id=name(each), marks=pytest.mark.long if place % count else ())
        for place, each in enumerate(cases)
    ]
