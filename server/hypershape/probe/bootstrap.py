"""What travels over the start command: a line of Python, then the agent's sources."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from hypershape.agent import loader

CODE = loader.CODE


@cache
def _sources() -> dict[str, str]:
    folder = Path(loader.__file__).parent
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.py"))}


def payload(environment: Mapping[str, str]) -> bytes:
    """The program that CODE runs, with the length in front."""
    variables = dict(environment)
    if loader.CHOSEN in os.environ:
        # A start command such as `ssh` passes no environment on.
        variables.setdefault(loader.CHOSEN, os.environ[loader.CHOSEN])
    return bytes(loader.payload(_sources(), variables))
