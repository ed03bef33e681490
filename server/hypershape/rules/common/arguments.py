"""Repairs of a call's keyword arguments."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator
from difflib import get_close_matches

from hypershape.fixes import edits
from hypershape.model import Fix
from hypershape.source import Code

OF_LAYERS = (
    "activation", "activity_regularizer", "alpha_initializer", "alpha_regularizer", "attention_axes", "axis",
    "beta_initializer", "bias_constraint", "bias_initializer", "bias_regularizer", "center", "cropping",
    "data_format", "depth_multiplier", "depthwise_initializer", "dilation_rate", "dropout",
    "embeddings_constraint", "embeddings_initializer", "embeddings_regularizer", "epsilon", "filters",
    "gamma_initializer", "go_backwards", "groups", "implementation", "input_dim", "input_shape", "interpolation",
    "kernel_constraint", "kernel_initializer", "kernel_regularizer", "kernel_size", "key_dim", "layer",
    "mask_zero", "merge_mode", "momentum", "name", "negative_slope", "noise_shape", "num_heads", "output_dim",
    "padding", "pointwise_initializer", "pool_size", "rate", "recurrent_activation", "recurrent_constraint",
    "recurrent_dropout", "recurrent_initializer", "recurrent_regularizer", "return_sequences", "return_state",
    "scale", "seed", "size", "stateful", "strides", "target_shape", "trainable", "units", "unroll", "use_bias",
    "value_dim",
)  # fmt: skip
"""The arguments of Keras 3.15's layers."""


def without(call: ast.Call, name: str, title: str, code: Code) -> Iterator[Fix]:
    """The call without one of its keyword arguments."""
    edit = edits.remove_argument(code.module, code.span(call), name)
    if edit is not None:
        yield Fix(title, (edit,))


def renamed_or_removed(
    call: ast.Call, name: str, known: Collection[str], cutoff: float, code: Code
) -> Iterator[Fix]:
    """The call with an unknown argument under the nearest known name that is not given yet, then without it.

    `cutoff` is how much the names must resemble each other, from 0 to 1, as in `difflib`.
    """
    free = [each for each in known if each not in {other.arg for other in call.keywords}]
    for near in get_close_matches(name, free, n=1, cutoff=cutoff):
        edit = edits.rename_argument(code.module, code.span(call), name, near)
        if edit is not None:
            yield Fix(f"Rename {name} to {near}", (edit,))
    yield from without(call, name, f"Remove {name}", code)
