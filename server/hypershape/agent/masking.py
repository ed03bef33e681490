"""Environment variables that look like secrets do not reach the user's code as they are: it needs none of them here.

They keep their form, letters as `x` and digits as `0`, so that code that reads one and takes it apart goes on.
"""

from __future__ import annotations

import os
import re
from typing import Container, Mapping

_NAMES = re.compile(
    r"(?i)(^|_)(tokens?|secrets?|passwords?|passwd|passphrase|credentials?|apikey)(_|$)|(api|access|private|secret)_?key"
)
_KEYS = re.compile(r"(?i)_key$")
_SOCKETS = re.compile(r"(?i)_auth_sock$")
"""Who reaches the agent of SSH can use the keys that it holds."""
_IN_ADDRESS = re.compile(r"(?<=://)[^/@\s]+:[^/@\s]+(?=@)")
_LONG = 16
"""What ends in `_KEY` and is shorter may name anything: a column, a metric."""


def masked(variables: Mapping[str, str], own: Container[str] = ()) -> dict[str, str]:
    """The variables to be changed, each with its new value; those in `own` stay. Masking twice changes nothing more."""
    changed = {}
    for name, value in variables.items():
        if name in own:
            continue
        hidden = _hidden(value) if _is_secret(name, value) else _IN_ADDRESS.sub(_hide, value)
        if hidden != value:
            changed[name] = hidden
    return changed


def without_passwords(text: str) -> str:
    """A text in which no address has a name with a password."""
    return _IN_ADDRESS.sub(_hide, text)


def _is_secret(name: str, value: str) -> bool:
    if _SOCKETS.search(name):
        return True
    # What names a file says nothing by itself.
    secret = _NAMES.search(name) or (_KEYS.search(name) and len(value) >= _LONG)
    return bool(secret) and not os.path.exists(value)


def _hide(match: re.Match[str]) -> str:
    return _hidden(match.group())


def _hidden(value: str) -> str:
    return re.sub(r"\d", "0", re.sub(r"[^\W\d_]", "x", value))
