"""The agent's main process: runs no user code, has a process for each job and watches over it.

How such a process comes to be is the business of `forks`, or of `spares` where nothing is forked.
"""

from __future__ import annotations

import os
import platform
import signal
import sys
import time
from typing import Any, NamedTuple, Optional, Sequence

from . import errors, kernel, kin, limits, loader, scratch, whereabouts, wire
from .processes import Process, Processes, how_it_ended
from .sources import Heard, Selected, Sources
from .spares import Spares

WATCH_SECONDS = 0.1
"""How often running children are held against their limits."""

MOST_TOGETHER = 0.5
"""The share of this machine's memory that all jobs together may hold, beside what they share with this process."""

LEAST_LEFT = 0.05
"""The share of this machine's memory that is left to everything else, whoever uses it up."""

RESTING_SECONDS = 5.0
"""A child that was asked nothing for so long rests: it waits for a text like its own."""

ANSWER_SECONDS = 60.0
"""A child that shows no work in hand, and does not answer, is given up after this time by the clock."""


class _Asked(NamedTuple):
    """A job that waits for a process."""

    request: Any
    params: dict[str, Any]
    message: dict[str, Any]


class _Child:
    """The process of one job, as the zygote sees it."""

    def __init__(self, job: int, process: Process, limit: dict[str, Any]) -> None:
        self.job = job
        self.process = process
        self.limit = limit
        self.frames = wire.Frames(2 * wire.LARGEST_REPORTED)
        self.pending: Any = None
        self.silent_since: Optional[float] = None
        """When it was first seen with no work in hand and a request not answered."""
        self.idle_since: Optional[float] = None
        """When it was first seen with nothing asked of it."""
        self.printed = 0
        self.killed_because: Optional[str] = None
        self.late = False
        """It was ended because its time was over."""


