"""Processes for jobs where nothing is forked: interpreters that have imported Keras and wait, each for one job.

Each is started as the agent itself was, by its sources over the standard input, and shares nothing with others but
what it is told: the file in which it shows its progress, and the folder in which it may write.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from typing import Any, Callable, Mapping, Optional, Sequence

from . import kin, limits, loader, packages, windows, wire
from .channel import Channel
from .processes import Process
from .sources import Heard, Sources

AT_HAND = 2
"""So many wait: one for the next job, and one for what an edit starts beside it."""

AT_ONCE = 2
"""So many start at a time: what imports Keras keeps a processor busy for seconds."""

START_SECONDS = 600.0
"""Who has not imported Keras by then never will."""

MOST_FAILED = 3
"""After so many in a row that have not got there, the next would not either."""

MOST_SAID = 4000
"""So many bytes of what one has printed last are kept until it is ready."""

READY = "ready"


def main(own: Sequence[str], told: Mapping[str, Any]) -> None:
    """A spare's life: imports Keras, says so, and serves one job. `told` is what `Spares` tells it."""
    kin.die_with_parent()
    incoming, outgoing = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    os.close(nothing)
    if told["gives_way"]:
        kin.give_way()
    channel, progress = Channel(incoming, outgoing), limits.Progress(told["progress"])
    environment = packages.described(own)
    usable = environment.get("problem") is None
    if usable:
        from . import job
    channel.send(wire.result(READY, {**environment, "pid": os.getpid()}))
    if usable:
        if not told["gives_way"]:
            kin.give_way()
        job.serve(channel, progress, os.path.join(told["scratch"], str(told["number"])))
    # Threads of the user's do not keep it.
    os._exit(0)


class Spares:
    """Starts them, and hands them out; the next ones are started when no job waits for what the machine can do now."""

    def __init__(self, sources: dict[str, str], environment: dict[str, str], folder: str) -> None:
        self._program = sources, environment
        self._folder = folder
        self._sources: Sources = Heard()
        self._changed: Callable[[], None] = lambda: None
        self._starting: list[_Spare] = []
        self._ready: list[_Spare] = []
        self._failed = 0
        self._started = 0
        self.environment: Optional[dict[str, object]] = None
        self.given_up = False

    def begin(self, sources: Sources, changed: Callable[[], None]) -> None:
        self._sources, self._changed = sources, changed
        self._start(gives_way=False)

    def take(self, waiting: int) -> Optional[Process]:
        for each in [spare for spare in self._ready if spare.ended() is not None]:
            # The system has ended it meanwhile, as it does where memory is short.
            self._lost(each)
        taken = self._ready.pop(0) if self._ready else None
        self._fill(waiting - (taken is not None))
        return taken

    def pids(self) -> set[int]:
        return {each.started.pid for each in (*self._starting, *self._ready)}

    def close(self) -> None:
        for each in (*self._starting, *self._ready):
            self._end(each)

    def watch(self) -> None:
        """Ends who does not get there."""
        for each in list(self._starting):
            if time.monotonic() - each.since > START_SECONDS:
                self._lost(each)

    def _fill(self, waiting: int) -> None:
        if self.environment is None or self.environment.get("problem") is not None:
            # The first one tells whether there is any use in others.
            return
        wanted = waiting + AT_HAND - len(self._ready) - len(self._starting)
        for _ in range(min(wanted, AT_ONCE - len(self._starting))):
            self._start(gives_way=waiting <= 0)

    def _start(self, gives_way: bool) -> None:
        self._started += 1
        told = {
            "number": self._started,
            "scratch": self._folder,
            "progress": os.path.join(self._folder, f"progress-{self._started}"),
            "gives_way": gives_way,
        }
        try:
            spare = _Spare(told)
        except OSError:
            self._miss()
            return
        self._starting.append(spare)
        spare.heard = lambda data: self._hear(spare, data)
        spare.printed = spare.keep
        spare.listen(self._sources)
        spare.send(loader.payload(*self._program, told))

    def _hear(self, spare: _Spare, data: bytes) -> None:
        """What one says before it has a job: that it is ready, once."""
        try:
            said = [json.loads(body)["result"] for _, body in spare.frames.feed(data)]
        except (ValueError, KeyError):
            said, data = [], b""
        if not data:
            self._lost(spare)
        elif said:
            self._failed = 0
            self._starting.remove(spare)
            spare.pid = said[0].pop("pid")
            self.environment = self.environment or {
                **said[0],
                "processes": "spawn",
                "bounds": spare.promise(),
            }
            if said[0].get("problem") is None:
                self._ready.append(spare)
                self._fill(0)
            else:
                self._end(spare)
            self._changed()

    def _lost(self, spare: _Spare) -> None:
        if spare in self._starting:
            self._starting.remove(spare)
            # Why it did not get there is for the log; what imports print otherwise is not.
            self._sources.finish(spare.output)
            wire.write_all(2, spare.said)
            self._miss()
        else:
            self._ready.remove(spare)
        self._end(spare)
        self._fill(0)
        self._changed()

    def _miss(self) -> None:
        self._failed += 1
        self.given_up = self._failed >= MOST_FAILED or self.environment is None

    def _end(self, spare: _Spare) -> None:
        spare.kill()
        for descriptor in (spare.replies, spare.output):
            self._sources.remove(descriptor)
        spare.started.wait()
        spare.close()


