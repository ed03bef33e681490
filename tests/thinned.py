"""Cases of one kind of which every run of the tests has some, and `make long` the others."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any

import pytest
from _pytest.mark.structures import ParameterSet


def one_of(count: int, cases: Iterable[Any], name: Callable[[Any], str] = str) -> list[ParameterSet]:
    """All cases, of which each `count`-th is in every run, the first among them."""
    return [pytest.param(each, id=name(each), marks=_mark(place, count)) for place, each in enumerate(cases)]


def one_row_of(count: int, rows: Iterable[Sequence[Any]]) -> list[ParameterSet]:
    """The same of cases with several values each."""
    return [pytest.param(*row, marks=_mark(place, count)) for place, row in enumerate(rows)]


def _mark(place: int, count: int) -> Collection[pytest.MarkDecorator]:
    return (pytest.mark.long,) if place % count else ()
