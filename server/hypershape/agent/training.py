"""What only `fit` meets: the layers' own `call`, in training, where a symbolic build asks their shape functions.

A built-in layer tells the shape of its output by a formula that need not refuse what its `call` refuses, and
`call` may do more in training. So `call` is traced in a graph of the backend, which computes no values: for each
layer and input, unless calls like it have shown enough (`agreement`) or the layer's formula is known to be exact.
"""

from __future__ import annotations

import contextlib
import math
import types
from typing import Any, Callable, ContextManager, Dict, Iterable, Iterator, List, Optional, Set, Tuple

import keras
import numpy as np

from . import named, private
from .agreement import Agreement, Call
from .step import BATCH, goes_with_no_labels

backend: Any = private.get("keras.src.backend")
tree: Any = private.get("keras.src.tree")
global_state: Any = private.get("keras.src.backend.common.global_state")
Functional: Any = private.get("keras.src.models.functional.Functional")
mask_of: Any = private.get("keras.src.backend.get_keras_mask") or (lambda tensor: None)
set_mask: Any = private.get("keras.src.backend.set_keras_mask")

SMALL = 2
"""The batch size of a real call of one layer."""

NUMBERS = 4_000_000
"""A layer with more numbers in its weights and tensors than this is only traced."""

BATCHES = (BATCH, BATCH - 1)
"""Batch sizes that a failure must have in common where the model leaves the batch size open."""

PASSES, REFUSES, MIXES, REGROUPS, DOUBTFUL = "passes", "refuses", "mixes", "regroups", "doubtful"
"""What a step does to a layer: it surely passes, its call surely raises, it gives so many rows that no
labels go with them, another number of rows than there are samples, or only the step can tell."""

quietly: Callable[[], ContextManager[Any]] = contextlib.nullcontext
"""Leaves the calls that are made meanwhile out of a probe's trace."""


hollow: Callable[[], ContextManager[Any]] = contextlib.nullcontext
"""Lets weights that have no values be zeros meanwhile."""


class Doubt(Exception):
    """Shapes cannot tell whether the step works: it must be taken."""


class _Passing(keras.layers.Layer):  # type: ignore[misc]
    """Calls another layer as a model does in `fit`: in training."""

    def __init__(self) -> None:
        super().__init__(name="passing", dtype="float32", autocast=False)
        self._convert_input_args = False
        self._allow_non_tensor_positional_args = True

    def call(self, planned: "_Planned", *tensors: Any, training: bool = False) -> Any:
        args, kwargs = planned.arguments(tensors)
        if getattr(planned.operation, "_call_has_training_arg", False):
            kwargs = dict(kwargs, training=training)
        return planned.operation(*args, **kwargs)


class _Planned:
    """A call whose tensors are still to come: Keras takes no argument in which tensors and numbers are mixed.

    The masks that tensors carry come behind them.
    """

    def __init__(self, operation: Any, arguments: Any) -> None:
        self.operation = operation
        self._structure = arguments
        self._leaves = tree.flatten(arguments)
        self._places = [i for i, each in enumerate(self._leaves) if isinstance(each, keras.KerasTensor)]
        given = [self._leaves[place] for place in self._places]
        self._masked = [i for i, tensor in enumerate(given) if mask_of(tensor) is not None]
        self.tensors: List[Any] = given + [mask_of(given[i]) for i in self._masked]

    def arguments(self, tensors: Any) -> Any:
        leaves = list(self._leaves)
        for place, tensor in zip(self._places, tensors):
            leaves[place] = tensor
        for i, mask in zip(self._masked, tensors[len(self._places) :]):
            set_mask(tensors[i], mask)
        return tree.pack_sequence_as(self._structure, leaves)


