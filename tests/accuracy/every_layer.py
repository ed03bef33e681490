"""Programs that call one built-in layer each: every layer of `keras.layers`, with arguments that fit and that do not.

An argument's values are looked up under its name (VALUES), or under the layer's and its name where they differ.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from .programs import Program, activations, booleans, good_units, initializers, regularizers, units

LEFT_OUT = {
    "FlaxLayer": "wraps a module of Flax, which is another framework",
    "JaxLayer": "wraps a function of JAX, which is no layer of its own",
    "TorchModuleWrapper": "wraps a module of PyTorch",
    "TFSMLayer": "reads a SavedModel from disk",
    "InputLayer": "is the input of every program",
    "Layer": "is the base class; the handwritten programs derive from it",
    "Wrapper": "is the base class of wrappers, and has no call of its own",
    "MaxNumBoundingBoxes": "takes bounding boxes, which only data pipelines hold",
}
"""Layers for which no program is generated, and why."""

NOT_VARIED = {
    "seed": "decides values only",
    "quantization_config": "is an object of Keras's quantizers, for trained models",
    "gptq_unpacked_column_size": "is set by Keras itself when it loads a quantized model",
    "use_cudnn": "chooses a kernel",
    "flash_attention": "chooses a kernel, and needs a GPU",
    "name": "is varied by the handwritten programs",
    "dtype": "is varied by the handwritten programs",
    "encoding": "decides values only",
    "salt": "decides values only",
    "weights": "is an array; the handwritten programs pass some",
    "variance": "is given together with the mean",
    "idf_weights": "is given together with a vocabulary",
    "oov_token": "decides values only",
    "vocabulary_dtype": "has one value for every kind of vocabulary",
    "oov_method": "decides values only",
}
"""Arguments that keep their default, and why."""


class Code(str):
    """An argument that is an expression: written down as it is."""

    __repr__ = str.__str__


def some(*often: Any, rarely: tuple[Any, ...] = ()) -> st.SearchStrategy[Any]:
    """Values that usually fit, and a few that usually do not."""
    return st.sampled_from([*(often * max(1, 1 + 5 * len(rarely) // len(often))), *rarely])


_rate = some(0.0, 0.2, 0.5, rarely=(1.0, 1, 1.5, -0.1, None, "0.5"))
_size = some(1, 2, 3, rarely=(5, (2, 3), (2, 2, 1), (3,), 9, 0, 2.5, None))
_stride = some(1, 2, rarely=((1, 2), (2, 2), (2,), 0, -1, 3))
_channels = some(None, "channels_last", rarely=("channels_first", "channels"))
_constraints = some(None, "non_neg", "max_norm", "unit_norm", rarely=("maxnorm", 3))
_small_factor = some(0.1, 0.5, (0.2, 0.4), rarely=((-0.2, 0.1), 1.0, 2.0, -0.5, (0.5, 0.1), None, "a"))
_lora = some(None, 2, rarely=(0, -1, 2.5))
_weight = {
    "initializer": some("glorot_uniform", "zeros", "he_normal", "ones", "orthogonal", rarely=("glorot", "identity", 1)),
    "regularizer": regularizers,
    "constraint": _constraints,
}  # fmt: skip

VALUES: dict[str, st.SearchStrategy[Any]] = {
    "activation": activations, "recurrent_activation": activations, "l1": some(0.0, 0.1, rarely=(-1, None)),
    "l2": some(0.0, 0.1, rarely=(-1, "a")), "data_format": _channels, "use_scale": booleans, "dropout": _rate,
    "recurrent_dropout": _rate, "rate": _rate, "output_size": some(1, 2, 3, rarely=((2, 2), (1, 2, 3), 0, 20, None)),
    "noise_shape": some(None, rarely=((None, 1), (None, 1, 1), (2, 3), (5,), 3, (None, None, 1))),
    "score_mode": some("dot", "concat", rarely=("add",)), "value_range": some((0, 255), (0, 1), rarely=(1, (1,), (1, 0))),
    "num_chains": some(1, 3, rarely=(0,)), "chain_depth": some(1, 3, rarely=(0, -1)), "factor": _small_factor,
    "alpha": some(0.2, 1.0, rarely=(0.0, -1.0, (0.1, 0.5))), "all_ops": booleans,
    "interpolation": some("bilinear", "nearest", rarely=("bicubic", "lanczos3", "cubic", "area")),
    "pool_size": _size, "strides": _stride, "padding": some("valid", "same", rarely=("causal", "full", 1)),
    "axis": some(-1, 1, rarely=(2, 3, 0, [1, 2], (-1, -2), [1, 1], None, 5, -4, 1.0)),
    "momentum": some(0.9, 0.99, rarely=(1.5, -1.0, None)), "epsilon": some(1e-3, 1e-6, rarely=(0, "a")), "center": booleans,
    "scale": booleans, "renorm": some(False, rarely=(True,)), "renorm_clipping": some(None, rarely=({"rmax": 3.0}, 1)),
    "renorm_momentum": some(0.9), "synchronized": some(False, rarely=(True,)),
    "merge_mode": some("concat", "sum", "mul", "ave", None, rarely=("avg", "add")),
    "num_tokens": some(4, 10, rarely=(None, 0, 2)), "sparse": some(False, rarely=(True,)),
    "output_mode": some("int", "one_hot", "multi_hot", "count", rarely=("tf_idf", "binary", "hot")),
    "height": some(1, 4, 8, rarely=(40, 0, None, 2.5)), "width": some(1, 4, 8, rarely=(40, 0, -1)),
    "clip_limit": some(4.0, 1.0, rarely=(0, -1)), "tile_grid_size": some((2, 2), (4, 4), rarely=((8, 8), 3, (3,), (0, 1))),
    "filters": units, "kernel_size": _size, "dilation_rate": some(1, rarely=(2, (2, 2), 0, (1, 2, 1))),
    "groups": some(1, rarely=(2, 3, 4, 0, -1)), "use_bias": booleans, "output_padding": some(None, rarely=(0, 1, (1, 1), 5)),
    "return_sequences": booleans, "return_state": booleans, "go_backwards": booleans, "unit_forget_bias": booleans,
    "stateful": some(False, rarely=(True,)), "unroll": some(False, rarely=(True,)), "reset_after": booleans, "units": units,
    "zero_output_for_mask": booleans, "cropping": some(1, rarely=((1, 1), ((1, 0), (1, 2)), 0, 12, ((1, 1),) * 3, (1, 2, 1), -1)),
    "lora_rank": _lora, "lora_alpha": some(None, 1.0), "depth_multiplier": some(1, 2, rarely=(0, -1, 1.5)),
    "bin_boundaries": some([0.0, 1.0], rarely=(None, [], [1.0, 0.0])), "num_bins": some(3, 8, rarely=(None, 0, -1)),
    "axes": some(1, -1, (1, 1), rarely=(2, (1, 2), 3, (0, 1), 0, "a", (1,), 1.0)), "normalize": booleans,
    "equation": some("ab,bc->ac", "abc,cd->abd", "...x,xy->...y", rarely=("abc,cd->abd,", "a,b", "ab,bc->ad", "abcd,de->abce")),
    "output_shape": some(4, (None, 4), rarely=((4, 4), None, (0,), 0, "a", (3, 4, 5))),
    "bias_axes": some(None, rarely=("c", "d", "z", "ac", "bd", "y")), "input_dim": some(10, 20, rarely=(1, 0, -1, None, 2.5)),
    "output_dim": units, "mask_zero": booleans, "tie_weights": booleans, "reverse_dtype": some(None, rarely=("float16", "a")),
    "logit_soft_cap": some(None, 1.0, rarely=(0, -1.0)), "bins": some(16, 256, rarely=(0, 1, -1)),
    "stddev": some(0.1, 1.0, rarely=(-1.0, 2.0, None)), "keepdims": booleans, "mask_value": some(None, 0, rarely=(1.0, "a")),
    "head_dim": good_units, "num_query_heads": some(2, 4, rarely=(3, 0)), "num_key_value_heads": some(1, 2, rarely=(3, 0)),
    "num_heads": some(1, 2, 4, rarely=(0, -1, 2.5, None)), "key_dim": some(1, 4, 8, rarely=(0, -2, 1.5, "a")),
    "value_dim": some(None, 3, rarely=(0, -1)), "attention_axes": some(None, rarely=(1, (1,), 2, (1, 2), 5)),
    "sliding_window": some(None, rarely=(2, 0, 1.5)), "use_gate": booleans, "max_tokens": some(None, 10, rarely=(1, 0, 3)),
    "num_oov_indices": some(1, 2, rarely=(0, -1)), "mask_token": some(None, rarely=("", 0, -1)), "invert": some(False, rarely=(True,)),
    "vocabulary": some(["a", "b", "c"], rarely=(None, [], ["a", "a"], [1, 2, 3])), "pad_to_max_tokens": booleans,
    "function": some(Code("lambda t: t * 2"), Code("lambda t: ops.mean(t, axis=1)"), rarely=(
        Code("lambda t: ops.reshape(t, (7, -1))"), Code("lambda t: t[:, 0]"), Code("lambda t: ops.concatenate([t, t], 1)"), 3)),
    "mask": some(None), "arguments": some(None, rarely=({"a": 1},)), "negative_slope": some(0.0, 0.3, rarely=(-1.0, None, "a")),
    "max_value": some(None, 6.0, rarely=(-1.0, "a")), "threshold": some(0.0, 1.0, rarely=(-1.0, None)),
    "fft_length": some(16, 32, rarely=(2, 0, None)), "sequence_stride": some(4, 8, rarely=(0, 100)),
    "sequence_length": some(None, 8, rarely=(64,)), "window": some("hann", "hamming", None, rarely=("bart", 1)),
    "sampling_rate": some(100, 16000, rarely=(0,)), "num_mel_bins": some(4, 8, rarely=(0,)), "min_freq": some(1.0, rarely=(-1.0, 100.0)),
    "max_freq": some(None, 40.0, rarely=(0.5, 1e6)), "power_to_db": booleans, "top_db": some(80.0, rarely=(-1.0,)),
    "mag_exp": some(2.0, 1.0), "min_power": some(1e-10, rarely=(0.0, -1.0)), "ref_power": some(1.0, rarely=(0.0,)),
    "mean": some(Code("1.0, variance=2.0"), rarely=(Code("[1.0] * 8, variance=[2.0] * 8"), Code("1.0"), Code("[1.0] * 7, variance=[1.0] * 7"))),
    "shared_axes": some(None, [1], rarely=([1, 2], 1, [0], [5], [-1])), "dims": some((2, 1), (1, 2, 3), rarely=((1,), (0, 1), (2, 2), (3, 1, 2), 1)),
    "layers": some(Code("[layers.Rescaling(0.5), layers.RandomFlip()]"), rarely=(Code("[]"), Code("[layers.Dense(2)]"), 3)),
    "cell": some(Code("layers.LSTMCell(4)"), Code("layers.GRUCell(3)"), Code("[layers.SimpleRNNCell(3), layers.LSTMCell(2)]"),
        rarely=(Code("layers.LSTMCell(0)"), Code("layers.Dense(2)"), Code("[]"))),
    "cells": some(Code("[layers.LSTMCell(4), layers.GRUCell(3)]"), Code("[layers.SimpleRNNCell(3)]"), rarely=(Code("[]"), Code("[layers.Dense(2)]"))),
    "num_ops": some(1, 2, rarely=(0, 20)), "brightness_factor": _small_factor, "contrast_factor": _small_factor,
    "saturation_factor": _small_factor, "hue_factor": _small_factor, "fill_mode": some("reflect", "constant", "nearest", rarely=("wrap", "a")),
    "fill_value": some(0.0, rarely=(1.0, None)), "sigma": some(1.0, (0.5, 1.0), rarely=(0.0, -1.0, (2.0, 1.0))),
    "mode": some("horizontal", "vertical", "horizontal_and_vertical", rarely=("both",)), "x_factor": _small_factor, "y_factor": _small_factor,
    "height_factor": _small_factor, "width_factor": _small_factor, "addition_factor": _small_factor, "threshold_factor": _small_factor,
    "n": some(1, 3, rarely=(0, -1, 2.5, None)), "offset": some(0.0, 1.0, rarely=("a",)),
    "target_shape": some((-1,), (4, -1), rarely=((3, 3), (-1, -1), (8,), 8, (2, 4), (0,), (None, 2))),
    "crop_to_aspect_ratio": booleans, "pad_to_aspect_ratio": some(False, rarely=(True,)), "antialias": booleans,
    "frame_length": some(8, 16, rarely=(1, 100, 0)), "frame_step": some(None, 4, rarely=(0, 100)), "periodic": booleans,
    "scaling": some("density", "spectrum", None, rarely=("a",)), "expand_dims": booleans,
    "layer": some(Code("layers.Dense(4)"), Code("layers.Conv1D(3, 2)"), rarely=(Code("layers.LSTM(3)"), Code("layers.Dropout(0.5)"),
        Code("keras.Sequential([layers.Dense(3), layers.Dropout(0.2)])"), 3)),
    "backward_layer": some(None, rarely=(Code("layers.LSTM(4, go_backwards=True)"), Code("layers.LSTM(4)"), 1)),
    "power_iterations": some(1, 2, rarely=(0, -1, 1.5)), "standardize": some("lower_and_strip_punctuation", None, "lower", rarely=("a",)),
    "split": some("whitespace", "character", None, rarely=("a",)), "ngrams": some(None, 2, rarely=(0, (1, 2))),
    "output_sequence_length": some(None, 4, rarely=(0, -1)), "ragged": some(False, rarely=(True,)),
    "size": some(1, 2, rarely=((2, 2), (1, 2), 0, -1, (1, 2, 2), 2.5)),
}  # fmt: skip
"""Values of the arguments of built-in layers, by the argument's name."""

