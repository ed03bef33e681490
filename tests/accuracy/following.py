"""Every report of a target is the same whether the values of its hyperparameters are followed or not."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from benchmarks._families import drawn

from hypershape import rules, source
from hypershape.model import Document, Slice
from hypershape.probe import convert

from .claims import unequal

HERE = Path(__file__).parents[2]


SECONDS = 60.0
"""What one probe may take."""


def documents() -> Iterator[Document]:
    """The examples, the corpus, and the examples of all rules."""
    for path in source.find_files([HERE / "examples", HERE / "tests" / "corpus" / "files"]):
        with suppress(source.Unreadable):
            yield source.read(path)
    for rule in rules.all_rules():
        for number, example in enumerate((*rule.INVALID, *rule.VALID)):
            yield source.from_text(f"/user/{rule.code}_{number}.py", example.text)


def slices(document: Document) -> list[tuple[str, Slice]]:
    targets = source.analyse(document).targets
    return [(f"{document.path}:{each.span.line}", each.slice) for each in targets if each.slice is not None]


def differences(slice_: Slice, count: int, scratch: str) -> tuple[list[str], int]:
    """Where the reports on `count` configurations differ with and without following; how many were compared.

    The process, which may write to the folder `scratch` alone from now on, is good for one slice.
    """
    from hypershape.agent import alarm, limits
    from hypershape.agent import job as jobs
    from hypershape.agent.engine import Engine

    alarm.install(jobs._time_is_up)
    params: dict[str, Any] = {"job": 1, "slice": convert.slice_to_json(slice_), "data": None}
    job = jobs.Job(params, limits.Progress(), scratch)
    if job.open() is not None:
        return [], 0
    assert job.engine is not None
    following, plain = job.engine, Engine(job._data, job._paths)
    plain.tracks = False
    plain.give(job._running.given, slice_.tunes_new_entries)
    plain.own_training = slice_.own_training
    generator, space, found = random.Random(0), {}, []
    configuration: dict[str, Any] = {}
    for _ in range(count):
        reports = []
        for job.engine in (following, plain):
            reports.append(job._one(configuration, "symbolic", SECONDS))
        found += unequal(configuration, *reports)
        space |= {hp["name"]: hp for hp in reports[0].get("new", ())}
        configuration = drawn(space, generator)
    return found, count
