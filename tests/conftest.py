"""What holds for every test."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest


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


def _started() -> bool:
    context = getattr(sys.modules.get("tensorflow.python.eager.context"), "_context", None)
    return context is not None and context._initialized
