"""What training costs over a space: seconds and bytes, measured where a search was rehearsed, predicted for the rest.

A step takes some time whatever its model is, and some in proportion to its work, which the shapes of the layers tell; so
does its memory, in proportion to the bytes of its tensors. So a model with ten times the work of one that was measured
takes at least as long as that, and at most ten times as long: such bounds are told, and never a single number. The line
through all that was measured is held against each measured configuration in turn that it was drawn without; how far it
was off widens the bounds.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, median, stdev
from typing import Any

from hypershape.model import (
    Configuration,
    Cost,
    Hyperparameter,
    LayerCall,
    Rehearsal,
    Report,
    Shape,
    Spent,
    TargetAnalysis,
    own_values,
)
from hypershape.space import odds

LEAST_ERROR, LEAST_STEP_ERROR = 0.25, 1.0
"""No bound is told more precisely: a few steps on a machine that also does other things are no better."""

WIDEST, WIDEST_MEMORY = 50.0, 6.0
"""Bounds that lie farther apart are none: whether a trial takes a second or an hour matters, and memory is there or not."""

WORTH_DRAWING = 2.0
"""Where the bounds of a search lie farther apart, random configurations tell more."""

WORK_OF_A_NUMBER = 8
"""What it costs to write a number that a layer gives, in multiplications: memory is slower than arithmetic."""

ALL_OF_IT = 0.99
"""A model of which so large a share is trained has nothing frozen: statistics of normalizations are never trained."""

KEPT = 0.5
"""The share of what layers with weights give that a step surely keeps for its gradients: of two branches that are added
up it may keep the sum alone."""


def would_gain(target: TargetAnalysis) -> bool:
    """Whether random configurations would tell how long a search takes: one whose trials are drawn, and differ much."""
    found = target.cost
    if found is None or found.batch is None or found.batch[0] != found.batch[1] or not found.trials:
        return False
    tuner: Mapping[str, Any] = next(
        (each.facts["tuner"] for each in target.rehearsals if each.facts.get("tuner")), {}
    )
    wide = found.search is None or found.search[1] > WORTH_DRAWING * found.search[0]
    return _draws(tuner, target.hyperparameters) and wide


def _draws(tuner: Mapping[str, Any], space: Sequence[Hyperparameter]) -> bool:
    """Whether the trials of a tuner are as likely as random draws: each by itself, or all that there are."""
    size, most = _size(space), tuner.get("max_trials")
    every = size is not None and type(most) is int and most >= size
    return tuner.get("oracle") == "RandomSearchOracle" or every


def cost_of(
    target: TargetAnalysis,
    rehearsals: Sequence[Rehearsal],
    on_gpu: bool = False,
    drawn: Sequence[Report] = (),
) -> Cost | None:
    """What the rehearsals of one tuner tell; None where none measured anything.

    With `on_gpu` the user's search runs on a device that no rehearsal saw, so that seconds tell nothing of it. `drawn`
    are reports of configurations as a random search draws them.
    """
    first = next((each for each in rehearsals if each.facts.get("cost")), None)
    if first is None:
        return None
    known = [(each, _measured(each, target)) for each in rehearsals if each.tuner == first.tuner]
    known = [(each, found) for each, found in known if each.verdict == "ok" and found is not None]
    if not known:
        return None
    played, measured = [each for each, _ in known], [found for _, found in known if found is not None]
    ran = [report for report in target.reports if report.verdict == "ok"]
    batches = _batches(measured, played, target)
    steps, bytes_ = _steps_line(measured), _bytes_line(measured)
    works = [work(report, batch) for report in ran for batch in batches]
    step = steps.over(works) if batches else None
    holds = [held(report, batch, 1.0 + _ratio(measured)) for report in ran for batch in batches]
    memory = bytes_.over(holds, WIDEST_MEMORY) if batches else None
    tuner = first.facts.get("tuner") or {}
    average = step
    if drawn and len(batches) == 1 and _draws(tuner, target.hyperparameters):
        average = _average(drawn, steps, batches[0], tuner.get("max_trials"))
    # Of batches of several sizes an epoch has other numbers of steps.
    search, trials = _search(target, measured, tuner, played, average if len(batches) == 1 else None)
    device = str(first.facts["cost"].get("device", "CPU"))
    foreign = on_gpu and device == "CPU"
    return Cost(
        first.tuner,
        device,
        (min(batches), max(batches)) if batches else None,
        None if foreign else step,
        None if foreign else memory,
        None if foreign else search,
        trials,
        tuple(
            Spent(each.configuration, each.step, each.memory, (steps.without(place), bytes_.without(place)))
            for place, each in enumerate(measured)
        ),
        min(each.slots for each in measured),
        min(each.trained for each in measured),
        all(
            each.memory is None or each.memory >= kept(each.report, each.batch or 1)
            for each in measured
            if each.report is not None
        ),
    )


def _average(
    drawn: Sequence[Report], steps: _Line, batch: int, trials: int | None
) -> tuple[float, float] | None:
    """Between which seconds the average step of the trials of a search lies, whatever it happens to draw.

    A trial that fails takes next to nothing.
    """
    built = [report for report in drawn if report.verdict == "ok"]
    works = [work(report, batch) for report in built]
    bounds = [None if x is None else steps.bounds(x) for x in works]
    known = [each for each in bounds if each is not None]
    if len(known) < 2 or len(known) < len(bounds):
        return None
    by_chance = 2 * math.sqrt(1 / len(known) + 1 / max(trials or 1, 1))
    lows, highs = [low for low, _ in known], [high for _, high in known]
    least = (fmean(lows) - by_chance * stdev(lows)) * len(built) / len(drawn)
    most = fmean(highs) + by_chance * stdev(highs)
    least, most = max(least, min(lows) * len(built) / len(drawn)), min(most, max(highs))
    return (least, most) if most <= WIDEST * least else None


def predicted(
    target: TargetAnalysis, rehearsals: Sequence[Rehearsal], report: Report
) -> tuple[tuple[float, float] | None, tuple[float, float] | None]:
    """Between which seconds a step of one configuration lies, and between which bytes its trial."""
    measured = [found for each in rehearsals if (found := _measured(each, target)) is not None]
    batches = {each.batch for each in measured if each.batch}
    if len(batches) != 1:
        return None, None
    (batch,) = batches
    sizes = work(report, batch), held(report, batch, 1.0 + _ratio(measured))
    lines = _steps_line(measured), _bytes_line(measured)
    step, memory = (None if x is None else line.bounds(x) for x, line in zip(sizes, lines, strict=True))
    return step, memory


# What shapes tell.


def _numbers(shape: Shape) -> int | None:
    """The numbers of one sample."""
    sizes = shape[1:]
    return None if None in sizes else math.prod(size for size in sizes if size is not None)


def _width(dtype: str) -> int:
    bits = re.search(r"\d+", dtype)
    return max(int(bits[0]) // 8, 1) if bits is not None else 4


def _given(call: LayerCall) -> int | None:
    sizes = [_numbers(shape) for shape in call.output_shapes if shape]
    return None if None in sizes else sum(size for size in sizes if size is not None)


def _positions(call: LayerCall) -> int | None:
    """At how many places of a sample a layer applies its weights: everywhere but along the last axis.

    One that gives an axis more than it takes looks its weights up, and computes nothing with them.
    """
    found = 0
    for shape in (*call.input_shapes, *call.output_shapes):
        size = _numbers(shape[:-1])
        if size is None:
            return None
        found = max(found, size)
    ranks = [len(shapes[0]) if shapes else 0 for shapes in (call.input_shapes, call.output_shapes)]
    return 0 if ranks[1] > ranks[0] > 0 else found


def _work(calls: Sequence[LayerCall]) -> float | None:
    total = 0.0
    for call in calls:
        given, places = _given(call), _positions(call)
        if given is None or places is None:
            return None
        total += call.parameters * places + WORK_OF_A_NUMBER * given
    return total


def _activations(calls: Sequence[LayerCall]) -> float | None:
    total = 0.0
    for call in calls:
        given = _given(call)
        if given is None:
            return None
        total += given * _width(call.dtype)
    return total


def work(report: Report, batch: int) -> float | None:
    """A number in proportion to what a step computes, as far as shapes tell; None where a size is not known."""
    found = _work(report.layers)
    return None if found is None or not report.layers else found * batch


def held(report: Report, batch: int, weights: float) -> float | None:
    """The bytes of a step's tensors: all that layers give, and `weights` times the weights."""
    found = _activations(report.layers)
    if found is None or report.parameters is None or not report.layers:
        return None
    return found * batch + weights * 4 * report.parameters


