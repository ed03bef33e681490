"""Folders of images, texts and sounds as data of the true shapes and labels, of which no file is opened.

The arguments say the size and the form of the labels, the names of the subfolders the classes. What a folder that is not
there does not tell, its number of classes, is assumed. Signatures and shapes:
https://keras.io/api/data_loading/
"""

from __future__ import annotations

import inspect
import itertools
import os
from typing import Any, Callable
from urllib.parse import urlsplit

import keras
import numpy

from . import since
from .standins import Assumption, StandIn

ENTRIES = 5000
"""So many names in a folder are read, and so many samples are told of it."""
SAMPLES = 32
"""Of a folder that is not there or empty."""
_CHANNELS = {"grayscale": 1, "rgb": 3, "rgba": 4}
_HOMES = ("keras.", "tf_keras.", "tensorflow.keras.", "keras_preprocessing.")
_LOADERS = (
    "image_dataset_from_directory",
    "text_dataset_from_directory",
    "audio_dataset_from_directory",
    "get_file",
)
_holders = since.holding(_HOMES, (*_LOADERS, "ImageDataGenerator"))

_current = Assumption()


def install(assumption: Assumption) -> None:
    """Replaces Keras's readers of folders, and what fetches them, under whichever name they are imported.

    `assumption` fills what is missing.
    """
    global _current
    _current = assumption
    modules = _holders()
    for name in _LOADERS:
        original = getattr(keras.utils, name, None)
        if original is None or hasattr(original, "__wrapped__"):
            continue
        made = _fetching(original) if name == "get_file" else _loader(name, original)
        for module in modules:
            if vars(module).get(name) is original:
                setattr(module, name, made)
    generators = {vars(module).get("ImageDataGenerator") for module in modules} - {None}
    for generator, name in itertools.product(generators, ("flow_from_directory", "flow_from_dataframe")):
        method = getattr(generator, name, None)
        if method is not None and not hasattr(method, "__wrapped__"):
            setattr(generator, name, _flowing(method))


def _loader(name: str, original: Callable[..., Any]) -> Callable[..., Any]:
    signature = inspect.signature(original)

    def load(*args: Any, **kwargs: Any) -> Any:
        given = _bound(signature, args, kwargs)
        if given.get("format", "tf") not in ("tf", None):
            return original(*args, **kwargs)
        folder = Folder(given.get("directory"), given.get("labels"), given.get("class_names"))
        if name.startswith("image"):
            size = (*given["image_size"], _CHANNELS.get(str(given.get("color_mode")), 3))
            sample: tuple[tuple[int, ...], str] = (tuple(map(int, size)), "float32")
        elif name.startswith("text"):
            sample = ((), "string")
        else:
            sample = ((int(given.get("output_sequence_length") or 16000), 1), "float32")
        mode = None if given.get("labels") is None else given.get("label_mode")
        parts = folder.parts(given.get("validation_split"), given.get("subset"))
        made = [_dataset(sample, folder, mode, each, given.get("batch_size")) for each in parts]
        return made[0] if len(made) == 1 else tuple(made)

    load.__wrapped__ = original  # type: ignore[attr-defined]
    return load


def _fetching(original: Callable[..., Any]) -> Callable[..., Any]:
    """`get_file` without a download: where the file or folder is or would be."""
    signature = inspect.signature(original)

    def get_file(*args: Any, **kwargs: Any) -> str:
        given = _bound(signature, args, kwargs)
        home = given.get("cache_dir") or os.path.join(os.path.expanduser("~"), ".keras")
        name = os.fspath(given.get("fname") or os.path.basename(urlsplit(str(given.get("origin"))).path))
        if (given.get("extract") or given.get("untar")) and given.get("fname") and "." in name:
            name = name.partition(".")[0] + "_extracted"
        return os.path.join(os.fspath(home), os.fspath(given.get("cache_subdir") or ""), name)

    get_file.__wrapped__ = original  # type: ignore[attr-defined]
    return get_file


def _bound(signature: inspect.Signature, args: Any, kwargs: Any) -> dict[str, Any]:
    """The arguments by name; raises TypeError as the call does."""
    bound = signature.bind(*args, **kwargs)
    bound.apply_defaults()
    return {**bound.arguments, **bound.arguments.get("kwargs", {})}


class Folder:
    """What the names in a folder tell: the classes, None where they are not known, and how many samples it holds."""

    def __init__(self, directory: Any, labels: Any = "inferred", names: Any = None) -> None:
        self.samples, found = _listed(directory)
        if isinstance(labels, (list, tuple, numpy.ndarray)):
            self.samples = len(labels)
            found = [str(each) for each in sorted(set(numpy.asarray(labels).tolist()))]
        if names is not None and not isinstance(names, (str, StandIn)):
            found = [str(each) for each in names]
        self.known = bool(found)
        self.samples = self.samples or SAMPLES
        if not found:
            _current.note("the number of classes", _current.classes)
            _current.classes_assumed = True
            found = [str(number) for number in range(_current.classes)]
        self.classes = found

    def parts(self, split: Any, subset: Any) -> list[int]:
        """How many samples each data set of a split holds."""
        if not isinstance(split, float) or subset is None:
            return [self.samples]
        held = int(self.samples * split)
        sizes = {"training": [self.samples - held], "validation": [held]}
        return [max(each, 1) for each in sizes.get(subset, [self.samples - held, held])]


