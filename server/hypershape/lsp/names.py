"""Completion, definition, references, rename and symbols for the names of hyperparameters.

Each handler finds the place, asks `source.hyperparameter_names` on a thread, and converts.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from hypershape.lsp.positions import View
from hypershape.model import Document, Edit, Span
from hypershape.text import Text

if TYPE_CHECKING:
    from hypershape.lsp.server import Server
    from hypershape.source.holders import Mention
    from hypershape.source.hyperparameter_names import HyperparameterNames, Symbol

REQUEST_FAILED = -32803
"""The protocol's code for a request that is right and cannot be answered."""


@dataclass(frozen=True, slots=True)
class Opened:
    """What the editor has open: texts and views by path, versions by address."""

    views: Mapping[str, View]
    versions: Mapping[str, int | None]

    @property
    def texts(self) -> dict[str, Document]:
        return {path: view.document for path, view in self.views.items()}


@dataclass(frozen=True, slots=True)
class Found:
    """A mention under the cursor, with everything around it."""

    names: HyperparameterNames
    mention: Mention
    view: View
    opened: Opened


@dataclass
class Finder:
    """Finds what the cursor is on."""

    server: Server

    async def find(self, uri: str, position: types.Position, *, half_typed: bool = False) -> Found | None:
        """The mention at a position; where `half_typed`, also in a string that the text does not close yet."""
        opened = self.opened()
        path = next((path for path, view in opened.views.items() if uri in view.uris), None)
        if path is None:
            return None
        view = opened.views[path]
        place = view.span(uri, types.Range(position, position))
        return await asyncio.to_thread(self._find, view, opened, place, half_typed)

    def opened(self) -> Opened:
        """A picture of all open texts, which a thread may read."""
        views: dict[str, View] = {}
        versions: dict[str, int | None] = {}
        for uri in self.server.sessions:
            found = self.server.at_hand(uri)
            if found is not None:
                views[found.document.path] = found.view
                versions |= found.versions
        return Opened(views, versions)

    def _find(self, view: View, opened: Opened, place: Span, half_typed: bool) -> Found | None:
        from hypershape.source.flow import flow
        from hypershape.source.hyperparameter_names import HyperparameterNames, mention_at
        from hypershape.source.neighbours import Neighbours

        texts = _closed(view.document, place) if half_typed else iter([view.document])
        for document in texts:
            # What the file says by itself is asked first: most strings are no names of hyperparameters.
            if mention_at(flow(document).mentions, place) is None:
                continue
            names = HyperparameterNames(Neighbours.of(document, self.server.files, opened.texts))
            mention = mention_at(names.mentions, place)
            if mention is not None:
                return Found(names, mention, view, opened)
        return None

    def view(self, path: str, opened: Opened) -> View | None:
        """How the editor shows a file; None for a notebook that is not open, whose cells have no address."""
        if path in opened.views:
            return opened.views[path]
        return None if path.endswith(".ipynb") else self.server.other_view(path)


