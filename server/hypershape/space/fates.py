"""What is asked of a simulated search, and what its ends say together: `agent/simulation.py` plays it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hypershape.model import (
    Cause,
    Configuration,
    Fate,
    Hyperparameter,
    Parent,
    ProbeError,
    Report,
    TargetAnalysis,
    TunerCall,
    Value,
)
from hypershape.space import odds
from hypershape.space.conditions import Condition

ORACLES: Mapping[str, str] = {
    "RandomSearch": "RandomSearchOracle",
    "GridSearch": "GridSearchOracle",
    "BayesianOptimization": "BayesianOptimizationOracle",
    "Hyperband": "HyperbandOracle",
}
DECISIVE = (
    "max_trials",
    "max_retries_per_trial",
    "max_consecutive_failed_trials",
    "max_epochs",
    "factor",
    "hyperband_iterations",
    "num_initial_points",
)
"""The arguments of a tuner on which the course of a search depends, beside its seed."""
UNKNOWN = ("hyperparameters", "tune_new_entries", "allow_new_entries", "*", "**", "oracle", "max_model_size")
"""Arguments that change the space or the outcomes in ways that are not looked at here."""

MOST_PATHS = 1_000
SEARCHES = 400
IN_TRIALS = ("return", "step", "limit", "slice")
"""Stages that the constructor of a tuner does not reach: it builds, and looks at nothing that comes back."""


def question(explored: TargetAnalysis, tuner: TunerCall) -> dict[str, Any] | None:
    """What is to be played through for a tuner; None where the course of its search is not known."""
    settings = _settings(tuner)
    if settings is None or not explored.causes or explored.data == "assumed":
        return None
    if explored.coverage is None or explored.coverage.all_fail:
        return None
    scoped = any(each.conditions for each in explored.hyperparameters)
    if (scoped and tuner.class_name == "GridSearch") or _is_computed(explored, settings):
        return None
    if scoped:
        # What stands under a scope may be met in another order than here, and so drawn with other numbers.
        settings |= {"seed": None, "searches": SEARCHES}
    paths = _paths(explored)
    conditions = [] if paths is not None else _conditions(explored)
    if paths is None and conditions is not None:
        paths = _one_path(explored)
    if paths is None or conditions is None:
        return None
    return {
        **settings,
        "hyperparameters": [_fields(each) for each in explored.hyperparameters],
        "paths": paths,
        "conditions": conditions,
        "causes": len(explored.causes),
        "in_trials": [place for place, each in enumerate(explored.causes) if not strikes_first(each.error)],
        "at_once": [place for place, each in enumerate(explored.causes) if ends_at_once(each.error)],
    }


def _is_computed(explored: TargetAnalysis, settings: Mapping[str, Any]) -> bool:
    """Whether `space.odds` tells it: draws are random, no seed is given, and all values of the space equally likely."""
    if settings["oracle"] != "RandomSearchOracle" or settings["seed"] is not None:
        return False
    space = odds.drawn(explored.hyperparameters)
    return space is not None and space.even


def _settings(tuner: TunerCall) -> dict[str, Any] | None:
    """The oracle of a tuner with the arguments that count."""
    arguments = tuner.call.arguments
    plain = tuner.call.name.startswith("keras_tuner.") and tuner.class_name in ORACLES
    given = {name: arguments[name] for name in (*DECISIVE, "seed") if name in arguments}
    if not plain or any(name in arguments for name in UNKNOWN):
        return None
    if not all(each.is_literal for each in given.values()):
        return None
    values = {name: each.literal for name, each in given.items()}
    seed = values.pop("seed", None)
    # Keras Tuner takes a seed of 0 for none.
    known = seed if isinstance(seed, int) and seed else None
    ordered = tuner.class_name == "GridSearch"
    return {
        "oracle": ORACLES[tuner.class_name],
        "arguments": values,
        "seed": known or (1 if ordered else None),
        "searches": 1 if known or ordered else SEARCHES,
    }


def _fields(hp: Hyperparameter) -> dict[str, Any]:
    return {
        "name": hp.name,
        "kind": hp.kind,
        "default": hp.default,
        "values": list(hp.values) if hp.kind == "Choice" and hp.values is not None else None,
        "min": hp.min,
        "max": hp.max,
        "step": hp.step,
        "sampling": hp.sampling,
        "conditions": [{"name": each.name, "values": list(each.values)} for each in hp.conditions],
    }


def _paths(explored: TargetAnalysis) -> list[dict[str, Any]] | None:
    """The paths of a finished space; None for one that is not, or too large."""
    coverage = explored.coverage
    reports = explored.reports[: len(explored.shares)] if explored.shares else explored.reports
    if coverage is None or coverage.mode != "exhaustive" or len(reports) > MOST_PATHS:
        return None
    if not _declared_once(explored) or not all(
        each.verdict != "unknown" and _is_box(each) for each in reports
    ):
        return None
    known = {each.name for each in explored.hyperparameters}
    if any(not report.configuration.keys() <= known for report in reports):
        return None
    causes = [_cause_of(report, explored.causes) for report in reports]
    if any(report.verdict == "fail" and cause is None for report, cause in zip(reports, causes, strict=True)):
        return None
    deciding = known - coverage.held.keys()
    return [
        {"reads": list(report.configuration), "allowed": _allowed(report, deciding), "cause": cause}
        for report, cause in zip(reports, causes, strict=True)
    ]


def _is_box(report: Report) -> bool:
    """Whether a report speaks for some values of each name that it reads, whatever the others are.

    What is said of states is more than that, unless each of them leads to the one before it alone.
    """
    chain = all(len(leads) == 1 and leads[0][0] == place for place, (_, leads) in enumerate(report.states))
    return chain and not report.apart


def _declared_once(explored: TargetAnalysis) -> bool:
    """Whether every hyperparameter has one declaration, in which no value is listed twice."""
    names = [each.name for each in explored.hyperparameters]
    return len(names) == len(set(names)) and not any(each.weights for each in explored.hyperparameters)


def _allowed(report: Report, deciding: set[str]) -> dict[str, list[Value]]:
    return {
        name: list(dict.fromkeys((value, *report.alike.get(name, ()))))
        for name, value in report.configuration.items()
        if name in deciding and name not in report.free
    }


def _cause_of(report: Report, causes: Sequence[Cause]) -> int | None:
    """The number of the cause by which a report fails."""
    if report.verdict != "fail":
        return None
    return next((place for place, each in enumerate(causes) if report.configuration in each.failing), None)


def _one_path(explored: TargetAnalysis) -> list[dict[str, Any]] | None:
    """The names that every configuration reads in one order; None where they differ."""
    building = {tuple(each.configuration) for each in explored.reports if each.verdict == "ok"}
    if len(building) != 1 or not _declared_once(explored):
        return None
    (reads,) = building
    if set(reads) != {each.name for each in explored.hyperparameters}:
        return None
    return [{"reads": list(reads), "allowed": {}, "cause": None}]


def _conditions(explored: TargetAnalysis) -> list[str] | None:
    """Where each cause strikes, as Python over `hp`; None where that was not put to trial."""
    found = [
        each.condition.over("hp")
        for each in explored.causes
        if each.exact and isinstance(each.condition, Condition)
    ]
    return found if len(found) == len(explored.causes) else None


def strikes_first(error: ProbeError) -> bool:
    """Whether the constructor of a tuner meets a failure, where it builds a configuration that has it."""
    return error.stage not in IN_TRIALS and error.kind != "not-compiled" and not error.later


def ends_at_once(error: ProbeError) -> bool:
    """Whether the first trial that fails so ends its search. What else shows after the build, such as a model that has no
    shapes before it is called, costs that trial."""
    return error.stage == "return" and error.kind == "no-model"


def refused(explored: TargetAnalysis, cause: Cause) -> bool:
    """Whether a cause keeps every tuner of a target from being made.

    Before its first trial Keras Tuner builds the defaults, and then the first value of each `conditional_scope`.
    """
    if not strikes_first(cause.error) or explored.data == "assumed":
        return False
    hps = {each.name: each for each in explored.hyperparameters}
    scopes: set[tuple[Parent, ...]] = {(), *(each.conditions for each in explored.hyperparameters)}
    return any(_is_built_first(each, scope, hps) for scope in scopes for each in cause.failing)


def _is_built_first(
    configuration: Configuration, scope: tuple[Parent, ...], hps: Mapping[str, Hyperparameter]
) -> bool:
    opened = {parent.name: parent.values[0] for parent in scope if parent.values}
    return all(
        name in hps and value == opened.get(name, hps[name].default) for name, value in configuration.items()
    )


def fate(
    explored: TargetAnalysis,
    tuner: TunerCall,
    asked: Mapping[str, Any],
    searches: Sequence[Mapping[str, Any]],
) -> Fate | None:
    """What the ends of simulated searches say together; None where none was played to its end."""
    if not searches:
        return None
    count = len(searches)
    ends = [each["end"] for each in searches]
    refusing = next((each["cause"] for each in searches if each["end"] == "refused"), None)
    failed = [
        [each["failed"][place] for each in searches if each["failed"]] for place in range(asked["causes"])
    ]
    return Fate(
        tuner.call.span,
        count,
        asked["searches"] == 1,
        tuple(each.error for each in explored.causes),
        tuple(sum(each) / count for each in failed),
        sum(each["trials"] for each in searches) / count,
        refused=ends.count("refused"),
        aborted=ends.count("aborted"),
        ended=ends.count("ended"),
        barren=sum(each["end"] == "finished" and not each["completed"] for each in searches),
        left=ends.count("open"),
        decisive=None if refusing is None else explored.causes[refusing].error,
    )
