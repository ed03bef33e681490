"""A text that is too long to be read at once is not analysed, and says so."""

from __future__ import annotations

from hypershape import rules, source
from hypershape.model import Analysis, Document
from hypershape.source.documents import LARGEST

MODEL = "import keras\n\ndef build_model(hp):\n    return keras.Sequential([keras.layers.Dense(hp.Int('u', 1, 2))])\n"


def padded(head: str, size: int) -> Document:
    return source.from_text("/user/build.py", head + "#" * (size - len(head)))


def test_a_text_of_the_largest_size_is_analysed() -> None:
    module = source.analyse(padded(MODEL, LARGEST))
    assert [target.name for target in module.targets] == ["build_model"] and module.unread is None


def test_a_larger_one_is_not_and_says_so_at_its_first_line() -> None:
    module = source.analyse(padded(MODEL, LARGEST + 1))
    (finding,) = rules.findings(Analysis(module))
    assert module.targets == () and finding.code == "HS901" and finding.span.line == 1
    assert "1,000,001 characters" in finding.message


def test_one_that_has_nothing_to_do_with_keras_is_left_in_peace() -> None:
    assert rules.findings(Analysis(source.analyse(padded("DATA = 3\n", LARGEST + 1)))) == ()


def test_a_text_that_shrinks_is_analysed_again() -> None:
    before = source.analyse(padded(MODEL, LARGEST + 1))
    assert source.analyse(padded(MODEL, 1000), previous=before).targets
