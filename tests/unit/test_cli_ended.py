"""A check that is ended before it is over says what it knows by then."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

TARGET = """\
import keras
import keras_tuner as kt


def build_model(hp):
    hp.Int("units", 8, 4)
    return keras.Sequential()


tuner = kt.RandomSearch(build_model, "loss")
"""


def _wait_until_idle(process: psutil.Process, seconds: float = 1.0) -> None:
    """Until all that the text says is known: from then on it waits for the interpreter alone."""
    before = -1.0
    while (now := process.cpu_times().user) - before > 0.05:
        before = now
        time.sleep(seconds)


@pytest.mark.skipif(os.name == "nt", reason="SIGTERM ends a process at once there")
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_check_that_is_ended_prints_json_with_what_is_known(how: signal.Signals, tmp_path: Path) -> None:
    slow, begun = tmp_path / "python", tmp_path / "begun"
    os.mkfifo(begun)
    slow.write_text(f"#!/bin/sh\necho started > {begun}\nexec sleep 600\n")
    slow.chmod(0o755)
    (tmp_path / "search.py").write_text(TARGET)
    checking = subprocess.Popen(
        [
            *(sys.executable, "-m", "hypershape", "check", "search.py"),
            *("--format", "json", "--python", str(slow)),
        ],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # A shell's background jobs ignore SIGINT, and so would what this test starts in one.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    with checking:
        begun.read_text()
        _wait_until_idle(psutil.Process(checking.pid))
        checking.send_signal(how)
        printed, said = checking.communicate(timeout=60)
    (file,) = json.loads(printed)["files"]
    assert [target["name"] for target in file["targets"]] == ["build_model"]
    assert [finding["code"] for finding in file["findings"]]
    assert checking.returncode == 2
    assert said == "hypershape: Ended before 1 of 1 files were finished.\n"
