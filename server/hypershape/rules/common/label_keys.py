"""Labels that a search is given as dictionaries, with keys that are no output of the model."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches

from hypershape.model import Fix, ProbeError, TargetAnalysis, TunerCall
from hypershape.rules.common.calls import calls_reached
from hypershape.rules.common.identifiers import respelt
from hypershape.source import Code

_TYPES = ("TypeError", "ValueError", "KeyError")


def of_no_output(error: ProbeError, tuners: Sequence[TunerCall], code: Code) -> list[ast.Constant]:
    """The keys of labels that a failure of training names, and that no layer is called.

    Keras then takes the keys themselves for the labels.
    """
    return [
        key
        for labels in _dictionaries(tuners, code)
        for key in labels.keys
        if error.type in _TYPES
        and isinstance(key, ast.Constant)
        and isinstance(key.value, str)
        and re.search(rf"(?<!\w){re.escape(key.value)}(?!\w)", error.message)
        and key.value not in _names(code.calls)
    ]


def words(keys: Sequence[ast.Constant]) -> str:
    """The beginning of a sentence."""
    return f"The labels have the key {keys[0].value!r}, which no output of the model is called"


def renamed(
    keys: Sequence[ast.Constant], tuners: Sequence[TunerCall], target: TargetAnalysis | None, code: Code
) -> Iterator[Fix]:
    """The name of an output for which there are no labels yet in the place of such a key."""
    dictionaries = list(_dictionaries(tuners, code))
    used = {each.value for labels in dictionaries for each in labels.keys if isinstance(each, ast.Constant)}
    names = _names(calls_reached(target, code) if target is not None else ())
    free = [each for each in dict.fromkeys(names) if each not in used]
    for key in keys[:1]:
        # Validation data has the same keys.
        same = [
            each
            for labels in dictionaries
            for each in labels.keys
            if isinstance(each, ast.Constant) and each.value == key.value
        ]
        written = str(key.value)
        for meant in get_close_matches(written, free, n=3, cutoff=0.0):
            yield Fix(
                f"Write {meant} for {written}",
                tuple(respelt(each, meant, code) for each in dict.fromkeys(same)),
            )


def _dictionaries(tuners: Iterable[TunerCall], code: Code) -> Iterator[ast.Dict]:
    """The labels of searches and of their validation data, where they are written as dictionaries."""
    for each in (search for tuner in tuners for search in tuner.searches):
        search = code.expression(each.span, ast.Call)
        if not isinstance(search, ast.Call):
            continue
        validation = code.argument(search, "validation_data")
        validation = code.resolve(validation) if validation is not None else None
        held = validation.elts[1:2] if isinstance(validation, ast.Tuple) else []
        for given in (code.argument(search, "y", 1), *held):
            labels = code.resolve(given) if given is not None else None
            if isinstance(labels, ast.Dict):
                yield labels


def _names(calls: Iterable[ast.Call]) -> list[str]:
    """The names that calls give to what they make, as layers are called, in their order."""
    return [
        each.value.value
        for call in calls
        for each in call.keywords
        if each.arg == "name" and isinstance(each.value, ast.Constant) and isinstance(each.value.value, str)
    ]
