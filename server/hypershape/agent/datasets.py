"""Keras's own datasets as arrays of the true shapes, dtypes and labels, from no network and little memory.

Shapes and label ranges: https://keras.io/api/datasets/
"""

from __future__ import annotations

from typing import Any, Callable

import numpy

from . import since

IMAGES = {
    "mnist": (60000, 10000, (28, 28), 10, False),
    "fashion_mnist": (60000, 10000, (28, 28), 10, False),
    "cifar10": (50000, 10000, (32, 32, 3), 10, True),
    "cifar100": (50000, 10000, (32, 32, 3), 100, True),
}
TEXTS = {"imdb": (25000, 25000, 2), "reuters": (8982, 2246, 46)}
_holders = since.holding(("keras.", "tf_keras.", "tensorflow.keras."), ("load_data",))
TABLES = {"boston_housing": (404, 102, 13), "california_housing": (16512, 4128, 8)}


class Thin(numpy.ndarray):
    """An array of equal samples that holds one: what is done with all samples alike leaves it as thin.

    What is written to some of them only is let go, since none of them is at hand.
    """

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, out: Any = None, **kwargs: Any) -> Any:
        arrays = [*inputs, *(out or ())]
        sizes = {(each.ndim, each.shape[0]) for each in arrays if _thin(each)}
        if method != "__call__" or len(sizes) != 1 or "where" in kwargs or not _alike(arrays, min(sizes)[0]):
            if out is not None:
                kwargs["out"] = tuple(map(_plain, out))
            return getattr(ufunc, method)(*map(_plain, inputs), **kwargs)
        if out is not None:
            ufunc(*map(_one, inputs), out=tuple(map(_one, out)), **kwargs)
            return out[0] if len(out) == 1 else out
        return _many(ufunc(*map(_one, inputs), **kwargs), min(sizes)[1])

    def __setitem__(self, index: Any, value: Any) -> None:
        first = index[0] if isinstance(index, tuple) and index else index
        if not _thin(self):
            super().__setitem__(index, _plain(value))
        elif _is_all(first) and (_thin(value) or numpy.ndim(value) == 0):
            _one(self)[index] = _one(value)

    def astype(self, dtype: Any, *args: Any, **kwargs: Any) -> Any:
        if not _thin(self):
            return super().astype(dtype, *args, **kwargs)
        return _many(_one(self).astype(dtype), self.shape[0])


def _thin(array: Any) -> bool:
    return isinstance(array, Thin) and array.ndim > 0 and array.strides[0] == 0 and array.shape[0] > 1


def _alike(arrays: list[Any], axes: int) -> bool:
    """Whether an operation on all of these, of which thin ones have so many axes, does the same with each sample."""
    shapes = [numpy.shape(each) for each in arrays if not _thin(each)]
    return all(len(shape) < axes or (len(shape) == axes and shape[0] == 1) for shape in shapes)


def _is_all(index: Any) -> bool:
    """Whether it takes all samples."""
    return index is Ellipsis or (isinstance(index, slice) and index == slice(None))


def _plain(array: Any) -> Any:
    return array.view(numpy.ndarray) if isinstance(array, Thin) else array


def _one(array: Any) -> Any:
    """The one sample that a thin array holds, as an array of one; what is none is left as it is."""
    return _plain(array)[:1] if _thin(array) else _plain(array)


def _many(one: numpy.ndarray, count: int) -> Any:
    """So many samples of which `one` holds the only one. As an array that was loaded, it may be written to."""
    strides = (0, *one.strides[1:])
    return numpy.lib.stride_tricks.as_strided(one, (count, *one.shape[1:]), strides).view(Thin)


def install() -> None:
    """Replaces every `load_data` of `keras.datasets`, under whichever name it is imported."""
    for module in _holders():
        home, _, kind = module.__name__.rpartition(".")
        if home.endswith(".datasets"):
            loader = _loader(kind)
            if loader is not None:
                vars(module)["load_data"] = loader


def _loader(kind: str) -> Callable[..., Any] | None:
    if kind in IMAGES:
        return lambda *_, **__: tuple(_images(count, *IMAGES[kind][2:]) for count in IMAGES[kind][:2])
    if kind in TEXTS:
        return lambda *_, num_words=None, **__: tuple(
            _texts(count, TEXTS[kind][2], num_words) for count in TEXTS[kind][:2]
        )
    if kind in TABLES:
        return lambda *_, **__: tuple(_table(count, TABLES[kind][2]) for count in TABLES[kind][:2])
    return None


def _labels(count: int, classes: int, dtype: str) -> numpy.ndarray:
    return (numpy.arange(count) % classes).astype(dtype)


def _images(count: int, shape: tuple[int, ...], classes: int, column: bool) -> tuple[Any, Any]:
    images = _many(numpy.zeros((1, *shape), "uint8"), count)
    labels = _labels(count, classes, "uint8")
    return images, labels[:, None] if column else labels


def _texts(count: int, classes: int, words: Any) -> tuple[Any, Any]:
    most = min(int(words or 1000), 1000) - 1
    texts = numpy.empty(count, dtype=object)
    texts[:] = [[1, 2, most]] * 1 if count == 1 else None
    for index in range(count):
        texts[index] = [1, 2, most]
    return texts, _labels(count, classes, "int64")


def _table(count: int, columns: int) -> tuple[Any, Any]:
    return numpy.zeros((count, columns), "float64"), numpy.zeros((count,), "float64")
