"""An agent whose answers are plain Python: the pipeline runs whole, and no interpreter starts."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Any

from hypershape.model import (
    Configuration,
    DeclaredData,
    Environment,
    Frame,
    Hyperparameter,
    Level,
    ProbeError,
    Report,
    Slice,
    Span,
    Value,
)

PATH = "/project/model.py"
HERE = Environment(python="3.11.7", executable="/usr/bin/python", keras="3.15.0", backend="numpy")

Build = Callable[["Hp", Level], None]
"""Reads hyperparameters, and raises ValueError(message, line) where the model fails at that level."""


class Hp:
    """Stands for `hp`: reads are recorded, names left out take their default."""

    def __init__(self, asked: Configuration, known: dict[str, Hyperparameter], text: str) -> None:
        self._asked, self._known, self.text = asked, known, text
        self.read: dict[str, Value] = {}
        self.new: list[Hyperparameter] = []

    def choice(self, name: str, *values: Value) -> Any:
        if name not in self._known:
            kind = "Choice" if isinstance(values[0], str) else "Int"
            span = self._declared(name)
            self._known[name] = Hyperparameter(name, kind, values[0], values, len(values), span=span)
            self.new.append(self._known[name])
        self.read[name] = self._asked.get(name, values[0])
        return self.read[name]

    def _declared(self, name: str) -> Span | None:
        """The call `hp.…("name", …)` where it stands in one line."""
        for number, line in enumerate(self.text.splitlines(), 1):
            found = re.search(rf'hp\.\w+\("{name}"[^)]*\)', line)
            if found is not None:
                return Span(PATH, number, found.start() + 1, number, found.end() + 1)
        return None


class ScriptedJob:
    """A job on the function of its agent."""

    assumptions: tuple[str, ...] = ()
    assumption: int = 0
    waited: float = 0.0

    def __init__(self, agent: ScriptedAgent, text: str, data: DeclaredData | None, device: bool) -> None:
        self._agent, self.text, self.data, self._device = agent, text, data, device
        self._known: dict[str, Hyperparameter] = {}

    def unread(self, slice_: Slice | None) -> str:
        return ""

    async def probe(
        self,
        configurations: Sequence[Configuration],
        level: Level,
        *,
        within: float | None = None,
        each: float | None = None,
    ) -> AsyncIterator[Report]:
        assert (level == "device") == self._device, "real steps are taken in a job that may see the GPU"
        for number, asked in enumerate(configurations):
            takes = self._agent.takes(len(self._agent.probed))
            if within is not None and number * takes >= within:
                return
            self._agent.probed.append((level, asked))
            await asyncio.sleep(takes)
            if takes > (each or 10.0):
                error = ProbeError("TimeLimit", f"The probe took more than {each:g} s.", "limit")
                yield Report(asked, "unknown", level, error)
            else:
                yield self._report(asked, level)

    def _report(self, asked: Configuration, level: Level) -> Report:
        hp = Hp(asked, self._known, self.text)
        error = None
        try:
            self._agent.build(hp, level)
        except ValueError as problem:
            message, line = problem.args
            end = len(self.text.splitlines()[line - 1]) + 1
            place = Frame(Span(PATH, line, 5, line, end), "build_model")
            error = ProbeError(
                type(problem).__name__, message, "step" if level == "device" else "build", (place,)
            )
        verdict = "fail" if error else "ok"
        return Report(hp.read, verdict, level, error, parameters=10, new=tuple(hp.new))  # type: ignore[arg-type]

    async def close(self) -> None:
        self._agent.open_jobs -= 1


class ScriptedAgent:
    """What `analyse` asks of an agent; `probed` lists what was probed, `unable` is what its canary says.

    `takes` gives the seconds that a probe takes, from how many came before.
    """

    command = identity = ("scripted",)
    kept_waiting = 0.0

    def dressed(self, script: Mapping[str, str]) -> ScriptedAgent:
        return self

    def __init__(
        self, build: Build, unable: str | None = None, takes: Callable[[int], float] = lambda number: 0.0
    ) -> None:
        self.build, self.unable, self.takes = build, unable, takes
        self.open_jobs = 0
        self.probed: list[tuple[Level, Configuration]] = []

    def begin(self) -> None:
        pass

    async def environment(self) -> Environment:
        return HERE

    async def incapable(self) -> str | None:
        return self.unable

    async def open(
        self,
        slice_: Slice,
        data: DeclaredData | None = None,
        *,
        limits: Any = None,
        assumption: int = 0,
        device: bool = False,
    ) -> ScriptedJob:
        self.open_jobs += 1
        return ScriptedJob(self, slice_.files[-1].text, data, device)

    async def data(self, slice_: Slice, seconds: float) -> DeclaredData | None:
        return None

    async def simulate(self, asked: Mapping[str, Any], seconds: float) -> list[dict[str, Any]]:
        return []
