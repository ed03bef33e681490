"""What kind of failure an exception is, and the values that it speaks of.

This is the only place that knows the English of Keras, Keras Tuner and their backends; everything behind it asks for
a kind. Text is the last resort: what a layer of Keras refused is read from its arguments and the shapes it was given,
what Python itself refused from the exception's attributes.

Messages were read in Keras 3.3 to 3.15, in Keras 2.15 and in Keras Tuner 1.4. The values in `details` are JSON
values or tuples of them; shapes are tuples of int and None.
"""

from __future__ import annotations

import ast
import math
import re
from difflib import get_close_matches
from typing import Any, Callable, Dict, List, Mapping, NamedTuple, Optional, Pattern, Sequence, Tuple

Details = Dict[str, Any]
Found = Optional[Tuple[str, Details]]
Shape = Tuple[Optional[int], ...]

OTHER = "other"
"""The kind of everything that is not told apart."""

LOSS_WEIGHT = "loss-weight"
"""The kind of a weight that no loss can be multiplied by."""

_ALIKE = 0.7
"""How much a name must be like another one to be meant by it."""

OUTPUT_KEY = "output-key"
"""The kind of a key of losses, their weights or metrics that is no output of the model."""


class Refused(NamedTuple):
    """A layer of Keras itself that raised when it was called."""

    layer_class: str
    shapes: Sequence[Shape]
    """Those of all tensors that it was called on, with their batch axes."""
    arguments: Mapping[str, Any]
    """Its own arguments, as far as they decide shapes, e.g. {"kernel_size": (7, 7), "padding": "valid"}."""
    ranks: Sequence[Tuple[Optional[int], Optional[int]]] = ()
    """The exact and the smallest rank that it takes, for each input; None where it names none."""
    built: Optional[Shape] = None
    """The shape of the input that it made its weights for, where that is known and only one."""


def classify(error: BaseException, message: str, refused: Optional[Refused] = None) -> Tuple[str, Details]:
    """The kind of an exception with what `message`, its text, says; `refused` is the layer that raised it."""
    kind, details = (
        (_by_layer(refused) if refused is not None else None)
        or _by_attributes(error)
        or by_text(type(error).__name__, message, refused.layer_class if refused is not None else None)
    )
    near = _near(error)
    details = dict(details, near=near) if near else details
    otherwise = _built_otherwise(refused) if refused is not None else None
    # What a backend says of such a layer speaks of its weights, as two shapes that do not merge.
    return otherwise if otherwise is not None and kind in ("merge-mismatch", OTHER) else (kind, details)


def _near(error: BaseException) -> Tuple[str, ...]:
    """What there is under names like that of an attribute that is not there, the nearest first."""
    name, owner = getattr(error, "name", None), getattr(error, "obj", None)
    if not isinstance(error, AttributeError) or not isinstance(name, str) or owner is None:
        return ()
    names = [each for each in dir(owner) if not each.startswith("_")]
    if name in names:
        return ()
    same = [each for each in names if each.lower() == name.lower()]
    return tuple(dict.fromkeys([*same, *get_close_matches(name, names, n=2, cutoff=_ALIKE)]))


def by_text(type_name: str, message: str, layer_class: Optional[str] = None) -> Tuple[str, Details]:
    """The kind that the message of an exception tells, `OTHER` where it tells none."""
    for row in _ROWS:
        found = row.says.search(message)
        if found is not None and (row.types is None or type_name in row.types):
            details = {name: _value(text) for name, text in found.groupdict().items() if text is not None}
            kind = row.kind
            if row.read is not None:
                details = row.read(details, found)
            if kind == "convolution-too-large" and _is_pooling(details, message, layer_class):
                kind = "pooling-too-large"
            return kind, details
    return _BY_TYPE.get(type_name, OTHER), {}


# --------------------------------------------------------------------------- what a layer was given


def _by_layer(refused: Refused) -> Found:
    """Sufficient reasons for a layer of Keras to refuse its inputs, in the order in which it looks for them."""
    for reason in (_rank, _kernel_rank, _unknown_channels, _groups, _window, _elements, _merge):
        found = reason(refused)
        if found is not None:
            return found
    return None


