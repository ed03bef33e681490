"""Which functions and classes of the user's may be remembered: those that read nothing that can change."""

from __future__ import annotations

import textwrap
from typing import Any

import pytest

from hypershape.agent.purity import Impure, Keys

PURE = {
    "arithmetic": "def f(x):\n    return x * 2 + SCALE\nSCALE = 3",
    "a helper": "def g(x, by=2):\n    return x // by\ndef f(x):\n    return g(x)",
    "a function that calls itself": "def f(x):\n    return x if x < 1 else f(x - 1)",
    "a lambda in a closure": "def make(k):\n    return lambda x: x + k\nf = make(3)",
    "a class with its base": "class B:\n    rate = 0.5\n    def build(self):\n        self.a = 1\nclass f(B):\n    def call(self, x):\n        return super().build()",
    "NumPy without its generator": "import numpy as np\ndef f(x):\n    return np.prod(x.shape)",
    "a module of mathematics": "import math\ndef f(x):\n    return math.sqrt(x)",
    "a type of NumPy": "import numpy as np\ndef f(x):\n    return np.zeros(x, np.float32).shape",
    "a function of NumPy by its name": "from numpy import prod\ndef f(x):\n    return prod(x.shape)",
    "attributes of its own": "class f:\n    def __init__(self, n):\n        self.n, self.m = n, 2",
    "a property and a static method": "class f:\n    @property\n    def size(self):\n        return 2\n    @staticmethod\n    def twice(x):\n        return 2 * x",
}

IMPURE = {
    "a global that it counts up": "n = 0\ndef f(x):\n    global n\n    n += 1\n    return n",
    "a list that may grow": "seen = []\ndef f(x):\n    seen.append(x)\n    return len(seen)",
    "a dictionary of settings": "settings = {'units': 3}\ndef f(x):\n    return settings['units']",
    "the clock": "import time\ndef f(x):\n    return time.time()",
    "a random number": "import random\ndef f(x):\n    return random.randint(1, 3)",
    "a random number of NumPy": "import numpy as np\ndef f(x):\n    return np.random.randint(1, 3)",
    "a random number by a name of its own": "from numpy.random import randint\ndef f(x):\n    return randint(1, 3)",
    "a file": "def f(x):\n    return len(open('sizes.txt').read())",
    "the environment": "import os\ndef f(x):\n    return int(os.environ['UNITS'])",
    "an import where it runs": "def f(x):\n    import random\n    return random.random()",
    "an impure helper": "import time\ndef g():\n    return time.time()\ndef f(x):\n    return g()",
    "an impure method": "import time\nclass f:\n    def call(self, x):\n        return time.time()",
    "an object of a class": "class A:\n    size = 1\na = A()\ndef f(x):\n    return a.size",
    "a class that counts its objects": "class f:\n    n = 0\n    def build(self):\n        f.n += 1",
    "a class that counts them by type": "class f:\n    n = 0\n    def build(self):\n        type(self).n += 1",
    "a class that counts them by itself": "class f:\n    n = 0\n    def build(self):\n        self.__class__.n += 1",
    "an attribute set by name": "class f:\n    n = 0\n    def build(self):\n        setattr(f, 'n', 1)",
    "a method of an object": "seen = []\nadd = seen.append\ndef f(x):\n    add(x)",
    "a name that is not there": "def f(x):\n    return missing + x",
    "code from a text": "def f(x):\n    return eval('x + 1')",
    "all globals": "def f(x):\n    return globals()['n']",
}


def defined(source: str) -> Any:
    names: dict[str, Any] = {"__name__": "file"}
    exec(textwrap.dedent(source), names)
    return names["f"]


@pytest.mark.parametrize("source", PURE.values(), ids=PURE)
def test_what_reads_only_its_arguments_and_constants_has_a_key(source: str) -> None:
    assert Keys().of(defined(source)) == Keys().of(defined(source))


@pytest.mark.parametrize("source", IMPURE.values(), ids=IMPURE)
def test_what_may_change_between_two_configurations_has_none(source: str) -> None:
    with pytest.raises(Impure):
        Keys().of(defined(source))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("def f(x):\n    return x + 1", "def f(x):\n    return x + 2"),
        ("def f(x):\n    return x + 1", "def f(x):\n    return x + 1.0"),
        ("def f(x, y=1):\n    return x + y", "def f(x, y=2):\n    return x + y"),
        ("N = 1\ndef f(x):\n    return x + N", "N = True\ndef f(x):\n    return x + N"),
        ("def make(k):\n    return lambda x: x + k\nf = make(3)", "def make(k):\n    return lambda x: x + k\nf = make(4)"),
        ("def g(x):\n    return x\ndef f(x):\n    return g(x)", "def g(x):\n    return -x\ndef f(x):\n    return g(x)"),
        ("class f:\n    n = 1", "class f:\n    n = 2"),
        ("import math\ndef f(x):\n    return math.floor(x)", "import math\ndef f(x):\n    return math.ceil(x)"),
        ("def f(x):\n    return len(x)", "len = max\ndef f(x):\n    return len(x)"),
    ],
)  # fmt: skip
def test_what_does_something_else_has_another_key(one: str, other: str) -> None:
    assert Keys().of(defined(one)) != Keys().of(defined(other))


@pytest.mark.parametrize(
    ("source", "change"),
    [
        ("SCALE = 2\ndef f(x):\n    return x * SCALE", "SCALE = 3"),
        ("SCALE = 2\nclass f:\n    def call(self, x):\n        return x * SCALE", "SCALE = 3"),
        ("class f:\n    scale = 2\n    def call(self, x):\n        return x * self.scale", "f.scale = 3"),
        (
            "class B:\n    scale = 2\nclass f(B):\n    def call(self, x):\n        return self.scale",
            "f.scale = 3",
        ),
        ("def g(x):\n    return x\ndef f(x):\n    return g(x)", "def g(x):\n    return -x"),
        ("def f(x):\n    return len(x)", "def len(x):\n    return 3"),
    ],
)
def test_a_name_that_the_target_binds_anew_gives_another_key(source: str, change: str) -> None:
    names: dict[str, Any] = {"__name__": "file"}
    exec(source, names)
    keys = Keys()
    before = keys.of(names["f"])
    assert keys.of(names["f"]) is before
    exec(change, names)
    assert keys.of(names["f"]) != before


def test_a_variable_of_a_closure_that_changes_gives_another_key_or_none() -> None:
    names: dict[str, Any] = {"__name__": "file"}
    exec(
        "def make():\n    n = 1\n    def f(x):\n        return x + n\n"
        "    def change():\n        nonlocal n\n        n += 1\n    return f, change",
        names,
    )
    f, change = names["make"]()
    keys = Keys()
    before = keys.of(f)
    change()
    assert keys.of(f) != before
