"""Whatever happens to the machine, the server answers and the next edit gets its verdict."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults import machine
from tests.faults.client import Client
from tests.faults.trials import some

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the faults are those of Linux")


def _namespaces() -> bool:
    command = ["unshare", "--user", "--map-root-user", "--mount", "true"]
    return shutil.which("unshare") is not None and subprocess.run(command, check=False).returncode == 0


@pytest.mark.parametrize("name", some(list(machine.LIGHT), 5))
def test_the_server_goes_on(name: str, tmp_path: Path) -> None:
    if name in ("no /tmp", "a full disk for the cache") and not _namespaces():
        pytest.skip("this system lets nobody mount")
    machine.LIGHT[name](tmp_path, Client.untrusted)


@pytest.mark.tensorflow
@pytest.mark.parametrize("name", some(list(machine.HEAVY), 6))
def test_the_next_text_is_judged(name: str, tmp_path: Path) -> None:
    machine.HEAVY[name](tmp_path, Client.untrusted)


def test_there_are_twenty() -> None:
    assert len(machine.LIGHT) + len(machine.HEAVY) >= 20
