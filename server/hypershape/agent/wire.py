"""JSON-RPC 2.0 messages with `Content-Length` framing, and the simpler frames between zygote and child."""

from __future__ import annotations

import json
import os
import struct
import zlib
from typing import Any, Iterator

NOTIFICATION = b"N"
"""A child's frame that tells what it has found."""
ANSWER = b"A"
"""A child's frame that answers the request in hand."""
REQUEST = b"Q"
"""A frame to a child: a JSON-RPC request."""

LARGEST = 1 << 28
"""A frame of more bytes is not waited for."""

REPORTED = 1 << 20
"""What a child reports travels in frames of about so many bytes: the server reads each at one go, and must answer its
editor in between."""

LARGEST_REPORTED = 1 << 23
"""One report of more bytes is left out, and its configuration not checked."""

_STRANGE = "It wrote into the channel over which its probe reports."

_MARK = b"HS"
_HEADER = struct.Struct("!2scII")
"""What every frame begins with: a mark, its kind, the length of its body and the body's checksum."""


class Malformed(ValueError):
    """What came from a child is no frame, as when user code writes into a descriptor that is not its own."""


def encode(message: dict[str, Any]) -> bytes:
    """A whole JSON-RPC message as bytes, header and body."""
    return headed(text(message))


def text(message: dict[str, Any]) -> bytes:
    """A message without its header, as it travels between zygote and child."""
    return json.dumps(message, separators=(",", ":"), default=_plain).encode("utf-8")


def headed(body: bytes) -> bytes:
    return b"Content-Length: %d\r\n\r\n" % len(body) + body


def notification(method: str, params: dict[str, Any]) -> bytes:
    return encode({"jsonrpc": "2.0", "method": method, "params": params})


def answer(request: Any, result: Any) -> bytes:
    return encode({"jsonrpc": "2.0", "id": request, "result": result})


def reports(job: int, found: list[Any], traces: dict[int, Any]) -> bytes:
    """The frame in which a child sends what it has found."""
    return _reported({"job": job, "reports": found, "traces": traces})


def ahead(job: int, field: str, values: list[Any]) -> bytes:
    """A frame with some values of a list in the report that comes next, which is too long to travel as one."""
    return _reported({"job": job, "reports": [], "traces": {}, "ahead": {field: values}})


def _reported(params: dict[str, Any]) -> bytes:
    return frame(NOTIFICATION, text({"jsonrpc": "2.0", "method": "job/reports", "params": params}))


def result(request: Any, found: dict[str, Any]) -> bytes:
    """The frame in which a child answers the request in hand."""
    return frame(ANSWER, text({"jsonrpc": "2.0", "id": request, "result": found}))


def checked(kind: bytes, body: bytes, job: int, request: Any) -> bytes:
    """The body of a child's frame as the message that goes to the server.

    Raises Malformed where it is anything but a report of this job or the answer to the request in hand, as user code
    might forge it: nothing of that may reach the stream that all jobs share.
    """
    try:
        message = json.loads(body)
        if kind == NOTIFICATION:
            params = message["params"]
            fit = message["method"] == "job/reports" and params["job"] == job and "id" not in message
            fit = fit and isinstance(params["reports"], list) and isinstance(params["traces"], dict)
            fit = fit and isinstance(params.get("ahead", {}), dict)
        else:
            fit = kind == ANSWER and message["id"] == request and isinstance(message["result"], dict)
    except (ValueError, KeyError, TypeError, RecursionError):
        fit = False
    if not fit:
        raise Malformed(_STRANGE)
    return headed(body)


def failure(request: Any, code: int, message: str) -> bytes:
    return encode({"jsonrpc": "2.0", "id": request, "error": {"code": code, "message": message}})


def _plain(value: Any) -> Any:
    """NumPy scalars, tuples' relatives and whatever else a probe may hand over, as JSON."""
    item = getattr(value, "item", None)
    if item is not None and getattr(value, "ndim", None) == 0:
        return item()
    if isinstance(value, (set, frozenset)):
        return sorted(value, key=str)
    return str(value)


class Messages:
    """Cuts the bytes of a `Content-Length` stream into JSON-RPC messages."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> Iterator[dict[str, Any]]:
        """The messages that `data` completes."""
        self._buffer += data
        while True:
            end = self._buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            size = 0
            for line in bytes(self._buffer[:end]).split(b"\r\n"):
                name, _, value = line.partition(b":")
                if name.strip().lower() == b"content-length":
                    size = int(value)
            start = end + 4
            if len(self._buffer) < start + size:
                return
            body = bytes(self._buffer[start : start + size])
            del self._buffer[: start + size]
            yield json.loads(body)


class Frames:
    """Cuts the bytes of a zygote-child stream into (kind, body) pairs."""

    def __init__(self, largest: int = LARGEST) -> None:
        self._buffer = bytearray()
        self._largest = largest

    def feed(self, data: bytes) -> Iterator[tuple[bytes, bytes]]:
        """The frames that `data` completes, with bodies as they were sent.

        Raises Malformed at the first byte that belongs to none; nothing that follows can be read.
        """
        self._buffer += data
        while len(self._buffer) >= _HEADER.size:
            mark, kind, size, checksum = _HEADER.unpack_from(self._buffer)
            if mark != _MARK or kind not in (NOTIFICATION, ANSWER, REQUEST):
                raise Malformed(_STRANGE)
            if size > self._largest:
                raise Malformed(f"Its report is larger than {self._largest >> 20} MB.")
            if len(self._buffer) < _HEADER.size + size:
                return
            body = bytes(self._buffer[_HEADER.size : _HEADER.size + size])
            if zlib.crc32(body) != checksum:
                raise Malformed(_STRANGE)
            del self._buffer[: _HEADER.size + size]
            yield kind, body


def frame(kind: bytes, body: bytes) -> bytes:
    return _HEADER.pack(_MARK, kind, len(body), zlib.crc32(body)) + body


def write_all(descriptor: int, data: bytes) -> None:
    """Writes everything to a blocking descriptor."""
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]
