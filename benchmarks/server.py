"""The language server as an editor meets it: its start, its memory, and the time from an edit to new squiggles.

    python benchmarks/server.py [--edits N] [--typing SECONDS] [--only idle|busy]

An edit changes the kernel of the layer that fails; it is over when diagnostics with the new kernel arrive. What counts
as remembered is shown by a second server that finds the results of the first. All of it is measured twice, the second
time beside two processes that do nothing but compute; how much these slow down a plain loop of Python's is told as
well. Every turn of the server's loop is timed; the longest ones are named under the table. Then 8 keys a second are
typed into a file of 1,500 lines, and a hover is asked for after each: what its handler takes is told apart from the way
there and back, which a question about a file that is not open has as well, and in which this program has its part. A
notebook of 100 cells is opened and edited. How large the extension is stands last, where `make vsix` has made it.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psutil
from lsprotocol import types
from pygls.lsp.client import LanguageClient

ROOT = Path(__file__).resolve().parents[1]
TIMED = Path(__file__).with_name("_turns.py")
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
FAILING = types.Range(types.Position(8, 14), types.Position(8, 20))

LONG = MODEL.format(size=5) + "".join(
    f"\n\ndef helper_{number}(a, b):\n    c = a + b\n    return c * {number}\n" for number in range(300)
)
KEYS_PER_SECOND = 8
CELLS = 100
NAMED = 3
"""So many turns of the loop are named."""

Row = tuple[str, str, str]
"""What was measured, the figure, and what it should be."""


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
    """A server of its own, and what it said last about each document."""

    def __init__(self, turns: Path) -> None:
        """`turns` is where the server tells the turns of its loop when it ends."""
        self.turns = turns
        self.client = LanguageClient("benchmark", "1")
        self.messages: dict[str, list[str]] = {}
        self.changed = asyncio.Event()
        self.started = time.perf_counter()

        @self.client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        def published(params: types.PublishDiagnosticsParams) -> None:
            self.messages[params.uri] = [each.message for each in params.diagnostics if each.code == "HS201"]
            self.changed.set()

        @self.client.feature("hypershape/status")
        def status(params: Any) -> None:
            return None

        @self.client.feature(types.WINDOW_LOG_MESSAGE)
        def logged(params: types.LogMessageParams) -> None:
            return None

    async def start(self) -> float:
        """The seconds until `initialize` is answered."""
        self.started = time.perf_counter()
        await self.client.start_io(sys.executable, str(TIMED), str(self.turns))
        await self.client.initialize_async(
            types.InitializeParams(
                capabilities=types.ClientCapabilities(),
                initialization_options={"interpreter": [sys.executable]},
            )
        )
        answered = self.since_start
        self.client.initialized(types.InitializedParams())
        return answered

    @property
    def since_start(self) -> float:
        return time.perf_counter() - self.started

    def open(self, uri: str, text: str) -> None:
        self.client.text_document_did_open(
            types.DidOpenTextDocumentParams(types.TextDocumentItem(uri, "python", 1, text))
        )

    def open_notebook(self, uri: str, cells: Sequence[tuple[str, str]]) -> None:
        """Opens a notebook with these cells, each an address and its text."""
        self.client.notebook_document_did_open(
            types.DidOpenNotebookDocumentParams(
                types.NotebookDocument(
                    uri,
                    "jupyter-notebook",
                    1,
                    [types.NotebookCell(types.NotebookCellKind.Code, each) for each, _ in cells],
                ),
                [types.TextDocumentItem(each, "python", 1, text) for each, text in cells],
            )
        )

    def change(self, uri: str, version: int, text: str) -> None:
        self.client.text_document_did_change(
            types.DidChangeTextDocumentParams(
                types.VersionedTextDocumentIdentifier(version, uri),
                [types.TextDocumentContentChangeWholeDocument(text)],
            )
        )

    def change_cell(self, notebook: str, cell: str, version: int, text: str) -> None:
        changes = types.NotebookDocumentCellContentChanges(
            types.VersionedTextDocumentIdentifier(version, cell),
            [types.TextDocumentContentChangeWholeDocument(text)],
        )
        self.client.notebook_document_did_change(
            types.DidChangeNotebookDocumentParams(
                types.VersionedNotebookDocumentIdentifier(version, notebook),
                types.NotebookDocumentChangeEvent(
                    cells=types.NotebookDocumentCellChanges(text_content=[changes])
                ),
            )
        )

    async def until(self, uri: str, words: str) -> None:
        """Until a squiggle in a document says so."""
        while not any(words in message for message in self.messages.get(uri, ())):
            self.changed.clear()
            await asyncio.wait_for(self.changed.wait(), 300)

    async def hover(self, uri: str) -> float:
        """The seconds until a hover is answered."""
        asked = types.HoverParams(types.TextDocumentIdentifier(uri), types.Position(5, 8))
        started = time.perf_counter()
        await self.client.text_document_hover_async(asked)
        return time.perf_counter() - started

    async def menu(self, uri: str) -> list[str]:
        """The titles of what is offered at the layer that fails."""
        asked = types.CodeActionParams(
            types.TextDocumentIdentifier(uri), FAILING, types.CodeActionContext(diagnostics=[])
        )
        found = await self.client.text_document_code_action_async(asked) or []
        return [each.title for each in found]

    async def repairs(self, uri: str) -> tuple[float, float]:
        """The seconds until a repair is offered, and until all that are offered were tried."""
        started, first = time.perf_counter(), None
        while True:
            offered = [title for title in await self.menu(uri) if not title.startswith("Silence")]
            if first is None and offered:
                first = time.perf_counter() - started
            if first is not None and not any(title.endswith("(not tried yet)") for title in offered):
                return first, time.perf_counter() - started
            await asyncio.sleep(0.01)

    async def edits(self, uri: str, number: int, change: Any) -> list[float]:
        """The seconds from each edit to its squiggle; `change(version, text)` makes the edit."""
        taken = []
        for version in range(2, number + 2):
            size = 5 + version % 2
            self.messages[uri] = []
            sent = time.perf_counter()
            change(version, MODEL.format(size=size))
            await self.until(uri, f"{size}×{size}")
            taken.append(time.perf_counter() - sent)
            await asyncio.sleep(0.5)
        return sorted(taken)

    async def type_into(self, uri: str, seconds: float) -> tuple[list[float], list[float]]:
        """Types a comment into a long file; the seconds that each answer to a hover took meanwhile.

        And those of each answer to the same question about a file that is not open.
        """
        self.open(uri, LONG)
        await self.until(uri, "5×5")
        await asyncio.sleep(3)
        line, answers, empty = LONG.count("\n"), [], []
        for column in range(int(seconds * KEYS_PER_SECOND)):
            place = types.Range(types.Position(line, column), types.Position(line, column))
            self.client.text_document_did_change(
                types.DidChangeTextDocumentParams(
                    types.VersionedTextDocumentIdentifier(2 + column, uri),
                    [types.TextDocumentContentChangePartial(place, "#" if not column else "a")],
                )
            )
            answers.append(await self.hover(uri))
            empty.append(await self.hover(f"{uri}.txt"))
            await asyncio.sleep(max(0.0, 1 / KEYS_PER_SECOND - answers[-1] - empty[-1]))
        return sorted(answers), empty

    async def stop(self) -> None:
        await self.client.shutdown_async(None)
        self.client.exit(None)
        await self.client.stop()


async def from_the_start(uri: str, turns: Path) -> tuple[Editor, float, float]:
    """A new server with one file open; the seconds to its first answer, and from its start to the squiggle."""
    editor = Editor(turns)
    answered = await editor.start()
    editor.open(uri, MODEL.format(size=5))
    await editor.until(uri, "5×5")
    return editor, answered, editor.since_start


async def measure(edits: int, typing: float, folder: Path) -> tuple[list[Row], list[str]]:
    """The figures, and the longest turns of the loop in words."""
    uri = (folder / "model.py").as_uri()
    editor, answered, cold = await from_the_start(uri, folder / "cold.json")
    offered, tried = await editor.repairs(uri)
    await asyncio.sleep(2)
    await editor.stop()
    editor, _, remembered = await from_the_start(uri, folder / "turns.json")
    again, tried_again = await editor.repairs(uri)
    await asyncio.sleep(3)

    taken = await editor.edits(uri, edits, lambda version, text: editor.change(uri, version, text))
    answers, empty = await editor.type_into((folder / "long.py").as_uri(), typing)
    opened, in_cells = await notebook(editor, folder, edits)
    server = next(each for each in psutil.Process().children() if str(TIMED) in each.cmdline())
    memory = server.memory_info().rss / 2**20
    await editor.stop()
    turns = json.loads(editor.turns.read_text("utf-8"))
    longest = [(each["seconds"], each["what"]) for each in turns["longest"]]
    rows = [
        ("server start to `initialize` answered", f"{answered:.2f} s", "0.7 s"),
        ("server start to first squiggle, cold", f"{cold:.1f} s", ""),
        ("server start to first squiggle, remembered", f"{remembered:.1f} s", "3 s"),
        ("squiggle to first repair in the menu", _ms(offered), "300 ms"),
        ("squiggle to last repair tried", f"{tried:.1f} s", ""),
        ("the same two, remembered", f"{_ms(again)}, {_ms(tried_again)}", ""),
        (f"edit to new squiggle, median of {edits}", _ms(statistics.median(taken)), "300 ms"),
        ("edit to new squiggle, 95th percentile", _ms(taken[int(0.95 * (len(taken) - 1))]), "1,000 ms"),
        (
            f"hover while typing, 1,500 lines, median of {len(answers)}",
            _ms(statistics.median(answers)),
            "5 ms",
        ),
        ("of that the handler, by the clock", _tenths(_handler(turns, "textDocument/hover", empty)), ""),
        ("of that the way there and back", _tenths(statistics.median(empty)), ""),
        ("hover while typing, longest", _ms(answers[-1]), "50 ms"),
        ("longest turn of the server's loop", _ms(longest[0][0]), "50 ms"),
        ("turns of the server's loop over 50 ms", str(turns["slow"]), "0"),
        (f"{CELLS} cells opened to first squiggle, warm", _ms(opened), ""),
        ("edit of a cell to new squiggle, median", _ms(statistics.median(in_cells)), "300 ms"),
        ("memory of the server", f"{memory:.0f} MB", "120 MB"),
    ]
    return rows, [f"{_ms(seconds)} in {what}" for seconds, what in longest[:NAMED]]


def _handler(turns: Any, message: str, empty: Sequence[float]) -> float:
    """The median of the seconds for which a kind of message was handled, without those that asked for nothing."""
    took = sorted(seconds for seconds, _ in turns["handled"][message])
    return statistics.median(took[len(empty) :])


async def notebook(editor: Editor, folder: Path, edits: int) -> tuple[float, list[float]]:
    """A notebook of many cells, of which one holds the model: the seconds to its squiggle, and after each edit of it."""
    uri = (folder / "notebook.ipynb").as_uri()
    cells = [
        (f"vscode-notebook-cell:{folder}/notebook.ipynb#c{number}", f"x_{number} = {number}\n")
        for number in range(CELLS)
    ]
    cell = cells[CELLS // 2][0]
    cells[CELLS // 2] = cell, MODEL.format(size=5)
    started = time.perf_counter()
    editor.open_notebook(uri, cells)
    await editor.until(cell, "5×5")
    opened = time.perf_counter() - started
    await asyncio.sleep(3)
    return opened, await editor.edits(
        cell, edits, lambda version, text: editor.change_cell(uri, cell, version, text)
    )


def _ms(seconds: float) -> str:
    return f"{1000 * seconds:,.0f} ms"


def _tenths(seconds: float) -> str:
    return f"{1000 * seconds:,.1f} ms"


def run(others: int, edits: int, typing: float) -> tuple[list[Row], list[str]]:
    """All figures, and the longest turns of the loop, beside so many processes that compute."""
    busy = [multiprocessing.Process(target=compute, daemon=True) for _ in range(others)]
    for each in busy:
        each.start()
    try:
        with tempfile.TemporaryDirectory() as folder:
            slowed = ("a plain loop of Python's", _ms(loop()), "")
            os.environ["XDG_CACHE_HOME"] = folder
            rows, longest = asyncio.run(measure(edits, typing, Path(folder)))
            return [slowed, *rows], longest
    finally:
        for each in busy:
            each.terminate()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--edits", type=int, default=30)
    parser.add_argument("--typing", type=float, default=60.0)
    parser.add_argument("--only", choices=("idle", "busy"))
    asked = parser.parse_args()
    kinds = [kind for kind in ("idle", "busy") if asked.only in (None, kind)]
    runs = [run({"idle": 0, "busy": 2}[kind], asked.edits, asked.typing) for kind in kinds]
    print(f"{'what':54} {' '.join(f'{kind:>15}' for kind in kinds)}  bar")
    for rows in zip(*(each for each, _ in runs), strict=True):
        print(f"{rows[0][0]:54} {' '.join(f'{row[1]:>15}' for row in rows)}  {rows[0][2]}".rstrip())
    for kind, (_, longest) in zip(kinds, runs, strict=True):
        print(f"the longest turns, {kind}: {', '.join(longest)}")
    for made in sorted(ROOT.glob("hypershape-*.vsix")):
        print(f"{'the extension, packed':54} {made.stat().st_size / 1e6:12.1f} MB")


if __name__ == "__main__":
    main()
