"""What a file holds: targets, their slices, tuners, and what could not be read. Nothing of it is run."""

from hypershape.source.across import across
from hypershape.source.analyse import analyse
from hypershape.source.code import Code, contains
from hypershape.source.documents import Unreadable, find_files, from_notebook, from_text, read
from hypershape.source.hyperparameters import HP_PARAMETERS, HpCall
from hypershape.source.names import Function, canonical
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
]
