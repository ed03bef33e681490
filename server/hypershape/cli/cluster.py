"""`hypershape check --cluster`: the workers of a Dask cluster check files, each as this machine would."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from hypershape import __version__, source
from hypershape.analysis.results import Widen
from hypershape.cli import worker
from hypershape.cli.outcome import CannotRun
from hypershape.model import Analysis, Document, Module, Options
from hypershape.probe import Folders

CONNECT_SECONDS = 10.0
ALONE_SECONDS = 60.0
"""So long a cluster may have no worker at all, as where they are just being replaced."""
LOOK_SECONDS = 1.0


class Cluster:
    """The workers of a scheduler, for one command."""

    def __init__(self, address: str, client: Any) -> None:
        self._address, self._client = address, client
        self._run = uuid.uuid4().hex
        self._alone_since: float | None = None
        self._futures: set[Any] = set()
        self._tell: dict[str, Callable[[str | None], None]] = {}
        client.subscribe_topic(worker.topic(self._run), self._told)

    def _told(self, event: tuple[float, tuple[str, str | None]]) -> None:
        """A worker says how far it is."""
        path, progress = event[1]
        if path in self._tell:
            self._tell[path](progress)

    @property
    def places(self) -> int:
        """How many files can be checked at a time."""
        return max(1, sum(int(each["nthreads"]) for each in self._workers().values()))

    def _workers(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self._client.scheduler_info(n_workers=-1)["workers"]
        return found

    async def check(
        self,
        document: Document,
        options: Options,
        command: tuple[str, ...] | None,
        folders: Folders,
        widen: Widen,
        tell: Callable[[str | None], None],
    ) -> Analysis:
        """The finished analysis of a file. Where its worker is lost, another one begins again. Raises CannotRun.

        `tell` is called with what is being done for it, as workers report it.
        """
        module = await asyncio.to_thread(lambda: widen(source.analyse(document)))
        work = worker.Work(
            self._run,
            document,
            str(Path.cwd()),
            await asyncio.to_thread(_texts, module),
            _marks(document),
            replace(options, processes=1),
            command,
            folders,
        )
        self._tell[document.path] = tell
        future = self._client.submit(worker.check, work, pure=False)
        self._futures.add(future)
        try:
            waiting = asyncio.ensure_future(future.result())
            while not (await asyncio.wait({waiting}, timeout=LOOK_SECONDS))[0]:
                self._look()
            found: Analysis = waiting.result()
            return replace(found, module=module)
        finally:
            self._futures.discard(future)
            future.release()
            self._tell.pop(document.path, None)

    def _look(self) -> None:
        """Raises CannotRun where nobody is left who could do the work."""
        if self._client.status == "running" and self._workers():
            self._alone_since = None
            return
        now = time.monotonic()
        self._alone_since = self._alone_since or now
        if now - self._alone_since > ALONE_SECONDS:
            raise CannotRun(f"The cluster {self._address} has had no worker for {ALONE_SECONDS:.0f} s.")

    async def leave(self) -> None:
        """Ends what is still being done for this command."""
        with suppress(Exception):
            await self._client.cancel(list(self._futures), force=True)
        with suppress(Exception):
            await asyncio.wait_for(self._client.run(worker.leave, self._run), CONNECT_SECONDS)


@asynccontextmanager
async def connected(address: str) -> AsyncIterator[Cluster]:
    """The cluster of a scheduler, while it is used. Raises CannotRun."""
    try:
        from distributed import Client
    except ImportError:
        raise CannotRun(
            "--cluster needs the package distributed: install it with: pip install 'hypershape[dask]'"
        ) from None
    try:
        client = await Client(address, asynchronous=True, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError, ImportError) as problem:
        raise CannotRun(f"The scheduler {address} was not reached: {problem}") from None
    try:
        await _agree(address, client)
        cluster = Cluster(address, client)
        try:
            yield cluster
        finally:
            await cluster.leave()
    finally:
        with suppress(Exception):
            await client.close()


async def _agree(address: str, client: Any) -> None:
    """Raises CannotRun where a worker could not do what it will be asked."""
    try:
        versions = await client.run(worker.version)
    except Exception as problem:
        raise CannotRun(
            f"A worker of {address} cannot check anything ({type(problem).__name__}: {problem}): "
            f"install hypershape {__version__} where the workers run."
        ) from None
    if not versions:
        raise CannotRun(f"The cluster {address} has no worker.")
    other = next(((place, each) for place, each in versions.items() if each != __version__), None)
    if other is not None:
        raise CannotRun(f"The worker {other[0]} has hypershape {other[1]}, and this is {__version__}.")


def _texts(module: Module) -> tuple[tuple[str, str], ...]:
    """The other files that the search spaces of a module are made of, whole: repairs may need more of them than these."""
    slices: list[Any] = []
    for target in module.targets:
        slices += [target.slice, target.fed]
    slices += [each.rehearsal for each in module.tuners]
    files = {file.path for each in slices if each is not None for file in each.files}
    found = {}
    for path in sorted({*files, *module.around} - {module.document.path}):
        # What is not there is the `__init__.py` of a folder that has none.
        with suppress(source.Unreadable):
            if Path(path).suffix == ".py":
                found[str(Path(path).absolute())] = source.read(Path(path)).text
    return tuple(found.items())


def _marks(document: Document) -> tuple[str, ...]:
    """The files that say where the project of a document begins, as far as they count for it."""
    return tuple(map(str, source.root_marks(Path(document.path).absolute())))
