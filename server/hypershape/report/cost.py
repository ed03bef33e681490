"""What training costs, in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from hypershape.model import Cost

WIDEST = 10.0
"""A range whose ends lie farther apart tells nobody whether to wait."""


def told(cost: Cost | None) -> str | None:
    """`the search takes about 20 min to 1 h 10 min on this CPU`; None where nothing supports a figure."""
    if cost is None or cost.search is None or not _tells(cost.search):
        return None
    trials = "" if cost.trials is None else f" of {cost.trials:,} trial{'s' * (cost.trials != 1)}"
    return f"the search{trials} takes about {span(cost.search, duration)} on this {cost.device}"


def details(cost: Cost | None) -> Iterator[str]:
    """Sentences for who wants to know more."""
    if cost is None:
        return
    batch = "" if cost.batch is None else f" at batch {'–'.join(map(str, dict.fromkeys(cost.batch)))}"
    search, step = told(cost), cost.step if cost.step is not None and _tells(cost.step) else None
    if search is not None:
        yield f"{search[0].upper()}{search[1:]}."
    if step is not None:
        yield f"A training step takes {span(step, duration)}{batch}."
    if cost.memory is not None:
        yield f"Training takes {span(cost.memory, size)} of memory{batch}, beside what the program holds before its tuner."
    if search or step or cost.memory:
        count = len(cost.spent)
        errors = [
            f"{what} was {error:.0%} off"
            for what, error in zip(("the step", "the memory"), cost.errors, strict=True)
            if error is not None
        ]
        off = f", where a prediction of {' and '.join(errors)}" if errors else ""
        yield f"Measured at {count} configuration{'s' * (count != 1)}{off}."


def _tells(bounds: tuple[float, float]) -> bool:
    return bounds[1] <= WIDEST * bounds[0]


def span(bounds: tuple[float, float], shown: Callable[[float], str]) -> str:
    """`12 min to 1 h 10 min`."""
    return " to ".join(dict.fromkeys(map(shown, bounds)))


def duration(seconds: float) -> str:
    """`35 ms`, `40 s`, `3 h 20 min`, in two units at most."""
    if seconds < 1:
        return f"{max(1000 * seconds, 1):.0f} ms"
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 3600:
        return f"{seconds / 60:.0f} min"
    if seconds < 36 * 3600:
        hours, minutes = divmod(round(seconds / 60), 60)
        tens = minutes // 10 * 10 if hours else minutes
        return f"{hours} h {tens} min" if tens and hours < 10 else f"{round(seconds / 3600)} h"
    return f"{seconds / 86400:.1f} days"


def size(count: float) -> str:
    """`350 MB`, `2.1 GB`, in powers of ten."""
    for unit, bytes_ in (("TB", 1e12), ("GB", 1e9)):
        if count >= bytes_:
            value = count / bytes_
            return f"{value:.1f} {unit}" if value < 10 else f"{value:.0f} {unit}"
    return f"{max(count / 1e6, 1):.0f} MB"
