"""Many open files: a few are probed at a time, the one at hand at once, and interpreters that rest make room."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types
from pygls.workspace import Workspace

from hypershape.lsp import places as places_
from hypershape.lsp import server as server_
from hypershape.lsp.places import Place, Places
from hypershape.lsp.server import Server, create_server
from hypershape.model import DeclaredData, Slice
from hypershape.settings import Settings
from tests.unit.scripted import Hp, ScriptedAgent, ScriptedJob

TEXT = """
import keras

def build_model(hp):
    units = hp.Choice("units", [1, 2, 3])
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(units)])
    model.compile(loss="mse")
    return model
"""


class Begun:
    """Documents that have a place, in the order in which they got it."""

    def __init__(self, most: int) -> None:
        self.order: list[str] = []
        self.holding: set[str] = set()
        self.retried: list[str] = []
        self.places = Places(self._retry, most)
        self.tasks: dict[str, asyncio.Task[None]] = {}

    def _retry(self, uri: str) -> None:
        self.retried.append(uri)
        self.tasks[uri].cancel()
        self.begin(uri)

    def touch(self, uri: str) -> None:
        self.places.touch(uri)
        self.begin(uri)

    def begin(self, uri: str) -> None:
        self.tasks[uri] = asyncio.create_task(self._hold(uri))

    async def _hold(self, uri: str) -> None:
        async with Place(self.places, uri) as place:
            await place.take()
            self.order.append(uri)
            self.holding.add(uri)
            try:
                await asyncio.Event().wait()
            finally:
                self.holding.discard(uri)


async def _settle() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


async def test_of_many_documents_the_ones_touched_last_are_probed_first() -> None:
    begun = Begun(2)
    for uri in "abcde":
        begun.touch(uri)
    await _settle()
    assert len(begun.holding) == 2 and "e" in begun.holding
    for _ in range(3):
        begun.tasks[begun.order[-1]].cancel()
        await _settle()
    # The first had a place before the last was touched, and gave it up.
    assert begun.order == ["a", "b", "e", "d", "c", "a"]


async def test_a_document_that_is_edited_takes_the_place_of_the_oldest_which_comes_again() -> None:
    begun = Begun(2)
    for uri in "ab":
        begun.touch(uri)
        await _settle()
    begun.touch("c")
    await _settle()
    assert begun.holding == {"b", "c"} and begun.retried == ["a"]
    begun.tasks["b"].cancel()
    await _settle()
    assert begun.holding == {"a", "c"}


async def test_a_place_whose_waiter_is_closed_meanwhile_goes_to_the_next() -> None:
    begun = Begun(1)
    for uri in "cab":
        begun.touch(uri)
    await _settle()
    assert begun.holding == {"b"}
    begun.tasks["b"].cancel()
    begun.tasks["a"].cancel()
    await _settle()
    assert begun.holding == {"c"}


async def test_a_document_that_is_closed_or_stopped_gives_its_place_back_at_once_and_does_not_come_again() -> (
    None
):
    begun = Begun(1)
    for uri in "ab":
        begun.touch(uri)
        await _settle()
    assert begun.holding == {"b"}
    # Its cancelled work still clears up when the next one comes.
    begun.places.forget("b")
    begun.touch("c")
    await _settle()
    assert "c" in begun.order and "b" not in begun.retried


class Counting(ScriptedAgent):
    """Counts the texts that are probed at a time."""

    running: set[str]
    most: int
    order: list[str]

    async def open(
        self, slice_: Slice, data: DeclaredData | None = None, *, device: bool = False, **more: Any
    ) -> ScriptedJob:
        job = await super().open(slice_, data, device=device, **more)
        path = slice_.files[0].path
        if path not in self.running:
            self.order.append(path)
        self.running.add(path)
        self.most = max(self.most, len(self.running))

        async def close(first: Any = job.close) -> None:
            self.running.discard(path)
            await first()

        job.close = close  # type: ignore[method-assign]
        return job


def builds(hp: Hp, level: str) -> None:
    hp.choice("units", 1, 2, 3)


def served(agent: Any, monkeypatch: pytest.MonkeyPatch, cache: Path) -> Server:
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache))
    server = create_server()
    server.configure({"trusted": True})
    server.protocol._workspace = Workspace(None, types.TextDocumentSyncKind.Incremental)
    server.protocol.client_capabilities = types.ClientCapabilities()
    for silent in ("text_document_publish_diagnostics", "window_log_message"):
        monkeypatch.setattr(server, silent, lambda params: None)
    monkeypatch.setattr(server.protocol, "notify", lambda method, params=None: None)

    async def always(chosen: Settings, folder: Path) -> Any:
        return agent

    monkeypatch.setattr(server, "_agent", always)
    return server


async def test_many_open_files_are_probed_a_few_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    agent = Counting(builds, takes=lambda number: 0.01)
    agent.running, agent.most, agent.order = set(), 0, []
    server = served(agent, monkeypatch, tmp_path)
    uris = [(tmp_path / f"f{number}.py").as_uri() for number in range(12)]
    for number, uri in enumerate(uris):
        # Each has a text of its own, which no other one answers for.
        server.workspace.put_text_document(types.TextDocumentItem(uri, "python", 1, f"{TEXT}# {number}"))
        server.opened(uri)
    await asyncio.wait_for(_all_probed(server, uris), 60)
    assert agent.most <= places_.MOST
    assert len(set(agent.order)) == len(uris)
    # Three may have begun before the last one, at which the user looks, asked.
    assert any(each.endswith("f11.py") for each in agent.order[: places_.MOST + 1])


async def _all_probed(server: Server, uris: list[str]) -> None:
    while not all(
        (analysis := server.sessions[uri].analysis) is not None
        and analysis.done
        and [each.status for each in analysis.targets] == ["probed"]
        for uri in uris
    ):
        await asyncio.sleep(0.02)


class Resting:
    """An agent that only rests, or is at work."""

    def __init__(self, command: Any, folders: Any = None, log: Any = None) -> None:
        self.runs, self.busy = True, False

    def rest(self) -> None:
        self.runs = self.busy


async def test_of_many_interpreters_those_that_were_asked_last_or_work_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hypershape.probe.Agent", Resting)
    server = create_server()
    found = []
    for number in range(server_.MOST_AGENTS + 2):
        found.append(await server._agent(Settings(python=(f"python{number}",)), tmp_path))
        found[0].busy = True
    # The first works, and is asked again.
    assert await server._agent(Settings(python=("python0",)), tmp_path) is found[0]
    await _settle()
    assert [each.runs for each in found] == [True, False, False, True, True]
