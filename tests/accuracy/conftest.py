"""Counts comparisons and disagreements over all accuracy tests and prints them at the end."""

from __future__ import annotations

import pytest


class Tally:
    def __init__(self) -> None:
        self.comparisons = 0
        self.failing = 0
        self.disagreements: list[str] = []
        self.false_failures: list[str] = []

    def compare(self, what: str, difference: str | None, program, report, real) -> None:
        self.comparisons += 1
        self.failing += report["verdict"] == "fail"
        if difference is not None:
            text = f"{difference}\n{what}(x={getattr(program, 'x', None)}, y={getattr(program, 'y', None)})"
            self.disagreements.append(text)
            if difference.startswith("FALSE FAILURE"):
                self.false_failures.append(text)


_TALLY = Tally()


@pytest.fixture(scope="session")
def tally() -> Tally:
    return _TALLY


def pytest_terminal_summary(terminalreporter) -> None:
    terminalreporter.section("accuracy")
    terminalreporter.write_line(
        f"{_TALLY.comparisons} comparisons ({_TALLY.failing} of them fail to build or train), "
        f"{len(_TALLY.disagreements)} disagreements, {len(_TALLY.false_failures)} false failures"
    )
    for text in _TALLY.disagreements:
        terminalreporter.write_line("\n" + text)
