"""What a search is given is read with the statements that write the files it reads."""

from textwrap import dedent

from .handmade import module

END = """
def build_model(hp):
    return keras.Sequential([keras.layers.Dense(hp.Int("units", 1, 4))])


tuner = kt.RandomSearch(build_model, "loss")
tuner.search(x, y)
print(where)
"""
HEAD = (
    "import keras\nimport keras_tuner as kt\nimport numpy as np\nimport tempfile\nfrom pathlib import Path\n"
)


def fed(lines: str) -> str:
    """The statements for the data of a search, without blank lines."""
    (target,) = module(HEAD + dedent(lines) + END).targets
    assert target.fed is not None
    return "\n".join(line for line in target.fed.files[-1].text.splitlines() if line.strip())


def test_a_file_in_a_folder_of_its_own_is_written_before_it_is_read() -> None:
    text = fed(
        """
        where = Path(tempfile.mkdtemp()) / "rows.npy"
        np.save(where, np.zeros((9, 4)))
        print("so far")
        x = np.load(where)
        y = x[:, 0]
        """
    )
    assert "np.save(where" in text
    assert "print" not in text


def test_a_file_that_is_named_twice_is_written_before_it_is_read() -> None:
    text = fed(
        """
        where = 1
        for name in ("rows.npy", "others.npy"):
            np.save(name, np.zeros((9, 4)))
        np.save("unread.npy", np.zeros(1))
        x, y = np.load("rows.npy"), np.load("others.npy")
        """
    )
    assert "np.save(name" in text
    assert "unread" not in text
