"""What a failure that a search is certain to meet does to it, in the words of the message."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from hypershape.model import Severity, TunerCall
from hypershape.rules.common import wording
from hypershape.space import odds

Where = Literal["constructor", "search", "trial", "after"]
"""Where it strikes: the tuner cannot be made, the search ends at once, a trial fails, what follows the search fails."""


@dataclass(frozen=True, slots=True)
class Consequence:
    """A part of a sentence, `every trial fails, and the search ends after 3 of them`, and how loud it is."""

    text: str
    severity: Severity


def of_failure(
    tuner: TunerCall, where: Where, *, every: bool = True, tolerated: int | None = None
) -> Consequence:
    """What a failure does to the searches of a tuner.

    `every` says that it strikes in each trial; `tolerated` is how many in a row end a search, where that is known
    better than from the text.
    """
    if where == "constructor":
        return Consequence("the tuner cannot be made, so that no search begins", Severity.ERROR)
    if where == "search":
        return Consequence("the search ends at once", Severity.ERROR)
    if where == "after":
        return Consequence("the search runs to its end, and what follows it fails", Severity.ERROR)
    if not every:
        return Consequence("such a trial fails, and the search goes on without it", Severity.WARNING)
    in_a_row = tolerated or wording.whole_number(tuner, "max_consecutive_failed_trials") or odds.IN_A_ROW
    trials = wording.whole_number(tuner, "max_trials")
    if trials is not None and trials < in_a_row:
        number = f"all of its {trials} trials fail" if trials > 1 else "its only trial fails"
        return Consequence(f"{number}, and the search ends without a result", Severity.ERROR)
    if in_a_row == 1:
        return Consequence("every trial fails, and the search ends after the first", Severity.ERROR)
    return Consequence(f"every trial fails, and the search ends after {in_a_row} of them", Severity.ERROR)
