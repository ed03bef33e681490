"""Code lenses: over a target what is known of it and what can be done, over a tuner what becomes of its search."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lsprotocol import types

from hypershape.lsp import pins, projects, reports
from hypershape.model import Analysis, Span, TargetAnalysis

if TYPE_CHECKING:
    from hypershape.lsp.server import Server
    from hypershape.lsp.session import Session

STOP = "hypershape.stop"
AGAIN = "hypershape.tryAgain"


def register(server: Server) -> None:
    """Adds the handlers to a server."""

    @server.feature(types.TEXT_DOCUMENT_CODE_LENS)
    async def code_lens(params: types.CodeLensParams) -> list[types.CodeLens]:
        uri = params.text_document.uri
        owner = server.owner(uri)
        stored = await projects.lenses(server, uri, owner)
        session = await server.settled(owner)
        return [*(_lenses(server, session, uri) if session is not None else ()), *stored]

    @server.command(STOP)
    def stop(uri: str) -> None:
        server.stop(uri)

    @server.command(AGAIN)
    def again(uri: str) -> None:
        server.try_again(uri)


def _lenses(server: Server, session: Session, uri: str) -> Iterator[types.CodeLens]:
    """Those of one part of the document."""
    analysis, view = session.analysis, session.view
    if analysis is None or view is None or not server.configuration.trusted:
        return
    for target in analysis.targets:
        its, place = view.location(target.target.span)
        if its != uri:
            continue
        for title, command, arguments in _actions(session, analysis, target):
            yield types.CodeLens(place, types.Command(title, command, arguments=arguments))
    for span, title in _consequences(analysis):
        its, place = view.location(span)
        if its == uri:
            yield types.CodeLens(place, types.Command(title, ""))


def _actions(
    session: Session, analysis: Analysis, target: TargetAnalysis
) -> Iterator[tuple[str, str, list[object]]]:
    """Titles with the command behind each and its arguments."""
    from hypershape.report import verdict

    name = target.target.name
    busy = not analysis.done and not session.stopped
    told = verdict(target, analysis.findings)
    if session.waiting and target.late:
        told = f"{told or '? not checked'} Tried again when the machine is idle."
    doing = _doing(analysis, name) if busy else None
    if told is None:
        yield doing or "waiting" if busy else "not probed", "", []
    else:
        # How many were tried is told already.
        yield f"{told} · {'probing' if analysis.about else doing}" if doing else told, "", []
    if target.status == "probed":
        pinned = session.pins.get(name)
        title = f"Pinned: {pinned.text}" if pinned is not None else "Pin…"
        yield title, pins.PIN, [session.uri, name]
        yield "Report", reports.REPORT, [session.uri]
    awaited = session.configuration is not None and session.configuration.run == "manual"
    if busy:
        yield "Stop", STOP, [session.uri]
    elif told is None and awaited:
        yield "Probe", AGAIN, [session.uri]
    elif session.stopped or target.status == "unprobeable":
        yield "Try again", AGAIN, [session.uri]
    elif session.resting is not None and target.rehearsals_cut:
        yield "Rehearse", AGAIN, [session.uri]


def _doing(analysis: Analysis, name: str) -> str | None:
    """What is being done for a target or for its whole file, as it is said over the target."""
    if analysis.progress is None or analysis.about not in (None, name):
        return None
    return analysis.progress.removeprefix(f"{name}: ")


def _consequences(analysis: Analysis) -> Iterator[tuple[Span, str]]:
    """What failures make of the search of each tuner, and how long it takes."""
    from hypershape.report import told as spent
    from hypershape.rules.common import wording

    for target in analysis.targets:
        cost = target.cost
        if cost is not None and (takes := spent(cost)) and cost.tuner.path == analysis.module.document.path:
            tuner = next((each for each in target.target.tuners if each.call.span == cost.tuner), None)
            if tuner is not None:
                yield tuner.call.callee, takes
        for tuner in target.target.tuners:
            told = wording.of_search(target, tuner).removeprefix(":").strip()
            if told and tuner.call.span.path == analysis.module.document.path:
                yield tuner.call.callee, f"✗ {told}"
