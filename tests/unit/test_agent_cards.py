"""NVIDIA's GPUs as their driver tells them, played by a library that stands in for the driver's."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from hypershape.agent import cards

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or shutil.which("cc") is None, reason="needs a C compiler"
)

DRIVER = """
#include <string.h>
typedef struct { unsigned long long total, free, used; } memory;
typedef struct { unsigned gpu, memory; } utilization;
int nvmlInit_v2(void) { return INIT; }
int nvmlShutdown(void) { return 0; }
int nvmlDeviceGetCount_v2(unsigned *count) { *count = 2; return 0; }
int nvmlDeviceGetHandleByIndex_v2(unsigned index, void **card) { *card = (void *)(long)(index + 1); return 0; }
int nvmlDeviceGetName(void *card, char *name, unsigned length) { strncpy(name, "NVIDIA T4", length); return 0; }
int nvmlDeviceGetMemoryInfo(void *card, memory *told) {
    told->total = 16000000000ULL; told->free = (unsigned long long)(long)card * 1000000000ULL; return 0; }
int nvmlDeviceGetUtilizationRates(void *card, utilization *told) { told->gpu = 97; return (long)card - 1; }
"""


def driver(folder: Path, init: int = 0) -> str:
    (folder / "driver.c").write_text(DRIVER.replace("INIT", str(init)))
    made = folder / "libnvidia-ml.so.1"
    subprocess.run(["cc", "-shared", "-fPIC", "-o", made, folder / "driver.c"], check=True)
    return str(made)


def test_each_card_tells_its_memory_and_how_busy_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cards, "_LIBRARIES", (driver(tmp_path),))
    first, second = cards.listed()
    assert first == {"name": "NVIDIA T4", "total": 16 * 10**9, "free": 10**9, "busy": 97}
    # What a card does not tell is left out.
    assert second == {"name": "NVIDIA T4", "total": 16 * 10**9, "free": 2 * 10**9}


def test_a_driver_that_does_not_answer_has_no_cards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cards, "_LIBRARIES", (driver(tmp_path, init=9),))
    assert cards.listed() == ()


def test_no_driver_and_one_that_is_none_have_no_cards(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "other.c").write_text("int nothing(void) { return 0; }")
    other = tmp_path / "other.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-o", other, tmp_path / "other.c"], check=True)
    monkeypatch.setattr(cards, "_LIBRARIES", (str(tmp_path / "absent.so"), str(other)))
    assert cards.listed() == ()
