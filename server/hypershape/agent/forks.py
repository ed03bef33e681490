"""Processes for jobs where the system forks: Keras is imported once, and each job begins as a copy of that."""

from __future__ import annotations

import os
import socket
import sys
from typing import Callable, Optional, Sequence

from . import kin, limits, packages
from .channel import Channel
from .processes import Process
from .sources import Selected, Sources

assert sys.platform != "win32"

REQUEST_SECONDS = 10.0
"""A child takes a request within this time, or never."""


class Forks:
    """Forks the agent's main process, which must have one thread alone."""

    def __init__(self, own: Sequence[str], folder: str, outgoing: int) -> None:
        self._own = own
        self._folder = folder
        self._outgoing = outgoing
        """The stream to the server, which is no job's."""
        self._sources = Selected()
        self.environment: Optional[dict[str, object]] = None
        self.given_up = False

    def begin(self, sources: Sources, changed: Callable[[], None]) -> None:
        assert isinstance(sources, Selected)
        self._sources = sources
        described = packages.described(self._own)
        if described.get("problem") is None:
            # Once for all jobs, whose processes begin with it.
            from . import job, simulation  # noqa: F401
        self.environment = {**described, "processes": "fork", "bounds": limits.promise()}
        changed()

    def take(self, waiting: int) -> Optional[Process]:
        ours, theirs = socket.socketpair()
        reading, writing = os.pipe()
        progress = limits.Progress()
        sys.stdout.flush()
        sys.stderr.flush()
        pid = os.fork()
        if pid == 0:
            ours.close()
            os.close(reading)
            self._become_child(theirs, writing, progress)
        theirs.close()
        os.close(writing)
        process = _Fork(pid, ours, reading, progress)
        process.listen(self._sources)
        return process

    def pids(self) -> set[int]:
        return set()

    def watch(self) -> None:
        pass

    def close(self) -> None:
        pass

    def _become_child(self, channel: socket.socket, output: int, progress: limits.Progress) -> None:
        """In the new process: keeps nothing of the main one's but the modules, and never returns."""
        status = 1
        try:
            # In a session of its own no signal to "my group" reaches the agent or the server, and no terminal is left.
            os.setsid()
            kin.give_way()
            self._sources.leave()
            os.close(self._outgoing)
            nothing = os.open(os.devnull, os.O_RDONLY)
            os.dup2(nothing, 0)
            os.dup2(output, 1)
            os.dup2(output, 2)
            os.close(nothing)
            os.close(output)
            from . import job

            descriptor = channel.detach()
            job.serve(Channel(descriptor, descriptor), progress, os.path.join(self._folder, str(os.getpid())))
            status = 0
        finally:
            os._exit(status)


class _Fork(Process):
    def __init__(self, pid: int, channel: socket.socket, output: int, progress: limits.Progress) -> None:
        channel.settimeout(REQUEST_SECONDS)
        super().__init__(pid, str(pid), channel.fileno(), output, progress)
        self._channel = channel
        self._status: Optional[int] = None

    def send(self, data: bytes) -> None:
        self._channel.sendall(data)

    def ended(self) -> Optional[int]:
        if self._status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            self._status = os.waitstatus_to_exitcode(status) if pid else None
        return self._status

    def own_mb(self) -> float:
        # A fork begins with the pages of this process, and has pages of its own where it writes.
        return max(0.0, self.memory_mb() - limits.resident_mb(os.getpid()))

    def close(self) -> None:
        super().close()
        # Its descriptor was closed by who heard from it.
        self._channel.detach()
