"""A stand-in for `ssh`: one process listens, the other connects to it and has words run there, by a shell.

As there, nothing but bytes joins the two: no parent, no group, no environment; words are joined with spaces.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress


def _pump(take: Callable[[], bytes], give: Callable[[bytes], object], end: Callable[[], object]) -> None:
    with suppress(OSError):
        while data := take():
            give(data)
    with suppress(OSError):
        end()


def _serve_one(connection: socket.socket) -> None:
    asked = connection.makefile("rb").readline()
    process = subprocess.Popen(
        ["sh", "-c", " ".join(json.loads(asked))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd="/",
        env={"PATH": os.environ["PATH"]},
        bufsize=0,
        start_new_session=True,
    )
    assert process.stdin is not None and process.stdout is not None
    connection.sendall(b"\n")
    sending, answers = process.stdin, process.stdout
    threading.Thread(
        target=_pump, args=(lambda: connection.recv(1 << 16), sending.write, sending.close), daemon=True
    ).start()
    _pump(lambda: answers.read(1 << 16), connection.sendall, lambda: connection.shutdown(socket.SHUT_RDWR))
    process.wait()


def serve() -> None:
    """Says the number of its port, and serves until its standard input closes."""
    listening = socket.create_server(("127.0.0.1", 0))
    print(listening.getsockname()[1], flush=True)
    threading.Thread(target=lambda: (sys.stdin.buffer.read(), os._exit(0)), daemon=True).start()
    while True:
        connection, _ = listening.accept()
        threading.Thread(target=_serve_one, args=(connection,)).start()


def connect(port: str, words: list[str]) -> None:
    """Has the words run, and passes on what is read and said."""
    with socket.create_connection(("127.0.0.1", int(port))) as connection:
        connection.sendall(json.dumps(words).encode() + b"\n")
        # Whoever serves reads ahead until the first line is over.
        connection.recv(1)
        threading.Thread(
            target=_pump,
            args=(
                lambda: os.read(0, 1 << 16),
                connection.sendall,
                lambda: connection.shutdown(socket.SHUT_WR),
            ),
            daemon=True,
        ).start()
        _pump(lambda: connection.recv(1 << 16), lambda data: os.write(1, data), lambda: None)


if __name__ == "__main__":
    serve() if sys.argv[1] == "serve" else connect(sys.argv[2], sys.argv[3:])
