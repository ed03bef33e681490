"""A machine without a network, for code that sends or fetches something beside what it is there for.

A callback that writes an e-mail fails there as it would in a train, and code that survives this goes on. What fails
later may do so for what it did not get: who asked is remembered.
"""

from __future__ import annotations

import errno
import ipaddress
import socket
import sys
import types
from typing import Any, Callable, Optional, Set, Tuple

from . import guard
from .positions import Positions


class Offline:
    """What a process meets that has no network, and who of the user's code met it."""

    def __init__(self, positions: Positions) -> None:
        self._positions = positions
        self._codes: Set[types.CodeType] = set()
        self._kinds: Set[type] = set()

    @property
    def met(self) -> bool:
        """Whether anything wanted to use the network."""
        return bool(self._codes)

    def refuse(self, event: str, args: Tuple[Any, ...]) -> None:
        """Raises what the system would; an event that only announces others passes."""
        answer = _ANSWERS.get(event)
        error = answer(args) if answer is not None else None
        if error is None:
            return
        frame = self._positions.innermost(sys._getframe())
        while frame is not None:
            self._codes.add(frame.f_code)
            if "self" in frame.f_locals:
                self._kinds.add(type(frame.f_locals["self"]))
            frame = self._positions.innermost(frame.f_back)
        raise guard.no_network(error)

    def may_lack(self, error: BaseException) -> bool:
        """Whether an error rose in code of the user's that wanted something of the network, or in its object."""
        innermost: Optional[types.FrameType] = None
        traceback = error.__traceback__
        while traceback is not None:
            if self._positions.is_user(traceback.tb_frame):
                innermost = traceback.tb_frame
            traceback = traceback.tb_next
        if innermost is None:
            return False
        return innermost.f_code in self._codes or type(innermost.f_locals.get("self")) in self._kinds


def _resolved(args: Tuple[Any, ...]) -> Optional[OSError]:
    """Names need a server to ask; this machine and plain addresses do not."""
    host = args[0]
    host = host.decode("ascii", "replace") if isinstance(host, bytes) else host
    if host is None or host in ("", "localhost") or _address(host) is not None:
        return None
    return socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")


def _connected(args: Tuple[Any, ...]) -> OSError:
    """Nobody listens on this machine either: a service that does is not there to be tried out."""
    address = args[1]
    host = _address(address[0]) if isinstance(address, tuple) and address else None
    if host is None or host.is_loopback:
        return ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused")
    return OSError(errno.ENETUNREACH, "Network is unreachable")


_ANSWERS: "dict[str, Callable[[Tuple[Any, ...]], Optional[OSError]]]" = {
    "socket.getaddrinfo": _resolved,
    "socket.gethostbyname": _resolved,
    "socket.connect": _connected,
    "socket.sendto": _connected,
}
"""What the system says of the calls to it. Others, such as `smtplib.connect`, come before one of these."""


def _address(host: Any) -> Any:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None
