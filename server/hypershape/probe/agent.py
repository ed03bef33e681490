"""The server's side of the agent: starts it, talks to it, cancels and kills its jobs."""

from __future__ import annotations

import asyncio
import itertools
import os
import shlex
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path
from typing import Any
from weakref import WeakSet

from pygls.client import JsonRPCClient
from pygls.exceptions import JsonRpcException

from hypershape import journal
from hypershape.agent import masking
from hypershape.model import (
    Configuration,
    DeclaredData,
    Environment,
    Level,
    ProbeError,
    Rehearsal,
    Report,
    Slice,
    Span,
)
from hypershape.probe import bootstrap, canary, convert, elsewhere, interpreter, life, orphans
from hypershape.probe.elsewhere import Folders
from hypershape.probe.parked import alike

HELLO_SECONDS = 120.0
"""What has not said by then that it is a Python is none."""

START_SECONDS = 600.0
"""Importing Keras takes 3 to 20 s on a slow disk, and minutes on a busy machine."""

FIRST_SECONDS = 60.0
"""The processor time that the first probe of a target may take: nothing can be said without it."""

DATA_SECONDS = 30.0
"""What a search is given is read again after this time: the files behind it may have changed."""

MOST_PARKED = {"fork": 4, "spawn": 2}
"""So many processes may wait for a text like theirs, of some 50 MB each that are their own, or 300 MB of interpreters
that share nothing."""

MOST_DRESSED = 2
"""So many agents with a script's environment rest beside the plain one, of some 500 MB each."""

PARKED_SECONDS = 120.0

MOST_SERVED = 100
"""A process that has served so many texts makes room for a new one."""

PATIENCE = 4.0
"""By the clock a limit is so many times what it is in processor time."""

PING_SECONDS = 5.0
"""While something is asked of an agent it shows in such steps that it lives."""

SILENT_SECONDS = 30.0
"""An agent that has shown no life for so long is ended: what was asked of it fails, and the next start is a new one.
One that waits for a processor gets `PATIENCE` times as long."""

LOOKS = 30
"""In so many steps it is waited for."""

LAST_WORDS_SECONDS = 1.0
MOST_OF_A_LINE = 200
MOST_SAID = 3
"""So many lines of what a start command has said last are told where it does not start an agent."""

DATA_KEPT = 50
"""For so many slices the shapes of their data are kept."""


_MARKS = itertools.count(1)


class AgentFailed(Exception):
    """No probe can run; one sentence that says why."""


class SliceFailed(Exception):
    """What the target needs could not be run."""

    def __init__(self, error: ProbeError) -> None:
        super().__init__(error.message)
        self.error = error


class State(Enum):
    """Where an agent is in its life."""

    IDLE = "idle"
    STARTING = "starting"
    RUNNING = "running"
    EXITED = "exited"


@dataclass(frozen=True, slots=True)
class Limits:
    """The bounds of one probe; `seconds` are processor time, and four times as many by the clock.

    What the target needs may take `patience` times as long as usual.
    """

    seconds: float = 10.0
    patience: float = 1.0
    memory_mb: int = 6000
    output_bytes: int = 65536


class _Client(JsonRPCClient):
    """A JSON-RPC client that tells its owner when the process is gone."""

    def __init__(self, on_exit: Callable[[int | None], None]) -> None:
        super().__init__(converter_factory=convert.messages)
        self._on_exit = on_exit
        self.mark = f"{os.getpid()}-{next(_MARKS)}"
        """By which its processes are known, when it can end them no more."""
        self.ends_in_order = False
        self.greeted = asyncio.Event()
        self.told: Mapping[str, Any] = {}
        """What the agent says of itself before it has imported Keras."""
        self.said: deque[str] = deque(maxlen=MOST_SAID)
        """The last lines on its standard error, which may be those of a program that leads to it."""

    async def server_exit(self, server: asyncio.subprocess.Process) -> None:
        self._on_exit(server.returncode)