def _listed(directory: Any) -> tuple[int, list[str]]:
    """How many files a folder holds, and its subfolders; nothing where it cannot be read. Links are not followed."""
    try:
        top = sorted(_entries(os.fspath(directory), ENTRIES), key=lambda each: each.name)
    except (OSError, TypeError, ValueError):
        return 0, []
    folders = [each for each in top if each.is_dir() and not each.name.startswith(".")]
    count = sum(each.is_file() for each in top)
    for each in folders:
        if count >= ENTRIES:
            break
        try:
            count += sum(
                not inner.is_dir(follow_symlinks=False) for inner in _entries(each.path, ENTRIES - count)
            )
        except OSError:
            continue
    return count, [each.name for each in folders]


def _entries(path: str, most: int) -> list[Any]:
    found: list[Any] = []
    with os.scandir(path) as entries:
        for entry in entries:
            if len(found) >= most:
                break
            found.append(entry)
    return found


def _label(mode: Any, classes: int) -> Any:
    """The labels of samples by their number, as NumPy gives them; None for a data set without labels."""
    if mode in ("int", "sparse"):
        dtype = "int32" if mode == "int" else "float32"
        return lambda numbers: (numbers % classes).astype(dtype)
    if mode == "binary":
        return lambda numbers: (numbers % 2).astype("float32")
    if mode in ("categorical", "multi_output"):
        return lambda numbers: numpy.eye(classes, dtype="float32")[numbers % classes]
    return None


def _dataset(sample: Any, folder: Folder, mode: Any, samples: int, batch: Any) -> Any:
    """A `tf.data.Dataset` of samples without content."""
    import tensorflow as tf

    shape, dtype = sample
    label = _label(mode, len(folder.classes))
    data = tf.data.Dataset.range(samples)
    blank = tf.zeros(shape, dtype) if dtype != "string" else tf.constant("some words of a text")
    if label is None:
        data = data.map(lambda _: blank)
    else:
        labels = label(numpy.arange(samples))
        labels = tf.constant(labels[:, None] if mode == "binary" else labels)
        data = data.map(lambda number: (blank, labels[number]))
    if batch is not None:
        data = data.batch(int(batch))
    data.class_names = list(folder.classes)
    data.file_paths = [f"{number}" for number in range(samples)]
    return data


def _flowing(method: Callable[..., Any]) -> Callable[..., Any]:
    signature = inspect.signature(method)

    def flow(*args: Any, **kwargs: Any) -> Any:
        given = _bound(signature, args, kwargs)
        table = given.get("dataframe")
        names, columns = given.get("classes"), given.get("y_col")
        if table is not None:
            folder = _of_table(table, columns, names)
        else:
            folder = Folder(given.get("directory"), names=names)
        split = getattr(given.get("self"), "_validation_split", None)
        samples = folder.parts(split, given.get("subset"))[0]
        return _made_flow(given, folder, samples, columns)

    flow.__wrapped__ = method  # type: ignore[attr-defined]
    return flow


def _of_table(table: Any, columns: Any, names: Any) -> Folder:
    """The classes that a column of a table names."""
    if isinstance(table, StandIn) or names is not None or not isinstance(columns, str):
        return Folder(None, names=names)
    return Folder(None, labels=[str(each) for each in table[columns]])


def _made_flow(given: Any, folder: Folder, samples: int, columns: Any) -> Any:
    size = (*given["target_size"], _CHANNELS.get(str(given.get("color_mode")), 3))
    mode, batch = given.get("class_mode"), int(given.get("batch_size") or 32)
    classes = len(folder.classes)

    class Flow(keras.utils.PyDataset):  # type: ignore[misc]
        """Batches of blank images with the labels of their folders."""

        def __init__(self) -> None:
            super().__init__()
            self.samples = self.n = samples
            self.batch_size, self.class_mode, self.target_size = batch, mode, tuple(given["target_size"])
            self.image_shape, self.num_classes = size, classes
            self.class_indices = {name: number for number, name in enumerate(folder.classes)}
            self.classes = self.labels = numpy.arange(samples) % classes
            self.filenames = self.filepaths = [str(number) for number in range(samples)]
            self._next = 0

        def __len__(self) -> int:
            return -(-samples // batch)

        def __getitem__(self, index: int) -> Any:
            numbers = numpy.arange(samples)[index * batch : (index + 1) * batch]
            images = numpy.zeros((len(numbers), *size), "float32")
            if mode is None:
                return images
            if mode == "input":
                return images, images
            if mode == "raw":
                width = (len(columns),) if isinstance(columns, (list, tuple)) else ()
                return images, numpy.zeros((len(numbers), *width), "float32")
            return images, _label(mode, classes)(numbers)

        def __next__(self) -> Any:
            made = self[self._next % len(self)]
            self._next += 1
            return made

        next = __next__

        def reset(self) -> None:
            self._next = 0

    return Flow()
