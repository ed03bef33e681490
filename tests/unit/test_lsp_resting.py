"""When models are trained of which nobody asked: not on battery, and as the setting says."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types
from pygls.workspace import Workspace

from hypershape.lsp import lenses, power, resting
from hypershape.lsp.configuration import Configuration
from hypershape.lsp.server import Server, create_server
from hypershape.lsp.session import Session
from hypershape.model import Options, Rehearsal
from tests.unit.scripted import PATH, ScriptedAgent
from tests.unit.test_analysis import TEXT, builds

URI = "file://" + PATH


@pytest.mark.parametrize(
    ("supplies", "runs_on_it"),
    [
        ({}, False),
        ({"AC": {"type": "Mains", "online": "1"}, "BAT0": {"type": "Battery", "status": "Full"}}, False),
        (
            {"AC": {"type": "Mains", "online": "0"}, "BAT0": {"type": "Battery", "status": "Discharging"}},
            True,
        ),
        # An adapter that is too weak: the battery gives, but somebody plugged it in.
        ({"AC": {"type": "USB", "online": "1"}, "BAT0": {"type": "Battery", "status": "Discharging"}}, False),
        # Some hybrids are online with another number.
        ({"AC": {"type": "USB", "online": "2"}, "BAT0": {"type": "Battery", "status": "Discharging"}}, False),
        ({"mouse": {"type": "Battery", "scope": "Device", "status": "Discharging"}}, False),
        ({"BAT0": {"type": "Battery", "status": "Discharging"}}, True),
        ({"BAT0": {"type": "Battery"}}, False),
    ],
)
def test_linux_tells_what_the_machine_runs_on(
    tmp_path: Path, supplies: dict[str, dict[str, str]], runs_on_it: bool
) -> None:
    for name, files in supplies.items():
        (tmp_path / name).mkdir()
        for file, text in files.items():
            (tmp_path / name / file).write_text(text + "\n")
    assert power._linux(tmp_path) is runs_on_it


def test_a_system_that_does_not_tell_has_no_battery(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(power, "SUPPLIES", tmp_path / "none")
    assert power.on_battery() is False


async def test_being_plugged_in_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    answers, pauses = iter([True, True, False]), list[float]()
    monkeypatch.setattr(power, "on_battery", lambda: next(answers))

    async def pause(seconds: float) -> None:
        pauses.append(seconds)

    await power.until_plugged(pause)
    assert pauses == [power.PAUSE_SECONDS] * 2


def test_a_mode_that_there_is_not_is_told_and_leaves_the_one_before() -> None:
    before = Configuration.read({"device": {"mode": "onDemand"}})
    assert before.mode == "onDemand" and not before.problems
    wrong = Configuration.read({"device": {"mode": "never"}}, before)
    assert wrong.mode == "onDemand" and "device.mode is one of auto, onDemand, off" in wrong.problems[0]
    assert Configuration.read({"device": None}, before).mode == "auto"


@pytest.mark.parametrize("level", ["auto", "device", "symbolic", "static"])
def test_off_never_trains_and_the_others_only_put_off(level: Any) -> None:
    options = Options(level=level)
    trains = level in ("auto", "device")
    assert resting.rested(options, "off", None).level == ("symbolic" if trains else level)
    assert resting.rested(options, "auto", None) is options
    put_off = resting.rested(options, "onDemand", resting.ON_DEMAND)
    assert (put_off.level, put_off.plays) == ("auto" if trains else level, False)


class Playing(ScriptedAgent):
    """A scripted agent that plays each search well."""

    searches = 0

    async def rehearse(self, _: Any, configuration: Any, tuner: Any, *__: Any, **___: Any) -> Rehearsal:
        self.searches += 1
        return Rehearsal(configuration, "ok", tuner, facts={"trials": 2}, values=configuration, seconds=0.0)


def opened(monkeypatch: pytest.MonkeyPatch, mode: str) -> tuple[Server, Session, Playing, list[Any]]:
    server = create_server()
    server.configure({"device": {"mode": mode}})
    server.protocol._workspace = Workspace(None, types.TextDocumentSyncKind.Incremental)
    server.protocol.client_capabilities = types.ClientCapabilities()
    server.workspace.put_text_document(types.TextDocumentItem(URI, "python", 1, TEXT))
    agent, said = Playing(builds), list[Any]()

    async def chosen(*_: Any) -> ScriptedAgent:
        return agent

    monkeypatch.setattr(server, "_agent", chosen)
    monkeypatch.setattr(server, "text_document_publish_diagnostics", lambda params: None)
    monkeypatch.setattr(server.protocol, "notify", lambda method, params=None: said.append(params))
    session = server.sessions.setdefault(URI, Session(URI))
    server.schedule(URI, 0.0)
    return server, session, agent, said


def shown(server: Server, session: Session) -> list[str]:
    return [each.command.title for each in lenses._lenses(server, session, URI) if each.command is not None]


async def finished(session: Session) -> None:
    assert session.task is not None
    await asyncio.wait_for(session.task, 60)


async def test_on_demand_a_search_is_played_when_it_is_asked_for_and_the_lens_offers_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    server, session, agent, said = opened(monkeypatch, "onDemand")
    await finished(session)
    assert agent.searches == 0 and said[-1].message == resting.ON_DEMAND
    assert "Rehearse" in shown(server, session)
    server.try_again(URI)
    await finished(session)
    assert agent.searches > 0 and session.resting is None
    assert "Rehearse" not in shown(server, session)
    played = agent.searches
    # What was played still counts after an edit that leaves the search as it was.
    server.edited(URI)
    await finished(session)
    assert agent.searches == played and session.analysis is not None and session.analysis.rehearsals


async def test_on_battery_a_search_is_played_once_the_machine_is_plugged_in(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    battery = [True]
    monkeypatch.setattr(power, "on_battery", lambda: battery[0])
    monkeypatch.setattr(power, "PAUSE_SECONDS", 0.02)
    _, session, agent, said = opened(monkeypatch, "auto")
    while session.resting is None:
        assert session.task is not None and not session.task.done(), said
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.1)
    assert agent.searches == 0 and said[-1].message == resting.ON_BATTERY
    battery[0] = False
    await finished(session)
    assert agent.searches > 0 and session.resting is None


async def test_off_plays_nothing_and_says_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    server, session, agent, said = opened(monkeypatch, "off")
    server.try_again(URI)
    await finished(session)
    assert agent.searches == 0 and session.resting is None and said[-1].message is None