SPECIAL: dict[tuple[str, str], st.SearchStrategy[Any]] = {
    ("Bidirectional", "layer"): some(
        Code("layers.LSTM(4)"), Code("layers.GRU(3, return_sequences=True)"), Code("layers.LSTM(3, return_state=True)"),
        Code("layers.RNN(layers.LSTMCell(3))"), rarely=(Code("layers.Dense(3)"), Code("layers.SimpleRNN(2, stateful=True)"), 3)),
    ("GaussianNoise", "stddev"): some(0.1, 0.5, rarely=(1.0, 2.0, -0.1, None)),
    ("IntegerLookup", "vocabulary"): some([1, 2, 3], rarely=(None, [], [1, 1], ["a"])),
    ("IntegerLookup", "mask_token"): some(None, rarely=(0, -1)),
    ("LayerNormalization", "scale"): booleans,
    ("Masking", "mask_value"): some(0.0, -1.0, rarely=(None, "a")),
    ("MultiHeadAttention", "output_shape"): some(None, 4, rarely=((4, 4), 0, 2.5)),
    ("Lambda", "output_shape"): some(None, rarely=((4,), (8,), 3)),
    ("RandomElasticTransform", "scale"): some(1.0, (0.5, 1.0), rarely=(-1.0, "a")),
    ("RandomErasing", "scale"): some((0.02, 0.33), rarely=(0.5, (0.5, 0.1), -1.0)),
    ("RandomPerspective", "scale"): some(1.0, 0.3, rarely=(2.0, -1.0)),
    ("Rescaling", "scale"): some(0.5, 2, rarely=("a", None, [1.0, 2.0])),
    ("RandomGaussianBlur", "kernel_size"): some(3, (3, 5), rarely=(2, 0, 50, (3,))),
    ("TimeDistributed", "layer"): some(
        Code("layers.Dense(4)"), Code("layers.Conv2D(3, 2)"), Code("layers.Flatten()"), rarely=(Code("layers.LSTM(3)"),
        Code("keras.Sequential([layers.Dense(3), layers.Dropout(0.2)])"), Code("layers.Dropout(1)"), Code("layers.AlphaDropout(1)"), 3)),
    **{(f"ZeroPadding{n}D", "padding"): some(1, 2, rarely=((1, 2), ((1, 0), (1, 2)), 0, -1, ((1, 1),) * 3, "same", (1, 2, 3)))
       for n in (1, 2, 3)},
}  # fmt: skip
"""Values where a name means something else than in VALUES."""