def _rank(refused: Refused) -> Found:
    for shape, (exact, least) in zip(refused.shapes, refused.ranks):
        wanted = exact if exact is not None else least
        if wanted is None or not (len(shape) < wanted or (exact is not None and len(shape) != exact)):
            continue
        return "rank", {"wanted": wanted, "found": len(shape), "at_least": exact is None, "shape": shape}
    return None


def _kernel_rank(refused: Refused) -> Found:
    """A convolution says that it takes more axes than its kernel has, and refuses them when it computes a shape."""
    kernel = refused.arguments.get("kernel_size")
    if "Conv" not in refused.layer_class or "LSTM" in refused.layer_class or not isinstance(kernel, tuple):
        return None
    shape, wanted = refused.shapes[0] if refused.shapes else (), len(kernel) + 2
    if len(shape) <= wanted:
        return None
    return "rank", {"wanted": wanted, "found": len(shape), "at_least": False, "shape": shape}


def _unknown_channels(refused: Refused) -> Found:
    if "Conv" not in refused.layer_class or not refused.shapes:
        return None
    shape = refused.shapes[0]
    if len(shape) < 3 or shape[_channel_axis(refused)] is not None:
        return None
    return "unknown-dimension", {"shape": shape}


def _groups(refused: Refused) -> Found:
    groups = refused.arguments.get("groups")
    if not isinstance(groups, int) or groups < 1 or not refused.shapes or not refused.shapes[0]:
        return None
    axis = refused.arguments.get("axis")
    axis = axis if isinstance(axis, int) else _channel_axis(refused)
    channels = refused.shapes[0][axis] if -len(refused.shapes[0]) <= axis < len(refused.shapes[0]) else None
    if channels is None or channels % groups == 0:
        return None
    return "groups", {"groups": groups, "channels": channels}


def _window(refused: Refused) -> Found:
    name = refused.layer_class
    pooling = "Pooling" in name
    window = refused.arguments.get("pool_size" if pooling else "kernel_size")
    if not (pooling or "Conv" in name) or "Global" in name or "Transpose" in name or "LSTM" in name:
        return None
    if refused.arguments.get("padding", "valid") != "valid" or not refused.shapes:
        return None
    if not pooling and _other_channels(refused):
        return None
    sizes = spatial(refused.shapes[0], refused.arguments)
    needs = _spread(window, refused.arguments.get("dilation_rate"), len(sizes))
    if needs is None or not any(size is not None and size < least for size, least in zip(sizes, needs)):
        return None
    kind = "pooling-too-large" if pooling else "convolution-too-large"
    return kind, {"needs": needs, "gets": sizes, "shape": refused.shapes[0]}


def _other_channels(refused: Refused) -> bool:
    """Whether a convolution made its weights for other channels: Keras looks at them before it looks at the window."""
    built, given, axis = refused.built, refused.shapes[0], _channel_axis(refused)
    return built is not None and len(built) == len(given) > 2 and built[axis] != given[axis]


def _elements(refused: Refused) -> Found:
    target = refused.arguments.get("target_shape")
    if refused.layer_class != "Reshape" or not isinstance(target, tuple) or not refused.shapes:
        return None
    given = refused.shapes[0][1:]
    if None in given or None in target:
        return None
    elements, wanted = math.prod(size for size in given if size is not None), math.prod(target)
    fits = (wanted != 0 and elements % -wanted == 0) if -1 in target else elements == wanted
    return None if fits else ("reshape", {"target": target, "elements": elements})


def _merge(refused: Refused) -> Found:
    if refused.layer_class not in _MERGING or len(set(refused.shapes)) < 2:
        return None
    return "merge-mismatch", {"shapes": tuple(refused.shapes)}


def _built_otherwise(refused: Refused) -> Found:
    """A layer that made its weights for other features than those it is called on."""
    built, given = refused.built, refused.shapes[0] if refused.shapes else None
    if built is None or given is None or len(built) != len(given) or len(built) < 2:
        return None
    if None in (built[-1], given[-1]) or built[-1] == given[-1]:
        return None
    return "input-shape", {"taken": built, "given": (None, *given[1:]), "of": "layer"}


_MERGING = ("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate", "Dot")


def spatial(shape: Shape, arguments: Mapping[str, Any]) -> Shape:
    """The axes of a layer's input that are neither batch nor channels."""
    return shape[2:] if arguments.get("data_format") == "channels_first" else shape[1:-1]


