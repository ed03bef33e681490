"""The language server as an editor meets it: its start, its memory, and the time from an edit to new squiggles.

    python benchmarks/server.py [--edits N] [--typing SECONDS]

An edit changes the kernel of the layer that fails; it is over when diagnostics with the new kernel arrive. The
agent is warm: it has imported Keras before the first edit that counts. All of it is measured twice, the second time
beside two processes that do nothing but compute; how much these slow down a plain loop of Python's is told as well.
Then 8 keys a second are typed into a file of 1,500 lines, and a hover is asked for after each.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import psutil
from lsprotocol import types
from pygls.lsp.client import LanguageClient

MODEL = """\
import keras
from keras import layers


def build_model(hp):
    kernel = hp.Int("kernel", 3, 9, step=2)
    model = keras.Sequential([keras.Input((12, 12, 1))])
    model.add(layers.Conv2D(hp.Choice("filters", [8, 16]), kernel))
    model.add(layers.Conv2D(8, {size}))
    model.add(layers.Flatten())
    model.add(layers.Dense(10))
    model.compile(optimizer="adam", loss="mse")
    return model
"""


LONG = MODEL.format(size=5) + "".join(
    f"\n\ndef helper_{number}(a, b):\n    c = a + b\n    return c * {number}\n" for number in range(300)
)
KEYS_PER_SECOND = 8


def compute() -> None:
    """Other work on the machine, until this program ends."""
    parent = os.getppid()
    while os.getppid() == parent:
        sum(range(10_000))


def loop() -> float:
    """The seconds that a plain loop takes."""
    started = time.perf_counter()
    sum(each * each for each in range(3_000_000))
    return time.perf_counter() - started


class Editor:
    """One open file, and the last messages about it."""

    def __init__(self) -> None:
        self.client = LanguageClient("benchmark", "1")
        self.messages: list[str] = []
        self.changed = asyncio.Event()

        @self.client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        def published(params: types.PublishDiagnosticsParams) -> None:
            self.messages = [each.message for each in params.diagnostics if each.code == "HS201"]
            self.changed.set()

        @self.client.feature("hypershape/status")
        def status(params: Any) -> None:
            return None

    async def until(self, words: str) -> None:
        """Until a squiggle says so."""
        while not any(words in message for message in self.messages):
            self.changed.clear()
            await asyncio.wait_for(self.changed.wait(), 120)

    async def hover(self, uri: str) -> float:
        """The seconds until a hover is answered."""
        asked = types.HoverParams(types.TextDocumentIdentifier(uri), types.Position(5, 8))
        started = time.perf_counter()
        await self.client.text_document_hover_async(asked)
        return time.perf_counter() - started

    async def repair(self, uri: str) -> None:
        """Until the menu at the layer that fails has a repair."""
        place = types.Range(types.Position(8, 14), types.Position(8, 20))
        asked = types.CodeActionParams(
            types.TextDocumentIdentifier(uri), place, types.CodeActionContext(diagnostics=[])
        )
        while not await self.client.text_document_code_action_async(asked):
            await asyncio.sleep(0.01)


async def type_into(editor: Editor, uri: str, seconds: float) -> list[float]:
    """Types a comment into a long file; the seconds that each answer to a hover took meanwhile."""
    editor.client.text_document_did_open(
        types.DidOpenTextDocumentParams(types.TextDocumentItem(uri, "python", 1, LONG))
    )
    await asyncio.sleep(5)
    line, answers = LONG.count("\n"), []
    for column in range(int(seconds * KEYS_PER_SECOND)):
        place = types.Range(types.Position(line, column), types.Position(line, column))
        editor.client.text_document_did_change(
            types.DidChangeTextDocumentParams(
                types.VersionedTextDocumentIdentifier(2 + column, uri),
                [types.TextDocumentContentChangePartial(place, "#" if not column else "a")],
            )
        )
        answers.append(await editor.hover(uri))
        await asyncio.sleep(max(0.0, 1 / KEYS_PER_SECOND - answers[-1]))
    return sorted(answers)


async def measure(edits: int, typing: float, folder: Path) -> list[tuple[str, str, str]]:
    editor = Editor()
    started = time.perf_counter()
    await editor.client.start_io(sys.executable, "-m", "hypershape", "serve")
    await editor.client.initialize_async(
        types.InitializeParams(
            capabilities=types.ClientCapabilities(), initialization_options={"interpreter": [sys.executable]}
        )
    )
    answered = time.perf_counter() - started
    editor.client.initialized(types.InitializedParams())
    (server,) = psutil.Process().children()

    uri = (folder / "model.py").as_uri()
    opened = time.perf_counter()
    editor.client.text_document_did_open(
        types.DidOpenTextDocumentParams(types.TextDocumentItem(uri, "python", 1, MODEL.format(size=5)))
    )
    await editor.until("5×5")
    first = time.perf_counter() - opened
    await editor.repair(uri)
    repair = time.perf_counter() - opened - first
    await asyncio.sleep(3)

    taken = []
    for version in range(2, edits + 2):
        size = 5 + version % 2
        sent = time.perf_counter()
        editor.client.text_document_did_change(
            types.DidChangeTextDocumentParams(
                types.VersionedTextDocumentIdentifier(version, uri),
                [types.TextDocumentContentChangeWholeDocument(MODEL.format(size=size))],
            )
        )
        editor.messages = []
        await editor.until(f"{size}×{size}")
        taken.append(time.perf_counter() - sent)
        await asyncio.sleep(0.5)
    answers = await type_into(editor, (folder / "long.py").as_uri(), typing)
    memory = server.memory_info().rss / 2**20
    await editor.client.shutdown_async(None)
    editor.client.exit(None)
    await editor.client.stop()

    taken.sort()
    return [
        ("server start to `initialize` answered", f"{answered:.2f} s", "0.7 s"),
        ("file opened to first squiggle, cold", f"{first:.1f} s", ""),
        ("squiggle to first repair in the menu", f"{1000 * repair:.0f} ms", "300 ms"),
        (
            f"edit to new squiggle, warm, median of {edits}",
            f"{1000 * statistics.median(taken):.0f} ms",
            "300 ms",
        ),
        (
            "edit to new squiggle, 95th percentile",
            f"{1000 * taken[int(0.95 * (len(taken) - 1))]:.0f} ms",
            "1,000 ms",
        ),
        (
            f"hover while typing, median of {len(answers)}",
            f"{1000 * statistics.median(answers):.0f} ms",
            "5 ms",
        ),
        ("hover while typing, longest", f"{1000 * answers[-1]:.0f} ms", "50 ms"),
        ("memory of the server", f"{memory:.0f} MB", "120 MB"),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--edits", type=int, default=30)
    parser.add_argument("--typing", type=float, default=60.0)
    asked = parser.parse_args()
    runs = []
    for others in (0, 2):
        busy = [multiprocessing.Process(target=compute, daemon=True) for _ in range(others)]
        for each in busy:
            each.start()
        with tempfile.TemporaryDirectory() as folder:
            slowed = ("a plain loop of Python's", f"{1000 * loop():.0f} ms", "")
            os.environ["XDG_CACHE_HOME"] = folder
            runs.append([slowed, *asyncio.run(measure(asked.edits, asked.typing, Path(folder)))])
        for each in busy:
            each.terminate()
    print(f"{'what':48} {'idle':>10} {'busy':>10}  bar")
    for (what, idle, bar), (_, busied, _) in zip(*runs, strict=True):
        print(f"{what:48} {idle:>10} {busied:>10}  {bar}")


if __name__ == "__main__":
    main()
