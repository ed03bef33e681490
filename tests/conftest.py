"""What holds for every test."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

LEAVING_SECONDS = 10.0
"""What a module has ended is gone by then."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begins with the files that may take longest: at the end they would have one process alone, and the others none."""
    longest: dict[Path, float] = {}
    for item in items:
        for mark in item.iter_markers("timeout"):
            longest[item.path] = max(longest.get(item.path, 0.0), float(mark.args[0]))
    items.sort(key=lambda item: -longest.get(item.path, 0.0))


@pytest.fixture(scope="session")
def _blamed() -> set[str]:
    """The one test that is told for TensorFlow's start."""
    return set()


@pytest.fixture(autouse=True)
def _tensorflow_sleeps(request: pytest.FixtureRequest, _blamed: set[str]) -> Iterator[None]:
    """Fails a test that, itself or in a fixture of its module, starts TensorFlow in the process of pytest.

    Its threads do not survive a fork: every later test that forks from this process would hang in its first operation,
    far from the test that is to blame.
    """
    yield
    if _started() and not _blamed:
        _blamed.add(request.node.nodeid)
        pytest.fail("TensorFlow was started in the process that later tests fork from")


@pytest.fixture(scope="module", autouse=True)
def _nothing_stays(request: pytest.FixtureRequest) -> Iterator[None]:
    """Ends, and warns of, what a module's agents, servers and other processes leave: it would go on beside a user's work
    as well."""
    before = {each.pid for each in psutil.Process().children()}
    yield
    started = [each for each in psutil.Process().children() if each.pid not in before and not _helps(each)]
    _, left = psutil.wait_procs(started, LEAVING_SECONDS)
    alive = [each for each in left if each.is_running() and each.status() != psutil.STATUS_ZOMBIE]
    for each in alive:
        each.kill()
    if alive:
        warnings.warn(f"{request.node.nodeid} leaves processes: {alive}", stacklevel=1)


def _helps(process: psutil.Process) -> bool:
    """Whether Python's own multiprocessing has it for all that comes."""
    try:
        helpers = ("multiprocessing.resource_tracker", "multiprocessing.forkserver")
        return any(helper in each for each in process.cmdline() for helper in helpers)
    except psutil.Error:
        return True


def _started() -> bool:
    context = getattr(sys.modules.get("tensorflow.python.eager.context"), "_context", None)
    return context is not None and context._initialized
