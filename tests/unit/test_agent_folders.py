"""Folders of samples are read by their names alone, however large or odd they are."""

from pathlib import Path

import pytest

from .engine_child import in_child

pytestmark = pytest.mark.tensorflow


def classes(folder: Path, *files: str) -> None:
    for each in files:
        (folder / each).parent.mkdir(parents=True, exist_ok=True)
        (folder / each).touch()


def told(directory: object, **arguments: object) -> dict[str, object]:
    """What is known of images in a folder, and what was assumed of it.

    In a process of its own: what TensorFlow has started here would hang in every later fork.
    """
    found: dict[str, object] = in_child(_told, directory, arguments)
    return found


def _told(directory: object, arguments: dict[str, object]) -> dict[str, object]:
    import keras

    from hypershape.agent import folders, given
    from hypershape.agent.standins import Assumption

    assumption = Assumption()
    folders.install(assumption)
    data = keras.utils.image_dataset_from_directory(directory, image_size=(9, 9), **arguments)
    described = given.describe((data, None), assumption)
    assert described is not None
    return {**described, "assumed": list(assumption.asked)}


def test_the_names_of_a_folder_say_its_classes_and_no_file_is_opened(tmp_path: Path) -> None:
    classes(tmp_path, "a/1.png", "b/1.png", "c/1.png", ".hidden/1.png")
    known = told(tmp_path, label_mode="categorical")
    assert (known["x"], known["y"], known["assumed"]) == ([(9, 9, 3)], [(3,)], [])


def test_of_a_folder_that_is_not_there_only_the_form_of_the_labels_is_known(tmp_path: Path) -> None:
    known = told(tmp_path / "nowhere", label_mode="categorical", color_mode="grayscale")
    assert (known["x"], known["y"], known["assumed"]) == (
        [(9, 9, 1)],
        [(None,)],
        ["the number of classes = 32"],
    )
    assert told("gs://bucket/photos", label_mode="int")["y"] == [()]


def test_a_large_folder_and_links_in_a_circle_are_read_to_a_bound(tmp_path: Path) -> None:
    from hypershape.agent import folders

    classes(tmp_path, *(f"a/{number}.png" for number in range(folders.ENTRIES + 9)))
    (tmp_path / "a" / "again").symlink_to(tmp_path)
    (tmp_path / "b").symlink_to(tmp_path)
    samples, names = folders._listed(tmp_path)
    assert names == ["a", "b"]
    assert samples <= folders.ENTRIES


def test_the_two_parts_of_a_split_share_the_samples(tmp_path: Path) -> None:
    from hypershape.agent import folders

    classes(tmp_path, *(f"a/{number}.png" for number in range(20)))
    assert folders.Folder(tmp_path).parts(0.25, "both") == [15, 5]
    assert folders.Folder(tmp_path).parts(0.25, "validation") == [5]


def _fetched() -> object:
    import keras

    from hypershape.agent import folders
    from hypershape.agent.standins import Assumption

    folders.install(Assumption())
    url = "https://example.org/data/flowers.tgz"
    named = keras.utils.get_file("flowers", origin=url, untar=True, cache_dir="/somewhere")
    zipped = keras.utils.get_file("flowers.zip", url, extract=True, cache_dir="/somewhere")
    return [named, zipped, keras.utils.get_file(origin=url, cache_dir="/somewhere", cache_subdir="own")]


def test_a_file_to_be_fetched_is_where_keras_would_put_it_without_a_download() -> None:
    assert in_child(_fetched) == [
        "/somewhere/datasets/flowers",
        "/somewhere/datasets/flowers_extracted",
        "/somewhere/own/flowers.tgz",
    ]
