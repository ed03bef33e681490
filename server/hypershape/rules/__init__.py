"""The rules: found in the folders of their families, run in the order of their codes, documented by their own text.

Each rule is one module `hs…_….py` with one class; `common` holds what several share. The order matters: where two
rules explain the same failure, the one with the lower code does.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from functools import cache

from hypershape.fixes.declare import declare_data
from hypershape.model import Analysis, Cause, Finding, Fix, Ignore, Severity, Span
from hypershape.rules import refactor
from hypershape.rules.base import Example, Rule
from hypershape.rules.common import fate, rehearsed, wording
from hypershape.rules.pages import page, page_file
from hypershape.rules.unchecked.hs902_idle_ignore import IdleIgnore

__all__ = [
    "Example",
    "Rule",
    "all_rules",
    "by_code",
    "findings",
    "page",
    "page_file",
    "refactorings",
]


@cache
def all_rules() -> tuple[Rule, ...]:
    """One instance of every rule, in the order of their codes."""
    found = []
    for module in pkgutil.walk_packages(__path__, f"{__name__}."):
        if module.name.rpartition(".")[2].startswith("hs"):
            found += [
                member
                for member in vars(importlib.import_module(module.name)).values()
                if inspect.isclass(member)
                and issubclass(member, Rule)
                and member.__module__ == module.name
                and "code" in vars(member)
            ]
    return tuple(sorted((kind() for kind in found), key=lambda rule: rule.code))


def by_code(code: str) -> Rule | None:
    """The rule with this code, or None."""
    return next((rule for rule in all_rules() if rule.code == code), None)


def findings(
    analysis: Analysis, *, select: Collection[str] = (), ignore: Collection[str] = ()
) -> tuple[Finding, ...]:
    """What the rules find, one finding per cause, in the order of the text.

    `select` and `ignore` hold codes or their beginnings (`HS2`); `# hypershape: ignore[…]` comments are obeyed.
    """
    found: list[Finding] = []
    explained: list[Cause] = []
    for rule in all_rules():
        for finding in rule.check(analysis):
            if finding.cause is not None:
                if any(finding.cause is each for each in explained):
                    continue
                explained.append(finding.cause)
            if not any(_same(finding, other) for other in found):
                found.append(finding)
    found = [_with_end(each, analysis) for each in found]
    found = fate.lifted(_without_undone(found, analysis), analysis)
    found = rehearsed.without_told(found, analysis)
    kept, used = [], set()
    for finding in found:
        silencer = _silencer(finding, analysis.module.ignores)
        if silencer is None:
            kept.append(finding)
        else:
            used.add(silencer)
    kept += _idle_ignores(analysis, used)
    return tuple(sorted((each for each in kept if _wanted(each.code, select, ignore)), key=_position))


def tag(code: str) -> str | None:
    """How an editor may show the places that a rule underlines: "unnecessary" or "deprecated"; None for most."""
    rule = by_code(code)
    return rule.tag if rule is not None else None


def refactorings(analysis: Analysis, span: Span) -> Iterator[Fix]:
    """Changes that are offered on request at `span`; none of them repairs anything.

    Those of kind "quickfix" declare the shape of data that was assumed, at the name of the function it is for.
    """
    yield from refactor.at(analysis, span)
    for target in analysis.targets:
        name = target.target.span
        if target.data == "assumed" and target.assumptions and name.line <= span.line <= name.end_line:
            yield from declare_data(target, analysis.module)


def _same(finding: Finding, other: Finding) -> bool:
    """Whether two findings say the same about one place, as when two targets share the failing function."""
    if (finding.code, finding.span) != (other.code, other.span):
        return False
    return finding.message == other.message or finding.target != other.target


def _with_end(finding: Finding, analysis: Analysis) -> Finding:
    """A finding that says what its failure does to the search, where that is known."""
    for target in analysis.targets:
        if finding.cause is not None and any(finding.cause is each for each in target.causes):
            end = wording.end_untold(finding.message, target, finding.cause)
            return replace(finding, message=finding.message + end) if end else finding
    return finding


def _without_undone(found: list[Finding], analysis: Analysis) -> list[Finding]:
    """Drops errors read from the text alone that probes of every configuration have refuted."""
    return [
        finding
        for finding in found
        if finding.severity is not Severity.ERROR
        or finding.cause is not None
        or not (_is_refutable(finding) and _refuted(finding, analysis))
    ]


def _is_refutable(finding: Finding) -> bool:
    rule = by_code(finding.code)
    return finding.code.startswith(("HS1", "HS2")) and rule is not None and rule.refutable


def _refuted(finding: Finding, analysis: Analysis) -> bool:
    around = [
        target
        for target in analysis.targets
        if (target.target.body.line, target.target.body.column) <= (finding.span.line, finding.span.column)
        and (finding.span.end_line, finding.span.end_column)
        <= (target.target.body.end_line, target.target.body.end_column)
    ]
    return bool(around) and all(
        target.coverage is not None
        and target.coverage.mode == "exhaustive"
        and target.coverage.probed > 0
        and target.coverage.failed == 0
        for target in around
    )


def _silencer(finding: Finding, ignores: Sequence[Ignore]) -> Ignore | None:
    for each in ignores:
        on_line = each.line in (finding.span.line, finding.span.end_line)
        if on_line and (not each.codes or any(finding.code.startswith(code) for code in each.codes)):
            return each
    return None


def _idle_ignores(analysis: Analysis, used: Collection[Ignore]) -> Iterator[Finding]:
    """HS902 for every ignore that silenced nothing although all it could silence was looked for.

    While probes run, or when they only sampled the space, a failure on the line may still come.
    """
    text_only = {each.code for each in all_rules() if each.static and not each.also_probed}
    everything = analysis.done and all(
        target.status == "probed" and target.coverage is not None and target.coverage.mode == "exhaustive"
        for target in analysis.targets
    )
    for each in analysis.module.ignores:
        if each not in used and (everything or (each.codes and set(each.codes) <= text_only)):
            yield IdleIgnore().idle(each, analysis.module)


def _wanted(code: str, select: Collection[str], ignore: Collection[str]) -> bool:
    if any(code.startswith(prefix.upper()) for prefix in ignore):
        return False
    return not select or any(code.startswith(prefix.upper()) for prefix in select)


def _position(finding: Finding) -> tuple[object, ...]:
    return finding.span, finding.code
