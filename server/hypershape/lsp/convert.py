"""Findings and fixes as the protocol's diagnostics and code actions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice

from lsprotocol import types

from hypershape import rules
from hypershape.lsp.client import EVERYTHING, Client
from hypershape.lsp.positions import View
from hypershape.model import Analysis, Edit, Finding, Fix, Severity, Span
from hypershape.rules.common.failure import COSTLY
from hypershape.space.shares import SEEN, percent

SEVERITIES = {
    Severity.ERROR: types.DiagnosticSeverity.Error,
    Severity.WARNING: types.DiagnosticSeverity.Warning,
    Severity.INFO: types.DiagnosticSeverity.Information,
    Severity.HINT: types.DiagnosticSeverity.Hint,
}

_TAGS = {"unnecessary": types.DiagnosticTag.Unnecessary, "deprecated": types.DiagnosticTag.Deprecated}

Other = Callable[[str], View | None]
"""The view of another of the user's files by its path; None where it cannot be read."""


def diagnostics(
    findings: Iterable[Finding], view: View, other: Other, client: Client = EVERYTHING
) -> dict[str, list[types.Diagnostic]]:
    """The diagnostics of every part of the document, empty lists included, so that old ones vanish.

    A failure that another of the user's files raises is shown there, too.
    """
    by_uri: dict[str, list[types.Diagnostic]] = {uri: [] for uri in view.uris}
    for finding in findings:
        if finding.span.path == view.document.path:
            uri, place = view.location(finding.span)
            by_uri.setdefault(uri, []).append(_diagnostic(finding, place, view, other, client))
        raised = finding.error.span if finding.error is not None else None
        elsewhere = other(raised.path) if raised is not None and raised.path != view.document.path else None
        if raised is not None and elsewhere is not None:
            uri, place = elsewhere.location(raised)
            by_uri.setdefault(uri, []).append(_diagnostic(finding, place, view, other, client))
    return by_uri


def _diagnostic(
    finding: Finding, place: types.Range, view: View, other: Other, client: Client
) -> types.Diagnostic:
    related = []
    for each in finding.related if client.related else ():
        its = view if each.span.path == view.document.path else other(each.span.path)
        if its is not None:
            uri, where = its.location(each.span)
            related.append(types.DiagnosticRelatedInformation(types.Location(uri, where), each.message))
    page = rules.page_file(finding.code)
    tag = _TAGS.get(rules.tag(finding.code) or "")
    return types.Diagnostic(
        range=place,
        message=_message(finding, client),
        severity=SEVERITIES[finding.severity],
        code=finding.code,
        code_description=types.CodeDescription(page.as_uri()) if page is not None else None,
        source="hypershape",
        related_information=related or None,
        tags=[tag] if tag in client.tags else None,
    )


def _message(finding: Finding, client: Client) -> str:
    text = finding.sentence if client.folds else finding.message
    if finding.condition is not None and finding.condition.text not in text:
        text += f"\nFails when {finding.condition.text}."
    return text


_REQUESTED = {"quickfix": types.CodeActionKind.QuickFix, "refactor": types.CodeActionKind.RefactorRewrite}


_LOSS = "loss"

MOST_UNTRIED = 5
"""So many repairs of a finding are offered before they are tried."""
MOST_READ = 15
"""They are chosen from so many candidates."""


def code_actions(
    analysis: Analysis,
    wanted: Span,
    view: View,
    version: dict[str, int | None],
    other: Other,
    client: Client = EVERYTHING,
) -> list[types.CodeAction]:
    """The fixes of the findings that meet a selection, and last one action that silences each.

    While repairs are still being tried the candidates are there and say so; a finding is not offered to be silenced
    where nothing else is offered yet.
    """
    actions, silencing = [], []
    for finding in analysis.findings:
        if not finding.span.meets(wanted):
            continue
        _, place = view.location(finding.span)
        shown = [_diagnostic(finding, place, view, other, client)]
        offered = [*finding.fixes, *_untried(finding, analysis)]
        actions += [_quick_fix(fix, shown, view, version, client) for fix in offered]
        if offered or finding.settled or analysis.done:
            silence = Fix(f"Silence {finding.code} on this line", (_silence(finding, view),))
            silencing.append(_quick_fix(silence, shown, view, version, client))
    return actions + silencing


