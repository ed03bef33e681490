"""`hypershape doctor`: what the user's interpreter has."""

from __future__ import annotations

import json
import platform
import shlex
import sys
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from hypershape import __version__, journal
from hypershape.cli.outcome import CANNOT_RUN, OK, CannotRun
from hypershape.model import Card, Environment
from hypershape.probe import Agent, AgentFailed
from hypershape.report.cost import size

FENCED = "kept from probes by the kernel (Landlock)"
FROZEN = "kept from probes by the kernel (read-only mounts)"
SIFTED = "kept from probes by the kernel (seccomp)"


async def examine(agent: Agent, report: Path | None = None) -> int:
    """Prints the environment as a table; the exit code says whether a search can be probed in it.

    `report` is a zip file that gets the same with the logs, for an issue. Raises CannotRun.
    """
    try:
        environment = await agent.environment()
    except AgentFailed as reason:
        if report is not None:
            # Most of all then somebody will ask for it.
            _write(report, {"problem": str(reason)})
        raise CannotRun(str(reason)) from None
    finally:
        await agent.close()
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    rows = {
        **_where(environment, agent.command),
        "interpreter": environment.executable,
        "Python": environment.python,
        "Keras": environment.keras or "missing",
        "Keras Tuner": environment.keras_tuner or "missing",
        "backend": environment.backend or "none",
        "devices": ", ".join(environment.devices) or "none",
        **{f"card {index}": _card(each) for index, each in enumerate(environment.cards)},
        "memory": size(environment.memory) if environment.memory else "not told",
        **({"GPU": f"unused: {environment.gpu_unseen}"} if environment.gpu_unseen else {}),
        **({} if environment.problem else _barriers(environment)),
        "symbolic probes": "yes" if environment.symbolic else _why_not_symbolic(environment),
        **{name: version or "missing" for name, version in sorted(environment.packages.items())},
    }
    for name, value in rows.items():
        table.add_row(name, value)
    console = Console(highlight=False, soft_wrap=True)
    console.print(table)
    console.print(environment.problem or "A search can be probed here.")
    if report is not None:
        _write(report, {**rows, "barriers": list(environment.barriers), "problem": environment.problem})
        console.print(
            f"{report} has this and the logs: nothing in it that looks like a secret, no code of yours."
        )
    return OK if environment.problem is None else CANNOT_RUN


def _write(path: Path, known: Mapping[str, object]) -> None:
    """The bundle for an issue. Raises CannotRun."""
    system = {"hypershape": __version__, "python": sys.version, "system": platform.platform()}
    try:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as bundle:
            bundle.writestr(
                "doctor.json", journal.scrubbed(json.dumps({**system, **known}, indent=1, default=str))
            )
            for each in journal.files():
                bundle.writestr(f"logs/{each.name}", journal.scrubbed(each.read_text("utf-8", "replace")))
    except OSError as reason:
        raise CannotRun(f"The report could not be written: {reason}") from None


def _where(environment: Environment, command: Sequence[str]) -> dict[str, str]:
    """On which machine probes run, where that is not this one, and where the user's files are there."""
    if environment.elsewhere is None and not environment.folders:
        return {}
    host = environment.elsewhere or "this machine"
    files = [f"{here} is {there}" for here, there in environment.folders]
    return {
        "where": f"{host}, through {shlex.join(command)}",
        "files there": ", ".join(files) or "those that are under the same path; no setting `paths`",
    }


def _card(card: Card) -> str:
    """`NVIDIA T4: 14 GB of 16 GB free, 3 % busy`, as far as its driver tells."""
    told = []
    if card.total is not None and card.free is not None:
        told.append(f"{size(card.free)} of {size(card.total)} free")
    if card.busy is not None:
        told.append(f"{card.busy} % busy")
    return f"{card.name}: {', '.join(told)}" if told else card.name


PROCESSES = {
    "fork": "forks of one process that has imported Keras",
    "spawn": "interpreters of their own, two of which wait with Keras imported",
}


def _barriers(environment: Environment) -> dict[str, str]:
    """Where probes run, what they are kept from, and by what."""
    mounts, calls = ("mounts" in environment.barriers, "calls" in environment.barriers)
    return {
        "processes of probes": PROCESSES[environment.processes],
        "their bounds": environment.bounds,
        "your files": environment.unfenced or FENCED,
        "their modes, shared memory": FROZEN
        if mounts
        else "kept from Python's own functions only: no own mounts",
        "network, other processes": SIFTED if calls else "kept from Python's own functions only: no seccomp",
    }


def _why_not_symbolic(environment: Environment) -> str:
    why = f" (this Keras has no {environment.lacks[0]})" if environment.lacks else ""
    return f"no: every probe is a real build{why}"
