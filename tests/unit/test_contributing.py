"""CONTRIBUTING.md is followed to the letter, in a copy of the tree: the new rule is found, documented and repaired."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SECTION = re.compile(r"^## Add a rule in ten minutes$(.*?)^## ", re.M | re.S)
BLOCK = re.compile(r"^```(python|console)\n(.*?)^```$", re.M | re.S)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of what a contributor works on, without what was built or downloaded."""
    for name in ("server", "tests", "docs"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path


def steps(text: str) -> Iterator[tuple[str, str]]:
    """The files to write, as (path, content), and the commands to type, as ("$ command", what they print)."""
    for block in BLOCK.finditer(text):
        if block[1] == "python":
            paragraph = text[: block.start()].strip().rpartition("\n\n")[2]
            assert paragraph.endswith(":"), paragraph
            yield re.findall(r"`([^`]+\.py)`", paragraph)[-1], block[2]
        else:
            for command in re.split(r"^(?=\$ )", block[2], flags=re.M)[1:]:
                line, _, printed = command.partition("\n")
                yield line, printed


def typed(command: str, tree: Path) -> str:
    """What a command prints in the tree; the `.venv` of the text is this interpreter's."""
    python, *arguments = shlex.split(command.removeprefix("$ "))
    assert python == ".venv/bin/python"
    environment = {**os.environ, "PYTHONPATH": str(tree / "server"), "COLUMNS": "120"}
    done = subprocess.run(
        [sys.executable, *arguments], cwd=tree, env=environment, capture_output=True, text=True, check=False
    )
    # 1 is what `check` ends with when it finds an error.
    assert done.returncode in ((0, 1) if "check" in arguments else (0,)), done.stdout + done.stderr
    return done.stdout


def test_who_follows_contributing_has_a_rule_with_its_page_its_tests_and_its_fix(tree: Path) -> None:
    section = SECTION.search((ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"))
    assert section is not None
    followed = list(steps(section[1]))
    assert len([line for line, _ in followed if line.startswith("$")]) >= 6
    assert len([line for line, _ in followed if not line.startswith("$")]) == 2
    for line, text in followed:
        if line.startswith("$"):
            printed = typed(line, tree)
            for expected in text.splitlines():
                assert expected in printed, line
        else:
            (tree / line).write_text(text, encoding="utf-8")
    page = (tree / "docs" / "rules" / "HS150.md").read_text(encoding="utf-8")
    assert page.startswith("# HS150 name-with-spaces") and 'hp.Int("units ", 8, 64)' in page
    assert "[HS150](HS150.md)" in (tree / "docs" / "rules" / "README.md").read_text(encoding="utf-8")


@pytest.mark.long
def test_the_rule_of_contributing_is_formatted_and_typed_as_the_others(tree: Path) -> None:
    section = SECTION.search((ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"))
    assert section is not None
    path, text = next(step for step in steps(section[1]) if not step[0].startswith("$"))
    (tree / path).write_text(text, encoding="utf-8")
    for command in (
        ["ruff", "check"],
        ["ruff", "format", "--check"],
        ["mypy", "--strict", "--cache-dir", ""],
    ):
        subprocess.run([sys.executable, "-m", *command, path], cwd=tree, check=True)
