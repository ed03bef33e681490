"""One probe: the target at one configuration, by its shapes alone or for real.

A symbolic probe runs the target with Keras itself, except that variables hold no values. Whatever fails then is
built for real once before it is believed, so that a verdict never rests on the way it was found.
"""

from __future__ import annotations

import gc
import inspect
import linecache
import platform
import sys
import time
import types
from importlib import metadata
from typing import Any, Callable, Dict, Iterable, List, Mapping, Optional, Set, Tuple

import keras
import keras_tuner

from . import (
    cards,
    device,
    errors,
    guard,
    handing,
    origins,
    outcomes,
    pretrained,
    private,
    rewritten,
    states,
    step,
    symbolic,
)  # fmt: skip
from .hyperparameters import RecordingHyperParameters, Space
from .positions import Positions
from .trace import Recorder, Trace, axes_of, shapes

CONFIRMED_PARAMETERS = 300_000_000
"""A failing model with more parameters than this is not built for real to confirm the failure."""

HOPELESS = 5
"""After so many runs in which nothing but memory failed, a target is not tried from memory any more."""

MOST_FOLLOWED = 100
"""Of runs with one outcome what so many have shown is kept."""

_KEEPS_MEMORY = "free_memory" in inspect.signature(keras.backend.clear_session).parameters
_PACKAGES = ("tensorboard", "scikit-learn", "tensorflow", "jax", "torch", "kt-legacy", "tf-keras")


own: Any = None
remembered: Any = None
symbols: Any = None
training: Any = None
if private.has(private.STEP):
    from . import training
if symbolic.available() and private.has(private.MEMORY):
    from . import own, remembered, symbols

_MEMORY: Any = remembered.Memory() if remembered else types.SimpleNamespace(active=False)
_RECORDER = Recorder(_MEMORY)
_VARIABLES = symbolic.LazyVariables()
_installed = False


def install() -> None:
    """Changes Keras in this process, once: layer calls are recorded and variables can be left without values."""
    global _installed
    if _installed:
        return
    _installed = True
    _RECORDER.install()
    if private.has(private.CUTTING):
        errors.note_cuts(private.get("keras.src.utils.traceback_utils"))
    pretrained.install()
    if training is not None:
        training.quietly, training.hollow = _RECORDER.unseen, _VARIABLES.hollow
    if symbolic.available():
        _VARIABLES.install()
    if remembered is not None:
        _MEMORY.install()
    # Keras and its backend are some 10^6 objects that never die: without this each collection walks them all.
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def _speaking_for_none() -> Dict[str, Any]:
    """The fields of a report that speaks for no configuration but its own."""
    return {"free": (), "alike": {}, "states": (), "apart": {}}


class _Run:
    """What one run of the target left behind."""

    def __init__(self, hp: RecordingHyperParameters, trace: Trace) -> None:
        self.hp = hp
        self.trace = trace
        self.model: Any = None
        self.error: Optional[Dict[str, Any]] = None
        self.log_names: Tuple[str, ...] = ()
        self.compiled: Optional[bool] = None
        self.fits = False
        """Inputs, labels and losses go together, as far as their shapes tell."""
        self.certain = False
        """The error is Keras's own refusal, found without leaving anything out: it needs no confirmation."""
        self.refused = False
        """A barrier of ours stands behind the error: the target's own code may be right."""
        self.own = False
        """The innermost frame that is left of the error is ours."""
        self.doubted = False
        """Nothing was seen to fail, but only a real step can tell."""
        self.deferred = False
        self.built_parameters = 0
        self.data = step.NOTHING
        self.unfit: Optional[Exception] = None
        """What a model raises on the data that it was told to build on, whatever kind of numbers they are."""

    @property
    def verdict(self) -> str:
        if self.error is None:
            return "ok"
        return "unknown" if self.refused else "fail"


class _Recalled:
    """What one run on stand-ins came to."""

    def __init__(self, hp: RecordingHyperParameters) -> None:
        self.hp = hp
        self.key: Any = None
        """Equal for runs with the same outcome."""
        self.stop: Any = None
        self.deferred = False
        self.parameters: Optional[int] = None
        self.ends: Any = ()
        self.compiled: Optional[bool] = None
        self.built: Optional[int] = None
        """How many layers were called when the target returned; None if it did not."""
        self.data = step.NOTHING
        self.doubtful = False
        self.mixes = False
        """Its outputs have so many rows that no labels go with them."""
        self.rows: Optional[List[Tuple[Any, ...]]] = None
        """The shapes and dtypes that a step then gives for a batch, where that is known."""
        self.looks = False
        """Only a real step meets what a kernel refuses."""
        self.whole: Any = None
        """Equal for runs whose models differ in their layers only: the part of `key` that names none of them."""
        self.alike: Any = None
        """What the model has in common with others that differ in sizes, and its own sizes."""
        self.refusing: Any = None
        """The layer at which a training step surely ends."""
        self.own: Tuple[Any, ...] = ()
        """The classes of the user's whose code ran on stand-ins."""
        self.calls: List[Tuple[Any, ...]] = []
        self.seen: List[Tuple[Any, ...]] = []

    @property
    def settled(self) -> bool:
        """Whether a step surely passes all layers, so that only losses and metrics decide."""
        return self.stop is None and self.refusing is None and not (self.doubtful or self.mixes)

    @property
    def shows_ends(self) -> bool:
        """Whether a step sees nothing but outputs that are known, and labels."""
        seen = self.rows if self.mixes else self.settled and self.data.y and not self.deferred
        return bool(self.alike and seen)

    def is_like(self, other: "_Recalled") -> bool:
        """Whether two runs read, called and returned the same."""
        return (
            self.key == other.key
            and self.built == other.built
            and self.compiled == other.compiled
            and self.hp.hypershape_read == other.hp.hypershape_read
            and [call[:4] for call in self.calls] == [call[:4] for call in other.calls]
        )


