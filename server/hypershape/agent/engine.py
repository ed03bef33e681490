"""One probe: the target at one configuration, by its shapes alone or for real.

A symbolic probe runs the target with Keras itself, except that variables hold no values. Whatever fails then is
built for real once before it is believed, so that a verdict never rests on the way it was found.
"""

from __future__ import annotations

import platform
import sys
import time
from importlib import metadata
from typing import Any, Callable, Dict, Iterable, List, Mapping, Optional, Tuple

import keras
import keras_tuner

from . import device, errors, pretrained, step, symbolic
from .hyperparameters import RecordingHyperParameters, Space
from .positions import Positions
from .trace import Recorder, Trace, shape_text

CONFIRMED_PARAMETERS = 300_000_000
"""A failing model with more parameters than this is not built for real to confirm the failure."""

_PACKAGES = ("tensorboard", "scikit-learn", "tensorflow", "jax", "torch", "kt-legacy", "tf-keras")


class _Run:
    """What one run of the target left behind."""

    def __init__(self, hp: RecordingHyperParameters, trace: Trace) -> None:
        self.hp = hp
        self.trace = trace
        self.model: Any = None
        self.error: Optional[Dict[str, Any]] = None
        self.log_names: Tuple[str, ...] = ()
        self.compiled: Optional[bool] = None
        self.built_parameters = 0


class Engine:
    """All probes of one job. Create it in the forked child: it changes Keras in its process.

    `data` are the fields of DeclaredData, or None; its optional key `knowledge` ("known", "declared", "assumed")
    says where they come from. `paths` are the user's files, whose text must be in `linecache`.
    """

    def __init__(self, data: Optional[Dict[str, Any]], paths: Iterable[str]) -> None:
        self._positions = Positions(paths)
        self._data = step.Data(data)
        self._space = Space(self._positions)
        self._recorder = Recorder(self._positions)
        self._variables = symbolic.LazyVariables()
        self._confirmed: Dict[Tuple[Any, ...], bool] = {}
        self._traces: Dict[Any, Tuple[Dict[str, Any], ...]] = {}
        self._guessed: Dict[Any, Tuple[str, ...]] = {}
        self._populated = False
        self._recorder.install()
        pretrained.install()
        if symbolic.available():
            self._variables.install()

    def probe(self, function: Callable[[Any], Any], configuration: Mapping[str, Any], level: str) -> Dict[str, Any]:
        """The fields of a Report. `layers` is the same tuple object whenever the same trace comes again.

        `level` is "symbolic" or "device". What the target raises is reported, not raised.
        """
        started = time.perf_counter()
        if not self._populated:
            self._populated = True
            self._populate(function)
        if level == "device":
            verdict, run = self._for_real(function, configuration)
        else:
            verdict, run = self._by_shapes(function, configuration)
        report = self._report(verdict, run, level)
        report["elapsed_ms"] = (time.perf_counter() - started) * 1000.0
        return report

    def _by_shapes(self, function: Any, configuration: Mapping[str, Any]) -> Tuple[str, _Run]:
        run = self._run(function, configuration, lazy=symbolic.available())
        if run.error is None:
            return "ok", run
        if run.error["stage"] in ("declare", "return"):
            return "fail", run
        key = errors.skeleton(run.error)
        if self._confirmed.get(key):
            return "fail", run
        if run.built_parameters > CONFIRMED_PARAMETERS:
            return "unknown", run
        real = self._run(function, configuration, lazy=False)
        self._confirmed[key] = real.error is not None and errors.skeleton(real.error) == key
        return ("ok" if real.error is None else "fail"), real

    def _for_real(self, function: Any, configuration: Mapping[str, Any]) -> Tuple[str, _Run]:
        if symbolic.available():
            verdict, run = self._by_shapes(function, configuration)
            sentence = device.refusal(_parameters(run.model) or run.built_parameters)
            if sentence is not None:
                if run.error is None:
                    run.error = _limit(sentence)
                    verdict = "unknown"
                return verdict, run
        device.prepare()
        run = self._run(function, configuration, lazy=False, train=True)
        return ("ok" if run.error is None else "fail"), run

    def _run(self, function: Any, configuration: Mapping[str, Any], lazy: bool, train: bool = False) -> _Run:
        hp = self._space.container(configuration)
        run = _Run(hp, Trace())
        variables = self._variables
        variables.active, variables.sizes = lazy, []
        stage = "build"
        keras.backend.clear_session(free_memory=False)
        self._recorder.trace = run.trace
        try:
            run.model = function(hp)
            stage = "return"
            step.check_return(run.model, must_be_compiled=not _fits_itself(function))
            run.compiled = bool(run.model.compiled)
            stage = "step"
            if train:
                self._recorder.trace = None
                run.log_names = step.train(run.model, self._data) if run.compiled else ()
            else:
                run.log_names = step.build_on(run.model, self._data)
                if run.compiled and not self._data.y:
                    step.check_names(run.model)
                    run.log_names = self._guess(run.model)
        except (Exception, SystemExit) as error:
            if run.compiled is None and isinstance(run.model, keras.Model):
                run.compiled = bool(run.model.compiled)
            run.error = errors.describe(error, stage, self._positions, run.trace)
        finally:
            self._recorder.trace = None
            run.built_parameters = sum(variables.sizes)
            variables.active = False
        self._space.learn(hp)
        return run

    def _guess(self, model: Any) -> Tuple[str, ...]:
        """The names that a step reports when no labels are known; found once for each way to compile."""
        config = repr(getattr(model, "_compile_config", None) and model._compile_config.config)
        outputs = tuple(shape_text(output.shape) for output in model.outputs) if step.has_inputs(model) else ()
        key = (config, outputs, tuple(getattr(model, "output_names", None) or ()))
        if key not in self._guessed:
            self._guessed[key] = step.guessed_log_names(model)
        return self._guessed[key]

    def _populate(self, function: Any) -> None:
        """Meets every hyperparameter as a tuner's constructor does: the defaults, then each condition once."""
        tried: List[Any] = []
        values: Dict[str, Any] = {}
        for _ in range(100):
            run = self._run(function, values, lazy=symbolic.available())
            tried.extend(run.hp.active_scopes)
            waiting = [scope for scope in run.hp.inactive_scopes if scope not in tried]
            if not waiting:
                return
            tried.append(waiting[0])
            values = dict(run.hp.read)
            values.update({condition.name: condition.values[0] for condition in waiting[0]})

    def _report(self, verdict: str, run: _Run, level: str) -> Dict[str, Any]:
        model = run.model if isinstance(run.model, keras.Model) else None
        return {
            "configuration": dict(run.hp.read),
            "verdict": verdict,
            "level": level,
            "error": run.error,
            "layers": self._intern(run.trace.finish()),
            "parameters": _parameters(model),
            "output_shapes": _output_shapes(model),
            "log_names": run.log_names,
            "new": self._space.take_new(),
            "declarations": run.hp.declarations,
            "data": self._data.knowledge,
            "compiled": run.compiled,
            "elapsed_ms": 0.0,
        }

    def _intern(self, calls: Tuple[Dict[str, Any], ...]) -> Tuple[Dict[str, Any], ...]:
        key = tuple(
            (call["span"] and tuple(call["span"].values()), *(call[name] for name in call if name != "span"))
            for call in calls
        )
        return self._traces.setdefault(key, calls)


