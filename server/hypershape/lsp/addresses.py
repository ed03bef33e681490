"""The paths of files that editors name by addresses."""

from __future__ import annotations

import re
import sys
from pathlib import PureWindowsPath
from urllib.parse import unquote, urlsplit

_DRIVE = re.compile(r"/[A-Za-z]:")


def path(uri: str, windows: bool = sys.platform == "win32") -> str:
    """The path that an address of a file or of a notebook's cell stands for; of another one its last part.

    VS Code writes `file:///c%3A/my%20models/train.py` on Windows, others `file:///C:/…`, and what lies on another
    machine `file://machine/share/…`.
    """
    parts = urlsplit(uri)
    if parts.scheme not in ("file", "vscode-notebook-cell"):
        return parts.path or uri
    named = unquote(parts.path)
    if not windows:
        return named
    if parts.scheme == "file" and parts.netloc:
        named = f"//{unquote(parts.netloc)}{named}"
    elif _DRIVE.match(named):
        named = named[1:]
    return str(PureWindowsPath(named))