def kept(report: Report, batch: int) -> float:
    """Bytes of activations that a step of a model keeps for its gradients at least."""
    counted = [call for call in report.layers if call.parameters]
    if sum(call.parameters for call in counted) != report.parameters:
        # A layer that holds others is told with them, and one that is called twice twice.
        return 0.0
    return KEPT * batch * sum((_given(call) or 0) * _width(call.dtype) for call in counted)


def least(report: Report, cost: Cost | None, batch: int, trains: bool = True) -> float:
    """The bytes that a step of a model surely needs at once, in float32: its weights, the gradient of the largest layer,
    the optimizer's variables, and what it keeps.

    `trains` says that all of it is trained, as far as no rehearsal shows something else.
    """
    weights = 4.0 * (report.parameters or 0)
    largest = 4.0 * max((call.parameters for call in report.layers), default=0)
    if cost is None:
        return weights + largest * trains
    if cost.trained <= ALL_OF_IT:
        return weights * (1 + cost.slots * cost.trained)
    return weights * (1 + cost.slots) + largest + (kept(report, batch) if cost.keeps else 0.0)


# What was measured.


@dataclass(frozen=True)
class _Measured:
    """One rehearsal, with what shapes tell of its configuration."""

    configuration: Configuration
    report: Report | None
    batch: int | None
    work: float | None
    held: float | None
    step: float | None
    memory: int | None
    slots: float
    trained: float
    beside: float
    """The seconds of a trial that are none of its batches, but for those that compile them."""
    trainings: tuple[Mapping[str, Any], ...]
    """Those of a trial; none where a search has more of them than were seen."""
    check: float
    """The time of a batch of a validation, as a share of that of a step."""