class Agent:
    """One interpreter. It starts when it is first needed, and again after it died.

    The command may lead to another machine or into a container, which has the user's files in `folders`.
    Of `untrusted` folders it imports nothing before a job is behind its barriers.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        env: Mapping[str, str] | None = None,
        folders: Folders | None = None,
        untrusted: Sequence[Path] = (),
        log: Callable[[str], None] = lambda text: None,
    ) -> None:
        self.state = State.IDLE
        self.command = tuple(command)
        self.folders = folders or Folders()
        self._env = dict(env or {})
        self._untrusted = tuple(untrusted)
        self._script: Mapping[str, str] = {}
        self._leaving: set[asyncio.Task[None]] = set()
        self._log = log
        self._client: _Client | None = None
        self._newest: _Client | None = None
        self._environment: Environment | None = None
        self._starting: asyncio.Task[Environment] | None = None
        self._numbers = itertools.count(1)
        self._jobs: dict[int, Job] = {}
        self._parked: dict[Job, asyncio.TimerHandle] = {}
        self._dressed: dict[tuple[tuple[str, str], ...], Agent] = {}
        self._undressed: WeakSet[Agent] = WeakSet()
        """Those that made room for others: whoever still has one may start it again."""
        self._data: dict[tuple[object, ...], tuple[float, asyncio.Task[DeclaredData | None]]] = {}
        self._unread: dict[tuple[object, ...], str] = {}
        self._describing: dict[Any, Job] = {}
        self._incapable: asyncio.Task[str | None] | None = None
        self._gone: asyncio.Future[None] | None = None
        self._errors: asyncio.Task[None] | None = None
        self._unbegun: set[int] = set()
        """Jobs that wait for a process."""
        self._unbegun_since = 0.0
        self._kept_waiting = 0.0
        self._asked = 0
        """So many requests wait for an answer."""
        self._watching: asyncio.Task[None] | None = None
        self._heard = 0
        """So many messages have come."""

    @property
    def identity(self) -> tuple[str, ...]:
        """What tells its interpreter from others: the start command, where it has the user's files, and the variables
        that a script sets for it."""
        variables = (f"{name}={value}" for name, value in self._script.items())
        return (*variables, *itertools.chain(*self.folders.pairs), *self.command)

    def dressed(self, script: Mapping[str, str]) -> Agent:
        """The agent whose imports happen as in a script that sets these environment variables before them.

        At most `MOST_DRESSED` that rest are kept; one that was ended starts again when it is asked something.
        """
        if not script:
            return self
        key = tuple(sorted(script.items()))
        agent = self._dressed.pop(key, None)
        if agent is None:
            agent = Agent(
                self.command,
                env={**self._env, **script},
                folders=self.folders,
                untrusted=self._untrusted,
                log=self._log,
            )
            agent._script = dict(key)
        self._dressed[key] = agent
        for other, resting in list(self._dressed.items())[:-MOST_DRESSED]:
            if not resting.busy:
                del self._dressed[other]
                self._undressed.add(resting)
                resting.rest()
        return agent

    @property
    def runs(self) -> bool:
        """Whether its interpreter does, or is about to."""
        return self.state in (State.STARTING, State.RUNNING)

    @property
    def busy(self) -> bool:
        """Whether it is starting, or has a job that is not over."""
        starting = self._starting is not None and not self._starting.done()
        return starting or len(self._jobs) > len(self._parked)

    async def environment(self) -> Environment:
        """What the interpreter has; raises AgentFailed when it does not run at all.

        A caller that is cancelled does not stop the start: the next one, after an edit, needs it as well.
        """
        if self.state is State.RUNNING and self._environment is not None:
            return self._environment
        self.begin()
        assert self._starting is not None
        return await asyncio.shield(self._starting)

    def begin(self) -> None:
        """Starts the interpreter where it neither runs nor is about to; who asks for the environment is told what came of it."""
        if self.state is not State.RUNNING and (self._starting is None or self._starting.done()):
            self._starting = asyncio.create_task(self._start())
            # Nobody may ask.
            self._starting.add_done_callback(lambda done: done.cancelled() or done.exception())

    async def open(
        self,
        slice_: Slice,
        data: DeclaredData | None = None,
        *,
        limits: Limits | None = None,
        assumption: int = 0,
        device: bool = False,
    ) -> Job:
        """Runs a slice in a process of its own, which sees a GPU only for `device` probes.

        Raises SliceFailed or AgentFailed.
        """
        environment = await self.environment()
        if environment.problem is not None:
            raise AgentFailed(environment.problem)
        job = Job(self, slice_, data, limits or Limits(), assumption, device)
        waiting = None if device else self._parked_like(slice_)
        if waiting is None or not await job.go_on(waiting):
            await job.start()
        return job

    def _parked_like(self, slice_: Slice) -> Job | None:
        """The job, no longer parked, whose process can go on with a slice."""
        found = next((job for job in reversed(self._parked) if alike(job.slice, slice_)), None)
        if found is not None:
            self._parked.pop(found).cancel()
        return found

    def park(self, job: Job) -> bool:
        """Keeps the process of a job that is over for a while; says whether it does."""
        if job in self._parked:
            return True
        if self.state is not State.RUNNING:
            return False
        processes = "fork" if self._environment is None else self._environment.processes
        while len(self._parked) >= MOST_PARKED[processes]:
            self._unpark(next(iter(self._parked)))
        loop = asyncio.get_running_loop()
        self._parked[job] = loop.call_later(PARKED_SECONDS, self._unpark, job)
        return True

    def _unpark(self, job: Job) -> None:
        self._parked.pop(job).cancel()
        job.end()

    async def data(self, slice_: Slice, seconds: float) -> DeclaredData | None:
        """The shapes of the (x, y) that a slice's expression gives; None where they are not certain.

        What was read less than `DATA_SECONDS` ago is not read again. Neither a caller that is cancelled nor one whose
        `seconds` of the agent's processor time are over stops the reading. Raises AgentFailed.
        """
        key = (slice_.files, slice_.expression, slice_.unsettled)
        started, reading = self._data.get(key, (0.0, None))
        if reading is None or time.monotonic() - started > DATA_SECONDS:
            if len(self._data) >= DATA_KEPT:
                self._data.clear()
                self._unread.clear()
            reading = asyncio.create_task(self._describe(slice_, key))
            self._data[key] = (time.monotonic(), reading)
        return reading.result() if await self._finishes(reading, key, seconds) else None

    async def _finishes(self, reading: asyncio.Task[Any], key: Any, seconds: float) -> bool:
        """Whether some data are read within `seconds` of processor time, and four times as long by the clock."""
        started, left = time.monotonic(), seconds
        while not (await asyncio.wait({reading}, timeout=max(left, 0.05)))[0]:
            job = self._describing.get(key)
            if job is not None and job.number in self._unbegun:
                # It has no process yet, whose start is no reading.
                started = time.monotonic()
            used = 0.0 if job is None else await job.used()
            left = min(seconds - used, PATIENCE * seconds - (time.monotonic() - started))
            if left <= 0:
                return False
        return True

    def unread(self, slice_: Slice | None) -> str:
        """Why the data that a slice gives could not be had, as far as that is known."""
        return (
            ""
            if slice_ is None
            else self._unread.get((slice_.files, slice_.expression, slice_.unsettled), "")
        )

    async def _try_canary(self) -> str | None:
        problem: ProbeError | None = None
        try:
            job = await self.open(canary.SLICE, limits=Limits(canary.SECONDS))
            try:
                async for report in job.probe([{}], "symbolic"):
                    problem = report.error if report.verdict != "ok" else None
            finally:
                await job.close()
        except AgentFailed as failure:
            return str(failure)
        except SliceFailed as failure:
            problem = failure.error
        if problem is None:
            return None
        return (
            f"No search space can be probed with {shlex.join(self.command)}: even a model of one layer does not "
            f"build there ({problem.type}: {problem.message.strip()})."
        )

    async def rehearse(
        self,
        slice_: Slice,
        configuration: Configuration,
        tuner: Span,
        seconds: float,
        *,
        limits: Limits | None = None,
        assumption: int = 0,
        device: bool = False,
        declared: DeclaredData | None = None,
        classes: int | None = None,
    ) -> Rehearsal:
        """Plays one small search in a process of its own, which may take `seconds` of processor time.

        `declared` are the shapes of data that may not be at hand, `assumption` is what is assumed of data that is not at hand,
        and `classes` is how many of them the model tells apart, if that is known. It sees a GPU only for `device`.

        Raises AgentFailed.
        """
        environment = await self.environment()
        if environment.problem is not None:
            raise AgentFailed(environment.problem)
        job = Job(self, slice_, declared, limits or Limits(), assumption, device)
        try:
            return await job.rehearse(configuration, tuner, seconds, classes)
        finally:
            job.end()

    async def simulate(self, asked: Mapping[str, Any], seconds: float) -> list[dict[str, Any]]:
        """How searches end whose outcomes are known (`agent/simulation.py`); raises AgentFailed."""
        await self.environment()
        number = next(self._numbers)
        try:
            params = {"job": number, "asked": asked, "seconds": seconds}
            answer = await self.ask_for_process("job/simulate", params)
            return list(answer.get("searches", ()))
        finally:
            self.tell_later("job/close", {"job": number})

    async def _describe(self, slice_: Slice, key: Any) -> DeclaredData | None:
        job = self._describing[key] = Job(self, slice_, None, Limits(), 0, False)
        try:
            data, self._unread[key] = await job.describe()
            return data
        except SliceFailed:
            return None
        finally:
            del self._describing[key]
            await job.close()

    async def incapable(self) -> str | None:
        """One sentence when not even a model of one layer can be probed here, so that no target is to blame.

        Asked when nothing of a target builds; found out once for each start of the interpreter.
        """
        if self._incapable is None:
            self._incapable = asyncio.create_task(self._try_canary())
        return await asyncio.shield(self._incapable)

    def rest(self) -> None:
        """Ends its interpreters of which nothing is asked; each starts again when something is."""
        for other in self._dressed.values():
            other.rest()
        if self.runs and not self.busy and (client := self._let_go()) is not None:
            self._leaving.add(leaving := asyncio.create_task(_stop(client)))
            leaving.add_done_callback(self._leaving.discard)

    async def close(self) -> None:
        """Ends the agent, every job, and the agents of scripts with an environment of their own."""
        for other in (*self._dressed.values(), *self._undressed):
            await other.close()
        self._dressed.clear()
        if self._starting is not None and not self._starting.done():
            self._starting.cancel()
            await asyncio.wait({self._starting})
        await self._stop()
        await asyncio.gather(*self._leaving)

    async def _stop(self) -> None:
        client = self._let_go()
        if client is not None:
            await _stop(client)

    def _let_go(self) -> _Client | None:
        """From now on nothing runs; what did is to be stopped."""
        if self._watching is not None:
            self._watching.cancel()
        for job in list(self._parked):
            self._unpark(job)
        client, self._client = self._client, None
        self.state = State.EXITED
        self._environment = None
        return client

    # ------------------------------------------------------------- used by jobs

    def number(self, job: Job) -> int:
        number = next(self._numbers)
        self._jobs[number] = job
        return number

    def forget(self, number: int) -> None:
        self._jobs.pop(number, None)

    async def ask(self, method: str, params: dict[str, Any]) -> Any:
        """One request; raises AgentFailed when the agent dies before it answers."""
        client, gone = self._client, self._gone
        if client is None or gone is None or self.state is not State.RUNNING:
            raise AgentFailed("The agent has stopped.")
        request = asyncio.ensure_future(client.protocol.send_request_async(method, params))
        self._asked += 1
        if self._environment is not None and (self._watching is None or self._watching.done()):
            self._watching = asyncio.create_task(self._watch(client))
        try:
            await asyncio.wait({request, gone}, return_when=asyncio.FIRST_COMPLETED)
            if not request.done():
                raise AgentFailed(self._why_ended(client))
            self._heard += 1
            return request.result()
        except JsonRpcException as problem:
            raise AgentFailed(f"The agent ended unexpectedly: {problem}") from None
        except (RuntimeError, ConnectionError) as problem:
            raise AgentFailed(self._why_ended(client, problem)) from None
        finally:
            self._asked -= 1
            request.cancel()

    @property
    def kept_waiting(self) -> float:
        """The seconds so far in which some job had no process yet, as where an interpreter must import Keras first."""
        return self._kept_waiting + (time.monotonic() - self._unbegun_since if self._unbegun else 0.0)

    async def ask_for_process(self, method: str, params: dict[str, Any]) -> Any:
        """A request for which a job needs a process; raises AgentFailed."""
        number = params["job"]
        if not self._unbegun:
            self._unbegun_since = time.monotonic()
        self._unbegun.add(number)
        try:
            return await self.ask(method, params)
        finally:
            self._has_begun(number)

    def _has_begun(self, number: int) -> None:
        if self._unbegun == {number}:
            self._kept_waiting += time.monotonic() - self._unbegun_since
        self._unbegun.discard(number)

    async def _watch(self, client: _Client) -> None:
        """Ends an agent that shows no life while something is asked of it: one that was stopped, or that hangs."""
        while self._client is client and self._asked:
            ping = asyncio.ensure_future(client.protocol.send_request_async("agent/ping", {}))
            lives = await self._shows_life(ping, client)
            ping.cancel()
            if not lives:
                journal.note("agent silent", pid=client._server.pid if client._server is not None else None)
                self._log(f"The agent has not answered for {SILENT_SECONDS:g} s and is replaced.")
                _hang_up(client)
                # Its exit is heard of when the loop gets to it.
                self._lost()
                return
            await asyncio.sleep(PING_SECONDS)

    async def _shows_life(self, ping: asyncio.Future[Any], client: _Client) -> bool:
        """Whether a ping is answered, or anything else is heard, in time; who gets no processor is waited for longer."""
        pid = client._server.pid if client._server is not None else 0
        silent, heard, before = 0.0, self._heard, life.look(pid)
        while not (await asyncio.wait({ping}, timeout=SILENT_SECONDS / LOOKS))[0]:
            if self._heard != heard:
                silent, heard, before = 0.0, self._heard, life.look(pid)
                continue
            # No clock is asked: while this process itself got no processor, nothing could be heard.
            silent += SILENT_SECONDS / LOOKS
            waits = life.starves(before, life.look(pid), SILENT_SECONDS / 2)
            if silent >= SILENT_SECONDS * (PATIENCE if waits else 1.0):
                return False
        return True

    def tell_later(self, method: str, params: dict[str, Any]) -> None:
        """A request whose answer nobody waits for, also from a task that is being cancelled."""
        if self._client is not None and self.state is State.RUNNING:
            with suppress(Exception):
                self._client.protocol.send_request(method, params)

    # ------------------------------------------------------------- the process

    async def _start(self) -> Environment:
        began = time.monotonic()
        self.state = State.STARTING
        self._data.clear()
        self._incapable = None
        loop = asyncio.get_running_loop()
        self._gone = loop.create_future()
        client = self._newest = _Client(lambda code: self._exited(client))
        self._listen(client)
        program, *arguments = self.command
        code = bootstrap.code(self.command)
        variables = interpreter.environment(self._untrusted, secrets=bool(arguments))
        variables[orphans.MARK] = client.mark
        orphans.take_in()
        try:
            await client.start_io(program, *arguments, "-u", "-c", code, env=variables)
        except (OSError, ValueError) as problem:
            self.state = State.EXITED
            # The system's words without the path, which stands before them.
            why = getattr(problem, "strerror", None) or problem
            raise AgentFailed(f"The interpreter {program} cannot be started: {why}.") from None
        self._client = client
        try:
            answer = await self._greet(client)
        except BaseException:
            await self._stop()
            raise
        environment = self._environment = self._placed(convert.environment(answer), client)
        journal.note(
            "agent started",
            seconds=time.monotonic() - began,
            python=environment.python,
            keras=environment.keras,
            backend=environment.backend,
            barriers=environment.barriers,
            problem=environment.problem,
        )
        return environment

    def _placed(self, environment: Environment, client: _Client) -> Environment:
        """An environment with what the agent does not know of it."""
        host, problem = elsewhere.host(client.told), environment.problem
        if host is not None and problem is not None:
            problem = f"On {host}: {problem}"
        mapped = self.folders.pairs if len(self.command) > 1 else ()
        return replace(environment, elsewhere=host, folders=mapped, script=self._script, problem=problem)

    def path_there(self, path: str) -> str:
        """Where the agent has a file of this machine; the same where nothing stands between us."""
        if self._client is None or len(self.command) == 1:
            return path
        return self.folders.there(path, str(self._client.told.get("system")))

    async def _greet(self, client: _Client) -> Any:
        """Sends the agent's sources and waits until it has imported Keras; the fields of its environment."""
        process = client._server
        assert process is not None and process.stdin is not None and process.stderr is not None
        self._errors = asyncio.create_task(self._log_errors(process.stderr, client))
        what = shlex.join(self.command)
        try:
            process.stdin.write(bootstrap.payload(self._env))
            # Nothing more is sent before it has read that; who waits for a password reads nothing.
            hello: asyncio.Future[Any] = asyncio.create_task(client.greeted.wait())
            assert self._gone is not None
            await asyncio.wait(
                {hello, self._gone}, timeout=HELLO_SECONDS, return_when=asyncio.FIRST_COMPLETED
            )
            hello.cancel()
            if not client.greeted.is_set():
                raise asyncio.TimeoutError
            self.state = State.RUNNING
            return await asyncio.wait_for(self.ask("initialize", {}), START_SECONDS)
        except (AgentFailed, ConnectionError, asyncio.TimeoutError):
            if client.greeted.is_set():
                raise AgentFailed(f"{what} is a Python that did not get Keras imported.") from None
            said = await self._last_words(client)
            why = said if len(self.command) > 1 and said else "is it a Python interpreter?"
            why += f" ({said})" if said and why is not said else ""
            raise AgentFailed(f"{what} did not start a Python that can probe: {why}") from None

    async def _last_words(self, client: _Client) -> str:
        """What the start command has said last: why a host cannot be reached, say."""
        if self._errors is not None:
            await asyncio.wait({self._errors}, timeout=LAST_WORDS_SECONDS)
        return masking.without_passwords(" ".join(client.said))

    def _why_ended(self, client: _Client, problem: Exception | None = None) -> str:
        host = elsewhere.host(client.told)
        if host is not None:
            said = " ".join(client.said)
            return f"The connection to {host} was closed{f': {said}' if said else '.'}"
        return f"The agent ended unexpectedly{'.' if problem is None else f': {problem}'}"

    async def _log_errors(self, stream: asyncio.StreamReader, client: _Client) -> None:
        """Empties the agent's standard error, which would block it when full."""
        while line := await stream.readline():
            text = line.decode("utf-8", "replace").strip()
            if text:
                client.said.append(text[:MOST_OF_A_LINE])
            self._log(text)

    def _exited(self, client: _Client) -> None:
        # What it has led to may hold the other end.
        _hang_up(client)
        if not client.ends_in_order:
            self._leaving.add(ending := asyncio.ensure_future(asyncio.to_thread(orphans.end, client.mark)))
            ending.add_done_callback(self._leaving.discard)
        if client is not self._newest:
            # Its successor has started already.
            return
        journal.note("agent ended", code=client._server.returncode if client._server is not None else None)
        self._lost()

    def _lost(self) -> None:
        """Nothing more comes from the agent: what was asked of it fails, and the next start is a new one."""
        self.state = State.EXITED
        for job in list(self._parked):
            self._unpark(job)
        self._environment = None
        if self._gone is not None and not self._gone.done():
            self._gone.set_result(None)

    def _listen(self, client: _Client) -> None:
        @client.feature("agent/hello")  # type: ignore[untyped-decorator]
        def hello(params: dict[str, Any]) -> None:
            self._heard += 1
            client.told = params
            client.greeted.set()

        @client.feature("job/begun")  # type: ignore[untyped-decorator]
        def begun(params: dict[str, Any]) -> None:
            self._has_begun(params["job"])

        @client.feature("job/reports")  # type: ignore[untyped-decorator]
        def reports(params: dict[str, Any]) -> None:
            self._heard += 1
            job = self._jobs.get(params["job"])
            if job is not None:
                job.received(params)

        @client.feature("job/output")  # type: ignore[untyped-decorator]
        def output(params: dict[str, Any]) -> None:
            self._heard += 1
            self._log(params["text"].rstrip("\n"))

        @client.feature("job/died")  # type: ignore[untyped-decorator]
        def died(params: dict[str, Any]) -> None:
            journal.note("process ended", reason=params["reason"])
            self._log(f"A probe's process ended: {params['reason']}")


