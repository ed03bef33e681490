"""What the agent's main process hears, in both ways of listening."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable

import pytest

from hypershape.agent.sources import MOST_WAITING, Heard, Selected, Sources

both = pytest.mark.parametrize("kind", [Selected, Heard])


def until(sources: Sources, held: Callable[[], bool]) -> None:
    for _ in range(500):
        if held():
            return
        sources.wait(0.01)
    raise AssertionError("it was not heard")


@both
def test_what_arrives_is_heard_in_order_and_its_end_is_nothing(kind: type[Selected] | type[Heard]) -> None:
    sources, heard = kind(), list[bytes]()
    reading, writing = os.pipe()
    sources.add(reading, heard.append)
    os.write(writing, b"one ")
    until(sources, lambda: heard == [b"one "])
    os.write(writing, b"two")
    os.close(writing)
    until(sources, lambda: heard[-1:] == [b""])
    assert b"".join(heard) == b"one two"
    sources.remove(reading)


@both
def test_who_was_removed_is_not_heard_though_its_number_is_another_s_now(
    kind: type[Selected] | type[Heard],
) -> None:
    sources, first, second = kind(), list[bytes](), list[bytes]()
    reading, writing = os.pipe()
    sources.add(reading, first.append)
    os.write(writing, b"late")
    sources.remove(reading)
    os.close(writing)
    other, end = os.pipe()
    sources.add(other, second.append)
    os.write(end, b"mine")
    until(sources, lambda: second == [b"mine"])
    assert first == []
    os.close(end)
    until(sources, lambda: second[-1:] == [b""])
    sources.remove(other)


@both
def test_the_last_of_a_process_is_heard_though_another_holds_its_stream(
    kind: type[Selected] | type[Heard],
) -> None:
    sources, heard = kind(), list[bytes]()
    reading, writing = os.pipe()
    sources.add(reading, heard.append)
    os.write(writing, b"last words")
    sources.finish(reading)
    assert b"".join(heard) == b"last words" and heard[-1] == b""
    sources.remove(reading)
    os.close(writing)


@both
def test_one_that_is_removed_while_it_is_acted_on_is_no_fault(kind: type[Selected] | type[Heard]) -> None:
    sources, over = kind(), list[bool]()
    reading, writing = os.pipe()

    def act(data: bytes) -> None:
        sources.remove(reading)
        over.append(True)

    sources.add(reading, act)
    os.close(writing)
    until(sources, lambda: bool(over))
    sources.wait(0.01)
    assert over == [True]


def test_who_floods_waits_until_it_is_heard() -> None:
    sources, heard = Heard(), [0]
    reading, writing = os.pipe()
    size = (1 << 16) * (MOST_WAITING + 50)

    def flood() -> None:
        left = size
        while left:
            left -= os.write(writing, b"x" * min(left, 1 << 16))
        os.close(writing)

    def act(data: bytes) -> None:
        heard[0] += len(data)

    sources.add(reading, act)
    writer = threading.Thread(target=flood)
    writer.start()
    writer.join(0.5)
    assert writer.is_alive() and sources._arrived.qsize() <= MOST_WAITING
    until(sources, lambda: heard[0] == size)
    writer.join()
    sources.remove(reading)
