"""Giving a configuration up is offered only where the condition is sure and can be asked before the failure."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hypershape.fixes.guard import guard
from hypershape.model import Fix, TargetAnalysis

from .handmade import error, failing, hyperparameter, module, repaired

MODEL = """
{imports}

def build_model(hp):
    kernel = hp.Int("kernel", 3, 9)
    return make(kernel)
"""
CALL = 'hp.Int("kernel", 3, 9)'
SPACE = [{"kernel": value} for value in range(3, 10)]


def given_up(
    text: str = MODEL, imports: str = "import keras_tuner", **changes: object
) -> tuple[Fix | None, str]:
    written = module(text.replace("{imports}", imports))
    domain = hyperparameter(written, "kernel", CALL, "Int", list(range(3, 10)))
    analysis = failing(written, error(written, "no", "make"), [domain], SPACE, SPACE[5:], "kernel >= 8")
    (target,) = analysis.targets
    cause = replace(target.causes[0], **changes)  # type: ignore[arg-type]
    fix = guard(target, cause, written.code)
    return fix, "" if fix is None else repaired(fix, written)


@pytest.mark.parametrize(
    ("imports", "raised", "added"),
    [
        ("import keras_tuner", "keras_tuner.errors.FailedTrialError", ""),
        ("import keras_tuner as kt", "kt.errors.FailedTrialError", ""),
        ("from keras_tuner.errors import FailedTrialError as Failed", "Failed", ""),
        ("import os", "keras_tuner.errors.FailedTrialError", "import keras_tuner\n"),
    ],
)
def test_the_exception_is_named_as_the_file_can_name_it(imports: str, raised: str, added: str) -> None:
    fix, text = given_up(imports=imports)
    assert fix is not None
    assert (
        f'    if hp.get("kernel") >= 8:\n        raise {raised}("not built: kernel >= 8")\n    return make(kernel)\n'
    ) in text
    assert added in text and text.count("import") == 1 + ("from" in imports) * 0 + bool(added)


@pytest.mark.parametrize(
    ("share", "said"), [(2 / 7, "29 %"), (0.005, "0 %"), (0.006, "1 %"), (0.004, "less than 1 %")]
)
def test_the_title_says_how_much_still_fails(share: float, said: str) -> None:
    fix, _ = given_up(share=share)
    assert fix is not None
    assert fix.title == (
        f"Give such trials up at once with FailedTrialError ({said} of the space still fails, without retries)"
    )


@pytest.mark.parametrize("changes", [{"condition": None}, {"exact": False}])
def test_nothing_is_given_up_on_a_condition_that_is_not_sure(changes: dict[str, object]) -> None:
    assert given_up(**changes) == (None, "")


def test_nothing_is_given_up_where_a_value_is_drawn_too_late_or_not_always() -> None:
    late = """
{imports}

def build_model(hp):
    depth = hp.Int("depth", 1, 2)
    return make(hp.Int("kernel", 3, 9))
"""
    assert given_up(late) == (None, "")
    written = module(MODEL.replace("{imports}", "import keras_tuner"))
    domain = hyperparameter(written, "kernel", CALL, "Int", list(range(3, 10)))
    space = [*SPACE, {}]
    analysis = failing(written, error(written, "no", "make"), [domain], space, SPACE[5:], "kernel >= 8")
    target: TargetAnalysis = analysis.targets[0]
    assert guard(target, target.causes[0], written.code) is None