def check(model: Any, shapes: List[Tuple[int, ...]], dtype: str, labelled: bool) -> None:
    """Raises what a training step would raise, as far as shapes tell; `Doubt` where they cannot.

    `shapes` are those of one sample of each input, or empty where the data are unknown: then a model is checked
    on its own inputs if it has any. `labelled` tells whether the labels are known, too.
    """
    graph = graph_of(model)
    data = [((None, *shape), dtype, False) for shape in shapes]
    outputs = None
    if graph is not None:
        own, outputs = [_spec(tensor) for tensor in graph.inputs], graph.outputs
        if _is_doubtful(graph) or not all(_agree(a[0], b[0]) and a[1] == b[1] for a, b in zip(data, own)):
            outputs = _run(model, data or own, None if data else graph._inputs_struct)
    elif data and model.built:
        outputs = _run(model, data)
    for layer in model.layers:
        _update(layer)
    schedule = getattr(model.optimizer, "_learning_rate", None)
    if isinstance(schedule, keras.optimizers.schedules.LearningRateSchedule) and not private.is_keras(
        schedule
    ):
        ask(schedule)
    if graph is not None and _must_be_taken(graph):
        raise Doubt("a kernel may refuse what its shapes allow")
    if not all(map(_is_trainable, tree.flatten(outputs))):
        raise Doubt("an output may have no gradient, or no label for each of its rows")
    if labelled and not type(model).train_step.__module__.startswith("keras."):
        raise Doubt("the model trains in its own way")


def ask(schedule: Any) -> None:
    """Has a schedule of the user's compute a rate, of no step in particular; raises what it raises."""
    backend.compute_output_spec(schedule, keras.KerasTensor((), "int32"))


def _run(model: Any, inputs: List[Any], structure: Any = None) -> Any:
    """The symbolic outputs of a model's forward pass in training; raises what fails at all batch sizes."""
    error: Optional[Exception] = None
    for batch in BATCHES:
        try:
            tensors = [_with_batch(each, batch) for each in inputs]
            x = tensors[0] if len(tensors) == 1 else tensors
            if structure is not None:
                x = tree.pack_sequence_as(structure, tensors)
            return backend.compute_output_spec(model, x, training=True)
        except Exception as raised:
            error = error or raised
    assert error is not None
    raise error


def _update(layer: Any) -> None:
    """Traces the regularizers and constraints of a layer's weights, which only a step applies."""
    for weight in getattr(layer, "trainable_weights", ()):
        for applied in (getattr(weight, "regularizer", None), getattr(weight, "constraint", None)):
            if applied is not None and not takes_all(applied):
                backend.compute_output_spec(applied, keras.KerasTensor(weight.shape, weight.dtype))


def takes_all(applied: Any) -> bool:
    """Whether a regularizer or a constraint takes weights of every shape."""
    return private.is_keras(applied) and type(applied).__name__ in named.TAKE_WEIGHTS_OF_EVERY_SHAPE


def graph_of(model: Any) -> Optional[Any]:
    """The graph of layers of a functional or Sequential model of Keras itself, or None."""
    kind = type(model)
    if kind is keras.Sequential:
        return getattr(model, "_functional", None)
    return model if kind is Functional else None


def _nodes(graph: Any) -> Iterable[Any]:
    return (node for nodes in graph._nodes_by_depth.values() for node in nodes)


def _is_doubtful(graph: Any) -> bool:
    """Whether the forward pass of a step might end otherwise than the shapes of the build promise."""
    sources = [node for node in _nodes(graph) if isinstance(node.operation, keras.layers.InputLayer)]
    if len(sources) > len(graph.inputs):
        # Older versions of Keras build a model whose outputs need another input than its own.
        return True
    shared = _shared(graph)
    for node in _nodes(graph):
        operation, arguments = node.operation, node.arguments
        inner = graph_of(operation)
        if inner is not None:
            given = [_spec(each) for each in arguments.keras_tensors]
            if given == [_spec(each) for each in inner.inputs]:
                if _is_doubtful(inner):
                    return True
                continue
        exact = id(operation) not in shared
        if _traced(operation, arguments.args, arguments.kwargs, node.outputs, exact) is not PASSES:
            return True
    return False


