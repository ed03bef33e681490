"""What the program did, for whoever looks into a fault: one JSON object in a line, in a file of its own for each process.

It holds events with numbers and short reasons, never user code or what user code prints, and nothing that looks like a
secret. A file is at most a megabyte with one older part, and the latest ten are kept.
"""

from __future__ import annotations

import json
import logging
import logging.handlers
import os
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import platformdirs

from hypershape.agent import masking

LARGEST = 1_000_000
KEPT = 10
MOST_SHOWN = 500
"""Characters of one fact: the reason of a failure fits, a file does not."""

_log = logging.getLogger("hypershape.journal")
_log.setLevel(logging.INFO)
_log.propagate = False


def folder() -> Path:
    return platformdirs.user_log_path("hypershape", appauthor=False)


def note(event: str, **facts: Any) -> None:
    """One event; of no consequence where nothing is kept."""
    if _log.handlers:
        _log.info(event, extra={"facts": facts})


def keep(place: Path | None = None) -> Path | None:
    """From now on events go to a file; None where the folder for it cannot be written."""
    place = place or folder()
    try:
        place.mkdir(parents=True, exist_ok=True)
        for old in files(place)[KEPT - 1 :]:
            old.unlink(missing_ok=True)
        path = place / f"{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}.jsonl"
        _add(
            logging.handlers.RotatingFileHandler(
                path, maxBytes=LARGEST, backupCount=1, encoding="utf-8", delay=True
            )
        )
    except OSError:
        return None
    return path


def show() -> None:
    """From now on events go to the standard error as well."""
    _add(logging.StreamHandler(sys.stderr))


def files(place: Path | None = None) -> list[Path]:
    """The files of this and earlier processes, the newest first."""
    with suppress(OSError):
        return sorted(
            (place or folder()).glob("*.jsonl*"), key=lambda path: path.stat().st_mtime, reverse=True
        )
    return []


def scrubbed(text: str) -> str:
    """A text without the contents of variables that look like secrets, passwords in addresses, and the user's name."""
    for name, hidden in masking.masked(os.environ).items():
        if len(os.environ[name]) > 3:
            text = text.replace(os.environ[name], hidden)
    home = str(Path.home())
    text = text.replace(home, "~") if len(home) > 1 else text
    return masking.without_passwords(text)


def _add(handler: logging.Handler) -> None:
    handler.setFormatter(_Lines())
    # A full disk is no reason to say anything on streams that belong to a protocol.
    handler.handleError = lambda record: None  # type: ignore[method-assign]
    _log.addHandler(handler)


class _Lines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        facts = {name: _plain(value) for name, value in getattr(record, "facts", {}).items()}
        moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        when = f"{moment}.{int(record.msecs):03d}Z"
        return json.dumps({"time": when, "process": record.process, "event": record.getMessage(), **facts})


def _plain(value: Any) -> Any:
    if isinstance(value, (bool, int)) or value is None:
        return value
    if isinstance(value, float):
        return round(value, 3)
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value[:20]]
    return scrubbed(str(value))[:MOST_SHOWN]
