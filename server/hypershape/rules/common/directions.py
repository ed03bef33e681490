"""How Keras Tuner 1.4 infers the direction of an objective that is given as a string (`infer_metric_direction`)."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection

from hypershape.rules.common.identifiers import IDENTIFIERS, own_names
from hypershape.source import Code

MAXIMISED = frozenset(
    [
        "acc",
        "accuracy",
        "auc",
        "binary_accuracy",
        "categorical_accuracy",
        "precision",
        "recall",
        "sparse_categorical_accuracy",
        "sparse_top_k_categorical_accuracy",
        "top_k_categorical_accuracy",
        "true_negatives",
        "true_positives",
    ]
)
"""Metrics that Keras Tuner maximises."""

REFUSED = frozenset(
    [
        "io_u",
        "mean_io_u",
        "one_hot_io_u",
        "one_hot_mean_io_u",
        "precision_at_recall",
        "recall_at_precision",
        "sensitivity_at_specificity",
        "specificity_at_sensitivity",
    ]
)
"""Metrics whose class Keras Tuner fails to make, since it passes no arguments."""

MINIMISED = (
    frozenset([*IDENTIFIERS["metric"], *IDENTIFIERS["loss"], "loss", "crossentropy", "bce", "mean", "sum"])
    - MAXIMISED
    - REFUSED
)
"""Every other metric and loss of Keras, whatever it means."""

BETTER_WHEN_GREATER = frozenset(
    [
        "f1_score",
        "f_beta_score",
        "r2_score",
        "binary_io_u",
        "pearson_correlation",
        "concordance_correlation",
        "cosine_similarity",
    ]
)
"""Metrics that Keras Tuner minimises although a greater value is better."""


_OF_NO_NATURE = frozenset(["mean", "sum"])
"""Metrics of Keras of which neither a small nor a great value is the better one."""

_KNOWN = MAXIMISED | REFUSED | MINIMISED | BETTER_WHEN_GREATER


def inferred(objective: str) -> str | None:
    """The direction that Keras Tuner infers for a plain objective: "min", "max", or None where it cannot."""
    name = objective.removeprefix("val_").removeprefix("weighted_")
    return "max" if name in MAXIMISED else "min" if name in MINIMISED else None


def own_metrics(code: Code) -> set[str]:
    """Names under which metrics of the file's own may be reported: its functions and classes, and what it names so."""
    given = [each.value for call in code.calls for each in call.keywords if each.arg == "name"]
    named = {each.value for each in given if isinstance(each, ast.Constant) and isinstance(each.value, str)}
    layers = {
        each.value.value
        for call in code.calls
        if (code.imported(call.func) or "").startswith(("keras.layers.", "keras.Input"))
        for each in call.keywords
        if each.arg == "name" and isinstance(each.value, ast.Constant)
    }
    return own_names(code) | (named - layers)


def nature(objective: str, own: Collection[str] = ()) -> str | None:
    """Which values of a reported name are the better ones, "min" or "max"; None where that is not known.

    Beside Keras's own names these are numbered ones (`auc_1`) and those of one output (`kind_accuracy`). What a name
    among `own` stands for, such as a metric of the file's that is called `weight_loss`, only its author knows.
    """
    name = re.sub(r"_\d+$", "", objective.removeprefix("val_").removeprefix("weighted_"))
    if name in own and name not in _KNOWN:
        return None
    parts = name.split("_")
    for first in range(len(parts)):
        known = "_".join(parts[first:])
        if known in _OF_NO_NATURE:
            return None
        if known in _KNOWN:
            return "max" if known in MAXIMISED | REFUSED | BETTER_WHEN_GREATER else "min"
    return None


def surely(objective: str, own: Collection[str] = ()) -> str | None:
    """The `nature` of a name that is a metric of Keras as it stands; None of any that only ends like one.

    A similarity is sought as a metric and shunned as a loss, both under one name.
    """
    name = re.sub(r"_\d+$", "", objective.removeprefix("val_"))
    certain = name in _KNOWN and name not in own and name != "cosine_similarity"
    return nature(name) if certain else None


def metric_of(objective: str) -> str | None:
    """The metric that an objective names, in lower case with underscores; None where that cannot be told."""
    name = objective.removeprefix("val_")
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
        return None
    if name != name.lower():
        # Keras also finds its metrics by the names of their classes, which are not listed here.
        return None
    return name