def _measured(rehearsal: Rehearsal, target: TargetAnalysis) -> _Measured | None:
    trials = [each for each in rehearsal.facts.get("cost", {}).get("trials", ()) if each.get("trainings")]
    if not trials:
        return None
    first = trials[0]["trainings"][0]
    samples = [each for trial in trials for one in trial["trainings"] for each in one.get("step", ())]
    checks = [each for trial in trials for one in trial["trainings"] for each in one.get("check", ())]
    step = median(samples) if samples else None
    values = own_values(rehearsal.values)
    report = next(
        (
            each
            for each in target.reports
            if each.verdict == "ok" and each.configuration.items() <= values.items()
        ),
        None,
    )
    batches = {one.get("batch") for trial in trials for one in trial["trainings"]}
    batch = batches.pop() if len(batches) == 1 else None
    weights, trainable = first.get("weights", 0), first.get("trainable", 0)
    parameters = first.get("parameters", 0)
    trained = trainable / parameters if parameters else 1.0
    slots = first.get("slots", 0) / (weights * trained) if weights and trained else 0.0
    return _Measured(
        values,
        report,
        batch,
        work(report, batch) if report is not None and batch else None,
        held(report, batch, 1.0 + slots * trained) if report is not None and batch else None,
        step,
        trials[0].get("peak"),
        slots,
        trained,
        median([_beside(each) for each in trials]),
        () if any(each.get("more") for each in trials) else tuple(trials[0]["trainings"]),
        median(checks) / step if checks and step else 1 / 3,
    )


def _beside(trial: Mapping[str, Any]) -> float:
    """The seconds of a trial without those of its batches but the first, which are to come many times."""
    once = float(trial.get("seconds", 0.0))
    for each in trial["trainings"]:
        once -= sum(each.get("step", ())) + sum(each.get("check", ()))
    return max(once, 0.0)


def _ratio(measured: Sequence[_Measured]) -> float:
    return max(each.slots * each.trained for each in measured)


def _batches(
    measured: Sequence[_Measured], played: Sequence[Rehearsal], target: TargetAnalysis
) -> tuple[int, ...]:
    """The sizes of batches that a search may have: the one of all rehearsals, or the values of what decides it."""
    sizes = [each.batch for each in measured]
    found = {size for size in sizes if size is not None}
    if None in sizes:
        return ()
    hp = _decides(sizes, played, target)
    if hp is None:
        return tuple(found) if len(found) == 1 else ()
    return tuple(sorted(value for value in hp.values or () if type(value) is int))


