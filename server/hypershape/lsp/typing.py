"""A word that is being typed: what is wrong with half of it is nobody's business yet."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from lsprotocol import types

WAIT_SECONDS = 1.0
"""So long after the last letter the word counts as whole."""


UNCHECKED = "HS9"
"""How the codes begin of what could not be checked."""


@dataclass(frozen=True, slots=True)
class Typing:
    """Where something was typed last, and whether it may be half of a word."""

    uri: str
    line: int
    in_a_word: bool = True
    since: float = field(default_factory=time.monotonic)

    @classmethod
    def of(cls, uri: str, changes: Sequence[types.TextDocumentContentChangeEvent]) -> Typing | None:
        """The edit, if it added to one line; numbers and signs are whole as soon as they are typed, no words are."""
        last = changes[-1] if len(changes) == 1 else None
        if not isinstance(last, types.TextDocumentContentChangePartial) or not last.text:
            return None
        added = last.text[-1]
        if "\n" in last.text:
            return None
        return cls(uri, last.range.start.line, added.isalpha() or added in "._")

    @property
    def left(self) -> float:
        """The seconds until the word counts as whole."""
        return self.since + WAIT_SECONDS - time.monotonic()

    def takes_out(
        self, found: dict[str, list[types.Diagnostic]], shown: Mapping[str, Sequence[types.Diagnostic]]
    ) -> bool:
        """Takes out what is new on the line of a word, and what is new of what cannot be checked just now, wherever it
        stands: a line that is half typed does not parse. Says whether there was anything."""
        before = shown.get(self.uri, ())
        here = {each.code for each in before if each.range.start.line == self.line}
        anywhere = {each.code for each in before}

        def waits(each: types.Diagnostic) -> bool:
            if str(each.code).startswith(UNCHECKED):
                return each.code not in anywhere
            return self.in_a_word and each.range.start.line == self.line and each.code not in here

        kept = [each for each in found.get(self.uri, []) if not waits(each)]
        changed = len(kept) < len(found.get(self.uri, []))
        if changed:
            found[self.uri] = kept
        return changed
