"""A word that is being typed: what is wrong with half of it is nobody's business yet."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from lsprotocol import types

WAIT_SECONDS = 1.0
"""So long after the last letter the word counts as whole."""


@dataclass(frozen=True, slots=True)
class Typing:
    """Where the last letter was typed."""

    uri: str
    line: int
    since: float = field(default_factory=time.monotonic)

    @classmethod
    def of(cls, uri: str, changes: Sequence[types.TextDocumentContentChangeEvent]) -> Typing | None:
        """The edit, if it added a letter or a dot to one line; numbers and signs are whole as soon as they are typed."""
        last = changes[-1] if len(changes) == 1 else None
        if not isinstance(last, types.TextDocumentContentChangePartial) or not last.text:
            return None
        added = last.text[-1]
        if "\n" in last.text or not (added.isalpha() or added in "._"):
            return None
        return cls(uri, last.range.start.line)

    @property
    def left(self) -> float:
        """The seconds until the word counts as whole."""
        return self.since + WAIT_SECONDS - time.monotonic()

    def takes_out(
        self, found: dict[str, list[types.Diagnostic]], shown: Mapping[str, Sequence[types.Diagnostic]]
    ) -> bool:
        """Takes out what is new on the line; says whether there was anything."""
        known = {each.code for each in shown.get(self.uri, ()) if each.range.start.line == self.line}
        kept = [
            each
            for each in found.get(self.uri, [])
            if each.range.start.line != self.line or each.code in known
        ]
        changed = len(kept) < len(found.get(self.uri, []))
        if changed:
            found[self.uri] = kept
        return changed