def _decides(
    numbers: Sequence[int | None], played: Sequence[Rehearsal], target: TargetAnalysis
) -> Hyperparameter | None:
    """The hyperparameter whose value is the number in every rehearsal; of the training alone where that may be chance."""
    own = {hp.name for hp in target.hyperparameters}
    for hp in played[0].hyperparameters:
        told = [each.values.get(hp.name) for each in played]
        if hp.count != 1 and told == list(numbers) and (hp.name not in own or len(set(numbers)) > 1):
            return hp
    return None


class _Line:
    """Seconds or bytes over a number that shapes give."""

    def __init__(
        self,
        points: Iterable[tuple[float | None, float | None]],
        least_error: float = LEAST_ERROR,
        straight: bool = False,
    ) -> None:
        """`straight`: what lies between two points is as near to the line as those are that it was held against."""
        self._all, self._least_error, self._straight = list(points), least_error, straight
        self._points = sorted((x, y) for x, y in self._all if x and y)

    def without(self, place: int) -> float | None:
        """What the others let expect of a point; None for one of the outermost, and where they are fewer than two."""
        x, y = self._all[place]
        others = _Line([each for number, each in enumerate(self._all) if number != place])
        return others._expected(x) if x and y else None

    def _expected(self, x: float) -> float | None:
        """On the line of least relative squares that rises and begins nowhere below 0; None beyond the outermost points."""
        if len({each for each, _ in self._points}) < 2 or not self._points[0][0] <= x <= self._points[-1][0]:
            return None
        weighted = [(1 / b**2, a, b) for a, b in self._points]
        one, xs, ys = (sum(w * each for w, each in some) for some in _columns(weighted))
        squares = sum(w * a * a for w, a, _ in weighted)
        products = sum(w * a * b for w, a, b in weighted)
        slope = (one * products - xs * ys) / (one * squares - xs * xs)
        start = (ys - slope * xs) / one
        if slope < 0:
            return ys / one
        return start + slope * x if start >= 0 else products / squares * x

    def _error(self) -> float:
        """How far the line was off where it could be held against a measurement."""
        found = [
            abs(told / y - 1)
            for place, (_, y) in enumerate(self._all)
            if y and (told := self.without(place)) is not None
        ]
        return max([self._least_error, *found])

    def bounds(self, x: float) -> tuple[float, float] | None:
        """Between which numbers it lies at a place; None where nothing was measured."""
        if not self._points or x <= 0:
            return None
        off = 1 + self._error()
        expected = self._expected(x)
        if expected is not None and self._straight and len(self._points) > 2:
            return expected / off, expected * off
        below = [y for each, y in self._points if each <= x]
        above = [y for each, y in self._points if each >= x]
        (first, lowest), (last, highest) = self._points[0], self._points[-1]
        least = max(below) if below else lowest * x / first
        most = min(above) if above else highest * x / last
        # A model with larger weights and smaller outputs, or the other way round, is on no line with its neighbours.
        told = [least, most, *([expected] if expected is not None else [])]
        return min(told) / off, max(told) * off

    def over(self, wanted: Iterable[float | None], widest: float = WIDEST) -> tuple[float, float] | None:
        """Between which numbers all that is wanted lies; None where that says next to nothing."""
        found = [None if x is None else self.bounds(x) for x in dict.fromkeys(wanted)]
        known = [each for each in found if each is not None]
        if not known or len(known) < len(found):
            return None
        least, most = min(low for low, _ in known), max(high for _, high in known)
        return (least, most) if most <= widest * least else None


def _columns(weighted: Sequence[tuple[float, float, float]]) -> Iterator[list[tuple[float, float]]]:
    """The weights with ones, with the numbers, and with what was measured there."""
    yield [(w, 1.0) for w, _, _ in weighted]
    yield [(w, a) for w, a, _ in weighted]
    yield [(w, b) for w, _, b in weighted]


def _steps_line(measured: Sequence[_Measured]) -> _Line:
    return _Line([(each.work, each.step) for each in measured], LEAST_STEP_ERROR, straight=True)


