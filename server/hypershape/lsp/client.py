"""What the editor can show, as it announced it: what it cannot is not sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lsprotocol import types


@dataclass(frozen=True, slots=True)
class Client:
    """`tags` and `related` belong to diagnostics, `annotations` to edits; `pulls` says that it asks for diagnostics
    itself, and can be told to ask again; `folds` that what an exception says is to be folded away in the hover, and
    not in the way of the shapes there."""

    tags: frozenset[types.DiagnosticTag] = frozenset(types.DiagnosticTag)
    related: bool = True
    annotations: bool = True
    pulls: bool = False
    folds: bool = False

    @classmethod
    def of(cls, capabilities: types.ClientCapabilities, options: Any = None) -> Client:
        """What the capabilities say. `"diagnostics": "push"` among the options asks to be sent diagnostics anyway,
        `"exceptions": "folded"` to leave what exceptions say to a hover that can fold it."""
        document, workspace = capabilities.text_document, capabilities.workspace
        shown = document.publish_diagnostics if document is not None else None
        tags = shown.tag_support if shown is not None else None
        edits = workspace.workspace_edit if workspace is not None else None
        pull = document.diagnostic if document is not None else None
        refresh = workspace.diagnostics if workspace is not None else None
        asked = options if isinstance(options, dict) else {}
        pushed = asked.get("diagnostics") == "push"
        return cls(
            tags=frozenset(tags.value_set if tags is not None else ()),
            related=bool(shown is not None and shown.related_information),
            annotations=edits is not None and edits.change_annotation_support is not None,
            pulls=bool(not pushed and pull is not None and refresh is not None and refresh.refresh_support),
            folds=asked.get("exceptions") == "folded",
        )


EVERYTHING = Client()
"""An editor that shows all that there is."""
