"""Repairs of a call's keyword arguments."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator
from dataclasses import replace
from difflib import get_close_matches

from hypershape.fixes import edits
from hypershape.model import Edit, Fix
from hypershape.rules.common.wording import listed
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
    """The call without one of its keyword arguments, which may stand in a dictionary of settings."""
    edit = edits.remove_argument(code.module, code.span(call), name) or _entry_removed(call, name, code)
    if edit is not None:
        yield Fix(title, (edit,))


def _entry_removed(call: ast.Call, name: str, code: Code) -> Edit | None:
    given = next((each for each in code.keywords(call) if each.arg == name), None)
    settings = code.parents.get(given.value) if given is not None else None
    if given is None or not isinstance(settings, ast.Dict):
        return None
    entries = []
    for key, value in zip(settings.keys, settings.values, strict=True):
        first, last = code.span(key or value), code.span(value)
        entries.append(replace(first, end_line=last.end_line, end_column=last.end_column))
    place = settings.values.index(given.value)
    # `**more` begins before its value, and an edit beside it would cut it.
    whole = None not in settings.keys[max(place - 1, 0) : place + 2]
    return edits.remove_item(code.module, entries, place) if whole else None


def renamed_or_removed(
    call: ast.Call, name: str, known: Collection[str], cutoff: float, code: Code
) -> Iterator[Fix]:
    """The call with an unknown argument under the nearest known name that is not given yet, then with the argument where a
    bracket stands too early or too late, then without it.

    `cutoff` is how much the names must resemble each other, from 0 to 1, as in `difflib`.
    """
    free = [each for each in known if each not in {other.arg for other in call.keywords}]
    for near in get_close_matches(name, free, n=1, cutoff=cutoff):
        edit = edits.rename_argument(code.module, code.span(call), name, near)
        if edit is not None:
            yield Fix(f"Rename {name} to {near}", (edit,))
    yield from _moved(call, name, code)
    yield from without(call, name, f"Remove {name}", code)


def _moved(call: ast.Call, name: str, code: Code) -> Iterator[Fix]:
    """An argument that a call does not take, with those behind it and alone, given to the call in its brackets or around it.

    `model.add(Dense(8), activation="relu")` closes a bracket too early, `compile(Adam(0.1, loss="mse"))` too late.
    """
    written = [each for each in call.keywords if each.arg is not None]
    place = next((index for index, each in enumerate(written) if each.arg == name), len(written))
    around = code.parents.get(call)
    if isinstance(around, ast.keyword):
        around = code.parents.get(around)
    for other in (*call.args, around):
        if not isinstance(other, ast.Call) or other.func is call or code.hp_call(other) is not None:
            continue
        taken = {each.arg for each in other.keywords}
        for given in dict.fromkeys((tuple(written[place:]), tuple(written[place : place + 1]))):
            names = [each.arg or "" for each in given]
            removed = edits.remove_arguments(code.module, code.span(call), names)
            text = ", ".join(map(code.source, given))
            added = edits.append_argument(code.module, code.span(other), text)
            if removed and added is not None and taken.isdisjoint(names):
                title = f"Give {listed(names)} to {code.source(other.func).rpartition('.')[2]}"
                yield Fix(title, (added, *removed))
