"""Parts of messages, in the user's words: when something fails, how often, and for which values."""

from __future__ import annotations

from collections.abc import Iterable

from hypershape.model import Cause, Configuration, Coverage, TargetAnalysis
from hypershape.space import search_odds
from hypershape.space.odds import IN_A_ROW

SHOWN_VALUES = 4
QUOTED = 300


def when(target: TargetAnalysis, cause: Cause) -> str:
    """`when kernel >= 7 (33 % of the space, e.g. kernel=7, blocks=3)`, or `in every configuration`."""
    if always(target, cause):
        return f"in every configuration{_tried(target.coverage)}"
    condition = f"when {cause.condition.text}" if cause.condition is not None else "at some configurations"
    return f"{condition} ({share(target.coverage, cause)}{consequence(target, cause)}, e.g. {example(cause)})"


def _tried(coverage: Coverage | None) -> str:
    number = coverage.probed if coverage is not None else 0
    if coverage is not None and coverage.by_inference and coverage.space is not None:
        return f" (all {coverage.space:,}, proved from {number:,})" if coverage.space > 1 else ""
    return f" ({number:,} tried)" if number > 1 else ""


def always(target: TargetAnalysis, cause: Cause) -> bool:
    """Whether no probed configuration escapes this cause."""
    coverage = target.coverage
    return coverage is not None and len(cause.failing) >= coverage.probed > 0


def share(coverage: Coverage | None, cause: Cause) -> str:
    failing = len(cause.failing)
    if coverage is None or coverage.probed <= 0:
        return f"{failing:,} configuration{'s' * (failing != 1)}"
    if coverage.mode == "exhaustive":
        return f"{percent(cause.share)} of the space"
    return f"about {percent(cause.share)} of the space"


def consequence(target: TargetAnalysis, cause: Cause) -> str:
    """`: about 3 of your 20 trials, a 2 % chance that the search aborts`, where the one tuner says how many trials.

    Tuners other than RandomSearch do not draw at random, so for them it is said that this is an estimate.
    """
    if len(target.target.tuners) != 1 or target.coverage is None:
        return ""
    (tuner,) = target.target.tuners
    trials = tuner.call.arguments.get("max_trials")
    if trials is None or type(trials.literal) is not int or trials.literal < 1:
        return ""
    row = tuner.call.arguments.get("max_consecutive_failed_trials")
    in_a_row = row.literal if row is not None and type(row.literal) is int and row.literal > 0 else IN_A_ROW
    odds = search_odds(cause.share, trials.literal, in_a_row)
    text = f": about {odds.failures:.0f} of your {trials.literal} trials" if odds.failures >= 0.5 else ""
    if odds.abort >= 0.01:
        text += f"{',' if text else ':'} a {percent(odds.abort)} chance that the search aborts"
    return text if not text or tuner.class_name == "RandomSearch" else f"{text} under random draws"


def percent(fraction: float) -> str:
    """A share as people say it: never 0 % or 100 % unless it is."""
    hundred = 100 * fraction
    if 0 < hundred < 1:
        return "less than 1 %"
    if 99 < hundred < 100:
        return "more than 99 %"
    return f"{hundred:.0f} %"


def example(cause: Cause) -> str:
    """The values of one failing configuration, those in the condition first and no more than a few."""
    configuration = cause.first.configuration
    names = [name for name in cause.names if name in configuration]
    if not names:
        building = cause.building or {}
        names = [name for name in configuration if configuration[name] != building.get(name)] or list(
            configuration
        )
    return values(configuration, names)


def values(configuration: Configuration, names: Iterable[str]) -> str:
    chosen = list(names)
    shown = ", ".join(f"{name}={configuration[name]!r}" for name in chosen[:SHOWN_VALUES])
    return shown + (", …" if len(chosen) > SHOWN_VALUES else "") if chosen else "its defaults"


def quote(message: str) -> str:
    """Keras's own words on one line, shortened."""
    line = " ".join(message.split())
    return line if len(line) <= QUOTED else line[: QUOTED - 1].rstrip() + "…"


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


def listed(items: Iterable[str]) -> str:
    """`a, b and c`."""
    found = list(items)
    return " and ".join(filter(None, [", ".join(found[:-1]), *found[-1:]]))
