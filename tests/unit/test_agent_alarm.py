"""Work whose time is over ends in its midst, also where the system has no timer that interrupts."""

from __future__ import annotations

import subprocess
import sys

import pytest

PROGRAM = """
import signal, sys, time
if {hidden}:
    del signal.setitimer, signal.SIGALRM
from hypershape.agent import alarm

class Over(BaseException): pass

def over(): raise Over

alarm.install(over)
try:
    alarm.ring(0.2)
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline: sum(range(1000))
    print("went on")
except Over:
    print("ended")
alarm.ring(0.2)
alarm.ring(0)
began = time.monotonic()
while time.monotonic() - began < 0.5: sum(range(1000))
print("left alone")
"""


@pytest.mark.parametrize("hidden", [False, True], ids=["with a timer", "without one, as on Windows"])
def test_a_loop_ends_when_its_time_is_over_and_not_when_that_was_taken_back(hidden: bool) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(hidden=hidden)], capture_output=True, text=True, timeout=60
    )
    assert done.stdout.split("\n")[:2] == ["ended", "left alone"], done.stderr
