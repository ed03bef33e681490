"""Standard input as pygls reads it, with headers that no mistake of a client's can put out of step for ever.

A body ends without a line break. Where its length was not understood or wrong, the next header stands on the same
line as its end; pygls takes whole lines alone and would never find a header again.
"""

from __future__ import annotations

import logging
import re
from typing import BinaryIO

LARGEST = 1 << 28
"""A message of more bytes is not waited for."""

_LENGTH = re.compile(rb"content-length[ \t]*:[ \t]*(\d{1,12})[ \t]*\r?\n\Z", re.IGNORECASE)
_log = logging.getLogger(__name__)


class Headers:
    """A stream whose lines with a length are as the protocol writes them, whatever stands before the length."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def readline(self) -> bytes:
        """The next line; a length without use is left out, so that what follows is read up to the next header."""
        line = self._stream.readline()
        found = _LENGTH.search(line)
        if found is not None and 0 < int(found[1]) <= LARGEST:
            return b"Content-Length: %d\r\n" % int(found[1])
        if b"content-length" in line.lower():
            _log.warning("A message of the editor's has no usable Content-Length and was skipped.")
            return b"\r\n"
        return line

    def read(self, size: int) -> bytes:
        """The body after a header."""
        return self._stream.read(size)
