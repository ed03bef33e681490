"""A client that may say anything: it writes bytes to a real server, and hears what that answers."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

ANSWER_SECONDS = 20.0
"""An answer that takes longer by the clock never comes."""

TEXT = """import keras

def build_model(hp):
    kernel = hp.Int("kernel", 3, %d, step=2)
    model = keras.Sequential([keras.Input((28, 28, 1)), keras.layers.Conv2D(8, kernel)])
    model.compile(loss="mse")
    return model
"""
"""The rule that the last value of a range is never drawn (HS103) finds a fault for 10 and none for 9."""


class Client:
    """A server process with nobody's trust, and one open document in it."""

    def __init__(
        self,
        *,
        environment: Mapping[str, str] | None = None,
        before: Sequence[str] = (),
        cwd: Path | None = None,
        cache: str | None = None,
        **options: Any,
    ) -> None:
        """`environment` is added to this process's, and `before` the start of the command, which ends in the server's."""
        self.cache = cache or tempfile.mkdtemp(prefix="faults-")
        own = {"XDG_CACHE_HOME": self.cache, "XDG_STATE_HOME": self.cache}
        self.process = subprocess.Popen(
            [*before, sys.executable, "-m", "hypershape", "serve"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, **own, **(environment or {})},
            cwd=cwd,
        )
        self.uri = Path(self.cache, "train.py").as_uri()
        self.codes: dict[tuple[str, int | None], list[str]] = {}
        self.answers = True
        """Whether it answers what the server asks."""
        self._versions = itertools.count(1)
        self._numbers = itertools.count(1_000_000)
        self._answers: dict[Any, queue.Queue[dict[str, Any]]] = {}
        self._changed = threading.Condition()
        threading.Thread(target=self._listen, daemon=True).start()
        self.begin(options)

    def begin(self, options: Any) -> None:
        """The start of a session, with the document open."""
        self.ask(
            "initialize",
            {"capabilities": {}, "processId": None, "rootUri": None, "initializationOptions": options},
        )
        self.tell("initialized", {})
        self.tell("textDocument/didOpen", self.opening(TEXT % 9))

    def opening(self, text: str) -> dict[str, Any]:
        item = {"uri": self.uri, "languageId": "python", "version": next(self._versions), "text": text}
        return {"textDocument": item}

    def write(self, data: bytes) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def say(self, message: Any) -> None:
        body = message if isinstance(message, bytes) else json.dumps(message).encode()
        self.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)

    def tell(self, method: str, params: Any) -> None:
        self.say({"jsonrpc": "2.0", "method": method, "params": params})

    def ask(self, method: str, params: Any) -> dict[str, Any]:
        """The whole answer, be it an error; raises queue.Empty where none comes."""
        number = next(self._numbers)
        answers = self._answers[number] = queue.Queue()
        self.say({"jsonrpc": "2.0", "id": number, "method": method, "params": params})
        return answers.get(timeout=ANSWER_SECONDS)

    def is_right(self, last: int) -> bool:
        """Whether an edit to `last` gets its verdict, and a request its answer."""
        version = next(self._versions)
        change = {
            "textDocument": {"uri": self.uri, "version": version},
            "contentChanges": [{"text": TEXT % last}],
        }
        self.tell("textDocument/didChange", change)
        hover = self.ask(
            "textDocument/hover",
            {"textDocument": {"uri": self.uri}, "position": {"line": 3, "character": 18}},
        )
        deadline = time.monotonic() + ANSWER_SECONDS
        wanted = ["HS103"] if last == 10 else []
        with self._changed:
            while self.codes.get((self.uri, version)) != wanted and time.monotonic() < deadline:
                self._changed.wait(1.0)
        return "result" in hover and self.codes.get((self.uri, version)) == wanted

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self.process.stdin.close()  # type: ignore[union-attr]
        try:
            self.process.wait(10)
        finally:
            self.process.kill()

    def _listen(self) -> None:
        stream = self.process.stdout
        assert stream is not None
        size = 0
        while line := stream.readline():
            if line.lower().startswith(b"content-length:"):
                size = int(line.split(b":")[1])
            elif not line.strip() and size:
                self._heard(json.loads(stream.read(size)))
                size = 0

    def _heard(self, message: dict[str, Any]) -> None:
        if message.get("method") == "textDocument/publishDiagnostics":
            params = message["params"]
            with self._changed:
                codes = sorted(str(each.get("code")) for each in params["diagnostics"])
                self.codes[params["uri"], params.get("version")] = codes
                self._changed.notify_all()
        elif "method" in message and "id" in message:
            # Whatever the server asks: there is nothing.
            if self.answers:
                self.say({"jsonrpc": "2.0", "id": message["id"], "result": None})
        elif (waiting := self._answers.get(message.get("id"))) is not None:
            waiting.put(message)