class _Spare(Process):
    """An interpreter of its own. On Windows its `pid` may be that of a child of the one that was started."""

    def __init__(self, told: Mapping[str, Any]) -> None:
        self._place = str(told["progress"])
        self.started = _interpreter(bool(told["gives_way"]))
        self._job = windows.job(self.started)
        assert self.started.stdout is not None and self.started.stderr is not None
        # Whoever listens to them closes them.
        replies, output = (os.dup(each.fileno()) for each in (self.started.stdout, self.started.stderr))
        self.started.stdout.close()
        self.started.stderr.close()
        super().__init__(self.started.pid, str(told["number"]), replies, output, limits.Progress(self._place))
        self.since = time.monotonic()
        self.said = b""
        """The last that it has printed before it had a job."""
        self.frames = wire.Frames()

    def keep(self, data: bytes) -> None:
        self.said = (self.said + data)[-MOST_SAID:]

    def promise(self) -> str:
        """What holds its bounds, in words."""
        return windows.promise(self._job) or limits.promise()

    def send(self, data: bytes) -> None:
        # Who does not read would keep the agent waiting, and is given up as one that does not answer.
        threading.Thread(target=self._write, args=(data,), daemon=True).start()

    def _write(self, data: bytes) -> None:
        assert self.started.stdin is not None
        try:
            wire.write_all(self.started.stdin.fileno(), data)
        except (OSError, ValueError):
            # It has ended, which its other stream tells.
            pass

    def ended(self) -> Optional[int]:
        return self.started.poll()

    def kill(self) -> None:
        if sys.platform == "win32" and self._job is not None and windows.end(self._job):
            return
        super().kill()

    def close(self) -> None:
        super().close()
        if self.started.stdin is not None:
            self.started.stdin.close()
        if sys.platform == "win32" and self._job is not None:
            windows.close(self._job)
        try:
            os.remove(self._place)
        except OSError:
            pass

    def processor_seconds(self) -> float:
        if sys.platform == "win32" and self._job is not None:
            return windows.processor_seconds(self._job)
        return super().processor_seconds()

    def memory_mb(self) -> float:
        if sys.platform == "win32" and self._job is not None:
            return windows.memory_mb(self._job)
        return super().memory_mb()


def _interpreter(gives_way: bool) -> subprocess.Popen[bytes]:
    """An interpreter like this one, which waits for its program."""
    flags: Callable[[], list[str]] = getattr(subprocess, "_args_from_interpreter_flags", list)
    return subprocess.Popen(
        [sys.executable, *flags(), "-u", "-c", loader.LINE],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        bufsize=0,
        start_new_session=True,
        creationflags=windows.flags(gives_way),
    )
