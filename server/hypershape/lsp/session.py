"""What the server knows of one open document or notebook."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lsprotocol import types

from hypershape.lsp.configuration import Configuration
from hypershape.lsp.positions import View
from hypershape.lsp.typing import Typing
from hypershape.model import Analysis

if TYPE_CHECKING:
    from hypershape.lsp import shapes


@dataclass
class Session:
    """One open document or notebook, from its opening to its closing."""

    uri: str
    task: asyncio.Task[None] | None = None
    analysis: Analysis | None = None
    view: View | None = None
    configuration: Configuration | None = None
    """What the editor set for it when it was analysed last."""
    versions: dict[str, int | None] = field(default_factory=dict)
    probed: Analysis | None = None
    """The last analysis with probe results, for hovers and diagnostics until the next one."""
    shown: dict[str, list[types.Diagnostic]] = field(default_factory=dict)
    """What was published, by address: a document can have something to show in the files that it imports."""
    agent: Any = None
    """The agent that the last analysis was made with."""
    pins: dict[str, shapes.Pin] = field(default_factory=dict)
    """The configurations whose shapes alone are shown, by the name of the target."""
    lines: tuple[Analysis, dict[str, shapes.Pin], tuple[shapes.Line, ...]] | None = None
    """What is said at the ends of lines, with what it was worked out from."""
    typing: Typing | None = None
    """The word that is being typed, if the last edit was part of one."""
    republishing: asyncio.Task[None] | None = None
    refreshed: object = None
    """What the editor was told to ask for last."""
    stopped: bool = False
    """The user has ended the analysis of this text."""
    patience: float = 1.0
    """All limits of time count so many times, where what took too long is tried again."""
    waiting: bool = False
    """What took too long is tried again when the machine is idle."""
    asked: bool = False
    """The user wants all that there is to know of this text, now."""
    resting: str | None = None
    """Why searches were not played, which the user may have wanted."""
