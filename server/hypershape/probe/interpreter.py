"""Which Python runs the user's code: the one that is named, or the one that fits best."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

HAS_KERAS_TUNER = (
    "import importlib.util as u, sys; sys.path.remove('') if '' in sys.path else 0; "
    "sys.exit(0 if u.find_spec('keras_tuner') and (u.find_spec('keras') or u.find_spec('tensorflow')) else 1)"
)


def command(text: str, folder: Path) -> tuple[str, ...]:
    """The start command that a text stands for: a path, relative to `folder`, or words as in `ssh box python3`."""
    path = folder / Path(text).expanduser()
    if path.is_file():
        return (str(path),)
    try:
        words = tuple(shlex.split(text))
    except ValueError:
        return (text,)
    return words or (text,)


def exists(command: Sequence[str]) -> bool:
    """Whether there is a program that a start command can begin with."""
    return shutil.which(command[0]) is not None


def find(folder: Path) -> list[str]:
    """The start command of the interpreter that fits a folder best.

    The active virtual or conda environment comes first, then an environment in the folder or above it, then the
    interpreter that runs Hypershape, then `python3`; the first of them that has Keras Tuner is taken, else the
    first that exists.
    """
    candidates = list(dict.fromkeys(_candidates(folder)))
    for candidate in candidates:
        if _has_keras_tuner(candidate):
            return [candidate]
    return [candidates[0]]


def _candidates(folder: Path) -> Iterator[str]:
    for variable in ("VIRTUAL_ENV", "CONDA_PREFIX"):
        if os.environ.get(variable):
            yield from _inside(Path(os.environ[variable]))
    for parent in (folder, *folder.parents):
        for name in (".venv", "venv", "env"):
            yield from _inside(parent / name)
    yield sys.executable
    for name in ("python3", "python"):
        path = shutil.which(name)
        if path:
            yield path


def _inside(environment: Path) -> Iterator[str]:
    for place in ("bin/python", "Scripts/python.exe", "python.exe"):
        python = environment / place
        if python.is_file():
            yield str(python)


def _has_keras_tuner(python: str) -> bool:
    try:
        done = subprocess.run(
            [python, "-c", HAS_KERAS_TUNER],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=10,
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return done.returncode == 0