DRAWING = ("AugMix", "RandAugment")
"""Layers that draw their operations at random: whether they fail on images that are not grey or RGB is chance."""
CELLS = ("LSTMCell", "GRUCell", "SimpleRNNCell", "StackedRNNCells")
MERGING = ("Add", "Average", "Concatenate", "Dot", "Maximum", "Minimum", "Multiply", "Subtract")
ATTENDING = ("AdditiveAttention", "Attention", "GroupedQueryAttention", "MultiHeadAttention")
WORDS = ("StringLookup", "TextVectorization")
NUMBERS = (
    "CategoryEncoding",
    "Embedding",
    "ReversibleEmbedding",
    "IntegerLookup",
    "Hashing",
    "HashedCrossing",
)


def built_in() -> dict[str, Any]:
    """Every layer class of `keras.layers` under its own name, without aliases."""
    import keras

    return {
        cls.__name__: cls
        for cls in vars(keras.layers).values()
        if inspect.isclass(cls) and issubclass(cls, keras.layers.Layer)
    }


def arguments_of(cls: Any) -> Mapping[str, inspect.Parameter]:
    """The arguments of a layer's constructor that a program may give."""
    parameters = inspect.signature(cls.__init__).parameters
    skipped = (inspect.Parameter.VAR_KEYWORD, inspect.Parameter.VAR_POSITIONAL)
    return {name: each for name, each in parameters.items() if name != "self" and each.kind not in skipped}


