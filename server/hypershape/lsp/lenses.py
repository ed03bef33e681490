"""Code lenses: over a target what is known of it and what can be done, over a tuner what becomes of its search."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lsprotocol import types

from hypershape.lsp import pins, projects
from hypershape.model import Analysis, Coverage, Span, TargetAnalysis
from hypershape.rules.common import wording
from hypershape.space import shares

if TYPE_CHECKING:
    from hypershape.lsp.server import Server, Session

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
    name = target.target.name
    busy = not analysis.done and not session.stopped
    told = verdict(target)
    if told is None:
        yield analysis.progress or "waiting" if busy else "not probed", "", []
    else:
        yield f"{told} · {analysis.progress}" if busy and analysis.progress else told, "", []
    if target.status == "probed":
        pinned = session.pins.get(name)
        title = f"Pinned: {pinned.text}" if pinned is not None else "Pin…"
        yield title, pins.PIN, [session.uri, name]
    if busy:
        yield "Stop", STOP, [session.uri]
    elif session.stopped or target.status == "unprobeable":
        yield "Try again", AGAIN, [session.uri]


def verdict(target: TargetAnalysis) -> str | None:
    """`✓ all 64 build · 26 k–269 k parameters`, `✗ 25 % fails · 2 causes`; None where nothing is known yet."""
    coverage = target.coverage
    if coverage is None:
        return f"? not checked: {target.reason}" if target.reason else None
    parts = [_mark(target, coverage)]
    if len(target.causes) > 1:
        parts.append(f"{len(target.causes)} causes")
    if target.parameters is not None and not coverage.all_fail:
        parts.append(f"{_parameters(target.parameters)} parameters")
    return " · ".join(parts)


def _mark(target: TargetAnalysis, coverage: Coverage) -> str:
    if coverage.failed:
        figure = shares.of_failures(target)
        if coverage.all_fail:
            return (
                "✗ always fails" if coverage.mode == "exhaustive" else f"✗ all {coverage.probed:,} tried fail"
            )
        if figure is not None and figure.told:
            about = "" if figure.exact else "about "
            return f"✗ {about}{shares.percent(figure.share)} fails"
        return f"✗ {coverage.failed:,} of {coverage.probed:,} tried fail"
    played = [each for each in target.rehearsals if each.verdict == "fail"]
    if played:
        return "✗ builds, but a rehearsed trial fails"
    if coverage.mode == "exhaustive":
        space = coverage.space or coverage.probed
        return "✓ builds" if space == 1 else f"✓ all {space:,} build"
    of = f" of {coverage.space:,}" if coverage.space is not None and coverage.space < 1_000_000 else ""
    return f"○ {coverage.probed:,}{of} tried so far, none fails"


def _parameters(bounds: tuple[int, int]) -> str:
    return "–".join(dict.fromkeys(_rounded(each) for each in bounds))


def _rounded(number: int) -> str:
    """`812`, `26 k`, `1.3 M`."""
    for unit, size in (("G", 10**9), ("M", 10**6), ("k", 10**3)):
        if number >= size:
            value = number / size
            return f"{value:.1f} {unit}" if value < 10 else f"{value:.0f} {unit}"
    return str(number)


def _consequences(analysis: Analysis) -> Iterator[tuple[Span, str]]:
    """What failures make of the search of each tuner, where one cause tells all of it."""
    for target in analysis.targets:
        if len(target.causes) != 1:
            continue
        told = wording.consequence(target, target.causes[0]).removeprefix(":").strip()
        for tuner in target.target.tuners:
            if told and tuner.call.span.path == analysis.module.document.path:
                yield tuner.call.callee, f"✗ {told}"
