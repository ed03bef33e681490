"""Parts of messages, in the user's words: when something fails, how often, and for which values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from hypershape.model import (
    Cause,
    Configuration,
    Coverage,
    Fate,
    Hyperparameter,
    TargetAnalysis,
    TunerCall,
    is_the_tuners,
)
from hypershape.space import blame, fates, odds, shares

SHOWN_VALUES = 4
MOST_VALUES = 12
MANY = 20
"""So many probes that all fail are told as all of the space; none of 20 builds where less than one in seven does."""
QUOTED = 300
_RECEIVED = re.compile(r"\n+Arguments received by [^\n]*:\n.*", re.DOTALL)
"""The arguments of a call, tensor by tensor, which Keras appends to what went wrong in it."""
_CALLING = re.compile(r"^Exception encountered when calling [^\n]*\n+")
"""What stands before what went wrong there: the layer, which a finding names itself."""


def when(target: TargetAnalysis, cause: Cause) -> str:
    """`when kernel >= 7 (33 % of the space, e.g. kernel=7, blocks=3)`, or `in every configuration: no search begins`."""
    if always(target, cause):
        return f"{_everywhere(target.coverage)}{_end_of_all(target, cause)}"
    condition = f"when {cause.condition.words}" if cause.condition is not None else _somewhere(target, cause)
    figures = (share(target, cause) + consequence(target, cause)).removeprefix(": ")
    return f"{condition} ({f'{figures}, ' if figures else ''}e.g. {example(cause)})"


def _somewhere(target: TargetAnalysis, cause: Cause) -> str:
    """Where a failure without a condition is met: `at some configurations`, or wherever no failure comes before it."""
    coverage = target.coverage
    last = all(blame.comes_before(each.error, cause.error) for each in target.causes if each is not cause)
    if last and coverage is not None and coverage.all_fail:
        return "in every configuration that gets so far"
    return "at some configurations"


def _everywhere(coverage: Coverage | None) -> str:
    """`in every configuration (all 60, proved from 22)`; of a few that were tried nothing is said but that."""
    if coverage is None:
        return "in every configuration"
    number, space = coverage.probed, coverage.space
    if coverage.by_inference and space is not None:
        return f"in every configuration{f' (all {space:,}, proved from {number:,})' if space > 1 else ''}"
    if coverage.mode == "exhaustive" or number >= MANY:
        return f"in every configuration{f' ({number:,} tried)' if number > 1 else ''}"
    return f"in all {number:,} configurations tried" if number > 1 else "in the one configuration tried"


def always(target: TargetAnalysis, cause: Cause) -> bool:
    """Whether no probed configuration escapes this cause."""
    coverage = target.coverage
    return coverage is not None and len(cause.failing) >= coverage.probed > 0


def share(target: TargetAnalysis, cause: Cause) -> str:
    """`33 % of the space`, `about 8 % of the space`; empty where an estimate would be too rough to mean something."""
    figure = shares.of_cause(target, cause)
    if figure is None:
        failing = len(cause.failing)
        return f"{failing:,} configuration{'s' * (failing != 1)}"
    if not figure.told:
        return ""
    shown = shares.percent(figure.share)
    if not figure.exact and shown[0].isdigit():
        shown = f"about {shown}"
    if figure.elsewhere > shares.SEEN:
        return f"{shown} of the space; another {shares.percent(figure.elsewhere)} fails elsewhere first"
    return f"{shown} of the space"


def consequence(target: TargetAnalysis, cause: Cause) -> str:
    """`: about 3 of your 20 trials, a 2 % chance that the search aborts`, where the one tuner says how many trials.

    Failures of all causes end a search together. Tuners that do not draw at random are told apart: what a grid search
    meets is certain, and of the others it is said that this is an estimate.
    """
    if target.target.tuners and fates.refused(target, cause):
        return REFUSED
    if len(target.target.tuners) != 1:
        return ""
    (tuner,) = target.target.tuners
    return _consequence(target, tuner, cause)


def of_search(target: TargetAnalysis, tuner: TunerCall) -> str:
    """What all failures together make of the search of one tuner, in the words of `consequence`."""
    if any(fates.refused(target, each) for each in target.causes):
        return REFUSED
    if len(target.causes) == 1:
        return _consequence(target, tuner, target.causes[0])
    return _consequence(target, tuner, None) if target.causes else ""


def _consequence(target: TargetAnalysis, tuner: TunerCall, cause: Cause | None) -> str:
    """What one cause does to the search of a tuner, or what all of them do."""
    if target.coverage is None:
        return ""
    played = next((each for each in target.fates if each.tuner == tuner.call.span), None)
    if played is not None:
        return _as_played(played, cause)
    if any(fates.refused(target, each) for each in target.causes):
        # There is no search in which this one could strike.
        return ""
    trials = whole_number(tuner, "max_trials")
    if trials is None:
        return ""
    in_a_row = whole_number(tuner, "max_consecutive_failed_trials") or odds.IN_A_ROW
    if tuner.class_name == "GridSearch":
        return _in_order(target, cause, trials, in_a_row)
    text = _at_random(target, cause, trials, in_a_row)
    return text if not text or tuner.class_name == "RandomSearch" else f"{text} under random draws"


def _end_of_all(target: TargetAnalysis, cause: Cause) -> str:
    """What becomes of a search in which every configuration fails, where that is not that every trial fails."""
    if target.target.tuners and fates.refused(target, cause):
        return ": no search begins"
    if cause.error.later:
        return ": the first build, the tuner's own, leaves behind what every trial then fails by"
    return ": the search ends at once" if cause.error.kind == "no-model" else ""


def end_untold(message: str, target: TargetAnalysis, cause: Cause) -> str:
    """` No search begins.` or the like, where all of a search fails by a cause and a message does not say so.

    Rules that read a failure off the text know its reason; what it does to the search, only the probes know.
    """
    said = message.lower()
    if not target.target.tuners or "search" in said or "every trial" in said:
        return ""
    if fates.refused(target, cause):
        return " No search begins."
    if not always(target, cause) or " configuration" in said:
        return ""
    return " The search ends at once." if cause.error.kind == "no-model" else " Every trial fails."


REFUSED = ": no search begins, because the tuner builds one of these before its first trial"


def _as_played(fate: Fate, cause: Cause | None) -> str:
    """What searches came to that Keras Tuner's own oracle played through.

    Where one is the user's own, it is told as it goes; of others only what their number makes certain enough.
    """
    if fate.refused:
        return REFUSED if cause is None or fate.decisive == cause.error else ""
    failures = fate.failures(cause) if cause is not None else sum(fate.failed)
    if fate.exact:
        if fate.left:
            return ""
        number = round(failures) if failures is not None else None
        end = _end(fate)
        if number is None:
            return f": {end}" if end else ""
        if fate.ended and number == 1 == fate.trials:
            return ": its first trial is one, and the search ends at once"
        whose = "the" if end else "your"
        text = f": {number or 'none'} of {whose} {fate.trials:.0f} trials"
        return f"{text} after which {end}" if end else text
    text = ""
    if failures is not None and round(failures) and not fate.left:
        text = f": about {failures:.0f} of some {fate.trials:.0f} trials"
    for count, what in (
        (fate.aborted, "that the search aborts"),
        (fate.ended, "that the search ends at such a trial"),
        (fate.barren, "that no trial succeeds"),
    ):
        low, high = shares.wilson(count, fate.searches)[0], shares.wilson(count + fate.left, fate.searches)[1]
        if count and high - low < shares.WIDE:
            text += f"{',' if text else ':'} {_chance(low, high)} chance {what}"
    return text


def _end(fate: Fate) -> str:
    if fate.aborted:
        return "the search aborts"
    if fate.ended:
        return "the search ends with this error"
    return "the search ends with no good one" if fate.barren else ""


def _chance(low: float, high: float) -> str:
    """`a 74 to 84 %`, `an 11 %`."""
    return with_article(f"{_between([f'{100 * each:.0f}' for each in (low, high)])} %")


def with_article(figure: str) -> str:
    """`a 12 %`, `an 11 %`, `an 80 to 84 %`."""
    number = re.match(r"\d+", figure)
    vowel = number is not None and (number[0][0] == "8" or number[0] in ("11", "18"))
    return f"{'an' if vowel else 'a'} {figure}"


def whole_number(tuner: TunerCall, name: str) -> int | None:
    """An argument that is written down as a positive whole number."""
    argument = tuner.call.arguments.get(name)
    value = None if argument is None else argument.literal
    return value if type(value) is int and value > 0 else None


def _at_random(target: TargetAnalysis, cause: Cause | None, trials: int, in_a_row: int) -> str:
    whole = shares.of_failures(target)
    own = whole if cause is None else shares.of_cause(target, cause)
    if own is None or whole is None or not own.told:
        return ""
    # A cause that only one rule knows of, as a model over the limit, is not among the failures.
    whole = max(whole, own, key=lambda figure: figure.share)
    if not whole.told:
        return ""
    space = odds.drawn(_of_the_trial(target))
    bounds = [
        odds.search_odds(each, trials, in_a_row, space) for each in dict.fromkeys((whole.low, whole.high))
    ]
    found = [each for each in bounds if each is not None]
    if len(found) < len(bounds):
        return ""
    part = own.share / whole.share if own.share else 0.0
    failures = _between([f"{each.failures * part:.0f}" for each in found])
    text = f": about {failures} of your {trials} trials" if failures != "0" else ""
    chances = [each.abort for each in found]
    if max(chances) >= 0.01 and max(chances) - min(chances) < shares.WIDE:
        chance = _between([shares.percent(each).removesuffix(" %") for each in chances])
        text += f"{',' if text else ':'} {with_article(chance)} % chance that the search aborts"
    return text


def _of_the_trial(target: TargetAnalysis) -> tuple[Hyperparameter, ...]:
    """The space that trials draw from: that of the builds, and what rehearsals saw the training declare."""
    found = {each.name: each for each in target.hyperparameters}
    for rehearsal in target.rehearsals:
        for each in rehearsal.hyperparameters:
            if not is_the_tuners(each.name):
                found.setdefault(each.name, each)
    return tuple(found.values())


def _between(figures: Sequence[str]) -> str:
    """`5`, `3 to 7`."""
    return " to ".join(dict.fromkeys(figures))


def _in_order(target: TargetAnalysis, cause: Cause | None, trials: int, in_a_row: int) -> str:
    """What a grid search meets: `: 3 of your 20 trials, and the search aborts`."""
    conditions = [each.condition for each in target.causes if each.exact and each.condition is not None]
    names = {name for condition in conditions for name in condition.names}
    read = all(names <= report.configuration.keys() for report in target.reports if report.verdict == "ok")
    if (
        len(conditions) < len(target.causes)
        or not read
        or (cause is not None and cause.condition not in conditions)
    ):
        return ""
    found = odds.grid_odds(
        _of_the_trial(target), lambda each: any(some.holds(each) for some in conditions), trials, in_a_row
    )
    if found is None or not found.failures:
        return ""
    text = f": {found.failures:.0f} of your {trials} trials"
    return f"{text}, and the search aborts" if found.abort else text


def example(cause: Cause) -> str:
    """The values of one failing configuration, those in the condition first and no more than a few."""
    configuration = cause.first.configuration
    names = [name for name in cause.names if name in configuration]
    if names:
        # All that the condition speaks of: with fewer nobody meets the failure again.
        return values(configuration, names, MOST_VALUES)
    building = cause.building or {}
    differing = [name for name in configuration if configuration[name] != building.get(name)]
    return values(configuration, differing or configuration)


def values(configuration: Configuration, names: Iterable[str], most: int = SHOWN_VALUES) -> str:
    chosen = [name for name in names if not is_the_tuners(name)]
    shown = ", ".join(f"{name}={configuration[name]!r}" for name in chosen[:most])
    return shown + (", …" if len(chosen) > most else "") if chosen else "its defaults"


def quote(message: str) -> str:
    """Keras's own words on one line, shortened, without the arguments that it repeats after them."""
    line = " ".join(without_wrapping(message).split())
    return line if len(line) <= QUOTED else line[:QUOTED].rpartition(" ")[0].rstrip(",;: ") + " …"


