"""Which documents are probed now, however many are open: a few, the one that was touched last before all others."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

MOST = 3
"""So many documents are probed at a time: the one at hand, and two that were begun before it or wait for their first
results. Each has processes of some 300 MB, and may have the processor to itself while it computes."""


class Places:
    """Places for `most` documents, by their addresses.

    Who is touched (opened, edited, saved) comes at once: whoever has had a place for longest gives it up, `retry` is
    called with that address, and it is to ask again. All others wait, and the one that was touched last goes first.
    """

    def __init__(self, retry: Callable[[str], None], most: int = MOST) -> None:
        self._retry = retry
        self._most = most
        self._touched: dict[str, None] = {}
        """From the one that was not touched for longest to the latest."""
        self._held: dict[Place, None] = {}
        self._waiting: dict[Place, asyncio.Future[None]] = {}

    def touch(self, uri: str) -> None:
        self._touched.pop(uri, None)
        self._touched[uri] = None

    def forget(self, uri: str) -> None:
        """A document is closed."""
        self._touched.pop(uri, None)
        self.give_back(uri)

    def give_back(self, uri: str) -> None:
        """What runs for a document is cancelled: its place is free at once, and it is not to ask again."""
        for place in [each for each in self._held if each.uri == uri]:
            self._leave(place)

    def is_latest(self, uri: str) -> bool:
        """Whether no other document was touched since this one was."""
        return bool(self._touched) and next(reversed(self._touched)) == uri

    async def _take(self, place: Place) -> None:
        if place in self._held:
            return
        if len(self._held) >= self._most and self.is_latest(place.uri):
            self._give_up(next(iter(self._held)))
        while len(self._held) >= self._most:
            waiting = self._waiting[place] = asyncio.get_running_loop().create_future()
            try:
                await waiting
            finally:
                self._waiting.pop(place, None)
        self._held[place] = None

    def _give_up(self, place: Place) -> None:
        del self._held[place]
        self._retry(place.uri)

    def _leave(self, place: Place) -> None:
        self._held.pop(place, None)
        self._call_next()

    def _call_next(self) -> None:
        """Wakes the one that was touched last; it takes the place that is free, or waits again."""
        order = list(self._touched)
        waiting = [each for each in self._waiting if not self._waiting[each].done()]
        if waiting and len(self._held) < self._most:
            latest = max(waiting, key=lambda each: order.index(each.uri) if each.uri in order else -1)
            self._waiting[latest].set_result(None)


class Place:
    """One analysis of a document, and its place while it has one: `async with Place(places, uri) as place`."""

    def __init__(self, places: Places, uri: str) -> None:
        self._places = places
        self.uri = uri

    async def __aenter__(self) -> Place:
        return self

    async def take(self) -> None:
        """Returns when it has its place; at once where it has it already."""
        await self._places._take(self)

    async def __aexit__(self, *_: object) -> None:
        self.leave()

    def leave(self) -> None:
        self._places._leave(self)
