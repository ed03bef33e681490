"""What the client's status item shows, and the progress of one analysis."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import attrs
from lsprotocol import types

from hypershape.model import Analysis

if TYPE_CHECKING:
    from hypershape.lsp.server import Server

NOTIFICATION = "hypershape/status"
PROGRESS_AFTER_SECONDS = 0.5
NOT_TRUSTED = "The workspace is not trusted: nothing is run, only the text is read."


@attrs.define
class Status:
    """The parameters of `hypershape/status`."""

    state: str
    message: str | None = None
    environment: dict[str, Any] | None = None


@attrs.define
class _Environment:
    python: str
    executable: str
    elsewhere: str | None
    keras: str | None
    keras_tuner: str | None
    tensorflow: str | None
    backend: str | None
    devices: list[str]
    problem: str | None

    @classmethod
    def of(cls, analysis: Analysis) -> _Environment:
        found = analysis.environment
        assert found is not None
        return cls(
            found.python,
            found.executable,
            found.elsewhere,
            found.keras,
            found.keras_tuner,
            found.tensorflow,
            found.backend,
            list(found.devices),
            found.problem,
        )


def status(analysis: Analysis, trusted: bool, before: Status) -> Status:
    """What there is to show for the analysis that was worked on last."""
    environment = attrs.asdict(_Environment.of(analysis)) if analysis.environment is not None else None
    if not trusted:
        return Status("restricted", NOT_TRUSTED)
    if analysis.environment is not None and analysis.environment.unusable:
        return Status("error", analysis.environment.problem, environment)
    if analysis.done:
        return Status("idle", None, environment or before.environment)
    return Status("probing", analysis.progress, environment or before.environment)


class Progress:
    """One progress of the editor for one analysis, begun only when it takes longer than a moment.

    `stop` is called where the user cancels it.
    """

    def __init__(self, server: Server, stop: Callable[[], None]) -> None:
        self._server, self._stop = server, stop
        self._token = f"hypershape-{uuid.uuid4()}"
        self._started = time.monotonic()
        self._asked = self._begun = self._over = False
        window = server.client_capabilities.window
        self._wanted = bool(window and window.work_done_progress)

    def update(self, analysis: Analysis) -> None:
        """Tells the editor how far the analysis is; the first time it is asked for a place to show it."""
        if not self._wanted or analysis.done or analysis.progress is None:
            return
        if self._begun:
            report = types.WorkDoneProgressReport(message=analysis.progress)
            self._server.work_done_progress.report(self._token, report)
        elif not self._asked and time.monotonic() - self._started > PROGRESS_AFTER_SECONDS:
            self._asked = True
            # Not awaited: a reply that never comes must not hold up the probes.
            self._server.work_done_progress.create(self._token, self._begin)

    def _begin(self, *_: Any) -> None:
        progress = self._server.work_done_progress
        if self._over:
            progress.tokens.pop(self._token, None)
            return
        self._begun = True
        progress.begin(self._token, types.WorkDoneProgressBegin("Hypershape", cancellable=True))
        progress.tokens[self._token].add_done_callback(self._cancelled)

    def _cancelled(self, future: Any) -> None:
        if future.cancelled():
            self._stop()

    def end(self) -> None:
        """Takes the progress away; the token is forgotten, which the library leaves to us."""
        self._over = True
        if self._begun:
            progress = self._server.work_done_progress
            progress.end(self._token, types.WorkDoneProgressEnd())
            progress.tokens.pop(self._token, None)
