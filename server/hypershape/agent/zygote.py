"""The agent's main process: imports Keras once, runs no user code, forks a child for each job and watches over it."""

from __future__ import annotations

import os
import platform
import selectors
import signal
import socket
import sys
import time
from typing import Any, Optional, Sequence

from . import environ, errors, kernel, kin, limits, packages, scratch, wire

# Imported where processes fork alone: see `loader.start`.
assert sys.platform != "win32"

WATCH_SECONDS = 0.1
"""How often running children are held against their limits."""

ANSWER_SECONDS = 60.0
"""A child that shows no work in hand, and does not answer, is given up after this time by the clock."""

REQUEST_SECONDS = 10.0
"""A child takes a request within this time, or never."""


class _Child:
    """The process of one job, as the zygote sees it."""

    def __init__(
        self, job: int, pid: int, channel: socket.socket, output: int, limit: dict[str, Any]
    ) -> None:
        self.job = job
        self.pid = pid
        self.channel = channel
        self.output = output
        self.limit = limit
        self.progress: Optional[limits.Progress] = None
        self.frames = wire.Frames(2 * wire.LARGEST_REPORTED)
        self.pending: Any = None
        self.silent_since: Optional[float] = None
        """When it was first seen with no work in hand and a request not answered."""
        self.status: Optional[int] = None
        """How it has ended."""
        self.printed = 0
        self.killed_because: Optional[str] = None
        self.late = False
        """It was ended because its time was over."""


