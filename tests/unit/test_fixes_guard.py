"""Giving a configuration up is offered only where the condition is sure and can be asked before the failure."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hypershape.fixes.guard import guard
from hypershape.model import Fix, Frame, TargetAnalysis
from hypershape.space.conditions import Number, Relation

from .handmade import at, error, failing, hyperparameter, module, repaired

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
    ("share", "said"), [(2 / 7, "29 %"), (0.01, "1 %"), (0.006, "less than 1 %"), (0.995, "more than 99 %")]
)
def test_the_title_says_how_much_still_fails(share: float, said: str) -> None:
    fix, _ = given_up(share=share)
    assert fix is not None
    assert fix.title == (
        f"Give such trials up at once with FailedTrialError ({said} of the space still fails, without retries)"
    )


ALWAYS = Relation(Number(1), ">=", Number(0))


@pytest.mark.parametrize("changes", [{"condition": None}, {"exact": False}, {"condition": ALWAYS}])
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


def before(text: str, *places: str, **changed: object) -> str | None:
    """The line before which a text gives up, when its frames stand at some places, the innermost last."""
    written = module(text)
    domain = hyperparameter(written, "kernel", CALL, "Int", list(range(3, 10)))
    domain = replace(domain, **changed)  # type: ignore[arg-type]
    raised = replace(
        error(written, "no", places[0]), frames=tuple(Frame(at(written, each), "f") for each in places)
    )
    analysis = failing(written, raised, [domain], SPACE, SPACE[5:], "kernel >= 8")
    (target,) = analysis.targets
    fix = guard(target, target.causes[0], written.code)
    if fix is None:
        return None
    lines = repaired(fix, written).splitlines()
    (asked,) = [number for number, line in enumerate(lines) if line.strip() == 'if hp.get("kernel") >= 8:']
    return lines[asked + 2].strip()


HELPED = """
import keras_tuner

def helper(size):
    return make(size)

def build_model(hp):
    kernel = hp.Int("kernel", 3, 9)

    def block():
        return helper(kernel)

    def drawn(params: keras_tuner.HyperParameters):
        return params.Int("units", 1, 2)

    return block()
"""


def test_a_failure_in_a_helper_is_given_up_where_the_values_are_at_hand() -> None:
    assert before(HELPED, "return block()", "helper(kernel)", "make(size)") == "return block()"
    assert before(HELPED, "make(size)") is None


def test_nothing_is_given_up_where_two_objects_are_asked_for_values() -> None:
    two = """
import keras_tuner

def build_model(hp, more: keras_tuner.HyperParameters):
    kernel = hp.Int("kernel", 3, 9)
    units = more.Int("units", 1, 2)
    return make(kernel)
"""
    assert before(two, "make(kernel)") is None


def test_nothing_is_given_up_where_no_statement_can_stand_before() -> None:
    one_line = """
import keras_tuner

def build_model(hp):
    kernel = hp.Int("kernel", 3, 9)
    if kernel > 3: return make(kernel)
    return small()
"""
    assert before(one_line, "make(kernel)") is None


def test_a_value_that_is_drawn_in_another_file_or_nobody_knows_where_cannot_be_asked() -> None:
    text = MODEL.replace("{imports}", "import keras_tuner")
    assert before(text, "make(kernel)") == "return make(kernel)"
    assert before(text, "make(kernel)", span=None) is None
    assert (
        before(text, "make(kernel)", span=replace(at(module(text), CALL), path="/other.py", line=1)) is None
    )
    assert before(text, "make(kernel)", name="other") is None
