"""`hypershape doctor`: what the user's interpreter has."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from hypershape.cli.outcome import CANNOT_RUN, OK, CannotRun
from hypershape.model import Environment
from hypershape.probe import Agent, AgentFailed

FENCED = "kept from probes by the kernel (Landlock)"
FROZEN = "kept from probes by the kernel (read-only mounts)"
SIFTED = "kept from probes by the kernel (seccomp)"


async def examine(command: Sequence[str], untrusted: Sequence[Path]) -> int:
    """Prints the environment as a table; the exit code says whether a search can be probed in it."""
    agent = Agent(command, untrusted=untrusted)
    try:
        environment = await agent.environment()
    except AgentFailed as reason:
        raise CannotRun(str(reason)) from None
    finally:
        await agent.close()
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    rows = {
        "interpreter": environment.executable,
        "Python": environment.python,
        "Keras": environment.keras or "missing",
        "Keras Tuner": environment.keras_tuner or "missing",
        "backend": environment.backend or "none",
        "devices": ", ".join(environment.devices) or "none",
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
    return OK if environment.problem is None else CANNOT_RUN


def _barriers(environment: Environment) -> dict[str, str]:
    """What probes are kept from, and by what."""
    mounts, calls = ("mounts" in environment.barriers, "calls" in environment.barriers)
    return {
        "your files": environment.unfenced or FENCED,
        "their modes, shared memory": FROZEN
        if mounts
        else "kept from Python's own functions only: no own mounts",
        "network, other processes": SIFTED if calls else "kept from Python's own functions only: no seccomp",
    }


def _why_not_symbolic(environment: Environment) -> str:
    why = f" (this Keras has no {environment.lacks[0]})" if environment.lacks else ""
    return f"no: every probe is a real build{why}"