class Zygote:
    """Reads requests, forks, passes frames on, and ends children that hang, grow or are no longer wanted."""

    def __init__(self, incoming: int, outgoing: int, own: Sequence[str] = ()) -> None:
        self._own = own
        self._incoming, self._outgoing = incoming, outgoing
        self._messages = wire.Messages()
        self._children: dict[int, _Child] = {}
        self._selector = selectors.DefaultSelector()
        self._selector.register(incoming, selectors.EVENT_READ, self._read_server)
        self._environment: dict[str, Any] = {}
        self._running = True
        self._scratch = ""
        """Holds a folder for each job, the only one in which its code may write; it goes with the agent."""
        self._strays = False
        """Processes of a job that has ended may be left."""

    def run(self) -> None:
        """Serves until the server closes the stream or asks for the end; then no child is left."""
        with environ.recorded(self._own) as readers:
            problem = packages.load()
        if problem is None:
            from . import engine

            self._environment = engine.describe()
        else:
            self._environment = packages.unusable(problem)
        self._environment["readers"] = readers
        kin.take_in_orphans()
        with scratch.folder() as self._scratch:
            try:
                self._serve()
            finally:
                for child in list(self._children.values()):
                    self._kill(child, None)
                    self._reap(child)

    def _serve(self) -> None:
        while self._running:
            busy = self._strays or any(child.pending is not None for child in self._children.values())
            for key, _ in self._selector.select(WATCH_SECONDS if busy else None):
                key.data()
            self._watch()
            if self._strays:
                self._end_strays()

    def _end_strays(self) -> None:
        self._strays = not kin.end_strays({child.pid for child in self._children.values()})

    # ------------------------------------------------------------- the server

    def _read_server(self) -> None:
        data = os.read(self._incoming, 1 << 16)
        if not data:
            self._running = False
            return
        for message in self._messages.feed(data):
            self._handle(message)

    def _handle(self, message: dict[str, Any]) -> None:
        method, request, params = message.get("method"), message.get("id"), message.get("params") or {}
        if method == "initialize":
            self._send(wire.answer(request, self._environment))
        elif method == "shutdown":
            self._send(wire.answer(request, None))
            self._running = False
        elif method == "job/open":
            if params.get("like") is None:
                self._open(request, params, message)
            else:
                self._go_on(request, params, message)
        elif method in ("job/rehearse", "job/simulate"):
            self._open(request, params, message)
        elif method == "job/probe":
            child = self._children.get(params["job"])
            if child is None:
                self._send(wire.answer(request, {"probed": 0, "died": "the job is closed", "index": None}))
            else:
                self._ask(child, request, message)
        elif method == "job/used":
            child = self._children.get(params["job"])
            self._send(
                wire.answer(request, limits.processor_seconds(child.pid) if child is not None else 0.0)
            )
        elif method == "job/close":
            child = self._children.get(params["job"])
            if child is not None:
                self._kill(child, None)
                self._reap(child)
            self._send(wire.answer(request, None))
        elif method == "agent/ping":
            self._send(wire.answer(request, None))
        elif request is not None:
            self._send(wire.failure(request, -32601, f"unknown method {method}"))

    def _send(self, data: bytes) -> None:
        wire.write_all(self._outgoing, data)

    # ------------------------------------------------------------- children

    def _open(self, request: Any, params: dict[str, Any], message: dict[str, Any]) -> None:
        ours, theirs = socket.socketpair()
        reading, writing = os.pipe()
        progress = limits.Progress()
        sys.stdout.flush()
        sys.stderr.flush()
        pid = os.fork()
        if pid == 0:
            self._become_child(theirs, writing, progress)
        theirs.close()
        os.close(writing)
        os.set_blocking(reading, False)
        ours.settimeout(REQUEST_SECONDS)
        child = _Child(params["job"], pid, ours, reading, params.get("limits") or {})
        child.progress = progress
        self._children[child.job] = child
        self._selector.register(ours, selectors.EVENT_READ, lambda: self._read_child(child))
        self._selector.register(reading, selectors.EVENT_READ, lambda: self._read_output(child))
        self._ask(child, request, message)

    def _go_on(self, request: Any, params: dict[str, Any], message: dict[str, Any]) -> None:
        """Opens a job in the process of another one, which is over; that process refuses where it would do harm."""
        child = self._children.get(params["like"])
        if child is None or child.pending is not None:
            self._send(wire.answer(request, {"error": None, "refused": True}))
            return
        del self._children[child.job]
        child.job, child.limit, child.printed = params["job"], params.get("limits") or {}, 0
        self._children[child.job] = child
        self._ask(child, request, message)

    def _become_child(self, channel: socket.socket, output: int, progress: limits.Progress) -> None:
        """In the new process: keeps nothing of the zygote's but the modules, and never returns."""
        status = 1
        try:
            kin.die_with_parent()
            # In a session of its own no signal to "my group" reaches the agent or the server, and no terminal is left.
            os.setsid()
            kin.take_in_orphans()
            os.nice(5)  # The user's own training comes first.
            self._selector.close()
            for other in self._children.values():
                other.channel.close()
                os.close(other.output)
            os.close(self._incoming)
            os.close(self._outgoing)
            nothing = os.open(os.devnull, os.O_RDONLY)
            os.dup2(nothing, 0)
            os.dup2(output, 1)
            os.dup2(output, 2)
            os.close(nothing)
            os.close(output)
            from . import job

            job.serve(channel, progress, self._folder(os.getpid()))
            status = 0
        finally:
            os._exit(status)

    def _ask(self, child: _Child, request: Any, message: dict[str, Any]) -> None:
        child.pending, child.silent_since = request, None
        try:
            child.channel.sendall(wire.frame(wire.REQUEST, wire.text(message)))
        except OSError:
            self._kill(child, None)
            self._died(child)

    def _read_child(self, child: _Child) -> None:
        if self._children.get(child.job) is not child:
            return
        try:
            data = child.channel.recv(1 << 20)
        except OSError:
            data = b""
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

    def _read_output(self, child: _Child) -> None:
        if self._children.get(child.job) is not child:
            return
        try:
            data = os.read(child.output, 1 << 16)
        except BlockingIOError:
            return
        if not data:
            self._selector.unregister(child.output)
            return
        room = int(child.limit.get("output_bytes", 1 << 16)) - child.printed
        child.printed += len(data)
        if room > 0:
            text = data[:room].decode("utf-8", "replace")
            if len(data) > room:
                text += "\n[the rest of the output was dropped]\n"
            self._send(wire.notification("job/output", {"job": child.job, "text": text}))

    def _watch(self) -> None:
        for child in list(self._children.values()):
            if child.pending is None or child.progress is None:
                continue
            if self._has_ended(child):
                # A process that it has started may hold its channel open: no end of the stream will be seen.
                self._read_rest(child)
                continue
            overdue = child.progress.overdue(child.pid)
            most = child.limit.get("memory_mb")
            if overdue is not None:
                child.late = True
                self._kill(child, f"It took longer than {overdue:g} s and had to be stopped.")
            elif most and limits.resident_mb(child.pid) > most:
                self._kill(child, f"It took more than {most:,} MB of memory.")
            elif kin.are_too_many(child.pid):
                self._kill(child, f"It started more than {kin.MOST} processes.")
            elif self._is_silent(child):
                self._kill(child, "It did not answer any more.")

    def _is_silent(self, child: _Child) -> bool:
        assert child.progress is not None
        if child.progress.index is not None:
            child.silent_since = None
            return False
        now = time.monotonic()
        child.silent_since = child.silent_since or now
        return now - child.silent_since > ANSWER_SECONDS

    def _has_ended(self, child: _Child) -> bool:
        pid, status = os.waitpid(child.pid, os.WNOHANG)
        if pid:
            child.status = status
        return bool(pid)

    def _read_rest(self, child: _Child) -> None:
        """Takes what a child has sent before its end, and tells its end."""
        child.channel.setblocking(False)
        while self._children.get(child.job) is child:
            self._read_child(child)

    def _kill(self, child: _Child, because: Optional[str]) -> None:
        child.killed_because = child.killed_because or because
        if child.status is None:
            kin.kill(child.pid)

    def _died(self, child: _Child) -> None:
        """A child's end, expected or not: whatever was asked of it is answered with the reason."""
        index = child.progress.index if child.progress is not None else None
        status = self._reap(child)
        if child.pending is not None:
            reason = child.killed_because or _how_it_ended(status)
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

    def _folder(self, pid: int) -> str:
        return os.path.join(self._scratch, str(pid))

    def _reap(self, child: _Child) -> int:
        self._children.pop(child.job, None)
        for source in (child.channel, child.output):
            try:
                self._selector.unregister(source)
            except KeyError:
                pass
        child.channel.close()
        os.close(child.output)
        deadline = time.monotonic() + 1.0
        while child.status is None and not self._has_ended(child):
            if time.monotonic() > deadline:
                self._kill(child, None)
            time.sleep(0.001)
        self._end_strays()
        kernel.clear(self._folder(child.pid))
        assert child.status is not None
        return child.status


def _how_it_ended(status: int) -> str:
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        try:
            name = signal.Signals(number).name
        except ValueError:
            name = str(number)
        return f"It crashed the Python process ({name})."
    return f"It ended the Python process with exit code {os.WEXITSTATUS(status)}."


def main(own: Sequence[str] = ()) -> None:
    """Takes the standard streams for the protocol, gives user code others, and serves.

    `own` are environment variables that the agent has set for itself.
    """
    kin.die_with_parent()
    try:
        # Signals of a terminal are for the server, which ends its agents in order.
        os.setsid()
    except OSError:
        pass
    incoming, outgoing = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    os.close(nothing)
    # Whatever a login shell printed before must not be taken for a message.
    wire.write_all(outgoing, b"\r\n")
    # Importing Keras takes long on a busy machine; that this is a Python is known now.
    wire.write_all(outgoing, wire.notification("agent/hello", {"python": platform.python_version()}))
    Zygote(incoming, outgoing, own).run()
