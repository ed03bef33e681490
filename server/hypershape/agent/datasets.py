"""Keras's own datasets as arrays of the true shapes, dtypes and labels, from no network and little memory.

Shapes and label ranges: https://keras.io/api/datasets/
"""

from __future__ import annotations

import sys
from typing import Any, Callable

import numpy

IMAGES = {
    "mnist": (60000, 10000, (28, 28), 10, False),
    "fashion_mnist": (60000, 10000, (28, 28), 10, False),
    "cifar10": (50000, 10000, (32, 32, 3), 10, True),
    "cifar100": (50000, 10000, (32, 32, 3), 100, True),
}
TEXTS = {"imdb": (25000, 25000, 2), "reuters": (8982, 2246, 46)}
TABLES = {"boston_housing": (404, 102, 13), "california_housing": (16512, 4128, 8)}


class Thin(numpy.ndarray):
    """An array of equal samples that holds one: what is computed of it sample by sample stays as thin."""

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, out: Any = None, **kwargs: Any) -> Any:
        plain = [each.view(numpy.ndarray) if isinstance(each, Thin) else each for each in inputs]
        samples = {each.shape[0] for each in inputs if _thin(each)}
        small = [each[:1] if _thin(raw) else each for raw, each in zip(inputs, plain)]
        apart = all(_thin(raw) or numpy.ndim(raw) == 0 for raw in inputs)
        if method != "__call__" or out is not None or len(samples) != 1 or not apart:
            if out is not None:
                kwargs["out"] = tuple(
                    each.view(numpy.ndarray) if isinstance(each, Thin) else each for each in out
                )
            return getattr(ufunc, method)(*plain, **kwargs)
        result = getattr(ufunc, method)(*small, **kwargs)
        return numpy.broadcast_to(result, (samples.pop(), *result.shape[1:])).view(Thin)

    def astype(self, dtype: Any, *args: Any, **kwargs: Any) -> Any:
        if not _thin(self):
            return super().astype(dtype, *args, **kwargs)
        one = self.view(numpy.ndarray)[:1].astype(dtype)
        return numpy.broadcast_to(one, self.shape).view(Thin)


def _thin(array: Any) -> bool:
    return isinstance(array, Thin) and array.ndim > 0 and array.strides[0] == 0 and array.shape[0] > 1


def install() -> None:
    """Replaces every `load_data` of `keras.datasets`, under whichever name it is imported."""
    for name, module in list(sys.modules.items()):
        kind = name.rpartition(".")[2]
        if ".datasets." in name and name.startswith(("keras.", "tf_keras.", "tensorflow.keras.")):
            loader = _loader(kind)
            if loader is not None and hasattr(module, "load_data"):
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
    images = numpy.broadcast_to(numpy.zeros((1, *shape), "uint8"), (count, *shape)).view(Thin)
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
