"""HS453."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from hypershape.fixes import edits
from hypershape.model import Analysis, Edit, Finding, Fix, Rehearsal, Severity, TunerCall
from hypershape.rules.base import Example, Rule
from hypershape.rules.common import wording
from hypershape.source import Code


class LabelsInOrder(Rule):
    """The labels are in order, and `validation_split` takes the last samples: whole classes are on one side alone.

    ## What it does
    Compares in a rehearsal which classes `fit` trains on and which it validates on, where a `validation_split` divides
    arrays. A class of which one side has hardly anything counts only if chance alone would do so less than once in a
    million times.

    ## Why it matters
    Keras takes the last share of the samples as they stand, before it shuffles. A class whose samples are all there
    is never learnt; one that is not there is never asked for. The objective measures neither, and the search
    ranks its trials by it.

    ## Fix
    Shuffle the samples first, or keep a stratified part back as `validation_data`.
    """

    code = "HS453"
    name = "labels-in-order"
    severity = Severity.WARNING
    rehearsed = True

    INVALID = (
        Example.search(
            """
            x, y = np.ones((90, 4)), np.repeat([0, 1, 2], 30)
            tuner = kt.RandomSearch(build_model, "val_loss", max_trials=2, overwrite=True)
            tuner.search(x, y, epochs=1, validation_split=0.3)
            """,
            head='layers.Dense(3, activation="softmax")',
            compile='loss="sparse_categorical_crossentropy"',
            at="validation_split=0.3",
            fixed="tuner.search(x[order], y[order], epochs=1, validation_split=0.3)",
            played=True,
        ),
    )
    VALID = (
        Example.search(
            """
            x, y = np.ones((90, 4)), np.tile([0, 1, 2], 30)
            tuner = kt.RandomSearch(build_model, "val_loss", max_trials=2, overwrite=True)
            tuner.search(x, y, epochs=1, validation_split=0.3)
            """,
            head='layers.Dense(3, activation="softmax")',
            compile='loss="sparse_categorical_crossentropy"',
        ),
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        code = analysis.module.code
        for tuner in analysis.module.tuners:
            played = [each for each in analysis.rehearsals if each.tuner == tuner.call.span]
            met = next((each for each in played if each.facts.get("in_order") and _tells_classes(each)), None)
            if met is None or not all(each.facts.get("in_order") for each in played if "cost" in each.facts):
                continue
            search = tuner.searches[0] if tuner.searches else tuner.call
            call = code.expression(search.span, ast.Call)
            written = code.keywords(call) if isinstance(call, ast.Call) else ()
            given = [each for each in written if each.arg == "validation_split"]
            yield self.finding(
                _what(met.facts["in_order"]),
                code.span(given[0]) if given else search.callee,
                repairs=partial(_shuffled, tuner, met, code),
            )


def _tells_classes(played: Rehearsal) -> bool:
    outputs = list(played.facts.get("compared") or [])
    return len(outputs) == 1 and str(outputs[0].get("loss", "")).endswith("crossentropy")


def _what(found: Mapping[str, Sequence[Mapping[str, Any]]]) -> str:
    """What is on one side nearly alone."""
    said = [
        f"{_classes(found[side])} {use} on"
        for side, use in (("untrained", "trained"), ("unvalidated", "validated"))
        if found.get(side)
    ]
    return (
        f"The labels are in order, and `validation_split` takes the last samples as they stand: {' and '.join(said)}. "
        "The objective does not tell how well a model knows all classes."
    )


def _classes(found: Sequence[Mapping[str, Any]]) -> str:
    if len(found) > 1:
        return (
            f"hardly any samples of the classes {wording.listed([str(each['class']) for each in found])} are"
        )
    few = f"{found[0]['there']:,} of the {found[0]['samples']:,}" if found[0]["there"] else "none of the"
    return f"{few} samples of class {found[0]['class']} are"


def _shuffled(tuner: TunerCall, played: Rehearsal, code: Code) -> Iterator[Fix]:
    """Both arrays in one new order, where the search is given them by their names."""
    search = tuner.searches[0] if len(tuner.searches) == 1 else None
    call = code.expression(search.span, ast.Call) if search is not None else None
    numpy = code.imported_as("numpy")
    if not isinstance(call, ast.Call) or numpy is None or code.argument(call, "sample_weight") is not None:
        return
    given = [code.argument(call, name, place) for place, name in enumerate("xy")]
    described = played.facts.get("search") or {}
    kinds = [
        (described.get(str(place)) or described.get(name) or {}).get("kind")
        for place, name in enumerate("xy")
    ]
    if kinds != ["array", "array"] or "order" in code.bindings:
        return
    names = [code.source(each) for each in given if isinstance(each, (ast.Name, ast.Attribute))]
    made = (
        edits.insert_before(
            code.module, code.span(call), (f"order = {numpy}.random.permutation(len({names[-1]}))",)
        )
        if len(names) == 2
        else None
    )
    if made is not None:
        changed = (Edit(code.span(each), f"{code.source(each)}[order]") for each in given if each is not None)
        yield Fix("Shuffle the samples first", (made, *changed))