def values(cls: Any, name: str) -> st.SearchStrategy[Any]:
    """The values of one argument; KeyError if nobody thought of it."""
    found = SPECIAL.get((cls.__name__, name), VALUES.get(name))
    return _weight[name.rpartition("_")[2]] if found is None else found


_first, _length, _width = (
    st.sampled_from([*[4, 8] * 6, 1, None]),
    some(12, 5, 30, rarely=(1, None)),
    some(8, 3, 4, 1),
)
shapes = {
    0: st.just(()),
    1: st.tuples(_first),
    2: st.tuples(_length, _width),
    3: st.tuples(some(16, 9, rarely=(None,)), some(16, 6), some(3, 1, 4, 8)),
    4: st.tuples(some(6, 4), some(8, 5), some(8, 6), some(3, 1, 4)),
    5: st.tuples(some(2, 3), some(4, 6), some(4, 6), some(5, 4), some(1, 3)),
}


def rank(name: str) -> st.SearchStrategy[int]:
    """Mostly the ranks (without the batch axis) that a layer takes."""
    if name.startswith("ConvLSTM"):
        fits: tuple[int, ...] = (int(name[-2]) + 2,)
    elif name[-2:] in ("1D", "2D", "3D"):
        fits = (int(name[-2]) + 1,)
    elif name.endswith(("RNN", "LSTM", "GRU", "Cell", "Cells")) or name in ("Bidirectional", *ATTENDING):
        fits = (2,)
    elif name.startswith(
        (
            "Random",
            "Cut",
            "Mix",
            "Aug",
            "Auto",
            "Contrast",
            "Equal",
            "Solar",
            "RandA",
            "Center",
            "Resiz",
            "Pipe",
        )
    ):
        fits = (3,)
    elif name in ("MelSpectrogram", "RepeatVector", *NUMBERS, *WORDS):
        fits = (1,)
    elif name == "STFTSpectrogram":
        fits = (2,)
    elif name == "TimeDistributed":
        fits = (2, 4, 3)
    else:
        fits = (1, 2, 3)
    return st.sampled_from([*fits * 6, 0, 1, 2, 3])


