"""Which Python runs the user's code: the one that is named, or the one that fits best."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from hypershape.agent import masking

HAS_KERAS_TUNER = (
    "import sys; sys.path[:] = [each for each in sys.path if each]; import importlib.util as u; "
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


def find(folder: Path, *, trusted: bool) -> list[str]:
    """The start command of the interpreter that fits a folder best.

    The active virtual or conda environment comes first, then, where the folder is `trusted`, an environment in it
    or above it, then the interpreter that runs Hypershape, then `python3`; the first of them that has Keras Tuner is
    taken, else the first that exists.
    """
    return _best([*_active(), *(_around(folder) if trusted else ()), *_own()])


def passed_over(folder: Path) -> str | None:
    """The interpreter that would be taken if `folder` were trusted and is not as it is; None where there is none.

    It is not asked anything: that would run it.
    """
    # An environment has its interpreter under several names.
    chosen = {Path(each).parent.resolve() for each in (*_active(), sys.executable)}
    return next((each for each in _around(folder) if Path(each).parent.resolve() not in chosen), None)


LATER = "HYPERSHAPE_LATER"
"""Names the folders of PYTHONPATH that may be imported from when the barriers stand, and not before."""


def environment(untrusted: Sequence[Path] = (), secrets: bool = False) -> dict[str, str]:
    """The environment variables of an interpreter that is to import nothing of the folder it is started in.

    Nor does it import anything of the `untrusted` folders before a job is behind its barriers. Its `secrets` are
    masked, unless a program that needs them, such as ssh, starts it.
    """
    variables = {**os.environ, "PYTHONSAFEPATH": "1"}
    if not secrets:
        variables.update(masking.masked(variables))
    places = [each for each in variables.pop("PYTHONPATH", "").split(os.pathsep) if each]
    later = [each for each in places if any(_holds(folder, each) for folder in untrusted)]
    for name, those in (("PYTHONPATH", [each for each in places if each not in later]), (LATER, later)):
        if those:
            variables[name] = os.pathsep.join(those)
    return variables


def _holds(folder: Path, place: str) -> bool:
    return Path(place).resolve().is_relative_to(folder.resolve())


def _best(candidates: Sequence[str]) -> list[str]:
    candidates = list(dict.fromkeys(candidates))
    for candidate in candidates:
        if _has_keras_tuner(candidate):
            return [candidate]
    return [candidates[0]]


def _active() -> Iterator[str]:
    """What the user has activated."""
    for variable in ("VIRTUAL_ENV", "CONDA_PREFIX"):
        if os.environ.get(variable):
            yield from _inside(Path(os.environ[variable]))


def _around(folder: Path) -> Iterator[str]:
    """The environments of this user in a folder or above it."""
    for parent in (folder, *folder.parents):
        for name in (".venv", "venv", "env"):
            yield from (each for each in _inside(parent / name) if _is_own(parent / name, Path(each)))


def _is_own(*places: Path) -> bool:
    """Whether nobody but this user or the system's administrator has made these: what lies above a folder may be
    another's, as in a folder for temporary files."""
    if sys.platform == "win32":
        return True
    try:
        return all(place.lstat().st_uid in (0, os.geteuid()) for place in places)
    except OSError:
        return False


def _own() -> Iterator[str]:
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
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=10,
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return done.returncode == 0
