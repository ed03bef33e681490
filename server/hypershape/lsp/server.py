"""The language server: documents in, diagnostics, hovers and code actions out.

Handlers find the document, call a pure function and convert. All analysis is in tasks that the next edit cancels.
"""

from __future__ import annotations

import asyncio
import sys
import time
import traceback
from collections.abc import Generator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from functools import cached_property, partial
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any, BinaryIO, cast
from urllib.parse import unquote

from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidRequest
from pygls.lsp.server import LanguageServer
from pygls.protocol import LanguageServerProtocol, lsp_method
from pygls.uris import from_fs_path
from pygls.workspace import TextDocument

from hypershape import __version__, collector, journal, settings
from hypershape.lsp import (
    actions,
    addresses,
    carry,
    hints,
    lenses,
    names,
    pins,
    power,
    projects,
    pulling,
    reports,
    resting,
    retrying,
    status,
)
from hypershape.lsp.client import EVERYTHING, Client
from hypershape.lsp.configuration import Configuration as Configured
from hypershape.lsp.headers import Headers
from hypershape.lsp.places import Place, Places
from hypershape.lsp.positions import View
from hypershape.lsp.session import Session
from hypershape.lsp.status import Progress, Status
from hypershape.lsp.texts import count_lines_as_the_protocol_does
from hypershape.lsp.typing import Typing
from hypershape.model import Analysis, Document, Options
from hypershape.settings import Settings, processes

DEBOUNCE_SECONDS = 0.1
AROUND_SECONDS = 1.0
"""Files that use an edited one are analysed again when nothing has been typed for so long."""
SLOW_TURN_SECONDS = 0.1
SWITCH_SECONDS = 0.0005
"""So long a thread that computes keeps Python's lock from the loop. A message of the editor's crosses threads several
times before it is answered; with Python's own 5 ms each crossing is felt while a text is analysed."""
SETTLING_SECONDS = 1.0
"""Hints and lenses wait so long for the first analysis of a text, which has what was known before in its place."""
REFRESH_SECONDS = 0.5
MOST_AGENTS = 3
"""So many interpreters, of some 500 MB each, rest where several folders have their own."""


class _Protocol(LanguageServerProtocol):
    """The protocol, in which a session begins once: pygls would lose all open documents."""

    @lsp_method(types.INITIALIZE)
    def lsp_initialize(self, params: types.InitializeParams) -> Generator[Any, Any, types.InitializeResult]:
        if self._workspace is not None:
            raise JsonRpcInvalidRequest("The server was initialized before.")
        return (yield from super().lsp_initialize(params))


@dataclass(frozen=True, slots=True)
class Opened:
    """A document or notebook that the editor has open, with the versions of its parts by their addresses."""

    document: Document
    view: View
    versions: dict[str, int | None]
    notebook: bool


def _code_cells(notebook: types.NotebookDocument) -> list[tuple[int | None, str]]:
    """The code cells of a notebook: the index of each among all cells, and its address."""
    return [
        (index, cell.document)
        for index, cell in enumerate(notebook.cells)
        if cell.kind == types.NotebookCellKind.Code
    ]