def _channel_axis(refused: Refused) -> int:
    return 1 if refused.arguments.get("data_format") == "channels_first" else -1


def _spread(window: Any, dilation: Any, rank: int) -> Optional[Tuple[int, ...]]:
    """The sizes that a window covers, with the holes of its dilation."""
    sizes, rates = _sizes(window, rank), _sizes(1 if dilation is None else dilation, rank)
    if sizes is None or rates is None:
        return None
    return tuple((size - 1) * rate + 1 for size, rate in zip(sizes, rates))


def _sizes(value: Any, rank: int) -> Optional[Tuple[int, ...]]:
    if isinstance(value, int):
        value = (value,) * rank
    fits = isinstance(value, tuple) and len(value) == rank and all(isinstance(each, int) for each in value)
    return value if fits else None


# --------------------------------------------------------------------------- what Python says of itself


def _by_attributes(error: BaseException) -> Found:
    """The kind of an error that Python raised, from its attributes (Python 3.9 has fewer: its text tells)."""
    if isinstance(error, NotImplementedError) and not str(error):
        return "not-implemented", _unfinished(error)
    name = getattr(error, "name", None)
    if not isinstance(name, str):
        return None
    if isinstance(error, ModuleNotFoundError):
        return "module-missing", {"name": name}
    if isinstance(error, ImportError):
        return "import-missing", {"module": name}
    if isinstance(error, NameError):
        return "name-undefined", {"name": name}
    owner = getattr(error, "obj", None)
    if isinstance(error, AttributeError) and owner is not None and not hasattr(type(owner), name):
        return _missing_attribute(_owner(owner), name)
    return None


def _unfinished(error: BaseException) -> Details:
    """The method that only says that it is not implemented, and the class of the object that it was called on."""
    traceback = error.__traceback__
    if traceback is None:
        return {}
    while traceback.tb_next is not None:
        traceback = traceback.tb_next
    frame = traceback.tb_frame
    owner = type(frame.f_locals["self"]).__name__ if "self" in frame.f_locals else None
    return {"method": frame.f_code.co_name, "owner": owner}


def _owner(value: Any) -> str:
    """The name of a module or class, or of the class of a value."""
    if isinstance(value, type):
        return value.__name__
    return str(getattr(value, "__name__", type(value).__name__))


def _missing_attribute(owner: str, name: str) -> Tuple[str, Details]:
    details = {"owner": owner, "name": name}
    if owner.endswith("HyperParameters"):
        return "no-such-method", details
    if name == "numpy" and owner.endswith("Tensor"):
        return "symbolic-as-array", {}
    return ("keras-attribute-missing" if owner.partition(".")[0] == "keras" else "attribute-missing"), details


_BY_TYPE = {
    "ZeroDivisionError": "division-by-zero",
    "ResourceExhaustedError": "out-of-memory",
    "MemoryError": "out-of-memory",
}


# --------------------------------------------------------------------------- what Keras and Keras Tuner say


class _Row(NamedTuple):
    kind: str
    says: Pattern[str]
    """Its named groups are the details; `read` makes others of them."""
    read: Optional[Callable[[Details, Any], Details]] = None
    types: Optional[Tuple[str, ...]] = None
    """The names of the exceptions that say so; None where any may."""


def _row(
    kind: str,
    says: str,
    read: Optional[Callable[[Details, Any], Details]] = None,
    types: Optional[Tuple[str, ...]] = None,
) -> _Row:
    return _Row(kind, re.compile(says, re.DOTALL), read, types)


def _value(text: str) -> Any:
    """A value in a message: a number, None, a tuple, also as NumPy or Torch write shapes; else the text itself."""
    text = text.strip()
    try:
        found = ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        parts = re.fullmatch(r"[(\[]((?:\d+|None)(?:[\s,]+(?:\d+|None))*)?[)\]]", text)
        if parts is None:
            return text
        found = [
            None if each == "None" else int(each) for each in re.split(r"[\s,]+", parts[1] or "") if each
        ]
    found = tuple(found) if isinstance(found, (list, tuple)) else found
    plain = found is None or isinstance(found, (bool, int, float, str))
    return found if plain or _is_plain(found) else text


def _is_plain(value: Any) -> bool:
    return isinstance(value, tuple) and all(
        each is None or isinstance(each, (bool, int, float, str)) for each in value
    )


