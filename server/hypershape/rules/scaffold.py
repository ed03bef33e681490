"""The beginning of a new rule, for `python -m hypershape.rules new`: everything a rule has, to be filled in."""

from __future__ import annotations

import re
from pathlib import Path

from hypershape import rules

_TEMPLATE = '''\
"""{code}."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from hypershape.model import Analysis, Edit, Finding, Fix, Severity
from hypershape.rules.base import Example, Rule
from hypershape.source import Code, HpCall


class {class_name}(Rule):
    """TODO: the fault, in one sentence.

    ## What it does
    TODO: what is read, and what is found.

    ## Why it matters
    TODO: what happens in a search that has the fault.

    ## Fix
    TODO: what to write instead.
    """

    code = "{code}"
    name = "{name}"
    severity = Severity.HINT
    # The text alone decides. A rule that needs a probe or the environment leaves this line out.
    static = True

    INVALID = (
        Example.layers(
            'model.add(layers.Dense(hp.Int("TODO", 8, 64)))',
            at="TODO: the text that is underlined",
            fixed="TODO: text that stands there after the best fix",
        ),
    )
    VALID = (Example.layers('model.add(layers.Dense(hp.Int("units", 8, 64)))'),)

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        code = analysis.module.code
        for call in code.hp_calls:
            node = call.arguments.get("name")
            if node is not None and code.value(node, default=None) == "TODO":
                yield self.finding(
                    "TODO: the fault in the user's words.",
                    code.span(node),
                    repairs=partial(_repairs, call, code),
                )


def _repairs(call: HpCall, code: Code) -> Iterator[Fix]:
    """Candidates, best first; each is tried before it is offered."""
    node = call.arguments["name"]
    yield Fix("TODO: what the edit does", (Edit(code.span(node), '"TODO"'),))
'''


class CannotMake(Exception):
    """Why no rule can be begun, in one sentence."""


def begin(code: str, name: str) -> Path:
    """Writes the module of a new rule into the folder of its family and returns its path; raises CannotMake."""
    if not re.fullmatch(r"HS\d{3}", code):
        raise CannotMake(f"A code is HS and three digits, not {code!r}.")
    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", name):
        raise CannotMake(f"A name is words in lower case joined by hyphens, not {name!r}.")
    for rule in rules.all_rules():
        if code == rule.code or name == rule.name:
            raise CannotMake(f"There is a rule {rule.code} {rule.name} already.")
    path = _family(code) / f"{code.lower()}_{name.replace('-', '_')}.py"
    class_name = "".join(map(str.capitalize, name.split("-")))
    path.write_text(_TEMPLATE.format(code=code, name=name, class_name=class_name), encoding="utf-8")
    return path


def _family(code: str) -> Path:
    """The folder in which the rules stand whose codes begin alike: HS1xx are about declarations."""
    for rule in rules.all_rules():
        if rule.code.startswith(code[:3]):
            return Path(rules.__file__).parent / type(rule).__module__.split(".")[-2]
    families = ", ".join(sorted({f"{rule.code[:3]}xx" for rule in rules.all_rules()}))
    raise CannotMake(f"There is no family {code[:3]}xx; the families are {families}.")
