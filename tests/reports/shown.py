"""What is shown of a file: its findings with the text after each repair, kept on disk so that nothing is done twice."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import asdict, dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

from hypershape import analysis, fixes, source
from hypershape.model import Analysis, Finding, Options, Severity
from hypershape.probe import Agent
from tests.reports import real
from tests.reports.cases import Case
from tests.reports.real import Truth


@dataclass(frozen=True, slots=True)
class Repair:
    """A repair that is offered, and the whole text after it."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Row:
    """One finding as its reader sees it."""

    code: str
    severity: Severity
    line: int
    message: str
    condition: str | None
    repairs: tuple[Repair, ...]

    def __str__(self) -> str:
        return f"{self.code} line {self.line}: {' '.join(self.message.split())[:200]}"


@dataclass(frozen=True, slots=True)
class Shown:
    """All that is shown of one file, after so many seconds."""

    rows: tuple[Row, ...]
    seconds: float


class Kept:
    """A folder of answers by what was asked, so that a run that was cut short goes on where it was."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def of(self, *question: str) -> Any:
        """The answer to a question; None where there is none."""
        path = self._path(question)
        return json.loads(path.read_text("utf-8")) if path is not None and path.exists() else None

    def keep(self, answer: Any, *question: str) -> None:
        path = self._path(question)
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(answer, indent=1, default=lambda each: each.value), "utf-8")

    def _path(self, question: tuple[str, ...]) -> Path | None:
        if self._folder is None:
            return None
        return self._folder / f"{question[0]}-{sha256(chr(0).join(question).encode()).hexdigest()[:16]}.json"


async def shown(
    cases: Iterable[Case], kept: Kept, until: float = float("inf"), **options: Any
) -> AsyncIterator[tuple[Case, Shown]]:
    """What is shown of each case; `until` a time of the monotonic clock, after which only kept answers are given."""
    agent = Agent([sys.executable])
    widen = partial(source.across, workspace=source.Workspace())
    try:
        for case in cases:
            question = (case.name, case.text, repr(options))
            known = kept.of(*question)
            if known is not None:
                yield case, _read(known)
            elif time.monotonic() < until:
                started = time.monotonic()
                done = await analysis.run(source.read(case.path), agent, Options(**options), widen)
                found = Shown(tuple(_rows(done)), time.monotonic() - started)
                kept.keep(asdict(found), *question)
                yield case, found
    finally:
        await agent.close()


def _rows(done: Analysis) -> Iterator[Row]:
    for each in done.findings:
        yield Row(
            each.code,
            each.severity,
            each.span.line,
            each.message,
            each.condition.text if each.condition is not None else None,
            tuple(_repairs(done, each)),
        )


def _repairs(done: Analysis, finding: Finding) -> Iterator[Repair]:
    for each in finding.fixes:
        yield Repair(each.title, fixes.apply(done.module.document, each.edits).text)


def _read(known: dict[str, Any]) -> Shown:
    rows = (
        Row(
            **{
                **each,
                "severity": Severity(each["severity"]),
                "repairs": tuple(Repair(**repair) for repair in each["repairs"]),
            }
        )
        for each in known["rows"]
    )
    return Shown(tuple(rows), known["seconds"])


REPAIRED = 200.0
"""So many seconds a repaired file may take: where one trial costs minutes, its search tells nothing."""


def searched(
    programs: Iterable[tuple[str, str]], kept: Kept, until: float = float("inf")
) -> Iterator[tuple[tuple[str, str], Truth]]:
    """The truth of each program, as `real.run` gives it, and as `shown` from what is kept."""
    wanted = []
    for program in programs:
        known = kept.of(*program)
        if known is None:
            wanted.append(program)
        else:
            yield program, Truth.read(known)
    for program, truth in real.run(wanted, until, REPAIRED):
        kept.keep(asdict(truth), *program)
        yield program, truth