def _shapes_in(text: str) -> Tuple[Shape, ...]:
    """All shapes that a text holds."""
    found = (_value(each) for each in re.findall(r"\([^()]*\d[^()]*\)|\[[^\[\]()]*\d[^\[\]()]*\]", text))
    return tuple(each for each in found if isinstance(each, tuple))


def _quoted(text: str) -> Tuple[str, ...]:
    return tuple(re.findall(r"'([^']*)'", text))


def _as_window(details: Details, found: Any) -> Details:
    """`kernel` is the shape of a convolution's weights, whose last two axes are channels and filters."""
    shape, kernel, pool = details.get("shape"), details.get("kernel"), details.get("pool")
    dilation = details.get("dilation") or 1
    known: Details = {"shape": shape} if isinstance(shape, tuple) else {}
    if isinstance(shape, tuple):
        layout = {"data_format": "channels_first"} if "first" in found.string else {}
        known["gets"] = spatial(shape, layout)
        window = kernel[:-2] if isinstance(kernel, tuple) else pool
        needs = _spread(window, dilation, len(known["gets"]))
        known.update({"needs": needs} if needs is not None else {})
    return dict(known, pooling=pool is not None)


def _is_pooling(details: Details, message: str, layer_class: Optional[str]) -> bool:
    if layer_class is not None:
        return "Pool" in layer_class
    return details.pop("pooling", False) or re.search(r"Pool\w*\[", message) is not None


def _as_rank(details: Details, _: Any) -> Details:
    return dict(details, at_least="at_least" in details)


def _as_merge(_: Details, found: Any) -> Details:
    return {"shapes": _shapes_in(found.string)}


def _as_axis(details: Details, found: Any) -> Details:
    return dict(details, **_batch(found.string))


def _as_input(details: Details, found: Any) -> Details:
    if isinstance(details.get("given"), tuple):
        return details
    batch = _batch(found.string)
    return dict(details, given=batch["batch"]) if batch else details


def _batch(message: str) -> Details:
    """The shape of what the model was called on, which Keras appends to a message, as each backend writes it."""
    found = re.search(r"inputs=[\w.]+\(shape=(?:torch\.Size\((\[[^\]]*\])\)|(\([^)]*\)))", message)
    return {"batch": _value(found[1] or found[2])} if found else {}


def _as_labels(details: Details, _: Any) -> Details:
    """Shapes of labels and outputs with an open batch axis: its size is the probe's own."""
    return {name: (None, *shape[1:]) for name, shape in details.items() if isinstance(shape, tuple) and shape}


def _as_identifier(details: Details, found: Any) -> Details:
    """The identifier stays text, as a user writes a name: `1` may have been the number or the text."""
    lines = found["identifier"].strip().splitlines() or [""]
    return dict(details, identifier=lines[0].strip("'\""))


def _as_arguments(details: Details, found: Any) -> Details:
    names = found["arguments"]
    return dict(details, arguments=_quoted(names) if "'" in names else tuple(names.split()))


def _within_one(details: Details, _: Any) -> Details:
    return dict(details, least=0, most=1)


def _as_text(details: Details, found: Any) -> Details:
    """Names stay text whatever they look like."""
    return {name: str(found[name]) for name in details}


def _as_attribute(_: Details, found: Any) -> Details:
    return {"owner": found["owner"], "name": found["name"]}


def _as_names(_: Details, found: Any) -> Details:
    return {"missing": found["missing"], "keys": _quoted(found["keys"])}


def _as_returned(details: Details, _: Any) -> Details:
    return {"nothing": details.get("returned") is None}


_SHAPE = r"\([^)]*\)|\[[^\]]*\]"

