"""The search spaces that benchmarks and the differential suite share.

`families` come from _families.py; under spaces/, `other`, `further`, `styles` and `kin` hold files in further styles, `large` variants of
10^6 configurations or more in which few hyperparameters decide, and `blocks` spaces in which every block has choices of
its own. `failing` is for tests/accuracy/test_failing.py alone: conditions stand beside the lines that fail. All are
read as the server reads a file.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from benchmarks._families import FAMILIES

from hypershape import source
from hypershape.model import Module, Target

FILES = Path(__file__).parent / "spaces"


@dataclass(frozen=True)
class SearchSpace:
    """A file with one target."""

    kind: str
    name: str
    text: str

    @cached_property
    def module(self) -> Module:
        return source.analyse(source.from_text(f"/user/{self.name}.py", self.text))

    @property
    def target(self) -> Target:
        (target,) = self.module.targets
        return target

    @property
    def program(self) -> str:
        """What the target needs and nothing else, as a text that defines it as `build`.

        Weights that a ready-made model would download are left out, as the agent leaves them out.
        """
        assert self.target.slice is not None, self.target.reason
        (file,) = self.target.slice.files
        text = f"{file.text.rstrip()}\n\nbuild = {self.target.slice.expression}\n"
        return text.replace('weights="imagenet"', "weights=None")


def of_files(kind: str) -> list[SearchSpace]:
    paths = sorted((FILES / kind).glob("*.py"))
    return [SearchSpace(kind, path.stem.replace("_", " "), path.read_text("utf-8")) for path in paths]


SPACES = [
    *(SearchSpace("families", name, text) for name, text in FAMILIES.items()),
    *of_files("other"),
    *of_files("further"),
    *of_files("styles"),
    *of_files("kin"),
    *of_files("large"),
    *of_files("blocks"),
]
