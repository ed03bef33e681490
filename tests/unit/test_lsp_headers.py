"""After whatever a client writes, the server hears the next request."""

from __future__ import annotations

import io
import json

import pytest
from pygls.lsp.server import LanguageServer

from hypershape.lsp.headers import LARGEST, Headers

GOOD = b'{"jsonrpc":"2.0","id":1,"method":"shutdown"}'


def answered(before: bytes) -> bool:
    """Whether a request that follows some bytes is answered before the input ends."""
    out = io.BytesIO()
    out.close = lambda: None  # type: ignore[method-assign]
    written = before + b"Content-Length: %d\r\n\r\n" % len(GOOD) + GOOD
    server = LanguageServer("test", "1")
    server.start_io(stdin=Headers(io.BytesIO(written)), stdout=out)  # type: ignore[arg-type]
    bodies = [part.partition(b"\r\n\r\n")[2] for part in out.getvalue().split(b"Content-Length")]
    return any(json.loads(body).get("id") == 1 for body in bodies if body.strip())


@pytest.mark.parametrize(
    "before",
    [
        b"",
        b"Content-Length: abc\r\n\r\n{}",
        b"Content-Length: -5\r\n\r\n{}",
        b"Content-Length: 0\r\n\r\n",
        b"Content-Length:\r\n\r\n{}",
        b"content-length: 2\r\n\r\n{}",
        b"Content-Length: 2\n\n{}",
        b'Content-Length: 5\r\n\r\n{"jsonrpc": "2.0"}',
        b"Content-Length: %d\r\n\r\n{}" % (LARGEST + 1),
        b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n",
        b"x" * 100_000,
        b"\xff\xfe\r\n\r\n",
    ],
)
def test_the_next_request_is_answered(before: bytes) -> None:
    assert answered(before)
