"""Does what `tuner.search` does, once and small, and watches: one configuration, two trials, a few batches.

Everything that the user wrote runs as it would in a search, and so does all of Keras and Keras Tuner. Only this is
changed, in this process alone: the project lies in a scratch folder, each trial has the configuration at hand, and
Keras trains and evaluates on a few batches (`cutting`).
"""

from __future__ import annotations

import contextlib
import dis
import functools
import inspect
import math
import os
import re
import sys
import traceback
import types
import warnings
from typing import Any, Callable, Dict, Iterator, List, Optional, Sequence, Set, Tuple

import keras
import keras_tuner
import numpy

from . import (
    apart,
    best,
    called,
    compared,
    cost,
    cutting,
    device,
    errors,
    facts,
    guard,
    hooks,
    hyperparameters,
    imports,
    kinds,
    loops,
    meant,
    offline,
    pretrained,
    private,
    promoted,
    samples,
    shared,
    untracked,
)
from .places import below
from .positions import Positions
from .standins import Assumption

TRIALS = 2
"""The second shows what the first has used up."""

MOST_LEFT_OUT = 500
"""A training that leaves out more steps than that is not played as long as it is."""

MOST_LOADED = 3
"""The model of one trial is made again so often, where a hundred of the best are asked for."""

MOST_WARNINGS = 20

MOST_READ = 200
"""What rests on more files than that is not worth a comparison with them."""

MOST_PROMOTED = 5.0
"""Where a trial took more seconds, no other one is begun only to see how it begins."""

_WHOLE_TRIAL = "_run_and_update_trial"

BASE = keras_tuner.Tuner.__mro__[1]
"""Keras Tuner's `BaseTuner`, from which all tuners derive."""

_OBJECTIVE = ("validate_trial_results", "convert_to_metrics_dict", "get_best_step", "update_trial")
_BUILDING = ("_try_build", "_build_hypermodel", "_activate_all_conditions")


_OF_NO_DATA = ("slice", "tuner", "search", "callbacks", "objective", "save", "end", "after")
"""Stages at which a failure has nothing to do with the values and shapes of data."""

_OF_ARGUMENTS = ("argument-unknown", "argument-missing", "arguments-too-many")

_NO_NETWORK = "It needs the network, which a rehearsal does not have."

_OF_ANOTHER = "It rests on what an earlier search finds, which a rehearsal does not play."

_ENDS = {"TimeUp": "It takes too long.", "MemoryError": "It takes too much memory."}


class Over(BaseException):
    """Nothing after this can be learned. Not an Exception, so that user code does not keep it."""


