"""What a search is given and what no model learns from, or no code of the user's takes: its words and its repairs.

Numbers that are none, columns of texts, rows of several lengths, lists of Python's that are asked for many places at
once, and the rows of a frame by numbers that are its labels no more.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from hypershape.fixes import edits
from hypershape.model import Edit, Fix, ProbeError, Rehearsal, Span
from hypershape.rules.common import wording
from hypershape.source import Code
from hypershape.source.code import contains

INPUTS = ("0", "x")
_DATA = (*INPUTS, "1", "y")
_MOST_NAMED = 5

_AT_PLACES = re.compile(
    r"only integer scalar arrays can be converted|list indices must be integers or slices, not"
)
_NO_NUMBERS = re.compile(
    r"could not convert string to float|Invalid dtype: (?:object|str\d*)\b|Unsupported (?:object )?type"
)


def arguments(played: Rehearsal, names: Sequence[str] = _DATA) -> Mapping[str, Mapping[str, Any]]:
    """What is known of the arguments of a search, by name or position."""
    given = played.facts.get("search") or {}
    return {name: given[name] for name in names if name in given}


def not_finite(played: Rehearsal) -> list[str]:
    """The arguments that hold NaN or infinite numbers."""
    return [name for name, each in arguments(played).items() if each.get("finite_numbers") is False]


def of_texts(played: Rehearsal, error: ProbeError) -> tuple[str, Mapping[str, str]] | None:
    """The frame some of whose columns hold texts, which Keras does not take, with these."""
    if not _NO_NUMBERS.search(error.message):
        return None
    return next(
        ((name, each["texts"]) for name, each in arguments(played).items() if each.get("texts")), None
    )


def ragged(played: Rehearsal, error: ProbeError) -> tuple[str, Sequence[int]] | None:
    """The array of lists of several lengths, which Keras does not take, with the shortest and the longest."""
    if not _NO_NUMBERS.search(error.message):
        return None
    found = {name: each["lengths"] for name, each in arguments(played, INPUTS).items() if "lengths" in each}
    return next(iter(found.items()), None)


def picked_from(played: Rehearsal, error: ProbeError, place: Span, code: Code) -> ast.Subscript | None:
    """What picks several places from a list of Python's that the search is given."""
    lists = any(each.get("kind") == "list" for each in arguments(played).values())
    if not lists or not _AT_PLACES.search(error.message):
        return None
    found = (each for each in code.every(ast.Subscript) if contains(place, code.span(each)))
    return next((each for each in found if isinstance(each.value, (ast.Name, ast.Attribute))), None)


def asked_by_number(played: Rehearsal, place: Span, code: Code) -> ast.Subscript | None:
    """What asks a series for a row by its number, where its labels are others."""
    if played.facts.get("by_label") != "Series":
        return None
    found = (each for each in code.every(ast.Subscript) if contains(place, code.span(each)))
    return next((each for each in found if isinstance(each.slice, (ast.Name, ast.BinOp, ast.Constant))), None)


def words(played: Rehearsal, error: ProbeError, place: Span, code: Code) -> str | None:
    """What is wrong with the data, as a sentence, where this tells a failure."""
    if error.type == "NaN" and (names := not_finite(played)):
        what = "inputs" if names[0] in INPUTS else "labels"
        return f"The {what} of the search hold NaN or infinite numbers, so that the loss is NaN, and with it the objective."
    texts = of_texts(played, error)
    if texts is not None:
        named = wording.listed(list(texts[1])[:_MOST_NAMED])
        first = next(iter(texts[1].values()))
        column = "column" if len(texts[1]) == 1 else "columns"
        holds = "holds" if len(texts[1]) == 1 else "hold"
        return f"The {column} {named} of the data {holds} texts ({first!r}), and Keras trains on numbers ({error.type})."
    rows = ragged(played, error)
    if rows is not None:
        least, most = rows[1]
        return f"The samples are lists of {least} to {most} numbers, and Keras takes rows of one length ({error.type})."
    node = picked_from(played, error, place, code)
    if node is not None:
        return (
            f"The search is given a list, from which `{code.source(node)}` cannot take several places at once; an "
            f"array would give them ({error.type})."
        )
    node = asked_by_number(played, place, code)
    if node is not None:
        return (
            f"`{code.source(node)}` asks a series of pandas for a label, and rows that were left out or shuffled took "
            f"theirs along; `.iloc` counts ({error.type}: {error.message})."
        )
    return None


def at(played: Rehearsal, error: ProbeError, search: ast.expr | None, code: Code) -> Span | None:
    """The argument of a search whose contents are at fault."""
    if not isinstance(search, ast.Call):
        return None
    names = not_finite(played) if error.type == "NaN" else []
    for found in (of_texts(played, error), ragged(played, error)):
        names += [found[0]] if found is not None else []
    given = [_given(search, name, code) for name in names]
    return next((code.span(each) for each in given if each is not None), None)