def _shared(graph: Any) -> Set[int]:
    """The layers that are called on inputs of several shapes: what they accepted first tells nothing of the others."""
    given: Dict[int, Set[Any]] = {}
    for node in _nodes(graph):
        shapes = tuple(tuple(each.shape) for each in node.arguments.keras_tensors)
        given.setdefault(id(node.operation), set()).add(shapes)
    return {layer for layer, shapes in given.items() if len(shapes) > 1}


def _must_be_taken(graph: Any) -> bool:
    """Whether some layer may fail in a way that no shapes tell."""
    for node in _nodes(graph):
        inner = graph_of(node.operation)
        if inner is not None and _must_be_taken(inner):
            return True
        if _is_risky(node.operation, node.arguments.args, node.arguments.kwargs):
            return True
    return False


def surely_trains(model: Any) -> bool:
    """Whether a step surely passes a functional model of Keras on inputs like its own."""
    try:
        for layer in model.layers:
            _update(layer)
    except Exception:
        return False
    return not _is_doubtful(model) and not _must_be_taken(model)


def foreseen(
    layer: Any, args: Any, kwargs: Any, outputs: Any, call: Optional[Call] = None, first: bool = True
) -> str:
    """What a step does to a layer of Keras whose build gave outputs of these shapes.

    `call` tells what it has in common with other calls, of which some may have been asked; None where code of the
    user's takes part. A call that is not the first of a layer meets what was built for another input.
    """
    try:
        _update(layer)
    except Exception:
        return DOUBTFUL
    if not first:
        found = _traced(layer, args, kwargs, outputs, exact=False)
        return found if found in (PASSES, REFUSES) else DOUBTFUL
    if _is_exact(layer, args, kwargs) and _is_filled(outputs):
        return DOUBTFUL if _is_risky(layer, args, kwargs) else PASSES
    if call is None or _depends_on_the_model(layer, args, kwargs):
        found = _traced(layer, args, kwargs, outputs)
        return DOUBTFUL if found is PASSES and _is_risky(layer, args, kwargs) else found
    unsure = not _is_filled(outputs) or asks_its_kernel(layer, args, kwargs)
    if not unsure and _AGREEMENT.covers(call):
        return PASSES
    if _AGREEMENT.refuses(call):
        return REFUSES
    found = _asked(layer, args, kwargs, outputs, call[0])
    _AGREEMENT.add(call, found is PASSES and not unsure)
    return found


def _asked(layer: Any, args: Any, kwargs: Any, outputs: Any, form: Any) -> str:
    """What a step does to a layer of Keras, by a trace, or by a real call where calls like it were refused before.

    A real call that raises costs a tenth of the traces that do.
    """
    small = _is_small(layer, args, kwargs, outputs)
    if small and isinstance(layer, keras.layers.Layer) and form in _REFUSED and _raises(layer, args, kwargs):
        return REFUSES
    found = _traced(layer, args, kwargs, outputs)
    if found is REFUSES:
        _REFUSED.add(form)
    if found is PASSES and asks_its_kernel(layer, args, kwargs):
        return PASSES if small and _trains(layer, args, kwargs) else DOUBTFUL
    return found


def _raises(layer: Any, args: Any, kwargs: Any) -> bool:
    """Whether a real call in training raises, whatever the weights."""
    try:
        with hollow():
            _called(layer, args, kwargs)
    except Exception:
        return True
    return False


def takes(layer: Any, args: Any, kwargs: Any) -> bool:
    """Whether a real call in training passes on values that are given."""
    return _is_small(layer, (), {}, ()) and not _raises(layer, args, kwargs)


