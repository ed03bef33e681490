"""What travels over the start command: the agent's sources, in one line."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from hypershape.agent import loader


@cache
def _sources() -> dict[str, str]:
    folder = Path(loader.__file__).parent
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.py"))}


def payload(environment: Mapping[str, str]) -> bytes:
    """The line that starts the agent."""
    variables = dict(environment)
    if loader.CHOSEN in os.environ:
        # A start command such as `ssh` passes no environment on.
        variables.setdefault(loader.CHOSEN, os.environ[loader.CHOSEN])
    return bytes(loader.payload(_sources(), variables))


def code(command: Sequence[str]) -> str:
    """What the interpreter of a start command is to run: it reads that line.

    A program that is given the interpreter as words may give them to a shell.
    """
    return loader.LINE if len(command) == 1 else loader.CODE