def describe() -> Dict[str, Any]:
    """The fields of an Environment. Starts no runtime of any backend."""
    found: Dict[str, Any] = {
        "python": platform.python_version(),
        "executable": sys.executable,
        "keras": keras.__version__,
        "keras_tuner": keras_tuner.__version__,
        "tensorflow": _version("tensorflow"),
        "backend": keras.backend.backend(),
        "devices": device.accelerators() or ("CPU",),
        "packages": {name: _version(name) for name in _PACKAGES},
        "symbolic": symbolic.available(),
        "problem": None,
    }
    return found


def _version(package: str) -> Optional[str]:
    for name in (package, package + "-cpu") if package == "tensorflow" else (package,):
        try:
            return metadata.version(name)
        except metadata.PackageNotFoundError:
            pass
    return None


def _fits_itself(function: Any) -> bool:
    """Whether the target belongs to a HyperModel that trains in its own way, compiled or not."""
    owner = getattr(function, "__self__", None)
    return isinstance(owner, keras_tuner.HyperModel) and type(owner).fit is not keras_tuner.HyperModel.fit


def _parameters(model: Any) -> Optional[int]:
    if not isinstance(model, keras.Model) or not model.built:
        return None
    try:
        return int(model.count_params())
    except ValueError:
        return None


def _output_shapes(model: Any) -> Tuple[str, ...]:
    try:
        return tuple(shape_text(output.shape) for output in model.outputs)
    except (AttributeError, TypeError):
        return ()


def _limit(sentence: str) -> Dict[str, Any]:
    return {
        "type": "MemoryError",
        "message": sentence,
        "stage": "limit",
        "frames": [],
        "layer": None,
        "layer_class": None,
        "input_shapes": (),
        "parameters": {},
    }
