"""How Keras Tuner 1.4 infers the direction of an objective that is given as a string (`infer_metric_direction`)."""

from __future__ import annotations

import re

from hypershape.rules.common.identifiers import IDENTIFIERS

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


def metric_of(objective: str) -> str | None:
    """The metric that an objective names, in lower case with underscores; None where that cannot be told."""
    name = objective.removeprefix("val_")
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
        return None
    if name != name.lower():
        # Keras also finds its metrics by the names of their classes, which are not listed here.
        return None
    return name


def better_when(name: str) -> str | None:
    """ "min" or "max": in which direction a metric of Keras, or the loss, is better; None where its name does not tell."""
    if name in MAXIMISED or name in BETTER_WHEN_GREATER:
        return "max"
    return "min" if name in MINIMISED else None
