"""The cases: files as people write them, what each must be told, and what it was recorded to do."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tests.reports.real import Truth, text_of

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

HERE = Path(__file__).parent
RECORD = HERE / "truth.toml"
KINDS = {
    "build": "declaring and building",
    "search": "arguments of tuner and search",
    "trial": "the trial after the build",
    "silent": "what the oracle does, silent facts",
    "works": "works as it stands",
    "outside": "ends before any search of Keras Tuner",
}


@dataclass(frozen=True, slots=True)
class Case:
    """A file, and what must be said: a code that begins with one of `codes`, on one of `lines`, in these `words`.

    `lines` count through the code cells of a notebook. `words` is a regular expression that the message and its
    condition match. `also` are the codes of further errors and warnings that are true of the file; there may be no
    others.
    """

    path: Path
    kind: str
    codes: tuple[str, ...]
    lines: tuple[int, ...] = ()
    words: str = ""
    also: tuple[str, ...] = ()
    truth: Truth | None = None

    @property
    def name(self) -> str:
        return self.path.stem

    @property
    def text(self) -> str:
        return text_of(self.path)


def all_cases(parts: Iterable[str] = ()) -> list[Case]:
    """Every case whose name contains one of `parts` (all without any), in the order of their tables."""
    parts, recorded, found = tuple(parts), _recorded(), []
    for folder in ("cases", "own"):
        table = tomllib.loads((HERE / f"{folder}.toml").read_text("utf-8"))
        paths = {each.stem: each for each in (HERE / folder).iterdir() if each.suffix in (".py", ".ipynb")}
        assert set(paths) == set(table), set(paths) ^ set(table)
        for name, wanted in table.items():
            if not parts or any(each in name for each in parts):
                found.append(_case(paths[name], wanted, recorded.get(name)))
    return found


def _case(path: Path, wanted: dict[str, Any], truth: Truth | None) -> Case:
    return Case(
        path,
        wanted["kind"],
        tuple(wanted["codes"]),
        tuple(wanted.get("lines", ())),
        wanted.get("words", ""),
        tuple(wanted.get("also", ())),
        truth,
    )


def _recorded() -> dict[str, Truth]:
    if not RECORD.exists():
        return {}
    return {name: Truth.read(row) for name, row in tomllib.loads(RECORD.read_text("utf-8")).items()}


def record(found: dict[str, Truth]) -> None:
    """Writes what was found over what was recorded of the same files."""
    rows = {**_recorded(), **found}
    parts = ["# What each file really did, written by `python -m tests.reports --record`.\n"]
    for name, truth in sorted(rows.items()):
        lines = [
            f"{key} = {_toml(value)}"
            for key, value in asdict(truth).items()
            if value not in (None, ()) and (key, value) != ("given_up", 0)
        ]
        parts.append("\n".join([f'["{name}"]', *lines, ""]))
    RECORD.write_text("\n".join(parts), "utf-8")


def _toml(value: object) -> str:
    if isinstance(value, (tuple, list)):
        return f"[{', '.join(map(_toml, value))}]"
    return str(value) if isinstance(value, int) else f'"{value}"'


NEEDS = (("Bayesian", "sklearn"), ("sklearn", "sklearn"), ("optuna", "optuna"), ("scikeras", "scikeras"))
"""What a file's text says and the package that it then needs."""


def missing(case: Case) -> str | None:
    """The package that a case needs and this interpreter lacks."""
    text = case.text
    return next(
        (need for word, need in NEEDS if word in text and importlib.util.find_spec(need) is None), None
    )
