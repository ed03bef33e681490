"""A rehearsal, which is played on the CPU, does not tell as a failure what a GPU of the machine may do."""

from __future__ import annotations

import subprocess
import sys

import pytest

CASES = {
    (("H100",), "channels_first", "tensorflow"): True,
    ((), "channels_first", "tensorflow"): False,
    (("H100",), "channels_last", "tensorflow"): False,
    (("H100",), "channels_first", "keras"): False,
}
LOOKS = f"""
from types import SimpleNamespace
import tensorflow as tf
from hypershape.agent import device, rehearsal

for names, data_format, package in {list(CASES)!r}:
    device.accelerators = lambda: names
    watch = rehearsal.Watch.__new__(rehearsal.Watch)
    watch._made = [(SimpleNamespace(), None), (SimpleNamespace(data_format=data_format), None)]
    raised = tf.errors.UnimplementedError(None, None, "NCHW") if package == "tensorflow" else ValueError("no")
    print(watch._wants_a_gpu(raised))
"""


@pytest.mark.tensorflow
def test_what_only_a_gpu_can_train_is_no_failure_where_there_is_one() -> None:
    done = subprocess.run([sys.executable, "-c", LOOKS], capture_output=True, text=True)
    assert done.stdout.split() == [str(each) for each in CASES.values()], done.stderr
