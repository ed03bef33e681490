"""Work that keeps a processor busy, done beside the event loop, which must answer the editor all the while.

A task that is cancelled stops waiting at once and drops the result; what its thread is in the midst of ends by itself,
what had not begun never does. Two threads, because one may still be busy for a task that was cancelled, and because
Python runs one at a time anyway: more would only make each other, and the loop, wait.

What is handed over must be values, or objects that belong to the caller alone: an `Explorer` is made, fed and asked by
the one analysis that waits for each of its answers in turn.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import ParamSpec, TypeVar

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")

_THREADS = ThreadPoolExecutor(2, thread_name_prefix="hypershape-aside")
_SCHEDULED = Path("/proc/thread-self/schedstat")
"""Linux says here how long a thread was kept from a processor by others; elsewhere it is not known."""


@dataclass(slots=True)
class Kept:
    """The seconds that work of one task, done aside, had to wait for a processor that another program kept busy."""

    seconds: float = 0.0


_KEPT: ContextVar[Kept] = ContextVar("kept")


def begin() -> Kept:
    """Counts anew for the running task and for those that it starts from now on."""
    started = Kept()
    _KEPT.set(started)
    return started


def kept() -> Kept:
    """That of the running task."""
    found = _KEPT.get(None)
    return begin() if found is None else found


async def aside(
    work: Callable[Parameters, Result], *args: Parameters.args, **kwargs: Parameters.kwargs
) -> Result:
    """What `work` returns, worked out in another thread."""
    done, seconds = await asyncio.get_running_loop().run_in_executor(
        _THREADS, _timed, partial(work, *args, **kwargs)
    )
    kept().seconds += seconds
    return done


def _timed(work: Callable[[], Result]) -> tuple[Result, float]:
    before = _delayed()
    return work(), _delayed() - before


def _delayed() -> float:
    try:
        return int(_SCHEDULED.read_bytes().split()[1]) / 1e9
    except (OSError, IndexError, ValueError):
        return 0.0