class Watch:
    """One rehearsal in this process, from the first statement that makes a tuner to the last that asks it."""

    def __init__(
        self,
        configuration: Dict[str, Any],
        positions: Positions,
        scratch: str,
        assumption: Assumption,
        acts: Sequence[Sequence[int]] = (),
        declared: Optional[Dict[str, Any]] = None,
    ) -> None:
        self._configuration = configuration
        self._positions = positions
        self._project, self._folder = os.path.join(scratch, "project"), "."
        """Where the project lies, and where the user wants it."""
        self._assumption = assumption
        self.offline = offline.Offline(positions)
        self._loops = loops.Loops(positions)
        self._hooks = hooks.Hooks(self._refusal)
        self._python = called.Called(positions)
        self._shared = shared.Shared()
        self._best = best.Asked()
        self._meter = cost.Meter()
        self._acts = acts
        self._declared = declared or {}
        self._report: Dict[str, Any] = {
            "verdict": "ok",
            "stage": None,
            "error": None,
            "fatal": False,
            "trial": 0,
        }
        self._facts: Dict[str, Any] = {}
        self._values: Dict[str, Any] = {}
        self._hyperparameters: List[Dict[str, Any]] = []
        self._space: List[Any] = []
        """The hyperparameters that the last trial had at its end."""
        self._given: Dict[str, Any] = {}
        """The arguments of the search."""
        self._warnings: Dict[str, None] = {}
        self._read: Set[str] = set()
        """The user's files and folders that were opened or listed."""
        self._made: List[Tuple[Any, Any]] = []
        """Each layer with the frame in which it was made."""
        self._inside: List[Dict[str, Any]] = []
        """Where in the user's code a compiled step rose."""
        self._callbacks: List[Any] = []
        """Those that the search is given, of which its trials have copies."""
        self._tuner: Any = None
        self._tolerated: Optional[int] = None
        self._trials = self._completed = 0
        self._fitting = 0
        self._fractions: Dict[str, float] = {}
        """What the last training is given as a float where it counts."""
        self._left_out: float = 0
        """How many steps the trainings of a trial have left out so far."""
        self._uncut = False
        self._rounds: List[int] = []
        """Where the last tuner was made: the lines of all frames of the user's."""
        self._within_trial = self._called = self._searched = self._made_up = self._lost = False
        self._run_trial: Any = None
        """The method of the tuner itself."""
        self._fits = False
        """Whether its trials come to the `fit` of the hypermodel."""
        self._own = self._unsearched = False
        """Whether the tuner was made whose search this is, and whether one was asked for its best before any search."""

    def report(self) -> Dict[str, Any]:
        """The fields of a Rehearsal."""
        self._facts.update(trials=self._trials, completed=self._completed)
        if self.absent:
            self._facts["absent"] = sorted({name.partition(".")[0] for name in self.absent})
        self._facts.update(shared=self._shared.found, silenced=self._hooks.silenced)
        if self._hooks.waited:
            self._facts["waited"] = self._hooks.waited
        measured = self._meter.found(bool(self._loops.shortened))
        if measured is not None:
            self._facts["cost"] = measured
        return {
            **self._report,
            "configuration": self._configuration,
            "tolerated": self._tolerated,
            "assumed": self._assumption.made,
            "values": facts.plain(self._values),
            "hyperparameters": self._hyperparameters,
            "facts": facts.plain(self._facts),
            "warnings": list(self._warnings),
            "read": sorted(self._read) if len(self._read) <= MOST_READ else None,
        }

    # What happened.

    absent: Sequence[str] = ()
    """The modules that were imported and not found."""

    begun = False
    """Whether anything was played yet; what comes before is as for a probe."""

    @property
    def has_tuner(self) -> bool:
        """Whether a tuner was made: from here on everything is the search's."""
        return self._tuner is not None

    @property
    def settled(self) -> bool:
        """Whether the outcome is known, or known to stay unknown."""
        return bool(self._report["verdict"] != "ok")

    def unknown(self, type_name: str, why: str) -> None:
        """Nothing is learned, for a reason that is no failure of the user's code."""
        if not self.settled:
            # Of a search that ran this is known, whatever follows it.
            stage = "after" if self._searched else None
            self._report.update(verdict="unknown", stage=stage, error=errors.limit(type_name, why))

    def out_of_time(self, why: str) -> None:
        """Nothing is learned of what took too long, whatever it seemed to come to."""
        self._report.update(verdict="ok")
        self.unknown("TimeLimit", why)

    def doubt(self, why: str) -> None:
        """What failed may have failed for what is made up."""
        if self._report["verdict"] == "fail":
            self._report.update(verdict="ok")
            self.unknown("Missing", why)

    def stumbled(self, error: BaseException) -> None:
        """A statement before the tuner raised. What Keras raises there for what the file gives it ends the file, and so do
        arguments that nothing takes."""
        if not self.settled and self._refuses_arguments(error):
            self._note(error, fatal=True, stage="slice")
            raise Over from None
        modules = [module for module, _ in _functions(error)]
        asked = any(each.startswith(("keras.", "keras_tuner.")) for each in modules)
        if self.settled or self._assumption.made or not asked or self._excuse(error, "slice") is not None:
            return
        frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
        if isinstance(error, (OSError, ImportError)) or any(map(_lacks_a_file, frames)):
            return
        if samples.stand_ins_in(value for frame in frames for value in self._at_hand(frame)):
            return
        self._note(error, fatal=True, stage="slice")
        raise Over from None

    def failed(self, error: BaseException) -> None:
        """An exception that left the search, or a statement around it."""
        if self.settled:
            return
        if not self.begun and _lacks_of_keras(error):
            self._note(error, fatal=True, stage="slice")
            return
        if not self.begun:
            self._report.update(
                verdict="unknown", stage="slice", error=errors.describe(error, "slice", self._positions)
            )
            return
        if self._unsearched and not self._own:
            self.unknown("Search", _OF_ANOTHER)
            return
        if not self._belongs(error):
            described = errors.describe(error, "slice", self._positions)
            self._report.update(verdict="unknown", stage="after" if self._searched else None, error=described)
            return
        self._note(error, fatal=not self._searched)

    def _belongs(self, error: BaseException) -> bool:
        """Whether the search is to blame, and not what the file does around it.

        After a search that was played small only what asks Keras or Keras Tuner, or asks for what is not there, counts;
        of that, inside functions of the file, only what no data decide.
        """
        if any(module.startswith(("keras.", "keras_tuner.")) for module, _ in _functions(error)):
            return True
        *around, last = self._watched(error) or [False]
        if not self._searched:
            return last or self._refuses_arguments(error)
        counted = self._best.lacking(error) or self._best.ill_taken(error)
        if last and (self._is_no_value(error) or counted is not None or isinstance(error, UnboundLocalError)):
            return True
        if last and self._is_of_no_search(error):
            return True
        return isinstance(error, (AttributeError, TypeError)) and (last or any(around))

    def _refuses_arguments(self, error: BaseException) -> bool:
        """Whether a call in the user's code gives arguments that what it calls has not, or not all that it needs, whatever
        their values are."""
        last: Optional[types.TracebackType] = error.__traceback__
        while last is not None and last.tb_next is not None:
            last = last.tb_next
        frames = self._positions.frames(error.__traceback__)
        if last is None or not isinstance(error, TypeError) or not self._positions.is_user(last.tb_frame):
            return False
        kind, details = kinds.classify(error, str(error))
        root = str(details.get("callee", "")).partition(".")[0]
        called = last.tb_frame.f_globals.get(root) or vars(keras_tuner).get(root)
        home = sys.modules.get(getattr(called, "__module__", None) or "")
        own = home is not None and (home.__name__.startswith("keras_tuner") or "__hypershape__" in vars(home))
        plain = self._positions.calls_plainly(frames[-1]) and not self._positions.may_be_caught(frames)
        return kind in _OF_ARGUMENTS and own and plain

    def _is_of_no_search(self, error: BaseException) -> bool:
        """Whether values are at fault with which the search has nothing to do: what fails names nothing that came from it."""
        if not isinstance(error, (IndexError, ArithmeticError)) or self._assumption.made:
            return False
        names = self._positions.names(self._positions.frames(error.__traceback__)[-1])
        *_, (frame, _) = traceback.walk_tb(error.__traceback__)
        values = [frame.f_locals.get(each, frame.f_globals.get(each)) for each in names or ()]
        # A list may be one that trials fill.
        fixed = all(isinstance(each, (numpy.ndarray, tuple, str, int, float)) for each in values)
        return names is not None and fixed and not names & self._positions.bound(self._acts)

    def _is_no_value(self, error: BaseException) -> bool:
        """Whether a key is missing that more trials would not have brought, as those of what the file collects by a value."""
        key = error.args[0] if isinstance(error, KeyError) and error.args else None
        values = {str(each) for hp in self._hyperparameters for each in hp["values"] or ()}
        return isinstance(key, str) and not key.isdecimal() and key not in values

    def _watched(self, error: BaseException) -> List[bool]:
        """Whether each frame of an error, outermost first, stands in a statement that is played for the search."""
        return list(map(self._is_act, self._positions.frames(error.__traceback__)))

    def _is_act(self, frame: Dict[str, Any]) -> bool:
        line = frame["line"] or frame["span"]["line"]
        return any(first <= line <= last for first, last in self._acts)

    def _running(self) -> List[Any]:
        """The frames of the user's code that are running, outermost first."""
        found, frame = [], self._positions.innermost(inspect.currentframe())
        while frame is not None:
            found.append(self._positions.described(frame))
            frame = self._positions.innermost(frame.f_back)
        return [each for each in reversed(found) if each is not None]

    def _note(
        self,
        error: BaseException,
        *,
        fatal: bool,
        stage: Optional[str] = None,
        around: Sequence[Dict[str, Any]] = (),
    ) -> None:
        stage = stage or self._stage(error)
        within = self._python.behind(error)
        if within is not None:
            around = [*around, *self._positions.frames(error.__traceback__)]
            error = within
        excuse = self._excuse(error, stage)
        if excuse is not None:
            self.unknown(*excuse)
            return
        first = error.__context__
        if first is not None and isinstance(error, keras_tuner.errors.FatalError):
            self._facts["because"] = "%s: %s" % (type(first).__name__, errors.cleaned(str(first))[:500])
        described = errors.describe(error, "step", self._positions, around=around)
        described["message"] = described["message"].replace(self._project, self._folder)
        self._locate(described, error)
        lacking = self._best.lacking(error)
        if lacking is not None and stage == "after":
            self._facts["best"] = lacking
        numbers = self._best.ill_taken(error)
        if numbers is not None and stage == "after":
            self._facts["numbers"] = numbers
        asked = getattr(error, "obj", None) if stage == "after" else None
        if any(each is asked for each in self._callbacks):
            self._facts["copied"] = type(asked).__name__
        uncopied = meant.not_copied(self._callbacks) if stage == "callbacks" else None
        if uncopied is not None:
            self._facts["uncopied"] = uncopied
        for name, each in self._given.items():
            met = facts.met(each)
            if met is not None:
                self._facts["search"][name]["met"] = met
        names = meant.known(error, self._positions)
        if names is not None:
            self._facts["meant"] = names
        by_label = meant.by_label(error)
        if by_label is not None:
            self._facts["by_label"] = by_label
        if self._fractions and self._from_keras(error):
            self._facts["fractions"] = self._fractions
        hook = hooks.refusing(error)
        if hook is not None:
            self._facts["hook"] = hook
        modelless = meant.without_model(error)
        if modelless is not None:
            self._facts["without_model"] = modelless
        self._report.update(
            verdict="fail",
            stage=stage,
            error=described,
            fatal=fatal,
            trial=self._trials if self._within_trial else 0,
        )

    def _excuse(self, error: BaseException, stage: str) -> Optional[Tuple[str, str]]:
        """Why an error is no failure of a search: the type that stands for it, and one sentence."""
        refusal = self._refusal(error)
        if refusal is not None:
            return "Refused", refusal
        if isinstance(error, keras_tuner.errors.FailedTrialError):
            return "FailedTrialError", "The trial is given up on purpose: %s" % error
        if not isinstance(error, Exception) or isinstance(error, MemoryError):
            name = type(error).__name__
            return name, _ENDS.get(name, "It ends the program.")
        if isinstance(error, FileNotFoundError) and not self._from_keras(error):
            return "Missing", "It needs a file that is not at hand: %s" % error
        if stage == "after" and any(
            function.startswith("load") and _lacks_a_file(frame)
            for (_, function), (frame, _) in zip(_functions(error), traceback.walk_tb(error.__traceback__))
        ):
            return "Missing", "It needs a file that this search did not write."
        if self._is_of_the_silenced(error):
            return "Refused", "It rests on what a callback was not let do here."
        if self._wants_a_gpu(error):
            return (
                "Device",
                "It needs an operation that TensorFlow has for GPUs alone, and is played on the CPU.",
            )
        if self._loops.shortened and stage != "objective":
            return "TimeLimit", "Its own training loop takes longer than a rehearsal may."
        lacking = self._assumption.made or self._assumption.classes_assumed
        if lacking and not self._holds_without_data(error, stage):
            return "Missing", "It needs something that is not at hand."
        if self._guesses_classes() and _counts_classes(error, self._assumption.classes):
            return "Missing", "It needs something that is not at hand."
        return None

    def _guesses_classes(self) -> bool:
        """Whether data has a number of classes that was made up, and not for the model."""
        return self._assumption.classes_assumed and not self._assumption.classes_fit

    def _refusal(self, error: BaseException) -> Optional[str]:
        """What a rehearsal did not let code of the user's do, in one sentence; None where an error is of another kind."""
        refusal = guard.refusal(error)
        return _NO_NETWORK if refusal is None and self.offline.may_lack(error) else refusal

    def _is_of_the_silenced(self, error: BaseException) -> bool:
        frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
        owners = [frame.f_locals["self"] for frame in frames if "self" in frame.f_locals]
        return any(self._hooks.is_silenced(type(each)) for each in owners)

    def _wants_a_gpu(self, error: BaseException) -> bool:
        """Whether the operation that failed may run where the search does: on the GPU that this machine has.

        TensorFlow's processors cannot train a convolution whose channels come first.
        """
        first = any(getattr(layer, "data_format", None) == "channels_first" for layer, _ in self._made)
        return first and type(error).__module__.startswith("tensorflow") and bool(device.accelerators())

    def _from_keras(self, error: BaseException) -> bool:
        """Whether Keras or Keras Tuner raised it for what the user's code asked of them."""
        inside = False
        for frame, _ in traceback.walk_tb(error.__traceback__):
            module = frame.f_globals.get("__name__") or ""
            inside = not self._positions.is_user(frame) and (
                inside or module.startswith(("keras.", "keras_tuner."))
            )
        return inside

    def _holds_without_data(self, error: BaseException, stage: str) -> bool:
        """Whether a failure is none of the data that is missing: neither of its shapes nor of what stands for it."""
        frames = list(traceback.walk_tb(error.__traceback__))
        if stage == "slice" and (self._refuses_arguments(error) or _lacks_of_keras(error)):
            return True
        counts = (self._best.lacking(error), self._best.ill_taken(error))
        if stage == "after" and counts != (None, None):
            return True
        modules = [frame.f_globals.get("__name__") or "" for frame, _ in frames]
        asks = [
            module.startswith("keras_tuner") or (stage == "after" and self._acts_on(*each) is not None)
            for each, module in zip(frames, modules)
        ]
        if True not in asks:
            return False
        begun = asks.index(True)
        called = modules[-1].startswith("keras_tuner") and isinstance(error, TypeError)
        if self._made_up and stage not in _OF_NO_DATA and not called:
            return False
        own = __name__.rpartition(".")[0]
        return not any(
            samples.stand_ins_in(self._at_hand(frame, self._acts_on(frame, line)))
            for (frame, line), module in zip(frames[begun:], modules[begun:])
            if not module.startswith(own)
        )

    def _acts_on(self, frame: types.FrameType, line: int) -> Optional[Sequence[int]]:
        """The first and the last line of the statement that a frame runs, where that is played."""
        found = (each for each in self._acts if each[0] <= line <= each[1])
        return next(found, None) if self._positions.is_user(frame) else None

    def _at_hand(self, frame: types.FrameType, act: Optional[Sequence[int]] = None) -> Iterator[Any]:
        """What the code of a frame can have worked with; of a statement that is played, what it names."""
        names = frame.f_code.co_names if self._positions.is_user(frame) else ()
        if act is not None:
            names = tuple(_names_on(frame.f_code, *act))
        yield from (value for name, value in frame.f_locals.items() if act is None or name in names)
        for name in names:
            if name in frame.f_globals:
                yield frame.f_globals[name]

    def _locate(self, described: Dict[str, Any], error: BaseException) -> None:
        """A failure of a graph names its layer and no line: the one that made the layer is added.

        Where it rose in code of the user's, that line is.
        """
        if self._inside and type(error).__module__.startswith("tensorflow"):
            described["frames"] += self._inside
        if len(described["frames"]) > 1:
            return
        for word in reversed(str(error).replace("'", "/").split("/")):
            # A graph numbers what it meets again.
            meant = (word, re.sub(r"_\d+$", "", word))
            places = [frame for layer, frame in self._made if getattr(layer, "name", None) in meant and frame]
            if places:
                if all(place == places[0] for place in places):
                    described["frames"].append(places[0])
                    described["layer"] = word
                return

    def _stage(self, error: BaseException) -> str:
        if self._tuner is None:
            made = any(module.startswith("keras_tuner") for module, _ in _functions(error))
            return "tuner" if made else "slice"
        if self._searched:
            return "after"
        if not self._called:
            self._facts["before_search"] = True
            self._facts["reloads"] = any(
                module.startswith("keras_tuner.") and function == "reload"
                for module, function in _functions(error)
            )
            return "slice"
        if not self._within_trial:
            return "end" if self._trials else "search"
        stage = "fit"
        for module, function in _functions(error):
            if module.startswith("keras_tuner") and function in _BUILDING:
                stage = "build"
            elif module.startswith("keras_tuner") and function in _OBJECTIVE:
                stage = "objective"
            elif function == "_deepcopy_callbacks" or ".callbacks" in module:
                stage = "callbacks"
            elif ".saving" in module or function in ("save_model", "save_weights", "_save_model"):
                stage = "save"
            elif module.startswith(("keras.", "keras_tuner.")) and function == "evaluate":
                stage = "validate"
        return stage

    # The patches.

    def install(self) -> None:
        """Puts the watch into Keras and Keras Tuner; there is no way back, the process ends with the rehearsal."""
        errors.filtering().disable_traceback_filtering()
        warnings.showwarning = self._warned
        pretrained.install()
        self._python.install()
        sys.addaudithook(self._noting_files(os.getcwd()))
        for holder, name, around in (
            (BASE, "__init__", self._around_init),
            (BASE, "search", self._around_search),
            (keras_tuner.Oracle, "get_best_trials", self._around_best),
            (_holder(keras.Model, "compile"), "compile", self._around_compile),
            (_holder(keras.Model, "fit"), "fit", self._around_fit),
            (_holder(keras.Model, "evaluate"), "evaluate", self._around_evaluate),
            (_holder(keras.Model, "predict"), "predict", self._around_predict),
            *(((BASE, _WHOLE_TRIAL, self._around_trial),) if private.has(private.TRIAL) else ()),
        ):
            setattr(holder, name, _wrapped(getattr(holder, name), around))
        # Not `__init__`, whose signature Keras reads.
        make = keras.layers.Layer.__new__
        keras.layers.Layer.__new__ = staticmethod(
            functools.wraps(make)(functools.partial(self._around_new, make))
        )

    def _noting_files(self, folder: str) -> Callable[[str, Tuple[Any, ...]], None]:
        """A hook that notes what is read of the user's, which is all that no program brought."""
        scratch = os.path.dirname(os.path.realpath(self._project))
        brought = below(
            os.path.realpath(each)
            for each in (sys.prefix, sys.base_prefix, scratch, "/proc", "/sys", "/dev", "/etc", "/usr")
        )

        def note(event: str, args: Tuple[Any, ...]) -> None:
            if event not in ("open", "os.listdir", "os.scandir") or not args or len(self._read) > MOST_READ:
                return
            if isinstance(args[0], (str, bytes, os.PathLike)):
                path = os.path.realpath(os.path.join(folder, os.fsdecode(args[0])))
                if not brought(path):
                    self._read.add(path)

        return note

    def _warned(self, message: Any, category: Any, *_: Any, **__: Any) -> None:
        if len(self._warnings) < MOST_WARNINGS:
            self._warnings["%s: %s" % (category.__name__, str(message)[:500])] = None

    def _around_init(self, real: Any, tuner: Any, *args: Any, **kwargs: Any) -> None:
        self.begun = True
        if os.environ.get("KERASTUNER_ORACLE_IP"):
            self.unknown("Chief", "Its trials come from a chief at KERASTUNER_ORACLE_IP.")
            raise Over
        bound = _bound(real, tuner, *args, **kwargs)
        if bound is None:
            real(tuner, *args, **kwargs)
            return
        if self._unsearched:
            self.unknown("Search", _OF_ANOTHER)
            raise Over
        running = self._running()
        rounds = [each["line"] or each["span"]["line"] for each in running]
        if self._searched and rounds == self._rounds:
            # The next round of a loop: what there was to learn of its search and what follows it is known.
            raise Over
        self._rounds = rounds
        self._own = self._own or any(map(self._is_act, running))
        self._folder = str(bound.arguments.get("directory") or ".")
        # One that is made after a search, of what that found, does not write over it.
        project = self._project + "_later" * self._searched
        bound.arguments.update(directory=project, overwrite=True)
        self._meter.begin()
        try:
            real(*bound.args, **bound.kwargs)
        except Exception as error:
            # Wherever the file makes its tuner: no statement around it may take this for missing data.
            if not self.settled:
                given = getattr(bound.arguments.get("oracle"), "hyperparameters", None)
                self._facts["hyperparameters"] = "list" if isinstance(given, list) else type(given).__name__
                first = not self._searched
                self._note(error, stage="tuner" if first else "after", fatal=first, around=self._running())
            raise Over from None
        self._tuner = tuner
        self._facts["tuner"] = facts.of_tuner(tuner)
        run, hypermodel = tuner.run_trial, getattr(tuner, "hypermodel", None)
        if hypermodel is not None and callable(getattr(hypermodel, "fit", None)):
            hypermodel.fit = self._noting_names(hypermodel.fit)
        self._run_trial = run
        # A plain function: a callback that holds its tuner is copied with all that hangs on it.
        tuner.run_trial = lambda trial, *args, **kwargs: self._around_run_trial(
            run, tuner, trial, *args, **kwargs
        )
        search = tuner.search

        @functools.wraps(search)
        def searching(*args: Any, **kwargs: Any) -> Any:
            # A tuner's own `search` may refuse its arguments before it comes to that of Keras Tuner.
            self._called = True
            return search(*args, **kwargs)

        tuner.search = searching
        tuner.load_model = self._loading(tuner.load_model)
        self._best.watch(tuner)
        oracle = tuner.oracle
        self._tolerated = getattr(oracle, "max_consecutive_failed_trials", None)
        populate = oracle.populate_space
        oracle.populate_space = lambda trial_id: self._populated(oracle, populate, trial_id)

    def _loading(self, load: Callable[[Any], Any]) -> Callable[[Any], Any]:
        """What makes the model of a trial again; of the one that stands for many others a few times only."""
        loaded: Dict[str, List[Any]] = {}

        @functools.wraps(load)
        def loading(trial: Any) -> Any:
            known = loaded.setdefault(trial.trial_id, [])
            if not self._searched or len(known) < MOST_LOADED:
                known.append(load(trial))
            return known[-1]

        return loading

    def _noting_names(self, fit: Callable[..., Any]) -> Callable[..., Any]:
        """A training whose results are looked at before Keras Tuner may refuse them."""

        @functools.wraps(fit)
        def noting(*args: Any, **kwargs: Any) -> Any:
            self._fits = True
            result = fit(*args, **kwargs)
            self._facts["reported"] = sorted(facts.names(result))
            self._note_returned(fit, result)
            return result

        return noting

    def _note_returned(self, method: Any, result: Any) -> None:
        """Notes a method of the user's that gave metrics back, or should have."""
        code = getattr(method, "__code__", None)
        if code is not None and self._positions.holds(code.co_filename):
            self._facts["returning"] = method.__qualname__
            if result is None:
                self._facts["nothing"] = method.__qualname__
            arrays = facts.arrays(result)
            if arrays:
                self._facts["arrays"] = arrays

    def _populated(self, oracle: Any, real: Callable[[str], Any], trial_id: str) -> Any:
        """What the oracle draws, with the values of the configuration at hand."""
        if self._trials >= TRIALS or self.settled:
            return {"status": keras_tuner.engine.trial.TrialStatus.STOPPED, "values": None}
        response = real(trial_id)
        code = getattr(real, "__code__", None)
        if "status" not in response and code is not None and self._positions.holds(code.co_filename):
            self._facts["lacking"] = {"method": real.__qualname__, "key": "status"}
        if response.get("values") is not None:
            # Nothing is drawn: the second trial differs from the first in nothing but what that left behind.
            known = {
                each.name: self._values.get(each.name, each.default) for each in oracle.hyperparameters.space
            }
            fixed = {name: known[name] for name in response["values"] if name in known}
            space = {each.name: each for each in oracle.hyperparameters.space}
            asked = {
                name: value
                for name, value in self._configuration.items()
                if name not in space or hyperparameters.is_drawn(space[name], value)
            }
            response["values"] = {**response["values"], **fixed, **asked}
        return response

    def _around_search(self, real: Any, tuner: Any, *args: Any, **kwargs: Any) -> Any:
        if "callbacks" in kwargs:
            kwargs["callbacks"] = self._hooks.at_hand(kwargs["callbacks"])
            hooks.log_into(self._project + "_logs", kwargs["callbacks"])
        given = {**{str(index): each for index, each in enumerate(args)}, **kwargs}
        # By now a constructor that goes on after that of the base is over as well.
        self._facts["tuner"] = facts.of_tuner(tuner)
        self._facts["search"] = {name: facts.describe(each) for name, each in given.items()}
        self._given = given
        if isinstance(kwargs.get("callbacks"), (list, tuple)):
            self._callbacks = list(kwargs["callbacks"])
        self._made_up |= self._assumption.turned or bool(self._assumption.asked)
        if samples.holds_stand_in(list(given.values())):
            args, kwargs = self._with_samples(tuner, given)
        if self._assumption.made and samples.lacks_samples(given):
            self.unknown("Missing", "It needs data that is not at hand.")
            raise Over
        self._searched = False
        self._loops.install()
        try:
            result = real(tuner, *args, **kwargs)
        finally:
            space = tuner.oracle.get_space().space
            # What a trial declared before it failed is known to that trial alone.
            names = {each.name for each in space}
            space = [*space, *(each for each in self._space if each.name not in names)]
            self._hyperparameters = [hyperparameters.describe(each, None) for each in space]
        trials = tuner.oracle.trials.values()
        if not self.settled and any(
            trial.score is not None and trial.score != trial.score for trial in trials
        ):
            self._facts["score_is_no_number"] = True
            self._note_no_number(tuner)
        if not self.settled and self._completed == self._trials and any(_failed(trial) for trial in trials):
            self.unknown("Results", "Keras Tuner does not take what a trial returns.")
        if self.settled:
            raise Over
        if self._fits:
            self._note_promoted(tuner, args, kwargs)
        self._searched = True
        return result

    def _note_promoted(self, tuner: Any, args: Sequence[Any], kwargs: Dict[str, Any]) -> None:
        """Notes how a trial begins that Hyperband goes on with: with the weights of one that this search has played."""
        if not promoted.is_played(tuner.oracle) or self._meter.last() > MOST_PROMOTED:
            return
        try:
            error = promoted.failure(tuner, self._run_trial, args, kwargs)
        except promoted.Unknown:
            return
        # What is loaded was written for the same values: no data decide that.
        if error is None or self._excuse(error, "save") is None:
            told = None if error is None else errors.describe(error, "step", self._positions)
            self._facts["promoted"] = {"error": told}

    def _note_no_number(self, tuner: Any) -> None:
        """An objective that is NaN. Where the loss of whole batches of the search's own data is, no later batch mends it:
        the weights are NaN from then on."""
        if self._lost and not self._made_up and not self._loops.shortened:
            error = errors.record("NaN", "The loss is NaN.", "step", (), kind="other")
            self._report.update(verdict="fail", stage="fit", error=error, fatal=False, trial=self._trials)
        else:
            name = getattr(tuner.oracle.objective, "name", None)
            self.unknown(
                "NaN", "On a part of its data the objective%s is NaN." % (" %s" % name if name else "")
            )

    def _with_samples(self, tuner: Any, given: Dict[str, Any]) -> Tuple[Tuple[Any, ...], Dict[str, Any]]:
        """The arguments of a search with arrays that fit the model in the place of what is missing."""
        try:
            model = tuner.hypermodel.build(tuner.oracle.get_space())
            found = samples.replaced(given, model, self._assumption, self._declared)
        except Exception:
            found = None
        if found is None:
            self.unknown("Missing", "It needs data that is not at hand.")
            raise Over
        self._made_up |= not (self._declared.get("x") and self._declared.get("y"))
        positional = tuple(found.pop(str(index)) for index in range(sum(name.isdigit() for name in found)))
        return positional, found

    def _supply(self, model: Any, given: Dict[str, Any], labelled: bool = True) -> None:
        """Gives a model that is to train or to be asked arrays in the place of what is missing, where it is clear which."""
        if not samples.holds_stand_in(list(given.values())):
            return
        data = {name: value for name, value in given.items() if name in samples.DATA}
        with contextlib.suppress(Exception):
            found = samples.replaced(data, model, self._assumption, self._declared, labelled)
            if found is not None:
                given.update(found)
                self._made_up = True

    def _around_trial(self, real: Any, tuner: Any, trial: Any, *args: Any, **kwargs: Any) -> Any:
        self._trials += 1
        self._within_trial = True
        self._loops.begin()
        self._left_out = 0
        try:
            with (
                self._fewer_executions(tuner),
                self._meter.trial(),
                hyperparameters.within_domains(trial.hyperparameters),
            ):
                result = self._believed(functools.partial(real, tuner, trial, *args, **kwargs))
            self._completed += 1
            return result
        except Exception as error:
            if not self.settled:
                self._note(error, fatal=isinstance(error, keras_tuner.errors.FatalError))
            # A retry would tell the same again.
            tuner.oracle.max_retries_per_trial = 0
            raise
        finally:
            self._values = dict(trial.hyperparameters.values)
            self._space = list(trial.hyperparameters.space)
            self._within_trial = False
            self._loops.end()

    @contextlib.contextmanager
    def _fewer_executions(self, tuner: Any) -> Iterator[None]:
        """One training of a trial shows what several do, and the second trial what the first has used up."""
        asked = vars(tuner).get("executions_per_trial")
        own = not type(tuner).run_trial.__module__.startswith("keras_tuner.")
        if own or type(asked) is not int or asked < 2:
            yield
            return
        tuner.executions_per_trial = 1
        try:
            yield
        finally:
            tuner.executions_per_trial = asked
            self._meter.executed(asked)

    def _believed(self, trial: Callable[[], Any]) -> Any:
        """Plays a trial, and once more as long as it is where code of the user's fails after a training that was cut.

        A fifth epoch that it asks for, or a sum over all batches, is what only that has.
        """
        try:
            return trial()
        except Exception as error:
            if self._uncut or not self._may_lack_steps(error):
                raise
            if self._left_out > MOST_LEFT_OUT:
                self.unknown("TimeLimit", "It fails after a training that is cut short in a rehearsal.")
                raise
            first = error
        self._uncut = True
        self._meter.again()
        try:
            return trial()
        except Exception as error:
            if self._failing(error) != self._failing(first):
                self.unknown("Again", "It fails in another way once its training is not cut short.")
            raise

    def _may_lack_steps(self, error: Exception) -> bool:
        """Whether an error is one of values and was raised by code of the user's, or for it by no part of Keras."""
        if not self._left_out or self._hooks.waited or self._from_keras(error):
            return False
        of_values = isinstance(error, (LookupError, ValueError, ArithmeticError, AssertionError))
        return of_values and not self._is_no_value(error) and bool(self._failing(error))

    def _failing(self, error: Exception) -> Tuple[Any, ...]:
        """The type of an error and the places in the user's code where it rose."""
        places = [
            (each["line"], each["span"]["line"]) for each in self._positions.frames(error.__traceback__)
        ]
        return (type(error), *places) if places else ()

    def _around_run_trial(self, real: Any, tuner: Any, trial: Any, *args: Any, **kwargs: Any) -> Any:
        """The public part of a trial, which is all of it where the rest cannot be watched."""
        if private.has(private.TRIAL):
            result = real(trial, *args, **kwargs)
        else:
            result = self._around_trial(
                lambda _, *each, **more: real(*each, **more), tuner, trial, *args, **kwargs
            )
        self._note_returned(real, result)
        names = facts.names(result)
        if names:
            self._facts["reported"] = sorted(names)
        return result

    def _around_best(self, real: Any, oracle: Any, num_trials: int = 1) -> Any:
        """As many trials as the search would have: the same ones again where only a few were played."""
        found = real(oracle, num_trials)
        self._unsearched = self._unsearched or not (oracle.trials or self._called)
        least = min(num_trials, oracle.max_trials or num_trials)
        if not found or not isinstance(least, int):
            return found
        return self._best.noted(found + found[-1:] * (least - len(found)), num_trials)

    def _around_compile(self, real: Any, model: Any, *args: Any, **kwargs: Any) -> Any:
        result = real(model, *args, **kwargs)
        frame = self._positions.innermost(inspect.currentframe())
        self._shared.optimizer(
            model, self._trials, None if frame is None else self._positions.described(frame)
        )
        return result

    def _around_fit(self, real: Any, model: Any, *args: Any, **kwargs: Any) -> Any:
        bound = _bound(real, model, *args, **kwargs)
        if bound is None or self._fitting:
            return real(model, *args, **kwargs)
        self._supply(model, bound.arguments)
        bound.apply_defaults()
        given = bound.arguments
        self._fractions = facts.fractions(given)
        shape = getattr(model, "input_shape", None) if model.built else None
        if isinstance(shape, tuple):
            self._facts["model"] = {"input": shape}
        generator, wanted = cutting.counted(given.get("x")), _drawn(given)
        unknown = self._assumption.made or self._guesses_classes()
        first = "compared" not in self._facts and not unknown
        labels = given.get("y") if first and given.get("sample_weight") is None else None
        asked, data = given.get("epochs"), given.get("x")
        asked_steps = given.get("steps_per_epoch")
        if not unknown:
            self._facts.update(apart.compared(given))
        self._facts["endless"] = sorted({*self._facts.get("endless", ()), *cutting.endless(given)})
        self._facts["rounds"] = {**self._facts.get("rounds", {}), **cutting.rounds(given)}
        whole = cost.asked(given, self._assumption.made)
        given["verbose"] = 0
        lengthened = False
        if not self._uncut:
            cutting.fit(given)
            # Statements cannot be played a second time, and what they ask of the history may be its last epoch.
            lengthened = self._searched and cutting.epochs_are_alike(given, data)
            if self._searched and not lengthened and isinstance(asked, int) and asked <= hooks.MOST_EPOCHS:
                given["epochs"] = asked
        # `clear_session`, which Keras Tuner calls before each build, forgets it.
        errors.filtering().disable_traceback_filtering()
        if generator is not None:
            given["x"] = generator.batches()
        variables = untracked.before(model)
        self._fitting += 1
        taken_off = self._hooks.watched(given.get("callbacks"))
        try:
            try:
                with cutting.noted(given.get("x")) as batches, self._meter.training(model, given, whole):
                    history = real(*bound.args, **bound.kwargs)
                    self._lost = self._lost or _is_lost(history)
                    self._left_out += 0 if self._uncut else _left_out(whole)
            except Exception as error:
                if any(function == "on_train_end" for _, function in _functions(error)) and not self._uncut:
                    self._left_out += _left_out(whole)
                if generator is None:
                    self._find_inside(error, real, bound)
                raise
            finally:
                drawn = batches if generator is None else generator.first
                if first and labels is None:
                    labels = compared.of_batches(drawn) if drawn else compared.labels_of_dataset(data)
                self._look_at(model, labels)
            if found := untracked.unchanged(variables):
                self._facts["untracked"] = found
            self._hooks.wait(given.get("callbacks"), given.get("epochs"), asked, history)
            if lengthened and isinstance(asked, int) and not model.stop_training:
                cutting.lengthen(history, asked)
            return history
        finally:
            self._fitting -= 1
            taken_off()
            if generator is not None and "x" not in self._facts["endless"]:
                generator.drain(wanted)
            if first and asked_steps is None:
                cutting.pass_through(given.get("x"))

    def _find_inside(self, error: Exception, real: Any, bound: inspect.BoundArguments) -> None:
        """Where a compiled step rose in code of the user's: as plain Python it tells."""
        if not type(error).__module__.startswith("tensorflow") or self._positions.frames(error.__traceback__):
            return
        model = bound.args[0]
        bound.arguments["callbacks"] = None
        model.run_eagerly, model.train_function, model.test_function = True, None, None
        try:
            real(*bound.args, **bound.kwargs)
        except Exception as again:
            self._inside = self._positions.frames(again.__traceback__)

    def _look_at(self, model: Any, labels: Any) -> None:
        """Notes of a trained model what raises nothing; classes of the user's may answer in any way."""
        with contextlib.suppress(Exception):
            if "compared" not in self._facts:
                self._facts["compared"] = compared.outputs(model, labels, facts.describe, self._made_at)
            self._shared.layers(model, self._trials, self._made_at)

    def _made_at(self, layer: Any) -> Any:
        return next((frame for each, frame in self._made if each is layer), None)

    def _around_evaluate(self, real: Any, model: Any, *args: Any, **kwargs: Any) -> Any:
        bound = _bound(real, model, *args, **kwargs)
        if bound is None or self._fitting:
            return real(model, *args, **kwargs)
        self._supply(model, bound.arguments)
        cutting.evaluate(bound.arguments)
        found = real(*bound.args, **bound.kwargs)
        if type(found) is not list:
            return found
        return self._best.measured(found, facts.of_metrics(model, len(found)))

    def _around_predict(self, real: Any, model: Any, *args: Any, **kwargs: Any) -> Any:
        bound = _bound(real, model, *args, **kwargs)
        if bound is None or self._fitting:
            return real(model, *args, **kwargs)
        self._supply(model, bound.arguments, labelled=False)
        return cutting.predict(bound.arguments, lambda: real(*bound.args, **bound.kwargs))

    def _around_new(self, real: Any, kind: Any, *args: Any, **kwargs: Any) -> Any:
        layer = real(kind, *args, **kwargs)
        frame = self._positions.innermost(inspect.currentframe())
        if frame is not None:
            self._made.append((layer, self._positions.described(frame)))
        return layer


