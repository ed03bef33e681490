"""The one door to what Keras and Keras Tuner call private: each name, where it was seen, and what happens without it.

Private names make probes fast, and they come and go with versions. So each is asked for once, at the start; a group
of which one is missing is not used at all, because half a mechanism could give a wrong verdict where none gives a
slow one. No other module imports from `keras.src`, and a test holds their attributes against this table.
"""

from __future__ import annotations

import importlib.util
import os
import types
from typing import Any, Dict, Iterator, List, NamedTuple, Optional, Tuple

import keras
import keras_tuner

SPACE, STEP, VALUES, MEMORY = "space", "step", "values", "memory"
COUNT, CUTTING, PRETRAINED, TRACKING, TRIAL = "count", "cutting", "pretrained", "tracking", "trial"
CALLED = "called"

WITHOUT = {
    SPACE: "no probe can run, and the environment says so",
    STEP: "each probe builds for real and takes a real step of training",
    VALUES: "each probe builds for real",
    MEMORY: "each probe runs all of the target with Keras itself",
    COUNT: "a range with a step is sampled and never finished",
    CUTTING: "a failure that seems to be our own is built once more to see whether it is",
    PRETRAINED: "a target that downloads weights is not checked",
    TRACKING: "a layer that is remembered costs a fifth more",
    CALLED: "what rises in a generator is told in the words and at the place of TensorFlow",
    TRIAL: "what Keras Tuner does not take of what a trial returns is not told",
}
"""What happens where one name of a group is missing."""


class Private(NamedTuple):
    """A private name. `held` says that its last part is no attribute of a class but what the class's code sets or says."""

    name: str
    group: str
    seen: str
    held: bool = False


_KERAS_3 = "Keras 3.3 to 3.15"
_KERAS_3_5 = "Keras 3.5 to 3.15"
_KERAS_3_6 = "Keras 3.6 to 3.15"
_TUNER = "Keras Tuner 1.4.7 and 1.4.8"

TABLE = (
    Private("keras_tuner.HyperParameters._retrieve", SPACE, _TUNER),
    Private("keras_tuner.HyperParameters._get_name", SPACE, _TUNER),
    Private("keras_tuner.HyperParameters._hps", SPACE, _TUNER, held=True),
    Private("keras_tuner.HyperParameters._space", SPACE, _TUNER, held=True),
    Private("keras_tuner.src.engine.hyperparameters.hp_types.int_hp.Int._get_n_values", COUNT, _TUNER),
    Private("keras_tuner.src.engine.hyperparameters.hp_types.int_hp.Int._get_value_by_index", COUNT, _TUNER),
    Private("keras_tuner.src.engine.hyperparameters.hp_types.float_hp.Float._get_n_values", COUNT, _TUNER),
    Private("keras_tuner.src.engine.hyperparameters.hp_types.float_hp.Float._get_value_by_index", COUNT, _TUNER),
    Private("keras_tuner.Tuner._run_and_update_trial", TRIAL, _TUNER),
    Private("keras.src.backend.compute_output_spec", STEP, _KERAS_3),
    Private("keras.src.tree.flatten", STEP, _KERAS_3),
    Private("keras.src.tree.map_structure", STEP, _KERAS_3),
    Private("keras.src.tree.pack_sequence_as", STEP, _KERAS_3),
    Private("keras.src.backend.common.global_state.get_global_attribute", STEP, _KERAS_3),
    Private("keras.src.backend.common.global_state.set_global_attribute", STEP, _KERAS_3),
    Private("keras.src.models.functional.Functional", STEP, _KERAS_3),
    Private("keras.src.models.functional.Functional._inputs_struct", STEP, _KERAS_3, held=True),
    Private("keras.src.models.functional.Functional._nodes_by_depth", STEP, _KERAS_3, held=True),
    Private("keras.Sequential._functional", STEP, _KERAS_3, held=True),
    Private("keras.Model._flatten_layers", STEP, _KERAS_3),
    Private("keras.Model._symbolic_build", STEP, _KERAS_3),
    Private("keras.Model._symbolic_build._compile_loss", STEP, _KERAS_3_5, held=True),
    Private("keras.Model._compile_loss", STEP, _KERAS_3, held=True),
    Private("keras.Model._compile_metrics", STEP, _KERAS_3, held=True),
    Private("keras.src.trainers.compile_utils.CompileLoss._user_loss", STEP, _KERAS_3, held=True),
    Private("keras.src.trainers.compile_utils.CompileLoss._user_loss_weights", STEP, _KERAS_3, held=True),
    Private("keras.src.trainers.compile_utils.CompileMetrics._user_metrics", STEP, _KERAS_3, held=True),
    Private("keras.src.trainers.compile_utils.CompileMetrics._user_weighted_metrics", STEP, _KERAS_3, held=True),
    Private("keras.layers.Layer._call_has_training_arg", STEP, _KERAS_3, held=True),
    Private("keras.layers.Layer._convert_input_args", STEP, _KERAS_3, held=True),
    Private("keras.layers.Layer._allow_non_tensor_positional_args", STEP, _KERAS_3, held=True),
    Private("keras.layers.Layer.current_call_ctx", STEP, _KERAS_3, held=True),
    Private("keras.optimizers.Optimizer._learning_rate", STEP, _KERAS_3, held=True),
    Private("keras.Variable._initialize_with_initializer", VALUES, _KERAS_3_5),
    Private("keras.Variable._deferred_initialize", VALUES, _KERAS_3),
    Private("keras.Variable._direct_assign", VALUES, _KERAS_3),
    Private("keras.Variable._maybe_autocast", VALUES, _KERAS_3),
    Private("keras.Variable._dtype", VALUES, _KERAS_3, held=True),
    Private("keras.Variable._initializer", VALUES, _KERAS_3, held=True),
    Private("keras.Variable._shape", VALUES, _KERAS_3, held=True),
    Private("keras.Variable._value", VALUES, _KERAS_3, held=True),
    Private("keras.src.backend.common.stateless_scope.get_stateless_scope", VALUES, _KERAS_3),
    Private("keras.src.backend.common.stateless_scope.in_stateless_scope", VALUES, _KERAS_3),
    Private("keras.src.backend.common.stateless_scope.StatelessScope.get_current_value", VALUES, _KERAS_3),
    Private("keras.src.random.seed_generator.SeedGenerator", VALUES, _KERAS_3),
    Private("keras.layers.Layer._input_shape_arg", MEMORY, _KERAS_3, held=True),
    Private("keras.ops.arange.numpy", MEMORY, _KERAS_3, held=True),
    Private("keras.src.backend.get_keras_mask", MEMORY, _KERAS_3_6),
    Private("keras.src.backend.set_keras_mask", MEMORY, _KERAS_3_6),
    Private("keras.src.utils.naming.uniquify.object_name_uids", MEMORY, _KERAS_3, held=True),
    Private("keras.src.utils.traceback_utils._process_traceback_frames", CUTTING, _KERAS_3),
    Private("keras.src.utils.file_utils.get_file", PRETRAINED, _KERAS_3),
    Private("keras.src.utils.data_utils.get_file", PRETRAINED, "Keras 2.15"),
    Private("keras.src.backend.tensorflow.trackable.KerasAutoTrackable", TRACKING, _KERAS_3),
    Private("tensorflow.python.ops.script_ops.FuncRegistry", CALLED, "TensorFlow 2.16 to 2.21"),
)  # fmt: skip

