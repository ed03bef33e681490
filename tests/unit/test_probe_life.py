"""A process that hangs is told from one that waits for a processor."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from hypershape.probe.life import Life, look, starves


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        (Life("S", 1.0), Life("R", 1.5), True),
        (Life("R", 1.0), Life("D", 1.5), True),
        (Life("R", 1.0), Life("R", 9.0), False),
        (Life("R", 1.0), Life("S", 1.0), False),
        (Life("R", 1.0), Life("T", 1.0), False),
        (None, Life("R", 1.0), False),
        (Life("R", 1.0), None, False),
    ],
    ids=["wants one", "waits for the disk", "computes", "waits", "stopped", "unknown before", "unknown now"],
)
def test_who_wants_a_processor_and_gets_none_starves(
    before: Life | None, now: Life | None, expected: bool
) -> None:
    assert starves(before, now, 2.0) is expected


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the system tells nothing")
def test_the_system_is_asked() -> None:
    own = look(os.getpid())
    assert own is not None and own.state == "R" and own.used > 0
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
        other.terminate()
        other.wait()
        assert look(other.pid) is None
