"""Search spaces with known truth: functions of `hp` that fail where their text says so, without any Keras model.

A function builds by returning and fails by raising `Refused`, whose message names the cause.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

Build = Callable[[Any], None]


class Refused(ValueError):
    """A model that does not build; the message names the cause."""


@dataclass(frozen=True)
class TrueSpace:
    """A space, and the names of the causes that are in it.

    `shown` are the causes whose condition can be said in a few words, so that it has to be. A `slow` space is one
    that Keras Tuner itself needs milliseconds to declare: fewer probes and draws are spent on it.
    """

    name: str
    build: Build
    causes: tuple[str, ...]
    shown: tuple[str, ...]
    slow: bool = False


SPACES: list[TrueSpace] = []


def space(*causes: str, shown: tuple[str, ...] | None = None, slow: bool = False) -> Callable[[Build], Build]:
    def kept(build: Build) -> Build:
        SPACES.append(TrueSpace(build.__name__, build, causes, causes if shown is None else shown, slow))
        return build

    return kept


# --------------------------------------------------------------------------- one hyperparameter


@space()
def nothing_fails(hp: Any) -> None:
    for index in range(4):
        hp.Int(f"units_{index}", 1, 6)


@space("always", shown=())
def everything_fails(hp: Any) -> None:
    hp.Int("units", 1, 64)
    raise Refused("always")


@space("kernel")
def threshold(hp: Any) -> None:
    hp.Int("units", 32, 256, step=32)
    if hp.Int("kernel", 3, 11, step=2) >= 9:
        raise Refused("kernel")


@space("units")
def interval_in_the_middle(hp: Any) -> None:
    hp.Choice("optimizer", ["adam", "sgd"])
    if 10 <= hp.Int("units", 1, 64) <= 20:
        raise Refused("units")


@space("units")
def narrow_interval_of_a_large_domain(hp: Any) -> None:
    if 1000 <= hp.Int("units", 1, 4096) < 1100:
        raise Refused("units")


@space("activation")
def two_values_of_a_choice(hp: Any) -> None:
    hp.Int("units", 1, 50)
    if hp.Choice("activation", ["relu", "tanh", "rulu", "elu", "gulu", "selu"]) in ("rulu", "gulu"):
        raise Refused("activation")


@space("kernel")
def even_kernels(hp: Any) -> None:
    hp.Boolean("bias")
    if hp.Int("kernel", 1, 40) % 2 == 0:
        raise Refused("kernel")


@space("filters")
def filters_not_divisible_by_a_constant(hp: Any) -> None:
    hp.Boolean("bias")
    if hp.Int("filters", 1, 96) % 8:
        raise Refused("filters")


@space("size")
def one_value_only(hp: Any) -> None:
    hp.Int("one", 3, 3)
    hp.Choice("same", ["relu"])
    if hp.Int("size", 5, 12) != 8:
        raise Refused("size")


@space("rate")
def float_with_a_step(hp: Any) -> None:
    hp.Int("units", 1, 20)
    if hp.Float("rate", 0.0, 1.0, step=0.05) >= 0.7:
        raise Refused("rate")


@space("rate")
def float_without_a_step(hp: Any) -> None:
    hp.Int("units", 1, 20)
    if hp.Float("rate", 0.0, 2.0) > 1.25:
        raise Refused("rate")


@space("width")
def log_sampled_int(hp: Any) -> None:
    hp.Int("units", 1, 20)
    if hp.Int("width", 8, 4096, sampling="log") > 1000:
        raise Refused("width")


@space("rate")
def log_sampled_float(hp: Any) -> None:
    hp.Int("units", 1, 20)
    if hp.Float("rate", 1e-5, 1e-1, sampling="log") > 0.005:
        raise Refused("rate")


@space("rate")
def log_sampled_float_with_a_step(hp: Any) -> None:
    rate, clip = hp.Float("rate", 1e-5, 1e-1, step=10, sampling="log"), hp.Boolean("clip")
    if rate > 0.005 and clip:
        raise Refused("rate")


@space("width")
def reverse_log_sampled_int(hp: Any) -> None:
    hp.Boolean("bias")
    if hp.Int("width", 10, 1000, sampling="reverse_log") < 400:
        raise Refused("width")


@space("token", slow=True)
def one_of_ten_thousand_values(hp: Any) -> None:
    hp.Boolean("bias")
    if hp.Choice("token", list(range(10_000))) >= 7_300:
        raise Refused("token")


@space("seed")
def more_values_than_are_listed(hp: Any) -> None:
    hp.Boolean("bias")
    if hp.Int("seed", 0, 2_000_000) > 1_234_567:
        raise Refused("seed")


@space("dotted")
def names_that_are_no_identifiers(hp: Any) -> None:
    kernel, balanced = hp.Int("conv.0 kernel", 1, 9), hp.Boolean("class")
    if kernel >= 4 and balanced:
        raise Refused("dotted")


# --------------------------------------------------------------------------- several that act together


@space("small")
def two_thresholds(hp: Any) -> None:
    hp.Int("units", 16, 128, step=16)
    kernel, blocks = hp.Int("kernel", 3, 9, step=2), hp.Int("blocks", 1, 5)
    if kernel >= 7 and blocks >= 4:
        raise Refused("small")


@space("small")
def three_thresholds(hp: Any) -> None:
    kernel, blocks, stride = hp.Int("kernel", 1, 10), hp.Int("blocks", 1, 10), hp.Int("stride", 1, 10)
    if kernel >= 7 and blocks >= 4 and stride <= 3:
        raise Refused("small")


@space("flags")
def flags_that_exclude_each_other(hp: Any) -> None:
    hp.Int("units", 1, 40)
    stateful, fixed_batch = hp.Boolean("stateful"), hp.Boolean("fixed_batch")
    if stateful and not fixed_batch:
        raise Refused("flags")


@space("flags")
def flags_that_must_agree(hp: Any) -> None:
    hp.Int("units", 1, 40)
    if hp.Boolean("sparse") != hp.Boolean("integers"):
        raise Refused("flags")


@space("groups")
def filters_not_divisible_by_groups(hp: Any) -> None:
    hp.Boolean("bias")
    if hp.Int("filters", 4, 64, step=4) % hp.Choice("groups", [1, 2, 4, 8]):
        raise Refused("groups")


@space("heads")
def units_not_divisible_by_heads(hp: Any) -> None:
    for index in range(6):
        hp.Int(f"dense_{index}", 8, 64, step=8)
    if hp.Int("units", 32, 512, step=16) % hp.Int("heads", 1, 12):
        raise Refused("heads")


@space("reshape")
def reshape_to_a_square(hp: Any) -> None:
    base, channels = hp.Int("base", 4, 8), hp.Choice("channels", [16, 32, 64])
    if hp.Choice("units", [256, 512, 784, 1024, 1568, 2048, 3136, 4096]) != base * base * channels:
        raise Refused("reshape")


@space("shortcut")
def shortcut_of_another_width(hp: Any) -> None:
    hp.Int("units", 1, 40)
    if hp.Int("filters", 8, 64, step=8) != hp.Int("shortcut", 8, 64, step=8):
        raise Refused("shortcut")


@space("same")
def two_that_must_differ(hp: Any) -> None:
    if hp.Int("a", 1, 90) == hp.Int("b", 1, 90):
        raise Refused("same")


@space("sum")
def sum_too_large(hp: Any) -> None:
    hp.Boolean("bias")
    if hp.Int("left", 0, 30) + hp.Int("right", 0, 30) > 40:
        raise Refused("sum")


@space("product")
def product_too_large(hp: Any) -> None:
    if hp.Int("units", 16, 512, step=16) * hp.Int("layers", 1, 20) > 5000:
        raise Refused("product")


@space("shrunk")
def kernels_that_eat_the_image(hp: Any) -> None:
    hp.Int("filters", 8, 32, step=8)
    if 28 - hp.Int("depth", 1, 8) * (hp.Int("kernel", 2, 11) - 1) <= 0:
        raise Refused("shrunk")


@space("odd")
def odd_sizes_in_a_u_net(hp: Any) -> None:
    hp.Int("filters", 8, 64, step=8)
    if hp.Int("size", 64, 128) % 2 ** hp.Int("depth", 1, 4):
        raise Refused("odd")


@space("smaller")
def one_larger_than_the_other(hp: Any) -> None:
    for index in range(5):
        hp.Int(f"units_{index}", 16, 256, step=16)
    if hp.Int("window", 1, 60) > hp.Int("length", 20, 80):
        raise Refused("smaller")


# --------------------------------------------------------------------------- several causes


@space("kernel", "units")
def two_causes_at_two_places(hp: Any) -> None:
    if hp.Int("kernel", 1, 12) >= 10:
        raise Refused("kernel")
    if hp.Int("units", 1, 100) < 8:
        raise Refused("units")


@space("either")
def two_causes_at_one_place(hp: Any) -> None:
    hp.Boolean("bias")
    kernel, units = hp.Int("kernel", 1, 12), hp.Int("units", 1, 100)
    if kernel >= 10 or units < 8:
        raise Refused("either")


@space("either")
def three_causes_at_one_place(hp: Any) -> None:
    flags = [hp.Boolean(f"flag_{index}") for index in range(12)]
    if (flags[0] and flags[5]) or (flags[3] and not flags[7]) or (flags[9] and flags[10] and flags[11]):
        raise Refused("either")


@space("outer", "inner")
def cause_hidden_behind_another(hp: Any) -> None:
    depth, kernel = hp.Int("depth", 1, 10), hp.Int("kernel", 1, 10)
    if depth >= 4:
        raise Refused("outer")
    units = hp.Int("units", 1, 30)
    if kernel >= 6 and units > 20:
        raise Refused("inner")


@space("outer", "inner")
def needle_hidden_behind_another_cause(hp: Any) -> None:
    values = [hp.Choice(f"h{index}", [0, 1, 2, 3]) for index in range(12)]
    if values[2] != 1:
        raise Refused("outer")
    if values[4] == 3 and values[9] == 0:
        raise Refused("inner")


# --------------------------------------------------------------------------- branches and loops


@space("kernel")
def conditional_scope(hp: Any) -> None:
    kind = hp.Choice("kind", ["mlp", "cnn", "rnn"])
    with hp.conditional_scope("kind", ["cnn"]):
        if kind == "cnn" and hp.Int("kernel", 3, 11, step=2) >= 9:
            raise Refused("kernel")
    with hp.conditional_scope("kind", ["rnn"]):
        if kind == "rnn":
            hp.Int("units", 1, 50)


@space("kernel", "cells")
def plain_branches(hp: Any) -> None:
    if hp.Choice("kind", ["mlp", "cnn", "rnn", "vit"]) == "cnn":
        if hp.Int("kernel", 1, 20) >= 15:
            raise Refused("kernel")
    elif hp.get("kind") == "rnn":
        hp.Int("units", 1, 50)
        if hp.Boolean("stacked") and hp.Int("cells", 1, 4) == 4:
            raise Refused("cells")


@space("deep")
def branch_within_a_branch_within_a_branch(hp: Any) -> None:
    values = [hp.Int(f"units_{index}", 1, 8) for index in range(6)]
    if values[0] == 8 and hp.Boolean("attention"):
        heads, keys = hp.Choice("heads", [1, 2, 4, 8, 16]), hp.Int("keys", 1, 32)
        if heads == 16 and keys < 4:
            raise Refused("deep")


@space("narrow")
def any_block_too_narrow(hp: Any) -> None:
    for index in range(hp.Int("blocks", 1, 3)):
        if hp.Int(f"units_{index}", 8, 64, step=8) < 16:
            raise Refused("narrow")


@space("average")
def one_value_in_any_of_five_blocks(hp: Any) -> None:
    for index in range(hp.Int("blocks", 3, 5)):
        hp.Int(f"filters_{index}", 32, 256, step=32)
        if hp.Choice(f"pooling_{index}", ["avg", "max"]) == "avg":
            raise Refused("average")
    hp.Float("dropout", 0, 0.5, step=0.1)


@space("kernel")
def any_of_six_kernels_too_large(hp: Any) -> None:
    for index in range(hp.Int("blocks", 2, 6)):
        hp.Choice(f"activation_{index}", ["relu", "tanh"])
        if hp.Int(f"kernel_{index}", 1, 15) >= 12:
            raise Refused("kernel")


@space("deep")
def loop_with_many_names(hp: Any) -> None:
    size = 64
    for index in range(hp.Int("blocks", 1, 8)):
        hp.Int(f"filters_{index}", 8, 64, step=8)
        hp.Choice(f"activation_{index}", ["relu", "elu"])
        size //= 2
    if size == 0:
        raise Refused("deep")


@space("pooled", shown=())
def pooling_in_some_blocks(hp: Any) -> None:
    size = 16
    for index in range(hp.Int("blocks", 1, 7)):
        hp.Int(f"filters_{index}", 8, 64, step=8)
        if hp.Boolean(f"pool_{index}"):
            size //= 2
    if size == 0:
        raise Refused("pooled")


@space("pooled")
def blocks_of_which_some_pool(hp: Any) -> None:
    size = 64
    for index in range(hp.Int("blocks", 1, 6)):
        hp.Choice(f"filters_{index}", [8, 16])
        if hp.Choice(f"kind_{index}", ["max", "mean", "none"]) != "none":
            if size < 3:
                raise Refused("pooled")
            size //= 3


@space("few")
def too_few_members_of_an_ensemble(hp: Any) -> None:
    if sum(hp.Boolean(f"use_{what}") for what in ("linear", "wide", "deep", "cross")) < 2:
        raise Refused("few")


@space("short")
def kernels_that_add_up(hp: Any) -> None:
    length = 20
    for index in range(4):
        kernel = hp.Choice(f"kernel_{index}", [3, 5, 7])
        if length < kernel:
            raise Refused("short")
        length -= kernel - 1


@space("strides")
def strides_that_multiply(hp: Any) -> None:
    size = 28
    for part in ("stem", "body", "neck", "head"):
        size //= hp.Choice(f"{part}_stride", [1, 2, 4])
    if size == 0:
        raise Refused("strides")


@space("towers")
def towers_that_shrink_alike(hp: Any) -> None:
    left, right = 64, 32
    for index in range(2):
        left //= hp.Choice(f"left_{index}", [1, 2, 4])
        right //= hp.Choice(f"right_{index}", [1, 2, 4])
    if left != right:
        raise Refused("towers")


@space("groups")
def groups_of_two_that_are_merged(hp: Any) -> None:
    merged = hp.Int("left", 8, 64, step=4) + hp.Int("right", 8, 64, step=4)
    if merged % hp.Choice("groups", [4, 8, 16]):
        raise Refused("groups")


@space("window")
def window_behind_a_horizon(hp: Any) -> None:
    if hp.Int("window", 8, 64, step=8) - hp.Int("horizon", 1, 24) < hp.Choice("kernel", [3, 5, 9]):
        raise Refused("window")


# --------------------------------------------------------------------------- as models are written


def window(size: int, kernel: int, cause: str, stride: int = 1) -> int:
    """What is left of some pixels behind a convolution or a pooling without padding."""
    if size < kernel:
        raise Refused(cause)
    return (size - kernel) // stride + 1


@space("add")
def residual_blocks_with_a_projection(hp: Any) -> None:
    width = 16
    for index in range(hp.Int("blocks", 1, 3)):
        filters = hp.Choice(f"filters_{index}", [8, 16, 32])
        if hp.Boolean("project"):
            width = filters
        if width != filters:
            raise Refused("add")


@space("add")
def shortcut_that_neither_strides_nor_widens(hp: Any) -> None:
    hp.Float("rate", 0.0, 0.5, step=0.1)
    filters, stride = hp.Choice("filters_0", [8, 16, 32, 64]), hp.Choice("stride", [1, 2])
    if not hp.Boolean("project") and (stride == 2 or filters == 8):
        raise Refused("add")


@space("add")
def residual_chain_without_a_projection(hp: Any) -> None:
    widths = [hp.Int(f"filters_{index}", 16, 64, step=16) for index in range(3)]
    hp.Boolean("bias")
    if widths[0] != widths[1] or widths[1] != widths[2]:
        raise Refused("add")


@space("kernel")
def blocks_that_are_declared_before_they_are_counted(hp: Any) -> None:
    kernels = [hp.Int(f"kernel_{index}", 1, 7) for index in range(3)]
    for index in range(hp.Int("depth", 1, 3)):
        if kernels[index] == 7:
            raise Refused("kernel")


@space("groups")
def group_normalization_in_every_block(hp: Any) -> None:
    groups = hp.Choice("groups", [2, 4, 8])
    for index in range(hp.Int("blocks", 1, 2)):
        if hp.Int(f"filters_{index}", 4, 32, step=2) % groups:
            raise Refused("groups")


@space("kernel", "pool")
def convolutions_and_poolings_that_run_out_of_pixels(hp: Any) -> None:
    size, kernel = 28, hp.Int("kernel", 2, 7)
    hp.Int("filters", 8, 64, step=8)
    for _ in range(hp.Int("depth", 1, 5)):
        size = window(window(size, kernel, "kernel"), 2, "pool", 2)


@space("kernel", "pool", shown=())
def a_kernel_of_its_own_for_each_block(hp: Any) -> None:
    size = 40
    for index in range(hp.Int("depth", 1, 4)):
        size = window(size, hp.Choice(f"kernel_{index}", [3, 5, 9]), "kernel")
        size = window(size, 2, "pool", 2)


@space("shrunk")
def strides_that_eat_a_sequence(hp: Any) -> None:
    size = 64
    for index in range(hp.Int("blocks", 1, 6)):
        hp.Int(f"filters_{index}", 16, 64, step=16)
        size = window(size, 3, "shrunk", 2)


@space("concatenate")
def skip_connections_of_a_u_net(hp: Any) -> None:
    hp.Choice("filters", [8, 16, 32])
    size, padding = hp.Choice("size", [64, 96, 100, 128]), hp.Choice("padding", ["same", "valid"])
    for _ in range(hp.Int("depth", 1, 4)):
        if padding == "valid" or size % 2:
            raise Refused("concatenate")
        size //= 2


@space("heads", "width")
def encoder_whose_heads_divide_its_width(hp: Any) -> None:
    width, heads = hp.Int("width", 32, 256, step=32), hp.Choice("heads", [1, 2, 3, 4, 6, 8])
    if width % heads:
        raise Refused("heads")
    for _ in range(hp.Int("layers", 1, 4)):
        if hp.Int("feed_forward", 32, 256, step=32) != width and not hp.Boolean("project"):
            raise Refused("width")


@space("patch")
def patches_that_do_not_tile_the_image(hp: Any) -> None:
    hp.Int("heads", 1, 8)
    if hp.Choice("image", [28, 32, 48]) % hp.Choice("patch", [2, 3, 4, 7, 8, 12, 14, 16]):
        raise Refused("patch")


@space("rank")
def recurrent_layers_without_sequences_between(hp: Any) -> None:
    hp.Int("units", 8, 64, step=8)
    layers, sequences = hp.Int("layers", 1, 4), hp.Boolean("sequences")
    if layers >= 2 and not sequences:
        raise Refused("rank")


@space("attention")
def attention_over_what_a_pooling_left(hp: Any) -> None:
    kind = hp.Choice("front", ["dense", "gru", "convolution"])
    if kind == "gru":
        hp.Int("units", 8, 64, step=8)
        flat = not hp.Boolean("sequences")
    else:
        flat = kind == "dense" or hp.Choice("pooling", ["none", "average", "max"]) != "none"
    if hp.Boolean("attention") and flat:
        raise Refused("attention")


@space("both")
def strides_together_with_dilation(hp: Any) -> None:
    hp.Int("filters", 8, 64, step=8)
    stride, dilation = hp.Int("stride", 1, 3), hp.Int("dilation", 1, 4)
    if stride > 1 and dilation > 1:
        raise Refused("both")


@space("units", shown=())
def widths_that_shrink_by_a_ratio(hp: Any) -> None:
    ratio, units = hp.Float("ratio", 0.25, 1.0, step=0.25), hp.Int("units", 4, 16, step=4)
    for _ in range(hp.Int("layers", 1, 5)):
        if units == 0:
            raise Refused("units")
        units = int(units * ratio)


@space("reshape")
def latent_that_does_not_fill_its_image(hp: Any) -> None:
    hp.Float("beta", 0.1, 4.0, sampling="log")
    side, channels = hp.Choice("side", [4, 7, 8]), hp.Choice("channels", [8, 16, 32])
    if hp.Choice("dense", [128, 256, 392, 512, 784, 1024, 1568, 2048]) != side * side * channels:
        raise Refused("reshape")


@space("convolution", "normalization")
def grouped_convolutions_and_their_normalization(hp: Any) -> None:
    filters = hp.Int("filters", 8, 64, step=8)
    if filters % hp.Choice("groups", [1, 2, 3, 4, 6]):
        raise Refused("convolution")
    if hp.Boolean("norm") and filters % hp.Choice("norm_groups", [4, 16]):
        raise Refused("normalization")


# --------------------------------------------------------------------------- needles


@space("needle")
def two_of_eight_ends(hp: Any) -> None:
    values = [hp.Int(f"h{index}", 0, 19) for index in range(8)]
    if values[1] == 19 and values[6] == 0:
        raise Refused("needle")


@space("needle")
def two_of_eight_inner_values(hp: Any) -> None:
    values = [hp.Int(f"h{index}", 0, 9) for index in range(8)]
    if values[1] == 5 and values[6] == 7:
        raise Refused("needle")


@space("needle")
def two_of_twenty(hp: Any) -> None:
    values = [hp.Choice(f"h{index}", list("abcd")) for index in range(20)]
    if values[3] == "d" and values[17] == "b":
        raise Refused("needle")


@space("needle")
def three_flags_of_twelve(hp: Any) -> None:
    flags = [hp.Boolean(f"flag_{index}") for index in range(12)]
    if flags[2] and flags[6] and not flags[11]:
        raise Refused("needle")


@space("needle")
def three_of_ten(hp: Any) -> None:
    values = [hp.Choice(f"h{index}", list("abcd")) for index in range(10)]
    if values[1] == "c" and values[5] == "d" and values[8] == "b":
        raise Refused("needle")


@space("needle")
def three_ends_of_fifteen(hp: Any) -> None:
    values = [hp.Int(f"h{index}", 0, 19) for index in range(15)]
    if values[2] == 19 and values[7] == 0 and values[12] == 19:
        raise Refused("needle")


@space("needle")
def three_of_twenty_four_values(hp: Any) -> None:
    values = [hp.Choice(f"h{index}", [1, 2, 3, 4]) for index in range(20)]
    if values[0] == 3 and values[9] == 2 and values[19] == 4:
        raise Refused("needle")


@space("needle")
def four_flags_of_twelve(hp: Any) -> None:
    flags = [hp.Boolean(f"flag_{index}") for index in range(12)]
    if flags[1] and flags[4] and not flags[7] and flags[10]:
        raise Refused("needle")


@space("needle")
def four_of_eighteen_flags(hp: Any) -> None:
    flags = [hp.Boolean(f"flag_{index}") for index in range(18)]
    if flags[1] and flags[8] and not flags[12] and flags[16]:
        raise Refused("needle")


@space("needle")
def four_of_ten_with_three_values(hp: Any) -> None:
    values = [hp.Choice(f"h{index}", ["x", "y", "z"]) for index in range(10)]
    if (values[0], values[3], values[6], values[9]) == ("x", "z", "y", "z"):
        raise Refused("needle")


# --------------------------------------------------------------------------- large and odd spaces


@space("small")
def a_million_of_which_two_matter(hp: Any) -> None:
    for index in range(4):
        hp.Int(f"units_{index}", 1, 10)
    kernel, blocks = hp.Int("kernel", 1, 10), hp.Int("blocks", 1, 10)
    if kernel >= 8 and blocks >= 9:
        raise Refused("small")


@space("small")
def a_million_million(hp: Any) -> None:
    values = [hp.Int(f"h{index}", 1, 100) for index in range(6)]
    if values[1] > 90 and values[4] <= 15:
        raise Refused("small")


@space("pair", slow=True)
def five_hundred_hyperparameters(hp: Any) -> None:
    values = [hp.Choice(f"h{index}", [1, 2, 3]) for index in range(500)]
    if values[77] == 3 and values[401] == 3:
        raise Refused("pair")


@space("fixed")
def fixed_and_free(hp: Any) -> None:
    if hp.Fixed("size", 28) < hp.Int("window", 1, 64):
        raise Refused("fixed")


_calls: Iterator[int] = itertools.count()


@space("kernel", slow=True)
def names_that_change_from_call_to_call(hp: Any) -> None:
    hp.Int(f"units_{next(_calls)}", 1, 8)
    if hp.Int("kernel", 1, 9) >= 8:
        raise Refused("kernel")


class Endless(RuntimeError):
    """Stands for the agent's time limit."""


@space(slow=True)
def endless_declarations(hp: Any) -> None:
    for index in itertools.count():
        hp.Int(f"units_{index}", 1, 8)
        if index == 120:
            raise Endless("the time limit of a probe")


def leaves(build: Build, most: int, hp_of: Callable[[dict[str, Any]], Any]) -> list[dict[str, Any]] | None:
    """Every leaf of a space by walking its tree of choices, or None where there are more than `most`.

    `hp_of` gives the recording container of a prefix.
    """
    found: list[dict[str, Any]] = []
    stack: list[dict[str, Any]] = [{}]
    while stack:
        prefix = stack.pop()
        hp = hp_of(prefix)
        try:
            build(hp)
        except Endless:
            return None
        except Refused:
            pass
        found.append(dict(hp.read))
        path = dict(prefix)
        for name in list(hp.read)[len(prefix) :]:
            values = hp.domain(name)
            if values is None:
                return None
            stack += [{**path, name: value} for value in values if value != hp.read[name]]
            path[name] = hp.read[name]
        if len(found) + len(stack) > most:
            return None
    assert all(
        not isinstance(value, float) or math.isfinite(value) for leaf in found for value in leaf.values()
    )
    return found
