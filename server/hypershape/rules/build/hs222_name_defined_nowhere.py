"""HS222."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from hypershape.model import Analysis, Finding, Severity, Target
from hypershape.rules.base import Example, Rule
from hypershape.rules.common import wording
from hypershape.source import Code


class NameDefinedNowhere(Rule):
    """A build function uses a name that nothing in its file defines.

    ## What it does
    Names what the first such build function and its helpers need and no statement of the file binds. Where the file
    has a star import, lines that do not parse, or a magic or a call (`exec`, `globals`) that may define names, and where
    the name is also written in a text or a comment, nothing is said.

    ## Why it matters
    The build function raises NameError for every configuration, so the search ends in the tuner's constructor. All
    that is said of its shapes holds for an assumed value.

    ## Fix
    Define the name above the build function, or import it.
    """

    code = "HS222"
    name = "name-defined-nowhere"
    severity = Severity.WARNING
    static = True

    INVALID = (
        Example.layers(
            'model.add(layers.Dense(hp.Int("units", 8, 64)))',
            head="layers.Dense(CLASSES)",
            at="CLASSES",
        ),
    )
    VALID = (
        Example.layers('model.add(layers.Dense(hp.Int("units", 8, 64)))', head="layers.Dense(3)"),
        Example.layers(
            'model.add(layers.Dense(hp.Int("units", 8, 64)))',
            head="layers.Dense(CLASSES)",
            before='globals()["CLASSES"] = 3',
        ),
        Example.layers(
            'model.add(layers.Dense(hp.Int("units", 8, 64)))',
            head="layers.Dense(CLASSES)",
            before="""
            settings = open("settings.txt").read()
            exec(settings)
            """,
        ),
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        code = analysis.module.code
        if (
            code.star_imports
            or code.broken
            or code.binds_unseen
            or any(_may_define(code, magic) for magic in code.magics)
        ):
            return
        for target in analysis.module.targets:
            unknown = [loads for name in sorted(_wanted(target)) if (loads := _reads(name, code))]
            if unknown:
                first = min((loads[0] for loads in unknown), key=code.span)
                names = sorted(f"`{loads[0].id}`" for loads in unknown)
                yield self.finding(
                    f"{wording.listed(names)} {'is' if len(names) == 1 else 'are'} defined nowhere in this file: `{target.name}` ends with a NameError.",
                    code.span(first),
                    target=target.name,
                )
                return


def _wanted(target: Target) -> set[str]:
    """The names for which something stands in while a target is probed."""
    return set(target.slice.stand_ins) if target.slice is not None else set()


def _may_define(code: Code, magic: tuple[int, int]) -> bool:
    """Whether a line of a notebook's own may bind names: `%run` does, a shell line does not."""
    return not code.document.text[slice(*magic)].lstrip().startswith("!")


def _reads(name: str, code: Code) -> list[ast.Name]:
    """Where a name is read, if that is all that is written of it: no text and no object could be meant to define it."""
    words = len(re.findall(rf"\b{re.escape(name)}\b", code.document.text))
    loads = [node for node in code.nodes if isinstance(node, ast.Name) and node.id == name]
    alone = len(loads) == words and all(isinstance(node.ctx, ast.Load) for node in loads)
    return loads if alone else []
