"""What took too long is tried again by itself, with more time, when the machine is idle."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types
from pygls.workspace import Workspace

from hypershape.analysis import assumptions
from hypershape.lsp import lenses, retrying
from hypershape.lsp.server import Server, create_server
from hypershape.lsp.session import Session
from tests.unit.scripted import PATH, Hp, ScriptedAgent
from tests.unit.test_analysis import TEXT, builds, states

URI = "file://" + PATH
WITHOUT_TUNER = TEXT.partition("tuner =")[0]
LIMIT = 0.05


@pytest.fixture(autouse=True)
def short_limit(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(assumptions, "FIRST_SECONDS", LIMIT)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))


def slow() -> ScriptedAgent:
    """An agent whose first probe takes longer than it may, and no longer than a second try gives it."""
    return ScriptedAgent(builds, takes=lambda number: 2 * LIMIT if number < 2 else 0.0)


async def test_a_target_that_took_too_long_says_so_and_is_probed_with_more_time() -> None:
    done = (await states(slow()))[-1]
    assert [each.status for each in done.targets] == ["unprobeable"]
    assert retrying.overdue(done) == ["build_model"]
    again = (await states(slow(), patience=retrying.MORE_TIME))[-1]
    assert [each.status for each in again.targets] == ["probed"] and not retrying.overdue(again)


async def test_repairs_for_which_there_was_no_time_are_tried_when_the_machine_is_idle() -> None:
    def fails(hp: Hp, level: Any) -> None:
        if hp.choice("kernel", 3, 5) > 3:
            raise ValueError("no", 10)

    short = (await states(ScriptedAgent(fails), WITHOUT_TUNER, fix_budget=0.0))[-1]
    assert not retrying.overdue(short) and retrying.untried(short) == ["build_model"]
    assert "repairs of build_model" in (retrying.sentence([], retrying.untried(short)) or "")
    whole = (await states(ScriptedAgent(fails), WITHOUT_TUNER))[-1]
    assert whole.findings and retrying.sentence([], retrying.untried(whole)) is None


async def test_what_fails_for_another_reason_is_not_tried_again() -> None:
    def broken(hp: Hp, level: Any) -> None:
        raise ValueError("no", 10)

    assert retrying.overdue((await states(ScriptedAgent(broken)))[-1]) == []


async def opened(monkeypatch: pytest.MonkeyPatch, busy: asyncio.Event) -> tuple[Server, Session, list[Any]]:
    """A server with one file open, whose machine is busy until an event is set; and what it tells the editor."""
    server = create_server()
    server.protocol._workspace = Workspace(None, types.TextDocumentSyncKind.Incremental)
    server.protocol.client_capabilities = types.ClientCapabilities()
    server.workspace.put_text_document(types.TextDocumentItem(URI, "python", 1, WITHOUT_TUNER))
    agent, said = slow(), []  # type: ignore[var-annotated]

    async def chosen(*_: Any) -> ScriptedAgent:
        return agent

    monkeypatch.setattr(server, "_agent", chosen)
    monkeypatch.setattr(server, "text_document_publish_diagnostics", lambda params: None)
    monkeypatch.setattr(server.protocol, "notify", lambda method, params=None: said.append(params))
    monkeypatch.setattr(retrying, "until_idle", busy.wait)
    session = server.sessions.setdefault(URI, Session(URI))
    server.schedule(URI, 0.0)
    while not session.waiting:
        assert session.task is not None and not session.task.done(), said
        await asyncio.sleep(0.01)
    return server, session, said


def shown(server: Server, session: Session) -> list[str]:
    return [each.command.title for each in lenses._lenses(server, session, URI) if each.command is not None]


async def test_it_waits_for_an_idle_machine_says_so_and_is_tried_again_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    idle = asyncio.Event()
    server, session, said = await opened(monkeypatch, idle)
    assert said[-1].message == retrying.sentence(["build_model"], [])
    titles = shown(server, session)
    assert any("when the machine is idle" in each for each in titles) and "Try again" in titles
    idle.set()
    assert session.task is not None
    await session.task
    assert any("Trying again with more time" in (each.message or "") for each in said)
    assert session.analysis is not None and session.analysis.targets[0].status == "probed"
    assert not session.waiting


async def test_an_edit_ends_the_waiting_and_begins_with_the_usual_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    server, session, _ = await opened(monkeypatch, asyncio.Event())
    first = session.task
    session.patience = retrying.MORE_TIME
    server.edited(URI)
    assert session.patience == 1.0 and first is not None and session.task is not first
    assert session.task is not None
    session.task.cancel()
    await asyncio.gather(first, session.task, return_exceptions=True)
    assert first.cancelled()


async def test_trying_again_by_hand_gives_more_time_each_time_up_to_a_bound(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    server, session, _ = await opened(monkeypatch, asyncio.Event())
    given = []
    for _ in range(4):
        server.try_again(URI)
        given.append(session.patience)
    assert given == [3.0, 9.0, 27.0, 27.0]
    assert "Stop" in shown(server, session) and "Try again" not in shown(server, session), "said at once"
    assert session.task is not None
    session.task.cancel()


async def test_a_machine_is_idle_when_little_of_it_was_used_for_a_while(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wanted, pauses = iter([2.0, 1.2, 0.4]), []
    monkeypatch.setattr(os, "getloadavg", lambda: (next(wanted), 0.0, 0.0))
    monkeypatch.setattr(os, "cpu_count", lambda: 2)

    async def pause(seconds: float) -> None:
        pauses.append(seconds)

    await retrying.until_idle(pause)
    assert pauses == [retrying.PAUSE_SECONDS] * 3
