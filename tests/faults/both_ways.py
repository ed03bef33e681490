"""What the command line reports is the same whether jobs run in forks or in interpreters of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.tensorflow

EXAMPLES = Path(__file__).parents[2] / "examples"
FILES = ("case2_kernel.py", "case3_choice.py")


def report(processes: str, cache: Path) -> Any:
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "hypershape",
            "check",
            "--format",
            "json",
            *(str(EXAMPLES / each) for each in FILES),
        ],
        env={**os.environ, "HYPERSHAPE_PROCESSES": processes, "XDG_CACHE_HOME": str(cache)},
        capture_output=True,
        timeout=170,
    )
    assert done.returncode in (0, 1), done.stderr.decode()
    return without_times(json.loads(done.stdout))


def without_times(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: without_times(each) for name, each in value.items() if name != "elapsed_ms"}
    return [without_times(each) for each in value] if isinstance(value, list) else value


def test_the_examples_have_the_same_report_with_forks_and_without(tmp_path: Path) -> None:
    forked, spawned = (report(each, tmp_path / each) for each in ("fork", "spawn"))
    assert [each["path"] for each in forked["files"]] == [each["path"] for each in spawned["files"]]
    assert any(each["findings"] for each in forked["files"])
    for one, other in zip(forked["files"], spawned["files"], strict=True):
        assert one == other
