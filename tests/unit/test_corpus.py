"""Every file of the corpus gives what `expected.toml` says of it."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from hypershape.probe import Agent
from tests.corpus.judge import FILES, expectations, judge
from tests.thinned import one_of

EXPECTED = expectations()


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def agent() -> AsyncIterator[Agent]:
    agent = Agent([sys.executable])
    yield agent
    await agent.close()


@pytest.mark.tensorflow
@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("name", one_of(5, EXPECTED))
async def test_a_file_as_people_write_it_gives_what_is_expected_of_it(name: str, agent: Agent) -> None:
    outcome = await judge(name, EXPECTED[name], agent)
    assert outcome.news == []


def test_every_file_of_the_corpus_has_an_expectation_or_is_imported_by_one_that_has() -> None:
    files = {p.relative_to(FILES).as_posix() for p in FILES.rglob("*") if p.suffix in (".py", ".ipynb")}
    helpers = {name for each in EXPECTED.values() for name in each.get("imports", [])}
    assert files == set(EXPECTED) | helpers


def test_half_of_the_corpus_are_notebooks_and_two_in_five_hold_a_failure() -> None:
    notebooks = sum(name.endswith(".ipynb") for name in EXPECTED)
    failing = sum(bool(each.get("failures")) for each in EXPECTED.values())
    assert len(EXPECTED) >= 65
    assert 0.4 <= notebooks / len(EXPECTED) <= 0.6
    assert 0.3 <= failing / len(EXPECTED) <= 0.5
