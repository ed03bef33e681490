"""Counts comparisons and disagreements over all accuracy tests and prints them at the end."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pytest

from .programs import Program


class Group:
    """The comparisons of one kind of programs."""

    def __init__(self) -> None:
        self.comparisons = 0
        self.failing = 0
        self.disagreements: list[str] = []
        self.false_failures = 0
        self.unchecked = 0


class Tally:
    def __init__(self) -> None:
        self.groups: dict[str, Group] = defaultdict(Group)

    def add(self, name: str, program: Program, real: Any, difference: str | None) -> str | None:
        """Counts one comparison, and returns the text of a disagreement."""
        group = self.groups[name]
        group.comparisons += 1
        group.failing += real["error"] is not None
        if difference is None:
            return None
        text = f"{difference}\n{program.source}(x={program.x}, y={program.y})"
        group.disagreements.append(text)
        group.unchecked += difference.startswith("not checked")
        group.false_failures += difference.startswith("FALSE FAILURE")
        return text


_TALLY = Tally()


@pytest.fixture(scope="session")
def tally() -> Tally:
    return _TALLY


def pytest_terminal_summary(terminalreporter: Any) -> None:
    if not _TALLY.groups:
        return
    terminalreporter.section("accuracy")
    write = terminalreporter.write_line
    write(
        f"{'':<20}{'comparisons':>12}{'really fail':>13}{'disagreements':>15}{'not checked':>13}{'false failures':>16}"
    )
    total = Group()
    for name, group in [*_TALLY.groups.items(), ("all", total)]:
        write(
            f"{name:<20}{group.comparisons:>12,}{group.failing:>13,}{len(group.disagreements):>15,}"
            f"{group.unchecked:>13,}{group.false_failures:>16,}"
        )
        if group is not total:
            total.comparisons += group.comparisons
            total.failing += group.failing
            total.disagreements += group.disagreements
            total.unchecked += group.unchecked
            total.false_failures += group.false_failures