class Server(LanguageServer):
    """The server with its sessions, and one agent for each interpreter."""

    def __init__(self) -> None:
        count_lines_as_the_protocol_does()
        super().__init__(
            "hypershape",
            __version__,
            protocol_cls=_Protocol,
            text_document_sync_kind=types.TextDocumentSyncKind.Incremental,
            notebook_document_sync=types.NotebookDocumentSyncOptions(
                notebook_selector=[
                    types.NotebookDocumentFilterWithCells(
                        cells=[types.NotebookCellLanguage(language="python")],
                        notebook=types.NotebookDocumentFilterNotebookType(notebook_type="*"),
                    )
                ],
                save=True,
            ),
        )
        self.configuration = Configured()
        self.client = EVERYTHING
        self.sessions: dict[str, Session] = {}
        self.agents: dict[Any, Any] = {}
        self.status = Status("idle")
        self._said: set[str] = set()
        self._refreshed = 0.0
        self._second_tries = asyncio.Lock()
        self.places = Places(retry=lambda uri: self.schedule(uri, 0.0))
        self._loading: asyncio.Future[None] | None = None
        self._read: dict[str, tuple[list[tuple[int | None, str, int | None, str]], Opened]] = {}
        """The documents as they were read last, with what they were read from: each part's place, version and text."""
        self._published: dict[str, types.PublishDiagnosticsParams] = {}
        """What the editor shows of each part: the same again would only make it redraw."""

    # ----------------------------------------------------------------- documents

    def at_hand(self, uri: str) -> Opened | None:
        """An open document or notebook; what has not changed since it was asked for is not read again."""
        notebook = self.workspace.notebook_documents.get(unquote(uri))
        cells = [(None, uri)] if notebook is None else _code_cells(notebook)
        parts = [(index, its, text) for index, its in cells if (text := self._opened(its)) is not None]
        if notebook is None and not parts:
            return None
        now = [(index, its, text.version, text.source) for index, its, text in parts]
        known = self._read.get(uri)
        if known is None or known[0] != now or known[1].notebook is not (notebook is not None):
            known = self._read[uri] = now, self._as_opened(uri, parts, notebook is not None)
        return known[1]

    def _as_opened(
        self, uri: str, parts: Sequence[tuple[int | None, str, TextDocument]], notebook: bool
    ) -> Opened:
        from hypershape import source

        path = addresses.path(uri)
        if notebook:
            document = source.from_notebook(path, [(index or 0, text.source) for index, _, text in parts])
        else:
            document = source.from_text(path, parts[0][2].source)
        uris = [its for _, its, _ in parts]
        view = View.of(document, self.workspace.position_codec, uris)
        return Opened(document, view, {its: text.version for _, its, text in parts}, notebook)

    def _opened(self, uri: str) -> TextDocument | None:
        """The text that the editor has open under this address, which pygls keeps unquoted."""
        text: TextDocument | None = self.workspace.text_documents.get(unquote(uri))
        return text

    def owner(self, uri: str) -> str:
        """The notebook that holds a cell, or the document itself."""
        notebook = self.workspace.get_notebook_document(cell_uri=uri)
        return notebook.uri if notebook is not None else uri

    def path(self, uri: str) -> str:
        """The path of a document, or of the notebook that holds a cell."""
        return addresses.path(self.owner(uri))

    @cached_property
    def files(self) -> Any:
        """What is known of the files around those that are open."""
        from hypershape.source import Workspace

        return Workspace()

    def texts(self) -> dict[str, Document]:
        """The texts of all open documents and notebooks, by path."""
        found = (self.at_hand(uri) for uri in self.sessions)
        return {each.document.path: each.document for each in found if each is not None}

    def folders(self) -> list[str]:
        """The paths of the folders that the editor has open."""
        opened = [addresses.path(folder.uri) for folder in self.workspace.folders.values()]
        root = self.workspace.root_path
        return opened or ([root] if root else [])

    # ----------------------------------------------------------------- analysis

    def schedule(self, uri: str, delay: float = DEBOUNCE_SECONDS) -> None:
        """Analyses a document soon; whatever runs for it now is cancelled."""
        session = self.sessions.setdefault(uri, Session(uri))
        if session.task is not None:
            session.task.cancel()
            self.places.give_back(uri)
        session.stopped = False
        session.task = asyncio.get_running_loop().create_task(self._analyse(session, delay))

    def edited(self, uri: str) -> None:
        """Analyses a document after an edit, and the files around it, where that is wanted while one types."""
        self.places.touch(uri)
        session = self.sessions.get(uri)
        if session is not None:
            session.patience, session.asked = 1.0, False
        if self.settings_of(uri).run == "onType":
            self.schedule(uri)
            self.schedule_around(uri)

    def opened(self, uri: str) -> None:
        self.places.touch(uri)
        self.schedule(uri, 0.0)

    def saved(self, uri: str) -> None:
        self.places.touch(uri)
        if self.settings_of(uri).run == "onSave" and uri in self.sessions:
            self.schedule(uri)
            self.schedule_around(uri)

    def stop(self, uri: str) -> None:
        """Ends what runs for a document; what was found stays."""
        session = self.sessions.get(self.owner(uri))
        if session is not None and session.task is not None and not session.task.done():
            session.task.cancel()
            self.places.give_back(session.uri)
            session.stopped = True
            self._show(Status("idle", "Probing was stopped.", self.status.environment))
            self.refresh()

    def try_again(self, uri: str) -> None:
        """Analyses a document again, with more time than before."""
        session = self.sessions.get(self.owner(uri))
        if session is not None:
            session.patience = min(session.patience * retrying.MORE_TIME, retrying.MOST)
            session.asked = True
            self.places.touch(session.uri)
            self.schedule(session.uri, 0.0)
            if session.analysis is not None:
                # Said at once: the first word of the analysis itself may take its seconds.
                session.analysis = replace(session.analysis, done=False, progress="starting again")
                self.refresh()

    async def settled(self, uri: str) -> Session | None:
        """What is known of a document, waiting a moment for the first word on its text after an edit."""
        session, until = self.sessions.get(uri), time.monotonic() + SETTLING_SECONDS
        waits = self.settings_of(uri).run == "onType"
        while session is not None and not (session.versions and self._current(session.versions)):
            if time.monotonic() > until or not waits:
                break
            await asyncio.sleep(0.03)
        return session if session is not None and session.view is not None else None

    def refresh(self) -> None:
        """Has the editor ask for lenses and hints again."""
        workspace = self.client_capabilities.workspace
        if workspace is None:
            return
        if workspace.code_lens is not None and workspace.code_lens.refresh_support:
            self.workspace_code_lens_refresh(None)
        if workspace.inlay_hint is not None and workspace.inlay_hint.refresh_support:
            self.workspace_inlay_hint_refresh(None)

    async def _unpin(self, session: Session) -> None:
        """Unpins what an edit took out of its space."""
        from hypershape.analysis.aside import aside
        from hypershape.space import contains

        for target in session.analysis.targets if session.pins and session.analysis is not None else ():
            pin = session.pins.get(target.target.name)
            if pin is not None and not await aside(contains, target.hyperparameters, pin.configuration):
                session.pins.pop(target.target.name, None)

    async def probe_pins(self, session: Session) -> None:
        """Probes pinned configurations that were not among those of the exploration."""
        from hypershape.analysis.once import probe_once
        from hypershape.space import contains

        analysis, agent = session.analysis, session.agent
        for target in analysis.targets if analysis is not None else ():
            pin = session.pins.get(target.target.name)
            if pin is None or target.status != "probed" or pin.report(target) is not None:
                continue
            report = None
            if agent is not None and contains(target.hyperparameters, pin.configuration):
                report = await probe_once(target.target, agent, pin.configuration)
            if session.pins.get(target.target.name) is not pin:
                continue
            if report is None:
                del session.pins[target.target.name]
            else:
                session.pins[target.target.name] = replace(pin, own=report, asked=target.target.slice)

    async def _analyse(self, session: Session, delay: float) -> None:
        try:
            await asyncio.sleep(delay)
            await self._run(session)
            while (waits := self._overdue(session)) and session.patience < retrying.MORE_TIME:
                self._show(Status("idle", waits, self.status.environment))
                session.waiting = True
                self.refresh()
                async with self._second_tries:
                    await retrying.until_idle()
                    session.waiting = False
                    session.patience = retrying.MORE_TIME
                    await self._run(session)
            if session.resting is not None:
                self._show(Status("idle", session.resting, self.status.environment))
                self.refresh()
                if session.resting == resting.ON_BATTERY:
                    await power.until_plugged()
                    await self._run(session)
        except asyncio.CancelledError:
            raise
        except Exception as problem:
            journal.note("analysis failed", error=type(problem).__name__, where=_where(problem))
            self._log(f"Analysing {session.uri} failed: {problem!r}", types.MessageType.Error)
            self._show(Status("error", f"Analysing a file failed: {problem}", self.status.environment))
            if session.analysis is not None:
                session.analysis = replace(session.analysis, done=True, progress=None)
        finally:
            session.waiting = False

    def _overdue(self, session: Session) -> str | None:
        """What of a document took too long, in a sentence, if its text is still the same."""
        analysis = session.analysis
        if analysis is None or not analysis.done or not self._current(session.versions):
            return None
        return retrying.sentence(retrying.overdue(analysis), retrying.untried(analysis))

    def load(self) -> asyncio.Future[None]:
        """Imports what analyses need, beside the loop: an editor that waits for its first answer does not wait for that."""
        if self._loading is None:
            self._loading = asyncio.ensure_future(asyncio.to_thread(_load))
        return self._loading

    async def _run(self, session: Session) -> None:
        await asyncio.shield(self.load())
        from hypershape.analysis import analyse
        from hypershape.analysis.aside import aside
        from hypershape.probe import Cache
        from hypershape.source import across

        session.resting = None
        found = self.at_hand(session.uri)
        if found is None:
            return
        document, view, versions = found.document, found.view, found.versions
        folder = Path(document.path).parent
        configuration = session.configuration = await self._configured(session.uri)
        chosen = await asyncio.to_thread(self._settings, folder, configuration)
        # What runs only when it is asked for reads the text alone until then.
        wanted = configuration.run != "manual" or session.asked
        agent = await self._agent(chosen, folder) if configuration.trusted and wanted else None
        cache = Cache() if agent is not None else None
        previous = session.probed
        kept = await aside(carry.carried, previous, document.text) if previous is not None else None
        progress = Progress(self, lambda: self.stop(session.uri))
        try:
            widen = partial(across, workspace=self.files, opened=self.texts())
            before = previous or session.analysis
            beside = not self.places.is_latest(session.uri)
            usual = Options(level="auto", processes=1 if beside else processes(spare=True), on_top=True)
            options = chosen.options(usual)
            reason = None
            if agent is not None:
                reason = await asyncio.to_thread(resting.reason, configuration.mode, session.asked)
            options = replace(resting.rested(options, configuration.mode, reason), patience=session.patience)
            session.agent = agent
            states = analyse(document, agent, options, previous=before, cache=cache, widen=widen)
            # Closed in any case: probes run beside it.
            async with aclosing(states), Place(self.places, session.uri) as place:
                async for state in states:
                    analysis = retrying.named(state, session.patience)
                    if not self._current(versions):
                        return
                    session.view, session.versions = view, versions
                    session.analysis = carry.with_kept(analysis, kept)
                    session.resting = reason if state.done and resting.is_put_off(state) else None
                    if any(target.status == "probed" for target in session.analysis.targets):
                        session.probed = session.analysis
                    await self._unpin(session)
                    await self._publish(session)
                    self._say_unsearched(analysis)
                    progress.update(analysis)
                    self._refresh_for(session)
                    self._show(status.status(analysis, self.configuration.trusted, self.status))
                    if agent is not None and state.progress is not None:
                        await place.take()
            if session.pins:
                await self.probe_pins(session)
                self.refresh()
        finally:
            progress.end()

    def _refresh_for(self, session: Session) -> None:
        """Has lenses and hints asked for again where they changed, and not all the time while probes run."""
        assert session.analysis is not None
        now, shown = time.monotonic(), (session.analysis.targets, session.analysis.done)
        if session.analysis.done or (shown != session.refreshed and now - self._refreshed > REFRESH_SECONDS):
            session.refreshed, self._refreshed = shown, now
            self.refresh()

    def _say_unsearched(self, analysis: Analysis) -> None:
        """Logs, once, that not every file could be looked into."""
        sentence = analysis.module.unsearched
        if sentence is not None and sentence not in self._said:
            self._said.add(sentence)
            self._log(sentence)

    def schedule_around(self, uri: str) -> None:
        """Analyses the other open files that share a search space with a document, when it has been quiet for a while."""
        path = addresses.path(uri)
        for other, session in self.sessions.items():
            if session.analysis is not None and path in session.analysis.module.around and other != uri:
                self.schedule(other, AROUND_SECONDS)

    def settings_of(self, uri: str) -> Configured:
        """What the editor set for an open document when it was analysed last, or for all of them."""
        session = self.sessions.get(uri)
        return session.configuration if session is not None and session.configuration else self.configuration

    async def _configured(self, uri: str) -> Configured:
        """What the editor sets for one document: the folders of a workspace may differ."""
        workspace = self.client_capabilities.workspace
        if len(self.folders()) < 2 or workspace is None or not workspace.configuration:
            return self.configuration
        asked = types.ConfigurationParams([types.ConfigurationItem(scope_uri=uri, section="hypershape")])
        sections = await self.workspace_configuration_async(asked)
        return Configured.read(sections[0] if sections else None, self.configuration)

    def _settings(self, folder: Path, configuration: Configured) -> Settings:
        """What the editor and the project of a folder set; what is wrong in the project's file is told once."""
        try:
            project = settings.load(folder)
        except settings.BadSettings as reason:
            self.tell_once(str(reason))
            project = Settings()
        return configuration.settings(project)

    async def _agent(self, chosen: Settings, folder: Path) -> Any:
        """The agent of a folder's interpreter."""
        from hypershape.probe import Agent, Folders
        from hypershape.probe.interpreter import find

        problem = await asyncio.to_thread(chosen.missing_interpreter)
        if problem is not None:
            self.tell_once(problem)
        command = chosen.python or tuple(await asyncio.to_thread(find, folder, trusted=True))
        key = command, folders = command, Folders(chosen.paths or ())
        agent = self.agents.pop(key, None) or Agent(command, folders=folders, log=self._log)
        self.agents[key] = agent
        self._end_resting()
        return agent

    def _end_resting(self) -> None:
        """Ends the agents that were asked for longest ago and rest: they start again when they are asked something."""
        for agent in list(self.agents.values())[:-MOST_AGENTS]:
            agent.rest()

    def tell_once(self, problem: str) -> None:
        """Shows a mistake in the settings, and not again with every edit."""
        if problem not in self._said:
            self._said.add(problem)
            self.window_show_message(types.ShowMessageParams(types.MessageType.Warning, problem))

    def configure(self, section: Any) -> bool:
        """Takes the editor's settings; says whether anything changed."""
        before, self.configuration = self.configuration, Configured.read(section, self.configuration)
        for problem in self.configuration.problems:
            self.tell_once(problem)
        return self.configuration != before

    async def configure_folders(self) -> None:
        """Analyses the documents again for whose folder the editor sets something else than it did."""
        for uri, session in list(self.sessions.items()):
            before = session.configuration
            if before is not None and await self._configured(uri) != before and uri in self.sessions:
                self.schedule(uri, 0.0)

    def _current(self, versions: dict[str, int | None]) -> bool:
        opened = {uri: self._opened(uri) for uri in versions}
        return all(text is not None and text.version == versions[uri] for uri, text in opened.items())

    async def _publish(self, session: Session) -> None:
        """Shows what a document's analysis found, unless the text has changed while that was put into words."""
        from hypershape.analysis.aside import aside
        from hypershape.lsp import convert

        if session.analysis is None or session.view is None:
            return
        found = await aside(
            convert.diagnostics, session.analysis.findings, session.view, self.other_view, self.client
        )
        if self._current(session.versions):
            waits = session.typing.left if session.typing is not None else 0.0
            if session.typing is not None and waits > 0 and session.typing.takes_out(found, session.shown):
                asyncio.get_running_loop().call_later(waits, lambda: self._publish_later(session))
            self._replace_shown(session, found)

    def _publish_later(self, session: Session) -> None:
        """Shows what was held back while a word was being typed, if nothing has been typed since."""
        if self.sessions.get(session.uri) is session and (session.typing is None or session.typing.left <= 0):
            session.republishing = asyncio.get_running_loop().create_task(self._publish(session))

    def _replace_shown(self, session: Session, found: dict[str, list[types.Diagnostic]]) -> None:
        """Publishes what a document shows now; what others show of the same file stays."""
        before, session.shown = session.shown, found
        changed = False
        for uri in {**before, **found}:
            all_ = [each for other in self.sessions.values() for each in other.shown.get(uri, ())]
            told = types.PublishDiagnosticsParams(uri, all_, session.versions.get(uri))
            if self._published.get(uri) != told:
                self._published[uri] = told
                if not self.client.pulls:
                    self.text_document_publish_diagnostics(told)
                changed = True
        if changed and self.client.pulls:
            self.workspace_diagnostic_refresh(None)

    def shown_uris(self) -> list[str]:
        """The addresses of all that has something to show, or had."""
        return list(self._published)

    def shown_in(self, uri: str) -> Sequence[types.Diagnostic]:
        """What is to be shown of one document or cell."""
        known = self._published.get(uri)
        return known.diagnostics if known is not None else ()

    def version_of(self, uri: str) -> int | None:
        """That of an open document."""
        text = self._opened(uri)
        return text.version if text is not None else None

    def other_view(self, path: str) -> View | None:
        """A script that is not the one in hand, as the editor or the disk has it."""
        from hypershape import source

        uri = from_fs_path(path)
        if uri is None:
            return None
        text = self._opened(uri)
        try:
            document = source.from_text(path, text.source) if text is not None else source.read(Path(path))
        except (OSError, source.Unreadable):
            return None
        return View.of(document, self.workspace.position_codec, [text.uri if text is not None else uri])

    def _show(self, shown: Status) -> None:
        if shown != self.status:
            self.status = shown
            self.protocol.notify(status.NOTIFICATION, shown)

    def _log(self, text: str, kind: types.MessageType = types.MessageType.Log) -> None:
        self.window_log_message(types.LogMessageParams(kind, text))

    async def restart(self) -> None:
        """Ends every agent and analyses all open documents again."""
        for session in self.sessions.values():
            if session.task is not None:
                session.task.cancel()
        await self.close_agents()
        for uri in list(self.sessions):
            self.schedule(uri, 0.0)

    async def close_agents(self) -> None:
        agents, self.agents = list(self.agents.values()), {}
        for agent in agents:
            await agent.close()

    def forget(self, uri: str) -> None:
        """A document was closed: its work is cancelled and its diagnostics are taken back."""
        self._read.pop(uri, None)
        session = self.sessions.pop(uri, None)
        self.places.forget(uri)
        if session is None:
            return
        if session.task is not None:
            session.task.cancel()
        own = session.view.uris if session.view is not None else (uri,)
        self._replace_shown(session, {part: [] for part in own})
        for part in own:
            self._published.pop(part, None)