def _counts_classes(error: BaseException, classes: int) -> bool:
    """Whether a failure says no more than that labels are of so many classes, and the model tells other ones apart."""
    kind, details = kinds.classify(error, str(error))
    labels, output = details.get("labels") or (), details.get("output") or ()
    other = labels[:-1] == output[:-1] and labels[-1:] == (classes,) and output[-1:] not in ((1,), (classes,))
    return (kind == "loss-mismatch" and other) or "outside the valid range" in str(error)


def _lacks_of_keras(error: BaseException) -> bool:
    """Whether an import names what a package that is there does not have: Keras, Keras Tuner or their backend."""
    package = (getattr(error, "name", None) or "").partition(".")[0]
    return isinstance(error, ImportError) and package in imports.NEEDED and package in sys.modules


def _lacks_a_file(frame: types.FrameType) -> bool:
    """Whether code of Keras's was given the path of a file that is not at hand, but for a callback, which writes its own."""
    values = frame.f_locals
    if not (frame.f_globals.get("__name__") or "").startswith("keras.") or isinstance(
        values.get("self"), keras.callbacks.Callback
    ):
        return False
    texts = [os.fspath(each) for each in values.values() if isinstance(each, (str, os.PathLike))]
    return any(
        isinstance(each, str) and re.search(r"[/\\]|\.\w+$", each) and not os.path.exists(each)
        for each in texts
    )


