"""A trial that Hyperband promotes begins with the weights of an earlier one; here it is played as far as its training."""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Sequence

import keras_tuner


class Unknown(Exception):
    """Nothing is learned."""


class _Begun(BaseException):
    """The training of a trial begins. Not an Exception, so that user code does not keep it."""


def is_played(oracle: Any) -> bool:
    """Whether an oracle promotes trials, and one is there that it could promote."""
    halving = isinstance(oracle, keras_tuner.oracles.HyperbandOracle)
    return halving and oracle.max_epochs >= oracle.factor and bool(_completed(oracle))


def failure(tuner: Any, run: Any, args: Sequence[Any], kwargs: Dict[str, Any]) -> Optional[Exception]:
    """What a promoted trial raises before its training, and the same trial does not raise if it is not promoted.

    `run` is the tuner's own `run_trial`, and the arguments are those of its search.
    """
    raised = _raised(tuner, run, args, kwargs, True)
    if raised is not None and _raised(tuner, run, args, kwargs, False) is not None:
        raise Unknown
    return raised


def _raised(
    tuner: Any, run: Any, args: Sequence[Any], kwargs: Dict[str, Any], promoted: bool
) -> Optional[Exception]:
    earlier = _completed(tuner.oracle)[-1]
    hyperparameters = earlier.hyperparameters.copy()
    if promoted:
        hyperparameters.values["tuner/trial_id"] = earlier.trial_id
    trial = keras_tuner.engine.trial.Trial(hyperparameters=hyperparameters, trial_id="promoted")
    fit = tuner.hypermodel.fit
    tuner.hypermodel.fit = _begun
    try:
        run(trial, *args, **kwargs)
    except _Begun:
        return None
    except Exception as error:
        return error
    finally:
        tuner.hypermodel.fit = fit
    return None


def _begun(*_: Any, **__: Any) -> None:
    raise _Begun


def _completed(oracle: Any) -> List[Any]:
    return [each for each in oracle.trials.values() if each.status == "COMPLETED"]
