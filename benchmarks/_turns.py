"""The language server, with every turn of its loop timed: which callbacks and handlers keep the editor waiting.

    python benchmarks/_turns.py FILE

serves one client on standard input and output. When it ends, FILE has the longest turns, and how many there were, as
JSON: `{"turns": n, "slow": n, "longest": [{"seconds", "computed", "what"}], "handled": {method: [[seconds, computed]]}}`.
`seconds` is by the clock, with what other threads and programs took of it; `computed` is what the loop's own thread took;
`slow` are those over 50 ms.
"""

from __future__ import annotations

import asyncio
import atexit
import heapq
import json
import sys
import time
from pathlib import Path
from typing import Any

from pygls.protocol import JsonRPCProtocol

SLOW_SECONDS = 0.05
KEPT = 20


class Turns:
    """The longest turns so far."""

    def __init__(self) -> None:
        self.number = self.slow = 0
        self.longest: list[tuple[float, int, float, str]] = []
        self.handled: str | None = None
        """The message that is being handled in this turn."""
        self.messages: dict[str, list[tuple[float, float]]] = {}
        """How long each message of a kind was handled."""

    def watch(self) -> None:
        """Times every callback of asyncio, and names the messages that are handled in it."""
        run, handle = asyncio.events.Handle._run, JsonRPCProtocol.handle_message

        def timed(callback: asyncio.events.Handle) -> None:
            self.handled = None
            what, started, computed = _name(callback), time.perf_counter(), time.thread_time()
            run(callback)
            self.add(time.perf_counter() - started, time.thread_time() - computed, self.handled or what)

        def handled(protocol: JsonRPCProtocol, message: Any) -> None:
            self.handled = str(getattr(message, "method", None) or type(message).__name__)
            started, computed = time.perf_counter(), time.thread_time()
            handle(protocol, message)
            took = time.perf_counter() - started, time.thread_time() - computed
            self.messages.setdefault(self.handled, []).append(took)

        asyncio.events.Handle._run = timed  # type: ignore[method-assign]
        JsonRPCProtocol.handle_message = handled  # type: ignore[method-assign]

    def add(self, seconds: float, computed: float, what: str) -> None:
        self.number += 1
        self.slow += seconds > SLOW_SECONDS
        turn = seconds, self.number, computed, what
        if len(self.longest) < KEPT:
            heapq.heappush(self.longest, turn)
        else:
            heapq.heappushpop(self.longest, turn)

    def write(self, path: Path) -> None:
        longest = [
            {"seconds": seconds, "computed": computed, "what": what}
            for seconds, _, computed, what in sorted(self.longest, reverse=True)
        ]
        told = {"turns": self.number, "slow": self.slow, "longest": longest, "handled": self.messages}
        path.write_text(json.dumps(told), "utf-8")


def _name(callback: asyncio.events.Handle) -> str:
    """What a turn goes on with: the innermost coroutine of a task and its line, or a function."""
    function = callback._callback  # type: ignore[attr-defined]
    task = getattr(function, "__self__", None)
    if not isinstance(task, asyncio.Task):
        return str(getattr(function, "__qualname__", function))
    inner: Any = task.get_coro()
    name = str(inner)
    while inner is not None:
        frame = getattr(inner, "cr_frame", None) or getattr(inner, "ag_frame", None)
        if frame is not None:
            name = f"{Path(frame.f_code.co_filename).name}:{frame.f_lineno} {frame.f_code.co_name}"
        inner = getattr(inner, "cr_await", None) or getattr(inner, "ag_await", None)
    return name


def main() -> None:
    from hypershape.lsp.server import serve_stdio

    turns = Turns()
    turns.watch()
    # Once more after `initialize`, everything is imported: the first turns are those of the start.
    atexit.register(turns.write, Path(sys.argv[1]))
    serve_stdio()


if __name__ == "__main__":
    main()