def without_wrapping(message: str) -> str:
    """What a layer raised, without which layer it was and what it was given."""
    return _CALLING.sub("", _RECEIVED.sub("", message))


def shape(text: str) -> tuple[int | None, ...] | None:
    """The axes of a shape in Keras's text, `(None, 4, 4, 1)` or `[None 4 4 1]`; None when it is no such text."""
    body = text.strip().strip("()[]").replace(",", " ").split()
    if not body:
        return None
    try:
        return tuple(None if each == "None" else int(each) for each in body)
    except ValueError:
        return None


def area(sizes: Iterable[int | None]) -> str:
    """`7×7 pixels`, `7 steps` or `7×7×7 voxels`."""
    found = list(sizes)
    unit = {1: "steps", 2: "pixels", 3: "voxels"}.get(len(found), "positions")
    return f"{size(found)} {unit}"


def size(sizes: Iterable[int | None]) -> str:
    """`7×7`."""
    return "×".join("?" if each is None else str(each) for each in sizes)


def units(count: int | None) -> str:
    """`1 unit`, `3 units`."""
    return f"{count} unit{'s' * (count != 1)}"


LARGE = 10**9


def number(count: int) -> str:
    """`6,000`; of a number that nobody reads only its size, `some 10^17`."""
    return f"{count:,}" if count < LARGE else f"some 10^{len(str(count)) - 1}"


WHOLE = "the space"


def seen_in(coverage: Coverage) -> str:
    """What a range over the configurations that ran is over: all, or `30 probed` where others may lie outside of it.

    Nothing bounds a number of parameters or a size between two configurations: a larger kernel has more weights of
    its own and leaves fewer to a Dense layer behind it.
    """
    return WHOLE if coverage.all_ran and coverage.mode == "exhaustive" else f"{coverage.probed:,} probed"


def among(coverage: Coverage) -> str:
    """` in 30 probed`, behind a range; nothing behind one of the whole space."""
    over = seen_in(coverage)
    return "" if over == WHOLE else f" in {over}"


def listed(items: Iterable[str]) -> str:
    """`a, b and c`."""
    found = list(items)
    return " and ".join(filter(None, [", ".join(found[:-1]), *found[-1:]]))


def first_of(items: Sequence[str], most: int = 4) -> str:
    """`a, b, c and 5 more`: who reads one line needs no more of them."""
    shown = items if len(items) <= most else items[: most - 1]
    more = f" and {len(items) - len(shown)} more" if len(shown) < len(items) else ""
    return f"{', '.join(shown)}{more}"
