"""What is shown of each case, against what it really does."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from hypershape.analysis.repairs import UNCOVERED
from hypershape.model import Severity
from tests.reports.cases import Case
from tests.reports.real import Truth
from tests.reports.shown import Kept, Repair, Row, Shown, searched

Verdict = Literal["found", "in part", "missed", "wrong", "silent"]

ENVIRONMENT = ("HS001", "HS002", "HS005", "HS422", "HS9")
"""Findings about the interpreter, the disk and what could not be checked, not about the file."""

LOUD = (Severity.ERROR, Severity.WARNING)
NOTHING = "shows nothing: every trial was drawn from what the repair gives up"
NO_ANSWER = "was not searched to its end: that takes too long"
MOVES = "shows the next failure, as its title says"
RANKS = (Severity.HINT, Severity.INFO, Severity.WARNING, Severity.ERROR)


@dataclass
class Said:
    """The verdict on one case; `because` are the differences, `repairs` what each repair came to in a real search."""

    case: Case
    shown: Shown
    verdict: Verdict
    because: list[str] = field(default_factory=list)
    repairs: list[str] = field(default_factory=list)


def compared(case: Case, shown: Shown) -> Said:
    """The verdict on what is shown of a case."""
    rows = [each for each in shown.rows if not each.code.startswith(ENVIRONMENT)]
    meant = [each for each in rows if case.codes and each.code.startswith(case.codes)]
    others = [
        f"unexpected {each.severity.value} {each}"
        for each in rows
        if each.severity in LOUD and each not in meant and not each.code.startswith(case.also or ("-",))
    ]
    if not case.codes:
        return Said(case, shown, "wrong" if others else "silent", others)
    if not meant:
        return Said(case, shown, "missed", others or ["nothing is said"])
    because = min((_differences(case, each) for each in meant), key=len)
    verdict: Verdict = "wrong" if others else "in part" if because else "found"
    return Said(case, shown, verdict, others + because)


def _differences(case: Case, row: Row) -> list[str]:
    """What is not as it should be of a finding: its line, its words, its consequence, how serious it is taken."""
    found = []
    if case.lines and row.line not in case.lines:
        found.append(f"at line {row.line}, wanted {', '.join(map(str, case.lines))}")
    if not re.search(case.words, f"{row.message} {row.condition or ''}", re.IGNORECASE | re.DOTALL):
        found.append(f"says nothing of {case.words!r}")
    if case.truth is not None and case.kind != "silent":
        found += _untold(case.truth, row)
    if RANKS.index(row.severity) < RANKS.index(_least(case, row)):
        found.append(f"is only {row.severity.value}")
    return [f"{each}: {row}" for each in found]


FATES = {
    "no search": r"no search begins|search never starts|search ends (there )?at once|cannot be imported",
    "at once": r"search ends (there )?at once",
    "every trial": r"every trial|every configuration|all of its \d+ trials|no trial (succeeds|reports)|a model of every",
    "some trials": r"% of the space|of (your|the|some|its) \d+ trials|every trial but the first|trials with .* fail|from the second on",
    "after": r"after the search",
}
"""What a message says of a search that comes to such an end."""


def fate(truth: Truth) -> str | None:
    """What a file's search comes to, as a key of FATES; None where it ends as it should."""
    if truth.outcome == "ends":
        return None
    if truth.completed and truth.outcome == "raises" and not truth.failed:
        return "after"
    if truth.completed:
        return "some trials"
    if not truth.failed:
        return "no search"
    return "at once" if (truth.error or "").startswith("Fatal") else "every trial"


def _untold(truth: Truth, row: Row) -> Iterator[str]:
    """The end of the search, where a finding does not say it.

    Where only a part of the space fails, that all trials did was chance: the share is what can be said.
    """
    end = fate(truth)
    if end == "every trial" and row.condition is not None:
        end = "some trials"
    if end is not None and not re.search(FATES[end], row.message, re.IGNORECASE | re.DOTALL):
        yield f"does not say {end!r}"


