"""The agent in interpreters and on systems that are not the server's."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

import hypershape.agent
from hypershape.probe.bootstrap import CODE, payload

FILES = sorted(Path(hypershape.agent.__file__).parent.glob("*.py"))


def test_a_system_that_cannot_fork_is_told_so_at_the_start() -> None:
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "initialize"}).encode()
    request = b"Content-Length: %d\r\n\r\n%s" % (len(body), body)
    program = f"import os\ndel os.fork\n{CODE}"
    done = subprocess.run(
        [sys.executable, "-c", program], input=payload({}) + request, capture_output=True, timeout=60
    )
    answer = json.loads(done.stdout.rpartition(b"\r\n\r\n")[2])
    assert (
        answer["id"] == 1
        and "forked processes, which this system does not have" in answer["result"]["problem"]
    )


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_agent_is_written_in_python_3_9(path: Path) -> None:
    ast.parse(path.read_text(encoding="utf-8"), feature_version=(3, 9))
