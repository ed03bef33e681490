"""The log of a process tells what happened, and neither code nor secrets."""

from __future__ import annotations

import asyncio
import json
import logging
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from hypershape import journal
from hypershape.cli import doctor
from hypershape.cli.outcome import CannotRun
from hypershape.probe import Agent


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("WANDB_API_KEY", "abc123secret456")
    monkeypatch.setattr(journal, "folder", lambda: tmp_path / "logs")
    path = journal.keep()
    assert path is not None
    yield path
    for handler in list(journal._log.handlers):
        if isinstance(handler, logging.handlers.RotatingFileHandler):
            handler.close()
            journal._log.removeHandler(handler)


def test_an_event_is_one_object_in_a_line(log: Path) -> None:
    journal.note("agent started", seconds=1.23456, keras="3.8.0", barriers=("files",), problem=None)
    (line,) = log.read_text().splitlines()
    found = json.loads(line)
    assert (found["event"], found["seconds"], found["barriers"]) == ("agent started", 1.235, ["files"])
    assert found["time"].endswith("Z") and isinstance(found["process"], int)


def test_nothing_that_looks_like_a_secret_is_written(log: Path) -> None:
    journal.note("process ended", reason=f"abc123secret456 at https://me:pass1@host/x in {Path.home()}/x")
    text = log.read_text()
    assert "secret" not in text and "pass1" not in text and str(Path.home()) + "/" not in text
    assert "host/x" in text


def test_a_fact_is_no_place_for_a_file(log: Path) -> None:
    journal.note("x", reason="y" * 10_000)
    assert len(log.read_text()) < 1_000


def test_files_are_bounded_in_size_and_number(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for handler in journal._log.handlers:
        if isinstance(handler, logging.handlers.RotatingFileHandler):
            handler.maxBytes = 1_000
    for number in range(200):
        journal.note("loop held", milliseconds=number)
    assert sum(path.stat().st_size for path in journal.files()) < 3_000
    for number in range(30):
        (log.parent / f"20200101-000000-{number}.jsonl").write_text("{}\n")
    journal.keep()
    assert len(journal.files()) <= journal.KEPT


def test_a_folder_that_cannot_be_written_is_no_reason_to_fail(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert journal.keep(tmp_path / "file" / "logs") is None
    journal.note("x")


def test_the_bundle_for_an_issue_holds_the_logs_and_no_secret(log: Path, tmp_path: Path) -> None:
    journal.note("agent started", keras="3.8.0")
    # A log of an older version, or of somebody who was less careful.
    (log.parent / "20200101-000000-1.jsonl").write_text('{"x": "abc123secret456"}\n')
    bundle = tmp_path / "report.zip"
    with pytest.raises(CannotRun):
        asyncio.run(doctor.examine(Agent(["/no/such/python"]), bundle))
    with zipfile.ZipFile(bundle) as opened:
        texts = {name: opened.read(name).decode() for name in opened.namelist()}
    assert "/no/such/python" in texts["doctor.json"] and len(texts) == 3
    assert not any("secret" in text for text in texts.values())


def test_a_bundle_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(CannotRun, match="could not be written"):
        asyncio.run(doctor.examine(Agent(["/no/such/python"]), tmp_path / "none" / "report.zip"))
