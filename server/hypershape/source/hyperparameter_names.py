"""The names of hyperparameters as things that have declarations and references, over the files of a search space.

Two strings are the same name when they are equal *and* may be asked of one HyperParameters object: another build
function in the same file has names of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from hypershape.model import Document, Edit, Span
from hypershape.source.code import Code, contains
from hypershape.source.flow import flow
from hypershape.source.holders import Flow, Holder, Mention, Name
from hypershape.source.neighbours import Neighbours

MOST_SHOWN = 60


class CannotRename(Exception):
    """Why a name cannot be renamed, in one sentence."""


@dataclass(frozen=True, slots=True)
class Symbol:
    """A target, or another function that declares hyperparameters, with their declarations below it."""

    name: str
    detail: str
    span: Span
    whole: Span
    children: tuple[Symbol, ...] = ()


class HyperparameterNames:
    """What can be asked about the names in one document, with the files around it."""

    def __init__(self, neighbours: Neighbours) -> None:
        self.neighbours = neighbours
        self.path = neighbours.document.path
        self.mentions = tuple(neighbours.mentions())

    def at(self, line: int, column: int) -> Mention | None:
        """The mention at a place of the document, the end of its text included."""
        return mention_at(self.mentions, Span(self.path, line, column, line, column))

    def references(self, mention: Mention) -> list[Mention]:
        """Every place that names the same hyperparameter, this one included, in the order of files and text."""
        found = [
            each
            for each in self._beside(mention)
            if each.name.fits(mention.name) and _says_something(each.name)
        ]
        return sorted(found, key=lambda each: (each.span.path != self.path, each.span))

    def declarations(self, mention: Mention) -> list[Mention]:
        """Where the hyperparameter is declared: `hp.Int("kernel", …)`, or the f-string of its family."""
        return [each for each in self.references(mention) if each.kind is not None]

    def names_for(self, mention: Mention) -> list[tuple[str, str]]:
        """The names that may stand in place of a mention, each with its declaration as written, in one line."""
        found: dict[str, str] = {}
        for each in self._beside(mention):
            if each.kind is not None and each.name.text is not None and each is not mention:
                found.setdefault(each.name.text, self._shown(each))
        return list(found.items())

    def _shown(self, mention: Mention) -> str:
        text = " ".join(self.neighbours.flows[mention.span.path].code.text.within(mention.around).split())
        return text if len(text) <= MOST_SHOWN else f"{text[: MOST_SHOWN - 1]}…"

    # Spaces.

    @cached_property
    def _givers(self) -> dict[Holder, set[Holder]]:
        givers: dict[Holder, set[Holder]] = {}
        for edge in self.neighbours.edges:
            givers.setdefault(edge.taker, set()).add(edge.giver)
        for tuner, targets in self.neighbours.results.items():
            # What a tuner found has the names that its target declared.
            givers.setdefault(tuner, set()).update(targets)
        return givers

    def _spaces(self, holder: Holder) -> frozenset[Holder]:
        """The objects that a holder may hold, each named by the first holder of it."""
        seen: set[Holder] = set()
        todo = [holder]
        while todo:
            each = todo.pop()
            if each not in seen:
                seen.add(each)
                todo += self._givers.get(each, ())
        first = {each for each in seen if not self._givers.get(each)}
        return frozenset(first or seen)

    def _beside(self, mention: Mention) -> list[Mention]:
        """The mentions that may be asked of the same object, through names that they share or not."""
        spaces = self._spaces(mention.holder)
        return [each for each in self.mentions if self._spaces(each.holder) & spaces]

    # Renaming.

    def rename(self, mention: Mention, new: str) -> list[Edit]:
        """The edits that give a hyperparameter a new name wherever it is named.

        Args:
            mention: one of its places; `new` replaces what is written there.
            new: the new text between the quotes.

        Raises:
            CannotRename: it is not certain which strings are this name, or the new name is taken.
        """
        group = self._same(mention)
        self._check(mention, group)
        name = mention.prefix + new
        self._check_new(mention, new, name, group)
        return [
            Edit(each.span, self._spelled(each, name)) for each in sorted(group, key=lambda each: each.span)
        ]

    def check(self, mention: Mention) -> None:
        """Raises CannotRename where no new name could be given."""
        self._check(mention, self._same(mention))

    def _same(self, mention: Mention) -> list[Mention]:
        """The mentions of one name, over all objects that one of them may be asked of."""
        alike = [each for each in self.mentions if each.name.text == mention.name.text is not None]
        group, spaces = [mention], set(self._spaces(mention.holder))
        grown = True
        while grown:
            more = [each for each in alike if each not in group and self._spaces(each.holder) & spaces]
            group += more
            spaces |= {space for each in more for space in self._spaces(each.holder)}
            grown = bool(more)
        return group

    def _check(self, mention: Mention, group: Sequence[Mention]) -> None:
        if mention.name.text is None:
            raise CannotRename(
                "The name is put together when the program runs, so it has no single text to rename."
            )
        if self.neighbours.stopped is not None:
            raise CannotRename(f"Places that name it could be missed: {self.neighbours.stopped}")
        for each in group:
            if not each.name.written:
                raise CannotRename(
                    f"{self._where(each.span)} gives this name in another way than as one plain string."
                )
        for each in self._others(group):
            if each.name.text is None and each.name.fits(mention.name):
                raise CannotRename(
                    f"{self._where(each.span)} puts names together and may mean this one, too."
                )
        scoped = self._scoped
        if any(each.holder in scoped for each in group):
            raise CannotRename(
                "A helper is called within a name scope, so that its names get a prefix there."
            )
        for known in self.neighbours.flows.values():
            if known.code.broken:
                line, _ = known.code.text.place(known.code.broken[0][0])
                raise CannotRename(f"{_place(line, known.code)} does not parse.")

    def _others(self, group: Sequence[Mention]) -> Iterator[Mention]:
        spaces = {space for each in group for space in self._spaces(each.holder)}
        return (each for each in self.mentions if each not in group and self._spaces(each.holder) & spaces)

    def _check_new(self, mention: Mention, new: str, name: str, group: Sequence[Mention]) -> None:
        if not new.strip() or any(not character.isprintable() for character in new):
            raise CannotRename("A hyperparameter's name is a text that can be read.")
        wanted = Name(name, re.escape(name))
        for each in self._others(group) if name != mention.name.text else ():
            if each.name.fits(wanted) and _says_something(each.name):
                raise CannotRename(
                    f"{self._where(each.span)} already names a hyperparameter {name!r} of this space."
                )
        for each in group:
            if not name.startswith(each.prefix):
                raise CannotRename(
                    f"{self._where(each.span)} stands in a name scope that the new name is not in."
                )

    def _spelled(self, mention: Mention, name: str) -> str:
        """The new text between the quotes of a mention."""
        code = self.neighbours.flows[mention.span.path].code
        start, end = code.text.bounds(mention.span)
        quote, text = code.clean[end], name[len(mention.prefix) :]
        raw = code.clean[max(0, start - 3) : start].lstrip().lower().startswith("r")
        if quote not in text and "\\" not in text:
            return text
        if raw:
            raise CannotRename(f"{self._where(mention.span)} is a raw string, which cannot hold this name.")
        return text.replace("\\", "\\\\").replace(quote, f"\\{quote}")

    def _where(self, span: Span) -> str:
        return _place(span.line, self.neighbours.flows[span.path].code)

    @property
    def _scoped(self) -> set[Holder]:
        """The holders that get their object from within a name scope, directly or not."""
        takers: dict[Holder, list[Holder]] = {}
        for edge in self.neighbours.edges:
            takers.setdefault(edge.giver, []).append(edge.taker)
        found: set[Holder] = set()
        todo = [edge.taker for edge in self.neighbours.edges if edge.scoped]
        while todo:
            each = todo.pop()
            if each not in found:
                found.add(each)
                todo += takers.get(each, ())
        return found


def mention_at(mentions: Iterable[Mention], place: Span) -> Mention | None:
    """The mention whose text holds a place, its end included."""
    return next((each for each in mentions if contains(each.span, place)), None)


def symbols(document: Document) -> list[Symbol]:
    """The targets of a document with the hyperparameters that they declare, then helpers that declare some."""
    known = flow(document)
    declared = [each for each in known.mentions if each.kind is not None and _is_held(each, known)]
    found = []
    for target in known.targets:
        own = [each for each in declared if contains(target.body, each.around)]
        declared = [each for each in declared if each not in own]
        found.append(Symbol(target.name, "search space", target.span, target.body, _children(own, known)))
    for name, span, whole in _functions(known):
        own = [each for each in declared if contains(whole, each.around)]
        declared = [each for each in declared if each not in own]
        if own:
            found.append(Symbol(name, "hyperparameters", span, whole, _children(own, known)))
    found += _children(declared, known)
    return sorted(found, key=lambda each: each.whole)


def _is_held(mention: Mention, known: Flow) -> bool:
    return mention.holder in known.certain


def _functions(known: Flow) -> Iterator[tuple[str, Span, Span]]:
    """Every function, inner ones first, with the span of its name and of the whole."""
    nodes = [each for each in known.code.definitions if each.name in _last_names(known)]
    for node in sorted(nodes, key=lambda each: -each.lineno):
        scopes = [each.name for each in reversed(known.code.scopes(node))]
        name = ".".join([*scopes, node.name])
        if name in known.functions:
            yield name, known.code.text.name_span(known.path, node), known.code.whole_span(node)


def _last_names(known: Flow) -> set[str]:
    return {name.rpartition(".")[2] for name in known.functions}


def _children(mentions: Iterable[Mention], known: Flow) -> tuple[Symbol, ...]:
    text = known.code.text
    return tuple(
        Symbol(each.name.text or text.within(each.span), each.kind or "", each.span, each.around)
        for each in sorted(mentions, key=lambda each: each.around)
    )


def _says_something(name: Name) -> bool:
    """Whether a pattern tells more than that there is a name."""
    return name.text is not None or name.pattern.replace(".*", "") != ""


def _place(line: int, code: Code) -> str:
    """A line in the user's words: of a notebook, within its cell."""
    file = Path(code.path).name
    for cell in reversed(code.document.cells):
        if cell.first_line <= line:
            return f"Line {line - cell.first_line + 1} of cell {cell.index + 1} of {file}"
    return f"Line {line} of {file}"
