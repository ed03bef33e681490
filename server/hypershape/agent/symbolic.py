"""Variables that get their value when somebody looks at it, so that building a model allocates nothing.

Keras computes shapes symbolically in any case; what makes a real build expensive is the weights. A variable
with a built-in initializer cannot fail to initialize once its shape is known, so its value is left out until
it is read or assigned outside of shape inference. Everything else of the build is Keras itself.
"""

from __future__ import annotations

import contextlib
import math
from typing import Any, Iterator, List

import keras
from keras import initializers

from . import private

_ALWAYS = (initializers.Zeros, initializers.Ones)
_FLOATING = (
    initializers.GlorotUniform, initializers.GlorotNormal, initializers.HeNormal, initializers.HeUniform,
    initializers.LecunNormal, initializers.LecunUniform,
)  # fmt: skip
_SEEDS = private.get("keras.src.random.seed_generator.SeedGenerator")
_RANGED = (initializers.RandomNormal, initializers.TruncatedNormal, initializers.RandomUniform)


def available() -> bool:
    """Whether this Keras lets a variable be created without its value, and a step be traced on such variables."""
    return private.has(private.VALUES, private.STEP)


class LazyVariables:
    """While `active`, new variables hold no value; `sizes` collects how many numbers each would have held."""

    def __init__(self) -> None:
        self.active = False
        self.sizes: List[int] = []
        self._hollow = False

    @contextlib.contextmanager
    def hollow(self) -> Iterator[None]:
        """A variable without a value is read as zeros meanwhile, and stays without one."""
        held, self._hollow = self._hollow, True
        try:
            yield
        finally:
            self._hollow = held

    def install(self) -> None:
        """Wraps the backend's Variable in this process."""
        variable_class = keras.Variable
        get_stateless_scope = private.get("keras.src.backend.common.stateless_scope.get_stateless_scope")
        in_stateless_scope = private.get("keras.src.backend.common.stateless_scope.in_stateless_scope")
        zeros = initializers.Zeros()
        initialize = variable_class._initialize_with_initializer
        deferred = variable_class._deferred_initialize
        value_of = variable_class.value.fget
        assign = variable_class._direct_assign
        lazy = self

        def initialize_later(variable: Any, initializer: Any) -> None:
            shape = tuple(variable._shape)
            lazy.sizes.append(math.prod(shape))
            if lazy.active and cannot_fail(initializer, shape, variable._dtype):
                variable._value = None
                variable._initializer = initializer
            else:
                initialize(variable, initializer)

        def initialize_deferred(variable: Any) -> None:
            if not (
                lazy.active and cannot_fail(variable._initializer, tuple(variable._shape), variable._dtype)
            ):
                deferred(variable)

        def make(variable: Any) -> None:
            initializer, waiting = variable._initializer, lazy.active
            variable._initializer, lazy.active = None, False
            try:
                with _outside_of_graphs():
                    initialize(variable, initializer)
            except BaseException:
                variable._initializer = initializer
                raise
            finally:
                lazy.active = waiting

        def is_waiting(variable: Any) -> bool:
            return variable._initializer is not None and getattr(variable, "_value", None) is None

        def value(variable: Any) -> Any:
            if not is_waiting(variable):
                return value_of(variable)
            if lazy._hollow and not in_stateless_scope():
                return variable._maybe_autocast(zeros(variable._shape, dtype=variable._dtype))
            if not in_stateless_scope():
                make(variable)
            elif cannot_fail(variable._initializer, tuple(variable._shape), variable._dtype):
                # Shape inference looks at no number: zeros cost one operation, a random draw costs dozens.
                if get_stateless_scope().get_current_value(variable) is None:
                    return variable._maybe_autocast(zeros(variable._shape, dtype=variable._dtype))
            return value_of(variable)

        def direct_assign(variable: Any, new: Any) -> Any:
            if is_waiting(variable):
                make(variable)
            return assign(variable, new)

        variable_class._initialize_with_initializer = initialize_later
        variable_class._deferred_initialize = initialize_deferred
        variable_class.value = property(value)
        variable_class._direct_assign = direct_assign


def _outside_of_graphs() -> Any:
    """TensorFlow's variables must not be made inside the graph of a function."""
    if keras.backend.backend() != "tensorflow":
        return contextlib.nullcontext()
    import tensorflow as tf

    return tf.init_scope()


def cannot_fail(initializer: Any, shape: Any, dtype: str) -> bool:
    """Whether an initializer surely gives a value for a fully known shape."""
    kind = type(initializer)
    if kind in _ALWAYS:
        return True
    floating = "float" in str(dtype)
    if kind in _FLOATING:
        return floating
    if kind in _RANGED:
        return floating and all(
            isinstance(each, (int, float))
            for name, each in initializer.get_config().items()
            if name != "seed"
        )
    if kind is initializers.VarianceScaling:
        return floating
    if kind is initializers.Constant:
        return isinstance(initializer.value, (bool, int, float))
    if kind is initializers.Orthogonal:
        return floating and len(shape) >= 2
    if kind is initializers.Identity:
        return len(shape) == 2
    if getattr(initializer, "__module__", "") == _SEEDS.__module__:
        return all(
            isinstance(cell.cell_contents, int) and 0 <= cell.cell_contents < 2**32
            for name, cell in zip(initializer.__code__.co_freevars, initializer.__closure__ or ())
            if name == "seed"
        )
    return False