def _trains(layer: Any, args: Any, kwargs: Any) -> bool:
    """Whether a real call in training passes, with its gradients where those are another matter than the call."""
    try:
        if keras.backend.backend() != "tensorflow":
            _called(layer, args, kwargs)
            return True
        import tensorflow as tf

        with tf.GradientTape() as tape:
            made = _called(layer, args, kwargs)
            loss = [tf.reduce_mean(each) for each in tree.flatten(made) if each.dtype.is_floating]
        tape.gradient(loss, [each.value for each in getattr(layer, "trainable_variables", ())])
    except Exception:
        return False
    return True


def _called(layer: Any, args: Any, kwargs: Any) -> Any:
    """What a layer gives in training on a small batch of numbers."""
    planned = _Planned(layer, _batched((args, kwargs), SMALL))
    values = [_values(tensor) for tensor in planned.tensors]
    with quietly(), _without_context():
        return _passing()(planned, *values, training=True)


def _values(tensor: Any) -> Any:
    """Numbers for a symbolic tensor, as synthetic data hold them."""
    shape = tuple(8 if size is None else size for size in tensor.shape)
    if "float" in str(tensor.dtype):
        return keras.ops.convert_to_tensor(np.random.uniform(size=shape), tensor.dtype)
    return keras.ops.full(shape, tensor.dtype == "bool", tensor.dtype)


def _is_small(layer: Any, args: Any, kwargs: Any, outputs: Any) -> bool:
    """Whether a real call costs next to nothing; tensors of other things than numbers are not made."""
    tensors = [each for each in tree.flatten((args, kwargs, outputs)) if isinstance(each, keras.KerasTensor)]
    if any(each.sparse or each.dtype == "string" for each in tensors):
        return False
    sizes = [math.prod(8 if size is None else size for size in each.shape) for each in tensors]
    sizes += [math.prod(weight.shape) for weight in getattr(layer, "weights", ())]
    return bool(sum(sizes) <= NUMBERS)


def _traced(operation: Any, args: Any, kwargs: Any, outputs: Any, exact: bool = True) -> str:
    """Whether `call`, traced in training, gives the shapes that the build was told; `exact` layers surely do."""
    # In older versions of Keras a formula gives a size of zero where `call` refuses.
    if exact and _is_exact(operation, args, kwargs) and _is_filled(outputs):
        return PASSES
    for batch in BATCHES:
        try:
            made = _call(operation, args, kwargs, batch)
        except Exception:
            continue
        expected, found = tree.flatten(_batched(outputs, batch)), tree.flatten(made)
        if len(found) == len(expected) and all(map(_is_like, found, expected)):
            return PASSES
        if len(found) != 1 or len(expected) != 1 or not _regroups(found[0], tree.flatten(outputs)[0], batch):
            return DOUBTFUL
        return MIXES if goes_with_no_labels(found[0].shape[0], batch) else REGROUPS
    return REFUSES


def rows(operation: Any, args: Any, kwargs: Any) -> Optional[int]:
    """How many rows an operation gives in training for a batch; None where it refuses that, or tells none."""
    try:
        made = _call(operation, args, kwargs, BATCH)
    except Exception:
        return None
    shape = tuple(getattr(made, "shape", ()))
    return shape[0] if shape else None


def _regroups(found: Any, expected: Any, batch: int) -> bool:
    """Whether an output has another number of rows than there are samples, and nothing else is different."""
    shape = tuple(getattr(found, "shape", ()))
    if tuple(expected.shape)[:1] != (None,) or not shape:
        return False
    return _is_like(keras.KerasTensor((batch, *shape[1:]), found.dtype), _batched(expected, batch))


def refusal(operation: Any, args: Any, kwargs: Any) -> Optional[Exception]:
    """What `call` raises in training, in the words of a trace; None where it passes at all batch sizes."""
    for batch in BATCHES:
        try:
            _call(operation, args, kwargs, batch)
        except Exception as error:
            return error
    return None