COMPILES = 2
"""The place of what a model was compiled with among what decides about its step."""


class Engine:
    """All probes of one job. Create it in the forked child: it changes Keras in its process.

    `data` are the fields of DeclaredData, or None; its optional key `knowledge` ("known", "declared", "assumed")
    says where they come from. `paths` are the user's files, whose text must be in `linecache`.
    """

    def __init__(self, data: Optional[Dict[str, Any]], paths: Iterable[str]) -> None:
        self._positions = Positions(paths)
        self._data = step.Data(data)
        self._space = Space(self._positions)
        self._confirmed: Dict[Tuple[Any, ...], bool] = {}
        self._ended: Set[Any] = set()
        """Where the user's code stood when something was refused and the target ended with that."""
        self._traces: Dict[Any, Tuple[Dict[str, Any], ...]] = {}
        self._steps: Dict[Any, Tuple[str, ...]] = {}
        self._failures: Dict[Any, Tuple[Dict[str, Any], bool]] = {}
        self._outcomes = outcomes.Outcomes()
        self._fitting: Set[Any] = set()
        """Of the models whose inputs, labels and losses were seen to go together, all but their layers."""
        self._short: Dict[Any, Tuple[Dict[str, Any], ...]] = {}
        self._unknown = 0
        self._untold: Set[Any] = set()
        """Keys of failures that other labels might not have met."""
        self._refusing: Dict[Any, Tuple[Any, Any, Tuple[str, ...]]] = {}
        """By all but their sizes, of models whose step passes their layers: one whose losses or metrics refused what it
        gave, how, and what it would report."""
        self._followed: Dict[Any, List[Tuple[Mapping[str, Any], Dict[str, Any]]]] = {}
        """What runs were followed: by their outcome and the names that they read, what these were and what was found."""
        self._unfollowed = 0
        """How many of the last runs whose values carried their origin ended otherwise than with plain values."""
        self._unrelated = 0
        """The same for runs that were followed as relations between names."""
        self._entangled = False
        """Whether runs depend on so much together that they are followed so."""
        self.tracks = not any(
            origins.can_be_fooled("".join(linecache.getlines(path))) for path in self._positions.paths
        )
        """Whether reports say which hyperparameters did not matter."""
        self._populated = False
        self._begun: Optional[Dict[str, Any]] = None
        """The values of the very first build, if it came through."""
        self.own_training = False
        """Whether the tuner trains models in its own way, compiled or not."""
        install()
        self._settings = remembered.settings() if remembered is not None else None

    def gives_way(self) -> bool:
        """Forgets the user's text; whether another engine would find this process as this one did, but for what it knows."""
        if remembered is None or self._settings != remembered.settings():
            return False
        _MEMORY.forget_texts()
        return True

    def _trains_itself(self, function: Any) -> bool:
        return self.own_training or _fits_itself(function)

    def give(self, hyperparameters: Any, tunes_new_entries: bool = True) -> None:
        """Starts from the declarations of the object that a tuner gets as `hyperparameters=`."""
        if isinstance(hyperparameters, keras_tuner.HyperParameters):
            hp = self._space.container({})
            hp.merge(hyperparameters)
            self._space.learn(hp)
            self._space.closed = not tunes_new_entries

    def probe(
        self, function: Callable[[Any], Any], configuration: Mapping[str, Any], level: str
    ) -> Dict[str, Any]:
        """The fields of a Report. `layers` is the same tuple object whenever the same trace comes again.

        `level` is "symbolic" or "device". What the target raises is reported, not raised.
        """
        started = time.perf_counter()
        if not self._populated:
            self._populated = True
            self._populate(function)
        if level == "device":
            verdict, run = self._for_real(function, configuration)
            report = self._report(verdict, run, level)
        else:
            report = self._symbolic(function, configuration)
        report["elapsed_ms"] = (time.perf_counter() - started) * 1000.0
        return report

    def _symbolic(self, function: Any, configuration: Mapping[str, Any]) -> Dict[str, Any]:
        remembered_run = self._from_memory(function, configuration)
        if isinstance(remembered_run, dict):
            return remembered_run
        verdict, run = self._by_shapes(function, configuration)
        if remembered_run is not None and remembered_run.looks and verdict == "ok":
            verdict, run = self._stepped(function, configuration)
        report = self._report(verdict, run, "symbolic")
        if remembered_run is not None and self._agrees(remembered_run, verdict, run, report):
            key = remembered_run.key
            if remembered_run.settled:
                self._outcomes.saw(remembered_run.alike, run.log_names if verdict == "ok" else None)
            if run.fits:
                self._fitting.add(remembered_run.whole)
            if verdict == "fail" and run.error is not None:
                if remembered_run.stop is not None:
                    self._ended.add(remembered_run.stop.places)
                self._failures[key] = run.error, run.compiled is not None
                self._outcomes.keep(key, run.log_names)
                if remembered_run.shows_ends:
                    self._note_refusal(remembered_run, run)
                report.update(self._influences(function, configuration, remembered_run))
            elif verdict == "ok" and not isinstance(key[0], tuple) and remembered_run.refusing is None:
                self._outcomes.keep(key, run.log_names)
                report.update(self._influences(function, configuration, remembered_run))
            elif verdict == "unknown" and run.error is not None and self._rests_on_invented_labels(run):
                # What other labels would tell no other configuration of the same outputs tells either.
                self._failures[key] = run.error, run.compiled is not None
                self._outcomes.keep(key, run.log_names)
                self._untold.add(key)
        return report

    def _agrees(self, found: _Recalled, verdict: str, run: _Run, report: Dict[str, Any]) -> bool:
        """Whether Keras did what the user's code did on stand-ins, as far as both tell.

        Then the report speaks of the layers as all later ones will. Classes that did something else are made for real.
        """
        stop, error = found.stop, run.error
        if stop is None:
            agrees = not found.own or (
                (verdict == "ok" and found.parameters == report["parameters"])
                or (error is not None and error["stage"] == "step")
            )
        elif stop.raised is not None:
            agrees = (
                error is not None
                and error["type"] == type(stop.raised).__name__
                and str(stop.raised) in error["message"]
            )
        else:
            agrees = verdict != "ok" and self._is_where(stop, error)
        if not agrees:
            _MEMORY.objects.distrust(found.own)
        elif found.own:
            report["layers"] = self._layers_of(found, run.compiled is not None)
        return agrees

    def _is_where(self, stop: Any, error: Optional[Dict[str, Any]]) -> bool:
        """Whether Keras failed where the stand-ins stopped, and not behind an `except` of the user's code."""
        frames = self._positions.frames(stop.__traceback__)
        return (
            error is not None
            and error["frames"][: len(frames)] == frames
            and self._ends_the_target(stop, frames)
        )

    def _ends_the_target(self, stop: Any, frames: Any) -> bool:
        """Whether no `except` of the user's code can have taken what stopped a run on stand-ins."""
        return stop.thrown or not self._positions.may_be_caught(frames)

    def _layers_of(self, found: _Recalled, returned: bool) -> Tuple[Dict[str, Any], ...]:
        calls = found.seen if returned else found.calls[: found.built]
        return self._remembered_trace(calls, found.deferred)

    def _by_shapes(self, function: Any, configuration: Mapping[str, Any]) -> Tuple[str, _Run]:
        if training is None:
            return self._stepped(function, configuration)
        run = self._run(function, configuration, lazy=symbolic.available())
        if run.error is None or run.refused:
            return run.verdict, run
        if self._built_before(run):
            run.error["later"] = True
        if run.certain or run.error["stage"] == "declare":
            return "fail", run
        key = errors.skeleton(run.error)
        if self._confirmed.get(key):
            return "fail", run
        if run.built_parameters > CONFIRMED_PARAMETERS:
            return "unknown", run
        if run.error["stage"] == "step":
            return self._by_a_step(function, configuration, run, key)
        real = self._run(function, configuration, lazy=False)
        if self._is_own(real, function, configuration, train=False):
            return "unknown", real
        self._confirmed[key] = real.error is not None and errors.skeleton(real.error) == key
        if real.error is not None and self._confirmed[key] and run.error.get("later"):
            real.error["later"] = True
        return real.verdict, real

    def _built_before(self, run: _Run) -> bool:
        """Whether the very first build, as a tuner's constructor makes it, came through where this one fails: then the
        target leaves traces (it adds to a model of the module, say)."""
        if self._begun is None or run.error is None or run.error["stage"] not in ("declare", "build"):
            return False
        return all(
            name in self._begun and self._begun[name] == value
            for name, value in run.hp.hypershape_read.items()
        )

    def _by_a_step(self, function: Any, configuration: Any, run: _Run, key: Any) -> Tuple[str, _Run]:
        """The verdict of a real step: taken as `fit` takes it, or first eagerly where nothing speaks against it."""
        eager: Optional[_Run] = None
        if run.doubted:
            eager = self._run(function, configuration, lazy=False, train=True)
            if eager.error is None:
                return "ok", eager
            if self._mixes_samples(eager):
                return "fail", eager
        real = self._run(function, configuration, lazy=False, train=True, compiled=True)
        if eager is not None and real.error is not None and eager.trace.refusal is not None:
            # Both steps fail, and the eager one knows the layer.
            return "fail", eager
        if self._is_own(real, function, configuration, train=True):
            return "unknown", real
        if not real.trace.calls:
            # `fit` refused the metrics or the data before it built the model, whose shapes are known all the same.
            real.trace = run.trace
        self._confirmed[key] = real.error is not None and errors.skeleton(real.error) == key
        if not _is_same(run.error, real.error) and self._rests_on_invented_labels(real):
            return "unknown", real
        # A trace of the same failure names other nodes of its graph: what is reported shall not change later.
        return real.verdict, run if self._confirmed[key] else real

    def _for_real(self, function: Any, configuration: Mapping[str, Any]) -> Tuple[str, _Run]:
        if training is not None:
            verdict, run = self._by_shapes(function, configuration)
            if verdict == "fail":
                return verdict, run
            sentence = device.refusal(_parameters(run.model) or run.built_parameters)
            if sentence is not None:
                if run.error is None:
                    run.error = errors.limit("MemoryError", sentence)
                    verdict = "unknown"
                return verdict, run
        device.prepare()
        return self._stepped(function, configuration)

    def _stepped(self, function: Any, configuration: Mapping[str, Any]) -> Tuple[str, _Run]:
        """The verdict of a real build and a real step, with nothing of Keras's own needed."""
        run = self._run(function, configuration, lazy=False, train=True)
        if self._rests_on_invented_labels(run) or self._is_own(run, function, configuration, train=True):
            return "unknown", run
        return run.verdict, run

    def _rests_on_invented_labels(self, run: _Run) -> bool:
        """Whether a step failed in a way that other labels than ours might not have met."""
        if run.error is None or run.error["stage"] != "step" or run.certain or run.data.y:
            return False
        if run.error["kind"] in ("no-gradients", "out-of-memory"):
            return False
        if run.deferred and run.data.x:
            # Without labels such a model only makes its forward pass.
            return False
        return run.trace.refusal is None and not self._mixes_samples(run)

    def _mixes_samples(self, run: _Run) -> bool:
        """Whether no labels go with the outputs of a model, whatever the search is given."""
        with _RECORDER.unseen():
            return bool(run.compiled) and step.mixes_samples(run.model, run.data)

    def _is_own(self, run: _Run, function: Any, configuration: Mapping[str, Any], train: bool) -> bool:
        """Whether a failure comes from our changes to Keras, which a traceback that Keras has cut unseen cannot tell."""
        told = private.has(private.CUTTING)
        return run.own and (
            told or self._run(function, configuration, lazy=False, train=train, uncut=True).own
        )

    def _run(
        self,
        function: Any,
        configuration: Mapping[str, Any],
        lazy: bool,
        train: bool = False,
        uncut: bool = False,
        compiled: bool = False,
    ) -> _Run:
        """Runs the target once. `lazy` leaves out the weights, `train` takes a real step (`compiled`, as `fit`
        takes it), `uncut` keeps Keras's own frames in tracebacks, at the price of other words in messages."""
        hp = self._space.container(configuration)
        run = _Run(hp, Trace())
        variables = _VARIABLES
        variables.active, variables.sizes = lazy, []
        _RECORDER.positions = self._positions
        stage = "build"
        _clear_session()
        if uncut:
            errors.filtering().disable_traceback_filtering()
        _RECORDER.trace = run.trace
        try:
            run.model = function(hp)
            run.trace.caught()
            stage = "return"
            run.deferred = not step.has_inputs(run.model)
            unbuilt = run.deferred and not getattr(run.model, "built", True)
            run.data = self._data.seen_by(unbuilt, self._trains_itself(function))
            if run.deferred and not unbuilt and not run.data.x and not run.data.y:
                run.trace.stepping = True
                self._run_as_told(run)
            step.check_return(run.model, must_be_compiled=not self._trains_itself(function))
            run.compiled = step.is_compiled(run.model)
            stage = "step"
            run.trace.stepping = True
            run.trace.complete = training is not None and training.graph_of(run.model) is not None
            if train:
                run.log_names = self._take_step(run, compiled) if run.compiled else ()
            else:
                if run.unfit is not None:
                    raise run.unfit
                names = self._check_step(run.model, run.data)
                run.fits = True
                if training is not None and run.compiled and not self._trains_itself(function):
                    training.check(run.model, run.data.x, run.data.x_dtype, bool(run.data.y))
                run.log_names = names
        except (Exception, SystemExit) as error:
            if run.compiled is None and isinstance(run.model, keras.Model):
                run.compiled = step.is_compiled(run.model)
            run.certain = isinstance(error, errors.Refusal)
            run.doubted = training is not None and isinstance(error, training.Doubt)
            run.own = errors.is_own(error)
            run.error = errors.describe(error, stage, self._positions, run.trace)
            if stage == "step" and run.compiled:
                run.log_names = _names_despite(run.model)
            refusal = guard.refusal(error)
            if refusal is not None:
                run.refused = True
                run.error = errors.limit("Refused", refusal, run.error["frames"])
        finally:
            if uncut:
                errors.filtering().enable_traceback_filtering()
            _RECORDER.trace = None
            run.built_parameters = sum(variables.sizes)
            variables.active = False
            errors.forget_cuts()
        self._space.learn(hp)
        return run

    def _take_step(self, run: _Run, compiled: bool) -> Tuple[str, ...]:
        if training is None and not run.data.y:
            # No labels of ours can tell a loss that does not exist from one that does not like them.
            step.check_names(run.model)
        return step.train(run.model, run.data, compiled)

    def _run_as_told(self, run: _Run) -> None:
        """Gives a model the data that it was told to build on, as the kind of numbers that its forward pass takes."""
        for dtype in ("float32", "int32"):
            run.data = step.built_on(run.model, dtype)
            try:
                step.build_on(run.model, run.data)
                run.unfit = None
                return
            except Exception as error:
                run.unfit = run.unfit or error
        run.data = step.built_on(run.model)

    def _check_step(self, model: Any, data: step.Data) -> Tuple[str, ...]:
        """The shape part of a training step; what built-in losses and metrics gave is remembered."""
        key = self._step_key(model)
        names = self._steps.get(key) if key is not None else None
        if names is None:
            names = step.build_on(model, data)
            if step.is_compiled(model) and not data.y:
                step.check_names(model)
                with _RECORDER.unseen():
                    names = step.guessed_log_names(model)
        if key is not None and (names or not step.is_compiled(model)):
            # A model whose forward pass fails tells nothing of others with the same losses.
            self._steps[key] = names
        return names

    def _step_key(self, model: Any) -> Optional[Tuple[Any, ...]]:
        """Equal for two models whose training steps have the same shapes; None where that cannot be told."""
        if training is None or not model.built or type(model).__name__ not in ("Sequential", "Functional"):
            return None
        if not private.is_keras(model) or not step.has_inputs(model):
            return None
        compiled = step.compiled_with(model) if step.is_compiled(model) else ()
        if compiled is None:
            return None
        tensors = [(axes_of(each.shape), each.dtype) for each in (*model.inputs, *model.outputs)]
        names = tuple(getattr(model, "output_names", None) or ())
        return (compiled, len(model.inputs), tuple(tensors), names, keras.config.floatx())

    def _populate(self, function: Any) -> None:
        """Meets every hyperparameter as a tuner's constructor does: the defaults, then each condition once."""
        tried: List[Any] = []
        values: Dict[str, Any] = {}
        for _ in range(100):
            hp = self._met(function, values)
            tried.extend(hp.active_scopes)
            waiting = [scope for scope in hp.inactive_scopes if scope not in tried]
            if not waiting:
                return
            tried.append(waiting[0])
            values = dict(hp.hypershape_read)
            values.update({condition.name: condition.values[0] for condition in waiting[0]})

    def _met(self, function: Any, values: Mapping[str, Any]) -> RecordingHyperParameters:
        """What a run meets; from memory where that can be, which then knows the layers of the first probe."""
        found = None if remembered is None else self._recall(function, self._space.container(values))
        if found is None:
            run = self._run(function, values, lazy=symbolic.available())
            if not values and run.error is None:
                self._begun = dict(run.hp.hypershape_read)
            return run.hp
        self._space.learn(found.hp)
        return found.hp

    def _from_memory(self, function: Any, configuration: Mapping[str, Any]) -> Any:
        """The report of a probe made of remembered layers only.

        Otherwise None, or what it came to, under whose key the outcome of a full run shall be remembered.
        """
        if remembered is None or self._unknown >= HOPELESS:
            return None
        found = self._recall(function, self._space.container(configuration))
        if found is None:
            self._unknown += 1
            return None
        self._unknown = min(self._unknown, 0) - 1
        if found.stop is not None and found.built is None and found.key not in self._failures:
            self._foresee(found.stop)
        if found.refusing is not None and found.key not in self._failures and found.whole in self._fitting:
            self._foresee_step(found)
        names = self._outcomes.names(found.key)
        if names is None and found.key not in self._failures:
            if found.settled:
                names = self._outcomes.foretold(found.key, found.alike)
            if names is None and found.shows_ends:
                self._foresee_refusal(found)
                names = self._outcomes.names(found.key)
        error, returned = self._failures.get(found.key, (None, True))
        if names is None and error is not None:
            names = ()
        if names is None:
            return found
        self._space.learn(found.hp)
        return {
            "configuration": dict(found.hp.hypershape_read),
            "verdict": "ok" if error is None else "unknown" if found.key in self._untold else "fail",
            "level": "symbolic",
            "error": error,
            "layers": self._layers_of(found, returned),
            "parameters": found.parameters if returned else None,
            "output_shapes": shapes(found.ends, found.deferred) if returned else (),
            "log_names": names,
            "new": self._space.take_new(),
            "declarations": found.hp.hypershape_declarations,
            "data": found.data.knowledge,
            "compiled": found.compiled if returned else None,
            "elapsed_ms": 0.0,
            **self._influences(function, configuration, found),
        }

    def _recall(self, function: Any, hp: RecordingHyperParameters) -> Optional[_Recalled]:
        """Runs the target on stand-ins; None where it does what is not remembered."""
        memory, found = _MEMORY, _Recalled(hp)
        _VARIABLES.active = True
        _RECORDER.trace = None
        memory.positions = self._positions
        memory.begin()
        try:
            model = function(hp)
            model = symbols.state_of(model) or model
            memory.require(
                type(model) in (symbols.Sequential, symbols.Functional, own.State) and not memory.stopped
            )
            found.compiled, found.built = bool(model.compiles), len(memory.calls)
            trains_itself = self._trains_itself(function)
            if type(model) is own.State:
                found.deferred, unbuilt = True, not model.built
            else:
                found.deferred = unbuilt = type(model) is symbols.Sequential and model.start is None
            found.data = self._data.seen_by(unbuilt, trains_itself)
            found.whole, found.ends, found.parameters = self._outcome_key(model, found, trains_itself)
            if found.compiled and not trains_itself and not found.deferred:
                found.refusing = memory.refusing(found.ends)
            refusal = None if found.refusing is None else memory.refusal_key(found.refusing)
            found.key = (*found.whole, refusal or memory.doubts())
            found.mixes = (
                found.compiled and not (trains_itself or found.deferred) and memory.mixes(found.ends)
            )
            found.rows = memory.with_rows(found.ends) if found.mixes else None
            found.doubtful = found.refusing is None and memory.doubts() is not None and not found.mixes
        except symbols.Stop as stopped:
            found.stop, found.key = stopped, stopped.key
        except Exception as error:
            found.stop = memory.raised(error)
            found.key = getattr(found.stop, "key", None)
        except (SystemExit, symbols.Unknown):
            memory.broken = True
        finally:
            _VARIABLES.active = memory.active = False
        if memory.tracking:
            memory.tracks.settled([loss for _, loss in memory.chosen_losses])
        found.looks = memory.looks
        found.calls, found.seen, found.own = memory.calls, memory.seen(), tuple(memory.objects.met)
        return found if memory.end() else None

    def _influences(
        self, function: Any, configuration: Mapping[str, Any], found: _Recalled
    ) -> Dict[str, Any]:
        """What is known of the influences on a run: a run with the same outcome that spoke for this one, too, tells it."""
        read = found.hp.hypershape_read
        followed = self._followed.setdefault((found.key, tuple(read)), [])
        for base, known in reversed(followed):
            if all(_is_spoken_for(known, name, base[name], value) for name, value in read.items()):
                return dict(known)
        told = self._follow(function, configuration, found)
        if told["free"] or told["alike"]:
            followed.append((dict(read), told))
            del followed[:-MOST_FOLLOWED]
        return told

    def _follow(self, function: Any, configuration: Mapping[str, Any], found: _Recalled) -> Dict[str, Any]:
        """What a second run shows whose values carry their origin: the names that were read without any influence as
        `free`, and other values of names with which the run would have been the same as `alike`.

        That run must end as the first did. Whatever differs in it (a type that user code asks for, say) leaves
        nothing known.
        """
        nothing = _speaking_for_none()
        unsure = found.doubtful or (found.mixes and found.key not in self._failures)
        if not self.tracks or unsure or self._unfollowed >= HOPELESS:
            return nothing
        if self._entangled:
            related = self._related(function, configuration, found)
            if related is not None:
                return related
        memory = _MEMORY
        tracker = memory.tracks.begin(hasty=not self._entangled and not self._unrelated)
        memory.tracking = True
        try:
            again = self._recall_tracked(function, configuration, tracker)
        finally:
            memory.tracking = False
        followed = again is not None and _is_followed(tracker, again, found)
        if followed or not memory.tracks.too_long:
            # What took too long goes on from where it stopped.
            self._unfollowed = 0 if followed else self._unfollowed + 1
        if not followed and not memory.tracks.too_long:
            return nothing
        # Where a size varies with much, boxes take long before anything depends on it.
        entangled = memory.tracks.too_long or tracker.wants_relations or states.entangled(tracker)
        if not self._entangled and self._unrelated < HOPELESS and entangled:
            self._entangled = True
            related = self._related(function, configuration, found)
            if related is not None:
                return related
        if not followed:
            return nothing
        met = [
            name
            for name in found.hp.hypershape_read
            if name in tracker.domains and name not in tracker.forced
        ]
        return {
            **_speaking_for_none(),
            "free": tuple(name for name in met if name not in tracker.allowed),
            "alike": {name: tracker.alike(name) for name in met if name in tracker.allowed},
        }

    def _recall_tracked(self, function: Any, configuration: Any, tracker: Any) -> Optional[_Recalled]:
        """The same in a run whose values carry their origin."""
        joins, paths = _MEMORY.joins, self._positions.paths
        spaces = origins.namespaces(function, paths)
        choices = rewritten.calls(joins.either, joins.item, joins.rounds, tracker)
        with origins.shadowed(spaces, choices), joins.rewritten.swapped(spaces, paths):
            return self._recall(function, self._space.tracked(configuration, tracker))

    def _related(
        self, function: Any, configuration: Mapping[str, Any], found: _Recalled
    ) -> Optional[Dict[str, Any]]:
        """The same with all configurations that fare alike as `states`, where those are no box of values."""
        memory = _MEMORY
        tracker = memory.tracks.begin(relating=True)
        memory.tracking = True
        try:
            again = self._recall_tracked(function, configuration, tracker)
        finally:
            memory.tracking = False
        diagram: Optional[states.Diagram] = None
        apart: Dict[str, Dict[str, List[Any]]] = {}
        if again is not None and _is_followed(tracker, again, found):
            try:
                diagram, apart = tracker.diagram(found.hp.hypershape_read), tracker.apart()
            except states.Bound as bound:
                memory.joins.never_apart |= bound.names
                return self._related(function, configuration, found)
            except states.Unrelated:
                pass
        # What took too long goes on from where it stopped, but not for ever.
        self._unrelated = 0 if diagram else self._unrelated + (2 if memory.tracks.too_long else 1)
        self._entangled = self._unrelated < HOPELESS
        if not diagram:
            return None
        box = states.box_in(diagram, found.hp.hypershape_read, tracker.domains)
        # Whoever has another value of what decides about reads other names: a box speaks for the same names only.
        deciding = {each for tests in apart.values() for each in tests}
        open_names = [n for n in found.hp.hypershape_read if n in tracker.domains and n not in deciding]
        return {
            "free": tuple(n for n in open_names if n not in box),
            "alike": {name: box[name] for name in open_names if len(box.get(name, ())) > 1},
            "states": tuple(diagram),
            "apart": apart,
        }

    def _foresee(self, stop: Any) -> None:
        """Notes the error of a failure of a kind that a real build has confirmed, without running the target again.

        Keras refuses the same layer or operation once more, under the name and at the place that it has here.
        """
        if stop.again is None:
            return
        # The layer that refuses may have built its weights by then, which need no values.
        _VARIABLES.active = True
        try:
            raised, layer, given = stop.again()
        finally:
            _VARIABLES.active = False
        trace = Trace()
        if layer is not None:
            if stop.made is not None:
                trace.made[id(layer)] = layer, stop.made
            trace.refused(layer, raised, stop.inside, given)
        frames = self._positions.frames(stop.__traceback__)
        if stop.places not in self._ended or not self._ends_the_target(stop, frames):
            return
        error = errors.describe(raised, "build", self._positions, trace, frames)
        if self._confirmed.get(errors.skeleton(error)):
            self._failures[stop.key] = error, False

    def _foresee_step(self, found: _Recalled) -> None:
        """The same for a layer that refuses its input in training, of a kind that a real step has confirmed."""
        stand_in = found.refusing
        _VARIABLES.active = True
        try:
            raised, layer, given = _MEMORY.refused_in_training(stand_in)
        finally:
            _VARIABLES.active = False
        if raised is None:
            return
        trace = Trace()
        trace.stepping = True
        if type(stand_in) is symbols.Layer:
            if stand_in.made is not None:
                trace.made[id(layer)] = layer, stand_in.made
            trace.refused(layer, raised, True, given)
        error = errors.describe(raised, "step", self._positions, trace)
        if self._confirmed.get(errors.skeleton(error)):
            self._failures[found.key] = error, True

    def _note_refusal(self, found: _Recalled, run: _Run) -> None:
        """Keeps a model whose real step failed as its losses and metrics alone do on outputs like its own.

        Of two models that are compiled alike, whose layers all pass, a step sees the outputs only: on outputs of other
        sizes losses and metrics tell what a step of another such model comes to.
        """
        if run.model is not None and self._lost(run.model, found) == run.error:
            self._refusing[found.alike[0]] = run.model, errors.skeleton(run.error or {}), run.log_names

    def _foresee_refusal(self, found: _Recalled) -> None:
        """Notes the error of a model whose outputs do not fit, of a kind that a real step has confirmed."""
        model, kind, names = self._refusing.get(found.alike[0], (None, None, ()))
        error = None if model is None else self._lost(model, found)
        if error is not None and errors.skeleton(error) == kind:
            self._failures[found.key] = error, True
            self._outcomes.keep(found.key, names)

    def _lost(self, model: Any, found: _Recalled) -> Optional[Dict[str, Any]]:
        """What losses and metrics of a model raise on the outputs of another."""
        try:
            with _RECORDER.unseen():
                if found.mixes:
                    step.lose(model, found.data, found.rows or ())
                else:
                    step.ends_on(model, found.data, [spec[1:3] for spec in found.whole[-1]])
        except Exception as error:
            return errors.describe(error, "step", self._positions, Trace())
        return None

    def _outcome_key(self, model: Any, found: _Recalled, fits_itself: bool) -> Tuple[Any, Any, Optional[int]]:
        """What decides the outcome if all layers pass a step: a key, the outputs, and the parameters."""
        data = found.data
        if type(model) is own.State:
            key, parameters = _MEMORY.objects.outcome(model, data)
            return (*key, fits_itself, remembered.settings(), tuple(_MEMORY.flags)), (), parameters
        deferred = type(model) is symbols.Sequential and model.start is None
        if deferred and not data.x:
            names = tuple(layer.name for layer in model.stack)
            return ("deferred", tuple(model.compiles), bool(names), fits_itself), (), None
        if deferred:
            _MEMORY.require(len(data.x) == 1)
            _MEMORY.run(model, ("t", (step.BATCH, *data.x[0]), data.x_dtype))
        inputs, outputs, parameters = model.ends()
        # One output is named nowhere but in a dictionary of losses or metrics.
        named = len(outputs) > 1 or _holds_dictionary(model.compiles)
        if named and _MEMORY.tracking:
            for tensor in outputs:
                _MEMORY.tracks.tracker.uses(_name_of(tensor))
        reached = remembered.behind(outputs)
        rest = (
            "deferred" if deferred else type(model).__name__,
            getattr(model, "names", None),
            tuple(model.compiles),
            tuple(_name_of(tensor) if named else None for tensor in outputs),
            tuple(tensor.layer in reached for tensor in inputs),
            fits_itself,
            remembered.settings(),
            tuple(_MEMORY.flags),
        )
        given, made = [each.spec for each in inputs], [each.spec for each in outputs]
        if not _MEMORY.own_losses:
            found.alike = outcomes.alike(rest, given, made, data)
        if _MEMORY.tracking:
            self._follow_ends(rest, inputs, outputs, data)
        return (*rest, tuple(given), tuple(made)), outputs, parameters

    def _follow_ends(self, rest: Any, inputs: Any, outputs: Any, data: step.Data) -> None:
        """The run depends on what decides whether a step surely passes the ends of a model, and what it reports."""
        losses = _MEMORY.take_losses(rest[COMPILES])
        ends = len(inputs) + len(outputs)

        def outcome(given: Any) -> Any:
            specs, kind = given[:ends], rest
            for loss in given[ends:]:
                ((key, place),) = rest[COMPILES]
                compiled = ((_MEMORY.compiled_with(key, loss), place),)
                kind = (*rest[:COMPILES], compiled, *rest[COMPILES + 1 :])
            call = outcomes.alike(kind, specs[: len(inputs)], specs[len(inputs) :], data)
            if _MEMORY.own_losses or not self._outcomes.promises(call):
                return "untold", tuple(given)
            return "passes", self._outcomes.reported(call)

        _MEMORY.tracks.agree(("ends", self._outcomes.met, rest), [*inputs, *outputs, *losses], outcome)

    def _remembered_trace(self, calls: List[Tuple[Any, ...]], deferred: bool) -> Tuple[Dict[str, Any], ...]:
        key = (deferred, *[call[:4] for call in calls])
        trace = self._short.get(key)
        if trace is None:
            full: Tuple[Dict[str, Any], ...] = ()
            for _, name, _, base, span, result in calls:
                full += tuple(
                    dict(call, name=remembered.renamed(call["name"], base)) for call in result.inner
                )
                full += (dict(result.call, span=span, name=name),)
            if deferred:
                full = tuple(_without_batch(call) for call in full)
            trace = self._short[key] = self._intern(full)
        return trace

    def _report(self, verdict: str, run: _Run, level: str) -> Dict[str, Any]:
        model = run.model if isinstance(run.model, keras.Model) else None
        if run.deferred and run.trace.refusal is not None:
            # What stands behind the layer that refuses was never built.
            model = None
        return {
            "configuration": dict(run.hp.hypershape_read),
            "verdict": verdict,
            "level": level,
            "error": run.error,
            "layers": self._intern(run.trace.finish()),
            "parameters": _parameters(model),
            "output_shapes": shapes(step.outputs(model), run.deferred),
            "log_names": run.log_names,
            "new": self._space.take_new(),
            "declarations": run.hp.hypershape_declarations,
            "data": run.data.knowledge,
            "compiled": run.compiled,
            "elapsed_ms": 0.0,
            **_speaking_for_none(),
        }

    def _intern(self, calls: Tuple[Dict[str, Any], ...]) -> Tuple[Dict[str, Any], ...]:
        key = tuple(
            (call["span"] and tuple(call["span"].values()), *(call[name] for name in call if name != "span"))
            for call in calls
        )
        return self._traces.setdefault(key, calls)


