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
from functools import partial
from typing import ParamSpec, TypeVar

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")

_THREADS = ThreadPoolExecutor(2, thread_name_prefix="hypershape-aside")


async def aside(
    work: Callable[Parameters, Result], *args: Parameters.args, **kwargs: Parameters.kwargs
) -> Result:
    """What `work` returns, worked out in another thread."""
    return await asyncio.get_running_loop().run_in_executor(_THREADS, partial(work, *args, **kwargs))