def _names_on(code: types.CodeType, first: int, last: int) -> Iterator[str]:
    """The names that the code on some lines mentions, and all those of the functions that it makes there."""
    lines, line = dict(dis.findlinestarts(code)), 0
    for each in dis.get_instructions(code):
        line = lines.get(each.offset) or line
        if first <= line <= last:
            inner = each.argval
            if isinstance(inner, types.CodeType):
                yield from (*inner.co_names, *inner.co_freevars)
            else:
                # Later versions of Python load two names at once.
                yield from (
                    name for name in (inner if isinstance(inner, tuple) else [inner]) if isinstance(name, str)
                )


def _wrapped(real: Any, around: Callable[..., Any]) -> Any:
    @functools.wraps(real)
    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        return around(real, self, *args, **kwargs)

    return method


def _holder(kind: type, name: str) -> type:
    """The class from which a class has a method."""
    return next(each for each in kind.__mro__ if name in vars(each))


def _bound(real: Any, *args: Any, **kwargs: Any) -> Optional[inspect.BoundArguments]:
    """The arguments of a call by their names; None where it takes no such arguments, as the call itself will say."""
    try:
        return inspect.signature(real).bind(*args, **kwargs)
    except TypeError:
        return None


def _drawn(given: Dict[str, Any]) -> float:
    """How many batches a search draws from a generator in all; without a number of steps, every one."""
    steps, epochs = given.get("steps_per_epoch"), given.get("epochs", 1)
    return steps * epochs if isinstance(steps, int) and isinstance(epochs, int) else math.inf


def _left_out(asked: Dict[str, Any]) -> float:
    """How many steps of a training a rehearsal leaves out, of what `cost.asked` says of it."""
    steps, epochs = asked.get("steps"), asked.get("epochs")
    if steps is None or epochs is None:
        return math.inf
    played = min(steps, cutting.STEPS + 1) * min(epochs, cutting.EPOCHS)
    return float(max(steps * epochs - played, 0))


def _is_lost(history: Any) -> bool:
    """Whether the loss of a training is NaN in the end."""
    losses = getattr(history, "history", {}).get("loss") or ()
    return any(isinstance(each, float) and each != each for each in losses)


def _failed(trial: Any) -> bool:
    """Whether Keras Tuner counts a trial as failed, in the words of any of its versions."""
    return trial.status in ("INVALID", "FAILED")


def _functions(error: BaseException) -> Iterator[Tuple[str, str]]:
    """Module and function of every frame of a traceback, outermost first."""
    for frame, _ in traceback.walk_tb(error.__traceback__):
        yield frame.f_globals.get("__name__") or "", frame.f_code.co_name