def create_server() -> Server:
    """A server with all its handlers."""
    server = Server()

    @server.feature(types.INITIALIZE)
    def initialize(params: types.InitializeParams) -> None:
        server.configuration = Configured.read(params.initialization_options)
        client = params.client_info
        journal.note(
            "session",
            version=__version__,
            client=client and client.name,
            trusted=server.configuration.trusted,
        )
        server.client = Client.of(params.capabilities, params.initialization_options)
        if server.client.pulls:
            pulling.register(server)

    @server.feature(types.INITIALIZED)
    def initialized(_: types.InitializedParams) -> None:
        for problem in server.configuration.problems:
            server.tell_once(problem)
        asyncio.get_running_loop().create_task(_watch_turns(server))
        server.load()
        if not server.configuration.trusted:
            server._show(Status("restricted", status.NOT_TRUSTED))

    @server.feature(types.SHUTDOWN)
    async def shutdown(_: None) -> None:
        for uri in list(server.sessions):
            task = server.sessions[uri].task
            if task is not None:
                task.cancel()
        await server.close_agents()

    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def opened(params: types.DidOpenTextDocumentParams) -> None:
        if params.text_document.language_id == "python" or params.text_document.uri.endswith(".py"):
            server.opened(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    def changed(params: types.DidChangeTextDocumentParams) -> None:
        session = server.sessions.get(params.text_document.uri)
        if session is not None:
            session.typing = Typing.of(session.uri, params.content_changes)
            server.edited(session.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    def saved(params: types.DidSaveTextDocumentParams) -> None:
        server.saved(params.text_document.uri)

    @server.feature(types.NOTEBOOK_DOCUMENT_DID_SAVE)
    def notebook_saved(params: types.DidSaveNotebookDocumentParams) -> None:
        server.saved(params.notebook_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def closed(params: types.DidCloseTextDocumentParams) -> None:
        server.forget(params.text_document.uri)

    @server.feature(types.NOTEBOOK_DOCUMENT_DID_OPEN)
    def notebook_opened(params: types.DidOpenNotebookDocumentParams) -> None:
        server.opened(params.notebook_document.uri)

    @server.feature(types.NOTEBOOK_DOCUMENT_DID_CHANGE)
    def notebook_changed(params: types.DidChangeNotebookDocumentParams) -> None:
        server.edited(params.notebook_document.uri)

    @server.feature(types.NOTEBOOK_DOCUMENT_DID_CLOSE)
    def notebook_closed(params: types.DidCloseNotebookDocumentParams) -> None:
        server.forget(params.notebook_document.uri)

    @server.feature(types.WORKSPACE_DID_CHANGE_CONFIGURATION)
    async def configured(params: types.DidChangeConfigurationParams) -> None:
        section = params.settings
        if isinstance(section, dict) and "hypershape" in section:
            section = section["hypershape"]
        if server.configure(section):
            for session in server.sessions.values():
                session.configuration = None
            await server.restart()
        else:
            await server.configure_folders()

    @server.feature(types.TEXT_DOCUMENT_HOVER)
    def hover(params: types.HoverParams) -> types.Hover | None:
        session = server.sessions.get(server.owner(params.text_document.uri))
        if session is None or session.analysis is None or session.view is None:
            return None
        from hypershape.lsp import hover as hovers

        uri = params.text_document.uri
        place = session.view.span(uri, types.Range(params.position, params.position))
        found = hovers.hover(
            session.analysis, place.line, place.column, session.pins, folds=server.client.folds
        )
        if found is None:
            return None
        text, span = found
        return types.Hover(
            types.MarkupContent(types.MarkupKind.Markdown, text), session.view.location(span)[1]
        )

    for part in (actions, names, hints, lenses, pins, reports):
        part.register(server)
    projects.register(server)

    @server.command("hypershape.restart")
    async def restart(*_: Any) -> None:
        await server.restart()

    return server


def _load() -> None:
    from hypershape import rules

    for name in ("analysis", "lsp", "probe", "report", "source", "space"):
        package = import_module(f"hypershape.{name}")
        for each in iter_modules(package.__path__, f"hypershape.{name}."):
            import_module(each.name)
    rules.all_rules()
    collector.settle()


async def _watch_turns(server: Server) -> None:
    """Logs turns of the loop that keep the editor waiting."""
    while True:
        before = time.monotonic()
        await asyncio.sleep(SLOW_TURN_SECONDS)
        late = time.monotonic() - before - SLOW_TURN_SECONDS
        if late > SLOW_TURN_SECONDS:
            journal.note("loop held", milliseconds=round(1000 * late))
            server._log(f"The loop was held up for {1000 * late:.0f} ms.")


def _where(problem: BaseException) -> list[str]:
    """Where an error of ours rose, without any text of the user's."""
    return [
        f"{Path(each.filename).name}:{each.lineno}" for each in traceback.extract_tb(problem.__traceback__)
    ][-5:]


def serve_stdio() -> None:
    """Serves one client on standard input and output until it goes away."""
    journal.keep()
    sys.setswitchinterval(SWITCH_SECONDS)
    create_server().start_io(stdin=cast(BinaryIO, Headers(sys.stdin.buffer)))


def serve_tcp(host: str, port: int) -> None:
    """Serves clients that connect to a TCP port."""
    journal.keep()
    sys.setswitchinterval(SWITCH_SECONDS)
    create_server().start_tcp(host, port)
