"""`hypershape explain FOLDER`: what the trials of a search say, in sentences or as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from hypershape import source
from hypershape.analysis import projects, run
from hypershape.cli.outcome import OK, CannotRun
from hypershape.model import Analysis, Options
from hypershape.probe import Agent


async def explain(folder: Path, file: Path | None, agent: Agent, output: str) -> int:
    """Prints what there is to say about a project folder. Raises CannotRun.

    The file that makes it is looked for around it where `file` does not name it; `agent` is of the interpreter in
    which that file is analysed.
    """
    try:
        project = projects.read(folder)
    except projects.NoProject as reason:
        raise CannotRun(str(reason)) from None
    found = file or projects.maker(folder)
    analysis = await _analysed(found, agent) if found is not None else None
    explained = projects.explain(project, analysis)
    if output == "json":
        print(json.dumps(_json(explained), ensure_ascii=False, indent=1, default=str))
        return OK
    print("\n".join(projects.told(explained)))
    if found is None:
        print("No file around it makes this project; name it with --file to hear what else would fail.")
    elif explained.file is None:
        print(f"{found} could not be probed: {_why_not(analysis)}")
    return OK


async def _analysed(file: Path, agent: Agent) -> Analysis:
    try:
        document = source.read(file.resolve())
        return await run(document, agent, Options(verify_fixes=False, fix_budget=0.0))
    except source.Unreadable as reason:
        raise CannotRun(str(reason)) from None
    finally:
        await agent.close()


def _why_not(analysis: Analysis | None) -> str:
    targets = analysis.targets if analysis is not None else ()
    if not targets:
        return "it holds no search space."
    probed = sum(each.status == "probed" for each in targets)
    reason = next((each.reason for each in targets if each.reason), None)
    return "several of its search spaces may be the one." if probed else reason or "nothing of it builds."


def _json(explained: projects.Explanation) -> dict[str, Any]:
    project = explained.project
    return {
        "schema": 1,
        "project": str(project.folder),
        "file": explained.file,
        "problems": list(project.problems),
        "trials": [
            {
                "id": each.id,
                "status": each.status,
                "score": each.score,
                "values": dict(each.values),
                "error": asdict(each.failure) if each.failure is not None else None,
            }
            for each in project.trials
        ],
        "causes": [
            {
                "error": asdict(each.failure),
                "trials": list(each.trials),
                "condition": each.condition,
                "of": "file" if each.of_file else "trials",
            }
            for each in explained.groups
        ],
        "unexplained": list(explained.silent),
        "not_reproduced": list(explained.unseen),
        "unfinished": [{"id": trial, "condition": condition} for trial, condition in explained.waiting],
        "differences": None if explained.differences is None else list(explained.differences),
        "left": None if explained.left is None else asdict(explained.left),
    }