_ROWS: List[_Row] = [
    # Windows. Keras 2 says "One of the dimensions …", TensorFlow's own shape functions "Negative dimension …".
    _row(
        "convolution-too-large",
        r"output size would be (?:zero or )?negative\. Received:? `inputs?[ ._]shape=(?P<shape>%s)`"
        r"(?:.*?`kernel shape=(?P<kernel>%s)`)?(?:.*?`pool_size=(?P<pool>%s)`)?"
        r"(?:.*?`dilation_rate=(?P<dilation>%s|\d+)`)?" % ((_SHAPE,) * 4),
        _as_window,
    ),
    _row("convolution-too-large", r"output size would be (?:zero or )?negative", _as_window),
    _row(
        "convolution-too-large",
        r"One of the dimensions in the output is <= 0 due to downsampling.*?"
        r"(?:Received input shape (?P<shape>%s)|$)" % _SHAPE,
        _as_window,
    ),
    _row("convolution-too-large", r"Negative dimension size caused by subtracting", _as_window),
    # Labels and losses come before merging: both may say that dimensions must be equal.
    _row(
        "loss-mismatch",
        r"(?:Arguments `target` and `output` must have the same|Argument `output` must have rank)"
        r"(?:.*?target\.shape=(?P<labels>%s), output\.shape=(?P<output>%s))?" % (_SHAPE, _SHAPE),
        _as_labels,
    ),
    # Keras 2: both have the batch in front.
    _row(
        "loss-mismatch",
        r"^Shapes (?P<labels>\((\d+|None),[^)]*\)) and (?P<output>\(\2,[^)]*\)) are incompatible\.?$",
        _as_labels,
    ),
    _row("loss-mismatch", r"Dimensions must be equal.*compile_loss", lambda details, _: {}),
    _row("loss-mismatch", r"`?logits`? and `?labels`? must have the same (?:shape|first dimension)"),
    # Merging.
    _row(
        "merge-mismatch", r"requires inputs with matching shapes|Inputs have incompatible shapes", _as_merge
    ),
    _row("merge-mismatch", r"Cannot broadcast shape|Dimensions must be equal", _as_merge),
    _row("merge-mismatch", r"inputs should be of the same (?:shape|rank)", _as_merge),
    # Ranks and axes.
    _row(
        "rank",
        r"expected (?P<at_least>min_)?ndim=(?P<wanted>\d+), found ndim=(?P<found>\d+)"
        r"(?:\. Full shape received: (?P<shape>%s))?" % _SHAPE,
        _as_rank,
    ),
    _row(
        "axis",
        r"expected axis (?P<axis>-?\d+) of input shape to have value (?P<wanted>\d+),? "
        r"but received input with shape (?P<shape>%s)" % _SHAPE,
        _as_axis,
    ),
    _row("axis", r"expected axis (?P<axis>-?\d+) of input shape to have value (?P<wanted>\d+)", _as_axis),
    _row(
        "input-shape",
        r"expected shape=(?P<taken>%s)(?:, found shape=(?P<given>%s))?" % (_SHAPE, _SHAPE),
        _as_input,
    ),
    _row(
        "input-shape",
        r"Invalid input shape for input.*?Expected shape (?P<taken>%s), but input has incompatible shape "
        r"(?:torch\.Size\()?(?P<given>%s)" % (_SHAPE, _SHAPE),
        _as_input,
    ),
    _row("input-shape", r"Invalid input shape for input", _as_input),
    _row(
        "input-name",
        r"Missing data for input \"(?P<missing>[^\"]*)\"\. You passed a data dictionary with keys \[(?P<keys>[^\]]*)\]",
        _as_names,
    ),
    _row(
        "inputs-count",
        r"expects (?P<taken>\d+)(?: named)? input\(s\)(?: with keys \[.*?\])?, but it received (?P<given>\d+) input",
    ),
    _row("reshape", r"total size of (?:the tensor|new array) must be unchanged|[Cc]annot reshape a tensor"),
    # Groups. A multiple that is said the wrong way round is Keras's own.
    _row(
        "groups",
        r"number of filters must be evenly divisible by the number of groups.*?groups=(?P<groups>\d+),?\s*"
        r"filters=(?P<filters>\d+)",
    ),
    _row(
        "groups",
        r"input channels must be evenly divisible by the number of groups.*?groups=(?P<groups>\d+).*?"
        r"has (?P<channels>\d+) channels",
    ),
    _row(
        "groups",
        r"[Nn]umber of groups \((?P<groups>\d+)\) (?:must be a multiple|cannot be more).*?"
        r"channels \((?P<channels>\d+)\)",
    ),
    _row("groups", r"divi\w+ by the number of groups|number of channels.*multiple of.*groups"),
    _row("groups", r"(?:depth|number of input channels) must be evenly divisible by"),
    # Arguments.
    _row("strides-with-dilation", r"`strides > 1` not supported in conjunction with `dilation_rate > 1`"),
    _row(
        "argument-value",
        r"Received an invalid value for (?:argument )?`(?P<argument>\w+)`, expected \D+?"
        r"(?:, got|\. Received: \w+=)\s*(?P<value>\[[^\]]*\]|\([^)]*\)|\S+?)\.?(?:\s|$)",
    ),
    _row(
        "argument-value",
        r"Invalid value received for argument `(?P<argument>\w+)`\. Expected a float value between 0 and 1\. "
        r"Received: \w+=(?P<value>\S+)",
        _within_one,
    ),
    _row(
        "argument-value",
        r"Invalid value (?P<value>\S+) received for `(?P<argument>\w+)`, expected a value between 0 and 1",
        _within_one,
    ),
    _row(
        "argument-value",
        r"(?:Received an invalid value for|Invalid value (?:received )?for argument) `(?P<argument>\w+)`.*?"
        r"Received:? \w+=(?P<value>\([^)]*\)|\S+?)\.?(?:\s|$)",
    ),
    _row(
        "argument-value",
        r"Argument `(?P<argument>learning_rate)` should be float.*?Received instead: \w+=(?P<value>\S+)",
    ),
    _row(
        "argument-value",
        r"The `(?P<argument>padding)` argument must be .*?Received: (?P<value>\S+?)\.?(?:\s|$)",
    ),
    _row(
        "argument-value",
        r"The argument `(?P<argument>\w+)` cannot contains? 0\. Received:? \w+=(?P<value>\([^)]*\)|\S+?)\.?(?:\s|$)",
    ),
    # (Not of a plain number above 0: there its type is refused, which Keras's own words do not hide.)
    _row(
        "argument-value",
        r"The `(?P<argument>\w+)` argument must be a tuple of \d+ integers\. Received \w+="
        r"(?![1-9]\d*(?:\s|$))(?P<value>\([^)]*\)|\[[^\]]*\]|[^\s,]+?)(?:,|including|\.?(?:\s|$))",
    ),
    _row(
        "identifier",
        r"Could not interpret (?P<of>\w+)(?: function)? identifier: (?P<identifier>.*)",
        _as_identifier,
    ),
    _row(
        "identifier",
        r"Unknown (?P<of>activation|initializer|regularizer|constraint|optimizer|loss|metric)\w*(?: function)?:? "
        r"(?P<identifier>'[^']*')",
        _as_identifier,
    ),
    _row(
        "argument-unknown",
        r"Argument\(s\) not recognized: \{(?P<arguments>.*?)(?::|\})",
        _as_arguments,
    ),
    _row(
        "argument-unknown",
        r"Unrecognized keyword arguments(?: passed to (?P<callee>\w+))?: [{\[](?P<arguments>.*?)(?::|[}\]])",
        _as_arguments,
    ),
    _row(
        "argument-unknown",
        r"^(?:(?P<callee>[^\n]*?)\(\) )?got an unexpected keyword argument (?P<arguments>'\w+')",
        _as_arguments,
    ),
    _row("argument-unknown", r"Keyword argument not understood:'?,? (?P<arguments>'?\w+'?)", _as_arguments),
    _row(
        "argument-unknown",
        r"(?P<arguments>\w+) is (?:deprecated in the new Keras optimizer|not a valid argument, kwargs)",
        _as_arguments,
    ),
    _row("argument-unknown", r"not recognized|Unrecognized keyword|unexpected keyword argument"),
    _row("symbolic-as-array", r"Cannot convert a symbolic \S+ .*to a (?:numpy|NumPy) array"),
    _row("symbolic-as-array", r"KerasTensor is symbolic.*convert it to a NumPy array"),
    _row("removed", r"`(?P<name>[\w.]+)` is not supported in Keras 3"),
    _row(
        "argument-missing",
        r"^(?:(?P<callee>.*?)\(\) )?missing \d+ required (?:positional|keyword-only) arguments?: (?P<arguments>.+)$",
        _as_arguments,
        ("TypeError",),
    ),
    _row(
        "arguments-too-many",
        r"^(?P<callee>.*?)\(\) takes .*positional arguments? but (?P<given>\d+) (?:was|were) given",
        None,
        ("TypeError",),
    ),
    # Sizes that are not known.
    _row("unknown-dimension", r"must be fully-defined|Found `?None`?\b"),
    _row(
        "unknown-dimension",
        r"(?:dimension of the inputs .*|[Aa]xis .* of input tensor )should (?:be|have a) defined",
    ),
    # Models.
    _row(
        "no-model",
        r"return a valid Keras Model instance(?:\s*\.\s*Received: (?P<returned>.*?) of type)?",
        _as_returned,
    ),
    _row("not-compiled", r"You must (?:call `compile\(\)`|compile your model) before"),
    _row("shape-is-number", r"Cannot convert '(?P<given>\d+)' to a shape"),
    _row("shape-no-tuple", r"Cannot convert '(?P<given>.*)' to a shape", _as_text),
    _row(
        "application-input",
        r"Input size must be at least (?P<height>\d+)x(?P<width>\d+)(?:.*?input_shape=(?P<given>%s))?"
        % _SHAPE,
    ),
    _row("application-input", r"The input must have 3 channels|should have .*input channels"),
    _row("layer-name-twice", r"unique names?\. Name ['\"](?P<name>[^'\"]*)['\"]", _as_text),
    _row("layer-name-twice", r"The name \"(?P<name>[^\"]*)\" is used \d+ times", _as_text),
    _row("tensorflow-function", r"A KerasTensor cannot be used as input to a TensorFlow function"),
    _row(
        "model-not-built",
        r"You tried to call `count_params`|has no defined (?:in|out)put shape|has never been called",
    ),
    _row("model-not-built", r"This model has not yet been built|isn't (?:yet )?built"),
    # Steps.
    _row("metric", r"Invalid `metrics`|expects 2D inputs with shape|tuple arity mismatch"),
    _row("no-gradients", r"No gradients provided"),
    # Declarations, in Keras Tuner's words.
    _row("choice-types", r"A `Choice` can contain only"),
    _row("choice-empty", r"`values` must be provided for `Choice`"),
    _row("choice-default", r"The default value should be one of the choices"),
    _row(
        "range-inverted",
        r"min_value (?P<minimum>\S+) is greater than the max_value (?P<maximum>\S+?)\.?$",
    ),
    _row("range-not-int", r"(?P<argument>\w+) must be an int, Received: (?P<value>.*?) of type"),
    _row(
        "range-log-minimum", r"does not support negative values(?:, found min_value: (?P<minimum>\S+?)\.?$)?"
    ),
    _row("range-log-step", r"expected step > 1 with sampling(?:.*?Received: step=(?P<step>\S+?)\.?$)?"),
    _row("range-sampling", r"sampling must be one of"),
    _row("fixed-value", r"`Fixed` value must be"),
    _row("boolean-default", r"`default` must be a Python boolean"),
    _row("undeclared", r"^(?P<name>.*) does not exist", _as_text, ("KeyError",)),
    _row("inactive", r"^(?P<name>.*) is currently inactive", _as_text, ("ValueError",)),
    # Python's own words, where an exception has no attributes for them.
    _row(
        "no-such-method",
        r"'(?P<owner>HyperParameters)' object has no attribute '(?P<name>\w+)'",
        _as_attribute,
    ),
    _row("module-missing", r"No module named '?(?P<name>[\w.]+)", _as_text),
    _row("import-missing", r"cannot import name '(?P<name>\w+)'", _as_text),
    _row(
        "keras-attribute-missing",
        r"module '(?P<owner>keras[\w.]*)' has no attribute '(?P<name>\w+)'",
        _as_attribute,
    ),
    _row(
        "attribute-missing",
        r"'(?P<owner>[\w.]+)'(?: object)? has no attribute '(?P<name>\w+)'",
        _as_attribute,
    ),
    _row("attribute-missing", r"has no attribute"),
    _row("name-undefined", r"name '(?P<name>\w+)' is not defined", _as_text, ("NameError",)),
    _row("not-iterable", r"object is not (?:subscriptable|iterable)", None, ("TypeError",)),
    _row("truth-of-array", r"The truth value of an array"),
]

KINDS = frozenset(
    [
        OTHER,
        LOSS_WEIGHT,
        OUTPUT_KEY,
        *(row.kind for row in _ROWS),
        *_BY_TYPE.values(),
        "pooling-too-large",
        "not-implemented",
        "limit",
    ]
)
"""Every kind there is; "limit" is that of a bound that was hit."""