def _is_followed(tracker: origins.Tracker, again: _Recalled, found: _Recalled) -> bool:
    """Whether a run whose values carry their origin ended as the one with plain values, and speaks for others."""
    if found.parameters is not None and 0 < found.parameters <= tracker.optional:
        # Without those there may be nothing to train.
        return False
    return tracker.speaks_for_others and not tracker.reading.expected and again.is_like(found)


def _name_of(tensor: Any) -> str:
    """The name of an output, which losses may be given under."""
    name: Optional[str] = tensor.layer.name
    _MEMORY.require(name is not None)
    return name or ""


def _holds_dictionary(key: Any) -> bool:
    return isinstance(key, (tuple, list)) and (
        "dict" in key[:1] or any(_holds_dictionary(each) for each in key)
    )


def _is_spoken_for(told: Mapping[str, Any], name: str, base: Any, value: Any) -> bool:
    """Whether what a run has shown, in which a hyperparameter had the value `base`, holds for another value."""
    if name in told["free"]:
        return True
    alike: Tuple[Any, ...] = told["alike"].get(name, (base,))
    return any(type(each) is type(value) and bool(each == value) for each in alike)


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
        "lacks": private.lacks(),
        "cards": cards.listed() if device.accelerators() else (),
        "memory": device.memory_bytes(),
        "gpu_unseen": device.unseen(),
        "unfenced": guard.unfenced(),
        "barriers": guard.standing(),
        "problem": private.problem(),
    }
    return found


