"""The language server as an editor meets it: its start, its memory, and the time from an edit to new squiggles.

    python benchmarks/server.py [--edits N]

An edit changes the kernel of the layer that fails; it is over when diagnostics with the new kernel arrive. The
agent is warm: it has imported Keras before the first edit that counts.
"""

from __future__ import annotations

import argparse
import asyncio
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


async def measure(edits: int, folder: Path) -> None:
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
    memory = server.memory_info().rss / 2**20
    await editor.client.shutdown_async(None)
    editor.client.exit(None)
    await editor.client.stop()

    taken.sort()
    rows = [
        ("server start to `initialize` answered", f"{answered:.2f} s", "0.7 s"),
        ("file opened to first squiggle, cold", f"{first:.1f} s", ""),
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
        ("memory of the server", f"{memory:.0f} MB", "120 MB"),
    ]
    print(f"{'what':48} {'measured':>10}  bar")
    for what, value, bar in rows:
        print(f"{what:48} {value:>10}  {bar}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--edits", type=int, default=30)
    edits = parser.parse_args().edits
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(measure(edits, Path(folder)))


if __name__ == "__main__":
    main()
