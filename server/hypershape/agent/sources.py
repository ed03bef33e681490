"""Where the agent's main process hears from others: the server, the processes of jobs.

A process that forks must have no second thread, and waits for all of them at once (`Selected`). Windows cannot wait
for several pipes: there a thread listens to each of them (`Heard`).
"""

from __future__ import annotations

import os
import queue
import selectors
import sys
import threading
import time
from typing import Callable, Optional, Protocol

Act = Callable[[bytes], None]
"""Is given what has arrived, and nothing at the end."""

_AT_ONCE = 1 << 16

MOST_WAITING = 100
"""Who sends more than so many pieces before they are taken waits, as at a pipe that is full."""

LAST_SECONDS = 2.0
"""So long it may take to hear the last of a process that has ended."""


class Sources(Protocol):
    def add(self, descriptor: int, act: Act) -> None:
        """Calls `act` whenever something arrives there, until its end or `remove`."""

    def remove(self, descriptor: int) -> None:
        """Hears no more of it, and closes it."""

    def wait(self, seconds: Optional[float]) -> None:
        """Acts on what has arrived, once it has, or after so many seconds."""

    def finish(self, descriptor: int) -> None:
        """Acts on what has arrived there, then as at its end: others may hold the other end open."""


class Selected:
    """One thread, which asks the system who has something to say."""

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()
        self._acts: dict[int, Act] = {}

    def add(self, descriptor: int, act: Act) -> None:
        self._acts[descriptor] = act
        self._selector.register(descriptor, selectors.EVENT_READ)

    def remove(self, descriptor: int) -> None:
        del self._acts[descriptor]
        if descriptor in self._selector.get_map():
            self._selector.unregister(descriptor)
        os.close(descriptor)

    def wait(self, seconds: Optional[float]) -> None:
        for key, _ in self._selector.select(seconds):
            if key.fd in self._acts:
                self._hear(key.fd)

    def finish(self, descriptor: int) -> None:
        if sys.platform != "win32":
            os.set_blocking(descriptor, False)
        while descriptor in self._acts:
            data = _read(descriptor)
            self._acts[descriptor](data)
            if not data:
                return

    def leave(self) -> None:
        """In a fork: keeps nothing of it."""
        self._selector.close()
        for descriptor in self._acts:
            os.close(descriptor)

    def _hear(self, descriptor: int) -> None:
        data = _read(descriptor)
        if not data:
            self._selector.unregister(descriptor)
        self._acts[descriptor](data)


class Heard:
    """A thread for each descriptor; what they hear is acted on by the one that waits."""

    def __init__(self) -> None:
        self._arrived: queue.Queue[tuple[_Listener, bytes]] = queue.Queue(MOST_WAITING)
        self._kept: list[tuple[_Listener, bytes]] = []
        """What has arrived and waits for its turn."""
        self._listeners: dict[int, _Listener] = {}

    def add(self, descriptor: int, act: Act) -> None:
        listener = self._listeners[descriptor] = _Listener(descriptor, act, self._arrived)
        listener.start()

    def remove(self, descriptor: int) -> None:
        self._listeners.pop(descriptor).leave()

    def wait(self, seconds: Optional[float]) -> None:
        self._take(0.0 if self._kept else seconds)
        pieces, self._kept = self._kept, []
        for listener, data in pieces:
            self._act(listener, data)

    def finish(self, descriptor: int) -> None:
        listener = self._listeners[descriptor]
        deadline = time.monotonic() + LAST_SECONDS
        while listener.is_alive() and time.monotonic() < deadline:
            self._take(0.01)
        self._take(0.0)
        for each, data in self._kept:
            if each is listener:
                self._act(listener, data)
        self._act(listener, b"")

    def _act(self, listener: _Listener, data: bytes) -> None:
        if self._listeners.get(listener.descriptor) is listener:
            listener.act(data)

    def _take(self, seconds: Optional[float]) -> None:
        """Keeps what has arrived or arrives within so many seconds."""
        try:
            self._kept.append(
                self._arrived.get(timeout=seconds) if seconds != 0 else self._arrived.get_nowait()
            )
            while len(self._kept) < MOST_WAITING:
                self._kept.append(self._arrived.get_nowait())
        except queue.Empty:
            pass


class _Listener(threading.Thread):
    def __init__(self, descriptor: int, act: Act, arrived: queue.Queue[tuple[_Listener, bytes]]) -> None:
        super().__init__(daemon=True)
        self.descriptor, self.act = descriptor, act
        self._arrived = arrived
        self._lock = threading.Lock()
        self._over = self._left = False

    def run(self) -> None:
        data = b"-"
        while data and not self._left:
            data = _read(self.descriptor)
            self._arrived.put((self, data))
        self._ends("_over")

    def leave(self) -> None:
        """Nobody listens any more: it is closed as soon as nobody reads from it."""
        self._ends("_left")

    def _ends(self, how: str) -> None:
        with self._lock:
            setattr(self, how, True)
            if self._over and self._left:
                os.close(self.descriptor)


def _read(descriptor: int) -> bytes:
    """What is there; nothing at the end."""
    try:
        return os.read(descriptor, _AT_ONCE)
    except OSError:
        return b""