HIDING = "HYPERSHAPE_WITHOUT"
"""Names in this environment variable, with commas between them, count as missing: for tests, and to find out whether
one of them is the cause of trouble with a new version."""

HOME = "keras.src."
"""Where Keras's own classes live, under whatever public name they are used."""

_FOUND: Dict[str, bool] = {}


def has(*groups: str) -> bool:
    """Whether every name of these groups is there."""
    return not any(each.group in groups for each in _missing())


def lacks(*groups: str) -> Tuple[str, ...]:
    """The names of these groups, or of all, that this Keras and this Keras Tuner do not have."""
    return tuple(each.name for each in _missing() if not groups or each.group in groups)


def get(name: str) -> Any:
    """What a private name of the table stands for, or a module that such names are in; None where it is missing."""
    assert any(each.name == name or each.name.startswith(name + ".") for each in TABLE), name
    return None if name in _hidden() else _resolve(name)


def is_keras(value: Any) -> bool:
    """Whether an object is of a class of Keras itself."""
    return str(type(value).__module__).startswith(HOME)


def problem() -> Optional[str]:
    """Why no probe can run here, in one sentence; None where probes can."""
    missing = lacks(SPACE)
    if not missing:
        return None
    return "Hypershape cannot read search spaces of Keras Tuner %s, which has no %s; install another: %s" % (
        keras_tuner.__version__, missing[0].partition(".")[2], "pip install keras-tuner==1.4.8",
    )  # fmt: skip


def _missing() -> Iterator[Private]:
    for each in TABLE:
        if not _is_wanted(each):
            continue
        if each.name not in _FOUND:
            _FOUND[each.name] = each.name not in _hidden() and _is_there(each)
        if not _FOUND[each.name]:
            yield each


def _is_wanted(each: Private) -> bool:
    """Whether a name is of any use with this backend and this major version."""
    if each.group in (TRACKING, CALLED):
        # Asking would import all of TensorFlow.
        return bool(keras.backend.backend() == "tensorflow")
    if each.group == COUNT:
        # Before 1.4 Keras Tuner had the same names elsewhere.
        return importlib.util.find_spec("keras_tuner.src") is not None
    return each.group != PRETRAINED or each.seen.startswith("Keras " + keras.__version__[0])


def _hidden() -> List[str]:
    return os.environ.get(HIDING, "").split(",")


def _is_there(each: Private) -> bool:
    if not each.held:
        return _resolve(each.name) is not None
    owner, _, word = each.name.rpartition(".")
    holder = _resolve(owner)
    return holder is not None and any(_says(code, word) for code in _codes(holder))


def _resolve(name: str) -> Any:
    """An object by its full name, whose module is imported if it was not."""
    parts = name.split(".")
    for size in range(len(parts), 0, -1):
        try:
            found: Any = importlib.import_module(".".join(parts[:size]))
        except ImportError:
            continue
        except Exception:
            return None
        for part in parts[size:]:
            found = getattr(found, part, None)
        return found
    return None


def _codes(holder: Any) -> Iterator[types.CodeType]:
    """The code of a function, or of all methods of a class and of what it inherits."""
    values = (
        [each for base in holder.__mro__ for each in vars(base).values()]
        if isinstance(holder, type)
        else [holder]
    )
    for value in values:
        for function in (value, getattr(value, "fget", None), getattr(value, "__func__", None)):
            while function is not None:
                code = getattr(function, "__code__", None)
                if code is not None:
                    yield code
                function = getattr(function, "__wrapped__", None)


def _says(code: types.CodeType, word: str) -> bool:
    """Whether code names an attribute or says a text, which is how a class tells what its objects hold."""
    return word in code.co_names or any(
        each == word if isinstance(each, str) else isinstance(each, types.CodeType) and _says(each, word)
        for each in code.co_consts
    )