def refusal_at_once(operation: Any, args: Any, kwargs: Any) -> Optional[Exception]:
    """What `call` raises whether in training or not, however many samples there are, as within a layer that is built."""
    raised: Optional[Exception] = None
    for training in (False, True):
        try:
            _call(operation, args, kwargs, None, training)
        except Exception as error:
            raised = error
        else:
            return None
    return raised


def _call(operation: Any, args: Any, kwargs: Any, batch: Optional[int], training: bool = True) -> Any:
    """The symbolic outputs of a layer or an operation that is called as a model calls it in `fit`."""
    given = (args, kwargs) if batch is None else _batched((args, kwargs), batch)
    planned = _Planned(operation, given)
    with quietly(), _without_context():
        return backend.compute_output_spec(_passing(), planned, *planned.tensors, training=training)


def outputs_of(function: Callable[..., Any], args: Any, kwargs: Any) -> Any:
    """The symbolic outputs of a function, in whose arguments tensors and numbers may be mixed."""
    planned = _Planned(function, (args, kwargs))

    def called(*tensors: Any) -> Any:
        given, named = planned.arguments(tensors)
        return function(*given, **named)

    return backend.compute_output_spec(called, *planned.tensors)


@contextlib.contextmanager
def _without_context() -> Iterator[None]:
    """Calls that are made meanwhile are nobody's parts."""
    held = global_state.get_global_attribute("current_call_ctx")
    global_state.set_global_attribute("current_call_ctx", None)
    try:
        yield
    finally:
        global_state.set_global_attribute("current_call_ctx", held)


def _is_exact(operation: Any, args: Any, kwargs: Any) -> bool:
    """Whether a layer of Keras surely trains on inputs that it was built on."""
    name = type(operation).__name__
    if not isinstance(operation, keras.layers.Layer) or not private.is_keras(operation):
        return False
    if name in named.TRUSTED_IF_THEIR_LAYERS_ARE:
        inner = [each for each in vars(operation).values() if isinstance(each, keras.layers.Layer)]
        # What two layers of other sizes give cannot always be put together.
        sizes = {tuple([tuple(weight.shape) for weight in each.weights]) for each in inner}
        return len(sizes) == 1 and all(_is_exact(each, args, kwargs) for each in inner)
    if name not in named.TRUSTED_TO_TRAIN:
        return False
    tensors = [each for each in tree.flatten((args, kwargs)) if hasattr(each, "shape")]
    if len(tensors) > 1 and name not in named.TAKE_SEVERAL:
        return False
    if any("float" not in str(tensor.dtype) for tensor in tensors):
        return False
    if any(mask_of(tensor) is not None for tensor in tensors) and name not in named.TAKE_ANY_MASK:
        return False
    if any(
        type(each) is types.FunctionType and not _is_keras_function(each) for each in vars(operation).values()
    ):
        # The formula asks no activation of the user's own.
        return False
    return getattr(operation, "noise_shape", None) is None and not any(
        _has_another_shape(weight) for weight in operation.weights
    )


def _has_another_shape(weight: Any) -> bool:
    """Whether an initializer of the user's own gave a value of another shape than it was asked for."""
    value = getattr(weight, "_value", None)
    return value is not None and tuple(value.shape) != tuple(weight._shape)


def _is_risky(operation: Any, args: Any, kwargs: Any) -> bool:
    """Whether a step may fail for a reason that no shapes tell."""
    return asks_its_kernel(operation, args, kwargs) or _depends_on_the_model(operation, args, kwargs)


def asks_its_kernel(operation: Any, args: Any, kwargs: Any) -> bool:
    """Whether a kernel may refuse, once it runs, what has the right shapes."""
    if type(operation).__name__ in named.ASK_THEIR_KERNEL and private.is_keras(operation):
        return True
    if 0 in (getattr(operation, "height", None), getattr(operation, "width", None)):
        return True
    if any(isinstance(getattr(operation, name, None), str) for name in ("scale", "offset")):
        return True
    if any(0 in tuple(weight.shape) for weight in getattr(operation, "weights", ())):
        return True
    if any(map(holds_places, tree.flatten((args, kwargs)))):
        return True
    mask = kwargs.get("mask")
    if not args or not hasattr(mask, "shape") or not hasattr(args[0], "shape"):
        return False
    return not _agree(tuple(mask.shape), tuple(args[0].shape)[: len(mask.shape)])


