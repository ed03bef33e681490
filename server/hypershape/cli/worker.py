"""The part of `check --cluster` that runs on a worker: the check of one file whose text was sent."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from contextlib import aclosing
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import cache, partial
from pathlib import Path, PurePath
from tempfile import TemporaryDirectory
from typing import Any

from hypershape import __version__, model, rules, source
from hypershape.analysis import analyse
from hypershape.model import Analysis, Document, Finding, Options
from hypershape.probe import Agent, Folders

IDLE_SECONDS = 60.0
"""An interpreter of which nothing is asked for so long is ended: the card and the memory are others' then."""


@dataclass(frozen=True, slots=True)
class Work:
    """One file to be checked. `texts` are all files that its search spaces are made of, by their full path.

    `folder` is that in which the command was typed, to which the paths of a document may be relative. `empty` are the
    files that only mark a project's root. `command` starts the interpreter; the worker's own where it is None.
    """

    run: str
    document: Document
    folder: str
    texts: tuple[tuple[str, str], ...]
    empty: tuple[str, ...]
    options: Options
    command: tuple[str, ...] | None
    folders: Folders


def version() -> str:
    """Which hypershape a worker has."""
    return __version__


def check(work: Work) -> Analysis:
    """The finished analysis of a file, but for its module. Raises `asyncio.CancelledError` when `leave` is called.

    How far it is it tells the scheduler, as an event of the run's topic: the path and what is being done.
    """
    return _loop().submit(work.run, _checked(work, _teller(work)))


def _teller(work: Work) -> Callable[[str | None], None]:
    """What passes on how far a file is; where no worker of Dask's has it, nobody listens."""
    try:
        from distributed import get_worker

        worker = get_worker()
    except (ImportError, ValueError):
        return lambda _: None
    return lambda progress: worker.log_event(topic(work.run), (work.document.path, progress))


def topic(run: str) -> str:
    """Under which name the scheduler passes on how far a run is."""
    return f"hypershape-{run}"


def leave(run: str) -> None:
    """Ends what is being checked for a command, and its interpreters."""
    _loop().leave(run)


class _Loop:
    """The event loop of a worker's process, in a thread of its own: interpreters stay from one file to the next."""

    def __init__(self) -> None:
        rules.all_rules()
        self._loop = asyncio.new_event_loop()
        self._running: dict[str, set[Future[Analysis]]] = {}
        self._agents: dict[tuple[str, Any, Any], Agent] = {}
        threading.Thread(target=self._loop.run_forever, daemon=True).start()

    def submit(self, run: str, work: Coroutine[Any, Any, Analysis]) -> Analysis:
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        running = self._running.setdefault(run, set())
        running.add(future)
        try:
            return future.result()
        finally:
            running.discard(future)

    def agent(self, work: Work) -> Agent:
        key = work.run, work.command, work.folders
        if key not in self._agents:
            self._agents[key] = Agent(work.command or (sys.executable,), folders=work.folders)
            self._loop.call_later(IDLE_SECONDS, self._rest, key)
        return self._agents[key]

    def _rest(self, key: tuple[str, Any, Any]) -> None:
        agent = self._agents.get(key)
        if agent is not None:
            agent.rest()
            self._loop.call_later(IDLE_SECONDS, self._rest, key)

    def leave(self, run: str) -> None:
        for future in list(self._running.pop(run, ())):
            future.cancel()
        for key in [key for key in self._agents if key[0] == run]:
            asyncio.run_coroutine_threadsafe(self._agents.pop(key).close(), self._loop)


@cache
def _loop() -> _Loop:
    return _Loop()


async def _checked(work: Work, tell: Callable[[str | None], None]) -> Analysis:
    agent = _loop().agent(work)
    with TemporaryDirectory(prefix="checked-by-hypershape-") as top:
        places = _Places(top, work)
        await asyncio.to_thread(places.lay_out)
        document = replace(work.document, path=places.there(places.full(work.document.path)))
        widen = partial(source.across, workspace=source.Workspace())
        told: str | None = None
        async with aclosing(analyse(document, agent, work.options, widen=widen)) as states:
            async for state in states:
                if state.progress != told:
                    told = state.progress
                    tell(told)
        return places.back(state)  # type: ignore[no-any-return]


class _Places:
    """The files of a piece of work below a folder, where Python finds them as it does at home."""

    def __init__(self, top: str, work: Work) -> None:
        self._top, self._work = top, work
        # A path that was typed is told as it was typed.
        relative = not PurePath(work.document.path).is_absolute()
        self._home = self.there(work.folder) + "/" if relative else None

    def full(self, path: str) -> str:
        return str(PurePath(self._work.folder) / path)

    def there(self, path: str) -> str:
        pure = PurePath(path)
        return str(PurePath(self._top, *(part.strip(":\\/") for part in pure.parts if part.strip(":\\/"))))

    def lay_out(self) -> None:
        own = {self.full(self._work.document.path): self._work.document.text}
        marks = dict.fromkeys(self._work.empty, "")
        for path, text in {**marks, **dict(self._work.texts), **own}.items():
            file = Path(self.there(path))
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8", errors="surrogatepass", newline="")

    def back(self, value: Any) -> Any:
        """A value of `model.py` with the paths that it has at home, and without what only this process can do."""
        if isinstance(value, str):
            if self._top not in value:
                return value
            if self._home is not None:
                value = value.replace(self._home, "")
            return value.replace(self._top, "")
        if isinstance(value, (tuple, frozenset)) and type(value) in (tuple, frozenset):
            return type(value)(map(self.back, value))
        if isinstance(value, list):
            return [self.back(each) for each in value]
        if isinstance(value, dict):
            return {self.back(name): self.back(each) for name, each in value.items()}
        if not is_dataclass(value) or type(value).__module__ != model.__name__:
            return value
        changed: dict[str, Any] = {}
        for each in fields(value):
            old = getattr(value, each.name)
            new = None if isinstance(value, Analysis) and each.name == "module" else self.back(old)
            if isinstance(value, Finding) and each.name in ("repairs", "last_resorts"):
                new = each.default
            if new is not old:
                changed[each.name] = new
        return replace(value, **changed) if changed else value
