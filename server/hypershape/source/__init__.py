"""What a file holds: targets, their slices, tuners, and what could not be read. Nothing of it is run."""

from importlib import import_module
from typing import TYPE_CHECKING

from hypershape.source.analyse import analyse
from hypershape.source.code import Code, contains
from hypershape.source.documents import Unreadable, find_files, from_notebook, from_text, read
from hypershape.source.hyperparameters import HP_PARAMETERS, HpCall
from hypershape.source.modules import root_marks
from hypershape.source.names import Function, canonical

if TYPE_CHECKING:
    from hypershape.source.around import across
    from hypershape.source.workspace import Workspace

__all__ = [
    "HP_PARAMETERS",
    "Code",
    "Function",
    "HpCall",
    "Unreadable",
    "Workspace",
    "across",
    "analyse",
    "canonical",
    "contains",
    "find_files",
    "from_notebook",
    "from_text",
    "read",
    "root_marks",
]

_LATER = {"across": "hypershape.source.around", "Workspace": "hypershape.source.workspace"}
"""What only a question about other files needs is imported then: a server starts without."""


def __getattr__(name: str) -> object:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_LATER[name]), name)