def _least(case: Case, row: Row) -> Severity:
    """How serious a finding must be: an error where every search fails, not where a draw may end it."""
    if case.truth is None or case.truth.outcome == "ends" or case.kind == "silent":
        return Severity.HINT
    always = row.condition is None and case.truth.outcome != "some trials fail"
    return Severity.ERROR if always else Severity.WARNING


def offered(said: Said) -> Iterator[tuple[Row, Repair]]:
    """Every repair that is shown for a file, each text once."""
    seen = set()
    for row in said.shown.rows:
        for each in row.repairs:
            if each.text not in seen:
                seen.add(each.text)
                yield row, each


def search_again(said: Sequence[Said], kept: Kept, until: float = float("inf")) -> bool:
    """Runs each file after each of its repairs, and notes what became of it; whether there was time for all."""
    wanted = {
        (each.case.name, repair.text): (each, row, repair) for each in said for row, repair in offered(each)
    }
    for program, after in searched(list(wanted), kept, until):
        each, row, repair = wanted.pop(program)
        came = verdict(each.case, row, repair, after)
        each.repairs.append(came)
        if came not in ("cures", NOTHING, MOVES, NO_ANSWER):
            each.because.append(f"the repair {repair.title!r} of {row.code} {came}")
            each.verdict = "wrong"
    return not wanted


def verdict(case: Case, row: Row, repair: Repair, after: Truth) -> str:
    """`cures`, `NOTHING`, `MOVES`, `NO_ANSWER`, or what a repaired file does that it should not."""
    before = case.truth
    if after.outcome == "no answer":
        return NO_ANSWER
    if repair.title.endswith(UNCOVERED) and before is not None and _end(after) != _end(before):
        return MOVES
    if _unlucky(row, repair, after):
        return NOTHING
    if not _cured(case, row, repair, after):
        return f"does not cure: {after.outcome} ({after.error} at line {after.line}, {after.completed} + {after.failed} failed)"
    changed = list(after.backwards)
    if before is not None and before.outcome == "ends":
        changed += sorted(set(before.sought) - set(before.backwards) - set(after.sought))
    # Of a part of the space that fails, what it alone has may go.
    if before is not None and row.condition is None:
        changed += [f"no metric {each}" for each in before.metrics if each not in after.metrics]
        changed += [f"no loss {each}" for each in before.losses if _lost(each, after.losses, repair.text)]
    return f"changes what is sought: {', '.join(changed)}" if changed else "cures"


def _unlucky(row: Row, repair: Repair, after: Truth) -> bool:
    """Whether a repair gives trials of a part of the space up, and chance drew no other."""
    all_given_up = "FailedTrialError" in repair.text and after.failed == after.given_up > 0
    return row.condition is not None and all_given_up and not after.completed


def _cured(case: Case, row: Row, repair: Repair, after: Truth) -> bool:
    """Whether a file ends well after a repair, but for the trials that the repair gives up."""
    if after.outcome == "ends":
        return True
    if "FailedTrialError" in repair.text and after.failed == after.given_up:
        return after.completed > 0
    before = case.truth
    # A finding about something else than what fails is cured when nothing is worse.
    if row.code.startswith(case.codes) or before is None:
        return False
    # Of the same trials chance may let more come through; none may end in another way.
    return after.error == before.error and after.completed >= before.completed


def _end(truth: Truth) -> tuple[object, ...]:
    return truth.outcome, truth.error, truth.completed


def _lost(loss: str, after: tuple[str, ...], text: str) -> bool:
    """Whether a loss is gone, but for its form for labels of another kind, or the object in the place of its name.

    Of several that the file still offers by name, a search of few trials need not draw each.
    """
    if len(after) > 0 and re.search(rf"\[[^\]]*([\"']){re.escape(loss)}\1", text):
        return False
    return not any(_kind(loss) == _kind(each) or each.endswith(f".{loss}") for each in after)


def _kind(loss: str) -> str:
    return re.sub(r"^(sparse_)?categorical_crossentropy$|^binary_crossentropy$", "crossentropy", loss)
