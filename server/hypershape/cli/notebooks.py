"""Where the lines of a notebook's cells stand in its file, for programs that know nothing of cells.

SARIF viewers and GitHub show an `.ipynb` as the JSON that it is, and take a line to be a line of that text. Notebooks
are written with one line of JSON for each line of a cell, so there is such a line; a column would count in escaped
text, and none is given.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{},:]|[^\s\[\]{},:"]+')


def lines_in_file(path: str) -> Mapping[tuple[int, int], int]:
    """The line of the file for each cell (counted from 0) and line in it (from 1); empty where it cannot be read."""
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
        json.loads(text)
    except (OSError, ValueError, RecursionError):
        return {}
    found = {}
    for cell, pieces in _sources(text):
        line, fresh = 1, True
        for place, piece in pieces:
            parts = piece.split("\n")
            for number, part in enumerate(parts):
                if fresh and (part or number < len(parts) - 1):
                    found[cell, line] = place
                    fresh = False
                if number < len(parts) - 1:
                    line, fresh = line + 1, True
    return found


def _sources(text: str) -> Iterator[tuple[int, list[tuple[int, str]]]]:
    """The number of each cell, with the strings of its source and the lines of the file on which they stand."""
    path: list[Any] = []
    pieces: dict[int, list[tuple[int, str]]] = {}
    line, end, key_next = 1, 0, False
    for token in _TOKEN.finditer(text):
        line += text.count("\n", end, token.start())
        end = token.start()
        word = token.group()
        if word in "[{":
            path.append(0 if word == "[" else None)
            key_next = word == "{"
        elif word in "]}":
            path.pop()
            key_next = False
        elif word == ",":
            key_next = path[-1] is None or isinstance(path[-1], str)
            if not key_next:
                path[-1] += 1
        elif word != ":" and key_next:
            path[-1], key_next = json.loads(word), False
        elif (
            word.startswith('"') and path[:1] == ["cells"] and path[2:3] == ["source"] and len(path) in (3, 4)
        ):
            pieces.setdefault(path[1], []).append((line, json.loads(word)))
    yield from pieces.items()
