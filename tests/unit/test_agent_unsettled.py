"""What other code sets is what the text says first, and then something else; what runs decides whether it counts."""

from __future__ import annotations

import ast
import sys
import types
from typing import Any

import pytest

from hypershape.agent.standins import Assumption, StandIn
from hypershape.agent.unsettled import Unsettled, names_in


def run(
    text: str, *set_: tuple[Any, ...], index: int = 1, target: str = "build"
) -> tuple[Any, Assumption, bool]:
    """What a target gives whose module `own` is run as the statements of a slice are, and whether it rests on a guess."""
    module = types.ModuleType("own")
    module.__dict__.update(__file__="own.py", __hypershape__=True)
    sys.modules["own"] = module
    assumption = Assumption(index)
    fields = [
        dict(zip(("owner", "name", "within", "fills"), (*each, "", False)[:4], strict=True)) for each in set_
    ]
    unsettled = Unsettled(fields, assumption, index, tries_first=True)
    for statement in ast.parse(text).body:
        unsettled.read_by(statement, [vars(module)])
        try:
            exec(compile(ast.Module([statement], []), "own.py", "exec"), vars(module))
        except OSError:
            unsettled.failed()
        unsettled.found(statement, vars(module))
    unsettled.missing(vars(module))
    function = vars(module)[target]
    unsettled.read_by(ast.parse(target, mode="eval"), [vars(module)], names_in(function))
    unsettled.leave()
    try:
        return function(), assumption, unsettled.relied
    finally:
        del sys.modules["own"]


HELD = {
    "module": ("WIDTH = None\ndef build(): return WIDTH", ("own", "WIDTH", "load")),
    "class": ("class C:\n    w = None\ndef build(): return C.w", ("C", "w", "load")),
    "object": (
        "class C:\n    def __init__(self): self.w = None\nc = C()\ndef build(): return c.w",
        ("C()", "w", "load"),
    ),
    "variable": ("class C:\n    w = None\nc = C()\ndef build(): return c.w", ("c", "w", "load")),
    "key": ("T = {'a': {'w': None}}\ndef build(): return T['a']['w']", ("a", "w", "load")),
    "parameter": ("class C:\n    w = None\ndef build(): return C.w", ("", "w", "load")),
    "namespace": (
        "from types import SimpleNamespace\nc = SimpleNamespace()\ndef build(): return c.w",
        ("c", "w", "load"),
    ),
    "any": ("class C:\n    w = None\ndef build(): return C.w", ("C", "*", "load")),
    "filled": ("T = {}\ndef build(): return T['w']", ("own", "T", "load", True)),
    "number": ("WIDTH = 4\ndef build(): return WIDTH", ("own", "WIDTH", "load")),
}


def test_what_a_call_was_to_set_that_fails_is_no_fact() -> None:
    load = "def load():\n    global WIDTH\n    open('/nowhere')\n    WIDTH = 3\nload()\n"
    given, _, relied = run(f"WIDTH = None\n{load}def build(): return WIDTH", ("own", "WIDTH", "load"))
    assert isinstance(given, StandIn) and relied


@pytest.mark.parametrize("name", HELD)
def test_what_other_code_sets_is_no_fact(name: str) -> None:
    text, entry = HELD[name]
    given, assumption, relied = run(text, entry)
    assert isinstance(given, StandIn)
    assert relied
    assert assumption.made


def test_under_the_first_assumption_it_is_what_the_text_says_and_an_assumption() -> None:
    given, assumption, relied = run(*HELD["number"], index=0)
    assert (given, relied, assumption.asked) == (4, True, {"own.WIDTH = 4": None})


@pytest.mark.parametrize(
    ("text", "entry"),
    [
        # Nothing reads it.
        ("class C:\n    w = None\n    d = 3\ndef build(): return C.d", ("C", "w", "load")),
        # It is set before the target runs, and by the target.
        (
            "W = None\ndef load():\n    global W\n    W = 3\nload()\ndef build(): return W",
            ("own", "W", "load"),
        ),
        (
            "W = None\ndef width():\n    global W\n    if W is None: W = 3\n    return W\ndef build(): return width()",
            ("own", "W", "width"),
        ),
        ("class C:\n    w = 3\ndef build(): return C.w", ("", "w", "load")),
        ("class C:\n    w = 3\ndef build(): return C.w", ("D", "w", "load")),
        ("T = {'w': 3}\ndef build(): return T['w']", ("own", "T", "load", True)),
    ],
)
def test_what_is_settled_is_a_fact(text: str, entry: tuple[Any, ...]) -> None:
    given, assumption, relied = run(text, entry)
    assert (given, relied, assumption.made) == (3, False, False)


def test_what_a_statement_reads_while_it_is_open_is_an_assumption_though_it_is_set_later() -> None:
    text = "W = None\nSHAPE = (3, W)\nW = 3\ndef build(): return SHAPE"
    assert run(text, ("own", "W", "load"), index=0)[2]


def test_a_switch_a_text_and_a_fraction_are_near_to_what_they_are() -> None:
    text = "S, T, F = True, 'a', 0.5\ndef build(): return S, T, F"
    entries = [("own", name, "load") for name in "STF"]
    assert run(text, *entries, index=2)[0] == (True, "a", 0.25)
    switch, words, fraction = run(text, *entries, index=1)[0]
    assert (switch, isinstance(words, StandIn), fraction) == (False, True, 0.25)


PROPERTY = """
class Tuned:
    def __init__(self, **options):
        setattr(self, "_x", options.get("x"))

    @property
    def x(self):
        return self._x

    @x.setter
    def x(self, value):
        self._x = value

    def given(self):
        %s
        return self._x

    def build(self):
        return self.x
"""


@pytest.mark.parametrize(
    ("line", "method", "relied"),
    [("pass", "build", True), ("pass", "given", True), ("self.x = 3", "given", False)],
)
def test_what_a_property_sets_counts_also_of_an_object_that_has_no_name(
    line: str, method: str, relied: bool
) -> None:
    module = types.ModuleType("own")
    module.__dict__.update(__file__="own.py", __hypershape__=True)
    sys.modules["own"] = module
    try:
        exec(compile(PROPERTY % line, "own.py", "exec"), vars(module))
        entry = {"owner": "Tuned()", "name": "_x", "within": "x=", "fills": False}
        unsettled = Unsettled([entry], Assumption(1), 1, tries_first=True)
        target = getattr(module.Tuned(), method)
        unsettled.made(target)
        unsettled.read_by(ast.parse(f"Tuned().{method}", mode="eval"), [vars(module)], names_in(target))
        unsettled.leave()
        assert unsettled.relied is relied
        assert isinstance(target(), StandIn) is relied
    finally:
        del sys.modules["own"]