def register(server: Server) -> None:
    """Adds the handlers to a server."""
    finder = Finder(server)

    @server.feature(types.TEXT_DOCUMENT_COMPLETION, types.CompletionOptions(trigger_characters=['"', "'"]))
    async def completion(params: types.CompletionParams) -> list[types.CompletionItem]:
        found = await finder.find(params.text_document.uri, params.position, half_typed=True)
        return await asyncio.to_thread(completions, found) if found is not None else []

    @server.feature(types.TEXT_DOCUMENT_DEFINITION)
    async def definition(params: types.DefinitionParams) -> list[types.Location]:
        found = await finder.find(params.text_document.uri, params.position)
        if found is None:
            return []
        return await asyncio.to_thread(_defined, found, finder.view)

    @server.feature(types.TEXT_DOCUMENT_REFERENCES)
    async def references(params: types.ReferenceParams) -> list[types.Location]:
        found = await finder.find(params.text_document.uri, params.position)
        if found is None:
            return []
        declared = params.context.include_declaration
        return await asyncio.to_thread(_referring, found, declared, finder.view)

    @server.feature(types.TEXT_DOCUMENT_PREPARE_RENAME)
    async def prepare(params: types.PrepareRenameParams) -> types.PrepareRenamePlaceholder | None:
        found = await finder.find(params.text_document.uri, params.position)
        return await asyncio.to_thread(rename_place, found) if found is not None else None

    @server.feature(types.TEXT_DOCUMENT_RENAME, types.RenameOptions(prepare_provider=True))
    async def rename(params: types.RenameParams) -> types.WorkspaceEdit | None:
        found = await finder.find(params.text_document.uri, params.position)
        if found is None:
            return None
        folders = [Path(each) for each in server.folders()]
        return await asyncio.to_thread(renamed, found, params.new_name, finder.view, folders)

    @server.feature(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
    async def symbols(params: types.DocumentSymbolParams) -> list[types.DocumentSymbol]:
        from hypershape.source.hyperparameter_names import symbols

        uri = params.text_document.uri
        view = next((each for each in finder.opened().views.values() if uri in each.uris), None)
        if view is None:
            return []
        return list(shown(await asyncio.to_thread(symbols, view.document), uri, view))


Views = Callable[[str, Opened], View | None]


def completions(found: Found) -> list[types.CompletionItem]:
    """The names that may stand where the cursor is; a declaration chooses its name itself."""
    if found.mention.kind is not None:
        return []
    _, place = found.view.location(found.mention.span)
    return [
        types.CompletionItem(
            name,
            kind=types.CompletionItemKind.Value,
            detail=declaration,
            text_edit=types.TextEdit(place, name),
        )
        for name, declaration in found.names.names_for(found.mention)
    ]


def _defined(found: Found, view_of: Views) -> list[types.Location]:
    return locations(found, found.names.declarations(found.mention), view_of)


def _referring(found: Found, declared: bool, view_of: Views) -> list[types.Location]:
    """The references, and the declarations where they are wanted."""
    wanted = found.names.references(found.mention)
    return locations(found, [each for each in wanted if declared or each.kind is None], view_of)


def locations(found: Found, mentions: Iterable[Mention], view_of: Views) -> list[types.Location]:
    """Places in whatever files, as the editor counts them."""
    places = []
    for each in mentions:
        view = view_of(each.span.path, found.opened)
        if view is not None:
            places.append(types.Location(*view.location(each.span)))
    return places


def rename_place(found: Found) -> types.PrepareRenamePlaceholder:
    """What would be replaced; an error with the reason where nothing can be."""
    from hypershape.source.hyperparameter_names import CannotRename

    try:
        found.names.check(found.mention)
    except CannotRename as reason:
        raise _refused(reason) from None
    _, place = found.view.location(found.mention.span)
    written = (found.mention.name.text or "").removeprefix(found.mention.prefix)
    return types.PrepareRenamePlaceholder(place, written)


def renamed(found: Found, new: str, view_of: Views, folders: Sequence[Path]) -> types.WorkspaceEdit:
    """The edits of a rename in all files; an error with the reason where it is refused."""
    from hypershape.source.hyperparameter_names import CannotRename

    try:
        edits = found.names.rename(found.mention, new)
        return types.WorkspaceEdit(document_changes=list(_changes(edits, found, view_of, folders)))
    except CannotRename as reason:
        raise _refused(reason) from None


def _changes(
    edits: Sequence[Edit], found: Found, view_of: Views, folders: Sequence[Path]
) -> Iterator[types.TextDocumentEdit]:
    from hypershape.source.hyperparameter_names import CannotRename

    by_uri: dict[str, list[types.TextEdit | types.AnnotatedTextEdit | types.SnippetTextEdit]] = {}
    for edit in edits:
        path = Path(edit.span.path)
        if edit.span.path not in found.opened.views and not any(each in path.parents for each in folders):
            raise CannotRename(f"{path.name} names it as well and lies outside of the workspace.")
        view = view_of(edit.span.path, found.opened)
        if view is None:
            raise CannotRename(f"{path.name} names it as well and is not open.")
        uri, place = view.location(edit.span)
        by_uri.setdefault(uri, []).append(types.TextEdit(place, edit.text))
    for uri, changes in by_uri.items():
        version = found.opened.versions.get(uri)
        yield types.TextDocumentEdit(types.OptionalVersionedTextDocumentIdentifier(uri, version), changes)


def _refused(reason: Exception) -> JsonRpcException:
    return JsonRpcException(message=str(reason), code=REQUEST_FAILED)


def shown(symbols: Iterable[Symbol], uri: str, view: View) -> Iterator[types.DocumentSymbol]:
    """Symbols as the editor shows them; in a notebook, those of one cell."""
    for each in symbols:
        its, selection = view.location(each.span)
        if its == uri:
            yield types.DocumentSymbol(
                each.name or " ",
                types.SymbolKind.Function if each.children else types.SymbolKind.Variable,
                view.location(each.whole)[1],
                selection,
                detail=each.detail,
                children=list(shown(each.children, uri, view)),
            )


def _closed(document: Document, place: Span) -> Iterator[Document]:
    """A document, then the same with the rest of the line replaced by what may close a string that is being typed."""
    yield document
    text = Text.of(document.text)
    start, line = text.offset(place.line, place.column), text.line(place.line)
    typed = line[: place.column - 1]
    quote = max("\"'", key=typed.rfind)
    if quote not in typed:
        return
    before, after = text.value[:start], text.value[text.offset(place.line, len(line) + 1) :]
    for closing in (")", "]", "", "))", "])", ",", "):"):
        yield replace(document, text=f"{before}{quote}{closing}{after}")
