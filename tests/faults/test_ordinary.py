"""Ordinary side effects are nobody's mistake: each configuration builds, or is not checked and says what was refused."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from hypershape.model import Slice, SliceFile
from hypershape.probe import Agent, Limits, SliceFailed
from tests.faults import ordinary
from tests.thinned import one_of

pytestmark = [pytest.mark.tensorflow, pytest.mark.asyncio(loop_scope="module")]

NEEDS = {
    "build: a cache in the home folder": "change files",
    "build: a file in the home folder": "write files",
    "build: a file in /var": "write files",
    "build: a weight file of Keras": "does not let a probe",
    "build: a download": "use the network",
    "build: a message to a server": "use the network",
    "build: nvidia-smi": "start programs",
    "build: a program's output": "start programs",
    "top: pip install": "start programs",
    "top: git's revision": "start programs",
}
"""What cannot be done in a scratch folder, and what is told of it."""


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def agent() -> AsyncIterator[Agent]:
    agent = Agent([sys.executable])
    yield agent
    await agent.close()


async def outcome(agent: Agent, text: str, place: Path) -> str:
    """ "builds", or why the defaults are not checked, or the failure that is told."""
    place.write_text(text)
    try:
        job = await agent.open(
            Slice((SliceFile(str(place), "__main__", text),), "build_model"), limits=Limits(seconds=10.0)
        )
    except SliceFailed as failed:
        return f"{failed.error.stage}: {failed.error.message}"
    try:
        (report,) = [each async for each in job.probe([{}], "symbolic")]
    finally:
        job.end()
    if report.error is None:
        return "builds"
    return f"{report.verdict}: {report.error.message}"


@pytest.mark.parametrize("name", one_of(2, ordinary.files()))
async def test_an_ordinary_side_effect_is_no_failure(name: str, agent: Agent, tmp_path: Path) -> None:
    found = await outcome(agent, ordinary.files()[name], tmp_path / "train.py")
    assert [path.name for path in tmp_path.iterdir()] == ["train.py"]
    if found == "builds":
        return
    assert found.startswith(("unknown: ", "limit: ")), found
    assert NEEDS.get(name, "nothing") in found, found


async def test_the_suite_has_sixty() -> None:
    assert len(ordinary.files()) >= 60 and set(ordinary.files()) >= set(NEEDS)
