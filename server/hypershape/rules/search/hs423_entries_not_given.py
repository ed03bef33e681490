"""HS423."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator
from functools import partial

from hypershape.model import Analysis, Edit, Finding, Fix, Severity, TargetAnalysis
from hypershape.rules.base import Example, Rule
from hypershape.rules.common import wording
from hypershape.rules.common.arguments import without
from hypershape.rules.common.tuners import Tuner, tuners
from hypershape.source import Code

_TUNED = 'keras.optimizers.Adam(hp.Choice("learning_rate", [1e-2, 1e-3])), loss="mse"'
"""How the models of the examples are compiled."""


class EntriesNotGiven(Rule):
    """A tuner refuses hyperparameters that the build function declares.

    ## What it does
    Finds `allow_new_entries=False` where the build function declares what `hyperparameters=` does not hold.

    ## Why it matters
    The tuner's constructor raises a RuntimeError.

    ## Fix
    Leave the switch out; `tune_new_entries=False` keeps such hyperparameters at their defaults.
    """

    code = "HS423"
    name = "entries-not-given"
    severity = Severity.ERROR

    INVALID = (
        Example.search(
            """
            hp = kt.HyperParameters()
            hp.Choice("learning_rate", [1e-2, 1e-3])
            tuner = kt.RandomSearch(build_model, "loss", max_trials=2, hyperparameters=hp, allow_new_entries=False)
            """,
            compile=_TUNED,
            at="allow_new_entries=False",
            fixed="hyperparameters=hp, tune_new_entries=False)",
        ),
    )
    VALID = (
        Example.search(
            """
            hp = kt.HyperParameters()
            hp.Choice("learning_rate", [1e-2, 1e-3, 1e-4])
            hp.Int("units", 1, 2)
            tuner = kt.RandomSearch(
                build_model, "loss", max_trials=2, hyperparameters=hp, allow_new_entries=False, overwrite=True
            )
            """,
            compile=_TUNED,
        ),
        Example.search(
            """
            hp = kt.HyperParameters()
            hp.Choice("learning_rate", [1e-2, 1e-3])
            tuner = kt.RandomSearch(
                build_model, "loss", max_trials=2, hyperparameters=hp, tune_new_entries=False, overwrite=True
            )
            """,
            compile=_TUNED,
        ),
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        code = analysis.module.code
        for tuner in tuners(analysis, code):
            switch = _switch(tuner, code)
            for target in analysis.targets if switch is not None else ():
                names = _new_entries(tuner, target, code)
                if switch is not None and names:
                    yield self.finding(
                        f"`{target.target.name}` declares {wording.listed(names)}, which `hyperparameters=` does not "
                        "hold: with allow_new_entries=False no search begins.",
                        code.span(switch),
                        target=target.target.name,
                        repairs=partial(_allowed, tuner, switch, _held_share(target, names), code),
                    )


def _held_share(target: TargetAnalysis, names: Collection[str]) -> float:
    """The share of the space that goes when some names are held at their defaults."""
    kept = 1.0
    for each in target.hyperparameters:
        if each.name in names:
            kept = kept / each.count if each.count else 0.0
    return 1.0 - kept


def _allowed(tuner: Tuner, switch: ast.keyword, held: float, code: Code) -> Iterator[Fix]:
    if not tuner.gives("tune_new_entries"):
        edit = Edit(code.span(switch), "tune_new_entries=False")
        yield Fix("Keep what is not given at its default: tune_new_entries=False", (edit,), drops=held)
    title = "Remove allow_new_entries: search over what is not given, too"
    yield from without(tuner.node, "allow_new_entries", title, code)


def _switch(tuner: Tuner, code: Code) -> ast.keyword | None:
    """`allow_new_entries=False`, where a tuner has it together with `hyperparameters=`."""
    switches = {each.arg: each for each in tuner.keywords}
    switch = switches.get("allow_new_entries")
    if switch is None or "hyperparameters" not in switches:
        return None
    return switch if code.value(switch.value, default=None) is False else None


def _new_entries(tuner: Tuner, target: TargetAnalysis, code: Code) -> list[str]:
    """The names that only a target of this tuner declares.

    What `hyperparameters=` holds was declared before the target ran, at no place of it.
    """
    slice_ = target.target.slice
    if slice_ is None or not any(each.call == tuner.found.call for each in target.target.tuners):
        return []
    given = next(each.value for each in tuner.keywords if each.arg == "hyperparameters")
    if slice_.hyperparameters != code.source(given):
        return []
    return [each.name for each in target.hyperparameters if each.span is not None]