def _bytes_line(measured: Sequence[_Measured]) -> _Line:
    return _Line([(each.held, each.memory) for each in measured])


# The whole search.


def _search(
    target: TargetAnalysis,
    measured: Sequence[_Measured],
    tuner: Mapping[str, Any],
    played: Sequence[Rehearsal],
    step: tuple[float, float] | None,
) -> tuple[tuple[float, float] | None, int | None]:
    """The seconds of a search between the fastest and the slowest it may be, and how many trials it makes."""
    # A space may grow as it is drawn: deeper trials declare more, from which the tuner draws then.
    spaces = max((*(each.hyperparameters for each in played), target.hyperparameters), key=len)
    rounds = _hyperband(tuner, spaces) if "factor" in tuner else _trials(tuner, spaces)
    if rounds is None:
        return None, None
    trials = sum(number for number, _ in rounds)
    epochs = [each.trainings[0].get("epochs") if each.trainings else None for each in measured]
    alike = len(set(epochs)) == 1 and _decides(epochs, played, target) is None
    if step is None or None in epochs or not (alike or rounds[0][1] is not None):
        return None, trials
    bounds: list[float] = []
    for seconds, few, pick in ((step[0], True, min), (step[1], False, max)):
        whole = 0.0
        for number, asked in rounds:
            found = [_trial(each, seconds, asked, few) for each in measured]
            if None in found:
                return None, trials
            whole += number * pick(each for each in found if each is not None)
        bounds.append(whole)
    return (bounds[0], bounds[1]), trials


def _trial(measured: _Measured, step: float, epochs: int | None, few: bool) -> float | None:
    """The seconds of a trial; `few`: callbacks end its training as early as they may."""
    whole = measured.beside
    for each in measured.trainings:
        asked = epochs if epochs is not None else each.get("epochs", 0) - each.get("first_epoch", 0)
        if few and "least_epochs" in each:
            asked = min(asked, each["least_epochs"])
        if "steps" not in each or "checks" not in each or asked < 1:
            return None
        whole += asked * step * (each["steps"] + measured.check * each["checks"])
    return whole


def _trials(tuner: Mapping[str, Any], space: Sequence[Hyperparameter]) -> list[tuple[int, int | None]] | None:
    """How many trials a search makes, each of as many epochs as the file asks for."""
    most, size = tuner.get("max_trials"), _size(space)
    known = [each for each in (most, size) if type(each) is int and each > 0]
    return [(min(known), None)] if known and type(most or 0) is int else None


def _size(space: Sequence[Hyperparameter]) -> int | None:
    drawn = odds.drawn(space) if space else None
    return drawn.size if drawn is not None else None


def _hyperband(
    tuner: Mapping[str, Any], space: Sequence[Hyperparameter]
) -> list[tuple[int, int | None]] | None:
    """The rounds of all brackets, as `keras_tuner.oracles.HyperbandOracle` makes them (keras-tuner 1.4): how many trials
    each has, and for how many epochs it goes on with them. None for another tuner, and where the space has fewer
    configurations than a round."""
    most, factor, times = (tuner.get(name) for name in ("max_epochs", "factor", "hyperband_iterations"))
    if type(most) is not int or type(factor) is not int or most < 1 or factor < 2:
        return None
    rounds = list(_rounds(most, factor))
    size = _size(space)
    if size is not None and size < sum(number for number, _, first in rounds if first):
        return None
    again = times if type(times) is int and times > 0 else 1
    whole: list[tuple[int, int | None]] = [(number, epochs) for number, epochs, _ in rounds]
    return whole * again


def _rounds(most: int, factor: int) -> Iterator[tuple[int, int, bool]]:
    """Trials, epochs, and whether it is the first round of a bracket."""
    brackets, left = 0, float(most)
    while left >= 1:
        left, brackets = left / factor, brackets + 1

    def size(bracket: int, number: int) -> int:
        last = math.ceil(1 + math.log(most, factor)) / (bracket + 1)
        return math.ceil(last * float(factor ** (bracket - number)))

    for bracket in range(brackets):
        before = 0
        for number in range(bracket + 1):
            epochs = math.ceil(most / factor ** (bracket - number))
            yield size(bracket, number), epochs - before, not number
            before = epochs
