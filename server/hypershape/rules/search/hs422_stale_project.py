"""HS422."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from hypershape.model import Analysis, Finding, Severity
from hypershape.rules.base import Rule
from hypershape.rules.common.projects import changed, declared, folder_of
from hypershape.rules.common.tuners import Tuner, afresh, targets_of, tuners
from hypershape.rules.common.wording import listed
from hypershape.source import Code

_LARGEST = 8_000_000
"""Bytes of an oracle's file; a larger one is not read while the user types."""
_NAMED = 3

_OWN_STATE = {
    "Hyperband": ("brackets", "current_bracket", "current_iteration", "max_epochs", "factor"),
    "BayesianOptimization": ("num_initial_points", "alpha", "beta"),
}
"""What a tuner reads of a stored project that the others do not write (keras-tuner 1.4, `Oracle.set_state`)."""

_KEPT = (("max_epochs", 2), ("factor", 3), ("hyperband_iterations", 4))
"""The arguments of Hyperband that a stored project overrules, with their positions."""


class StaleProject(Rule):
    """The project folder holds the trials of another search space, or already all trials, and would be resumed.

    ## What it does
    Looks for the folder of a tuner without `overwrite=True` beside the file, and compares the kind of tuner and the
    search space that are stored there with those of the file, Hyperband's own arguments, and the number of trials
    with `max_trials`.

    ## Why it matters
    Keras Tuner resumes the search: the old ranges win over the new ones, and a search whose trials are used up
    returns at once without training anything. It says nothing but "Reloading Tuner". Hyperband and
    BayesianOptimization refuse a project of another kind of tuner with a RuntimeError.

    ## Fix
    `overwrite=True`, a new project name, or delete the folder.
    """

    code = "HS422"
    name = "stale-project"
    severity = Severity.WARNING

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        code = analysis.module.code
        for tuner in tuners(analysis, code):
            folder = _folder(tuner, analysis, code)
            stored = _stored(folder) if folder is not None else None
            if folder is None or stored is None:
                continue
            refused = _refused(stored, tuner)
            said = (
                refused
                or _difference(stored, tuner, analysis)
                or _overruled(stored, tuner, code)
                or _used_up(folder, tuner, code)
            )
            if said is not None:
                yield self.finding(
                    f"The folder {folder.parent.name}/{folder.name} would be resumed: {said}.",
                    tuner.found.call.callee,
                    target=next((each.name for each in targets_of(tuner, analysis)), None),
                    severity=Severity.ERROR if refused is not None else None,
                    repairs=partial(afresh, tuner, code),
                )


def _folder(tuner: Tuner, analysis: Analysis, code: Code) -> Path | None:
    """The project folder that would be resumed; None where none would, or its name is not written."""
    if not tuner.complete:
        return None
    overwrite = code.argument(tuner.node, "overwrite")
    if overwrite is not None and code.value(overwrite, default=None) is not False:
        return None
    return folder_of(tuner, analysis.module.document.path, code)


def _stored(folder: Path) -> Mapping[str, Any] | None:
    """What the oracle of a project wrote last; None where a tuner would not resume it."""
    file = folder / "oracle.json"
    try:
        if not list(folder.glob("tuner*.json")) or file.stat().st_size > _LARGEST:
            return None
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def _refused(stored: Mapping[str, Any], tuner: Tuner) -> str | None:
    """Whether another kind of tuner wrote the project, so that this one raises a RuntimeError."""
    name = tuner.found.class_name
    if all(each in stored for each in _OWN_STATE.get(name, ())):
        return None
    return f"another kind of tuner wrote it, and {name} raises `Error reloading Oracle from existing project`"


def _overruled(stored: Mapping[str, Any], tuner: Tuner, code: Code) -> str | None:
    """The first argument of a Hyperband whose stored value is another one."""
    if tuner.found.class_name != "Hyperband":
        return None
    for name, position in _KEPT:
        node = code.argument(tuner.node, name, position)
        value = code.value(node, default=None) if node is not None else None
        if value is not None and stored.get(name) not in (None, value):
            return f"{name} was {stored[name]!r} and is {value!r} now, and the old value wins"
    return None


def _difference(stored: Mapping[str, Any], tuner: Tuner, analysis: Analysis) -> str | None:
    """How the stored search space differs from the probed one, where both are known."""
    places = {target.span for target in targets_of(tuner, analysis)}
    probed = [each for each in analysis.targets if each.target.span in places and each.status == "probed"]
    if len(probed) != 1:
        return None
    space = stored.get("hyperparameters", {}).get("space", [])
    clauses = list(changed(declared(space), probed[0].hyperparameters))
    return f"{listed(clauses[:_NAMED])}, and the old range wins" if clauses else None


def _used_up(folder: Path, tuner: Tuner, code: Code) -> str | None:
    """Whether as many trials are stored as the tuner is to run."""
    if tuner.found.class_name == "Hyperband":
        return None
    node = code.argument(tuner.node, "max_trials", 2)
    wanted = code.value(node, default=None) if node is not None else None
    done = sum(1 for each in folder.glob("trial_*/trial.json"))
    if not isinstance(wanted, int) or isinstance(wanted, bool) or wanted < 1 or done < wanted:
        return None
    return f"it holds {done:,} of {wanted:,} trials, so that `search` trains nothing"
