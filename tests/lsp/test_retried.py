"""A real process that takes longer than it may is ended, and has its result in a second try with more time."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from lsprotocol import types
from pygls.workspace import Workspace

from hypershape.analysis import assumptions
from hypershape.lsp import retrying
from hypershape.lsp.server import create_server
from hypershape.lsp.session import Session

pytestmark = pytest.mark.tensorflow

LIMIT = 2.0
SLOW = f"""
import time
import keras


def build_model(hp):
    began = time.process_time()
    while time.process_time() - began < {1.5 * LIMIT}:
        pass
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(hp.Int("units", 1, 2))])
    model.compile(loss="mse")
    return model
"""


async def test_a_process_that_takes_too_long_is_ended_and_tried_again_with_more_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, children: Callable[[], list[psutil.Process]]
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(assumptions, "FIRST_SECONDS", LIMIT)
    idle = asyncio.Event()
    monkeypatch.setattr(retrying, "until_idle", idle.wait)
    # A probe may build more than once.
    monkeypatch.setattr(retrying, "MORE_TIME", 10.0)
    server = create_server()
    server.configure({"interpreter": [sys.executable]})
    server.protocol._workspace = Workspace(None, types.TextDocumentSyncKind.Incremental)
    server.protocol.client_capabilities = types.ClientCapabilities()
    for silent in ("text_document_publish_diagnostics", "window_log_message"):
        monkeypatch.setattr(server, silent, lambda params: None)
    monkeypatch.setattr(server.protocol, "notify", lambda method, params=None: None)
    uri = (tmp_path / "slow.py").as_uri()
    server.workspace.put_text_document(types.TextDocumentItem(uri, "python", 1, SLOW))
    session = server.sessions.setdefault(uri, Session(uri))
    try:
        server.schedule(uri, 0.0)
        while not session.waiting:
            assert session.task is not None and not session.task.done(), session.analysis
            await asyncio.sleep(0.1)
        assert session.analysis is not None
        (late,) = session.analysis.targets
        assert late.late and late.status == "unprobeable" and "more than" in (late.reason or "")
        running = [each for each in children() if _computes(each)]
        assert not running
        idle.set()
        await session.task
        assert [each.status for each in session.analysis.targets] == ["probed"]
    finally:
        await server.close_agents()
    assert not children()


def _computes(process: psutil.Process) -> bool:
    """Whether a process is running or wants to be: what waits for work sleeps."""
    try:
        return bool(process.status() == psutil.STATUS_RUNNING)
    except psutil.NoSuchProcess:
        return False
