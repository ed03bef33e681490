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

PROBED_SECONDS = 90.0
"""The same of a verdict for which Keras may have to be imported first, on a busy machine."""

TEXT = """import keras

def build_model(hp):
    kernel = hp.Int("kernel", 3, %d, step=2)
    model = keras.Sequential([keras.Input((28, 28, 1)), keras.layers.Conv2D(8, kernel)])
    model.compile(loss="mse")
    return model
"""
"""The rule that the last value of a range is never drawn (HS103) finds a fault for 10 and none for 9."""

PROBED = TEXT.replace("(28, 28, 1)", "(8, 8, 1)")
"""A kernel of 9 does not fit, which only a probe finds (HS201)."""

STATIC = {9: (TEXT % 9, []), 10: (TEXT % 10, ["HS103"])}
BY_PROBES = {9: (PROBED % 9, ["HS201"]), 10: (TEXT % 10, ["HS103"])}
"""Two texts, by the last value of their range, and what is found in each."""


class Client:
    """A server process, and one open document in it, which says what is found in either of two texts."""

    def __init__(
        self,
        *,
        environment: Mapping[str, str] | None = None,
        before: Sequence[str] = (),
        cwd: Path | None = None,
        cache: str | None = None,
        texts: Mapping[int, tuple[str, list[str]]] = STATIC,
        seconds: float = ANSWER_SECONDS,
        **options: Any,
    ) -> None:
        """`environment` is added to this process's, and `before` the start of the command, which ends in the server's.

        What does not come within `seconds` never comes.
        """
        self._texts, self._seconds = texts, seconds
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
        self.status: Any = None
        self.answers = True
        """Whether it answers what the server asks."""
        self.hears = threading.Event()
        self.hears.set()
        """While it is not set, nothing is read of what the server says."""
        self._versions = itertools.count(1)
        self._numbers = itertools.count(1_000_000)
        self._answers: dict[Any, queue.Queue[dict[str, Any]]] = {}
        self._changed = threading.Condition()
        threading.Thread(target=self._listen, daemon=True).start()
        self.begin(options)

    @classmethod
    def untrusted(cls, **more: Any) -> Client:
        """One in whose server nothing of the user's runs."""
        return cls(trusted=False, **more)

    @classmethod
    def probing(cls, **more: Any) -> Client:
        """One that is trusted, and whose texts are judged by probes of this interpreter."""
        return cls(
            texts=BY_PROBES, seconds=PROBED_SECONDS, trusted=True, interpreter=[sys.executable], **more
        )

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
        return answers.get(timeout=self._seconds)

    def is_right(self, last: int) -> bool:
        """Whether an edit to `last` gets its verdict, and a request its answer."""
        version, (text, wanted) = next(self._versions), self._texts[last]
        change = {
            "textDocument": {"uri": self.uri, "version": version},
            "contentChanges": [{"text": text}],
        }
        self.tell("textDocument/didChange", change)
        hover = self.ask(
            "textDocument/hover",
            {"textDocument": {"uri": self.uri}, "position": {"line": 3, "character": 18}},
        )
        deadline = time.monotonic() + self._seconds
        with self._changed:
            while self.codes.get((self.uri, version)) != wanted and time.monotonic() < deadline:
                self._changed.wait(1.0)
        return "result" in hover and self.codes.get((self.uri, version)) == wanted

    @property
    def told(self) -> str:
        """What was told last of the document, in words."""
        last = max((version or 0 for _, version in self.codes), default=None)
        return f"told: {self.codes.get((self.uri, last))} of version {last}, status: {self.status}"

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
        while self.hears.wait() and (line := stream.readline()):
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
        elif message.get("method") == "hypershape/status":
            self.status = message["params"]
        elif "method" in message and "id" in message:
            # Whatever the server asks: there is nothing.
            if self.answers:
                self.say({"jsonrpc": "2.0", "id": message["id"], "result": None})
        elif (waiting := self._answers.get(message.get("id"))) is not None:
            waiting.put(message)