class Zygote:
    """Reads requests, passes frames on, and ends children that hang, grow or are no longer wanted."""

    def __init__(self, outgoing: int, sources: Sources, processes: Processes, folder: str) -> None:
        self._outgoing = outgoing
        self._sources = sources
        self._processes = processes
        self._scratch = folder
        """Holds a folder for each job, the only one in which its code may write; it goes with the agent."""
        self._messages = wire.Messages()
        self._children: dict[int, _Child] = {}
        self._waiting: list[_Asked] = []
        self._greetings: list[Any] = []
        """Requests for the environment, which is not known yet."""
        self._most_mb = MOST_TOGETHER * limits.machine_mb()
        self._running = True
        self._strays = False
        """Processes of a job that has ended may be left."""

    def run(self, incoming: int) -> None:
        """Serves until the server closes the stream or asks for the end; then no child is left."""
        self._processes.begin(self._sources, self._go_on_with_waiting)
        kin.take_in_orphans()
        self._sources.add(incoming, self._hear_server)
        try:
            self._serve()
        finally:
            for child in list(self._children.values()):
                self._kill(child, None)
                self._reap(child)
            self._processes.close()

    def _serve(self) -> None:
        while self._running and not self._processes.given_up:
            busy = (
                self._strays
                or self._waiting
                or any(child.pending is not None for child in self._children.values())
            )
            self._sources.wait(WATCH_SECONDS if busy else None)
            self._watch()
            if self._waiting:
                self._processes.watch()
            if self._strays:
                self._end_strays()

    def _end_strays(self) -> None:
        jobs = {child.process.pid for child in self._children.values()}
        self._strays = not kin.end_strays(jobs | self._processes.pids())

    # ------------------------------------------------------------- the server

    def _hear_server(self, data: bytes) -> None:
        if not data:
            self._running = False
            return
        for message in self._messages.feed(data):
            self._handle(message)

    def _handle(self, message: dict[str, Any]) -> None:
        method, request, params = message.get("method"), message.get("id"), message.get("params") or {}
        if method == "initialize":
            self._greetings.append(request)
            self._go_on_with_waiting()
        elif method == "shutdown":
            self._send(wire.answer(request, None))
            self._running = False
        elif method == "job/open":
            if params.get("like") is None:
                self._open(_Asked(request, params, message))
            else:
                self._go_on(request, params, message)
        elif method in ("job/rehearse", "job/simulate"):
            self._open(_Asked(request, params, message))
        elif method == "job/probe":
            child = self._children.get(params["job"])
            if child is None:
                self._send(wire.answer(request, {"probed": 0, "died": "the job is closed", "index": None}))
            else:
                self._ask(child, request, message)
        elif method == "job/used":
            self._send(wire.answer(request, self._used(params["job"])))
        elif method == "job/close":
            self._close(params["job"])
            self._send(wire.answer(request, None))
        elif method == "agent/ping":
            jobs = [child.process.pid for child in self._children.values()]
            self._send(wire.answer(request, {"jobs": jobs, "spares": self._processes.pids()}))
        elif request is not None:
            self._send(wire.failure(request, -32601, f"unknown method {method}"))

    def _send(self, data: bytes) -> None:
        wire.write_all(self._outgoing, data)

    # ------------------------------------------------------------- children

    def _open(self, asked: _Asked) -> None:
        self._waiting.append(asked)
        self._go_on_with_waiting()

    def _go_on_with_waiting(self) -> None:
        """Answers what waited for Keras to be imported, as far as it is."""
        if self._processes.environment is None:
            return
        greetings, self._greetings = self._greetings, []
        for request in greetings:
            self._send(wire.answer(request, self._processes.environment))
        while self._waiting:
            process = self._processes.take(len(self._waiting))
            if process is None:
                return
            self._begin(self._waiting.pop(0), process)

    def _begin(self, asked: _Asked, process: Process) -> None:
        child = _Child(asked.params["job"], process, asked.params.get("limits") or {})
        self._children[child.job] = child
        process.heard = lambda data: self._hear(child, data)
        process.printed = lambda data: self._show(child, data)
        self._send(wire.notification("job/begun", {"job": child.job}))
        self._ask(child, asked.request, asked.message)

    def _used(self, job: int) -> float:
        """The processor time of a job; 0 while it has no process."""
        child = self._children.get(job)
        return child.process.processor_seconds() if child is not None else 0.0

    def _close(self, job: int) -> None:
        for asked in [each for each in self._waiting if each.params["job"] == job]:
            self._waiting.remove(asked)
            self._send(wire.answer(asked.request, _not_begun()))
        child = self._children.get(job)
        if child is not None:
            self._kill(child, None)
            self._reap(child)

    def _go_on(self, request: Any, params: dict[str, Any], message: dict[str, Any]) -> None:
        """Opens a job in the process of another one, which is over; that process refuses where it would do harm."""
        child = self._children.get(params["like"])
        if child is None or child.pending is not None:
            self._send(wire.answer(request, {"error": None, "refused": True}))
            return
        del self._children[child.job]
        child.job, child.limit, child.printed = params["job"], params.get("limits") or {}, 0
        self._children[child.job] = child
        self._send(wire.notification("job/begun", {"job": child.job}))
        self._ask(child, request, message)

    def _ask(self, child: _Child, request: Any, message: dict[str, Any]) -> None:
        child.pending, child.silent_since = request, None
        try:
            child.process.send(wire.frame(wire.REQUEST, wire.text(message)))
        except OSError:
            self._kill(child, None)
            self._died(child)

    def _hear(self, child: _Child, data: bytes) -> None:
        if self._children.get(child.job) is not child:
            return
        if not data:
            self._died(child)
            return
        try:
            for kind, body in child.frames.feed(data):
                self._pass_on(child, kind, body)
        except wire.Malformed as problem:
            self._kill(child, str(problem))
            self._died(child)

    def _pass_on(self, child: _Child, kind: bytes, body: bytes) -> None:
        """A child's frame, if it is its own; raises wire.Malformed."""
        message = wire.checked(kind, body, child.job, child.pending)
        if kind == wire.ANSWER:
            child.pending = None
        self._send(message)

    def _show(self, child: _Child, data: bytes) -> None:
        if self._children.get(child.job) is not child or not data:
            return
        room = int(child.limit.get("output_bytes", 1 << 16)) - child.printed
        child.printed += len(data)
        if room > 0:
            text = data[:room].decode("utf-8", "replace")
            if len(data) > room:
                text += "\n[the rest of the output was dropped]\n"
            self._send(wire.notification("job/output", {"job": child.job, "text": text}))

    def _watch(self) -> None:
        self._bound_together()
        for child in list(self._children.values()):
            if child.pending is None:
                continue
            process = child.process
            if process.ended() is not None:
                # A process that it has started may hold its channel open: no end of the stream will be seen.
                self._sources.finish(process.replies)
                continue
            overdue = process.progress.overdue(process.processor_seconds)
            most = child.limit.get("memory_mb")
            if overdue is not None:
                child.late = True
                self._kill(child, f"It took longer than {overdue:.3g} s and had to be stopped.")
            elif most and process.memory_mb() > most:
                self._kill(child, f"It took more than {most:,} MB of memory.")
            elif kin.are_too_many(process.pid):
                self._kill(child, f"It started more than {kin.MOST} processes.")
            elif self._is_silent(child):
                self._kill(child, "It did not answer any more.")

    def _bound_together(self) -> None:
        """Ends, where all hold too much, those that rest, the oldest first, and then the largest."""
        now = time.monotonic()
        for child in self._children.values():
            child.idle_since = None if child.pending is not None else child.idle_since or now
        held = {child: child.process.own_mb() for child in self._children.values()}
        while self._most_mb and held and sum(held.values()) > self._most_mb:
            self._end_one(held, f"All probes together took more than {self._most_mb:,.0f} MB of memory.")
        left = limits.left_mb() if held else None
        if left is not None and left < LEAST_LEFT / MOST_TOGETHER * self._most_mb:
            # One at a time: what it held is seen only at the next look.
            self._end_one(held, f"Only {left:,.0f} MB of this machine's memory were left.")

    def _end_one(self, held: dict[_Child, float], because: str) -> None:
        """Ends, of those that hold memory, the oldest that rests, else the largest."""
        now = time.monotonic()
        resting = [each for each in held if each.idle_since and now - each.idle_since > RESTING_SECONDS]
        child = resting[0] if resting else max(held, key=lambda each: held[each])
        del held[child]
        self._kill(child, because)
        if child.pending is None:
            self._reap(child)

    def _is_silent(self, child: _Child) -> bool:
        if child.process.progress.index is not None:
            child.silent_since = None
            return False
        now = time.monotonic()
        child.silent_since = child.silent_since or now
        return now - child.silent_since > ANSWER_SECONDS

    def _kill(self, child: _Child, because: Optional[str]) -> None:
        child.killed_because = child.killed_because or because
        if child.process.ended() is None:
            child.process.kill()

    def _died(self, child: _Child) -> None:
        """A child's end, expected or not: whatever was asked of it is answered with the reason."""
        index = child.process.progress.index
        # What it has printed last may say why.
        self._sources.finish(child.process.output)
        code = self._reap(child)
        if child.pending is not None:
            reason = child.killed_because or how_it_ended(code)
            self._send(wire.notification("job/died", {"job": child.job, "reason": reason}))
            result = {
                "probed": 0,
                "died": reason,
                "late": child.late,
                "index": index,
                "verdict": "unknown",
                "error": errors.limit("TimeLimit" if child.late else "Killed", reason),
            }
            self._send(wire.answer(child.pending, result))

    def _reap(self, child: _Child) -> int:
        """Waits for its end, and clears up; how it has ended."""
        self._children.pop(child.job, None)
        process = child.process
        self._sources.remove(process.replies)
        self._sources.remove(process.output)
        deadline = time.monotonic() + 1.0
        while (code := process.ended()) is None:
            if time.monotonic() > deadline:
                self._kill(child, None)
            time.sleep(0.001)
        process.close()
        self._end_strays()
        kernel.clear(os.path.join(self._scratch, process.name))
        return code