def _untried(finding: Finding, analysis: Analysis) -> Iterator[Fix]:
    """The candidates that nobody has tried, each with a title that says so; what loses least first.

    Before a space is proved nobody knows whether what a narrower range drops would have failed: what keeps the whole
    space then comes first. Where there is such a repair, none that gives up half of the space is offered untried.
    """
    if finding.settled:
        return
    tried = {fix.edits for fix in finding.fixes}
    left = [
        (fix, repairs)
        for fix, repairs in islice(finding.candidates(), MOST_READ)
        if fix.title not in finding.refused and fix.edits not in tried
    ]
    if any(repairs and not fix.drops for fix, repairs in left):
        left = [(fix, repairs) for fix, repairs in left if fix.drops < COSTLY]
    if not _is_proved(finding, analysis):
        left.sort(key=lambda each: (not each[1], each[0].drops))
    for fix, _ in left[: max(0, MOST_UNTRIED - len(finding.fixes))]:
        yield replace(fix, title=f"{fix.title} (not tried{'' if analysis.done else ' yet'})")


def _is_proved(finding: Finding, analysis: Analysis) -> bool:
    """Whether every configuration of a finding's search space is known to build or to fail."""
    coverages = (each.coverage for each in analysis.targets if each.target.name == finding.target)
    return any(coverage is not None and coverage.mode == "exhaustive" for coverage in coverages)


def _quick_fix(
    fix: Fix,
    shown: list[types.Diagnostic],
    view: View,
    version: dict[str, int | None],
    client: Client,
) -> types.CodeAction:
    return types.CodeAction(
        title=fix.title,
        kind=types.CodeActionKind.QuickFix,
        diagnostics=shown,
        is_preferred=fix.preferred or None,
        edit=workspace_edit(fix.edits, view, version, _loss(fix, client)),
    )


def _loss(fix: Fix, client: Client) -> types.ChangeAnnotation | None:
    """What an editor that shows an edit before it is made says of one that takes away a part of the space."""
    if fix.drops < SEEN or not client.annotations:
        return None
    label = f"Drops {percent(fix.drops)} of the search space"
    left = None if fix.leaves is None else f"Of what is left, {percent(fix.leaves)} fails."
    return types.ChangeAnnotation(label, description=left)


def refactorings(fixes: Iterable[Fix], view: View, version: dict[str, int | None]) -> list[types.CodeAction]:
    """Changes on request."""
    return [
        types.CodeAction(
            title=fix.title,
            kind=_REQUESTED[fix.kind],
            edit=workspace_edit(fix.edits, view, version),
        )
        for fix in fixes
    ]


def fix_all(
    analysis: Analysis, view: View, version: dict[str, int | None], client: Client = EVERYTHING
) -> list[types.CodeAction]:
    """One action with all preferred repairs, once they were tried as one edit."""
    together = analysis.together
    if (
        together is None
        or together.fix is None
        or together.of != tuple(fix.edits for _, fix in analysis.preferred)
    ):
        return []
    return [
        types.CodeAction(
            title=together.fix.title,
            kind="source.fixAll.hypershape",
            edit=workspace_edit(together.fix.edits, view, version, _loss(together.fix, client)),
        )
    ]


def workspace_edit(
    edits: Sequence[Edit],
    view: View,
    version: dict[str, int | None],
    loss: types.ChangeAnnotation | None = None,
) -> types.WorkspaceEdit:
    """Versioned edits: an editor whose text has changed since refuses them. With `loss`, each says what it costs."""
    by_uri: dict[str, list[types.TextEdit | types.AnnotatedTextEdit | types.SnippetTextEdit]] = {}
    for edit in edits:
        uri, place = view.location(edit.span)
        by_uri.setdefault(uri, []).append(
            types.TextEdit(place, edit.text)
            if loss is None
            else types.AnnotatedTextEdit(_LOSS, place, edit.text)
        )
    return types.WorkspaceEdit(
        document_changes=[
            types.TextDocumentEdit(
                types.OptionalVersionedTextDocumentIdentifier(uri, version.get(uri)), changes
            )
            for uri, changes in by_uri.items()
        ],
        change_annotations=None if loss is None else {_LOSS: loss},
    )


def _silence(finding: Finding, view: View) -> Edit:
    """A comment at the end of the finding's first line."""
    line = view.line(finding.span.line)
    place = Span(finding.span.path, finding.span.line, len(line) + 1, finding.span.line, len(line) + 1)
    return Edit(place, f"  # hypershape: ignore[{finding.code}]")
