"""Which interpreter fits a script that sets environment variables before its imports."""

from __future__ import annotations

import os

from hypershape.model import Environment, Module
from hypershape.probe import Agent
from hypershape.source import environs


def fitting(agent: Agent, module: Module, plain: Environment) -> Agent:
    """The agent in which imports happen as in the script; `plain` is the environment of `agent` itself."""
    return agent.dressed(_script(module, plain))


def _script(module: Module, plain: Environment) -> dict[str, str]:
    """The variables that change what imports make, as far as they are set before them."""
    known = tuple(each for each in module.variables if not (each.is_default and each.name in os.environ))
    found = environs.in_time(module.code, known, plain.readers)
    # What it is without a word needs no other interpreter.
    return {name: value for name, value in found.items() if (name, value) != ("KERAS_BACKEND", plain.backend)}
