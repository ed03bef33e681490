"""Searches played through with Keras Tuner's own oracles: nothing is built, since each outcome is known.

What a failure does to a search is decided by Keras Tuner's own loop: which configurations the constructor builds,
what is drawn next, what is tried again, when failures in a row end it all. So that loop itself runs here, over a
stand-in for the target that declares what the target declares and fails where it fails.
"""

from __future__ import annotations

import contextlib
import io
import random
import tempfile
from typing import Any, Dict, List, Mapping, Optional, Sequence

import keras_tuner
from keras_tuner.engine import base_tuner

from . import limits

SEEDS = 10_000
"""Keras Tuner draws a seed from 1 to this where none is given."""

REFUSED, ABORTED, ENDED, FINISHED, OPEN = "refused", "aborted", "ended", "finished", "open"
"""How a search ends: its tuner cannot be made, failures in a row, an error that ends it at once, by itself; and one
that was left where its course depends on the scores of models."""


class _Stop(BaseException):
    """Ends a search from within: not an Exception, which Keras Tuner would take for a failed trial."""

    def __init__(self, how: Optional[str]) -> None:
        super().__init__(how)
        self.how = how


class _Fails(Exception):
    def __init__(self, cause: int) -> None:
        super().__init__(cause)
        self.cause = cause


class Target:
    """What is known of a target: paths through its declarations, and where it fails.

    A path says which names it reads, in order, the values of those that decide (`allowed`), and the number of the
    cause by which it fails. Of paths that are said to build, `conditions` (Python over `hp`) decide, one for each
    cause.
    """

    def __init__(self, asked: Mapping[str, Any]) -> None:
        self._fields = {each["name"]: each for each in asked["hyperparameters"]}
        self._order = [each["name"] for each in asked["hyperparameters"]]
        self._paths: List[Dict[str, Any]] = asked["paths"]
        self._conditions = [compile(text, "condition", "eval") for text in asked["conditions"]]

    def outcome(self, hp: Any) -> Optional[int]:
        """Declares what the target would; the number of the cause by which it fails, or None."""
        paths, place, read = self._paths, 0, []  # type: ignore[var-annotated]
        while True:
            following = {path["reads"][place] if place < len(path["reads"]) else None for path in paths}
            if len(following) != 1:
                raise _Stop(None)
            (name,) = following
            if name is None:
                break
            self._declare_inactive(hp, name, read)
            value = self._declare(hp, name)
            read.append(name)
            paths = [path for path in paths if name not in path["allowed"] or value in path["allowed"][name]]
            place += 1
        causes = {path["cause"] for path in paths}
        if len(causes) != 1:
            raise _Stop(None)
        (cause,) = causes
        if cause is None:
            self._declare_inactive(hp, None, read)
            cause = next((each for each, code in enumerate(self._conditions) if eval(code, {"hp": hp})), None)
        return cause  # type: ignore[no-any-return]

    def _declare_inactive(self, hp: Any, before: Optional[str], read: Sequence[str]) -> None:
        """Keras Tuner hears of what stands under a scope whether it is active or not."""
        until = self._order.index(before) if before is not None else len(self._order)
        for name in self._order[:until]:
            conditions = self._fields[name]["conditions"]
            if name not in read and conditions and all(each["name"] in read for each in conditions):
                self._declare(hp, name)

    def _declare(self, hp: Any, name: str) -> Any:
        each = self._fields[name]
        with contextlib.ExitStack() as scopes:
            for condition in each["conditions"]:
                scopes.enter_context(hp.conditional_scope(condition["name"], condition["values"]))
            if each["kind"] in ("Int", "Float"):
                declare = getattr(hp, each["kind"])
                return declare(
                    name, each["min"], each["max"], each["step"], each["sampling"], default=each["default"]
                )
            if each["kind"] == "Choice":
                return hp.Choice(name, each["values"], default=each["default"])
            if each["kind"] == "Boolean":
                return hp.Boolean(name, default=each["default"])
            return hp.Fixed(name, each["default"])


class _Tuner(base_tuner.BaseTuner):  # type: ignore[misc]
    """Keras Tuner's loop over trials that are known already."""

    def __init__(
        self, target: Target, asked: Mapping[str, Any], oracle: Any, bound: limits.Bound, folder: str
    ) -> None:
        self.target, self.bound = target, bound
        self.in_trials, self.at_once = asked["in_trials"], asked["at_once"]
        self.failed: Dict[str, int] = {}
        self._scores = random.Random(oracle.seed)
        super().__init__(oracle, self._build, directory=folder, project_name="search", overwrite=True)

    def _build(self, hp: Any) -> None:
        """What the constructor builds: a failure that only training shows does not show there."""
        cause = self.target.outcome(hp)
        if cause is not None and cause not in self.in_trials:
            raise _Fails(cause)

    def run_trial(self, trial: Any, *args: Any, **kwargs: Any) -> float:
        if self.bound.left <= 0:
            raise _Stop(None)
        cause = self.target.outcome(trial.hyperparameters)
        if cause is not None:
            self.failed[trial.trial_id] = cause
            if cause in self.at_once:
                raise _Stop(ENDED)
            raise _Fails(cause)
        return self._scores.random()

    def save(self) -> None:
        """Nothing is kept."""


class _NoScores:
    """In place of the model by which BayesianOptimization chooses: scores are not known."""

    def fit(self, x: Any, y: Any) -> None:
        raise _Stop(OPEN)


def _oracle(asked: Mapping[str, Any], seed: int) -> Any:
    made = getattr(keras_tuner.oracles, asked["oracle"])
    oracle = made(objective=keras_tuner.Objective("loss", "min"), **{**asked["arguments"], "seed": seed})
    oracle.verbose = 0
    oracle.save = lambda: None
    oracle._save_trial = lambda trial: None
    if hasattr(oracle, "gpr"):
        oracle.gpr = _NoScores()
    return oracle


def _play(
    target: Target, asked: Mapping[str, Any], seed: int, bound: limits.Bound, folder: str
) -> Optional[Dict[str, Any]]:
    """One search; None where its course is not known, or takes too long."""
    tuner: Any = None
    try:
        oracle = _oracle(asked, seed)
        try:
            tuner = _Tuner(target, asked, oracle, bound, folder)
        except _Fails as failure:
            return {"end": REFUSED, "cause": failure.cause, "trials": 0, "failed": [], "completed": 0}
        end = FINISHED
        try:
            tuner.search(verbose=0)
        except RuntimeError:
            end = ABORTED
    except _Stop as stop:
        if stop.how is None:
            return None
        end = stop.how
    failed = list(tuner.failed.values())
    trials = len(oracle.trials)
    return {
        "end": end,
        "cause": failed[-1] if failed else None,
        "trials": trials,
        "failed": [failed.count(each) for each in range(asked["causes"])],
        "completed": trials - len(failed),
    }


def played(asked: Mapping[str, Any], seconds: float) -> List[Dict[str, Any]]:
    """How searches end, for as many seeds as `seconds` of processor time allow; none where that is not known.

    With the seed of the user, and for an oracle that draws nothing, one search is what happens.
    """
    bound, target = limits.Bound(seconds), Target(asked)
    draws = random.Random(0)
    found: List[Dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()):
        while len(found) < asked["searches"] and (bound.left > 0 or not found):
            one = _play(target, asked, asked["seed"] or draws.randint(1, SEEDS), bound, folder)
            if one is None:
                return found if bound.left <= 0 else []
            found.append(one)
            if one["end"] == REFUSED:
                break
    return found
