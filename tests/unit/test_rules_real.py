"""Every example of a rule that a probe decides, through the whole pipeline against the real Keras and Keras Tuner."""

import asyncio
import sys
from collections.abc import Callable, Iterator

import pytest

from hypershape import analysis, fixes, rules, source
from hypershape.model import Analysis, Options
from hypershape.probe import Agent
from hypershape.rules import Example, Rule

from .handmade import underlined

pytestmark = pytest.mark.tensorflow


@pytest.fixture(scope="module")
def analysed() -> Iterator[Callable[[Rule, Example], Analysis]]:
    loop = asyncio.new_event_loop()
    agent = Agent([sys.executable])

    def analyse(rule: Rule, example: Example) -> Analysis:
        document = source.from_text("/project/model.py", example.text)
        options = Options(
            level="auto" if rule.rehearsed or example.played else "symbolic",
            fixes_offered=1 if example.fixed is not None else 0,
            on_top=True,
            memory=example.memory,
        )
        return loop.run_until_complete(analysis.run(document, agent, options))

    yield analyse
    loop.run_until_complete(agent.close())
    loop.close()


VALID_HERE = 1
"""So many VALID examples of each rule are run here, to bound the time; `make rules` runs them all."""


def cases(kind: str, most: int | None = None) -> list[object]:
    """The first example of each second rule in every run of the tests; of VALID ones a third, and none that is played."""
    return [
        pytest.param(
            rule,
            example,
            id=f"{rule.code}-{number}",
            marks=pytest.mark.long
            if number
            or (not most and place % 2)
            or (most and (place % 3 or rule.rehearsed or example.played))
            else (),
        )
        for place, rule in enumerate(rules.all_rules())
        for number, example in enumerate(getattr(rule, kind)[:most])
        if "import keras\n" in example.text
    ]


@pytest.mark.parametrize(("rule", "example"), cases("INVALID"))
def test_an_invalid_example_is_found_blamed_and_repaired(
    rule: Rule, example: Example, analysed: Callable[[Rule, Example], Analysis]
) -> None:
    done = analysed(rule, example)
    found = [each for each in done.findings if each.code == rule.code]
    assert found, [each.message for each in done.findings]
    if example.at is not None:
        assert underlined(found[0], done.module) == example.at
    if example.condition is not None:
        assert str(found[0].condition) == example.condition
    if example.fixed is not None:
        assert found[0].fixes and found[0].fixes[0].verified
        assert example.fixed in fixes.apply(done.module.document, found[0].fixes[0].edits).text


@pytest.mark.parametrize(("rule", "example"), cases("VALID", VALID_HERE))
def test_a_valid_example_has_no_finding(
    rule: Rule, example: Example, analysed: Callable[[Rule, Example], Analysis]
) -> None:
    assert [each.message for each in analysed(rule, example).findings] == []
