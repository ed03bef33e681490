"""Interpreters that take long to import Keras, as on a busy machine: waited for, and named for what they are."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

from hypershape.probe import Agent, AgentFailed
from hypershape.probe.agent import MOST_DRESSED


def interpreter(folder: Path, keras: str) -> list[str]:
    """A Python in which `import keras` does something else, and each start of which is noted."""
    for name, text in (
        ("keras", f"import os\nwith open({str(folder / 'starts')!r}, 'a') as f: f.write('x')\n{keras}"),
        ("keras_tuner", ""),
    ):
        (folder / name).mkdir()
        (folder / name / "__init__.py").write_text(text)
    return ["env", f"PYTHONPATH={folder}", sys.executable]


async def test_a_python_that_does_not_get_keras_imported_is_not_taken_for_something_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hypershape.probe.agent.START_SECONDS", 0.5)
    agent = Agent(interpreter(tmp_path, "import time\ntime.sleep(600)"))
    with pytest.raises(AgentFailed) as raised:
        await agent.environment()
    assert "did not get Keras imported" in str(raised.value)
    await agent.close()


async def test_an_edit_while_the_interpreter_starts_does_not_start_it_again(tmp_path: Path) -> None:
    agent = Agent(
        interpreter(tmp_path, "import time\ntime.sleep(1.5)\nraise ImportError('not really Keras')")
    )
    first = asyncio.create_task(agent.environment())
    while not (tmp_path / "starts").exists():
        await asyncio.sleep(0.02)
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    environment = await agent.environment()
    assert "not really Keras" in (environment.problem or "")
    assert (tmp_path / "starts").read_text() == "x"
    await agent.close()


async def test_an_interpreter_that_made_room_for_others_and_was_asked_again_ends_with_them(
    tmp_path: Path,
) -> None:
    agent = Agent(interpreter(tmp_path, "raise ImportError('not really Keras')"))
    first = agent.dressed({"KERAS_MAX_EPOCHS": "0"})
    for number in range(1, MOST_DRESSED + 1):
        agent.dressed({"KERAS_MAX_EPOCHS": str(number)})
    await first.environment()
    assert first.runs
    await agent.close()
    assert not first.runs
