"""HS902."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from hypershape.model import Analysis, Edit, Finding, Fix, Ignore, Module, Severity, Span
from hypershape.rules.base import Example, Rule


class IdleIgnore(Rule):
    """A `# hypershape: ignore[…]` comment silences nothing.

    ## What it does
    Reports an ignore comment on a line where none of the named rules finds anything, once everything was looked for.

    ## Why it matters
    A comment that outlives its reason hides the next finding on its line.

    ## Fix
    Remove the comment.
    """

    code = "HS902"
    name = "idle-ignore"
    severity = Severity.HINT
    tag = "unnecessary"
    static = True

    INVALID = (
        Example(
            """
            def build_model(hp):
                units = hp.Int("units", 32, 256, step=32)  # hypershape: ignore[HS103]
                return units
            """,
            at="# hypershape: ignore[HS103]",
        ),
    )
    VALID = (
        Example(
            """
            def build_model(hp):
                units = hp.Int("units", 256, 32)  # hypershape: ignore[HS102]
                return units
            """
        ),
        Example.layers(
            'model.add(layers.Conv2D(4, hp.Int("kernel", 3, 9)))  # hypershape: ignore[HS201]',
            input="(8, 8, 1)",
        ),
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        """Nothing by itself: what was silenced is known only after all rules have run (see `rules.findings`)."""
        return iter(())

    def idle(self, ignore: Ignore, module: Module) -> Finding:
        """The finding about a comment that silenced nothing."""
        codes = ", ".join(ignore.codes) if ignore.codes else "any rule"
        return self.finding(
            f"Nothing here is found by {codes}: this comment silences nothing.",
            ignore.span,
            repairs=partial(_removed, ignore.span, module),
        )


def _removed(comment: Span, module: Module) -> Iterator[Fix]:
    before = module.code.written.line(comment.line)[: comment.column - 1]
    start = len(before.rstrip()) + 1
    yield Fix("Remove the comment", (Edit(replace(comment, column=start), ""),))
