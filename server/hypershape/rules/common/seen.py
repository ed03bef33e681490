"""What a rehearsal has seen of a search that runs: what its model gives, and what that is compared with."""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hypershape.model import Analysis, Rehearsal, Span, TunerCall, own_values
from hypershape.rules.common.rehearsed import decisive
from hypershape.rules.common.wording import values
from hypershape.source import Code


@dataclass(frozen=True, slots=True)
class Output:
    """One output of the model of a rehearsal: the fields that `agent/compared.py` lists."""

    tuner: TunerCall
    fields: Mapping[str, Any]
    when: str
    """`last='linear'` where other values were seen not to have what was looked for, else nothing."""
    assumed: bool = False
    """Whether it was only seen beside data that is not at hand."""

    def number(self, name: str) -> float | None:
        found = self.fields.get(name)
        return found if isinstance(found, (int, float)) else None

    @property
    def is_constant(self) -> bool:
        """Whether it is the same whatever is given to its activation."""
        least = self.number("least")
        return self.fields.get("width") == 1 and least is not None and least == self.number("most")

    def label(self, name: str) -> float | None:
        """`min` or `max` of its labels."""
        found = (self.fields.get("labels") or {}).get(name)
        return found if isinstance(found, (int, float)) else None


def outputs(analysis: Analysis, wanted: Callable[[Output], bool]) -> Iterator[Output]:
    """The first output of each tuner's models with what is `wanted`, at each place in which a layer gives one."""
    for tuner in analysis.module.tuners:
        own = [each for each in analysis.rehearsals if each.tuner == tuner.call.span]
        bad: dict[str, list[Rehearsal]] = {}
        first: dict[str, Output] = {}
        for each in own:
            for fields in each.facts.get("compared") or ():
                output = Output(tuner, fields, "")
                if wanted(output):
                    key = str(fields.get("made"))
                    first.setdefault(key, output)
                    bad.setdefault(key, []).append(each)
        for key, output in first.items():
            good = [each for each in own if each not in bad[key] and each.facts.get("compared")]
            assumed = all(each.assumed for each in bad[key])
            yield Output(tuner, output.fields, _when(bad[key], good), assumed)


def shared(kind: str, analysis: Analysis) -> Iterator[tuple[Span, Mapping[str, Any]]]:
    """What models of different trials were seen to have in common, once for each place, and the tuner of the trials."""
    told = []
    for rehearsal in analysis.rehearsals:
        for each in rehearsal.facts.get("shared") or ():
            if each.get("kind") == kind and each not in told:
                told.append(each)
                yield rehearsal.tuner, each


def _when(bad: Sequence[Rehearsal], good: Sequence[Rehearsal]) -> str:
    names: Collection[str] = decisive(bad, good)
    return values(own_values(bad[0].values), list(names)) if names else ""


def place(frame: Any, code: Code) -> Span | None:
    """Where a frame of the agent's stands, if that is in this file."""
    span = frame.get("span") if isinstance(frame, Mapping) else None
    if not isinstance(span, Mapping) or span.get("path") != code.module.document.path:
        return None
    return Span(**span)


def call_at(span: Span, code: Code) -> ast.Call | None:
    """The call that stands at a place; None where only its statement is known."""
    node = code.expression(span, ast.Call)
    return node if isinstance(node, ast.Call) else None
