"""HS901."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from hypershape.fixes.declare import declare_data
from hypershape.model import Analysis, Finding, ProbeError, Severity, Span
from hypershape.rules.base import Rule


class TargetNotProbed(Rule):
    """A build function could not be run, so that nothing is known about its search space.

    ## What it does
    Says in one sentence what the function needs that its file does not give: a name that is defined nowhere, a
    package that is missing, an argument that no tuner passes.

    ## Why it matters
    Silence about such a function does not mean that it builds.

    ## Fix
    Declare the shapes of the data (`# hypershape: x=(28, 28, 1) y=(10,)`), install the package, or define the name.
    """

    code = "HS901"
    name = "target-not-probed"
    severity = Severity.INFO

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        if analysis.module.unread is not None:
            start = Span(analysis.module.document.path, 1, 1, 1, 1)
            yield self.finding(f"This file is not checked. {analysis.module.unread}", start)
        for target in analysis.targets:
            if target.status == "unprobeable":
                reason = target.reason or target.target.reason or "What it needs is not known."
                if any(each.message in reason for each in _told(analysis)):
                    continue
                yield self.finding(
                    f"`{target.target.name}` is not checked. {reason}",
                    target.target.span,
                    target=target.target.name,
                    repairs=partial(declare_data, target, analysis.module)
                    if target.data == "assumed"
                    else None,
                )


def _told(analysis: Analysis) -> Iterator[ProbeError]:
    """What ends the file before its tuner, which is an error of its own."""
    for each in analysis.rehearsals:
        if each.verdict == "fail" and each.stage == "slice" and each.error is not None:
            yield each.error