@st.composite
def programs_of(draw: st.DrawFn, cls: Any) -> Program:
    """A program that makes one layer of a class, and calls it as that class is called."""
    name = cls.__name__
    made = expression(draw, cls)
    shape = draw(shapes[draw(rank(name))])
    if name in DRAWING and len(shape) == 3:
        shape = (*shape[:-1], draw(st.sampled_from([1, 3])))
    dtype = draw(some("float32", rarely=("int32",)))
    if name in NUMBERS:
        dtype = draw(some("int32", rarely=("float32",)))
    elif name in WORDS:
        dtype = draw(some("string", rarely=("int32",)))
    if name in CELLS:
        made = f"layers.RNN({made}, return_sequences={draw(booleans)})"
    lines = ["import keras", "from keras import layers, ops", "", "def build(hp):"]
    other = draw(st.sampled_from([shape] * 5 + [(*shape[:-1], 5), (5, *shape[1:])]))
    sequential = False
    if name in (*MERGING, *ATTENDING, "HashedCrossing"):
        lines += [
            f"    a, b = keras.Input({shape!r}, dtype={dtype!r}), keras.Input({other!r}, dtype={dtype!r})"
        ]
        inputs, call = "[a, b]", "[a, b]"
        if name in ("MultiHeadAttention", "GroupedQueryAttention"):
            call = "a, b"
    else:
        lines += [f"    a = keras.Input({shape!r}, dtype={dtype!r})"]
        inputs, call = "a", "a"
        sequential = draw(st.booleans())
    if sequential:
        lines += [f"    model = keras.Sequential([a, {made}])"]
    else:
        lines += [f"    x = {made}({call}{draw(more(name))})", f"    model = keras.Model({inputs}, x)"]
    lines += ["    model.compile(loss='mse')", "    return model"]
    known = inputs == "a" and dtype == "float32" and draw(st.booleans())
    x = tuple(9 if size is None else size for size in shape) if known else None
    return Program("\n".join(lines) + "\n", x)


