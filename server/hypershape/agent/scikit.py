"""What scikit-learn's most used helpers do to shapes, where it is not installed: splits, scalers, encoders of labels.

Signatures and sizes: https://scikit-learn.org/stable/api/
"""

from __future__ import annotations

import math
from typing import Any, Callable, Dict, Iterator, List

import numpy

from .standins import StandIn


def _split(
    *arrays: Any, test_size: Any = None, train_size: Any = None, shuffle: bool = True, **_: Any
) -> List[Any]:
    """`train_test_split`: the first rows of each array and its last ones, as many of each as it gives."""
    count = len(arrays[0])
    held = _rows(0.25 if test_size is None and train_size is None else test_size, count, math.ceil)
    kept = _rows(train_size, count, math.floor)
    kept = count - (held or 0) if kept is None else kept
    held = count - kept if held is None else held
    return [part for each in arrays for part in (each[:kept], each[count - held :])]


def _rows(size: Any, count: int, rounded: Callable[[float], int]) -> Any:
    return rounded(size * count) if isinstance(size, float) else size


def _shuffled(*arrays: Any, **_: Any) -> Any:
    return arrays[0] if len(arrays) == 1 else list(arrays)


class _Folds:
    """`KFold` and its like: numbers of rows to train on, and of those to test on."""

    def __init__(self, n_splits: Any = 5, **_: Any) -> None:
        self.n_splits = n_splits

    def get_n_splits(self, *_: Any, **__: Any) -> Any:
        return self.n_splits

    def split(self, x: Any, *_: Any, **__: Any) -> Iterator[Any]:
        for held in numpy.array_split(numpy.arange(len(x)), int(self.n_splits)):
            yield numpy.setdiff1d(numpy.arange(len(x)), held), held


class _Shuffles(_Folds):
    """`ShuffleSplit` and its like."""

    def __init__(
        self, n_splits: Any = 10, *, test_size: Any = None, train_size: Any = None, random_state: Any = None
    ) -> None:
        super().__init__(n_splits)
        self._sizes = {"test_size": 0.1 if test_size is None else test_size, "train_size": train_size}

    def split(self, x: Any, *_: Any, **__: Any) -> Iterator[Any]:
        for _number in range(int(self.n_splits)):
            yield tuple(_split(numpy.arange(len(x)), **self._sizes))


class _Fitted:
    """What learns from data and changes them: `fit`, `transform` and what is made of the two."""

    def __init__(self, *_: Any, **__: Any) -> None:
        pass

    def fit(self, x: Any, *_: Any, **__: Any) -> Any:
        return self

    partial_fit = fit

    def transform(self, x: Any, *_: Any, **__: Any) -> Any:
        raise NotImplementedError

    def fit_transform(self, x: Any, *others: Any, **named: Any) -> Any:
        return self.fit(x, *others, **named).transform(x)


class _Scaler(_Fitted):
    """Gives numbers of the shape that it is given."""

    def transform(self, x: Any, *_: Any, **__: Any) -> Any:
        return x if isinstance(x, StandIn) else numpy.asarray(x, "float64")

    inverse_transform = transform


class LabelEncoder(_Fitted):
    """Gives the number of each class."""

    def fit(self, x: Any, *_: Any, **__: Any) -> Any:
        self.classes_ = x if isinstance(x, StandIn) else numpy.unique(numpy.asarray(x))
        return self

    def transform(self, x: Any, *_: Any, **__: Any) -> Any:
        if isinstance(x, StandIn) or isinstance(self.classes_, StandIn):
            return x
        return numpy.searchsorted(self.classes_, numpy.asarray(x))

    def inverse_transform(self, x: Any) -> Any:
        return x if isinstance(self.classes_, StandIn) else self.classes_[numpy.asarray(x)]


_SCALERS = (
    "StandardScaler MinMaxScaler RobustScaler MaxAbsScaler Normalizer PowerTransformer QuantileTransformer "
    "SimpleImputer KNNImputer"
).split()

_KNOWN: Dict[str, Any] = {
    "train_test_split": _split,
    "shuffle": _shuffled,
    "LabelEncoder": LabelEncoder,
    **{name: type(name, (_Folds,), {}) for name in ("KFold", "StratifiedKFold", "GroupKFold")},
    **{name: type(name, (_Shuffles,), {}) for name in ("ShuffleSplit", "StratifiedShuffleSplit")},
    **{name: type(name, (_Scaler,), {}) for name in _SCALERS},
}


def known(module: str, name: str) -> Any:
    """What stands for a name of a module that is missing; None where only its package knows what it does."""
    return _KNOWN.get(name) if module.partition(".")[0] == "sklearn" else None
