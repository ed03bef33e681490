"""The repairs that were tried for a text, so that a file that is opened again, or an undo, need not wait for them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TypeAlias

from hypershape.model import Analysis, Environment, Finding, Fix, Module, Span, Together
from hypershape.probe import Cache

Identity: TypeAlias = tuple[str, Span, str]
Tried: TypeAlias = tuple[tuple[Fix, ...], tuple[str, ...]]
"""The repairs that passed their trial, and the titles of those that did not."""

_ALL = "all"


def identity(finding: Finding) -> Identity:
    """Findings of one text that agree in it say the same, on the same evidence."""
    return finding.code, finding.span, finding.message


class Memory:
    """What was tried for one module: by the cache, and a moment ago for the same text, however far that came."""

    def __init__(self, cache: Cache | None, module: Module, before: Analysis | None = None) -> None:
        self._cache, self._module = cache, module
        same = before is not None and before.module.document.text == module.document.text
        self._before = before if same else None
        self._tried: Mapping[Identity, Tried] = {}
        self._together: Together | None = None

    async def recall(self, environment: Environment | None) -> None:
        """Looks up what is known of the text in this environment."""
        if self._cache is not None and environment is not None:
            known = dict(await asyncio.to_thread(self._cache.tried, self._module, environment))
            self._together = known.pop(_ALL, None)
            self._tried = known

    async def keep(self, state: Analysis) -> None:
        """Keeps what was tried to the end, which does not depend on how busy the machine was."""
        tried = {identity(each): (each.fixes, each.refused) for each in state.findings if each.settled}
        known = (self._tried, self._together)
        if self._cache is not None and state.environment is not None and (tried, state.together) != known:
            self._tried, self._together = tried, state.together
            kept: dict[Any, Any] = {**tried, _ALL: state.together}
            await asyncio.to_thread(self._cache.keep_tried, self._module, state.environment, kept)

    def with_all(self, state: Analysis) -> Analysis:
        """The same with all repairs as one edit, as it was tried before, if it was."""
        return state if self._together is None else replace(state, together=self._together)

    def over(self, state: Analysis) -> Analysis:
        """The same findings with the repairs that are remembered, where none was tried yet."""
        state = replace(state, findings=tuple(self._filled(each) for each in state.findings))
        before = self._before
        if before is None or state.environment not in (None, before.environment):
            return state
        return with_tried(state, before)

    def _filled(self, finding: Finding) -> Finding:
        known = self._tried.get(identity(finding))
        return finding if finding.settled or known is None else finding.with_fixes(*known)


def with_tried(state: Analysis, before: Analysis) -> Analysis:
    """The same findings with what was tried for them a moment ago."""
    tried = {identity(each): each for each in before.findings}

    def filled(finding: Finding) -> Finding:
        old = None if finding.settled else tried.get(identity(finding))
        return finding.with_fixes(old.fixes, old.refused, old.settled) if old is not None else finding

    return replace(state, findings=tuple(filled(each) for each in state.findings))