def _not_begun() -> dict[str, Any]:
    """The answer to a job that was closed before it had a process."""
    reason = "It was closed."
    return {
        "probed": 0,
        "died": reason,
        "index": None,
        "verdict": "unknown",
        "error": errors.limit("Killed", reason),
    }


def main(own: Sequence[str], sources: dict[str, str], environment: dict[str, str]) -> None:
    """Takes the standard streams for the protocol, gives user code others, and serves.

    `own` are environment variables that the agent has set for itself; `sources` and `environment` are what it was
    started with.
    """
    kin.die_with_parent()
    _leave_the_terminal()
    incoming, outgoing = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    os.close(nothing)
    # Whatever a login shell printed before must not be taken for a message.
    wire.write_all(outgoing, b"\r\n")
    # Importing Keras takes long on a busy machine; that this is a Python is known now.
    wire.write_all(
        outgoing,
        wire.notification("agent/hello", {"python": platform.python_version(), **whereabouts.here()}),
    )
    with scratch.folder() as folder:
        if sys.platform != "win32" and loader.forks():
            from .forks import Forks

            Zygote(outgoing, Selected(), Forks(own, folder, outgoing), folder).run(incoming)
        else:
            Zygote(outgoing, Heard(), Spares(sources, environment, folder), folder).run(incoming)


def _leave_the_terminal() -> None:
    """Signals of a terminal are for the server, which ends its agents in order."""
    if sys.platform == "win32" or not hasattr(os, "setsid"):
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        return
    try:
        os.setsid()
    except OSError:
        pass