def expression(draw: st.DrawFn, cls: Any) -> str:
    """The expression that makes the layer: what it must be given, and up to four of its other arguments."""
    known = {name: each for name, each in arguments_of(cls).items() if name not in NOT_VARIED}
    needed = [name for name, each in known.items() if each.default is inspect.Parameter.empty]
    if cls.__name__ in ("StringLookup", "IntegerLookup", "TextVectorization"):
        needed.append("vocabulary")
    if cls.__name__ in ("Discretization",):
        needed.append("bin_boundaries")
    if cls.__name__ in ("Normalization",):
        needed.append("mean")
    optional = sorted(set(known) - set(needed))
    chosen = draw(st.lists(st.sampled_from(optional), unique=True, max_size=4)) if optional else []
    text = ", ".join(f"{name}={draw(values(cls, name))!r}" for name in (*needed, *chosen))
    return f"layers.{cls.__name__}({text})"


def more(name: str) -> st.SearchStrategy[str]:
    """What a call may be given beside its inputs."""
    if name in ("Softmax", "BatchNormalization", "LSTM", "GRU"):
        return some("", rarely=(", mask=None", ", training=True"))
    if "Dropout" in name or "Random" in name:
        return some("", rarely=(", training=True", ", training=False"))
    if name == "MultiHeadAttention":
        return some(
            "",
            ", return_attention_scores=True",
            ", use_causal_mask=True",
            rarely=(", key=b", ", attention_mask=3"),
        )
    if name in ("Attention", "AdditiveAttention"):
        return some("", rarely=(", return_attention_scores=True", ", use_causal_mask=True"))
    if name == "ReversibleEmbedding":
        return some("", rarely=(", reverse=True",))
    return st.just("")


__all__ = ["LEFT_OUT", "NOT_VARIED", "arguments_of", "built_in", "initializers", "programs_of", "values"]
