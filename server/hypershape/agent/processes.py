"""The process of one job, as the agent's main process sees it, however it came to be."""

from __future__ import annotations

import signal
from typing import Callable, Optional, Protocol

from . import kin, limits
from .sources import Act, Sources


class Process:
    """`replies` and `output` are descriptors: its frames, and what it prints. `name` is that of its scratch folder."""

    def __init__(self, pid: int, name: str, replies: int, output: int, progress: limits.Progress) -> None:
        self.pid, self.name = pid, name
        self.replies, self.output = replies, output
        self.progress = progress
        self.heard: Act = _nothing
        """What becomes of its frames, and at their end of nothing."""
        self.printed: Act = _nothing

    def listen(self, sources: Sources) -> None:
        """From now on `heard` and `printed` are given what comes from it."""
        sources.add(self.replies, lambda data: self.heard(data))
        sources.add(self.output, lambda data: self.printed(data))

    def send(self, data: bytes) -> None:
        """Raises OSError when it does not take it."""
        raise NotImplementedError

    def ended(self) -> Optional[int]:
        """Its exit code, or below 0 the signal that ended it; None while it runs."""
        raise NotImplementedError

    def kill(self) -> None:
        kin.kill(self.pid)

    def close(self) -> None:
        """When it has ended: gives back what was kept for it."""
        self.progress.close()

    def processor_seconds(self) -> float:
        """What it has used; 0 where the system does not tell."""
        return limits.processor_seconds(self.pid)

    def memory_mb(self) -> float:
        """What it holds; 0 where the system does not tell."""
        return limits.resident_mb(self.pid)

    def own_mb(self) -> float:
        """The part of it that is not this process's as well."""
        return self.memory_mb()


def _nothing(data: bytes) -> None:
    pass


class Processes(Protocol):
    """One way to have processes in which Keras is imported and nothing of the user's has run."""

    environment: Optional[dict[str, object]]
    """The fields of an `Environment`, once they are known."""
    given_up: bool
    """No more process can be had."""

    def begin(self, sources: Sources, changed: Callable[[], None]) -> None:
        """Gets ready; `changed` is called whenever one of the fields, or what `take` gives, is not as before."""

    def take(self, waiting: int) -> Optional[Process]:
        """A process for one job, where one is at hand; so many jobs wait for one."""

    def pids(self) -> set[int]:
        """Processes that no job has taken yet."""

    def watch(self) -> None:
        """Called every so often while jobs wait."""

    def close(self) -> None:
        """Ends those."""


def how_it_ended(code: int) -> str:
    """One sentence about an exit code, or below 0 the signal."""
    if code >= 0 and code < 1 << 16:
        return f"It ended the Python process with exit code {code}."
    if code > 0:
        # What Windows says of a crash.
        return f"It crashed the Python process (0x{code:08X})."
    try:
        name = signal.Signals(-code).name
    except ValueError:
        name = str(-code)
    return f"It crashed the Python process ({name})."
