"""The ways between the agent's main process and that of a job, as the job sees them."""

from __future__ import annotations

import json
import os
import queue
import threading
from typing import Any, Iterator, Optional

from . import wire

_AT_ONCE = 1 << 20


class Channel:
    """Requests come over one descriptor, which may be the other one as well, over which reports and answers go."""

    def __init__(self, incoming: int, outgoing: int) -> None:
        self._incoming, self._outgoing = incoming, outgoing
        self._arrived: Optional[queue.SimpleQueue[bytes]] = None

    def requests(self) -> Iterator[dict[str, Any]]:
        """The requests as they come, until the main process is gone."""
        frames = wire.Frames()
        while True:
            data = self._read() if self._arrived is None else self._arrived.get()
            if not data:
                return
            for _, body in frames.feed(data):
                yield json.loads(body)

    def send(self, data: bytes) -> None:
        """Raises OSError when the main process is gone."""
        wire.write_all(self._outgoing, data)

    def watch(self) -> None:
        """From now on this process ends with the main process, whatever it is doing: for systems that do not see to it.

        Code that keeps Python's lock holds that up until it lets go of it.
        """
        self._arrived = queue.SimpleQueue()
        threading.Thread(target=self._take_in, args=(self._arrived,), daemon=True).start()

    def _take_in(self, arrived: queue.SimpleQueue[bytes]) -> None:
        while True:
            data = self._read()
            if not data:
                os._exit(0)
            arrived.put(data)

    def _read(self) -> bytes:
        try:
            return os.read(self._incoming, _AT_ONCE)
        except OSError:
            return b""

    def close(self) -> None:
        for descriptor in {self._incoming, self._outgoing}:
            os.close(descriptor)
