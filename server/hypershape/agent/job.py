"""One job in its own process: runs the slice once, then the target at the configurations it is given."""

from __future__ import annotations

import builtins
import gc
import linecache
import math
import os
import sys
import time
from typing import Any, Callable, Optional

from . import (
    alarm,
    engine,
    environ,
    errors,
    given,
    guard,
    intact,
    kin,
    limits,
    reading,
    rehearsal,
    running,
    wire,
)
from .channel import Channel
from .positions import Positions, lines
from .standins import Assumption

REPORTS_AT_ONCE = 256
REPORTS_SECONDS = 0.05
PIECE = 1_000
"""So many hyperparameters of a long report travel at a time."""
STATEMENT_SECONDS = 3.0
SLICE_SECONDS = 30.0
AGAIN_SECONDS = 2.0

LEAST_SECONDS = 0.05
_UNSETTLED = "It needs values that other code sets before the search."
OVERTIME_SECONDS = 2.0
"""So long after the time of its batch a probe may end that has begun."""


class TimeUp(BaseException):
    """A probe's time is over. Not an Exception, so that `except Exception` in user code does not keep it."""


class Job:
    """The state of one job."""

    def __init__(self, params: dict[str, Any], progress: limits.Progress, scratch: str) -> None:
        self._progress = progress
        self._scratch = scratch
        self._bound = limits.Bound(math.inf)
        self._device = bool(params.get("device"))
        self._slice = params["slice"]
        bounds = params.get("limits") or {}
        self._seconds = float(bounds.get("seconds", 10.0))
        self._slice_seconds = SLICE_SECONDS * float(bounds.get("patience", 1.0))
        self._paths = [file["path"] for file in self._slice["files"]]
        declared = params.get("data") or {}
        self._declared = bool(declared.get("x") or declared.get("y"))
        assumption = Assumption(
            int(params.get("assumption") or 0),
            declared.get("x") or (),
            declared.get("y") or (),
            params.get("classes"),
        )
        # Of what a search is given, and of what it does, only what is certain counts.
        probes = not params.get("describe") and "configuration" not in params
        self._index = int(params.get("assumption") or 0)
        self._running = running.Slice(self._slice, assumption, self._index, probes)
        self._data = declared or assumption.data
        self._mentioned = False
        self._data_assumed = False
        self._traces: dict[int, tuple[int, Any]] = {}
        self.number = params["job"]
        self.function: Optional[Callable[[Any], Any]] = None
        self.engine: Optional[engine.Engine] = None
        self._keras: Optional[intact.Keras] = None
        """What it was when the slice had run."""
        self._reads_anything = False
        self.cut = False
        """A probe was ended in the midst of something: what this process holds is not to be trusted any more, or a configuration has changed Keras for all."""

    def leaves_nothing(self) -> bool:
        """Whether this process is as fit for another job as a new one."""
        layer = os.path.join(self._scratch, "layer")
        written = os.path.isdir(layer) and bool(os.listdir(layer))
        # `exit()` closes the standard input. What user code has put there instead is not asked anything.
        streams = ((sys.stdin, sys.__stdin__), (sys.stdout, sys.__stdout__), (sys.stderr, sys.__stderr__))
        whole = all(now is first and first is not None and not first.closed for now, first in streams)
        return (
            whole
            and not self.cut
            and not kin.children(os.getpid())
            and not written
            and self.engine is not None
            and self.engine.gives_way()
        )

    def open(self, fresh: bool = True) -> Optional[dict[str, Any]]:
        """Runs the slice; returns the fields of a ProbeError when it raises."""
        self._prepare(fresh)
        self._begin(self._slice_seconds)
        try:
            # Also within: a Keras that is not what the engine expects must end in words, not in a dead process.
            self.engine = engine.Engine(self._data, self._paths)
            self.function = self._running.run(self._attempt)
            self._instruct()
            self._keras = intact.Keras()
            self._mentioned = self._running.unsettled.relied or self._running.uses_stand_ins(self.function)
        except TimeUp:
            return errors.limit(
                "TimeLimit", f"A statement that the target needs took more than {self._slice_seconds:g} s."
            )
        except BaseException as error:
            refusal = guard.refusal(error)
            found = errors.describe(error, "slice", Positions(self._paths))
            if self._running.unsettled.relied:
                refusal = refusal or _UNSETTLED
            return found if refusal is None else errors.limit("Refused", refusal, found["frames"])
        finally:
            _alarm(0)
            self._progress.stop()
        return None

    def _instruct(self) -> None:
        assert self.engine is not None
        self.engine.give(self._running.given, self._slice.get("tunes_new_entries", True))
        self.engine.own_training = bool(self._slice.get("own_training"))

    def rehearse(self, configuration: dict[str, Any], seconds: float) -> dict[str, Any]:
        """The fields of a Rehearsal, in which what follows the data may take `seconds`; this process is fit for no other work."""
        watch = rehearsal.Watch(
            configuration,
            Positions(self._paths),
            self._scratch,
            self._running.assumption,
            self._slice.get("acts") or (),
            self._data if self._declared else None,
        )
        self._prepare(True, watch.offline.refuse)
        self._begin(SLICE_SECONDS + seconds)
        bound, acting = limits.Bound(math.inf), limits.Bound(seconds)

        def perform(act: Callable[[], Any]) -> Any:
            nonlocal acting
            if not watch.begun:
                acting = limits.Bound(seconds)
                watch.begun = True
            _alarm(max(acting.left, LEAST_SECONDS))
            try:
                return act()
            except Exception as error:
                watch.failed(error)
                raise rehearsal.Over from None
            finally:
                _alarm(0)

        self._running.perform, self._running.stumbled = perform, watch.stumbled
        self._running.begun = lambda: watch.has_tuner
        watch.install()
        # Keras collects garbage before each build, and what was imported never becomes any.
        gc.freeze()
        try:
            self._running.run(self._attempt)
        except rehearsal.Over:
            pass
        except BaseException as error:
            watch.failed(error)
        finally:
            _alarm(0)
            self._progress.stop()
        watch.absent = self._running.absent
        if self._running.unsettled.relied:
            watch.doubt(_UNSETTLED)
        other = self._running.assumption.other_keras
        if other is not None:
            watch.doubt(f"`{other}` is not installed; what it does was left to the Keras that is.")
        if _over:
            # A bare `except:` may have taken `TimeUp` for an error of its own.
            watch.out_of_time(f"It took more than {seconds:.3g} s.")
        return {**watch.report(), "seconds": bound.took[1]}

    def _begin(self, seconds: float) -> None:
        """Starts the time for the whole slice."""
        self._bound = limits.Bound(seconds)
        self._progress.start(0, seconds)

    def _prepare(self, fresh: bool, unreachable: Optional[guard.Refuse] = None) -> None:
        """Puts this process where the user's file would run, and keeps it from doing harm."""
        if not self._device:
            # Shapes need no GPU; the user's training run may need all of it.
            environ.pin("CUDA_VISIBLE_DEVICES", "-1")
        files = self._slice["files"]
        for file in files:
            text = file["text"]
            linecache.cache[file["path"]] = (len(text), None, lines(text), file["path"])
        folder = os.path.dirname(os.path.abspath(files[-1]["path"]))
        sys.argv = [files[-1]["path"]]
        if fresh:
            guard.install(self._scratch, folder, unreachable=unreachable)
        else:
            running.forget_modules(folder)
            if os.path.isdir(folder):
                os.chdir(folder)
        # Only behind the barriers: a module of theirs may have the name of one that the agent still imports.
        for place in (*os.environ.get("HYPERSHAPE_LATER", "").split(os.pathsep), folder):
            if place and place not in sys.path:
                sys.path.append(place)

    def described(self) -> Optional[dict[str, Any]]:
        """The shapes of the data to which the slice's expression was evaluated, where they are certain."""
        self._progress.start(0, STATEMENT_SECONDS)
        _alarm(STATEMENT_SECONDS)
        try:
            return given.describe(self.function, self._running.assumption)
        except TimeUp:
            return None
        finally:
            _alarm(0)
            self._progress.stop()

    def unread(self) -> str:
        """Why data were not to be had: the first thing that is not at hand, in some words."""
        return self._running.reason()

    def _attempt(self, run: Callable[[], None]) -> None:
        """One statement of the slice: data that takes long to load is as good as missing.

        The zygote ends what does not stop by itself then.
        """
        self._progress.start(0, STATEMENT_SECONDS)
        _alarm(STATEMENT_SECONDS)
        try:
            run()
        except TimeUp:
            raise TimeoutError(f"it took more than {STATEMENT_SECONDS:g} s") from None
        except SystemExit:
            raise RuntimeError("it ends the program") from None
        finally:
            _alarm(0)
            self._progress.start(0, max(self._bound.left, LEAST_SECONDS))

    @property
    def _assumed(self) -> bool:
        """Whether the model may rest on made-up data."""
        return self._mentioned or bool(self._running.assumption.asked)

    @property
    def assumptions(self) -> list[str]:
        """What was made up about missing data, for the user."""
        asked = list(self._running.assumption.asked) if self._assumed else []
        if self._data_assumed:
            shape = tuple(self._running.assumption.data["x"][0])
            asked.insert(0, f"each sample has the shape {shape}")
        return asked

    def probe(self, params: dict[str, Any], send: Callable[[bytes], None]) -> int:
        """Probes the configurations and sends the reports as they come; returns how many there was time for.

        `within` bounds the whole batch, `each` the single probe, where they are less and more than usual.
        """
        assert self.engine is not None and self.function is not None
        waiting: list[dict[str, Any]] = []
        traces: dict[int, Any] = {}
        sent = time.monotonic()
        batch = limits.Bound(float(params.get("within") or math.inf))
        each = float(params.get("each") or self._seconds)
        probed = 0
        for index, configuration in enumerate(params["configurations"]):
            if index and batch.left <= 0:
                break
            seconds = min(each, max(batch.left, 0.0) + OVERTIME_SECONDS)
            self._progress.start(index, each)
            report = self._one(configuration, params["level"], seconds)
            if self.cut and seconds < each:
                # It was the batch's time that was over: nothing is known of this configuration.
                break
            probed += 1
            report["layers"] = self._interned(report.get("layers") or (), traces)
            waiting.append(report)
            if len(waiting) >= REPORTS_AT_ONCE or time.monotonic() - sent > REPORTS_SECONDS:
                self._flush(send, waiting, traces)
                waiting, traces, sent = [], {}, time.monotonic()
            if report["verdict"] == "fail" and self._keras is not None and not self._keras.is_intact():
                # The others are for a process in which nobody has changed Keras.
                self.cut = True
            if self.cut:
                break
        self._flush(send, waiting, traces)
        self._progress.stop()
        return probed

    def _one(self, configuration: dict[str, Any], level: str, seconds: float) -> dict[str, Any]:
        """The report of one probe. One whose time was over says nothing but that, however it ended.

        A bare `except:`, in TensorFlow as well as in user code, may have taken `TimeUp` for an error of its own.
        """
        assert self.engine is not None
        _alarm(seconds)
        try:
            self._running.assumption.reset()
            report = self.engine.probe(self.function, configuration, level)  # type: ignore[arg-type]
            # A file of which only a stand-in is known is read as one that is not there.
            called = report["verdict"] == "fail" and self._running.assumption.called
            if not self._reads_anything and (called or _reads_what_is_not_there(report)):
                self._read_anything()
                report = self.engine.probe(self.function, configuration, level)  # type: ignore[arg-type]
            report = self._judged(report)
            error = None
        except BaseException as problem:
            self.cut = True
            error = errors.describe(problem, "limit", Positions(self._paths))
        finally:
            _alarm(0)
        if _over:
            self.cut = True
            error = errors.limit("TimeLimit", f"The probe took more than {seconds:.3g} s.")
        if error is None:
            return report
        return {"configuration": configuration, "verdict": "unknown", "level": level, "error": error}

    def _read_anything(self) -> None:
        """From now on the target finds every file that it reads, with assumed content."""
        self._reads_anything = True
        reading.install(self._running.assumption, Positions(self._paths), self._running.missing)
        self._running.assumption.reset()
        self.engine = engine.Engine(self._data, self._paths)
        self._instruct()

    def _judged(self, report: dict[str, Any]) -> dict[str, Any]:
        """A report that rests on made-up data says so; a failure in which a stand-in was called is none, and nothing is
        known where one was given the hyperparameters."""
        assumption = self._running.assumption
        self._data_assumed |= report.get("data") == "assumed"
        if assumption.measures:
            report["log_names"] = ()
        if assumption.asked:
            report["data"] = "assumed"
        elif self._mentioned and report.get("data") == "none":
            report["data"] = "declared" if self._declared else "assumed"
        unknown = assumption.given
        if report["verdict"] == "fail":
            if report["error"] is not None and self._running.unsettled.stays:
                report["error"]["unsettled"] = True
            # A layer that refused shapes before anything of a stand-in reached them does so whatever was called.
            refused = report["error"] is not None and report["error"]["input_shapes"]
            unknown = assumption.transformed or (not refused and assumption.called) or {}
            if assumption.other_keras is not None:
                unknown = {assumption.other_keras: assumption.other_keras}
        if unknown and report["verdict"] != "unknown":
            name, home = (text.partition("(")[0] for text in next(iter(unknown.items())))
            roots = [text.partition(".")[0] for text in (name, home)]
            known = [self._running.missing[each] for each in roots if each in self._running.missing]
            reason = known[0] if known else f"no module {roots[1]} is found"
            report["verdict"] = "unknown"
            report["error"] = errors.limit(
                "Missing", f"The target needs {name}, which is not at hand ({reason})."
            )
        return report

    def _interned(self, trace: Any, new: dict[int, Any]) -> int:
        """The number of a trace, which travels once; the trace is kept so that its identity stays its own."""
        known = self._traces.get(id(trace))
        if known is None:
            known = self._traces[id(trace)] = (len(self._traces), trace)
            new[known[0]] = trace
        return known[0]

    def _flush(self, send: Callable[[bytes], None], reports: list[Any], traces: dict[int, Any]) -> None:
        """Sends reports, in frames that are short enough for the server to read each at one go."""
        if not reports:
            return
        frame = wire.reports(self.number, reports, traces)
        if len(frame) <= wire.REPORTED:
            send(frame)
        elif len(reports) > 1:
            half = len(reports) // 2
            self._flush(send, reports[:half], traces)
            self._flush(send, reports[half:], {})
        elif len(frame) > wire.LARGEST_REPORTED:
            send(wire.reports(self.number, [_left_out(reports[0], len(frame))], {}))
        else:
            (report,) = reports
            for field in ("new", "declarations"):
                values = list(report.get(field) or ())
                for start in range(0, len(values), PIECE):
                    send(wire.ahead(self.number, field, values[start : start + PIECE]))
            send(wire.reports(self.number, [{**report, "new": (), "declarations": ()}], traces))


