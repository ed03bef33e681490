"""`python -m tests.versions [NAME …]`: probes and rehearsals against plain Keras under each promised version, as a table.

Each environment is made once, by pip, under `.tools/versions`, which takes some 4 GB; an environment `over` another
has that one's packages and a Keras of its own. A false failure, a missed one, one that is told as another kind of
failure than elsewhere ("renamed"), or a search of which something else is told than what it does, ends the run with exit
code 1.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hypershape import analysis, source
from hypershape.model import Options, Severity
from hypershape.probe import Agent
from tests.versions.models import KINDS
from tests.versions.searches import searches

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / ".tools" / "versions"
TOOLS = ("hypothesis>=6.100,<7",)


@dataclass(frozen=True)
class Environment:
    """Packages that are installed together, and the backend that Keras is told to use."""

    requirements: tuple[str, ...] = ()
    over: str | None = None
    variables: Mapping[str, str] = field(default_factory=dict)


TENSORFLOW_2_16 = Environment(("tensorflow-cpu==2.16.2", "keras==3.3.3", "keras-tuner==1.4.7"))
ENVIRONMENTS = {
    "tensorflow-2.15": Environment(("tensorflow-cpu==2.15.1", "keras-tuner==1.4.7")),
    "keras-tuner-1.3.5": Environment(("keras-tuner==1.3.5",), "tensorflow-2.15"),
    "tensorflow-2.16": TENSORFLOW_2_16,
    **{
        f"keras-{version}": Environment((f"keras=={version}",), "tensorflow-2.16")
        for version in (
            "3.4.1",
            "3.5.0",
            "3.6.0",
            "3.7.0",
            "3.8.0",
            "3.9.2",
            "3.10.0",
            "3.11.3",
            "3.12.0",
            "3.13.2",
        )
    },
    "current": Environment(),
    "jax": Environment(variables={"KERAS_BACKEND": "jax"}),
    "torch": Environment(
        ("torch>=2.4", "keras>=3.3", "keras-tuner>=1.4.7", "tensorboard", "six"),
        variables={"KERAS_BACKEND": "torch"},
    ),
}
"""The oldest and the newest of what the README promises, and every Keras between; without `requirements`, the
environment that runs this."""


def interpreter(name: str) -> tuple[str, list[str]]:
    """The Python of an environment, which is made if need be, and the folders that it searches first."""
    environment = ENVIRONMENTS[name]
    if not environment.requirements:
        return sys.executable, []
    folder = FOLDER / name
    if environment.over is not None:
        python, _ = interpreter(environment.over)
        if not folder.is_dir():
            _install(python, "--no-deps", "--target", str(folder), *environment.requirements)
        return python, [str(folder)]
    python = str(folder / "bin" / "python")
    if not (folder / ".ready").exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        _install(python, *environment.requirements, *TOOLS)
        (folder / ".ready").touch()
    return python, []


def _install(python: str, *arguments: str) -> None:
    command = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *arguments]
    subprocess.run(command, check=True)


def truth(name: str, every: int) -> dict[str, Any]:
    """What the comparison in an environment gave; see `tests.versions.truth`."""
    return _asked(name, "tests.versions.truth", str(every))


def otherwise(name: str) -> tuple[int, list[str]]:
    """How many searches were rehearsed in an environment, and those of which something else was told than they do."""
    backend = ENVIRONMENTS[name].variables.get("KERAS_BACKEND", "tensorflow")
    fails = _asked(name, "tests.versions.searches", backend)
    told = asyncio.run(_told(name, searches(backend)))
    return len(fails), [
        f"{each}: {'fails' if fails[each] else 'runs'}, and what is told is {', '.join(said) or 'nothing'}"
        for each, said in told.items()
        if fails[each] != bool(said)
    ]


async def _told(name: str, texts: Mapping[str, str]) -> dict[str, list[str]]:
    """The errors that are told of each text."""
    python, _ = interpreter(name)
    agent, found = Agent([python], env=_variables(name)), {}
    try:
        for title, text in texts.items():
            done = await analysis.run(source.from_text("search.py", text), agent, Options(budget=60.0))
            errors = [each for each in done.findings if each.severity is Severity.ERROR]
            found[title] = [f"{each.code} {' '.join(each.message.split())[:100]}" for each in errors]
    finally:
        await agent.close()
    return found


def _variables(name: str) -> dict[str, str]:
    _, folders = interpreter(name)
    return {
        **ENVIRONMENTS[name].variables,
        "PYTHONPATH": os.pathsep.join([*folders, str(ROOT / "server"), str(ROOT)]),
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "OMP_NUM_THREADS": "1",
    }


def _asked(name: str, module: str, argument: str) -> dict[str, Any]:
    """What a module says in an environment, as the last line that it prints."""
    command = [interpreter(name)[0], "-m", module, argument]
    variables = {**os.environ, **_variables(name)}
    done = subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{name}: {done.stderr[-3000:]}")
    return dict(json.loads(done.stdout.splitlines()[-1]))


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.versions", description=__doc__)
    parser.add_argument("names", nargs="*", default=list(ENVIRONMENTS), help="environments (default: all)")
    parser.add_argument("--every", type=int, default=6, help="one in so many programs of Keras 3 (default 6)")
    options = parser.parse_args()
    print(
        "| backend | Keras | Keras Tuner | Python | probes by | compared | really fail | false | missed | unchecked | renamed "
        "| searches | told otherwise |"
    )
    print("| --- " * 13 + "|")
    wrong = 0
    for name in options.names:
        found = truth(name, options.every)
        told = {program: found["kinds"].get(program) for program in KINDS}
        renamed = {program: kind for program, kind in told.items() if kind != KINDS[program]}
        found["renamed"] = len(renamed)
        found["searches"], wrongly = otherwise(name)
        found["otherwise"] = len(wrongly)
        columns = (
            "backend",
            "keras",
            "tuner",
            "python",
            "how",
            "compared",
            "fail",
            "false",
            "missed",
            "unchecked",
            "renamed",
            "searches",
            "otherwise",
        )
        print("| " + " | ".join(str(found[each]) for each in columns) + " |", flush=True)
        for program, difference in found["differences"].items():
            print(f"{name}: {program}: {' '.join(difference.split())}", file=sys.stderr)
        for program, kind in renamed.items():
            print(f"{name}: {program}: {kind}, not {KINDS[program]}", file=sys.stderr)
        for each in wrongly:
            print(f"{name}: {each}", file=sys.stderr)
        wrong += found["false"] + found["missed"] + found["renamed"] + len(wrongly)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
