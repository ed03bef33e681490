"""The names that Keras 3 interprets, by kind, and the nearest of them to a name that it does not."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from difflib import get_close_matches

from hypershape.model import Edit, Span
from hypershape.source import Code

IDENTIFIERS: Mapping[str, tuple[str, ...]] = {
    kind: tuple(names.split())
    for kind, names in {
        "activation": """celu elu exponential gelu glu hard_shrink hard_sigmoid hard_silu hard_swish hard_tanh
            leaky_relu linear log_sigmoid log_softmax mish relu relu6 selu sigmoid silu soft_shrink softmax softplus
            softsign sparse_plus sparse_sigmoid sparsemax squareplus swish tanh tanh_shrink threshold""",
        "initializer": """constant glorot_normal glorot_uniform he_normal he_uniform identity lecun_normal
            lecun_uniform normal one ones orthogonal random_normal random_uniform stft truncated_normal uniform
            variance_scaling zero zeros""",
        "regularizer": "l1 l1l2 l2 orthogonal_regularizer",
        "optimizer": """adadelta adafactor adagrad adam adamax adamw ftrl lion lossscaleoptimizer muon nadam rmsprop
            sgd""",
        "loss": """binary_crossentropy binary_focal_crossentropy categorical_crossentropy
            categorical_focal_crossentropy categorical_hinge circle cosine_similarity ctc dice hinge huber
            kl_divergence log_cosh mae mape mean_absolute_error mean_absolute_percentage_error mean_squared_error
            mean_squared_logarithmic_error mse msle poisson sparse_categorical_crossentropy squared_hinge
            tversky""",
        "metric": """accuracy auc binary_accuracy binary_crossentropy binary_io_u categorical_accuracy
            categorical_crossentropy categorical_hinge concordance_correlation cosine_similarity f1_score
            f_beta_score false_negatives false_positives hinge io_u kl_divergence log_cosh_error mae mape
            mean_absolute_error mean_absolute_percentage_error mean_io_u mean_squared_error
            mean_squared_logarithmic_error mse msle one_hot_io_u one_hot_mean_io_u pearson_correlation poisson
            precision precision_at_recall r2_score recall recall_at_precision root_mean_squared_error
            sensitivity_at_specificity sparse_categorical_accuracy sparse_categorical_crossentropy
            sparse_top_k_categorical_accuracy specificity_at_sensitivity squared_hinge
            top_k_categorical_accuracy true_negatives true_positives""",
    }.items()
}
"""The lower-case names in Keras 3.15's `ALL_OBJECTS_DICT` of each kind."""

_KNOWN_AS: Mapping[str, str] = {
    "crossentropy": "categorical_crossentropy",
    "f1": "f1_score",
    "r2": "r2_score",
    "rmse": "root_mean_squared_error",
    "xavier": "glorot_uniform",
    "xaviernormal": "glorot_normal",
    "xavieruniform": "glorot_uniform",
}


def nearest(kind: str, name: str, count: int = 3) -> list[str]:
    """Up to `count` names of a kind that resemble `name`, the nearest first; case and underscores do not count."""
    plain = {each.replace("_", ""): each for each in IDENTIFIERS.get(kind, ())}
    wanted = name.lower().replace("_", "").replace(" ", "").replace("-", "")
    known = _KNOWN_AS.get(wanted)
    found = [plain[each] for each in get_close_matches(wanted, plain, n=count, cutoff=0.7)]
    return ([known] if known in IDENTIFIERS.get(kind, ()) and known else []) + found


def requoted(source: str, text: str) -> str:
    """`text` as a string literal with the quotes of `source`."""
    quote = source[-1:] if source[-1:] in ("'", '"') else '"'
    return f"{quote}{text}{quote}"


def name_in(node: ast.AST) -> str | None:
    """The name that a text, an attribute or a variable is."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else None


def respelt(node: ast.AST, meant: str, code: Code) -> Edit:
    """Another name in the place of the one that a node is."""
    span = code.span(node)
    if isinstance(node, ast.Constant):
        return Edit(span, requoted(code.source(node), meant))
    if isinstance(node, ast.Attribute):
        start = span.end_column - len(node.attr)
        return Edit(Span(span.path, span.end_line, start, span.end_line, span.end_column), meant)
    return Edit(span, meant)


def own_names(code: Code) -> set[str]:
    """The functions and classes that a file defines at its top level."""
    kinds = (ast.FunctionDef, ast.ClassDef)
    return {each.name for each in code.tree.body if isinstance(each, kinds)}