def repairs(
    played: Rehearsal, error: ProbeError, place: Span, search: ast.expr | None, code: Code
) -> Iterator[Fix]:
    """Data that a model learns from."""
    if isinstance(search, ast.Call):
        yield from _filled(played, error, search, code)
        yield from _padded(played, error, search, code)
        if picked_from(played, error, place, code) is not None:
            yield from _as_arrays(played, search, code)
    yield from _numbers_of_texts(played, error, code)
    node = asked_by_number(played, place, code)
    if node is not None:
        yield from _counted(node, code)


def _given(search: ast.Call, name: str, code: Code) -> ast.expr | None:
    place = {"0": 0, "x": 0, "1": 1, "y": 1}[name]
    return code.argument(search, "xy"[place], place)


def _filled(played: Rehearsal, error: ProbeError, search: ast.Call, code: Code) -> Iterator[Fix]:
    """The median of its column for what is missing in the inputs."""
    names = not_finite(played) if error.type == "NaN" else []
    given = _given(search, names[0], code) if len(names) == 1 and names[0] in INPUTS else None
    if given is None or code.argument(search, "validation_data") is not None:
        return
    written, numpy = code.source(given), code.imported_as("numpy")
    if arguments(played)[names[0]].get("kind") == "frame" and isinstance(given, (ast.Name, ast.Attribute)):
        text = f"{written}.fillna({written}.median())"
        yield Fix("Put the median of its column for each missing number", (Edit(code.span(given), text),))
    elif numpy is not None and isinstance(given, (ast.Name, ast.Attribute)):
        text = f"{numpy}.where({numpy}.isfinite({written}), {written}, {numpy}.nanmedian({written}, axis=0))"
        yield Fix("Put the median of its column for each missing number", (Edit(code.span(given), text),))


def _padded(played: Rehearsal, error: ProbeError, search: ast.Call, code: Code) -> Iterator[Fix]:
    """Rows of one length, with zeros in front, where Keras's function is at hand."""
    found = ragged(played, error)
    given = _given(search, found[0], code) if found is not None else None
    keras = code.imported_as("keras", "tensorflow.keras")
    if given is not None and keras is not None and code.argument(search, "validation_data") is None:
        text = f"{keras}.utils.pad_sequences({code.source(given)})"
        yield Fix("Pad the samples to one length", (Edit(code.span(given), text),))


def _as_arrays(played: Rehearsal, search: ast.Call, code: Code) -> Iterator[Fix]:
    """All lists of a search as arrays."""
    numpy = code.imported_as("numpy")
    lists = [name for name, each in arguments(played).items() if each.get("kind") == "list"]
    given = [_given(search, name, code) for name in lists]
    if numpy is not None and None not in given:
        changed = [
            Edit(code.span(each), f"{numpy}.array({code.source(each)})") for each in given if each is not None
        ]
        yield Fix("Give the search arrays", tuple(changed))


def _numbers_of_texts(played: Rehearsal, error: ProbeError, code: Code) -> Iterator[Fix]:
    """A number for each text of a column, in the frame that a file of values is read into."""
    found = of_texts(played, error)
    pandas = code.imported_as("pandas")
    if found is None or pandas is None or len(found[1]) > _MOST_NAMED:
        return
    read = [
        each
        for each in code.every(ast.Assign)
        if isinstance(each.value, ast.Call)
        and (code.imported(each.value.func) or "").startswith(("pandas.read_", "pandas.DataFrame"))
        and isinstance(each.targets[0], ast.Name)
    ]
    if len(read) == 1 and isinstance(read[0].targets[0], ast.Name):
        frame = read[0].targets[0].id
        lines = [f'{frame}["{name}"] = {frame}["{name}"].astype("category").cat.codes' for name in found[1]]
        edit = edits.insert_after(code.module, code.span(read[0]), lines)
        if edit is not None:
            yield Fix(f"Number the texts of {wording.listed(list(found[1]))}", (edit,))


def _counted(node: ast.Subscript, code: Code) -> Iterator[Fix]:
    """`.iloc` for all that is asked by the same number in the same function; then for this alone."""
    function, index = code.enclosing(node), ast.dump(node.slice)
    alike = [
        each
        for each in code.every(ast.Subscript)
        if code.enclosing(each) is function
        and ast.dump(each.slice) == index
        and isinstance(each.ctx, ast.Load)
        and not (isinstance(each.value, ast.Attribute) and each.value.attr in ("iloc", "loc"))
    ]
    for nodes in (alike, [node]) if len(alike) > 1 else ([node],):
        changed = tuple(Edit(code.span(each.value).end, ".iloc") for each in nodes)
        yield Fix("Count the rows with .iloc", changed)
