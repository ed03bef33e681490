"""What README.md shows of the command line is what it prints."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COMMAND = "$ hypershape check examples/cnn.ipynb\n"


def test_the_readme_shows_lines_that_the_command_prints(tmp_path: Path) -> None:
    _, shown = (ROOT / "README.md").read_text("utf-8").split(COMMAND)
    wanted = [line for line in shown.partition("```")[0].splitlines() if line]
    run = subprocess.run(
        # Beside other tests its own budget may be over before the last rehearsal.
        [sys.executable, "-m", "hypershape", "check", "examples/cnn.ipynb", "--budget", "120"],
        cwd=ROOT,
        env={**os.environ, "XDG_CACHE_HOME": str(tmp_path), "PYTHONUTF8": "1"},
        stdout=subprocess.PIPE,
        encoding="utf-8",
        timeout=300,
    )
    assert run.returncode == 1
    printed = iter(_timeless(run.stdout))
    missing = [line for line in _timeless("\n".join(wanted)) if line not in printed]
    assert len(wanted) > 5 and not missing, (missing, run.stdout)


def _timeless(text: str) -> list[str]:
    """The lines without what depends on how fast probes come: how many a proof took, and what became of rehearsals."""
    return re.sub(r"(proved from) \d+|( parameters)(?: in [\d,]+ probed)?;.*", r"\1\2", text).splitlines()


def test_the_pictures_of_the_readme_are_there_and_small() -> None:
    shown = re.findall(r"!\[[^\]]+\]\((docs/images/[^)]+)\)", (ROOT / "README.md").read_text("utf-8"))
    kept = {f"docs/images/{each.name}": each.stat().st_size for each in (ROOT / "docs" / "images").iterdir()}
    assert sorted(shown) == sorted(kept) and max(kept.values()) < 60_000