def _names_despite(model: Any) -> Tuple[str, ...]:
    """The names that the steps of a model will report once they no longer fail; () where that cannot be told."""
    try:
        return step.guessed_log_names(model, fails=True)
    except Exception:
        return ()


def _clear_session() -> None:
    """Keras's state as a trial finds it, without the garbage collection that a trial can afford."""
    if _KEEPS_MEMORY:
        keras.backend.clear_session(free_memory=False)
    else:
        keras.backend.clear_session()


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
    if not isinstance(owner, keras_tuner.HyperModel) or type(owner).fit is keras_tuner.HyperModel.fit:
        return False
    return not handing.hands_on(owner.fit)


def _parameters(model: Any) -> Optional[int]:
    if not isinstance(model, keras.Model) or not model.built:
        return None
    try:
        return int(model.count_params())
    except ValueError:
        return None


def _without_batch(call: Dict[str, Any]) -> Dict[str, Any]:
    opened = {
        name: tuple((None, *shape[1:]) if shape[:1] == (step.BATCH,) else shape for shape in call[name])
        for name in ("input_shapes", "output_shapes")
    }
    return dict(call, **opened)


def _is_same(found: Any, real: Any) -> bool:
    """Whether a real step failed as its trace did: in the same words, or at the same place of the user's code."""
    if real is None or found["type"] != real["type"]:
        return False
    return errors.skeleton(found) == errors.skeleton(real) or bool(
        found["frames"] and found["frames"] == real["frames"]
    )