def _reads_what_is_not_there(report: dict[str, Any]) -> bool:
    """Whether no file could be opened: also by a path that is not known, whose stand-in is taken for a descriptor."""
    error = report.get("error")
    kind = (
        getattr(builtins, error["type"], None) if report["verdict"] == "fail" and error is not None else None
    )
    return isinstance(kind, type) and issubclass(kind, OSError)


def _left_out(report: dict[str, Any], size: int) -> dict[str, Any]:
    """A report in the place of one that is too large."""
    what = f"What this model is built from takes {size >> 20} MB to tell: it is not checked."
    known = {"verdict": "unknown", "level": report["level"], "error": errors.limit("TooLarge", what)}
    return {"configuration": {}, "layers": report["layers"], **known}


def serve(channel: Channel, progress: limits.Progress, scratch: str) -> None:
    """The child's loop: one request after the other, until the main process is gone."""

    def leave() -> None:
        # Only the job itself reports: a process that user code has forked goes on behind it, and is not heard.
        channel.close()
        progress.detach()

    kin.take_in_orphans()
    kin.in_every_fork(leave)
    if not kin.die_with_parent():
        channel.watch()
    send = channel.send
    alarm.install(_time_is_up)
    job: Optional[Job] = None
    for message in channel.requests():
        params = message["params"]
        result: dict[str, Any]
        if message["method"] == "job/simulate":
            result = _simulated(params, progress)
        elif message["method"] == "job/rehearse":
            result = Job(params, progress, scratch).rehearse(params["configuration"], params["seconds"])
        elif message["method"] == "job/open":
            fresh = params.get("like") is None
            if not fresh and not (job is not None and job.leaves_nothing()):
                send(wire.result(message["id"], {"error": None, "refused": True}))
                continue
            job = Job(params, progress, scratch)
            result = {"error": job.open(fresh), "assumptions": job.assumptions}
            if params.get("describe") and result["error"] is None:
                result["data"] = job.described()
                result["unread"] = job.unread()
        else:
            assert job is not None
            bound = limits.Bound(math.inf)
            result = {
                "probed": job.probe(params, send),
                "assumptions": job.assumptions,
                "took": bound.took,
                "cut": job.cut,
            }
        # It must not wait with them for another text: they would go on beside the user's work.
        result["kin"] = bool(kin.children(os.getpid()))
        _flush_output()
        send(wire.result(message["id"], result))


