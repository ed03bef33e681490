"""What a process says of its probes: in pieces, out of turn, or without sense."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from hypershape.model import Slice
from hypershape.probe import Agent, AgentFailed
from hypershape.probe.agent import NONSENSE, Job, Limits, _understood

REPORT = {
    "configuration": {"units": 3},
    "verdict": "ok",
    "level": "symbolic",
    "layers": 0,
    "new": (),
    "declarations": (),
}
FLAG = {"name": "flag", "kind": "Boolean", "default": False, "values": [False, True], "count": 2}


def message(reports: Any = (), traces: Any = None, **more: Any) -> dict[str, Any]:
    return {"job": 1, "reports": reports, "traces": traces or {}, **more}


@pytest.fixture
def job() -> Job:
    return Job(Agent(["python"]), Slice((), "build_model"), None, Limits(), 0, False)


def read(job: Job, fields: Any) -> Any:
    return asyncio.run(job._read(fields))


def test_pieces_that_come_ahead_belong_to_the_next_report_alone(job: Job) -> None:
    assert read(job, message(ahead={"new": [FLAG]})) == []
    assert read(job, message(ahead={"new": [{**FLAG, "name": "other"}]})) == []
    first, second = read(job, message([REPORT, REPORT], {"0": []}))
    assert [each.name for each in first.new] == ["flag", "other"]
    assert second.new == ()


@pytest.mark.parametrize(
    "fields",
    [
        message([{}]),
        message([3]),
        message([{**REPORT, "new": 3}]),
        message([REPORT], {"x": []}),
        message([REPORT], {"0": 3}),
        message(ahead={"new": 3}),
        message([{**REPORT, "error": "x"}]),
    ],
    ids=["empty", "a number", "a list that is none", "a trace by name", "a trace", "a piece", "an error"],
)
def test_what_is_no_report_is_known_as_such(fields: Any, job: Job) -> None:
    assert read(job, fields) is None


@pytest.mark.parametrize("fields", [{"took": 3}, {"took": ["a", "b"]}, {"assumptions": 3}, {"index": "x"}])
def test_an_answer_without_sense_counts_as_the_end_of_its_process(fields: Any, job: Job) -> None:
    assert job._told(fields) == NONSENSE


def test_an_answer_with_sense_is_itself(job: Job) -> None:
    assert job._told({"probed": 1, "took": [2.0, 1.5], "assumptions": ["x"]})["probed"] == 1
    assert (job.waited, job.assumptions) == (0.5, ("x",))


def test_what_cannot_be_understood_is_the_agent_s_failure() -> None:
    with pytest.raises(AgentFailed, match="wrote into the channel"), _understood():
        raise KeyError("x")
