"""Runs the tests of a module against every mutant of it, each in a child of its own, and lists what survives.

`python -m tests.mutants space/domains.py` for one module, without arguments for all of `TESTS`; needs `fork`.
`--sample 100` tries so many mutants of each module, the same ones every time.
"""

from __future__ import annotations

import argparse
import importlib.abc
import importlib.machinery
import importlib.util
import os
import random
import resource
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

import hypothesis
import libcst
import lsprotocol.types
import pytest

from tests.mutants.mutate import Mutant, mutants

ROOT = Path(__file__).parents[2]
SERVER = ROOT / "server" / "hypershape"
SECONDS = 60
MEMORY = 4 << 30
"""A mutant that never ends may fill a list."""

TESTS = {
    "space/domains.py": ("space_domains", "space_shares"),
    "space/conditions.py": ("space_shares", "space_conditions"),
    "space/shares.py": ("space_shares",),
    "space/odds.py": ("space_odds",),
    "fixes/tighten.py": ("space_shares", "fixes_tighten", "rules_findings"),
    "fixes/guard.py": ("fixes_guard", "space_conditions"),
    "agent/guard.py": ("agent_guard",),
}
"""The unit tests of each module, those that tell most first."""


class Broken(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Gives a mutant in place of a module."""

    def __init__(self, name: str, path: Path, source: str) -> None:
        self._name, self._path, self._source = name, path, source

    def find_spec(self, fullname: str, *_: object) -> importlib.machinery.ModuleSpec | None:
        if fullname != self._name:
            return None
        return importlib.util.spec_from_file_location(fullname, self._path, loader=self)  # type: ignore[arg-type]

    def exec_module(self, module: ModuleType) -> None:
        exec(compile(self._source, str(self._path), "exec"), module.__dict__)


def killed(path: Path, source: str, tests: Sequence[str]) -> bool:
    """Whether the tests fail, or do not end, with a module replaced."""
    child = os.fork()
    if child == 0:
        os.setsid()
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        name = ".".join(("hypershape", *path.relative_to(SERVER).with_suffix("").parts))
        sys.meta_path.insert(0, Broken(name, path, source))
        files = [str(ROOT / f"tests/unit/test_{test}.py") for test in tests]
        os._exit(1 if pytest.main(["-x", "-q", "-p", "no:cacheprovider", *files]) else 0)
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return status != 0
        time.sleep(0.01)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return True


def survivors(module: str, sample: int | None) -> tuple[list[Mutant], int]:
    """The mutants of a module that its tests let live, and the number of those that were tried."""
    path = SERVER / module
    source = path.read_text("utf-8")
    if killed(path, source, TESTS[module]):
        raise SystemExit(f"the tests of {module} fail without any mutant")
    every = list(mutants(source))
    if sample is not None and sample < len(every):
        every = random.Random(0).sample(every, sample)
    found = []
    for number, mutant in enumerate(every, 1):
        if not killed(path, mutant.source, TESTS[module]):
            found.append(mutant)
            print(f"{module}:{mutant.line}: {mutant.change}", flush=True)
        if sys.stderr.isatty():
            print(f"\r{module} {number} of {len(every)}", end="\r", file=sys.stderr)
    return found, len(every)


def main(modules: Sequence[str], sample: int | None) -> None:
    # What every child imports is imported once; the package itself must not be.
    assert hypothesis and libcst and lsprotocol.types and "hypershape" not in sys.modules
    # The first example that fails tells enough; a smaller one would take most of the time.
    phases = (hypothesis.Phase.explicit, hypothesis.Phase.generate)
    hypothesis.settings.register_profile("mutants", database=None, deadline=None, phases=phases)
    hypothesis.settings.load_profile("mutants")
    for module in modules:
        found, count = survivors(module, sample)
        print(f"{module}: {len(found)} of {count} mutants survive ({len(found) / count:.1%})", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("modules", nargs="*", choices=TESTS, default=list(TESTS), metavar="MODULE")
    parser.add_argument("--sample", type=int, metavar="N", help="try N mutants of each module")
    options = parser.parse_args()
    main(options.modules, options.sample)