def _flush_output() -> None:
    """Hands on what was printed. What user code has put in the place of the streams may do anything, and is left."""
    for stream in (sys.__stdout__, sys.__stderr__):
        try:
            if stream is not None:
                stream.flush()
        except (OSError, ValueError):
            pass


def _simulated(params: dict[str, Any], progress: limits.Progress) -> dict[str, Any]:
    """Searches whose outcomes are known, in a process that runs nothing of the user's."""
    from . import simulation

    progress.start(0, params["seconds"])
    try:
        return {"searches": simulation.played(params["asked"], params["seconds"])}
    except Exception:
        # A Keras Tuner of which the simulation knows too little: nothing is told.
        return {"searches": []}
    finally:
        progress.stop()


_bound = limits.Bound(math.inf)
"""That of the work in hand."""
_over = False
"""Whether it was hit."""


def _alarm(seconds: float) -> None:
    """Ends what follows with `TimeUp` once this process has computed for so long; 0 takes that back."""
    global _bound, _over
    _bound = limits.Bound(seconds or math.inf)
    _over = _over and not seconds
    alarm.ring(seconds)


def _time_is_up() -> None:
    global _over
    left = _bound.left
    if left <= 0:
        _over = True
        # What takes this for an error of its own, as a bare `except:` does, hears it again.
        alarm.ring(AGAIN_SECONDS)
        raise TimeUp
    if left < math.inf:
        alarm.ring(max(left, LEAST_SECONDS))
