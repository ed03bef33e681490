"""Examples whose search really fails, and really succeeds after the preferred fix."""

import asyncio

import pytest

from hypershape import rules
from tests.rules import judge

pytestmark = pytest.mark.tensorflow

SAMPLE = ("HS101-0", "HS301-0", "HS404-0")


@pytest.fixture(scope="module")
def rows() -> list[judge.Row]:
    # Imported before the first fork, so that each child has it at once.
    import keras_tuner  # noqa: F401

    return asyncio.run(judge.judged([name.partition("-")[0] for name in SAMPLE], valid=False))


@pytest.mark.parametrize("name", SAMPLE)
def test_a_search_that_fails_succeeds_after_the_preferred_fix(name: str, rows: list[judge.Row]) -> None:
    each = next(each for row in rows for each in row.invalid if each.name == name)
    done = judge.searched_once(each)
    assert done.before is not None
    assert done.after is None


def test_a_repair_that_repairs_nothing_is_noticed(rows: list[judge.Row]) -> None:
    each = next(each for row in rows for each in row.invalid if each.name == "HS301-0")
    assert judge.searched_once(each, each.example.text).after is not None


def test_every_rule_about_a_text_has_examples_that_are_found_and_such_as_are_not() -> None:
    for rule in rules.all_rules():
        if rule.code not in judge.WITHOUT_EXAMPLES:
            assert rule.INVALID and rule.VALID, rule.code
    assert sum(len(rule.INVALID) for rule in rules.all_rules()) >= 120
    assert sum(len(rule.VALID) for rule in rules.all_rules()) >= 150
