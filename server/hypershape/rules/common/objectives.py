"""Another objective in the place of a tuner's, sought in its own direction."""

from __future__ import annotations

import ast

from hypershape.model import Edit
from hypershape.rules.common.directions import inferred, nature, own_metrics
from hypershape.rules.common.identifiers import requoted
from hypershape.rules.common.tuners import Tuner, direction_of, given_as_text, objective_edits
from hypershape.source import Code


def sought_instead(
    tuner: Tuner, node: ast.expr, name: str, code: Code
) -> tuple[str, tuple[Edit, ...]] | None:
    """The direction in which `name` is sought, and the edits that seek it; None where the direction is not known."""
    written = code.resolve(node)
    if not isinstance(written, ast.Constant):
        return None
    renamed = Edit(code.span(written), requoted(code.source(written), name))
    better = nature(name, own_metrics(code))
    plain = given_as_text(tuner, code)
    if plain is None:
        return _redirected(tuner, renamed, better, code)
    if inferred(name) is not None and better in (None, inferred(name)):
        return inferred(name) or "min", (renamed,)
    return (better, objective_edits(plain[0], name, better, code)) if better is not None else None


def _redirected(
    tuner: Tuner, renamed: Edit, better: str | None, code: Code
) -> tuple[str, tuple[Edit, ...]] | None:
    """An `Objective` under another name, with the direction of that name."""
    written = direction_of(tuner, code)
    if written is None:
        return None
    if better is None or better == written.value:
        return str(written.value), (renamed,)
    return better, (renamed, Edit(code.span(written), requoted(code.source(written), better)))