def holds_places(value: Any) -> bool:
    """Whether a value is an array of integers, which may be places in a tensor that it does not have."""
    if (
        isinstance(value, keras.KerasTensor)
        or not hasattr(value, "dtype")
        or len(getattr(value, "shape", ())) == 0
    ):
        return False
    return "int" in str(value.dtype)


def _depends_on_the_model(operation: Any, args: Any, kwargs: Any) -> bool:
    """Whether a layer that passes may still make the loss or the optimizer of a model fail."""
    if "Embedding" not in type(operation).__name__ and getattr(operation, "trainable_weights", None):
        # Integers can cut the way of the gradient to the weights.
        if any("float" not in str(tensor.dtype) for tensor in tree.flatten(args) if hasattr(tensor, "dtype")):
            return True
    # An output that carries a mask, or a penalty of another type, goes together with some losses only.
    if kwargs.get("return_attention_scores"):
        return True
    masks = [kwargs.get("mask"), *[mask_of(each) for each in tree.flatten(args) if hasattr(each, "shape")]]
    if type(operation).__name__ == "Softmax" and any(mask is not None for mask in masks):
        return True
    penalised = getattr(operation, "activity_regularizer", None) is not None
    return penalised and getattr(operation, "compute_dtype", None) in ("float16", "bfloat16")


def _is_keras_function(function: Any) -> bool:
    return str(function.__module__).startswith("keras.")


def _agree(found: Tuple[Any, ...], expected: Tuple[Any, ...]) -> bool:
    return (
        len(found) == len(expected)
        and all(a is None or b is None or a == b for a, b in zip(found, expected))
        and 0 not in found
    )


def _is_filled(outputs: Any) -> bool:
    """Whether no output has an axis of no length."""
    sizes = (size for each in tree.flatten(outputs) for size in getattr(each, "shape", ()))
    return all(size is None or size > 0 for size in sizes)


def _is_like(found: Any, expected: Any) -> bool:
    return (
        hasattr(found, "shape")
        and _agree(tuple(found.shape), tuple(expected.shape))
        and ("float" in str(found.dtype)) == ("float" in str(expected.dtype))
    )


def _is_trainable(output: Any) -> bool:
    shape = getattr(output, "shape", ())
    return "float" in str(getattr(output, "dtype", "float")) and (not shape or shape[0] in (None, *BATCHES))


def _batched(value: Any, batch: int) -> Any:
    def batched(each: Any) -> Any:
        if not isinstance(each, keras.KerasTensor):
            return each
        tensor, mask = _with_batch(_spec(each), batch), mask_of(each)
        if mask is not None:
            set_mask(tensor, _with_batch(_spec(mask), batch))
        return tensor

    return tree.map_structure(batched, value)


def _spec(tensor: Any) -> Tuple[Any, ...]:
    return tuple(tensor.shape), str(tensor.dtype), bool(getattr(tensor, "sparse", False))


def _with_batch(spec: Tuple[Any, ...], batch: int) -> Any:
    shape, dtype, sparse = spec
    if shape and shape[0] is None:
        shape = (batch, *shape[1:])
    return keras.KerasTensor(shape, dtype, sparse=sparse)


_AGREEMENT = Agreement()
_REFUSED: Set[Any] = set()
"""What calls have in common of which one was refused in training at all batch sizes."""
_HELD: Dict[str, Any] = {}


def _passing() -> Any:
    if "layer" not in _HELD:
        _HELD["layer"] = _Passing()
    return _HELD["layer"]
