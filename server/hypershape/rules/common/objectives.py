"""Another objective in the place of a tuner's, sought in its own direction."""

from __future__ import annotations

import ast

from hypershape.model import Analysis, Edit
from hypershape.rules.common.directions import MAXIMISED, MINIMISED, inferred, metric_of, nature, own_metrics
from hypershape.rules.common.identifiers import requoted
from hypershape.rules.common.tuners import (
    Tuner,
    direction_of,
    given_as_text,
    objective_edits,
    reported,
    trains_itself,
    written_to_logs,
)
from hypershape.source import Code

_CUSTOM = ("register_keras_serializable", "custom_object_scope", "get_custom_objects", "CustomObjectScope")


def undirected(tuner: Tuner, code: Code) -> tuple[ast.expr, str, str] | None:
    """An objective that is only a name, of which Keras Tuner does not know whether more or less of it is better.

    With it its text and the metric that it names. None in files that tell Keras of metrics of their own.
    """
    given = given_as_text(tuner, code)
    name = metric_of(given[1]) if given else None
    if given is None or name is None or name in MAXIMISED or name in MINIMISED:
        return None
    return None if any(word in code.module.clean for word in _CUSTOM) else (*given, name)


def reported_instead(tuner: Tuner, objective: str, analysis: Analysis, code: Code) -> set[str] | None:
    """What the trials of a tuner report, where its objective is not among it; empty where it is, or no step was seen.

    None where code of the user's may report it: a training of its own, or a callback.
    """
    if trains_itself(tuner, analysis, code):
        return None
    written = written_to_logs(code)
    if written is None or objective in written:
        return None
    names = reported(tuner, analysis)
    return names if objective.removeprefix("val_") not in names else set()


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
