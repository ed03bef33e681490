"""The folder in which a tuner keeps its trials, and how the search space that is stored there differs from another."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from hypershape.model import Analysis, Hyperparameter
from hypershape.rules.common.tuners import Tuner, tuners
from hypershape.source import Code
from hypershape.space import domains

Declared = tuple[str | None, Mapping[str, Any]]
"""A stored hyperparameter: its kind, and the arguments of its declaration."""

_DIFFER = ("time", "datetime", "uuid", "tempfile", "random", "secrets", "numpy.random", "pandas.Timestamp")
"""Where what is another thing in each run comes from."""


def is_another_each_run(node: ast.expr, code: Code, seen: frozenset[str] = frozenset()) -> bool:
    """Whether a folder or a name is made of the clock or of chance, so that no run finds what an earlier one left.

    Wherever a name is given such a value: in a branch, it may be the one that counts.
    """
    for each in ast.walk(node):
        if isinstance(each, (ast.Name, ast.Attribute)) and _comes_from(code.imported(each) or "", _DIFFER):
            return True
        if isinstance(each, ast.Name) and each.id not in seen:
            for binding in code.bindings.get(each.id, ()):
                made = code.parents.get(binding)
                if isinstance(made, ast.Assign) and is_another_each_run(made.value, code, seen | {each.id}):
                    return True
    return False


def _comes_from(origin: str, modules: Sequence[str]) -> bool:
    return any(origin == module or origin.startswith(f"{module}.") for module in modules)


def folder_of(tuner: Tuner, path: str, code: Code) -> Path | None:
    """The project folder as a run in the folder of the file `path` finds it; None where its name is not written."""
    parts = []
    for name, usual in (("directory", "."), ("project_name", "untitled_project")):
        node = code.argument(tuner.node, name)
        value = _value(node, code) if node is not None else usual
        value = usual if value is None else value
        if not isinstance(value, str):
            return None
        parts.append(value)
    return Path(path).parent.joinpath(*parts)


def _value(node: ast.expr, code: Code) -> object:
    """What is written for a part of a folder; 0 where that is not known.

    An attribute is what the only class that sets it says in its body, where nothing else sets one of that name.
    """
    if (
        isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id in ("self", "cls")
    ):
        if any(
            each.attr == node.attr and isinstance(each.ctx, ast.Store) for each in code.every(ast.Attribute)
        ):
            return 0
        said = [
            each.value
            for made in code.classes
            for each in made.body
            if isinstance(each, ast.Assign)
            if any(isinstance(target, ast.Name) and target.id == node.attr for target in each.targets)
        ]
        return code.value(said[0], default=0) if len(said) == 1 else 0
    return code.value(node, default=0)


def sharing(analysis: Analysis, code: Code) -> Iterator[tuple[Tuner, Sequence[Tuner]]]:
    """Each tuner whose project folder is written, with the earlier ones that have searched there when it is made.

    These stand in the same function, or beside it.
    """
    before: list[tuple[Tuner, Path]] = []
    for tuner in tuners(analysis, code):
        folder = folder_of(tuner, code.path, code) if tuner.complete else None
        if folder is None:
            continue
        yield tuner, [each for each, other in before if other == folder and _has_searched(each, tuner, code)]
        before.append((tuner, folder))


def _has_searched(earlier: Tuner, tuner: Tuner, code: Code) -> bool:
    same_scope = code.enclosing(earlier.node) is code.enclosing(tuner.node)
    return same_scope and any(call.lineno < tuner.node.lineno for call in earlier.searches)


def declared(space: object) -> dict[str, Declared]:
    """The hyperparameters of a stored space by name; whatever is none is left out."""
    return {
        each["config"]["name"]: (each.get("class_name"), each["config"])
        for each in (space if isinstance(space, list) else [])
        if isinstance(each, dict) and isinstance(each.get("config"), dict) and "name" in each["config"]
    }


def changed(old: Mapping[str, Declared], new: Sequence[Hyperparameter]) -> Iterator[str]:
    """A clause for each hyperparameter that both spaces have and that is another one now."""
    for each in new:
        if each.name in old and not _same(old[each.name], each):
            yield f"{each.name} was {_ranged(*old[each.name])} and is {_ranged(each.kind, _config(each))} now"


def _same(old: Declared, new: Hyperparameter) -> bool:
    kind, config = old
    if kind != new.kind:
        return False
    if kind == "Choice":
        return new.values is None or list(config.get("values", [])) == list(new.values)
    if kind in ("Int", "Float"):
        return (config.get("min_value"), config.get("max_value"), config.get("step")) == (
            new.min,
            new.max,
            new.step,
        ) or None in (new.min, new.max)
    return True


def _config(new: Hyperparameter) -> dict[str, Any]:
    return {"values": new.values, "min_value": new.min, "max_value": new.max, "step": new.step}


def _ranged(kind: str | None, config: Mapping[str, Any]) -> str:
    if kind == "Choice":
        return f"one of {', '.join(map(repr, config.get('values') or ()))}"
    if kind in ("Int", "Float"):
        text = f"{domains.text(config.get('min_value'))} to {domains.text(config.get('max_value'))}"
        step = config.get("step")
        return text + (f" by {domains.text(step)}" if step not in (None, 1) else "")
    return f"a {kind}"