async def _stop(client: _Client) -> None:
    process = client._server
    client.ends_in_order = True
    with suppress(Exception):
        client.protocol.send_request("shutdown", None)
    if process is not None:
        try:
            await asyncio.wait_for(process.wait(), 2.0)
        except asyncio.TimeoutError:
            client.ends_in_order = False
            _hang_up(client)
    with suppress(Exception, asyncio.CancelledError):
        await asyncio.wait_for(client.stop(), 2.0)  # type: ignore[no-untyped-call]


def _hang_up(client: _Client) -> None:
    """Ends an agent wherever it runs: it ends itself when its connection does. Numbers of its processes may be anybody's here."""
    process = client._server
    if process is None:
        return
    if process.stdin is not None:
        process.stdin.close()
    with suppress(ProcessLookupError):
        process.kill()


STRANGE = "It wrote into the channel over which its probe reports."

NONSENSE: dict[str, Any] = {"died": STRANGE, "index": 0}
"""What counts as the answer of a process that tells what no probe tells."""


@contextmanager
def _understood() -> Iterator[None]:
    """User code may answer in its probe's place, with anything: raises AgentFailed where that is no answer."""
    try:
        yield
    except Exception:
        raise AgentFailed(STRANGE) from None


class Job:
    """One slice in a process of its own, which is replaced when a configuration kills it."""

    assumptions: tuple[str, ...] = ()
    waited: float = 0.0
    """Seconds by the clock in which it did not get to compute what it was asked."""

    def __init__(
        self,
        agent: Agent,
        slice_: Slice,
        data: DeclaredData | None,
        limits: Limits,
        assumption: int,
        device: bool,
    ) -> None:
        self._agent, self.slice, self.data = agent, slice_, data
        self._limits, self.assumption, self._device = limits, assumption, device
        self._number: int | None = None
        self._traces: dict[int, tuple[Any, ...]] = {}
        self._back = elsewhere.Back({})
        """Brings the paths of its files back."""
        self._queue: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._ahead: dict[str, list[Any]] = {}
        """Values of lists in the report that comes next."""
        self._probed = False
        self._kin = False
        """Its process has started others."""
        self._served = 1
        """So many texts the process has run."""

    async def start(self) -> None:
        """Forks the process and runs the slice in it."""
        await self._open({})

    @property
    def number(self) -> int | None:
        """What the agent knows it by; None when it has ended."""
        return self._number

    async def used(self) -> float:
        """The processor time that its process has used so far; 0 where the agent's system does not tell."""
        return float(await self._agent.ask("job/used", {"job": self._number}))

    async def go_on(self, other: Job) -> bool:
        """Runs the slice in the process of another job, which is over; False where it cannot, and that has ended."""
        like, self._served = other.lend(), other._served + 1
        try:
            answer = await self._open({"like": like})
        except SliceFailed:
            # What the process has become may be to blame: a new one is asked.
            return False
        except BaseException:
            self._agent.tell_later("job/close", {"job": like})
            raise
        if answer.get("refused"):
            self._agent.tell_later("job/close", {"job": like})
            self.end()
            return False
        return True

    def lend(self) -> int | None:
        """The number under which the process is known to the agent; this job has none any more."""
        number, self._number = self._number, None
        if number is not None:
            self._agent.forget(number)
        return number

    async def describe(self) -> tuple[DeclaredData | None, str]:
        """Forks the process, runs a slice that gives data in it, and returns its shapes where they are certain.

        With them why they are not, where a reason is known.
        """
        answer = await self._open({"describe": True})
        with _understood():
            data = convert.data(answer["data"]) if answer.get("data") else None
        return data, str(answer.get("unread") or "")

    def unread(self, slice_: Slice | None) -> str:
        """Why the data that a slice gives could not be had, as far as that is known."""
        return self._agent.unread(slice_)

    async def rehearse(
        self, configuration: Configuration, tuner: Span, seconds: float, classes: int | None = None
    ) -> Rehearsal:
        """Forks the process, runs a slice that searches in it, and tells what happened."""
        asked = {"configuration": dict(configuration), "seconds": seconds, "classes": classes}
        answer = self._back(await self._agent.ask_for_process("job/rehearse", {**self._params(), **asked}))
        with _understood():
            return convert.rehearsal(answer, configuration, tuner)

    async def _open(self, more: Mapping[str, Any]) -> dict[str, Any]:
        params = {**self._params(), **more}
        try:
            answer: dict[str, Any] = self._back(await self._agent.ask_for_process("job/open", params))
        except BaseException:
            self.end()
            raise
        if answer.get("error") is not None:
            self.end()
            with _understood():
                error = convert.error(answer["error"])
            raise SliceFailed(error)
        with _understood():
            self.assumptions = tuple(map(str, answer.get("assumptions", ())))
        return answer

    def _params(self) -> dict[str, Any]:
        """What a new process must know; from now on its reports come here."""
        self._number = self._agent.number(self)
        self._traces, self._ahead = {}, {}
        there = {each.path: self._agent.path_there(each.path) for each in self.slice.files}
        self._back = elsewhere.Back({path: own for own, path in there.items()})
        files = tuple(replace(each, path=there[each.path]) for each in self.slice.files)
        return {
            "job": self._number,
            "slice": convert.slice_to_json(replace(self.slice, files=files)),
            "data": convert.data_to_json(self.data),
            "assumption": self.assumption,
            "device": self._device,
            "limits": {
                "seconds": self._limits.seconds,
                "patience": self._limits.patience,
                "memory_mb": self._limits.memory_mb,
                "output_bytes": self._limits.output_bytes,
            },
        }

    async def probe(
        self,
        configurations: Sequence[Configuration],
        level: Level,
        *,
        within: float | None = None,
        each: float | None = None,
    ) -> AsyncIterator[Report]:
        """A report for every configuration, in order, as they come.

        A configuration that kills its process gets the verdict "unknown" with the reason; the others go on in a
        new process. `within` seconds (the agent's processor time, in all) no report comes any more: the rest of the
        configurations is left out. `each` takes the place of the job's limit for one probe.
        """
        left: list[Configuration | Report] = list(configurations)
        while left:
            if isinstance(left[0], Report):
                yield left.pop(0)  # type: ignore[misc]
                continue
            if self._number is None:
                await self.start()
            asked_for = list(itertools.takewhile(lambda each: not isinstance(each, Report), left))
            params = {
                "job": self._number,
                "level": level,
                "configurations": [dict(c) for c in asked_for],  # type: ignore[arg-type]
                "within": within,
                "each": each,
            }
            asked = asyncio.ensure_future(self._agent.ask("job/probe", params))
            done, answer = 0, None
            try:
                while answer is None and not (asked.done() and self._queue.empty()):
                    getter = asyncio.ensure_future(self._queue.get())
                    try:
                        await asyncio.wait({asked, getter}, return_when=asyncio.FIRST_COMPLETED)
                        if getter.done():
                            reports = await self._read(getter.result())
                            answer = NONSENSE if reports is None else None
                            for report in (reports or ())[: len(asked_for) - done]:
                                done += 1
                                yield report
                    finally:
                        getter.cancel()
                answer = self._told(answer or asked.result())
            except BaseException:
                self.end()
                raise
            finally:
                asked.cancel()
            left = left[done:]
            reason = answer.get("died")
            if reason is not None:
                self.end()
                if done < len(asked_for):
                    # What was probed before it and not told yet is probed again, and told first.
                    place = min(max(answer["index"] - done, 0), len(asked_for) - done - 1)
                    kind = "TimeLimit" if answer.get("late") is True else "Killed"
                    error = ProbeError(kind, str(reason), "limit")
                    left[place] = Report(left[place], "unknown", level, error)
                continue
            if answer.get("cut"):
                self.end()
            if done < len(asked_for) and within is not None:
                return
            if done < len(asked_for) and not answer.get("cut"):
                raise AgentFailed("The agent lost reports.")

    async def close(self) -> None:
        """Ends the job. Its process may wait for another text like this one, where it rests and has met no harm."""
        fit = self._number is not None and not self._device and self._served < MOST_SERVED and not self._kin
        if not (fit and self._probed and self._agent.park(self)):
            self.end()

    def received(self, fields: dict[str, Any]) -> None:
        """Reports from the agent."""
        self._queue.put_nowait(fields)

    async def _read(self, fields: dict[str, Any]) -> list[Report] | None:
        """The reports in a message, read beside the loop: they may be long. None where they are none."""
        try:
            return await asyncio.to_thread(self._converted, fields)
        except Exception:
            return None

    def _told(self, answer: dict[str, Any]) -> dict[str, Any]:
        """An answer after the last report, where it is one."""
        try:
            self.assumptions = tuple(map(str, answer.get("assumptions", self.assumptions)))
            wall, computed = map(float, answer.get("took", (0.0, 0.0)))
            index = int(answer.get("index") or 0)
        except (TypeError, ValueError):
            return NONSENSE
        self._probed = True
        self._kin = bool(answer.get("kin"))
        self.waited += wall - computed
        return {**answer, "index": index}

    def _converted(self, fields: dict[str, Any]) -> list[Report]:
        """What a message holds of reports; what it says of the next one is kept for that."""
        fields = self._back(fields)
        for number, calls in fields["traces"].items():
            self._traces[int(number)] = convert.trace(calls)
        for name, values in fields.get("ahead", {}).items():
            self._ahead.setdefault(name, []).extend(values)
        found = []
        for each in fields["reports"]:
            ahead, self._ahead = self._ahead, {}
            found.append(convert.report({**each, **ahead}, self._traces.get(each["layers"], ())))
        return found

    def end(self) -> None:
        """Ends the job's process."""
        if self._number is not None:
            self._agent.tell_later("job/close", {"job": self._number})
            self._agent.forget(self._number)
            self._number = None
        while not self._queue.empty():
            self._queue.get_nowait()
