"""The script that finds or installs the browser of the end-to-end tests: a missing one is never a passed run."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[1] / "vscode" / "browser.sh"


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """A folder that is the whole PATH: the shell and nothing else."""
    folder = tmp_path / "bin"
    folder.mkdir()
    bash = shutil.which("bash")
    assert bash is not None
    (folder / "bash").symlink_to(bash)
    return folder


def add(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(f"#!{folder}/bash\n{text}\n")
    path.chmod(0o755)
    return path


def run(programs: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    without = {name: value for name, value in os.environ.items() if not name.startswith("HYPERSHAPE_")}
    return subprocess.run(
        [programs / "bash", SCRIPT],
        env={**without, "PATH": str(programs), **variables},
        capture_output=True,
        text=True,
        timeout=30,
    )


def test_a_browser_that_is_missing_and_cannot_be_installed_fails_with_one_sentence(programs: Path) -> None:
    done = run(programs)
    assert done.returncode == 1 and done.stdout == ""
    assert "As root: apt-get install chromium." in done.stderr


def test_a_browser_that_is_there_is_named_by_its_path(programs: Path) -> None:
    browser = add(programs, "google-chrome", "")
    assert run(programs).stdout.strip() == str(browser)
    own = add(programs, "my-browser", "")
    assert run(programs, HYPERSHAPE_CHROMIUM=str(own)).stdout.strip() == str(own)


def test_root_gets_debian_s_chromium_installed(programs: Path) -> None:
    add(programs, "id", "echo 0")
    # Debian's program appears when it is installed, and at no other command.
    browser = programs / "chromium"
    text = f'case " $* " in *" install "*"chromium "*) echo "#!$BASH" > {browser}; {shutil.which("chmod")} +x {browser} ;; esac'
    add(programs, "apt-get", text)
    done = run(programs)
    assert (done.returncode, done.stdout.strip()) == (0, str(browser))


def test_who_may_not_install_is_told_what_to_do(programs: Path) -> None:
    add(programs, "id", "echo 1000")
    add(programs, "sudo", "exit 1")
    add(programs, "apt-get", "exit 0")
    done = run(programs)
    assert done.returncode == 1 and "apt-get install chromium" in done.stderr
