"""Calls a function in the midst of whatever Python the main thread runs, once a time is over."""

from __future__ import annotations

import _thread
import signal
import sys
import threading
import time
import types
from typing import Callable, Optional

Act = Callable[[], None]


def install(act: Act) -> None:
    """What is called, from now on; it may raise, which ends what was running.

    For the main thread alone.
    """

    def rung(number: int, frame: Optional[types.FrameType]) -> None:
        act()

    if _has_timer():
        _install_timer(rung)
    else:
        # The signal that Ctrl+C sends is the one that a thread can pretend on every system.
        signal.signal(signal.SIGINT, rung)
        _Waiting.one = _Waiting()


def ring(seconds: float) -> None:
    """Calls it after so many seconds; 0 takes that back. It may come a moment later all the same."""
    if sys.platform != "win32" and _has_timer():
        signal.setitimer(signal.ITIMER_REAL, seconds)
    elif _Waiting.one is not None:
        _Waiting.one.ring(seconds)


def _has_timer() -> bool:
    return hasattr(signal, "setitimer")


def _install_timer(rung: Callable[[int, Optional[types.FrameType]], None]) -> None:
    if sys.platform != "win32":
        signal.signal(signal.SIGALRM, rung)


class _Waiting:
    """The thread that waits, where the system has no timer that interrupts."""

    one: Optional[_Waiting] = None

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._until: Optional[float] = None
        threading.Thread(target=self._wait, daemon=True).start()

    def ring(self, seconds: float) -> None:
        with self._changed:
            self._until = time.monotonic() + seconds if seconds else None
            self._changed.notify()

    def _wait(self) -> None:
        with self._changed:
            while True:
                left = None if self._until is None else self._until - time.monotonic()
                if left is not None and left <= 0:
                    self._until = None
                    _thread.interrupt_main()
                else:
                    self._changed.wait(left)
