"""Repairs that shrink a space keep to what Keras Tuner would then draw."""

from __future__ import annotations

from dataclasses import replace

from hypershape.fixes.tighten import tighten
from hypershape.model import Hyperparameter

from .handmade import at, error, failing, hyperparameter, module, repaired


def test_values_with_quotes_and_backslashes_stay_python() -> None:
    written = module(
        r"""
        def build_model(hp):
            return make(hp.Choice("kind", ["say \"hi\"", "it's", "back\\slash", "x"]))
        """
    )
    call = written.document.text[written.document.text.index("hp.Choice") :].rstrip()[:-1]
    values = ['say "hi"', "it's", "back\\slash", "x"]
    space = [{"kind": value} for value in values]
    analysis = failing(
        written,
        error(written, "no", "make"),
        [hyperparameter(written, "kind", call, "Choice", values)],
        space,
        space[:1],
        "kind == 'say \"hi\"'",
    )
    (fix,) = tighten(analysis.targets[0], analysis.targets[0].causes[0], written.code)
    namespace: dict[str, object] = {"make": lambda value: value}
    exec(repaired(fix, written), namespace)
    drawn: list[object] = []
    hp = type("Hp", (), {"Choice": lambda self, name, values: drawn.extend(values)})()
    namespace["build_model"](hp)  # type: ignore[operator]
    assert drawn == values[1:]
    assert fix.title == "Drop 'say \"hi\"' from kind (drops 25 % of the space)"


def test_a_domain_too_large_to_be_listed_loses_what_lies_beyond_the_border() -> None:
    written = module(
        """
        def build_model(hp):
            return make(hp.Float("rate", 0.0, 2.0))
        """
    )
    rate = Hyperparameter(
        "rate", "Float", 0.0, min=0.0, max=2.0, span=at(written, 'hp.Float("rate", 0.0, 2.0)')
    )
    space = [{"rate": value} for value in (0.0, 0.25, 0.5, 1.0, 2.0)]
    analysis = failing(written, error(written, "no", "make"), [rate], space, space[3:], "rate >= 0.75")
    (target,) = analysis.targets
    assert target.coverage is not None
    sampled = replace(target, coverage=replace(target.coverage, mode="sampled", space=None))
    (fix,) = tighten(sampled, target.causes[0], written.code)
    assert fix.title == "Lower the maximum of rate to 0.5 (drops 75 % of the space)"
    assert 'hp.Float("rate", 0.0, 0.5)' in repaired(fix, written)


def test_a_grid_that_hangs_on_both_ends_becomes_a_choice_of_what_builds() -> None:
    call = 'hp.Int("units", 2, 40, step=3, sampling="reverse_log")'
    written = module(f"def build_model(hp):\n    return make({call})\n")
    space = [{"units": value} for value in (24, 36, 40)]
    domain = hyperparameter(written, "units", call, "Int", [24, 36, 40])
    analysis = failing(written, error(written, "no", "make"), [domain], space, space[2:], "units == 40")
    (fix,) = tighten(analysis.targets[0], analysis.targets[0].causes[0], written.code)
    # A maximum of 36 would draw 20, 32 and 36.
    assert fix.title == "Choose units from 24, 36 (drops 33 % of the space)"
    assert 'make(hp.Choice("units", [24, 36]))' in repaired(fix, written)
